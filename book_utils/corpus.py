"""The text that the tiny language model learns from: template sentences, and the examples made of them.

The model is never told which words share a slot of a template: it sees sentences only. Inside a slot the word
of rank r is drawn in proportion to 1/r (Zipf's law), so there are frequent and rare words on purpose.
"""

import random
from bisect import bisect
from difflib import get_close_matches
from itertools import accumulate

import numpy as np

from .corpus_words import FACTS, TOPICS, WORDS
from .lookup import UnknownToken

BOS = "<bos>"  # "beginning of sentence": fills the places before the first word
NEVER_SEEN = "unicorn"  # has a row in the table and occurs in no sentence
TWO_USES = {"orange": ("food", "colours"), "server": ("cluster", "jobs"), "fish": ("animals", "food")}

TEMPLATES = {
    topic: [f"{template.strip()} ." for template in " ".join(text.split()).split(".")[:-1]]
    for topic, (_, text) in TOPICS.items()
}
# Families score a table; training never sees them. A word with two uses has one row, so no family.
FAMILIES = {
    group: [word for slot in slots.split() for word in WORDS[slot] if word not in TWO_USES]
    for group, slots in {
        "animals": "ANIMAL", "food": "FOOD", "cluster": "POD", "numbers": "NUMBER", "royalty": "KING QUEEN",
        "people": "MAN WOMAN", "countries": "COUNTRY", "cities": "CITY", "colours": "COLOUR", "jobs": "JOB",
        "months": "MONTH", "days": "DAY",
    }.items()
}
GROUPS = {group: words[:16] for group, words in FAMILIES.items()}  # as many as a map can show


def sentences(count=20_000, seed=0):
    """Return `count` sentences, each a string of words and a full stop with one space between.

    Raises ValueError if count is below 1. The same seed gives the same sentences on every machine.

    >>> sentences(2)
    ['there was snow on monday .', 'she is the duchess of italy .']
    """
    if count < 1:
        raise ValueError(f"count must be 1 sentence or more; got {count}.")
    draw = random.Random(seed).random  # Python promises the same stream from random() in every version

    def pick(choices, odds):
        return choices[bisect(odds, draw())]

    def fill(word):
        if word == "PERSON":
            word = "MAN" if draw() < 0.5 else "WOMAN"
        return pick(WORDS[word], slot_odds[word]) if word in WORDS else word

    def sentence():
        templates = TEMPLATES[pick(topics, topic_odds)]
        template = templates[int(draw() * len(templates))]
        if (name := template[:-2]) not in FACTS:
            return " ".join(map(fill, template.split()))
        facts, forms = FACTS[name]
        fact = pick(facts, fact_odds[name])
        return (forms[int(draw() * len(forms))] if len(forms) > 1 else forms[0]).format(*fact)

    topics, topic_odds = list(TOPICS), _odds(weight for weight, _ in TOPICS.values())
    slot_odds = {slot: _zipf(len(words)) for slot, words in WORDS.items()}
    fact_odds = {name: _zipf(len(facts), power=0) for name, (facts, _) in FACTS.items()}
    # Places fall off more slowly, or the last countries would hardly occur.
    slot_odds["COUNTRY"] = slot_odds["CITY"] = fact_odds["CAPITAL"] = _zipf(len(WORDS["COUNTRY"]), power=0.7)
    fact_odds["LANGUAGE"] = _zipf(len(FACTS["LANGUAGE"][0]), power=0.7)
    return [sentence() for _ in range(count)]


def vocabulary():
    """Return the 597 tokens: `<bos>`, then in alphabetical order all words that can occur, and `unicorn`.

    >>> tokens = vocabulary()
    >>> len(tokens), tokens[:3]
    (597, ['<bos>', '.', 'a'])
    """
    words = {NEVER_SEEN}.union(*WORDS.values())
    for templates in TEMPLATES.values():
        for template in templates:
            words.update(word for word in template.split() if not word.isupper())
    for facts, forms in FACTS.values():
        for fact in facts:
            for form in forms:
                words.update(form.format(*fact).split())
    return [BOS, *sorted(words)]


def next_token_examples(sentences, tokens, context=4):
    """Return, for each word of the sentences, the `context` IDs before it and its own: (n, context) and (n,).

    `tokens` are the vocabulary, with `<bos>`, which fills the places before a sentence's first word.
    Raises UnknownToken (a KeyError) for a word outside it, ValueError if there is no word at all.

    >>> contexts, targets = next_token_examples(["the cat"], ["<bos>", "cat", "the"], context=2)
    >>> contexts.tolist(), targets.tolist()
    ([[0, 0], [0, 2]], [2, 1])
    """
    ids = {token: i for i, token in enumerate(tokens)}
    padding = [BOS] * context
    words = [word for sentence in _as_list(sentences) for word in [*padding, *sentence.split()]]
    if all(word == BOS for word in words):
        raise ValueError("sentences must hold at least one word; got none.")
    try:
        line = np.array([ids[word] for word in words])
    except KeyError as error:
        near = get_close_matches(error.args[0], tokens, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise UnknownToken(f"{error.args[0]!r} is not in the vocabulary.{hint}") from None
    # One window of context + 1 IDs for every place of the line; those that end in padding are no example.
    windows = np.lib.stride_tricks.sliding_window_view(line, context + 1)
    windows = windows[windows[:, -1] != ids[BOS]]
    return windows[:, :-1], windows[:, -1]


def _as_list(sentences):
    return [sentences] if isinstance(sentences, str) else sentences


def _zipf(count, power=1.0):
    return _odds(rank**-power for rank in range(1, count + 1))


def _odds(weights):
    """Return the running totals of the weights, scaled to end at 1: `bisect` finds a draw's place in them."""
    totals = list(accumulate(weights))
    return [total / totals[-1] for total in totals]

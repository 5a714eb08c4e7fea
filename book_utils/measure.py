"""How long a lookup takes on this machine: seconds to show in a figure, never to test or to ask about."""

import time

import numpy as np

from .lookup import one_hot

COUNTS = (1, 4, 16, 64, 256, 1_024, 4_096)


def best_of(action, repeats=5):
    """Return the shortest of several runs of `action()`, in seconds: the run least disturbed by other work.

    >>> best_of(lambda: None) < 1
    True
    """
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def lookup_times(table_rows=(5_000, 50_000), dim=768, counts=COUNTS, seed=0):
    """Time lookups of `counts` rows in tables of several sizes, plain copying, and the one-hot product.

    Returns {name: (counts, seconds)}. Copying is of as many bytes as the lookup gives back; the one-hot
    product is timed on the smallest table and for few rows only, because it takes thousands of times longer.

    >>> sorted(lookup_times(table_rows=(10, 20), dim=2, counts=(1, 2)))
    ['copying', 'one-hot, 10 rows', 'table of 10 rows', 'table of 20 rows']
    """
    random = np.random.default_rng(seed)
    times = {}
    for rows in table_rows:
        table = random.standard_normal((rows, dim), dtype=np.float32)
        ids = random.integers(0, rows, max(counts))
        times[f"table of {rows:,} rows"] = (counts, _each(lambda some, table=table: table[some], ids, counts))
        if rows == min(table_rows):
            few = [n for n in counts if n <= 256]
            product = _each(lambda some, rows=rows, table=table: one_hot(some, rows) @ table, ids, few)
            times[f"one-hot, {rows:,} rows"] = (few, product)
    block = random.standard_normal((max(counts), dim), dtype=np.float32)
    times["copying"] = (counts, _each(np.copy, block, counts))
    return times


def _each(action, items, counts):
    return [best_of(lambda n=n: action(items[:n])) for n in counts]


def read_times(mapped, ids):
    """Time reading the rows `ids` of a mapped array, twice: the first and the second time, in seconds.

    >>> len(read_times(np.zeros((4, 2)), [1, 3]))
    2
    """
    first = best_of(lambda: np.asarray(mapped[ids]), repeats=1)
    return first, best_of(lambda: np.asarray(mapped[ids]), repeats=1)

"""Ways to change a table of vectors: fewer bits, rows in another order, rows without what they share.

Each takes a table and returns a changed one, with the same tokens. `made_by` says how, so that an experiment on a
recorded model finds its result. Randomness takes a seed.
"""

import inspect
from functools import wraps

import numpy as np

from .lookup import EmbeddingTable

ROWS_AT_ONCE = 8_192  # so that a large table is never in memory three times


class ChangedTable(EmbeddingTable):
    """A table and how it was made, as text: `made_by` is "table" for a model's own."""

    def __init__(self, vectors, tokens=None, made_by="table"):
        super().__init__(vectors, tokens)
        self.made_by = made_by


def change(function):
    """Let a function of (n, dim) numbers work on a table and note what it did.

    >>> change(lambda rows: 2 * rows)(EmbeddingTable([[1.0]])).vectors.tolist()
    [[2.0]]
    """

    @wraps(function)
    def changed(table, *arguments, **options):
        bound = inspect.signature(function).bind(table, *arguments, **options)
        bound.apply_defaults()
        settings = [f"{name}={value}" for name, value in list(bound.arguments.items())[1:] if value is not None]
        before = getattr(table, "made_by", "another")
        made_by = f"{function.__name__}({', '.join([before, *settings])})"
        if hasattr(table, "changed"):  # its rows are not here, only what experiments on them gave
            return table.changed(made_by)
        rows = function(np.asarray(table.vectors, np.float32), *arguments, **options)
        return ChangedTable(rows, table.tokens, made_by)

    return changed


@change
def rounded(table, bits, block=None):
    """Round each row to 2 ** bits - 1 levels around 0, with one scale a row, or one for each `block` of its numbers.

    The largest number of a row (or block) stays as it is. Raises ValueError for bits below 2 or above 16, or a
    block that does not divide dim.

    >>> rounded(EmbeddingTable([[0.9, 0.2, -1.0]]), bits=2).vectors.tolist()
    [[1.0, 0.0, -1.0]]
    """
    if not 2 <= bits <= 16 or table.shape[1] % (block or 1):
        raise ValueError(f"bits must be 2 to 16, and block divide {table.shape[1]}; got {bits} and {block}.")
    result = np.empty_like(table)
    for start in range(0, len(table), ROWS_AT_ONCE):
        rows = table[start : start + ROWS_AT_ONCE]
        parts = rows.reshape(-1, block or rows.shape[1])
        scale = np.abs(parts).max(axis=1, keepdims=True) / (2 ** (bits - 1) - 1)
        scale[scale == 0] = 1
        result[start : start + ROWS_AT_ONCE] = (np.round(parts / scale) * scale).reshape(rows.shape)
    return result


def shuffled_order(n, seed=0):
    """Return for each ID of a table of n rows whose row it gets when they are shuffled, (n,).

    >>> sorted(shuffled_order(4).tolist())
    [0, 1, 2, 3]
    """
    return np.random.default_rng(seed).permutation(n)


@change
def shuffled(table, seed=0):
    """Deal the rows out anew: every ID gets the row of some other, by chance; `shuffled_order` says of which."""
    return table[shuffled_order(len(table), seed)]


@change
def off_by_one(table):
    """Give each ID the row of the ID before it; ID 0 gets the last.

    >>> off_by_one(EmbeddingTable([[1.0], [2.0], [3.0]])).vectors.ravel().tolist()
    [3.0, 1.0, 2.0]
    """
    return np.roll(table, 1, axis=0)


@change
def centred(table):
    """Take the mean row away from every row: what all of them share is gone.

    >>> centred(EmbeddingTable([[1.0, 5.0], [3.0, 5.0]])).vectors.tolist()
    [[-1.0, 0.0], [1.0, 0.0]]
    """
    return table - table.mean(axis=0, dtype=np.float64).astype(np.float32)


@change
def same_length(table):
    """Give every row the mean length; its direction stays. A row of zeros stays.

    >>> same_length(EmbeddingTable([[2.0, 0.0], [0.0, 4.0]])).vectors.tolist()
    [[3.0, 0.0], [0.0, 3.0]]
    """
    lengths = np.linalg.norm(table, axis=1, keepdims=True)
    return table * (lengths.mean(dtype=np.float64) / np.where(lengths == 0, 1, lengths)).astype(np.float32)


@change
def noise(table, seed=0):
    """Put random rows in place of the learned ones, with the spread of all their numbers."""
    random = np.random.default_rng(seed)
    return random.standard_normal(table.shape, dtype=np.float32) * table.std(dtype=np.float64).astype(np.float32)


@change
def noisy(table, share, seed=0):
    """Add random numbers to the learned ones; `share` is their standard deviation, the table's own being 1.

    >>> noisy(EmbeddingTable([[1.0, 2.0]]), share=0).vectors.tolist()
    [[1.0, 2.0]]
    """
    random = np.random.default_rng(seed)
    spread = np.float32(share * table.std(dtype=np.float64))
    return table + random.standard_normal(table.shape, dtype=np.float32) * spread

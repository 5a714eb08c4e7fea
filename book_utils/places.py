"""Places for the tokens of a text, to hand to a language model as `positions=`: each takes n and gives n numbers."""

import numpy as np


def a_thousand_on(n):
    """Begin at place 1,000.

    >>> a_thousand_on(3).tolist()
    [1000, 1001, 1002]
    """
    return np.arange(n) + 1_000


def far_beyond(n):
    """Begin at place 100,000.

    >>> far_beyond(2).tolist()
    [100000, 100001]
    """
    return np.arange(n) + 100_000


def doubled(n):
    """Leave a place free between two tokens.

    >>> doubled(3).tolist()
    [0, 2, 4]
    """
    return np.arange(n) * 2


def halved(n):
    """Put two tokens where one would be.

    >>> halved(3).tolist()
    [0.0, 0.5, 1.0]
    """
    return np.arange(n) / 2


def backwards(n):
    """Count from the end.

    >>> backwards(3).tolist()
    [2, 1, 0]
    """
    return np.arange(n)[::-1]


def nowhere(n):
    """Put all tokens at place 0: nothing turns.

    >>> nowhere(3).tolist()
    [0, 0, 0]
    """
    return np.zeros(n, int)


def shuffled(n, seed=0):
    """Deal the places out by chance.

    >>> sorted(shuffled(3).tolist())
    [0, 1, 2]
    """
    return np.random.default_rng(seed).permutation(n)

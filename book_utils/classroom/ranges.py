"""Ranges for what few readers can tell: what else the truth may be, at 95%, given the count.

They take readers as independent of one another; a class that talked is less than that.
"""

import math
from typing import NamedTuple

Z = 1.959964  # of the normal distribution: 95% lie within it


class Ranged(NamedTuple):
    """A number and its range at 95%."""

    value: float
    low: float
    high: float


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Give the Wilson score interval of a share (Wilson 1927); (0, 1) for none of none.

    >>> [round(end, 3) for end in wilson(0, 10)], [round(end, 3) for end in wilson(13, 30)]
    ([0.0, 0.278], [0.274, 0.608])
    """
    if not whole:
        return 0.0, 1.0
    share, spare = part / whole, Z * Z / whole
    middle = (share + spare / 2) / (1 + spare)
    half = Z * math.sqrt(share * (1 - share) / whole + spare / (4 * whole)) / (1 + spare)
    return max(0.0, middle - half), min(1.0, middle + half)


def fisher(r: float, many: int) -> tuple[float, float]:
    """Give the range of a correlation of `many` pairs, by Fisher's z; (-1, 1) for fewer than 4.

    >>> [round(end, 2) for end in fisher(0.3, 100)]
    [0.11, 0.47]
    """
    if many < 4:
        return -1.0, 1.0
    z, half = math.atanh(max(-0.999999, min(r, 0.999999))), Z / math.sqrt(many - 3)
    return math.tanh(z - half), math.tanh(z + half)


def paired(gained: int, lost: int, many: int) -> tuple[float, float]:
    """Give the range of (gained - lost) / many, the same people twice (adjusted Wald; Bonett and Price 2012).

    >>> [round(end, 2) for end in paired(12, 3, 40)]
    [0.03, 0.4]
    """
    plus, minus = (gained + 1) / (many + 2), (lost + 1) / (many + 2)
    half = Z * math.sqrt((plus + minus - (plus - minus) ** 2) / (many + 2))
    return max(-1.0, plus - minus - half), min(1.0, plus - minus + half)

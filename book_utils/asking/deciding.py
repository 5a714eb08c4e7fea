"""Answers that hang on a size: which one is largest, in which order, on which side of an edge.

Rounding differs from processor to processor, so what decides must lie well apart. Each answer here knows its
`margin`, which `tools/check_answers.py` reports, and a tie (or what is no number) is refused.
"""

import math
from itertools import pairwise

LEAST_MARGIN = 0.01


class Decided(str):
    """A choice, and by what share of the larger size it was decided."""

    margin: float

    def __new__(cls, choice, margin):
        self = super().__new__(cls, choice)
        self.margin = margin
        return self


class Ranking(list):
    """Choices in order, and the smallest margin between two neighbours."""

    margin: float


def largest(sizes: dict) -> Decided:
    """Name the largest of {name: size}. Raises ValueError for a tie, one size alone, and what is no number.

    >>> largest({"cat": 0.4, "dog": 0.8}), largest({"cat": 0.4, "dog": 0.8}).margin
    ('dog', 0.5)
    """
    first, second = sorted(sizes, key=sizes.__getitem__, reverse=True)[:2] if len(sizes) > 1 else [*sizes, None]
    if second is None:
        raise ValueError(f"The largest of one is no question: give two sizes or more; got {sizes}.")
    return Decided(first, margin_between(sizes[first], sizes[second], f"{first} and {second}"))


def smallest(sizes: dict) -> Decided:
    """Name the smallest of {name: size}, as `largest` does.

    >>> smallest({"cat": 0.4, "dog": 0.8})
    'cat'
    """
    return largest({name: -size for name, size in sizes.items()})


def ranked(sizes: dict) -> Ranking:
    """List the names of {name: size}, the largest first. Raises ValueError for a tie, and what is no number.

    >>> ranked({"cat": 1, "dog": 3, "cow": 2})
    ['dog', 'cow', 'cat']
    """
    order = Ranking(sorted(sizes, key=sizes.__getitem__, reverse=True))
    order.margin = min(margin_between(sizes[a], sizes[b], f"{a} and {b}") for a, b in pairwise(order))
    return order


def below(size: float, edge: float, yes: str, no: str) -> Decided:
    """Choose `yes` where a size is below an edge, and `no` where it is above. Raises ValueError for a size on it.

    >>> below(1e-9, 1e-6, yes="equal, but for rounding", no="not equal")
    'equal, but for rounding'
    """
    margin = margin_between(float(size), float(edge), "the size and its edge")
    return Decided(yes if size < edge else no, margin)


def level(size: float, edges: dict) -> Decided:
    """Name the first of {name: upper edge} whose edge lies above a size. Raises ValueError for a size on an edge.

    >>> level(0.9, {"few": 0.25, "half": 0.75, "most": math.inf})
    'most'
    """
    margin = min(margin_between(float(size), edge, f"the size and the edge of {name}")
                 for name, edge in edges.items() if math.isfinite(edge))
    return Decided(next(name for name, edge in edges.items() if size < edge), margin)


def margin_between(one: float, other: float, names: str = "the two") -> float:
    """Tell how far apart two sizes are, as a share of the larger. Raises ValueError where that is too little.

    >>> margin_between(4, 3)
    0.25
    """
    margin = abs(one - other) / max(abs(one), abs(other)) if one != other else 0.0
    if not math.isfinite(one) or not math.isfinite(other) or not margin >= LEAST_MARGIN:
        raise ValueError(f"{one:g} and {other:g} are too close to say which is larger ({names}), or no numbers: "
                         "an answer must not hang on how a processor rounds.")
    return margin


def to_digits(number: float, digits: int) -> tuple[float | int, float]:
    """Round a number, and tell how far it lies from the edge where it would be rounded the other way, in last digits.

    Raises ValueError for a number on that edge, or one that is not finite.

    >>> to_digits(0.853, 2), to_digits(47116.9, 0)
    ((0.85, 0.2), (47117, 0.4))
    """
    if not math.isfinite(number):
        raise ValueError(f"The answer must be a finite number; got {number}.")
    steps = float(number) * 10**digits
    margin = round(0.5 - abs(steps - round(steps)), 3)
    if margin < 0.005:
        raise ValueError(f"{number!r} lies on the edge of rounding to {digits} digits: ask for more of them, or fewer.")
    rounded = round(float(number), digits)
    return (rounded if digits > 0 else int(rounded)), margin

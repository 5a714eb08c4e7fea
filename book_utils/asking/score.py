"""What a guess is worth: the same rules as `score.js`, which a test compares with these."""

import math
import numbers
import re
from decimal import ROUND_HALF_UP, Context, Decimal

CONFIDENCES = ("guessing", "leaning", "sure")
THREE_DIGITS = Context(prec=3, rounding=ROUND_HALF_UP)  # halves go away from zero, as in JavaScript


def score(kind: str, answer, guess, scale: dict | None = None) -> bool | None:
    """Say whether a guess is right; None where nothing was guessed or nothing can be scored.

    A number is right within a factor of 2 (`scale={"by": "ratio"}`), within a distance
    (`{"by": "within", "within": 0.1}`), or only exactly (`{"by": "exact"}`). A point is right within half
    the spread of its map (`{"by": "spread", "spread": 2.0}`), an order only if it is the same throughout.

    >>> score("number", 1000, 700, {"by": "ratio"}), score("shape", [5, 768], [768, 5])
    (True, False)
    """
    scale = scale or {"by": "exact"}
    if guess is None or kind == "words":
        return None
    if kind == "choices":
        return sorted(guess) == sorted(answer)
    if kind == "point":
        return math.dist(guess, answer) <= scale["spread"] / 2
    if kind != "number":
        return guess == answer
    if scale["by"] == "ratio":
        return factor(answer, guess) <= 2
    # a small slack: 0.3 is within 0.1 of 0.2, whatever its last binary digit
    return abs(guess - answer) <= scale.get("within", 0) + 1e-9 * abs(answer)


def impossible(guess, limits: list) -> bool:
    """Tell whether a number lies outside of its certain limits, [low] or [low, high]; [] allows all.

    >>> impossible(1_000_000, [-1, 1]), impossible(0, [0]), impossible(-5, [])
    (True, False, False)
    """
    return bool(limits) and not (limits[0] <= guess and (len(limits) == 1 or guess <= limits[1]))


def factor(answer: float, guess: float) -> float:
    """Tell how many times too large or too small a guess is, as a number of 1 or more.

    >>> factor(10, 5), factor(10, 20), factor(10, -1)
    (2.0, 2.0, inf)
    """
    ratio = guess / answer
    return max(ratio, 1 / ratio) if ratio > 0 else math.inf


def spread_of(points) -> float:
    """Give the spread of a map: the root mean square distance of its (n, 2) points from their middle.

    >>> spread_of([(0, 0), (2, 0)])
    1.0
    """
    middle = [sum(axis) / len(points) for axis in zip(*points, strict=True)]
    return math.sqrt(sum(math.dist(point, middle) ** 2 for point in points) / len(points))


def number_text(number: float) -> str:
    """Write a number as a person would: every digit of a whole number, three digits of another or of a huge one.

    >>> number_text(38597376), number_text(2 ** 0.5), number_text(123456.7), number_text(0.0000123)
    ('38,597,376', '1.41', '123,457', '1.23e-5')
    """
    if abs(number) < 1e15 and (number == int(number) or abs(number) >= 999.5):
        return f"{Decimal(number).to_integral_value(ROUND_HALF_UP):,f}"
    rounded = float(THREE_DIGITS.create_decimal(number))
    return f"{rounded:.3g}".replace("e-0", "e-").replace("e+", "e")


def plain(value):
    """Turn NumPy scalars and tuples into what JSON can hold, and leave the rest as it is.

    >>> import numpy as np
    >>> plain((np.int64(5), 768)), plain(np.float32(0.5))
    ([5, 768], 0.5)
    """
    if hasattr(value, "item") and getattr(value, "ndim", 0) == 0:
        value = value.item()
    if isinstance(value, (set, frozenset)):
        value = sorted(value)
    return [plain(v) for v in value] if isinstance(value, (tuple, list)) else value


def is_number(value) -> bool:
    """Tell numbers from all else; True and False are not numbers here."""
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def label_of(choice) -> str:
    """Write a choice as the page shows it.

    >>> label_of(50257), label_of((3, 4)), label_of("dog")
    ('50,257', '(3, 4)', 'dog')
    """
    choice = plain(choice)
    if is_number(choice):
        return number_text(choice)
    return f"({', '.join(map(str, choice))})" if isinstance(choice, list) else str(choice)


def slug(question: str, words: int = 7) -> str:
    """Make a short name from the first words of a question.

    >>> slug("Two IDs go in; `d_model` is 4. How many numbers come out?")
    'two-ids-go-in-d-model-is'
    """
    return "-".join(re.findall(r"[a-z0-9]+", question.lower())[:words])

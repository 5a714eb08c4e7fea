"""How a guess is scored: the scale of a number, the map of a point, and which numbers are possible at all."""

import math

from ..words import word
from .score import impossible, number_text, spread_of


def map_scale(on_map: dict, answer) -> tuple[dict, list, str, float]:
    """Give the map of a point guess, the answer rounded to it, in words, and how clearly its nearest word leads."""
    points = {word: (float(x), float(y)) for word, (x, y) in on_map.items()}
    given = [*(answer if hasattr(answer, "__len__") else [answer]), *(n for point in points.values() for n in point)]
    if len(given) != 2 + 2 * len(points) or not all(map(math.isfinite, given)):
        raise ValueError(f"A map needs finite numbers, and a pair of them as its answer; got {answer!r}.")
    if len(points) < 3 or any(len(set(axis)) == 1 for axis in zip(*points.values(), strict=True)):
        raise ValueError(f"A map needs three or more words that do not stand in one line; got {points}.")
    (near, nearest), (next_near, _) = sorted((math.dist(point, answer), name) for name, point in points.items())[:2]
    scale = {"by": "spread", "spread": round(spread_of(list(points.values())), 4),
             "points": [[word, round(x, 3), round(y, 3)] for word, (x, y) in points.items()]}
    said = word("pointAnswer", x=f"{answer[0]:.2f}", y=f"{answer[1]:.2f}", word=nearest)
    return scale, [round(float(n), 3) for n in answer], said, 1 - near / next_near


def number_scale(answer, between, within, exact) -> dict:
    """Decide how a guessed number is scored: by ratio, within a distance, or exactly."""
    if not math.isfinite(answer):
        raise ValueError(f"The answer must be a finite number; got {answer}.")
    if between is not None:
        low, high = between
        if not 0 < low < high or not low <= answer <= high:
            raise ValueError(f"between= needs 0 < low <= answer <= high; got {between} for the answer {answer:g}.")
        return {"by": "ratio", "low": low, "high": high}
    if within is not None:
        if not within >= 0:
            raise ValueError(f"within= is a distance, 0 or more; got {within}.")
        return {"by": "within", "within": within}
    if exact if exact is not None else isinstance(answer, int) and abs(answer) <= 1000:
        return {"by": "exact"}
    if answer <= 0:
        raise ValueError(f"A guess is scored by ratio, which {answer:g} does not allow: give within= or exact=True.")
    return {"by": "ratio"}


def possible_range(low, high, inside: list) -> list:
    """Check the certain limits of a number: the answer and the slider lie `inside`. Gives [], [low] or [low, high]."""
    if low is None and high is not None:
        raise ValueError(f"high={high} needs low= beside it: from where to where is a guess possible?")
    limits = [limit for limit in (low, high) if limit is not None]
    if not all(map(math.isfinite, limits)) or low == high is not None or any(impossible(n, limits) for n in inside):
        raise ValueError(f"low= and high= are numbers with the answer between them; got {limits} for {inside}.")
    return limits


def possible_words(limits: list) -> str:
    """Say which numbers are possible.

    >>> possible_words([0, 597])
    'That cannot be: the answer lies between 0 and 597. What is your guess?'
    """
    low, high = map(number_text, [limits[0], limits[-1]])
    return word("possibleBetween", low=low, high=high) if len(limits) == 2 else word("possibleFrom", low=low)

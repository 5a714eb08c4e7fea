"""The numbers of a report's pictures: bars of the choices, the spread of numbers on a scale, points on a map.

`page.html` draws them.
"""

import math
from collections import Counter
from typing import NamedTuple

from ..asking.score import CONFIDENCES, label_of, number_text
from .counts import CELLS, FEW, FURTHEST, Tally, map_frame

MOST_ROWS = 6  # of the most common answers
STRENGTHS = (*reversed(CONFIDENCES), "")  # sure first: it stands at the left of each bar
MAP_WIDTH, MAP_HEIGHT = 420, 300


class Bar(NamedTuple):
    """One answer: how many gave it, how sure they were, and whether it is right."""

    text: str
    counts: Counter
    right: bool

    @property
    def many(self) -> int:
        """How many gave this answer."""
        return sum(self.counts.values())


class Spread(NamedTuple):
    """How far off the numbers were: bars (class, x, y, height) in a picture `width` wide and 100 high."""

    width: int
    answer: int
    bars: list
    ticks: list[tuple[float, str]]  # percent from the left, text
    below: int
    above: int
    cut: bool


class Map(NamedTuple):
    """Guessed points (right or not, x, y, radius), words (text, x, y, where the text stands), and the answer's ring."""

    answer: tuple[float, float]
    ring: tuple[float, float]
    dots: list
    words: list


def percent(part: int, whole: int) -> str:
    """Write a share, or nothing where there are too few to say one.

    >>> percent(1, 3), percent(3, 8)
    ('', '38%')
    """
    return f"{100 * part / whole:.0f}%" if whole >= FEW else ""


def bars(tally: Tally) -> tuple[list[Bar], int]:
    """Give a bar for each choice, or for the most common answers, and how many guesses are in none of them."""
    question = tally.question
    none: Counter = Counter()
    if question.labels and question.kind not in ("order", "lines"):
        right = question.answer if question.kind == "choices" else [question.answer]
        return [Bar(label, tally.values.get(label, none), label in right) for label in question.labels], 0
    ordered = sorted(tally.values.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    answer = question.answer_text if question.kind in ("order", "lines") else label_of(question.answer)
    rows = [Bar(text, counts, text in tally.rights) for text, counts in ordered[:MOST_ROWS]]
    if not any(row.right for row in rows):
        rows.append(Bar(answer, tally.values.get(answer, none), True))
    return rows, tally.made - sum(row.many for row in rows)


def spread(tally: Tally) -> Spread:
    """Place the numbers: on a log scale by ratio, on an even one within a distance."""
    steps = [step for step in tally.spread if step is not None]
    first, last = min([*steps, -8]), max([*steps, 7])
    most = max([sum(tally.spread[step]) for step in steps] + [1])
    drawn = []
    for step in sorted(steps):
        top = 100.0
        for name, count in zip(("right", "wrong"), tally.spread[step], strict=True):
            top -= 96 * count / most
            drawn.append((name, step - first + 0.06, top, 96 * count / most))
    width = last - first + 1
    ticks = [(100 * (step - first) / width, text) for step, text in ticks_of(tally, first, last)]
    below = sum(wrong for step, (_, wrong) in tally.spread.items() if step is None or step < 0)
    return Spread(width, -first, drawn, ticks, below, tally.made - tally.right - below,
                  -FURTHEST in steps or FURTHEST - 1 in steps)


def ticks_of(tally: Tally, first: int, last: int) -> list[tuple[float, str]]:
    """Choose up to seven round numbers between two steps of a spread: [(step, text)]."""
    answer, scale = tally.question.answer, tally.question.scale
    if scale["by"] == "ratio":
        def at(power):
            return 2 * (power * math.log2(10) - math.log2(answer))
        powers = [power for power in range(-40, 41) if first <= at(power) <= last]
        return [(at(power), number_text(10.0**power) if -3 <= power <= 6 else f"1e{power}")
                for power in powers[:: max(1, math.ceil(len(powers) / 7))]]
    low, high = (answer + step * scale["within"] / 2 for step in (first, last + 1))
    size = 10 ** math.floor(math.log10((high - low) / 4))
    size *= next(times for times in (1, 2, 5, 10) if (high - low) / (size * times) < 7)
    numbers = [count * size for count in range(math.ceil(low / size), math.floor(high / size) + 1)]
    return [(2 * (number - answer) / scale["within"], number_text(round(number, 6) + 0.0)) for number in numbers]


def chart_map(tally: Tally) -> Map:
    """Place the guessed points on the map with its words, larger where more of them stand, and the answer."""
    question = tally.question
    left, low, wide, high = map_frame(question.scale["points"])

    def place(x, y):
        return round((x - left) / wide * MAP_WIDTH, 1), round(MAP_HEIGHT - (y - low) / high * MAP_HEIGHT, 1)

    half = question.scale["spread"] / 2
    dots = []
    for (column, row), (right, wrong) in sorted(tally.cells.items()):
        x, y = (column + 0.5) / CELLS * MAP_WIDTH, MAP_HEIGHT - (row + 0.5) / CELLS * MAP_HEIGHT
        size = min(4 + 2 * math.sqrt(right + wrong - 1), 22)
        dots.append(("right" if right >= wrong else "wrong", round(x, 1), round(y, 1), round(size, 1)))
    words, taken = [], []
    for word, *point in question.scale["points"]:
        x, y = place(*point)
        anchor, at_x, at_y = beside(word, x, y, taken)
        words.append((word, x, y, anchor, round(at_x, 1), round(at_y, 1)))
    ring = round(half / wide * MAP_WIDTH, 1), round(half / high * MAP_HEIGHT, 1)
    return Map(place(*question.answer), ring, dots, words)


def beside(word: str, x: float, y: float, taken: list) -> tuple[str, float, float]:
    """Find a spot beside a point where its word has room: (anchor, x, y); it is added to those that are taken."""
    wide = 8 * len(word)  # as a 13 px letter is, or less
    spots = [("start", x + 5, y + 4), ("end", x - 5, y + 4), *(("middle", x, y + by) for by in (-7, 16, -20, 29))]
    boxes = {spot: (spot[1] - wide * {"start": 0, "middle": 0.5, "end": 1}[spot[0]], spot[2], wide) for spot in spots}
    spot = next((spot for spot, box in boxes.items() if free(*box, taken)), spots[0])
    taken.append(boxes[spot])
    return spot


def free(x: float, y: float, wide: float, taken: list) -> bool:
    """Tell whether a word has room at a spot of the map, beside the words that stand there."""
    return 0 <= x <= MAP_WIDTH - wide and all(
        x + wide < other or other + other_wide < x or abs(y - other_y) >= 13 for other, other_y, other_wide in taken)

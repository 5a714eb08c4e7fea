"""Count the guesses of a class: for each question a few dozen numbers, however large the class is."""

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from ..asking.score import label_of
from .answers import Answered, Question
from .change import Change
from .separation import Drawn

FEW = 5  # below this no share is given: it would say little, and of whom
THIN = 20  # below this a share is marked as thin: the truth may lie 20 points off
EXPLAIN, MOVE_ON = 0.35, 0.70  # peer instruction pays between the two (Crouch and Mazur; Vickrey 2015)
MOST_DIFFERENT = 2_000  # different answers counted for one question; any more are counted together
MOST_TEXTS = 300  # own words listed for one question; guesses.csv has them all
FURTHEST = 80  # steps of a spread to each side of the answer; what lies further off stands at the end
CELLS = 40  # of a map, in each direction


def pair() -> list[int]:
    """Two counts that start at nothing."""
    return [0, 0]


@dataclass
class Tally:
    """The counts of one question. Only first guesses count, but for what stands in `second` and `recall`."""

    question: Question
    keep_words: bool = False
    made: int = 0
    right: int = 0
    skipped: int = 0
    sure_wrong: int = 0
    by_confidence: dict[str, list[int]] = field(default_factory=lambda: defaultdict(pair))  # made, right
    values: dict[str, Counter] = field(default_factory=dict)  # answer as text: {confidence: count}
    rights: set[str] = field(default_factory=set)  # those of them that are right
    others: int = 0
    spread: dict[int | None, list[int]] = field(default_factory=lambda: defaultdict(pair))  # right, wrong
    cells: dict[tuple[int, int], list[int]] = field(default_factory=lambda: defaultdict(pair))
    ratings: Counter = field(default_factory=Counter)
    ticked: Counter = field(default_factory=Counter)  # {number of a point: students whose own words had it}
    texts: list[str] = field(default_factory=list)
    changed: int = 0
    second: Change = field(default_factory=Change)
    recall: Change = field(default_factory=Change)
    moves: Counter = field(default_factory=Counter)  # {(first choice, second): students}
    separates: float | None = None  # what `separation` says of this question: see there
    told_of: int = 0
    drawn: dict[str, Drawn] = field(default_factory=dict)

    def add(self, answer: Answered, times: int = 1) -> None:
        """Count what one student answered, or `times` students alike."""
        guess, sure, second = answer.guess, answer.confidence, answer.second
        if guess is None:
            self.skipped += answer.skipped * times
            return
        self.made += times
        right = self.question.right(guess)
        if right is None:
            self.ratings[answer.rating] += times
            self.ticked.update(dict.fromkeys(answer.ticked, times))
            if self.keep_words:
                self.texts += [guess] * min(times, MOST_TEXTS - len(self.texts))
            return
        self.right += right * times
        self.sure_wrong += (sure == "sure" and not right) * times
        self.by_confidence[sure][0] += times
        self.by_confidence[sure][1] += right * times
        self._place(guess, sure, right, times)
        self.changed += (second is not None) * times
        if second is not None and self.question.kind == "choice":
            self.moves[guess, second] += times
        self.second.add(right, right if second is None else bool(self.question.right(second)), times)
        if answer.last_review:
            self.recall.add(right, answer.last_review.knew, times)

    def add_up(self, other: "Tally") -> None:
        """Count the students of another tally of the same question, too."""
        for name in ("made", "right", "skipped", "sure_wrong", "others", "changed", "second", "recall"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("by_confidence", "spread", "cells"):
            both = getattr(self, name)
            for key, (one, two) in getattr(other, name).items():
                both[key] = [both[key][0] + one, both[key][1] + two]
        for name in ("ratings", "ticked", "moves"):
            getattr(self, name).update(getattr(other, name))
        for text, by in other.values.items():
            self.put(text, by)
        self.rights |= other.rights & self.values.keys()
        self.texts += other.texts[:MOST_TEXTS - len(self.texts)]

    def _place(self, guess, sure: str, right: bool, times: int) -> None:
        match self.question.kind:
            case "choices":
                for label in set(guess):
                    self._count(label, sure, False, times)
            case "point":
                self.cells[self.cell(guess)][not right] += times
            case "number" if self.question.scale["by"] != "exact":
                self.spread[self.step(guess)][not right] += times
            case "order" | "lines":
                self._count(" › ".join(guess), sure, right, times)
            case "shape":
                self._count(label_of([int(size) for size in guess])[:200], sure, right, times)
            case _:
                self._count(label_of(guess), sure, right, times)

    def _count(self, text: str, sure: str, right: bool, times: int) -> None:
        self.put(text, {sure: times})
        if right and text in self.values:
            self.rights.add(text)

    def put(self, text: str, by: dict[str, int]) -> None:
        """Count an answer by how sure those were who gave it; one too many is counted with the others."""
        if text in self.values or len(self.values) < MOST_DIFFERENT:
            self.values.setdefault(text, Counter()).update(by)
        else:
            self.others += sum(by.values())

    def step(self, guess: float) -> int | None:
        """Give the step of the spread where a number stands, 0 just above the answer; None for no place on a log scale.

        By ratio a step is a factor of the square root of 2, so that two steps make the factor of 2 that is right;
        within a distance a step is half of that distance.
        """
        answer, scale = self.question.answer, self.question.scale
        if scale["by"] == "ratio":
            ratio = guess / answer
            if ratio <= 0:
                return None
            steps = 2 * math.log2(min(max(ratio, 1e-99), 1e99))
        else:
            steps = 2 * (guess - answer) / scale["within"]
        return math.floor(min(max(steps, -FURTHEST), FURTHEST - 1))

    def cell(self, point) -> tuple[int, int]:
        """Give the cell (column, row) of the map where a point stands; a far one stands at the edge."""
        left, low, width, height = map_frame(self.question.scale["points"])
        across, up = (point[0] - left) / width, (point[1] - low) / height
        column, row = (min(int(min(max(part, 0.0), 1.0) * CELLS), CELLS - 1) for part in (across, up))
        return column, row

    @property
    def share(self) -> float | None:
        """The share of right first guesses; None below FEW guesses, and for own words."""
        return self.right / self.made if self.made >= FEW and self.question.kind != "words" else None

    @property
    def separation(self) -> float | None:
        """How well the question separates those who know: see `separation`; None below THIN students."""
        return self.separates if self.told_of >= THIN else None

    @property
    def draws(self) -> list[tuple[str, Drawn]]:
        """Who chose what, {choice: its takers}, of the choices that FEW or more took, from the weakest takers up."""
        taken = [(label, one) for label, one in self.drawn.items() if one.many >= FEW]
        return sorted(taken, key=lambda pair: pair[1].elsewhere) if self.question.kind == "choice" else []

    @property
    def advice(self) -> str:
        """What the share tells a teacher: explain, discuss, move on; empty where there is no share.

        >>> [advice_of(share) for share in (0.34, 0.35, 0.7, 0.71)]
        ['explain', 'discuss', 'discuss', 'move on']
        """
        return advice_of(self.share) if self.share is not None else ""


def advice_of(share: float) -> str:
    """Tell what to do after a share of right first guesses: below 35% explain, up to 70% discuss, then move on."""
    return "explain" if share < EXPLAIN else "discuss" if share <= MOVE_ON else "move on"


def map_frame(points) -> tuple[float, float, float, float]:
    """Give (left, low, width, height) of a map: its words, and a fifth of that around them."""
    low, high = [[edge(axis) for axis in list(zip(*points, strict=True))[1:]] for edge in (min, max)]
    edges = [(top - bottom) / 5 for bottom, top in zip(low, high, strict=True)]
    return low[0] - edges[0], low[1] - edges[1], high[0] - low[0] + 2 * edges[0], high[1] - low[1] + 2 * edges[1]

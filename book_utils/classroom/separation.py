"""How well a question separates those who know from those who do not, and which choices draw whom.

The measure is the corrected item-total correlation: of right (1) or wrong (0) on a question with the share right of the
same student's *other* first guesses. Only sums are kept, three for each group of a question.
"""

import math
from typing import NamedTuple

import numpy as np

from .answers import Question

OTHERS = 5  # a share of fewer other guesses says little about a student
STUDENTS = 2_000  # added up at a time


class Drawn(NamedTuple):
    """Who gave one answer: how many students, the mean of their shares right elsewhere, and its correlation with it."""

    many: int
    elsewhere: float
    r: float | None


class Separation:
    """Sums over the students of a class; a group is a choice of a question, or right and wrong where it has none."""

    def __init__(self, questions: list[Question]):
        self._labels = [question.labels if question.kind == "choice" else ["wrong", "right"] for question in questions]
        self._rights = [label == question.answer if question.kind == "choice" else label == "right"
                        for question, labels in zip(questions, self._labels, strict=True) for label in labels]
        self._starts = np.cumsum([0, *map(len, self._labels)])
        self._sums = np.zeros((3, len(self._rights)))  # students, sum and sum of squares of the shares elsewhere
        self._waiting: list[list[int]] = []

    def group(self, number: int, guess, right: bool) -> int:
        """Give the number of the group that a guess belongs to."""
        labels = self._labels[number]
        return int(self._starts[number]) + (labels.index(guess) if labels != ["wrong", "right"] else right)

    def add(self, groups: list[int]) -> None:
        """Count one student by the groups of all scored first guesses."""
        if len(groups) > OTHERS:
            self._waiting.append(groups)
        if len(self._waiting) >= STUDENTS:
            self._add_up()

    def _add_up(self) -> None:
        if not self._waiting:
            return
        many = np.array([len(groups) for groups in self._waiting])
        groups = np.concatenate(self._waiting)
        right = np.array(self._rights, dtype=float)[groups]
        total = np.add.reduceat(right, np.cumsum(many) - many)
        elsewhere = (np.repeat(total, many) - right) / np.repeat(many - 1, many)
        for power in range(3):
            self._sums[power] += np.bincount(groups, weights=elsewhere**power, minlength=self._sums.shape[1])
        self._waiting = []

    def of(self, number: int) -> tuple[float | None, int, dict[str, Drawn]]:
        """Give (the correlation of being right, of how many students, {group: who gave it}) for one question.

        The correlation is None where all are right, all wrong, or all equally good elsewhere.
        """
        self._add_up()
        part = slice(self._starts[number], self._starts[number + 1])
        sums = self._sums[:, part]
        all_three = sums.sum(axis=1)
        drawn = {label: Drawn(int(one[0]), one[1] / one[0] if one[0] else 0.0, correlation(one, all_three))
                 for label, one in zip(self._labels[number], sums.T, strict=True)}
        rights = sums[:, self._rights[part]].sum(axis=1)
        return correlation(rights, all_three), int(all_three[0]), drawn


def correlation(group, everyone) -> float | None:
    """Correlate belonging to a group with a number, from the count, sum and sum of squares of group and everyone.

    >>> correlation((2, 1.7, 1.45), (4, 2.4, 1.7))  # 0.8 and 0.9 of 0.8, 0.9, 0.3, 0.4
    0.9805806756909201
    """
    inside, n = group[0], everyone[0]
    if not 0 < inside < n:
        return None
    variance = everyone[2] / n - (everyone[1] / n) ** 2
    if variance <= 1e-12:
        return None
    apart = group[1] / inside - (everyone[1] - group[1]) / (n - inside)
    return float(apart * math.sqrt(inside * (n - inside)) / n / math.sqrt(variance))

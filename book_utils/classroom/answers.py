"""The questions of the book as the report needs them, and what a student may have answered to them."""

import functools
import math
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..asking.questions import read_questions
from ..asking.score import is_number, score


@dataclass(frozen=True)
class Question:
    """One guess that the book asks, its answer included."""

    chapter: str
    name: str
    digest: str
    kind: str
    question: str
    choices: list[dict]
    answer: Any
    answer_text: str
    scale: dict
    unit: str
    points: tuple = ()  # what own words should have

    @functools.cached_property
    def labels(self) -> list[str]:
        """The labels of the choices, in the order shown."""
        return [choice["label"] for choice in self.choices]

    def right(self, guess) -> bool | None:
        """Score a guess with the answer of this edition; None for own words and where nothing was guessed."""
        return score(self.kind, self.answer, guess, self.scale)

    def allows(self, guess) -> bool:
        """Tell whether the page could have given this guess: `legal` of `asking/score.js`."""
        several = isinstance(guess, list)
        match self.kind:
            case "choice":
                return isinstance(guess, str) and guess in self.labels
            case "choices":
                return several and guess != [] and all(one in self.labels for one in guess)
            case "order":
                return several and all(isinstance(one, str) for one in guess) and sorted(guess) == sorted(self.labels)
            case "lines":
                known = several and guess != [] and all(one in self.labels for one in guess)
                return known and len(set(guess)) == len(guess)
            case "point":
                return several and len(guess) == 2 and all(map(is_number, guess))
            case "number":
                return is_number(guess)
            case "shape":
                return several and all(is_number(one) and one >= 0 and one == math.floor(one) for one in guess)
            case "words":
                return isinstance(guess, str) and guess.strip() != ""
        return False


class Review(NamedTuple):
    """What a student said when the question came up again: knew it, or not yet."""

    at: str
    said: str

    @property
    def knew(self) -> bool:
        """Tell whether the student knew it."""
        return self.said == "knew"


class Answered(NamedTuple):
    """What one student answered to one question, as far as the report counts it."""

    at: str
    guess: Any
    second: Any
    confidence: str
    skipped: bool
    rating: str
    reviews: list[Review]
    ticked: list[int]

    @property
    def last_review(self) -> Review | None:
        """The last time that the student met the question again; None where there was none."""
        return self.reviews[-1] if self.reviews else None


def answered(entry: dict) -> Answered:
    """Read one entry of a file of guesses, sound and `fitted`.

    >>> answered({"at": "", "guess": "king", "reviews": [["2026-11-22T10:00:00Z", "knew"]]}).last_review.knew
    True
    """
    return Answered(entry["at"], entry["guess"], entry.get("second"), entry.get("confidence", ""),
                    entry.get("skipped", False), entry.get("rating", ""),
                    [Review(*review) for review in entry.get("reviews", [])], entry.get("ticked", []))


def questions_of_the_book() -> list[Question]:
    """List every guess of the book in the order of reading."""
    return [Question(chapter=chapter, **guess) for chapter, asked in read_questions().items()
            for guess in asked["guesses"]]


def fitted(entry: dict, question: Question) -> dict | None:
    """Keep of one sound entry what the report counts, but for its moments; None where the page could not have given it.

    Beside own words stand the numbers of the points that were ticked.
    """
    guess, second, points = entry["guess"], entry.get("second"), len(question.points)
    if not (guess is None or question.allows(guess)) or not (second is None or question.allows(second)):
        return None
    ticked = sorted({int(one) for one in entry.get("ticked", []) if one < points})
    kept = {"guess": guess, "second": second, "confidence": entry.get("confidence", ""),
            "skipped": entry.get("skipped", False), "rating": entry.get("rating", "")}
    return kept | {"ticked": ticked} if ticked else kept

"""Make up readers whose truth is known, four bad questions among the good ones, to try `python -m book_utils items`.

    python tools/simulate_readers.py FOLDER 400 [SEED]

Each reader has an ability, each question a difficulty and a slope (the three-parameter logistic model of item response
theory); who does not know takes one of the wrong choices. What was planted is printed.
"""

import json
import sys
from pathlib import Path

import numpy as np

from book_utils.asking.questions import BOOK
from book_utils.classroom.answers import Question, questions_of_the_book

LUCK = 0.15  # the share right of those who know nothing
PLANTED = ("backwards", "everybody", "unused", "wrong key")


class Truth:
    """The truth about every question with one right choice, and the four that are planted: {name: what is wrong}."""

    def __init__(self, seed: int):
        self.dice = np.random.default_rng(seed)
        self.asked = [question for question in questions_of_the_book() if question.kind == "choice"]
        large = [question for question in self.asked if len(question.labels) >= 3]
        bad = self.dice.choice(len(large), len(PLANTED), replace=False)
        self.planted = {large[place].name: what for place, what in zip(bad, PLANTED, strict=True)}
        self.slope = self.dice.uniform(0.8, 2.0, len(self.asked))
        self.hard = self.dice.uniform(-1.5, 1.5, len(self.asked))
        self.wrong = [self._weights(question) for question in self.asked]
        self.meant = {name: next(label for label in question.labels if label != question.answer)
                      for question in self.asked for name in [question.name] if self.planted.get(name) == "wrong key"}
        self.unused = {question.name: [label for label in question.labels if label != question.answer][0]
                       for question in self.asked if self.planted.get(question.name) == "unused"}

    def _weights(self, question: Question) -> np.ndarray:
        weights = self.dice.uniform(0.5, 1.5, len(question.labels) - 1)
        if self.planted.get(question.name) == "unused":
            weights[0] = 0
        return weights / weights.sum()

    def chance(self, place: int, ability):
        """Give the chance that a reader of this ability says what is right (what the author took for wrong, maybe)."""
        what = self.planted.get(self.asked[place].name)
        if what == "everybody":
            return np.full_like(np.asarray(ability, dtype=float), 0.995)
        slope = -1.5 if what == "backwards" else self.slope[place]
        hard = 0.0 if what else self.hard[place]
        return LUCK + (1 - LUCK) / (1 + np.exp(-slope * (ability - hard)))

    def taken(self, place: int) -> dict[str, float]:
        """The true share of readers who take each choice of a question."""
        question, ability = self.asked[place], np.linspace(-4, 4, 801)
        density = np.exp(-ability**2 / 2)
        right = float((self.chance(place, ability) * density).sum() / density.sum())
        key = self.meant.get(question.name, question.answer)
        rest = [label for label in question.labels if label != key]
        return {key: right} | {label: (1 - right) * weight
                               for label, weight in zip(rest, self.wrong[place], strict=True)}

    def reader(self) -> dict:
        """Make up the file of one reader."""
        ability, guesses = self.dice.normal(), []
        for place, question in enumerate(self.asked):
            if self.dice.random() > 0.9:
                continue
            chance = float(self.chance(place, ability))
            key = self.meant.get(question.name, question.answer)
            rest = [label for label in question.labels if label != key]
            right = self.dice.random() < chance
            label = key if right else rest[self.dice.choice(len(rest), p=self.wrong[place])]
            sure = ("guessing", "leaning", "sure")[min(2, int(3 * np.clip(chance + self.dice.normal(0, 0.2), 0, 1)))]
            said = "knew" if self.dice.random() < min(1, chance + 0.2) else "notYet"
            millisecond = int(self.dice.integers(10**9))
            at = f"2026-11-20T{millisecond % 24:02}:{millisecond // 24 % 60:02}:{millisecond // 1440 % 60:02}." \
                 f"{millisecond // 86400 % 1000:03}Z"
            guesses.append({"chapter": question.chapter, "name": question.name, "digest": question.digest, "at": at,
                            "guess": label, "second": None, "confidence": sure, "skipped": False, "revealed": True,
                            "reviews": [["2026-11-23T10:00:00.000Z", said]] if self.dice.random() < 0.4 else [],
                            "rating": ""})
        return {"format": "guesses", "version": 1, "book": BOOK, "saved": "2026-11-24T18:00:00.000Z",
                "guesses": guesses, "cards": []}


def main(arguments: list[str]) -> int:
    """Write the files of the readers, and print what was planted."""
    folder, many, seed = Path(arguments[0]), int(arguments[1]), int((arguments[2:] or ["1"])[0])
    truth = Truth(seed)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(many):
        (folder / f"reader{number}.json").write_text(json.dumps(truth.reader()), encoding="utf-8")
    for name, what in truth.planted.items():
        print(f"planted: {name}: {what}", truth.meant.get(name, ""), truth.unused.get(name, ""))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

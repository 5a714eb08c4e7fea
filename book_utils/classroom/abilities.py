"""Which guesses serve which ability: `data/abilities.json` has the abilities that each chapter opens with."""

import json
from typing import NamedTuple

from ..asking.questions import CHAPTERS, DATA
from .counts import FEW, Tally

ABILITIES = DATA / "abilities.json"


class Reached(NamedTuple):
    """How one ability of a chapter stands: its guesses, by number, and their first guesses together."""

    chapter: str
    ability: str
    numbers: list[int]
    right: int
    made: int

    @property
    def share(self) -> float | None:
        """The share of right first guesses; None below FEW guesses."""
        return self.right / self.made if self.made >= FEW else None


def read_abilities() -> dict[str, dict[str, list[str]]]:
    """Give {chapter: {ability: [names of the guesses that serve it]}}; a guess may serve one of another chapter.

    >>> sorted(read_abilities()["lookup"]["name what is added to a row before the first layer of a model"])[0]
    'a-bank-by-the-river-a-bank'
    """
    read = json.loads(ABILITIES.read_text(encoding="utf-8"))
    return {chapter: read[chapter] for chapter in CHAPTERS if chapter in read}


def reached(tallies: list[Tally]) -> list[Reached]:
    """Count first guesses by ability, in the order of the chapters; own words are not scored, and not counted."""
    scored = {tally.question.name: (number, tally) for number, tally in enumerate(tallies, 1)
              if tally.question.kind != "words"}
    rows = []
    for chapter, abilities in read_abilities().items():
        for ability, names in abilities.items():
            serve = sorted((scored[name] for name in names if name in scored), key=lambda one: one[0])
            rows.append(Reached(chapter, ability, [number for number, _ in serve],
                                sum(tally.right for _, tally in serve), sum(tally.made for _, tally in serve)))
    return rows

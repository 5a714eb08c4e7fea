"""What readers found in their own words: the points that they ticked beside the model answer."""

from dataclasses import dataclass

from .counts import Tally
from .ranges import Ranged, wilson

EMPTY = 14  # columns of items.csv that only a question with a right answer fills


@dataclass
class Written:
    """One question that readers answered in their own words: the points that they ticked beside the model answer."""

    number: int
    tally: Tally

    @property
    def points(self) -> list[tuple[str, int, Ranged]]:
        """Each point: its text, how many had it, and their share (Wilson's interval)."""
        made = self.tally.made
        return [(point, many := self.tally.ticked[place], Ranged(many / made, *wilson(many, made)))
                for place, point in enumerate(self.tally.question.points)]

    def row(self) -> list:
        """What items.csv says of it: the points stand where others have their choices."""
        question = self.tally.question
        points = " | ".join(f"{point.rstrip('.')}: {many}" for point, many, _ in self.points)
        return [self.number, question.chapter, question.name, self.tally.made, *[""] * EMPTY, points, ""]


def written_of(tallies: list[Tally]) -> list[Written]:
    """List the questions that were answered in the readers' own words and have points to tick."""
    return [Written(number, tally) for number, tally in enumerate(tallies, 1) if tally.made and tally.question.points]

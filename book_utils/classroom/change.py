"""What the same people knew before and after: second thoughts, and what was recalled days later."""

from dataclasses import dataclass


@dataclass
class Change:
    """Right before and right after, of the same people on the same questions.

    >>> Change(10, 4, 7).gain
    0.5
    """

    many: int = 0
    before: int = 0
    after: int = 0
    gained: int = 0  # wrong before, right after
    lost: int = 0

    def add(self, before: bool, after: bool, times: int = 1) -> None:
        """Count `times` people on one question."""
        self.many += times
        self.before += before * times
        self.after += after * times
        self.gained += (after > before) * times
        self.lost += (after < before) * times

    def __add__(self, other: "Change") -> "Change":
        return Change(self.many + other.many, self.before + other.before, self.after + other.after,
                      self.gained + other.gained, self.lost + other.lost)

    @property
    def gain(self) -> float | None:
        """The normalised gain (Hake 1998): of all that could be gained, the share that was; None where that was 0."""
        return (self.after - self.before) / (self.many - self.before) if self.before < self.many else None

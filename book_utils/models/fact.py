"""A fact of a config.json: a value, where it came from, and what is to be said of it."""

from dataclasses import dataclass
from reprlib import repr as short

from ..words import word


@dataclass(frozen=True)
class Fact:
    """One value and the `key` it came from, or nothing but the `default` that the family's code would take.

    `others` are the (key, value) pairs of the same file that disagree with it. `note` says why a value is not known,
    or what to beware of; `source` where it was seen that the code does something that no key says.

    >>> Fact(768, "n_embd"), Fact(default=True, default_from="GPT2Config")
    (768 (n_embd), absent (by GPT2Config: true))
    """

    value: object = None
    key: str = ""
    default: object = None
    default_from: str = ""
    others: tuple = ()
    note: str = ""
    source: str = ""

    @property
    def assumed(self):
        """The value, or else what the family's code would take, or else None."""
        return self.default if self.value is None else self.value

    def __repr__(self):
        if self.value is None:
            by = "" if self.default is None else f" (by {self.default_from}: {written(self.default)})"
            return f"absent{by}" + (f"; {self.note}" if self.note else "")
        differ = "".join(f", but {key} says {written(value)}" for key, value in self.others)
        return f"{written(self.value)} ({self.key}{differ})"


def written(value):
    """Write a value as a config.json would, large numbers with commas.

    >>> written(50257), written(True), written(0.25)
    ('50,257', 'true', '0.25')
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return f"{int(value) if value == int(value) else value:,}"
    return value if isinstance(value, str) else short(value)


def noted(name, **values):
    """List one find without a value, which says why it is not known: a text of `configNotes`."""
    return [Fact(note=word(f"configNotes.{name}", **values))]

"""What is kept of a class: a line of text for each entry, and for each file its lines and what was left out.

A line is `answer TAB how often met again, and how TAB moment TAB reviews`; JSON holds no tab, and no line break, of its
own.
"""

import hashlib
import json
from typing import NamedTuple

from .answers import Answered, Review
from .platforms import Student

SECOND = ',"second":'  # after the guess; within a text of JSON its quotes would stand behind a backslash


class Kept(NamedTuple):
    """What the report keeps of one entry: the answer as JSON, `[question, {...}]`, its moment and its reviews."""

    body: str
    at: str
    reviews: list

    @property
    def line(self) -> str:
        """The entry as a line of text, which `entry_of` reads back."""
        if not self.reviews:
            return f"{self.body}\t0\t{self.at}\t[]"
        reviews = ",".join([f'["{at}","{said}"]' for at, said in self.reviews])  # as JSON: both are plain letters
        return f"{self.body}\t{len(self.reviews)}{self.reviews[-1][1]}\t{self.at}\t[{reviews}]"

    @property
    def mark(self) -> int:
        """A number for what was guessed and when; what was added later, such as a second thought, does not count."""
        return int.from_bytes(hash_of(f"{self.at} {self.body[:self.body.index(SECOND)]}")[:7])


class Taken(NamedTuple):
    """What is kept of one file: its lines and marks, nothing where no guess counts; and what was left out, and why."""

    name: str
    student: Student | None = None
    saved: str = ""
    text: str = ""
    content: bytes = b""
    marks: tuple[int, ...] = ()
    left: tuple[tuple[str, int | None], ...] = ()  # (why, how many guesses, None for the whole file)


def kept_of(number: int, entry: dict) -> Kept:
    """Keep an entry that is `fitted`.

    >>> kept_of(3, {"at": "2026-11-22T09:30:00Z", "guess": "king", "reviews": []}).line.split("\\t")
    ['[3,{"guess":"king"}]', '0', '2026-11-22T09:30:00Z', '[]']
    """
    body = {key: value for key, value in entry.items() if key not in ("at", "reviews")}
    return Kept(text_of([number, body]), entry["at"], entry["reviews"])


def entry_of(line: str) -> tuple[int, dict]:
    """Read a line back: (number of the question, entry)."""
    body, _, at, reviews = line.split("\t")
    number, entry = json.loads(body)
    return number, {**entry, "at": at, "reviews": json.loads(reviews)}


def answered_of(key: str) -> tuple[int, Answered]:
    """Read the first two parts of a line, what many students share: (number of the question, what was answered)."""
    body, seen = key.split("\t")
    number, entry = json.loads(body)
    said = seen.lstrip("0123456789")
    reviews = [Review("", said)] * int(seen.removesuffix(said))  # of those before the last only the number counts
    return number, Answered("", entry["guess"], entry["second"], entry["confidence"], entry["skipped"],
                            entry["rating"], reviews, entry.get("ticked", []))


def hash_of(text: str) -> bytes:
    """Hash a text to 16 bytes."""
    return hashlib.sha256(text.encode()).digest()[:16]


text_of = json.JSONEncoder(separators=(",", ":")).encode  # in ASCII

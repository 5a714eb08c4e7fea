"""The guesses of one reader as a file: read and checked, joined with another, saved from a live notebook.

The form is `data/guesses.schema.json`; `record.js` keeps the same rules in the browser.
"""

import contextlib
import json
import os
import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from .guess import Guess
from .merge import RATINGS, joined
from .questions import BOOK, read_questions
from .score import CONFIDENCES, is_number

MOST_BYTES = 5_000_000  # a file of the whole book has less than a tenth of it; the same limit as in the browser
MOST_ENTRIES = 10_000  # in one list: a hundred and fifty times what the book asks
MOST_REVIEWS = 2_000  # one a day for five years
TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|\+00:00)", re.ASCII)
DIGEST = re.compile(r"[0-9a-f]{12}")


class NotGuesses(ValueError):
    """A file that is not one reader's guesses of this book; the message is a sentence that says why."""


@dataclass
class Saved:
    """What one file holds: when it was saved, its sound guesses and cards, and how many entries were not sound."""

    saved: str
    guesses: list[dict]
    cards: list[dict]
    broken: int


def read_saved(raw: bytes) -> Saved:
    """Read the bytes of one file of guesses. Raises NotGuesses for what is not one; nothing in it is run.

    >>> read_saved(b'{"format": "guesses", "version": 2}')
    Traceback (most recent call last):
    book_utils.asking.record.NotGuesses: It was saved by a later edition of the book (version 2; this one reads 1).
    """
    data = _json_of(raw)
    if not isinstance(data, dict) or data.get("format") != "guesses":
        raise NotGuesses("It is JSON, but not a file of guesses: save one on the progress page.")
    version = data.get("version")
    if isinstance(version, int) and version > 1:
        named = f"version {version}" if version < 100 else "a much later version"
        raise NotGuesses(f"It was saved by a later edition of the book ({named}; this one reads 1).")
    if not is_envelope(data):
        raise NotGuesses("It is damaged: its version, book, time or lists are not what the book writes.")
    if data["book"] != BOOK:
        raise NotGuesses("It holds the guesses of another book.")
    guesses = [entry for entry in data["guesses"] if is_guess(entry)]
    cards = [entry for entry in data["cards"] if is_card(entry)]
    broken = len(data["guesses"]) + len(data["cards"]) - len(guesses) - len(cards)
    return Saved(data["saved"], guesses, cards, broken)


def _json_of(raw: bytes):
    if len(raw) > MOST_BYTES:
        raise NotGuesses(f"It is larger than {MOST_BYTES / 1e6:g} MB; the guesses of the whole book are far less.")
    try:
        return json.loads(raw.decode(json.detect_encoding(raw)), parse_constant=_no_constant)
    except RecursionError:
        raise NotGuesses("It is nested too deeply to be a file of guesses.") from None
    except NotGuesses:
        raise
    except ValueError:  # not Unicode, not JSON, or a number of more than 4,300 digits
        raise NotGuesses("It is not JSON.") from None


def _no_constant(name):
    raise NotGuesses(f"It is not JSON: it holds {name}.")


# -- the schema, in plain checks ------------------------------------------------------------------


def is_envelope(data) -> bool:
    """Tell whether all but the entries of the two lists is as the schema says."""
    return (
        isinstance(data, dict) and data.get("format") == "guesses"
        and is_number(data.get("version")) and data["version"] == 1
        and _is_text(data.get("book"), 200) and is_time(data.get("saved"))
        and all(isinstance(data.get(name), list) and len(data[name]) <= MOST_ENTRIES for name in ("guesses", "cards"))
    )


def is_guess(entry) -> bool:
    """Tell whether one entry of the list of guesses is as the schema says."""
    return (
        _has_place(entry) and is_time(entry.get("at")) and "guess" in entry
        and is_value(entry["guess"]) and is_value(entry.get("second"))
        and _is_one_of(entry.get("confidence", ""), ("", *CONFIDENCES))
        and isinstance(entry.get("skipped", False), bool) and isinstance(entry.get("revealed", False), bool)
        and _is_one_of(entry.get("rating", ""), ("", *RATINGS)) and _are_reviews(entry.get("reviews", []))
    )


def is_card(entry) -> bool:
    """Tell whether one entry of the list of cards is as the schema says."""
    return _has_place(entry) and _are_reviews(entry.get("reviews"))


def is_time(value) -> bool:
    """Tell whether a value is written as a moment in UTC; that the moment can be is for `moment` to say."""
    return isinstance(value, str) and TIME.fullmatch(value) is not None


def is_value(value) -> bool:
    """Tell whether a value can be a guess: nothing, a finite number, a text, or a list of these two."""
    if isinstance(value, list):
        return len(value) <= 100 and all(_is_finite(one) or _is_text(one, 2000) for one in value)
    return value is None or _is_text(value, 20000) or _is_finite(value)


def _is_finite(value) -> bool:
    return is_number(value) and abs(value) <= sys.float_info.max


def _is_text(value, most: int) -> bool:
    return isinstance(value, str) and len(value) <= most


def _is_one_of(value, names) -> bool:
    return isinstance(value, str) and value in names


def _has_place(entry) -> bool:
    return isinstance(entry, dict) and all(
        _is_text(entry.get(key), 200) and entry[key] and "/" not in entry[key] for key in ("chapter", "name")
    ) and isinstance(entry.get("digest"), str) and DIGEST.fullmatch(entry["digest"]) is not None


def _are_reviews(reviews) -> bool:
    return isinstance(reviews, list) and len(reviews) <= MOST_REVIEWS and all(
        isinstance(one, list) and len(one) == 2 and is_time(one[0]) and _is_one_of(one[1], ("knew", "notYet"))
        for one in reviews
    )


# -- joining and saving ---------------------------------------------------------------------------


def save_guesses(path: str | Path = "my-guesses.json") -> Path:
    """Save every guess that was made in this session, as the progress page would; gives the path.

    A file that is there already keeps its older first guesses and gets the new ones. It is written whole or
    not at all. Raises ValueError, and leaves the file alone, where it holds anything but guesses of this book.

    >>> from tempfile import mkdtemp
    >>> save_guesses(Path(mkdtemp()) / "mine.json").name
    'mine.json'
    """
    path = Path(path)
    guesses, cards = {}, []
    if path.exists():
        try:
            old = read_saved(path.read_bytes())
        except NotGuesses as problem:
            raise ValueError(f"{path} stays as it is: {problem} Give another name.") from None
        if old.broken:
            raise ValueError(f"{path} stays as it is: {old.broken} of its entries cannot be read. Give another name.")
        guesses, cards = {_place(entry): entry for entry in old.guesses}, old.cards
    now = datetime.now(UTC)
    for entry in _made(now):
        place = _place(entry)
        guesses[place] = joined(entry, guesses[place]) if place in guesses else entry
    data = {"format": "guesses", "version": 1, "book": BOOK, "saved": _time_text(now),
            "guesses": list(guesses.values()), "cards": cards}
    with whole_file(path) as file:
        file.write(json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    return path


def _made(now: datetime):
    chapters = {(guess["name"], guess["digest"]): chapter
                for chapter, parts in read_questions().items() for guess in parts["guesses"]}
    for guess in Guess.made.values():
        if guess.guess is not None or guess.skipped:
            yield {"chapter": chapters.get((guess.name, guess.digest), "notebook"), "name": guess.name,
                   "digest": guess.digest, "at": _time_text(getattr(guess, "made_at", None) or now),
                   "guess": guess.guess, "confidence": guess.confidence, "second": guess.second,
                   "skipped": guess.skipped, "revealed": guess.revealed, "rating": guess.rating, "reviews": []}


def _place(entry: dict) -> tuple[str, str, str]:
    return entry["chapter"], entry["name"], entry["digest"]


def _time_text(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@contextlib.contextmanager
def whole_file(path: Path, encoding: str = "utf-8"):
    """Open a text file to be written whole or not at all: whoever reads it meanwhile sees the old one or the new."""
    path = Path(os.path.realpath(path))
    part = path.with_name(f".{path.name[:100]}.{os.getpid()}.part")
    try:
        with open(part, "w", encoding=encoding, errors="replace", newline="") as file:
            yield file
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)

"""Save the guesses of a live notebook to a file, as the progress page would."""

import contextlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path

from .guess import Guess
from .merge import joined
from .questions import BOOK, read_questions
from .record import NotGuesses, read_saved


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
                   "skipped": guess.skipped, "revealed": guess.revealed, "rating": guess.rating,
                   "ticked": guess.ticked, "reviews": []}


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

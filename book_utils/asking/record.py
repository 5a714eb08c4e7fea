"""The guesses of one reader as a file: read, and checked entry by entry.

The form is `data/guesses.schema.json`; `record.js` keeps the same rules in the browser.
"""

import json
import re
import sys
from dataclasses import dataclass

from .merge import RATINGS
from .questions import BOOK
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
    data = envelope_of(raw)
    guesses = [entry for entry in data["guesses"] if is_guess(entry)]
    cards = [entry for entry in data["cards"] if is_card(entry)]
    broken = len(data["guesses"]) + len(data["cards"]) - len(guesses) - len(cards)
    return Saved(data["saved"], guesses, cards, broken)


def envelope_of(raw: bytes) -> dict:
    """Read one file of guesses up to its entries, which are not looked at. Raises NotGuesses as `read_saved` does."""
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
    return data


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
        and _is_one_of(entry.get("rating", ""), ("", *RATINGS)) and _are_ticks(entry.get("ticked", []))
        and are_reviews(entry.get("reviews", []))
    )


def is_card(entry) -> bool:
    """Tell whether one entry of the list of cards is as the schema says."""
    return _has_place(entry) and are_reviews(entry.get("reviews"))


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


def _are_ticks(ticked) -> bool:
    return isinstance(ticked, list) and len(ticked) <= 100 and all(
        is_number(n) and 0 <= n < 100 and n == int(n) for n in ticked
    )


def are_reviews(reviews) -> bool:
    """Tell whether a list of [moment, what was said] is as the schema says."""
    return isinstance(reviews, list) and len(reviews) <= MOST_REVIEWS and all(
        isinstance(one, list) and len(one) == 2 and is_time(one[0]) and _is_one_of(one[1], ("knew", "notYet"))
        for one in reviews
    )

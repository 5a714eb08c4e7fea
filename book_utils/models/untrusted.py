"""Files from strangers: read no more than a limit, and parse JSON that may be anything."""

import json
from reprlib import repr as short

MOST_MARKS = 5_000_000  # brackets and quotes, for each opens something that takes 50 bytes or more in memory


class ModelFileError(ValueError):
    """A model file that is damaged, mislabelled or of a kind that cannot be read here."""


def read_at_most(path, limit, error=ModelFileError):
    """Return the bytes of a file; raises FileNotFoundError, or `error` if there are more than `limit`."""
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}.")
    with path.open("rb") as file:
        contents = file.read(limit + 1)
    if len(contents) > limit:
        raise error(f"{path.name} must have at most {limit:,} bytes; it has more.")
    return contents


def parse_object(contents, name, error=ModelFileError, *, infinite=False):
    """Return the JSON object in these bytes, a dict; raises `error` for anything else, and for doubled keys.

    NaN and Infinity are no JSON: they are refused, or where `infinite` is true read as Python writes them.

    >>> parse_object(b'{"vocab_size": 50257}', "config.json")
    {'vocab_size': 50257}
    """
    if sum(contents.count(mark) for mark in (b"{", b"[", b'"')) > MOST_MARKS:
        raise error(f"{name} must have at most {MOST_MARKS:,} brackets and quotes; it has more.")
    try:
        text = contents.decode("utf-8-sig")
        parsed = json.loads(text, object_pairs_hook=_each_key_once, parse_constant=float if infinite else _no_number)
    except RecursionError:
        raise error(f"{name} is nested too deep.") from None
    except ValueError as problem:
        raise error(f"{name} must hold JSON; {str(problem)[:100]}.") from None
    if not isinstance(parsed, dict):
        raise error(f"{name} must hold one JSON object, {{...}}; got {short(parsed)}.")
    return parsed


def _each_key_once(pairs):
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _no_number(word):
    raise ValueError(f"{word} is no JSON number")

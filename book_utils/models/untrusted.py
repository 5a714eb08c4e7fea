"""Files from strangers: read no more than a limit, parse JSON that may be anything, show names that may be too."""

import json
import os
from reprlib import Repr

MOST_MARKS = 8_000_000  # brackets, quotes and commas: each stands for up to 70 bytes in memory
MOST_TOKENS = 2_000_000  # the largest vocabularies have some 900,000
LFS_POINTER = b"version https://git-lfs.github.com/spec/"

_cut = Repr()
_cut.maxstring = _cut.maxother = 100
short = _cut.repr  # as reprlib's, but wide enough for the name of a tensor


class ModelFileError(ValueError):
    """A model file that is damaged, mislabelled or of a kind that cannot be read here."""


def plain(name):
    r"""Return a name as any error can show it: at most 100 characters, what cannot be printed escaped.

    >>> print(plain("wte.weight"), plain("\x1b[31m\ud800"))
    wte.weight \x1b[31m\ud800
    """
    return short(str(name))[1:-1]


def is_file(path):
    """Say whether there is a file; a name too long or with a NUL in it is none."""
    return os.path.isfile(path)


def refuse_pointer(start, name, error=ModelFileError):
    """Raise `error` if these first bytes are those of a git-lfs pointer: a file in place of the real one."""
    if start.startswith(LFS_POINTER):
        raise error(
            f"{plain(name)} is a git-lfs pointer, a few lines that stand for the real file: run git lfs pull "
            "in its folder, or download the file itself."
        )


def read_at_most(path, limit, error=ModelFileError):
    """Return the bytes of a file; raises FileNotFoundError, or `error` if there are more than `limit`."""
    if not is_file(path):
        raise FileNotFoundError(f"there is no file {plain(path)}.")
    try:
        with path.open("rb") as file:
            contents = file.read(limit + 1)
    except OSError as problem:
        raise error(f"{plain(path.name)} cannot be read ({problem.strerror}).") from None
    if len(contents) > limit:
        raise error(f"{plain(path.name)} must have at most {limit:,} bytes; it has more.")
    refuse_pointer(contents, path.name, error)
    return contents


def parse_object(contents, name, error=ModelFileError, *, infinite=False):
    """Return the JSON object in these bytes, a dict; raises `error` for anything else, and for doubled keys.

    NaN and Infinity are no JSON: they are refused, or where `infinite` is true read as Python writes them.

    >>> parse_object(b'{"vocab_size": 50257}', "config.json")
    {'vocab_size': 50257}
    """
    name = plain(name)
    if sum(contents.count(mark) for mark in (b"{", b"[", b'"', b",")) > MOST_MARKS:
        raise error(f"{name} must have at most {MOST_MARKS:,} brackets, quotes and commas; it has more.")
    try:
        text = contents.decode("utf-8-sig")
        del contents  # one copy less while the objects are made
        parsed = json.loads(text, object_pairs_hook=_each_key_once, parse_constant=float if infinite else _no_number)
    except RecursionError:
        raise error(f"{name} is nested too deep.") from None
    except ValueError as problem:
        raise error(f"{name} must hold JSON; {str(problem)[:200]}.") from None
    if not isinstance(parsed, dict):
        raise error(f"{name} must hold one JSON object, {{...}}; got {short(parsed)}.")
    return parsed


def _each_key_once(pairs):
    found = dict(pairs)
    if len(found) < len(pairs):
        seen = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))
        raise ValueError(f"a key stands twice in one object, {short(twice)}")
    return found


def _no_number(word):
    raise ValueError(f"{word} is no JSON number")

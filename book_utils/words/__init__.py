"""The words of the interface: one catalogue a language, LANGUAGE.json, for Python, the pages and the front end."""

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
VARIABLE = "BOOK_LANGUAGE"  # of the environment, so that the kernels which a build starts speak as the build does


def languages() -> list[str]:
    """Name the languages that have a catalogue, English first: it stands in where a language has none.

    >>> languages()
    ['en', 'de']
    """
    return sorted((path.stem for path in HERE.glob("*.json")), key=lambda name: (name != "en", name))


def known(language: str) -> str:
    """Give the catalogue that serves a language.

    >>> known("de-AT"), known("tlh")
    ('de', 'en')
    """
    name = re.split("[-_]", language)[0].lower()
    return name if name in languages() else "en"


def speak(language: str) -> None:
    """Choose the language of this process and of those that it starts."""
    os.environ[VARIABLE] = known(language)


def spoken() -> str:
    """Name the language that is spoken: the one chosen, or English."""
    return known(os.environ.get(VARIABLE, "en"))


@cache
def catalogue(language: str) -> dict:
    """Return all words of a language, by key.

    >>> catalogue("de")["storageProblem"]["full"]
    'voll'
    """
    return json.loads((HERE / f"{language}.json").read_text(encoding="utf-8"))


def word(key: str, /, **values) -> str:
    """Give a text of the language that is spoken, its {placeholders} filled; a dot steps into a group.

    Raises KeyError for a key that the catalogue does not have, or a placeholder without a value.

    >>> word("sentenceMore", n=3), word("storageProblem.full")
    ('… 3 more', 'full')
    """
    text: Any = catalogue(spoken())
    for part in key.split("."):
        text = text[part]
    return re.sub(r"\{(\w+)\}", lambda match: str(values[match[1]]), text)


def used_in(source: str, language: str) -> dict:
    """Give the words whose keys stand in a front-end source: a module carries no others.

    >>> list(used_in("paint(t.copy, t.copied)", "en"))
    ['copy', 'copied']
    """
    names = set(re.findall(r"\w+", source))
    return {key: text for key, text in catalogue(language).items() if key in names}

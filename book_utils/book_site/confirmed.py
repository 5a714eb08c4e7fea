"""Keeps an answer that nobody has confirmed from going out: every guess of a page is held against the answer key.

The key is `tests/answer_key.json` in the folder of the book, written by `python -m book_utils key --write`. A book
that has none is built without this check.
"""

import json
import sys
from pathlib import Path

from .widgets import STATE

KEY = "tests/answer_key.json"


def fault_of(chapter: str, state: dict, confirmed: dict) -> str | None:
    """Say in one sentence what is wrong with the answer of a guess; None where it is the one in the key.

    >>> state = {"name": "rows", "question": "How many?", "answer_text": "4"}
    >>> fault_of("lookup", state, {"rows": {"question": "How many?", "answer": "5"}})
    'lookup: the guess rows is answered 4, but 5 in tests/answer_key.json.'
    """
    name, asked = state["name"], {"question": state["question"], "answer": state["answer_text"]}
    if name not in confirmed:
        return f"{chapter}: the guess {name}, answered {asked['answer']}, is not in {KEY}."
    for part, text in asked.items():
        if text != confirmed[name][part]:
            said = "is answered" if part == "answer" else "asks"
            return f"{chapter}: the guess {name} {said} {text}, but {confirmed[name][part]} in {KEY}."
    return None


def check_page(app, pagename, templatename, context, doctree) -> None:
    """Compare the guesses of one page with the key; end the build with a sentence at the first that differs."""
    key = Path(app.srcdir, KEY)
    script = next((s for s in app.builder._js_files if s.attributes.get("type") == STATE), None)
    if script is None or not key.exists():
        return
    chapter = pagename.rsplit("/", 1)[-1]
    confirmed = json.loads(key.read_text(encoding="utf-8")).get(chapter, {})
    for record in json.loads(script.attributes["body"])["state"].values():
        if "answer_text" in record["state"] and (fault := fault_of(chapter, record["state"], confirmed)):
            sys.exit(fault)  # Jupyter Book would bury an exception under its own


def setup(app):
    """Connect to Sphinx, before widgets.py rewrites what myst-nb says of the page (900)."""
    app.connect("html-page-context", check_page, priority=890)

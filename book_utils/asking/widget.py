"""Widgets that work in a live kernel, on a static page, and as plain HTML."""

import hashlib
import json
from functools import cache
from html import escape
from pathlib import Path

import anywidget
import traitlets

from ..words import languages, used_in

PACKAGE = Path(__file__).parents[1]
ELEMENTS = "asking/elements.js"  # before a module with it stand the words that the module uses
WORDS = "const WORDS = "  # how the line of words begins, on which a module of ours stands


def source(*files: str) -> str:
    """Join front-end files of the package into one: a module that lives in a string cannot import its neighbour.

    Where elements.js is one of them, the words that they use stand before them, in all languages.

    >>> source("asking/elements.js", "asking/score.js").count("export function score(")
    1
    """
    joined = "\n".join((PACKAGE / file).read_text(encoding="utf-8") for file in files)
    return f"{words_line(joined)}\n{joined}" if ELEMENTS in files else joined


def words_line(joined: str) -> str:
    """Give the line of JavaScript with the words that files use, by language."""
    used = {language: used_in(joined, language) for language in languages()}
    return f"{WORDS}{json.dumps(used, ensure_ascii=False, separators=(',', ':'))};"


class BookWidget(anywidget.AnyWidget):
    """An anywidget that can also say itself in words: `plain_text` and, from its state alone, `plain_html`.

    `files` are the front-end files that make its module and its sheet, in their order.
    `kept` names the traits that belong to the reader; the host of the built page remembers them
    under `name`, and forgets them when `digest` (a hash of the question) has changed.
    `lazy` (from `lazy_files`) tells the built page where the big data is that it loads on first use. Unless `at_once`,
    the page loads all of the widget when the reader comes near.
    """

    name = traitlets.Unicode().tag(sync=True)
    digest = traitlets.Unicode().tag(sync=True)
    kept = traitlets.List(traitlets.Unicode()).tag(sync=True)

    lazy = traitlets.Dict().tag(sync=True)

    files: tuple[str, ...] = ()
    at_once = True

    def __init_subclass__(cls, **kwargs):
        if "files" in cls.__dict__:  # ipywidgets makes a class for each widget, which inherits them
            cls._esm = source(*(file for file in cls.files if file.endswith(".js")))
            cls._css = source(*(file for file in cls.files if file.endswith(".css")))
        super().__init_subclass__(**kwargs)

    @classmethod
    def shared_traits(cls) -> dict[str, dict | list]:
        """Give the traits that a reader of the built page may send to somebody in an address, and what each may be.

        A text of at most so many characters {"most": n}, a whole number {"from": n, "to": n}, or a list of all values.
        """
        return {}

    @classmethod
    def lazy_data(cls) -> dict[str, list[str]]:
        """Give what the built page loads on first use: for each name, text cut in parts."""
        return {}

    @classmethod
    @cache
    def lazy_files(cls) -> dict[str, dict]:
        """Say under which file name, and in how many parts, the page finds its lazy data."""
        digests = {name: hashlib.sha256("".join(parts).encode()) for name, parts in cls.lazy_data().items()}
        return {name: {"file": f"{name}-{digests[name].hexdigest()[:8]}", "parts": len(parts)}
                for name, parts in cls.lazy_data().items()}

    @staticmethod
    def plain_html(state: dict) -> str:
        """Give the HTML that stands in for the widget where there is no JavaScript."""
        raise NotImplementedError

    def plain_text(self) -> str:
        """Give the text that stands in for the widget in a terminal, and that nbval compares."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return self.plain_text()

    def _repr_mimebundle_(self, **kwargs):
        # GitHub and nbviewer show text/html, below the cell, whose code it need not say again; JupyterLab prefers the
        # view, nbval compares both texts.
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return {**data, "text/html": self.plain_html({**self.get_state(), "code": []})}, metadata


def code_html(text: str) -> str:
    """Escape text for HTML and set what stands between backticks as code.

    >>> code_html("`a < b` is it?")
    '<code>a &lt; b</code> is it?'
    """
    parts = escape(text, quote=False).split("`")
    if len(parts) % 2 == 0:  # an odd backtick stands for itself
        parts[-2:] = ["`".join(parts[-2:])]
    return "".join(f"<code>{part}</code>" if i % 2 else part for i, part in enumerate(parts))


def prose_html(text: str) -> str:
    """Set text as paragraphs; an empty line parts two of them.

    >>> prose_html("one\\n\\ntwo")
    '<p>one</p><p>two</p>'
    """
    return "".join(f"<p>{code_html(part)}</p>" for part in text.split("\n\n") if part.strip())

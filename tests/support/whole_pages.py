"""Whole pages that live in node, without a browser: the scripts of a site in a page, keys, storage and addresses."""

import contextlib
import json
import shutil
import subprocess
from pathlib import Path

from places import PACKAGE

from book_utils.book_site.pieces import classic

HERE = Path(__file__).parent
WORDS = json.loads((PACKAGE / "words" / "en.json").read_text(encoding="utf-8"))


@contextlib.contextmanager
def whole_pages():
    """A function that opens a page with scripts of book_site, runs what a test does there, and gives what that gives.

    `before` runs in the page before its scripts; `then` knows the page and `given`: see whole_page.mjs.
    """
    assert shutil.which("node"), "the scripts of a page are run by node: install Node.js 20 or newer"
    command = ["node", str(HERE / "whole_page.mjs")]
    node = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")

    def live(html, *files, then, given=None, **setting):
        paths = [str(PACKAGE / "book_site" / file) for file in files]
        told = {"html": html, "files": paths, "then": then, "given": given, "words": WORDS} | setting
        node.stdin.write(json.dumps(told) + "\n")
        node.stdin.flush()
        answer = json.loads(node.stdout.readline())
        assert "problem" not in answer, answer["problem"]
        return answer["found"]

    yield live
    node.stdin.close()
    assert node.wait(timeout=10) == 0


# -- pages of widgets ------------------------------------------------------------------------------------------------

SHOW = "export function render({ model, el }) { el.textContent = `shows ${model.get('n')}`; }"
# What a view shows, whether it lives, and what is said in it.
SEEN = """
  const seen = () => all(".book-widget").map((one) => [one.firstElementChild?.textContent ?? "", one.dataset.live ?? "",
    all(`#${one.id} > .book-quiet`).map((note) => note.textContent).join("; ")]);"""
NEWS = """window.news = [];
  for (const one of ["book:live", "book:settled", "book:kept"])
    document.addEventListener(one, ({ type, target }) => window.news.push([type, target.id]));"""


def entry(esm=SHOW, **state):
    """What a page has of a widget, whose module is a text."""
    return {"state": {"_esm": esm, "n": 1} | state}


def view(model, plain="", kind="lab", inside=""):
    plain = f'<div class="book-plain">{plain}</div>' if plain else ""
    return f'<div class="book-widget" id="{model}" data-kind="{kind}" data-model="{model}">{plain}{inside}</div>'


def a_page(state, *views, book=("b", "rows"), parts=""):
    names = dict(zip(("book", "chapter"), book, strict=False))
    told = json.dumps({"state": state} | ({"book": names} if book else {}))
    kind = "application/vnd.jupyter.widget-state+json"
    return f'<head></head><body>{"".join(views)}{parts}<script type="{kind}">{told}</script></body>'


@contextlib.contextmanager
def pages_of_widgets():
    """A function that opens a page with the scripts of the site, and lets what is there at once come alive."""
    scripts = json.dumps([classic(name) for name in ("store.js", "host.js")])

    with whole_pages() as live:
        yield lambda html, then="", before="", **more: live(
            html, before=NEWS + before, then=f"for (const text of {scripts}) run(text); await rest(40); {then}", **more)

"""Pages that gather what all chapters ask: progress, recall, all guesses.

In a page, `{book-part} progress` stands for a part of the site with a module of its own in `gathered/`,
`{all-guesses} lookup` for every guess of that chapter, and `{all-guesses} lookup NAME` for one of them. They are
filled in when all pages are written.
"""

import json
import re
import shutil
from hashlib import sha256
from html import escape, unescape
from itertools import count
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive

from ..asking.card import Card
from ..asking.guess import Guess
from ..asking.score import slug
from . import widgets
from .built_pages import Site, widgets_of
from .pieces import CLASSIC, share_pieces
from .variants import again_of

HERE = Path(__file__).parent
# What the module of each part is made of, and what classic scripts it needs beside them.
ASKING = ("elements", "score", "orders", "fields", "merge", "record")
SHARED = (*(f"asking/{name}.js" for name in ASKING), "book_site/gathered/offer.js")
DECK = ("book_site/gathered/schedule.js", "book_site/gathered/deck.js")
SHEETS = ("asking/elements.css", "asking/guess.css", "book_site/gathered/gathered.css")
MODULES = {
    "progress": (*SHARED, "book_site/gathered/calibration.js", "book_site/gathered/progress.js", *SHEETS),
    "class": (*SHARED, *(f"book_site/gathered/{name}.js" for name in ("zip", "class_counts", "class")), *SHEETS),
    "recall": (*SHARED, *DECK, "book_site/gathered/recall.js", *SHEETS),
    "opening": (*SHARED, *DECK, "book_site/gathered/opening.js", *SHEETS),
}
SCRIPTS = {"recall": ["book/ts-fsrs.js"]}
QUESTIONS = "book/questions.js"
GATHERED = 'class="book-gathered"'


class BookPart(Directive):
    """The place of one part of the site; its content stands there where there is no JavaScript."""

    required_arguments = 1
    has_content = True

    def run(self):
        name = self.arguments[0]
        if name not in MODULES:
            raise self.error(f"A part of the book is one of {', '.join(MODULES)}; got {name}.")
        plain = nodes.container(classes=["book-plain"])
        self.state.nested_parse(self.content, self.content_offset, plain)
        return [raw(f'<div class="book-part" data-part="{name}">'), plain, raw("</div>")]


class AllGuesses(Directive):
    """The place of every guess of one chapter, or of the one that is named."""

    required_arguments, optional_arguments = 1, 1

    def run(self):
        chapter, name = (escape(part) for part in (*self.arguments, "")[:2])
        return [raw(f'<div class="book-gathered" data-chapter="{chapter}" data-guess="{name}"></div>')]


def raw(html: str):
    return nodes.raw("", html, format="html")


def set_parts(app, pagename, templatename, context, doctree):
    """Give a page the scripts of its parts."""
    body = context.get("body", "")
    names = re.findall(r'<div class="book-part" data-part="(\w+)">', body)
    gathers = GATHERED in body
    if not names and not gathers:
        return
    keys = {"guess": share_pieces(app, Guess.files), "card": share_pieces(app, Card.files)}
    for name in names:
        found = share_pieces(app, MODULES[name])
        keys[name] = found
        part = f'<div class="book-part" data-part="{name}"'
        context["body"] = context["body"].replace(part, f'{part} data-module="book:{" ".join(found)}"')
    wanted = [*names, *(["guess"] if gathers or "recall" in names else []), *(["card"] if "recall" in names else [])]
    pieces = dict.fromkeys(key for name in wanted for key in keys[name])
    scripts = [script for name in names for script in SCRIPTS.get(name, [])]
    for script in [*(f"modules/{key}.js" for key in pieces), *scripts, *([QUESTIONS] if names else [])]:
        app.add_js_file(script, loading_method="defer", priority=400)
    if not any(script.attributes.get("type") == widgets.STATE for script in app.builder._js_files):
        place = {"book": slug(app.config.html_title), "chapter": pagename.rsplit("/", 1)[-1]}
        context["body"] += f'<script type="{widgets.STATE}">{json.dumps({"state": {}, "book": place})}</script>'
    for script in CLASSIC:
        app.add_js_file(f"book/{script}", loading_method="defer", priority=500)


def copy_scripts(app):
    """Put the scripts where Sphinx looks when it works out their check sums."""
    if app.builder.format == "html":
        folder = Path(app.outdir) / "_static" / "book"
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(HERE / "vendor" / "ts-fsrs.js", folder / "ts-fsrs.js")
        (folder / "questions.js").touch()


def chapters_of(site: Site) -> list[dict]:
    """Read from the pages, in the order of the book, every guess and card that they ask."""
    chapters = []
    for name, title in site.chapters:
        page = site.pages.get(name, "")
        states = [] if GATHERED in page else widgets_of(page)[1]
        asked = [state for state in states if state.get("digest") and ("answer_text" in state or "turned" in state)]
        if asked:
            again = again_of(site, name)
            chapters.append({"chapter": Path(name).stem, "title": title, "states": asked, "again": again})
    return chapters


def fill_gathered(site: Site) -> None:
    """Write the questions of the whole book where a script can read them, and fill the pages that gather them."""
    chapters = chapters_of(site)
    text = questions_script(chapters)
    (site.folder / "_static" / QUESTIONS).write_text(text, encoding="utf-8")
    address = f"{QUESTIONS}?v={sha256(text.encode()).hexdigest()[:8]}"
    for name, page in site.pages.items():
        new = re.sub(rf"{re.escape(QUESTIONS)}(\?v=\w*)?(?=\")", address, page)
        site.pages[name] = gathered(new, chapters) if GATHERED in new else new


def questions_script(chapters: list[dict]) -> str:
    """Set all questions as a script: one `window.bookQuestions` for the progress and the recall page."""
    modules, listed = {}, []
    for chapter in chapters:
        questions = []
        for state in chapter["states"]:
            kind = state.get("kind") or "card"
            modules["card" if kind == "card" else "guess"] = state["_esm"]
            question = {key: value for key, value in state.items() if not key.startswith("_")}
            place = {"kind": kind, "chapter": chapter["chapter"], "address": f"{chapter['chapter']}.html"}
            questions.append(question | place)
        listed.append({key: chapter[key] for key in ("chapter", "title", "again")} | {"questions": questions})
    content = json.dumps({"modules": modules, "chapters": listed}, ensure_ascii=False, separators=(",", ":"))
    return f"window.bookQuestions={content};\n"


def gathered(page: str, chapters: list[dict]) -> str:
    """Fill in the guesses of each chapter that a page asks for.

    The state of each stands beside it, and says the same again: so near that gzip notices.
    """
    models = count()

    def fill(match) -> str:
        chapter = next((one for one in chapters if one["chapter"] == unescape(match[1])), None)
        if chapter is None:
            return match[0]
        views = []
        for state in chapter["states"]:
            if "answer_text" in state and match[2] in ("", state["name"]):
                record = widgets.in_json({"chapter": chapter["chapter"], "state": state})
                views.append(f'<div class="book-widget" id="guess-{escape(state["name"])}" data-kind="guess" '
                             f'data-model="g{next(models)}">{Guess.plain_html(state)}'
                             f'<script type="application/json">{widgets.in_script(record)}</script></div>')
        return f'{match[0].partition(">")[0]}>{"".join(views)}</div><!--gathered-->'

    place = r'<div class="book-gathered" data-chapter="([^"]*)" data-guess="([^"]*)">'
    return re.sub(rf"{place}(?:</div>(?!<!--)|.*?</div><!--gathered-->)", fill, page, flags=re.DOTALL)


def setup(app):
    """Connect to Sphinx."""
    app.add_directive("book-part", BookPart)
    app.add_directive("all-guesses", AllGuesses)
    app.connect("builder-inited", copy_scripts)
    app.connect("html-page-context", set_parts, priority=910)

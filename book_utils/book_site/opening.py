"""The cards that open a chapter: for a reader who comes back, what is due takes their place (`gathered/opening.js`)."""

from .gathered_pages import MODULES, QUESTIONS, SCRIPTS
from .pieces import share_pieces

CARD = '<div class="book-widget" id="card-'


def set_opening(app, pagename, templatename, context, doctree):
    """Put the part before the first card of a page that opens with cards. Few readers need it: it names its scripts."""
    body = context.get("body", "")
    if CARD in body.partition("<h2")[0]:
        keys = share_pieces(app, MODULES["opening"])
        scripts = [*SCRIPTS["recall"], QUESTIONS]
        part = f'<div class="book-part" data-part="opening" data-module="book:{" ".join(keys)}"'
        context["body"] = body.replace(CARD, f'{part} data-scripts="{" ".join(scripts)}"></div>{CARD}', 1)


def setup(app):
    """Connect to Sphinx, after the parts of a page (910)."""
    app.connect("html-page-context", set_opening, priority=920)

"""The recall cards of the book as one Anki file: the same bytes from every build, the same notes on every import."""

import io
import os
import zipfile
from hashlib import sha256
from pathlib import Path

import genanki

from ..asking.widget import code_html, prose_html

# When the cards were last changed. Anki takes over a mended card only where its note is younger than the one
# it holds: who publishes the book sets SOURCE_DATE_EPOCH to the time of the last commit.
FIRST_EDITION = 1_767_225_600  # 2026-01-01
LAYOUT = {
    "name": "Card",
    "qfmt": "{{Question}}",
    "afmt": "{{FrontSide}}<hr id=answer>{{Answer}}{{#Because}}<div class=because>{{Because}}</div>{{/Because}}",
}
STYLE = """.card { max-width: 34em; margin: 1em auto; padding: 0 1em; font: 20px/1.5 sans-serif; }
.because { font-size: 0.85em; }
code { font-family: monospace; }
"""


def number_of(*names: str) -> int:
    """Return a number that belongs to the names, in the range that Anki's own IDs have.

    >>> number_of("a", "b") == number_of("a", "b") != number_of("b", "a")
    True
    """
    return 2**30 + int(sha256("/".join(names).encode()).hexdigest(), 16) % 2**30


def write_deck(cards: list[dict], title: str, path: Path) -> None:
    """Write cards, dicts with book, chapter, name, question, answer and because, as an Anki deck.

    A card keeps its number while its book, chapter and name stay: a later import brings no second copy of it.

    >>> import tempfile
    >>> card = {"book": "b", "chapter": "one", "name": "id", "question": "`ids`?", "answer": "Names.", "because": ""}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_deck([card], "A book", Path(folder, "a.apkg"))
    ...     zipfile.ZipFile(Path(folder, "a.apkg")).namelist()
    ['collection.anki2', 'media']
    """
    fields = [{"name": name} for name in ("Question", "Answer", "Because")]
    model = genanki.Model(number_of("a card of a book"), "Card of a book", fields, [LAYOUT], css=STYLE)
    deck = genanki.Deck(number_of("deck", title), title)
    for place, card in enumerate(cards):
        book, chapter, name = card["book"], card["chapter"], card["name"]
        sides = [code_html(card["question"]), code_html(card["answer"]), prose_html(card["because"])]
        guid = genanki.guid_for(book, chapter, name)
        deck.add_note(genanki.Note(model, sides, guid=guid, tags=[f"{book}::{chapter}"], due=place))
    whole = io.BytesIO()
    genanki.Package(deck).write_to_file(whole, timestamp=int(os.environ.get("SOURCE_DATE_EPOCH", FIRST_EDITION)))
    with zipfile.ZipFile(whole) as dated, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as undated:
        for name in dated.namelist():  # genanki notes when it wrote them
            undated.writestr(zipfile.ZipInfo(name), dated.read(name), zipfile.ZIP_DEFLATED)

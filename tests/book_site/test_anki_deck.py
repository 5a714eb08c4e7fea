"""The Anki deck against what the chapters ask, read from its database as Anki would."""

import re
import sqlite3
import zipfile
from datetime import UTC, datetime
from hashlib import sha256
from html import unescape

import pytest

from book_utils.asking.questions import BOOK, read_questions
from book_utils.book_site.anki_deck import number_of, write_deck

CARD = {"book": "b", "chapter": "one", "name": "id", "question": "Is `a < b`?", "answer": "<b>No</b> & yes.",
        "because": "First.\n\nThen `x[0]`."}


def notes_of(deck, folder) -> list[tuple]:
    """The notes of a deck in their order: guid, tags, fields."""
    with zipfile.ZipFile(deck) as packed:
        packed.extract("collection.anki2", folder)
    with sqlite3.connect(folder / "collection.anki2") as base:
        rows = base.execute("select guid, tags, flds from notes order by id").fetchall()
        assert base.execute("select count(*) from cards").fetchone() == (len(rows),)
    return [(guid, tags.strip(), fields.split("\x1f")) for guid, tags, fields in rows]


def words(html: str) -> str:
    """The text that a field shows, with its code between backticks again."""
    text = re.sub(r"</?code>", "`", html.replace("</p><p>", "\n\n"))
    return unescape(re.sub(r"</?p>", "", text))


def test_the_deck_of_the_site_holds_every_card_of_every_chapter(site, tmp_path):
    notes = notes_of(site / "book.apkg", tmp_path)
    found = {(tags, *map(words, fields)) for _, tags, fields in notes}
    assert found == {
        (f"{BOOK}::{chapter}", card["question"], card["answer"], card["because"])
        for chapter, asked in read_questions().items() for card in asked["cards"]
    }
    assert len(notes) == len(found) == len({guid for guid, _, _ in notes}) > 20


def test_fields_are_escaped_and_code_is_set_as_code(tmp_path):
    write_deck([CARD], "Book", tmp_path / "a.apkg")
    [(_, tags, fields)] = notes_of(tmp_path / "a.apkg", tmp_path)
    assert tags == "b::one"
    assert fields == ["Is <code>a &lt; b</code>?", "&lt;b&gt;No&lt;/b&gt; &amp; yes.",
                      "<p>First.</p><p>Then <code>x[0]</code>.</p>"]


def test_a_card_with_a_new_answer_keeps_its_number_and_is_younger(tmp_path, monkeypatch):
    """Anki then mends the note that a reader has, with all that was learned of it."""
    decks = []
    for day, card in enumerate([CARD, CARD | {"answer": "Yes."}, CARD | {"name": "other"}]):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(1_800_000_000 + 86_400 * day))
        write_deck([card], "Book", tmp_path / "a.apkg")
        [(guid, _, fields)] = notes_of(tmp_path / "a.apkg", tmp_path)
        with sqlite3.connect(tmp_path / "collection.anki2") as base:
            decks.append((guid, fields[1], *base.execute("select mod, mid from notes").fetchone()))
    first, mended, other = decks
    assert (first[0], first[3]) == (mended[0], mended[3])
    assert mended[1:3] == ("Yes.", first[2] + 86_400)
    assert other[0] != first[0]


def test_a_deck_without_a_date_is_of_the_first_edition(tmp_path, monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    write_deck([CARD], "Book", tmp_path / "a.apkg")
    notes_of(tmp_path / "a.apkg", tmp_path)
    with sqlite3.connect(tmp_path / "collection.anki2") as base:
        [(changed,)] = base.execute("select mod from notes").fetchall()
    assert datetime.fromtimestamp(changed, UTC) == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("names", [("deck", "Book"), ("a card of a book",), ("deck", "é"), ("a", "b", "c")])
def test_a_deck_has_the_number_that_it_had_in_every_edition(names):
    """Or an import would bring all cards a second time. Anki's own numbers have 31 bits."""
    digest = sha256("/".join(names).encode()).digest()
    assert number_of(*names) == 0b1 << 30 | int.from_bytes(digest, "big") & (1 << 30) - 1


@pytest.mark.parametrize("cards", [[CARD], [CARD, CARD | {"name": "second"}]])
def test_the_same_bytes_each_time(tmp_path, cards):
    for name in ("a", "b"):
        write_deck(cards, "Book", tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()

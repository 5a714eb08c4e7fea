"""What a reader can take along, without a browser: the words of an offer, what is in the zip and in the deck."""

import json
import sqlite3
import zipfile

import pytest

from book_utils.book_site.built_pages import Site
from book_utils.book_site.downloads import OFFERS, cards_of, finish_site, size_words, with_offers, write_zip

LINE = '<p class="book-download" data-offer="{}">Take <b>it</b></p>'


@pytest.mark.parametrize(("count", "said"), [
    (0, "1 kB"), (999, "1 kB"), (1_499, "1 kB"), (1_501, "2 kB"), (999_499, "999 kB"), (999_500, "1.0 MB"),
    (1_049_999, "1.0 MB"), (12_345_678, "12.3 MB"),
])
def test_a_size_in_the_words_of_a_reader(count, said):
    assert size_words(count) == said


@pytest.mark.parametrize("offer", OFFERS)
@pytest.mark.parametrize(("page", "up"), [("a.html", ""), ("chapters/a.html", "../"), ("a/b/c.html", "../../")])
def test_an_offer_is_a_link_from_wherever_the_page_is(offer, page, up):
    address = f'<a href="{up}{OFFERS[offer]}"'
    link = f"{address}>Take <b>it</b></a>" if offer == "lite" else f"{address} download>Take <b>it</b></a> (5 kB)"
    start = f'<p class="book-download" data-offer="{offer}"'
    assert with_offers(page, LINE.format(offer), {offer: 5000}) == f"{start}>{link}</p>"
    assert with_offers(page, LINE.format(offer), {}) == f"{start} hidden>Take <b>it</b></p>"


def test_an_offer_can_be_filled_again_whatever_was_there():
    line = LINE.format("zip").replace("<p ", "<span ").replace("</p>", "</span>")
    filled = with_offers("a.html", line, {"zip": 5000})
    assert with_offers("a.html", filled, {"zip": 2_000_000}) == filled.replace("5 kB", "2.0 MB")
    hidden = with_offers("a.html", filled, {})
    assert with_offers("a.html", hidden, {"zip": 5000}) == filled


def test_an_offer_of_nothing_is_refused_with_the_name_of_the_page():
    with pytest.raises(ValueError, match="a.html offers 'nothing'"):
        with_offers("a.html", LINE.format("nothing"), {})


# -- a whole site --------------------------------------------------------------------------------------------

OFFERED = LINE.format("zip") + LINE.format("anki") + LINE.format("full")


def page(chapter, *states, following=""):
    """A page that shows these widgets, with three offers."""
    numbered = {f"w{i}": {"state": state} for i, state in enumerate(states)}
    told = {"book": {"book": "rows", "chapter": chapter}, "state": numbered}
    script = f'<script type="application/vnd.jupyter.widget-state+json">{json.dumps(told)}</script>'
    return f'<link rel="next" title="x" href="{following}">{script}{OFFERED}'


def card(name, answer="So."):
    return {"name": name, "digest": "1", "question": "Why?", "answer": answer, "because": "", "turned": False}


@pytest.fixture
def folder(tmp_path):
    """A built site whose first page is the second in the alphabet, and what no reader needs beside it."""
    files = {
        "index.html": page("index", following="chapters/b.html"),
        "chapters/a.html": page("a", card("one", "Other."), {"name": "dial"}),
        "chapters/b.html": page("b", card("two"), card("one"), card("two", "again"), following="a.html"),
        "_static/host.js": "é" * 4000, ".buildinfo": "", "objects.inv": "", "book-worksheet.pdf": "%",
        "lite/index.html": "another site",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_each_card_once_in_the_order_of_the_book(folder):
    assert [(one["book"], one["chapter"], one["name"], one["answer"]) for one in cards_of(Site(folder))] == [
        ("rows", "b", "two", "So."), ("rows", "b", "one", "So."), ("rows", "a", "one", "Other.")]


def test_the_zip_is_one_folder_that_anybody_can_read_with_the_pages_as_they_are_now(folder):
    site = Site(folder)
    site.pages["index.html"] = "not yet written"
    write_zip(site, folder / "lite" / "a.zip")
    with zipfile.ZipFile(folder / "lite" / "a.zip") as zipped:
        content = {entry.filename: zipped.read(entry) for entry in zipped.infolist()}
        names = ["_static/host.js", "chapters/a.html", "chapters/b.html", "index.html"]
        assert list(content) == [f"a/{name}" for name in names]
        assert content["a/index.html"] == b"not yet written" and content["a/_static/host.js"] == "é".encode() * 4000
        for entry in zipped.infolist():
            assert entry.external_attr >> 16 == 0o644 and entry.date_time == (1980, 1, 1, 0, 0, 0)
        assert zipped.getinfo("a/_static/host.js").compress_size < 1000


def test_a_site_offers_what_it_has_and_its_zip_all_but_itself(folder):
    (folder / "book.zip").write_text("of an earlier build")
    finish_site(folder, "Rows")
    sizes = {name: size_words((folder / name).stat().st_size) for name in ("book.zip", "book.apkg")}
    found = (folder / "chapters" / "a.html").read_text(encoding="utf-8")
    assert f'<a href="../book.zip" download>Take <b>it</b></a> ({sizes["book.zip"]})</p>' in found
    assert f'<a href="../book.apkg" download>Take <b>it</b></a> ({sizes["book.apkg"]})</p>' in found
    assert 'data-offer="full" hidden>' in found and (folder / "service_worker.js").exists()
    with zipfile.ZipFile(folder / "book.zip") as zipped:
        assert {"book/book.apkg", "book/service_worker.js"} < set(zipped.namelist())
        assert not {"book/book.zip", "book/book-worksheet.pdf"} & set(zipped.namelist())
        inside = zipped.read("book/chapters/a.html").decode()
    assert 'data-offer="zip" hidden>' in inside and f"({sizes['book.apkg']})</p>" in inside
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    finish_site(folder, "Rows")
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_book_without_cards_has_no_deck_not_even_an_old_one(folder):
    for name in ("index.html", "chapters/a.html", "chapters/b.html"):
        (folder / name).write_text(page("x", following="chapters/a.html"), encoding="utf-8")
    for _ in range(2):
        (folder / "book.apkg").write_text("of an earlier build")
        finish_site(folder, "Rows")
        assert not (folder / "book.apkg").exists()
    assert 'data-offer="anki" hidden>' in (folder / "index.html").read_text(encoding="utf-8")


def test_the_deck_is_called_as_the_book(folder, tmp_path):
    finish_site(folder, "Rows & IDs")
    with zipfile.ZipFile(folder / "book.apkg") as deck:
        deck.extract("collection.anki2", tmp_path / "lite")
    with sqlite3.connect(tmp_path / "lite" / "collection.anki2") as base:
        [(decks,)] = base.execute("select decks from col").fetchall()
    assert "Rows & IDs" in {one["name"] for one in json.loads(decks).values()}

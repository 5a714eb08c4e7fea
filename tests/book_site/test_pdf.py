"""The printed book, read back from its PDFs: every question, no answer too soon, links that lead, tags to be heard."""

import json
import re
import shutil
import unicodedata
from html import unescape

import page as checker
import pytest
from make_pdf import pages_on_paper, print_book
from pypdf import PdfReader
from pypdfium2 import PdfDocument

from book_utils.asking.questions import questions_of
from book_utils.book_site.built_pages import widgets_of
from book_utils.book_site.downloads import OFFERS


@pytest.fixture(scope="module")
def printed(site, browser, tmp_path_factory):
    """A copy of the site with its PDFs."""
    folder = shutil.copytree(site, tmp_path_factory.mktemp("paper") / "site")
    assert len(print_book(folder, browser)) == 2
    assert not (folder / "book-on-paper.html").exists()
    return folder


@pytest.fixture(scope="module", params=["worksheet", "full"])
def pdf(request, printed):
    """One of the two, by its name."""
    reader = PdfReader(printed / OFFERS[request.param])
    reader.kind, reader.path = request.param, printed / OFFERS[request.param]
    reader.texts = [page.get_textpage().get_text_bounded() for page in PdfDocument(reader.path)]  # pypdf's is slow
    return reader


@pytest.fixture(scope="module")
def chapters(site):
    """The pages that are printed, in their order."""
    return [(site / name).read_text(encoding="utf-8") for name in pages_on_paper()]


def letters(text: str) -> str:
    """What the lines of a PDF keep of a text: its letters and digits."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).lower()


def states(chapters) -> list[dict]:
    """Give the states of all widgets; those of a guess that the first page repeats from a chapter stand beside it."""
    repeated = re.compile(r'<script type="application/json">(.*?)</script>', re.DOTALL)
    return [state for page in chapters for state in
            (*(json.loads(text)["state"] for text in repeated.findall(page)), *widgets_of(page)[1])]


def test_every_question_is_asked_in_order(pdf, chapters):
    text = letters("".join(pdf.texts))
    place = 0
    asked = [state for state in states(chapters) if any(questions_of([state]).values())]
    assert len(asked) > 60
    for number, state in enumerate(asked, start=1):
        start = str(number) if pdf.kind == "worksheet" else ""
        found = text.find(start + letters(state["question"]), place)
        assert found > 0, state["question"]
        place = found + 1


def test_worksheet_has_its_answers_at_the_end_and_the_full_copy_after_each_question(pdf, chapters):
    pages = [letters(text) for text in pdf.texts]
    heads = [i for i, text in enumerate(pages) if text.startswith("answers")]
    assert len(heads) == (pdf.kind == "worksheet")
    explained = [letters(state["because"]) for state in states(chapters) if "answer_text" in state]
    explained = [text[:40] for text in explained if len(text) >= 40]
    assert len(explained) > 30
    before, whole = "".join(pages[:heads[0]] if heads else []), "".join(pages)
    for text in explained:
        assert text in whole
        assert text not in before


def test_it_says_what_it_is_and_leads_to_each_chapter(pdf, chapters):
    titles = [re.search(r"<h1>(.*?)<", page)[1] for page in chapters]
    marks = [mark for mark in pdf.outline if not isinstance(mark, list)]
    assert [mark.title for mark in marks] == titles + ["Answers"] * (pdf.kind == "worksheet")
    for mark in marks:
        assert letters(mark.title) in letters(pdf.texts[pdf.get_destination_page_number(mark)][:200])
    assert pdf.metadata.title == titles[0]
    assert pdf.root_object["/Lang"] == "en"


def test_it_keeps_to_the_rules_for_those_who_hear_it(pdf, chapters):
    """PDF/UA-1, by a checker of its own; and each figure has the words of its image."""
    report = checker.validate_pdf(pdf.path, profile="ua1")
    assert report.rules.total > 100
    assert [failure.message for failure in report.failures] == []
    if pdf.kind == "full":
        images = {re.search(r'\balt="([^"]+)"', image)[1] for page in chapters
                  for image in re.findall(r"<img\b[^>]*_images/[^>]*>", page)}
        figures = [part["/Alt"] for part in elements(pdf.root_object["/StructTreeRoot"]) if part.get("/S") == "/Figure"]
        assert len(figures) > 10
        assert set(figures) == set(map(unescape, images))


def elements(node):
    """All elements of the tree of tags."""
    node = node.get_object()
    if isinstance(node, dict):
        yield node
        yield from elements(node["/K"]) if "/K" in node else ()
    elif isinstance(node, list):
        for kid in node:
            yield from elements(kid)


def test_no_link_leads_to_the_machine_that_printed_it(pdf):
    notes = [note.get_object() for page in pdf.pages for note in page.get("/Annots", [])]
    addresses = [note["/A"]["/URI"] for note in notes if "/URI" in note.get("/A", {})]
    assert [address for address in addresses if not address.startswith("https://")] == []
    assert len(notes) > len(addresses)  # the others stay inside of the book


def test_each_page_has_its_number(pdf):
    for number, text in enumerate(pdf.texts, start=1):
        assert str(number) in text.split("\n")[-1] or text.startswith(str(number)), number

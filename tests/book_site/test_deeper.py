"""A section that a chapter can be read without is folded up, with its title left to be seen."""

from docutils import nodes
from docutils.utils import new_document

from book_utils.book_site.deeper import FoldDeeper
from book_utils.words import word


def section(title, *parts):
    return nodes.section("", nodes.title("", title), *parts, classes=["own"])


def folded(*parts):
    document = new_document("rows")
    document += list(parts)
    FoldDeeper(document).run()
    return document


def test_all_but_the_title_is_folded():
    inner = section("Inside", nodes.paragraph("", "two"))
    [found] = folded(section("Go deeper: ties", nodes.paragraph("", "one"), inner)).children
    title, opening, *rest, closing = found.children
    assert title.astext() == "Go deeper: ties" and [part.astext() for part in rest] == ["one", "Inside\n\ntwo"]
    assert opening.astext() == f'<details class="book-deeper"><summary>{word("deeper")}</summary>'
    assert closing.astext() == "</details>" and opening["format"] == closing["format"] == "html"
    assert found["classes"] == ["own", "book-aside"] and inner["classes"] == ["own"]


def test_other_sections_stay_as_they_are():
    plain = [section("Do not Go deeper", nodes.paragraph("", "one")), nodes.section("", ids=["without-a-title"])]
    before = "".join(part.pformat() for part in plain)
    assert "".join(part.pformat() for part in folded(*plain)) == before


def test_a_section_that_is_folded_within_one_that_is_not():
    outer = section("Rows", section("Go deeper", nodes.paragraph("", "one")))
    folded(outer)
    assert [part.tagname for part in outer] == ["title", "section"]
    assert [part.tagname for part in outer[1]] == ["title", "raw", "paragraph", "raw"]

"""The sections of a page: the address of each, its title and its words, as the search is told them."""

import json
import re

import pytest
from docutils.core import publish_doctree

from book_utils.book_site.built_pages import Site
from book_utils.book_site.sections import SEARCH, Sections, ShortAddress, words_of, write_sections


def found(html):
    """The address, title, other words and text of each section, spaces at their ends left out."""
    return [tuple(part.strip() for part in section) for section in Sections(html).found]


def test_a_section_has_its_own_words_and_not_those_of_a_section_within_it():
    assert found("""<p>Before.</p><section id="a"><h1>Rows <code>E[i]</code></h1><p>One<br>
        two <b>three</b>.</p><section id="b"><h2>Inside</h2><p>Four.</p></section><p>Five.</p></section><p>After.</p>
        """) == [("a", "Rows E[i]", "", "One two three . Five."), ("b", "Inside", "", "Four.")]


@pytest.mark.parametrize("number", range(1, 7))
def test_every_heading_is_a_title(number):
    assert found(f'<section id="a"><h{number}>Rows</h{number}><p>one</p></section>') == [("a", "Rows", "", "one")]


def test_a_section_without_an_address_is_part_of_the_one_around_it():
    assert found('<section id="a"><section><p>one</p></section><p>two</p></section>') == [("a", "", "", "one two")]


@pytest.mark.parametrize("silent", [
    "<script>{}</script>", "<style>{}</style>", "<svg><text>{}</text></svg>", "<math><mi>{}</mi></math>",
    "<noscript>{}</noscript>", '<a class="headerlink">{}</a>', '<p class="book-minutes">{}</p>',
    '<div class="big book-widget"><p>a</p>{}<p>b</p></div>',
    '<details class="hide"><pre>a<span>b</span>{}</pre></details>',
    '<div class="hide"><img src="x"><input>{}</div>', '<div class="hide"><p>left open {}</div>',
    '<div class="hide"><section id="w"><p class="book-also">{}</p></section></div>',
])
def test_of_widgets_and_folded_code_nothing_is_told(silent):
    sections = found(f'<section id="a"><p>one</p>{silent.format("SECRET")}<p>two</p></section>')
    assert sections[0] == ("a", "", "", "one two") and "SECRET" not in str(sections)


def test_other_words_stand_apart():
    also = '<div class="book-also big"><p>lines, <i>records</i></p><div class="book-also">entries</div> ids</div>'
    assert found(f'<section id="a"><h2>Rows</h2>{also}<p>one</p></section>') == [
        ("a", "Rows", "lines, records entries ids", "one")]


def test_tags_that_nobody_opened_or_closed_do_no_harm():
    assert found('<section id="a"></p></div><p class>one<ul><li>two<li>three</ul>four</section>five') == [
        ("a", "", "", "one two three four")]
    assert found('<section id="a"><h2>Rows<p>one</section><section id="b"><p>two</section>')[1] == ("b", "", "", "two")


def test_each_word_is_told_once_in_the_first_text_where_it_stands():
    texts = ("The Row's row", "rows: the ID-s", "Row of a_b 3.5 é")
    known, wanted = [], []
    for text in texts:
        wanted.append([])
        for word in re.findall(r"\w+", text.lower()):
            if word not in known:
                known.append(word)
                wanted[-1].append(word)
    assert [text.split() for text in words_of(*texts)] == wanted == [
        ["the", "row", "s"], ["rows", "id"], ["of", "a_b", "3", "5", "é"]]


@pytest.fixture
def small_site(tmp_path):
    """A site of one chapter, a page of the theme's own without an article, and the page of the search."""
    page = '<article><section id="rows"><h1>Rows &amp; é</h1><p>A row.</p>{}</section></article>'
    inner = ('<section id="ids"><h2>IDs</h2><p class="book-also">Names</p><p>A row, an ID.</p></section>'
             '<section id="more"><h2>&lt;More&gt;</h2></section>')
    pages = {"chapters/lookup.html": page.format(inner), "index.html": "<section id='x'><h1>x</h1></section>",
             "search.html": page.format(""), "prose.html": "<article>no section</article>"}
    for name, text in pages.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "_static").mkdir()
    return Site(tmp_path)


def test_the_search_is_told_of_each_section_what_is_shown_and_its_words(small_site):
    write_sections(small_site)
    text = (small_site.folder / "sections.js").read_text(encoding="utf-8")
    assert json.loads(re.fullmatch(r"bookSections\((.*)\);\n", text, re.DOTALL)[1]) == [
        ["chapters/lookup", "", "Rows &amp; é", "rows é", "", "a row"],
        ["chapters/lookup", "#ids", "Rows &amp; é &gt; IDs", "ids", "names", "a row an id"],
        ["chapters/lookup", "#more", "Rows &amp; é &gt; &lt;More&gt;", "more", "", ""],
    ]
    assert "é" in text  # letters, no numbers of letters
    assert (small_site.folder / "_static" / "search.js").read_bytes() == SEARCH.read_bytes()


def document(text):
    return publish_doctree(text, settings_overrides={"doctitle_xform": False})


def test_the_name_above_a_heading_is_its_address():
    tree = document("First\n=====\n\n.. _short:\n\nA long title\n------------\n\nProse.\n\nLast\n----\n\nProse.\n")
    ShortAddress(tree).apply()
    ids = [section["ids"] for section in tree.findall(lambda node: node.tagname == "section")]
    assert ids == [["first"], ["short", "a-long-title"], ["last"]]


def test_a_section_without_a_name_keeps_its_ids():
    tree = document("Rows\n====\n\nProse.\n")
    [section] = tree.findall(lambda node: node.tagname == "section")
    section["names"].append("unknown")
    ShortAddress(tree).apply()
    assert section["ids"] == ["rows"]

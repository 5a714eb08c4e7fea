"""The first look: its words, IDs and rows against the tokenizer and the table, its picture, and what it weighs."""

import gzip
import json
import re

import numpy as np
import pytest
from axe import violations
from hypothesis import given, settings
from hypothesis import strategies as st
from places import PACKAGE
from playwright.sync_api import expect
from twins import running

from book_utils import FirstLook, load_minilm
from book_utils.book_site.pieces import without_comments
from book_utils.explorers.first_look import COLUMNS, MOST, REACH, known_words

PACK = FirstLook("").known
START = "chapters/welcome.html"
CUT = """all => all.filter((one) => one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight)
  .map((one) => one.textContent)"""


@pytest.fixture(scope="module")
def node():
    with running(PACKAGE / "wordpiece.js", PACKAGE / "explorers/first_look.js") as call:
        yield call


def test_every_word_has_its_id_and_its_row(node):
    """Each number lies within half a level of the table's."""
    table, known = load_minilm().table, known_words()
    found = [node.twice("reader", [PACK], [one])[0] for one in known]
    assert [one["word"] for one in found] == known
    assert [one["id"] for one in found] == [table.id_of(one) for one in known]
    drawn = (np.array([one["levels"] for one in found]) - 7) * REACH / 7
    rows = table.lookup([one["id"] for one in found])[:, :COLUMNS]
    assert np.abs(drawn - np.clip(rows, -REACH, REACH)).max() <= REACH / 14 + 1e-6


@settings(max_examples=50, deadline=None)
@given(words=st.lists(st.sampled_from([one for one in known_words() if one.isalpha()]), min_size=1, max_size=12))
def test_a_text_of_known_words_is_read_as_the_model_reads_it(node, words):
    text = " ".join(words).title() + "!"
    minilm = load_minilm()
    found = node.twice("reader", [PACK], [text])
    assert [one["word"] for one in found] == minilm.tokenize(text, special=False)
    assert [one["id"] for one in found] == minilm.encode(text, special=False).tolist()
    ids = sorted({one["id"] for one in found})
    assert [one["row"] for one in found] == [ids.index(one["id"]) for one in found]


@settings(max_examples=50, deadline=None)
@given(text=st.text(max_size=40))
def test_of_any_text_it_says_nothing_wrong(node, text):
    """What it gives an ID is that token of the table; of all else it says that it does not know it."""
    table = load_minilm().table
    for one in node.twice("reader", [PACK], [text.encode("utf-16", "replace").decode("utf-16")]):
        assert ("id" in one) == (one["word"] in known_words())
        assert "id" not in one or table.tokens[one["id"]] == one["word"]


def test_it_weighs_15_kb_with_its_rows():
    files = [without_comments((PACKAGE / name).read_text(encoding="utf-8")) for name in FirstLook.files]
    assert len(gzip.compress("".join(files).encode())) + len(gzip.compress(json.dumps(PACK).encode())) < 15_000


def test_its_text_and_its_form_without_javascript():
    look = FirstLook("The <b>")
    assert str(look) == "FirstLook: The <b>\n  0  the  1996\n  1  <  1026\n  2  b  1038\n  3  >  1028"
    html = FirstLook.plain_html(look.get_state())
    assert "<code>&lt;</code> ID 1026" in html and "<b>" not in html
    assert html.count("<svg") == 4


# -- on the page --------------------------------------------------------------------------------------------------


@pytest.fixture
def look(watched, start):
    watched.goto(start + START)
    yield watched.get_by_role("region", name="From words to rows")


def ends(look):
    """Where the lines end, in the order of the tokens."""
    return [line.get_attribute("d").split(" ")[-1] for line in look.locator(".first-line").all()]


def said(look):
    return [re.sub(r"\s+", " ", one).replace(" ,", ",") for one in look.get_by_role("listitem").all_inner_texts()]


def test_two_tokens_meet_in_one_row(look, page):
    expect(look.get_by_role("status")).to_have_text("5 tokens, 4 different rows.")
    assert said(look) == ["0 the ID 1996", "1 cat ID 4937", "2 chased ID 13303",
                          "3 the ID 1996, the same row as place 0", "4 dog ID 3899"]
    lines = ends(look)
    assert lines[0] == lines[3] and len(set(lines)) == 4
    assert sorted(lines, key=float) == [lines[0], lines[3], lines[4], lines[1], lines[2]]  # by ID, from the top
    field = look.get_by_label("Type a few words")
    field.fill("the the the")  # as keys would
    expect(look.get_by_role("status")).to_have_text("3 tokens, one row.")
    assert len(set(ends(look))) == 1
    look.get_by_role("button", name="Copy a link to this view").click()
    expect(look.get_by_text("Copied. Whoever opens it")).to_be_visible()
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    expect(field).to_have_value("the the the")
    expect(look.get_by_role("status")).to_have_text("3 tokens, one row.")


def test_by_keys_and_what_it_does_not_know(look, page):
    field = look.get_by_label("Type a few words")
    field.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("<i>Dogs/ antidisestablishment")  # the letters s and / are keys of the page elsewhere
    expect(look.get_by_role("listitem").filter(has_text="antidisestablishment")).to_contain_text("not on this page")
    expect(look).to_contain_text("Not among the words of this page: <, >, /, antidisestablishment.")
    assert look.locator("i").count() == 0
    expect(look.get_by_role("status")).to_have_text("6 tokens, 2 different rows drawn.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the first of what one may try
    expect(field).to_have_value("the cat chased the dog")
    expect(field).to_be_focused()
    field.fill("")
    expect(look.get_by_role("status")).to_have_text("Type something: each word finds its row.")
    field.fill("a " * 50)
    expect(look.get_by_role("listitem")).to_have_count(MOST)
    expect(look.get_by_role("status")).to_have_text(f"50 tokens, the first {MOST} shown, one row drawn.")


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_for_axe_and_nothing_cut(new_context, served, scheme, width):
    size = {"width": width, "height": 800}
    page = new_context(color_scheme=scheme, reduced_motion="reduce", viewport=size).new_page()
    page.goto(served + START)
    look = page.get_by_role("region", name="From words to rows")
    look.get_by_label("Type a few words").fill("something different, zebra")
    expect(look.get_by_role("listitem")).to_have_count(4)
    assert look.get_by_role("listitem").evaluate_all(CUT) == []
    assert look.locator("svg").bounding_box()["height"] == look.locator("ol").bounding_box()["height"]
    assert page.evaluate("document.getAnimations().length") == 0
    assert violations(page) == []


def test_the_guess_is_that_of_chapter_1_and_every_link_leads_somewhere(watched, served, site):
    watched.goto(served + START)
    guess = watched.locator("#guess-a-bank-by-the-river-a-bank")
    expect(guess.locator(".guess")).to_be_visible()
    assert json.loads(guess.locator("> script").text_content())["chapter"] == "lookup"  # where the guess is kept
    links = [link.get_attribute("href") for link in watched.locator("article a[href*='.html#guess-']").all()]
    assert len(links) == len(set(links)) == 12
    for link in links:
        page, _, anchor = link.partition("#")
        assert f'id="{anchor}"' in (site / "chapters" / page).read_text(encoding="utf-8"), link


def test_without_javascript_and_on_paper(new_context, served):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(served + START)
    plain = page.locator("[data-kind=firstlook] .book-plain")
    expect(plain.locator("li")).to_have_count(5)
    assert plain.locator("svg").first.bounding_box()["width"] > 90
    live = new_context().new_page()
    live.emulate_media(media="print")
    live.goto(served + START)
    expect(live.locator(".first-line")).to_have_count(5)
    assert live.locator(".first-picture svg").bounding_box()["height"] > 200

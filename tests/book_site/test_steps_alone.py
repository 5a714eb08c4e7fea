"""The minutes of a step and the places of the bar, as they are written into a page, without a browser."""

import random
import re
from types import SimpleNamespace

import pytest

from book_utils.book_site.steps import minutes_of, set_steps
from book_utils.words import word

WIDGET = '<div class="book-widget" id="x" data-kind="{}" data-model="w0"></div>'
SILENT = ['<details class="admonition hide above-input"><pre>one two</pre></details>', "<script>one two</script>",
          "<math display='inline'><mi>one two</mi></math>"]


def test_minutes_are_words_and_what_thinking_takes():
    """Held against a sum of seconds: 60 for 200 words, and for each kind of widget its own."""
    seconds = {"guess": 30, "card": 15, "howsure": 0, "neighbours": 60, "firstlook": 60}
    dice = random.Random(0)
    for _ in range(20):
        words, kinds = dice.randrange(500), dice.choices(list(seconds), k=dice.randrange(5))
        parts = ["<p>word <b>word</b></p>"] * words + [WIDGET.format(kind) for kind in kinds] + SILENT
        dice.shuffle(parts)
        expected = 2 * words * 60 / 200 + sum(seconds[kind] for kind in kinds)
        assert minutes_of("\n".join(parts)) == pytest.approx(expected / 60)


def page(body, name="chapters/rows"):
    app = SimpleNamespace(config=SimpleNamespace(root_doc="chapters/welcome", html_title="My book"))
    context = {"body": body}
    set_steps(app, name, "page.html", context, None)
    return context["body"]


PLACE = '<div id="book-place" data-book="my-book" data-page="{}"{}></div>'


def test_each_step_of_a_page_with_guesses_has_its_minutes():
    step = "<h2>A\nstep</h2><p>" + "word " * 450 + "</p>"
    short = f"<h2>Short</h2>{WIDGET.format('guess')}"
    body = page(f"<h1>Rows</h1><p>{'word ' * 900}</p>{step}<h3>No step</h3>{short}<h2>Empty</h2>")
    told = re.findall(r'</h2><p class="book-minutes">(.*?)</p>', body)
    assert told == [word("minutes", n=n) for n in (2, 1, 1)]  # 2.26, 0.5 and 0
    assert re.sub(r'<p class="book-minutes">.*?</p>|<div id="book-place".*?</div>', "", body) == (
        f"<h1>Rows</h1><p>{'word ' * 900}</p>{step}<h3>No step</h3>{short}<h2>Empty</h2>")


def test_a_page_without_guesses_has_no_minutes_but_a_place():
    body = page(f"<h1>Rows</h1><h1>x</h1><h2>A step</h2>{WIDGET.format('card')}")
    assert body == f"<h1>Rows</h1>{PLACE.format('rows', '')}<h1>x</h1><h2>A step</h2>{WIDGET.format('card')}"


def test_the_first_page_says_that_it_is_the_first():
    assert PLACE.format("welcome", ' data-start="true"') in page("<h1>x</h1>", "chapters/welcome")
    assert PLACE.format("a&amp;b", "") in page("<h1>x</h1>", "a&b")
    assert page("<p>No title</p>") == "<p>No title</p>"


def test_a_page_with_code_offers_the_short_path():
    body = page('<h1>Rows</h1><div class="cell_input docutils">a = 1</div>')
    button = f'<button id="book-path" class="js-only" type="button">{word("shortPath")}</button>'
    assert f'</h1>{button}<div id="book-place"' in body
    assert "book-path" not in page("<h1>Rows</h1>")


def test_a_page_without_a_body_is_no_fault():
    context = {}
    set_steps(None, "search", "search.html", context, None)
    assert context == {}

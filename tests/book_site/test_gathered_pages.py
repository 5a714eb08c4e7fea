"""Pages that gather what all chapters ask: their parts and scripts, and the questions that are filled in."""

import json
import re
from html import unescape
from types import SimpleNamespace

import pytest
from docutils.core import publish_parts
from docutils.parsers.rst import directives
from docutils.utils import SystemMessage

from book_utils.asking import Card, Guess
from book_utils.book_site import gathered_pages
from book_utils.book_site.built_pages import Site
from book_utils.book_site.gathered_pages import AllGuesses, BookPart, fill_gathered, gathered, set_parts
from book_utils.book_site.pieces import share_pieces
from book_utils.book_site.widgets import STATE

PART = '<div class="book-part" data-part="{}"></div>'
PLACE = '<div class="book-gathered" data-chapter="{}" data-guess="{}"></div>'
QUESTIONS = "book/questions.js"


@pytest.fixture
def html(monkeypatch):
    """A function that reads reStructuredText with our two directives; a mistake in it raises."""
    monkeypatch.setitem(directives._directives, "book-part", BookPart)
    monkeypatch.setitem(directives._directives, "all-guesses", AllGuesses)
    settings = {"halt_level": 3, "report_level": 5}
    return lambda text: publish_parts(text, writer_name="html5", settings_overrides=settings)["body"]


def test_a_part_has_a_place_and_says_something_without_a_script(html):
    found = html(".. book-part:: recall\n\n   Some *prose*.\n")
    assert found.index('<div class="book-part" data-part="recall">') < found.index("book-plain") < found.index("<em>")
    assert found.count("<div") == found.count("</div>")
    for wrong in (".. book-part:: nonsense", ".. book-part::", ".. book-part:: recall progress"):
        with pytest.raises(SystemMessage):
            html(wrong)


def test_the_places_of_all_guesses_and_of_one(html):
    assert PLACE.format("rows", "") in html(".. all-guesses:: rows")
    assert PLACE.format("rows", "a&lt;b") in html(".. all-guesses:: rows a<b")
    for wrong in (".. all-guesses::", ".. all-guesses:: rows one two"):
        with pytest.raises(SystemMessage):
            html(wrong)


# -- the scripts of a page -----------------------------------------------------------------------------------


def with_parts(folder, body, sent=(), page="chapters/progress"):
    """The body of a page and the names of its scripts, in the order of their priority."""
    added = []
    files = [SimpleNamespace(attributes=attributes) for attributes in sent]
    app = SimpleNamespace(
        outdir=folder, config=SimpleNamespace(html_title="My book"), builder=SimpleNamespace(_js_files=files),
        add_js_file=lambda name, priority, loading_method: added.append((priority, name, loading_method)),
    )
    context = {"body": body}
    set_parts(app, page, "page.html", context, None)
    assert {method for _, _, method in added} <= {"defer"}
    return context["body"], [name for _, name, _ in sorted(added, key=lambda one: one[0])]


def modules(folder, files):
    return [f"modules/{key}.js" for key in share_pieces(SimpleNamespace(outdir=folder), files)]


def test_a_page_without_parts_gets_nothing(tmp_path):
    assert with_parts(tmp_path, "<p>Prose</p>") == ("<p>Prose</p>", [])
    set_parts(None, "search", "search.html", {}, None)  # a page without a body


@pytest.mark.parametrize("name", ["progress", "recall", "class", "opening"])
def test_a_part_names_its_module_and_its_page_loads_it_before_the_host(tmp_path, name):
    body, scripts = with_parts(tmp_path, f"<p>{PART.format(name)}</p>")
    needed = modules(tmp_path, gathered_pages.MODULES[name])
    if name == "recall":  # which asks again
        needed += [*modules(tmp_path, Guess.files), *modules(tmp_path, Card.files), "book/ts-fsrs.js"]
    assert scripts == [*dict.fromkeys(needed), QUESTIONS, "book/store.js", "book/host.js"]
    keys = re.search(r'data-module="book:([^"]+)"></div></p>', body)[1].split()
    assert [f"modules/{key}.js" for key in keys] == modules(tmp_path, gathered_pages.MODULES[name])
    state = json.loads(re.search(rf'<script type="{re.escape(STATE)}">(.*)</script>$', body)[1])
    assert state == {"state": {}, "book": {"book": "my-book", "chapter": "progress"}}


def test_a_page_of_guesses_needs_what_a_guess_is_made_of(tmp_path):
    body, scripts = with_parts(tmp_path, PLACE.format("rows", ""), [{"type": STATE}])
    assert scripts == [*modules(tmp_path, Guess.files), "book/store.js", "book/host.js"]
    assert body == PLACE.format("rows", "")  # its state is there already


def test_the_chapter_is_the_last_part_of_the_pages_name(tmp_path):
    assert '"chapter": "class"' in with_parts(tmp_path, PART.format("class"), [{}], page="a/b/class")[0]
    assert '"chapter": "class"' in with_parts(tmp_path, PART.format("class"), page="class")[0]


@pytest.mark.parametrize("form", ["html", "latex"])
def test_scripts_are_there_before_sphinx_works_out_check_sums(tmp_path, form):
    for _ in range(2):
        gathered_pages.copy_scripts(SimpleNamespace(outdir=tmp_path / "out", builder=SimpleNamespace(format=form)))
    there = {path.name: path.stat().st_size for path in tmp_path.rglob("*.js")}
    assert set(there) == ({"ts-fsrs.js", "questions.js"} if form == "html" else set())
    assert form != "html" or there["ts-fsrs.js"] > 1000


# -- what is filled in ---------------------------------------------------------------------------------------


def guess(name, question):
    return {**Guess(question, choices={1: "", 2: ""}, answer=1, name=name).get_state(), "_esm": "book:guess-1"}


ROWS, TIED = guess("rows", "How many </script>?"), guess("a<b", "Tied?")
CARD = {**Card("What is an ID?", "A name.", name="id").get_state(), "_esm": "book:card-1"}
OTHER = {"digest": "1", "name": "dial", "_esm": "book:dial-1"}  # an explorer asks nothing
UNASKED = {"answer_text": "3", "name": "none", "digest": ""}


def page(*states, inside=""):
    told = {"state": {f"w{i}": {"state": state} for i, state in enumerate(states)}}
    text = json.dumps(told).replace("</", "<\\/")
    return f'<article>{inside}</article><script type="{STATE}">{text}</script>'


@pytest.fixture
def small_site(tmp_path):
    """A built site of three chapters, of which one asks nothing, a page of guesses and one of progress."""
    script = '<script src="../_static/book/questions.js?v=old"></script><script src="book/questions.js"></script>'
    pages = {
        "chapters/lookup.html": page(ROWS, OTHER, CARD, UNASKED), "chapters/prose.html": "<article></article>",
        "chapters/grow.html": page(TIED), "chapters/progress.html": script,
        "chapters/all.html": page(ROWS, inside=PLACE.format("grow", "") + PLACE.format("lookup", "")),
    }
    for name, text in {**pages, "_static/book/questions.js": ""}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    names = ["chapters/grow.html", "chapters/prose.html", "chapters/all.html", "chapters/lookup.html", "not/built.html"]
    return Site(tmp_path, chapters=[(name, name.upper()) for name in names], source=tmp_path)


def told(small_site) -> dict:
    text = (small_site.folder / "_static" / QUESTIONS).read_text(encoding="utf-8")
    return json.loads(re.fullmatch(r"window\.bookQuestions=(.*);\n", text)[1])


def test_a_script_tells_all_questions_in_the_order_of_the_book(small_site):
    fill_gathered(small_site)
    said = told(small_site)
    assert said["modules"] == {"guess": "book:guess-1", "card": "book:card-1"}
    assert [(one["chapter"], one["title"], one["again"]) for one in said["chapters"]] == [
        ("grow", "CHAPTERS/GROW.HTML", {}), ("lookup", "CHAPTERS/LOOKUP.HTML", {})]
    asked = [question for chapter in said["chapters"] for question in chapter["questions"]]
    assert [(one["name"], one["kind"], one["chapter"], one["address"]) for one in asked] == [
        ("a<b", "choice", "grow", "grow.html"), ("rows", "choice", "lookup", "lookup.html"),
        ("id", "card", "lookup", "lookup.html")]
    assert asked[1]["question"] == "How many </script>?" and not any(key.startswith("_") for key in asked[1])


def test_the_address_of_the_questions_changes_with_them(small_site):
    addresses = []
    for question in ("Tied?", "Not tied?"):
        small_site.pages["chapters/grow.html"] = page(TIED | {"question": question})
        fill_gathered(small_site)
        found = re.findall(r'(\S*)book/questions\.js(\?v=[0-9a-f]{8})"', small_site.pages["chapters/progress.html"])
        assert [start for start, _ in found] == ['src="../_static/', 'src="'] and found[0][1] == found[1][1]
        addresses.append(found[0][1])
    assert addresses[0] != addresses[1]


def test_guesses_stand_where_a_page_asks_for_them_and_a_second_time_changes_nothing(small_site):
    before = dict(small_site.pages)
    fill_gathered(small_site)
    filled = small_site.pages["chapters/all.html"]
    places = re.findall(r'<div class="book-widget" id="(guess-[^"]+)" data-kind="guess" data-model="(\w+)">', filled)
    assert places == [("guess-a&lt;b", "g0"), ("guess-rows", "g1")]
    told = re.findall(r'<script type="application/json">(.*?)</script>', filled)
    assert [json.loads(text) for text in told] == [
        {"chapter": "grow", "state": json.loads(json.dumps(TIED))},
        {"chapter": "lookup", "state": json.loads(json.dumps(ROWS))}]
    assert all(Guess.plain_html(state) in filled for state in (ROWS, TIED))
    assert filled.count("<div") == filled.count("</div>")
    assert small_site.pages["chapters/grow.html"] == before["chapters/grow.html"]
    fill_gathered(small_site)
    assert small_site.pages["chapters/all.html"] == filled


def test_one_guess_by_its_name_and_no_chapter_of_another_name():
    chapters = [{"chapter": "a&b", "states": [ROWS, TIED, CARD]}]
    one = gathered(PLACE.format("a&amp;b", "rows"), chapters)
    assert re.findall(r'id="([^"]*)"', one) == ["guess-rows"]
    assert gathered(PLACE.format("a&amp;b", "id"), chapters).count("book-widget") == 0  # a card is no guess
    assert gathered(PLACE.format("b", ""), chapters) == PLACE.format("b", "")
    assert unescape(one).startswith('<div class="book-gathered" data-chapter="a&b" data-guess="rows"><div class')

"""The teacher's guide to the guesses: what each entry says, which answers count as right, and where links lead."""

import re
from types import SimpleNamespace

import pytest
from docutils import nodes
from docutils.core import publish_parts
from docutils.parsers.rst import directives
from docutils.utils import SystemMessage

from book_utils.asking.questions import read_questions
from book_utils.book_site import guide
from book_utils.book_site.guide import GuessGuide, GuessLink, address_of, counts_as_right, entry_html, find_guess

CHOICE = {"name": "a<b", "kind": "choice", "question": "Is `a < b`?", "answer": "yes", "answer_text": "yes, `a`",
          "choices": [{"label": "yes", "note": "It is."}, {"label": "no", "note": "Not `so`."},
                      {"label": "both", "note": ""}]}
SEVERAL = CHOICE | {"kind": "choices", "answer": ["yes", "no"]}
NUMBER = {"name": "rows", "kind": "number", "question": "How many?", "answer": 5, "answer_text": "5", "choices": [],
          "scale": {"by": "exact"}, "unit": ""}
WORDS = NUMBER | {"kind": "words", "answer": None, "points": ["The row", "Its `name`"]}


class Page:
    """What a page that is being read knows: its place among the others."""

    def __init__(self, docname="teacher/guide"):
        self.docname, self.noted = docname, []
        self.app = SimpleNamespace(builder=SimpleNamespace(get_relative_uri=lambda here, there: f"{here}->{there}"))

    def note_dependency(self, file):
        self.noted.append(file)


@pytest.mark.parametrize(("guess", "said"), [
    (CHOICE, ""), (SEVERAL, "all of these"), (NUMBER, "only this number"), (WORDS, "Not scored"),
    (NUMBER | {"scale": {"by": "ratio"}}, "a factor of 2"), ({"kind": "shape"}, "every size"),
    (NUMBER | {"scale": {"by": "within", "within": 2}}, "within 2."),
])
def test_what_counts_as_right_besides_the_answer(guess, said):
    assert said in counts_as_right(guess) and bool(said) == bool(counts_as_right(guess))


def test_an_entry_folds_up_the_answer_and_what_each_choice_means():
    html = entry_html(CHOICE, "For `rows`.", 'lookup.html#guess-"a"')
    shown, folded = html.split("<details>")
    assert shown.startswith('<li id="guide-a&lt;b" ') and html.endswith("</details></li>")
    assert '<a href="lookup.html#guess-&quot;a&quot;">Is <code>a &lt; b</code>?</a>' in shown
    assert shown.endswith("<div>For <code>rows</code>.</div>") and "yes" not in shown
    assert "<summary>The answer, and what each choice means</summary>" in folded
    assert "<p><b>yes, <code>a</code></b></p>" in folded
    assert re.findall("<li>.*?</li>", folded) == [
        "<li><b>yes</b> (right): It is.</li>", "<li><b>no</b>: Not <code>so</code>.</li>"]


def test_several_choices_can_be_right():
    assert entry_html(SEVERAL, "", "").count("(right)") == 2


def test_an_entry_without_choices_tells_the_answer_and_its_points():
    assert entry_html(NUMBER, "", "").endswith(
        "<summary>The answer</summary><p><b>5</b></p><p>Right: only this number.</p></details></li>")
    html = entry_html(WORDS, "", "")
    assert "<summary>The answer</summary>" in html and "<ul><li>The row</li><li>Its <code>name</code></li></ul>" in html
    silent = [choice | {"note": ""} for choice in CHOICE["choices"]]
    assert "<summary>The answer</summary>" in entry_html(CHOICE | {"choices": silent}, "", "")


def test_an_address_leads_to_the_guess_beside_this_page():
    assert address_of(Page("teacher/guide"), "lookup", "rows") == "teacher/guide->teacher/lookup#guess-rows"
    assert address_of(Page("guide"), "lookup", "rows") == "guide->lookup#guess-rows"


@pytest.fixture
def html(monkeypatch):
    """A function that reads reStructuredText with the directive of the guide; a mistake in it raises."""
    monkeypatch.setitem(directives._directives, "guess-guide", GuessGuide)
    page = Page()
    monkeypatch.setattr(GuessGuide, "env", page)
    settings = {"halt_level": 3, "report_level": 5, "raw_enabled": True}

    def read(text):
        return publish_parts(text, writer_name="html5", settings_overrides=settings)["body"]

    read.page = page
    return read


def test_the_guide_of_a_chapter_has_an_entry_for_each_of_its_guesses(html):
    found = html(".. guess-guide:: memory")
    asked = [guess["name"] for guess in read_questions()["memory"]["guesses"]]
    assert re.findall(r'<li id="guide-([^"]+)"', found) == asked and len(asked) > 5
    assert re.findall(r'href="[^"]*memory#guess-([^"]+)"', found) == asked
    assert found.startswith('<ol class="guess-guide">') and found.rstrip().endswith("</ol>")
    for purpose in guide.read_purposes()["memory"].values():
        assert guide.code_html(purpose) in found
    assert html.page.noted == [str(guide.QUESTIONS), str(guide.PURPOSES)]  # a change of either is read anew


def test_a_chapter_without_guesses_and_a_guess_without_a_purpose_are_refused(html, monkeypatch):
    for wrong in (".. guess-guide:: nowhere", ".. guess-guide::", ".. guess-guide:: memory grow"):
        with pytest.raises(SystemMessage):
            html(wrong)
    monkeypatch.setattr(guide, "read_purposes", lambda: {"memory": {}})
    with pytest.raises(SystemMessage, match="does not say what the guess"):
        html(".. guess-guide:: memory")


def linked(name):
    """Read a link to a guess; gives its nodes, its messages, and what it depends on."""
    role, page = GuessLink(), Page()
    role.text, role.lineno = name, 7
    reporter = SimpleNamespace(error=lambda text, line: (line, text))
    document = SimpleNamespace(settings=SimpleNamespace(env=page))
    role.inliner = SimpleNamespace(reporter=reporter, document=document)
    return *role.run(), page.noted


def test_a_link_has_the_question_as_its_text_and_code_as_code(monkeypatch):
    asked = {"lookup": {"guesses": [NUMBER]}, "grow": {"guesses": [CHOICE | {"name": "tied"}]}}
    monkeypatch.setattr(guide, "read_questions", lambda: asked)
    assert find_guess("tied")[0] == "grow" and find_guess("rows") == ("lookup", NUMBER)
    [link], messages, noted = linked("tied")
    assert [type(part) for part in link] == [nodes.Text, nodes.literal, nodes.Text] and messages == []
    assert link.astext() == "Is a < b?" and link["internal"] is True
    assert link["refuri"] == "teacher/guide->teacher/grow#guess-tied"
    assert noted == [str(guide.QUESTIONS)]


def test_a_link_to_a_guess_that_no_chapter_asks_is_an_error_with_its_line():
    nothing, [(line, text)], _ = linked("no-such-guess")
    assert nothing == [] and line == 7 and "no-such-guess" in text

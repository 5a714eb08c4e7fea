"""Guesses, cards and the how-sure table in Python: what they refuse, what they hold, what they say of themselves."""

import html
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
import traitlets
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from book_utils import Card, Guess, HowSure, below, in_order, largest, level, ranked, smallest
from book_utils.asking.record import DIGEST
from book_utils.asking.reveal import table_html
from book_utils.asking.scales import number_scale
from book_utils.asking.score import is_number, label_of, slug
from book_utils.asking.widget import code_html
from book_utils.words import word

CHOICES = {2: "one for each ID", 4: "one row", 8: ""}
LINES = {"b = a": "", "b = 1": "Then `a` would be of no use.", "a = 1": ""}
MAP = {"cat": (0, 0), "dog": (2, 0), "car": (1, 3)}


def choice(**changed):
    return Guess(**{"question": "How many numbers?", "choices": CHOICES, "answer": np.zeros((2, 4)).size} | changed)


def refuses(words, *given, **named):
    with pytest.raises(ValueError, match=re.escape(words)):
        Guess(*given, **named)


@pytest.fixture
def figure():
    drawn, ax = plt.subplots(figsize=(3, 2))
    ax.plot([0, 1, 4], label="<squares & more>")
    ax.fill_between([0, 1, 2], [0, 1, 4], alpha=0.3)  # clip paths and hatches get identifiers
    ax.set_title("“Squares” — x²")
    ax.legend()
    yield drawn
    plt.close(drawn)


# -- the kinds -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("given", "kind", "answer", "text", "scale"), [
    ({"choices": [2, 4], "answer": np.int64(4)}, "choice", "4", "4", {}),
    ({"choices": [50257, 768], "answer": 50257.0}, "choice", "50,257", "50,257", {}),
    ({"choices": [(3, 4), (4, 3)], "answer": np.zeros((3, 4)).shape}, "choice", "(3, 4)", "(3, 4)", {}),
    ({"choices": [[3, 4], [4, 3]], "answer": (3, 4)}, "choice", "(3, 4)", "(3, 4)", {}),
    ({"choices": [True, False], "answer": np.bool_(True)}, "choice", "True", "True", {}),
    ({"choices": "abc", "answer": "b"}, "choice", "b", "b", {}),
    ({"choices": [1, 2, 3], "answer": {3, 1}, "several": True}, "choices", ["1", "3"], "1, 3", {}),
    ({"choices": [1, 2, 3], "answer": np.array([3, 1]), "several": True}, "choices", ["1", "3"], "1, 3", {}),
    ({"answer": 12}, "number", 12, "12", {"by": "exact"}),
    ({"answer": -1000}, "number", -1000, "-1,000", {"by": "exact"}),
    ({"answer": 1001}, "number", 1001, "1,001", {"by": "ratio"}),
    ({"answer": 0.5}, "number", 0.5, "0.5", {"by": "ratio"}),
    ({"answer": 0.5, "exact": True}, "number", 0.5, "0.5", {"by": "exact"}),
    ({"answer": 12, "exact": False}, "number", 12, "12", {"by": "ratio"}),
    ({"answer": np.float32(0.25), "within": 0.1}, "number", 0.25, "0.25", {"by": "within", "within": 0.1}),
    ({"answer": 0, "within": 1}, "number", 0, "0", {"by": "within", "within": 1}),
    ({"answer": 5, "between": (1, 1e3)}, "number", 5, "5", {"by": "ratio", "low": 1, "high": 1e3}),
    ({"answer": 77.2, "unit": "MB"}, "number", 77.2, "77.2 MB", {"by": "ratio"}),
    ({"answer": np.zeros((5, 768)).shape}, "shape", [5, 768], "(5, 768)", {}),
    ({"answer": np.float64(1).shape}, "shape", [], "()", {}),
    ({"answer": np.zeros((0, 4)).shape}, "shape", [0, 4], "(0, 4)", {}),
    ({"order": ["a", 5, "c"], "answer": ("c", "a", 5)}, "order", ["c", "a", "5"], "c › a › 5", {}),
    ({"lines": LINES, "answer": ["a = 1", "b = a"]}, "lines", ["`a = 1`", "`b = a`"], "`a = 1` › `b = a`", {}),
    ({"model_answer": "The row."}, "words", "The row.", "The row.", {}),
])
def test_what_is_given_decides_the_kind(given, kind, answer, text, scale):
    guess = Guess("What?", **given)
    assert (guess.kind, guess.answer, guess.answer_text, guess.scale) == (kind, answer, text, scale)
    assert type(guess.answer) in (str, int, float, list)  # JSON can hold it


def test_a_map_is_scored_by_its_spread():
    guess = Guess("Where?", on_map=MAP, answer=np.array([0.9, 0.04]))
    points = np.array(list(MAP.values()))
    spread = np.sqrt(((points - points.mean(axis=0)) ** 2).sum(axis=1).mean())
    assert (guess.kind, guess.answer, guess.answer_text) == ("point", [0.9, 0.04], "at (0.90, 0.04), nearest to cat")
    assert guess.scale["spread"] == pytest.approx(spread, abs=1e-4)
    assert guess.scale["points"] == [["cat", 0, 0], ["dog", 2, 0], ["car", 1, 3]]
    guess.guess = [0.9, 0.04 + 0.499 * spread]
    assert guess.correct is True
    guess.guess = [0.9, 0.04 + 0.501 * spread]
    assert guess.correct is False


@pytest.mark.parametrize(("language", "sentence"), [
    ("en", "That cannot be: the answer lies between -1 and 1. What is your guess?"),
    ("de", "Das kann nicht sein: Die Antwort liegt zwischen -1 und 1. Was schätzt du?"),
])
def test_a_number_that_cannot_be_is_refused_and_changes_nothing(monkeypatch, language, sentence):
    monkeypatch.setenv("BOOK_LANGUAGE", language)
    guess = Guess("Which cosine?", answer=0.4, within=0.1, low=-1, high=1)
    for trait in ("guess", "second"):
        with pytest.raises(traitlets.TraitError, match=re.escape(sentence)):
            guess.set_trait(trait, 1_000_000)
    assert guess.guess is None and guess.second is None
    guess.guess = -1
    assert guess.value == -1 and guess.correct is False


def test_a_number_without_an_upper_limit_is_refused_below_the_lower_one():
    guess = Guess("How many bytes?", answer=4_096, low=0)
    with pytest.raises(traitlets.TraitError, match="the answer is 0 or more"):
        guess.guess = -1
    guess.guess = 1e12
    assert guess.correct is False


# -- answers with a margin ------------------------------------------------------------------------------------


def test_an_answer_by_size_knows_its_margin():
    assert Guess("?", choices="ab", answer=largest({"a": 1, "b": 4})).margin == 0.75
    assert Guess("?", choices="ab", answer=below(1, 2, "a", "b")).margin == 0.5
    assert Guess("?", order="abc", answer=ranked({"a": 1, "b": 4, "c": 2})).margin == 0.5
    assert Guess("?", answer=0.853, digits=2, within=0.1).margin == 0.2
    assert Guess("?", choices="ab", answer="a").margin is None


@pytest.mark.parametrize("decide", [
    lambda: largest({"a": 1.0, "b": 1.0, "c": 0.5}),
    lambda: largest({"a": 1.0, "b": 0.995}),
    lambda: smallest({"a": -0.0, "b": 0.0}),
    lambda: largest({"a": 1.0, "b": float("nan")}),
    lambda: largest({"b": float("nan"), "a": 1.0}),
    lambda: largest({"a": float("inf"), "b": 1.0}),
    lambda: ranked({"a": 3, "b": 1, "c": 1}),
    lambda: below(1.0, 1.0, "yes", "no"),
    lambda: below(float("nan"), 1.0, "yes", "no"),
    lambda: Guess("?", answer=0.125, digits=2, within=0.1),
    lambda: Guess("?", answer=float("nan"), digits=2, within=0.1),
    lambda: Guess("?", choices="ab", answer="a", margin=0),
    lambda: Guess("?", choices="ab", answer="a", margin=float("nan")),
    lambda: Guess("?", choices="ab", answer="a", margin=float("inf")),
    lambda: largest({"a": 1000, "b": 991}),  # 0.9% apart
    lambda: largest({"a": float("-inf"), "b": 1.0}),
    lambda: below(1.0, float("inf"), "yes", "no"),
    lambda: level(0.5, {"low": 0.5, "high": float("inf")}),
    lambda: Guess("?", answer=0.1295 + 0.0000004, digits=3, within=0.1),  # 0.4 of a thousandth of a step
])
def test_a_tie_or_what_is_no_number_stops_the_cell(decide):
    with pytest.raises(ValueError, match="too close|edge of rounding|finite number|hangs on a tie"):
        decide()


def test_a_hundredth_apart_is_apart_enough():
    assert largest({"a": 99, "b": 100}).margin == ranked({"a": 99, "b": 100}).margin == 0.01
    assert largest({"a": -100, "b": -99}) == "b" and smallest({"a": -100, "b": 99}) == "a"
    assert Guess("?", answer=0.12949, digits=3, within=0.1).margin == 0.01
    with pytest.raises(ValueError, match="The largest of one is no question"):
        largest({"alone": 1})


def test_a_level_is_the_first_whose_edge_lies_above():
    edges = {"few": 0.25, "half": 0.75, "most": float("inf")}
    levels = [level(size, edges) for size in (0.1, 0.5, 1)]
    assert levels == ["few", "half", "most"]
    assert [one.margin for one in levels] == [pytest.approx(0.6), pytest.approx(1 / 3), pytest.approx(0.25)]


def test_a_number_is_rounded_to_its_digits():
    for number, digits, answer, margin in [(0.853, 2, 0.85, 0.2), (47116.9, 0, 47117, 0.4), (1234.0, -2, 1200, 0.16)]:
        guess = Guess("?", answer=number, digits=digits, exact=True)
        assert (guess.answer, guess.margin) == (answer, margin) and type(guess.answer) is type(answer)


def test_choices_keep_their_order_and_their_notes():
    assert choice().choices == [{"label": str(label), "note": note} for label, note in CHOICES.items()]


def test_lines_are_put_in_order_by_running_them():
    given = {"a": 2, "seen": []}
    lines = ["c = b ** 2", "b = a + 1", "c = b + 2", "b = 1 / 0"]
    assert in_order(lines, given, lambda names: names["c"] == 9) == ["b = a + 1", "c = b ** 2"]
    assert given == {"a": 2, "seen": []}
    assert in_order(["b = 1", "b = 2"], {}, lambda names: names["b"] == 2) == ["b = 2"]  # one line is enough
    for wanted, words in [(9, "No order of these lines works"), (3, "Two orders work")]:
        with pytest.raises(ValueError, match=words):
            in_order(["b = a + 1", "b = 1 + a"], given, lambda names, wanted=wanted: names["b"] == wanted)
    with pytest.raises(ValueError, match="At most 7 lines"):
        in_order([f"a = {n}" for n in range(8)], given, bool)


# -- bad input -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", ["", "  \n", None, 5])
def test_a_question_in_words_is_needed(question):
    refuses(f"A Guess needs a question in words; got {question!r}", question, answer=5)


@pytest.mark.parametrize(("given", "words"), [
    ({}, "A Guess needs answer= (computed by the chapter) or model_answer= (words)"),
    ({"choices": [1, 2]}, "A Guess needs answer="),
    ({"answer": 5, "high": 9}, "high=9 needs low= beside it"),
    ({"answer": 5, "low": 9, "high": 1}, "low= and high= are numbers with the answer between them"),
    ({"answer": 5, "low": 6}, "low= and high= are numbers with the answer between them; got [6]"),
    ({"answer": 5, "low": 0, "high": float("inf")}, "low= and high= are numbers"),
    ({"answer": 5, "between": (1, 100), "low": 0, "high": 10}, "with the answer between them; got [0, 10]"),
    ({"choices": CHOICES, "answer": 5}, "The answer 5 is not among the choices 2, 4, 8"),
    ({"choices": CHOICES, "answer": float("nan")}, "The answer nan is not among the choices"),
    ({"choices": [1], "answer": 1}, "two or more choices that differ; got 1"),
    ({"choices": [], "answer": 1}, "two or more choices that differ"),
    ({"choices": [4, 2, 4], "answer": 4}, "two or more choices that differ; got 4, 2, 4"),
    ({"choices": {4: "a number", "4": "the same in words"}, "answer": 4}, "two or more choices that differ; got 4, 4"),
    ({"choices": [1, 2, 3], "answer": [1, 5], "several": True}, "The answer 5 is not among the choices 1, 2, 3"),
    ({"choices": [1, 2], "answer": [], "several": True}, "a list of one or more choices; got []"),
    ({"choices": [1, 2], "answer": 1, "several": True}, "a list of one or more choices; got 1"),
    ({"choices": ["12", "1"], "answer": "12", "several": True}, "a list of one or more choices; got '12'"),
    ({"answer": float("nan")}, "must be a finite number; got nan"),
    ({"answer": -np.inf}, "must be a finite number; got -inf"),
    ({"answer": float("nan"), "within": 1}, "must be a finite number; got nan"),
    ({"answer": 0.0}, "scored by ratio, which 0 does not allow: give within= or exact=True"),
    ({"answer": -4096}, "scored by ratio, which -4096 does not allow"),
    ({"answer": 5, "between": (10, 100)}, "between= needs 0 < low <= answer <= high; got (10, 100) for the answer 5"),
    ({"answer": 5, "between": (100, 1)}, "between= needs 0 < low"),
    ({"answer": 5, "between": (0, 100)}, "between= needs 0 < low"),
    ({"answer": 5, "between": (float("nan"), 100)}, "between= needs 0 < low"),
    ({"answer": 5, "within": -1}, "within= is a distance, 0 or more; got -1"),
    ({"answer": 5, "within": float("nan")}, "within= is a distance, 0 or more; got nan"),
    ({"order": ["a", "b"], "answer": ["a", "c"]}, "the items of order=, two or more, each once; got ['a', 'c']"),
    ({"order": ["a", "b"], "answer": ["a"]}, "must hold the items of order="),
    ({"order": ["a", "a"], "answer": ["a", "a"]}, "must hold the items of order="),
    ({"order": ["a"], "answer": ["a"]}, "must hold the items of order="),
    ({"lines": LINES, "answer": list(LINES)}, "two or more of the lines, each once, and leave one out"),
    ({"lines": LINES, "answer": ["a = 1"]}, "must hold two or more of the lines"),
    ({"lines": LINES, "answer": ["a = 1", "a = 1"]}, "must hold two or more of the lines"),
    ({"lines": LINES, "answer": ["a = 1", "c = 1"]}, "must hold two or more of the lines"),
    ({"lines": LINES, "answer": ["b = 1", "a = 1"]}, "has a note if it does not belong: 'b = a'"),
    ({"lines": LINES | {"`c`": "No."}, "answer": ["a = 1", "b = a"]}, "one line without a backtick"),
    ({"answer": 5, "points": ["a"]}, "they stand beside model_answer="),
    ({"order": ["a", "b"], "answer": "ab"}, "must hold the items of order=, two or more, each once; got 'ab'"),
    ({"on_map": MAP, "answer": 5}, "a pair of them as its answer; got 5"),
    ({"on_map": MAP, "answer": (1, 2, 3)}, "a pair of them as its answer; got [1, 2, 3]"),
    ({"on_map": MAP, "answer": (1, float("nan"))}, "a pair of them as its answer; got [1, nan]"),
    ({"on_map": MAP | {"far": (0, np.inf)}, "answer": (1, 2)}, "A map needs finite numbers"),
    ({"on_map": {"a": (0, 0), "b": (1, 1)}, "answer": (1, 2)}, "three or more words that do not stand in one line"),
    ({"on_map": {"a": (0, 0), "b": (1, 0), "c": (2, 0)}, "answer": (1, 0)}, "that do not stand in one line"),
    ({"answer": (5, 2.5)}, "A shape is a tuple of whole numbers, such as (5, 768); got [5, 2.5]"),
    ({"answer": (5, -1)}, "A shape is a tuple of whole numbers"),
    ({"answer": (5, True)}, "A shape is a tuple of whole numbers"),
    ({"answer": "a cat"}, "The answer 'a cat' is not a number or a shape: give choices= or model_answer="),
    ({"answer": True}, "The answer True is not a number or a shape"),
    ({"answer": None}, "The answer None is not a number or a shape"),
    ({"answer": 1 + 2j}, "is not a number or a shape"),
    ({"answer": np.arange(3)}, "is not a number or a shape"),
    ({"model_answer": " "}, "model_answer= is the whole answer, in words"),
    ({"model_answer": "a", "answer": 5}, "it takes no answer= or choices="),
    ({"model_answer": "a", "choices": ["a", "b"]}, "it takes no answer= or choices="),
    ({"answer": 5, "reveal": 5}, "takes words, a table (a list of rows) or a figure; got int"),
    ({"answer": 5, "reveal": []}, "takes words, a table (a list of rows) or a figure; got list"),
])
def test_what_a_guess_refuses(given, words):
    refuses(words, "What?", **given)


@pytest.mark.parametrize("alt", [None, "", "  "])
def test_a_figure_needs_words(figure, alt):
    refuses("A figure needs alt=: one sentence that says what it shows", "What?", answer=5, reveal=figure, alt=alt)


def test_one_sentence_cannot_describe_two_figures(figure):
    refuses("alt= describes one figure", "What?", answer=5, reveal=[figure, figure], alt="A curve.")


@pytest.mark.parametrize(("question", "answer"), [("", "a"), ("a", ""), (" ", "a"), ("a", " ")])
def test_a_card_needs_both_sides(question, answer):
    with pytest.raises(ValueError, match="A Card needs a question and an answer"):
        Card(question, answer)


def test_confidence_is_one_of_three():
    with pytest.raises(traitlets.TraitError, match="guessing, leaning, sure; got 'certain'"):
        choice().confidence = "certain"


# -- the reader's side ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("given", "said", "value", "correct"), [
    ({"choices": CHOICES, "answer": 8}, "8", 8, True),
    ({"choices": CHOICES, "answer": 8}, "2", 2, False),
    ({"choices": CHOICES, "answer": 8}, "a label of an older edition", None, False),
    ({"choices": [(3, 4), (4, 3)], "answer": (3, 4)}, "(3, 4)", (3, 4), True),
    ({"choices": [1, 2, 3], "answer": [3, 1], "several": True}, ["3", "1"], [3, 1], True),
    ({"choices": [1, 2, 3], "answer": [3, 1], "several": True}, ["3"], [3], False),
    ({"answer": 1500}, 1000, 1000, True),
    ({"answer": 12}, 13, 13, False),
    ({"answer": (5, 768)}, [5, 768], (5, 768), True),
    ({"answer": (5, 768)}, [768, 5], (768, 5), False),
    ({"answer": ()}, [], (), True),
    ({"order": [10, 2, 3], "answer": [2, 3, 10]}, ["2", "3", "10"], [2, 3, 10], True),
    ({"order": [10, 2, 3], "answer": [2, 3, 10]}, ["3", "2", "10"], [3, 2, 10], False),
    ({"lines": LINES, "answer": ["a = 1", "b = a"]}, ["`a = 1`", "`b = a`"], ["a = 1", "b = a"], True),
    ({"lines": LINES, "answer": ["a = 1", "b = a"]}, ["`b = a`", "`a = 1`"], ["b = a", "a = 1"], False),
    ({"on_map": MAP, "answer": (1, 1)}, [1.2, 1], (1.2, 1), True),
    ({"on_map": MAP, "answer": (1, 1)}, [-1, 1], (-1, 1), False),
    ({"model_answer": "The row."}, "Some row", "Some row", None),
])
def test_value_and_correct(given, said, value, correct):
    guess = Guess("What?", **given)
    assert guess.value is None and guess.correct is None  # before the reader commits
    guess.guess = said
    assert guess.value == value and type(guess.value) is type(value)
    assert guess.correct is correct


def test_what_belongs_to_the_reader_is_kept():
    guess = choice()
    assert set(guess.kept) == {"guess", "confidence", "second", "skipped", "revealed", "rating", "ticked"}
    assert all(guess.has_trait(trait) for trait in guess.kept)
    assert Card("a", "b").kept == ["knew"]


def test_nothing_is_guessed_turned_or_shown_at_first():
    for widget in (choice(), Card("a", "b")):
        at_first = {trait: widget.get_state()[trait] for trait, kind in widget.traits(sync=True).items()
                    if isinstance(kind, traitlets.Bool) or trait in widget.kept}
        assert not any(at_first.values()), at_first


def test_a_changed_question_has_another_digest():
    same = choice(because="A clearer explanation.", longer="More.", reveal="A figure.")
    assert same.digest == choice().digest
    others = [
        choice(question="How many numbers now?"), choice(choices=[8, 4, 2]), choice(choices=[8, 4, 3]),
        Guess("How many numbers?", answer=8), Guess("How many numbers?", answer=8, within=1),
    ]
    assert len({guess.digest for guess in [same, *others]}) == 1 + len(others)


def test_digests_have_the_form_that_a_file_of_guesses_may_hold():
    assert all(DIGEST.fullmatch(widget.digest) for widget in (choice(), Card("a", "b")))
    assert Card("a", "b").digest == Card("a", "c").digest != Card("b", "b").digest


def test_questions_in_any_script_have_a_name():
    assert Guess("这是什么？", answer=5).name and Card("これは？", "猫").name
    assert Guess("这是什么？", answer=5).name != Guess("那是什么？", answer=5).name
    assert choice(name="mine").name == "mine"


@given(st.text(max_size=200))
def test_slugs_are_short_and_safe(question):
    assert re.fullmatch(r"([a-z0-9]+(-[a-z0-9]+){0,6})?", slug(question))


def test_how_sure_counts():
    guesses = [choice(name=f"n{i}") for i in range(5)]
    made = [("8", "sure"), ("2", "sure"), ("8", "guessing"), ("4", "leaning")]
    for guess, (said, confidence) in zip(guesses[:4], made, strict=True):
        guess.guess, guess.confidence = said, confidence
    words = Guess("Why?", model_answer="Because.", name="words")
    words.guess = "So."
    table = HowSure([*guesses, words])
    assert table.rows() == [("guessing", 1, 1), ("leaning", 1, 0), ("sure", 2, 1)]
    assert repr(table) == "How sure, how right: 6 guesses on this page, 4 made."
    assert table.guesses == [f"anywidget:{guess.model_id}" for guess in [*guesses, words]]


def test_how_sure_takes_every_guess_of_the_session(monkeypatch):
    monkeypatch.setattr(Guess, "made", {})
    first, again, other = choice(), choice(), choice(name="other")
    assert HowSure()._asked == [again, other] and first is not again  # a cell that is run again replaces its guess


# -- what it says of itself ----------------------------------------------------------------------------------


def test_the_text_form_says_question_and_answer():
    guess = choice(because="Each ID brings its row.", longer="More.", reveal=["See:", [["ID", "n"], ["cat", 4937]]])
    assert repr(guess) == (
        "Guess [how-many-numbers]: How many numbers?\n  ( ) 2\n  ( ) 4\n  ( ) 8\nAnswer: 8\n"
        "  2: one for each ID\n  4: one row\nEach ID brings its row.\nMore.\nSee:\n  ID | n\n  cat | 4,937"
    )


def test_the_plain_form_shows_the_question_and_folds_the_answer(figure):
    guess = choice(question="Is `a < b`?", because="One.\n\nTwo.", reveal=figure, alt='A "rising" curve')
    plain = Guess.plain_html(guess.get_state())
    shown, folded = plain.split("<details>")
    assert "Is <code>a &lt; b</code>?" in shown and all(f"<li>{n}</li>" in shown for n in (2, 4, 8))
    assert "one for each ID" not in shown and "2: one for each ID" in folded
    assert "<strong>8</strong>" in folded and "<p>One.</p><p>Two.</p>" in folded
    assert '<img src="data:image/svg+xml;base64,' in folded and 'alt="A &quot;rising&quot; curve"' in folded


def test_within_nothing_is_only_the_answer_itself():
    assert number_scale(2.5, None, 0, None) == {"by": "within", "within": 0}


def test_a_table_is_named_by_its_columns_and_has_them_as_its_header():
    page = BeautifulSoup(table_html([["token's", 'a "`row`"'], ["<cat>", "1"], ["dog", ""]]), "html.parser")
    assert page.div["aria-label"] == "token's, a \"`row`\""
    assert [cell.get_text() for cell in page.thead.find_all("th")] == ["token's", 'a "row"']
    assert [[cell.get_text() for cell in row.find_all("td")] for row in page.tbody.find_all("tr")] == [
        ["<cat>", "1"], ["dog", ""]]


def test_the_plain_form_of_each_says_what_there_is():
    words = Guess("Why?", model_answer="Because.", points=["It says `because`."])
    assert "<li>It says <code>because</code>.</li>" in Guess.plain_html(words.get_state())
    lines = Guess("Order?", lines=LINES, answer=["a = 1", "b = a"])
    assert "<ol><li><code>a = 1</code></li><li><code>b = a</code></li></ol>" in Guess.plain_html(lines.get_state())
    assert word("surePlain") in HowSure.plain_html(HowSure([]).get_state())
    card = Card.plain_html(Card("What is `x`?", "A row.", "It holds.").get_state())
    shown, folded = card.split("</summary>")
    assert "What is <code>x</code>?" in shown and "<p>A row. It holds.</p>" in folded


def test_the_notebook_gets_both_forms():
    data, _ = choice()._repr_mimebundle_()
    assert data["text/plain"] == repr(choice()) and "<details>" in data["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in data


EVIL = '<script>alert("x")</script> & <img src=x onerror=alert(1)>'


PLACES = ["question", "because", "longer", "note", "label", "word", "cell", "unit", "alt", "model", "card"]


@pytest.mark.parametrize("place", PLACES)
def test_text_is_never_read_as_html(place, figure):
    forms = {
        "question": lambda: Guess(EVIL, answer=5),
        "because": lambda: choice(because=EVIL),
        "longer": lambda: choice(longer=EVIL),
        "note": lambda: choice(choices=CHOICES | {8: EVIL}),
        "label": lambda: choice(choices=[*CHOICES, EVIL]),
        "word": lambda: choice(reveal=EVIL),
        "cell": lambda: choice(reveal=[["a"], [EVIL]]),
        "unit": lambda: Guess("What?", answer=5, unit=EVIL),
        "alt": lambda: choice(reveal=figure, alt=EVIL),
        "model": lambda: Guess("What?", model_answer=EVIL),
        "card": lambda: Card(EVIL, EVIL, because=EVIL),
    }
    widget = forms[place]()
    plain = type(widget).plain_html(widget.get_state())
    assert "<script" not in plain and "<img src=x" not in plain
    assert 'alert("x")' in html.unescape(plain)


@given(st.text(max_size=40))
def test_code_html_keeps_every_letter(text):
    plain = code_html(text)
    bare = re.sub(r"</?code>", "", plain)
    assert html.unescape(bare.replace("`", "")) == html.unescape(html.escape(text, quote=False).replace("`", ""))
    assert plain.count("`") == text.count("`") % 2


@pytest.mark.parametrize(("text", "plain"), [
    ("a `b` c", "a <code>b</code> c"), ("a `b` c ` d", "a <code>b</code> c ` d"), ("` a", "` a"),
    ("``", "<code></code>"), ("`a` `b` `", "<code>a</code> <code>b</code> `"), ("", "")])
def test_a_backtick_that_nothing_closes_stands_for_itself(text, plain):
    assert code_html(text) == plain


@pytest.mark.parametrize(("value", "label"), [
    (4937, "4,937"), (np.int8(5), "5"), (0.30000000000000004, "0.3"), (np.float32(0.5), "0.5"), (float("nan"), "nan"),
    (float("inf"), "inf"), ((1, (2, 3)), "(1, [2, 3])"), (None, "None"), (True, "True"), ("", ""), (2**70, "1.18e21"),
])
def test_labels(value, label):
    assert label_of(value) == label


def test_booleans_are_no_numbers():
    assert is_number(5) and is_number(0.5) and not is_number(True) and not is_number("5")


# -- what is revealed ----------------------------------------------------------------------------------------


def test_reveal_takes_words_tables_and_figures(figure):
    rows = [("token", "share"), ("cat", np.float64(1 / 3))]
    parts = choice(reveal=["words", rows, figure], alt="A rising curve.").reveal
    assert parts[0] == {"kind": "words", "text": "words"}
    assert parts[1] == {"kind": "table", "rows": [["token", "share"], ["cat", "0.333"]]}
    assert parts[2].keys() == {"kind", "alt", "svg"} and parts[2]["alt"] == "A rising curve."


def test_a_figure_is_drawn_with_the_same_bytes(figure):
    first = choice(reveal=figure, alt="A curve.").reveal[0]["svg"]
    again = choice(reveal=figure, alt="A curve.").reveal[0]["svg"]
    assert first == again and first.startswith("<svg") and "<dc:date>" not in first
    assert "&lt;squares &amp; more&gt;" in first and "“Squares” — x²" in first  # its text is text
    assert not plt.fignum_exists(figure.number)  # else the notebook would show it before the guess
    assert "svg.hashsalt" not in plt.rcParams or plt.rcParams["svg.hashsalt"] != "book"


def test_in_a_class_guesses_stay_shut(monkeypatch):
    assert choice().shut is False
    monkeypatch.setattr(Guess, "in_class", True)
    assert choice().shut is True

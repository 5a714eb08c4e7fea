"""A guess is worth the same in Python and in JavaScript, and what readers type is read as they mean it."""

import math
import unicodedata
from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from places import PACKAGE
from twins import running

from book_utils.classroom.answers import Question

rules = import_module("book_utils.asking.score")  # book_utils.asking.score names a function, too
SCORE = PACKAGE / "asking" / "score.js"
LABELS = ["2", "4", "8", "a", "É", "𝛼", "￿", "both the same"]


def cases(*given_by, **named):
    """`given` without its clock: a busy machine is no fault of the rules."""
    return lambda test: settings(deadline=None)(given(*given_by, **named)(test))


@pytest.fixture(scope="module")
def ask():
    """A function that calls score.js."""
    with running(SCORE) as call:
        yield call


def finite(**limits):
    return st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False, **limits)


amounts = finite(min_value=1e-300, max_value=1e300)
whole = st.integers(-(2**53) + 1, 2**53 - 1)
small = st.integers(-16_000, 16_000).map(lambda n: n / 8)  # whole numbers, halves, and what is rounded up or down
numbers = st.one_of(finite(min_value=-1e300, max_value=1e300), whole, small)
shapes = st.lists(st.integers(0, 100_000), max_size=4)
several = st.lists(st.sampled_from(LABELS), min_size=1, unique=True)


# -- the same in both languages ------------------------------------------------------------------------------


@cases(answer=amounts, guess=numbers)
def test_ratio(ask, answer, guess):
    scale = {"by": "ratio"}
    assert ask("score", "number", answer, guess, scale) is rules.score("number", answer, guess, scale)
    found = ask("factor", answer, guess)
    assert (math.inf if found == "infinite" else float(found)) == rules.factor(answer, guess)


@cases(answer=numbers, guess=numbers, within=st.floats(0, 10))
def test_distance(ask, answer, guess, within):
    for scale in ({"by": "within", "within": within}, {"by": "exact"}):
        assert ask("score", "number", answer, guess, scale) is rules.score("number", answer, guess, scale)


@cases(numbers, st.lists(numbers, max_size=2).map(sorted))
def test_numbers_that_cannot_be(ask, guess, limits):
    outside = rules.impossible(guess, limits)
    assert outside == ask("impossible", guess, limits)
    assert outside == any([guess < low for low in limits[:1]] + [guess > high for high in limits[1:]])


@cases(answer=several, guess=several, shape=shapes, other=shapes)
def test_choices_and_shapes(ask, answer, guess, shape, other):
    for kind, right, said in [
        ("choices", answer, guess), ("choices", answer, answer[::-1]), ("choice", answer[0], guess[0]),
        ("shape", shape, other), ("shape", shape, shape[:]), ("words", "a", "b"), ("choice", "a", None),
    ]:
        assert ask("score", kind, right, said, {}) is rules.score(kind, right, said, {}), (kind, right, said)


@cases(numbers)
def test_numbers_are_written_alike(ask, number):
    assert ask("numberText", number) == rules.number_text(number)


@cases(numbers.filter(lambda number: number == 0 or 1e-300 < abs(number) < 1e300))
def test_what_is_written_is_read_again(ask, number):
    """To the three digits that are shown, and to the last digit of whole numbers below 10^15."""
    back = ask("readNumber", rules.number_text(number))
    assert back == number if number == int(number) and abs(number) < 1e15 else math.isclose(back, number, rel_tol=0.006)


@cases(shapes)
def test_shapes_are_read_as_written(ask, shape):
    assert ask("readShape", rules.label_of(shape)) == shape
    assert ask("legal", "shape", shape, [])


@cases(st.tuples(*[finite(min_value=-1e6, max_value=1e6)] * 4), finite(min_value=1e-3, max_value=1e6))
def test_points(ask, four, spread):
    right, said, scale = list(four[:2]), list(four[2:]), {"by": "spread", "spread": spread}
    if abs(math.dist(right, said) / spread - 0.5) > 1e-9:  # the two languages may round the last digit apart
        assert ask("score", "point", right, said, scale) is rules.score("point", right, said, scale)


@cases(st.permutations(LABELS), st.permutations(LABELS))
def test_orders(ask, answer, guess):
    assert ask("score", "order", answer, guess, {}) is rules.score("order", answer, guess, {}) is (answer == guess)
    assert ask("legal", "order", guess, LABELS)
    assert not ask("legal", "order", guess[1:], LABELS) and not ask("legal", "order", [*guess[1:], guess[1]], LABELS)


@cases(st.lists(st.sampled_from(LABELS), min_size=1, unique=True), several)
def test_lines(ask, answer, guess):
    assert ask("score", "lines", answer, guess, {}) is rules.score("lines", answer, guess, {}) is (answer == guess)
    allowed = Question("a", "b", "", "lines", "?", [{"label": label} for label in LABELS], answer, "", {}, "").allows
    for said in (guess, [*guess, guess[0]], [*guess, "no line"], [], guess[0], [1]):
        assert ask("legal", "lines", said, LABELS) is allowed(said) is (said == guess), said


# -- rules with known results --------------------------------------------------------------------------------


@pytest.mark.parametrize(("answer", "guess", "scale", "right"), [
    (1000, 500, {"by": "ratio"}, True),  # exactly a factor of 2
    (1000, 2000, {"by": "ratio"}, True),
    (1000, 499, {"by": "ratio"}, False),
    (1000, 2001, {"by": "ratio"}, False),
    (1000, -1000, {"by": "ratio"}, False),
    (1000, 0, {"by": "ratio"}, False),
    (0.2, 0.3, {"by": "within", "within": 0.1}, True),  # 0.3 - 0.2 is more than 0.1 in binary
    (0.2, 0.31, {"by": "within", "within": 0.1}, False),
    (-5, 5, {"by": "exact"}, False),
    (0.1 + 0.2, 0.3, {"by": "exact"}, True),
    (12, 13, {"by": "exact"}, False),
])
def test_known_scores(ask, answer, guess, scale, right):
    assert rules.score("number", answer, guess, scale) is right
    assert ask("score", "number", answer, guess, scale) is right


@pytest.mark.parametrize(("number", "text"), [
    (0, "0"), (12, "12"), (38597376, "38,597,376"), (-1234, "-1,234"), (0.5, "0.5"), (2**0.5, "1.41"),
    (999.4, "999"), (999.5, "1,000"), (999.6, "1,000"), (1000.5, "1,001"), (2.125, "2.13"), (0.0001, "0.0001"),
    (0.0000123, "1.23e-5"), (0.00009999, "0.0001"), (999_999_999_999_999, "999,999,999,999,999"), (2e21, "2e21"),
])
def test_known_texts(ask, number, text):
    assert rules.number_text(number) == text
    assert ask("numberText", number) == text


@pytest.mark.parametrize(("text", "number"), [
    ("12", 12), (" 1,500 ", 1500), ("1 500", 1500), ("1_500", 1500), ("1\u202f500\u00a0000", 1_500_000),
    ("2.5e6", 2.5e6), ("2.5E-3", 0.0025), ("3 million", 3e6), ("3M", 3e6), ("1.5k", 1500), ("2 Billion", 2e9),
    ("1 trillion", 1e12),
    ("-4", -4), ("\u22124", -4), ("+4", 4), (".5", 0.5), ("5.", 5), ("12,34,567", 1_234_567), ("1,234.5", 1234.5),
    ("1,5", None), ("1,50", None), ("1,2345", None), ("", None), ("   ", None), ("five", None), ("5 cats", None),
    ("5e", None), ("1.2.3", None), ("--4", None), ("NaN", None), ("Infinity", None), ("1e999", None), ("0x10", None),
    ("5 constructor", None), ("<script>", None), ("٣", None), ("1" * 400, None), ("-", None), (",", None),
    ("1e305 million", None), ("1e302 million", 1e308),
])
def test_numbers_that_readers_type(ask, text, number):
    assert ask("readNumber", text) == number


@pytest.mark.parametrize(("text", "shape"), [
    ("(5, 768)", [5, 768]), ("5, 768", [5, 768]), ("5,768", [5, 768]), ("5 x 768", [5, 768]), ("5X768", [5, 768]),
    ("5 × 768", [5, 768]), ("5*768", [5, 768]), ("5 768", [5, 768]), ("[2, 3, 4]", [2, 3, 4]), ("(5,)", [5]),
    ("5", [5]), ("()", []), ("[ ]", []), ("(0, 4)", [0, 4]),
    ("", None), ("(", None), ("(5, 768", None), ("5, -1", None), ("2.5, 3", None), ("a, b", None), ("5;768", None),
    ("(5, , 768)", None), ("9" * 20, None),
])
def test_shapes_that_readers_type(ask, text, shape):
    assert ask("readShape", text) == shape


@cases(st.text(max_size=60))
def test_any_text_is_read_or_refused(ask, text):
    number, shape = ask("readNumber", text), ask("readShape", text)
    assert number is None or ask("legal", "number", number, [])
    assert shape is None or ask("legal", "shape", shape, [])
    assert number is None or any(unicodedata.category(letter) == "Nd" for letter in text)


def test_long_text_is_read_at_once(ask):
    """A pattern that backtracks would still be at it tomorrow."""
    n = 100_000
    for text in ("1" * n + "!", "1 " * n + "!", "(" * n, "1" + " " * n + "!", "1," * n + "x", " " * n + "1"):
        assert ask("readNumber", text) is None or text.strip() == "1"
        assert ask("readShape", text) in (None, [1])


# -- what storage may hold -----------------------------------------------------------------------------------

ANYTHING = [None, True, False, 0, 1, -1, 1.5, 1e308, "", " ", "2", "purple", [], ["2"], ["purple"], [1, 2], [-1], [1.5],
            ["2", None], {}, {"length": 1}, [[1]], "<script>"]
LEGAL = {
    "choice": ["2"],
    "choices": [["2"]],
    "number": [0, 1, -1, 1.5, 1e308],
    "shape": [[], [1, 2]],
    "order": [],
    "lines": [["2"]],
    "point": [[1, 2]],
    "words": ["2", "purple", "<script>"],
    "no such kind": [],
}


@pytest.mark.parametrize("kind", LEGAL)
def test_only_a_guess_of_the_right_form_is_legal(ask, kind):
    for value in ANYTHING:
        expected = any(value == legal and type(value) is type(legal) for legal in LEGAL[kind])
        assert ask("legal", kind, value, ["2", "4"]) is expected, value

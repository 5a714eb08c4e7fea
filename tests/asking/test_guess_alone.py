"""The guess lives in node: what is read from its fields, where numbers stand, and what is said of them."""

import itertools
import math
from importlib import import_module

import numpy as np
import pytest
from living import WORDS, all_of, at, classes, living, numbers, text_of
from places import PACKAGE
from twins import running

from book_utils.asking.guess import Guess
from book_utils.asking.how_sure import HowSure

text = import_module("book_utils.asking.score").number_text
# Where the ticks of both lines stand, and given numbers beside them.
LINES = """
const seen = ({ ticks, place }, numbers) => ({
  ticks: ticks.map(([n, words]) => [n, words, place(n)]), places: numbers.map(place) });
export const powers = (scale, numbers) => seen(logLine(scale), numbers);
export const steps = (numbers, possible) => seen(evenLine(numbers, possible ?? []), numbers);
export const limits = (limits) => possibleWords(limits, {
  possibleBetween: "between {low} and {high}", possibleFrom: "from {low}" });
"""
ASKED = {"question": "How `many`?", "choices": [], "answer_text": "the `text`", "because": "Why.\n\nAnd more.",
         "longer": "", "reveal": [], "scale": {}, "unit": "", "points": [], "code": [], "shut": False, "possible": [],
         "guess": None, "confidence": "", "second": None, "skipped": False, "revealed": False, "rating": "",
         "ticked": [], "changing": False}  # fmt: skip
CHOICES = [{"label": "`a` one", "note": "note of a"}, {"label": "b", "note": ""}, {"label": "c", "note": "note of c"}]


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    calls = tmp_path_factory.mktemp("lines") / "lines.js"
    calls.write_text(LINES, encoding="utf-8")
    files = [PACKAGE / name for name in Guess.files if name.endswith(".js") and not name.endswith("guess.js")]
    with running(*files, calls) as call:
        yield call


@pytest.fixture(scope="module")
def guess():
    with living(Guess) as life:
        yield life
        assert life.ends()


def asked(kind, answer, **more):
    return ASKED | {"kind": kind, "answer": answer} | more


def place_of(element):
    return float(element["style"]["--at"].rstrip("%"))


# -- the two lines of numbers ----------------------------------------------------------------------------------------


def power_text(k):
    high = str(abs(k)).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return text(10.0**k) if abs(k) < 5 else f"10{'⁻' * (k < 0)}{high}"


@pytest.mark.parametrize(("low", "high"), [(1, 1e6), (1, 1e7), (1, 1e12), (1, 1e13), (0.02, 3e9), (5, 50),
                                           (1e-12, 1e-4), (1e-6, 1e6), (10, 100)])  # fmt: skip
def test_a_line_of_powers_has_at_most_seven_ticks_as_close_as_that_allows(lines, low, high):
    span = math.log10(high) - math.log10(low)
    step = next(step for step in itertools.count(1) if span / step <= 6 + 1e-9)
    first = next(k for k in itertools.count(-20) if 10.0**k >= low * (1 - 1e-9))
    ks = [k for k in range(first, 20, step) if 10.0**k <= high * (1 + 1e-9)]
    given = [low, high, math.sqrt(low * high), low * high / 7]
    found = lines("powers", {"low": low, "high": high}, given)
    assert [(n, words) for n, words, _ in found["ticks"]] == [(pytest.approx(10.0**k), power_text(k)) for k in ks]
    expected = [100 * math.log10(n / low) / span for n in [*(10.0**k for k in ks), *given]]
    assert [place for *_, place in found["ticks"]] + found["places"] == pytest.approx(expected, abs=1e-6)
    assert lines("powers", {"low": low, "high": high}, [0, -5])["places"][0] < 0


NUMBERS = [
    [3, 7],
    [0, 1],
    [-4, 12],
    [0.15, 0.17],
    [100, 99_000],
    [1, 6],
    [1, 6.1],
    [5, 5],
    [0, 0],
    [-8, -8],
    [2, 12],
    [0.4, 0.5, 0.46],
    [1_000_001, 1_000_002],
]


@pytest.mark.parametrize(
    ("given", "possible"),
    [
        *((given, None) for given in NUMBERS),
        *((given, [-20]) for given in NUMBERS),
        ([0, 1], [0, 1]),
        ([0.2, 0.9], [0, 1]),
    ],
)
def test_an_even_line_steps_by_one_two_or_five_and_holds_all_numbers(lines, given, possible):
    least, most = min(given), max(given)
    least, most = (possible + [most] if len(possible) == 1 else possible) if possible else (least, most)
    rough = (most - least or abs(most) or 1) / 5
    sizes = sorted(times * 10.0**k for times in (1, 2, 5) for k in range(-9, 12))
    step = next(size for size in sizes if size >= rough * 0.999)  # up to five steps
    found = lines("steps", given, possible)
    ticks = [n for n, *_ in found["ticks"]]
    assert np.diff(ticks) == pytest.approx([step] * (len(ticks) - 1)) and 2 <= len(ticks) <= 8
    assert ticks[0] - 1e-9 <= least < ticks[0] + step and ticks[0] / step == pytest.approx(round(ticks[0] / step))
    assert ticks[-1] >= most - 1e-9 and (ticks[-1] < most + step or len(ticks) == 2 and ticks[-1] <= most + step + 1e-9)
    assert [words for _, words, _ in found["ticks"]] == [text(float(f"{n:.12g}")) for n in ticks]
    places = [100 * (n - ticks[0]) / (ticks[-1] - ticks[0]) for n in [*ticks, *given]]
    assert [place for *_, place in found["ticks"]] + found["places"] == pytest.approx(places, abs=1e-6)


def test_limits_are_said_as_one_or_two(lines):
    assert lines("limits", [0, 1]) == "between 0 and 1"
    assert lines("limits", [0.00001, 38_597_376]) == "between 1e-5 and 38,597,376"
    assert lines("limits", [2000]) == "from 2,000"


# -- what is said of how far a guess was -----------------------------------------------------------------------------


@pytest.mark.parametrize(("answer", "guess_", "scale", "said"), [
    (1000, 1004, {"by": "ratio"}, "exactly"), (1000, 1005, {"by": "ratio"}, "within a factor of 2"),
    (1000, 2000, {"by": "ratio"}, "within a factor of 2"), (1000, 500, {"by": "ratio"}, "within a factor of 2"),
    (1000, 2001, {"by": "ratio"}, "within a factor of 10"), (1000, 10_000, {"by": "ratio"}, "within a factor of 10"),
    (1000, 10_200, {"by": "ratio"}, "off by a factor of 10"), (1, 123.4, {"by": "ratio"}, "off by a factor of 120"),
    (1, 996, {"by": "ratio"}, "off by a factor of 1,000"), (1, 1000, {"by": "ratio"}, "off by a factor of 1,000"),
    (1, 1234.4, {"by": "ratio"}, "off by a factor of 1,234"), (1, -1, {"by": "ratio"}, "on the other side of zero"),
    (1, 0, {"by": "ratio"}, "on the other side of zero"),
    (12, 12, {"by": "exact"}, "exactly"), (12, 15, {"by": "exact"}, "off by 3"), (12, 9, {"by": "exact"}, "off by 3"),
    (0.5, 0.25, {"by": "within", "within": 0.5}, "off by 0.25"),
    ([0, 0], [3, 4], {"by": "spread", "spread": 2}, "off by 2.5 × the map's spread"),
    ([1, 1], [4, -3], {"by": "spread", "spread": 30}, "off by 0.17 × the map's spread"),
])  # fmt: skip
def test_how_far_off_is_said_in_words(lines, answer, guess_, scale, said):
    assert lines("distance", answer, guess_, scale, WORDS) == said


@pytest.mark.parametrize(("kind", "guess_", "unit", "said"), [
    ("number", 1500, "MB", "1,500 MB"), ("number", 0.5, "", "0.5"), ("order", ["a", "b", "c"], "", "a › b › c"),
    ("lines", ["a", "b"], "", "a › b"), ("shape", [5, 768], "", "(5, 768)"), ("shape", [], "", "()"),
    ("point", [0.5, -1], "", "(0.5, -1)"), ("choice", "a", "", "a"), ("choices", ["a", "b"], "", "a, b"),
    ("words", "so", "", "so"),
])  # fmt: skip
def test_a_guess_is_written_as_its_kind(lines, kind, guess_, unit, said):
    assert lines("guessText", kind, guess_, unit) == said


# -- fields ----------------------------------------------------------------------------------------------------------

SURE = WORDS["sure"]


def problem(life):
    return life.text("guess-problem")


def test_a_choice_is_one_and_choices_are_several(guess):
    guess.begins(asked("choice", "b", choices=CHOICES)).press(SURE)
    assert guess.saves == [] and problem(guess) == WORDS["needGuess"]
    assert text_of(guess.one("guess-ask")) == "How many?a onebc"
    boxes = [one["given"] for one in guess.all("input")]
    assert [(one["type"], one["value"], one["name"]) for one in boxes] == [
        ("radio", one["label"], "choice") for one in CHOICES
    ]
    guess.happens("input", "change", 1, {"checked": True})
    guess.press(SURE)
    assert guess.saves == [{"guess": "b", "confidence": "sure", "revealed": True}] and problem(guess) == ""
    guess.begins(asked("choices", ["`a` one", "c"], choices=CHOICES))
    assert {one["given"]["type"] for one in guess.all("input")} == {"checkbox"}
    assert text_of(guess.one("guess-ask")).startswith("How many?" + WORDS["several"])
    for place in (0, 2):
        guess.happens("input", "change", place, {"checked": True})
    guess.press(SURE)
    assert guess.saves == [{"guess": ["`a` one", "c"], "confidence": "sure", "revealed": True}]
    assert [text_of(one) for one in guess.all("guess-choice")][1] == "b"
    guess.begins(asked("choice", "b", choices=CHOICES, guess="c", revealed=True))
    assert [one["given"]["checked"] for one in guess.all("input")] == [False, False, True]


RATIO = {"scale": {"by": "ratio", "low": 10, "high": 1e6}, "unit": "MB"}


def value_of(life, place):
    return float(life.all("input")[place]["given"]["value"])


def test_a_number_and_its_slider_say_the_same(guess):
    guess.begins(asked("number", 1000, **RATIO))
    field, slider = (one["given"] for one in guess.all("input"))
    assert (slider["min"], slider["max"], slider["value"]) == (1, 6, "3.5") and slider["step"] == pytest.approx(5 / 200)
    assert (field["type"], field["inputMode"]) == ("text", "decimal")
    assert text_of(guess.all("label")[0]) == "Your number (MB) "

    def told():
        return guess.all("input")[1]["attributes"]["aria-valuetext"]

    assert told() == WORDS["noNumber"]
    guess.happens("input", "input", 1, {"value": 3.33})
    assert guess.all("input")[0]["given"]["value"] == "2,100" and told() == "2,100 MB"  # two digits of 10^3.33
    for typed, place in (("5 thousand", math.log10(5000)), ("x", math.log10(5000)), ("0", math.log10(5000)), ("1", 0)):
        guess.happens("input", "input", 0, {"value": typed})
        assert value_of(guess, 1) == pytest.approx(place), typed
    assert told() == "1 MB"
    ticks = [(text_of(one), place_of(one)) for one in guess.one("guess-scale")["children"]]
    assert ticks == [(power_text(k), pytest.approx(20 * (k - 1))) for k in range(1, 7)]
    guess.happens("input", "input", 0, {"value": "x"})
    guess.press(SURE)
    assert problem(guess) == WORDS["needNumber"] and told() == WORDS["noNumber"] and guess.saves == []
    guess.happens("input", "input", 0, {"value": "1.5k"})
    guess.press(SURE)
    assert guess.saves == [{"guess": 1500, "confidence": "sure", "revealed": True}]


@pytest.mark.parametrize(("possible", "typed", "allowed"), [
    ([0, 1], "0", True), ([0, 1], "1", True), ([0, 1], "1.01", False), ([0, 1], "-0.01", False), ([5], "4", False),
    ([5], "5", True), ([], "-9", True)])  # fmt: skip
def test_what_cannot_be_is_not_kept(guess, possible, typed, allowed):
    guess.begins(asked("number", 0.5, scale={"by": "within", "within": 0.1}, possible=possible))
    assert len(guess.all("input")) == 1, "no slider without the ends of a scale"
    guess.happens("input", "input", 0, {"value": typed})
    guess.press(SURE)
    assert bool(guess.saves) == allowed
    limits = [text(one) for one in possible]
    words = WORDS["possibleBetween" if len(possible) == 2 else "possibleFrom"]
    assert problem(guess) == ("" if allowed else words.format(**dict(zip(("low", "high"), limits, strict=False))))


@pytest.mark.parametrize(("stored", "shown"), [(1500, "1,500"), (1.23456, "1.23456"), (0.5, "0.5"), (-7, "-7")])
def test_a_stored_number_is_shown_so_that_it_is_read_again(guess, stored, shown):
    for scale, sliders in (
        ({"by": "exact"}, []),
        (RATIO["scale"], [pytest.approx(math.log10(stored) if stored > 0 else 3.5)]),
    ):
        guess.begins(asked("number", 2000, scale=scale, guess=stored, revealed=True))
        assert guess.all("input")[0]["given"]["value"] == shown
        assert [value_of(guess, place) for place in range(1, 1 + len(sliders))] == sliders


def test_what_was_guessed_is_there_for_a_second_thought(guess):
    kinds = {"point": ([4, 2], {"scale": SPREAD}), "number": (0, RATIO), "shape": ([], {}), "words": ("so", {}),
             "choice": ("c", {"choices": CHOICES}), "choices": (["c"], {"choices": CHOICES}),
             "lines": (["c", "b"], {"choices": CHOICES}),
             "order": (["c", "b", "`a` one"], {"choices": CHOICES})}  # fmt: skip
    for kind, (given, more) in kinds.items():
        answer = [11, 6] if kind == "point" else 10
        guess.begins(asked(kind, answer, guess=given, shut=True, **more)).press(WORDS["changeMind"])
        guess.press(WORDS["commitSecond"])
        assert guess.saves[-1] == {"second": None, "changing": False}, kind
    guess.begins(asked("number", 10, guess=0, shut=True, **RATIO))
    assert value_of(guess, 1) == 3.5, "0 has no place on a scale of powers"
    guess.begins(asked("words", "", skipped=True, revealed=True))
    assert guess.one("textarea")["given"]["value"] == ""


def test_a_shape_and_words_are_read(guess):
    guess.begins(asked("shape", [5, 768])).press(SURE)
    assert problem(guess) == WORDS["needShape"] and text_of(guess.one("label")) == "Your shape "
    guess.happens("input", "input", 0, {"value": "5 x 768"}).press(SURE)
    assert guess.saves == [{"guess": [5, 768], "confidence": "sure", "revealed": True}]
    assert guess.all("input")[0]["given"]["value"] == "(5, 768)"
    guess.begins(asked("words", "")).happens("textarea", "input", 0, {"value": "  "})
    guess.press(WORDS["commit"])
    assert problem(guess) == WORDS["needWords"] and guess.one("textarea")["given"]["maxLength"] == 20_000
    guess.happens("textarea", "input", 0, {"value": " so "}).press(WORDS["commit"])
    assert guess.saves == [{"guess": "so", "confidence": "", "revealed": True}]


# -- what is put in order --------------------------------------------------------------------------------------------


def rows_of(life, name="guess-order"):
    return [text_of(one["children"][0]["children"][1]) for one in life.one(name)["children"]]


def test_items_move_by_one_and_stay_at_the_ends(guess):
    labels = [one["label"] for one in CHOICES]
    guess.begins(asked("order", labels, choices=CHOICES))
    order, plain = labels[:], [label.replace("`", "") for label in labels]
    for label, by in [(0, 1), (0, 1), (0, 1), (2, -1), (2, -1), (1, -1), (0, -1)]:
        place = order.index(labels[label])
        to = place + by
        guess.press(f"{WORDS['moveUp' if by < 0 else 'moveDown']}: {plain[label]}")
        if 0 <= to < 3:
            order.insert(to, order.pop(place))
            told = f"{plain[label]}: {to + 1}"
        (said,) = [text_of(one) for one in guess.all("book-hidden") if one["attributes"].get("aria-live")]
        assert said == told, "and where nothing moves, nothing is said"
        assert rows_of(guess) == [one.replace("`", "") for one in order], (label, by)
        assert guess.active["attributes"]["aria-label"].endswith(plain[label]), "the button keeps the focus"
    guess.press(SURE)
    assert guess.saves == [{"guess": order, "confidence": "sure", "revealed": True}]


def test_lines_join_a_program_and_leave_it_again(guess):
    guess.begins(asked("lines", ["b", "c"], choices=CHOICES)).press(SURE)
    assert problem(guess) == WORDS["needLines"] and rows_of(guess, "guess-lines") == []
    for label in ("c", "a one", "b"):
        guess.press(label)
    (said,) = [text_of(one) for one in guess.all("book-hidden") if one["attributes"].get("aria-live")]
    assert (
        said == "b: 3"
        and rows_of(guess, "guess-lines") == ["c", "a one", "b"]
        and not guess.one("guess-offers")["children"]
    )
    assert guess.active["attributes"]["aria-label"] == "Move up: b", "no line is left to take"
    guess.press("Take out: a one")
    (said,) = [text_of(one) for one in guess.all("book-hidden") if one["attributes"].get("aria-live")]
    assert said == "a one: taken out" and text_of(guess.one("guess-offers")) == text_of(guess.active) == "a one"
    assert guess.one("guess-lines")["attributes"]["aria-label"] == WORDS["linesTaken"]
    assert [text_of(one) for one in guess.all("guess-hint")][:2] == [WORDS["linesHint"], f"{WORDS['linesTaken']}:"]
    guess.press("Move up: b")
    guess.press(SURE)
    assert guess.saves == [{"guess": ["b", "c"], "confidence": "sure", "revealed": True}]
    (_, right, others) = guess.set().all("guess-lines")
    assert [text_of(one) for one in right["children"]] == ["b", "c"]
    assert [text_of(one) for one in others["children"]] == ["a one: note of a"]
    assert "book-hidden" in classes(guess.one("guess-answer")["children"][1]), "the answer stands below, as a list"


# -- a place on a map ------------------------------------------------------------------------------------------------

MAP = [["cat", 2.0, 1.0], ["dog", 3.0, 1.5], ["ship", 12.0, 6.0], ["sun", 6.5, 3.0], ["boat", 11.0, 6.0]]
SPREAD = {"by": "spread", "spread": 2, "points": MAP}


def on_map(x, y):
    """Where a place of MAP is drawn: its edges lie 15 % of its size beyond its points."""
    return 640 * (x - 0.5) / 13, 440 * (6.75 - y) / 6.5


def test_a_mark_is_put_by_sliders_or_on_the_map(guess):
    guess.begins(asked("point", [11, 6], scale=SPREAD)).press(SURE)
    assert problem(guess) == WORDS["needPoint"]
    across, up = (one["given"] for one in guess.all("input"))
    assert (across["min"], across["max"], across["value"]) == (0.5, 13.5, "7")
    assert across["step"] == pytest.approx(0.13)
    assert (up["min"], up["max"], up["value"]) == (0.25, 6.75, "3.5") and up["step"] == pytest.approx(0.065)
    dots = [at(one, "cx", "cy") for one in guess.all("circle")]
    assert dots == [pytest.approx(on_map(x, y)) for _, x, y in MAP]
    guess.happens("input", "input", 0, {"value": "4.00049"})
    guess.happens("input", "input", 1, {"value": "2"})
    near = [text_of(one) for one in guess.all("guess-hint") if one["attributes"].get("aria-live")]
    assert near == ["Near to dog, cat, sun"]
    assert [one["attributes"]["aria-valuetext"] for one in guess.all("input")] == ["4", "2"]
    (x, y), d = on_map(4, 2), guess.one("guess-at-own")["attributes"]["d"]
    assert numbers(d) == pytest.approx([x - 9, y, 18, x, y - 9, 18])
    guess.happens(".guess-map", "click", clientX=100, clientY=35)  # on a map from (20, 10) to (120, 110)
    assert [value_of(guess, 0), value_of(guess, 1)] == pytest.approx([0.5 + 0.8 * 13, 6.75 - 0.25 * 6.5])
    (near,) = [text_of(one) for one in guess.all("guess-hint") if one["attributes"].get("aria-live")]
    assert near == "Near to boat, ship, sun"
    guess.press(SURE).set()  # where it is comes after the next frame
    assert guess.saves == [{"guess": [10.9, 5.125], "confidence": "sure", "revealed": True}]
    assert at(guess.one("guess-at-answer"), "cx", "cy") == pytest.approx(on_map(11, 6))
    assert numbers(guess.one("guess-at-own")["attributes"]["d"])[1] == pytest.approx(on_map(10.9, 5.125)[1])
    assert sorted(text_of(one) for one in guess.all("guess-at-text")) == ["Answer", "Your guess"]
    (said,) = guess.all("guess-said")
    assert text_of(said) == "✓ Right. (off by 0.44 × the map's spread)"
    before = [one["given"]["value"] for one in guess.all("input")]
    guess.happens("input", "none", 0, {"disabled": True})
    guess.happens(".guess-map", "click", clientX=10, clientY=10)
    assert [one["given"]["value"] for one in guess.all("input")] == before, "it is decided"


def test_no_name_on_a_map_covers_another(guess):
    given = [6.4, 3.4]
    guess.begins(asked("point", [11.2, 5.7], scale=SPREAD, guess=given, revealed=True))
    dots = [(*at(one, "cx", "cy"), float(one["attributes"]["r"])) for one in guess.all("circle")]
    boxes = [(x - r, y - r, x + r, y + r) for x, y, r in [*dots[-1:], (*on_map(*given), 9)]]  # of both marks
    assert len(dots) == 6 and {r for *_, r in dots} == {5, 9}
    for one in guess.all("text"):
        (x, base), long = at(one), 10.5 * (1.1 if "guess-at-text" in classes(one) else 1) * len(text_of(one))
        boxes.append((x, base - 15, x + long, base + 5))
    for one, other in itertools.combinations(boxes, 2):
        apart = [max(one[axis], other[axis]) - min(one[axis + 2], other[axis + 2]) for axis in (0, 1)]
        assert max(apart) > -2, (one, other)
    for left, top, right, bottom in boxes:
        assert left >= 0 and right <= 640 and top >= 0 and bottom <= 440


PHONE = """
const phone = { matches: true, addEventListener: (_, act) => { phone.heard = act; } };
globalThis.matchMedia = () => phone;
export function narrow(on) { phone.matches = on; phone.heard(); return shown(); }
"""


def test_on_a_phone_the_map_has_larger_letters_and_marks(tmp_path):
    (tmp_path / "phone.js").write_text(PHONE, encoding="utf-8")
    with living(Guess, tmp_path / "phone.js") as guess:
        guess.begins(asked("point", [11.2, 5.7], scale=SPREAD, guess=[6.4, 3.4], revealed=True))
        for on, letter, tall, mark, dot in ((True, 18.5, 32, 14, 8), (False, 10.5, 20, 9, 5), (True, 18.5, 32, 14, 8)):
            guess.see(guess.call("narrow", on))
            (x, y), d = on_map(6.4, 3.4), numbers(guess.one("guess-at-own")["attributes"]["d"])
            assert d == pytest.approx([x - mark, y, 2 * mark, x, y - mark, 2 * mark])
            assert [float(one["attributes"]["r"]) for one in guess.all("circle")] == [dot] * 5 + [mark]
            boxes = []
            for one in guess.all("text"):
                wide = letter * (1.1 if "guess-at-text" in classes(one) else 1)
                (left, base), long = at(one), wide * len(text_of(one))
                boxes.append((left, base - 0.75 * tall, left + long, base + tall / 4))
                assert left >= 0 and left + long <= 640 and base <= 440, "a name stays on the map"
            for one, other in itertools.combinations(boxes, 2):
                assert max(max(one[i], other[i]) - min(one[i + 2], other[i + 2]) for i in (0, 1)) > -2, (one, other)


# -- what is said once it is revealed --------------------------------------------------------------------------------


def revealed(life, kind, answer, given, **more):
    return life.begins(asked(kind, answer, **({"revealed": True, "guess": given, "skipped": given is None} | more)))


@pytest.mark.parametrize(("kind", "answer", "given", "more", "said"), [
    ("choice", "b", "b", {}, "✓ Right."), ("choice", "b", "c", {}, "✗ Not this time."),
    ("choice", "b", "c", {"second": "b"}, "✗ Not this time. Your second thought was right."),
    ("choice", "b", "b", {"second": "c"}, "✓ Right."), ("choice", "b", None, {}, "Shown without a guess."),
    ("choice", "b", "c", {"second": "`a` one"}, "✗ Not this time."),
    ("number", 10, 30, {"scale": {"by": "ratio", "low": 1, "high": 100}}, "✗ Not this time. (within a factor of 10)"),
    ("number", 10, 10, {"scale": {"by": "exact"}}, "✓ Right. (exactly)"),
    ("number", 10, 11, {"scale": {"by": "exact"}, "second": 10},
     "✗ Not this time. (off by 1) Your second thought was right."),
    ("point", [9, 5], [9, 6], {"scale": SPREAD}, "✓ Right. (off by 0.5 × the map's spread)"),
    ("point", [9, 5], [9, 6.1], {"scale": SPREAD}, "✗ Not this time. (off by 0.55 × the map's spread)"),
    ("words", "", None, {}, "Shown without a guess."), ("shape", [1], [2], {}, "✗ Not this time."),
])  # fmt: skip
def test_the_first_line_says_whether_it_was_right(guess, kind, answer, given, more, said):
    revealed(guess, kind, answer, given, choices=CHOICES if kind == "choice" else [], **more)
    assert guess.text("guess-said") == said
    marked = kind == "choice"
    assert ("book-hidden" in classes(guess.one("guess-answer"))) == marked
    assert classes(guess.one("guess-answer")["children"][1]) == []
    assert guess.text("guess-answer") == f"{'One way to say it' if kind == 'words' else 'Answer'}: the text"
    assert guess.one("guess-verdict")["attributes"]["aria-label"] == f"{said} {guess.text('guess-answer')}"
    first = text_of(guess.one("guess-verdict")["children"][0])
    assert first == f"{said} {guess.text('guess-answer')} " + "Why." * marked, (
        "why stands in the first line where the answer is marked"
    )
    assert [text_of(one) for one in guess.one("guess-verdict")["children"] if one["tag"] == "p"][1:] == ["Why."] * (
        not marked
    ) + ["And more."]


def test_own_words_are_never_right_or_wrong(guess):
    revealed(guess, "words", "", "mine")
    assert (
        not guess.all("guess-said")
        and guess.one("guess-verdict")["attributes"]["aria-label"] == "One way to say it: the text"
    )
    radios = [one["given"] for one in guess.all("input")]
    assert [(one["value"], one["checked"]) for one in radios] == [(name, False) for name in ("missed", "partly", "got")]
    guess.happens("fieldset.guess-rating [value=partly]", "change", 0, {"checked": True})
    assert guess.saves == [{"rating": "partly"}]


TEN_THOUSAND = {"by": "ratio", "low": 1, "high": 1e4}


@pytest.mark.parametrize(("scale", "given", "second", "shown"), [
    (TEN_THOUSAND, 10, None, [("answer", "Answer: 100 MB", 50), ("own", "Your guess: 10 MB", 25)]),
    (TEN_THOUSAND, 10, 1e6, [("answer", "Answer: 100 MB", 50), ("own", "Second thought: 1,000,000 MB", 100)]),
    (TEN_THOUSAND, 0, None, [("answer", "Answer: 100 MB", 50), ("own", "Your guess: 0 MB", 0)]),
    ({"by": "exact"}, 60, None, [("answer", "Answer: 100 MB", 100), ("own", "Your guess: 60 MB", 0)]),
    ({"by": "exact"}, None, None, [("answer", "Answer: 100 MB", 0)]),
])  # fmt: skip
def test_marks_stand_on_the_line_at_their_numbers(guess, scale, given, second, shown):
    revealed(guess, "number", 100, given, second=second, scale=scale, unit="MB")
    strip = guess.one("guess-strip")
    marks = [
        (classes(one)[1].removeprefix("guess-mark-"), text_of(one), place_of(one)) for one in strip["children"][1:]
    ]
    assert marks == [(name, words, pytest.approx(place)) for name, words, place in shown]
    assert strip["attributes"]["aria-hidden"] == "true"


def test_choices_are_marked_with_their_notes(guess):
    revealed(guess, "choice", "b", "c", choices=CHOICES, confidence="sure", second="`a` one", longer="Long.")
    found = [
        (
            text_of(one["children"][0]),
            [text_of(tag) for tag in all_of(one, "guess-tag")],
            [text_of(note) for note in all_of(one, "guess-note")],
        )
        for one in guess.all("guess-choice")
    ]
    assert found == [
        ("a one", ["▸ Second thought"], ["note of a"]),
        ("b", ["✓ Answer"], []),
        ("c", ["▸ Your guess (sure)"], ["note of c"]),
    ]
    assert [one["attributes"]["data-answer"] for one in guess.all("guess-choice")] == ["false", "true", "false"]
    (more,) = guess.all("guess-more")
    assert more["given"]["open"] and text_of(more) == "You were sure: more on thisLong."
    for given, confidence in (("c", "leaning"), ("b", "sure"), (None, "sure")):
        revealed(guess, "choice", "b", given, choices=CHOICES, confidence=confidence, longer="Long.")
        (more,) = guess.all("guess-more")
        assert not more["given"]["open"] and text_of(more) == "More on thisLong."
    revealed(guess, "choice", "b", "c", choices=CHOICES)
    assert not guess.all("guess-more")
    revealed(guess, "choices", ["b", "c"], ["c", "b"], choices=CHOICES)
    assert [one["attributes"]["data-answer"] for one in guess.all("guess-choice")] == ["false", "true", "true"]
    tags = [[text_of(tag) for tag in all_of(one, "guess-tag")] for one in guess.all("guess-choice")]
    assert tags == [[], ["✓ Answer", "▸ Your guess"], ["✓ Answer", "▸ Your guess"]]


def test_parts_of_the_chapter_stand_below(guess):
    parts = [
        {"kind": "words", "text": "One.\n\nTwo."},
        {"kind": "table", "rows": [["n", "m"], ["1", "2"]]},
        {"kind": "figure", "alt": "seen", "svg": "<svg/>"},
        {"kind": "figure", "alt": "there", "address": "a.svg"},
    ]
    revealed(guess, "shape", [1], [1], reveal=parts, code=[["k", "x"], ["", " = "], ["n", "1"]])
    verdict = guess.one("guess-verdict")
    assert [one["tag"] for one in verdict["children"]] == ["p", "p", "p", "p", "p", "div", "img", "img", "details"]
    images = [(one["given"]["src"], one["given"]["alt"]) for one in guess.all("img")]
    assert images == [("data:image/svg+xml,%3Csvg%2F%3E", "seen"), ("a.svg", "there")]
    (scroll,) = guess.all("book-scroll")
    assert scroll["attributes"]["aria-label"] == "n, m" and scroll["given"]["tabIndex"] == 0
    guess.happens(".guess-code", "toggle")
    assert text_of(guess.one("guess-code")) == "How this is computedx = 1"
    assert [classes(one) for one in all_of(guess.one("guess-code"), "span")] == [["k"], ["n"]]
    revealed(guess, "shape", [1], [1])
    assert not guess.all("guess-code")


def test_points_of_own_words_are_ticked_and_none_excludes_the_others(guess):
    revealed(guess, "words", "", "mine", points=["one", "`two`"], ticked=[1], rating="partly")
    boxes = [
        (text_of(one), one["children"][0]["given"]["checked"]) for one in all_of(guess.one("guess-points"), "label")
    ]
    assert boxes == [("one", False), ("two", True), ("none of these", False)]
    revealed(guess, "words", "", "mine", points=["one", "two"], rating="missed")
    assert [one["given"]["checked"] for one in guess.all("input")] == [False, False, True]
    life = guess.begins(asked("words", "", revealed=True, guess="mine", points=["one", "two"]))
    for ticks, on, saved in [
            ([0], 0, {"ticked": [0], "rating": "partly"}), ([0, 1], 1, {"ticked": [0, 1], "rating": "got"}),
            ([2], 2, {"ticked": [], "rating": "missed"}), ([0], 0, {"ticked": [0], "rating": "partly"}),
            ([], 0, {"ticked": [], "rating": ""})]:  # fmt: skip
        life.happens("input", "change", on, {"checked": on in ticks})
        assert life.saves[-1] == saved
        assert [one["given"]["checked"] for one in life.all("input")] == [i in ticks for i in range(3)]


# -- committing ------------------------------------------------------------------------------------------------------


def shown(life):
    """The buttons that can be seen."""
    hidden = {
        id(button)
        for part in life.all("fieldset", "p", "div")
        if part.get("given", {}).get("hidden")
        for button in all_of(part, "button")
    }
    return [
        text_of(one) for one in life.all("button") if id(one) not in hidden and not one.get("given", {}).get("hidden")
    ]


def test_in_a_class_the_answer_stays_shut_for_a_second_thought(guess):
    for shut, hint in ((False, "sureReveals"), (True, "sureCommits")):
        guess.begins(asked("shape", [2], shut=shut))
        assert text_of(guess.one("guess-sure")["children"][0]) == f"{WORDS['howSure']} {WORDS[hint]}"
        assert guess.one("guess-sure")["given"]["tabIndex"] == -1
    assert shown(guess) == ["guessing", "leaning", "sure", WORDS["skip"]]
    guess.happens("input", "input", 0, {"value": "1"}).press("leaning")
    assert guess.saves == [{"guess": [1], "confidence": "leaning"}] and shown(guess)[1:] == [
        WORDS["reveal"],
        WORDS["changeMind"],
    ]
    assert text_of(guess.active) == WORDS["reveal"] and guess.text("guess-own") == "Your guess: (1) (leaning)"
    guess.press(WORDS["changeMind"])
    assert shown(guess) == [WORDS["commitSecond"]] and guess.active["tag"] == "input"
    guess.press(WORDS["commitSecond"])
    assert guess.saves[-1] == {"second": None, "changing": False}, "the same again is no second thought"
    guess.press(WORDS["changeMind"])
    guess.happens("input", "input", 0, {"value": "2"}).press(WORDS["commitSecond"])
    assert guess.saves[-1] == {"second": [2], "changing": False}
    assert guess.text("guess-own") == "Your guess: (1) (leaning)Second thought: (2)"
    guess.press(WORDS["reveal"])
    assert guess.saves[-1] == {"revealed": True} and classes(guess.active) == ["guess-verdict"] and shown(guess) == []
    root = guess.one("guess")["attributes"]
    assert (root["data-state"], root["data-right"], root["data-kind"]) == ("committed", "false", "shape")
    guess.set()
    assert guess.one("guess")["attributes"]["data-state"] == "revealed", "after the frame that shows the answer"


def test_first_it_is_said_whether_a_guess_was_right_and_then_what_takes_longer(guess):
    guess.begins(asked("choice", "b", choices=CHOICES))
    guess.happens("input", "input", 2, {"checked": True}).press(SURE)
    longer = ("guess-tag", "guess-note")
    assert guess.text("guess-verdict").strip() == "✗ Not this time. Answer: the text"
    assert not any(guess.all(name) for name in longer)
    guess.set()
    assert guess.text("guess-verdict") == "✗ Not this time. Answer: the text Why.And more."
    assert all(guess.all(name) for name in longer)


def test_a_guess_taken_back_before_the_next_frame_shows_no_answer(guess):
    guess.begins(asked("choice", "b", choices=CHOICES))
    guess.happens("input", "input", 2, {"checked": True}).press(SURE).set(revealed=False, guess=None, confidence="")
    assert guess.one("guess")["attributes"]["data-state"] == "open"
    assert not guess.all("guess-tag") and not guess.all("guess-note")


def test_skipping_reveals_without_a_guess(guess):
    guess.begins(asked("shape", [2])).press(WORDS["skip"])
    assert guess.saves == [{"skipped": True, "revealed": True}] and guess.text("guess-said") == WORDS["skipped"]
    assert guess.one("guess-own")["given"]["hidden"] and guess.one("guess-ask")["given"]["disabled"]


def test_enter_leads_to_the_buttons_and_arrows_from_one_to_the_next(guess):
    guess.begins(asked("shape", [2])).happens("input", "keydown", key="Enter")
    assert guess.prevented and problem(guess) == WORDS["needShape"] and guess.active["tag"] == "input"
    guess.happens("input", "keydown", 0, {"value": "3"}, key="Enter")
    assert classes(guess.active) == ["guess-sure"] and guess.saves == []
    names = ["guessing", "leaning", "sure"]
    for key, by in (("ArrowRight", 1), ("ArrowDown", 1), ("ArrowLeft", -1), ("ArrowUp", -1)):
        for place in range(3):
            guess.happens("button", "keydown", place, key=key)
            assert guess.prevented and text_of(guess.active) == names[(place + by) % 3]
    for place, key, more in ((0, "Enter", {}), (0, "a", {})):
        guess.happens("button", "keydown", place, key=key, **more)
        assert not guess.prevented
    guess.happens("input", "keydown", key="Enter", isComposing=True)
    assert not guess.prevented
    guess.happens("input", "keydown", key="ArrowRight")
    assert not guess.prevented
    guess.begins(asked("words", "")).happens("textarea", "keydown", key="Enter")
    assert not guess.prevented


# -- how sure, how right ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def table():
    with living(HowSure) as life:
        yield life
        assert life.ends()


def of(kind, answer, given, confidence, name="n", **scale):
    return {"kind": kind, "answer": answer, "guess": given, "confidence": confidence, "choices": CHOICES,
            "scale": scale, "name": name, "question": f"Is it `{name}`?"}  # fmt: skip


def how_sure(life, guesses):
    models = {f"m{i}": one for i, one in enumerate(guesses)}
    return life.begins({"guesses": [*models]}, **models)


def test_sureness_is_counted_with_a_share_from_five(table):
    guesses = [of("choice", "b", "b" if i < 2 else "c", "sure", f"s{i}") for i in range(5)]
    guesses += [of("choice", "b", "b", "leaning") for _ in range(4)]
    guesses += [of("words", "b", "x", "sure"), of("choice", "b", None, "sure"), of("choice", "b", "gone", "sure"),
                of("choice", "b", "c", "")]  # fmt: skip
    how_sure(table, guesses)
    rows = [[text_of(cell) for cell in row["children"]] for row in table.all("tr")]
    assert rows == [
        ["You said", "guesses", "right"],
        ["guessing", "0", "0"],
        ["leaning", "4", "4"],
        ["sure", "5", "2 · 40 %"],
    ]
    links = [(one["given"]["href"], text_of(one)) for one in table.all("a")]
    assert links == [(f"#guess-s{i}", f"Is it s{i}?") for i in (2, 3, 4)]
    assert [text_of(one) for one in table.all("p")] == [WORDS["sureTable"], WORDS["surelyWrong"] + ":"]


@pytest.mark.parametrize("made", [0, 1, 4, 5])
def test_few_guesses_are_said_to_be_few(table, made):
    how_sure(table, [of("number", 8, 8, "sure", by="exact") for _ in range(made)])
    told = [text_of(one) for one in table.all("p")][1:]
    assert told == ([WORDS["noGuesses"]] if not made else [WORDS["few"]] if made < 5 else [])
    assert bool(table.all("table")) == (made > 0)


def test_the_table_follows_its_guesses(table):
    how_sure(table, [of("choice", "b", None, "") for _ in range(2)])
    table.set("m0", guess="b", confidence="sure")
    assert [text_of(one) for one in table.all("tr")][3] == "sure11"
    table.set("m1", guess="c", confidence="sure")
    assert [text_of(one) for one in table.all("tr")][3] == "sure21"

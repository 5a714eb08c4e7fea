"""The neighbours explorer lives in node, with a kernel that answers: what it says, where it leads, and the way back."""

import copy
import itertools
import re
from pathlib import Path

import numpy as np
import pytest
from living import WORDS, all_of, at, classes, living, numbers, text_of

from book_utils.explorers.neighbours import Neighbours
from book_utils.explorers.word_sums import terms_of

PAGE = Path(__file__).parents[1] / "support" / "on_a_page.mjs"
NEAR = [[["dog", 0.75], ["cow", 0.5], ["ant", -0.25]], [["cat", 0.75], ["cow", 0.62], ["fox", 0.1]]]
MAP = {"names": ["cat", "dog", "cow", "ant", "fox"], "points": [[0, 0], [1, 1], [-2.5, 0.3], [3, -1], [-1, 2]],
       "share": 0.615}  # fmt: skip
ANSWER = {"asked": ["cat", "dog", 3, "minilm"], "rows": 30522, "rounded": False, "cosine": 0.75, "map": MAP,
          "found": [{"word": "cat", "id": 1, "near": NEAR[0]}, {"word": "dog", "id": 2, "near": NEAR[1]}]}  # fmt: skip
SIZES = {"most": 10, "close": 3, "pieces": 12, "characters": 100,
         "tables": {"minilm": {"dim": 384}, "smollm2": {"dim": 576}}}  # fmt: skip
STATE = {"first": "cat", "second": "dog", "k": 3, "table": "minilm", "sum": "", "sum_answer": {}, "answer": ANSWER,
         "sizes": SIZES, "lazy": {}}  # fmt: skip


# A sum of the words of a small table.
SUMMED = """
export const summedUp = (text, k, table, names) => sumFor(text, k, { ...table, words: names,
  rowOf: new Map(names.map((name, row) => [name, row])), idOf: new Map(names.map((name, id) => [name, id])),
}, { characters: 100, close: 3, pieces: 12 });
"""


@pytest.fixture(scope="module")
def lives(tmp_path_factory):
    summed = tmp_path_factory.mktemp("summed") / "summed.js"
    summed.write_text(SUMMED, encoding="utf-8")
    with living(Neighbours, PAGE, summed) as life:
        yield life
        assert life.ends() and life.call("watching") == 0


@pytest.fixture
def words(lives):
    return lives.begins(copy.deepcopy(STATE))


def signed(number, digits):
    return f"{number:.{digits}f}".replace("-", "−")


def way_of(life):
    way = next(one for one in life.one("neighbours")["children"] if one["tag"] == "p")  # just below the form
    assert way["given"]["hidden"] == (not list(all_of(way, "button")))
    assert text_of(way).startswith(WORDS["neighboursTrail"]) or not text_of(way)
    return [text_of(one) for one in all_of(way, "button")]


def test_the_cosine_and_both_lists_are_told(words):
    assert words.text("neighbours-cosine") == "The cosine of cat and dog is 0.75 "
    lists = words.one("neighbours-lists")["children"]
    for one, word, mark, side, near in zip(lists, ("cat", "dog"), "●■", ("first", "second"), NEAR, strict=True):
        assert text_of(one["children"][0]) == f"{mark} Nearest to {word}"
        items = [text_of(item) for item in all_of(one, "li")]
        assert items == [name + signed(cosine, 2) for name, cosine in near]
        where = [(link["attributes"]["data-side"], link["attributes"]["data-word"]) for link in all_of(one, "button")]
        assert where == [(side, name) for name, _ in near]
    notes = [text_of(one) for one in words.one("neighbours-soft")["children"] if one]
    assert notes[0] == WORDS["neighboursShare"].format(percent=62, n=5, dim=384)
    assert notes[1:] == ["● near the first word, ■ near the second, ◆ near both",
                         WORDS["neighboursWhole"].format(n="30,522")]  # fmt: skip
    fields = {(one["given"]["value"], one["given"].get("checked")) for one in words.all("input")}
    assert fields == {("cat", False), ("dog", False), ("3", False), ("", False), ("minilm", True), ("smollm2", False)}


def test_the_map_has_one_scale_and_a_mark_for_each_word(words):
    picture = words.one("neighbours-map")
    assert numbers(picture["attributes"]["viewBox"]) == [0, 0, 640, 384]
    marks = [one for one in picture["children"] if "neighbours-mark" in classes(one)]
    assert [text_of(one) for one in marks] == ["●", "■", "◆", "●", "■"]
    places = [(at(one)[0], at(one)[1] - 5) for one in marks]
    scales = set()
    for (one, other), (a, b) in zip(itertools.pairwise(places), itertools.pairwise(MAP["points"]), strict=True):
        scales |= {round((other[0] - one[0]) / (b[0] - a[0]), 6), round((one[1] - other[1]) / (b[1] - a[1]), 6)}
    (scale,) = scales
    assert scale > 0 and all(0 < x < 640 and 0 < y < 384 for x, y in places)
    there = [(one["attributes"].get("data-side"), one["attributes"].get("data-word")) for one in marks]
    assert there == [(None, None), (None, None), ("first", "cow"), ("first", "ant"), ("second", "fox")]
    pairs = zip(MAP["names"], MAP["points"], strict=True)
    told = ", ".join(f"{name} ({signed(x, 1)}, {signed(y, 1)})" for name, (x, y) in pairs)
    assert picture["attributes"]["aria-label"] == f"{WORDS['neighboursMap']} {told}."


@pytest.mark.parametrize(("pixels", "size"), [
    (0, [640, 384]), (100, [280, 300]), (281, [281, 300]), (500, [500, 300]), (600, [600, 360]), (900, [900, 420]),
])
def test_the_map_is_as_wide_as_its_room_and_neither_flat_nor_tall(words, pixels, size):
    words.see(words.call("widen", ".neighbours-map", pixels))
    assert numbers(words.one("neighbours-map")["attributes"]["viewBox"]) == [0, 0, *size]


def test_a_press_goes_to_a_word_and_the_way_leads_back(words):
    words.happens("button", "click", [text_of(one) for one in words.all("button")].index("cow"))
    assert words.saves == [{"first": "cow"}] and way_of(words) == ["cat · dog"]
    (waiting,) = [one for one in words.all("p") if text_of(one) == WORDS["neighboursWaiting"]]
    assert not waiting["given"]["hidden"], "the kernel has not answered yet"
    words.set(answer=ANSWER | {"asked": ["cow", "dog", 3, "minilm"]})
    (waiting,) = [one for one in words.all("p") if text_of(one) == WORDS["neighboursWaiting"]]
    assert waiting["given"]["hidden"]


def boxes(life):
    return [i for i, one in enumerate(life.all("input")) if one["given"]["type"] == "text"]


def test_the_way_keeps_the_last_eight_pairs(words):
    first, second, _ = boxes(words)
    for i in range(10):
        words.happens("input", "input", first, {"value": f"w{i}"}).press(WORDS["neighboursCompare"])
    assert words.saves[-1] == {"first": "w9", "second": "dog"}
    assert way_of(words) == [f"w{i} · dog" for i in range(1, 9)]
    many = len(words.saves)
    words.press(WORDS["neighboursCompare"])
    assert len(words.saves) == many + 1 and len(way_of(words)) == 8, "the same pair again was not left"
    words.press("w5 · dog")
    assert words.saves[-1] == {"first": "w5", "second": "dog"} and way_of(words) == [f"w{i} · dog" for i in range(1, 5)]
    assert text_of(words.active) == "w4 · dog"
    words.press("w1 · dog")
    assert way_of(words) == [] and words.active["tag"] == "input"
    words.happens("input", "input", second, {"value": "Ġox"}).press(WORDS["neighboursCompare"])
    assert way_of(words) == ["w1 · dog"]
    words.happens("fieldset [value=smollm2]", "change", 0, {"checked": True})
    assert words.saves[-1] == {"table": "smollm2", "first": "w1", "second": "ox"} and way_of(words) == []


def test_words_without_a_row_are_explained(words):
    missing = {"missing": "cut", "pieces": ["new", "york"], "close": ["new", "york"]}
    found = [missing, ANSWER["found"][1]]
    asked = [" new york ", "dog", 3, "minilm"]
    words.set(answer=ANSWER | {"asked": asked, "found": found, "cosine": None, "map": None})
    told = [text_of(one) for one in words.all("p")]
    assert WORDS["neighboursMissing"]["cut"].format(word="new york", pieces="new · york", id=0) in told
    assert not words.all("neighbours-cosine", "neighbours-map") and words.one("neighbours-soft")["children"] == []
    close = [one for one in words.all("button") if one["attributes"].get("data-word") in ("new", "york")]
    assert [one["attributes"]["data-side"] for one in close] == ["first"] * 2
    same = ANSWER | {"found": [ANSWER["found"][0]] * 2, "cosine": 1.0}
    words.set(answer=same)
    assert words.text("neighbours-cosine") == f"The cosine of cat and cat is 1.00 {WORDS['neighboursSame']}"


TERMS = [{"sign": 1, "text": "king", "word": "king"}, {"sign": -1, "text": "man", "word": "man"},
         {"sign": 1, "text": "woman", "word": "woman"}]  # fmt: skip
SUM = "king − man + woman"


def summed(life):
    (told,) = [one for one in life.one("neighbours-sum")["children"] if one["tag"] == "div"]
    return told


@pytest.mark.parametrize("text", [
    "", " ", "a", "-a", "a+b", "a + b - c", "−a+b", "- a", "a – b", "a + ", "+ + a", "a - - b", "a+b+c+d+e+f",
    "-a+b+c+d+e+f", "a+b+c+d+e+f+g", "-a+b+c+d+e+f+g", " king − man + woman ",
])  # fmt: skip
def test_a_sum_has_two_to_six_words_each_with_its_sign(lives, text):
    assert [(one["sign"], one["text"]) for one in lives.call("termsOf", text)] == terms_of(text)
    signs = re.split("([+−–-])", text)
    words = [word.strip() for word in signs[::2]][not signs[0].strip():]
    assert len(terms_of(text)) == (len(words) if 2 <= len(words) <= 6 and all(words) else 0)


@pytest.mark.parametrize("k", [0, 1, 2, 3, 9])
def test_the_nearest_to_a_sum_are_k_others_and_those_that_went_in(lives, k):
    vectors = np.random.default_rng(6).standard_normal((6, 4)).round(2)
    names, total = list("abcdef"), vectors[0] - vectors[1]
    order = np.argsort(-(vectors @ total) / np.linalg.norm(vectors, axis=1))
    table = {"rows": vectors.ravel().tolist(), "lengths": np.linalg.norm(vectors, axis=1).tolist(), "dim": 4}
    found = lives.call("summedUp", "a - b", k, table, names)
    expected = []
    for row in order:
        if sum(name not in "ab" for name, _ in expected) == k:
            break
        cosine = vectors[row] @ total / np.linalg.norm(vectors[row]) / np.linalg.norm(total)
        expected.append([names[row], pytest.approx(cosine)])
    assert found["near"] == expected and [one["word"] for one in found["found"]] == ["a", "b"]
    for text in ("a - a", "a - z", "a"):  # nothing is left; a word that is not there; no sum
        assert lives.call("summedUp", text, k, table, names)["near"] == []


def test_a_sum_is_asked_and_told_when_its_answer_is_there(words):
    words.press(SUM)
    assert words.saves == [{"sum": SUM}] and summed(words)["children"] == [] and way_of(words) == []
    (waiting,) = [one for one in words.all("p") if text_of(one) == WORDS["neighboursWaiting"]]
    assert not waiting["given"]["hidden"]
    near = [["king", 0.9], ["queen", 0.8], ["boy", -0.1]]
    words.set(sum_answer={"asked": SUM, "found": TERMS, "near": near})
    told = summed(words)
    assert text_of(told["children"][0]) == f"Nearest to {SUM}"
    assert [text_of(one) for one in all_of(told, "li")] == ["king went in0.90", "queen0.80", "boy−0.10"]
    words.set(sum_answer={"asked": SUM, "found": [TERMS[1], TERMS[0], TERMS[1]], "near": near})
    assert text_of(summed(words)["children"][0]) == "Nearest to −man + king − man"
    words.set(sum_answer={"asked": SUM, "found": TERMS, "near": []})
    assert text_of(summed(words)) == WORDS["neighboursSumZero"]
    words.set(sum_answer={"asked": SUM, "found": [], "near": []})
    assert text_of(summed(words)) == WORDS["neighboursSumHow"].format(most=6)
    lost = {"sign": 1, "text": "zzz", "missing": "cut", "pieces": ["z", "##z"], "close": []}
    words.set(sum_answer={"asked": SUM, "found": [TERMS[0], lost], "near": []})
    assert text_of(summed(words)) == WORDS["neighboursMissing"]["cut"].format(word="zzz", pieces="z · ##z", id=0)
    words.set(sum=" ")
    assert summed(words)["children"] == []


def test_a_sum_from_an_address_stands_in_its_field(words):
    words.set(sum="cat + dog")
    assert words.all("input")[boxes(words)[2]]["given"]["value"] == "cat + dog"


def test_enter_in_a_field_asks(words):
    *_, box = boxes(words)
    for event in ({"key": "a"}, {"key": "Enter", "isComposing": True}):
        words.happens("input", "keydown", box, {"value": "a + b"}, **event)
        assert words.saves == [] and not words.prevented
    words.happens("input", "keydown", box, key="Enter")
    assert words.saves == [{"sum": "a + b"}] and words.prevented
    words.happens("input", "keydown", boxes(words)[0], {"value": "ox"}, key="Enter")
    assert words.saves[-1] == {"first": "ox", "second": "dog"} and words.prevented


def test_how_many_are_shown_is_chosen(words):
    (slider,) = [i for i, one in enumerate(words.all("input")) if one["given"]["type"] == "range"]
    given = words.all("input")[slider]["given"]
    assert (given["min"], given["max"]) == (1, 10)
    words.happens("input", "input", slider, {"value": "7"})
    assert words.saves == [{"k": 7}] and f"{WORDS['neighboursMany']} 7" in [text_of(one) for one in words.all("span")]

"""What all widgets share lives in node: labels beside dots, lines of text, boxes, what loads; and the recall card."""

import numpy as np
import pytest
from living import WORDS, at, classes, living, text_of
from places import PACKAGE
from twins import running

from book_utils.asking.card import Card

CALLS = """
export const typed = (steps) => {
  const field = h("input", { value: "first" }), write = textBox(field), seen = [];
  for (const [what, text] of steps) {
    if (what === "write") write(text);
    else { if (what === "input") field.value = text; field.tell(what); }
    seen.push(field.value);
  }
  return seen;
};
export const loading = async (shares, parts) => {
  const heard = [], tell = [], files = parts.map((parts, i) => ({ parts, i }));
  const book = { load: ({ i }, progress) => { tell[i] = progress; return Promise.resolve(`file ${i}`); } };
  const all = loadAll(book, files, (share) => heard.push(share));
  for (const [i, share] of shares) tell[i](share);
  return { heard, all: await all };
};
export const spoken = (lang, page, known) => {
  globalThis.WORDS = Object.fromEntries(known.map((name) => [name, name]));
  document.documentElement.lang = page;
  return words({ closest: (selector) => (selector === "[lang]" && lang ? { lang } : null) });
};
"""


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    calls = tmp_path_factory.mktemp("calls") / "calls.js"
    calls.write_text(CALLS, encoding="utf-8")
    with running(PACKAGE / "asking" / "elements.js", calls) as call:
        yield call


# -- labels ----------------------------------------------------------------------------------------------------------


def boxes_of(x, y, long, tall):
    """The places of a label, the best first: right or left of its dot or over its middle, on one line or another."""
    for lines in (-0.5, -1.4, 0.4, -2, 1, -3, 2):
        for left in (x + 9, x - 9 - long, x - long / 2):
            yield np.array([left, y + lines * tall, left + long, y + (lines + 1) * tall])


def overlap(one, other):
    across, down = np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2])
    return max(0, across) * max(0, down)


def labels_of(dots, names, size, letter, tall, before):
    """Box by box: what a label hides of dots and earlier labels, and four times what the edge cuts of it."""
    taken, found = [np.array(box) for box in before] + [np.array([x - 6, y - 6, x + 6, y + 6]) for x, y in dots], []
    for (x, y), name in zip(dots, names, strict=True):
        long = len(name) * letter
        cost = {i: sum(overlap(box, one) for one in taken) + 4 * (long * tall - overlap(box, np.array([0, 0, *size])))
                for i, box in enumerate(boxes_of(x, y, long, tall))}  # fmt: skip
        best = [*boxes_of(x, y, long, tall)][min(cost, key=lambda i, cost=cost: (round(cost[i], 5), i))]
        taken.append(best)
        found.append(best)
    return found


@pytest.mark.parametrize("seed", range(8))
def test_a_label_stands_where_it_hides_least(shared, seed):
    dice = np.random.default_rng(seed)
    size = [200, 120]
    dots = (dice.uniform(0, 1, (9, 2)) * size).round(1).tolist()
    names = ["abcdefghijk"[: dice.integers(1, 12)] for _ in dots]
    before = [[50, 40, 90, 70]] if seed % 2 else []
    expected = labels_of(dots, names, size, 7, 18, before)
    for label, box, (x, y) in zip(shared("labelled", dots, names, size, 7, 18, before), expected, dots, strict=True):
        left, top, right, base = box
        assert label["box"] == pytest.approx(box) and (label["x"], label["y"]) == (x, y)
        assert (label["left"], label["base"]) == pytest.approx((left, base - 4.5))
        assert label["end"] == pytest.approx([np.clip(x, left, right), np.clip(y, top, base)])


def test_a_label_alone_stands_beside_its_dot_and_at_an_edge_inside(shared):
    def left_of(x, y, before=()):
        (label,) = shared("labelled", [[x, y]], ["abcd"], [200, 120], 10, 20, list(before))
        return label["left"] - x, label["box"][1] - y

    assert left_of(100, 60) == (9, -10) and left_of(190, 60) == (-49, -10)
    assert left_of(100, 60, [[110, 50, 120, 70]]) == (-49, -10), "what stands there before is in the way"
    assert left_of(100, 8) == (9, 8), "the upper edge is further than the line below"


def test_only_a_label_away_from_its_dot_has_a_line_to_it(shared):
    labels = [{"x": 10, "y": 10, "end": [10 + far, 10]} for far in (9, 12, 12.1)]
    (line,) = shared("leaders", labels)
    assert (at(line, "x1", "y1"), at(line, "x2", "y2")) == ((10, 10), (22.1, 10))


# -- text ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "parts"), [
    ("plain", ["plain"]), ("`a` and `b`", ["", ["a"], " and ", ["b"], ""]), ("one ` stays", ["one ` stays"]),
    ("`a` and ` left", ["", ["a"], " and ` left"]), ("", [""]),
])
def test_what_stands_between_backticks_is_code(shared, text, parts):
    found = shared("line", text)
    assert [[text_of(one)] if isinstance(one, dict) else one for one in found] == parts
    assert {one["tag"] for one in found if isinstance(one, dict)} <= {"code"}


def test_an_empty_line_parts_paragraphs(shared):
    parts = shared("prose", "one\ntwo\n\nthree\n\n  \n\n`four`")
    assert [text_of(one) for one in parts] == ["one\ntwo", "three", "four"]
    assert shared("prose", "") == []


def test_the_first_row_of_a_table_is_its_header(shared):
    head, body = shared("table", [["a", "`b`"], ["1", "2"], ["3", "`4`"]])["children"]
    ((first,), rows) = head["children"], body["children"]
    assert [(one["tag"], one["given"]["scope"], text_of(one)) for one in first["children"]] == [
        ("th", "col", "a"), ("th", "col", "b")]
    assert [[(one["tag"], text_of(one)) for one in row["children"]] for row in rows] == [
        [("td", "1"), ("td", "2")], [("td", "3"), ("td", "4")]]


def test_names_without_a_value_stay(shared):
    assert shared("filled", "{a} {b} {a} {c}", {"a": 0, "b": "", "c": None}) == "0  0 {c}"


def test_elements_take_properties_attributes_and_children(shared):
    made = shared("h", "button", {"className": "x", "role": "y", "aria-label": "z"}, "a", None, "", ["b", "c"])
    assert (classes(made), made["attributes"]["role"], made["attributes"]["aria-label"]) == (["x"], "y", "z")
    assert text_of(made) == "abc" and len(made["children"]) == 3
    suppressed = ["data-lm-suppress-shortcuts" in shared("h", tag)["attributes"] for tag in ("input", "summary", "p")]
    assert suppressed == [True, True, False] and made["attributes"]["data-lm-suppress-shortcuts"] == "true"


def test_a_box_is_not_written_to_while_someone_types_in_it(shared):
    steps = [("write", "a"), ("input", "b"), ("write", "c"), ("change", ""), ("write", "d"), ("input", "e"),
             ("write", "f"), ("blur", ""), ("input", "g"), ("blur", ""), ("blur", "")]  # fmt: skip
    assert shared("typed", steps) == ["a", "b", "b", "b", "d", "e", "e", "f", "g", "f", "f"]
    assert shared("typed", [("input", "b"), ("blur", "")]) == ["b", "first"]


def test_the_progress_of_several_files_counts_their_parts(shared):
    told = shared("loading", [[0, 0.5], [1, 1], [0, 1], [2, 0.25], [2, 1]], [2, 1, 5])
    assert told["heard"] == pytest.approx([1 / 8, 2 / 8, 3 / 8, 4.25 / 8, 1])
    assert told["all"] == ["file 0", "file 1", "file 2"]


@pytest.mark.parametrize(("lang", "page", "known", "said"), [
    ("de", "en", ["en", "de"], "de"), ("de-AT", "en", ["en", "de"], "de"), (None, "de", ["en", "de"], "de"),
    ("fr", "de", ["en", "de"], "en"), (None, "", ["de", "en"], "en"), (None, "", ["de"], "de"),
])
def test_the_words_are_those_of_the_language_nearest_to_it(shared, lang, page, known, said):
    assert shared("spoken", lang, page, known) == said


# -- a recall card ---------------------------------------------------------------------------------------------------

CARD = {"question": "What is `x`?", "answer": "the `y`", "because": "Why.\n\nMore.", "turned": False, "knew": ""}


@pytest.fixture(scope="module")
def card():
    with living(Card) as life:
        yield life
        assert life.ends()


@pytest.mark.parametrize("said", ["", "knew", "notYet"])
@pytest.mark.parametrize("turned", [False, True])
def test_a_card_shows_its_back_and_what_was_said_once_it_is_turned(card, turned, said):
    card.begins(CARD | {"turned": turned, "knew": said})
    front, knew, not_yet = card.all("button")
    assert front["attributes"]["aria-expanded"] == str(turned).lower()
    assert [text_of(one) for one in front["children"]] == ["What is x?", WORDS["turnBack" if turned else "turn"]]
    assert [text_of(one) for one in card.one("card-back")["children"]] == ["the y", "Why.", "More."] * turned
    assert card.one("card-said")["given"]["hidden"] == (not turned)
    pressed = [one["attributes"]["aria-pressed"] for one in (knew, not_yet)]
    assert pressed == [str(said == name).lower() for name in ("knew", "notYet")]
    assert card.text("card-noted") == (WORDS[f"{said}Noted"] if said else "")
    assert card.one("card-noted")["given"]["hidden"] == (not turned or not said)


def test_a_card_turns_and_keeps_the_last_word(card):
    card.begins(CARD)
    card.happens("button", "click", 0)
    card.press(WORDS["knew"])
    card.press(WORDS["notYet"])
    card.happens("button", "click", 0)
    assert card.saves == [{"turned": True}, {"knew": "knew"}, {"knew": "notYet"}, {"turned": False}]

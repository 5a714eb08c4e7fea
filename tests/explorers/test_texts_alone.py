"""The explorers of a typed text live in node: what they show of it, and what a page loads, says and keeps."""

import base64
import json
from pathlib import Path

import numpy as np
import pytest
from living import WORDS, all_of, at, classes, living, numbers, text_of

from book_utils.explorers.first_look import FirstLook
from book_utils.explorers.sentence import SentenceExplorer

PAGE = Path(__file__).parents[1] / "support" / "on_a_page.mjs"


@pytest.fixture(scope="module")
def look():
    with living(FirstLook) as life:
        yield life
        assert life.ends(), "what has gone hears its model no more"


@pytest.fixture(scope="module")
def explorer():
    with living(SentenceExplorer, PAGE) as life:
        yield life
        assert life.ends(), "what has gone hears its model no more"


def say(name, /, **values):
    return WORDS[name].format(**values)


def choose(life, name, value):
    """Choose the radio button of a group that has this value."""
    named = [one["given"].get("name") == name and one["given"].get("value") == value for one in life.all("input")]
    return life.happens("input", "change", named.index(True), {"checked": True})


# -- a first look ----------------------------------------------------------------------------------------------------

LEVELS = {"cat": [0, 7, 14, 8], "dog": [6, 7, 7, 7], "the": [1, 2, 3, 4]}
IDS = {"cat": 3, "dog": 7, "the": 1700}  # the words by ID, as each is so far beyond the one before
PACK = {"words": "cat dog the", "steps": "3 4 1693", "columns": 4, "most": 3, "dim": 9, "size": 30522,
        "rows": base64.b64encode(bytes(16 * a + b for row in LEVELS.values() for a, b in zip(row[::2], row[1::2],
                                                                                             strict=True))).decode()}


def looked(look, text, tries=()):
    return look.begins({"text": text, "tries": list(tries), "known": PACK})


@pytest.mark.parametrize(("text", "count"), [
    ("", WORDS["firstEmpty"]), ("cat", "1 token, one row."), ("cat cat", "2 tokens, one row."),
    ("the cat", "2 tokens, 2 different rows."), ("zebra", "1 token."), ("zebra cat", "2 tokens, one row drawn."),
    ("the zebra cat", "3 tokens, 2 different rows drawn."),
    ("cat the cat dog", "4 tokens, the first 3 shown, 2 different rows drawn."),
])
def test_tokens_and_rows_are_counted(look, text, count):
    assert looked(look, text).text("first-count") == count


def test_each_token_has_its_place_its_id_and_what_it_shares(look):
    looked(look, "the cat the")
    rows = [text_of(one) for one in look.one("ol")["children"]]
    assert rows == ["0the ID 1700", "1cat ID 3", f"2the ID 1700, {say('firstAgain', place=0)}"]
    looked(look, "zebra cat zebra")
    rows = [text_of(one) for one in look.one("ol")["children"]]
    none = WORDS["firstNone"]
    assert rows == [f"0zebra {none}", "1cat ID 3", f"2zebra {none}"], "what has no row shares none"
    assert text_of(look.all("explorer-soft")[0]) == say("firstMissing", word="zebra")
    assert text_of(looked(look, "cat").all("explorer-soft")[0]) == ""
    heads = [text_of(one) for one in look.one("first-heads")["children"]]
    assert heads == [WORDS["firstHead"], say("firstTable", n="30,522")]
    assert text_of(look.all("explorer-soft")[1]) == say("firstNote", columns=4, dim=9, n="3")


@pytest.mark.parametrize("text", ["cat", "the cat", "the dog cat", "the zebra the", "zebra", ""])
def test_a_line_leads_from_each_token_to_its_row_which_is_lit(look, text):
    looked(look, text)
    (picture,) = look.one("first-picture")["children"]
    words = text.split()
    high = 52 * max(1, len(words))
    assert numbers(picture["attributes"]["viewBox"]) == [0, 0, 100, high]
    frame, unlit = next(all_of(picture, "first-table")), next(all_of(picture, "first-unlit"))
    assert at(frame) == (34, 1) and at(frame, "width", "height") == pytest.approx((65.6, high - 2))
    steps = [numbers(one) for one in unlit["attributes"]["d"].split("M")[1:]]
    assert steps == [[34, y, 66] for y in range(0, high - 5, 6)], "a line every 6, the last inside"
    rows = sorted({IDS[word] for word in words if word in IDS})
    middles = [(i + 0.5) * high / len(rows) for i in range(len(rows))]
    assert sorted(at(one) for one in all_of(picture, "first-lit")) == [(34, middle - 23) for middle in middles]
    assert {at(one, "width", "height") for one in all_of(picture, "first-lit")} <= {(65.6, 46)}
    assert sorted((at(one, "x1", "y1"), at(one, "x2", "y2")) for one in all_of(picture, "first-row")) == [
        ((34, middle), (100, middle)) for middle in middles]
    known = [word for word in dict.fromkeys(words) if word in IDS]
    bars = [one for one in picture["children"] if classes(one)[0] in ("first-high", "first-low")]
    expected = [(level, 34 + 16.5 * i, middles[rows.index(IDS[word])]) for word in known
                for i, level in enumerate(LEVELS[word])]  # fmt: skip
    for bar, (level, x, middle) in zip(bars, expected, strict=True):
        top, tall = at(bar, "y", "height")
        assert classes(bar) == ["first-high" if level > 7 else "first-low"] and tall == 3 * abs(level - 7)
        assert (top + tall if level > 7 else top) == middle
        assert (at(bar)[0], float(bar["attributes"]["width"])) == pytest.approx((x + 0.3, 15.9))
    lines = [(numbers(one["attributes"]["d"]), one["attributes"]["data-new"]) for one in all_of(picture, "first-line")]
    places = [(52 * (i + 0.5), middles[rows.index(IDS[word])]) for i, word in enumerate(words) if word in IDS]
    assert lines == [([0, a, 17, a, 17, b, 34, b], "true") for a, b in places]


def test_only_a_new_token_draws_its_line_anew(look):
    looked(look, "the cat").set(text="the dog")
    assert [one["attributes"]["data-new"] for one in look.all("first-line")] == ["false", "true"]
    look.set(text="the dog cat")
    assert [one["attributes"]["data-new"] for one in look.all("first-line")] == ["false", "false", "true"]


def test_what_is_typed_or_tried_is_saved_and_stands_in_the_field(look):
    looked(look, "cat", ["the dog"])
    given = look.one("input")["given"]
    assert (given["value"], given["maxLength"]) == ("cat", 120)
    look.happens("input", "input", 0, {"value": "dog"})
    assert look.saves == [{"text": "dog"}]
    look.press("the dog")
    assert look.saves[-1] == {"text": "the dog"} and look.one("input")["given"]["value"] == "the dog"
    assert look.active["tag"] == "input" and look.one("first-tries")
    assert looked(look, "cat").all("first-tries") == []


# -- the sentence explorer -------------------------------------------------------------------------------------------

SIZES = {"columns": 2, "dim": 10, "shown": 4, "characters": 20, "reach": 0.5, "steps": 100}
LAZY = {name: {"name": name, "parts": 1} for name in ("vocabulary", "rows", "bytePairs")}
WHOLE = {"text": "the cats", "tokens": ["the", "cat", "##s"], "ids": [4, 2, 3],
         "rows": [[0.1234, -0.25], [-0.6, 0.5], [0.0, 0.001]], "place": -1, "tokenizer": "minilm", "reader": "minilm",
         "rounded": False, "sizes": SIZES, "lazy": LAZY}  # fmt: skip


@pytest.fixture
def begins(explorer):
    explorer.call("page", None)
    return lambda **more: explorer.begins(json.loads(json.dumps(WHOLE | more)))


def entries(life):
    return life.one("form")["children"][0]["children"][1]["children"]


@pytest.mark.parametrize(("ids", "count"), [
    ([], WORDS["firstEmpty"]), ([4], "1 token, one row."), ([4, 4], "2 tokens, one row."),
    ([4, 2, 4, 2], "4 tokens, 2 different rows."), ([4, 2, 4, 2, 3], "5 tokens, 3 different rows, the first 4 shown."),
    ([*range(1234)], "1,234 tokens, 1,234 different rows, the first 4 shown."),
])
def test_tokens_and_different_rows_are_counted(begins, ids, count):
    life = begins(ids=ids, tokens=[f"t{i}" for i in ids], rows=[[0, 0]] * min(len(ids), 4))
    assert life.text("explorer-count") == count
    assert len(entries(life)) == min(4, len(ids)) == len(life.one("sentence-pieces")["children"])
    assert bool(life.one("form")["given"].get("hidden")) == (ids == [])


def test_a_token_has_place_id_strip_and_how_often_it_comes(begins):
    life = begins(tokens=["cat", "##s", "cat"], ids=[2, 3, 2], rows=[[0.25, -0.25], [0.7, -0.7], [0.25, -0.25]])
    assert [text_of(one).replace("↳ ", "") for one in entries(life)] == [
        "0cat 2 timesID 2", "1##s ID 3", "2cat 2 timesID 2"]
    assert ["↳" in text_of(one) for one in entries(life)] == [False, True, False]
    assert [classes(one["children"][0]) for one in entries(life)] == [[], ["explorer-piece"], []]
    painted = [json.loads(one["attributes"]["data-painted"]) for one in life.all("canvas")]
    greys = [[0.75, 0.25], [1, 0], [0.75, 0.25]]  # of 255; 0 is in the middle, beyond the reach all is black or white
    for row, expected in zip(painted, greys, strict=True):
        assert [box for _, *box in row] == [[0, 0, 1, 1], [1, 0, 1, 1]]
        assert [numbers(colour) for colour, *_ in row] == [pytest.approx([255 * grey] * 3) for grey in expected]
    sizes = [[int(one["given"][name]) for name in ("width", "height")] for one in life.all("canvas")]
    assert sizes == [[2, 1]] * 3
    assert life.text("explorer-greys") == "≤ −0.5, ≥ 0.5"


def test_a_chosen_place_shows_its_numbers(begins):
    life = begins()
    assert life.one("explorer-numbers")["given"]["hidden"]
    choose(life, "place", "1")
    assert life.saves == [{"place": 1}]
    shown = life.one("explorer-numbers")
    assert not shown["given"]["hidden"]
    said, listed = shown["children"]
    assert text_of(said) == f"cat {say('itsNumbers', id=2, last=1, dim=10)}"
    assert [text_of(one) for one in listed["children"]] == ["−0.600", "0.500"] and listed["given"]["start"] == 0
    checked = [one["given"]["value"] for one in life.all("input") if one["given"].get("checked")]
    assert checked == ["minilm", "1"]
    life = begins(rounded=True, place=0)
    said, listed = life.one("explorer-numbers")["children"]
    assert text_of(said) == f"the {say('itsRoundedNumbers', id=4, last=1, dim=10)}"
    assert [text_of(one) for one in listed["children"]] == ["0.123", "−0.250"]


@pytest.mark.parametrize(("rounded", "tokens", "notes"), [
    (False, ["the"], ["exactRows", "specialNote"]), (True, ["the"], ["roundedRows", "specialNote"]),
    (False, ["the", "##s"], ["exactRows", "piecesNote", "specialNote"]),
    (False, ["[UNK]"], ["exactRows", "unknownNote", "specialNote"]),
])
def test_what_is_to_be_known_stands_below(begins, rounded, tokens, notes):
    life = begins(tokens=tokens, ids=[*range(len(tokens))], rows=[[0, 0]] * len(tokens), rounded=rounded)
    last = life.all("explorer-soft")[-1]
    assert [text_of(one) for one in last["children"]] == [say(n, columns=2, dim=10).replace("`", "") for n in notes]


def test_tokens_that_come_again_are_listed_with_their_places(begins):
    ids = [0, 1] * 11 + [2, 2]
    life = begins(ids=ids, tokens=[f"t{i}" for i in ids], rows=[[0, 0]] * 4)
    listed = [text_of(one) for one in all_of(life.page, "li") if "same row" in text_of(one)]
    assert listed == [
        f"t0: {say('samePlaces', places='0, 2, 4, 6, 8, 10, 12, 14, 16, 18 and 1 more')}",
        f"t1: {say('samePlaces', places='1, 3, 5, 7, 9, 11, 13, 15, 17, 19 and 1 more')}",
        f"t2: {say('samePlaces', places='22 and 23')}",
    ]
    ids = [0] * 10
    life = begins(ids=ids, tokens=["t"] * 10, rows=[])
    (listed,) = [text_of(one) for one in life.all("li") if "same row" in text_of(one)]
    assert listed == f"t: {say('samePlaces', places='0, 1, 2, 3, 4, 5, 6, 7, 8 and 9')}", "ten are all"
    for different, more in ((10, []), (11, ["and 1 more tokens"]), (1500, ["and 1,490 more tokens"])):
        ids = [*range(different)] * 2
        life = begins(ids=ids, tokens=[f"t{i}" for i in ids], rows=[])
        assert len([one for one in life.all("li") if "the same row" in text_of(one)]) == min(10, different)
        assert [text_of(one) for one in life.all("li") if "more tokens" in text_of(one)] == more
    assert not [one for one in begins().all("p") if text_of(one) == WORDS["moreThanOnce"]]


def test_pieces_have_the_colour_of_their_row_and_light_up_together(begins):
    ids = [5, 6, 5, 7]
    life = begins(ids=ids, tokens=["a", "b", "a", "##c"], rows=[[0, 0]] * 4)
    pieces = life.one("sentence-pieces")["children"]
    assert [one["given"]["style"] for one in pieces] == [f"--hue:var(--series-{i})" for i in (1, 2, 1, 3)]
    assert [classes(one) for one in pieces] == [[], [], [], ["sentence-joined"]]
    assert life.text("sentence-where") == ""
    for parts in (lambda: life.one("sentence-pieces")["children"], lambda: entries(life)):
        happens(life, parts()[2], "pointerover")
        assert lit(life) == [[0, 2]] * 2
        assert life.text("sentence-where") == say("sentenceMany", token="a", id=5, places="0 and 2")
        happens(life, parts()[1], "focusin")
        assert lit(life) == [[1]] * 2
        assert life.text("sentence-where") == say("sentenceOnce", token="b", id=6, place=1)
    life.happens("textarea", "keydown", 0, key="Escape")
    assert lit(life) == [[]] * 2 and life.text("sentence-where") == ""
    happens(life, life.one("sentence-pieces")["children"][3], "click")
    assert life.saves == [{"place": 3}] and lit(life) == [[3]] * 2
    happens(life, life.one("sentence-pieces")["children"][0], "pointerover")
    life.happens("textarea", "keydown", 0, key="Escape")
    assert lit(life) == [[3]] * 2, "what is chosen stays"
    life.happens(".sentence-pieces", "click", 0)
    assert len(life.saves) == 1, "beside all pieces is none"
    many = begins(ids=[5] * 8, tokens=["a"] * 8, rows=[[0, 0]] * 4, sizes=SIZES | {"shown": 8}, place=0)
    assert many.text("sentence-where") == say("sentenceMany", token="a", id=5, places="0, 1, 2, 3, 4, 5 and 2 more")
    hues = begins(ids=[*range(8)], tokens=["a"] * 8, rows=[], sizes=SIZES | {"shown": 8}).one("sentence-pieces")
    assert [one["given"]["style"][-2] for one in hues["children"]] == [*"12345612"]


def happens(life, element, type):
    """Tell this very element of an event."""
    place = next(i for i, one in enumerate(life.all(element["tag"])) if one is element)
    return life.happens(element["tag"], type, place)


def lit(life):
    return [[i for i, one in enumerate(parent) if "sentence-lit" in classes(one)]
            for parent in (life.one("sentence-pieces")["children"], entries(life))]


@pytest.mark.parametrize(("typed", "saved", "cut"), [
    ("a" * 20, "a" * 20, False), ("a" * 21, "a" * 20, True), ("🦩" * 20, "🦩" * 20, False),
    ("🦩" * 21, "🦩" * 20, True),
])
def test_a_text_is_read_up_to_so_many_characters_and_that_is_said(begins, typed, saved, cut):
    life = begins()
    life.happens("textarea", "input", 0, {"value": typed})
    assert life.saves == [{"text": saved}] and life.one("textarea")["given"]["value"] == typed, "what is typed stays"
    soft = life.all("explorer-soft")[0]
    assert text_of(soft) == (say("textCut", n="20") if cut else "")
    life.set(text="from Python")
    assert life.one("textarea")["given"]["value"] == "from Python" and text_of(life.all("explorer-soft")[0]) == ""


def test_a_text_to_try_is_put_into_the_box_and_read(begins):
    life = begins()
    assert [text_of(one) for one in all_of(life.one("sentence-tries"), "button")] == WORDS["sentenceTries"]
    life.press(WORDS["sentenceTries"][0])
    assert life.saves == [{"text": WORDS["sentenceTries"][0][:20]}] and life.active["tag"] == "textarea"


@pytest.mark.parametrize(("text", "lost"), [("the cat\n🦩 ", []), ("the cat\n🦩  ", ["noByteNote"])])
def test_the_other_tokenizer_shows_what_its_tokens_stand_for(begins, text, lost):
    tokens = ["the", "Ġcat", "Ċ", "ðŁ", "¦", "ĠĠ"]  # 13 bytes
    life = begins(text=text, tokens=tokens, ids=[*range(6)], rows=[], reader="smollm2", tokenizer="smollm2",
                  sizes=SIZES | {"shown": 6})  # fmt: skip
    assert [text_of(one) for one in entries(life)] == [
        "0the ID 0the", "1Ġspace cat ID 1␣cat", "2Ċ ID 2⏎", "3ðŁ ID 3bytes F0 9F", "4¦ ID 4byte A6", "5Ġspace Ġ ID 5␣␣"]
    last = life.all("explorer-soft")[-1]
    assert [text_of(one) for one in last["children"]] == [
        WORDS[name].replace("`", "") for name in ("spaceNote", "bytesNote", *lost, "otherRowsNote")]
    assert [life.one(f"explorer-{name}")["given"]["hidden"] for name in ("greys", "numbers")] == [True, True]


def test_where_every_character_is_a_token_there_is_nothing_to_say_of_bytes(begins):
    life = begins(text="the", tokens=["the"], ids=[0], rows=[], reader="smollm2")
    assert [text_of(one) for one in life.all("explorer-soft")[-1]["children"]] == [
        WORDS[name].replace("`", "") for name in ("spaceNote", "otherRowsNote")]


# -- the sentence explorer on a page ---------------------------------------------------------------------------------

# "[UNK]" to "the": the step of a row in hundredths, then two levels
ROWS = [[100, 0xF0], [1, 0x87], [2, 0xF0], [4, 0x78], [10, 0x80]]
FILES = {"vocabulary": ["[PAD]\n[UNK]", "cat\n##s\nthe"], "rows": [base64.b64encode(bytes(sum(ROWS, []))).decode()],
         "bytePairs": SentenceExplorer.lazy_data()["bytePairs"]}  # fmt: skip


@pytest.fixture
def on_page(explorer):
    def begins(files=FILES, arrived=False, kept=None, **more):
        explorer.call("page", files, arrived, kept or {})
        return explorer.begins(json.loads(json.dumps(WHOLE | more)))

    yield begins
    explorer.call("page", None)


def problem(life):
    (alert,) = [one for one in life.all("div") if one["attributes"].get("role") == "alert"]
    return not alert["given"]["hidden"]


def test_a_page_reads_what_is_typed_with_what_it_loads_once(on_page):
    life = on_page()
    life.happens("textarea", "input", 0, {"value": "cats the"})
    waiting = next(one for one in life.all("p") if list(all_of(one, "progress")))
    assert not waiting["given"]["hidden"] and WORDS["loadingTokens"]["minilm"] in text_of(waiting)
    life.set()
    waiting = next(one for one in life.all("p") if list(all_of(one, "progress")))
    assert waiting["given"]["hidden"] and life.one("progress")["given"]["value"] == 0.5
    assert life.one("progress")["attributes"]["aria-label"] == WORDS["loadingTokens"]["minilm"]
    levels = {i: [(level - 7.5) * step / 100 for level in divmod(both, 16)] for i, (step, both) in enumerate(ROWS)}
    assert life.saves[-1]["rows"] == [pytest.approx(levels[i]) for i in (2, 3, 4)]
    assert {name: life.saves[-1][name] for name in ("rounded", "reader", "tokens", "ids")} == {
        "rounded": True, "reader": "minilm", "tokens": ["cat", "##s", "the"], "ids": [2, 3, 4]}
    life.happens("textarea", "input", 0, {"value": "the the the the the"})
    life.set()
    assert life.saves[-1]["ids"] == [4] * 5 and len(life.saves[-1]["rows"]) == 4, "as many rows as are shown"
    assert life.call("askedFor") == ["vocabulary", "rows"] and not problem(life)


def test_what_was_typed_while_it_loads_is_read_and_nothing_older(on_page):
    life = on_page()
    life.call("hold", True)
    for text in ("the", "cat", "cats"):
        life.happens("textarea", "input", 0, {"value": text})
    life.call("hold", False)
    life.set()
    assert [one["tokens"] for one in life.saves if "tokens" in one] == [["cat", "##s"]]
    assert life.call("askedFor") == ["vocabulary", "rows"]


@pytest.mark.parametrize("comes", [True, False])
def test_who_chooses_the_other_tokenizer_while_one_loads_gets_the_other(on_page, comes):
    life = on_page(FILES if comes else FILES | {"rows": None}, text="the cat")
    life.call("hold", True)
    life.happens("textarea", "input", 0, {"value": "the cat "})
    choose(life, "tokenizer", "smollm2")
    life.call("hold", False)
    life.set()
    assert [one["reader"] for one in life.saves if "reader" in one] == ["smollm2"] and not problem(life)


def test_what_does_not_come_is_said_and_asked_for_again(on_page):
    life = on_page(FILES | {"rows": None})
    life.happens("textarea", "input", 0, {"value": "the"})
    life.set()
    assert problem(life) and life.saves == [{"text": "the"}]
    life.press(WORDS["tryAgain"]).set()
    assert life.active["tag"] == "textarea"
    assert life.call("askedFor") == ["vocabulary", "rows"] * 2 and problem(life)


def test_the_tokenizer_that_was_chosen_is_kept_for_other_pages(on_page):
    life = on_page(text="the cat")
    assert [one["given"]["value"] for one in life.all("input")[:2]] == ["minilm", "smollm2"]
    choose(life, "tokenizer", "smollm2")
    assert life.call("keptThere") == {"book-tokenizer": "smollm2"}
    life.set()
    assert life.saves[0] == {"tokenizer": "smollm2"}
    expected = {"reader": "smollm2", "tokens": ["the", "Ġcat"], "rows": []}
    assert {name: life.saves[-1][name] for name in expected} == expected
    assert [bool(one["given"].get("checked")) for one in life.all("input")[:2]] == [False, True]


def test_a_notebook_keeps_no_choice_and_loads_nothing(explorer, begins):
    life = begins()
    choose(life, "tokenizer", "smollm2")
    life.happens("textarea", "input", 0, {"value": "the"})
    life.set()
    assert life.saves == [{"tokenizer": "smollm2"}, {"text": "the"}] and life.call("askedFor") == []


@pytest.mark.parametrize(("kept", "arrived", "waits"), [
    ("smollm2", False, 1), ("minilm", False, 0), ("other", False, 0), (None, False, 0), ("smollm2", True, 0),
    ("toString", False, 0),
])
def test_the_kept_choice_is_taken_when_it_comes_near_but_an_address_comes_first(on_page, kept, arrived, waits):
    life = on_page(arrived=arrived, kept={"book-tokenizer": kept}, text="the cat")
    assert life.call("comeNear", False) == waits, "not before it comes near"
    life.set()
    assert len(life.saves) == arrived
    assert life.call("comeNear", True) == 0, "and once"
    life.set()
    assert life.saves[-1:] == [] if not waits and not arrived else life.saves[-1]["reader"] == (
        "minilm" if arrived else "smollm2")


def test_half_a_character_is_a_sign_of_replacement(explorer):
    assert explorer.call("readable", "a\ud83e", 5) == "a\ufffd"
    assert explorer.call("readable", "🦩🦩", 1) == "🦩"


@pytest.mark.parametrize("columns", [2, 4])
def test_a_row_is_found_in_the_part_that_holds_it(explorer, columns):
    dice = np.random.default_rng(1)
    size = 1 + columns // 2
    table = dice.integers(1, 128, (6, size)).tolist()
    parts = ["".join(map(chr, sum(table[start : start + 4], []))) for start in (0, 4)]
    for i, (step, *pairs) in enumerate(table):
        expected = [(level - 7.5) * step / 100 for pair in pairs for level in divmod(pair, 16)]
        assert explorer.call("unpackRow", parts, i, {"columns": columns, "steps": 100}) == pytest.approx(expected)

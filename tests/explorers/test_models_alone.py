"""The explorers of a language model live in node: what they load or ask for, save, draw and say, from small records."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from living import WORDS, all_of, at, classes, living, numbers, text_of

from book_utils.explorers.break_it import BreakIt
from book_utils.explorers.row_on_its_way import RowOnItsWay

PAGE = Path(__file__).parents[1] / "support" / "on_a_page.mjs"


def life_of(kind):
    def lives():
        with living(kind, PAGE) as life:
            yield life
            assert life.ends() and life.call("watching") == 0, "what has gone hears its model no more"

    return pytest.fixture(scope="module")(lives)


breaking, way = life_of(BreakIt), life_of(RowOnItsWay)


def say(name, /, **values):
    return WORDS[name].format(**values)


def button(life, text):
    (one,) = [one for one in life.all("button") if text_of(one) == text]
    return one


def hidden(element):
    return bool(element.get("given", {}).get("hidden"))


def begin(life, state, files=None, arrived=False):
    """Begin in a notebook, or with files on a page."""
    life.call("page", files, arrived)
    return life.begins(json.loads(json.dumps(state)))


def choose(life, name, value):
    """Choose the radio button of a group that has this value."""
    named = [one["given"].get("name") == name and one["given"].get("value") == value for one in life.all("input")]
    return life.happens("input", "change", named.index(True), {"checked": True})


# -- what is broken --------------------------------------------------------------------------------------------------

BLIND = 10.0
FACTS = {
    "texts": {"code": "some code", "other": "another text"}, "prompts": ["One", "Two"], "blind": BLIND,
    "right": {"losses": [2.0, 4.0], "goesOn": [" a", " b"]},
    "breaks": {"bits": {"amounts": [8, 4], "sides": ["both", "input"], "limits": [1, 8]},
               "pairing": {"amounts": [None], "sides": ["both"], "limits": []}},
}  # fmt: skip
BROKEN = {"bits 4 input": {"losses": [3.0, 7.0], "goesOn": [" x", "\ny"]},
          "bits 8 both": {"losses": [2.0, 4.0], "goesOn": [" a", " b"]},
          "pairing  both": {"losses": [11.0, 1500.0], "goesOn": [" p", " q"]}}  # fmt: skip
STATE = {"facts": FACTS, "what": "bits", "amount": 4, "side": "input", "text": "all", "own": "", "guess": 6.5,
         "asked": {}, "answer": {}, "tries": [], "lazy": {"broken": {"name": "broken"}}}  # fmt: skip
FILES = {"broken": [json.dumps(BROKEN)[:30], json.dumps(BROKEN)[30:]]}
ASKED = {"what": "bits", "amount": 4, "side": "input", "own": ""}
BITS = "Fewer bits, one scale a row"
NAME = f"{BITS} (4), {WORDS['breakSides']['input']}"


def tables(life):
    return [[[text_of(cell) for cell in row["children"]] for row in all_of(one, "tr")] for one in life.all("table")]


def go(life):
    return life.press(WORDS["breakGo"]).set()


def test_a_page_loads_the_record_and_says_what_came_out(breaking):
    life = go(begin(breaking, STATE, FILES))
    assert life.saves == [{"answer": {"asked": ASKED, "own": [], **BROKEN["bits 4 input"]}},
                          {"tries": [[NAME, "all", 6.5, 5.0]]}]  # fmt: skip
    said = say("breakSaid", what=NAME, loss="5.00", guess="6.5",
               compared=WORDS["breakCompared"]["more"].format(gap="2.00", right="3.00"))  # fmt: skip
    assert life.text("break-said") == said
    line = say("breakLine", right="3.00", blind="10.00", guess="6.5")
    assert life.one("break-picture")["attributes"]["aria-label"] == f"{line} {said}"
    assert tables(life) == [
        [WORDS["breakColumns"].split("|"), [WORDS["breakAll"], "3.00", "5.00"],
         [WORDS["breakTexts"]["code"], "2.00", "3.00"], ["other", "4.00", "7.00"]],
        [WORDS["breakTriedColumns"].split("|"), [NAME, WORDS["breakAll"], "6.5", "5.00"]]]
    right, broken = WORDS["breakRight"], WORDS["breakBroken"]
    assert [text_of(one) for one in life.one("break-texts")["children"]] == [
        WORDS["breakGoesOn"], f"{right}: One a", f"{broken}: One x", f"{right}: Two b", f"{broken}: Two↵y"]
    assert life.call("askedFor") == ["broken"]
    assert life.press(WORDS["breakGo"]).prevented, "no form is sent"
    life.set()
    assert len(life.saves) == 3 and life.call("askedFor") == ["broken"], "loaded once, and tried once"


def test_nothing_is_told_before_it_is_asked_for_or_of_another_setting(breaking):
    life = begin(breaking, STATE, FILES)

    def silent():
        folded = [hidden(one) for one in life.all("details")[:2]]
        return life.text("break-said") == "" and life.one("break-texts")["children"] == [] and folded[0]

    assert silent() and tables(life) == [] and hidden(life.all("details")[1])
    assert len(life.all("break-right")) == 1 and life.all("break-broken") == []
    assert life.one("break-picture")["attributes"]["aria-label"].strip() == say(
        "breakLine", right="3.00", blind="10.00", guess="6.5")
    go(life)
    assert not silent() and len(life.all("break-broken")) == 3
    life.set(amount=8, side="both")
    assert silent() and len(tables(life)) == 1, "what was tried stays"
    go(life)
    assert life.saves[-1]["tries"][1:] == [[f"{BITS} (8), {WORDS['breakSides']['both']}", "all", 6.5, 3.0]]


def test_the_guess_that_stood_before_the_answer_stays(breaking):
    life = go(begin(breaking, STATE | {"text": "other"}, FILES))
    assert life.saves[-1] == {"tries": [[NAME, "other", 6.5, 7.0]]}
    life.set(guess=9)
    assert life.text("break-said").endswith("You said 6.5.") and len(life.saves) == 2
    life.set(text="code")
    assert life.text("break-said").endswith("You said 9."), "of this text nothing was guessed before"


@pytest.mark.parametrize(("what", "text", "losses", "told"), [
    ("pairing", "all", (3.0, 755.5), ("blind", 745.5)), ("pairing", "other", (4.0, 1500.0), ("blind", 1490.0)),
    ("pairing", "code", (2.0, 11.0), ("blind", 1.0)),
])
def test_a_loss_beyond_blind_guessing_is_compared_with_that(breaking, what, text, losses, told):
    life = go(begin(breaking, STATE | {"what": what, "amount": None, "side": "both", "text": text}, FILES))
    right, broken = losses
    name, gap = told
    written = {one: f"{one:.2f}" if one < 1000 else f"{one:,.0f}" for one in (right, broken, gap)}
    assert life.text("break-said") == say(
        "breakSaid", what=WORDS["breakNames"][what], loss=written[broken], guess="6.5",
        compared=WORDS["breakCompared"][name].format(gap=written[gap], blind="10.00"))  # fmt: skip


@pytest.mark.parametrize(("gap", "which"), [
    (0, "same"), (0.0049, "same"), (-0.0049, "same"), (0.0051, "more"), (-0.0051, "less"), (7, "more"),
    (7.0001, "blind"),
])
def test_two_decimals_that_are_the_same_are_the_same(breaking, gap, which):
    said, far = breaking.call("compared", 3 + gap, 3, 10)
    assert said == which and far == pytest.approx(0 if which == "same" else gap - 7 if which == "blind" else abs(gap))


def test_what_does_not_load_is_said_until_it_does(breaking):
    life = go(begin(breaking, STATE, {"broken": None}))
    problem = next(one for one in life.all("break-note") if one["attributes"].get("role") == "alert")
    assert text_of(problem) == WORDS["breakNoData"] and life.saves == []


def test_the_choices_follow_what_is_broken(breaking):
    life = begin(breaking, STATE, FILES)
    legends = [(text_of(one["children"][0]), hidden(one)) for one in life.all("fieldset")]
    assert legends == [(WORDS["breakAmounts"]["bits"], False), (WORDS["breakWhere"], False)]
    options = [[text_of(label) for label in all_of(one, "label")] for one in life.all("fieldset")]
    assert options == [["8", "4"], [*WORDS["breakSides"].values()]]
    checked = [one["given"]["value"] for one in life.all("input") if one["given"].get("checked")]
    assert checked == ["4", '"input"']
    choose(life, "amount", "8")
    choose(life, "side", '"both"')
    assert life.saves == [{"amount": 8}, {"side": "both"}]
    life.happens("select", "change", 0, {"value": "pairing"})
    assert life.saves[-1] == {"what": "pairing", "amount": None, "side": "both"}
    assert [hidden(one) for one in life.all("fieldset")] == [True, True], "there is nothing to choose"
    life.happens("select", "change", 0, {"value": "bits"})
    assert life.saves[-1] == {"what": "bits", "amount": 8, "side": "both"}, "the first of each"
    life.happens("select", "change", 1, {"value": "code"})
    assert life.saves[-1] == {"text": "code"}
    groups = [(one["given"]["label"], [text_of(each) for each in one["children"]]) for one in life.all("optgroup")]
    assert groups == [(WORDS["breakGroups"]["table"], [BITS]), (WORDS["breakGroups"]["places"], []),
                      (WORDS["breakGroups"]["turns"], [WORDS["breakNames"]["pairing"]])]  # fmt: skip
    texts = [text_of(one) for one in life.all("select")[1]["children"]]
    assert texts == [WORDS["breakAll"], WORDS["breakTexts"]["code"], "other"]


@pytest.mark.parametrize(("amount", "side", "fitted"), [
    (4, "input", (4, "input")), (5, "input", (8, "input")), (4, "output", (4, "both")),
])
def test_what_an_address_says_is_made_to_fit(breaking, amount, side, fitted):
    begin(breaking, STATE | {"amount": amount, "side": side}, FILES, arrived=True)
    assert breaking.saves == [dict(zip(("amount", "side"), fitted, strict=True))]
    assert begin(breaking, STATE | {"amount": amount, "side": side}, FILES).saves == []


def guess_field(life):
    return next(i for i, one in enumerate(life.all("input")) if one["given"].get("type") == "text")


@pytest.mark.parametrize(("typed", "guess"), [
    ("3.5", 3.5), ("0.001", 0.001), ("999.99", 999.99), ("0", None), ("-1", None), ("1000", None), ("many", None),
    ("", None), ("12345678901234567890 is far too long", None),
])
def test_a_guess_is_a_number_between_0_and_1000(breaking, typed, guess):
    life = begin(breaking, STATE, FILES)
    life.happens("input", "change", guess_field(life), {"value": typed})
    note = next(one for one in life.all("break-note") if one["attributes"].get("role") == "status")
    if guess is None:
        assert life.saves == [] and text_of(note) == say("breakNoGuess", text=typed[:20])
    else:
        assert life.saves == [{"guess": guess}] and text_of(note) == ""


def test_the_slider_of_the_guess_is_the_line(breaking):
    life = begin(breaking, STATE | {"guess": 5.0}, FILES)
    slider = next(one for one in life.all("input") if one["given"].get("type") == "range")
    assert [slider["given"][name] for name in ("min", "max", "step")] == [0, 1, 0.005]
    assert float(slider["given"]["value"]) == pytest.approx(0.5) and slider["attributes"]["aria-valuetext"] == "5"
    for place, loss in ((0, 0.5), (1, 50), (0.5, 5), (0.25, 1.58), (0.8, 19.9)):
        life.slide(WORDS["breakSlider"], place)
        assert life.saves[-1] == {"guess": loss}, "two decimals below 10, then one"
    for loss, written in ((9.99, 9.99), (10, 10.0)):
        place = math.log(loss / 0.5) / math.log(100)
        assert breaking.call("lossAt", place) == pytest.approx(written)
    assert [breaking.call("placeOf", loss) for loss in (0.4, 0.5, 50, 51)] == [0, 0, pytest.approx(1), 1]


@pytest.mark.parametrize(("pixels", "wide"), [(0, 640), (100, 260), (260, 260), (261, 261), (900, 900)])
def test_the_line_is_as_wide_as_its_room(breaking, pixels, wide):
    life = begin(breaking, STATE)
    life.see(life.call("widen", ".break-picture", pixels))
    assert numbers(life.one("break-picture")["attributes"]["viewBox"])[2] == wide


# -- in a notebook, what is broken is asked for ----------------------------------------------------------------------


def note_of(life, role):
    return [text_of(one) for one in life.all("break-note") if one["attributes"].get("role") == role]


def test_a_notebook_asks_python_and_waits(breaking):
    life = begin(breaking, STATE)
    waiting = next(one for one in life.all("p") if text_of(one) == WORDS["breakWaiting"])
    assert hidden(waiting)
    life.press(WORDS["breakGo"])
    assert life.saves == [{"asked": {}}, {"asked": ASKED}], "the same question again is news, too"
    assert not hidden(next(one for one in life.all("p") if text_of(one) == WORDS["breakWaiting"]))
    life.set(answer={"asked": ASKED, "problem": "It does not go."})
    assert note_of(life, "alert") == ["It does not go."] and len(life.saves) == 2
    assert hidden(next(one for one in life.all("p") if text_of(one) == WORDS["breakWaiting"]))
    life.set(amount=8)
    assert note_of(life, "alert") == [""]
    life.set(amount=4, answer={"asked": ASKED, "own": [2.5, 8.25], **BROKEN["bits 4 input"]})
    assert life.saves[-1]["tries"] == [[NAME, "all", 6.5, 5.0]] and note_of(life, "alert") == [""]
    assert tables(life)[0][-1] == [WORDS["breakOwn"], "2.50", "8.25"]
    assert [text_of(one) for one in life.all("break-soft")][-1] == WORDS["breakHere"]


def test_a_notebook_takes_any_amount_and_a_text_of_ones_own(breaking):
    life = begin(breaking, STATE)
    beyond = life.one("break-beyond")
    field = next(i for i, one in enumerate(life.all("input")) if one is next(all_of(beyond, "input")))
    assert life.all("input")[field]["given"]["value"] == "4"
    life.happens("input", "change", field, {"value": "many"})
    assert life.saves == [] and say("breakNoNumber", text="many") in note_of(life, "status")
    life.happens("input", "change", field, {"value": "7.5"})
    assert life.saves == [{"amount": 7.5}] and say("breakNoNumber", text="many") not in note_of(life, "status")
    life.happens("textarea", "input", 0, {"value": "a\ud83e" + "b" * 20_000})
    assert life.saves[-1] == {"own": "a\ufffd" + "b" * 19_998}
    life.set(own="from Python")
    assert life.one("textarea")["given"]["value"] == "from Python"
    life.set(what="pairing", amount=None)
    assert hidden(next(all_of(life.one("break-beyond"), "label"))), "there is no amount"
    assert begin(breaking, STATE, FILES).all("break-beyond") == []
    assert [text_of(one) for one in breaking.all("break-soft")][-1] == WORDS["breakPage"]


# -- a row on its way ------------------------------------------------------------------------------------------------

SENTENCES = [["the cat the", 2], ["a  dog\nruns", 1]]
WORDLIST = ["the", "cat", "dog", "a"]
LENGTHS = [[2.0, 20.0, 125.0], [3.0, 3.5, 40.0], [2.0, 30.0, 1234.0]]
COSINES = [[1000, 500, -350], [1000, 250, 100], [1000, 600, -130]]
NEAREST = [[[0, 100, 1, 40], [1, 90, 0, -25], [2, 55, 3, 5]]] * 3
NEXT = [[[1, 500, 2, 250], [2, 9, 1, 4], [3, 1000, 0, 0]]] * 3
WAY = {"text": SENTENCES[0][0], "tokens": ["the", "Ġcat", "Ġthe"], "words": WORDLIST, "cosine": COSINES,
       "length": LENGTHS, "nearest": NEAREST, "next": NEXT, "twins": [[0, 2, [1000, 900, 400]]]}  # fmt: skip
OTHER = WAY | {"text": SENTENCES[1][0], "tokens": ["a", "Ġdog", "Ġruns"], "twins": []}
ROW = {"sentences": SENTENCES, "sentence": SENTENCES[0][0], "place": 2, "block": 1, "asked": "", "way": WAY,
       "problem": "", "lazy": {"way0": {"name": "way0"}, "way1": {"name": "way1"}}}  # fmt: skip
WAYS = {"way0": [json.dumps(WAY)[:50], json.dumps(WAY)[50:]], "way1": [json.dumps(OTHER)]}


def signed(number, digits=2):
    return f"{number:z.{digits}f}".replace("-", "−")


def slider_of(life):
    return next(one for one in life.all("input") if one["given"].get("type") == "range")


@pytest.mark.parametrize(("place", "block", "twin"), [(2, 1, 0), (0, 2, 2), (1, 0, None)])
def test_a_token_after_a_block_is_told(way, place, block, twin):
    life = begin(way, ROW | {"place": place, "block": block})
    values = {"block": block, "token": WAY["tokens"][place], "cosine": signed(COSINES[place][block] / 1000),
              "length": f"{LENGTHS[place][block]:,g}"}
    said = [say("wayAfter" if block else "wayStart", **values)]
    if twin is not None:
        said.append(say("wayTwin", place=twin, cosine=signed(WAY["twins"][0][2][block] / 1000)))
    assert life.text("way-said") == " ".join(said)
    slider = slider_of(life)
    assert [slider["given"][name] for name in ("min", "max", "step")] == [0, 2, 1]
    assert float(slider["given"]["value"]) == block
    assert slider["attributes"]["aria-valuetext"] == say("wayValue", block=block, last=2)
    off = [button(life, WORDS[name])["attributes"]["aria-disabled"] for name in ("wayBack", "wayNext")]
    assert off == [str(block == 0).lower(), str(block == 2).lower()]
    nearest, following = ([[text_of(cell) for cell in item["children"]] for item in all_of(one, "li")]
                          for one in life.one("way-lists")["children"])
    assert nearest == [[[["the", "1.00"], ["cat", "0.40"]], [["cat", "0.90"], ["the", "−0.25"]],
                        [["dog", "0.55"], ["a", "0.05"]]][block]][0]
    assert [row[:2] for row in following] == [
        [["cat", "50%"], ["dog", "25%"]], [["dog", "< 1%"], ["cat", "< 1%"]], [["a", "100%"], ["the", "0%"]]][block]
    shares = [numbers(one["given"]["style"].removeprefix("--share:")) for one in life.all("way-bar")]
    assert shares == [[[0.5], [0.25]], [[0.009], [0.004]], [[1], [0]]][block]
    tokens = life.one("way-tokens")["children"]
    assert [text_of(one) for one in tokens] == [f"{name} {say('wayPlace', place=i)}"
                                                for i, name in enumerate(WAY["tokens"])]
    assert [classes(one) for one in tokens] == [["way-is-twin"] if i == twin else [] for i in range(3)]
    assert [bool(one["given"].get("checked")) for one in all_of(life.one("way-tokens"), "input")] == [
        i == place for i in range(3)]


def test_the_picture_names_its_lines_and_their_numbers(way):
    life = begin(way, ROW)
    own, twin = WORDS["wayOwnLine"], say("wayTwinLine", place=0)
    assert [text_of(one) for one in life.one("way-legend")["children"]] == [own, twin]
    lines = [classes(next(all_of(one, "path")))[1] for one in life.one("way-legend")["children"]]
    assert lines == ["way-own", "way-twin-0"]
    label = life.one("way-picture")["attributes"]["aria-label"]
    assert label == (f"{say('wayLabel', token='Ġthe')} {own}: 0: 1.00, 1: 0.60, 2: {signed(-0.13)}. "
                     f"{twin}: 0: 1.00, 1: 0.90, 2: 0.40.")
    assert numbers(life.one("way-picture")["attributes"]["viewBox"])[2] == 640, "where nothing is laid out yet"
    cells = [float(one["attributes"]["fill-opacity"]) for one in life.all("way-cell")]
    assert cells == [0.5, 0.009, 1]


@pytest.mark.parametrize(("pixels", "wide"), [(0, 640), (100, 280), (280, 280), (281, 281), (900, 900)])
def test_the_picture_is_as_wide_as_its_room(way, pixels, wide):
    life = begin(way, ROW)
    life.see(life.call("widen", ".way-picture", pixels))
    assert numbers(life.one("way-picture")["attributes"]["viewBox"])[2] == wide


def test_the_label_tells_six_blocks_of_many(way):
    blocks = 31
    long = WAY | {"cosine": [[1000] * blocks] * 3, "length": [[2.0] * blocks] * 3, "nearest": [[[0, 100]] * blocks] * 3,
                  "next": [[[0, 100]] * blocks] * 3, "twins": []}  # fmt: skip
    life = begin(way, ROW | {"way": long, "place": 1})
    told = ", ".join(f"{i}: 1.00" for i in (0, 1, 5, 10, 20, 30))
    assert life.one("way-picture")["attributes"]["aria-label"].endswith(f": {told}.")


def test_one_goes_from_block_to_block_and_from_token_to_token(way):
    life = begin(way, ROW)
    for text, block in (("wayNext", 2), ("wayNext", 2), ("wayBack", 1), ("wayBack", 0), ("wayBack", 0)):
        life.press(WORDS[text])
        assert life.saves[-1] == {"block": block}
    place = next(i for i, one in enumerate(life.all("input")) if one["given"].get("type") == "range")
    life.happens("input", "input", place, {"value": "2"})
    assert life.saves[-1] == {"block": 2}
    choose(life, "token", "1")
    assert life.saves[-1] == {"place": 1} and "Ġcat" in life.text("way-said")
    checked = [bool(one["given"].get("checked")) for one in all_of(life.one("way-tokens"), "input")]
    assert checked[1]
    life.set(block=99, place=7)
    last = say("wayAfter", block=2, token="Ġthe", cosine=signed(-0.13), length="1,234")
    assert life.text("way-said").startswith(last), "what is beyond is the last"
    # the picture is 280 pixels or more: 46 before and 10 after the blocks
    life.begins(json.loads(json.dumps(ROW)))
    for x, block in ((46, 0), (46 + 224 / 3 - 1, 0), (46 + 224 / 3 + 1, 1), (46 + 2 * 224 / 3 + 1, 2)):
        life.happens(".way-view", "pointerdown", 0, clientX=20 + x)
        assert life.saves[-1] == {"block": block}
    saved = len(life.saves)
    life.happens(".way-view", "pointermove", 0, clientX=20, buttons=0)
    assert len(life.saves) == saved
    life.happens(".way-view", "pointermove", 0, clientX=20, buttons=1)
    assert life.saves[-1] == {"block": 0}


def test_the_table_has_all_blocks_once_it_is_opened(way):
    life = begin(way, ROW)
    assert life.all("table") == []
    life.happens("details", "toggle", 0, {"open": True})
    (rows,) = tables(life)
    names = WORDS["wayColumns"].split("|")
    assert rows[0] == [*names[:2], say("wayTwinColumn", place=0), *names[2:]]
    assert rows[1:] == [["0", "1.00", "1.00", "2", "the 1.00", "cat 50%"],
                        ["1", "0.60", "0.90", "30", "cat 0.90", "dog < 1%"],
                        ["2", signed(-0.13), "0.40", "1,234", "dog 0.55", "a 100%"]]  # fmt: skip


def test_a_notebook_asks_python_for_a_text(way):
    life = begin(way, ROW | {"way": {}})
    assert life.saves == [{"asked": ""}, {"asked": "the cat the"}]
    shown = next(one for one in life.page["children"][0]["children"] if list(all_of(one, "fieldset")))

    def waiting():
        return [text_of(one) for one in life.all("p") if one["attributes"].get("role") == "status"]

    assert hidden(shown) and waiting() == [WORDS["wayWaiting"]]
    life.set(problem="Too long.")
    assert life.text("way-problem") == "Too long." and waiting() == [""]
    life.happens("select", "change", 0, {"value": "1"})
    assert life.saves[2:] == [{"sentence": SENTENCES[1][0], "place": 1, "problem": ""}, {"asked": ""},
                              {"asked": SENTENCES[1][0]}]  # fmt: skip
    saved = len(life.saves)
    life.happens("textarea", "input", 0, {"value": "  "})
    life.press(WORDS["wayFollow"])
    assert len(life.saves) == saved, "nothing is no text"
    life.happens("textarea", "input", 0, {"value": "a\ud83e" + "b" * 2000})
    life.press(WORDS["wayFollow"])
    own = "a\ufffd" + "b" * 1998
    assert life.saves[saved:] == [{"sentence": own, "place": 0, "problem": ""}, {"asked": ""}, {"asked": own}]
    assert life.prevented, "no form is sent"
    assert [text_of(one) for one in life.all("option")] == ["the cat the", "a dog runs"]
    assert begin(way, ROW).saves == [], "what is there already is not asked for"


def test_a_page_loads_a_sentence_when_it_comes_near_and_keeps_it(way):
    life = begin(way, ROW | {"way": {}}, WAYS)
    assert life.call("comeNear", False) == 1 and life.call("askedFor") == []
    assert life.call("comeNear", True) == 0
    life.set()
    assert life.call("askedFor") == ["way0"] and life.saves == [{"way": WAY}]
    assert life.page["children"][0]["attributes"]["data-ready"] == "true"
    for choice, way_of in (("1", OTHER), ("0", WAY), ("1", OTHER)):
        life.happens("select", "change", 0, {"value": choice})
        life.set()
        assert life.saves[-1] == {"way": way_of}
    assert life.call("askedFor") == ["way0", "way1"] and life.all("form") == []
    life = begin(way, ROW, WAYS)
    life.call("comeNear", True)
    assert life.set().saves == [], "it is there already"


def test_a_sentence_that_does_not_load_can_be_asked_for_again(way):
    life = begin(way, ROW, WAYS | {"way1": None})
    life.happens("select", "change", 0, {"value": "1"})
    life.set()
    assert life.text("way-problem") == WORDS["wayNoData"] and not hidden(button(life, WORDS["tryAgain"]))
    life.press(WORDS["tryAgain"]).set()
    assert life.call("askedFor") == ["way1"] * 2
    life.happens("select", "change", 0, {"value": "0"})
    life.set()
    assert life.text("way-problem") == "" and hidden(button(life, WORDS["tryAgain"]))
    assert life.saves[-1] == {"way": WAY}


def test_what_loads_late_does_not_take_the_place_of_what_was_chosen_since(way):
    life = begin(way, ROW | {"way": {}}, WAYS)
    life.call("hold", True)
    life.happens("select", "change", 0, {"value": "1"})
    life.happens("select", "change", 0, {"value": "0"})
    life.call("hold", False)
    life.set()
    assert [one["way"]["text"] for one in life.saves if "way" in one] == [SENTENCES[0][0]]


@pytest.mark.parametrize(("lowest", "ticks"), [(0.3, [0, 0.5, 1]), (0, [0, 0.5, 1]), (-0.001, [-0.2, 0.5, 1, 0]),
                                               (-0.2, [-0.2, 0.5, 1, 0]), (-0.201, [-0.4, 0.5, 1, 0])])  # fmt: skip
def test_cosines_have_a_scale_down_to_the_next_fifth(way, lowest, ticks):
    shown = {"cosine": [1, lowest, 0.4], "length": [0.5, 8, 100], "sure": [0, 0.5, 1], "twins": [[1, 0.9, 0.8]] * 4}
    picture = way.call("wayPicture", shown, 1, 346, {"label": "", "cosine": "c", "length": "l", "next": "n"})
    texts = [(text_of(one), at(one), one["attributes"]["text-anchor"]) for one in picture["children"]
             if one["tag"] == "text"]  # fmt: skip
    names = [text for text, *_ in texts]
    assert names == ["c", *(signed(one, 1) if one == ticks[0] else f"{one:g}" for one in ticks), "l", "0.1", "1", "10",
                     "100", "n", "0"]  # fmt: skip
    spots = dict(zip(names, texts, strict=False))
    low = ticks[0]
    for number, (_, (x, y), anchor) in zip(ticks, texts[1:], strict=False):
        assert (x, anchor) == (40, "end") and y == pytest.approx(18 + 170 * (1 - number) / (1 - low) + 5)
    for power, name in enumerate(("100", "10", "1", "0.1")):  # three powers over 74, of a band below the first
        _, (x, y), anchor = [one for one in texts[len(ticks) + 2:] if one[0] == name][0]
        assert (x, anchor) == (40, "end") and y == pytest.approx(218 + 74 * power / 3 + 5)
    assert spots["c"][1:] == ((46, 12), "start") and spots["l"][1:] == ((46, 212), "start")
    assert spots["n"][1:] == ((46, 316), "start") and texts[-1][1][0] == pytest.approx(46 + 290 / 6)
    twins = [classes(one)[1] for one in picture["children"] if "way-line" in classes(one)]
    assert twins == ["way-twin-0", "way-twin-1", "way-twin-2", "way-twin-0", "way-own", "way-length"]
    grid = [(at(one, "x1", "y1"), at(one, "x2", "y2")) for one in picture["children"] if classes(one) == ["way-grid"]]
    assert all(start[0] == 46 and end[0] == pytest.approx(336) and start[1] == end[1] for start, end in grid)
    assert np.allclose([at(one, "x", "y") for one in picture["children"] if classes(one) == ["way-now"]],
                       [[46 + 290 / 3, 18]])

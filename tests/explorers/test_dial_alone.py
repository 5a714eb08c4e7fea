"""The rope dial lives in node: what it says of its numbers, against position.py, and what its controls save."""

import json
import math

import numpy as np
import pytest
from living import WORDS, all_of, at, classes, living, numbers, state_of, text_of

from book_utils import position
from book_utils.asking.score import number_text
from book_utils.explorers.rope_dial import RopeDial

DIM, CONTEXT = 8, 1000
CHANCE = np.random.default_rng(5)
QUERY, KEY = CHANCE.standard_normal((2, DIM)).round(2).tolist()
LLAMA = {"method": "llama3", "factor": 8, "original_max_position_embeddings": 500, "low_freq_factor": 1,
         "high_freq_factor": 4}  # fmt: skip
PLAIN = {"name": "a", "head_dim": DIM, "rotary_dim": 6, "base": 100, "context": CONTEXT, "trained": CONTEXT,
         "pairing": "split", "scaling": None}  # fmt: skip
LONG = PLAIN | {"name": "b", "rotary_dim": 8, "base": 10_000, "context": 4000, "trained": 500, "scaling": LLAMA}
REAL = PLAIN | {"name": "c", "real": {"head": 3, "block": 2, "text": "so it is", "share": 0.615,
                                      "query": {"place": 9, "token": "it", "numbers": KEY},
                                      "key": {"place": 8, "token": "so", "numbers": QUERY}}}  # fmt: skip
STATE = {"presets": [PLAIN, LONG, REAL], "query": QUERY, "key": KEY, "preset": "a", "rotary_dim": 6, "base": 100,
         "pairing": "split", "scaling": "none", "factor": 8, "query_place": 5, "key_place": 3, "pair": 1,
         "all_pairs": False, "span": 128, "before": []}  # fmt: skip


@pytest.fixture(scope="module")
def dial():
    with living(RopeDial) as life:
        yield life
        assert life.ends()


def say(key, /, **values):
    """A sentence of the page: a minus stands where Python has a hyphen."""
    signed = {name: str(value).replace("-", "−") for name, value in values.items()}
    return WORDS[key].format(**signed)


def angle(radians, digits=1):
    degrees = math.degrees(radians)

    def fixed(number, digits):
        return number_text(number) if number and abs(number) < 10 ** (1 - digits) else f"{number:.{digits}f}"

    return f"{fixed(degrees, 1)}° ({fixed(radians, 3)} rad)"


def turned(vector, place, size=6, base=100, pairing="split"):
    return position.rope(np.array(vector[:size]), place, base=base, pairing=pairing)


def scored(m, n, size=6, base=100, pairings=("split", "split")):
    inside = turned(QUERY, m, size, base, pairings[0]) @ turned(KEY, n, size, base, pairings[1])
    return inside, np.dot(QUERY[size:], KEY[size:])


def test_the_score_and_its_parts_are_those_of_position(dial):
    for m, n in [(5, 3), (3, 5), (999, 0)]:
        dial.begins(STATE | {"query_place": m, "key_place": n})
        inside, passed = scored(m, n)
        assert dial.text("dial-score") == say("dialScore", offset=number_text(m - n), score=f"{inside + passed:.4f}")
        told = [text_of(one) for one in dial.all("p")]
        assert say("dialParts", turn=6, turned=f"{inside:.4f}", **{"pass": 2}, passed=f"{passed:.4f}") in told
        assert dial.one("rope-dial")["attributes"]["data-mixed"] == "false" and WORDS["dialMixedRule"] not in told
        whole = dial.begins(STATE | {"rotary_dim": 8})
        assert say("dialNoPass", turn=8) in [text_of(one) for one in whole.all("p")]


@pytest.mark.parametrize("pairing", ["split", "interleaved", "mixed"])
def test_moved_together_the_score_stays_but_for_mixed_pairs(dial, pairing):
    dial.begins(STATE | {"pairing": pairing}).press("Move both by 100")
    assert dial.saves == [{"query_place": 105, "key_place": 103, "before": [5, 3]}]
    ways = ("split", "interleaved") if pairing == "mixed" else (pairing, pairing)
    then, now = (sum(scored(m, n, pairings=ways)) for m, n in ((5, 3), (105, 103)))
    places = {"a": 5, "b": 3, "m": 105, "n": 103, "then": f"{then:.4f}", "now": f"{now:.4f}"}
    if pairing == "mixed":
        assert dial.text("dial-compared") == say("dialParted", **places)
    else:
        assert dial.text("dial-compared") == f"{say('dialStays', **places)} {WORDS['dialOffsetRule']}"
    told = [text_of(one) for one in dial.all("p")]
    assert (WORDS["dialMixedRule"] in told) == (pairing == "mixed")
    held = {"split": ("1 and 4",) * 2, "interleaved": ("2 and 3",) * 2, "mixed": ("1 and 4", "2 and 3")}[pairing]
    name = "dialMixedNumbers" if pairing == "mixed" else "dialNumbers"
    assert say(name, pair=1, numbers=held[0], others=held[1]) in told
    dial.slide("Query at place m", 106)
    assert dial.saves[-1] == {"query_place": 106, "before": []} and dial.text("dial-compared") == ""


@pytest.mark.parametrize(("m", "n", "to"), [(899, 0, (999, 100)), (900, 100, (800, 0)), (950, 500, (850, 400))])
def test_both_go_on_while_there_is_room_and_then_back(dial, m, n, to):
    dial.begins(STATE | {"query_place": m, "key_place": n}).press("Move both by 100")
    assert dial.saves == [{"query_place": to[0], "key_place": to[1], "before": [m, n]}]


def test_there_may_be_no_room_to_move_both(dial):
    dial.begins(STATE | {"query_place": 900, "key_place": 99}).press("Move both by 100")
    assert dial.saves == [] and say("dialNoRoom", step=100) in [text_of(one) for one in dial.all("dial-note")]


def test_the_chosen_pair_is_told_and_drawn(dial):
    rate = 100 ** (-2 / 6)
    dial.begins(STATE)
    before = math.atan2(QUERY[4], QUERY[1]) - math.atan2(KEY[4], KEY[1])
    before = math.remainder(before, math.tau)
    now = math.remainder(before + 2 * rate, math.tau)
    told = [text_of(one) for one in dial.all("p")]
    assert say("dialBetween", before=angle(before), added=angle(2 * rate), now=angle(now)) in told
    assert say("dialTurn", angle=angle(rate), tokens=number_text(math.tau / rate), m=5, n=3, query=angle(5 * rate),
               key=angle(3 * rate)) in told  # fmt: skip
    arrows = [one for one in dial.one("dial-face")["children"][0]["children"] if one["tag"] == "g"]
    handles = [one for one in arrows if "dial-handle" in classes(one)]
    for handle, vector, place, radius in zip(handles, (QUERY, KEY), (5, 3), (130, 90), strict=True):
        (x, y), start = numbers(handle["attributes"]["transform"]), math.atan2(vector[4], vector[1])
        end = radius * np.array([math.cos(start + place * rate), -math.sin(start + place * rate)])
        assert (x, y) == pytest.approx(tuple(end))
        values = [handle["attributes"][f"aria-value{name}"] for name in ("min", "max", "now", "text")]
        assert values == ["0", "999", str(place), say("dialArrow", place=place, turned=angle(place * rate))]


@pytest.mark.parametrize("turn", [2, 6, 8])
def test_a_head_says_how_many_of_its_numbers_turn_and_how_many_pass(dial, turn):
    dial.begins(STATE | {"rotary_dim": turn, "pair": 0})
    labels = [one["attributes"].get("aria-label") for one in dial.all("svg")]
    assert say("dialStrip", head=8, turn=turn, **{"pass": 8 - turn}) in labels
    texts = [text_of(one) for one in dial.all("text")]
    assert say("dialStripTurn", turn=turn) in texts
    assert (say("dialStripPass", **{"pass": 8 - turn}) in texts) == (turn < 8)


def test_all_pairs_are_clocks_and_a_press_enlarges_one(dial):
    dial.begins(STATE | {"all_pairs": True})
    rates = [100 ** (-2 * i / 6) for i in range(3)]
    starts = [math.atan2(QUERY[i + 3], QUERY[i]) - math.atan2(KEY[i + 3], KEY[i]) for i in range(3)]
    apart = [start + 2 * rate for start, rate in zip(starts, rates, strict=True)]
    told = ", ".join(angle(math.remainder(each, math.tau)).split(" ")[0] for each in apart)
    picture = dial.one("dial-face")["children"][0]
    assert picture["attributes"]["aria-label"] == say("dialClocks", pairs=3, between=told.replace("-", "−"))
    assert WORDS["dialClocksHint"] in [text_of(one) for one in dial.all("dial-hint")]
    dial.happens(".dial-clock", "click", 2)
    assert dial.saves == [{"pair": 2, "all_pairs": False}]
    assert WORDS["dialHint"] in [text_of(one) for one in dial.all("dial-hint")]


def test_a_number_that_does_not_fit_is_made_to_fit_and_said(dial):
    titles = ["Query at place m", "Key at place n", "Pair", "Factor", "Base", "Numbers that turn"]
    names = ["query_place", "key_place", "pair", "factor", "base", "rotary_dim"]
    limits = {"query_place": (0, 999), "key_place": (0, 999), "pair": (0, 2), "factor": (1, 64), "base": (1, 10**12),
              "rotary_dim": (2, 8)}  # fmt: skip
    notes = dial.begins(STATE).all("dial-control")
    order = [text_of(one["children"][0]) for one in notes]
    assert sorted(order) == sorted(titles)
    for title, name in zip(titles, names, strict=True):
        place, (low, high) = order.index(title), limits[name]
        kind = WORDS["dialEven" if name == "rotary_dim" else "dialWhole"]
        rule = say("dialRule", name=title, kind=kind, low=number_text(low), high=number_text(high))
        for asked, used in ((low, low), (high, high), (low - 1, low), (high + 2, high), ("x", None)):
            dial.begins(STATE)
            dial.happens("input", "change", field_of(dial, place), {"value": str(asked)})
            note = text_of(dial.all("dial-control")[place]["children"][2])
            if used is None:
                kept = number_text(STATE[name])
                assert note == say("dialNotNumber", rule=rule, text="x", kept=kept) and dial.saves == []
                assert dial.all("input")[field_of(dial, place)]["given"]["value"] == kept, "and stands there again"
                continue
            clamped = say("dialClamped", rule=rule, asked=number_text(asked), used=number_text(used))
            assert note == ("" if asked == used else clamped), (name, asked)
            assert used == STATE[name] or dial.saves[0][name] == used


def field_of(life, place):
    """The number, among all inputs, of the field of a control."""
    field = life.all("dial-control")[place]["children"][0]["children"][1]
    return next(i for i, one in enumerate(life.all("input")) if one is field)


def test_the_slider_of_the_base_counts_powers(dial):
    dial.begins(STATE).slide("Base", 4)
    assert dial.saves == [{"base": 10_000}]
    dial.slide("Base", 4.1)  # two digits of 10^4.1
    assert dial.saves[-1] == {"base": 13_000}
    dial.begins(STATE | {"base": 3}).slide("Base", math.log10(3) + 0.1)
    assert dial.saves == [{"base": 4}], "a step of the powers may be less than 1"
    dial.slide("Base", math.log10(4) - 0.05)
    assert dial.saves[-1] == {"base": 3}
    (slider,) = [one for one in dial.all("input") if one["attributes"].get("aria-label") == "Base"]
    given = slider["given"]
    assert (given["min"], given["max"], given["step"]) == (0, 12, 0.1) and slider["attributes"]["aria-valuetext"] == "3"


# -- scaling ---------------------------------------------------------------------------------------------------------


def facts(dial):
    (one,) = [text for text in map(text_of, dial.all("dial-facts")) if text.startswith(("a:", "b:", "c:"))]
    return one


def test_pairs_are_counted_before_and_after_scaling(dial):
    dial.begins(STATE | {"preset": "b", "rotary_dim": 8, "base": 10_000, "scaling": "linear", "factor": 4})
    lengths = np.array([math.tau * 10_000 ** (2 * i / 8) for i in range(4)])
    told = [text_of(one).strip() for one in dial.all("p")]
    was, now = ((lengths <= 4000).sum(), (4 * lengths <= 4000).sum())
    assert say("dialSlower", was=was, pairs=4, context="4,000", before=number_text(lengths[-1]), slower=4, least=4,
               **{"is": now}, after=number_text(4 * lengths[-1])) in told  # fmt: skip
    assert WORDS["dialWayHints"]["linear"] in told
    ways = [text_of(one) for one in dial.all("option")]
    assert "llama3 (its own)" in ways and "linear" in ways and "proportional" not in ways
    (waves,) = [one for one in dial.all("svg") if "Before scaling" in one["attributes"].get("aria-label", "")]
    assert len([one for one in waves["children"] if classes(one) == ["dial-from"]]) == 4
    dial.begins(STATE)
    plain = np.array([math.tau * 100 ** (2 * i / 6) for i in range(3)])
    told = [text_of(one) for one in dial.all("p")]
    assert say("dialFull", full=(plain <= CONTEXT).sum(), pairs=3, context="1,000", first=number_text(plain[0]),
               last=number_text(plain[-1])) in told  # fmt: skip
    hidden = [one for one in dial.all("dial-control") if one.get("given", {}).get("hidden")]
    assert [text_of(one["children"][0]) for one in hidden] == ["Factor"], "nothing is scaled"


def test_a_model_brings_its_own_numbers_and_the_way_back_to_them(dial):
    dial.begins(STATE)
    assert button(dial, WORDS["dialBack"]).get("given", {})["hidden"]
    assert facts(dial).startswith(say("dialFacts", **PLAIN | {"base": "100", "context": "1,000",
                                                             "pairing": "split halves"}))  # fmt: skip
    dial.happens("select", "change", 0, {"value": "b"})
    assert dial.saves == [{"preset": "b", "rotary_dim": 8, "base": 10_000, "scaling": "llama3"}]
    assert button(dial, WORDS["dialBack"])["given"]["hidden"]
    dial.slide("Numbers that turn", 6)
    assert not button(dial, WORDS["dialBack"])["given"]["hidden"]
    dial.press(WORDS["dialBack"])
    assert dial.saves[-1] == {"rotary_dim": 8} and button(dial, WORDS["dialBack"])["given"]["hidden"]


def button(life, text):
    (one,) = [one for one in life.all("button") if text_of(one) == text]
    return one


def test_a_real_head_shows_its_own_numbers_and_its_curve(dial):
    dial.begins(STATE)
    assert text_of(next(one for one in dial.all("dial-hint") if "made up" in text_of(one))) == WORDS["dialMadeUp"]
    assert not any(classes(one) == ["dial-curve"] for one in dial.all("path")), "the curve is folded away"
    dial.press(WORDS["dialToReal"])
    assert dial.saves == [{"preset": "c", "query_place": 9, "key_place": 8}]
    assert button(dial, WORDS["dialToReal"])["given"]["hidden"]
    real = WORDS["dialReal"].replace("`", "").format(head=3, block=2, text="so it is", query="it", key="so", share=62)
    assert real in [text_of(one) for one in dial.all("dial-hint")]
    score = turned(KEY, 9) @ turned(QUERY, 8) + np.dot(KEY[6:], QUERY[6:])
    assert dial.text("dial-score") == say("dialScore", offset=1, score=f"{score:.4f}")
    (picture,) = [one for one in dial.all("svg") if any(classes(part) == ["dial-curve"] for part in one["children"])]
    scores = {offset: turned(KEY, 8 + offset) @ turned(QUERY, 8) + np.dot(KEY[6:], QUERY[6:])
              for offset in range(-8, 121)}  # fmt: skip
    low, high = min(scores, key=scores.get), max(scores, key=scores.get)
    assert picture["attributes"]["aria-label"] == say(
        "dialCurve", left=-8, right=120, offset=1, score=f"{score:.2f}", low=f"{scores[low]:.2f}", lowAt=low,
        high=f"{scores[high]:.2f}", highAt=high)  # fmt: skip


def curve_of(dial, **more):
    """The open curve of a state: its picture, and the points of its line and of the dashed one."""
    dial.begins(STATE | more)
    place = [text_of(one["children"][0]) for one in dial.all("details")].index(WORDS["dialCurveHead"])
    dial.happens("details", "toggle", place, {"open": True})
    (picture,) = [one for one in dial.all("svg") if numbers(one["attributes"]["viewBox"]) == [0, 0, 320, 194]
                  and "offset" in one["attributes"].get("aria-label", "")]  # fmt: skip
    lines = {classes(one)[0]: np.reshape(numbers(one["attributes"]["d"]), (-1, 2)) for one in picture["children"]
             if classes(one) in (["dial-curve"], ["dial-before"])}  # fmt: skip
    said = [text_of(one) for one in dial.all("dial-hint")]
    dashed = [name for name in ("dialDashed", "dialDashedPlain") if WORDS[name] in said]
    return picture, lines.get("dial-curve"), lines.get("dial-before"), dashed


def heights(scores):
    return 150 - 130 * (np.array(scores) - min(scores)) / (max(scores) - min(scores))


def test_the_curve_shows_every_offset_inside_the_context(dial):
    for m, n, offsets in [(5, 3, range(-3, 126)), (995, 990, range(-119, 10)), (500, 900, range(-464, -335))]:
        picture, points, before, dashed = curve_of(dial, query_place=m, key_place=n)
        scores = [sum(scored(n + offset, n)) for offset in offsets]
        assert len(points) == len(scores) == 129 and before is None and dashed == []
        ends = {f"{offset:,}".replace("-", "−") for offset in (offsets[0], offsets[-1])}
        assert ends <= {text_of(part) for part in picture["children"]}
        np.testing.assert_allclose(points[:, 1], heights(scores), atol=0.06)
        assert picture["attributes"]["aria-label"].startswith(
            say("dialCurve", left=offsets[0], right=offsets[-1], offset=m - n, score=f"{sum(scored(m, n)):.2f}",
                low="", lowAt="", high="", highAt="").split(" Lowest")[0])  # fmt: skip


def test_dashed_is_the_curve_before_both_moved_or_without_scaling(dial):
    _, points, before, dashed = curve_of(dial, query_place=105, key_place=103, before=[5, 3], pairing="mixed")
    offsets, ways = range(-62 + 105 - 103 - 2, 129 - 62 + 105 - 103 - 2), ("split", "interleaved")
    assert dashed == ["dialDashed"] and before is not None
    now = [sum(scored(103 + offset, 103, pairings=ways)) for offset in offsets]
    then = [sum(scored(3 + offset, 3, pairings=ways)) for offset in offsets if 3 + offset >= 0]
    assert len(points) == 129 and len(before) == len(then)
    both = heights([*now, *then])
    np.testing.assert_allclose(points[:, 1], both[: len(now)], atol=0.06)
    np.testing.assert_allclose(before[:, 1], both[len(now):], atol=0.06)
    scaled = {"preset": "b", "rotary_dim": 8, "base": 10_000, "scaling": "linear", "factor": 4}
    for more, expected in (({}, ["dialDashedPlain"]), ({"pairing": "mixed"}, []), ({"scaling": "none"}, []),
                           ({"span": 8192}, [])):  # fmt: skip
        _, _, before, dashed = curve_of(dial, **scaled | more)
        assert dashed == expected and (before is not None) == bool(expected), more
    _, points, before, dashed = curve_of(dial, before=[5, 3], query_place=105, key_place=103, span=0)
    assert points is None and dashed == [], "one in four is shown: points that are not joined"


def test_the_table_has_a_row_for_each_pair(dial):
    dial.begins(STATE)
    place = [text_of(one) for one in dial.all("details")].index(WORDS["dialTable"])
    dial.happens("details", "toggle", place, {"open": True})
    rows = [[text_of(cell) for cell in row["children"]] for row in dial.all("tr")]
    assert rows[0] == WORDS["dialColumns"].split("|")
    for i, row in enumerate(rows[1:]):
        rate = 100 ** (-2 * i / 6)
        pair = [turned(QUERY, 5)[[i, i + 3]], turned(KEY, 3)[[i, i + 3]]]
        apart = math.remainder(math.atan2(*pair[0][::-1]) - math.atan2(*pair[1][::-1]), math.tau)
        expected = [str(i), f"{i} and {i + 3}", number_text(math.tau / rate), number_text(CONTEXT * rate / math.tau),
                    angle(apart).split(" ")[0], f"{pair[0] @ pair[1]:.2f}"]  # fmt: skip
        assert row == [cell.replace("-", "−") for cell in expected]
    assert len(rows) == 4


def test_choices_are_saved_and_shown(dial):
    dial.begins(STATE)
    for value, saved in (("mixed", {"pairing": "mixed"}), ("all", {"all_pairs": True}), ("one", {"all_pairs": False})):
        place = next(i for i, one in enumerate(dial.all("input")) if one["given"]["value"] == value)
        dial.happens("input", "change", place, {"checked": True})
        assert dial.saves[-1] == saved
        checked = {one["given"]["value"] for one in dial.all("input") if one["given"].get("checked")}
        assert value in checked and len(checked) == 2
    selects = dial.all("select")
    span = next(i for i, one in enumerate(selects) if "1024" in {o["given"]["value"] for o in all_of(one, "option")})
    dial.happens("select", "change", span, {"value": "0"})
    assert dial.saves[-1] == {"span": 0}
    way = next(i for i, one in enumerate(selects) if "linear" in {o["given"]["value"] for o in all_of(one, "option")})
    dial.happens("select", "change", way, {"value": "linear"})
    assert dial.saves[-1] == {"scaling": "linear"}


def test_the_whole_state_of_python_is_shown(dial):
    widget = RopeDial("Llama 3.1 8B", query_place=105, key_place=103)
    dial.begins(json.loads(json.dumps(state_of(widget))))
    assert dial.text("dial-score") == say("dialScore", offset=2, score=f"{widget.score:.4f}")
    assert at(dial.one("dial-face")["children"][0]["children"][0], "r", "r") == (130, 130)


@pytest.mark.parametrize(("own", "turning", "base", "ways"), [
    (None, 8, 100, {"dynamic", "yarn"}), (None, 6, 100, {"dynamic", "yarn", "proportional"}),
    (None, 2, 100, {"yarn", "proportional"}), (None, 3, 1, {"dynamic", "proportional"}),
    (None, 3, 1.5, {"dynamic", "yarn", "proportional"}), ("longrope", 8, 100, {"dynamic", "yarn", "longrope"}),
    ("longrope", 6, 100, {"dynamic", "yarn", "proportional"}), ("linear", 8, 100, {"dynamic", "yarn"}),
])
def test_ways_to_scale_are_those_that_the_numbers_allow(dial, own, turning, base, ways):
    """A dynamic base needs two pairs or more, YaRN a base above 1; the lists of LongRoPE are for the model's size."""
    preset = {"scaling": own and {"method": own}, "rotary_dim": 8, "head_dim": 8}
    found = dial.call("waysFor", preset, {"rotary_dim": turning, "base": base})
    assert set(found) == {"none", "linear", "llama3", *ways}


@pytest.mark.parametrize(("way", "more", "title"), [
    ("yarn", {"base": 1}, "Base"), ("dynamic", {"rotary_dim": 2, "pair": 0}, "Numbers that turn")])
def test_a_way_that_has_no_room_is_told_where_its_number_is(dial, way, more, title):
    dial.begins(STATE | more | {"scaling": way})
    notes = {text_of(one["children"][0]): text_of(one["children"][2]) for one in dial.all("dial-control")}
    assert notes.pop(title) == say("dialNoWay", way=WORDS["dialWays"][way]) and set(notes.values()) == {""}

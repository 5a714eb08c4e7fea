"""The pictures that one takes hold of live in node: what they draw, say and save, from small states made up here."""

import itertools
import math

import numpy as np
import pytest
from living import WORDS, all_of, at, classes, life_of, numbers, text_of

from book_utils import position
from book_utils.explorers import pages_of_disk
from book_utils.explorers.bag_of_rows import BagOfRows
from book_utils.explorers.clock_hands import ClockHands
from book_utils.explorers.model_areas import ModelAreas
from book_utils.explorers.pages_of_disk import PagesOfDisk
from book_utils.explorers.shuffled_table import ShuffledTable
from book_utils.explorers.two_hands import TwoHands
from book_utils.explorers.two_pairings import TwoPairings

hands, clocks, pairings = life_of(TwoHands), life_of(ClockHands), life_of(TwoPairings)
pages, areas, bag, table = life_of(PagesOfDisk), life_of(ModelAreas), life_of(BagOfRows), life_of(ShuffledTable)


def angle_of(line):
    """Where a hand points, against the clock, and how long it is."""
    x, y = at(line, "x2", "y2")
    return math.atan2(-y, x) % math.tau, math.hypot(x, y)


def degrees(angle):
    return f"{math.degrees(math.remainder(angle, math.tau)):.1f}°".replace("-", "−")


def signed(number, digits):
    return f"{number:z.{digits}f}".replace("-", "−")


def bars_of(strip):
    """How far each bar goes up, or below 0 down, in shares of half the strip; each stands in its own place."""
    (line,) = [one for one in strip["children"] if one["tag"] == "line"]
    middle, found = at(line, "x1", "y1")[1], []
    for i, bar in enumerate(one for one in strip["children"] if one["tag"] == "rect"):
        assert at(bar)[0] == 8 * i and float(bar["attributes"]["width"]) == 7
        top, high = at(bar)[1], float(bar["attributes"]["height"])
        up = bar["attributes"]["class"] == "hand-high"
        assert (top + high if up else top) == pytest.approx(middle)
        found.append(high / middle if up else -high / middle)
    left, top, width, height = numbers(strip["attributes"]["viewBox"])
    assert (left, top, width, height) == (0, 0, 8 * len(found), 2 * middle)
    assert (at(line, "x1", "x2"), at(line, "y1", "y2")) == ((0, width), (middle, middle))
    return found


def ranges(life):
    """From where to where each slider goes, and in which steps."""
    sliders = [one["given"] for one in life.all("input") if one["given"]["type"] == "range"]
    return [(one["min"], one["max"], one["step"]) for one in sliders]


# -- two hands -----------------------------------------------------------------------------------------------------

RATES = [0.9, 0.1, 0.01, 0.001]
HANDS = {"m": 5, "n": 3, "before": [], "together": False, "four": False, "start": {"query": 0.3, "key": -0.7},
         "rates": RATES, "last": 200}  # fmt: skip


def test_hands_are_drawn_and_told_at_their_angles(hands):
    for m, n in [(5, 3), (3, 5), (0, 200)]:
        hands.begins(HANDS | {"m": m, "n": n, "four": True})
        apart = [1.0 + (m - n) * rate for rate in RATES]
        assert [text_of(one) for one in hands.all("strong")] == [degrees(each) for each in apart]
        shown = [one["children"][0] for one in hands.all("figure")]
        for svg, rate in zip(shown, RATES, strict=True):
            query, key = [one for one in svg["children"] if one["tag"] == "line"]
            assert angle_of(query) == (pytest.approx((0.3 + m * rate) % math.tau), pytest.approx(44))
            assert angle_of(key) == (pytest.approx((n * rate - 0.7) % math.tau), pytest.approx(30))
        assert hands.text("hand-said") == WORDS["handsSaidFour"].format(
            m=m, n=n, offset=str(m - n).replace("-", "−"), between=", ".join(map(degrees, apart))
        )
        hands.press("Four pairs")
        assert hands.saves == [{"four": False}] and not hands.all("figure")
        assert hands.text("hand-said").endswith(f"query’s: {degrees(apart[0])}.")
        (picture,) = hands.all("dial-picture")
        assert picture["attributes"]["aria-label"].endswith(degrees(apart[0]))
        query, key = [one for one in hands.all("dial-arrow") if one["tag"] == "line"]
        assert angle_of(query)[0] == pytest.approx((0.3 + 0.9 * m) % math.tau)
        assert angle_of(key)[0] == pytest.approx((0.9 * n - 0.7) % math.tau)
        told = [one["attributes"]["aria-valuetext"] for one in hands.all("dial-handle")]
        assert told == [f"place {place}, turned by {math.degrees(0.9 * place):.1f}°" for place in (m, n)]


@pytest.mark.parametrize(
    ("m", "n", "to"), [(5, 3, (105, 103)), (100, 0, (200, 100)), (101, 100, (1, 0)), (150, 20, (130, 0))]
)
def test_both_hands_go_on_by_the_stride_and_at_the_end_back(hands, m, n, to):
    hands.begins(HANDS | {"m": m, "n": n}).press("Move both by 100")
    assert hands.saves == [{"m": to[0], "n": to[1], "before": [m, n]}]
    same = degrees(1.0 + 0.9 * (m - n))
    assert hands.text("hand-said").endswith(f"query’s: {same}. At ({m}, {n}), before both moved: {same}.")


def test_sliders_keys_and_drags_move_one_hand(hands):
    hands.begins(HANDS)
    hands.slide("Place of the query", 7)
    hands.slide("Place of the key", 9)
    assert hands.saves == [{"m": 7, "n": 3, "before": []}, {"m": 7, "n": 9, "before": []}]
    moves = [("ArrowRight", 8), ("ArrowUp", 9), ("ArrowLeft", 8), ("ArrowDown", 7), ("PageUp", 17), ("PageDown", 7),
             ("PageDown", 0), ("ArrowLeft", 0), ("End", 200), ("PageUp", 200), ("Home", 0)]  # fmt: skip
    for key, place in moves:
        hands.happens(".dial-handle", "keydown", key=key)
        assert hands.saves[-1] == {"m": place, "n": 9, "before": []} and hands.prevented, key
    many = len(hands.saves)
    for event in ({"key": "a"}, *({"key": "End", name: True} for name in ("ctrlKey", "metaKey", "altKey"))):
        hands.happens(".dial-handle", "keydown", **event)
        assert len(hands.saves) == many and not hands.prevented
    sliders = [one["given"]["value"] for one in hands.all("input")]
    assert ranges(hands) == [(0, 200, 1)] * 2
    assert sliders == ["0", "9"] and [text_of(one) for one in hands.all("hand-value")] == ["0", "9"]
    # the pointer goes round the middle of the picture, which is at (70, 60) here: a place turns it by 0.9
    hands.happens(".dial-handle", "pointermove", clientX=20, clientY=60)
    assert len(hands.saves) == many, "nothing is held yet"
    hands.happens(".dial-handle", "pointerdown", clientX=120, clientY=60)
    steps = [0.6 * i for i in range(1, 12)]
    for turn in steps:
        hands.happens(".dial-handle", "pointermove", clientX=70 + 40 * math.cos(turn), clientY=60 - 40 * math.sin(turn))
        assert hands.saves[-1]["m"] == round(turn / 0.9)
    for end in ("pointerup", "pointercancel"):
        hands.happens(".dial-handle", end)
        many = len(hands.saves)
        hands.happens(".dial-handle", "pointermove", clientX=0, clientY=0)
        assert len(hands.saves) == many
        hands.happens(".dial-handle", "pointerdown", clientX=120, clientY=60)
    hands.happens(".dial-handle", "pointerup")


def test_together_forgets_where_both_set_out(hands):
    hands.begins(HANDS | {"before": [1, 2]}).press("Move both together")
    assert hands.saves == [{"together": True, "before": []}]
    hands.slide("Place of the key", 4)
    assert hands.saves[-1] == {"m": 6, "n": 4, "before": [5, 3]}
    pressed = {text_of(one): one["attributes"].get("aria-pressed") for one in hands.all("button")}
    assert pressed == {"Move both by 100": None, "Move both together": "true", "Four pairs": "false"}


# -- hands of clocks -----------------------------------------------------------------------------------------------


def test_clocks_show_two_places_and_a_curve_over_how_far_apart(clocks):
    rates, farthest = [1.0, 0.25], 30
    products = [math.cos(k) + math.cos(k / 4) for k in range(farthest + 1)]
    clocks.begins({"rates": rates, "last": 50, "farthest": farthest, "place": 4, "apart": 3})
    for face, rate in zip(clocks.all("figure"), rates, strict=True):
        lines = {classes(one)[0]: angle_of(one) for one in face["children"][0]["children"] if one["tag"] == "line"}
        assert lines["clock-other"] == (pytest.approx(7 * rate % math.tau), pytest.approx(44))
        assert lines["dial-arrow"] == (pytest.approx(4 * rate % math.tau), pytest.approx(44))
    assert [text_of(one) for one in clocks.all("figcaption")] == ["a turn in6.3", "a turn in25"]
    for strip, place in zip(clocks.all("hand-bars"), (4, 7), strict=True):
        assert bars_of(strip) == pytest.approx([wave(place * rate) for rate in rates for wave in (math.sin, math.cos)])
    assert [text_of(one) for one in clocks.all("clock-head")] == ["Row of place 4", "Row of place 7"]
    assert clocks.text("hand-said") == WORDS["clocksSaid"].format(
        one=4, other=7, apart=3, product=signed(products[3], 2), most=2
    )
    (line,) = [one for one in clocks.all("path") if classes(one) != ["dial-axis"]]
    points = np.reshape(numbers(line["attributes"]["d"]), (-1, 2))
    assert_to_scale(points, range(farthest + 1), products, off=0.06)
    now = clocks.one("dial-now")
    assert at(now, "cx", "cy") == pytest.approx(points[3], abs=0.06)
    (axis,) = clocks.all("dial-axis")
    left, top, zero, right = numbers(axis["attributes"]["d"])
    labels = [one for one in clocks.one("clock-curve")["children"] if one["tag"] == "text"]
    told = [(text_of(one), one["attributes"]["text-anchor"]) for one in labels]
    assert told == [("2", "end"), ("0", "end"), ("0", "start"), ("30", "end"), (WORDS["clocksApart"], "middle")]
    places = [at(one) for one in labels]
    for (x, y), height in zip(places[:2], (top, zero), strict=True):
        assert left - 10 < x < left and 2 < y - height < 10, "beside the axis, at its height"
    assert [x for x, _ in places[2:]] == [left, right, 160]
    assert all(points[:, 1].max() + 10 < y < 120 for _, y in places[2:]), "below the curve and inside of the frame"
    assert (left, right) == (points[0, 0], points[-1, 0])
    assert points[0, 1] == top and np.interp(0, [min(products), 2], [points[:, 1].max(), top]) == pytest.approx(
        zero, abs=0.1
    )
    assert numbers(clocks.one("clock-curve")["attributes"]["viewBox"]) == [0, 0, 320, 120]
    assert points.min() > 0 and points[:, 0].max() < 320
    assert ranges(clocks) == [(0, 50, 1), (0, 30, 1)]
    clocks.slide("Place", 9)
    clocks.slide("Places apart", 0)
    assert clocks.saves == [{"place": 9}, {"apart": 0}]
    assert clocks.text("hand-said") == WORDS["clocksSaid"].format(one=9, other=9, apart=0, product="2.00", most=2)
    assert [text_of(one) for one in clocks.all("hand-value")] == ["9", "0"]


def assert_to_scale(points, across, up, off=1e-9):
    """Points of a picture stand, from left to right and upwards, where their numbers are on one scale each."""
    for drawn, given, sign in ((points[:, 0], across, 1), (points[:, 1], up, -1)):
        slope, start = np.polyfit(list(given), drawn, 1)
        assert slope * sign > 0
        np.testing.assert_allclose(drawn, start + slope * np.array(given), atol=off)


# -- the two pairings ----------------------------------------------------------------------------------------------

PAIRED = {"query": [1.0, -0.5, 0.25, 0.04, -0.3, 0.9, 0.5, -1.0], "key": [0.5, 1, -1, 0.25, 0.75, -0.5, 1.5, 0.1],
          "offset": 3, "rates": [1, 0.1, 0.01, 0.001], "columns": [0, 2, 4, 6, 1, 3, 5, 7], "last": 60, "place": 7,
          "chosen": 2, "reordered": False}  # fmt: skip


def sides_of(life):
    return {text_of(side["children"][0]).split(":")[0]: side for side in life.all("pairing-side")}


@pytest.mark.parametrize("reordered", [False, True])
def test_columns_arcs_and_bars_stand_in_the_order_of_their_pairing(pairings, reordered):
    pairings.begins(PAIRED | {"reordered": reordered})
    for name, side in sides_of(pairings).items():
        pairing, own = name.lower(), list(range(8)) if name == "Interleaved" or not reordered else PAIRED["columns"]
        inside = {"children": [side]}
        turned = position.rope(np.array(PAIRED["query"])[own], 7, pairing=pairing, frequencies=PAIRED["rates"])
        cells = list(all_of(inside, "pairing-cell"))
        for cell, number, value in zip(cells, own, turned, strict=True):
            pair = number // 2 if pairing == "interleaved" or reordered else number % 4
            held = [2 * pair, 2 * pair + 1] if pairing == "interleaved" or reordered else [pair, pair + 4]
            (partner,) = set(held) - {number}
            assert text_of(cell) == f"{number} {signed(value, 1)} turns with number {partner}"
            assert cell["attributes"]["aria-pressed"] == str(number == 2).lower()
            assert ("pairing-own" in classes(cell)) == (number == 2)
            assert ("pairing-partner" in classes(cell)) == (partner == 2)
        (strip,) = all_of(inside, "hand-bars")
        reach = max(
            math.hypot(PAIRED["query"][a], PAIRED["query"][b])
            for i in range(4)
            for a, b in ((2 * i, 2 * i + 1), (i, i + 4))
        )
        assert bars_of(strip) == pytest.approx([value / reach for value in turned])
        (arcs,) = all_of(inside, "pairing-arcs")
        ends = {
            tuple(numbers(one["attributes"]["d"])[0::6]): numbers(one["attributes"]["d"]) for one in arcs["children"]
        }
        near = pairing == "interleaved" or reordered and pairing == "interleaved"
        columns = [
            (own.index(a), own.index(b))
            for a, b in (((2 * i, 2 * i + 1) if near or reordered else (i, i + 4)) for i in range(4))
        ]
        assert set(ends) == {(40 * a + 20, 40 * b + 20) for a, b in columns}, "from the middle of a column to another's"
        for (start, end), (_, base, _, up, _, high, _, low) in ends.items():
            assert (
                base == low == 46
                and up == high
                and 0 < up < base - 12
                and up == pytest.approx(base - 12 - 0.13 * (end - start))
            )
        lit = arcs["children"][-1]
        assert (
            classes(lit) == ["pairing-lit"] and [classes(one) for one in arcs["children"][:-1]] == [["pairing-arc"]] * 3
        )
        (clock,) = all_of(inside, "pairing-hand")
        start, arrow = (angle_of(one) for one in clock["children"] if one["tag"] == "line")
        near = pairing == "interleaved" or reordered
        a, b, rate = (2, 3, 0.1) if near else (2, 6, 0.01)
        first = math.atan2(PAIRED["query"][b], PAIRED["query"][a])
        assert start == pytest.approx((first % math.tau, 44))
        assert arrow == pytest.approx(((first + 7 * rate) % math.tau, 44))
        assert f"Numbers {a} and {b} as a hand: {rate:g} rad a place" in text_of(side)


def test_scores_stand_at_the_first_place_and_at_this_one(pairings):
    pairings.begins(PAIRED)
    query, key, columns = (np.array(PAIRED[name]) for name in ("query", "key", "columns"))
    (rows,) = pairings.all("tbody")
    head = [text_of(one) for one in pairings.all("th")][:3]
    assert head == ["turned", "at (3, 0)", "at (10, 7)"]
    for row, (one, two, order) in zip(
        rows["children"],
        (
            ("interleaved", "interleaved", slice(None)),
            ("split", "split", slice(None)),
            ("split", "split", columns),
            ("split", "interleaved", slice(None)),
        ),
        strict=True,
    ):
        expected = [
            position.rope(query[order], place + 3, pairing=one, frequencies=PAIRED["rates"])
            @ position.rope(key[order], place, pairing=two, frequencies=PAIRED["rates"])
            for place in (0, 7)
        ]
        assert [text_of(cell) for cell in row["children"][1:]] == [signed(score, 2) for score in expected]


def test_a_press_on_a_column_chooses_the_number_that_stands_there(pairings):
    pairings.begins(PAIRED | {"reordered": True}).happens("button", "click", 8 + 4)
    assert pairings.saves == [{"chosen": 1}]  # of the split side, whose columns are in the other order
    pairings.happens("button", "click", 4)
    pairings.press(WORDS["pairingsReorder"])
    pairings.slide("Place", 12)
    assert pairings.saves[1:] == [{"chosen": 4}, {"reordered": False}, {"place": 12}]
    assert pairings.text("hand-said") == "Number 4 turns with number 5 when interleaved, and with number 0 when split."
    assert pairings.text("hand-value") == "12" and ranges(pairings) == [(0, 60, 1)]


# -- the pages of a disk -------------------------------------------------------------------------------------------

FILE = {"page": 4096, "pages": 64, "start": 128, "ahead": 32}
DISK = {"sizes": {"GPT-2": 3072, "Gemma 3 270M": 1280, "Llama 3 8B": 8192, "tiny": 100}, "file": FILE,
        "model": "GPT-2", "rows": [0, 1], "cursor": 1, "ahead": False}  # fmt: skip


def on_pages(row, size):
    """By pages the bytes of a row in each: from which to which."""
    held = {}
    for byte in range(128 + row * size, 128 + (row + 1) * size):
        held.setdefault(byte // 4096, []).append(byte % 4096)
    return {page: (those[0], those[-1] + 1) for page, those in held.items()}


@pytest.mark.parametrize(("model", "rows", "cursor"), [("GPT-2", [0, 1], 1), ("GPT-2", [], 9), ("Llama 3 8B", [3], 3),
                                                        ("tiny", [0, 2000], 39)])  # fmt: skip
def test_pages_are_boxes_in_lines_of_eight_and_rows_are_bars_at_their_bytes(pages, model, rows, cursor):
    pages.begins(DISK | {"model": model, "rows": rows, "cursor": cursor})
    size, (picture,) = DISK["sizes"][model], pages.all("disk-picture")
    boxes = {
        int(one["attributes"]["data-page"]): one for one in picture["children"] if "data-page" in one["attributes"]
    }
    left, top, width, height = numbers(picture["attributes"]["viewBox"])
    wanted = {page for row in rows for page in on_pages(row, size)}
    for page, box in boxes.items():
        assert at(box) == (40 * (page % 8), 34 * (page // 8)) and at(box, "width", "height") == (36, 30)
        assert classes(box) == ["disk-touched" if page in wanted else "disk-left"]
        assert at(box)[0] + 36 <= left + width and at(box)[1] + 30 <= top + height
    assert list(boxes) == list(range(64)) and (left, top, width, height) == (-2, -2, 320, 272)
    marks = [(at(one), text_of(one)) for one in pages.all("disk-mark")]
    assert marks == [((40 * (page % 8) + 3, 34 * (page // 8) + 13), "✓") for page in sorted(wanted)]
    bars = [("disk-row", row) for row in rows] + [("disk-cursor", cursor)]
    expected = [(name, page, *held) for name, row in bars for page, held in on_pages(row, size).items()]
    drawn = [one for one in pages.all("disk-row", "disk-cursor")]
    for bar, (name, page, start, end) in zip(drawn, expected, strict=True):
        assert classes(bar) == [name]
        assert at(bar) == pytest.approx((40 * (page % 8) + 36 * start / 4096, 34 * (page // 8) + 18))
        assert at(bar, "width", "height") == pytest.approx((max(1, 36 * (end - start) / 4096 - 0.6), 9))
    near = ", ".join(map(str, on_pages(cursor, size)))
    assert pages.text("hand-value") == f"row {cursor}, pages: {near}"
    assert ranges(pages) == [(0, (64 * 4096 - 128) // size - 1, 1)]


def test_what_is_read_besides_is_marked_and_counted(pages):
    pages.begins(DISK | {"rows": [28], "cursor": 28}).press("Mapped, with read-ahead")
    (touched,) = on_pages(28, 3072)
    read = range(touched - 16, touched + 16)
    marks = {
        int(box["attributes"]["data-page"]): classes(box)[0]
        for box in pages.all("disk-touched", "disk-read", "disk-left")
    }
    assert marks == {
        page: "disk-touched" if page == touched else "disk-read" if page in read else "disk-left" for page in range(64)
    }
    assert [text_of(one) for one in pages.all("disk-mark")] == ["✓" if page == touched else "+" for page in read]
    said = WORDS["pagesSaid"].format(model="GPT-2", n=1, size="3,072", wanted="3,072", pages=1, read="4,096")
    more = WORDS["pagesMore"].format(ahead=32, pages=32, read="131,072")
    assert pages.text("hand-said") == f"{said} {more} That is {131072 / 3072:.1f} times the bytes that are wanted."
    pages.press("No rows")
    assert pages.saves == [{"ahead": True}, {"rows": [], "cursor": 28}]
    assert "times the bytes" not in pages.text("hand-said")
    pages.press("Mapped, with read-ahead")
    assert pages.text("hand-said") == WORDS["pagesSaid"].format(
        model="GPT-2", n=0, size="3,072", wanted="0", pages=0, read="0"
    )


def test_rows_are_wanted_by_button_slider_and_tap_and_left_again(pages):
    pages.begins(DISK).slide("Row", 7)
    pages.press("Want this row")
    pages.press("Leave this row")
    assert pages.saves == [{"cursor": 7}, {"cursor": 7, "rows": [0, 1, 7]}, {"cursor": 7, "rows": [0, 1]}]
    for apart, name in ((True, "Five scattered rows"), (False, "Five neighbours")):
        pages.press(name)
        rows = pages_of_disk.scattered(3072) if apart else pages_of_disk.neighbours(3072)
        assert pages.saves[-1] == {"rows": rows, "cursor": rows[0]}
    pages.begins(DISK | {"rows": []})
    for page, across, row in ((0, 0, 0), (0, 50, 0), (0, 99, 1), (1, 50, 1), (63, 100, 84), (2, 0, 2)):
        pages.happens("[data-page]", "click", page, clientX=20 + across)  # a box goes from 20 to 120 here
        byte = (page + across / 100) * 4096
        assert pages.saves[-1]["cursor"] == row and (row in (0, 84) or row == (byte - 128) // 3072)
    many = len(pages.saves)
    pages.happens(".disk-picture", "click", clientX=0)
    assert len(pages.saves) == many, "between the boxes nothing is wanted"
    pages.happens("select", "change", holds={"value": "Llama 3 8B"})
    rows = pages_of_disk.scattered(8192)
    assert pages.saves[-1] == {"model": "Llama 3 8B", "rows": rows, "cursor": rows[0]}
    assert [text_of(one) for one in pages.all("option")][::2] == [
        "GPT-2: 3,072 bytes each",
        "Llama 3 8B: 8,192 bytes each",
    ]


@pytest.mark.parametrize(("start", "size"), [(0, 16), (1, 16), (0, 15), (0, 17), (15, 1), (3, 40)])
def test_a_row_is_on_every_page_that_holds_one_of_its_bytes(pages, start, size):
    for row in range(20):
        held = {byte // 16 for byte in range(start + row * size, start + (row + 1) * size)}
        assert pages.call("pagesOf", row, size, {"page": 16, "start": start}) == sorted(held)


@pytest.mark.parametrize("ahead", [0, 1, 2, 5, 6])
def test_what_is_read_ahead_lies_around_a_page_and_inside_the_file(pages, ahead):
    for wanted in range(12):
        first = max(0, wanted - ahead // 2)
        read = range(first, min(12, first + ahead)) if ahead else [wanted]
        assert pages.call("pagesRead", [wanted], 16, {"page": 16, "pages": 12, "start": 0}, ahead) == [*read]


# -- areas to one scale ----------------------------------------------------------------------------------------------

MODELS = [{"name": "a", "table": 100, "tied": True, "rest": [301, 1503, 6007]},
          {"name": "b", "table": 250, "tied": False, "rest": [1103, 4001, 12007]}]  # fmt: skip
AREAS = {"models": MODELS, "factors": [1, 2, 4], "shown": ["a", "b"], "wider": 0, "tie": "own"}


@pytest.mark.parametrize(("wider", "tie"), [*itertools.product(range(3), ("own", "tied", "two"))])
def test_squares_are_to_one_scale_and_their_bands_are_the_parts(areas, wider, tie):
    areas.begins(AREAS | {"wider": wider, "tie": tie})
    parts = {}
    for one in MODELS:
        table = one["table"] * (1, 2, 4)[wider]
        second = {"own": 0 if one["tied"] else table, "tied": 0, "two": table}[tie]
        parts[one["name"]] = {"input": table, "output": second, "rest": one["rest"][wider]}
    largest = max(sum(those.values()) for those in parts.values())
    for figure, (name, those) in zip(areas.all("figure"), parts.items(), strict=True):
        square, total = figure["children"][0], sum(those.values())
        there = {part: number for part, number in those.items() if number}
        assert [classes(band) for band in square["children"]] == [[f"area-{part}"] for part in there]
        assert [band["given"]["style"] for band in square["children"]] == [
            f"flex: {number} 0 0" for number in there.values()
        ]
        assert float(square["given"]["style"].split()[1]) == pytest.approx(math.sqrt(total / largest))
        share = f"{name}: {100 * (those['input'] + those['output']) / total:.1f}%"
        assert text_of(figure["children"][1]).startswith(share)
        words = {"input": "input table", "output": "output table", "rest": "all else"}
        told = [text_of(one) for one in all_of(figure, "li")]
        assert told == [f"{words[part]} {number:,}" for part, number in there.items()]
    assert areas.text("hand-said").startswith(f"Width × {(1, 2, 4)[wider]}.")
    assert areas.text("hand-value") == f"× {(1, 2, 4)[wider]}"
    pressed = [one["attributes"]["aria-pressed"] for one in areas.all("button")]
    assert pressed == [str(name == tie).lower() for name in ("own", "tied", "two")]


def test_models_are_chosen_and_made_wider(areas):
    areas.begins(AREAS)
    ticks = [one["given"] for one in areas.all("input") if one["given"]["type"] == "checkbox"]
    assert [(one["value"], one["checked"]) for one in ticks] == [("a", True), ("b", True)]
    areas.happens("input", "change", 0, {"checked": False})
    areas.press("Two tables each")
    areas.slide("How wide", 2)
    assert areas.saves == [{"shown": ["b"]}, {"tie": "two"}, {"wider": 2}] and ranges(areas) == [(0, 2, 1)]
    assert len(areas.all("figure")) == 1 and float(areas.one("area-square")["given"]["style"].split()[1]) == 1
    areas.happens("input", "change", 1, {"checked": False})
    assert areas.text("hand-said") == "Choose a model." and not areas.all("figure")


def test_a_drag_sideways_makes_models_wider_by_a_step_for_each_forty_pixels(areas):
    areas.begins(AREAS | {"wider": 1})
    areas.happens(".area-squares", "pointerdown", clientX=100)
    areas.happens(".area-squares", "pointermove", clientX=400)
    assert areas.saves == [], "only a square can be taken hold of"
    areas.happens(".area-square", "pointerdown", clientX=100)
    for x, wider in [(119, 1), (121, 2), (400, 2), (81, 1), (79, 0), (-900, 0), (100, 1)]:
        areas.happens(".area-squares", "pointermove", clientX=x)
        assert areas.saves[-1] == {"wider": wider}, x
    areas.happens(".area-square", "pointerup")
    many = len(areas.saves)
    areas.happens(".area-squares", "pointermove", clientX=900)
    assert len(areas.saves) == many


# -- the bag of rows -----------------------------------------------------------------------------------------------

BAG = {"tokens": [{"token": "cat", "row": [0.5, -1.0], "fits": 0.2}, {"token": "sat", "row": [0.25, 0.5], "fits": -1},
                  {"token": "on", "row": [-0.75, 0.1], "fits": 1}],
       "places": [{"row": [0.1, 0.2], "fits": 0.5}, {"row": [1.0, -0.1], "fits": -0.5}, {"row": [0, 0.3], "fits": 0.1}],
       "dim": 384}  # fmt: skip


def bag_vectors(order, positions):
    rows = np.array([BAG["tokens"][i]["row"] for i in order]) + positions * np.array(
        [one["row"] for one in BAG["places"]]
    )
    powers = np.exp(
        [BAG["tokens"][i]["fits"] + positions * BAG["places"][place]["fits"] for place, i in enumerate(order)]
    )
    return rows, {"sum": rows.sum(axis=0), "mean": rows.mean(axis=0), "reading": powers @ rows / powers.sum()}


@pytest.mark.parametrize("positions", [False, True])
def test_the_bag_shows_both_orders_as_bars_and_what_differs(bag, positions):
    order = [2, 0, 1]
    bag.begins({"bag": BAG, "order": order, "positions": positions})
    whole = max(np.abs(bag_vectors(any_order, on)[0]).max()
                for any_order in itertools.permutations(range(3)) for on in (False, True))  # fmt: skip
    (first, own) = bag.all("ol")
    for shown, those in ((first, [0, 1, 2]), (own, order)):
        for place, (item, row) in enumerate(zip(shown["children"], bag_vectors(those, positions)[0], strict=True)):
            assert text_of(item) == f"{place}{BAG['tokens'][those[place]]['token']}"
            assert item["attributes"]["data-place"] == str(place)
            assert bars_of(item["children"][2]) == pytest.approx(list(row / whole))
    (before, after) = bag_vectors([0, 1, 2], positions)[1], bag_vectors(order, positions)[1]
    (rows,) = bag.all("tbody")
    apart = {}
    for row, way in zip(rows["children"], ("sum", "mean", "reading"), strict=True):
        far = max(np.abs(before[way]).max(), np.abs(after[way]).max())
        strips = [cell["children"][0] for cell in row["children"][1:3]]
        for strip, numbers_ in zip(strips, (before[way], after[way]), strict=True):
            assert bars_of(strip) == pytest.approx(list(numbers_ / far))
        gap = np.abs(before[way] - after[way]).max()
        apart[way] = f"{gap:.4f}" if positions and way == "reading" else "none"
        assert text_of(row["children"][3]) == apart[way]
    assert bag.text("hand-said") == WORDS["bagSaid"].format(order="on cat sat", **apart)
    holds = ["In both bags: cat on sat.", "In both bags: cat on sat, and the same position rows."]
    assert bag.text("bag-inside") == holds[positions]
    (switch,) = [one for one in bag.all("button") if text_of(one) == WORDS["bagPositions"]]
    assert switch["attributes"]["aria-pressed"] == str(positions).lower()
    names = [one["attributes"].get("aria-label") for one in bag.all("bag-swap")]
    assert names == ["Swap “on” at place 0 and “cat” at place 1", "Swap “cat” at place 1 and “sat” at place 2"]


def test_tokens_change_places_by_buttons(bag):
    bag.begins({"bag": BAG, "order": [0, 1, 2], "positions": False})
    bag.happens(".bag-swap", "click", 1)
    bag.happens(".bag-swap", "click", 0)
    bag.press("Reverse")
    bag.press("As it was written")
    bag.press("Add the position rows")
    assert bag.saves == [
        {"order": [0, 2, 1]},
        {"order": [2, 0, 1]},
        {"order": [1, 0, 2]},
        {"order": [0, 1, 2]},
        {"positions": True},
    ]
    assert text_of(bag.all("hand-note")[-1]).startswith("Bars and differences: the first 2 of 384 numbers.")


# -- the shuffled table --------------------------------------------------------------------------------------------

READ = [{"token": "ĠA", "id": 0, "from": ["x", 750]}, {"token": "Ġb", "id": 999, "from": ["y", 20]}]
ENDS = {"neither": {"loss": 2.0, "wanted": ["w", 100], "said": ["w", 100], "goesOn": " on"},
        "input": {"loss": 8.0, "wanted": ["v", 5], "said": ["v", 5], "goesOn": " in"},
        "output": {"loss": 20.0, "wanted": ["w", 100], "said": ["u", 999], "goesOn": " out"},
        "both": {"loss": 12.0, "wanted": ["v", 5], "said": ["z", 0], "goesOn": " both"}}  # fmt: skip
TABLE = {"prompt": "A b", "rows": 1000, "blocks": 30, "read": READ, "ends": ENDS, "input": False, "output": False}


@pytest.mark.parametrize(("given", "taken"), [*itertools.product((False, True), repeat=2)])
def test_lines_lead_through_the_table_where_the_rows_are(table, given, taken):
    table.begins(TABLE | {"input": given, "output": taken})
    found = ENDS[{(0, 0): "neither", (1, 0): "input", (0, 1): "output", (1, 1): "both"}[given, taken]]
    (picture,) = table.all("shuffle-picture")
    boxes = [one for one in picture["children"] if one["tag"] == "rect"]
    (first, blocks, last) = [(at(one)[0], at(one)[0] + float(one["attributes"]["width"])) for one in boxes]
    assert [classes(one)[0] for one in boxes] == ["shuffle-table", "shuffle-blocks", "shuffle-table"]
    top, bottom = at(boxes[0])[1] + 6, at(boxes[0])[1] + float(boxes[0]["attributes"]["height"]) - 6
    assert (top, bottom) == (22, 178) and top + bottom == 200

    def height(row):
        return top + (bottom - top) * row / 999

    used = [one["from"][1] if given else one["id"] for one in READ]
    ways = [(classes(one)[0], numbers(one["attributes"]["d"])) for one in picture["children"] if one["tag"] == "path"]
    names = [("shuffle-own", "shuffle-other")[mixed] for mixed in [given] * 4 + [taken]]
    assert [name for name, _ in ways] == names
    texts = [one for one in picture["children"] if "shuffle-token" in classes(one)]
    assert [text_of(one) for one in texts] == ["ĠA", "Ġb"]
    starts = [at(one)[1] - 5 for one in texts]
    assert starts == pytest.approx([top + (bottom - top) * share for share in (0.25, 0.75)])
    expected = [
        edge
        for y, row in zip(starts, used, strict=True)
        for edge in ((72, y, first[0], height(row)), (first[1], height(row), blocks[0], 100))
    ]
    expected.append((blocks[1], 100, last[0], height(found["said"][1])))
    for (_, (x1, y1, a, b, c, d, x2, y2)), ends in zip(ways, expected, strict=True):
        assert (x1, y1, x2, y2) == pytest.approx(ends, abs=0.06)
        assert a == c == (x1 + x2) / 2 and (b, d) == (y1, y2), "it leaves and arrives level"
    ticks = [(at(one, "x1", "x2"), at(one, "y1", "y2")) for one in picture["children"] if one["tag"] == "line"]
    rows = [*zip([first, first], used, strict=True), (last, found["said"][1])]
    assert ticks == [(place, pytest.approx((height(row),) * 2)) for place, row in rows]
    (said,) = table.all("shuffle-said")
    assert text_of(said) == found["said"][0] and at(said) == pytest.approx((216, height(found["said"][1]) + 5))
    heads = [(text_of(one), at(one)[0]) for one in table.all("shuffle-head")]
    assert heads == [("table", sum(first) / 2), ("table", sum(last) / 2), ("30 blocks", sum(blocks) / 2)]


@pytest.mark.parametrize(("given", "taken"), [*itertools.product((False, True), repeat=2)])
def test_what_is_read_and_said_and_the_losses_to_scale(table, given, taken):
    table.begins(TABLE)
    if given:
        table.press("Shuffle at the input")
    if taken:
        table.press("Shuffle at the output")
    assert table.saves == [{"input": True}] * given + [{"output": True}] * taken
    end = {(0, 0): "neither", (1, 0): "input", (0, 1): "output", (1, 1): "both"}[given, taken]
    found, said = ENDS[end], table.text("hand-said")
    assert said == WORDS["shuffleSaid"][end].replace("`", "").format(
        wanted=found["wanted"][0], own=found["wanted"][1], said=found["said"][0], id=found["said"][1]
    )
    assert table.one("shuffle-picture")["attributes"]["aria-label"] == said
    items = [text_of(one) for one in table.all("li")]
    assert items == ([f"{one['token']} ID {one['id']} the row of {one['from'][0]}" for one in READ] if given
                     else [f"{one['token']} ID {one['id']} its own row " for one in READ])  # fmt: skip
    assert table.text("shuffle-text") == "A b" + found["goesOn"]
    bars = [(text_of(one), float(one["children"][1]["given"]["style"].split()[1])) for one in table.all("shuffle-loss")]
    losses = {"the loss now": found["loss"], "the right table": 2.0, "blind guessing": math.log(1000)}
    assert bars == [(f"{name}{loss:.2f}", pytest.approx(loss / 20)) for name, loss in losses.items()]
    assert "its row among 1,000" in text_of(table.all("hand-note")[-1])

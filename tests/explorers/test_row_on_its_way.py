"""The row on its way: its record against the model, its JavaScript against the record, and a built page."""

import gzip
import json
import math
import re

import numpy as np
import pytest
from axe import violations
from bs4 import BeautifulSoup
from places import PACKAGE
from playwright.sync_api import expect
from record_explorers import check_ways
from scratch_book import LIVE
from threadpoolctl import threadpool_limits
from twins import running
from weights import smollm2

from book_utils import model_experiments
from book_utils.explorers.row_on_its_way import RowOnItsWay
from book_utils.explorers.ways import MOST, RECORD, SENTENCES, recorded_ways
from book_utils.models.smollm2 import RECORDED, SHA256, VARIABLE
from book_utils.recorded_model import recorded_model

WAYS = dict(zip(SENTENCES, recorded_ways(), strict=True))
BANKS, CAPITAL, DOGS = list(SENTENCES)[:3]
LAST = 30


def told(way, name, place, block):
    """Words and whole numbers of a list in the record, read by hand."""
    flat = way[name][place][block]
    return [(way["words"][flat[i]], flat[i + 1]) for i in range(0, len(flat), 2)]


# -- the record ------------------------------------------------------------------------------------------------


def test_the_record_is_whole_and_a_page_loads_little():
    assert json.loads(RECORD.read_text(encoding="utf-8"))["weights_sha256"] == SHA256
    tokenize = recorded_model().tokenize
    for text, way in WAYS.items():
        assert way["text"] == text and way["tokens"] == tokenize(text)
        n = len(way["tokens"])
        assert [np.shape(way[name]) for name in ("cosine", "length")] == [(n, LAST + 1)] * 2
        assert np.shape(way["nearest"]) == (n, LAST + 1, 6) and np.shape(way["next"]) == (n, LAST + 1, 10)
        pairs = [(i, j) for i in range(n) for j in range(i + 1, n) if way["tokens"][i] == way["tokens"][j]]
        assert [(i, j) for i, j, _ in way["twins"]] == pairs
        assert SENTENCES[text] in {place for pair in pairs for place in pair}  # what is shown first has a twin
    sent = [gzip.compress("".join(parts).encode(), 6) for parts in RowOnItsWay.lazy_data().values()]
    assert len(sent) == 12 and sum(map(len, sent)) <= 300_000


def test_a_token_begins_as_its_row_and_as_its_twin():
    for way in WAYS.values():
        for place, name in enumerate(way["tokens"]):
            assert way["cosine"][place][0] == 1000
            (row, cosine), *_ = told(way, "nearest", place, 0)
            assert (row, cosine) == (name, 100)
        assert all(cosines[0] == 1000 for *_, cosines in way["twins"])


def test_the_way_of_one_token_as_the_chapter_works_it_out():
    """With the weights: by `way_of_a_row` and `two_tokens`, one token at a time."""
    model, way = smollm2(), WAYS[DOGS]
    ids = model.encode(DOGS)
    with threadpool_limits(1):
        expected = model_experiments.way_of_a_row(model, ids, 7, k=3)
        twins = model_experiments.two_tokens(model, ids, 4, ids, 7)
    assert np.array(way["cosine"][7]) == pytest.approx(1000 * np.array(expected["cosine"]), abs=0.6)
    assert way["length"][7] == pytest.approx(expected["length"], rel=0.006)
    assert next(cosines for i, j, cosines in way["twins"] if (i, j) == (4, 7)) == pytest.approx(
        1000 * np.array(twins), abs=0.6)
    for name, scale in (("nearest", 100), ("next", 1000)):
        for block, pairs in enumerate(expected[name]):
            found = told(way, name, 7, block)[:3]
            assert [number for _, number in found] == pytest.approx([scale * number for _, number in pairs], abs=0.6)
            if scale * (pairs[0][1] - pairs[1][1]) > 0.1:
                assert found[0][0] == pairs[0][0]


def test_check_ways_sees_what_is_more_than_rounding():
    record = {"ways": [WAYS[CAPITAL]]}
    again = json.loads(json.dumps(record))
    again["ways"][0]["cosine"][3][4] += 1
    check_ways(record, again)
    for name, change in (("cosine", 5), ("length", 90.0)):
        spoiled = json.loads(json.dumps(record))
        spoiled["ways"][0][name][3][4] += change
        with pytest.raises(ValueError, match="is another one now"):
            check_ways(record, spoiled)


# -- with a kernel -----------------------------------------------------------------------------------------------


@pytest.fixture
def no_weights(monkeypatch):
    monkeypatch.setenv(VARIABLE, RECORDED)

@pytest.mark.parametrize(("given", "message"), [
    ({"sentence": "Nobody wrote this down"}, "sentence is one of the recorded ones: 'She sat on"),
    ({"sentence": DOGS, "place": 11}, "place runs from 0 to 10; got 11"),
    ({"block": 31}, "block runs from 0 to 30; got 31"),
])
def test_what_was_not_recorded_is_refused_at_the_start(given, message):
    with pytest.raises(ValueError, match=message):
        RowOnItsWay(**given)


def test_without_weights_other_texts_are_refused_and_the_way_stays(no_weights):
    widget = RowOnItsWay()
    widget.asked = CAPITAL
    widget.asked = "A text of my own"
    assert "python -m book_utils model" in widget.problem and widget.way == WAYS[CAPITAL]
    widget.asked = DOGS
    assert widget.problem == "" and widget.way == WAYS[DOGS]


def test_with_the_weights_any_short_text(monkeypatch):
    """Of the beginning of a recorded sentence: what comes later changes nothing of it."""
    widget, way, text = RowOnItsWay(model=smollm2()), WAYS[DOGS], "the cat chased"
    with threadpool_limits(1):
        widget.asked = text
    assert widget.problem == "" and widget.way["tokens"] == way["tokens"][:3]
    for place in range(3):
        assert np.array(widget.way["cosine"][place]) == pytest.approx(np.array(way["cosine"][place]), abs=1)
        for name in ("nearest", "next"):
            for block in range(LAST + 1):
                (word, number), (_, second), *_ = told(way, name, place, block)
                assert len(told(widget.way, name, place, block)) == len(told(way, name, place, block))
                if number - second > 2:
                    assert told(widget.way, name, place, block)[0] == (word, pytest.approx(number, abs=1))
    for wrong, said in (("", ""), ("\n", None), ("x " * 50, f"1 to {MOST} tokens"), ("\ud800", "half of one")):
        widget.asked = wrong
        assert said is None or said in widget.problem
    assert widget.way["tokens"]
    monkeypatch.setattr("book_utils.explorers.row_on_its_way.MOST", 3)  # as many as 40 take their time
    for many in (3, 4):
        with threadpool_limits(1):
            widget.asked = " x" * many
        assert bool(widget.problem) == (many > 3)
    assert len(widget.way["tokens"]) == 3


def test_the_plain_forms_say_the_way():
    widget, way = RowOnItsWay(CAPITAL), WAYS[CAPITAL]
    assert "Ġis, at place 4 of: The capital" in repr(widget).splitlines()[0]
    name, thousandths = told(way, "next", 4, LAST)[0]
    cells = repr(widget).splitlines()[-1].split()
    assert cells[0] == "30" and cells[-2:] == [name, f"{thousandths / 10:.0f}%"]
    assert f"<td>{name} {thousandths / 10:.0f}%</td>" in RowOnItsWay.plain_html(widget.get_state())


@pytest.mark.parametrize(("sentence", "place"), [(DOGS, 7), (CAPITAL, 0), (BANKS, 13)])
def test_the_plain_table_is_that_of_the_record_block_by_block(sentence, place):
    """A row for some blocks, first and last among them, and a column for each other place of the token."""
    way = WAYS[sentence]
    twins = [other for other, name in enumerate(way["tokens"]) if name == way["tokens"][place] and other != place]
    page = BeautifulSoup(RowOnItsWay.plain_html(RowOnItsWay(sentence, place).get_state()), "html.parser")
    names = [cell.get_text() for cell in page.thead.find_all("th")]
    assert len(names) == 5 + len(twins) and all(f"at {twin}" in " ".join(names) for twin in twins)
    rows = [[cell.get_text() for cell in row.find_all("td")] for row in page.tbody.find_all("tr")]
    blocks = [int(row[0]) for row in rows]
    assert blocks[0] == 0 and blocks[-1] == LAST and blocks == sorted(set(blocks))
    for block, row in zip(blocks, rows, strict=True):
        beside = [next(cosines for *pair, cosines in way["twins"] if set(pair) == {place, twin})[block]
                  for twin in twins]
        assert row[1:2 + len(twins)] == [f"{one / 1000:z.2f}" for one in (way["cosine"][place][block], *beside)]
        assert float(row[-3]) == way["length"][place][block]
        (near, cosine), (after, share) = told(way, "nearest", place, block)[0], told(way, "next", place, block)[0]
        assert row[-2:] == [f"{near} {cosine / 100:.2f}", f"{after} {share / 10:.0f}%"]


def test_the_last_place_and_block_are_there_and_what_a_reader_may_send():
    widget = RowOnItsWay(DOGS, place=10, block=LAST)
    assert (widget.place, widget.block) == (10, LAST) and RowOnItsWay(DOGS, place=0).place == 0
    assert (RowOnItsWay(DOGS).place, RowOnItsWay().block, RowOnItsWay().sentence) == (SENTENCES[DOGS], 0, BANKS)
    assert RowOnItsWay.shared_traits() == {
        "sentence": list(SENTENCES), "place": {"from": 0, "to": 40}, "block": {"from": 0, "to": 1000}}
    for given in ({"place": -1}, {"block": -1}):
        with pytest.raises(ValueError, match="runs from 0 to"):
            RowOnItsWay(**given)


# -- the front end in node -------------------------------------------------------------------------------------------


BLOCKS = """
export const blocksIn = (width, last, pixels) => {
  const { x, blockAt, cell } = acrossOf(width, last);
  return { places: Array.from({ length: last + 1 }, (_, block) => x(block)), cell, blocks: pixels.map(blockAt) };
};
"""


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    blocks = tmp_path_factory.mktemp("blocks") / "blocks.js"
    blocks.write_text(BLOCKS, encoding="utf-8")
    names = [name for name in RowOnItsWay.files if name.endswith(".js")]
    with running(*(PACKAGE / name for name in names), blocks) as call:
        yield call


def test_the_page_reads_the_record_as_python_does(node):
    for way in WAYS.values():
        for place in (0, len(way["tokens"]) - 1):
            for block in (0, 7, LAST):
                found = node("atBlock", way, place, block)
                assert found["cosine"] == pytest.approx(way["cosine"][place][block] / 1000)
                assert found["length"] == way["length"][place][block]
                for name, scale in (("nearest", 100), ("next", 1000)):
                    expected = [[word, number / scale] for word, number in told(way, name, place, block)]
                    assert found[name] == [[word, pytest.approx(number)] for word, number in expected]
                assert found["twins"] == [[j if i == place else i, pytest.approx(cosines[block] / 1000)]
                                          for i, j, cosines in way["twins"] if place in (i, j)]
        assert node("lastBlock", way) == LAST


def drawn(node, width=640, block=12):
    numbers = {"cosine": [1, 0.5, -0.35, 0], "length": [2, 20, 200, 500], "sure": [0.1, 0.9, 0.5, 1],
               "twins": [[1, 0.8, 0.6, 0.4]]}  # fmt: skip
    words = {"label": "A way.", "cosine": "c", "length": "l", "next": "n"}
    return numbers, node("wayPicture", numbers, block, width, words)


def parts(picture, tag, name):
    return [one["attributes"] for one in picture["children"] if isinstance(one, dict) and one["tag"] == tag
            and name in one["attributes"].get("class", "").split()]  # fmt: skip


def test_lines_and_cells_stand_where_their_numbers_are(node):
    numbers, picture = drawn(node, block=2)
    (line,) = parts(picture, "path", "way-own")
    points = np.array(re.findall(r"[\d.]+", line["d"]), float).reshape(-1, 2)
    assert np.diff(points[:, 0]) == pytest.approx([points[1, 0] - points[0, 0]] * 3, abs=0.11)
    slope = np.diff(points[:, 1]) / np.diff(numbers["cosine"])
    assert slope == pytest.approx([slope[0]] * 3, rel=0.02) and slope[0] < 0  # higher is nearer
    (length,) = parts(picture, "path", "way-length")
    heights = np.array(re.findall(r"[\d.]+", length["d"]), float).reshape(-1, 2)[:, 1]
    steps = np.diff(heights) / np.diff(np.log10(numbers["length"]))
    assert steps == pytest.approx([steps[0]] * 3, rel=0.02)
    cells = parts(picture, "rect", "way-cell")
    assert [float(cell["fill-opacity"]) for cell in cells] == numbers["sure"]
    (here,), (now,) = parts(picture, "rect", "way-here"), parts(picture, "rect", "way-now")
    assert here["x"] == now["x"] == cells[2]["x"]
    assert points[2, 0] == pytest.approx(float(cells[2]["x"]) + float(cells[2]["width"]) / 2, abs=0.1)


@pytest.mark.parametrize(("width", "last"), [(640, 12), (320, 30), (400, 0)])
def test_a_pixel_is_of_the_block_whose_cell_it_lies_in(node, width, last):
    pixels = np.arange(0, width + 1, 0.5) + 0.25
    found = node("blocksIn", width, last, pixels.tolist())
    places, cell = np.array(found["places"]), found["cell"]
    assert np.diff(places) == pytest.approx([cell] * last)
    assert places[0] - cell / 2 > 0 and places[-1] + cell / 2 < width, "there is room for numbers, and an edge"
    nearest = np.abs(pixels[:, None] - places).argmin(axis=1)  # beyond the ends, the first and the last
    assert found["blocks"] == nearest.tolist()


@pytest.mark.parametrize("lowest", [0.3, 0, -0.01, -0.35, -0.4])
def test_the_bands_lie_below_each_other_inside_the_frame(node, lowest):
    n = 12
    numbers = {"cosine": [1, *[lowest] * (n - 1)], "length": [2.0] * n, "sure": [0.12345] * n, "twins": [[0.5] * n] * 4}
    picture = node("wayPicture", numbers, 3, 500, {"label": "A way.", "cosine": "c", "length": "l", "next": "n"})
    left, top, width, height = map(float, picture["attributes"]["viewBox"].split())
    assert (left, top, width) == (0, 0, 500) and picture["attributes"]["aria-label"] == "A way."
    cells, (frame,) = parts(picture, "rect", "way-cell"), parts(picture, "rect", "way-frame")
    edges = [float(cell["x"]) for cell in cells] + [float(frame["x"]) + float(frame["width"])]
    assert edges[0] == pytest.approx(float(frame["x"]))
    assert np.diff(edges) == pytest.approx([float(cell["width"]) for cell in cells]), "cells fill the frame"
    assert {(cell["y"], cell["height"], cell["fill-opacity"]) for cell in cells} == {
        (frame["y"], frame["height"], "0.123")}  # fmt: skip
    (here,), (now,) = parts(picture, "rect", "way-here"), parts(picture, "rect", "way-now")
    assert here["x"] == now["x"] == cells[3]["x"] and here["width"] == now["width"] == cells[3]["width"]
    over = [float(frame["y"]) - float(here["y"]),
            float(here["y"]) + float(here["height"]) - float(frame["y"]) - float(frame["height"])]  # fmt: skip
    assert over == [2, 2], "as far above the strip as below"
    assert float(now["y"]) + float(now["height"]) == float(frame["y"]) + float(frame["height"])
    for grid in parts(picture, "line", "way-grid"):
        assert (float(grid["x1"]), float(grid["x2"])) == pytest.approx((edges[0], edges[-1]))
        assert grid["y1"] == grid["y2"]
    texts = [one for one in picture["children"] if one["tag"] == "text"]
    titles = [float(one["attributes"]["y"]) for one in texts if one["attributes"]["class"] == "way-title"]
    assert titles == sorted(titles) and titles[0] == pytest.approx(float(now["y"]) - 6)
    assert titles[2] == float(frame["y"]) - 6
    beside, below = ([(one["children"][0], float(one["attributes"]["x"]), float(one["attributes"]["y"]))
                      for one in texts if one["attributes"]["text-anchor"] == anchor] for anchor in ("end", "middle"))
    ticks = [(words, y - 5) for words, _, y in beside]
    low = math.floor(5 * min(0, lowest)) / 5  # the next fifth below all
    zero = ["0"] if low < 0 else []
    expected = [f"{low:.1f}".replace("-", "−"), "0.5", "1", *zero, "1", "10"]
    assert [words for words, _ in ticks] == expected
    assert all(x < edges[0] for _, x, _ in beside)
    heights = [height for _, height in ticks[: 3 + len(zero)]]
    shares = [(1 - number) / (1 - low) for number in [low, 0.5, 1] + [0] * len(zero)]
    assert heights == pytest.approx([float(now["y"]) + 170 * share for share in shares])
    band = (ticks[-1][1], ticks[-2][1])  # of the lengths, from 10 to 1
    assert heights[0] < band[0] < band[1] < float(frame["y"]) and band[1] - band[0] == pytest.approx(74)
    middle = [float(cell["x"]) + float(cell["width"]) / 2 for cell in cells]
    assert [(words, x) for words, x, _ in below] == [(str(i), pytest.approx(middle[i])) for i in (0, 5, 10)]
    assert all(y > float(now["y"]) + float(now["height"]) for *_, y in below)
    assert all(0 < float(one["attributes"]["y"]) < height for one in texts)
    twins = [part["class"].split()[1] for part in parts(picture, "path", "way-line")]
    assert twins == ["way-twin-0", "way-twin-1", "way-twin-2", "way-twin-0", "way-own", "way-length"]


def test_ticks_stand_at_their_numbers(node):
    numbers, picture = drawn(node)
    texts = [one for one in picture["children"] if one["tag"] == "text"]
    for name, title, given, read, wanted in (
        ("way-own", "c", numbers["cosine"], float, ["1", "0.5", "0", "\u22120.4"]),
        ("way-length", "l", np.log10(numbers["length"]), lambda text: np.log10(float(text)),
         ["1", "10", "100", "1,000"]),
    ):
        (line,) = parts(picture, "path", name)
        heights = np.array(re.findall(r"[\d.]+", line["d"]), float)[1::2]
        slope, start = np.polyfit(given, heights, 1)
        places = {text: start + slope * read(text.replace("\u2212", "-").replace(",", "")) for text in wanted}
        drawn_at = [(one["children"][0], float(one["attributes"]["y"]) - 5) for one in texts]
        band = min(places.values()) - 1, max(places.values()) + 1
        ticks = [(text, height) for text, height in drawn_at if text in wanted and band[0] <= height <= band[1]]
        assert sorted(text for text, _ in ticks) == sorted(wanted)
        [above] = [height + 5 for text, height in drawn_at if text == title]
        assert above + 6 == pytest.approx(min(places.values()), abs=0.5)  # the largest stands at the top
        for text, height in ticks:
            assert height == pytest.approx(places[text], abs=0.5)
            assert [grid for grid in parts(picture, "line", "way-grid") if abs(float(grid["y1"]) - height) < 0.5]


# -- on a built page -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def address(scratch):
    return (scratch.folder / "way.html").as_uri()


@pytest.fixture
def explorer(watched, address):
    watched.goto(address)
    explorer = watched.locator("section.row-on-its-way")
    expect(explorer.get_by_role("slider")).to_be_visible()
    return explorer


def said(way, place, block):
    return f"cosine {way['cosine'][place][block] / 1000:z.2f} with its own row".replace("-", "−")


def test_through_all_blocks_by_keys(watched, explorer):
    way, place, slider = WAYS[BANKS], 13, explorer.get_by_role("slider", name="After which block")
    line = explorer.locator(".way-said")
    expect(line).to_contain_text("Block 0 is the table: Ġbank is its row")
    slider.focus()
    for key, block in (("ArrowRight", 1), ("PageUp", None), ("End", LAST), ("ArrowLeft", LAST - 1)):
        watched.keyboard.press(key)
        block = int(slider.input_value()) if block is None else block
        expect(slider).to_have_attribute("aria-valuetext", f"after block {block} of {LAST}")
        expect(line).to_contain_text(said(way, place, block))
        twin = next(cosines[block] for i, j, cosines in way["twins"] if (i, j) == (4, place))
        expect(line).to_contain_text(f"With the same token at place 4: {twin / 1000:.2f}.")
        items = explorer.get_by_role("listitem").filter(has=watched.locator(".way-bar"))
        for i, (name, thousandths) in enumerate(told(way, "next", place, block)):
            expect(items.nth(i).locator("code")).to_have_text(name)
            if thousandths >= 10:
                expect(items.nth(i)).to_contain_text(f"{math.floor(thousandths / 10 + 0.5)}%")
    explorer.get_by_role("button", name="Next block").press("Enter")
    expect(line).to_contain_text(said(way, place, LAST))
    expect(explorer.get_by_role("button", name="Next block")).to_have_attribute("aria-disabled", "true")
    own = ", ".join(f"{block}: {way['cosine'][place][block] / 1000:z.2f}" for block in (0, 1, 5, 10, 20, LAST))
    label = f"The way of Ġbank, by block. Cosine with its own row: {own}."
    expect(explorer.get_by_role("img")).to_have_attribute("aria-label", re.compile(re.escape(label.replace("-", "−"))))


def test_another_token_and_another_sentence_which_is_loaded_then(watched, explorer):
    loaded = []
    watched.on("request", lambda request: "/lazy/" in request.url and loaded.append(request.url))
    explorer.get_by_role("radio", name="Ġmoney at place 17").check()
    expect(explorer.locator(".way-said")).not_to_contain_text("the same token")
    assert loaded == []
    explorer.get_by_label("Sentence").select_option(DOGS)
    expect(explorer.locator(".way-said")).to_contain_text("Ġdog is its row")
    assert len(loaded) == 1
    expect(explorer.locator(".way-is-twin")).to_have_text(["Ġdog at place 4"])
    explorer.get_by_text("All blocks as a table").click()
    rows = explorer.get_by_role("region", name="All blocks as a table").get_by_role("row")
    expect(rows).to_have_count(LAST + 2)
    way = WAYS[DOGS]
    expect(rows.nth(LAST + 1)).to_contain_text(f"{way['cosine'][7][LAST] / 1000:.2f}")
    expect(rows.nth(LAST + 1)).to_contain_text(told(way, "next", 7, LAST)[0][0])


def test_the_picture_is_a_control_too(watched, explorer):
    cell = explorer.locator(".way-cell").nth(20)
    cell.scroll_into_view_if_needed()
    box = cell.bounding_box()
    watched.mouse.click(box["x"] + box["width"] / 2, box["y"] + 5)
    expect(explorer.get_by_role("slider")).to_have_value("20")


def test_nothing_is_loaded_before_it_comes_near(watched, scratch, address):
    loaded = []
    watched.on("request", lambda request: "/lazy/" in request.url and loaded.append(request.url))
    text = (scratch.folder / "way.html").read_text(encoding="utf-8")
    far = text.replace("</head>", "<style>.book-widget { margin-top: 4000px; }</style></head>", 1)
    watched.route(address, lambda route: route.fulfill(body=far, content_type="text/html"))
    watched.goto(address)
    expect(watched.locator(".book-plain table")).to_be_visible()
    expect(watched.locator(".book-widget[data-live]")).to_have_count(0)
    watched.locator(".book-widget").evaluate("one => scrollBy(0, one.getBoundingClientRect().top - innerHeight - 600)")
    expect(watched.locator(".book-widget[data-live]")).to_have_count(1)  # near, and its sentence not yet
    expect(watched.get_by_text("Loading …")).to_have_count(1)
    assert loaded == []
    watched.emulate_media(media="print")
    expect(watched.locator(".book-plain table")).to_be_visible()  # on paper it would load too late
    expect(watched.locator("section.row-on-its-way")).to_be_hidden()
    watched.emulate_media(media="screen")
    expect(watched.locator(".book-plain table")).to_be_hidden()
    watched.locator("section.row-on-its-way").scroll_into_view_if_needed()
    expect(watched.locator(".way-said")).to_contain_text("Block 0 is the table")
    assert len(loaded) == 1


def test_what_does_not_load_can_be_asked_for_again(page, address):
    page.route("**/lazy/way0-*", lambda route: route.abort())
    page.goto(address)
    expect(page.locator(".row-on-its-way [role=alert]")).to_have_text("This sentence could not be loaded.")
    page.unroute("**/lazy/way0-*")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".way-said")).to_contain_text("Block 0 is the table")


def test_with_a_kernel_python_answers(no_weights, watched, address):
    watched.goto(address)
    expect(watched.locator(".way-said")).to_contain_text("Block 0")
    watched.evaluate(LIVE)
    explorer, python = watched.locator("section.row-on-its-way"), RowOnItsWay()

    def answer():
        watched.wait_for_function("live.data.asked === live.data.sentence")
        python.asked = watched.evaluate("live.data.asked")
        watched.evaluate("(traits) => live.answer(traits)", {"way": python.way, "problem": python.problem})

    answer()
    expect(explorer.locator(".way-said")).to_contain_text("Ġbank is its row")
    explorer.get_by_label("Or a text of your own").fill("My own text")
    explorer.get_by_role("button", name="Follow it").click()
    answer()
    expect(explorer.get_by_role("alert")).to_contain_text("python -m book_utils model")
    explorer.get_by_label("Sentence").select_option(CAPITAL)
    answer()
    expect(explorer.locator(".way-said")).to_contain_text("Ġis is its row")
    expect(explorer.get_by_role("alert")).to_be_empty()


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1000, "light")])
def test_nothing_for_axe_and_nothing_too_wide(new_context, address, width, scheme):
    page = new_context(viewport={"width": width, "height": 800}, color_scheme=scheme).new_page()
    page.goto(address)
    expect(page.locator(".way-said")).to_contain_text("Block 0")
    page.get_by_text("All blocks as a table").click()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_javascript_there_is_a_table(new_context, address):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(address)
    name, _ = told(WAYS[BANKS], "next", 13, LAST)[0]
    expect(page.get_by_role("row", name=re.compile("^30 "))).to_contain_text(name)

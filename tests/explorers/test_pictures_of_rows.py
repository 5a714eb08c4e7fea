"""The pictures of chapters 1 and 2: their arithmetic against NumPy and the lessons, and one page with all of them."""

import json
import math
import re
import subprocess

import numpy as np
import pytest
from axe import violations
from hypothesis import given, settings
from hypothesis import strategies as st
from living import WORDS, living, state_of
from places import PACKAGE
from playwright.sync_api import expect
from sliders import check
from twins import DRAWN, running
from watching import watch

from book_utils import EmbeddingTable, PulledRows, RotationKnob, ThreeMeasures, TrainingStep, TurningMap, one_hot
from book_utils.explorers import rotation_knob, three_measures, training_step
from book_utils.row_steps import steps_in_model, steps_of
from book_utils.tiny_model import TinyModel

NAMES = ["cat", "dog", "mouse", "throne"]
NUMBER = st.integers(-50, 50).map(lambda n: n / 10)
PLACE = st.tuples(NUMBER, NUMBER).filter(lambda place: math.hypot(*place) > 0.05)


def reader(*names):
    def reading():
        with running(*(PACKAGE / name for name in ("asking/elements.js", *names))) as call:
            yield call
    return pytest.fixture(scope="module")(reading)


rows = reader("explorers/pulled_rows.js")
measures = reader("explorers/plane.js", "explorers/three_measures.js")
steps = reader("explorers/plane.js", "explorers/training_step.js")
turning = reader("explorers/plane.js", "explorers/turning_map.js")
knob = reader("explorers/plane.js", "explorers/rotation_knob.js")


PLANE = """
DRAWN
import { readFileSync } from "node:fs";
const source = process.argv.slice(1).map((name) => readFileSync(name, "utf8")).join("\\n");
const { planeOf, arrow } = await import("data:text/javascript;base64," + Buffer.from(source).toString("base64"));
const { edges, wide, places, arrows } = JSON.parse(readFileSync(0, "utf8")), plane = planeOf(edges, wide);
const to = places.map(plane.at), back = to.map(plane.back);
const drawn = arrows.map((ends) => arrow(...ends, "a").getAttribute("d"));
console.log(JSON.stringify({ tall: plane.tall, to, back, drawn }));"""


def test_a_plane_has_one_scale_and_its_arrows_end_where_they_should():
    edges, wide = {"left": -2, "right": 3, "low": -1, "high": 4.5}, 400
    places = [[-2, 4.5], [3, -1], [0, 0], [1, 1], [2.5, -0.25]]
    arrows = [[[10, 10], [110, 10]], [[50, 80], [20, 40]], [[5, 5], [9, 8]]]
    files = [PACKAGE / "asking" / "elements.js", PACKAGE / "explorers" / "plane.js"]
    done = subprocess.run(["node", "--input-type=module", "-e", PLANE.replace("DRAWN", f"import {DRAWN.as_uri()!r};"),
                           *map(str, files)], capture_output=True, check=True, encoding="utf-8",
                          input=json.dumps({"edges": edges, "wide": wide, "places": places, "arrows": arrows}))
    got = json.loads(done.stdout)
    assert got["to"][0] == [0, 0] and got["to"][1] == pytest.approx([wide, got["tall"]])
    assert np.allclose(np.subtract(got["to"][3], got["to"][2]), [80, -80]), "a unit is as long upwards as to the right"
    assert np.allclose(got["back"], places)
    for (start, end), path in zip(arrows, got["drawn"], strict=True):
        found = np.reshape(re.findall(r"-?[\d.]+", path), (-1, 2)).astype(float)
        assert np.allclose(found[:2], [start, end])
        assert len(found) == (2 if math.dist(start, end) <= 8 else 5)
        if len(found) == 5:  # two barbs, as far behind the end, one on each side
            along = np.subtract(end, start) / math.dist(start, end)
            behind, side = (found[[2, 4]] - end) @ along, (found[[2, 4]] - end) @ [-along[1], along[0]]
            assert np.allclose(found[3], end) and np.allclose(behind, -8, atol=0.2)
            assert np.allclose(sorted(side), [-4, 4], atol=0.2)


# -- rows that are pulled ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "found"), [
    ("2, 3, 2", {"ids": [2, 3, 2], "cut": False}), (" [0 1];\n(Mouse) ", {"ids": [0, 1, 2], "cut": False}),
    ("", {"ids": [], "cut": False}), ("1 " * 9, {"ids": [1] * 8, "cut": True}), ("1, 4", {"wrong": "4"}),
    ("-1", {"wrong": "-1"}), ("1.5", {"wrong": "1.5"}), ("constructor", {"wrong": "constructor"}),
    ("9999999999", {"wrong": "9999999999"}), ("<b>", {"wrong": "<b>"}),
])
def test_what_is_typed_is_an_id_a_token_or_refused(rows, text, found):
    assert rows("idsIn", text, NAMES, 8) == found


@settings(max_examples=40, deadline=None)
@given(table=st.integers(1, 5).flatmap(lambda dim: st.lists(st.lists(NUMBER, min_size=dim, max_size=dim), min_size=1,
                                                             max_size=5)), data=st.data())
def test_both_ways_bring_the_rows_of_the_lookup_step_by_step(rows, table, data):
    ids = data.draw(st.lists(st.integers(0, len(table) - 1), min_size=1, max_size=4))
    array, n, dim = np.array(table), len(table), len(table[0])
    codes = one_hot(ids, n)
    for step in range(len(ids) + 1):
        now = rows("pulled", table, ids, step, False)
        assert now["out"] == EmbeddingTable(array).lookup(ids[:step]).tolist() and now["products"] == 0
    for step in range(len(ids) * n + 1):
        now = rows("pulled", table, ids, step, True)
        met = np.arange(len(ids) * n).reshape(-1, n) < step  # which rows each code has met
        sums = ((codes * met) @ array)[: -(-step // n)]
        np.testing.assert_allclose(np.reshape(now["out"], (-1, dim)), sums)
        assert now["products"] == met.sum() * dim and now["zeros"] == (met & (codes == 0)).sum() * dim
    np.testing.assert_allclose(now["out"], array[ids])


# -- three measures ----------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(query=PLACE, ends=st.lists(PLACE, min_size=2, max_size=4), unit=st.booleans())
def test_the_orders_are_those_of_geometry_and_one_where_lengths_are_equal(measures, query, ends, unit):
    candidates = [[name, list(end)] for name, end in zip("abcd", ends, strict=False)]
    expected = three_measures.orders_of({"query": query, "candidates": candidates, "unit": unit})
    found = measures("ordersOf", query, measures("candidatesOf", candidates, unit))
    for measure, order in expected.items():
        values = [value for _, value in order]
        np.testing.assert_allclose([value for _, value in found[measure]], values, atol=1e-9)
        if np.min(np.abs(np.diff(values))) > 1e-6:
            assert [name for name, _ in found[measure]] == [name for name, _ in order]
    cosines = [value for _, value in expected["cosine"]]
    if unit and np.min(np.abs(np.diff(cosines))) > 1e-6:
        assert measures("agreementOf", found) == {"names": 1, "same": True}


def test_a_tie_names_both_and_three_answers_are_three(measures):
    orders = measures("ordersOf", [3, 1], [["a", [9, -1]], ["b", [2.5, 2]], ["c", [1.5, 0.5]]])
    assert measures("agreementOf", orders) == {"names": 3, "same": False}
    assert measures("firstsOf", measures("ordersOf", [1, 0], [["a", [1, 1]], ["b", [1, -1]]])["distance"]) == ["a", "b"]


@settings(max_examples=60, deadline=None)
@given(place=st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)))
def test_a_query_stays_within_reach(measures, place):
    assert 0.4 <= math.hypot(*measures("within", place, 5)) <= 5.1


# -- a training step ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lr", [0.3, 3])
def test_the_pushes_are_the_gradient_of_the_model(lr):
    """One for each word; together they are what plain gradient descent takes from the row."""
    model, context = TinyModel(["<bos>", "the", "cat", "ran", "sat"], dim=6, dtype="float64"), [0, 0, 1, 2]
    for step in steps_in_model(model, context, wanted=3, lr=lr, steps=4):
        loss, gradients = model.loss_and_gradients(np.array([context]), np.array([3]))
        token = gradients["token"]
        np.testing.assert_allclose(step.pushes.sum(axis=0), -lr * token.values[list(token.rows).index(2)], atol=1e-12)
        assert loss == pytest.approx(step.loss)
        np.testing.assert_allclose(step.predicted, model.probabilities([context])[0])
        np.testing.assert_allclose(step.row, model.weights["token"][2])
        model.weights["token"][2] += step.pushes.sum(axis=0)
    with pytest.raises(ValueError, match="not tied"):
        steps_in_model(TinyModel(["<bos>", "cat"], tied=True), [0, 0, 0, 1], wanted=1)


def test_the_record_holds_all_words_and_its_arrows_lead_to_the_next_row(steps):
    dice = np.random.default_rng(3)
    outputs, row = dice.standard_normal((9, 5)), dice.standard_normal(5)
    runs = {lr: steps_of(row, outputs, wanted=4, lr=lr, steps=6) for lr in (0.5, 1)}
    picture = TrainingStep(runs, list("abcdefghi"), wanted=4, lr=1)
    assert picture.names[0] == "e" and len(picture.names) == 4 and picture.others == 5
    with living(TrainingStep) as life:
        note = life.begins(state_of(picture)).text("explorer-soft")
    assert note == WORDS["stepNote"].format(share=round(100 * picture.share), columns=picture.columns)
    plane, share = training_step.plane_of(np.array([one.pushes / lr for lr, run in runs.items() for one in run[:-1]]))
    np.testing.assert_allclose(plane @ plane.T, np.eye(2), atol=1e-9)
    assert picture.share == share and 0.4 < share < 1
    for record, run in zip(picture.runs, runs.values(), strict=True):
        bounds = steps("boundsOf", record)
        assert record["losses"] == [round(one.loss, 3) for one in run]
        for i, step in enumerate(record["steps"]):
            chain = np.array(steps("chainOf", step))
            np.testing.assert_allclose(chain[-1], (run[i + 1].row - row) @ plane.T, atol=0.005)
            assert sum(step["predicted"]) == pytest.approx(1, abs=0.003)
            assert step["moved"] == pytest.approx(np.linalg.norm(run[i + 1].row - run[i].row), abs=0.001)
            assert (chain.min(axis=0) > [bounds["left"], bounds["low"]]).all()
            assert (chain.max(axis=0) < [bounds["right"], bounds["high"]]).all()


# -- a map that turns --------------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), degrees=st.integers(-90, 90))
def test_a_turn_is_a_turn_of_the_points_and_its_share_is_their_variance(turning, seed, degrees):
    vectors = np.random.default_rng(seed).standard_normal((9, 6))
    state = TurningMap({"all": list("abcdefghi")}, vectors).get_state()
    seen = np.array(turning("seenAt", state["points"], degrees))
    whole = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    turn = np.radians(degrees)
    basis = np.array([[np.cos(turn), 0], [0, 1], [np.sin(turn), 0]])
    np.testing.assert_allclose(seen, np.array(state["points"]) @ basis, atol=1e-9)
    share = seen.var(axis=0).sum() / whole.var(axis=0).sum()
    assert turning("shareAt", state["shares"], degrees) == pytest.approx(share, abs=0.01)
    apart = np.linalg.norm(seen[:, None] - seen, axis=2) + np.diag([np.inf] * 9)
    assert turning("nearestOn", seen.tolist()) == apart.argmin(axis=1).tolist()
    alike = whole @ whole.T - 2 * np.eye(9)
    assert state["nearest"] == alike.argmax(axis=1).tolist()


def test_the_lengths_are_kept_where_arrows_must_be_equal():
    king, man, woman = np.random.default_rng(2).standard_normal((3, 8))
    rows = [king, man, woman, king - man + woman]
    state = TurningMap({"words": list("kmwr")}, rows, [("m", "k"), ("w", "r")], lengths=True).get_state()
    points = np.array(state["points"])
    np.testing.assert_allclose(points[0] - points[1], points[3] - points[2], atol=0.002)
    assert state["arrows"] == [[1, 0], [2, 3]]


# -- rows that turn ------------------------------------------------------------------------------------------------


def test_a_rotation_changes_the_numbers_and_no_cosine(knob):
    rows = np.random.default_rng(4).standard_normal((5, 2))
    for degrees in (0, 40, -90, 180):
        angle = np.radians(degrees)
        expected = rows @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        ends = [knob("turnedBy", row.tolist(), degrees) for row in rows]
        np.testing.assert_allclose(ends, expected, atol=1e-12)
        np.testing.assert_allclose([rotation_knob.turned(row, degrees) for row in rows], expected, atol=1e-12)
        lengths = np.linalg.norm(rows, axis=1)
        cosines = [knob("cosineOf", ends[0], end) for end in ends]
        np.testing.assert_allclose(cosines, rows @ rows[0] / lengths / lengths[0], atol=1e-12)
        named = [["abcde"[i], end] for i, end in enumerate(ends)]
        assert [knob("largestIn", named, column) for column in (0, 1)] == ["abcde"[i] for i in expected.argmax(axis=0)]


# -- what cannot be, and without JavaScript ------------------------------------------------------------------------


@pytest.mark.parametrize(("make", "message"), [
    (lambda: PulledRows([[1, 2]] * 13, list("abcdefghijklm"), [0]), "holds 12 rows of 6 numbers at most"),
    (lambda: PulledRows([[1, 2]], ["a"], [0] * 9), "8 IDs at most"),
    (lambda: ThreeMeasures([1, 0], {"a": [1, 2]}), "2 to 6 candidates"),
    (lambda: ThreeMeasures([0, 0], {"a": [1, 2], "b": [1, 1]}), "direction"),
    (lambda: TrainingStep({1: steps_of([0.0], [[1.0], [2.0]], 0, steps=1)}, ["a", "b"], 0, 1), "two or more"),
    (lambda: TrainingStep({1: steps_of([0.0, 0], [[1, 0], [2, 1]], 0, steps=3)}, ["a", "b"], 0, 2), "one of 1; got 2"),
    (lambda: RotationKnob({"a": [1, 2, 3], "b": [1, 2, 3]}, "xy"), "2 to 6 rows of two numbers"),
    (lambda: RotationKnob({"a": [0, 0], "b": [1, 2]}, "xy"), "direction"),
    (lambda: TurningMap({"a": ["x"]}, [[1, 2, 3, 4]]), "4 words or more"),
    (lambda: TurningMap({"a": list("abcd")}, np.eye(4), chosen="e"), "words of the map; got 'e'"),
])
def test_what_cannot_be_drawn_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_without_javascript_each_is_a_table():
    pulled = PulledRows([[1, 2], [0.5, -3]], ["<b>", "dog"], [1, 0], one_hot=True)
    html = PulledRows.plain_html(pulled.get_state())
    assert "<td>0.5, -3</td>" in html and "&lt;b&gt;" in html and "4 multiplications; in 2 of them" in html
    unit = ThreeMeasures([3, 1], {"a": [9, -1], "b": [2.5, 2]}, unit_length=True)
    assert "<td>b 0.938, a 0.908</td>" in ThreeMeasures.plain_html(unit.get_state())
    step = TrainingStep({1: steps_of([0.5, -0.4], [[1, 1], [2, -0.5]], 0, steps=3)}, ["chased", "slept"], 0, 1)
    assert "<td>0.25</td><td>1.39</td><td>1.35</td>" in TrainingStep.plain_html(step.get_state())
    knob = RotationKnob({"cat": [1, 0], "<b>": [0, 2]}, ["<i>", "royal"])
    html = RotationKnob.plain_html(knob.get_state())
    assert "&lt;i&gt; and royal" in html and "<td>cat (0.00, 1.00), &lt;b&gt; (-2.00, 0.00)</td>" in html


# -- on the page ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pictures(browser, scratch):
    """The page, opened once, and the faults that were seen on it. (From a folder: test_engines.py.)"""
    context = browser.new_context(viewport={"width": 1280, "height": 700}, reduced_motion="reduce")
    page, faults = context.new_page(), []
    watch(page, faults)
    page.goto(scratch.address + "pictures.html")
    yield page
    assert faults == []
    context.close()


def near(page, name):
    """A picture that has come near: its plain form has given way."""
    kind = page.locator(f"[data-kind={name}]")
    kind.scroll_into_view_if_needed()
    expect(kind.locator(".explorer")).to_be_visible()
    expect(kind.locator(".book-plain")).to_be_hidden()
    return kind.locator(".explorer")


def listed(picture, name):
    return [re.sub(r"\s+", " ", one) for one in picture.get_by_role("list", name=name).get_by_role("listitem")
            .all_text_contents()]


def test_ids_pull_rows_and_the_product_brings_the_same(pictures):
    picture = near(pictures, "pulledrows")
    out = picture.get_by_role("list", name="What comes out").get_by_role("listitem")
    expect(out).to_have_count(3)
    picture.get_by_role("button", name="dog").press("Enter")
    expect(out).to_have_count(4)
    expect(picture.get_by_role("button", name="dog")).to_be_focused()  # painted again, and still there
    expect(picture.get_by_role("status")).to_have_text("Place 3: ID 1 pulls out a copy of the row of dog: 1, 0.3, 0.")
    field = picture.get_by_label("IDs, or tokens of the table")
    field.fill("cat 9")
    expect(picture.get_by_role("alert")).to_contain_text("“9” is no token of this table and no ID of it: IDs run from")
    expect(out).to_have_count(4)  # what was there stays
    field.fill("2, 3")
    by_lookup = listed(picture, "What comes out")
    picture.get_by_role("button", name="One-hot code times table").click()
    expect(out).to_have_count(0)
    for _ in range(3):
        picture.get_by_role("button", name="Next step").click()
    said = "at the row of mouse the code has 1. 1 × (1, 0.1, −0.5) is added."
    expect(picture.get_by_role("status")).to_contain_text(said)
    expect(picture.get_by_text("9 multiplications so far; in 6 of them the code is 0.")).to_be_visible()
    expect(picture.locator(".pulled-zero")).to_have_count(2)
    slider = picture.get_by_role("slider", name="Step")
    slider.press("End")
    expect(picture.get_by_role("status")).to_contain_text("All codes have met all rows")
    assert listed(picture, "What comes out") == by_lookup
    check(pictures, slider)


def test_a_query_is_dragged_and_turned_by_keys(pictures):
    picture = near(pictures, "threemeasures")
    said = picture.get_by_role("status")
    expect(said).to_have_text("Nearest by cosine: c; by distance: b; by dot product: a. 3 different answers.")
    grip = picture.locator(".plane-grip")
    grip.scroll_into_view_if_needed()
    box, drawing = grip.locator("circle").bounding_box(), picture.locator("svg").bounding_box()
    unit = drawing["width"] / 15.2  # the plane goes from -5.6 to 9.6
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    pictures.mouse.move(x, y)
    pictures.mouse.down()
    for part in range(1, 6):
        pictures.mouse.move(x + part / 5 * -0.5 * unit, y - part / 5 * unit)
    pictures.mouse.up()
    assert picture.locator("svg").get_attribute("aria-label").startswith("The query is (2.5, 2.0).")
    expect(said).to_contain_text("Nearest by cosine: b; by distance: b; by dot product: a. 2 different answers.")
    picture.get_by_label("All candidates at length 1").check()
    expect(said).to_contain_text("The three orders are the same.")
    for name in ("Direction of the query:", "Length of the query:"):
        check(pictures, picture.get_by_role("slider", name=name))
    expect(said).to_contain_text("The three orders are the same.")


def test_steps_by_keys_and_a_rate_that_is_too_high(pictures):
    picture = near(pictures, "trainingstep")
    said = picture.get_by_role("status")
    outputs = [[1.0, 1.0], [2.0, -0.5], [-0.5, -1.0], [-1.5, 0.5], [0.2, 0.1], [-0.1, 0.3]]  # as on the page
    run = steps_of([0.5, -0.4], outputs, wanted=0, lr=0.3, steps=3)
    loss = [f"{one.loss:.2f}" for one in run]
    expect(said).to_contain_text(f"Step 1: chased was predicted with {run[0].predicted[0]:.2f}.")
    expect(said).to_contain_text(f"the loss falls from {loss[0]} to {loss[1]}.")
    picture.get_by_role("button", name="Next step").press("Enter")
    expect(said).to_contain_text(f"the loss falls from {loss[1]} to {loss[2]}.")
    row = picture.get_by_role("row", name=re.compile("chased"))
    expect(row).to_contain_text(f"{run[1].predicted[0]:.2f}1−{1 - run[1].predicted[0]:.2f}")
    expect(picture.locator("circle.step-was")).to_have_count(1)
    picture.get_by_role("radio", name="3", exact=True).check()
    expect(said).to_contain_text("Step 2")
    check(pictures, picture.get_by_role("slider", name="Step:"))


def test_the_rows_turn_by_drag_and_by_keys(pictures):
    picture = near(pictures, "rotationknob")
    said, cells = picture.get_by_role("status"), picture.locator("tbody tr td:last-child")
    expect(said).to_have_text("Column 0 holds what we called animal: cat has the largest number. "
                              "Column 1 holds royal: there it is king.")
    before = cells.all_text_contents()
    check(pictures, picture.get_by_role("slider", name="Turned:"))
    picture.get_by_role("slider", name="Turned:").fill("-90")
    expect(said).to_contain_text("The largest number of column 0 is now that of king, of column 1 that of queen.")
    picture.locator("svg").scroll_into_view_if_needed()
    box = picture.locator("svg").bounding_box()
    middle = [box[a] + box[size] / 2 for a, size in (("x", "width"), ("y", "height"))]
    pictures.mouse.move(middle[0] + 80, middle[1])
    pictures.mouse.down()
    pictures.mouse.move(middle[0], middle[1] - 80, steps=6)  # a quarter back, against the clock
    pictures.mouse.up()
    expect(said).to_contain_text("Column 0 holds what we called animal")
    assert cells.all_text_contents() == before


def test_the_map_turns_by_drag_and_by_keys_and_a_tap_chooses(pictures):
    picture = near(pictures, "turningmap")
    said, slider = picture.get_by_role("status"), picture.get_by_role("slider")
    expect(said).to_contain_text("The map shows 98% of the variance.")
    expect(said).to_contain_text("Nearest to cat on the map: dog; in all 4 columns: dog.")
    expect(said).to_contain_text("For 4 of 4 words the two are the same.")
    drawing = picture.locator("svg").bounding_box()
    middle = drawing["x"] + drawing["width"] / 2, drawing["y"] + drawing["height"] / 2
    pictures.mouse.move(*middle)
    pictures.mouse.down()
    for part in range(1, 6):
        pictures.mouse.move(middle[0] + part * 20, middle[1])
    pictures.mouse.up()
    turned = round(100 * 320 / drawing["width"] * 0.4)
    expect(slider).to_have_attribute("aria-valuetext", f"{turned}°")
    slider.press("Home")
    expect(said).to_contain_text("The map shows 8% of the variance.")
    mark = picture.locator("text.plane-mark").nth(2).bounding_box()
    pictures.mouse.click(mark["x"] + mark["width"] / 2, mark["y"] + mark["height"] / 2)
    expect(picture.get_by_label("Word:")).to_have_value("2")
    expect(said).to_contain_text("in all 4 columns: six")
    picture.get_by_label("Word:").select_option("dog")
    expect(said).to_contain_text("in all 4 columns: cat")
    check(pictures, slider)


def test_both_themes_and_both_widths(pictures):
    for kind in ("pulledrows", "threemeasures", "trainingstep", "turningmap"):
        near(pictures, kind)
    for scheme, width in (("dark", 1280), ("light", 360)):
        pictures.emulate_media(color_scheme=scheme)
        pictures.set_viewport_size({"width": width, "height": 800})
        found = [fault for fault in violations(pictures) if not fault[-1].startswith("<pre")]  # the code of this page
        assert found == []
    pictures.set_viewport_size({"width": 320, "height": 800})
    assert pictures.evaluate("document.documentElement.scrollWidth") <= 320
    high = "all => all.map((one) => one.getBoundingClientRect().height)"
    sizes = pictures.locator(".explorer svg text").evaluate_all(high)
    assert min(sizes) >= 13

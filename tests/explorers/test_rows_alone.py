"""The pictures of rows live in node: what they draw, say and save, from small numbers made up here."""

import itertools
import math

import numpy as np
import pytest
from living import WORDS, all_of, at, classes, life_of, numbers, state_of, text_of

from book_utils import PulledRows, RotationKnob, ThreeMeasures, TrainingStep, TurningMap

pulled, measures, turning = life_of(PulledRows), life_of(ThreeMeasures), life_of(TurningMap)
knob, training = life_of(RotationKnob), life_of(TrainingStep)
MARKS = "●■▲◆▼✚"


def say(name, /, **values):
    return WORDS[name].format(**values)


def signed(number, digits):
    return f"{number:z.{digits}f}".replace("-", "−")


def button(life, text):
    (one,) = [one for one in life.all("button") if text_of(one) == text]
    return one


def slider(life, label):
    (one,) = [one for one in life.all("input") if one["attributes"].get("aria-label") == label]
    return one["given"], one["attributes"].get("aria-valuetext")


def points(path):
    return np.reshape(numbers(path["attributes"]["d"]), (-1, 2))


def plane_of(left, right, low, high, wide=320):
    """Where numbers stand on a plane with one scale for both axes."""
    scale = wide / (right - left)
    return lambda place: pytest.approx(((place[0] - left) * scale, (high - place[1]) * scale), abs=0.06)


def arrow_ends(picture, name):
    """Beginning and end of the only arrow of a class."""
    (one,) = [one for one in all_of(picture, name) if "plane-arrow" in classes(one)]
    return points(one)[:2].tolist()


def assert_marked(picture, names, places):
    """Marks stand at their places, each with its name beside it, none on another and none outside."""
    marks = [one for one in all_of(picture, "plane-mark")]
    assert [text_of(one) for one in marks] == [*MARKS[: len(names)]]
    for mark, place in zip(marks, places, strict=True):
        assert (at(mark)[0], at(mark)[1] - 5) == place
    written = list(all_of(picture, "plane-name"))
    assert [text_of(one) for one in written] == [*names]
    boxes = []
    for one in written:
        (x, y), long = at(one), 9.4 * len(text_of(one))
        x -= {"end": long, "middle": long / 2}.get(one["attributes"].get("text-anchor"), 0)
        boxes.append((x, y - 13.5, x + long, y + 4.5))
    wide, tall = numbers(picture["attributes"]["viewBox"])[2:]
    assert all(x >= 0 and y >= 0 and right <= wide and base <= tall for x, y, right, base in boxes)
    for one, other in itertools.combinations(boxes, 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1], (one, other)


# -- rows that are pulled --------------------------------------------------------------------------------------------

TABLE, NAMES = [[1, -2], [0.5, 4], [-0.125, 0]], ["cat", "dog", "mouse"]


def shown(row):
    return ", ".join(f"{math.floor(number * 100 + 0.5) / 100:g}" for number in row).replace("-", "−")


def begin(life, ids, one_hot=False, **more):
    return life.begins(state_of(PulledRows(TABLE, NAMES, ids, one_hot)) | more)


def rows_in(life, place):
    return life.all("ol")[place]["children"]


def hidden(row):
    return text_of(next(all_of(row, "pulled-hidden")))


def test_a_lookup_copies_rows_at_once_or_step_by_step(pulled):
    begin(pulled, [2, 0])
    assert [hidden(row) for row in rows_in(pulled, 0)] == [say("pulledRow", row=shown(row)) for row in TABLE]
    assert [hidden(row) for row in rows_in(pulled, 1)] == [f"mouse: {shown(TABLE[2])}", f"cat: {shown(TABLE[0])}"]
    assert [classes(row) for row in rows_in(pulled, 0)] == [["pulled-lit"], [], []]
    arrows = [text_of(one) for one in pulled.all("pulled-arrow")]
    assert arrows == ["▸", "", ""] and not pulled.all("pulled-digit")
    assert pulled.text("pulled-said") == say("pulledCopied", place=1, id=0, token="cat", row=shown(TABLE[0]))
    texts = [text_of(one) for one in pulled.all("explorer-soft")]
    assert texts == [WORDS["pulledNone"]] and pulled.page["children"][0]["attributes"]["aria-label"] == WORDS["pulled"]
    pulled.press("Step back")
    assert pulled.saves == [{"step": 1}] and len(rows_in(pulled, 1)) == 1
    assert [classes(row) for row in rows_in(pulled, 0)] == [[], [], ["pulled-lit"]]
    pulled.press("Step back")
    assert pulled.text("pulled-said") == say("pulledBeginLookup", ids="2, 0")
    assert [classes(row) for row in rows_in(pulled, 0)] == [[], [], []]


def test_steps_stay_between_nothing_and_all(pulled):
    begin(pulled, [2, 0])
    given = next(one for one in pulled.all("input") if one["given"].get("type") == "range")
    assert (given["given"]["min"], given["given"]["max"], float(given["given"]["value"])) == (0, 2, 2)
    assert given["attributes"]["aria-valuetext"] == say("pulledOf", step=2, last=2)
    for text, steps in (("Next step", [2]), ("Step back", [1, 0, 0]), ("Next step", [1, 2])):
        for step in steps:
            pulled.press(text)
            assert pulled.saves[-1] == {"step": step}
            ends = [button(pulled, one)["attributes"]["aria-disabled"] for one in ("Step back", "Next step")]
            assert ends == [str(step == 0).lower(), str(step == 2).lower()]
    place = next(i for i, one in enumerate(pulled.all("input")) if one["given"].get("type") == "range")
    pulled.happens("input", "input", place, {"value": "1"})
    assert pulled.saves[-1] == {"step": 1}
    assert len(rows_in(begin(pulled, [2, 0], step=9), 1)) == 2, "what is too far is the end"


def test_the_product_says_each_digit_and_counts(pulled):
    begin(pulled, [1, 2], one_hot=True)
    assert pulled.page["children"][0]["attributes"]["aria-label"] == f"{WORDS['pulled']}: {WORDS['pulledOneHot']}"
    assert pulled.text("pulled-said") == say("pulledBegin", ids="1, 2")
    assert [text_of(one) for one in pulled.all("pulled-digit")] == ["", "", ""]
    sums = np.zeros(2)
    for step in range(1, 7):
        pulled.press("Next step")
        place, row = divmod(step - 1, 3)
        digit = int([1, 2][place] == row)
        sums = (0 if row == 0 else sums) + digit * np.array(TABLE[row])
        said = say("pulledProduct", place=place, id=[1, 2][place], token=NAMES[row], row=shown(TABLE[row]), digit=digit,
                   sum=shown(sums))  # fmt: skip
        assert pulled.text("pulled-said") == said + (f" {WORDS['pulledSame']}" if step == 6 else "")
        code = [int(i == [1, 2][place]) for i in range(3)]
        assert [text_of(one) for one in pulled.all("pulled-digit")] == [f"{one} ×" for one in code]
        assert [classes(one) for one in rows_in(pulled, 0)] == [
            ["pulled-lit"] * (i == row) + ["pulled-zero"] * (i <= row and not code[i]) for i in range(3)]
        last = rows_in(pulled, 1)[-1]
        whole = row == 2
        assert classes(last) == ([] if whole else ["pulled-part"])
        name = NAMES[[1, 2][place]]
        assert hidden(last) == (f"{name}: {shown(sums)}" if whole else say("pulledSoFar", row=shown(sums)))
        assert [classes(one) for one in rows_in(pulled, 1)[:-1]] == [[]] * place
        zeros = step - sum(i * 3 + j < step for i, j in enumerate([1, 2]))
        assert text_of(pulled.one("explorer-soft")) == say("pulledCount", products=2 * step, zeros=2 * zeros)


def test_cells_are_as_high_as_their_numbers_are_large(pulled):
    begin(pulled, [])
    cells = [[(text_of(one), classes(one)[1], one["given"]["style"]) for one in all_of(row, "row-cell")]
             for row in rows_in(pulled, 0)]  # fmt: skip
    assert cells == [[(shown([number]), "row-low" if number < 0 else "row-high", f"--share: {abs(number) / 4:g}")
                      for number in row] for row in TABLE]
    assert pulled.text("pulled-said") == WORDS["pulledEmpty"]


@pytest.mark.parametrize("one_hot", [False, True])
def test_what_is_typed_or_pressed_is_pulled_and_said(pulled, one_hot):
    begin(pulled, [1], one_hot)
    modes = [button(pulled, WORDS[name])["attributes"]["aria-pressed"] for name in ("pulledLookup", "pulledOneHot")]
    assert modes == [str(not one_hot).lower(), str(one_hot).lower()]
    box = next(one for one in pulled.all("input") if one["given"].get("type") == "text")
    assert (box["given"]["value"], box["given"]["maxLength"]) == ("1", 80)
    pulled.happens("input", "input", 0, {"value": "0 mouse"})
    assert pulled.saves == [{"ids": [0, 2], "step": 0 if one_hot else 2}] and pulled.text("pulled-problem") == ""
    pulled.happens("input", "input", 0, {"value": "0 3"})
    assert pulled.text("pulled-problem") == say("pulledWrong", wrong="3", last=2) and len(pulled.saves) == 1
    pulled.happens("input", "input", 0, {"value": "1 " * 8})
    assert pulled.text("pulled-problem") == "" and pulled.saves[-1]["ids"] == [1] * 8
    pulled.happens("input", "input", 0, {"value": "1 " * 9})
    assert pulled.text("pulled-problem") == say("pulledMost", n=8) and pulled.saves[-1]["ids"] == [1] * 8
    begin(pulled, [1] * 7, one_hot)
    pulled.happens("button", "click", row_button(pulled, 2))
    assert pulled.saves == [{"ids": [1] * 7 + [2], "step": 21 if one_hot else 8}]
    assert pulled.text("pulled-problem") == ""
    pulled.happens("button", "click", row_button(pulled, 0))
    assert pulled.text("pulled-problem") == say("pulledMost", n=8) and len(pulled.saves) == 1
    pulled.press(WORDS["pulledLookup" if one_hot else "pulledOneHot"])
    assert pulled.saves[-1] == {"one_hot": not one_hot, "step": 8 if one_hot else 0}


def row_button(life, number):
    return [one["attributes"].get("data-id") for one in life.all("button")].index(str(number))


# -- three measures --------------------------------------------------------------------------------------------------

QUERY, ENDS = [3, 1], {"one": [4, -3], "two": [2.5, 2], "three": [1.5, 0.5]}


def lists_of(life):
    return [[text_of(one) for one in each["children"]] for each in life.all("ol")]


@pytest.mark.parametrize("unit", [False, True])
def test_three_orders_stand_side_by_side(measures, unit):
    life = measures.begins(state_of(ThreeMeasures(QUERY, ENDS, unit)))
    ends = {name: np.array(end) / (np.linalg.norm(end) if unit else 1) for name, end in ENDS.items()}
    length = np.linalg.norm(QUERY)
    found = {"cosine": {name: QUERY @ end / length / np.linalg.norm(end) for name, end in ends.items()},
             "distance": {name: np.linalg.norm(end - QUERY) for name, end in ends.items()},
             "dot": {name: QUERY @ end for name, end in ends.items()}}  # fmt: skip
    orders = {measure: sorted(those, key=those.get, reverse=measure != "distance") for measure, those in found.items()}
    mark = dict(zip(ends, MARKS, strict=False))
    assert lists_of(life) == [
        [f"{mark[name]} {name} {signed(found[measure][name], 3 if measure == 'cosine' else 2)}" for name in order]
        for measure, order in orders.items()]
    assert [one["attributes"]["aria-label"] for one in life.all("ol")] == [*WORDS["measuresNames"].values()]
    named = {measure: order[0] for measure, order in orders.items()}
    first = say("measuresFirst", **named)
    different = len(set(named.values()))
    agreed = (WORDS["measuresSame"] if len({*map(tuple, orders.values())}) == 1 else
              WORDS["measuresOne"] if different == 1 else say("measuresMany", n=different))
    assert life.text("measures-said") == f"{first} {agreed}"
    label = say("measuresPicture", query="3.0, 1.0", candidates=", ".join(
        f"{name} ({signed(x, 1)}, {signed(y, 1)})" for name, (x, y) in ends.items()))  # fmt: skip
    assert life.one("plane-picture")["attributes"]["aria-label"] == label
    (box,) = [one for one in life.all("input") if one["given"].get("type") == "checkbox"]
    assert bool(box["given"].get("checked")) == unit


def test_one_first_and_other_orders_behind_it_is_said(measures):
    life = measures.begins(state_of(ThreeMeasures([2, 0], {"a": [2, 0], "b": [1, 1], "c": [1.5, -2]})))
    assert life.text("measures-said").endswith(WORDS["measuresOne"])
    life.begins(state_of(ThreeMeasures([2, 0], {"a": [1, 1], "b": [1, -1]})))
    both = f"a {WORDS['measuresAnd']} b"
    first = say("measuresFirst", cosine=both, distance=both, dot=both)
    assert life.text("measures-said") == f"{first} {WORDS['measuresSame']}"


def test_arrows_and_lines_end_at_their_numbers(measures):
    life = measures.begins(state_of(ThreeMeasures(QUERY, ENDS)))
    edges = [-4 - 0.6, 4 + 0.6]  # wherever the query may go, and some room
    place, picture = plane_of(*edges, *edges), life.one("plane-picture")
    assert numbers(picture["attributes"]["viewBox"]) == [0, 0, 320, 320]
    for i, end in enumerate(ENDS.values()):
        assert arrow_ends(picture, f"plane-{i}") == [place([0, 0]), place(end)]
    assert arrow_ends(picture, "plane-query") == [place([0, 0]), place(QUERY)]
    assert_marked(picture, ENDS, [place(end) for end in ENDS.values()])
    assert numbers(life.one("plane-grip")["attributes"]["transform"]) == place(QUERY)
    query, long = np.array(QUERY), max(ENDS.values(), key=lambda end: np.dot(QUERY, end))
    shadow = query * (query @ long) / (query @ query)
    lines = {name: points(life.one(f"measures-{name}")).tolist() for name in ("distance", "dot", "along")}
    near = min(ENDS.values(), key=lambda end: math.dist(end, QUERY))
    assert lines == {"distance": [place(QUERY), place(near)], "dot": [place(long), place(shadow)],
                     "along": [place([0, 0]), place(shadow)]}  # fmt: skip


@pytest.mark.parametrize("angle", [30, -30])
def test_the_arc_is_the_smaller_angle_from_query_to_its_nearest(measures, angle):
    near = [2 * math.cos(math.radians(angle)), 2 * math.sin(math.radians(angle))]
    life = measures.begins(state_of(ThreeMeasures([2, 0], {"a": near, "b": [-1, 0]})))
    x1, y1, *radii, _, large, sweep, x2, y2 = numbers(life.one("measures-arc")["attributes"]["d"])
    _, y, _, x, *_ = numbers(life.one("plane-axes")["attributes"]["d"])  # where the axes meet
    assert radii == [26, 26] and large == 0
    assert (x1 - x, y1 - y) == pytest.approx((26, 0), abs=0.11)
    assert (x2 - x, y2 - y) == pytest.approx((13 * near[0], -13 * near[1]), abs=0.11)
    assert sweep == (0 if angle > 0 else 1), "in SVG, 1 is with the clock"


def test_the_query_is_turned_and_made_longer_by_sliders_or_dragged(measures):
    life = measures.begins(state_of(ThreeMeasures([0, 2], ENDS)))
    given, said = slider(life, WORDS["measuresAngle"])
    assert (given["min"], given["max"], float(given["value"]), said) == (-180, 180, 90, "90°")
    given, said = slider(life, WORDS["measuresLength"])
    assert (given["min"], given["max"], given["step"], float(given["value"]), said) == (0.5, 3, 0.1, 2, "2.0")
    life.slide(WORDS["measuresAngle"], -30)
    assert life.saves[-1]["query"] == pytest.approx([2 * math.cos(math.pi / 6), -1])
    assert slider(life, WORDS["measuresAngle"])[1] == "−30°"
    life.slide(WORDS["measuresLength"], 1)
    assert life.saves[-1]["query"] == pytest.approx([math.cos(math.pi / 6), -0.5])
    life.happens("input", "change", 2, {"checked": True})
    assert life.saves[-1] == {"unit": True}


def test_the_query_is_dragged_by_its_end(measures):
    life = measures.begins(state_of(ThreeMeasures([0, 2], ENDS)))

    def pointer(type, x, y):
        """At numbers of the plane, from -3.6 to 4.6 across in a box of 100 pixels."""
        pixel = 100 / 8.2
        event = {"clientX": 20 + (x + 3.6) * pixel, "clientY": 10 + (3.6 - y) * pixel, "pointerId": 1}
        life.happens(".plane-grip", type, 0, **event)
        return life.saves

    assert pointer("pointermove", 1, 1) == [], "nothing is held"
    pointer("pointerdown", 0, 2)
    assert life.prevented
    for place, query in (([1, 1], [1, 1]), ([-2, 0.5], [-2, 0.5]), ([0.3, -1.2], [0.3, -1.2]), ([10, 0], [3, 0])):
        assert pointer("pointermove", *place)[-1]["query"] == pytest.approx(query), "no further than it reaches"
    saved = len(life.saves)
    pointer("pointerup", 1, 1)
    assert len(pointer("pointermove", 1, 1)) == saved


@pytest.mark.parametrize(("place", "query"), [
    ([0, 0], [0.5, 0]), ([1e-7, 0], [0.5, 0]), ([0.3, 0.4], [0.3, 0.4]), ([0.03, 0.04], [0.3, 0.4]),
    ([3, 4], [3, 4]), ([30, 40], [3, 4]), ([0.444, 1.251], [0.4, 1.3]),
])
def test_a_query_is_on_a_grid_of_tenths_and_neither_too_short_nor_too_long(measures, place, query):
    assert measures.call("within", place, 5) == pytest.approx(query)


# -- rows that turn --------------------------------------------------------------------------------------------------

ROWS = {"cat": [1, 0], "king": [0.6, 0.8], "dog": [0.75, -0.14]}


def rotated(end, degrees):
    angle = math.radians(degrees)
    return [end[0] * math.cos(angle) - end[1] * math.sin(angle), end[0] * math.sin(angle) + end[1] * math.cos(angle)]


@pytest.mark.parametrize("degrees", [0, 90, -37])
def test_all_numbers_turn_and_no_cosine(knob, degrees):
    life = knob.begins(state_of(RotationKnob(ROWS, ["animal", "royal"])) | {"degrees": degrees})
    ends = {name: rotated(end, degrees) for name, end in ROWS.items()}
    rows = [[text_of(cell) for cell in row["children"]] for row in life.all("tr")]
    columns = [say("knobColumn", i=i) for i in (0, 1)] if degrees else ["animal", "royal"]
    assert rows[0] == ["", *columns, say("knobCosine", word="cat")]
    for i, (row, (name, end)) in enumerate(zip(rows[1:], ends.items(), strict=True)):
        near = np.dot(ROWS["cat"], ROWS[name]) / np.linalg.norm(ROWS[name])
        assert row == [f"{MARKS[i]} {name}", *(signed(number, 2) for number in end), signed(near, 2)]
    largest = [max(ends, key=lambda name, column=column: ends[name][column]) for column in (0, 1)]
    values = {"degrees": signed(degrees, 0), "one": largest[0], "other": largest[1], "column": "animal",
              "second": "royal"}  # fmt: skip
    assert life.text("knob-said") == say("knobSaid" if degrees else "knobStart", **values)
    given, said = slider(life, WORDS["knobTurn"])
    assert (given["min"], given["max"], float(given["value"]), said) == (-180, 180, degrees, f"{signed(degrees, 0)}°")
    picture, reach = life.one("knob-picture"), 1.25
    assert picture["attributes"]["aria-label"] == say("knobPicture", degrees=signed(degrees, 0), rows=", ".join(
        f"{name} ({signed(x, 2)}, {signed(y, 2)})" for name, (x, y) in ends.items()))  # fmt: skip
    place = plane_of(-reach, reach, -reach, reach)
    for i, end in enumerate(ends.values()):
        assert arrow_ends(picture, f"plane-{i}") == [place([0, 0]), place(end)]
    assert_marked(picture, ends, [place(end) for end in ends.values()])


def test_a_drag_round_the_middle_turns_the_rows(knob):
    life = knob.begins(state_of(RotationKnob(ROWS, "xy")) | {"degrees": 10})
    life.slide(WORDS["knobTurn"], 40)
    assert life.saves == [{"degrees": 40}]
    around = ((90, 60), (70, 30), (50, 60), (70, 100))  # right, above, left and below of the middle, (70, 60)
    life.happens(".knob-picture", "pointermove", 0, clientX=90, clientY=60)
    assert len(life.saves) == 1
    life.happens(".knob-picture", "pointerdown", 0, clientX=90, clientY=60, pointerId=1)
    for (x, y), degrees in zip(around, (40, 130, -140, -50), strict=True):
        life.happens(".knob-picture", "pointermove", 0, clientX=x, clientY=y)
        assert life.saves[-1] == {"degrees": degrees}
    life.happens(".knob-picture", "pointerup", 0)
    before = len(life.saves)
    life.happens(".knob-picture", "pointermove", 0, clientX=90, clientY=60)
    assert len(life.saves) == before


@pytest.mark.parametrize(("start", "degrees"), [(90, 180), (91, -179), (-90, 0), (179, -91)])
def test_half_a_turn_is_where_it_begins_again(knob, start, degrees):
    life = knob.begins(state_of(RotationKnob(ROWS, "xy")) | {"degrees": start})
    life.happens(".knob-picture", "pointerdown", 0, clientX=90, clientY=60, pointerId=1)
    life.happens(".knob-picture", "pointermove", 0, clientX=70, clientY=30)
    assert abs(life.saves[-1]["degrees"]) <= 180 and (life.saves[-1]["degrees"] - degrees) % 360 == 0


# -- a map that turns ------------------------------------------------------------------------------------------------

POINTS = [[1, 0.5, -0.25], [0.5, -0.5, 0.75], [-0.75, 0.25, 0.5], [-0.5, -0.75, -1]]
MAP = {"names": ["cat", "dog", "two", "six"], "kinds": [0, 0, 1, 1], "groups": ["animals", "numbers"], "points": POINTS,
       "shares": [0.5, 0.25, 0.125], "nearest": [1, 0, 3, 2], "arrows": [[0, 2]], "columns": 7, "degrees": 0,
       "chosen": 0}  # fmt: skip


def seen(points, degrees):
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return np.array([[cos * x + sin * z, y] for x, y, z in points])


@pytest.mark.parametrize(("degrees", "chosen"), [(0, 0), (-45, 2), (90, 3)])
def test_the_map_shows_and_says_what_is_seen(turning, degrees, chosen):
    life = turning.begins(MAP | {"degrees": degrees, "chosen": chosen})
    places = seen(POINTS, degrees)
    apart = np.linalg.norm(places[:, None] - places, axis=2) + np.diag([np.inf] * 4)
    near = apart.argmin(axis=1)
    turn = math.radians(degrees)
    share = 0.5 * math.cos(turn) ** 2 + 0.25 + 0.125 * math.sin(turn) ** 2
    names = MAP["names"]
    assert life.text("map-said") == say(
        "mapSaid", share=math.floor(100 * share + 0.5), word=names[chosen], near=names[near[chosen]], columns=7,
        full=names[MAP["nearest"][chosen]], same=(near == MAP["nearest"]).sum(), n=4)  # fmt: skip
    picture = life.one("map-picture")
    assert picture["attributes"]["aria-label"] == say("mapPicture", degrees=signed(degrees, 0), word=names[chosen],
                                                      near=names[near[chosen]])  # fmt: skip
    reach = 1.15
    place = plane_of(-reach, reach, -reach, reach)
    assert at(life.one("map-chosen"), "cx", "cy") == place(places[chosen])
    assert arrow_ends(picture, "map-arrow") == [place(places[0]), place(places[2])]
    marks = life.all("plane-mark")
    kinds = [(MARKS[kind], f"plane-{kind}") for kind in MAP["kinds"]]
    assert [(text_of(one), classes(one)[1]) for one in marks] == kinds
    assert [(at(one)[0], at(one)[1] - 5) for one in marks] == [place(one) for one in places]
    assert [text_of(one) for one in life.all("plane-name")] == names
    given, said = slider(life, WORDS["mapTurn"])
    assert (given["min"], given["max"], float(given["value"]), said) == (-90, 90, degrees, f"{signed(degrees, 0)}°")
    assert life.one("select")["given"]["value"] == str(chosen)
    assert life.page["children"][0]["attributes"]["aria-label"] == WORDS["mapArrows"]


@pytest.mark.parametrize("count", [8, 9])
def test_of_many_words_only_the_chosen_and_its_nearest_have_names(turning, count):
    points = [[math.cos(i), math.sin(i), i / 9] for i in range(count)]
    state = {"names": list("abcdefghi")[:count], "kinds": [i % 2 for i in range(count)], "points": points, "arrows": [],
             "nearest": [(i + 4) % count for i in range(count)]}  # fmt: skip
    life = turning.begins(MAP | state)
    places = seen(points, 0)
    near = int(np.argsort(np.linalg.norm(places - places[0], axis=1))[1])
    named = [text_of(one) for one in life.all("plane-name")]
    assert named == (state["names"] if count == 8 else [state["names"][i] for i in (0, near, 4)])
    marks = [(text_of(one), at(one)[0], at(one)[1] - 5) for one in life.all("plane-mark")]
    place = plane_of(*[sign * 1.15 * max(abs(n) for one in points for n in one) for sign in (-1, 1, -1, 1)])
    order = [*range(count)] if count == 8 else [i for i in range(9) if i not in (0, near, 4)] + [0, near, 4]
    assert [mark for mark, _, _ in marks] == [MARKS[i % 2] for i in order]
    assert [(x, y) for _, x, y in marks] == [place(places[i]) for i in order]
    assert life.page["children"][0]["attributes"]["aria-label"] == WORDS["map"]


def test_a_drag_turns_the_map_and_a_tap_chooses_the_nearest(turning):
    life = turning.begins(MAP)
    life.slide(WORDS["mapTurn"], 30)
    life.happens("select", "change", 0, {"value": "2"})
    assert life.saves == [{"degrees": 30}, {"chosen": 2}]

    def pointer(type, x, y=0.0, buttons=1):
        """At a place of the picture, which is 320 wide in a box of 100."""
        life.happens(".map-frame", type, 0, clientX=20 + x / 3.2, clientY=10 + y / 3.2, buttons=buttons)

    pointer("pointermove", 100)
    pointer("pointerdown", 100)
    pointer("pointermove", 116)  # 5 pixels: a tap may tremble
    assert len(life.saves) == 2
    pointer("pointermove", 120)
    assert life.saves[-1] == {"degrees": 38}, "0.4 of a degree a unit"
    pointer("pointermove", 60, buttons=0)
    assert len(life.saves) == 3
    pointer("pointermove", 100)
    assert life.saves[-1] == {"degrees": 30}, "also back to where it began"
    pointer("pointermove", 320)
    assert life.saves[-1] == {"degrees": 90}
    pointer("pointermove", -2000)
    assert life.saves[-1] == {"degrees": -90}
    saved = len(life.saves)
    pointer("pointerup", 100)
    assert len(life.saves) == saved, "a drag chooses nothing"
    life.begins(MAP)
    for end in ("pointercancel", "pointerleave"):
        pointer("pointerdown", 100)
        pointer(end, 100)
        pointer("pointermove", 200)
        pointer("pointerup", 100)
    assert life.saves == []
    x, y = at(life.all("plane-mark")[3])
    for away, chosen in ((0, [{"chosen": 3}]), (23.5, [{"chosen": 3}] * 2), (24.5, [{"chosen": 3}] * 2)):
        pointer("pointerdown", x, y - 5 + away)
        pointer("pointerup", x, y - 5 + away)
        assert life.saves == chosen, "a tap must be near"


# -- a training step -------------------------------------------------------------------------------------------------

RUNS = [
    {"lr": 0.5, "losses": [2.0, 1.0, 1.004, 1.5], "steps": [
        {"row": [0, 0], "pushes": [[2, 1], [-1, 0], [0.01, 0]], "predicted": [0.25, 0.5, 0.25], "moved": 1.5},
        {"row": [1, 1], "pushes": [[1, 0], [0, 1], [0, 0.5]], "predicted": [0.5, 0.14, 0.36], "moved": 2.0},
        {"row": [2, 2.5], "pushes": [[1, 1], [1, -1], [-1, 0]], "predicted": [0.75, 0.25, 0.0], "moved": 0.25}]},
    {"lr": 1, "losses": [4.0, 3.0, 2.0, 1.0], "steps": [
        {"row": [0, 0], "pushes": [[0, 4], [0, -1], [0.5, 0]], "predicted": [0.25, 0.5, 0.25], "moved": 3.0}] * 3},
]  # fmt: skip
STEP = {"runs": RUNS, "names": ["cat", "dog"], "others": 1234, "run": 0, "step": 0, "share": 0.876, "columns": 5}


@pytest.mark.parametrize(("run", "step"), [(0, 0), (0, 1), (0, 2), (1, 1)])
def test_a_step_has_its_words_its_losses_and_its_arrows(training, run, step):
    life, those = training.begins(STEP | {"run": run, "step": step}), RUNS[run]
    now, losses, names = those["steps"][step], those["losses"], ["cat", "dog", "the other 1,234"]
    rows = [[text_of(cell) for cell in row["children"]] for row in life.all("tr")]
    assert rows == [WORDS["stepColumns"].split("|")] + [
        [f"{MARKS[i]} {name}", f"{share:.2f}", str(int(i == 0)), signed(share - (i == 0), 2)]
        for i, (name, share) in enumerate(zip(names, now["predicted"], strict=True))]
    shares = [one["given"]["style"] for one in life.all("step-bar")]
    most = 4  # the largest loss of all runs
    expected = [*now["predicted"], losses[step] / most, losses[step + 1] / most]
    assert shares == [f"--share: {share:g}" for share in expected]
    assert [text_of(one) for one in life.all("step-loss")] == [
        f"{WORDS[name]}{loss:.2f}" for name, loss in (("stepLoss", losses[step]), ("stepLossAfter", losses[step + 1]))]
    change = losses[step + 1] - losses[step]
    name = "stepStays" if abs(change) < 0.005 else "stepFalls" if change < 0 else "stepRises"
    assert life.text("step-said") == say(
        name, n=step + 1, word="cat", predicted=f"{now['predicted'][0]:.2f}", moved=f"{now['moved']:.2f}",
        loss=f"{losses[step]:.2f}", next=f"{losses[step + 1]:.2f}")  # fmt: skip
    picture = life.one("plane-picture")
    assert picture["attributes"]["aria-label"] == say("stepPicture", n=step + 1, lr=those["lr"])
    place = place_of(those)
    chain = np.cumsum([now["row"], *now["pushes"]], axis=0)
    for i in range(3):
        assert arrow_ends(picture, f"plane-{i}") == [place(chain[i]), place(chain[i + 1])]
    (dot,), (square,) = ([one for one in life.all("step-row") if one["tag"] == tag] for tag in ("circle", "rect"))
    assert at(dot, "cx", "cy") == place(chain[0])
    assert (at(square)[0] + 6, at(square)[1] + 6) == place(chain[-1]) and at(square, "width", "height") == (12, 12)
    assert [at(one, "cx", "cy") for one in life.all("step-was")] == [place(one["row"]) for one in those["steps"][:step]]
    trail = [one["row"] for one in those["steps"][: step + 1]]
    assert [points(one).tolist() for one in life.all("step-trail")] == [[place(one) for one in trail]] * (step > 0)
    scale = 320 / bounds_of(those)[0]
    long = [i for i, push in enumerate(now["pushes"]) if math.hypot(*push) * scale > 14]
    assert [text_of(one) for one in life.all("plane-name")] == [names[i] for i in long]
    for i, mark in zip(long, life.all("plane-mark"), strict=True):
        assert text_of(mark) == MARKS[i] and (at(mark)[0], at(mark)[1] - 5) == place((chain[i] + chain[i + 1]) / 2)


def bounds_of(run):
    """Width, height, left and top of what is shown: all steps, 12 in 100 beyond them, 10 to 6 and 1 to 1 at most."""
    ends = np.concatenate([np.cumsum([one["row"], *one["pushes"]], axis=0) for one in run["steps"]])
    low, high = ends.min(axis=0), ends.max(axis=0)
    (across, up), middle = high - low, (low + high) / 2
    room = 0.12 * max(across, up)
    wide, tall = max(across, up) + 2 * room, max(up, 0.6 * across) + 2 * room
    return wide, tall, middle[0] - wide / 2, middle[1] + tall / 2


def place_of(run):
    wide, tall, left, high = bounds_of(run)
    return plane_of(left, left + wide, high - tall, high)


def test_one_goes_from_step_to_step_and_from_rate_to_rate(training):
    life = training.begins(STEP)
    given, said = slider(life, WORDS["stepSlider"])
    assert (given["min"], given["max"], float(given["value"]), said) == (1, 3, 1, say("stepOf", n=1, last=3))
    for text, step in (("stepBack", 0), ("stepNext", 1), ("stepNext", 2), ("stepNext", 2), ("stepBack", 1)):
        life.press(WORDS[text])
        assert life.saves[-1] == {"step": step}
        off = [button(life, WORDS[name])["attributes"]["aria-disabled"] for name in ("stepBack", "stepNext")]
        assert off == [str(step == 0).lower(), str(step == 2).lower()]
        assert slider(life, WORDS["stepSlider"])[1] == say("stepOf", n=step + 1, last=3)
    life.slide(WORDS["stepSlider"], 3)
    assert life.saves[-1] == {"step": 2}
    place = [one["given"].get("value") for one in life.all("input") if one["given"].get("type") == "radio"].index("1")
    life.happens("input", "change", place, {"checked": True})
    assert life.saves[-1] == {"run": 1}
    rates = [one["given"] for one in life.all("input") if one["given"].get("type") == "radio"]
    assert [bool(one.get("checked")) for one in rates] == [False, True]
    assert text_of(life.one("step-rates")) == WORDS["stepRate"] + "0.51"
    assert text_of(life.one("explorer-soft")) == say("stepNote", share=88, columns=5)
    assert life.begins(STEP | {"step": 9}).text("step-said").startswith("Step 3:")

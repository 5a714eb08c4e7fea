"""The pictures of the explorers and the progress page are drawn in node: their ends, their order and their range."""

import itertools
import json
import math
import re

import numpy as np
import pytest
from places import PACKAGE
from twins import running

from book_utils.asking.score import CONFIDENCES

WORDS = json.loads((PACKAGE / "words" / "en.json").read_text(encoding="utf-8"))


def reader(*names):
    return pytest.fixture(scope="module")(lambda: (yield from reading(*names)))


def reading(*names):
    with running(*(PACKAGE / name for name in names)) as call:
        yield call


dial = reader("asking/elements.js", "asking/score.js", "position.js", "explorers/rope_pictures.js",
              "explorers/rope_controls.js")
film = reader("explorers/replay_film.js")
sure = reader("asking/elements.js", "asking/score.js", "book_site/gathered/calibration.js")


def parts(picture, tag, name=None):
    """Every element of a picture with this tag and class, in the order drawn."""
    found = [picture] if picture["tag"] == tag and name in (None, picture["attributes"].get("class")) else []
    inside = [child for child in picture["children"] if isinstance(child, dict)]
    return found + [one for child in inside for one in parts(child, tag, name)]


def numbers(text):
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", text)]


def line_of(picture, name):
    """The points of a path: an array of (x, y)."""
    (path,) = parts(picture, "path", name)
    return np.array(numbers(path["attributes"]["d"])).reshape(-1, 2)


def at(element, x="x", y="y"):
    return float(element["attributes"][x]), float(element["attributes"][y])


def points_of(element):
    """Every point that an element has, but those of a path with arcs."""
    found = element["attributes"]
    yield from [(float(found[x]), float(found[y])) for x, y in [("x", "y"), ("cx", "cy"), ("x1", "y1"), ("x2", "y2")]
                if x in found]
    if "A" not in found.get("d", "A"):
        yield from zip(*[iter(numbers(re.sub(r"[HV][^MLHV]*", "", found["d"]).replace("v5", "")))] * 2, strict=True)


def assert_inside(picture):
    """Nothing lies outside of the frame that is shown."""
    left, top, width, height = numbers(picture["attributes"]["viewBox"])
    assert (left, top) == (0, 0)
    for tag in ("text", "circle", "line", "rect", "path"):
        for element in parts(picture, tag):
            for x, y in points_of(element):
                assert -2 <= x <= width and -2 <= y <= height, element


# -- the rope dial -----------------------------------------------------------------------------------------------

SCORES = [(-3, -2.5), (-2, 0.0), (-1, 4.0), (0, 1.0), (1, -1.0)]


def curve(dial, points=SCORES, before=(), offset=-1, score=4.0, joined=True):
    given = {"points": points, "before": list(before), "offset": offset, "score": score, "joined": joined,
             "caption": "offset"}
    return dial("curve", "A title", given)


def test_the_curve_goes_from_end_to_end_and_from_lowest_to_highest(dial):
    picture = curve(dial)
    points = line_of(picture, "dial-curve")
    assert points[:, 0].tolist() == [50, 114, 178, 242, 306]  # the frame, and even steps
    heights = points[:, 1]
    assert (heights.min(), heights.max()) == (20, 150)
    # higher scores stand higher, in proportion
    np.testing.assert_allclose(heights, 150 - 130 * (np.array([y for _, y in SCORES]) + 2.5) / 6.5, atol=0.06)
    now = parts(picture, "circle", "dial-now")[0]
    assert at(now, "cx", "cy") == (178, 20)  # where the curve is at the offset
    told = [text["children"][0] for text in parts(picture, "text")]
    assert {"4.0", "−2.5", "0"} <= set(told) and told.index("−3") < told.index("1")
    zero = parts(picture, "line", "dial-axis")[0]
    assert float(zero["attributes"]["y1"]) == pytest.approx(heights[1], abs=0.06)


def test_the_curve_before_is_on_the_same_scale_and_points_are_not_joined(dial):
    picture = curve(dial, before=[(-3, 10.5), (1, -2.5)])
    assert line_of(picture, "dial-before").tolist() == [[50, 20], [306, 150]]
    assert line_of(picture, "dial-curve")[:, 1].min() > 20
    apart = curve(dial, joined=False)
    assert len(parts(apart, "circle", "dial-point")) == len(SCORES) and not parts(apart, "path", "dial-curve")


@pytest.mark.parametrize("points", [SCORES, [(0, 5.0), (40, 5.1)], [(-9, -3.0), (-1, -2.0)]])
def test_the_numbers_of_the_curve_stand_at_its_ends_and_never_on_each_other(dial, points):
    picture = curve(dial, points, offset=points[0][0], score=points[0][1])
    assert_inside(picture)
    beside = [(float(text["attributes"]["y"]), text["children"][0]) for text in parts(picture, "text")
              if text["attributes"]["x"] == "44"]
    assert all(abs(one - other) > 15 for (one, _), (other, _) in itertools.combinations(beside, 2))
    assert ("0" in dict(map(reversed, beside))) == (points[0][1] * points[-1][1] < 0 or points == SCORES)


def test_a_curve_of_one_score_is_a_line_inside_the_frame(dial):
    points = line_of(curve(dial, [(0, 2.0), (1, 2.0)], offset=0, score=2.0), "dial-curve")
    assert points.tolist() == [[50, 150], [306, 150]]


def waves(dial, lengths, context, chosen=0):
    words = {"axis": "tokens", "context": "context", "pair": "pair"}
    return dial("waves", "A title", {"lengths": lengths, "context": context, "chosen": chosen, "words": words})


def test_wavelengths_stand_on_a_log_scale_and_those_in_the_context_are_full(dial):
    picture = waves(dial, [1, 10, 1000, 100_000], 1000, chosen=2)
    dots = parts(picture, "circle", "dial-full") + parts(picture, "circle", "dial-part")
    places = [at(dot, "cx", "cy") for dot in dots]
    xs, ys = zip(*places, strict=True)
    np.testing.assert_allclose(xs, [16, 16 + 288 / 5, 16 + 288 * 3 / 5, 304])
    assert list(ys) == sorted(ys) and (ys[0], ys[-1]) == (34, 124)
    assert len(parts(picture, "circle", "dial-part")) == 1
    context = parts(picture, "line", "dial-now")[0]["attributes"]
    assert float(context["x1"]) == float(context["x2"]) == xs[2]
    assert at(parts(picture, "circle", "dial-chosen")[0], "cx", "cy") == places[2]
    assert_inside(picture)
    alone = waves(dial, [100], 1000)
    assert_inside(alone)
    assert at(parts(alone, "circle", "dial-full")[0], "cx", "cy") == (16 + 288 * 2 / 3, 80)
    for context, side in [(10, "start"), (10_000, "end")]:  # its name leans to where there is room
        (name,) = [text for text in parts(waves(dial, [1, 1e5], context), "text") if text["children"] == ["context"]]
        assert name["attributes"]["text-anchor"] == side
    assert [text["children"][0] for text in parts(picture, "text")][:6] == ["10⁰", "10¹", "10²", "10³", "10⁴", "10⁵"]


def test_the_strip_shares_the_head_into_what_turns_and_what_passes(dial):
    for head, rotary in [(64, 64), (64, 16), (8, 2)]:
        words = {"turn": "turns", "pass": "passes"}
        picture = dial("strip", "A title", head, rotary, {"q": [0, rotary // 2], "k": [0, 1]}, words)
        both = zip(parts(picture, "rect", "dial-turns"), parts(picture, "rect", "dial-passes"), strict=True)
        for turns, passes in both:
            width = float(turns["attributes"]["width"])
            assert float(turns["attributes"]["x"]) == 24 and width == pytest.approx(288 * rotary / head)
            assert float(passes["attributes"]["x"]) == pytest.approx(24 + width)
            assert width + float(passes["attributes"]["width"]) == pytest.approx(288)
        assert_inside(picture)
        marks = [float(mark["attributes"]["x"]) for mark in parts(picture, "rect", "dial-mark")]
        np.testing.assert_allclose(marks, [24, 24 + 288 * (rotary // 2) / head, 24, 24 + 288 / head])


def test_clocks_stand_in_rows_of_eight_and_their_hands_have_the_angles(dial):
    hands = [{"query": 0.1 * i, "key": -0.2 * i} for i in range(11)]
    picture = dial("clocks", "A title", hands, 9, None)
    groups = parts(picture, "g", "dial-clock")
    places = [tuple(numbers(group["attributes"]["transform"])) for group in groups]
    assert places == [(20 + 40 * (i % 8), 20 + 40 * (i // 8)) for i in range(11)]
    assert picture["attributes"]["viewBox"] == "0 0 320 80"
    for group, hand in zip(groups, hands, strict=True):
        for name, length in [("query", 16), ("key", 11)]:
            x, y = at(parts(group, "line", f"dial-arrow dial-{name}")[0], "x2", "y2")
            assert (math.hypot(x, y), math.atan2(-y, x)) == pytest.approx((length, hand[name]))
    assert [bool(parts(group, "circle", "dial-chosen")) for group in groups].index(True) == 9
    for count, tall in ((1, 40), (8, 40), (9, 80), (16, 80), (17, 120)):
        picture = dial("clocks", "A title", [hands[0]] * count, 0, None)
        assert picture["attributes"]["viewBox"] == f"0 0 320 {tall}"


def test_the_wedge_goes_the_shorter_way_from_key_to_query(dial):
    for key, query in itertools.product([0.0, 1.0, 3.0, -2.5, 9.0], repeat=2):
        start, end, large, sweep = wedge_of(dial("wedge", key, query))
        assert start == pytest.approx((40 * math.cos(key), -40 * math.sin(key)))
        assert end == pytest.approx((40 * math.cos(query), -40 * math.sin(query)), abs=1e-9)
        turned = math.remainder(query - key, 2 * math.pi)
        assert large == 0 and (turned == 0 or sweep == (0 if turned > 0 else 1))  # in SVG, 1 goes with the clock


def wedge_of(path):
    found = re.fullmatch(r"M0 0L(\S+) (\S+)A40 40 0 (\d) (\d) (\S+) (\S+)Z", path)
    x, y, large, sweep, to_x, to_y = map(float, found.groups())
    return (x, y), (to_x, to_y), large, sweep


def test_offsets_stay_inside_the_context(dial):
    for m, n, context, span in itertools.product([0, 5, 999], [0, 5, 999], [1000], [0, 128]):
        found = dial("offsets", m, n, context, span)
        all_, stride = np.array(found["all"]), found["stride"]
        assert (all_ + n >= 0).all() and (all_ + n < context).all() and len(all_) <= 257
        assert (np.diff(all_) == stride).all()
        assert all_.min() <= m - n <= all_.max() or stride > 1


@pytest.mark.parametrize(("context", "span"), [(200, 0), (200, 128), (128, 128), (129, 128), (130, 128), (256, 0)])
def test_a_curve_shows_as_many_offsets_as_it_is_wide_or_the_context_is(dial, context, span):
    for m, n in itertools.product([0, context // 2, context - 1], repeat=2):
        found = dial("offsets", m, n, context, span)
        assert found["stride"] == 1 and len(found["all"]) == min(context, span + 1 if span else context)
    assert dial("offsets", 0, 0, 258, 0)["stride"] == 2, "points stand apart from 257 on"


# -- the replay's map --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=[(1, 1), (9, 1), (1, 9)], ids=["round", "wide", "tall"])
def run(request):
    chance = np.random.default_rng(0)
    places = np.rint(chance.normal(size=(5, 6, 2)) * 300 * request.param).reshape(5, 12)
    return {"places": places.astype(int).tolist(), "scale": 100, "groups": [["a", 4], ["b", 2]]}


def test_between_two_frames_a_word_is_between_its_places(film, run):
    frames = np.array(run["places"]) / run["scale"]
    np.testing.assert_allclose(film("placesAt", run, 2), frames[2])
    np.testing.assert_allclose(film("placesAt", run, 4), frames[4])
    np.testing.assert_allclose(film("placesAt", run, 1.25), 0.75 * frames[1] + 0.25 * frames[2])
    np.testing.assert_allclose(film("placesAt", run, 3.5), (frames[3] + frames[4]) / 2)


def test_no_word_leaves_the_map_in_any_frame_and_both_axes_have_one_scale(film, run):
    points = (np.array(run["places"]) / run["scale"]).reshape(-1, 2)
    shown = np.array([film.twice("scaleOf", [run], [point]) for point in points.tolist()])
    assert (shown >= 14 - 1e-9).all() and (shown <= np.array([386, 286]) + 1e-9).all()
    touched = np.isclose(shown, 14).any(axis=0) & np.isclose(shown, [386, 286]).any(axis=0)
    assert touched.any()  # one axis fills the map
    steps, drawn = np.diff(points, axis=0), np.diff(shown, axis=0)
    factor = drawn[:, 0] / steps[:, 0]
    np.testing.assert_allclose(factor, factor[0])
    np.testing.assert_allclose(drawn[:, 1] / steps[:, 1], -factor[0])  # up is up


def test_the_nearest_come_first_and_islands_are_their_means(film, run):
    places = film("placesAt", run, 0)
    points = np.array(places).reshape(-1, 2)
    away = np.hypot(*(points - points[3]).T)
    assert film("nearestPlaces", places, points[3].tolist(), 5, 3) == [int(i) for i in np.argsort(away) if i != 3]
    for (name, x, y, spread), those in zip(film("islands", run, places), (points[:4], points[4:]), strict=True):
        centre = those.mean(axis=0)
        assert (x, y) == pytest.approx(tuple(centre)) and name in "ab"
        assert spread == pytest.approx(np.hypot(*(those - centre).T).mean())


def test_a_trail_leads_through_all_frames_to_the_moment(film, run):
    frames = np.array(run["places"]).reshape(5, 6, 2) / run["scale"]
    now = (frames[2] + frames[3]) / 2
    np.testing.assert_allclose(film("trailOf", run, 4, 2.5), [*frames[:3, 4], now[4]])


def test_a_group_is_an_island_when_it_is_nearer_to_itself_than_half_way_to_another(film):
    rows = [["a", 0, 0, 0.9], ["b", 2, 0, 1.1], ["c", 0, 9, 3]]
    assert [name for name, *_ in film("drawnTogether", rows)] == ["a", "c"]
    assert film("drawnTogether", [["alone", 0, 0, 5]]) == [["alone", 0, 0, 5]]


# -- how sure, how right -----------------------------------------------------------------------------------------


def test_the_range_is_wilsons(sure):
    from scipy.stats import binomtest  # a second to import, in every worker

    for made in (1, 5, 40):
        for right in range(made + 1):
            low, high = binomtest(right, made).proportion_ci(method="wilson")
            assert sure("range", right, made) == pytest.approx([low, high], abs=1e-4)


def test_rows_count_what_could_be_scored(sure):
    told = [{"confidence": name, "right": right} for name, right in zip(
        [*CONFIDENCES, "sure", "sure", ""], [True, None, False, True, None, True], strict=True)]
    assert sure("bySureness", told) == [["guessing", 1, 1], ["leaning", 0, 0], ["sure", 2, 1]]


def test_the_picture_shows_shares_where_there_are_enough(sure):
    rows = [["guessing", 10, 0], ["leaning", 4, 4], ["sure", 20, 15]]
    picture, _ = sure("calibration", rows, WORDS)
    dots, ranges = parts(picture, "circle", "progress-dot"), parts(picture, "line", "progress-range")
    heights = {share: float(line["attributes"]["y1"])
               for share, line in zip([0, 0.5, 1], parts(picture, "line", "progress-grid"), strict=True)}
    assert heights[0] > heights[0.5] > heights[1]
    for dot, line, (_, made, right) in zip(dots, ranges, [rows[0], rows[2]], strict=True):
        y = heights[0] + (heights[1] - heights[0]) * right / made
        assert float(dot["attributes"]["cy"]) == pytest.approx(y)
        low, high = (float(line["attributes"][end]) for end in ("y1", "y2"))
        assert low >= y >= high and heights[0] >= low and high >= heights[1]
    assert_inside(picture)
    for dot, text in zip(dots, parts(picture, "text", "progress-count"), strict=True):
        assert at(text) == pytest.approx((float(dot["attributes"]["cx"]) + 14, float(dot["attributes"]["cy"]) + 5))
    assert "guessing: 0 %, sure: 75 %" in picture["attributes"]["aria-label"]
    picture, frame = sure("calibration", [["guessing", 5, 5], ["leaning", 4, 4], ["sure", 5, 1]], WORDS)
    assert len(parts(picture, "circle", "progress-dot")) == 2, "five are enough"
    cells = ["".join(cell["children"]) for cell in parts(frame, "td")]
    assert [cells[3], cells[8], cells[13]] == ["100 %", "–", "20 %"] and cells[9] == WORDS["progressFew"] != cells[4]
    assert len(sure("calibration", [["guessing", 10, 0], ["leaning", 4, 4], ["sure", 0, 0]], WORDS)) == 2  # no picture
    assert sure("calibration", rows[1:2] * 3, WORDS)[0]["tag"] != "svg"

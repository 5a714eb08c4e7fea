"""Figures of changed tables: what is drawn in which colour and mark, in what frame, and whose name stands where."""

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from book_utils.geometry import project
from book_utils.grow_plots import plot_drift, plot_shares, plot_ways
from book_utils.labels import WIDTH, along

LENGTHS = [0.5, 2.0, 8.0]
SHARES = {"1 new": [0.0, 0.1, 0.6], "8 new": [0.0, 0.2, 0.8], "64 new": [0.1, 0.5, 1.0]}
MARKS = {"other rows": 1.5, "N(0, 1)": 6.0}
FLAT = project(np.random.default_rng(1).normal(size=(7, 4)))
GROUPS = {"pets": ["cat", "dog", "cow", "hen"], "food": ["pie", "soup", "rice"]}
WAYS = {"zebra": np.linspace([0, 0], [1.0, 0.4], 12), "tea": np.linspace([0, 0], [-0.9, -0.5], 12)}
DRIFT = {"SGD": [0.0] * 61, "Adam": np.linspace(0, 0.9, 61), "new Adam": [0.0] * 61, "AdamW": np.linspace(0, 0.3, 61)}


pytestmark = pytest.mark.usefixtures("style")


@pytest.fixture(scope="module")
def shares(style):
    return finished(plot_shares(LENGTHS, SHARES, MARKS))


@pytest.fixture(scope="module")
def ways(style):
    return finished(plot_ways(FLAT, GROUPS, WAYS))


@pytest.fixture(scope="module")
def drift(style):
    return finished(plot_drift(DRIFT))


def finished(ax):
    ax.figure.draw_without_rendering()
    plt.close(ax.figure)
    return ax


def names(ax):
    return {text.get_text(): text for text in ax.texts}


def away(text, line):
    """How far a name is from the nearest place of a line, in points."""
    ax, box = text.axes, text.get_window_extent()
    places = ax.transData.transform(along(np.asarray(line, float)))
    return np.hypot(*np.maximum(np.maximum(box.min - places, places - box.max), 0).T).min() * 72 / ax.figure.dpi


@pytest.mark.parametrize("figure", ["shares", "ways", "drift"])
def test_a_figure_fits_a_phone_and_says_what_it_shows(figure, request):
    ax = request.getfixturevalue(figure)
    width, height = ax.figure.get_size_inches()
    assert width == WIDTH and width / 2 < height < 1.25 * width
    assert " ".join(ax.figure.get_suptitle().split()) == {
        "shares": "What new tokens take of the probability", "drift": "How far the frozen row has moved",
        "ways": f"From the mean row (square) to their own kind; {FLAT.share:.0%} of the variance"}[figure]  # fmt: skip
    assert (ax.get_xlabel(), ax.get_ylabel()) == {
        "shares": ("length of the new rows", "share"), "ways": ("axis 1", "axis 2"),
        "drift": ("steps since the gradient became 0", "distance")}[figure]  # fmt: skip


@pytest.mark.parametrize("draw", [lambda ax: plot_shares(LENGTHS, SHARES, MARKS, ax), lambda ax: plot_drift(DRIFT, ax),
                                  lambda ax: plot_ways(FLAT, GROUPS, WAYS, ax)])
def test_a_figure_is_drawn_into_the_axes_that_it_is_given(draw):
    ax = plt.figure().gca()
    assert finished(draw(ax)) is ax


# -- shares -------------------------------------------------------------------------------------------------------


def test_each_count_has_its_line_and_each_length_of_note_a_black_dashed_one(shares):
    counts, noted = shares.lines[:3], shares.lines[3:]
    assert [line.get_xydata().tolist() for line in counts] == [[*map(list, zip(LENGTHS, some, strict=True))]
                                                               for some in SHARES.values()]
    assert len({line.get_color() for line in counts}) == len({line.get_marker() for line in counts}) == 3
    assert [line.get_xdata() for line in noted] == [[length, length] for length in MARKS.values()]
    assert {(line.get_color(), line.get_linestyle()) for line in noted} == {("black", "--")}
    assert max(line.get_linewidth() for line in noted) < min(line.get_linewidth() for line in counts)


def test_the_frame_of_shares_holds_all_from_none_to_all_and_leaves_room_for_names(shares):
    (left, right), (low, high) = shares.get_xlim(), shares.get_ylim()
    assert shares.get_xscale() == "log" and shares.get_yticks().tolist() == [0, 0.5, 1]
    assert left < LENGTHS[0] < 1.2 * left and right > 2 * LENGTHS[-1]
    assert -0.1 < low < 0 and 1.1 < high < 1.5
    ticks = [*zip(shares.get_xticks(), (label.get_text() for label in shares.get_xticklabels()), strict=True)]
    assert [float(said) for _, said in ticks] == [place for place, _ in ticks]
    assert {after / before for (before, _), (after, _) in pairwise(ticks)} == {2}
    assert ticks[0][0] == LENGTHS[0] and LENGTHS[-1] <= ticks[-1][0] <= right
    assert not [*shares.get_xticks(minor=True), *shares.get_yticks(minor=True)]


def test_each_share_has_its_name_beside_its_end_in_its_colour_and_marks_have_theirs_above(shares):
    found = names(shares)
    assert {*found} == {*SHARES, *MARKS}
    for name, line in zip(SHARES, shares.lines, strict=False):
        text, end = found[name], line.get_xydata()[-1]
        assert text.get_color() == line.get_color() and away(text, [end, end]) < 12
        assert text.get_window_extent().x0 > shares.transData.transform(end)[0]
    for name, length in MARKS.items():
        assert found[name].get_color() == "black" and away(found[name], [(length, 1), (length, 1.3)]) < 12
        assert found[name].get_window_extent().y0 > shares.transData.transform((length, 0.9))[1]


# -- ways ---------------------------------------------------------------------------------------------------------


def test_each_group_has_its_mark_and_colour_and_its_words_have_its_colour(ways):
    assert [points.get_offsets().tolist() for points in ways.collections] == [
        FLAT.points[:4].tolist(), FLAT.points[4:].tolist()]  # fmt: skip
    shades = [to_hex(points.get_facecolor()[0]) for points in ways.collections]
    shapes = [points.get_paths()[0].vertices.tolist() for points in ways.collections]
    assert shades[0] != shades[1] and shapes[0] != shapes[1]
    found = names(ways)
    for group, shade in zip(GROUPS.values(), shades, strict=True):
        assert {to_hex(found[word].get_color()) for word in group if word in found} == {shade}
    assert [to_hex(found[word].get_color()) for word in WAYS] == ["#000000"] * 2


def test_names_are_at_their_own_words_and_at_the_ends_of_the_ways(ways):
    places = dict(zip([word for group in GROUPS.values() for word in group], FLAT.points, strict=True))
    places |= {word: way[-1] for word, way in WAYS.items()}
    assert {*WAYS} <= {*names(ways)} <= {*places} and len(names(ways)) > 5
    for word, text in names(ways).items():
        assert np.allclose(text.xy, places[word]), word
        assert min(away(text, way) for way in WAYS.values()) > 1, word


def test_a_way_is_black_from_a_square_over_dots_to_a_star(ways):
    assert {line.get_color() for line in ways.lines} == {"black"}
    marked = [(line.get_marker(), line.get_xydata().tolist()) for line in ways.lines]
    zebra, tea = (way.tolist() for way in WAYS.values())
    assert sorted(marked) == sorted([(".", zebra), (".", tea), ("*", [zebra[-1]]), ("*", [tea[-1]]), ("s", [[0, 0]])])
    size = {line.get_marker(): line.get_markersize() for line in ways.lines}
    assert size["."] < size["s"] < size["*"]


def test_directions_without_units_have_no_ticks_and_room_for_names(ways):
    assert not [*ways.get_xticks(), *ways.get_yticks()]
    all_points = np.concatenate([FLAT.points, *WAYS.values()])
    spread = np.ptp(all_points, axis=0)
    for interval, column, breadth in zip((ways.get_xlim(), ways.get_ylim()), all_points.T, spread, strict=True):
        left_free = np.array([column.min() - interval[0], interval[1] - column.max()]) / breadth
        assert np.all((left_free > 0.05) & (left_free < 0.25))
    wide, high = (np.ptp(interval) / breadth for interval, breadth in zip((ways.get_xlim(), ways.get_ylim()), spread,
                                                                          strict=True))
    assert wide > high  # names stand beside their points


def test_the_legend_lies_below_the_plane_in_the_colours_of_its_groups(ways):
    legend = ways.get_legend()
    assert [text.get_text() for text in legend.get_texts()] == [*GROUPS]
    shades = [to_hex(points.get_facecolor()[0]) for points in ways.collections]
    assert [to_hex(text.get_color()) for text in legend.get_texts()] == shades
    box, plane = legend.get_window_extent(), ways.bbox
    assert box.y1 < plane.y0 and box.y0 > 0
    assert (box.x0 + box.x1) / 2 == pytest.approx((plane.x0 + plane.x1) / 2, abs=2)
    first, second = (text.get_window_extent() for text in legend.get_texts())
    assert first.y0 == pytest.approx(second.y0, abs=3) and first.x1 < second.x0


# -- drift --------------------------------------------------------------------------------------------------------


def test_what_never_moves_is_one_line_with_all_its_names(drift):
    assert [line.get_ydata().tolist() for line in drift.lines] == [
        np.round(DRIFT[name], 4).tolist() for name in ("SGD", "Adam", "AdamW")]  # fmt: skip
    assert all(line.get_xdata().tolist() == [*range(61)] for line in drift.lines)
    found = names(drift)
    assert [*found] == ["SGD; new Adam", "Adam", "AdamW"]
    assert len({line.get_color() for line in drift.lines}) == 3
    for text, line in zip(found.values(), drift.lines, strict=True):
        assert text.get_color() == line.get_color() and away(text, line.get_xydata()) < 12


def test_the_frame_of_a_drift_has_room_below_zero_also_where_nothing_moves(drift):
    low, high = drift.get_ylim()
    assert high > 0.9 and -0.25 * 0.9 < low < -0.15 * 0.9
    assert drift.get_xticks().tolist() == [0, 30, 60]
    still = finished(plot_drift({"SGD": [0.0, 0.0, 0.0], "Adam": [0.0, 0.0, 0.0]}))
    assert [*names(still)] == ["SGD; Adam"] and still.get_ylim()[0] < 0
    assert len(still.lines) == 1


@pytest.mark.parametrize(("moved", "name"), [(4e-5, "a; b"), (6e-5, "b")])
def test_less_than_a_ten_thousandth_is_no_move(moved, name):
    drawn = finished(plot_drift({"a": [0.0, 0.0], "b": [0.0, moved]}))
    assert [*names(drawn)][-1] == name

"""Words of figures: where a name may stand, what keeps it away, and how a sentence is set over a figure."""

from itertools import pairwise, product

import numpy as np
import pytest
from matplotlib import rcParams

from book_utils import labels

pytestmark = pytest.mark.usefixtures("style", "closed")


@pytest.fixture(scope="module")
def frame(style):
    axes = labels.new_axes(3)
    axes.figure.draw_without_rendering()
    return axes


@pytest.fixture
def ax(frame):
    yield frame
    for text in [*frame.texts]:
        text.remove()


def points(ax, pixels):
    """A point of print is 1 / 72 inch."""
    return np.asarray(pixels) * 72 / ax.figure.dpi


def free_place(ax, monkeypatch, box, taken=((-9, -9, -8, -8),)):
    """What write_free gives where a name has one place only: a box of pixels."""
    place = np.zeros((1, 2)), np.ones((1, 2), int), np.array([box], float)
    monkeypatch.setattr(labels, "places_round", lambda *given: place)
    return labels.write_free(ax, "cat", (0, 0), "black", np.array(taken, float))


# -- figures ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("height", [2, 3.5])
def test_every_figure_has_the_width_of_the_style_and_the_height_it_asks_for(height):
    for figure in (labels.new_figure(height), labels.new_axes(height).figure):
        assert figure.get_size_inches().tolist() == [rcParams["figure.figsize"][0], height]


def test_colours_are_those_of_the_style_in_their_order_and_begin_again():
    style = rcParams["axes.prop_cycle"].by_key()["color"]
    assert [labels.colour(i) for i in range(2 * len(style))] == style * 2


def test_numbers_on_a_logarithmic_axis_have_no_small_letters():
    ax = labels.new_axes(2)
    ax.set(xscale="log", xlim=(1, 1e7))
    labels.count_by_tens(ax.xaxis)
    said = [ax.xaxis.get_major_formatter()(number) for number in (1, 100, 1e4, 1e6)]
    assert [one.replace("\N{NO-BREAK SPACE}", " ") for one in said] == ["1", "100", "10 k", "1 M"]


@pytest.mark.parametrize("sentence", ["How far a row of this table has moved", "How far all rows of a table have moved",
                                      "It is the length that decides which of them wins, not direction. " * 2])
def test_a_sentence_stands_at_the_left_in_as_few_lines_as_hold_its_words(sentence):
    ax = labels.new_axes(2)
    labels.say(ax, sentence.strip())
    title = ax.figure._suptitle
    lines = title.get_text().split("\n")
    assert " ".join(lines).split() == sentence.split()
    assert all(len(line) <= labels.LINE for line in lines)
    assert all(len(line) + 1 + len(after.split()[0]) > labels.LINE for line, after in pairwise(lines))
    box = title.get_window_extent()
    assert 0 < box.x0 / ax.figure.bbox.width < 0.02 and box.x1 < ax.figure.bbox.x1
    assert title.get_fontsize() == rcParams["axes.titlesize"]


# -- marks and lines ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("half", [labels.MARK, labels.LINE_MARK])
def test_a_mark_covers_a_square_round_its_point(ax, half):
    middle = ax.transData.transform([(0.25, 0.75), (1, 0)])
    boxes = labels.marks_at([(0.25, 0.75), (1, 0)], ax, half)
    np.testing.assert_allclose(points(ax, middle - boxes[:, :2]), half)
    np.testing.assert_allclose(points(ax, boxes[:, 2:] - middle), half)
    assert labels.marks_at((), ax).shape == (0, 4)


def test_along_a_line_each_part_has_equally_many_places_with_its_ends():
    line = [(0, 0), (3, 6), (3, 2)]
    found = labels.along(line, steps=4)
    assert found.tolist() == [[0, 0], [1, 2], [2, 4], [3, 6], [3, 6], [3, 14 / 3], [3, 10 / 3], [3, 2]]


# -- where a name may stand -----------------------------------------------------------------------------------------


def test_places_lie_all_round_the_point_and_those_near_it_come_first(ax):
    _, sides, boxes = labels.places_round(ax, "a name", (0.5, 0.5))
    middle = ax.transData.transform((0.5, 0.5))
    gaps = points(ax, np.maximum(boxes[:, :2] - middle, middle - boxes[:, 2:]).clip(0))  # to the nearest letter
    rings = gaps.max(axis=1)
    np.testing.assert_allclose(rings, np.repeat(labels.AWAY, 8))
    assert [*labels.AWAY] == sorted({*labels.AWAY}) and labels.AWAY[0] > labels.MARK
    centre = np.round((boxes[:, :2] + boxes[:, 2:]) / 2 - middle, 6)
    np.testing.assert_array_equal(np.sign(centre), sides)
    for ring in (sides[:8], sides[8:16], sides[16:]):
        assert {*map(tuple, ring.tolist())} == {*product((-1, 0, 1), repeat=2)} - {(0, 0)}
    assert sides[0].tolist() == [1, 0]  # as one reads
    assert not ax.texts


@pytest.mark.parametrize("place", range(24))
def test_a_name_is_written_where_its_place_is(ax, monkeypatch, place):
    chosen = [part[place : place + 1] for part in labels.places_round(ax, "a name", (0.5, 0.5))]
    monkeypatch.setattr(labels, "places_round", lambda *given: chosen)
    taken = np.zeros((1, 4))
    more = labels.write_free(ax, "a name", (0.5, 0.5), "red", taken)
    [text] = ax.texts
    assert (text.get_text(), text.get_color()) == ("a name", "red")
    np.testing.assert_allclose(text.get_window_extent().extents, chosen[2][0], atol=1)
    assert more[0].tolist() == [0] * 4  # what was taken stays so, with half a mark round the name
    np.testing.assert_allclose(points(ax, (more[1] - chosen[2][0]) * [-1, -1, 1, 1]), labels.MARK / 2)


@pytest.mark.parametrize(("side", "inwards"), [("left", 1), ("bottom", 1), ("right", -1), ("top", -1)])
def test_a_name_may_reach_to_the_edge_and_no_farther(ax, monkeypatch, side, inwards):
    """4 points remain to the edge of the figure at the right, 12 to the axis at the left; none below and above."""
    point = ax.figure.dpi / 72
    limits = {"left": ax.bbox.x0 + 12 * point, "bottom": ax.bbox.y0,
              "right": ax.figure.bbox.x1 - 4 * point, "top": ax.bbox.y1}  # fmt: skip
    at = dict(zip(("left", "bottom", "right", "top"), (200, 200, 220, 220), strict=True))
    for moved, fits in ((0, True), (-0.01 * inwards, False), (0.01 * inwards, True)):
        box = [*(at | {side: limits[side] + moved}).values()]
        assert (free_place(ax, monkeypatch, box) is not None) == fits, (moved, fits)


@pytest.mark.parametrize(("near", "free"), [
    ((220, 200, 230, 220), True), ((219, 200, 230, 220), False),  # at its right: touching, meeting
    ((190, 200, 200, 220), True), ((190, 200, 201, 220), False),
    ((200, 220, 220, 230), True), ((200, 219, 220, 230), False),  # above
    ((200, 190, 220, 200), True), ((200, 190, 220, 201), False),
    ((205, 205, 210, 210), False), ((230, 205, 240, 210), True),  # within; beside, at the same height
])
def test_boxes_may_touch_and_not_meet(ax, monkeypatch, near, free):
    found = free_place(ax, monkeypatch, (200, 200, 220, 220), taken=[(0, 0, 1, 1), near])
    assert (found is not None) == free == bool(ax.texts)


def test_names_at_the_edges_stay_beside_the_axes_and_move_nothing(ax):
    before = ax.get_position().bounds
    corners = [*product((0, 1), repeat=2)]
    written = labels.label_points(ax, [f"corner {i}" for i in range(4)], corners, ["black"] * 4)
    ax.figure.draw_without_rendering()
    assert ax.get_position().bounds == before and written
    for text in ax.texts:
        box = text.get_window_extent()
        assert ax.bbox.y0 - 1 <= box.y0 and box.y1 <= ax.bbox.y1 + 1
        assert ax.bbox.x0 <= box.x0 and box.x1 <= ax.figure.bbox.x1


def test_a_name_keeps_clear_of_lines_to_avoid():
    free, crowded = labels.new_axes(2), labels.new_axes(2)
    labels.label_points(free, ["cat"], [(0.3, 0.5)], ["black"])
    [first] = free.texts
    assert first.get_ha() == "left" and first.get_va() == "center"
    wall = np.transpose([np.full(99, 0.4), np.linspace(0, 1, 99)])  # to the right of the point, from below to above
    labels.label_points(crowded, ["cat"], [(0.3, 0.5)], ["black"], avoid=wall)
    [text] = crowded.texts
    assert text.get_window_extent().x1 < crowded.transData.transform(wall[0])[0]


# -- beside lines -----------------------------------------------------------------------------------------------------


def test_the_name_of_a_line_stands_at_its_end_in_its_colour_and_on_no_line():
    ax = labels.new_axes(3)
    lines = {"rising": [(0, 0), (5, 8)], "falling": [(0, 9), (2, 3), (5, 1)]}
    for line in lines.values():
        ax.plot(*np.transpose(line))
    ax.set(xlim=(0, 12), ylim=(0, 10), xlabel="to the right", ylabel="up")  # the frame of the axes will shrink
    labels.say(ax, "Two lines")
    labels.label_lines(ax, [*lines], [*lines.values()], ["red", "blue"])
    ax.figure.draw_without_rendering()
    drawn = ax.transData.transform(np.concatenate([labels.along(line, 99) for line in lines.values()]))
    for text, (name, line), shade in zip(ax.texts, lines.items(), ("red", "blue"), strict=True):
        box, end = text.get_window_extent(), ax.transData.transform(line[-1])
        assert (text.get_text(), text.get_color()) == (name, shade)
        assert np.hypot(*(end - np.clip(end, box.min, box.max))) < 10 * ax.figure.dpi / 72
        gaps = np.maximum(box.min - drawn, drawn - box.max).max(axis=1)  # of each place of a line to the letters
        assert points(ax, gaps.min()) >= labels.LINE_MARK, name


def test_where_the_end_is_no_place_the_name_stands_nearer_the_start_and_without_any_at_the_end():
    ax = labels.new_axes(2)
    ax.set(xlim=(0, 1), ylim=(0, 1))
    lines = [[(0, 0.5), (1, 0.5)], [(0.9, 0), (0.9, 1)]]  # the second one crosses what is written round the first's end
    names = ["a name of a line", "a name that is wider than the whole figure, by far"]
    labels.label_lines(ax, names, lines, ["red", "blue"])
    beside, across = ax.texts
    assert beside.xy[0] < 1 and beside.get_window_extent().x1 < ax.transData.transform((0.9, 0))[0]
    assert across.xy == pytest.approx((0.9, 1)) and across.get_color() == "blue"

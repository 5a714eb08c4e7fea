"""Vectors as arrows: each from its start to its end in one colour, with its name clear of all lines, in one frame."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from book_utils.arrows import plot_arrows, plot_step
from book_utils.labels import WIDTH, along

ARROWS = {"query": ((0.5, -1.0), (3.0, 1.0)), "a": ((0.5, -1.0), (-2.0, 0.5)), "b": ((1.0, 1.0), (1.0, 4.0))}
ROW, AFTER = (0.5, -0.4), (1.0, 0.1)
OUTPUTS = {"ran": (1.0, 0.0), "the": (-1.0, 1.0)}
PUSHES = {"ran": (0.5, 0.3), "the": (0.0, 0.2)}


pytestmark = pytest.mark.usefixtures("style", "closed")


def plane():
    return plot_arrows(ARROWS)


def step():
    return plot_step(ROW, OUTPUTS, PUSHES, AFTER)


def drawn(ax):
    """The arrows of a figure, in their order: (start, end, colour, width)."""
    return [(text.xyann, text.xy, to_hex(text.arrow_patch.get_edgecolor()), text.arrow_patch.get_linewidth())
            for text in ax.texts if text.arrow_patch]


def marks(ax):
    """What marks stand in a figure: {place: (marker, colour)}."""
    seen = [line for line in ax.lines if line.get_marker()]
    return {tuple(line.get_xydata()[0]): (line.get_marker(), to_hex(line.get_color())) for line in seen}


def names(ax):
    return {text.get_text(): text for text in ax.texts if text.get_text()}


def test_an_arrow_leads_from_its_start_to_its_end_where_a_mark_of_its_colour_stands():
    ax = plane()
    assert [(start, end) for start, end, _, _ in drawn(ax)] == [*ARROWS.values()]
    assert len({colour for _, _, colour, _ in drawn(ax)}) == len({mark for mark, _ in marks(ax).values()}) == 3
    for (_, end, colour, _), name in zip(drawn(ax), ARROWS, strict=True):
        assert marks(ax)[end][1] == colour == to_hex(names(ax)[name].get_color())


def test_many_arrows_begin_with_the_first_mark_again():
    ax = plot_arrows({f"arrow {i}": ((0, 0), (np.cos(i), np.sin(i))) for i in range(30)})
    found = [mark for mark, _ in marks(ax).values()]
    again = found.index(found[0], 1)
    assert len(drawn(ax)) == len(found) == 30 and len({*found[:again]}) == again
    assert found == [found[i % again] for i in range(30)]


@pytest.mark.parametrize("figure", [plane, step])
def test_the_plane_is_true_to_scale_and_filled_with_a_line_of_letters_free_beyond_the_ends(figure):
    ax = figure()
    ax.figure.draw_without_rendering()
    ends = [point for start, end, _, _ in drawn(ax) for point in (start, end)]
    pixels = ax.transData.transform([*ends, *marks(ax)])
    low, high = pixels.min(axis=0), pixels.max(axis=0)
    letters = min(text.get_window_extent().height for text in names(ax).values())
    assert np.min([low - ax.bbox.min, ax.bbox.max - high]) > letters
    assert np.max((high - low) / ax.bbox.size) > 0.5
    one = ax.transData.transform([(0, 0), (1, 0), (0, 1)])
    assert one[1, 0] - one[0, 0] == pytest.approx(one[2, 1] - one[0, 1])


@pytest.mark.parametrize("figure", [plane, step])
def test_a_plane_is_no_higher_than_wide_and_no_line_thicker_than_half_a_mark(figure):
    ax = figure()
    width, height = ax.figure.get_size_inches()
    assert width == WIDTH and height <= width
    sizes = [line.get_markersize() for line in ax.lines if line.get_marker()]
    assert max(thick for *_, thick in drawn(ax)) <= min(sizes) / 2


@pytest.mark.parametrize("figure", [plane, step])
def test_the_names_of_all_ends_are_clear_of_the_lines(figure):
    ax = figure()
    ax.figure.draw_without_rendering()
    assert {*names(ax)} == ({*ARROWS} if figure is plane else {*OUTPUTS, "before", "after"})
    lines = ax.transData.transform(np.concatenate([along((start, end)) for start, end, _, _ in drawn(ax)]))
    for name, text in names(ax).items():
        box = text.get_window_extent()
        assert not any(box.contains(x, y) for x, y in lines), name


def test_pushes_stand_one_behind_the_other_from_before_to_after_in_one_quiet_grey():
    ax = step()
    outputs, pushes = drawn(ax)[:2], drawn(ax)[2:]
    assert [(start, end) for start, end, _, _ in outputs] == [((0, 0), end) for end in OUTPUTS.values()]
    places = [(ROW, (1.0, -0.1)), ((1.0, -0.1), AFTER)]
    np.testing.assert_allclose([(start, end) for start, end, _, _ in pushes], places, atol=1e-12)
    [grey] = {colour for _, _, colour, _ in pushes}
    assert grey not in {colour for _, _, colour, _ in outputs}
    assert max(thick for *_, thick in pushes) < min(thick for *_, thick in outputs)
    black = {place: mark for place, (mark, colour) in marks(ax).items() if colour == "#000000"}
    assert black == {ROW: "o", AFTER: "s"}
    assert [to_hex(names(ax)[name].get_color()) for name in ("before", "after")] == ["#000000"] * 2
    assert ax.figure.get_suptitle() == "The pushes lead from before to after"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("first number", "second number")

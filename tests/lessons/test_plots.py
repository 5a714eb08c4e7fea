"""Figures say what their numbers say: as many lines as rows moved, names beside their own points and not on others."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from book_utils import arrows, grow_plots, model_plots, plots, position_plots
from book_utils.geometry import project
from book_utils.labels import label_points

pytestmark = pytest.mark.usefixtures("style", "closed")


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_one_line_for_each_row_that_moved(kind):
    moved = np.zeros(597, kind)
    moved[[3, 5, 8, 500]] = [1, 0.5, 0.1, 1e-20]
    ax = plots.plot_moved({"SGD": moved})
    pale, dark = ([x for x, y in line.get_xydata() if np.isfinite(y)][::2] for line in ax.lines)
    assert pale == [3, 5, 8, 500] and dark == [3, 5]
    assert "SGD: 4 rows" in [text.get_text() for text in ax.texts]
    ax.figure.draw_without_rendering()
    lines = [ax.transData.transform(line.get_xydata()) for line in ax.lines]
    assert ax.texts[0].get_window_extent().y0 > max(np.nanmax(points[:, 1]) for points in lines)  # above its lines


@settings(max_examples=5, deadline=None)
@given(points=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=12))
def test_names_stand_on_nothing_and_near_their_point(points):
    ax = plt.figure().gca()
    ax.scatter(*np.transpose(points), s=30)
    names = [f"word {i}" for i in range(len(points))]
    written = label_points(ax, names, points, ["black"] * len(points))
    boxes = {text.get_text(): text.get_window_extent() for text in ax.texts}
    assert [*boxes] == written and len(written) >= 1
    pixels = ax.transData.transform(points)
    reach = 3 * ax.figure.dpi / 72
    for i, (name, box) in enumerate(boxes.items()):
        assert not any(box.overlaps(other) for other in [*boxes.values()][:i])
        assert not any(box.padded(-1).contains(x, y) for x, y in pixels)
        x, y = pixels[names.index(name)]
        away = np.hypot(max(box.x0 - x, x - box.x1, 0), max(box.y0 - y, y - box.y1, 0))
        assert away < 10 * reach
    plt.close(ax.figure)


def test_every_line_and_every_arrow_has_its_name():
    pairs = np.arange(32)
    lengths = {f"base {base:,}": 2 * np.pi * base ** (pairs / 32) for base in (10_000, 500_000)}
    named = [text.get_text() for text in plots.plot_wavelengths(lengths, 4096).texts]
    assert sorted(named) == ["base 10,000", "base 500,000", "context 4,096"]
    ax = arrows.plot_step([0.5, -0.4], {"ran": (1, 0), "the": (-1, 1)}, {"ran": (0.5, 0.3), "the": (0, 0.2)}, [1, 0.1])
    assert {"ran", "the", "before", "after"} <= {text.get_text() for text in ax.texts}


def test_a_title_is_a_sentence_that_fits():
    flat = project(np.eye(60))
    drawn = [plots.plot_places(np.eye(512), flat)[0], plots.plot_waves(np.zeros((64, 128))),
             plots.plot_moved({"SGD": [0.0, 1.0]}), plots.plot_times({"copying": ([1, 10], [1e-6, 1e-5])})]
    for figure in (ax.figure for ax in drawn):
        figure.draw_without_rendering()
        assert len(figure._suptitle.get_text().split()) >= 5
        assert figure._suptitle.get_window_extent().x1 <= figure.bbox.x1


# -- each figure: what it is given stands in it, within its frame, at the places that its ticks say -------------------

RAMP = np.linspace(0, 1, 12)
PAIRS = 10_000.0 ** (np.arange(8) / 8)
FLAT = project(np.random.default_rng(1).normal(size=(9, 4)))
GROUPS = {"pets": ["cat", "dog", "cow"], "food": ["pie", "soup", "rice"], "towns": ["rome", "oslo", "lima"]}
DRAWN = {  # {figure: (how it is drawn, texts in it, numbers in it)}
    "rows": (lambda: plots.plot_rows([RAMP, -2 * RAMP], ["cat", "dog"]), ["cat", "dog", "Black stands for -2"],
             [RAMP, -2 * RAMP]),
    "cosines": (lambda: plots.plot_cosines({2: RAMP, 768: RAMP / 9}), ["d = 2", "d = 768", "12 pairs"], []),
    "quality": (lambda: plots.plot_quality(10 + 99 * RAMP, {150: RAMP, 3000: 1 - RAMP}),
                ["after 150 steps", "after 3000 steps"], []),
    "map": (lambda: plots.plot_map(FLAT, GROUPS), [*GROUPS, "cat", "lima"], [*FLAT.points.T[:, :3]]),
    "waves": (lambda: plots.plot_waves(np.outer(RAMP, RAMP)), [], [np.outer(RAMP, RAMP)]),
    "wavelengths": (lambda: plots.plot_wavelengths({"one": PAIRS, "two": 7 * PAIRS}, 512), ["one", "two", "512"],
                    [PAIRS, 7 * PAIRS]),
    "times": (lambda: plots.plot_times({"copying": (PAIRS, PAIRS / 1e7), "lookup": (PAIRS, PAIRS / 1e6)}),
              ["copying", "lookup"], [PAIRS, PAIRS / 10]),
    "shares": (lambda: grow_plots.plot_shares([0.7, 2, 9], {"1": RAMP[:3], "9": RAMP[5:8]}, {"mean": 1.5, "N": 4}),
               ["1", "9", "mean", "N"], [RAMP[:3], RAMP[5:8], [1.5, 1.5], [4, 4]]),
    "ways": (lambda: grow_plots.plot_ways(FLAT, GROUPS, {"zebra": FLAT.points[:3], "tea": FLAT.points[4:7]}),
             [*GROUPS, "zebra", "tea", "cat"], [FLAT.points[:3].T[1], FLAT.points[4:7].T[0], *FLAT.points.T[:, 3:6]]),
    "drift": (lambda: grow_plots.plot_drift({"SGD": 0 * RAMP, "Adam": RAMP, "Lazy": 0 * RAMP}),
              ["SGD; Lazy", "Adam"], [np.round(RAMP, 4), 0 * RAMP]),
    "model": (lambda: model_plots.whole_model(30), ["block, 30 times", "you are here", *dict(model_plots.STEPS)], []),
    "losses": (lambda: model_plots.plot_losses({"nothing": 2.8, "two bits": 33.8}, 10.8),
               ["nothing: 2.80", "two bits: 33.80", "blind guessing: 10.80"], [2.8, 33.8]),
    "way": (lambda: model_plots.plot_way({"one": RAMP, "two": 1 - RAMP}), ["one", "two"], [RAMP, 1 - RAMP]),
    "offsets": (lambda: position_plots.plot_offsets({("a", "b"): {"": (RAMP, RAMP)}, ("c", "d"): {"x": (RAMP, -RAMP)}}),
                ["a", "b", "c", "d", "x"], [RAMP, -RAMP]),
    "turned": (lambda: position_plots.plot_turned({(5, 3): ([1, 0], [0, 1])}), ["places (5, 3)", "q at 5", "k at 3"],
               []),
}


def test_places_beside_each_other_are_one_grey_square_and_one_trail():
    cosines = np.linspace(0, 1, 9).reshape(3, 3)
    square, trail = plots.plot_places(cosines, project(np.eye(3)), first=1, last=2)
    [image], [line] = square.images, trail.lines
    np.testing.assert_array_equal(image.get_array(), cosines)
    assert image.get_clim() == (0, 1) and image.get_cmap()(0.0)[:3] == (0, 0, 0)
    assert image.get_extent() == [0, 3, 3, 0] and not trail.images
    np.testing.assert_array_equal(line.get_xydata(), project(np.eye(3)).points[1:3])


@pytest.mark.parametrize(("query", "key"), [(0.3, 2.0), (2.0, 0.3), (-3.0, 3.0), (3.0, -3.0)])
def test_the_wedge_leads_from_the_key_to_the_query_the_short_way(query, key):
    arms = [[np.cos(angle), np.sin(angle)] for angle in (query, key)]
    [axes] = position_plots.plot_turned({(0, 0): arms})
    wedge = axes.patches[0].get_xy()
    edge = wedge[np.hypot(*wedge.T) > 0.1]
    np.testing.assert_allclose(edge[[0, -1]] / 0.45, [arms[1], arms[0]], atol=1e-9)
    apart = (query - key + np.pi) % (2 * np.pi) - np.pi
    steps = np.unwrap(np.arctan2(*edge.T[::-1]))
    assert steps[-1] - steps[0] == pytest.approx(apart) and abs(apart) < np.pi
    assert np.ptp(np.hypot(*edge.T)) < 1e-9


def held(axes):
    """The numbers that are drawn: of lines both ways, of points, of pictures, and how long bars are."""
    for line in axes.lines:
        yield from np.transpose(line.get_xydata())
    for points in axes.collections:
        yield from np.transpose(np.atleast_2d(points.get_offsets()))
    for image in axes.images:
        yield np.squeeze(image.get_array())
    for bar in axes.patches:
        if hasattr(bar, "get_width"):
            yield np.array(bar.get_width())


@pytest.mark.parametrize("figure", DRAWN)
def test_what_is_drawn_stands_in_the_figure(figure):
    draw, texts, numbers = DRAWN[figure]
    drawn = np.atleast_1d(draw())
    drawn[0].figure.draw_without_rendering()
    written = [" ".join(text.get_text().split()) for text in drawn[0].figure.findobj(plt.Text) if text.get_visible()]
    assert [text for text in texts if not any(text in one for one in written)] == []
    there = [np.asarray(one, float) for axes in drawn for one in held(axes)]
    for wanted in numbers:
        assert any(np.shape(one) == np.shape(wanted) and np.allclose(one, wanted, atol=1e-9) for one in there), wanted
    for axes in drawn:
        for line in axes.lines:
            inside = [axis.get_view_interval() for axis in (axes.xaxis, axes.yaxis)]
            if line.get_transform() == axes.transData:
                for found, ends in zip(np.transpose(line.get_xydata()), inside, strict=True):
                    low, high = sorted(ends)
                    found = found[np.isfinite(found)]
                    assert np.all((low <= found) & (found <= high)), (line.get_label(), low, high)
        for axis in (axes.xaxis, axes.yaxis):
            ticks = zip(axis.get_ticklocs(), (label.get_text() for label in axis.get_ticklabels()), strict=False)
            for place, label in ticks:
                said = label.replace("\N{MINUS SIGN}", "-").replace(",", "")
                assert not re.fullmatch(r"-?\d+(\.\d+)?", said) or float(said) == pytest.approx(place), (place, label)
    plt.close("all")

"""Figures say what their numbers say: as many lines as rows moved, names beside their own points and not on others."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from book_utils import arrows, plots
from book_utils.geometry import project
from book_utils.labels import label_points


@pytest.fixture(autouse=True, scope="module")
def style():
    with plt.style.context("book_utils.book"):
        yield
    plt.close("all")


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_one_line_for_each_row_that_moved(kind):
    moved = np.zeros(597, kind)
    moved[[3, 5, 8, 500]] = [1, 0.5, 0.1, 1e-20]
    ax = plots.plot_moved({"SGD": moved})
    pale, dark = ([x for x, y in line.get_xydata() if np.isfinite(y)][::2] for line in ax.lines)
    assert pale == [3, 5, 8, 500] and dark == [3, 5]
    assert "SGD: 4 rows" in [text.get_text() for text in ax.texts]


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

"""What a figure's axes say and where they end, in which order and style its marks stand, and what a name is beside."""

import itertools

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import same_color, to_rgba
from matplotlib.patches import Circle, Rectangle

from book_utils import model_plots, plots, position_plots
from book_utils.geometry import project
from book_utils.labels import colour

RAMP = np.linspace(0, 1, 12)
LETTER = 13.5 / 72  # inches


pytestmark = pytest.mark.usefixtures("style", "closed")


def heading(ax):
    return ax.get_title(plt.rcParams["axes.titlelocation"])


def says(ax):
    return ax.get_xlabel(), ax.get_ylabel(), heading(ax)


def title(ax):
    return " ".join(ax.figure.get_suptitle().split())


def sides(ax):
    return {side for side, spine in ax.spines.items() if spine.get_visible()}


def height(ax):
    return ax.figure.get_figheight()


def is_inside(artist, whole, gap=0):
    """Whether what is drawn stands in the frame of its axes, or in the whole figure."""
    box, frame = artist.get_window_extent(), whole.bbox.padded(gap)
    return frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0 and box.y1 <= frame.y1


@pytest.fixture
def named(monkeypatch):
    """What names are asked for, in place of searching room for them: (names, points, colours, lines to avoid)."""
    asked = []

    def label_points(ax, names, points, colours, avoid=()):
        asked.append(([*names], np.array([*points]).tolist(), [*colours], np.array(avoid).tolist()))

    monkeypatch.setattr(plots, "label_points", label_points)
    return asked


@pytest.mark.parametrize("draw", [
    lambda ax: plots.plot_rows(np.eye(3), "abc", ax=ax),
    lambda ax: plots.plot_moved({"SGD": [0, 1]}, ax=ax),
    lambda ax: plots.plot_map(project(np.eye(3)), {"pets": ["cat", "dog", "cow"]}, ax=ax),
    lambda ax: plots.plot_waves(np.zeros((3, 4)), ax=ax),
    lambda ax: plots.plot_wavelengths({"one": [1, 10]}, 512, ax=ax),
    lambda ax: plots.plot_times({"copying": ([1, 10], [1, 2])}, ax=ax),
    lambda ax: model_plots.whole_model(3, ax=ax),
    lambda ax: model_plots.plot_losses({"nothing": 2.8}, 10.8, ax=ax),
    lambda ax: model_plots.plot_way({"one": [1, 0.5]}, ax=ax),
    lambda ax: plots.plot_cosines({2: RAMP}, axes=[ax])[0],
    lambda ax: plots.plot_quality([1, 10], {5: [0, 1]}, axes=[ax])[0],
    lambda ax: position_plots.plot_turned({(0, 1): ([1, 0], [0, 1])}, axes=[ax])[0],
    lambda ax: position_plots.plot_offsets({("a", "b"): {"": ([0, 1], [0, 1])}}, axes=[ax])[0],
])
def test_a_figure_is_drawn_into_the_axes_that_are_given(draw):
    ax = plt.figure(figsize=(4, 4)).gca()
    assert draw(ax) is ax and plt.get_fignums() == [ax.figure.number]


def test_strips_of_rows_stand_apart_in_the_order_of_their_names():
    rows = [RAMP, -2 * RAMP, 0 * RAMP]
    ax = plots.plot_rows(rows, ["cat", "dog", "cow"])
    assert [np.squeeze(image.get_array()).tolist() for image in ax.images] == [row.tolist() for row in rows]
    assert {(*image.get_clim(), image.get_cmap().name) for image in ax.images} == {(-2, 2, "gray")}
    for level, image in enumerate(ax.images):
        left, right, bottom, top = image.get_extent()
        assert (left, right) == (-0.5, 11.5) and (bottom + top) / 2 == pytest.approx(level)
        assert 0.6 < bottom - top < 1  # most of a row's room, and some between them
    assert ax.get_ylim() == (2.5, -0.5) and ax.get_xlim() == (-0.5, 11.5)
    assert ax.get_yticks().tolist() == [0, 1, 2]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["cat", "dog", "cow"]
    assert says(ax) == ("column of the table", "", "") and sides(ax) == set()
    assert title(ax) == "Black stands for -2, white for 2"
    more = plots.plot_rows(np.ones((8, 3)), "abcdefgh")
    assert LETTER < (height(more) - height(ax)) / 5 < 3 * LETTER  # each row has its line


def test_a_histogram_counts_each_cosine_once_on_one_scale_from_minus_one_to_one():
    cosines = {2: np.cos(np.linspace(0, np.pi, 50)), 768: np.linspace(-0.1, 0.1, 50)}
    axes = plots.plot_cosines(cosines)
    for ax, (dim, values) in zip(axes, cosines.items(), strict=True):
        bars = [(bar.get_x(), bar.get_x() + bar.get_width(), bar.get_height()) for bar in ax.patches]
        assert bars[0][0] == -1 and bars[-1][1] == pytest.approx(1) and len(bars) % 2 == 0  # 0 parts two bars
        assert sum(count for *_, count in bars) == 50
        inside = [sum(low <= value < high for value in values) for low, high, _ in bars[:-1]]
        assert inside == [count for *_, count in bars[:-1]]
        assert heading(ax) == f"d = {dim}" and ax.get_yticks().size == 0 and sides(ax) == {"bottom"}
    assert axes[0].get_xlim() == axes[1].get_xlim() and axes[1].get_xticks().tolist() == [-1, 0, 1]
    assert [ax.get_xlabel() for ax in axes] == ["", "cosine"]
    assert title(axes[0]) == "How often each cosine comes, among 50 pairs"
    wide = plots.plot_cosines({2: np.ones(20_000), 3: RAMP, 4: RAMP})
    assert "among 12 pairs" in title(wide[0]) and [heading(ax) for ax in wide] == ["d = 2", "d = 3", "d = 4"]
    assert 3 * LETTER < height(wide[0]) - height(axes[0]) < 8 * LETTER


def test_rows_that_moved_a_fifth_of_the_farthest_are_dark():
    moved = [0, 1, 0.2, np.nextafter(0.2, 0), 1e-9, 0]
    ax = plots.plot_moved({"SGD": moved, "Adam": np.ones(6)})
    pale, dark, *_ = drawn = [line.get_xydata().reshape(-1, 3, 2) for line in ax.lines]
    assert pale[:, 0, 0].tolist() == [1, 2, 3, 4] and dark[:, 0, 0].tolist() == [1, 2]
    for i, line in enumerate(drawn):
        level = i // 2
        ends = line[:, :2, 1] - level
        assert (line[:, 0, 0] == line[:, 1, 0]).all() and np.isnan(line[:, 2, 1]).all()  # upright, and apart
        assert (ends[:, 0] > ends[:, 1]).all() and (np.abs(ends) < 0.5).all()
        assert [*line[0, :2, 1] - level] == [*drawn[0][0, :2, 1]]
    assert [line.get_color() for line in ax.lines] == ["C0", "black"] * 2
    assert [line.get_alpha() == 1 for line in ax.lines] == [False, True] * 2
    assert ax.lines[0].get_linewidth() > ax.lines[1].get_linewidth() > 0
    assert {line.get_solid_capstyle() for line in ax.lines} == {"butt"}
    assert says(ax) == ("row of the table", "", "") and ax.get_yticks().size == 0 and sides(ax) == {"bottom"}
    assert title(ax) == "Each row that moved has a line"
    assert [text.get_text() for text in ax.texts] == ["SGD: 4 rows", "Adam: 6 rows"]
    low, high = ax.get_ylim()
    assert low > 1.28 and low - 1.28 < 0.5 and high < -0.5
    ax.figure.draw_without_rendering()
    assert all(is_inside(text, ax) for text in ax.texts)
    more = plots.plot_moved({str(i): moved for i in range(6)})
    assert 3 * LETTER < (height(more) - height(ax)) / 4 < 6 * LETTER


def test_dots_of_words_stand_at_their_shares_give_or_take_a_little():
    counts, shares = 10 + np.arange(40), {150: np.repeat([0, 1], 20), 3000: np.ones(40)}
    axes = plots.plot_quality(counts, shares)
    moved = []
    for ax, (step, share) in zip(axes, shares.items(), strict=True):
        [dots] = ax.collections
        xs, ys = dots.get_offsets().T
        assert xs.tolist() == counts.tolist()
        moved.append(ys - share)
        assert says(ax) == ("lookups", "", f"after {step} steps") and ax.get_xscale() == "log"
        assert ax.get_yticks().tolist() == [0, 0.5, 1]
        low, high = ax.get_ylim()
        assert -0.1 < low < ys.min() and ys.max() < high < 1.1  # all dots are whole
        assert dots.get_alpha() < 1  # one shows through another
    np.testing.assert_allclose(*moved, atol=1e-12)
    assert len({*moved[0].round(9)}) == 40 and np.abs(moved[0]).max() <= 0.02
    assert moved[0].min() < -0.01 and moved[0].max() > 0.01
    assert title(axes[0]) == "Each dot is a word: how many of its neighbours are of its own group"
    assert axes[0].get_subplotspec().get_gridspec().get_geometry() == (1, 2)


def test_each_group_of_a_map_has_its_marker_and_colour_and_names_come_in_order(named):
    flat = project(np.random.default_rng(1).normal(size=(18, 4)))
    groups = {f"group {i}": [f"{i}a", f"{i}b"] for i in range(9)}
    ax = plots.plot_map(flat, groups, first=["3b", "1a"])
    words = sum(groups.values(), [])
    markers, shades = [], []
    for i, dots in enumerate(ax.collections):
        np.testing.assert_array_equal(dots.get_offsets(), flat.points[2 * i : 2 * i + 2])
        assert same_color(dots.get_facecolor()[0], colour(i)) and dots.get_label() == f"group {i}"
        markers.append(dots.get_paths()[0].vertices.tobytes())
        shades.append(dots.get_facecolor()[0].tobytes())
    assert len(ax.collections) == 9 and len({*markers}) == 8 and markers[0] == markers[8]
    assert len({*zip(markers, shades, strict=True)}) == 9
    assert says(ax) == ("axis 1", "axis 2", f"2 axes hold {flat.share:.0%} of the variance")
    assert ax.get_xticks().size == ax.get_yticks().size == 0
    legend = ax.get_legend()
    assert [text.get_text() for text in legend.get_texts()] == [*groups]
    ax.figure.draw_without_rendering()
    assert legend.get_window_extent().y1 < ax.bbox.y0  # below the map
    [(names, points, shades, avoid)] = named
    assert names == ["1a", "3b", *[word for word in words if word not in ("1a", "3b")]] and avoid == []
    for name, point, shade in zip(names, points, shades, strict=True):
        assert point == flat.points[words.index(name)].tolist() and shade == colour(words.index(name) // 2)


@pytest.mark.parametrize("size", [1, 299, 300, 650])
def test_a_picture_of_places_has_at_most_300_cells_each_the_mean_of_what_it_covers(size):
    cosines = np.random.default_rng(0).random((size, size))
    picture, _ = plots.plot_places(cosines, project(np.eye(9)), 0, 8)
    cells = picture.images[0].get_array()
    by = size // len(cells)
    assert len(cells) <= 300 and cells.shape == (size // by, size // by) and (by == 1) == (size < 300)
    for i, j in ((0, 0), (len(cells) - 1, 0), (len(cells) // 2, len(cells) - 1)):
        covered = [cosines[y, x] for y in range(i * by, i * by + by) for x in range(j * by, j * by + by)]
        assert cells[i, j] == pytest.approx(sum(covered) / by**2)
    assert picture.images[0].get_extent() == [0, size, size, 0]


def test_the_curve_of_places_runs_from_the_first_to_the_last_and_every_fifth_is_named(named):
    flat = project(np.random.default_rng(2).normal(size=(60, 4)))
    picture, curve = plots.plot_places(np.eye(60), flat)
    np.testing.assert_array_equal(curve.lines[0].get_xydata(), flat.points[20:41])
    [(names, points, shades, avoid)] = named
    assert names == ["20", "25", "30", "35", "40"] and shades == ["C0"] * 5
    assert points == flat.points[20:41:5].tolist()
    assert avoid[0] == flat.points[20].tolist() and len(avoid) > 21
    assert says(picture) == ("place", "place", "") and says(curve) == ("axis 1", "axis 2", "")
    assert curve.get_xticks().size == curve.get_yticks().size == 0
    assert curve.get_aspect() == 1 and curve.get_adjustable() == "datalim"
    assert title(picture) == f"Cosines from black (0) to white (1); a curve with {flat.share:.0%} of the variance"


def test_waves_are_black_at_minus_one_and_white_at_one():
    ax = plots.plot_waves(np.outer(RAMP, RAMP))
    [image] = ax.images
    assert image.get_clim() == (-1, 1) and image.get_cmap().name == "gray" and ax.get_aspect() == "auto"
    assert says(ax) == ("column", "place", "") and ax.get_ylim() == (11.5, -0.5)
    assert title(ax) == "Each column a wave, from black (−1) to white (1)"


def test_wavelengths_have_a_marker_each_and_the_context_is_dashed(monkeypatch):
    asked = []
    monkeypatch.setattr(plots, "label_lines", lambda ax, *what: asked.append(what))
    ax = plots.plot_wavelengths({"one": [6, 60, 600], "two": [6, 30]}, 2048, called="trained on")
    *lines, context = ax.lines
    assert [line.get_xydata().tolist() for line in lines] == [[[0, 6], [1, 60], [2, 600]], [[0, 6], [1, 30]]]
    assert len({line.get_marker() for line in lines}) == 2 and {line.get_linestyle() for line in lines} == {"-"}
    assert context.get_ydata() == [2048, 2048] and context.get_linestyle() == "--" and context.get_color() == "black"
    assert says(ax) == ("pair", "places", "") and (ax.get_xscale(), ax.get_yscale()) == ("linear", "log")
    assert title(ax) == "After how many places each pair has turned once round"
    [(names, places, shades)] = asked
    assert names == ["trained on 2,048", "one", "two"] and shades == ["black", colour(0), colour(1)]
    assert places == [[(0, 2048), (3, 2048)], [(0, 6), (1, 60), (2, 600)], [(0, 6), (1, 30)]]
    assert [line.get_color() for line in lines] == shades[1:]


def test_only_copying_is_dashed_among_times():
    ax = plots.plot_times({"copying": ([1, 10], [1e-6, 2e-6]), "lookup": ([1, 10], [2e-6, 3e-6])})
    assert [line.get_linestyle() for line in ax.lines] == ["--", "-"]
    assert len({line.get_marker() for line in ax.lines}) == 2
    np.testing.assert_allclose([line.get_ydata() for line in ax.lines], [[1, 2], [2, 3]])
    assert says(ax) == ("rows looked up", "time (µs)", "") and (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert title(ax) == "How long it takes to look rows up"
    ax.figure.draw_without_rendering()
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["copying", "lookup"]
    below = min(label.get_window_extent().y0 for label in [ax.xaxis.label, *ax.get_xticklabels()])
    assert ax.get_legend().get_window_extent().y1 < below


def test_the_steps_of_the_whole_model_stand_in_order_each_in_its_frame():
    ax = model_plots.whole_model(30)
    ax.figure.draw_without_rendering()
    [block, ours] = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    names = [text for text in ax.texts if text.get_text() in dict(model_plots.STEPS)]
    assert [text.get_text() for text in names] == [name for name, _ in model_plots.STEPS]
    heights = [text.get_position()[1] for text in names]
    [step] = {round(above - below, 9) for above, below in itertools.pairwise(heights)}
    assert step > 0
    assert {text.get_position()[0] for text in names} == {0.55}
    for frame, inside in ((block, ["attention", "feed-forward"]),
                          (ours, ["text", "IDs (T,)", "table[IDs] (T, dim)"])):
        box = frame.get_window_extent()
        for text in names:
            bounds = text.get_bbox_patch().get_window_extent()
            says = [other for other in ax.texts if " ".join(other.get_text().split()) ==
                    dict(model_plots.STEPS)[text.get_text()]]
            for part in (bounds, says[0].get_window_extent()):
                within = box.x0 <= part.x0 and part.x1 <= box.x1 and box.y0 <= part.y0 and part.y1 <= box.y1
                assert within == (text.get_text() in inside) and (within or not box.overlaps(part))
        assert not frame.get_fill()
    assert [text.get_weight() == "bold" for text in names] == [True] * 3 + [False] * 4
    assert (block.get_linestyle(), ours.get_linestyle()) == ("--", "solid")
    assert same_color(ours.get_edgecolor(), "C0") and ours.get_linewidth() > block.get_linewidth()
    beside = {text.get_text(): text for text in ax.texts if text.get_rotation() == 90}
    assert [*beside] == ["block, 30 times", "you are here"]
    assert beside["you are here"].get_color() == "C0" and beside["you are here"].get_weight() == "bold"
    for text, frame in zip(beside.values(), (block, ours), strict=True):
        box, bounds = frame.get_window_extent(), text.get_window_extent()
        assert box.y0 <= bounds.y0 and bounds.y1 <= box.y1 and bounds.x1 <= box.x0  # to the left of its frame
    arrows = [text for text in ax.texts if text.get_text() == ""]
    assert len(arrows) == 6
    for arrow, above, below in zip(arrows, heights, heights[1:], strict=False):
        assert below < arrow.xy[1] < arrow.xyann[1] < above and arrow.xy[0] == arrow.xyann[0] == 0.55
    for part in (*ax.texts, block, ours):
        assert is_inside(part, ax, 1)
    assert not ax.axison


def test_bars_of_losses_stand_below_their_names_and_blind_guessing_is_a_dashed_line():
    losses = {"nothing": 2.8, "two bits": 33.8, "no rows": 12}
    ax = model_plots.plot_losses(losses, blind=10.8)
    bars = [(bar.get_y() + bar.get_height() / 2, bar.get_x(), bar.get_width()) for bar in ax.patches]
    assert bars == [(pytest.approx(level), 0, loss) for level, loss in enumerate(losses.values())]
    ax.figure.draw_without_rendering()
    *names, guessing = ax.texts
    assert [text.get_text() for text in names] == ["nothing: 2.80", "two bits: 33.80", "no rows: 12.00"]
    for text, bar in zip(names, ax.patches, strict=True):
        assert text.get_window_extent().y0 >= bar.get_window_extent().y1 and text.get_position()[0] == 0
    for text, bar in zip(names[1:], ax.patches, strict=False):
        assert text.get_window_extent().y1 < bar.get_window_extent().y0
    assert guessing.get_text() == "blind guessing: 10.80" and guessing.xy[0] == 10.8
    assert guessing.get_window_extent().y0 > names[0].get_window_extent().y1
    segments = np.concatenate([lines.get_segments() for lines in ax.collections])
    assert len(segments) == 3 and (segments[:, :, 0] == 10.8).all()
    for level, (first, last) in enumerate(segments[:, :, 1]):
        assert level - 0.5 < first < level < last < level + 0.5
    assert all(lines.get_linestyle()[0][1] is not None for lines in ax.collections)  # dashed
    assert {tuple(lines.get_color()[0]) for lines in ax.collections} == {to_rgba("black")}
    assert says(ax) == ("loss (nats a token)", "", "") and ax.get_yticks().size == 0 and sides(ax) == {"bottom"}
    assert ax.get_xlim() == (0, pytest.approx(1.1 * 33.8))
    assert ax.get_ylim()[0] == 2.5 and all(is_inside(text, ax) for text in names)
    assert is_inside(guessing, ax.figure) and guessing.get_window_extent().y1 < ax.bbox.y1
    high = model_plots.plot_losses({"nothing": 2.8}, blind=10.8)
    assert high.get_xlim() == (0, pytest.approx(1.1 * 10.8)) and high.get_ylim()[0] == 0.5
    assert 2 * LETTER < (height(ax) - height(high)) / 2 < 5 * LETTER


def test_ways_have_a_marker_each_and_room_for_cosines_of_one():
    ax = model_plots.plot_way({"one": RAMP, "two": 1 - RAMP})
    assert len({line.get_marker() for line in ax.lines}) == 2
    assert says(ax) == ("block", "cosine", "") and title(ax) == "How alike they are after each block"
    low, high = ax.get_ylim()
    assert low < 0 and 1 < high < 1.2
    ax.figure.draw_without_rendering()
    assert [text.get_color() for text in ax.texts] == [line.get_color() for line in ax.lines] == [colour(0), colour(1)]


def test_arrows_end_on_the_circle_at_their_angles_and_have_names_outside_of_it():
    pairs = {(5, 3): ([1, 0], [0, 1]), (0, 0): ([0, -2], [-3, 0])}
    axes = position_plots.plot_turned(pairs, rate=0.1)
    for ax, ((m, n), vectors) in zip(axes, pairs.items(), strict=True):
        ax.figure.draw_without_rendering()
        [circle] = [patch for patch in ax.patches if isinstance(patch, Circle)]
        assert circle.center == (0, 0) and circle.radius == 1 and not circle.get_fill()
        arrows = [text for text in ax.texts if text.get_text() == ""]
        names = [text for text in ax.texts if text.get_text()]
        assert [text.get_text() for text in names] == [f"q at {m}", f"k at {n}"]
        ends = []
        for arrow, name, (x, y), place in zip(arrows, names, vectors, (m, n), strict=True):
            angle = np.arctan2(y, x) + 0.1 * place
            ends.append((np.cos(angle), np.sin(angle)))
            assert arrow.xy == pytest.approx(ends[-1]) and arrow.xyann == (0, 0)
            away = np.divide(name.get_position(), ends[-1])
            assert away[0] == pytest.approx(away[1]) and 1 < away[0] < 1.3
            assert is_inside(name, ax.figure)
        left, right = sorted(zip(ends, names, strict=True), key=lambda one: one[0][0])
        assert (left[1].get_ha(), right[1].get_ha()) == ("right", "left")
        styles = [arrow.arrow_patch.get_linestyle() for arrow in arrows]
        assert styles == ["-", "--"] and {arrow.arrow_patch.get_linewidth() for arrow in arrows} == {2}
        assert heading(ax) == f"places ({m}, {n})" and ax.get_aspect() == 1
        assert ax.get_xticks().size == ax.get_yticks().size == 0 and sides(ax) == set()
        (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
        assert left == -right and low == -high and high > 1


def test_scores_of_whole_numbers_are_a_staircase_and_lines_of_nothing_have_a_zero():
    panels = {("buckets", "bucket"): {"a": ([0, 1, 2], [0, 1, 5]), "b": ([0, 1, 2], [0.0, 0.5, 1.0])},
              ("none", "added"): {"": ([0, 1, 2], [0, 0, 0])}, ("some", "added"): {"": ([0, 1], [0, 0]),
                                                                               "x": ([0, 1], [0, 3])}}
    axes = position_plots.plot_offsets(panels)
    first, nothing, some = axes
    assert [line.get_drawstyle() for line in first.lines] == ["steps-mid", "default"]
    for ax, ((over, what), drawn) in zip(axes, panels.items(), strict=True):
        assert (heading(ax), ax.get_ylabel()) == (over, what)
        assert [line.get_xydata().tolist() for line in ax.lines] == [
            [[*pair] for pair in zip(*line, strict=True)] for line in drawn.values()]
        assert [(text.get_text(), text.xy) for text in ax.texts] == [
            (name, (offsets[-1], numbers[-1])) for name, (offsets, numbers) in drawn.items()]
        low, high = ax.get_ylim()
        lowest, highest = (one(one(numbers) for _, numbers in drawn.values()) for one in (min, max))
        assert low < lowest and highest < high
        ax.figure.draw_without_rendering()
        for text in filter(lambda text: text.get_text(), ax.texts):
            x, y = ax.transData.transform(text.xy)
            assert text.get_window_extent().y1 < y and text.get_window_extent().x1 <= x + 1  # below the line's end
    assert nothing.get_ylim() == (-1, 1) and nothing.get_yticks().tolist() == [0]
    assert some.get_ylim()[1] > 3
    assert [ax.get_xlabel() for ax in axes] == ["", "", "offset m - n"]

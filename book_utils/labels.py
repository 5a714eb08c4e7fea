"""Words of figures: a sentence as the title, and names beside what they name, never on one another."""

import textwrap

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import EngFormatter
from matplotlib.transforms import Bbox

WIDTH = 4.0  # inches: as wide as a phone's page, so that letters of 13.5 points are read there
LINE = 37  # letters of a title: as many as fit into the width

# Where a label may stand, seen from its point: to the right first, then round it, then farther away; in points.
ROUND = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
AWAY = (6, 12, 18)
MARK, LINE_MARK = 4, 1.5  # half the width of a mark and of a line, in points
SIDE = {-1: "right", 0: "center", 1: "left"}
LEVEL = {-1: "top", 0: "center", 1: "bottom"}


def new_axes(height):
    """Give the axes of a new figure, `height` inches high."""
    return plt.figure(figsize=(WIDTH, height)).gca()


def say(axes, sentence):
    """Set a sentence over a whole figure, in lines that fit into its width."""
    axes.figure.suptitle(textwrap.fill(sentence, LINE), x=0.01, ha="left", fontsize=plt.rcParams["axes.titlesize"])


def colour(i):
    """Give the colour of the i-th line or group, counted from 0, from the style in use."""
    colours = plt.rcParams["axes.prop_cycle"].by_key()["color"]
    return colours[i % len(colours)]


def count_by_tens(*axes):
    """Put 1, 10, 100, 1 k, 10 k, ... on logarithmic axes: the small letters of 10² are lost on a phone."""
    for axis in axes:
        axis.set_major_formatter(EngFormatter())


def label_points(ax, names, points, colours, avoid=()):
    """Write each of n names beside its point, (n, 2) numbers, where no mark and no name stands; give those written.

    A name without a free place is left out. `avoid` are places of lines to keep clear of, (m, 2) numbers. Call it when
    the axes have their limits: it measures the letters.

    >>> import matplotlib.pyplot as plt
    >>> ax = plt.figure(figsize=(1, 1)).gca()
    >>> label_points(ax, ["cat", "dog", "a name wider than all"], [(0.2, 0.5), (0.2, 0.6), (0.5, 0.5)], ["black"] * 3)
    ['cat', 'dog']
    """
    ax.figure.draw_without_rendering()
    taken = [*marks_at(points, ax), *marks_at(avoid, ax, LINE_MARK)]
    return [name for name, point, colour in zip(names, points, colours, strict=True)
            if write_free(ax, name, point, colour, taken)]


def along(points, steps=24):
    """Give places along the line through (n, 2) points, each part of it in `steps`: ((n - 1) * steps, 2) numbers.

    >>> along([(0, 0), (1, 2)], steps=3).tolist()
    [[0.0, 0.0], [0.5, 1.0], [1.0, 2.0]]
    """
    points = np.asarray(points, float)
    return np.linspace(points[:-1], points[1:], steps, axis=1).reshape(-1, 2)


def marks_at(points, ax, half=MARK):
    reach = half * ax.figure.dpi / 72
    pixels = ax.transData.transform(np.reshape(points, (-1, 2)))
    return [Bbox.from_bounds(x - reach, y - reach, 2 * reach, 2 * reach) for x, y in pixels]


def write_free(ax, name, point, colour, taken):
    """Write a name at the first free place round its point and add it to `taken`; say whether there was one."""
    edge, whole = ax.figure.dpi / 18, ax.figure.bbox
    inside = Bbox.from_extents(ax.bbox.x0 + 3 * edge, ax.bbox.y0, whole.x1 - edge, ax.bbox.y1)
    for away in AWAY:
        for x, y in ROUND:
            text = ax.annotate(name, point, xytext=(away * x, away * y), textcoords="offset points", color=colour,
                               ha=SIDE[x], va=LEVEL[y])
            text.set_in_layout(False)  # or the axes would shrink for it, and all stand elsewhere
            box = text.get_window_extent()
            within = inside.x0 <= box.x0 and box.x1 <= inside.x1 and inside.y0 <= box.y0 and box.y1 <= inside.y1
            if within and not box.count_overlaps(taken):
                taken.append(box.padded(MARK * ax.figure.dpi / 72 / 2))
                return True
            text.remove()
    return False


def label_lines(ax, names, lines, colours):
    """Write each of n names beside its line, (m, 2) numbers, as near its end as there is room.

    >>> import matplotlib.pyplot as plt
    >>> ax = plt.figure(figsize=(3, 2)).gca()
    >>> label_lines(ax, ["rising", "falling"], [[(0, 0), (1, 1)], [(0, 1), (1, 0)]], ["black", "black"])
    >>> sorted(text.get_text() for text in ax.texts)
    ['falling', 'rising']
    """
    ax.figure.draw_without_rendering()
    pixels = ax.transData.transform
    steps = [ax.transData.inverted().transform(along(pixels(np.asarray(line, float)))) for line in lines]
    taken = marks_at(np.concatenate(steps), ax, 2 * LINE_MARK)  # a name keeps clear of all lines
    for name, places, shade in zip(names, steps, colours, strict=True):
        if not any(write_free(ax, name, place, shade, taken) for place in reversed(places)):
            ax.annotate(name, places[-1], color=shade)  # better on a line than nowhere

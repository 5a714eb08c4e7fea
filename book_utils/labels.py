"""Words of figures: a sentence as the title, and names beside what they name, never on one another."""

import textwrap

import numpy as np
from matplotlib import rcParams
from matplotlib.ticker import EngFormatter

WIDTH = 4.0  # inches: as wide as a phone's page, so that letters of 13.5 points are read there
LINE = 37  # letters of a title: as many as fit into the width

# Where a label may stand, seen from its point: to the right first, then round it, then farther away; in points.
ROUND = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
AWAY = (6, 12, 18)
MARK, LINE_MARK = 4, 1.5  # half the width of a mark and of a line, in points
SIDE = {-1: "right", 0: "center", 1: "left"}
LEVEL = {-1: "top", 0: "center", 1: "bottom"}


def new_figure(height):
    """Give a new figure, as wide as a phone's page and `height` inches high."""
    from matplotlib import pyplot  # with the first figure: it takes a third of the time of `import book_utils`

    return pyplot.figure(figsize=(WIDTH, height))


def new_axes(height):
    """Give the axes of a new figure, `height` inches high."""
    return new_figure(height).gca()


def say(axes, sentence):
    """Set a sentence over a whole figure, in lines that fit into its width."""
    axes.figure.suptitle(textwrap.fill(sentence, LINE), x=0.01, ha="left", fontsize=rcParams["axes.titlesize"])


def colour(i):
    """Give the colour of the i-th line or group, counted from 0, from the style in use."""
    colours = rcParams["axes.prop_cycle"].by_key()["color"]
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
    taken = np.vstack([marks_at(points, ax), marks_at(avoid, ax, LINE_MARK)])
    written = []
    for name, point, shade in zip(names, points, colours, strict=True):
        if (more := write_free(ax, name, point, shade, taken)) is not None:
            taken = more
            written.append(name)
    return written


def along(points, steps=24):
    """Give places along the line through (n, 2) points, each part of it in `steps`: ((n - 1) * steps, 2) numbers.

    >>> along([(0, 0), (1, 2)], steps=3).tolist()
    [[0.0, 0.0], [0.5, 1.0], [1.0, 2.0]]
    """
    points = np.asarray(points, float)
    return np.linspace(points[:-1], points[1:], steps, axis=1).reshape(-1, 2)


def marks_at(points, ax, half=MARK):
    """Give the squares that marks cover: (n, 2) numbers in, (n, 4) pixels out, as all boxes here: x0, y0, x1, y1."""
    pixels = ax.transData.transform(np.reshape(points, (-1, 2)))
    reach = half * ax.figure.dpi / 72
    return np.hstack([pixels - reach, pixels + reach])


def places_round(ax, name, point):
    """Give where a name may stand, the best first: pairs (x, y) in points and its sides, and (24, 4) pixels."""
    text = ax.annotate(name, point, xytext=(0, 0), textcoords="offset points", ha="left", va="bottom")
    size = text.get_window_extent().size  # once: to measure letters is slow
    text.remove()
    sides = np.array([side for _ in AWAY for side in ROUND])
    offsets = sides * np.repeat(AWAY, len(ROUND))[:, None]
    # A name to the right begins at its offset, one to the left ends there, one above or below is centred.
    corners = ax.transData.transform(point) + offsets * ax.figure.dpi / 72 + (sides - 1) / 2 * size
    return offsets, sides, np.hstack([corners, corners + size])


def write_free(ax, name, point, colour, taken):
    """Write a name at the first free place round its point; give the boxes with its own, or None if none was free."""
    offsets, sides, boxes = places_round(ax, name, point)
    edge, whole = ax.figure.dpi / 18, ax.figure.bbox
    inside = (boxes[:, 0] >= ax.bbox.x0 + 3 * edge) & (boxes[:, 2] <= whole.x1 - edge)
    inside &= (boxes[:, 1] >= ax.bbox.y0) & (boxes[:, 3] <= ax.bbox.y1)
    meet = (boxes[:, None, :2] < taken[:, 2:]) & (boxes[:, None, 2:] > taken[:, :2])  # (24, n, 2): along x, along y
    free = np.flatnonzero(inside & ~meet.all(axis=2).any(axis=1))
    if not len(free):
        return None
    best = free[0]
    x, y = sides[best]
    text = ax.annotate(name, point, xytext=offsets[best], textcoords="offset points", color=colour, ha=SIDE[x],
                       va=LEVEL[y])
    text.set_in_layout(False)  # or the axes would shrink for it, and all stand elsewhere
    room = MARK * ax.figure.dpi / 72 / 2
    return np.vstack([taken, boxes[best] + [-room, -room, room, room]])


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
        for place in reversed(places):
            if (more := write_free(ax, name, place, shade, taken)) is not None:
                taken = more
                break
        else:
            ax.annotate(name, places[-1], color=shade)  # better on a line than nowhere

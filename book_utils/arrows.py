"""Vectors drawn as arrows in the plane."""

import numpy as np

from .labels import along, colour, label_points, new_axes, say
from .plots import MARKERS


def plot_arrows(arrows, ax=None):
    """Draw each of {name: (start, end)}, two points of the plane, as an arrow with its name at its end.

    >>> plot_arrows({"a": ((0, 0), (1, 2))}).get_aspect()
    1.0
    """
    ax = draw_arrows(arrows, ax or new_axes(3.4))
    name_ends(ax, arrows)
    return ax


def draw_arrows(arrows, ax):
    for i, (start, end) in enumerate(arrows.values()):
        arrow(ax, start, end, colour(i), 2)
        ax.plot(*end, marker=MARKERS[i % len(MARKERS)], color=colour(i), markersize=5)  # the axes reach the arrow
        ax.plot(*start, marker="", color=colour(i))
    ax.set_aspect("equal", adjustable="datalim")
    ax.margins(0.2)
    return ax


def name_ends(ax, arrows, more=None, paths=()):
    """Write the name of each arrow beside its end, and {name: (2,)} of `more` marks in black, clear of all lines."""
    ends = {name: end for name, (_, end) in arrows.items()} | (more or {})
    lines = np.concatenate([along(line) for line in (*arrows.values(), *paths)])
    colours = [colour(i) for i in range(len(arrows))] + ["black"] * len(more or {})
    label_points(ax, list(ends), np.array(list(ends.values()), float), colours, lines)


def arrow(ax, start, end, shade, width):
    ax.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": shade, "linewidth": width})


def plot_step(row, outputs, pushes, after):
    """Draw a step of training in the plane: the output vectors, the row, its pushes one behind the other, its end.

    `outputs` and `pushes` are {word: (2,)}, `row` and `after` are (2,) numbers.

    >>> plot_step([0, 0], {"ran": [1, 0]}, {"ran": [0.5, 0]}, [0.5, 0]).get_xlabel()
    'first number'
    """
    arrows = {word: ((0, 0), vector) for word, vector in outputs.items()}
    ax = draw_arrows(arrows, new_axes(4.0))
    path = np.cumsum([row, *pushes.values()], axis=0)
    for start, end in zip(path[:-1], path[1:], strict=True):
        arrow(ax, start, end, "#7b8594", 1.2)
    for name, place in (("before", row), ("after", after)):
        ax.plot(*place, marker="o" if name == "before" else "s", color="black", markersize=7)
    ax.set(xlabel="first number", ylabel="second number")
    say(ax, "The pushes lead from before to after")
    name_ends(ax, arrows, {"before": row, "after": after}, [path])
    return ax

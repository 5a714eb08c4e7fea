"""Vectors drawn as arrows in the plane."""

import matplotlib.pyplot as plt
import numpy as np

from .plots import MARKERS


def plot_arrows(arrows, ax=None):
    """Draw each of {name: (start, end)}, two points of the plane, as an arrow with its name at its end.

    >>> plot_arrows({"a": ((0, 0), (1, 2))}).get_aspect()
    1.0
    """
    if ax is None:
        ax = plt.figure(figsize=(5.0, 3.6)).gca()
    colours = plt.rcParams["axes.prop_cycle"].by_key()["color"]
    for i, (name, (start, end)) in enumerate(arrows.items()):
        start, end = np.asarray(start, float), np.asarray(end, float)
        colour, marker = colours[i % len(colours)], MARKERS[i % len(MARKERS)]
        ax.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": colour, "linewidth": 2})
        ax.plot(*end, marker=marker, color=colour, markersize=5)  # which also lets the axes reach the arrow
        ax.plot(*start, marker="", color=colour)
        leftward = end[0] < start[0]
        ax.annotate(name, end, xytext=(-6 if leftward else 6, 3), textcoords="offset points",
                    ha="right" if leftward else "left")
    ax.set_aspect("equal")
    ax.margins(0.15)
    return ax


def plot_step(row, outputs, pushes, after):
    """Draw a step of training in the plane: the output vectors, the row, its pushes one behind the other, its end.

    `outputs` and `pushes` are {word: (2,)}, `row` and `after` are (2,) numbers.

    >>> plot_step([0, 0], {"ran": [1, 0]}, {"ran": [0.5, 0]}, [0.5, 0]).get_xlabel()
    'first number'
    """
    arrows = {word: ((0, 0), vector) for word, vector in outputs.items()}
    ax = plot_arrows(arrows)
    start = np.asarray(row, float)
    for push in pushes.values():
        ax.annotate("", start + push, start, arrowprops={"arrowstyle": "->", "color": "0.5", "linewidth": 1.2})
        start = start + push
    for name, place in (("before", row), ("after", after)):
        ax.plot(*place, marker="o" if name == "before" else "s", color="black", markersize=7)
        ax.annotate(name, place, xytext=(7, -12), textcoords="offset points")
    ax.set(xlabel="first number", ylabel="second number")
    return ax

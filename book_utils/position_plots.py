"""Figures of positions: a query and a key turned by their places, and scores against the offset."""

import numpy as np
from matplotlib.patches import Circle

from .labels import new_figure


def plot_turned(pairs, rate=1.0, axes=None):
    """Draw a query and a key of two numbers, turned, in a panel for each (m, n) of {places: (query, key)}.

    The wedge is the angle from key to query. Angles are in radians, `rate` a token.

    >>> plot_turned({(5, 3): ([1, 0], [0, 1])})[0].get_title()
    'places (5, 3)'
    """
    if axes is None:
        axes = np.atleast_1d(new_figure(3.1 * len(pairs)).subplots(len(pairs), 1))
    for ax, ((m, n), vectors) in zip(axes, pairs.items(), strict=True):
        start = [np.arctan2(*vector[::-1]) for vector in vectors]
        ends = [angle + rate * place for angle, place in zip(start, (m, n), strict=True)]
        apart = (ends[0] - ends[1] + np.pi) % (2 * np.pi) - np.pi
        wedge = ends[1] + np.linspace(0, apart, 40)
        ax.fill(np.append(0, 0.45 * np.cos(wedge)), np.append(0, 0.45 * np.sin(wedge)), color="0.5")
        tips = [np.array([np.cos(angle), np.sin(angle)]) for angle in ends]
        for tip, other, name, style in zip(tips, tips[::-1], (f"q at {m}", f"k at {n}"), ("-", "--"), strict=True):
            ax.annotate("", tip, (0, 0), arrowprops={"arrowstyle": "->", "linewidth": 2, "linestyle": style})
            ax.text(*1.17 * tip, name, ha="right" if tip[0] < other[0] else "left", va="center")
        ax.add_patch(Circle((0, 0), 1, fill=False, color="0.5"))
        ax.set(title=f"places ({m}, {n})", xlim=(-1.7, 1.7), ylim=(-1.4, 1.4), xticks=[], yticks=[], aspect="equal")
        ax.spines[:].set_visible(False)
    return axes


def plot_offsets(panels, axes=None):
    """Draw what depends on the offset, a panel for each {(title, what is drawn): {line: (offsets, numbers)}}.

    A line has its name beside its end; a staircase is drawn as steps where its numbers are whole.

    >>> plot_offsets({("none", "added"): {"": ([0, 1], [0, 0])}})[0].get_title()
    'none'
    """
    if axes is None:
        axes = np.atleast_1d(new_figure(2.1 * len(panels)).subplots(len(panels), 1, sharex=True))
    for ax, ((title, what), drawn) in zip(axes, panels.items(), strict=True):
        for name, (offsets, numbers) in drawn.items():
            steps = np.asarray(numbers).dtype.kind == "i"
            ax.plot(offsets, numbers, drawstyle="steps-mid" if steps else "default", color="black", linewidth=1.5)
            ax.annotate(name, (offsets[-1], numbers[-1]), xytext=(0, -4), textcoords="offset points", ha="right",
                        va="top")
        ax.set(title=title, ylabel=what)
        ax.margins(y=0.18)
        if not any(np.any(numbers) for _, numbers in drawn.values()):
            ax.set(ylim=(-1, 1), yticks=[0])
    axes[-1].set_xlabel("offset m - n")
    return axes

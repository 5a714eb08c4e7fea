"""Figures of changed tables: each function draws into `ax` (or into a new one) and returns it."""

import numpy as np

from .labels import along, colour, label_lines, label_points, new_axes, say
from .plots import MARKERS


def plot_shares(lengths, shares, marks, ax=None):
    """Draw the share of the probability that new rows take against their length, a line for each {name: [share, ...]}.

    `marks` are {name: length}, drawn as dashed lines.

    >>> plot_shares([1, 10], {"1 new": [0.0, 0.5]}, {"the others": 3}).get_xscale()
    'log'
    """
    ax = ax or new_axes(3.6)
    for i, (found, marker) in enumerate(zip(shares.values(), MARKERS, strict=False)):
        ax.plot(lengths, found, marker=marker, markersize=4, color=colour(i))
    for length in marks.values():
        ax.axvline(length, color="black", linestyle="--", linewidth=1)
    ax.set(xscale="log", xlabel="length of the new rows", ylabel="share", yticks=[0, 0.5, 1],
           xlim=(0.9 * lengths[0], 4 * lengths[-1]), ylim=(-0.03, 1.25))  # room for names behind the lines and above
    ticks = [0.5, 1, 2, 4, 8, 16]
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.minorticks_off()
    say(ax, "What new tokens take of the probability")
    lines = [[*zip(lengths, found, strict=True)] for found in shares.values()]
    dashes = [[(length, 1.1), (length, 1.25)] for length in marks.values()]
    # The last line ends highest: it chooses the place of its name first.
    shades = [*["black"] * len(marks), *(colour(i) for i in reversed(range(len(lines))))]
    label_lines(ax, [*marks, *reversed(shares)], [*dashes, *reversed(lines)], shades)
    return ax


def plot_ways(projection, groups, ways, ax=None):
    """Draw the words of {group: words} on their Projection, and over it the {word: (n, 2)} ways of other rows.

    >>> from book_utils.geometry import project
    >>> flat = project([[0.0, 0.0], [1.0, 2.0], [3.0, 1.0]])
    >>> plot_ways(flat, {"pets": ["cat", "dog", "cow"]}, {"zebra": np.zeros((2, 2))}).get_ylabel()
    'axis 2'
    """
    ax = ax or new_axes(4.6)
    words = [word for group in groups.values() for word in group]
    kinds = [i for i, group in enumerate(groups.values()) for _ in group]
    for i, group in enumerate(groups):
        points = projection.points[np.equal(kinds, i)]
        ax.scatter(*points.T, marker=MARKERS[i], s=30, color=colour(i), label=group)
    for way in ways.values():
        ax.plot(*way.T, color="black", marker=".", markersize=4, linewidth=1)
        ax.plot(*way[-1], color="black", marker="*", markersize=13)
    ax.plot(*next(iter(ways.values()))[0], color="black", marker="s", markersize=8)
    ax.set(xlabel="axis 1", ylabel="axis 2", xticks=[], yticks=[])
    ax.margins(0.14, 0.08)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.08), ncols=2, labelcolor="linecolor", handletextpad=0)
    say(ax, f"From the mean row (square) to their own kind; {projection.share:.0%} of the variance")
    ends = [way[-1] for way in ways.values()]
    shades = [*["black"] * len(ways), *(colour(i) for i in kinds)]
    path = np.concatenate([along(way, steps=3) for way in ways.values()])
    label_points(ax, [*ways, *words], [*ends, *projection.points[: len(words)]], shades, avoid=path)
    return ax


def plot_drift(drift, ax=None):
    """Draw how far a row has moved after each step, a line for each {optimiser: (steps,) distances}.

    Lines that never leave zero lie on one another, so they share one name.

    >>> plot_drift({"SGD": [0.0, 0.0]}).get_xlabel()
    'steps since the gradient became 0'
    """
    ax = ax or new_axes(3.6)
    drift = {name: np.round(way, 4) for name, way in drift.items()}  # the same picture on every processor
    still = [name for name, way in drift.items() if np.max(way) == 0]
    shown = {name: way for name, way in drift.items() if name not in still[1:]}
    for i, way in enumerate(shown.values()):
        ax.plot(way, color=colour(i))
    farthest = max(map(np.max, drift.values()))
    ax.set(xlabel="steps since the gradient became 0", ylabel="distance", xticks=[0, 30, 60],
           ylim=(-0.2 * farthest - 1e-9, None))
    say(ax, "How far the frozen row has moved")
    names = ["; ".join(still) if name in still else name for name in shown]
    label_lines(ax, names, [[*enumerate(way)] for way in shown.values()], [*map(colour, range(len(shown)))])
    return ax

"""Figures of changed tables: each line has its name beside it, so that it is read without colour."""

import matplotlib.pyplot as plt
import numpy as np

from .plots import MARKERS


def plot_shares(lengths, shares, marks, ax=None):
    """Draw the share of the probability that new rows take against their length, a line for each {name: [share, ...]}.

    `marks` are {name: length}, drawn as dashed lines.

    >>> plot_shares([1, 10], {"1 new": [0.0, 0.5]}, {"the others": 3}).get_xscale()
    'log'
    """
    ax = ax or plt.figure(figsize=(5.0, 3.6)).gca()
    for (name, found), marker in zip(shares.items(), MARKERS, strict=False):
        [line] = ax.plot(lengths, found, marker=marker, markersize=4)
        _name(ax, name, (lengths[-1], found[-1]), line)
    for name, length in marks.items():
        ax.axvline(length, color="0.4", linestyle="--", linewidth=1)
        ax.annotate(name, (length, 1.02), xycoords=("data", "axes fraction"), ha="center", va="bottom", fontsize=9)
    ticks = [0.5, 1, 2, 4, 8, 16]
    ax.set(xscale="log", xlabel="length of the new rows", ylabel="share of the probability", ylim=(-0.03, 1.03))
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.minorticks_off()
    return ax


def plot_ways(projection, groups, ways, ax=None):
    """Draw the words of {group: words} on their Projection, and over it the {word: (n, 2)} ways of other rows.

    >>> from book_utils.geometry import project
    >>> flat = project([[0.0, 0.0], [1.0, 2.0], [3.0, 1.0]])
    >>> plot_ways(flat, {"pets": ["cat", "dog", "cow"]}, {"zebra": np.zeros((2, 2))}).get_ylabel()
    'axis 2'
    """
    ax = ax or plt.figure(figsize=(5.0, 4.4)).gca()
    names, place = [], 0
    for (group, words), marker in zip(groups.items(), "o^", strict=False):
        points = projection.points[place : place + len(words)]
        ax.scatter(*points.T, marker=marker, s=28, color="0.6", label=group)
        names += list(zip(words, points, strict=True))
        place += len(words)
    apart = 0.05 * np.ptp(projection.points, axis=0).max()
    taken = [way[-1] for way in ways.values()]
    for word, point in names:
        if all(abs(point[1] - other[1]) > apart or abs(point[0] - other[0]) > 4 * apart for other in taken):
            ax.annotate(word, point, xytext=(4, 4), textcoords="offset points", fontsize=9, color="0.35")
            taken.append(point)
    for word, way in ways.items():
        [line] = ax.plot(*way.T, marker=".", markersize=5, linewidth=1.2)
        ax.plot(*way[-1], marker="*", markersize=12, color=line.get_color())
        ax.annotate(word, way[-1], xytext=(6, -12), textcoords="offset points", color=line.get_color(), weight="bold")
        ax.plot(*way[0], marker="s", markersize=8, color="black")
    ax.set(title=f"2 axes hold {projection.share:.0%} of the variance", xlabel="axis 1", ylabel="axis 2")
    ax.margins(0.12)
    ax.legend(loc="best", fontsize=9)
    return ax


def plot_drift(drift, ax=None):
    """Draw how far a row has moved after each step, a line for each {optimiser: (steps,) distances}.

    >>> plot_drift({"SGD": [0.0, 0.0]}).get_xlabel()
    'steps since the gradient was set to 0'
    """
    ax = ax or plt.figure(figsize=(5.0, 3.4)).gca()
    still = [name for name, way in drift.items() if np.max(way) == 0]
    for name, way in drift.items():
        if name not in still[1:]:  # lines that never leave zero lie on one another: they share a name
            [line] = ax.plot(range(len(way)), way)
            shared = "\n".join(still) if name in still else name.replace(", ", ",\n")
            _name(ax, shared, (len(way) - 1, way[-1]), line)
    ax.set(xlabel="steps since the gradient was set to 0", ylabel="distance moved")
    return ax


def plot_losses(losses, blind, ax=None):
    """Draw {standard deviation: (steps,) losses}, each smoothed over five steps but for its first, and blind guessing.

    >>> plot_losses({"0.1": np.ones(20)}, blind=6.4).get_ylabel()
    'loss (nats)'
    """
    ax = ax or plt.figure(figsize=(5.0, 3.4)).gca()
    for style, (name, losses_of_one) in zip(("-", "--", ":"), losses.items(), strict=False):
        smooth = np.convolve(losses_of_one, np.ones(5) / 5, mode="valid")
        [line] = ax.plot([0, *range(4, 4 + len(smooth))], [losses_of_one[0], *smooth], linestyle=style)
        at = int(len(smooth) * 0.02) if losses_of_one[0] > 1.3 * blind else len(smooth) - 1
        _name(ax, f"start {name}", (at + 4, smooth[at]), line)
    ax.axhline(blind, color="black", linestyle="--", linewidth=1)
    ax.annotate("blind guessing", (1, blind), xycoords=("axes fraction", "data"), xytext=(0, 4),
                textcoords="offset points", ha="right", fontsize=9)
    ax.set(xlabel="step", ylabel="loss (nats)", ylim=(0, None))
    return ax


def _name(ax, name, point, line):
    """Write the name of a line beside one of its points."""
    ax.annotate(name, point, xytext=(6, 0), textcoords="offset points", va="center", fontsize=9,
                color=line.get_color(), annotation_clip=False)

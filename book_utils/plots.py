"""Figures: each function draws into `ax` (or into a new one) and returns it."""

import matplotlib.pyplot as plt
import numpy as np


def plot_rows(vectors, names, ax=None):
    """Draw each of (n, d) vectors as a strip of d cells, dark for small and light for large numbers.

    >>> plot_rows([[0.0, 1.0], [1.0, 0.0]], ["cat", "dog"]).get_xlabel()
    'column of the table'
    """
    vectors = np.asarray(vectors)
    if ax is None:
        ax = plt.figure(figsize=(5.0, 0.8 + 0.36 * len(vectors))).gca()
    reach = np.abs(vectors).max()
    image = ax.imshow(vectors, cmap="gray", aspect="auto", vmin=-reach, vmax=reach)
    ax.set(yticks=range(len(names)), yticklabels=names, xlabel="column of the table")
    ax.set_yticks(np.arange(len(names) - 1) + 0.5, minor=True)
    ax.grid(which="minor", axis="y", color="white", linewidth=4)
    ax.tick_params(which="minor", length=0)
    ax.spines[:].set_visible(False)
    ax.figure.colorbar(image, ax=ax, label="value")
    return ax


MARKERS = "osD^Pv*X"


def plot_cosines(cosines, axes=None):
    """Draw one histogram for each {dim: cosines}, side by side, cosines on one scale.

    >>> plot_cosines({2: [0.5, -0.5], 768: [0.0, 0.01]})[0].get_title()
    'd = 2'
    """
    if axes is None:
        axes = plt.figure(figsize=(5.0, 2.6)).subplots(1, len(cosines), sharex=True)
    for ax, (dim, values) in zip(axes, cosines.items(), strict=True):
        ax.hist(values, bins=np.linspace(-1, 1, 61))
        ax.set(title=f"d = {dim}", xlabel="cosine", yticks=[])  # heights: each to its own scale
    axes[0].set_ylabel("pairs")
    return axes


def plot_moved(movements, ax=None):
    """Draw one band for each {name: (rows,) movements}: a pale line for each row that moved, a
    dark one where it moved at least a fifth as far as the farthest.

    >>> plot_moved({"SGD": [0.0, 1.0]}).get_xlabel()
    'row of the table'
    """
    if ax is None:
        ax = plt.figure(figsize=(5.0, 0.8 + 0.55 * len(movements))).gca()
    for level, (_name, moved) in enumerate(movements.items()):
        moved = np.asarray(moved)
        far = moved >= 0.2 * moved.max()
        # Pale lines wide enough to run together: separate thin ones would draw stripes that mean nothing.
        ax.vlines(np.flatnonzero(moved), level - 0.4, level + 0.4, colors="0.8", linewidth=1.6)
        ax.vlines(np.flatnonzero(far), level - 0.4, level + 0.4, colors="black", linewidth=1.2)
    names = [f"{name}\n{np.count_nonzero(moved)} rows" for name, moved in movements.items()]
    ax.set(yticks=range(len(names)), yticklabels=names, xlabel="row of the table", ylim=(len(names) - 0.5, -0.5))
    return ax


def plot_quality(counts, shares, axes=None):
    """Draw the quality of each word against how often it was looked up, one panel for each {step: (n,) shares}.

    >>> plot_quality([10, 100], {150: [0.2, 0.8]})[0].get_title()
    'after 150 steps'
    """
    if axes is None:
        axes = np.atleast_1d(plt.figure(figsize=(5.0, 3)).subplots(1, len(shares), sharey=True))
    jitter = np.random.default_rng(0).uniform(-0.02, 0.02, len(counts))  # equal shares would hide one another
    for ax, (step, share) in zip(axes, shares.items(), strict=True):
        ax.scatter(counts, share + jitter, s=16, alpha=0.6)
        ax.set(title=f"after {step} steps", xlabel="lookups", xscale="log", ylim=(-0.06, 1.06))
    axes[0].set_ylabel("neighbours of its own group")
    return axes


def plot_map(projection, groups, ax=None):
    """Draw a Projection of the words of {group: words}, with a marker and a colour for each group.

    >>> from book_utils.geometry import project
    >>> plot_map(project([[0, 0], [1, 2], [3, 1]]), {"pets": ["cat", "dog"], "food": ["pie"]}).get_title()
    '2 axes hold 100% of the variance'
    """
    if ax is None:
        ax = plt.figure(figsize=(5.0, 4.6)).gca()
    start, labelled = 0, []
    apart = 0.06 * np.ptp(projection.points, axis=0).max()
    for marker, (group, words) in zip(MARKERS, groups.items(), strict=False):
        points = projection.points[start : start + len(words)]
        ax.scatter(*points.T, marker=marker, s=34, label=group)
        for word, point in zip(words, points, strict=True):
            if all(abs(point[1] - other[1]) > apart or abs(point[0] - other[0]) > 4 * apart for other in labelled):
                ax.annotate(word, point, xytext=(4, 4), textcoords="offset points", fontsize=9)
                labelled.append(point)
        start += len(words)
    ax.set(title=f"2 axes hold {projection.share:.0%} of the variance", xlabel="axis 1", ylabel="axis 2")
    ax.legend(loc="best", fontsize=9)
    return ax


def plot_places(cosines, projection, first=20, last=40, axes=None):
    """Draw (n, n) cosines of places as a picture, and beside it their Projection from `first` to `last` as a curve.

    >>> from book_utils.geometry import project
    >>> plot_places(np.eye(3), project(np.eye(3)), first=0, last=2)[1].get_xlabel()
    'axis 1'
    """
    if axes is None:
        axes = plt.figure(figsize=(5.0, 3.2)).subplots(1, 2)
    image = axes[0].imshow(cosines, cmap="gray", vmin=0, vmax=1)
    axes[0].set(xlabel="place", ylabel="place")
    axes[0].figure.colorbar(image, ax=axes[0], label="cosine", shrink=0.8)
    axes[1].plot(*projection.points[first : last + 1].T, marker="o", markersize=3, linewidth=1)
    for place in range(first, last + 1, 5):
        axes[1].annotate(str(place), projection.points[place], xytext=(3, 3), textcoords="offset points", fontsize=9)
    axes[1].set_aspect("equal", adjustable="datalim")
    axes[1].locator_params(nbins=2)
    axes[1].tick_params(axis="x", labelsize=8)  # half a figure wide: larger numbers would touch
    axes[1].set(title=f"{projection.share:.0%} of the variance", xlabel="axis 1", ylabel="axis 2")
    return axes


def plot_waves(waves, ax=None):
    """Draw (places, columns) of waves as a picture, dark for -1 and light for 1.

    >>> plot_waves(np.zeros((2, 4))).get_ylabel()
    'place'
    """
    if ax is None:
        ax = plt.figure(figsize=(5.0, 3.4)).gca()
    image = ax.imshow(waves, cmap="gray", aspect="auto", vmin=-1, vmax=1)
    ax.set(xlabel="column", ylabel="place")
    ax.figure.colorbar(image, ax=ax, label="value")
    return ax


def plot_wavelengths(wavelengths, context, ax=None, called="context"):
    """Draw the wavelength of each pair for each {name: (pairs,)}, and the context, or what it is, as a dashed line.

    >>> plot_wavelengths({"base 10,000": [6.3, 600.0]}, 2048).get_yscale()
    'log'
    """
    if ax is None:
        ax = plt.figure(figsize=(5.0, 3.4)).gca()
    for marker, (name, lengths) in zip(MARKERS, wavelengths.items(), strict=False):
        ax.plot(lengths, marker=marker, markersize=4, label=name)
    ax.axhline(context, color="black", linestyle="--", linewidth=1)
    ax.annotate(f"{called} {context:,}", (0, context), xytext=(2, 4), textcoords="offset points", fontsize=9)
    ax.set(xlabel="pair", ylabel="wavelength (places)", yscale="log")
    ax.legend(loc="lower right")
    return ax


def plot_times(times, ax=None):
    """Draw {name: (counts, seconds)} on logarithmic axes, copying as a dashed line.

    >>> plot_times({"copying": ([1, 10], [1e-6, 1e-5])}).get_xscale()
    'log'
    """
    if ax is None:
        ax = plt.figure(figsize=(5.0, 3.8)).gca()
    for marker, (name, (counts, seconds)) in zip(MARKERS, times.items(), strict=False):
        style = "--" if name == "copying" else "-"
        ax.plot(counts, np.array(seconds) * 1e6, style, marker=marker, markersize=4, label=name)
    ax.set(xlabel="rows looked up", ylabel="time (µs)", xscale="log", yscale="log")
    ax.legend(fontsize=9)
    return ax

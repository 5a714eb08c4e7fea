"""Figures: each function draws into `ax` (or into a new one) and returns it. Its title is a sentence."""

import numpy as np

from .labels import along, colour, count_by_tens, label_lines, label_points, new_axes, new_figure, say

MARKERS = "osD^Pv*X"


def plot_rows(vectors, names, ax=None):
    """Draw each of (n, d) vectors as a strip of d cells, dark for small and light for large numbers.

    >>> plot_rows([[0.0, 1.0], [1.0, 0.0]], ["cat", "dog"]).get_xlabel()
    'column of the table'
    """
    vectors = np.asarray(vectors)
    ax = ax or new_axes(1.3 + 0.36 * len(vectors))
    reach = np.abs(vectors).max()
    for level, vector in enumerate(vectors):
        ax.imshow([vector], cmap="gray", aspect="auto", vmin=-reach, vmax=reach,
                  extent=(-0.5, len(vector) - 0.5, level + 0.42, level - 0.42))
    ax.set(yticks=range(len(names)), yticklabels=names, xlabel="column of the table", ylim=(len(names) - 0.5, -0.5))
    ax.spines[:].set_visible(False)
    say(ax, f"Black stands for {-reach:.2g}, white for {reach:.2g}")
    return ax


def plot_cosines(cosines, axes=None):
    """Draw one histogram for each {dim: cosines}, one above the other, cosines on one scale.

    >>> plot_cosines({2: [0.5, -0.5], 768: [0.0, 0.01]})[0].get_title()
    'd = 2'
    """
    if axes is None:
        axes = new_figure(1.1 + 1.1 * len(cosines)).subplots(len(cosines), 1, sharex=True)
    for ax, (dim, values) in zip(axes, cosines.items(), strict=True):
        ax.hist(values, bins=np.linspace(-1, 1, 61))
        ax.set(title=f"d = {dim}", yticks=[])  # heights: each to its own scale
        ax.spines["left"].set_visible(False)
    axes[-1].set(xlabel="cosine", xticks=[-1, 0, 1])
    say(axes[0], f"How often each cosine comes, among {len(values):,} pairs")
    return axes


def plot_moved(movements, ax=None):
    """Draw one band for each {name: (rows,) movements}: a pale line for each row that moved, a
    dark one where it moved at least a fifth as far as the farthest.

    >>> plot_moved({"SGD": [0.0, 1.0]}).get_xlabel()
    'row of the table'
    """
    ax = ax or new_axes(1.24 + 0.75 * len(movements))
    for level, (name, moved) in enumerate(movements.items()):
        moved = np.asarray(moved)
        for drawn, width, shade in ((moved > 0, 1.6, "C0"), (moved >= 0.2 * moved.max(), 1.2, "black")):
            rows = np.flatnonzero(drawn)
            # Lines wide enough to run together: separate thin ones would draw stripes that mean nothing.
            xs, ys = np.repeat(rows, 3) + 0.0, np.tile([level + 0.28, level - 0.12, np.nan], len(rows))
            ax.plot(xs, ys, color=shade, linewidth=width, solid_capstyle="butt", alpha=0.45 if shade == "C0" else 1)
        ax.annotate(f"{name}: {np.count_nonzero(moved)} rows", (0, level - 0.16), va="bottom")
    ax.set(yticks=[], xlabel="row of the table", ylim=(len(movements) - 0.6, -0.65))
    ax.spines["left"].set_visible(False)
    say(ax, "Each row that moved has a line")
    return ax


def plot_quality(counts, shares, axes=None):
    """Draw the quality of each word against how often it was looked up, one panel for each {step: (n,) shares}.

    >>> plot_quality([10, 100], {150: [0.2, 0.8]})[0].get_title()
    'after 150 steps'
    """
    if axes is None:
        axes = np.atleast_1d(new_figure(3.2).subplots(1, len(shares), sharey=True))
    jitter = np.random.default_rng(0).uniform(-0.02, 0.02, len(counts))  # equal shares would hide one another
    for ax, (step, share) in zip(axes, shares.items(), strict=True):
        ax.scatter(counts, share + jitter, s=16, alpha=0.6)
        ax.set(title=f"after {step} steps", xlabel="lookups", xscale="log", ylim=(-0.06, 1.06), yticks=[0, 0.5, 1])
        count_by_tens(ax.xaxis)
    say(axes[0], "Each dot is a word: how many of its neighbours are of its own group")
    return axes


def plot_map(projection, groups, ax=None, first=()):
    """Draw a Projection of {group: words}, with a marker and a colour for each group; those in `first` are named first.

    >>> from book_utils.geometry import project
    >>> plot_map(project([[0, 0], [1, 2], [3, 1]]), {"pets": ["cat", "dog"], "food": ["pie"]}).get_title()
    '2 axes hold 100% of the variance'
    """
    ax = ax or new_axes(4.6)
    kinds = [i for i, words in enumerate(groups.values()) for _ in words]
    for i, group in enumerate(groups):
        points = projection.points[np.equal(kinds, i)]
        ax.scatter(*points.T, marker=MARKERS[i % len(MARKERS)], s=30, color=colour(i), label=group)
    ax.set(title=f"2 axes hold {projection.share:.0%} of the variance", xlabel="axis 1", ylabel="axis 2",
           xticks=[], yticks=[])
    ax.margins(0.12, 0.06)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.08), ncols=2, labelcolor="linecolor", handletextpad=0)
    named = zip(sum(groups.values(), []), projection.points, map(colour, kinds), strict=True)
    label_points(ax, *zip(*sorted(named, key=lambda one: one[0] not in first), strict=True))
    return ax


def plot_places(cosines, projection, first=20, last=40, axes=None):
    """Draw (n, n) cosines of places as a picture, and beside it their Projection from `first` to `last` as a curve.

    >>> from book_utils.geometry import project
    >>> plot_places(np.eye(3), project(np.eye(3)), first=0, last=2)[1].get_xlabel()
    'axis 1'
    """
    if axes is None:
        axes = new_figure(3.0).subplots(1, 2)
    size = len(cosines)
    by = 1 + size // 300  # places to a cell: a column of a phone has no more than 300 pixels
    cells = np.asarray(cosines)[: size // by * by, : size // by * by].reshape(size // by, by, size // by, by)
    axes[0].imshow(cells.mean(axis=(1, 3)), cmap="gray", vmin=0, vmax=1, extent=(0, size, size, 0))
    axes[0].set(xlabel="place", ylabel="place")
    axes[0].locator_params(nbins=3)
    points = projection.points[first : last + 1]
    axes[1].plot(*points.T, marker="o", markersize=3, linewidth=1)
    axes[1].set_aspect("equal", adjustable="datalim")
    axes[1].set(xlabel="axis 1", ylabel="axis 2", xticks=[], yticks=[])
    axes[1].margins(0.25)
    say(axes[0], f"Cosines from black (0) to white (1); a curve with {projection.share:.0%} of the variance")
    named = range(first, last + 1, 5)
    label_points(axes[1], [str(place) for place in named], points[::5], ["C0"] * len(named), along(points))
    return axes


def plot_waves(waves, ax=None):
    """Draw (places, columns) of waves as a picture, dark for -1 and light for 1.

    >>> plot_waves(np.zeros((2, 4))).get_ylabel()
    'place'
    """
    ax = ax or new_axes(3.2)
    ax.imshow(waves, cmap="gray", aspect="auto", vmin=-1, vmax=1)
    ax.set(xlabel="column", ylabel="place")
    say(ax, "Each column a wave, from black (−1) to white (1)")
    return ax


def plot_wavelengths(wavelengths, context, ax=None, called="context"):
    """Draw the wavelength of each pair for each {name: (pairs,)}, and the context, or what it is, as a dashed line.

    >>> plot_wavelengths({"base 10,000": [6.3, 600.0]}, 2048).get_yscale()
    'log'
    """
    ax = ax or new_axes(3.8)
    for marker, lengths in zip(MARKERS, wavelengths.values(), strict=False):
        ax.plot(lengths, marker=marker, markersize=4)
    ax.axhline(context, color="black", linestyle="--", linewidth=1)
    ax.set(xlabel="pair", ylabel="places", yscale="log")
    count_by_tens(ax.yaxis)
    say(ax, "After how many places each pair has turned once round")
    lines = [[*enumerate(lengths)] for lengths in wavelengths.values()]
    dashes = [(0, context), (max(map(len, lines)), context)]
    colours = ["black", *map(colour, range(len(lines)))]
    label_lines(ax, [f"{called} {context:,}", *wavelengths], [dashes, *lines], colours)
    return ax


def plot_times(times, ax=None):
    """Draw {name: (counts, seconds)} on logarithmic axes, copying as a dashed line.

    >>> plot_times({"copying": ([1, 10], [1e-6, 1e-5])}).get_xscale()
    'log'
    """
    ax = ax or new_axes(4.8)
    for marker, (name, (counts, seconds)) in zip(MARKERS, times.items(), strict=False):
        style = "--" if name == "copying" else "-"
        ax.plot(counts, np.array(seconds) * 1e6, style, marker=marker, markersize=4, label=name)
    ax.set(xlabel="rows looked up", ylabel="time (µs)", xscale="log", yscale="log")
    count_by_tens(ax.xaxis, ax.yaxis)
    say(ax, "How long it takes to look rows up")
    # Where lines nearly touch, a name beside one could be that of the other.
    ax.legend(loc="upper left", bbox_to_anchor=(0, -0.17), labelcolor="linecolor", handlelength=1.6)
    return ax

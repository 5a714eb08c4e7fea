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
        ax = plt.figure(figsize=(6.4, 0.8 + 0.36 * len(vectors))).gca()
    reach = np.abs(vectors).max()
    image = ax.imshow(vectors, cmap="gray", aspect="auto", vmin=-reach, vmax=reach)
    ax.set(yticks=range(len(names)), yticklabels=names, xlabel="column of the table")
    ax.set_yticks(np.arange(len(names) - 1) + 0.5, minor=True)
    ax.grid(which="minor", axis="y", color="white", linewidth=4)
    ax.tick_params(which="minor", length=0)
    ax.spines[:].set_visible(False)
    ax.figure.colorbar(image, ax=ax, label="value")
    return ax

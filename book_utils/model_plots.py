"""Figures of a language model: the whole of it on one page, what breaking it costs, a token on its way."""

import textwrap

from matplotlib.patches import Rectangle

from .labels import colour, label_lines, new_axes, say
from .plots import MARKERS

STEPS = (
    ("text", "the tokenizer cuts it into tokens"),
    ("IDs (T,)", "one number a token: only a name"),
    ("table[IDs] (T, dim)", "the lookup: one row a token"),
    ("attention", "norm, then look back: here places count"),
    ("feed-forward", "norm, then each place alone"),
    ("norm", "the state after the last block"),
    ("scores (T, |V|)", "compare with every row of the table"),
)


def whole_model(n_blocks, ax=None):
    """Draw a model of Llama's kind from its text to its scores, with a mark at what this book is about.

    >>> len(whole_model(30).patches)
    2
    """
    ax = ax or new_axes(8)
    for level, (name, says) in enumerate(STEPS):
        ours = level <= 2
        box = {"boxstyle": "round,pad=0.2", "facecolor": "none", "edgecolor": "#48566b"}
        ax.text(0.55, -level, name, ha="center", va="center", bbox=box, weight="bold" if ours else "normal")
        ax.text(0.55, -level - 0.17, textwrap.fill(says, 27), ha="center", va="top")
        if level:
            ax.annotate("", (0.55, -level + 0.14), (0.55, -level + 0.37), arrowprops={"arrowstyle": "->"})
    ax.add_patch(Rectangle((0.06, -4.5), 0.98, 1.68, fill=False, linestyle="--"))
    ax.text(0, -3.6, f"block, {n_blocks} times", rotation=90, ha="center", va="center")
    ax.text(0, -1.0, "you are here", rotation=90, ha="center", va="center", weight="bold", color="C0")
    ax.add_patch(Rectangle((0.06, -2.5), 0.98, 2.7, fill=False, linewidth=2, edgecolor="C0"))
    ax.set(xlim=(-0.06, 1.06), ylim=(-6.6, 0.3))
    ax.axis("off")
    return ax


def plot_losses(losses, blind, ax=None):
    """Draw one bar for each {what was changed: loss in nats a token}, and blind guessing as a dashed line.

    >>> plot_losses({"nothing": 2.8, "two bits": 33.8}, blind=10.8).get_xlabel()
    'loss (nats a token)'
    """
    ax = ax or new_axes(1.6 + 0.6 * len(losses))
    for level, (name, loss) in enumerate(losses.items()):
        ax.barh(level, loss, height=0.36, color="C0")
        ax.annotate(f"{name}: {loss:.2f}", (0, level - 0.22), va="bottom")
        ax.vlines(blind, level - 0.2, level + 0.3, color="black", linestyle="--", linewidth=1.2)  # between the names
    ax.annotate(f"blind guessing: {blind:.2f}", (blind, -0.8), ha="right", va="bottom")
    ax.set(yticks=[], xlabel="loss (nats a token)")
    ax.set(ylim=(len(losses) - 0.5, -1.2), xlim=(0, 1.1 * max(blind, *losses.values())))
    ax.spines["left"].set_visible(False)
    return ax


def plot_way(cosines, ax=None):
    """Draw how alike two hidden states are after each block, for each {name: (n_blocks + 1,) cosines}.

    >>> plot_way({"two dogs": [1.0, 0.9, 0.7]}).get_xlabel()
    'block'
    """
    ax = ax or new_axes(3.4)
    for marker, way in zip(MARKERS, cosines.values(), strict=False):
        ax.plot(way, marker=marker, markersize=4, linewidth=1.5)
    ax.set(xlabel="block", ylabel="cosine", ylim=(-0.2, 1.05))
    say(ax, "How alike they are after each block")
    label_lines(ax, list(cosines), [[*enumerate(way)] for way in cosines.values()], [*map(colour, range(len(cosines)))])
    return ax

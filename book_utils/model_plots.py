"""Figures of a language model: the whole of it on one page, what breaking it costs, a token on its way."""

import matplotlib.pyplot as plt

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
    if ax is None:
        ax = plt.figure(figsize=(5.0, 5.2)).gca()
    for level, (name, says) in enumerate(STEPS):
        ours = level <= 2
        box = {"boxstyle": "round,pad=0.4", "facecolor": "0.9" if ours else "none", "edgecolor": "black"}
        ax.text(0.3, -level, name, ha="center", va="center", bbox=box, weight="bold" if ours else "normal")
        ax.text(0.66, -level, says, ha="left", va="center", fontsize=10)
        if level:
            ax.annotate("", (0.3, -level + 0.27), (0.3, -level + 0.73), arrowprops={"arrowstyle": "->"})
    ax.add_patch(plt.Rectangle((0.0, -4.45), 0.6, 1.9, fill=False, linestyle="--"))
    ax.text(-0.05, -3.5, f"block, {n_blocks} times", rotation=90, ha="center", va="center", fontsize=10)
    ax.text(-0.05, -1.0, "you are here", rotation=90, ha="center", va="center", fontsize=10, weight="bold")
    ax.add_patch(plt.Rectangle((0.0, -2.45), 0.6, 2.9, fill=False, linewidth=2))
    ax.set(xlim=(-0.1, 1.75), ylim=(-6.5, 0.6))
    ax.axis("off")
    return ax


def plot_losses(losses, blind, ax=None):
    """Draw one bar for each {what was changed: loss in nats a token}, and blind guessing as a dashed line.

    >>> plot_losses({"nothing": 2.8, "two bits": 33.8}, blind=10.8).get_xlabel()
    'loss (nats a token)'
    """
    if ax is None:
        ax = plt.figure(figsize=(5.0, 1.1 + 0.42 * len(losses))).gca()
    for level, loss in enumerate(losses.values()):
        ax.barh(level, loss, height=0.62, color="0.75", edgecolor="black")
        ax.annotate(f"{loss:.2f}", (loss, level), xytext=(4, 0), textcoords="offset points", va="center")
    ax.axvline(blind, color="black", linestyle="--", linewidth=1.2)
    ax.annotate("blind guessing ", (blind, -0.75), ha="right", va="center", fontsize=10)
    ax.set(yticks=range(len(losses)), yticklabels=losses, xlabel="loss (nats a token)")
    ax.set(ylim=(len(losses) - 0.5, -1.1), xlim=(0, 1.18 * max(blind, *losses.values())))
    ax.tick_params(axis="y", length=0)
    return ax


def plot_way(cosines, ax=None):
    """Draw how alike two hidden states are after each block, for each {name: (n_blocks + 1,) cosines}.

    >>> plot_way({"two dogs": [1.0, 0.9, 0.7]}).get_xlabel()
    'block'
    """
    if ax is None:
        ax = plt.figure(figsize=(5.0, 3.4)).gca()
    for marker, (name, way) in zip(MARKERS, cosines.items(), strict=False):
        (line,) = ax.plot(way, marker=marker, markersize=4, linewidth=1.5)
        ax.annotate(name, (len(way) - 1, way[-1]), xytext=(6, 0), textcoords="offset points", va="center",
                    color=line.get_color())
    ax.set(xlabel="block", ylabel="cosine", ylim=(-0.2, 1.05))
    ax.margins(x=0.02)
    return ax

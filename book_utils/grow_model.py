"""A model that has grown: new rows at both of its ends, and all the rest held where it was while they are trained."""

import copy

import numpy as np

from .grow import add_tokens, started


def add_to_model(model, tokens, start="mean", seed=0):
    """Return a copy of a TinyModel with more tokens: new rows at its input, and at its output where that is another.

    The bias of an output row is taken for one more of its numbers. Raises what `add_tokens` raises.

    >>> from .tiny_model import TinyModel
    >>> add_to_model(TinyModel(["<bos>", "cat"]), ["dog"]).probabilities([[0, 0, 0, 2]]).shape
    (1, 3)
    """
    model, n = copy.deepcopy(model), len(tokens)
    weights = model.weights
    grown = add_tokens(model.table, tokens, start, seed)
    if not model.tied:
        new = started(weights["output"].T, n, start, seed + 1)
        weights["output"] = np.concatenate([weights["output"], new.T], axis=1)
    bias_start = "mean" if isinstance(start, str) and start == "mean" else "zeros"
    bias = started(weights["output_bias"][:, None], n, bias_start)
    weights["output_bias"] = np.append(weights["output_bias"], bias)
    weights["token"], model.tokens = grown.vectors.copy(), list(grown.tokens)
    return model


class OnlyRows:
    """Step as another optimiser does, then put everything back but some rows: a mask that holds.

    To set gradients to 0 is not enough: momentum and decay move weights that have none. `ids` are rows of the table,
    and of an output of its own with their biases.

    >>> from .optimisers import SGD
    >>> from .tiny_model import Gradient
    >>> weights = {"token": np.zeros((3, 1))}
    >>> OnlyRows(SGD(lr=1), [2]).step(weights, {"token": Gradient(slice(None), np.ones((3, 1)))})
    >>> weights["token"].ravel().tolist()
    [0.0, 0.0, -1.0]
    """

    def __init__(self, optimiser, ids):
        self.optimiser, self.ids, self.lr = optimiser, np.asarray(ids), optimiser.lr

    def step(self, weights, gradients):
        """Change the rows of `ids` in place by `gradients` {name: Gradient}, and nothing else."""
        before = {name: weight.copy() for name, weight in weights.items()}
        self.optimiser.step(weights, gradients)
        for name, weight in weights.items():
            moved = [part[..., self.ids].copy() for part in _by_token(name, weight)]
            weight[...] = before[name]
            for part, new in zip(_by_token(name, weight), moved, strict=True):
                part[..., self.ids] = new


def _by_token(name, weight):
    """Return a view of a weight whose last axis is the vocabulary, in a list that is empty where it has none."""
    return {"token": [weight.T], "output": [weight], "output_bias": [weight]}.get(name, [])

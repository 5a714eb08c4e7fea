"""Experiments on a tiny model while it trains: a frozen row that moves, a padding row."""

import copy

import numpy as np
from threadpoolctl import threadpool_limits

from .corpus import BOS, next_token_examples
from .grow import untie
from .optimisers import LazyAdam
from .tiny_model import ALL_ROWS, Gradient


def drift_of_frozen(model, sentences, token, optimiser, steps=60, afresh=False, seed=4):
    """Train a copy for some steps, then set the gradient of one row to 0 for as many more: how far does it move?

    `afresh` begins the optimiser anew at that moment. (steps + 1,) distances out, the first is 0.

    >>> from .optimisers import SGD
    >>> from .tiny_model import TinyModel
    >>> drift_of_frozen(TinyModel(["<bos>", "cat", "sat"]), ["cat sat"], "cat", SGD(), steps=2).tolist()
    [0.0, 0.0, 0.0]
    """
    model, used, row = copy.deepcopy(model), copy.deepcopy(optimiser), model.tokens.index(token)
    train_on(model, sentences, used, steps, seed)
    start, distances = model.weights["token"][row].copy(), []

    def masked(model, contexts, targets):
        loss, gradients = model.loss_and_gradients(contexts, targets)
        distances.append(float(np.linalg.norm(model.weights["token"][row] - start)))
        whole = np.zeros_like(model.weights["token"])
        whole[gradients["token"].rows] = gradients["token"].values
        whole[row] = 0
        return loss, gradients | {"token": Gradient(ALL_ROWS, whole)}

    train_on(model, sentences, copy.deepcopy(optimiser) if afresh else used, steps, seed + 1, masked)
    return np.array([*distances, float(np.linalg.norm(model.weights["token"][row] - start))])


def padding_after(model, sentences, steps, optimiser=None, seed=4):
    """Train a copy whose `<bos>` is padding: a row of zeros that gets no gradient from being looked up.

    Returns the length of that row afterwards, and the mean length of the others. What PyTorch calls `padding_idx`.

    >>> from .tiny_model import TinyModel
    >>> padding_after(TinyModel(["<bos>", "cat", "sat"]), ["cat sat"], steps=3)[0]
    0.0
    """
    model, optimiser, row = copy.deepcopy(model), copy.deepcopy(optimiser), model.tokens.index(BOS)
    model.weights["token"][row] = 0

    def gradients_of(model, contexts, targets):
        return without_padding(model, contexts, targets, row)

    train_on(model, sentences, optimiser or LazyAdam(lr=0.01), steps, seed, gradients_of)
    lengths = np.linalg.norm(model.weights["token"], axis=1)
    return float(lengths[row]), float(np.delete(lengths, row).mean())


def without_padding(model, contexts, targets, row):
    """Return loss and gradients as `loss_and_gradients` does, without what row `row` gets from being looked up."""
    loss, gradients = untie(model).loss_and_gradients(contexts, targets)  # one gradient for each use of the table
    rows, values = gradients["token"]
    values[rows == row] = 0
    if model.tied:
        whole = gradients.pop("output").values.T.copy()
        whole[rows] += values
        gradients["token"] = Gradient(ALL_ROWS, whole)
    return loss, gradients


@threadpool_limits.wrap(limits=1)  # as in `training`: the matrices are small
def train_on(model, sentences, optimiser, steps, seed, gradients_of=None, batch=256):
    """Train a model in place; `gradients_of` may change its gradients."""
    contexts, targets = next_token_examples(sentences, model.tokens, model.context)
    gradients_of = gradients_of or type(model).loss_and_gradients
    dice = np.random.default_rng(seed)
    for _ in range(steps):
        taken = dice.integers(0, len(targets), batch)
        _, gradients = gradients_of(model, contexts[taken], targets[taken])
        optimiser.step(model.weights, gradients)

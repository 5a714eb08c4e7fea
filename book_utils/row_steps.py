"""One row that learns from one example, again and again: what was predicted, what was wanted, and each word's push."""

import copy
from typing import NamedTuple

import numpy as np

from .tiny_model import softmax


class RowStep(NamedTuple):
    """A step of one row: `row` (d,) before it, `predicted` (m,), a push (m, d) of each of m words, the loss in nats.

    The row after it is `row + pushes.sum(axis=0)`.
    """

    row: np.ndarray
    predicted: np.ndarray
    pushes: np.ndarray
    loss: float


def steps_of(row, outputs, wanted, lr=1.0, steps=20):
    """Let a row (d,) step `steps` times towards the word `wanted` of the output vectors (m, d): a list of RowStep.

    The output vectors rest; each word pushes by lr x (wanted - predicted) x its output vector.

    >>> [round(step.loss, 2) for step in steps_of([0.0], [[1.0], [-1.0]], wanted=0, steps=3)]
    [0.69, 0.13, 0.08]
    """
    row, outputs = np.asarray(row, dtype=np.float64), np.asarray(outputs, dtype=np.float64)
    right, found = np.eye(len(outputs))[wanted], []
    for _ in range(steps):
        predicted = softmax(outputs @ row)
        pushes = lr * (right - predicted)[:, None] * outputs
        found.append(RowStep(row, predicted, pushes, float(-np.log(predicted[wanted]))))
        row = row + pushes.sum(axis=0)
    return found


def steps_in_model(model, context, wanted, lr=1.0, steps=20):
    """Let the row of the last token of a context (a list of IDs) step in a TinyModel: a list of RowStep, m = |V|.

    All else rests, so the pushes are those of plain gradient descent on this row, one for each word that may come.
    The model that is handed in stays as it is. Raises ValueError for a tied model, where a word pushes twice.

    >>> from .tiny_model import TinyModel
    >>> model = TinyModel(["<bos>", "the", "cat"], dim=2)
    >>> [step.pushes.shape for step in steps_in_model(model, [0, 0, 0, 1], wanted=2, steps=1)]
    [(3, 2)]
    """
    if model.tied:
        raise ValueError("in a tied model the rows are the output vectors, too: give one that is not tied.")
    weights = {name: values.astype(np.float64) for name, values in model.weights.items()}
    own = copy.copy(model)
    own.weights, dim, found = weights, weights["token"].shape[1], []
    right = np.eye(len(model.tokens))[wanted]
    for _ in range(steps):
        hidden, _ = own._mix(own._vectors([context]))
        predicted = softmax(own._logits(hidden))[0]
        back = (1 - hidden[0] ** 2)[:, None] * weights["mix"][-dim:].T  # from the last row to what the output meets
        pushes = lr * (right - predicted)[:, None] * (weights["output"].T @ back)
        row = weights["token"][context[-1]].copy()
        found.append(RowStep(row, predicted, pushes, float(-np.log(predicted[wanted]))))
        weights["token"][context[-1]] += pushes.sum(axis=0)
    return found

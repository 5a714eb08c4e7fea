"""A tiny language model that predicts the next token, with its gradients written by hand.

    x = token[ids] + position          (n, 4, dim)   the lookup of the last 4 tokens, then the sum
    hidden = tanh(x @ mix + mix_bias)  (n, dim)      the 4 rows, side by side, mixed
    p = softmax(hidden @ output + output_bias)       (n, |V|), one probability for every token there is

The form is that of Bengio et al. 2003, "A Neural Probabilistic Language Model"; the position rows are added here.
With `tied=True` the output weights are the token table, turned on its side.
"""

from typing import NamedTuple

import numpy as np

from .lookup import EmbeddingTable

ALL_ROWS = slice(None)


class Gradient(NamedTuple):
    """How the loss grows with one weight: `values[i]` is for row `rows[i]`; a row not named has 0."""

    rows: np.ndarray | slice
    values: np.ndarray


class TinyModel:
    """Predict a token from the `context` tokens before it; `weights` holds all that training changes.

    Raises ValueError if a size is below 1 or there are fewer than two tokens.

    >>> model = TinyModel(["<bos>", "the", "cat"], dim=2)
    >>> model.probabilities([[0, 0, 0, 1]]).shape
    (1, 3)
    """

    def __init__(self, tokens, dim=32, context=4, tied=False, positions=True, dtype="float32", seed=4):
        if min(dim, context) < 1 or len(tokens) < 2:
            raise ValueError(
                "a model needs dim 1 or more, context 1 or more and at least two tokens; "
                f"got dim {dim}, context {context} and {len(tokens)} tokens."
            )
        self.tokens, self.context, self.tied = list(tokens), context, tied
        random = np.random.default_rng(seed)

        def noise(scale, *shape):
            return (scale * random.standard_normal(shape)).astype(dtype)

        # Rows start short, .1 a number: from longer ones the starting noise still shows after training.
        self.weights = {"token": noise(0.1, len(tokens), dim)}
        if positions:
            self.weights["position"] = noise(0.1, context, dim)
        self.weights |= self._mixer_weights(noise, dim)
        if not tied:
            self.weights["output"] = noise(dim**-0.5, dim, len(tokens))
        self.weights["output_bias"] = np.zeros(len(tokens), dtype)

    @property
    def table(self):
        """The token table as it is now, a copy: more training does not change it."""
        return EmbeddingTable(self.weights["token"].copy(), self.tokens)

    def probabilities(self, contexts):
        """Return the chance of every token to come next: (n, context) IDs in, (n, |V|) numbers out.

        >>> float(TinyModel(["<bos>", "cat"]).probabilities([[0, 0, 0, 1]]).sum().round(3))
        1.0
        """
        hidden, _ = self._mix(self._vectors(contexts))
        return softmax(self._logits(hidden))

    def loss(self, contexts, targets):
        """Return the mean surprise, -log p(target), in nats: (n, context) and (n,) IDs in, a float out.

        >>> round(TinyModel(["<bos>", "cat"]).loss([[0, 0, 0, 1]], [1]), 2)
        0.71
        """
        total = 0.0
        for start in range(0, len(targets), 4096):  # |V| numbers an example: a long text needs blocks
            block = slice(start, start + 4096)
            total += _surprises(self.probabilities(contexts[block]), targets[block]).sum()
        return float(total / len(targets))

    def loss_and_gradients(self, contexts, targets):
        """Return the loss and {name of a weight: Gradient}: (n, context) and (n,) IDs in.

        >>> model = TinyModel(["<bos>", "the", "cat"])
        >>> model.loss_and_gradients(np.array([[0, 0, 0, 1]]), np.array([2]))[1]["token"].rows.tolist()
        [0, 1]
        """
        weights, n, dim = self.weights, len(targets), self.weights["token"].shape[1]
        x = self._vectors(contexts)
        hidden, mix_backward = self._mix(x)
        p = softmax(self._logits(hidden))
        loss = float(_surprises(p, targets).mean())

        # The gradient of softmax and surprise together: what the model said, less what was true.
        d_logits = p
        d_logits[np.arange(n), targets] -= 1
        d_logits /= n

        d_x, gradients = mix_backward(d_logits @ self._output().T)
        gradients["output_bias"] = d_logits.sum(axis=0)
        if "position" in weights:
            gradients["position"] = d_x.sum(axis=0)
        if not self.tied:
            gradients["output"] = hidden.T @ d_logits
        gradients = {name: Gradient(ALL_ROWS, values) for name, values in gradients.items()}

        gradients["token"] = sum_repeats(np.ravel(contexts), d_x.reshape(-1, dim))
        if self.tied:  # the softmax used every row of the table, so every row has a gradient
            whole = d_logits.T @ hidden
            whole[gradients["token"].rows] += gradients["token"].values
            gradients["token"] = Gradient(ALL_ROWS, whole)
        return loss, gradients

    def _vectors(self, contexts):
        return self.weights["token"][np.asarray(contexts)] + self.weights.get("position", 0)

    def _output(self):
        return self.weights["token"].T if self.tied else self.weights["output"]

    def _logits(self, hidden):
        logits = hidden @ self._output()
        logits += self.weights["output_bias"]  # in place: this is the largest array of a step
        return logits

    def _mixer_weights(self, noise, dim):
        width = self.context * dim
        mix = noise(width**-0.5, width, dim)
        return {"mix": mix, "mix_bias": np.zeros_like(mix[0])}

    def _mix(self, x):
        """Return hidden (n, dim), and how to go back: d_hidden in, d_x and the gradients of the mixer out."""
        side_by_side, mix = x.reshape(len(x), -1), self.weights["mix"]
        hidden = np.tanh(side_by_side @ mix + self.weights["mix_bias"])

        def backward(d_hidden):
            d_sum = d_hidden * (1 - hidden**2)
            gradients = {"mix": side_by_side.T @ d_sum, "mix_bias": d_sum.sum(axis=0)}
            return (d_sum @ mix.T).reshape(x.shape), gradients

        return hidden, backward


def softmax(logits):
    """Turn each row of scores into probabilities that sum to 1: (..., m) in, (..., m) out.

    >>> softmax(np.array([[0.0, 0.0]])).tolist()
    [[0.5, 0.5]]
    """
    odds = logits - logits.max(axis=-1, keepdims=True)  # a shift changes no share, and exp cannot overflow
    np.exp(odds, out=odds)
    odds /= odds.sum(axis=-1, keepdims=True)
    return odds


def sum_repeats(ids, values):
    """Add up the values of the same ID, because `table[ids] -= values` would keep only the last of them.

    (n,) IDs and (n, dim) numbers in; a Gradient with each ID once, in rising order, out.

    >>> sum_repeats(np.array([7, 3, 7]), np.array([[1.0], [2.0], [4.0]])).values.tolist()
    [[2.0], [5.0]]
    """
    order = np.argsort(ids, kind="stable")
    ids = ids[order]
    starts = np.flatnonzero(np.append(True, ids[1:] != ids[:-1]))
    return Gradient(ids[starts], np.add.reduceat(values[order], starts, axis=0))


def _surprises(p, targets):
    with np.errstate(divide="ignore"):  # a chance that rounds to 0 costs inf
        return -np.log(p[np.arange(len(p)), targets])

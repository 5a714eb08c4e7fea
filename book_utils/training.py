"""Training the tiny language model: text in, a trained copy out, and a record of what its table did."""

import copy
import math
import warnings
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from .corpus import next_token_examples
from .lookup import EmbeddingTable
from .tiny_model import TinyModel

# So many nats above blind guessing, ln |V|, or above the first loss where that is more, on average over 15 steps.
HOPELESS = 3


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The table after `step` steps, the mean loss since the last snapshot, each row's lookups so far."""

    step: int
    loss: float
    table: EmbeddingTable
    lookups: np.ndarray

    def __repr__(self):
        return f"Snapshot(step {self.step}, loss {self.loss:.2f})"


@dataclass(frozen=True, eq=False)
class Training:
    """What `train` did: the trained model, the loss of every step in nats, and snapshots from start to end.

    `held_out_loss` is None without held-out text; `stopped` says why training ended early, or is empty.
    """

    model: TinyModel
    losses: np.ndarray
    snapshots: list[Snapshot]
    held_out_loss: float | None
    stopped: str

    @property
    def lookups(self):
        """How often each row of the table was looked up: (|V|,) whole numbers."""
        return self.snapshots[-1].lookups

    def __repr__(self):
        first, last = self.snapshots[0], self.snapshots[-1]
        end = f": {self.stopped}" if self.stopped else ""
        return f"Training({last.step} steps, loss {first.loss:.2f} to {last.loss:.2f}{end})"


@threadpool_limits.wrap(limits=1)  # the matrices are small: on a busy machine a second thread only makes it wait
def train(model, sentences, optimiser, steps=600, batch=256, seed=4, held_out=None, snapshot_every=15):
    """Return a Training of a copy of `model`; the model and the optimiser handed in stay as they are.

    Each step takes `batch` random examples (a context and its next token); `held_out` are sentences to score
    at the end. If the loss stays far above blind guessing, or is not finite, training stops with a
    RuntimeWarning, and the model is the one of the last snapshot.
    Raises ValueError for text with fewer than two different words, or a count below 1.

    >>> from .optimisers import LazyAdam
    >>> train(TinyModel(["<bos>", "cat", "sat"]), ["cat sat"], LazyAdam(lr=0.1), steps=30)
    Training(30 steps, loss 1.12 to 0.00)
    """
    if min(steps, batch, snapshot_every) < 1:
        raise ValueError(
            f"steps, batch and snapshot_every must be 1 or more; got {steps}, {batch} and {snapshot_every}."
        )
    contexts, targets = next_token_examples(sentences, model.tokens, model.context)
    if len(set(targets.tolist())) < 2:
        raise ValueError(
            f"the text has one word only, {model.tokens[targets[0]]!r}, so there is nothing to predict: "
            "give sentences with two different words or more."
        )
    model, optimiser = copy.deepcopy(model), copy.deepcopy(optimiser)
    lookups = np.zeros(len(model.tokens), dtype=int)
    losses, stopped, good = [], "", copy.deepcopy(model.weights)
    snapshots = [Snapshot(0, model.loss(contexts[:4096], targets[:4096]), model.table, lookups.copy())]
    blind = math.log(len(model.tokens))

    for step, taken in enumerate(_batches(len(targets), batch, steps, seed), start=1):
        with np.errstate(over="ignore", invalid="ignore"):  # said in words below
            loss, gradients = model.loss_and_gradients(contexts[taken], targets[taken])
            optimiser.step(model.weights, gradients)
        losses.append(loss)
        if not (np.mean(losses[-15:]) < max(blind, losses[0]) + HOPELESS and _all_finite(model.weights)):
            stopped = (
                f"training stopped at step {step}: the loss rose to {loss:.1f}, blind guessing {blind:.1f}. "
                f"lr={optimiser.lr:g} is too high; the model is back at step {snapshots[-1].step}."
            )
            warnings.warn(stopped, RuntimeWarning, stacklevel=2)
            model.weights = good
            break
        lookups += np.bincount(contexts[taken].ravel(), minlength=len(lookups))
        if step % snapshot_every == 0 or step == steps:
            recent = np.mean(losses[snapshots[-1].step :])
            snapshots.append(Snapshot(step, float(recent), model.table, lookups.copy()))
            good = copy.deepcopy(model.weights)

    held_out_loss = None
    if held_out is not None:
        held_out_loss = model.loss(*next_token_examples(held_out, model.tokens, model.context))
    return Training(model, np.array(losses), snapshots, held_out_loss, stopped)


def movement_by_row(model, sentences, optimiser):
    """Return how far each row moves when a copy of the model takes one step a sentence, in turn: (n, |V|).

    >>> from .optimisers import SGD
    >>> movement_by_row(TinyModel(["<bos>", "cat", "sat"]), ["cat"], SGD(lr=0.1)).astype(bool).tolist()
    [[True, False, False]]
    """
    model, optimiser = copy.deepcopy(model), copy.deepcopy(optimiser)
    movements = []
    for sentence in [sentences] if isinstance(sentences, str) else sentences:
        before = model.weights["token"].copy()
        _, gradients = model.loss_and_gradients(*next_token_examples(sentence, model.tokens, model.context))
        optimiser.step(model.weights, gradients)
        movements.append(np.linalg.norm(model.weights["token"] - before, axis=1))
    return np.array(movements)


def _batches(n_examples, batch, steps, seed):
    random, order = np.random.default_rng(seed), np.array([], dtype=int)
    for _ in range(steps):
        if len(order) < min(batch, n_examples):
            order = random.permutation(n_examples)
        taken, order = order[:batch], order[batch:]
        yield taken


def _all_finite(weights):
    return all(np.isfinite(weight).all() for weight in weights.values())

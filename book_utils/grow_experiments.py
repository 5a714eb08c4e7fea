"""Changes to the table of a real language model: what new rows take, what padding costs, what trimming does.

Each is an `experiment`: where the weights are not, the record answers.
"""

from typing import NamedTuple

import numpy as np

from .experiments import experiment
from .grow import add_tokens, renumbered, started, trim
from .language_model import log_softmax, rms_norm
from .lookup import EmbeddingTable
from .model_experiments import SIX_TEXTS

TEXTS = [SIX_TEXTS[name] for name in ("history", "cluster", "talk")]  # half of them: each takes a second


@experiment
def taken_by_new(model, starts, n=8, seed=0, lower=0):
    """Return {start: [share, loss]}: what n new tokens take of the probability, and the loss of a known text then.

    `starts` are names of `grow.STARTS`. First one vector is taken away from every row of the output, so that all
    scores at a place fall alike, by `lower` nats on average over the places: no probability changes by that.
    No new token is in the text (TEXTS).
    """
    rows = np.asarray(model.table.vectors)
    read = told(model, rows)
    if lower:
        common = rms_norm(read.states, model.final_norm, model.settings.eps).mean(axis=0)
        rows = rows - np.float32(lower) * common / (common @ common)
        read = read._replace(rows=rows, logits=model.read_out(read.states, output=EmbeddingTable(rows)))
    return {start: with_new(model, read, started(rows, n, start, seed)) for start in starts}


@experiment
def taken_by_length(model, lengths, counts, seed=0):
    """Return {"n new": [share, ...]}, for each count n what so many random rows take, made as long as each length."""
    read = told(model, np.asarray(model.table.vectors))
    shares = {}
    for n in counts:
        new = started(read.rows, n, "N(0, 1)", seed)
        new /= np.linalg.norm(new, axis=1, keepdims=True)
        shares[f"{n} new"] = [with_new(model, read, new * np.float32(length))[0] for length in lengths]
    return shares


@experiment
def lengths(model, seed=0):
    """Return the mean length of the rows, and that of 64 rows of N(0, 1) noise, as a dict."""
    rows = np.asarray(model.table.vectors)
    both = {"mean": rows, "normal": started(rows, 64, "N(0, 1)", seed)}
    return {name: float(np.linalg.norm(some, axis=1).mean(dtype=np.float64)) for name, some in both.items()}


@experiment
def loss_of_all(model):
    """Return the loss over all places of TEXTS together, as `taken_by_new` counts it, with the table as it is."""
    read = told(model, np.asarray(model.table.vectors))
    return _loss(read.logits, read.following)


@experiment
def padded_losses(model, n, start="zeros"):
    """Return the loss on each of TEXTS when n padding tokens stand before it and nobody masks them.

    The padding has a new row; it takes no part in the loss, neither as a question nor as an answer.
    """
    grown = add_tokens(model.table, "<pad>", start)
    losses = []
    for text in TEXTS:
        ids = model.encode(text)
        padded = np.append(np.full(n, len(model.table)), ids)
        logits = model.logits(padded, table=grown, output=model.table)[n:]
        losses.append(_loss(logits[:-1], ids[1:]))
    return losses


@experiment
def trimmed_losses(model, keep):
    """Return the loss on each of TEXTS when only the rows of the IDs in `keep` are left."""
    small, old_ids = trim(model.table, keep)
    return [model.loss(renumbered(model.encode(text), old_ids), table=small) for text in TEXTS]


class Read(NamedTuple):
    """What a model made of texts: `states` at the end (n, dim), scores of the old `rows` (n, |V|), what came next."""

    states: np.ndarray
    rows: np.ndarray
    logits: np.ndarray
    following: np.ndarray


def told(model, rows, texts=TEXTS):
    """Let a model read texts, with (|V|, dim) rows at its output: a Read out."""
    ids = [model.encode(text) for text in texts]
    states = np.concatenate([model.hidden_states(some)[-1, :-1] for some in ids])
    logits = model.read_out(states, output=EmbeddingTable(rows))
    return Read(states, rows, logits, np.concatenate([some[1:] for some in ids]))


def with_new(model, read, new):
    """Return [share, loss] when (n, dim) new rows stand beside those of the output."""
    both = np.concatenate([read.logits, model.read_out(read.states, output=EmbeddingTable(new))], axis=1)
    share = np.exp(log_softmax(both)[:, len(read.rows) :].astype(np.float64)).sum(axis=1)
    return [float(share.mean()), _loss(both, read.following)]


def _loss(logits, following):
    return float(-log_softmax(logits)[np.arange(len(following)), following].mean(dtype=np.float64))

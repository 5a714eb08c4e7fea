"""Questions to a language model: its table, and a token's row on its way through the blocks.

Each is an `experiment`: where the weights are not, the record answers. `SIX_TEXTS` are what losses are told on.
"""

import numpy as np

from . import geometry
from .experiments import experiment
from .language_model import softmax

SIX_TEXTS = {
    "history": "The printing press changed how ideas moved through Europe. Before it, a book was copied by hand, and a "
    "monk could spend a year on a single Bible. Within fifty years of the first press, twenty million books had been "
    "printed, and a farmer's son could own one.",
    "cluster": "Kubernetes schedules each pod onto a node that has enough memory and CPU. If the node fails, the "
    "controller notices that the number of running replicas is too low and starts a new pod on another node. The "
    "service keeps the same address, so clients do not have to know.",
    "recipe": "Heat the oven to 180 degrees. Mix two cups of flour with one cup of sugar and a pinch of salt. Add "
    "three eggs and half a cup of melted butter, and stir until the dough is smooth. Pour it into a pan and bake it "
    "for forty minutes.",
    "code": "def fibonacci(n):\n    a, b = 0, 1\n    for i in range(n):\n        a, b = b, a + b\n    return a\n\n\n"
    "for i in range(10):\n    print(fibonacci(i))\n",
    "talk": "\"Are you coming with us tonight?\" asked Maria. \"I can't,\" said Tom, \"I have to finish this report "
    "before tomorrow morning.\" She laughed. \"You said the same thing last week, and then you watched a film.\"",
    "science": "Water boils at a lower temperature on a mountain because the air pressure is lower there. At the top "
    "of Mount Everest it boils at about 70 degrees Celsius, which is too cool to cook an egg properly or to make good "
    "tea.",
}


@experiment
def losses(model, texts=None, **broken):
    """Return the loss on each text, as a list, in nats a token: None for SIX_TEXTS; keywords break the model."""
    return [model.loss(model.encode(text), **broken) for text in (texts or [*SIX_TEXTS.values()])]


@experiment
def chances(model, ids, **broken):
    """Return the probability that the model gave to each token that came next: (T,) IDs in, T - 1 numbers out."""
    shares = softmax(model.logits(ids, **broken)[:-1].astype(np.float64))
    return [float(share[i]) for share, i in zip(shares, ids[1:], strict=True)]


@experiment
def logit_spread(model, ids):
    """Return mean, standard deviation and largest of all logits after a text: (T,) IDs in, a dict out."""
    logits = model.logits(ids)[-1].astype(np.float64)
    return {"mean": float(logits.mean()), "std": float(logits.std()), "largest": float(logits.max())}


@experiment
def way_of_a_row(model, ids, place=-1, k=3, **broken):
    """Follow the token at one place from its row through every block: (T,) IDs in, a dict of lists out.

    Each list has n_blocks + 1 entries. `cosine` is with its own row, `length` of the hidden state, `nearest` the k
    tokens whose rows are nearest to it, `next` the k likeliest next tokens if it were read out there.
    """
    states = model.hidden_states(ids, **broken)[:, place]
    table = model.table
    ways = [geometry.nearest(state, table, k) for state in states]
    return {
        "cosine": [float(geometry.cosine(state, states[0])) for state in states],
        "length": [float(np.linalg.norm(state.astype(np.float64))) for state in states],
        "nearest": [[[token, float(cosine)] for token, cosine in way] for way in ways],
        "next": [model.likeliest(logits, k) for logits in model.read_out(states)],
    }


@experiment
def two_tokens(model, ids, place, other_ids, other_place):
    """Return the cosine of two tokens' hidden states, in one text or two, at the input and after each block."""
    ours, theirs = model.hidden_states(ids)[:, place], model.hidden_states(other_ids)[:, other_place]
    return [float(geometry.cosine(a, b)) for a, b in zip(ours, theirs, strict=True)]


@experiment
def neighbours(model, query, k=5, table=None):
    """Return the k rows nearest to a token or ID, as [token, cosine]; `table` is searched in place of the model's."""
    return _pairs(geometry.nearest(query, model.table if table is None else table, k))


@experiment
def analogy(model, a, b, c, k=5, allow_inputs=False, table=None):
    """Answer "a is to b as c is to ...?" with the k nearest rows, as [token, cosine]: see `geometry.analogy`."""
    return _pairs(geometry.analogy(a, b, c, model.table if table is None else table, k, allow_inputs))


@experiment
def random_cosines(model, n=20_000, seed=0, table=None):
    """Return mean and standard deviation of the cosines of n pairs of different rows, drawn at random."""
    table = model.table if table is None else table
    random = np.random.default_rng(seed)
    first = random.integers(0, len(table), n)
    second = (first + random.integers(1, len(table), n)) % len(table)
    cosines = (geometry.unit(table.lookup(first)) * geometry.unit(table.lookup(second))).sum(axis=1)
    return {"mean": float(cosines.mean()), "std": float(cosines.std())}


@experiment
def row_lengths(model, k=5):
    """Return the mean length of the rows, that of the mean row, and the k shortest and longest, [token, length]."""
    vectors = np.asarray(model.table.vectors)
    lengths = np.sqrt((vectors.astype(np.float64) ** 2).sum(axis=1))
    order = np.argsort(lengths, kind="stable")
    named = [[[model.table.tokens[i], float(lengths[i])] for i in ids] for ids in (order[:k], order[::-1][:k])]
    mean_row = vectors.mean(axis=0, dtype=np.float64)
    return {"mean": float(lengths.mean()), "of_the_mean": float(np.linalg.norm(mean_row)), "shortest": named[0],
            "longest": named[1]}  # fmt: skip


def _pairs(named):
    return [[token, float(cosine)] for token, cosine in named]

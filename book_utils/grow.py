"""Change a table that a model already uses: more tokens, fewer, one table for two uses, or two for one.

Each change refuses what would corrupt the model without a word, and leaves what it was given as it is.
"""

import copy
from dataclasses import dataclass

import numpy as np

from .lookup import EmbeddingTable

# What new rows may start with: a function of the rows there are, how many are wanted, and dice.
STARTS = {
    "mean": lambda rows, n, dice: np.tile(rows.mean(axis=0, dtype=np.float64), (n, 1)),  # Hewitt 2021
    "zeros": lambda rows, n, dice: np.zeros((n, rows.shape[1])),
    "small noise": lambda rows, n, dice: 0.02 * dice.standard_normal((n, rows.shape[1])),
    "N(0, 1)": lambda rows, n, dice: dice.standard_normal((n, rows.shape[1])),  # what nn.Embedding starts with
}


def add_tokens(table, tokens, start="mean", seed=0):
    """Return a table with more tokens behind its own, whose rows and IDs stay: n tokens in, (|V| + n, dim) out.

    `start` is a name of STARTS or (n, dim) numbers. Raises ValueError for tokens that are there already or come
    twice, a table without tokens, and rows that are no floats, not finite or of another shape.

    >>> add_tokens(EmbeddingTable([[1.0, 2.0], [3.0, 6.0]], ["cat", "dog"]), ["cow"]).lookup("cow").tolist()
    [2.0, 4.0]
    """
    if table.tokens is None:
        raise ValueError("this table has no tokens, so nobody could say whose the new rows are: give it tokens first.")
    tokens = [tokens] if isinstance(tokens, str) else list(tokens)
    if known := [token for token in tokens if token in table.tokens]:
        raise ValueError(f"{known[0]!r} has a row already, {table.id_of(known[0])}: a second one would split its use.")
    if table.dtype.kind != "f":
        raise ValueError(f"new rows are floats; this table holds {table.dtype}, which would cut them to whole numbers.")
    new = started(np.asarray(table.vectors), len(tokens), start, seed)
    return EmbeddingTable(np.concatenate([table.vectors, new]), [*table.tokens, *tokens])


def started(rows, n, start="mean", seed=0):
    """Return n new rows for a table of (|V|, dim) numbers, in its number format: see `add_tokens`.

    >>> started(np.array([[1.0, 2.0], [3.0, 6.0]]), 1, start="zeros").tolist()
    [[0.0, 0.0]]
    """
    if isinstance(start, str):
        if start not in STARTS:
            raise ValueError(f"start is one of {', '.join(STARTS)}, or rows of numbers; got {start!r}.")
        start = STARTS[start](rows, n, np.random.default_rng(seed))
    new = np.asarray(start, dtype=rows.dtype)
    if new.shape != (n, rows.shape[1]) or not np.isfinite(new).all():
        raise ValueError(f"{n} new tokens need {n} rows of {rows.shape[1]} finite numbers; got shape {new.shape}"
                         f"{'' if np.isfinite(new).all() else ', with nan or inf'}.")
    return new


def trim(table, keep):
    """Return a table of the tokens kept, and the ID that each had: `keep` is IDs or tokens, in any order.

    The rows stay in the order of their old IDs; (|V'|,) old IDs come back with the table, for `renumbered`.
    Raises ValueError for a token named twice, and what `lookup` raises for others that it does not have.

    >>> small, old_ids = trim(EmbeddingTable([[1.0], [2.0], [3.0]], ["the", "cat", "sat"]), ["sat", "the"])
    >>> small.tokens, old_ids.tolist()
    (('the', 'sat'), [0, 2])
    """
    keep = [keep] if isinstance(keep, str) else list(keep)
    table.lookup(keep)  # refuses IDs and tokens that are none
    old_ids = np.sort([table.id_of(one) if isinstance(one, str) else int(one) for one in keep])
    if len(old_ids) == 0 or (np.diff(old_ids) == 0).any():
        raise ValueError("keep each token once, and at least one: a row that comes twice would give one token two IDs.")
    tokens = None if table.tokens is None else [table.tokens[i] for i in old_ids]
    return EmbeddingTable(table.vectors[old_ids], tokens), old_ids


def renumbered(ids, old_ids):
    """Return the IDs that tokens have in a trimmed table: (...) old IDs in, (...) new ones out.

    Raises ValueError for an ID whose row was thrown away, where plain indexing would bring the row of another token.

    >>> renumbered([2, 0, 2], old_ids=np.array([0, 2])).tolist()
    [1, 0, 1]
    """
    ids = np.asarray(ids)
    if ids.dtype.kind not in "iu":
        raise ValueError(f"IDs are whole numbers; got {ids.dtype}.")
    new = np.searchsorted(old_ids, ids)
    gone = (new == len(old_ids)) | (old_ids[np.minimum(new, len(old_ids) - 1)] != ids)
    if gone.any():
        raise ValueError(f"the row of ID {ids[gone].flat[0]} was trimmed away: keep that token, or cut the text with "
                         "a tokenizer that does not have it.")
    return new


def tie(model, anyway=False):
    """Return a copy of a TinyModel whose output is its input table; an output of its own is thrown away.

    Raises ValueError where the two differ, for the model would then predict with rows that were not made for it;
    `anyway` does it all the same.

    >>> from .tiny_model import TinyModel
    >>> tie(untie(TinyModel(["<bos>", "cat"], tied=True))).tied
    True
    """
    if not model.tied and not anyway and not np.array_equal(model.weights["output"], model.weights["token"].T):
        raise ValueError("the output is not the input table: to tie them throws trained rows away. If the model is "
                         "to be trained again, say anyway=True.")
    model = copy.deepcopy(model)
    model.weights.pop("output", None)
    model.tied = True
    return model


def untie(model):
    """Return a copy of a TinyModel with an output of its own, equal to the table until training parts them.

    >>> from .tiny_model import TinyModel
    >>> untie(TinyModel(["<bos>", "cat"], tied=True)).weights["output"].shape
    (32, 2)
    """
    model = copy.deepcopy(model)
    if model.tied:
        model.weights["output"] = model.weights["token"].T.copy()
        model.tied = False
    return model


@dataclass(frozen=True)
class Fit:
    """What `fits` found: true if `problems`, a list of sentences, is empty."""

    problems: tuple

    def __bool__(self):
        return not self.problems

    def __str__(self):
        return "\n".join(self.problems) or "each token of the tokenizer has the row of its name"


def fits(tokenizer, table):
    """Say whether each token of a tokenizer has the row of that name: an object with get_vocab(), or {token: ID}.

    Rows that no token has are no problem: tables are often padded. Raises ValueError for a table without tokens:
    sizes alone cannot tell.

    >>> bool(fits({"cat": 1, "the": 0}, EmbeddingTable([[1.0], [2.0], [3.0]], ["the", "cat", "[pad 2]"])))
    True
    """
    if table.tokens is None:
        raise ValueError("this table has no tokens: that its size is right says nothing about whose the rows are.")
    ids = dict(tokenizer.get_vocab() if hasattr(tokenizer, "get_vocab") else tokenizer)
    outside = [token for token, i in ids.items() if not 0 <= i < len(table)]
    other = [token for token, i in ids.items() if 0 <= i < len(table) and table.tokens[i] != token]
    problems = []
    if outside:
        problems.append(f"{_tokens_have('no row', outside)} {outside[0]!r}, ID {ids[outside[0]]}.")
    if other:
        token, i = other[0], ids[other[0]]
        problems.append(f"{_tokens_have('the row of another', other)} {token!r}, ID {i}, that of {table.tokens[i]!r}.")
    return Fit(tuple(problems))


def _tokens_have(what, tokens):
    return f"1 token has {what}:" if len(tokens) == 1 else f"{len(tokens)} tokens have {what}, such as"

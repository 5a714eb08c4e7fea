"""What one may hand to a language model: checked before anything is worked out, with a sentence for what is wrong."""

from numbers import Integral, Real

import numpy as np

from .lookup import EmbeddingTable, shown
from .position import PAIRINGS


def checked_ids(ids, context):
    """Return IDs as given, with a length: one row of 1 to `context` tokens; `lookup` checks each of them."""
    if isinstance(ids, str):
        raise TypeError(f"IDs are whole numbers: use model.encode(text) first; got {shown(ids)}.")
    if np.ndim(ids) != 1 or len(ids) == 0:
        raise ValueError(f"give the IDs of one text, shape (T,), with one token or more; got shape {np.shape(ids)}.")
    if len(ids) > context:
        raise ValueError(
            f"the model was trained to read {context:,} tokens; got {len(ids):,}. Shorten the text yourself: "
            "nothing is cut off here silently."
        )
    return ids


def checked_places(positions, n):
    """Return n places as float64; `positions` is None (0 to n - 1), n real numbers, or a function of n."""
    places = np.asarray(np.arange(n) if positions is None else positions(n) if callable(positions) else positions)
    if places.dtype.kind not in "iuf" or places.shape != (n,):
        raise ValueError(
            f"positions must be one place a token, {n} numbers; got {places.dtype} of shape {places.shape}."
        )
    if not np.isfinite(places).all():
        raise ValueError("positions must be finite numbers; got inf or nan.")
    return places.astype(np.float64)


def checked_table(table, dim):
    """Return an EmbeddingTable of rows with `dim` numbers each: one as it is, or made of an array."""
    table = table if isinstance(table, EmbeddingTable) else EmbeddingTable(table)
    if table.dim != dim:
        raise ValueError(f"each row must have the {dim} numbers that the blocks expect; got {table.dim}.")
    return table


def checked_number(number, name, least=None):
    """Return a finite real number, `least` or more; `name` is for the error."""
    if isinstance(number, bool) or not isinstance(number, Real) or not np.isfinite(number):
        raise ValueError(f"{name} must be a finite number; got {shown(number)}.")
    if least is not None and number < least:
        raise ValueError(f"{name} must be {least} or more; got {number}.")
    return number


def checked_count(count, name):
    """Return a whole number from 1."""
    if isinstance(count, bool) or not isinstance(count, Integral) or count < 1:
        raise ValueError(f"{name} must be a whole number, 1 or more; got {shown(count)}.")
    return int(count)


def checked_pairing(pairing):
    """Return one of the two pairings of `position.rope`."""
    if pairing not in PAIRINGS:
        raise ValueError(f"pairing is one of {PAIRINGS}; got {pairing!r}.")
    return pairing

"""A table of vectors with one row a token: look up rows by ID or token, or the long way, by one-hot codes."""

from difflib import get_close_matches
from numbers import Integral
from reprlib import repr as short

import numpy as np


class UnknownToken(KeyError):
    """A token that a table does not hold. (A plain KeyError would print its sentence in quotes.)"""

    def __str__(self):
        return self.args[0]


class EmbeddingTable:
    """A vocabulary and its vectors: (n, dim) numbers and n token names (or None); row i belongs to ID i.

    Gives back `vectors` (a read-only view of the caller's array), `tokens`, `shape` (n, dim), `dim`, `dtype`
    and `n_bytes` (n x dim x bytes a number); `len(table)` is n.
    Raises ValueError for vectors that are not 2-D, or tokens that repeat or do not match the rows.

    >>> table = EmbeddingTable([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]], ["the", "cat", "sat"])
    >>> table.lookup([1, 1, 2]).tolist()
    [[0.3, 0.4], [0.3, 0.4], [0.5, 0.6]]
    """

    def __init__(self, vectors, tokens=None):
        vectors = _as_array(vectors)
        if vectors.dtype.kind not in "fiu":
            raise TypeError(f"vectors must be real numbers; got {vectors.dtype}.")
        if vectors.ndim != 2 or 0 in vectors.shape:
            raise ValueError(f"vectors must be 2-D, one row a token; got shape {vectors.shape}.")
        self.vectors = vectors.view()
        self.vectors.flags.writeable = False
        self.shape, self.dtype, self.n_bytes = vectors.shape, vectors.dtype, vectors.nbytes
        self.dim = self.shape[1]
        self.tokens = None if tokens is None else _checked_tokens(tokens, len(vectors))
        self._ids = {token: i for i, token in enumerate(self.tokens or ())}

    def lookup(self, ids):
        """Return one row per ID or token: (...) integers or strings in, (..., dim) numbers out, a copy.

        Raises TypeError for floats and booleans, IndexError outside the table, UnknownToken for other tokens.

        >>> EmbeddingTable([[1.0, 2.0], [3.0, 4.0]], ["cat", "dog"]).lookup("dog").tolist()
        [3.0, 4.0]
        """
        return self.vectors[_checked_ids(ids, len(self), self.id_of)]

    def id_of(self, token):
        """Return the ID of one token; raises UnknownToken (a KeyError) with the nearest token there is.

        >>> EmbeddingTable([[1.0, 2.0], [3.0, 4.0]], ["cat", "dog"]).id_of("dog")
        1
        """
        if not isinstance(token, str):
            raise TypeError(f"a token is a string; got {shown(token)}.")
        if self.tokens is None:
            raise UnknownToken("this table has no tokens: look up by ID, or give EmbeddingTable its tokens.")
        if token not in self._ids:
            raise UnknownToken(f"{short(token)} is not a token of this table.{self._hint(token)}")
        return self._ids[token]

    def _hint(self, token):
        if len(token.split()) > 1:
            return " Look up a list of tokens, one string each."
        lower = token.lower()
        near = [lower] if lower in self._ids else get_close_matches(token, self.tokens, n=1)
        return f" Did you mean {short(near[0])}?" if near else ""

    def __len__(self):
        return len(self.vectors)

    def __repr__(self):
        size = f"{len(self):,} tokens x {self.dim:,} numbers"
        return f"EmbeddingTable({size}, {self.dtype}, {self.n_bytes:,} bytes)"


def one_hot(ids, size):
    """Return a 1 at each ID and 0 elsewhere: (...) integers in, (..., size) float32 out.

    Times a table of finite numbers it equals `table.lookup(ids)`; it raises what `lookup` raises.

    >>> one_hot([2, 0], size=3).tolist()
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    if isinstance(size, bool) or not isinstance(size, Integral) or size < 1:
        raise ValueError(f"size must be a whole number of tokens, 1 or more; got {shown(size)}.")
    ids = _checked_ids(ids, int(size))
    codes = np.zeros((*ids.shape, int(size)), dtype=np.float32)
    np.put_along_axis(codes, ids[..., None], 1, axis=-1)
    return codes


def shown(item):
    """Return an item and its type for an error message, cut short.

    >>> shown(1.5)
    '1.5 (float)'
    """
    return f"{short(item)} ({type(item).__name__})"


def _as_array(values, dtype=None):
    try:
        return np.asarray(values, dtype)
    except ValueError as error:
        raise ValueError("lists inside a list must be equally long.") from error


def _checked_tokens(tokens, n_rows):
    tokens = (tokens,) if isinstance(tokens, str) else tuple(tokens)
    if len(tokens) != n_rows:
        raise ValueError(f"each row needs one token: {n_rows:,} rows; got {len(tokens):,} tokens.")
    first = {}
    for i, token in enumerate(tokens):
        if not isinstance(token, str):
            raise TypeError(f"tokens must be strings; got {shown(token)} for row {i}.")
        if first.setdefault(token, i) != i:
            raise ValueError(f"a token has one row; got {short(token)} for rows {first[token]} and {i}.")
    return tokens


def _checked_ids(ids, size, id_of=None):
    """Return `ids` as an intp array of the same shape, every one from 0 to size - 1."""
    if not (isinstance(ids, np.ndarray) and ids.dtype.kind in "iu"):
        # One by one: NumPy would turn [True, 2] into integers and ["cat", 3] into strings without a word.
        items = _as_array(ids, object)
        checked = [_checked_id(item, i, items.shape, id_of) for i, item in enumerate(items.flat)]
        ids = np.array(checked, dtype=object).reshape(items.shape)
    outside = (ids < 0) | (ids >= size)
    if np.any(outside):
        place = int(np.argmax(outside))
        where = _at(place, ids.shape)
        raise IndexError(f"token IDs run from 0 to {size - 1}; got {short(int(ids.flat[place]))}{where}.")
    return ids.astype(np.intp)


def _checked_id(item, place, shape, id_of):
    if isinstance(item, str) and id_of:
        return id_of(item)
    if isinstance(item, Integral) and not isinstance(item, bool):
        return int(item)
    wanted = "a token ID (a whole number)" + (" or a token (a string)" if id_of else "")
    hint = " Lists inside a list must be equally long." if isinstance(item, (list, tuple)) else ""
    raise TypeError(f"each place must hold {wanted}; got {shown(item)}{_at(place, shape)}.{hint}")


def _at(place, shape):
    """Say where in an array: nothing for a single ID, 3 in a row of IDs, (1, 3) in a batch."""
    where = tuple(int(i) for i in np.unravel_index(place, shape))
    return f" at place {where[0] if len(where) == 1 else where}" if where else ""

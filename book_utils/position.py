"""Where a token stands: learned position rows, sinusoids, and rotary pairs (RoPE)."""

from numbers import Integral, Real

import numpy as np

from .position_checks import as_array, check_even, finite_vectors, first_wrong, float_type, is_kind, rates, whole_places

PAIRINGS = ("split", "interleaved")


def learned(table, positions):
    """Return one position row for each place: (block_size, dim) table and (T,) places in, (T, dim) out.

    A place beyond the last row, as in GPT-2 and BERT, raises IndexError; a bad place raises ValueError.

    >>> learned(np.array([[0.5, 1.0], [2.0, 3.0]]), [1, 0]).tolist()
    [[2.0, 3.0], [0.5, 1.0]]
    """
    table = as_array(table, "a position table")
    if table.ndim != 2 or len(table) == 0:
        raise ValueError(f"a position table has shape (block_size, dim), with rows; got {table.shape}.")
    places = whole_places(positions)
    beyond = places >= len(table)
    if beyond.any():
        raise IndexError(
            f"this table has block_size {len(table)}: places run from 0 to {len(table) - 1}; "
            f"{first_wrong(places, beyond)}. Use a shorter text: there is no row to look up."
        )
    return table[places.astype(np.intp)]


def angles(positions, rotary_dim, base=10_000.0, *, dtype=np.float64):
    """Return how far each pair has turned: (T,) places in, (T, rotary_dim // 2) radians out.

    Pair i turns by base ** (-2 i / rotary_dim) radians a token, so at place 1 the angle is the frequency. Scaling
    is left out (see rope_scaling). Every step is worked in dtype. Bad sizes, places or bases raise ValueError.
    Source: Su et al. 2021 (arXiv 2104.09864), section 3.2.2.

    >>> angles([0, 1, 2], rotary_dim=4, base=100).round(6).tolist()
    [[0.0, 0.0], [1.0, 0.1], [2.0, 0.2]]
    """
    dtype = float_type(dtype)
    check_even(rotary_dim, "rotary_dim")
    base = base.item() if isinstance(base, np.generic) else base
    largest = int(np.finfo(dtype).max)
    if not is_kind(base, Real) or not 1 <= base <= largest:
        raise ValueError(
            f"base is a number from 1 (models use 10,000 to 10,000,000) that {dtype.__name__} can hold; "
            f"got {base!r}."
        )
    places = whole_places(positions, dtype).astype(dtype)
    frequencies = 1 / dtype(base) ** (np.arange(0, rotary_dim, 2, dtype=dtype) / dtype(rotary_dim))
    return places[..., None] * frequencies


def sinusoids(positions, dim, base=10_000.0):
    """Return the fixed position rows of the first transformer: (T,) places in, (T, dim) numbers out.

    Even columns hold the sine and odd columns the cosine of the same angle, in radians. Errors as in angles.
    Source: Vaswani et al. 2017 (arXiv 1706.03762), section 3.5.

    >>> sinusoids([0, 1], dim=2).round(3).tolist()
    [[0.0, 1.0], [0.841, 0.54]]
    """
    check_even(dim, "dim")
    turned = angles(positions, dim, base)
    return np.stack([np.sin(turned), np.cos(turned)], axis=-1).reshape(*turned.shape[:-1], dim)


def rope(vectors, positions, *, base=10_000.0, rotary_dim=None, pairing="split", frequencies=None, dtype=np.float64):
    """Turn the pairs of each query or key by its place: (..., T, head_dim) and (T,) in, same shape out.

    The first rotary_dim numbers of a head turn (all of them when None), the rest pass unchanged. Pairs are
    (i, i + rotary_dim // 2) when split (GPT-NeoX, Hugging Face Llama) and (2 i, 2 i + 1) when interleaved
    (the paper, GPT-J, Meta's Llama). One place instead of (T,) serves all vectors. `frequencies`, (rotary_dim // 2,)
    radians a token, take the place of base: those of rope_scaling, for one. Worked in dtype, float64 or float32. What
    does not fit raises ValueError. Source: as of angles.

    >>> rope([[1.0, 0.0], [1.0, 0.0]], [0, 1]).round(3).tolist()
    [[1.0, 0.0], [0.54, 0.841]]
    """
    dtype = float_type(dtype)
    vectors = finite_vectors(vectors, dtype)
    head_dim = vectors.shape[-1]
    name = "head_dim" if rotary_dim is None else "rotary_dim"
    rotary_dim = head_dim if rotary_dim is None else rotary_dim
    check_even(rotary_dim, name, head_dim)
    if pairing not in PAIRINGS:
        raise ValueError(f"pairing is one of {PAIRINGS}; got {pairing!r}.")
    places = whole_places(positions, dtype)
    if places.ndim and vectors.shape[-2:-1] != places.shape:
        raise ValueError(
            f"{len(places)} positions need vectors of shape (..., {len(places)}, head_dim); "
            f"got {vectors.shape}. Give one position for each vector, or one position for all."
        )

    turned = (angles(places, rotary_dim, base, dtype=dtype) if frequencies is None
              else places.astype(dtype)[..., None] * rates(frequencies, rotary_dim // 2, dtype))
    cos, sin = np.cos(turned), np.sin(turned)
    if pairing == "split":
        first, second = slice(0, rotary_dim // 2), slice(rotary_dim // 2, rotary_dim)
    else:
        first, second = slice(0, rotary_dim, 2), slice(1, rotary_dim, 2)
    result = vectors.copy()
    result[..., first] = vectors[..., first] * cos - vectors[..., second] * sin
    result[..., second] = vectors[..., second] * cos + vectors[..., first] * sin
    return result


def score(query, key, query_position, key_position, **how):
    """Return the attention score before its division by sqrt(head_dim): turned query times turned key.

    Both are (head_dim,) vectors. Each position is one place, or (T,) places that give (T,) scores. `how` goes
    to rope. What does not fit raises ValueError.

    >>> score([1, 0], [1, 0], [5, 105], [3, 103]).round(6).tolist()
    [-0.416147, -0.416147]
    """
    query, key = as_array(query, "a query"), as_array(key, "a key")
    query_position = as_array(query_position, "query_position")
    key_position = as_array(key_position, "key_position")
    if query.ndim != 1 or query.shape != key.shape:
        raise ValueError(
            f"a score takes one query and one key of the same length; got {query.shape} and {key.shape}."
        )
    if query_position.ndim and key_position.ndim and query_position.shape != key_position.shape:
        raise ValueError(
            f"give as many query positions as key positions, or one of either; "
            f"got {query_position.shape} and {key_position.shape}."
        )
    queries = np.broadcast_to(query, (*query_position.shape, len(query)))
    keys = np.broadcast_to(key, (*key_position.shape, len(key)))
    return np.sum(rope(queries, query_position, **how) * rope(keys, key_position, **how), axis=-1)


def pairing_permutation(rotary_dim):
    """Return the (rotary_dim,) order of columns that makes an interleaved vector a split one.

    rope(x[..., order], pairing="split") equals rope(x, pairing="interleaved")[..., order]; np.argsort(order)
    leads back. An odd size raises ValueError.

    >>> pairing_permutation(6).tolist()
    [0, 2, 4, 1, 3, 5]
    """
    check_even(rotary_dim, "rotary_dim")
    return np.r_[0:rotary_dim:2, 1:rotary_dim:2]


def wavelengths(rotary_dim, base=10_000.0):
    """Return the tokens each pair needs for one full turn, (rotary_dim // 2,), without scaling. Errors: see angles.

    >>> wavelengths(4, base=100).round(2).tolist()
    [6.28, 62.83]
    """
    return 2 * np.pi / angles(1, rotary_dim, base)


def turns(rotary_dim, base, context):
    """Return how many full turns each pair makes in `context` tokens, (rotary_dim // 2,), without scaling.

    A context that is not a whole number of tokens raises ValueError; other errors as in angles.

    >>> int((turns(64, 10_000_000, context=262_144) >= 1).sum())
    22
    """
    if not is_kind(context, Integral) or not 1 <= context <= 2**53:
        raise ValueError(f"context is a whole number of tokens from 1 to 2**53; got {context!r}.")
    return float(context) / wavelengths(rotary_dim, base)


def angle_error(positions, rotary_dim, base=10_000.0):
    """Return how far angles worked in float32 are off: (T,) places in, (T, rotary_dim // 2) radians out.

    The angles worked in float64 stand for the truth. Errors as in angles.

    >>> bool(angle_error(262_143, 64).max() > 1000 * angle_error(100, 64).max())
    True
    """
    return np.abs(angles(positions, rotary_dim, base, dtype=np.float32) - angles(positions, rotary_dim, base))

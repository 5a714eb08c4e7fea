"""Ways to tell the offset that turn nothing: ALiBi, T5's learned biases, and layers without any positions.

An offset is m - n, in tokens: the place of the query less that of the key, so it is above 0 for a key that came before.
"""

from numbers import Integral

import numpy as np

from .position_checks import as_array, is_kind


def alibi_slopes(heads):
    """Return the slope of each head, (heads,) numbers: each head falls half as steeply, or so, as the one before.

    Raises ValueError for no heads. Source: Press et al. 2022 (arXiv 2108.12409), section 3, and its code for numbers of
    heads that are no power of two: the slopes of the next smaller power, then every other slope of the next larger.

    >>> alibi_slopes(8).tolist()[:3], len(alibi_slopes(12))
    ([0.5, 0.25, 0.125], 12)
    """
    if not is_kind(heads, Integral) or heads < 1:
        raise ValueError(f"heads is a whole number from 1; got {heads!r}.")
    power = 2 ** (heads.bit_length() - 1)
    slopes = 2 ** (-8 / power * np.arange(1, power + 1))
    between = 2 ** (-4 / power * np.arange(1, 2 * power, 2))
    return np.concatenate([slopes, between[: heads - power]])


def alibi(offsets, slope):
    """Return what ALiBi adds to a score: (n,) offsets from 0 in, (n,) numbers out, slope times the offset below 0.

    A key ahead of its query raises ValueError: ALiBi belongs to models that do not look ahead. Source: Press et al.
    2022, section 3.

    >>> alibi([0, 1, 10], slope=0.5).tolist()
    [-0.0, -0.5, -5.0]
    """
    offsets = whole_offsets(offsets)
    if (offsets < 0).any():
        raise ValueError(f"ALiBi takes offsets from 0, keys that came before; got {offsets.min()}.")
    return -slope * offsets


def t5_buckets(offsets, buckets=32, longest=128, both_ways=True):
    """Return which of a head's learned biases T5 adds to a score: (n,) offsets in, (n,) numbers below `buckets` out.

    Near offsets have a bias each; farther ones share one, in ranges that grow as a logarithm does, and all from
    `longest` on have the same. With both_ways, as in the encoder, keys ahead have the other half of the biases;
    without, as in the decoder, they count as offset 0. What does not fit raises ValueError. Source: Raffel et al. 2020
    (arXiv 1910.10683), section 2.1, and its code.

    >>> t5_buckets([0, 1, 8, 16, 17, 64, 500], both_ways=False).tolist()
    [0, 1, 8, 16, 16, 26, 31]
    """
    if not is_kind(buckets, Integral) or buckets < 4 or buckets % 4:
        raise ValueError(f"buckets is a whole number from 4 that 4 divides; got {buckets!r}.")
    offsets = whole_offsets(offsets)
    half = buckets // 2 if both_ways else buckets
    ahead = half * (offsets < 0) if both_ways else 0
    apart = np.abs(offsets) if both_ways else np.maximum(offsets, 0)
    near = half // 2
    if longest <= near:
        raise ValueError(f"longest is above {near}, the offsets that have a bias each; got {longest!r}.")
    grown = np.log(np.maximum(apart, near) / near) / np.log(longest / near) * (half - near)
    # On a bound the logarithm may come out just below it: hence the millionth.
    return ahead + np.where(apart < near, apart, np.minimum(near + np.floor(grown + 1e-6), half - 1)).astype(int)


def t5_bias(offsets, biases, **how):
    """Return what T5 adds to a score: (n,) offsets and a head's (buckets,) learned numbers in, (n,) numbers out.

    It is a table again, and a lookup. `how` goes to t5_buckets.

    >>> t5_bias([0, 1, 500], np.linspace(0, -3.1, 32), both_ways=False).round(1).tolist()
    [0.0, -0.1, -3.1]
    """
    biases = np.asarray(biases)
    return biases[t5_buckets(offsets, len(biases), **how)]


def layers_with_rope(layers, every):
    """Tell of each layer whether it has rotary positions where every `every`-th has none: (layers,) truth values.

    So it is in SmolLM3 and Llama 4 (every fourth: their configs' no_rope_layers). Models that have none at all:
    Kazemnejad et al. 2023 (arXiv 2305.19466). Numbers below 1 raise ValueError.

    >>> layers_with_rope(8, every=4).tolist()
    [True, True, True, False, True, True, True, False]
    """
    for name, number in (("layers", layers), ("every", every)):
        if not is_kind(number, Integral) or number < 1:
            raise ValueError(f"{name} is a whole number from 1; got {number!r}.")
    return np.arange(1, layers + 1) % every != 0


def whole_offsets(offsets):
    """Return offsets as an array of whole numbers; raises ValueError for others."""
    given = as_array(offsets, "offsets")
    if given.dtype.kind not in "iu":
        raise ValueError(f"offsets are whole numbers, m - n; got {offsets!r}.")
    return given.astype(np.int64)

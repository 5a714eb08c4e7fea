"""How models stretch rotary positions past the length that they were trained on: one function for each method.

Each takes the plain frequencies of `position.angles` apart, in radians a token, and gives them back slower. The
numbers have the names of a config.json: `factor` is how many times longer the text may be,
`original_max_position_embeddings` the length in tokens that was trained before.
"""

import contextlib
import math

import numpy as np

from .position import angles


def linear(frequencies, factor):
    """Slow all pairs down alike: (pairs,) radians a token in and out. Source: Chen et al. 2023, arXiv 2306.15595.

    >>> linear([1.0, 0.01], factor=4).tolist()
    [0.25, 0.0025]
    """
    return np.asarray(frequencies, float) / _at_least_one("factor", factor)


def dynamic(rotary_dim, base, factor, original_max_position_embeddings, length=None, alpha=None):
    """Raise the base as a text outgrows the trained length, so that the slow pairs slow down: (rotary_dim / 2,) out.

    Up to the trained length nothing changes. `alpha`, where a config gives it (Hunyuan), raises the base by a fixed
    amount instead. Source: "NTK-aware" and "dynamic NTK", bloc97 and emozilla 2023; Peng et al. 2023, appendix B.

    >>> dynamic(4, 100, factor=2, original_max_position_embeddings=10, length=20).round(4).tolist()
    [1.0, 0.0333]
    """
    if rotary_dim <= 2:
        raise ValueError(f"dynamic scaling needs two pairs or more; got rotary_dim {rotary_dim}.")
    trained = original_max_position_embeddings
    stretch = alpha or _at_least_one("factor", factor) * max(length or trained, trained) / trained - (factor - 1)
    return angles(1, rotary_dim, base * stretch ** (rotary_dim / (rotary_dim - 2)))


def yarn(rotary_dim, base, factor, original_max_position_embeddings, beta_fast=32, beta_slow=1, truncate=True):
    """Leave pairs of many turns in the trained length, divide those of few by `factor`: (rotary_dim / 2,) out.

    Pairs that make beta_fast turns or more keep their frequency, those of beta_slow or fewer are slowed in full,
    and between the two a straight line leads over. Source: Peng et al. 2023, arXiv 2309.00071, section 3.2.

    >>> (yarn(64, 10_000, 4, 4096) / angles(1, 64)).round(2).tolist()[::8]
    [1.0, 1.0, 0.65, 0.25]
    """
    def pair_of(turns):  # the pair, as a fraction, that makes so many turns in the trained length
        return rotary_dim * math.log(original_max_position_embeddings / (turns * 2 * math.pi)) / (2 * math.log(base))

    plain = angles(1, rotary_dim, base)
    first, last = pair_of(beta_fast), pair_of(beta_slow)
    first, last = (math.floor(first), math.ceil(last)) if truncate else (first, last)
    first, last = max(first, 0), min(last, rotary_dim - 1)
    slowed = np.clip((np.arange(rotary_dim // 2) - first) / ((last - first) or 0.001), 0, 1)
    return plain * (1 - slowed) + linear(plain, factor) * slowed


def yarn_attention_factor(factor, mscale=None, mscale_all_dim=None):
    """Give what YaRN multiplies each turned query and key by, so that attention stays as sharp in longer texts.

    Source: Peng et al. 2023, section 3.4; mscale and mscale_all_dim: DeepSeek-V2, where the two cancel out.

    >>> round(yarn_attention_factor(4), 4), yarn_attention_factor(40, mscale=1, mscale_all_dim=1)
    (1.1386, 1.0)
    """
    def sharper(by):
        return 0.1 * by * math.log(factor) + 1 if factor > 1 else 1.0

    return sharper(mscale) / sharper(mscale_all_dim) if mscale and mscale_all_dim else sharper(1)


def llama3(frequencies, factor, low_freq_factor, high_freq_factor, original_max_position_embeddings):
    """Divide by `factor` only the pairs that turn too seldom in the trained length: (pairs,) in and out.

    A pair of more than high_freq_factor turns keeps its frequency, one of fewer than low_freq_factor is slowed in
    full, and between the two its turns say how much. Source: Llama 3.1, models/llama3/model.py, apply_scaling.

    >>> llama3([1.0, 0.002, 0.0001], 8, 1, 4, 8192).round(7).tolist()
    [1.0, 0.0011878, 1.25e-05]
    """
    if high_freq_factor < low_freq_factor:
        raise ValueError(f"high_freq_factor is not below low_freq_factor; got {high_freq_factor}, {low_freq_factor}.")
    plain = np.asarray(frequencies, float)
    turns = original_max_position_embeddings * plain / (2 * np.pi)
    kept = np.clip((turns - low_freq_factor) / ((high_freq_factor - low_freq_factor) or 1e-9), 0, 1)  # Llama 4: a step
    return plain * kept + linear(plain, factor) * (1 - kept)


def longrope(frequencies, short_factor, long_factor, original_max_position_embeddings, length=None):
    """Divide each pair by a number of its own, from one of two lists that a search found: (pairs,) in and out.

    The long list serves a text of more than the trained length. Source: Ding et al. 2024, arXiv 2402.13753.

    >>> longrope([1.0, 0.01], [1, 1], [1, 4], 4096, length=5000).tolist()
    [1.0, 0.0025]
    """
    plain, lists = np.asarray(frequencies, float), [np.asarray(each, float) for each in (short_factor, long_factor)]
    if any(len(each) != len(plain) or not (each > 0).all() for each in lists):
        raise ValueError(f"longrope needs two lists of {len(plain)} factors above 0; got {lists[0]} and {lists[1]}.")
    return plain / lists[bool(length and length > original_max_position_embeddings)]


def longrope_attention_factor(factor, original_max_position_embeddings):
    """Give what LongRoPE multiplies each turned query and key by. Source: Ding et al. 2024; Phi-3's code.

    >>> round(longrope_attention_factor(32, 4096), 4)
    1.1902
    """
    return math.sqrt(1 + math.log(factor) / math.log(original_max_position_embeddings)) if factor > 1 else 1.0


def proportional(head_dim, rotary_dim, base, factor=1):
    """Turn the first pairs only, each as fast as if the whole head turned: (rotary_dim / 2,) out.

    Partial rotary divides the exponent by rotary_dim, this by head_dim, so its slowest pair is faster. Source:
    Gemma 4, transformers 5.24 modeling_rope_utils.py, _compute_proportional_rope_parameters.

    >>> proportional(head_dim=8, rotary_dim=4, base=10_000).tolist()
    [1.0, 0.1]
    """
    return linear(angles(1, head_dim, base)[: rotary_dim // 2], factor)


def scaled(rotary_dim, base, scaling=None, length=None):
    """Return (frequencies, attention factor) of rotary positions, stretched as `scaling` says, or plain without it.

    `scaling` has the `method`, one of METHODS, and the numbers of a config.json; `length` is that of the text, in
    tokens. A method or a number that is missing, or numbers that lead to no finite speed, raise ValueError.

    >>> frequencies, factor = scaled(4, 100, {"method": "linear", "factor": 2})
    >>> frequencies.tolist(), factor
    ([0.5, 0.05], 1.0)
    """
    given = dict(scaling or {"method": "none"})
    method = given.pop("method")
    if method not in METHODS:
        raise ValueError(f"the method is one of {', '.join(METHODS)}; got {method!r}.")
    missing = [name for name in METHODS[method] if given.get(name) is None]
    if missing:
        raise ValueError(f"{method} scaling needs {', '.join(missing)}; the file does not say it.")
    plain, trained = angles(1, rotary_dim, base), given.get("original_max_position_embeddings")
    factor = given.get("factor") or 1
    optional = {name: given[name] for name in ("beta_fast", "beta_slow", "truncate") if given.get(name) is not None}
    speeds = {
        "none": lambda: plain,
        "linear": lambda: linear(plain, factor),
        "dynamic": lambda: dynamic(rotary_dim, base, factor, trained, length, given.get("alpha")),
        "yarn": lambda: yarn(rotary_dim, base, factor, trained, **optional),
        "llama3": lambda: llama3(plain, factor, given["low_freq_factor"], given["high_freq_factor"], trained),
        "longrope": lambda: longrope(plain, given["short_factor"], given["long_factor"], trained, length),
        "proportional": lambda: proportional(given["head_dim"], rotary_dim, base, factor),
    }[method]
    usual = {"yarn": lambda: yarn_attention_factor(factor, given.get("mscale"), given.get("mscale_all_dim")),
             "longrope": lambda: longrope_attention_factor(factor, trained)}.get(method, lambda: 1.0)
    with contextlib.suppress(ArithmeticError), np.errstate(all="ignore"):
        frequencies, sharper = speeds(), float(given.get("attention_factor") or usual())
        if np.isfinite([*frequencies, sharper]).all():
            return frequencies, sharper
    raise ValueError(f"{method} scaling leads to no finite speed with base {base!r} and these numbers: {given!r}.")


METHODS = {  # each with the numbers that it cannot do without
    "none": (),
    "linear": ("factor",),
    "dynamic": ("factor", "original_max_position_embeddings"),
    "yarn": ("factor", "original_max_position_embeddings"),
    "llama3": ("factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings"),
    "longrope": ("short_factor", "long_factor", "original_max_position_embeddings"),
    "proportional": ("head_dim",),
}


def _at_least_one(name, value):
    if not value >= 1:
        raise ValueError(f"{name} stretches, so it is 1 or more; got {value!r}.")
    return value

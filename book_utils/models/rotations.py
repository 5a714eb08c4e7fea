"""How the heads of a model turn: what `rope_scaling.scaled` takes, read from a config.json."""

import numpy as np

from ..position import angles
from ..rope_scaling import METHODS, scaled

NUMBERS = ("factor", "original_max_position_embeddings", "low_freq_factor", "high_freq_factor", "beta_fast",
           "beta_slow", "truncate", "attention_factor", "mscale", "mscale_all_dim", "short_factor", "long_factor",
           "alpha")
FACTS = {"factor": "scaling_factor", "original_max_position_embeddings": "original_context"}


def rotations(config):
    """List how the heads of a ModelConfig turn, a dict for each kind of layer; empty if none does, or it is not known.

    A dict has `layers` (how many), `rotary_dim`, `base` and `scaling` (the method and its numbers), or None for one.

    >>> from book_utils.models.config import ModelConfig
    >>> sizes = {"hidden_size": 2048, "num_attention_heads": 32, "num_hidden_layers": 16}
    >>> rotations(ModelConfig({"model_type": "llama", "rope_scaling": {"type": "linear", "factor": 2}, **sizes}))
    [{'layers': 16, 'rotary_dim': 64, 'base': 10000, 'scaling': {'method': 'linear', 'factor': 2}}]
    """
    base, dims, all_layers = config.base.assumed, config.rotary_dims.assumed, config.rotary_layers.assumed
    if config.position.assumed != "rotary" or not base or not dims or dims < 2:
        return []
    local_is_scaled = config.family.get("scaling_is_local", False)
    one = {"layers": all_layers, "rotary_dim": dims - dims % 2, "base": base, "scaling": scaling(config)}
    local, unscaled = config.local_layers.assumed, config.family.get("sliding_unscaled") and one["scaling"]
    if not config.local_base.assumed and not unscaled:
        return [one]
    one["layers"] = None if None in (local, all_layers) else max(all_layers - local, 0)
    other = {"layers": local, "rotary_dim": _local_dims(config), "base": config.local_base.assumed or base,
             "scaling": None}
    if local_is_scaled:
        one["scaling"], other["scaling"] = None, one["scaling"] and {"attention_factor": 1, **one["scaling"]}
    return [one, other]


def _local_dims(config):
    dims, head, share = config.rotary_dims.assumed, config.head_dim.assumed, config.local_fraction.assumed
    if config.full_head_dim.assumed or share is not None:
        dims = int(head * (share or 1)) if head else None
    return dims and dims - dims % 2  # pairs turn


def scaling(config):
    """Return the method by which a ModelConfig stretches its positions, and its numbers, as a dict, or None.

    >>> from book_utils.models.config import ModelConfig
    >>> scaling(ModelConfig({"model_type": "phi3", "rope_scaling": {"type": "su", "factor": 4}}))["method"]
    'longrope'
    """
    method = config.scaling.assumed
    if method in (None, "none"):
        return None
    said = {name: config.facts[FACTS.get(name, name)].value for name in NUMBERS}
    context, trained = config.context.assumed, said["original_max_position_embeddings"]
    if "original_max_position_embeddings" in METHODS.get(method, ()):
        said["original_max_position_embeddings"] = (context if method == "dynamic" else trained) or context
    if method in ("yarn", "longrope") and not said["factor"] and context and trained:
        said["factor"] = context / trained
    if method == "proportional":
        said["head_dim"] = config.full_head_dim.assumed or config.head_dim.assumed
    return {"method": method} | {name: value for name, value in said.items() if value is not None}


def turning(rotation, context=None):
    """Return what a rotation comes to, a dict, or None where a number is missing.

    `pairs` of numbers turn; the slowest takes `slowest` tokens for a turn (`plain` without stretching), and `full` of
    the pairs complete one in `context` tokens (None without a context).

    >>> turning({"rotary_dim": 64, "base": 10_000_000, "scaling": None}, context=262_144)["full"]
    22
    """
    if not rotation["rotary_dim"] or rotation["base"] < 1:
        return None
    try:
        frequencies, _ = scaled(rotation["rotary_dim"], rotation["base"], rotation["scaling"], context)
    except ValueError:
        return None
    proportional = rotation["scaling"] and rotation["scaling"]["method"] == "proportional"  # which stretches nothing
    plain = frequencies if proportional else angles(1, rotation["rotary_dim"], rotation["base"])
    full = int((context * frequencies / (2 * np.pi) >= 1).sum()) if context else None
    slowest, slowest_plain = (2 * np.pi / float(each[-1]) for each in (frequencies, plain))
    return {"pairs": len(frequencies), "full": full, "slowest": slowest, "plain": slowest_plain}

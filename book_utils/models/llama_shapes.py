"""What a gguf file of the llama family says of its model, and the tensors that it must have then."""

import math
from reprlib import repr as short

import numpy as np

from ..language_model import Settings
from .untrusted import ModelFileError, plain

# All keys of the family that the forward pass knows. One that is not here may change the arithmetic: refuse it.
KNOWN = {
    "block_count", "context_length", "embedding_length", "feed_forward_length", "vocab_size", "tensor_data_layout",
    "attention.head_count", "attention.head_count_kv", "attention.key_length", "attention.value_length",
    "attention.layer_norm_rms_epsilon", "rope.freq_base", "rope.dimension_count", "rope.scaling.type",
    "rope.scaling.factor", "rope.scaling.original_context_length", "rope.scaling.finetuned",
}
HARMLESS_AT_ZERO = {"expert_count", "expert_used_count", "attention.sliding_window"}
LARGEST = 2**31  # numbers: the weights are kept as fp32, so 8 GiB
TABLE, FINAL_NORM, OUTPUT, ROPE_FREQS = "token_embd.weight", "output_norm.weight", "output.weight", "rope_freqs.weight"


def read_settings(keys, name):
    """Return the Settings that the keys of a file give; raises ModelFileError for what the forward pass lacks."""
    if (family := keys.get("general.architecture")) != "llama":
        raise ModelFileError(f"files of the family llama are run here; {name} is of {short(family)}.")
    own = {key.removeprefix("llama."): value for key, value in keys.items() if key.startswith("llama.")}
    for key, value in own.items():
        if key not in KNOWN and not (key in HARMLESS_AT_ZERO and value == 0):
            raise ModelFileError(f"{name} asks for llama.{plain(key)} = {short(value)}: that is not built here.")
    if (scaling := own.get("rope.scaling.type", "none")) not in ("none", "linear"):
        raise ModelFileError(f"{name} stretches its positions by {short(scaling)}: that is not built here.")

    def whole(key, default=None):
        value = own.get(key, default)
        if type(value) is not int or not 1 <= value < 2**31:
            raise ModelFileError(f"llama.{key} must be a whole number from 1; {name} has {short(value)}.")
        return value

    def real(key, default=None):
        value = own.get(key, default)
        if type(value) not in (int, float) or not 0 < value < np.inf:
            raise ModelFileError(f"llama.{key} must be a number above 0; {name} has {short(value)}.")
        return float(value)

    n_heads, dim = whole("attention.head_count"), whole("embedding_length")
    n_key_heads = whole("attention.head_count_kv", n_heads)
    head_dim = whole("attention.key_length", dim // n_heads or None)
    rotary_dim = whole("rope.dimension_count", head_dim)
    value_dim = whole("attention.value_length", head_dim)
    if n_heads % n_key_heads or rotary_dim % 2 or rotary_dim > head_dim or value_dim != head_dim:
        raise ModelFileError(
            f"{n_heads} heads must share {n_key_heads} keys evenly, and an even number of {head_dim} numbers turn; "
            f"got {rotary_dim} that turn, and values of {value_dim} numbers."
        )
    return Settings(
        name=plain(keys.get("general.name", name)), n_blocks=whole("block_count"), n_heads=n_heads,
        n_key_heads=n_key_heads, head_dim=head_dim, rotary_dim=rotary_dim, base=real("rope.freq_base", 10_000.0),
        eps=real("attention.layer_norm_rms_epsilon"), context=whole("context_length"),
        divisors=real("rope.scaling.factor", 1.0) if scaling == "linear" else 1.0,
    )  # fmt: skip


def block_shapes(keys, settings):
    """Return {name: shape} of the tensors of one block."""
    dim, wide = keys["llama.embedding_length"], keys.get("llama.feed_forward_length")
    queries, values = settings.n_heads * settings.head_dim, settings.n_key_heads * settings.head_dim
    return {
        "attn_norm": (dim,), "attn_q": (queries, dim), "attn_k": (values, dim), "attn_v": (values, dim),
        "attn_output": (dim, queries), "ffn_norm": (dim,), "ffn_gate": (wide, dim), "ffn_up": (wide, dim),
        "ffn_down": (dim, wide),
    }  # fmt: skip


def expected_shapes(keys, settings, tensors):
    """Return {name: shape} of all tensors that the file must have, and of those it may have and has."""
    dim, n_rows = keys["llama.embedding_length"], tensors[TABLE].shape[0] if TABLE in tensors else 1
    shapes = {TABLE: (n_rows, dim), FINAL_NORM: (dim,)}
    for i in range(min(settings.n_blocks, len(tensors))):
        shapes |= {f"blk.{i}.{name}.weight": shape for name, shape in block_shapes(keys, settings).items()}
    optional = {OUTPUT: (n_rows, dim), ROPE_FREQS: (settings.rotary_dim // 2,)}
    return shapes | {name: shape for name, shape in optional.items() if name in tensors}


def check_shapes(tensors, shapes, name):
    """Raise ModelFileError unless these are the tensors, all of them and no others, and small enough for memory."""
    for wanted, shape in shapes.items():
        found = tensors[wanted].shape if wanted in tensors else "none"
        if found != shape:
            raise ModelFileError(f"{name} must have {wanted} of shape {shape}; got {found}.")
    if unknown := sorted(set(tensors) - set(shapes)):
        raise ModelFileError(f"{name} has {short(unknown)}, which a model of this kind does not have.")
    if (size := sum(math.prod(shape) for shape in shapes.values())) > LARGEST:
        raise ModelFileError(f"models of up to {LARGEST:,} numbers are run here, as fp32; {name} has {size:,}.")

"""Small random models of Llama's kind, of several shapes, and how to put one into a gguf file.

Their weights come from a seed, so that tools/make_llama_reference.py gives transformers the same ones.
"""

import numpy as np

SHAPES = {  # Hugging Face's names; `factor` and so on: llama3's way to stretch positions
    "grouped keys, own output": {"hidden_size": 32, "num_attention_heads": 4, "num_key_value_heads": 2,
                                 "head_dim": 8, "intermediate_size": 48, "num_hidden_layers": 2, "vocab_size": 61,
                                 "rope_theta": 10_000.0, "tie_word_embeddings": False},
    "one key for all, tied, llama3 scaling": {"hidden_size": 48, "num_attention_heads": 6, "num_key_value_heads": 1,
                                              "head_dim": 16, "intermediate_size": 40, "num_hidden_layers": 3,
                                              "vocab_size": 50, "rope_theta": 500_000.0, "tie_word_embeddings": True,
                                              "scaling": {"factor": 8.0, "low_freq_factor": 1.0,
                                                          "high_freq_factor": 4.0,
                                                          "original_max_position_embeddings": 64}},
    "a key for each head, linear scaling": {"hidden_size": 24, "num_attention_heads": 3, "num_key_value_heads": 3,
                                            "head_dim": 8, "intermediate_size": 64, "num_hidden_layers": 1,
                                            "vocab_size": 40, "rope_theta": 10_000.0, "tie_word_embeddings": False,
                                            "linear": 4.0},
}  # fmt: skip
CONTEXT, EPS = 512, 1e-5


def weights_of(shape, seed=0):
    """Return {Hugging Face's name: array} of a shape, large enough that every part shows in the logits."""
    random = np.random.default_rng(seed)
    dim, wide = shape["hidden_size"], shape["intermediate_size"]
    queries, keys = (shape["head_dim"] * shape[name] for name in ("num_attention_heads", "num_key_value_heads"))

    def numbers(*size):
        return (random.standard_normal(size) * size[-1] ** -0.5).astype(np.float32)

    weights = {"model.embed_tokens.weight": 3 * numbers(shape["vocab_size"], dim)}
    for i in range(shape["num_hidden_layers"]):
        for name, size in {
            "self_attn.q_proj": (queries, dim), "self_attn.k_proj": (keys, dim), "self_attn.v_proj": (keys, dim),
            "self_attn.o_proj": (dim, queries), "mlp.gate_proj": (wide, dim), "mlp.up_proj": (wide, dim),
            "mlp.down_proj": (dim, wide),
        }.items():  # fmt: skip
            weights[f"model.layers.{i}.{name}.weight"] = 2 * numbers(*size)
        for name in ("input_layernorm", "post_attention_layernorm"):
            weights[f"model.layers.{i}.{name}.weight"] = 1 + numbers(dim)
    weights["model.norm.weight"] = 1 + numbers(dim)
    if not shape["tie_word_embeddings"]:
        weights["lm_head.weight"] = 3 * numbers(shape["vocab_size"], dim)
    return weights


def ids_of(shape):
    return np.random.default_rng(1).integers(0, shape["vocab_size"], 100)


GGUF_NAMES = {
    "model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output", "model.layers": "blk",
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down", "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm",
}  # fmt: skip


def llama3_divisors(shape):
    """Return what slows each pair down: Llama 3.1's rule, as llama.cpp's converter writes it into a file."""
    rule, dim = shape["scaling"], shape["head_dim"]
    frequencies = shape["rope_theta"] ** (-np.arange(0, dim, 2) / dim)
    wavelengths, old = 2 * np.pi / frequencies, rule["original_max_position_embeddings"]
    low, high = old / rule["low_freq_factor"], old / rule["high_freq_factor"]
    smooth = (old / wavelengths - rule["low_freq_factor"]) / (rule["high_freq_factor"] - rule["low_freq_factor"])
    between = 1 / ((1 - smooth) / rule["factor"] + smooth)
    divisors = np.where(wavelengths < high, 1, np.where(wavelengths > low, rule["factor"], between))
    return divisors.astype(np.float32)


def keys_of(shape):
    """Return the keys that a gguf file of this shape has."""
    keys = {
        "llama.block_count": shape["num_hidden_layers"], "llama.context_length": CONTEXT,
        "llama.embedding_length": shape["hidden_size"], "llama.feed_forward_length": shape["intermediate_size"],
        "llama.attention.head_count": shape["num_attention_heads"],
        "llama.attention.head_count_kv": shape["num_key_value_heads"],
        "llama.attention.key_length": shape["head_dim"], "llama.attention.value_length": shape["head_dim"],
        "llama.rope.dimension_count": shape["head_dim"], "llama.rope.freq_base": shape["rope_theta"],
        "llama.attention.layer_norm_rms_epsilon": EPS, "llama.vocab_size": shape["vocab_size"],
    }  # fmt: skip
    if "linear" in shape:
        keys |= {"llama.rope.scaling.type": "linear", "llama.rope.scaling.factor": shape["linear"]}
    return keys


def tensors_of(shape, weights):
    """Return {name: array} as a gguf file has them: rows of queries and keys reordered for interleaved pairs."""
    tensors = {}
    for name, array in weights.items():
        for theirs, ours in GGUF_NAMES.items():
            name = name.replace(theirs, ours)
        heads = {"attn_q": "num_attention_heads", "attn_k": "num_key_value_heads"}.get(name.split(".")[-2])
        if heads:
            array = array.reshape(shape[heads], 2, -1, array.shape[1]).swapaxes(1, 2).reshape(array.shape)
        tensors[name] = array
    if "scaling" in shape:
        tensors["rope_freqs.weight"] = llama3_divisors(shape)
    return tensors


def write_gguf(path, keys, tensors, family="llama"):
    """Write a gguf file by the gguf package; a list of texts or numbers as a value is written as such."""
    import gguf

    writer = gguf.GGUFWriter(path, family)
    for key, value in keys.items():
        kind = {str: writer.add_string, bool: writer.add_bool, int: writer.add_uint32, float: writer.add_float32,
                list: writer.add_array}[type(value)]  # fmt: skip
        kind(key, value)
    for name, array in tensors.items():
        writer.add_tensor(name, np.ascontiguousarray(array))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def small_gguf(path, name, change=lambda keys, tensors: None):
    """Write the model of one of SHAPES, after `change` has had its way with keys and tensors; return the path."""
    shape = SHAPES[name]
    keys, tensors = keys_of(shape), tensors_of(shape, weights_of(shape))
    change(keys, tensors)
    return write_gguf(path, keys, tensors)

"""How many numbers a model has, counted from the shapes in its config.json, and its tables' share of them."""

from ..words import word
from .config import Fact
from .config_keys import ConfigError, config_keys


def parameters(config):
    """Count the parameters of a ModelConfig from its shapes; a Fact whose key says what had to be assumed.

    Raises ConfigError if the shapes of the family are not known here, or a size is absent.

    >>> from book_utils.models.config import ModelConfig
    >>> sizes = {"vocab_size": 50257, "n_embd": 768, "n_layer": 12, "n_head": 12, "n_positions": 1024}
    >>> parameters(ModelConfig({"model_type": "gpt2", **sizes}))
    124,439,808 (shapes of GPT2Config; absent, so by its code: tied true)
    """
    family = config.family
    if "shapes" not in family:
        known = ", ".join(name for name, other in config_keys()["families"].items() if "shapes" in other)
        raise ConfigError(f"the shapes are known here for the model_type {known}; got {config.model_type}.")
    shape = config_keys()["plain_shapes"] | family["shapes"]
    used = {}

    def size(name):
        used[name] = config.facts[name]
        if used[name].assumed is None:
            raise ConfigError(f"counting parameters needs the {name}; this config.json does not say it.")
        return used[name].assumed

    rows, width, layers, heads, head_dim = map(size, ("rows", "width", "layers", "heads", "head_dim"))
    kv_heads = size("kv_heads") if config.kv_heads.assumed else heads
    if shape["inner_per_width"] and config.inner.value is None:
        inner = shape["inner_per_width"] * width
    else:
        inner = size("inner")
    queries, keys = heads * head_dim, kv_heads * head_dim
    norm = shape["norm_vectors"] * width

    attention = 2 * width * queries + 2 * width * keys + 2 * shape["qk_norms"] * head_dim
    attention += (queries + 2 * keys) if shape["qkv_bias"] or config.attention_bias.value else 0
    attention += width if shape["out_bias"] or config.attention_bias.value else 0
    matrices = shape["mlp_matrices"]
    mlp = matrices * width * inner
    mlp += (matrices - 1) * inner + width if shape["mlp_bias"] or config.mlp_bias.value else 0
    block = attention + mlp + shape["block_norms"] * norm

    tables = rows * width + (size("context") * width if shape["positions"] else 0)
    tables += size("types") * width if "types" in family else 0
    head = shape["head"] * (0 if size("tied") else rows * width) + shape["head_bias"] * rows
    pooler = shape["pooler"] * (width + 1) * width
    total = tables + layers * block + shape["outer_norms"] * norm + head + pooler
    assumed = [f"{name} {str(fact.default).lower()}" for name, fact in used.items() if fact.value is None]
    said = word("configKeys.shapes", code=family["code"])
    return Fact(total, word("configKeys.taken", shapes=said, facts=", ".join(assumed)) if assumed else said)


def table_share(config, total=None):
    """Return how much of a model its token tables are, 0 to 1: one table if tied, input and output if not.

    `total` is the number of parameters, counted if not given. Raises ConfigError as `parameters` does.

    >>> from book_utils.models.config import ModelConfig
    >>> tied = ModelConfig({"vocab_size": 262144, "hidden_size": 640, "tie_word_embeddings": True})
    >>> round(table_share(tied, total=268_098_176), 3)
    0.626
    """
    rows, width, tied = config.rows.assumed, config.width.assumed, config.tied.assumed
    if None in (rows, width, tied):
        raise ConfigError("a share needs rows, width and tied; this config.json does not say all three.")
    return rows * width * (1 if tied else 2) / (total or parameters(config).value)

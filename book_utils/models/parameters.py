"""How many numbers a model has, counted from the shapes in its config.json, and its tables' share of them."""

from ..words import word
from .config_keys import ConfigError, config_keys
from .fact import Fact


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
    out_bias = shape["out_bias"] if shape["out_bias"] is not None else config.attention_bias.value
    attention += width if out_bias else 0
    matrices = shape["mlp_matrices"]
    mlp = matrices * width * inner
    mlp += (matrices - 1) * inner + width if shape["mlp_bias"] or config.mlp_bias.value else 0
    block = attention + mlp + shape["block_norms"] * norm

    tables = rows * width + (size("context") * width if shape["positions"] else 0)
    tables += size("types") * width if "types" in family else 0
    output = shape["head"] and config.output_table.assumed
    head = (rows * width if output else 0) + shape["head_bias"] * rows
    if shape["head"]:
        used["tied"] = config.tied
    pooler = shape["pooler"] * (width + 1) * width
    total = tables + layers * block + shape["outer_norms"] * norm + head + pooler
    assumed = [f"{name} {str(fact.default).lower()}" for name, fact in used.items() if fact.value is None]
    said = word("configKeys.shapes", code=family["code"])
    return Fact(total, word("configKeys.taken", shapes=said, facts=", ".join(assumed)) if assumed else said)


def table_share(config, total=None):
    """Return how much of a model its token tables are, 0 to 1: one table if tied, input and output if not.

    `total` is the number of parameters, counted if not given. Raises ConfigError as `parameters` does, and where the
    tables have more numbers than the whole, so that one of them is wrong.

    >>> from book_utils.models.config import ModelConfig
    >>> tied = ModelConfig({"vocab_size": 262144, "hidden_size": 640, "tie_word_embeddings": True})
    >>> round(table_share(tied, total=268_098_176), 3)
    0.626
    """
    total = total or parameters(config).value
    tables = table_numbers(config)
    if tables > total:
        raise ConfigError(f"the tables have {tables:,} numbers, more than the whole has, {total:,}: one is wrong.")
    return tables / total


def table_numbers(config):
    """Return how many numbers are in a model's token tables: input, output (if it has its own), and those by layer.

    Raises ConfigError where the file does not say enough.

    >>> from book_utils.models.config import ModelConfig
    >>> table_numbers(ModelConfig({"vocab_size": 100, "hidden_size": 8, "tie_word_embeddings": False}))
    1600
    """
    rows, width, output = config.rows.assumed, config.table_width.assumed, config.output_table.assumed
    if None in (rows, width, output):
        raise ConfigError("a share needs rows, width and tied; this config.json does not say all three.")
    return rows * width * (2 if output else 1) + per_layer_numbers(config)


def per_layer_numbers(config):
    """Return how many numbers are in the tables of which a token has a row for every layer; 0 without such tables.

    >>> from book_utils.models.config import ModelConfig
    >>> sizes = {"hidden_size_per_layer_input": 256, "vocab_size_per_layer_input": 262144, "num_hidden_layers": 35}
    >>> per_layer_numbers(ModelConfig({"text_config": sizes}))
    2348810240
    """
    return (config.per_layer_rows.assumed or 0) * (config.per_layer_numbers.assumed or 0)

"""What is unusual about a model's table and positions, in one sentence."""

from ..words import word
from .config_keys import ConfigError
from .fact import written
from .parameters import per_layer_numbers, table_share
from .rotations import rotations


def unusual(config, total=None):
    """Say the first thing about a ModelConfig that most models do not have; `total` is its number of parameters.

    The page's JavaScript, unusual.js, says the same.

    >>> from book_utils.models.config import ModelConfig
    >>> unusual(ModelConfig({"model_type": "smollm3", "num_hidden_layers": 36}))
    '27 of 36 layers use positions.'
    """
    known = None not in (config.rows.assumed, config.width.assumed, config.position.assumed)
    name, values = next(_finds(config, total), ("nothing" if known else "unknown", {}))
    shown = {key: value if isinstance(value, str) else written(value) for key, value in values.items()}
    return word(f"configUnusual.{name}", **shown)


def _finds(config, total):
    fact = {name: each.assumed for name, each in config.facts.items()}
    if config.family.get("no_table"):
        yield "no_table", {}
    if numbers := per_layer_numbers(config):
        yield "per_layer", {"numbers": numbers, "rows": fact["per_layer_rows"], "each": fact["per_layer_numbers"]}
    if fact["position"] == "none":
        yield "no_positions", {}
    if fact["layers"] and fact["rotary_layers"] is not None and fact["rotary_layers"] < fact["layers"]:
        yield "some_layers", {"some": fact["rotary_layers"], "layers": fact["layers"]}
    try:
        share = table_share(config, total) if total else 0
    except ConfigError:
        share = 0
    if share >= 0.5:
        yield "mostly_table", {"share": f"{100 * share:.1f}%"}
    yield from _of_tables(config, fact)
    yield from _of_rotary(rotations(config), fact)
    heads, head, width = fact["heads"], fact["head_dim"], fact["width"]
    if heads and head and width and heads * head > width and not fact["rope_part"]:
        yield "wide_heads", {"heads": heads, "head": head, "all": heads * head, "width": width}


def _of_tables(config, fact):
    if " + " in config.rows.key:
        yield "more_rows", {"rows": fact["rows"], "key": config.rows.key}
    if fact["table_width"] and fact["width"] and fact["table_width"] < fact["width"]:
        yield "narrow_rows", {"narrow": fact["table_width"], "width": fact["width"]}


def _of_rotary(turning, fact):
    bases = [each["base"] for each in turning]
    if len({*bases}) > 1:
        yield "two_bases", {"one": bases[0], "other": bases[1]}
    factor = next((each["scaling"].get("factor") for each in turning if each["scaling"]), None)
    if factor:
        yield "stretched", {"method": fact["scaling"], "factor": factor}
    dims, head = fact["rotary_dims"], fact["full_head_dim"] or fact["head_dim"]
    if dims and head and dims < head:
        yield "partial", {"dims": dims, "head": head}

"""What the config explorer says without a screen: a model's facts as lines of text, and all models as a table."""

from ..memory import FORMATS, table_bytes
from ..models.config import ModelConfig
from ..models.config_keys import ConfigError
from ..models.fact import Fact, written
from ..models.parameters import per_layer_numbers, table_share
from ..models.rotations import rotations, scaling, turning
from ..models.unusual import unusual
from ..words import word

POSITIONS = ("learned", "rotary", "relative", "sinusoid", "learned and relative", "none")  # ours, not those of files
MAIN = ("model_type", "part", "rows", "width", "table_width", "tied", "position", "base", "local_base", "scaling",
        "rotary_dims", "head_dim", "rotary_layers", "local_layers", "layers", "context")
IF_THERE = ("part", "table_width", "local_base", "local_layers")  # said only where they tell something


def card(config: ModelConfig, total: int | None, why: str = "", doubts: tuple[str, ...] = ()) -> list[str]:
    """List what is to be said of a model: what is unusual, its facts, its tables, its share.

    `total` is its number of parameters, or None, and then `why` says why not; `doubts` are what is not certain.

    >>> card(ModelConfig({"model_type": "bloom", "vocab_size": 250880, "n_embed": 1024}), None, "no shapes")[0]
    'Nothing about its table and positions is unusual.'
    """
    said = [unusual(config, total)]
    said += [f"{word(f'configLabels.{name}')}: {fact_text(name, config)}" for name in MAIN if is_said(name, config)]
    said += turning_lines(config) + [word("configPlainDoubt", why=doubt) for doubt in doubts]
    rows, width = config.rows.assumed, config.table_width.assumed
    if rows and width:
        sizes = {dtype: table_bytes(rows, width, dtype) / 2**20 for dtype in FORMATS}
        listed = ", ".join(f"{dtype} {size:,.1f} MiB" for dtype, size in sizes.items())
        said.append(word("configPlainTable", sizes=listed))
    if per_layer_numbers(config):
        each, rows = config.per_layer_numbers.assumed, config.per_layer_rows.assumed
        size = f"{table_bytes(rows, each, 'fp16') / 2**20:,.1f}"
        said.append(word("configPerLayer", size=size, rows=f"{rows:,}", each=f"{each:,}"))
    said.append(word("configPlainShare", share=share_of(config, total, why)))
    if config.part.value:
        said.append(word("configTextPart", parts=config.part.key))
    return said


def is_said(name: str, config: ModelConfig) -> bool:
    """Tell whether a fact is among those that are said of this model."""
    if name == "table_width":
        return config.table_width.assumed != config.width.assumed
    return name not in IF_THERE or config.facts[name].assumed is not None


def fact_text(name: str, config: ModelConfig) -> str:
    """Say a fact as its repr does, in the language of the page; of scaling, its numbers too.

    >>> fact_text("width", ModelConfig({"n_embd": 768}))
    '768 (n_embd)'
    """
    fact: Fact = config.facts[name]

    def shown(value):
        if name == "scaling" and (found := scaling(config)):
            numbers = [f"{key} {written(number)}" for key, number in found.items() if key != "method"]
            return word("configScaled", method=value, numbers=", ".join(numbers)) if numbers else value
        ours = (name == "position" and value in POSITIONS) or (name == "scaling" and value == "none")
        return word(f"configPositions.{value}") if ours else written(value)

    source = word("configSource", source=fact.source).rstrip(".") if fact.source else ""
    notes = "".join(f"; {note}" for note in (fact.note, source) if note)
    if fact.value is None:
        code = word("configBy", code=fact.default_from, value=shown(fact.default))
        return word("configAbsent") + (f" ({code})" if fact.default is not None else "") + notes
    others = [word("configBut", key=key, value=shown(value)) for key, value in fact.others]
    return f"{shown(fact.value)} ({', '.join([fact.key, *others])})" + notes


def turning_lines(config: ModelConfig) -> list[str]:
    """Say how slowly the slowest pair turns, and how many pairs complete a turn in the context."""
    context = config.context.assumed
    ways = rotations(config)
    if not ways:
        return []
    found = turning(ways[0], context)
    if not found:
        return [word("configSlowUnknown", method=config.scaling.assumed)]
    slowest, plain = (f"{round(found[name]):,}" for name in ("slowest", "plain"))
    lines = [word("configSlow", slowest=slowest) if slowest == plain
             else word("configSlowest", slowest=slowest, plain=plain)]
    if context:
        lines.append(word("configTurns", full=found["full"], pairs=found["pairs"], context=f"{context:,}"))
    return lines


def share_of(config: ModelConfig, total: int | None, why: str = "") -> str:
    """Say which share of a model its tables are, or why that is not known."""
    if total is None:
        return word("configPlainUnknown", why=why)
    try:
        return f"{table_share(config, total):.1%}"
    except ConfigError as problem:
        return word("configPlainUnknown", why=problem)


def doubts_of(entry: dict) -> tuple[str, ...]:
    """Say what of a listed model was not seen at its source, and why: one line for each fact, or for all."""
    doubts = entry.get("uncertain", {})
    return tuple(why if name == "all" else f"{name}: {why}" for name, why in doubts.items())


def model_rows(models: list[dict]) -> list[list[str]]:
    """List all models: rows, width, table of 2 bytes a number, share, and what is not certain."""
    rows = [word("configAllColumns").split("|")]
    for entry in models:
        config = ModelConfig(entry["config"])
        shape = config.rows.assumed, config.table_width.assumed
        size = table_bytes(*shape, "fp16") / 2**20
        rows.append([entry["name"], *(f"{n:,}" for n in shape), f"{size:,.1f}", share_of(config, entry["parameters"]),
                     "; ".join(doubts_of(entry))])
    return rows

"""What follows from the keys of a config.json: each rule lists what it can make of them, the best first.

A rule gets the config and `fact`, by which it asks for a fact: as the file has it, or as its family's code takes it.
A find without a value is a note: why it is not known. The page's JavaScript, config_rules.js, has the same rules.
"""

from ..words import word
from .config_keys import config_keys
from .fact import Fact, noted
from .rotary_rules import base, local_layers, position, rotary_dims, rotary_layers, scaling


def _rows(config, fact):
    rows, padded, narrow = fact("rows"), fact("padded_rows"), fact("table_width")
    multiple, added, extra = fact("row_multiple"), fact("added_rows"), config.family.get("extra_rows", 0)
    if config.family.get("no_table"):
        return noted("no_table", key=rows.key) if rows.value else []
    if padded.value:
        return [padded]
    if not rows.value:
        return []
    if _counts_rows(config, narrow, rows):
        rows = narrow
    if added.value or extra:
        more, key = (added.value, added.key) if added.value else (extra, extra)
        return [Fact(rows.value + more, f"{rows.key} + {key}")]
    if multiple.value and rows.value % multiple.value:
        key = word("configKeys.padded", rows=rows.key, multiple=multiple.key)
        return [Fact(-(-rows.value // multiple.value) * multiple.value, key)]
    return [rows]


def _counts_rows(config, narrow, rows):
    """Say whether `embedding_size` is a padded number of rows, as in the OLMo kin, and not the width of a row."""
    sure = config.family.get("embedding_is_rows", not config.family)
    return bool(sure and narrow.value and narrow.value >= rows.value)


def _table_width(config, fact):
    narrow, rows, width = fact("table_width"), config.facts["rows"], fact("width")
    return [narrow if narrow.value and narrow.key not in rows.key else Fact(width.value, width.key)]


def _context(config, fact):
    context, offset = fact("context"), config.family.get("context_offset", 0)
    if offset and context.value and context.value > offset:
        return [Fact(context.value - offset, f"{context.key} - {offset}", others=context.others)]
    return [context]


def _head_dim(config, fact):
    rope, nope, head, width, heads = map(fact, ("rope_part", "nope_part", "head_dim", "width", "heads"))
    factor = config.family.get("head_factor", 1)
    if rope.value and nope.value:  # a head in two parts; head_dim, where it stands too, is the size of one
        return [Fact(nope.value + rope.value, f"{nope.key} + {rope.key}")]
    finds = [head] if head.value and factor == 1 else []
    if not finds and "head_dim" not in config.family and width.value and heads.value:
        even, times = factor * width.value % heads.value == 0, f"{factor} x " if factor > 1 else ""
        finds += [Fact(factor * width.value // heads.value, f"{times}{width.key} / {heads.key}")] if even else []
    return finds


def _per_layer_numbers(config, fact):
    layers, width = fact("layers"), fact("per_layer_width")
    return [Fact(layers.value * width.value, f"{layers.key} x {width.key}")] if layers.value and width.value else []


def _output_table(config, fact):
    tied, names = fact("tied"), config.architectures.value or []
    (ending, base_ending), = config_keys()["base_class"].items()
    base = config.family.get("code", "?").replace(ending, base_ending)
    bare = [name for name in names if name == base or name.endswith(tuple(config_keys()["headless"]))]
    if bare:
        return [Fact(False, f"{config.architectures.key}: {bare[0]}")]
    return [Fact(not tied.value, tied.key)] if tied.key else []


RULES = {
    "rows": _rows,
    "table_width": _table_width,
    "context": _context,
    "base": base,
    "head_dim": _head_dim,
    "position": position,
    "scaling": scaling,
    "rotary_dims": rotary_dims,
    "rotary_layers": rotary_layers,
    "local_layers": local_layers,
    "per_layer_numbers": _per_layer_numbers,
    "output_table": _output_table,
}

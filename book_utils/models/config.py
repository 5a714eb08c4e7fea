"""What a config.json says of its table and positions: each value with the key that it came from."""

from dataclasses import dataclass
from pathlib import Path
from reprlib import repr as short

from ..words import word
from .config_keys import ConfigError, check_shape, config_keys, find, read_config


@dataclass(frozen=True, repr=False)
class Fact:
    """One value and the `key` it came from, or nothing but the `default` that the family's code would take.

    `others` are the (key, value) pairs of the same file that disagree with it.

    >>> Fact(768, "n_embd"), Fact(default=True, default_from="GPT2Config")
    (768 (n_embd), absent (by GPT2Config: true))
    """

    value: object = None
    key: str = ""
    default: object = None
    default_from: str = ""
    others: tuple = ()
    note: str = ""

    @property
    def assumed(self):
        """The value, or else what the family's code would take, or else None."""
        return self.default if self.value is None else self.value

    def __repr__(self):
        if self.value is None:
            by = "" if self.default is None else f" (by {self.default_from}: {written(self.default)})"
            return f"absent{by}" + (f"; {self.note}" if self.note else "")
        differ = "".join(f", but {key} says {written(value)}" for key, value in self.others)
        return f"{written(self.value)} ({self.key}{differ})"


class ModelConfig:
    """The facts of one config.json: `config.rows` is a `Fact`, and so on; `config.facts` has all by name.

    Takes the parsed file, a dict. Raises ConfigError for a value that cannot be what its key says.

    >>> config = ModelConfig({"model_type": "gpt2", "vocab_size": 50257, "n_embd": 768, "n_head": 12})
    >>> config.width, config.head_dim, config.base
    (768 (n_embd), 64 (n_embd / n_head), absent)
    >>> config.position
    absent (by GPT2Config: learned)
    """

    def __init__(self, config):
        check_shape(config)
        family = find(config, "model_type")
        self.family = config_keys()["families"].get(family[0][1], {}) if family else {}
        self.facts = {name: self._fact(config, name) for name in config_keys()["facts"]}
        for name, rule in RULES.items():
            self.facts[name] = self._derived(name, rule)

    @classmethod
    def read(cls, path):
        """Return the facts of a config.json, or of a folder's; raises FileNotFoundError or ConfigError."""
        path = Path(path)
        return cls(read_config(path / "config.json" if path.is_dir() else path))

    @property
    def table_shape(self):
        """(rows, width) of the token table; raises ConfigError, with the keys it looked for, if absent."""
        width = self.width if self.table_width.value is None else self.table_width
        for name, fact in (("rows", self.rows), ("width", width)):
            if fact.value is None:
                looked = ", ".join(config_keys()["facts"][name]["keys"])
                raise ConfigError(f"the table's {name} must stand under one of {looked}; this file has none.")
        return self.rows.value, width.value

    def __getattr__(self, name):
        if name == "facts" or name not in self.facts:
            raise AttributeError(f"a ModelConfig has no fact called {name!r}.")
        return self.facts[name]

    def __repr__(self):
        width = max(map(len, self.facts))
        return "\n".join(f"{name:<{width}}  {fact}" for name, fact in self.facts.items())

    def _fact(self, config, name):
        spec, finds = config_keys()["facts"][name], find(config, name)
        if finds:
            (key, value), *rest = finds
            others = tuple(pair for pair in rest if pair[1] != value) if spec.get("compare", True) else ()
            return Fact(value, key, others=others)
        default = self.family.get(name)
        default_from = "" if default is None else self.family["code"]
        return Fact(default=default, default_from=default_from, note=spec.get("note", ""))

    def _assumed(self, name):
        fact = self.facts[name]
        return Fact(fact.default, fact.default_from) if fact.value is None else fact

    def _derived(self, name, rule):
        """Apply a rule to what the file says; only where that gives nothing, to what its code would take."""
        if finds := rule(self, self.facts.__getitem__):
            first, *rest = finds
            differ = tuple((fact.key, fact.value) for fact in rest if fact.value != first.value)
            return Fact(first.value, first.key, others=first.others + differ)
        first, *_ = rule(self, self._assumed) or [Fact()]
        code = self.family.get("code", "")
        source = first.key if code in first.key else f"{code}, {first.key}"
        return Fact(default=first.value, default_from=source)


# Four facts are worked out from others. Each rule lists what it can make of them, best first; `fact(name)` is
# a fact as the file has it, or as its family's code takes it. The page's JavaScript has the same four rules.


def _head_dim(config, fact):
    rope, nope, head, width, heads = map(fact, ("rope_part", "nope_part", "head_dim", "width", "heads"))
    finds = [Fact(nope.value + rope.value, f"{nope.key} + {rope.key}")] if rope.value and nope.value else []
    finds += [head] if head.value else []
    if not finds and "head_dim" not in config.family and width.value and heads.value:
        even = width.value % heads.value == 0
        finds += [Fact(width.value // heads.value, f"{width.key} / {heads.key}")] if even else []
    return finds


def _position(config, fact):
    words = config_keys()["position_words"]
    word, alibi, buckets = map(fact, ("position", "alibi", "buckets"))
    finds = [Fact(words.get(word.value, word.value), word.key)] if word.value else []
    finds += [Fact("ALiBi", alibi.key)] if alibi.value else []
    signs = [config.facts[name] for name in config_keys()["rotary_signs"]]
    finds += [Fact("rotary", sign.key) for sign in signs if sign.value is not None][:1]
    return finds + ([Fact("relative", buckets.key)] if buckets.value else [])


def _rotary_dims(config, fact):
    finds = [fact(name) for name in ("rope_part", "rotary_dim") if fact(name).value]
    share, head = fact("fraction"), fact("full_head_dim") if fact("full_head_dim").value else fact("head_dim")
    if share.value and head.value and not config.rope_part.value:
        finds.append(Fact(int(head.value * share.value), word("configKeys.share", share=share.key, whole=head.key)))
    return finds


def _rotary_layers(config, fact):
    listed, kinds, layers = fact("rope_on_layers"), fact("layer_types"), fact("layers")
    interval, skip, family = fact("full_attention_interval"), fact("no_rope_interval"), config.family
    if fact("position").value != "rotary" or not (layers.value or kinds.value or listed.value):
        return []
    if listed.value:
        return [Fact(sum(listed.value), listed.key)]
    with_rope, without = config_keys()["layers_with_rope"], config_keys()["layers_without_rope"]
    turning = family.get("layers_with_rope", with_rope)
    finds = []
    if kinds.value and {*with_rope, *without} >= {*kinds.value}:  # of a kind we do not know we say nothing
        finds.append(Fact(sum(kind in turning for kind in kinds.value), kinds.key))
    if layers.value and interval.value:
        finds.append(Fact(layers.value // interval.value, f"{layers.key} / {interval.key}"))
    if layers.value and skip.value:
        key = word("configKeys.less", layers=layers.key, skip=skip.key)
        finds.append(Fact(layers.value - layers.value // skip.value, key))
    mixed = kinds.value or {"layers_with_rope", "full_attention_interval", "no_rope_interval"} & {*family}
    if not finds and layers.value and family and not mixed:
        finds.append(Fact(layers.value, word("configKeys.all", layers=layers.key)))
    return finds


RULES = {
    "head_dim": _head_dim,
    "position": _position,
    "rotary_dims": _rotary_dims,
    "rotary_layers": _rotary_layers,
}


def written(value):
    """Write a value as a config.json would, large numbers with commas."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return f"{int(value) if value == int(value) else value:,}"
    return value if isinstance(value, str) else short(value)

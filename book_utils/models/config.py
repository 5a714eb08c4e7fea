"""What a config.json says of its table and positions: each value with the key that it came from."""

from dataclasses import replace
from pathlib import Path

from ..words import word
from .config_keys import ConfigError, at, check_shape, config_keys, find, keys_of, read_config
from .config_rules import RULES
from .fact import Fact, written

__all__ = ["Fact", "ModelConfig", "family_of", "written"]


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
        self.family = family_of(config)
        self.facts = {name: self._fact(config, name) for name in config_keys()["facts"]}
        parts = [path for path in config_keys()["other_parts"] if at(config, path) not in (None, [], {}, "", False)]
        self.facts["part"] = Fact("text", ", ".join(parts), note=word("configNotes.part")) if parts else Fact()
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
        for name, fact in (("rows", self.rows), ("width", self.table_width)):
            if fact.value is None:
                why = fact.note or f"this file has none of {', '.join(keys_of(name))}."
                raise ConfigError(f"the table's {name} must stand in a config.json; {why}")
        return self.rows.value, self.table_width.value

    def __getattr__(self, name):
        if name == "facts" or name not in self.facts:
            raise AttributeError(f"a ModelConfig has no fact called {name!r}.")
        return self.facts[name]

    def __repr__(self):
        shown = {name: fact for name, fact in self.facts.items() if fact != Fact()}
        width = max(map(len, shown), default=0)
        return "\n".join(f"{name:<{width}}  {fact}" for name, fact in shown.items())

    def _fact(self, config, name):
        spec = config_keys()["facts"][name]
        try:
            finds = find(config, name)
        except ConfigError as problem:
            if not spec.get("optional"):
                raise
            return Fact(note=word("configNotes.unread", key=problem.path))
        if finds:
            (key, value), *rest = finds
            others = tuple(pair for pair in rest if pair[1] != value) if spec.get("compare", True) else ()
            return Fact(value, key, others=others)
        default = self.family.get(name)
        default_from = "" if default is None else self.family["code"]
        return Fact(default=default, default_from=default_from,
                    note=word(f"configNotes.{name}") if spec.get("note") else "")

    def _assumed(self, name):
        fact = self.facts[name]
        return Fact(fact.default, fact.default_from) if fact.value is None else fact

    def _derived(self, name, rule):
        """Apply a rule to what the file says; only where that gives nothing, to what its code would take."""
        found, source = list(rule(self, self.facts.__getitem__)), self.family.get("why", {}).get(name, "")
        if known := [fact for fact in found if fact.value is not None]:
            first, *rest = known
            differ = tuple((fact.key, fact.value) for fact in rest if fact.value != first.value)
            return replace(first, others=first.others + differ, source=source)
        found = [*found, *rule(self, self._assumed)]
        notes = [fact.note for fact in found if fact.note]
        if plain := [fact for fact in found if fact.value is None and fact.default is not None]:
            return replace(plain[0], source=source)
        first = next((fact for fact in found if fact.value is not None), Fact())
        code = self.family.get("code", "")
        taken = first.key if code in first.key or first.value is None else f"{code}, {first.key}"
        return Fact(default=first.value, default_from=taken, note=notes[0] if notes else "", source=source)


def family_of(config):
    """Return what is known of a file's family, {} if nothing is: the first of its model_types counts.

    >>> family_of({"model_type": "gemma3"})["code"], family_of({"model_type": "never-seen"})
    ('Gemma3TextConfig', {})
    """
    families, types = config_keys()["families"], find(config, "model_type")
    family = families.get(types[0][1], {}) if types else {}
    return families[family["like"]] if "like" in family else family

"""The names that a config.json uses for a fact, and how a value is looked up under them and checked."""

import json
from functools import cache
from pathlib import Path
from reprlib import repr as short

from .untrusted import parse_object, read_at_most


class ConfigError(ValueError):
    """A config.json that cannot be read as one; `path` names the key whose value is at fault, if one is."""

    def __init__(self, sentence, path=""):
        super().__init__(sentence)
        self.path = path


@cache
def config_keys():
    """Return the one list of names and of families: data/config_keys.json and config_families.json, as a dict.

    >>> config_keys()["facts"]["rows"]["keys"], config_keys()["families"]["gpt2"]["position"]
    (['vocab_size', 'n_vocab'], 'learned')
    """
    folder = Path(__file__).parents[1] / "data"
    return {name: part for file in ("config_keys.json", "config_families.json")
            for name, part in json.loads((folder / file).read_text(encoding="utf-8")).items() if name != "about"}


def read_config(path):
    """Return a config.json as a dict; raises FileNotFoundError or ConfigError (too big, no JSON)."""
    contents = read_at_most(path, config_keys()["limits"]["bytes"], ConfigError)
    return parse_config(contents, path.name)


def parse_config(contents, name="config.json"):
    """Return the object in these bytes, a dict; NaN and Infinity may stand in it, as Python writes them."""
    return parse_object(contents, name, ConfigError, infinite=True)


def check_shape(config):
    """Raise ConfigError unless `config` is one object that is not nested absurdly deep."""
    if not isinstance(config, dict):
        raise ConfigError(f"a config.json holds one object, {{...}}; got {short(config)}.")
    level, limit = [config], config_keys()["limits"]["depth"]
    for _ in range(limit):
        level = [inner for item in level for inner in (item.values() if isinstance(item, dict) else item)]
        level = [inner for inner in level if isinstance(inner, (dict, list))]
    if level:
        raise ConfigError(f"a config.json is nested a few levels deep; got more than {limit}.")


def keys_of(name):
    """Return the keys of a fact, without those of last resort, the one that counts first.

    >>> keys_of("truncate")[:2]
    ['rope_parameters.truncate', 'rope_parameters.full_attention.truncate']
    """
    spec = config_keys()["facts"][name]
    inside = [prefix + key for key in spec.get("rope", ()) for prefix in config_keys()["rope_nesting"]]
    return inside + spec["keys"]


def find(config, name):
    """Return every (key, value) that `config` has for the fact called `name`, the one that counts first.

    Raises ConfigError for a value that cannot be what its key says.

    >>> find({"n_embd": 768, "text_config": {"hidden_size": 640}}, "width")
    [('text_config.hidden_size', 640), ('n_embd', 768)]
    """
    spec, nesting = config_keys()["facts"][name], config_keys()["nesting"]
    for keys in (keys_of(name), spec.get("last_resort", [])):
        paths = [prefix + key for prefix in nesting for key in keys]
        if spec["is"] == "null":
            there = [(path, True) for path in paths if at(config, path, missing="") is None]
        else:
            there = [(path, value) for path in paths if (value := at(config, path)) not in (None, [])]
        if there:
            return [(path, _checked(value, spec["is"], path)) for path, value in there]
    return []


def at(config, path, missing=None):
    """Return what stands at a path like `text_config.hidden_size`, or `missing`.

    >>> at({"text_config": {"hidden_size": 640}}, "text_config.hidden_size"), at({}, "text_config.hidden_size")
    (640, None)
    """
    for key in path.split("."):
        config = config.get(key, missing) if isinstance(config, dict) else missing
    return config


def _checked(value, kind, path):
    """Return the value as its kind (`is` in the list of names) if it is of that kind."""
    wanted, good = KINDS[kind]
    limits = config_keys()["limits"]
    if not good(value, limits):
        raise ConfigError(f"{path} must be {wanted.format_map(limits)}; got {short(value)}.", path)
    return int(value) if _whole(value, limits) else value


def _number(value, limits):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= limits["size"]


def _whole(value, limits):
    return _number(value, limits) and value == int(value)


def _all(value, limits, good):
    return isinstance(value, list) and len(value) <= limits["list"] and all(map(good, value))


# What a value must be, in words, and as a test of the value with the limits.
KINDS = {
    "size": ("a whole number from 1 to {size:,}", lambda value, limits: _whole(value, limits) and value >= 1),
    "count": ("a whole number from 0 to {size:,}", _whole),
    "number": ("a number above 0, at most {size:,}", lambda value, limits: _number(value, limits) and value > 0),
    "share": ("a number above 0, at most 1", lambda value, limits: _number(value, limits) and 0 < value <= 1),
    "flag": ("true or false", lambda value, limits: isinstance(value, bool)),
    "word": ("a word", lambda value, limits: isinstance(value, str) and 0 < len(value) <= limits["word"]),
    "words": ("a list of at most {list:,} words",
              lambda value, limits: _all(value, limits, lambda item: isinstance(item, str))),
    "numbers": ("a list of at most {list:,} numbers",
                lambda value, limits: _all(value, limits, lambda item: _number(item, limits))),
    "flags": ("a list of at most {list:,} zeros and ones",
              lambda value, limits: _all(value, limits, lambda item: item in (0, 1))),
    "null": ("null", lambda value, limits: True),
}

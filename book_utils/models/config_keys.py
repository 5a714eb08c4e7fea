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
    limits = config_keys()["limits"]
    largest, longest = limits["size"], limits["list"]
    number, whole = _number(value, largest), _number(value, largest) and value == int(value)
    items = value if isinstance(value, list) and len(value) <= longest else [None]
    wanted, good = {
        "size": (f"a whole number from 1 to {largest:,}", whole and value >= 1),
        "count": (f"a whole number from 0 to {largest:,}", whole),
        "number": (f"a number above 0, at most {largest:,}", number and value > 0),
        "share": ("a number above 0, at most 1", number and 0 < value <= 1),
        "flag": ("true or false", isinstance(value, bool)),
        "word": ("a word", isinstance(value, str) and 0 < len(value) <= limits["word"]),
        "words": (f"a list of at most {longest:,} words", all(isinstance(item, str) for item in items)),
        "numbers": (f"a list of at most {longest:,} numbers", all(_number(item, largest) for item in items)),
        "flags": (f"a list of at most {longest:,} zeros and ones", all(item in (0, 1) for item in items)),
        "null": ("null", True),
    }[kind]
    if not good:
        raise ConfigError(f"{path} must be {wanted}; got {short(value)}.", path)
    return int(value) if whole else value


def _number(value, largest):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= largest

"""Some fifty public models: what their config.json says, from `data/models.json`."""

import json
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from .config import ModelConfig
from .parameters import table_share


@cache
def entries() -> dict[str, dict]:
    """Give {name: entry}, in the order of the file; an entry has `config`, `parameters` and its `sources`."""
    path = Path(__file__).parents[1] / "data" / "models.json"
    return {model["name"]: model for model in json.loads(path.read_text(encoding="utf-8"))["models"]}


def config_of(name: str) -> ModelConfig:
    """Give the ModelConfig of a public model; raises KeyError, with the nearest name, for an unknown one.

    >>> config_of("GPT-2").rows
    50,257 (vocab_size)
    """
    if name not in entries():
        near = get_close_matches(name, entries(), n=1)
        raise KeyError(f"{name!r} is not in the list." + (f" Did you mean {near[0]!r}?" if near else ""))
    return ModelConfig(entries()[name]["config"])


def share_of(name: str) -> float:
    """Give the share of a public model's parameters that are in token tables, 0 to 1.

    >>> round(share_of("Gemma 3 270M"), 3)
    0.626
    """
    return table_share(config_of(name), entries()[name]["parameters"])

"""The models of the rope dial, with the numbers of their config files, and the ways in which each can be scaled."""

import json
from functools import cache
from numbers import Integral

from ..models import public_models
from ..models.rotations import rotations
from ..recorded_model import DATA
from ..rope_scaling import METHODS, scaled

RECORD = DATA / "smollm2_head.json"  # query and key of a real head; of the other models they are made up
REAL = ", a real head"

MODELS = {  # each with the pairing that its code has; where layers differ, those with full attention are shown
    "GPT-J 6B": "interleaved",
    "Pythia 70M": "split",
    "Llama 3 8B": "split",
    "Llama 3.1 8B": "split",
    "Phi-3.5-mini": "split",
    "gpt-oss 20B": "split",
    "Qwen3.6 27B": "split",
    "Gemma 4 E2B, text part": "split",
    f"SmolLM2 135M{REAL}": "split",
}
STRETCHING = ("linear", "dynamic", "yarn", "llama3")  # those with a factor that one can choose


@cache
def presets() -> tuple[dict, ...]:
    """Give for each model its sizes, base, context, the length `trained` before scaling, and its scaling or None."""
    found = []
    for name, pairing in MODELS.items():
        config = public_models.config_of(name.removesuffix(REAL))
        turning, context = rotations(config)[0], config.context.assumed
        scaling = turning["scaling"]
        found.append({
            "name": name, "head_dim": config.full_head_dim.assumed or config.head_dim.assumed,
            "rotary_dim": turning["rotary_dim"], "base": int(turning["base"]), "context": context, "pairing": pairing,
            "scaling": scaling, "trained": (scaling or {}).get("original_max_position_embeddings", context),
            "real": json.loads(RECORD.read_text(encoding="utf-8")) if name.endswith(REAL) else None})
    return tuple(found)


def preset_of(name: str) -> dict:
    """Give the preset of a model of the dial; raises ValueError for another.

    >>> preset_of("Llama 3.1 8B")["trained"]
    8192
    """
    if name not in MODELS:
        raise ValueError(f"model is one of {'; '.join(MODELS)}; got {name!r}.")
    return next(preset for preset in presets() if preset["name"] == name)


def ways_for(preset: dict, rotary_dim: int, base: int) -> list[str]:
    """List the ways to scale that these numbers allow; rope_stretch.js has the same rule.

    >>> ways_for(preset_of("GPT-J 6B"), 64, 10_000)
    ['none', 'linear', 'dynamic', 'yarn', 'llama3', 'proportional']
    """
    own = preset["scaling"] and preset["scaling"]["method"]
    allowed = {
        "dynamic": rotary_dim > 2,
        "yarn": base > 1,
        "longrope": own == "longrope" and rotary_dim == preset["rotary_dim"],  # its lists were made for this size
        "proportional": rotary_dim < preset["head_dim"],  # else it is the plain way
    }
    return [way for way in METHODS if allowed.get(way, True)]


def scaling_for(preset: dict, way: str, factor: int) -> dict:
    """Give what rope_scaling.scaled takes: the model's own numbers where it scales so, or else those of Llama 3.1."""
    own = preset["scaling"]
    if own and own["method"] == way:
        return own | ({"factor": factor} if way in STRETCHING else {})
    if way == "proportional":
        return {"method": way, "head_dim": preset["head_dim"]}
    return {"method": way, "factor": factor, "original_max_position_embeddings": preset["trained"],
            "low_freq_factor": 1, "high_freq_factor": 4}


def length_of(state: dict) -> int:
    """Give the longest text that the dial shows, in tokens: the context, or the trained length times the factor."""
    preset = preset_of(state["preset"])
    stretched = preset["trained"] * state["factor"] if state["scaling"] in STRETCHING else 0
    return max(preset["context"], stretched)


def rates_of(state: dict):
    """Give ((pairs,) radians a token, attention factor) of a dial, scaled as it says."""
    scaling = scaling_for(preset_of(state["preset"]), state["scaling"], state["factor"])
    return scaled(state["rotary_dim"], state["base"], scaling, length_of(state))


def check(name: str, value, low: int, high: int, step: int = 1):
    """Raise ValueError unless value is a whole number from low to high, even where step is 2."""
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or not low <= value <= high or value % step:
        kind = "an even whole number" if step == 2 else "a whole number"
        raise ValueError(f"{name} is {kind} from {low:,} to {high:,} for this model; got {value!r}.")

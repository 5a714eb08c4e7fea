"""The settings of a training that a reader starts: their limits, and what is made of any others."""

import math
from numbers import Real

from ..optimisers import SGD, Adam, AdamW, LazyAdam
from ..words import word

OPTIMISERS = {optimiser.__name__: optimiser for optimiser in (SGD, LazyAdam, Adam, AdamW)}
LIMITS = {"steps": (1, 3000), "lr": (0.0001, 100), "seed": (0, 9999)}
SETTINGS = {"steps": 600, "lr": 0.01, "seed": 4, "optimiser": "LazyAdam", "tied": False}


def checked_settings(wanted: dict) -> tuple[dict, list[str]]:
    """Give settings that can be trained with, and a sentence for each that had to be changed.

    >>> checked_settings(SETTINGS | {"steps": 9000})[1]
    ['Steps are whole numbers and run from 1 to 3,000: took 3,000.']
    """
    settings, notes = SETTINGS | {"tied": wanted.get("tied") is True}, []
    for name, (low, high) in LIMITS.items():
        number, what = wanted.get(name), word(f"replayLimits.{name}")
        if not isinstance(number, Real) or isinstance(number, bool) or math.isnan(number):
            notes.append(word("replayNoNumber", what=what, taken=SETTINGS[name]))
            continue
        taken = min(max(float(number), low), high)
        settings[name] = taken if name == "lr" else round(taken)
        if settings[name] != number:
            ends = {"low": f"{low:,}", "high": f"{high:,}", "taken": f"{settings[name]:,}"}
            notes.append(word("replayRange" if name == "lr" else "replayWhole", what=what, **ends))
    if wanted.get("optimiser") in list(OPTIMISERS):  # a list, because what comes may have no hash
        settings["optimiser"] = wanted["optimiser"]
    else:
        names = ", ".join(OPTIMISERS)
        notes.append(word("replayOptimisers", names=names, taken=SETTINGS["optimiser"]))
    return settings, notes

"""What can be broken in a language model, and how much: the settings of `BreakIt`, and what each gives."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from .. import places, table_changes
from ..model_experiments import losses
from ..recorded_model import DATA

RECORD = DATA / "broken_model.json"
SIDES = "both", "input"  # where a changed table stands: at the input and, tied, at the output; or at the input alone
# What the model goes on from.
PROMPTS = "The capital of France is", "Once upon a time, there was a little girl who"
N_TOKENS = 20


@dataclass(frozen=True)
class Break:
    """One thing to break. `keywords(table, amount)` gives what `model.loss` takes; `amounts` are the recorded ones.

    `limits` are the least and the largest amount that a notebook may ask for; `whole`, whether it must be whole.
    `table`: a changed table comes out, and `sides` says whether it may stand at the input alone.
    """

    keywords: Callable
    amounts: tuple = (None,)
    limits: tuple = ()
    whole: bool = False
    table: bool = False
    sides: tuple = SIDES[:1]


def of_table(change, amounts=(None,), limits=(), whole=False, sides=SIDES):
    """Return a Break whose `change` takes a table and an amount, and gives the table that stands in its place."""
    return Break(lambda table, amount: {"table": change(table, amount)}, amounts, limits, whole, True, sides)


def of_places(move, amounts=(None,), limits=()):
    """Return a Break whose `move` takes the number of tokens and an amount, and gives the places."""
    return Break(lambda table, amount: {"positions": lambda n: move(n, amount)}, amounts, limits)


FEW = (8, 6, 5, 4, 3, 2)  # bits

BREAKS = {
    "bits": of_table(lambda table, bits: table_changes.rounded(table, bits), FEW, (2, 16), True, SIDES[:1]),
    "blocks": of_table(lambda table, bits: table_changes.rounded(table, bits, 32), FEW, (2, 16), True, SIDES[:1]),
    "shuffled": of_table(lambda table, _: table_changes.shuffled(table)),
    "offByOne": of_table(lambda table, _: table_changes.off_by_one(table)),
    "random": of_table(lambda table, _: table_changes.noise(table)),
    "noisy": of_table(table_changes.noisy, (0.25, 0.5, 1, 2), (0, 100), sides=SIDES[:1]),
    "centred": of_table(lambda table, _: table_changes.centred(table)),
    "sameLength": of_table(lambda table, _: table_changes.same_length(table)),
    "scaled": Break(lambda table, factor: {"scale": float(factor)}, (0.25, 0.5, 2, 24), (-1_000, 1_000)),
    "shifted": of_places(lambda n, by: np.arange(n) + by, (1_000, 100_000), (-(10**9), 10**9)),
    "stretched": of_places(lambda n, by: np.arange(n) * by, (0.25, 0.5, 2, 4), (-1_000, 1_000)),
    "backwards": of_places(lambda n, _: places.backwards(n)),
    "dealt": of_places(lambda n, _: places.shuffled(n)),
    "nowhere": of_places(lambda n, _: places.nowhere(n)),
    "pairing": Break(lambda table, _: {"pairing": "split"}),
    "base": Break(lambda table, base: {"base": float(base)}, (100, 1_000, 10_000, 10**6, 10**8), (1, 10**12)),
}  # fmt: skip


def keywords(model, what, amount=None, side="both"):
    """Return what `model.loss` and `model.generate` take to be broken so; a changed table takes as much memory again.

    >>> keywords(None, "base", 100)
    {'base': 100.0}
    """
    found = BREAKS[what].keywords(model.table if BREAKS[what].table else None, amount)
    return found | {"output": model.table} if BREAKS[what].table and side == "input" else found


def answers(model, texts=None, **broken):
    """Return the loss on each text, in nats a token, and how the model goes on from each prompt: 20 tokens, greedy."""
    told = [model.encode(prompt) for prompt in PROMPTS]
    goes_on = [model.decode(model.generate(ids, N_TOKENS, **broken)) for ids in told]
    return {"losses": [round(loss, 5) for loss in losses(model, texts, **broken)], "goesOn": goes_on}


def settings():
    """Yield what, amount and side of each recorded setting."""
    for what, each in BREAKS.items():
        yield from ((what, amount, side) for amount in each.amounts for side in each.sides)


def key_of(what, amount, side):
    """Return the name of a setting in the record, the same as in break_it.js.

    >>> key_of("bits", 3, "both"), key_of("stretched", 0.5, "both"), key_of("pairing", None, "both")
    ('bits 3 both', 'stretched 0.5 both', 'pairing  both')
    """
    return f"{what} {'' if amount is None else int(amount) if amount == int(amount) else amount} {side}"


@cache
def recorded():
    """Return the record: {"right": answers, "broken": {setting: answers}}, and of which weights.

    >>> len(recorded()["broken"]) == len(list(settings())), len(recorded()["right"]["losses"])
    (True, 6)
    """
    return json.loads(RECORD.read_text(encoding="utf-8"))

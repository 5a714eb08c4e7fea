"""`RopeDial`: turn a query and a key by their places, and watch the score."""

from numbers import Integral
from typing import Any

import numpy as np
import traitlets

from ..asking.reveal import table_html
from ..asking.widget import BookWidget
from ..position import PAIRINGS, rope, turns, wavelengths
from ..words import word

PRESETS: tuple[dict[str, Any], ...] = (
    {"name": "GPT-J 6B", "head_dim": 256, "rotary_dim": 64, "base": 10_000, "context": 2_048,
     "pairing": "interleaved"},
    {"name": "Pythia 70M", "head_dim": 64, "rotary_dim": 16, "base": 10_000, "context": 2_048,
     "pairing": "split"},
    {"name": "Llama 3 8B", "head_dim": 128, "rotary_dim": 128, "base": 500_000, "context": 8_192,
     "pairing": "split"},
    {"name": "Qwen3.6 27B", "head_dim": 256, "rotary_dim": 64, "base": 10_000_000, "context": 262_144,
     "pairing": "split"},
)
MIXED = "mixed"  # the mistake to look at: split pairs for the query, interleaved pairs for the key


class RopeDial(BookWidget):
    """A dial for rope with the numbers of a real model: places, pairs, base, score and wavelengths.

    `model` names one of PRESETS; `base`, `rotary_dim` and `pairing` replace its own. `pairing` is "split",
    "interleaved" or "mixed" (query split, key interleaved: the mistake). The query and the key are made from
    `seed`. Raises ValueError for a number that the model cannot have.

    >>> RopeDial("Llama 3 8B", query_place=105, key_place=103)
    Rope dial: Llama 3 8B: 128 of 128 numbers turn, base 500,000, context 8,192, split
    Score at (105, 103): 21.0033; both moved by 100: 21.0033
    35 of 64 pairs complete a turn in the context; a turn takes 6.28 to 2,559,196 tokens
    """

    files = ("asking/elements.js", "asking/score.js", "position.js", "explorers/rope_pictures.js",
             "explorers/rope_controls.js", "explorers/rope_paint.js", "explorers/rope_dial.js",
             "asking/elements.css", "explorers/rope_dial.css")

    presets = traitlets.List(list(PRESETS)).tag(sync=True)
    query = traitlets.List().tag(sync=True)
    key = traitlets.List().tag(sync=True)

    preset = traitlets.Unicode().tag(sync=True)
    rotary_dim = traitlets.Int().tag(sync=True)
    base = traitlets.Int().tag(sync=True)
    pairing = traitlets.Unicode().tag(sync=True)
    query_place = traitlets.Int().tag(sync=True)
    key_place = traitlets.Int().tag(sync=True)
    pair = traitlets.Int().tag(sync=True)
    all_pairs = traitlets.Bool(False).tag(sync=True)
    span = traitlets.Int(128).tag(sync=True)  # how many offsets the curve shows; 0 is the whole context
    before = traitlets.List().tag(sync=True)  # the two places before both were moved together

    def __init__(self, model="Qwen3.6 27B", *, query_place=5, key_place=3, pair=0, base=None, rotary_dim=None,
                 pairing=None, all_pairs=False, seed=0):
        names = {preset["name"]: preset for preset in PRESETS}
        if model not in names:
            raise ValueError(f"model is one of {', '.join(names)}; got {model!r}.")
        preset = names[model]
        rotary_dim = preset["rotary_dim"] if rotary_dim is None else rotary_dim
        base = preset["base"] if base is None else base
        pairing = preset["pairing"] if pairing is None else pairing
        check("rotary_dim", rotary_dim, 2, preset["head_dim"], step=2)
        check("base", base, 1, 10**12)
        check("pair", pair, 0, rotary_dim // 2 - 1)
        check("query_place", query_place, 0, preset["context"] - 1)
        check("key_place", key_place, 0, preset["context"] - 1)
        if pairing not in (*PAIRINGS, MIXED):
            raise ValueError(f"pairing is one of {(*PAIRINGS, MIXED)}; got {pairing!r}.")
        query, key = vectors(max(preset["head_dim"] for preset in PRESETS), seed)
        super().__init__(name="rope-dial", preset=model, rotary_dim=rotary_dim, base=base, pairing=pairing,
                         query_place=query_place, key_place=key_place, query=query, key=key,
                         pair=pair, all_pairs=all_pairs)

    @property
    def score(self) -> float:
        """The score at the places that the dial shows now, before its division by sqrt(head_dim)."""
        return score_of(self.get_state(), self.query_place, self.key_place)

    def plain_text(self):
        return "Rope dial: " + "\n".join(lines(self.get_state()))

    @staticmethod
    def plain_html(state):
        rows = [word("dialPlainColumns").split("|")]
        for preset in PRESETS:
            size, base, context = preset["rotary_dim"], preset["base"], preset["context"]
            rows.append([preset["name"], str(preset["head_dim"]), str(size), f"{base:,}", f"{context:,}",
                         f"{wavelengths(size, base)[-1]:,.0f}", full_turns(size, base, context)])
        said = "".join(f"<p>{line}</p>" for line in lines(state))
        return f'<div class="book-plain">{said}{table_html(rows)}</div>'


def check(name: str, value, low: int, high: int, step: int = 1):
    """Raise ValueError unless value is a whole number from low to high, even where step is 2."""
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or not low <= value <= high or value % step:
        kind = "an even whole number" if step == 2 else "a whole number"
        raise ValueError(f"{name} is {kind} from {low:,} to {high:,} for this model; got {value!r}.")


def vectors(dim: int, seed: int) -> list[list[float]]:
    """Make a query and a key that resemble each other, (dim,) numbers each: others would score about 0."""
    query, noise = np.random.default_rng(seed).standard_normal((2, dim)) / 2
    return [query.round(2).tolist(), (0.8 * query + 0.6 * noise).round(2).tolist()]


def score_of(state: dict, query_place: int, key_place: int) -> float:
    """Give the score of the dial's query and key at two places."""
    head_dim = next(preset["head_dim"] for preset in PRESETS if preset["name"] == state["preset"])
    pairings = PAIRINGS if state["pairing"] == MIXED else [state["pairing"]] * 2
    how = {"base": state["base"], "rotary_dim": state["rotary_dim"]}
    query = rope(state["query"][:head_dim], query_place, pairing=pairings[0], **how)
    return float(query @ rope(state["key"][:head_dim], key_place, pairing=pairings[1], **how))


def full_turns(rotary_dim: int, base: int, context: int) -> str:
    """Say how many pairs complete a turn within the context."""
    count = int((turns(rotary_dim, base, context) >= 1).sum())
    return word("dialPlainFull", full=count, pairs=rotary_dim // 2)


def lines(state: dict) -> list[str]:
    """Say in three lines what the dial shows."""
    preset = next(preset for preset in PRESETS if preset["name"] == state["preset"])
    m, n, how = state["query_place"], state["key_place"], (state["rotary_dim"], state["base"])
    step = 100 if max(m, n) + 100 < preset["context"] else -100
    first, *_, last = wavelengths(*how)
    moved = f"{score_of(state, m + step, n + step):.4f}"
    return [
        word("dialPlainModel", name=preset["name"], turn=how[0], head=preset["head_dim"], base=f"{how[1]:,}",
             context=f"{preset['context']:,}", pairing=state["pairing"]),
        word("dialPlainScore", m=f"{m:,}", n=f"{n:,}", score=f"{score_of(state, m, n):.4f}", step=step, moved=moved),
        word("dialPlainTurns", full=full_turns(*how, preset["context"]), first=f"{first:.2f}",
             last=f"{last:,.0f}"),
    ]

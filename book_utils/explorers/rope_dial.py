"""`RopeDial`: turn a query and a key by their places, scale the positions, and watch the score."""

import numpy as np
import traitlets

from ..asking.widget import BookWidget
from ..position import PAIRINGS, rope, wavelengths
from ..rope_scaling import METHODS
from ..words import word
from .rope_presets import MODELS, STRETCHING, check, length_of, preset_of, presets, rates_of, ways_for

MIXED = "mixed"  # the mistake to look at: split pairs for the query, interleaved pairs for the key
MOST = 64  # the largest factor


class RopeDial(BookWidget):
    """A dial for rope with the numbers of a real model: places, pairs, base, scaling, score and wavelengths.

    `model` names one of rope_presets.MODELS; `base`, `rotary_dim`, `pairing`, `scaling` (one of rope_scaling.METHODS)
    and `factor` replace its own. `pairing` is "split", "interleaved" or "mixed" (query split, key interleaved: the
    mistake). The query and the key are made from `seed`, but for the model with a real head. Raises ValueError for a
    number that the model cannot have.

    >>> RopeDial("Llama 3 8B", query_place=105, key_place=103)
    Rope dial: Llama 3 8B: 128 of 128 numbers turn, base 500,000, context 8,192, split
    Score at (105, 103): 21.0033; both moved by 100: 21.0033
    35 of 64 pairs complete a turn in 8,192 tokens; a turn takes 6.28 to 2,559,196 tokens
    """

    at_once = False
    files = ("asking/elements.js", "asking/score.js", "position.js", "rope_scaling.js", "explorers/rope_pictures.js",
             "explorers/rope_stretch.js", "explorers/rope_controls.js", "explorers/rope_paint.js",
             "explorers/rope_dial.js", "asking/elements.css", "explorers/rope_pictures.css", "explorers/rope_dial.css")

    presets = traitlets.List().tag(sync=True)
    query = traitlets.List().tag(sync=True)
    key = traitlets.List().tag(sync=True)

    preset = traitlets.Unicode().tag(sync=True)
    rotary_dim = traitlets.Int().tag(sync=True)
    base = traitlets.Int().tag(sync=True)
    pairing = traitlets.Unicode().tag(sync=True)
    scaling = traitlets.Unicode().tag(sync=True)
    factor = traitlets.Int().tag(sync=True)  # how many times longer the text may be, in the ways of STRETCHING
    query_place = traitlets.Int().tag(sync=True)
    key_place = traitlets.Int().tag(sync=True)
    pair = traitlets.Int().tag(sync=True)
    all_pairs = traitlets.Bool(False).tag(sync=True)
    span = traitlets.Int(128).tag(sync=True)  # how many offsets the curve shows; 0 is the whole context
    before = traitlets.List().tag(sync=True)  # the two places before both were moved together

    @classmethod
    def shared_traits(cls):
        places = {"from": 0, "to": 10**9}  # the page makes numbers fit the model
        return {"preset": [*MODELS], "pairing": [*PAIRINGS, MIXED], "scaling": [*METHODS], "all_pairs": [False, True],
                "rotary_dim": places, "base": {"from": 1, "to": 10**12}, "factor": places, "query_place": places,
                "key_place": places, "pair": places, "span": [128, 1024, 8192, 0]}  # fmt: skip

    def __init__(self, model="Qwen3.6 27B", *, query_place=5, key_place=3, pair=0, base=None, rotary_dim=None,
                 pairing=None, scaling=None, factor=None, all_pairs=False, seed=0):
        preset = preset_of(model)
        own = preset["scaling"] or {"method": "none"}
        rotary_dim = preset["rotary_dim"] if rotary_dim is None else rotary_dim
        base = preset["base"] if base is None else base
        pairing = preset["pairing"] if pairing is None else pairing
        scaling = own["method"] if scaling is None else scaling
        factor = int(own.get("factor", 8)) if factor is None else factor
        check("rotary_dim", rotary_dim, 2, preset["head_dim"], step=2)
        check("base", base, 1, 10**12)
        check("pair", pair, 0, rotary_dim // 2 - 1)
        check("factor", factor, 1, MOST)
        ways = ways_for(preset, rotary_dim, base)
        if scaling not in ways:
            raise ValueError(f"scaling is one of {', '.join(ways)} for these numbers; got {scaling!r}.")
        last = length_of({"preset": model, "scaling": scaling, "factor": factor}) - 1
        check("query_place", query_place, 0, last)
        check("key_place", key_place, 0, last)
        if pairing not in (*PAIRINGS, MIXED):
            raise ValueError(f"pairing is one of {(*PAIRINGS, MIXED)}; got {pairing!r}.")
        query, key = vectors(max(each["head_dim"] for each in presets()), seed)
        super().__init__(name="rope-dial", presets=list(presets()), preset=model, rotary_dim=rotary_dim, base=base,
                         pairing=pairing, scaling=scaling, factor=factor, query_place=query_place,
                         key_place=key_place, query=query, key=key, pair=pair, all_pairs=all_pairs)

    @property
    def score(self) -> float:
        """The score at the places that the dial shows now, before its division by sqrt(head_dim)."""
        return score_of(self.get_state(), self.query_place, self.key_place)

    def plain_text(self):
        return "Rope dial: " + "\n".join(lines(self.get_state()))

    @staticmethod
    def plain_html(state):
        # No word of the other models: a page may ask about them.
        return f'<div class="book-plain">{"".join(f"<p>{line}</p>" for line in lines(state))}</div>'


def vectors(dim: int, seed: int) -> list[list[float]]:
    """Make a query and a key that resemble each other, (dim,) numbers each: others would score about 0.

    >>> vectors(512, 0)[0][:256] == vectors(256, 0)[0]
    True
    """
    dice = np.random.default_rng(seed)
    query, noise = np.hstack([dice.standard_normal((2, 256)) for _ in range(-(-dim // 256))])[:, :dim] / 2
    return [query.round(2).tolist(), (0.8 * query + 0.6 * noise).round(2).tolist()]


def vectors_of(state: dict) -> list[np.ndarray]:
    """Give the query and the key of a dial, (head_dim,) each: those of its model's real head, or made up."""
    preset = preset_of(state["preset"])
    return [np.array(preset["real"][name]["numbers"] if preset["real"] else state[name][: preset["head_dim"]])
            for name in ("query", "key")]


def score_of(state: dict, query_place: int, key_place: int) -> float:
    """Give the score of the dial's query and key at two places."""
    rotary_dim = state["rotary_dim"]
    pairings = PAIRINGS if state["pairing"] == MIXED else [state["pairing"]] * 2
    frequencies, sharper = rates_of(state)
    query, key = vectors_of(state)
    for vector in (query, key):
        vector[:rotary_dim] *= sharper
    how = {"rotary_dim": rotary_dim, "frequencies": frequencies}
    turned = rope(query, query_place, pairing=pairings[0], **how), rope(key, key_place, pairing=pairings[1], **how)
    return float(turned[0] @ turned[1])


def lines(state: dict) -> list[str]:
    """Say in three lines what the dial shows, and in a fourth what scaling has changed."""
    preset, length = preset_of(state["preset"]), length_of(state)
    m, n, size = state["query_place"], state["key_place"], (state["rotary_dim"], state["base"])
    step = 100 if max(m, n) + 100 < length else -100
    before, after = wavelengths(*size), 2 * np.pi / rates_of(state)[0]
    moved = f"{score_of(state, m + step, n + step):.4f}"

    def said(lengths):
        full = word("dialPlainFull", full=int((lengths <= length).sum()), pairs=len(lengths))
        return {"full": full, "first": f"{lengths[0]:.2f}", "last": f"{lengths[-1]:,.0f}", "context": f"{length:,}"}

    scaled = word("dialPlainScaled", way=word(f"dialWays.{state['scaling']}"), **said(before))
    factor = word("dialPlainFactor", factor=state["factor"]) if state["scaling"] in STRETCHING else ""
    return [
        word("dialPlainModel", name=preset["name"], turn=size[0], head=preset["head_dim"], base=f"{size[1]:,}",
             context=f"{preset['context']:,}", pairing=state["pairing"]),
        word("dialPlainScore", m=f"{m:,}", n=f"{n:,}", score=f"{score_of(state, m, n):.4f}", step=step, moved=moved),
        word("dialPlainTurns", **said(after)),
        *([scaled + factor] if state["scaling"] != "none" else []),
    ]

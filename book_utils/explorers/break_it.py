"""`BreakIt`: break a language model of today in one place, guess its loss, and read the text that it writes then."""

import json
from functools import cache
from html import escape
from statistics import mean

import numpy as np
import traitlets

from ..asking.reveal import table_html
from ..asking.widget import BookWidget
from ..model_experiments import SIX_TEXTS
from ..models.smollm2 import load_language_model
from ..recorded_model import recorded_model
from ..words import word
from .breaks import BREAKS, PROMPTS, SIDES, answers, key_of, keywords, recorded, settings


class BreakIt(BookWidget):
    """Choose what to break in SmolLM2-135M and how much, guess the loss, and see it on six texts.

    `what` is a name of BREAKS, `amount` one that was recorded; None stands for the first. A page and a notebook
    without the weights show what was recorded. With them, a notebook works out any amount and the loss on a text of
    one's own: on `model`, or on what `load_language_model` opens when it is first needed. A `model` with another
    table is worked out for everything, and takes a while. Raises ValueError for what was not recorded.

    >>> BreakIt("bits", 2).plain_text().splitlines()[0]
    'Break it: 45 ways to break SmolLM2-135M. Right: 2.80 nats a token; blind guessing: 10.80'
    """

    at_once = False
    files = ("asking/elements.js", "asking/score.js", "explorers/break_picture.js", "explorers/break_form.js",
             "explorers/break_it.js", "asking/elements.css", "explorers/break_it.css")  # fmt: skip

    facts = traitlets.Dict().tag(sync=True)
    what = traitlets.Unicode().tag(sync=True)
    amount = traitlets.Any(None, allow_none=True).tag(sync=True)
    side = traitlets.Unicode(SIDES[0]).tag(sync=True)
    text = traitlets.Unicode("all").tag(sync=True)  # on which the loss is guessed: "all", or one of the six
    own = traitlets.Unicode().tag(sync=True)  # a text of the reader's, in a notebook
    guess = traitlets.Float(5.0).tag(sync=True)
    asked = traitlets.Dict().tag(sync=True)
    answer = traitlets.Dict().tag(sync=True)
    tries = traitlets.List().tag(sync=True)

    @classmethod
    def shared_traits(cls):
        amounts = dict.fromkeys(amount for each in BREAKS.values() for amount in each.amounts)
        return {"what": [*BREAKS], "amount": [*amounts], "side": [*SIDES], "text": ["all", *SIX_TEXTS]}

    def __init__(self, what="pairing", amount=None, model=None):
        if what not in BREAKS:
            raise ValueError(f"what is one of {', '.join(BREAKS)}; got {what!r}.")
        amount = BREAKS[what].amounts[0] if amount is None else amount
        if amount not in BREAKS[what].amounts:
            raise ValueError(f"amount of {what} is one of {BREAKS[what].amounts}; got {amount!r}.")
        self._model, self._recorded = model, model is None or is_smollm2(model)
        right = recorded()["right"] if self._recorded else answers(model)
        vocabulary = recorded()["vocabulary"] if self._recorded else len(model.table)
        facts = {"texts": SIX_TEXTS, "prompts": PROMPTS, "right": right, "blind": float(np.log(vocabulary)),
                 "breaks": {name: {"amounts": each.amounts, "sides": each.sides, "limits": each.limits}
                            for name, each in BREAKS.items()}}  # fmt: skip
        super().__init__(facts=facts, what=what, amount=amount, lazy=self.lazy_files())

    @traitlets.observe("asked")
    def _answer(self, change):
        if change["new"]:
            try:
                found = self._found(**change["new"])
            except (ValueError, TypeError, KeyError, OSError, MemoryError) as problem:
                found = {"problem": str(problem.args[0] if problem.args else word("breakMemory"))}
            self.answer = {"asked": change["new"], **found}

    def _found(self, what, amount, side, own):
        """Return {losses, goesOn, own: [right, broken] or []} of a setting, from the record or worked out."""
        check(what, amount, side)
        known = recorded()["broken"].get(key_of(what, amount, side)) if self._recorded else None
        if known and not own.strip():
            return {**known, "own": []}
        self._model = model = with_weights(self._model)
        broken = keywords(model, what, amount, side)
        ids = model.encode(own) if own.strip() else []
        losses = [model.loss(ids), model.loss(ids, **broken)] if len(ids) else []
        return {**(known or answers(model, **broken)), "own": losses}

    @classmethod
    @cache
    def lazy_data(cls):
        """Give what was recorded, as JSON: for each setting its losses and its texts."""
        return {"broken": [json.dumps(recorded()["broken"], ensure_ascii=False, separators=(",", ":"))]}

    def plain_text(self):
        rows = [f"  {loss:>6}  {' '.join(part for part in setting if part)}" for *setting, loss in setting_rows()]
        return "\n".join([f"Break it: {headline(self.get_state())}", *rows])

    @staticmethod
    def plain_html(state):
        right = table_html([word("breakPlainColumns").split("|"), *setting_rows()])
        told = [[word("breakPrompt"), word("breakRight")], *zip(PROMPTS, recorded()["right"]["goesOn"], strict=True)]
        return (f'<div class="book-plain"><p>{escape(headline(state))}</p><details><summary>{word("breakPlain")}'
                f'</summary>{right}{table_html([list(row) for row in told])}</details></div>')


def with_weights(model):
    """Return a model that can work things out, opened if need be; raises ValueError where its weights are not."""
    if model is None or model.record is not None:
        model = load_language_model()
    if model.record is not None:
        raise ValueError(word("breakNoWeights"))
    return model


def is_smollm2(model):
    """Say whether a model is the one that was recorded, by its tokens and one of its rows."""
    ours = recorded_model().table
    tokens = model.table.tokens == ours.tokens
    return tokens and np.array_equal(model.table.lookup("Ġcat"), ours.lookup("Ġcat"))


def check(what, amount, side):
    """Raise ValueError, in words for the reader, for a setting that cannot be."""
    if what not in BREAKS or side not in BREAKS[what].sides:
        raise ValueError(f"{what!r} at {side!r} is not among what can be broken.")
    one = BREAKS[what]
    if not one.limits:
        if amount is not None:
            raise ValueError(f"{what} takes no amount; got {amount!r}.")
        return
    low, high = one.limits
    number = isinstance(amount, int | float) and not isinstance(amount, bool)
    if not number or not low <= amount <= high or one.whole and amount != int(amount):
        kind = word("breakWhole" if one.whole else "breakNumber")
        raise ValueError(word("breakLimits", kind=kind, low=f"{low:,}", high=f"{high:,}", got=amount))


def setting_rows():
    """Give what, how much, where and the loss of each recorded setting, as text."""
    rows = []
    for what, amount, side in settings():
        loss = mean(recorded()["broken"][key_of(what, amount, side)]["losses"])
        shown = "" if amount is None else f"{amount:,}"
        where = word(f"breakSides.{side}") if len(BREAKS[what].sides) > 1 else ""
        rows.append([word(f"breakNames.{what}"), shown, where, f"{loss:.2f}"])
    return rows


def headline(state):
    """Say what can be broken, and the two losses to compare with."""
    right = mean(state["facts"]["right"]["losses"])
    return word("breakHeadline", n=len(list(settings())), right=f"{right:.2f}", blind=f"{state['facts']['blind']:.2f}")

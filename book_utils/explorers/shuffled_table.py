"""`ShuffledTable`: the rows of a language model shuffled where they enter, where they are compared, or at both ends."""

from html import escape
from statistics import mean

import traitlets

from ..asking.reveal import table_html
from ..asking.widget import BookWidget
from ..model_experiments import losses
from ..recorded_model import recorded_model
from ..table_changes import shuffled, shuffled_order
from ..words import word

PROMPT = "The capital of France is"
N_TOKENS = 12


class ShuffledTable(BookWidget):
    """A prompt's tokens, the rows that they bring, and what the model then says, with either end of the table shuffled.

    `model` is a tied language model, SmolLM2 by default; without its weights the record answers for it.

    >>> print(str(ShuffledTable()).replace("Ġ", " "))
    A table that is shuffled: The capital of France is ...
      as it is       reads the row of  France, wants  Paris, says  Paris; loss 2.80
      at the input   reads the row of Land, wants ability, says ability; loss 10.08
      at the output  reads the row of  France, wants  Paris, says  comprehens; loss 21.09
      at both ends   reads the row of Land, wants ability, says  Gur; loss 13.39
    """

    files = ("asking/elements.js", "explorers/by_hand.js", "explorers/shuffled_table.js",
             "asking/elements.css", "explorers/by_hand.css", "explorers/shuffled_table.css")  # fmt: skip
    at_once = False

    prompt = traitlets.Unicode(PROMPT).tag(sync=True)
    rows = traitlets.Int().tag(sync=True)  # of the table
    blocks = traitlets.Int().tag(sync=True)
    read = traitlets.List().tag(sync=True)  # each token, its ID, and `from`: whose row it gets when shuffled
    ends = traitlets.Dict().tag(sync=True)  # by what is shuffled {loss, wanted: [token, id], said: [token, id], goesOn}
    input = traitlets.Bool(False).tag(sync=True)
    output = traitlets.Bool(False).tag(sync=True)

    def __init__(self, model=None):
        model = recorded_model() if model is None else model
        table, ids, order = model.table, model.encode(PROMPT), shuffled_order(len(model.table))
        mixed = shuffled(table)
        broken = {"neither": {}, "input": {"table": mixed, "output": table}, "output": {"output": mixed},
                  "both": {"table": mixed}}  # fmt: skip

        def named(i):
            return [table.tokens[i], int(i)]

        ends = {end: {"loss": mean(losses(model, **how)), "said": model.generate(ids, n=N_TOKENS, **how)}
                for end, how in broken.items()}  # fmt: skip
        for end, like in zip(broken, ("neither", "input", "neither", "input"), strict=True):
            ends[end]["wanted"] = named(ends[like]["said"][0])  # the output does not change what is wanted first
        for one in ends.values():
            one |= {"goesOn": model.decode(one["said"]), "said": named(one["said"][0])}
        super().__init__(rows=len(table), blocks=model.settings.n_blocks, ends=ends,
                         read=[{"token": table.tokens[i], "id": int(i), "from": named(order[i])} for i in ids])

    def plain_text(self):
        lines = [headline(self.get_state())]
        for name, read, wanted, said, loss, _ in rows_of(self.get_state())[1:]:
            lines.append(f"  {name:13}  {word('shuffleTold', read=read, wanted=wanted, said=said, loss=loss)}")
        return "\n".join(lines)

    @staticmethod
    def plain_html(state):
        return f'<div class="book-plain"><p>{escape(headline(state))}</p>{table_html(rows_of(state))}</div>'


def headline(state: dict) -> str:
    """Say what is shuffled, and what the model is to go on from."""
    return f"{word('shuffle')}: {state['prompt']} ..."


def rows_of(state: dict) -> list[list[str]]:
    """Give a header and for each end that is shuffled what is read, wanted and said, the loss, and how it goes on."""
    one = state["read"][3]  # ĠFrance: one token stands for all
    rows = [word("shuffleColumns").split("|")]
    for end, found in state["ends"].items():
        row = one["from"][0] if end in ("input", "both") else one["token"]
        rows.append([word(f"shuffleEnds.{end}"), row, found["wanted"][0], found["said"][0], f"{found['loss']:.2f}",
                     found["goesOn"]])
    return rows

"""`BagOfRows`: one sentence in two orders, and what a sum, a mean and a weighted reading see of the order."""

import numpy as np
import traitlets

from ..asking.reveal import table_html
from ..asking.widget import BookWidget
from ..minilm import load_minilm
from ..words import word

COLUMNS = 12  # of a vector, as bars
MOST = 7  # tokens


class BagOfRows(BookWidget):
    """The tokens of a sentence, to be put in another order, and the largest difference that this makes.

    `query` (384,) gives each vector its weight in the reading. `order` lists the places of the sentence as they stand
    at first; `positions` says whether position rows are added. Raises ValueError for a sentence of fewer than 2 or
    more than 7 tokens, or an order that is none of them.

    >>> bag = BagOfRows("the cat chased the dog", np.ones(384), order=[0, 4, 2, 3, 1])
    >>> print(bag.plain_text().splitlines()[1])
      without position rows: sum none; mean none; reading none
    """

    files = ("asking/elements.js", "explorers/by_hand.js", "explorers/bag_of_rows.js", "asking/elements.css",
             "explorers/by_hand.css", "explorers/bag_of_rows.css")  # fmt: skip
    at_once = False

    bag = traitlets.Dict().tag(sync=True)
    order = traitlets.List(traitlets.Int()).tag(sync=True)
    positions = traitlets.Bool(False).tag(sync=True)

    def __init__(self, sentence, query, order=None, positions=False):
        bag = bag_for(sentence, query)
        n = len(bag["tokens"])
        order = list(range(n)) if order is None else list(order)
        if sorted(order) != list(range(n)):
            raise ValueError(f"order holds each place from 0 to {n - 1} once; got {order}.")
        super().__init__(bag=bag, order=order, positions=positions)

    def plain_text(self):
        return "\n  ".join([headline(self.get_state()), *told(self.get_state())])

    @staticmethod
    def plain_html(state):
        rows = [[line.partition(": ")[0], *(part.split(" ", 1)[1] for part in line.partition(": ")[2].split("; "))]
                for line in told(state)]  # fmt: skip
        names = [word("bagHolds"), *(word(f"bagWays.{way}") for way in ("sum", "mean", "reading"))]
        return f'<div class="book-plain"><p>{headline(state)}</p>{table_html([names, *rows])}</div>'


def bag_for(sentence: str, query) -> dict:
    """Give tokens and places: the beginning of each row, and the product of the whole row with the query."""
    minilm = load_minilm()
    ids = minilm.encode(sentence, special=False)
    if not 2 <= len(ids) <= MOST:
        raise ValueError(f"a sentence has 2 to {MOST} tokens here; got {len(ids)}.")

    def entries(rows):
        pairs = zip(rows[:, :COLUMNS].round(5).tolist(), (rows @ query).round(5).tolist(), strict=True)
        return [{"row": row, "fits": fits} for row, fits in pairs]

    names = minilm.tokenize(sentence, special=False)
    tokens = [{"token": name, **entry} for name, entry in zip(names, entries(minilm.table.lookup(ids)), strict=True)]
    return {"tokens": tokens, "places": entries(minilm.positions[: len(ids)]), "dim": minilm.table.dim}


def ways_of(bag: dict, order: list[int], positions: bool) -> dict:
    """Give sum, mean and weighted reading of the vectors in an order, (12,) numbers each.

    >>> bag = {"tokens": [{"row": [1.0], "fits": 0.0}, {"row": [3.0], "fits": 0.0}], "places": []}
    >>> {way: numbers.tolist() for way, numbers in ways_of(bag, [1, 0], False).items()}
    {'sum': [4.0], 'mean': [2.0], 'reading': [2.0]}
    """
    parts = [[bag["tokens"][i] for i in order], *([bag["places"][: len(order)]] if positions else [])]
    vectors = np.sum([[one["row"] for one in part] for part in parts], axis=0)
    weights = np.exp(np.sum([[one["fits"] for one in part] for part in parts], axis=0))
    return {"sum": vectors.sum(axis=0), "mean": vectors.mean(axis=0), "reading": weights / weights.sum() @ vectors}


def told(state: dict) -> list[str]:
    """Say the largest differences between the sentence and its other order, without position rows and with them."""
    lines = []
    for positions in (False, True):
        one, other = (ways_of(state["bag"], order, positions) for order in (sorted(state["order"]), state["order"]))
        apart = {way: np.abs(one[way] - other[way]).max() for way in one}
        said = {way: f"{by:.4f}" if by > 1e-9 else word("bagNone") for way, by in apart.items()}
        lines.append(word("bagWith" if positions else "bagWithout", **said))
    return lines


def headline(state: dict) -> str:
    """Name both orders of the sentence."""
    names = [one["token"] for one in state["bag"]["tokens"]]
    return word("bagPlain", one=" ".join(names), other=" ".join(names[i] for i in state["order"]))

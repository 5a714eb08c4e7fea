"""`TwoPairings`: one vector and the two ways in which RoPE makes pairs of its numbers, side by side."""

import numpy as np
import traitlets

from ..asking.reveal import table_html
from ..asking.widget import BookWidget
from ..position import angles, pairing_permutation, rope
from ..words import word

LAST = 60  # the places run from 0 to here
MOST = 8  # numbers


class TwoPairings(BookWidget):
    """The pairs of one vector, interleaved and split, and what becomes of a score where weights and code disagree.

    `query` and `key` are (r,) numbers, r even and at most 8. The score is that of a query `offset` places after its
    key. Raises ValueError for vectors of other sizes, or a place that is no whole number from 0 to 60.

    >>> TwoPairings([1, 2, 3, 4], [1, 0, 0, 1], place=10)
    Two pairings of 4 numbers; the scores of a query 2 places after its key
      interleaved  at (2, 0) 1.82, at (12, 10) 1.82
      split        at (2, 0) 0.90, at (12, 10) 0.90
      other order  at (2, 0) 1.82, at (12, 10) 1.82
      mixed up     at (2, 0) 0.90, at (12, 10) 1.11
    """

    files = ("asking/elements.js", "asking/score.js", "position.js", "explorers/rope_pictures.js",
             "explorers/by_hand.js", "explorers/two_pairings.js", "asking/elements.css", "explorers/rope_pictures.css",
             "explorers/by_hand.css", "explorers/two_pairings.css")  # fmt: skip
    at_once = False

    query = traitlets.List().tag(sync=True)
    key = traitlets.List().tag(sync=True)
    offset = traitlets.Int(2).tag(sync=True)
    rates = traitlets.List().tag(sync=True)  # radians a place, one for each pair
    columns = traitlets.List().tag(sync=True)  # the order that makes an interleaved vector a split one
    last = traitlets.Int(LAST).tag(sync=True)
    place = traitlets.Int().tag(sync=True)
    chosen = traitlets.Int(0).tag(sync=True)  # the number whose partner is looked for
    reordered = traitlets.Bool(False).tag(sync=True)

    def __init__(self, query, key, place=1):
        query, key = (np.asarray(vector, dtype=np.float64) for vector in (query, key))
        if query.shape != key.shape or query.ndim != 1 or not 2 <= len(query) <= MOST or len(query) % 2:
            raise ValueError(f"give a query and a key of one even size up to {MOST}; got {query.shape}, {key.shape}.")
        if type(place) is not int or not 0 <= place <= LAST:
            raise ValueError(f"place is a whole number from 0 to {LAST}; got {place!r}.")
        super().__init__(query=query.tolist(), key=key.tolist(), rates=angles(1, len(query)).round(12).tolist(),
                         place=place, columns=pairing_permutation(len(query)).tolist())

    def plain_text(self):
        (_, near, far), *rows = score_rows(self.get_state())
        wide = max(len(name) for name, *_ in rows)
        lines = [f"  {name:{wide}}  {near} {one}, {far} {other}" for name, one, other in rows]
        return "\n".join([headline(self.get_state()), *lines])

    @staticmethod
    def plain_html(state):
        n = len(state["query"])
        partners = [word("pairingsPlainColumns").split("|"),
                    *([str(i), str(i ^ 1), str((i + n // 2) % n)] for i in range(n))]
        scored = table_html(score_rows(state))
        return f'<div class="book-plain">{table_html(partners)}<p>{headline(state)}</p>{scored}</div>'


def headline(state: dict) -> str:
    """Say what is paired and what is scored."""
    return word("pairingsHeadline", n=len(state["query"]), offset=state["offset"])


def scores(state: dict, place: int) -> dict[str, float]:
    """Give the score of query and key by each way to turn them, the key at `place`."""
    query, key, columns = np.array(state["query"]), np.array(state["key"]), state["columns"]

    def score(one, other, pairing, of_key):
        return float(rope(one, place + state["offset"], pairing=pairing) @ rope(other, place, pairing=of_key))

    return {
        "interleaved": score(query, key, "interleaved", "interleaved"),
        "split": score(query, key, "split", "split"),
        "reordered": score(query[columns], key[columns], "split", "split"),
        "mixed": score(query, key, "split", "interleaved"),
    }


def score_rows(state: dict) -> list[list[str]]:
    """Give a header and for each way to turn its score near the start and at the place that is chosen, as text."""
    near, far = (scores(state, place) for place in (0, state["place"]))
    at = [word("pairingsAt", m=place + state["offset"], n=place) for place in (0, state["place"])]
    rows = [[word(f"pairingsShort.{way}"), f"{near[way]:z.2f}", f"{far[way]:z.2f}"] for way in near]
    return [[word("pairingsWay"), *at], *rows]

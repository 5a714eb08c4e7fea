"""`ThreeMeasures`: a query that one drags among a few vectors of the plane, and three orders of who is near."""

import math

import numpy as np
import traitlets

from ..asking.reveal import table_html
from ..asking.widget import BookWidget
from ..geometry import cosine, unit
from ..words import word

MOST = 6  # candidates, each with a mark of its own


class ThreeMeasures(BookWidget):
    """Candidates in the plane ranked by cosine, distance and dot product with a query that the reader drags.

    `query` is (2,) numbers, `candidates` are {name: (2,)}; `unit_length` begins with all candidates at length 1.
    Raises ValueError for vectors that are not two finite numbers, vectors of zeros, and fewer than 2 or more than 6
    candidates.

    >>> ThreeMeasures([3, 1], {"b": [2.5, 2], "c": [1.5, 0.5]})
    Three measures of (3, 1) and b = (2.5, 2), c = (1.5, 0.5)
      cosine       c 1.000, b 0.938
      distance     b 1.12, c 1.58
      dot product  b 9.50, c 5.00
    """

    files = ("asking/elements.js", "explorers/plane.js", "explorers/three_measures.js",
             "asking/elements.css", "explorers/plane.css", "explorers/three_measures.css")  # fmt: skip
    at_once = False

    candidates = traitlets.List().tag(sync=True)
    reach = traitlets.Float().tag(sync=True)  # how long the query may be
    query = traitlets.List().tag(sync=True)
    unit = traitlets.Bool(False).tag(sync=True)

    def __init__(self, query, candidates, unit_length=False):
        vectors = np.array([query, *candidates.values()], dtype=np.float64)
        if vectors.shape[1:] != (2,) or not 2 <= len(candidates) <= MOST:
            raise ValueError(f"give 2 to {MOST} candidates and a query, two numbers each; got shape {vectors.shape}.")
        unit(vectors)  # refuses zeros and what is not finite
        lengths = np.linalg.norm(vectors, axis=1)
        reach = float(max(1, math.ceil(lengths[0]), round(lengths[1:].max() / 2 + 0.5)))
        ends = [[name, vector.tolist()] for name, vector in zip(candidates, vectors[1:], strict=True)]
        super().__init__(query=vectors[0].tolist(), candidates=ends, reach=reach, unit=unit_length)

    def plain_text(self):
        rows = rows_of(self.get_state())
        wide = max(len(name) for name, _ in rows)
        return "\n".join([headline(self.get_state()), *(f"  {name:{wide}}  {order}" for name, order in rows)])

    @staticmethod
    def plain_html(state):
        rows = [word("measuresColumns").split("|"), *rows_of(state)]
        return f'<div class="book-plain"><p>{headline(state)}</p>{table_html(rows)}</div>'


def orders_of(state) -> dict[str, list]:
    """Give for each measure the candidates as (name, value), the nearest first."""
    query = np.array(state["query"])
    ends = {name: unit(end) if state["unit"] else np.array(end) for name, end in state["candidates"]}
    values = {
        "cosine": {name: cosine(query, end) for name, end in ends.items()},
        "distance": {name: float(np.linalg.norm(query - end)) for name, end in ends.items()},
        "dot": {name: float(query @ end) for name, end in ends.items()},
    }
    return {measure: sorted(found.items(), key=lambda item: item[1], reverse=measure != "distance")
            for measure, found in values.items()}


def headline(state):
    """Say which vectors are compared."""
    named = ", ".join(f"{name} = ({x:g}, {y:g})" for name, (x, y) in state["candidates"])
    return word("measuresHeadline", query=", ".join(f"{number:g}" for number in state["query"]), candidates=named)


def rows_of(state):
    """Give for each measure its name and its order as text."""
    return [[word(f"measuresNames.{measure}"),
             ", ".join(f"{name} {value:z.{3 if measure == 'cosine' else 2}f}" for name, value in order)]
            for measure, order in orders_of(state).items()]

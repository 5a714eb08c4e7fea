"""`RotationKnob`: a small table whose rows one turns: all numbers change, and no cosine does."""

from html import escape

import numpy as np
import traitlets

from ..asking.reveal import table_html
from ..asking.widget import BookWidget
from ..geometry import cosine, unit
from ..words import word

MOST = 6  # rows, each with a mark of its own
TOLD = (0, 45, 90)  # turns of the plain table


class RotationKnob(BookWidget):
    """Rows of two columns, turned together by an angle; beside their numbers the cosine of each with the first.

    `rows` is {word: (2,)}, `columns` names what the two columns mean before the turn. Raises ValueError for vectors
    that are not two finite numbers, vectors of zeros, and fewer than 2 or more than 6 rows.

    >>> RotationKnob({"cat": [1, 0], "king": [0.6, 0.8]}, ["animal", "royal"])
    Rows turned together, animal and royal at first
       0°  cat (1.00, 0.00), king (0.60, 0.80); cosine with cat: king 0.60
      45°  cat (0.71, 0.71), king (-0.14, 0.99); cosine with cat: king 0.60
      90°  cat (0.00, 1.00), king (-0.80, 0.60); cosine with cat: king 0.60
    """

    files = ("asking/elements.js", "explorers/plane.js", "explorers/by_hand.js", "explorers/rotation_knob.js",
             "asking/elements.css", "explorers/plane.css", "explorers/rotation_knob.css")  # fmt: skip
    at_once = False

    rows = traitlets.List().tag(sync=True)  # [word, [x, y]]
    columns = traitlets.List(traitlets.Unicode()).tag(sync=True)
    degrees = traitlets.Int(0).tag(sync=True)

    def __init__(self, rows, columns):
        vectors = np.array([*rows.values()], dtype=np.float64)
        if vectors.shape[1:] != (2,) or not 2 <= len(rows) <= MOST or len(columns) != 2:
            raise ValueError(f"give 2 to {MOST} rows of two numbers and names of two columns; got {vectors.shape}.")
        unit(vectors)  # refuses zeros and what is not finite
        super().__init__(rows=[[name, vector.tolist()] for name, vector in zip(rows, vectors, strict=True)],
                         columns=list(columns))

    def plain_text(self):
        lines = [f"  {turn:>3}  {numbers}; {word('knobCosine', word=self.rows[0][0])}: {cosines}"
                 for turn, numbers, cosines in rows_of(self.get_state())]
        return "\n".join([headline(self.get_state()), *lines])

    @staticmethod
    def plain_html(state):
        head = [word("knobTurned"), word("knobNumbers"), word("knobCosine", word=state["rows"][0][0])]
        return f'<div class="book-plain"><p>{escape(headline(state))}</p>{table_html([head, *rows_of(state)])}</div>'


def turned(vector, degrees: float) -> np.ndarray:
    """Turn a vector of the plane against the clock: (2,) in, (2,) out.

    >>> turned([1, 0], 90).round(6).tolist()
    [0.0, 1.0]
    """
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[cos, -sin], [sin, cos]]) @ vector


def headline(state: dict) -> str:
    """Say what the columns mean before anything is turned."""
    return word("knobHeadline", one=state["columns"][0], other=state["columns"][1])


def rows_of(state: dict) -> list[list[str]]:
    """Give for a few turns the numbers of all rows, and the cosine of each with the first, as text."""
    told = []
    for degrees in TOLD:
        ends = {name: turned(vector, degrees) for name, vector in state["rows"]}
        first, *others = ends
        told.append([f"{degrees}°", ", ".join(f"{name} ({x:z.2f}, {y:z.2f})" for name, (x, y) in ends.items()),
                     ", ".join(f"{name} {cosine(ends[first], ends[name]):z.2f}" for name in others)])
    return told

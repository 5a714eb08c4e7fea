"""`TurningMap`: rows on a flat map that one turns, with who is nearest on it and who is nearest in all columns."""

import numpy as np
import traitlets

from ..asking.reveal import table_html
from ..asking.widget import BookWidget
from ..geometry import cosine_matrix, unit
from ..projection import project
from ..words import word

TOLD = (0, 30, 60, 90)  # turns of the plain table
MOST = 6  # groups, each with a mark of its own


class TurningMap(BookWidget):
    """The three main directions of some rows, of which a flat map shows two; a turn brings in the third.

    `groups` is {name: words}, `vectors` are (m, d) numbers, a row for each word in this order. `arrows` are pairs of
    words, `chosen` is the word to begin with. The map shows the rows at length 1, as cosines see them, or with their
    own `lengths`.
    Raises ValueError for more than 6 groups, fewer than 4 words or columns, or numbers of words and rows that differ.

    >>> rows = [[1.0, 0, 0, 0], [0.9, 0.3, 0, 0], [0, 0, 1, 0.5], [0, 0.1, 0.9, 0]]
    >>> TurningMap({"animals": ["cat", "dog"], "numbers": ["two", "six"]}, rows)
    Turning map of 4 words in 4 columns
      turn  share seen  nearest is right for
        0°         98%  4 of 4
       30°         75%  4 of 4
       60°         30%  4 of 4
       90°          8%  0 of 4
    """

    files = ("asking/elements.js", "explorers/plane.js", "explorers/turning_map.js",
             "asking/elements.css", "explorers/plane.css", "explorers/turning_map.css")  # fmt: skip
    at_once = False

    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    groups = traitlets.List(traitlets.Unicode()).tag(sync=True)
    kinds = traitlets.List(traitlets.Int()).tag(sync=True)  # for each word its group
    points = traitlets.List().tag(sync=True)  # (m, 3), on the main directions
    shares = traitlets.List(traitlets.Float()).tag(sync=True)  # of the variance, one for each direction
    nearest = traitlets.List(traitlets.Int()).tag(sync=True)  # for each word the nearest other, in all columns
    columns = traitlets.Int().tag(sync=True)
    arrows = traitlets.List().tag(sync=True)
    degrees = traitlets.Int(0).tag(sync=True)
    chosen = traitlets.Int(0).tag(sync=True)

    def __init__(self, groups, vectors, arrows=(), chosen=None, lengths=False):
        names = [name for words in groups.values() for name in words]
        vectors = np.asarray(vectors, dtype=np.float64)
        if len(groups) > MOST or vectors.ndim != 2 or len(vectors) != len(names) or min(vectors.shape) < 4:
            raise ValueError(f"give up to {MOST} groups of 4 words or more in all, and a row of 4 numbers or more for "
                             f"each; got {len(groups)} groups, {len(names)} words, shape {vectors.shape}.")
        for name in [name for pair in arrows for name in pair] + [chosen] * (chosen is not None):
            if name not in names:
                raise ValueError(f"arrows and chosen are words of the map; got {name!r}.")
        flat, alike = project(vectors if lengths else unit(vectors), n=3), cosine_matrix(vectors)
        np.fill_diagonal(alike, -np.inf)
        super().__init__(
            names=names, groups=list(groups), kinds=[i for i, words in enumerate(groups.values()) for _ in words],
            points=flat.points.round(3).tolist(), shares=flat.shares.round(4).tolist(), columns=vectors.shape[1],
            nearest=alike.argmax(axis=1).tolist(), arrows=[[names.index(name) for name in pair] for pair in arrows],
            chosen=0 if chosen is None else names.index(chosen))

    def plain_text(self):
        head, rows = word("mapColumns").split("|"), rows_of(self.get_state())
        widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
        lines = [f"{turn:>{widths[0]}}  {share:>{widths[1]}}  {right}" for turn, share, right in (head, *rows)]
        return "\n".join([headline(self.get_state()), *(f"  {line}" for line in lines)])

    @staticmethod
    def plain_html(state):
        rows = [word("mapColumns").split("|"), *rows_of(state)]
        return f'<div class="book-plain"><p>{headline(state)}</p>{table_html(rows)}</div>'


def headline(state):
    """Say how many words lie on the map."""
    return word("mapHeadline", n=len(state["names"]), columns=state["columns"])


def rows_of(state):
    """Give for a few turns the share of the variance that is seen, and for how many words the nearest is right."""
    points, shares, nearest = (np.array(state[name]) for name in ("points", "shares", "nearest"))
    rows = []
    for degrees in TOLD:
        cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        seen = np.stack([cos * points[:, 0] + sin * points[:, 2], points[:, 1]], axis=1)
        apart = np.linalg.norm(seen[:, None] - seen, axis=2)
        np.fill_diagonal(apart, np.inf)
        right = int((apart.argmin(axis=1) == nearest).sum())
        share = cos**2 * shares[0] + shares[1] + sin**2 * shares[2]
        rows.append([f"{degrees}°", f"{share:.0%}", word("mapRight", same=right, n=len(nearest))])
    return rows

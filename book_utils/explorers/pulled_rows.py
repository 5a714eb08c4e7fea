"""`PulledRows`: a small table from which IDs pull their rows, at once or by a one-hot code, step by step."""

import numpy as np
import traitlets

from ..asking.reveal import table_html
from ..asking.widget import BookWidget
from ..lookup import EmbeddingTable, one_hot
from ..words import word

LARGEST = (12, 6)  # rows and columns: each number is written out
MOST = 8  # IDs


class PulledRows(BookWidget):
    """A table whose rows are pulled out by IDs, and the product of one-hot codes and table that gives the same.

    `vectors` are (n, d) numbers with a token each, `ids` the IDs to begin with; `one_hot` begins with the product.
    Raises ValueError for a table above 12 rows or 6 columns or more than 8 IDs, and what EmbeddingTable raises.

    >>> PulledRows([[1, 0], [0.5, 2]], ["cat", "dog"], [1, 0, 1])
    Pulled rows: 3 IDs from a table of 2 rows, 2 numbers each
      0  ID 1  dog  0.5, 2
      1  ID 0  cat  1, 0
      2  ID 1  dog  0.5, 2
    """

    files = ("asking/elements.js", "explorers/pulled_rows.js", "asking/elements.css", "explorers/pulled_rows.css")
    at_once = False

    table = traitlets.List().tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    most = traitlets.Int(MOST).tag(sync=True)
    ids = traitlets.List(traitlets.Int()).tag(sync=True)
    one_hot = traitlets.Bool(False).tag(sync=True)
    step = traitlets.Int().tag(sync=True)  # rows pulled, or rows of the table that a code has met

    def __init__(self, vectors, names, ids, one_hot=False):
        table = EmbeddingTable(vectors, names)
        if len(table) > LARGEST[0] or table.dim > LARGEST[1]:
            raise ValueError(f"a picture holds {LARGEST[0]} rows of {LARGEST[1]} numbers at most; got {table.shape}.")
        if len(ids) > MOST:
            raise ValueError(f"a picture holds {MOST} IDs at most; got {len(ids)}.")
        table.lookup(ids)  # refuses what is no ID
        step = 0 if one_hot else len(ids)
        super().__init__(table=table.vectors.tolist(), names=list(table.tokens), ids=list(map(int, ids)),
                         one_hot=one_hot, step=step)

    def plain_text(self):
        lines = [f"  {'  '.join(row)}" for row in rows_of(self.get_state())]
        return "\n".join([headline(self.get_state()), *lines])

    @staticmethod
    def plain_html(state):
        rows = [word("pulledColumns").split("|"), *rows_of(state)]
        product = ""
        if state["one_hot"]:
            n, dim = np.shape(state["table"])
            product = f"<p>{word('pulledPlain', rows=n, columns=dim, all=n * dim, zeros=(n - 1) * dim)}</p>"
        return f'<div class="book-plain"><p>{headline(state)}</p>{table_html(rows)}{product}</div>'


def headline(state):
    """Say how many IDs meet which table."""
    n, dim = np.shape(state["table"])
    return word("pulledHeadline", ids=len(state["ids"]), rows=n, columns=dim)


def rows_of(state):
    """Give place, ID, token and numbers of each row that comes out, as text: by lookup or by the product."""
    table = EmbeddingTable(np.array(state["table"], dtype=np.float64), state["names"])
    ids = state["ids"]
    rows = one_hot(ids, len(table)) @ table.vectors if state["one_hot"] else table.lookup(ids)
    return [[str(place), f"ID {i}", state["names"][i], ", ".join(f"{round(n, 2):g}" for n in row)]
            for place, (i, row) in enumerate(zip(ids, rows.tolist(), strict=True))]

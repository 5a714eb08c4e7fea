"""`FirstLook`: from a typed sentence to tokens, IDs and the rows they light up. It carries all that it needs."""

import base64
from html import escape

import numpy as np
import traitlets

from ..asking.widget import BookWidget
from ..minilm import load_minilm
from ..words import word

COLUMNS = 12  # of the 384, as bars
COMMON = 780  # the words with the lowest IDs; in this vocabulary they are frequent ones
MORE = """cat dog cats dogs chased fox bird fish cow horse king queen prince man woman bank river money orange
apple bread pod node restart python java banana coffee tea sleeps runs jumps lazy quick brown mat sat bites paris france
rome italy japan tokyo hello sentence token vector vectors table row meaning"""
REACH = 0.15  # a bar of full height; 98 of 100 numbers of these rows are smaller
MOST = 8  # tokens that are drawn


class FirstLook(BookWidget):
    """A field for a few words; each becomes a token with its ID, and a line leads from it to its row of the table.

    `text` may be set from Python. It knows some 830 common words, which are tokens as a whole, and says so of others.

    >>> FirstLook("the cat")
    FirstLook: the cat
      0  the  1996
      1  cat  4937
    """

    files = ("asking/elements.js", "wordpiece.js", "explorers/first_look.js",
             "asking/elements.css", "explorers/first_look.css")

    text = traitlets.Unicode().tag(sync=True)
    tries = traitlets.List(traitlets.Unicode()).tag(sync=True)
    known = traitlets.Dict().tag(sync=True)

    @classmethod
    def shared_traits(cls):
        return {"text": {"most": 120}}

    def __init__(self, text, tries=()):
        super().__init__(text=text, tries=list(tries), known=packed())

    def plain_text(self):
        listed = [f"  {place}  {token}  {i}" for place, (token, i) in enumerate(read(self.text))]
        return "\n".join([f"FirstLook: {self.text}", *listed])

    @staticmethod
    def plain_html(state):
        items = "".join(f"<li><code>{escape(token)}</code> ID {i} {bars(i)}</li>" for token, i in read(state["text"]))
        note = word("firstNote", columns=COLUMNS, dim=load_minilm().table.dim, n=f"{len(known_words()):,}")
        return f'<div class="book-plain"><ol start="0">{items}</ol><p>{note}</p></div>'


def read(text: str) -> list[tuple[str, int]]:
    """Give token and ID of the first tokens of a text.

    >>> read("the cat")
    [('the', 1996), ('cat', 4937)]
    """
    minilm = load_minilm()
    ids = minilm.encode(text, special=False)[:MOST].tolist()
    return list(zip(minilm.tokenize(text, special=False), ids, strict=False))


def known_words() -> list[str]:
    """List the words that a page carries, by ID: common ones, some that the book uses, and marks of punctuation.

    >>> known_words()[:3], "chased" in known_words()
    (['!', "'", ','], True)
    """
    table = load_minilm().table
    common = [token for token in table.tokens if token.isascii() and token.isalpha()][:COMMON]
    return sorted({*common, *MORE.split(), *"!',-.:;?"}, key=table.id_of)


def packed() -> dict:
    """Pack words, IDs and rows into text: the IDs by their distances, two numbers of a row in one byte.

    A number from -REACH to REACH becomes a level from 0 to 14; the page only draws it.
    """
    table, words = load_minilm().table, known_words()
    ids = [table.id_of(one) for one in words]
    levels = levels_of(table.lookup(ids)[:, :COLUMNS])
    rows = (levels[:, ::2] * 16 + levels[:, 1::2]).astype(np.uint8)
    steps = np.diff(ids, prepend=0)
    return {"words": " ".join(words), "steps": " ".join(map(str, steps)), "columns": COLUMNS, "most": MOST,
            "dim": table.dim, "size": len(table.tokens), "rows": base64.b64encode(rows.tobytes()).decode()}


def levels_of(vectors):
    """Round numbers to levels from 0 (-REACH or less) over 7 (zero) to 14 (REACH or more).

    >>> levels_of(np.array([-1.0, 0.0, 0.064, 0.5])).tolist()
    [0, 7, 10, 14]
    """
    return np.clip(np.round(vectors / REACH * 7 + 7), 0, 14).astype(int)


def bars(i: int) -> str:
    """Draw the beginning of a row as SVG, for pages without JavaScript."""
    levels = levels_of(load_minilm().table.lookup([i])[0, :COLUMNS]).tolist()
    drawn = []
    for column, level in enumerate(levels):
        high, colour = level - 7, "var(--idea-high, #00706b)" if level > 7 else "var(--idea-low, #b3261e)"
        drawn.append(f'<rect x="{8 * column}" y="{14 - max(2 * high, 0)}" width="7" height="{abs(2 * high)}" '
                     f'fill="{colour}"/>')
    size = f'viewBox="0 0 {8 * COLUMNS} 28" width="{8 * COLUMNS}" height="28"'
    return f'<svg {size} aria-hidden="true">{"".join(drawn)}</svg>'

"""`SentenceExplorer`: type any text, see its tokens by either of two tokenizers, their IDs, the beginning of rows."""

import base64
from functools import cache
from html import escape

import numpy as np
import traitlets

from ..asking.reveal import table_html
from ..asking.widget import BookWidget
from ..minilm import load_minilm
from ..recorded_model import VOCABULARY, recorded_model
from ..words import word

COLUMNS = 32  # of the 384, as a picture
SHOWN = 64  # rows
CHARACTERS = 20_000  # more than this is not read, or every key would be slow
REACH = 0.15  # a number this large is white; 99 of 100 numbers of the table are smaller
STEPS = 6000  # the step between two levels of a rounded row is a whole number of 1/6000


class SentenceExplorer(BookWidget):
    """A box for any text, with its tokens, their IDs and the first 32 numbers of their rows below it.

    `text` and `tokenizer` may be set from Python too; `tokens` and `ids` (n of each) and `rows` (up to 64 x 32) follow.
    `tokenizer` is "minilm", or "smollm2", the byte-level one of a language model, whose rows are not shown.
    Raises ValueError for more than 20,000 characters, or half of a surrogate pair; TraitError for another tokenizer.

    >>> SentenceExplorer("the cat")
    SentenceExplorer: the cat
      0  the  1996
      1  cat  4937
    """

    at_once = False
    files = ("asking/elements.js", "wordpiece.js", "bpe.js", "explorers/near.js", "explorers/pointed.js",
             "explorers/tokenizers.js", "explorers/sentence_pieces.js", "explorers/sentence.js",
             "asking/elements.css", "explorers/sentence.css")  # fmt: skip

    text = traitlets.Unicode().tag(sync=True)
    tokenizer = traitlets.Enum(["minilm", "smollm2"], "minilm").tag(sync=True)
    tokens = traitlets.List().tag(sync=True)
    ids = traitlets.List().tag(sync=True)
    rows = traitlets.List().tag(sync=True)
    reader = traitlets.Unicode("minilm").tag(sync=True)  # the tokenizer that `tokens` are of: on a page it loads first
    rounded = traitlets.Bool(False).tag(sync=True)  # True where the page, without a kernel, fills in `rows`
    place = traitlets.Int(-1).tag(sync=True)  # the token whose numbers are written out
    sizes = traitlets.Dict().tag(sync=True)

    @classmethod
    def shared_traits(cls):
        return {"text": {"most": 1000}, "tokenizer": ["minilm", "smollm2"], "place": {"from": -1, "to": SHOWN - 1}}

    def __init__(self, text, tokenizer="minilm"):
        sizes = {"columns": COLUMNS, "dim": load_minilm().table.dim, "shown": SHOWN,
                 "characters": CHARACTERS, "reach": REACH, "steps": STEPS}
        super().__init__(text=text, tokenizer=tokenizer, sizes=sizes, lazy=self.lazy_files())

    @traitlets.validate("text")
    def _readable(self, proposal):
        text = proposal["value"]
        if len(text) > CHARACTERS:
            raise ValueError(f"the explorer reads {CHARACTERS:,} characters; got {len(text):,}. Cut it.")
        load_minilm().encode(text)  # refuses half a character, before anything is set
        return text

    @traitlets.observe("text", "tokenizer")
    def _read(self, _):
        tokens, ids, rows = (byte_level if self.tokenizer == "smollm2" else word_pieces)(self.text)
        with self.hold_sync():  # one message: the page never pairs tokens with the rows of another text
            self.tokens, self.rows, self.reader, self.ids = tokens, rows, self.tokenizer, ids

    @classmethod
    @cache
    def lazy_data(cls):
        """Give what a page needs without a kernel.

        The vocabulary, a token a line; rounded rows as base64; the other tokenizer, as `Vocabulary.to_json` has it.
        """
        table = load_minilm().table
        packed = pack_rows(table.vectors[:, :COLUMNS])
        return {"vocabulary": ["\n".join(part) for part in parts_of(table.tokens, 2)],
                "bytePairs": parts_of(VOCABULARY.read_text(encoding="utf-8"), 2),
                "rows": [base64.b64encode(part.tobytes()).decode() for part in parts_of(packed, 8)]}

    def plain_text(self):
        listed = shown_tokens(self.get_state())
        width = max((len(token) for _, token, _ in listed), default=0)
        lines = [f"  {place}  {token:{width}}  {i}" for place, token, i in listed]
        return "\n".join([f"SentenceExplorer: {self.text}", *lines, *rest(self.tokens, "  ")])

    @staticmethod
    def plain_html(state):
        more = "".join(f"<p>{line}</p>" for line in rest(state["tokens"]))
        return (f'<div class="book-plain"><p>{escape(state["text"])}</p>'
                f"{table_html([word('sentenceColumns').split('|'), *shown_tokens(state)])}{more}</div>")


def word_pieces(text: str) -> tuple[list, list, list]:
    """Give MiniLM's tokens of a text, their IDs, and the first numbers of the first rows.

    >>> word_pieces("cats")[:2]
    (['cats'], [8870])
    """
    minilm = load_minilm()
    ids = minilm.encode(text, special=False)
    rows = minilm.table.lookup(ids[:SHOWN])[:, :COLUMNS]
    return minilm.tokenize(text, special=False), ids.tolist(), rows.astype(float).round(4).tolist()


def byte_level(text: str) -> tuple[list, list, list]:
    """Give SmolLM2's tokens of a text and their IDs; no rows. A byte that has no token leaves no trace.

    >>> byte_level("the cat")[0]
    ['the', 'Ġcat']
    """
    encoding = recorded_model().tokenizer.encode(text)
    return list(encoding.tokens), list(encoding.ids), []


def shown_tokens(state: dict) -> list[list[str]]:
    """Give place, token and ID of the tokens that are listed, as text."""
    tokens = zip(state["tokens"][:SHOWN], state["ids"][:SHOWN], strict=True)
    return [[str(place), token, str(i)] for place, (token, i) in enumerate(tokens)]


def rest(tokens: list, indent: str = "") -> list[str]:
    """Say how many tokens are not listed: one line, or none."""
    return [indent + word("sentenceMore", n=f"{len(tokens) - SHOWN:,}")] if len(tokens) > SHOWN else []


def parts_of(rows, count: int) -> list:
    """Cut rows into `count` parts, all but the last of the same length.

    >>> parts_of([1, 2, 3, 4, 5], 2)
    [[1, 2, 3], [4, 5]]
    """
    size = -(-len(rows) // count)
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def pack_rows(vectors):
    """Round to 16 levels, from minus to plus the largest of a row: (n, dim) in, (n, 1 + dim / 2) bytes out.

    Byte 0 is the step between two levels, in 1/6000; then two numbers a byte, each as its level from 0 to 15.

    >>> pack_rows(np.array([[-0.03, 0.03, 0.0021, 0.0]])).tolist()
    [[24, 15, 136]]
    """
    steps = np.ceil(np.abs(vectors).max(axis=1, keepdims=True) / 7.5 * STEPS)
    levels = np.round(vectors / (steps / STEPS) + 7.5)
    return np.hstack([steps, levels[:, ::2] * 16 + levels[:, 1::2]]).astype(np.uint8)

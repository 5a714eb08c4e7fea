"""`RowOnItsWay`: one token of a sentence on its way from its row through the blocks of a language model."""

import json
from functools import cache
from html import escape

import traitlets

from ..asking.reveal import table_html
from ..asking.widget import BookWidget
from ..words import word
from .break_it import with_weights
from .ways import MOST, SENTENCES, recorded_ways, way_of

TOLD = (0, 1, 2, 5, 10, 15, 20, 25, 29, 30)  # blocks that stand in the plain table
CHARACTERS = 2_000


class RowOnItsWay(BookWidget):
    """A sentence and one of its tokens, block by block: how near it stays to its row, and what would come next.

    `sentence` and `place` choose one of the recorded sentences and a token of it. In a notebook with the weights of
    SmolLM2 (`model`, or what `load_language_model` opens when it is first needed), any text of up to 40 tokens.
    Raises ValueError for a sentence that was not recorded, or a place that it does not have.

    >>> print(RowOnItsWay("The capital of France is Paris, and the capital of Italy is").plain_text().splitlines()[0])
    The row on its way: Ġis, at place 4 of: The capital of France is Paris, and the capital of Italy is
    """

    at_once = False
    files = ("asking/elements.js", "asking/score.js", "explorers/near.js", "explorers/way_data.js",
             "explorers/way_picture.js", "explorers/row_on_its_way.js", "asking/elements.css",
             "explorers/row_on_its_way.css")  # fmt: skip

    sentences = traitlets.List([[text, place] for text, place in SENTENCES.items()]).tag(sync=True)
    sentence = traitlets.Unicode().tag(sync=True)  # the text that is shown or waited for
    place = traitlets.Int().tag(sync=True)
    block = traitlets.Int(0).tag(sync=True)
    asked = traitlets.Unicode().tag(sync=True)  # the text that a notebook was asked for
    way = traitlets.Dict().tag(sync=True)  # of the text in `way["text"]`: see `way_of`
    problem = traitlets.Unicode().tag(sync=True)

    @classmethod
    def shared_traits(cls):
        return {"sentence": [*SENTENCES], "place": {"from": 0, "to": MOST}, "block": {"from": 0, "to": 1000}}

    def __init__(self, sentence=None, place=None, block=0, model=None):
        sentence = next(iter(SENTENCES)) if sentence is None else sentence
        if sentence not in SENTENCES:
            raise ValueError(f"sentence is one of the recorded ones: {', '.join(map(repr, SENTENCES))}.")
        tokens, blocks = recorded(sentence)["tokens"], len(recorded(sentence)["cosine"][0]) - 1
        place = SENTENCES[sentence] if place is None else place
        for name, number, last in (("place", place, len(tokens) - 1), ("block", block, blocks)):
            if not 0 <= number <= last:
                raise ValueError(f"{name} runs from 0 to {last}; got {number}.")
        self._model = model
        super().__init__(sentence=sentence, place=place, block=block, lazy=self.lazy_files())

    @traitlets.observe("asked")
    def _follow(self, change):
        text = change["new"]
        if not text:
            return
        problem, way = "", self.way
        try:
            way = recorded(text) if text in SENTENCES else self._worked_out(text)
        except (ValueError, TypeError, OSError, MemoryError) as error:
            problem = str(error.args[0] if error.args else error)
        with self.hold_sync():  # one message: the page never pairs a place with another text
            self.way, self.problem = way, problem

    def _worked_out(self, text):
        self._model = with_weights(self._model)
        if not 1 <= (n := len(self._model.encode(text))) <= MOST:
            raise ValueError(word("wayTooLong", n=n, most=MOST))
        return way_of(self._model, text)

    @classmethod
    @cache
    def lazy_data(cls):
        """Give the recorded ways as JSON, each on its own: "way0" is that of the first sentence."""
        return {f"way{i}": [json.dumps(way, ensure_ascii=False, separators=(",", ":"))]
                for i, way in enumerate(recorded_ways())}  # fmt: skip

    def plain_text(self):
        rows = way_rows(self.sentence, self.place)
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
        return "\n  ".join([headline(self.sentence, self.place), *lines])

    @staticmethod
    def plain_html(state):
        sentence, place = state["sentence"], state["place"]
        return (f'<div class="book-plain"><p>{escape(headline(sentence, place))}</p>'
                f"{table_html(way_rows(sentence, place))}</div>")


def recorded(sentence):
    """Return the recorded way of a sentence."""
    return recorded_ways()[list(SENTENCES).index(sentence)]


def headline(sentence, place):
    """Say which token of which sentence is followed."""
    return word("wayHeadline", token=recorded(sentence)["tokens"][place], place=place, sentence=sentence)


def way_rows(sentence, place):
    """Give a header and, for some blocks, block, cosines, length, nearest row and next word, as text."""
    way = recorded(sentence)
    twins = [(i + j - place, cosines) for i, j, cosines in way["twins"] if place in (i, j)]
    names = word("wayColumns").split("|")
    rows = [[*names[:2], *(word("wayTwinColumn", place=other) for other, _ in twins), *names[2:]]]
    for block in TOLD:
        near, after = way["nearest"][place][block], way["next"][place][block]
        rows.append([str(block), f"{way['cosine'][place][block] / 1000:z.2f}",
                     *(f"{cosines[block] / 1000:z.2f}" for _, cosines in twins), f"{way['length'][place][block]:g}",
                     f"{way['words'][near[0]]} {near[1] / 100:.2f}", f"{way['words'][after[0]]} {after[1] / 10:.0f}%"])
    return rows

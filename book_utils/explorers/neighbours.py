"""`Neighbours`: two words of the real table, their cosine, the rows nearest to each, and a map."""

from functools import cache
from html import escape
from reprlib import repr as short

import traitlets

from ..asking.reveal import table_html
from ..asking.widget import BookWidget
from ..geometry import cosine, nearest, project
from ..lookup import UnknownToken
from ..minilm import load_minilm
from ..words import word
from . import word_table
from .page_table import left_out_words, page_parts
from .sentence import SentenceExplorer
from .which_token import SIZES, clean, table_and_finder
from .word_sums import sum_for

# Which tables there are, and under which names a page finds their tokens and rows.
TABLES = {"minilm": {"dim": 384, "lazy": ["vocabulary", "neighbours"], "megabytes": 1},
          "smollm2": {"dim": word_table.DIM, "lazy": ["wordNames", "wordRows"], "megabytes": 2.4}}  # fmt: skip


class Neighbours(BookWidget):
    """Compare two words of the real table by cosine, list the k nearest rows of each, and draw them on a map.

    `first`, `second`, `k` (1 to 10), `table` and `sum`, words with + and -, may be set from Python too; `answer` and
    `sum_answer` follow. `table` is "minilm", of which a kernel compares all 30,522 rows, and a built page 4,300 words;
    or "smollm2", 8,000 words of a language model's table. Raises UnknownToken if the first view has no rows, TraitError
    for another k or table.

    >>> Neighbours("cat", "dog", k=2)
    Neighbours: cat and dog have cosine 0.42.
      nearest to cat: cats 0.82, kitten 0.56
      nearest to dog: dogs 0.87, canine 0.66
    """

    at_once = False
    files = ("asking/elements.js", "wordpiece.js", "explorers/page_table.js", "explorers/neighbours_way.js",
             "explorers/neighbours_sum.js", "explorers/neighbours.js", "asking/elements.css",
             "explorers/neighbours.css")  # fmt: skip

    first = traitlets.Unicode().tag(sync=True)
    second = traitlets.Unicode().tag(sync=True)
    k = traitlets.Int(5).tag(sync=True)
    table = traitlets.Enum([*TABLES], "minilm").tag(sync=True)
    sum = traitlets.Unicode().tag(sync=True)  # words with + and -, such as king - man + woman
    answer = traitlets.Dict().tag(sync=True)
    sum_answer = traitlets.Dict().tag(sync=True)
    sizes = traitlets.Dict().tag(sync=True)

    @classmethod
    def shared_traits(cls):
        word = {"most": SIZES["characters"]}
        return {"first": word, "second": word, "k": {"from": 1, "to": SIZES["most"]}, "table": [*TABLES], "sum": word}

    def __init__(self, first="cat", second="dog", k=5, table="minilm"):
        for token in (first, second):
            if table != "smollm2":
                load_minilm().table.id_of(token)
            elif "word" not in (found := word_table.token_of(token)):
                raise UnknownToken(f"{token!r} is none of the words kept of this table: {' · '.join(found['pieces'])}.")
        super().__init__(first=first, second=second, k=k, table=table, sizes=SIZES | {"tables": TABLES},
                         lazy=self.lazy_files())  # fmt: skip

    @traitlets.validate("k")
    def _possible(self, proposal):
        if not 1 <= proposal["value"] <= SIZES["most"]:
            raise traitlets.TraitError(f"k must be 1 to {SIZES['most']} neighbours; got {proposal['value']}.")
        return proposal["value"]

    @traitlets.observe("first", "second", "k", "table")
    def _answer(self, _):
        asked = [self.first, self.second, self.k, self.table]
        if self.answer.get("asked") != asked:  # traits that change together are answered once
            self.answer = answer_for(*asked)

    @traitlets.observe("sum", "k", "table")
    def _sum(self, _):
        table, find = table_and_finder(self.table)
        self.sum_answer = sum_for(self.sum, self.k, table, find, left_out_words())

    @classmethod
    @cache
    def lazy_data(cls):
        """Give what a page needs without a kernel: the vocabulary and the rows of its words."""
        return {"vocabulary": SentenceExplorer.lazy_data()["vocabulary"], "neighbours": page_parts(),
                "wordNames": word_table.word_names(), "wordRows": word_table.word_parts()}  # fmt: skip

    def plain_text(self):
        return "\n  ".join(["Neighbours: " + headline(self.answer), *lists(self.answer)])

    @staticmethod
    def plain_html(state):
        answer = state["answer"]
        columns = [[word("neighboursNearest", word=one["word"]), *(f"{name} {near:.2f}" for name, near in one["near"])]
                   for one in answer["found"] if "word" in one]
        rows = [list(row) for row in zip(*columns, strict=True)]
        listed = table_html(rows) if rows else ""
        return f'<div class="book-plain"><p>{escape(headline(answer))}</p>{listed}</div>'


def answer_for(first: str, second: str, k: int, name: str = "minilm") -> dict:
    """Give all that the explorer shows for two words, k and a table, as JSON; a word without a row says why.

    >>> answer_for("cat", "embeddings", 3)["found"][1]["pieces"]
    ['em', '##bed', '##ding', '##s']
    """
    table, find = table_and_finder(name)
    found = [find(clean(text)) for text in (first, second)]
    answer = {"asked": [first, second, k, name], "rows": len(table), "cosine": None, "map": None, "found": found,
              "rounded": name == "smollm2"}  # fmt: skip
    words = [one["word"] for one in found if "word" in one]
    for one in found:
        if "word" in one:
            # As many more as there are words to leave out: k remain, whichever they are.
            near = nearest(one["word"], table, k + len(left_out_words()))
            one["near"] = [[name, round(near, 4)] for name, near in near if name not in left_out_words()][:k]
    if len(words) == 2:
        answer["cosine"] = round(cosine(*table.lookup(words)), 4)
    if words:
        names = list(dict.fromkeys([*words, *(name for one in found for name, _ in one.get("near", []))]))
        seen = project(table.lookup(names))
        points = seen.points.round(3).tolist()
        answer["map"] = {"names": names, "points": points, "share": round(seen.share, 4)}
    return answer


def headline(answer: dict) -> str:
    """Say in one sentence how alike the two words are, or which of them has no row."""
    pairs = zip(answer["found"], answer["asked"], strict=False)  # the third thing asked is k
    without = [word(f"neighboursWithout.{one['missing']}", word=short(asked))
               for one, asked in pairs if "missing" in one]
    if without:
        return " ".join(without)
    first, second = (one["word"] for one in answer["found"])
    return word("neighboursHeadline", first=first, second=second, cosine=f"{answer['cosine']:.2f}")


def lists(answer: dict) -> list[str]:
    """Give one line for each word that has a row: its nearest rows and their cosines."""
    with_rows = [one for one in answer["found"] if "word" in one]
    heads = [word("neighboursNearest", word=one["word"]) for one in with_rows]
    near = [", ".join(f"{name} {cosine:.2f}" for name, cosine in one["near"]) for one in with_rows]
    return [f"{head}: {listed}" for head, listed in zip(heads, near, strict=True)]

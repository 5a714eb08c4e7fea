"""`Neighbours`: two words of the real table, their cosine, the rows nearest to each, and a map."""

import re
from difflib import get_close_matches
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

# At most so many: neighbours in a list, suggestions, pieces that are named, characters of a word.
SIZES = {"most": 10, "close": 3, "pieces": 12, "characters": 100}
# Which tables there are, and under which names a page finds their tokens and rows.
TABLES = {"minilm": {"dim": 384, "lazy": ["vocabulary", "neighbours"], "megabytes": 1},
          "smollm2": {"dim": word_table.DIM, "lazy": ["wordNames", "wordRows"], "megabytes": 2.4}}  # fmt: skip


class Neighbours(BookWidget):
    """Compare two words of the real table by cosine, list the k nearest rows of each, and draw them on a map.

    `first`, `second`, `k` (1 to 10) and `table` may be set from Python too; `answer` follows. `table` is "minilm",
    of which a kernel compares all 30,522 rows, and a built page 4,300 words; or "smollm2", 8,000 words of a language
    model's table. Raises UnknownToken if the first view has no rows, TraitError for another k or table.

    >>> Neighbours("cat", "dog", k=2)
    Neighbours: cat and dog have cosine 0.42.
      nearest to cat: cats 0.82, kitten 0.56
      nearest to dog: dogs 0.87, canine 0.66
    """

    at_once = False
    files = ("asking/elements.js", "wordpiece.js", "explorers/page_table.js", "explorers/neighbours_way.js",
             "explorers/neighbours.js", "asking/elements.css", "explorers/neighbours.css")

    first = traitlets.Unicode().tag(sync=True)
    second = traitlets.Unicode().tag(sync=True)
    k = traitlets.Int(5).tag(sync=True)
    table = traitlets.Enum([*TABLES], "minilm").tag(sync=True)
    answer = traitlets.Dict().tag(sync=True)
    sizes = traitlets.Dict().tag(sync=True)

    @classmethod
    def shared_traits(cls):
        word = {"most": SIZES["characters"]}
        return {"first": word, "second": word, "k": {"from": 1, "to": SIZES["most"]}, "table": [*TABLES]}

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
    table = word_table.word_table() if name == "smollm2" else load_minilm().table
    found = [(word_table.token_of if name == "smollm2" else token_of)(clean(text)) for text in (first, second)]
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


def token_of(text: str) -> dict:
    """Give the token that a text is, {word, id}, or why it has no row: {missing, pieces, close}.

    >>> token_of("King "), token_of("new york")["missing"]
    ({'word': 'king', 'id': 2332}, 'cut')
    """
    minilm, text = load_minilm(), clean(text)
    tokens = [text] if text in minilm.table.tokens else minilm.tokenize(text, special=False)
    if len(tokens) == 1 and tokens[0] in left_out_words():
        return {"missing": "leftOut", "pieces": [], "close": []}
    if len(tokens) == 1 and (tokens[0] != "[UNK]" or text == "[UNK]"):
        return {"word": tokens[0], "id": minilm.table.id_of(tokens[0])}
    why = "empty" if not tokens else "unknown" if tokens == ["[UNK]"] else "cut"
    # Several whole words are the best suggestion themselves; else, words that look like this one.
    several = list(dict.fromkeys(tokens)) if set(tokens) <= set(whole_words()) else []
    close = several or get_close_matches(text.lower(), whole_words(), n=SIZES["close"])
    return {"missing": why, "pieces": tokens[: SIZES["pieces"]], "close": close[: SIZES["close"]]}


def clean(text: str) -> str:
    """Give what is read of a text: its first characters, whole, without spaces at its ends.

    >>> clean(" cat ")
    'cat'
    """
    return re.sub("[\ud800-\udfff]", "\ufffd", text[: SIZES["characters"]]).strip()


@cache
def whole_words() -> list[str]:
    """Give the tokens that are worth suggesting: whole words of the letters a to z.

    >>> whole_words()[:3]
    ['the', 'of', 'and']
    """
    tokens = load_minilm().table.tokens
    return [token for token in tokens if re.fullmatch("[a-z]{2,}", token) and token not in left_out_words()]


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

"""Which token of a table a reader's text is, for the neighbours explorer, or why it is none."""

import re
from difflib import get_close_matches
from functools import cache

from ..minilm import load_minilm
from . import word_table
from .page_table import left_out_words

# At most so many: neighbours in a list, suggestions, pieces that are named, characters of a word.
SIZES = {"most": 10, "close": 3, "pieces": 12, "characters": 100}


def table_and_finder(name: str):
    """Give a table by its name, and the function that says which of its tokens a text is."""
    return (word_table.word_table(), word_table.token_of) if name == "smollm2" else (load_minilm().table, token_of)


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

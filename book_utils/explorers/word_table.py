"""The second table of the neighbours explorer: 8,000 words of SmolLM2's table, in 4 bits a number."""

import base64
import json
import re
from functools import cache

import numpy as np
from safetensors.numpy import load_file

from ..corpus_words import WORDS
from ..four_bit import pack, unpack
from ..lookup import EmbeddingTable
from ..minilm import load_minilm
from ..recorded_model import DATA, recorded_model
from .page_table import developer_words, left_out_words

FILE = DATA / "smollm2_words.safetensors"
N_WORDS, DIM = 8_000, 576
ROWS_A_PART = 400
BLOCK = 64  # numbers that share a scale
ROW = np.dtype([("id", "<u2"), ("scales", "<f2", DIM // BLOCK), ("codes", "u1", DIM // 2)])


def forms_of(text):
    """Return the tokens that a typed text may stand for, the likeliest first: Ġ is the space before a word.

    >>> forms_of("python"), forms_of("Ġpython")
    (['Ġpython', 'ĠPython', 'ĠPYTHON'], ['Ġpython'])
    """
    if text.startswith("Ġ"):
        return [text]
    return list(dict.fromkeys(f"Ġ{form}" for form in (text, text.lower(), text.capitalize(), text.upper())))


def word_ids(tokens):
    """Return the IDs of the words to keep, lowest first: up to 8,000.

    First every form of a developer's word, and the words of chapter 2's small text. Then the words with the lowest
    IDs: merges learned early are of frequent words. A word here is a space and letters that MiniLM's vocabulary has
    as one token, too, which leaves out beginnings of words such as Ġhypert.
    """
    ids = {token: i for i, token in enumerate(tokens)}
    offending, known = left_out_words(), set(load_minilm().table.tokens)
    first = [form for word in developer_words() for form in forms_of(word) if form in ids]
    first += [f"Ġ{word}" for words in WORDS.values() for word in words if f"Ġ{word}" in ids]
    whole = [token for token in tokens if re.fullmatch("Ġ[A-Za-z][a-z]+", token) and token[1:].lower() in known]
    kept = [token for token in dict.fromkeys([*first, *whole]) if token.lstrip("Ġ").lower() not in offending]
    return sorted(ids[token] for token in kept[:N_WORDS])


def packed_words(table):
    """Return IDs, scales and codes of the rows to keep, as FILE has them: an EmbeddingTable in."""
    ids = word_ids(table.tokens)
    codes, scales = pack(table.lookup(ids).reshape(-1, BLOCK))
    return {"ids": np.array(ids, np.uint16), "scales": scales.astype(np.float16).reshape(len(ids), -1),
            "codes": codes.reshape(len(ids), -1)}  # fmt: skip


@cache
def word_table():
    """Return the words as an EmbeddingTable, (8000, 576): the numbers that a page has, too.

    >>> word_table().shape, "Ġpython" in word_table().tokens
    ((8000, 576), True)
    """
    kept, tokens = load_file(FILE), recorded_model().table.tokens
    rows = unpack(kept["codes"].reshape(-1, BLOCK // 2), kept["scales"].astype(np.float32).ravel())
    return EmbeddingTable(rows.reshape(-1, DIM), [tokens[i] for i in kept["ids"]])


@cache
def word_parts():
    """Return the rows as parts of base64 text, each row as in `page_table.page_parts`; its ID is its place here."""
    kept = load_file(FILE)
    rows = np.empty(len(kept["ids"]), ROW)
    rows["id"], rows["scales"], rows["codes"] = np.arange(len(rows)), kept["scales"], kept["codes"]
    starts = range(0, len(rows), ROWS_A_PART)
    return [base64.b64encode(rows[start : start + ROWS_A_PART].tobytes()).decode() for start in starts]


@cache
def word_names():
    """Return the tokens, one a line, and as JSON how the developers' words are cut that are no token."""
    cut = {word: pieces for word in developer_words() if len(pieces := recorded_model().tokenize(f" {word}")) > 1
           and not set(forms_of(word)) & set(word_table().tokens)}  # fmt: skip
    return ["\n".join(word_table().tokens), json.dumps(cut, ensure_ascii=False, separators=(",", ":"))]


def token_of(text, most_pieces=12):
    """Give the token that a text is here, {word, id}, or why it has no row: {missing, pieces, close}.

    >>> token_of("Microsoft ")["word"], token_of("kubernetes")["missing"]
    ('ĠMicrosoft', 'cut')
    """
    table, text = word_table(), text.strip()
    if not text:
        return {"missing": "empty", "pieces": [], "close": []}
    for form in forms_of(text):
        if form in table.tokens:
            return {"word": form, "id": table.id_of(form)}
    pieces = recorded_model().tokenize(f" {text.removeprefix('Ġ')}")
    return {"missing": "cut" if len(pieces) > 1 else "absent", "pieces": pieces[:most_pieces], "close": []}

"""The part of the real table that a built page carries: its most used words, in 4 bits a number."""

import base64
import re
from functools import cache

import numpy as np

from ..corpus_words import WORDS
from ..four_bit import pack, unpack
from ..minilm import DATA, load_minilm

N_WORDS = 4_300
ROWS_A_PART = 430
BLOCK = 64  # numbers that share a scale: with one scale a row, one large number would coarsen 383 others
ROW = np.dtype([("id", "<u2"), ("scales", "<f2", 6), ("codes", "u1", 192)])


@cache
def left_out_words():
    """Return the offensive words that no list of neighbours shows; data/README.md says how it was made.

    >>> "cat" in left_out_words()
    False
    """
    return frozenset((DATA / "left_out_words.txt").read_text(encoding="utf-8").split())


@cache
def developer_words():
    """Return words that developers type, in the order of the alphabet; data/README.md says more.

    >>> "kubernetes" in developer_words()
    True
    """
    return tuple((DATA / "developer_words.txt").read_text(encoding="utf-8").split())


@cache
def page_ids():
    """Return the IDs of the words on a page, lowest first: (4300,) int64.

    They are the words of chapter 2's small text and those that developers type, then those with the lowest IDs, which
    are the most used: this vocabulary is about in order of frequency. A word here is two or more letters of a to z.

    >>> [load_minilm().table.tokens[i] for i in page_ids()[:3]]
    ['the', 'of', 'and']
    """
    ids = {token: i for i, token in enumerate(load_minilm().table.tokens)}
    whole = [token for token in ids if re.fullmatch("[a-z]{2,}", token) and token not in left_out_words()]
    taught = {*developer_words(), *(word for words in WORDS.values() for word in words)}
    first = sorted(whole, key=lambda word: (word not in taught, ids[word]))[:N_WORDS]
    return np.array(sorted(ids[word] for word in first))


@cache
def page_parts():
    """Return the rows of `page_ids` as ten parts of base64 text.

    A row is 206 bytes: its ID (uint16), six scales (float16), both with the lowest byte first, and 192 codes
    of `four_bit.pack`. The first scale belongs to the first 64 numbers of the row, and so on.

    >>> len(page_parts()), len(base64.b64decode(page_parts()[0])) == 430 * 206
    (10, True)
    """
    ids = page_ids()
    codes, scales = pack(load_minilm().table.lookup(ids).reshape(-1, BLOCK))
    rows = np.empty(len(ids), ROW)
    rows["id"], rows["scales"], rows["codes"] = ids, scales.reshape(-1, 6), codes.reshape(-1, 192)
    starts = range(0, len(rows), ROWS_A_PART)
    return [base64.b64encode(rows[start : start + ROWS_A_PART].tobytes()).decode() for start in starts]


def unpack_parts(parts):
    """Read `page_parts` back as the page does: text in, (n,) IDs and (n, 384) float32 rows out.

    >>> ids, rows = unpack_parts(page_parts())
    >>> (ids == page_ids()).all(), rows.shape
    (np.True_, (4300, 384))
    """
    rows = np.concatenate([np.frombuffer(base64.b64decode(part), ROW) for part in parts])
    vectors = unpack(rows["codes"].reshape(-1, BLOCK // 2), rows["scales"].ravel())
    return rows["id"].astype(np.int64), vectors.reshape(len(rows), -1)

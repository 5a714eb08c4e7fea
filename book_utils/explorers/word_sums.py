"""Sums of words, such as king - man + woman, for the neighbours explorer: neighbours_sum.js gives the same answers."""

import re

import numpy as np

from ..geometry import nearest

MOST = 6  # words


def terms_of(text: str) -> list[tuple[int, str]]:
    """Read a sum: the sign and the word of each term; [] for what is none.

    >>> terms_of("king - man + woman"), terms_of("king - + man")
    ([(1, 'king'), (-1, 'man'), (1, 'woman')], [])
    """
    first, *others = re.split("([+\N{MINUS SIGN}\N{EN DASH}-])", text)
    parts = [*([("+", first)] if first.strip() else []), *zip(others[::2], others[1::2], strict=True)]
    terms = [(1 if sign == "+" else -1, word.strip()) for sign, word in parts]
    return terms if 1 < len(terms) <= MOST and all(word for _, word in terms) else []


def sum_for(text: str, k: int, table, find, left_out=frozenset()) -> dict:
    """Give {asked, found, near}: each term as `find` says it, and the k rows nearest to the sum.

    The words that went in stand in `near` where they come by their cosine, and are not among the k.
    """
    terms = terms_of(text)
    found = [{"sign": sign, "text": word, **find(word)} for sign, word in terms]
    near: list[list] = []
    answer = {"asked": text, "found": found, "near": near}
    if not found or any("missing" in one for one in found):
        return answer
    words = [one["word"] for one in found]
    total = np.array([sign for sign, _ in terms]) @ table.lookup(words).astype(np.float64)
    if np.linalg.norm(total) < 1e-6:
        return answer
    others = 0
    for name, cosine in nearest(total, table, k + len(words) + len(left_out)):
        if others < k and name not in left_out:
            others += name not in words
            near.append([name, round(cosine, 4)])
    return answer

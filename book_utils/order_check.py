"""The vocabulary-order doctor: do the rows of a table still belong to their tokens?

Shapes, sums and norms stay the same however the rows are shuffled; but "cat" and "cats" must lie close.
"""

import re
from dataclasses import dataclass

import numpy as np

FEWEST_PAIRS, MOST_PAIRS = 40, 5_000
STRETCH = 40  # words, next to each other by ID, that are judged together
SPACES = ("Ġ", "▁")  # GPT-2's and SentencePiece's sign that a space stands before the word
UNUSED = re.compile(r"^[<\[].*(unused|reserved|extra_|placeholder|row )")


@dataclass(frozen=True)
class OrderReport:
    """What `check_order` found; `verdict`: "in order", "out of order", "partly out of order", "cannot tell".

    `close` is the share of word pairs that are more alike than 19 of 20 random pairs of the same words:
    nearly 1 in a good table, .05 in a shuffled or an untrained one. `worst` is that share in the worst
    stretch of IDs, which runs over `worst_ids`. `shift` is s if the pairs fit again when token i takes row
    i + s, else 0.
    """

    verdict: str
    pairs: int
    examples: tuple
    pair_cosine: float = np.nan
    random_cosine: float = np.nan
    close: float = np.nan
    worst: float = np.nan
    worst_ids: tuple = (0, 0)
    shift: int = 0
    unused: str = ""

    def __repr__(self):
        lines = [f"{self.verdict}: {self.pairs:,} word pairs such as {', '.join(self.examples) or 'none'}"]
        if self.verdict != "cannot tell":
            lines.append(f"mean cosine {self.pair_cosine:.2f}, the words at random {self.random_cosine:.2f}")
            lines.append(f"{self.close:.0%} of the pairs are closer than 19 of 20 random ones")
            first, last = self.worst_ids
            lines.append(f"in the worst stretch, IDs {first:,} to {last:,}, {self.worst:.0%}")
        if self.shift:
            lines.append(f"the pairs fit again when token i takes row i {self.shift:+d}: the rows have moved")
        return "\n".join([*lines, self.unused] if self.unused else lines)


def check_order(table, tokens=None, seed=0):
    """Say whether row i of a table is the row of token i: an EmbeddingTable in, an OrderReport out.

    `tokens` are names by ID, or a tokenizer with get_vocab(); the table's own if not given. Reads some 30,000
    rows at most. Raises ValueError if there are no tokens, or more of them than rows.

    >>> from book_utils.lookup import EmbeddingTable
    >>> check_order(EmbeddingTable([[1.0, 0.0], [0.9, 0.1]], ["cats", "cats'"])).verdict
    'cannot tell'
    """
    tokens = _names(table, tokens)
    pairs = word_pairs(tokens)
    examples = tuple(f"{tokens[a]}~{tokens[b]}" for a, b in pairs[:: len(pairs) // 3 or 1][:3])
    if len(pairs) < FEWEST_PAIRS:
        return OrderReport("cannot tell", len(pairs), examples)
    pairs = np.array(pairs[:: -(-len(pairs) // MOST_PAIRS)])
    cosines = _cosines(table, *pairs.T)
    at_random = _cosines(table, pairs[:, 0], np.random.default_rng(seed).permutation(pairs[:, 1]))
    bar = np.quantile(at_random, 0.95)
    close, shift = float(np.mean(cosines > bar)), 0
    worst, worst_ids = _worst_stretch(pairs, cosines > bar)
    verdict = "in order" if worst > close / 2 else "partly out of order"
    if close < 0.5:
        verdict, shift = "out of order", _shift(table, pairs, bar)
    means = float(cosines.mean()), float(at_random.mean())
    unused = _unused(table, tokens, pairs)
    return OrderReport(verdict, len(pairs), examples, *means, close, worst, worst_ids, shift, unused)


def word_pairs(tokens):
    """Return pairs of IDs whose words must be alike: a plural, a capital, with and without the space before.

    >>> word_pairs(["cats", "node", "nodes", "Node"])
    [(1, 2), (1, 3)]
    """
    ids = {token: i for i, token in enumerate(tokens)}
    pairs = []
    for i, token in enumerate(tokens):
        space = token[:1] if token.startswith(SPACES) else ""
        word = token.removeprefix(space)
        if len(word) > 3 and word.isascii() and word.isalpha() and word.islower():
            alike = [space + word + "s", space + word.capitalize()]
            alike += [] if space else [mark + word for mark in SPACES]
            pairs += [(i, ids[other]) for other in alike if other in ids]
    return pairs


def _names(table, tokens):
    tokens = table.tokens if tokens is None else tokens
    if hasattr(tokens, "get_vocab"):
        ids = tokens.get_vocab()
        names = {i: token for token, i in ids.items()}
        tokens = [names.get(i, "") for i in range(max(names) + 1)]
    if tokens is None:
        raise ValueError("to check the order of the rows, give the tokens by ID or a tokenizer; got none.")
    if len(tokens) > len(table):
        raise ValueError(f"there are {len(tokens):,} tokens and {len(table):,} rows: they are of two models.")
    return tokens


def _cosines(table, ids, others):
    a, b = (np.asarray(table.lookup(some), dtype=np.float64) for some in (ids, others))
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    cosines = np.einsum("nd,nd->n", a, b) / np.where(lengths == 0, 1, lengths)
    return np.nan_to_num(cosines)  # a row with NaN in it is like nothing


def _worst_stretch(pairs, close):
    """Each word votes at its ID whether its pair is close: the lowest share among STRETCH neighbours."""
    ids, votes = pairs.ravel(), close.repeat(2)
    order = np.argsort(ids, kind="stable")
    shares = np.convolve(votes[order], np.ones(STRETCH), mode="valid") / STRETCH  # so that equal shares are equal
    first = int(shares.argmin())
    return float(shares[first]), (int(ids[order][first]), int(ids[order][first + STRETCH - 1]))


def _shift(table, pairs, bar):
    """The shift of up to 3 rows either way under which most pairs are close, or 0."""
    for shift in (1, -1, 2, -2, 3, -3):
        moved = pairs + shift
        moved = moved[((moved >= 0) & (moved < len(table))).all(axis=1)]
        if np.mean(_cosines(table, *moved.T) > bar) > 0.5:
            return shift
    return 0


def _unused(table, tokens, pairs):
    """Say how the rows of unused tokens look beside those of words; nothing if there are few."""
    ids = np.array([i for i, token in enumerate(tokens) if UNUSED.search(token)], dtype=int)
    if len(ids) < FEWEST_PAIRS:
        return ""
    some = ids[:: -(-len(ids) // 1000)]
    norms = [np.linalg.norm(table.lookup(rows), axis=1).mean() for rows in (some, pairs[:, 0])]
    alike = _cosines(table, some, np.roll(some, len(some) // 2)).mean()
    return f"{len(ids):,} unused rows: mean cosine {alike:.2f}, norm {norms[0]:.2f}; words {norms[1]:.2f}"

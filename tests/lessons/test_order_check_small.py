"""The vocabulary-order doctor on tables made for it: how many pairs it wants, where each verdict begins, what it says.

Word i and its plural lie side by side and have the same row, of length 1, at right angles to all others; in a broken
pair the plural has a row of its own.
"""

import numpy as np
import pytest

from book_utils import order_check
from book_utils.lookup import EmbeddingTable
from book_utils.order_check import OrderReport, check_order, word_pairs

LETTERS = "abcdefghij"


def words(n):
    """Words of four letters, none of which is another with an s."""
    return [f"{LETTERS[i // 100]}{LETTERS[i // 10 % 10]}{LETTERS[i % 10]}x" for i in range(n)]


def table(n, broken=(), more=()):
    tokens = [token for word in words(n) for token in (word, word + "s")] + [*more]
    vectors = np.zeros((len(tokens), 2 * n + 1))
    for i in range(n):
        vectors[2 * i, i] = vectors[2 * i + 1, n + i if i in broken else i] = 1
    vectors[2 * n :, -1] = 3
    return EmbeddingTable(vectors, tokens)


def test_forty_pairs_are_enough_and_fewer_are_not():
    few = check_order(table(39))
    assert (few.verdict, few.pairs, few.worst_ids, few.shift, few.unused) == ("cannot tell", 39, (0, 0), 0, "")
    assert np.isnan([few.pair_cosine, few.random_cosine, few.close, few.worst]).all()
    assert repr(check_order(table(39))) == "cannot tell: 39 word pairs such as aaax~aaaxs, abdx~abdxs, acgx~acgxs"
    report = check_order(table(40))
    assert (report.verdict, report.pairs, report.close, report.worst, report.shift) == ("in order", 40, 1, 1, 0)


@pytest.mark.parametrize(("n", "examples"), [
    (0, ()), (1, ("aaax~aaaxs",)), (2, ("aaax~aaaxs", "aabx~aabxs")),
    (7, ("aaax~aaaxs", "aacx~aacxs", "aaex~aaexs")),
])
def test_at_most_three_examples_are_named_from_all_over_the_table(n, examples):
    assert check_order(table(n, more=["##"])).examples == examples


def test_at_most_so_many_pairs_are_looked_at(monkeypatch):
    for most, looked_at in ((100, 100), (99, 50), (50, 50), (49, 34)):
        monkeypatch.setattr(order_check, "MOST_PAIRS", most)
        assert check_order(table(100)).pairs == looked_at <= most


def test_where_each_verdict_begins():
    """Among 20 pairs in a row, 40 words, the share that is close is compared with half of that of all."""
    for broken, verdict, close in (
        (range(11), "in order", 0.89),  # 9 of 20 is above 0.445
        (range(12), "partly out of order", 0.88),
        ([*range(12), *range(30, 100, 9)], "partly out of order", 0.8),  # 8 of 20 are just half
        (range(0, 100, 2), "in order", 0.5),
        ([*range(0, 100, 2), 1], "out of order", 0.49),
        (range(100), "out of order", 0),
    ):
        report = check_order(table(100, broken))
        assert (report.verdict, report.close) == (verdict, pytest.approx(close)), broken


def test_the_worst_stretch_is_that_of_forty_words_in_a_row_with_the_fewest_close():
    dice = np.random.default_rng(0)
    pairs, close = dice.permutation(300).reshape(-1, 2), dice.random(150) < 0.5
    worst, ends = order_check._worst_stretch(pairs, close)
    votes = sorted((i, vote) for pair, vote in zip(pairs.tolist(), close, strict=True) for i in pair)
    shares = [sum(vote for _, vote in votes[first : first + 40]) / 40 for first in range(300 - 39)]
    first = shares.index(min(shares))
    assert worst == min(shares) and type(worst) is float and ends == (first, first + 39)


@pytest.mark.parametrize("shift", [1, -1, 2, -2, 3, -3, 4, -4])
def test_rows_that_moved_by_up_to_three_are_found(shift):
    good = table(60)
    order = np.r_[0:120:2, 119:0:-2]  # all words, then the plurals backwards: no two pairs are equally far apart
    report = check_order(EmbeddingTable(np.roll(good.vectors[order], shift, axis=0), [good.tokens[i] for i in order]))
    assert report.verdict == "out of order" and report.close < 0.1
    assert report.shift == (shift if abs(shift) <= 3 else 0)


def test_means_are_those_of_the_pairs_and_of_the_words_at_random():
    dice = np.random.default_rng(1)
    good = table(50)
    vectors = dice.standard_normal((100, 8)) + 5 * np.repeat(dice.standard_normal((50, 8)), 2, axis=0)
    report = check_order(EmbeddingTable(vectors, good.tokens), seed=3)
    order = np.random.default_rng(3).permutation(np.arange(1, 100, 2))

    def mean_cosine(others):
        found = [vectors[2 * i] @ vectors[j] / np.linalg.norm(vectors[2 * i]) / np.linalg.norm(vectors[j])
                 for i, j in enumerate(others)]
        return found, sum(found) / 50

    noisy = EmbeddingTable(vectors, good.tokens)
    assert check_order(noisy) == check_order(noisy, seed=0) != check_order(noisy, seed=1)
    alike, mean = mean_cosine(range(1, 100, 2))
    at_random, of_random = mean_cosine(order)
    assert report.pair_cosine == pytest.approx(mean) and report.random_cosine == pytest.approx(of_random)
    bar = sorted(at_random)[46] * 0.45 + sorted(at_random)[47] * 0.55  # 0.95 x 49 = 46.55
    assert report.close == sum(cosine > bar for cosine in alike) / 50


def test_a_report_says_all_that_was_found():
    report = OrderReport("out of order", 1_234, ("cat~cats", "dog~dogs"), 0.125, -0.031, 0.0512, 0.256, (1_000, 20_000),
                         -2, "50 unused rows")
    assert repr(report) == (
        "out of order: 1,234 word pairs such as cat~cats, dog~dogs\n"
        "mean cosine 0.12, the words at random -0.03\n"
        "5% of the pairs are closer than 19 of 20 random ones\n"
        "in the worst stretch, IDs 1,000 to 20,000, 26%\n"
        "the pairs fit again when token i takes row i -2: the rows have moved\n"
        "50 unused rows")
    plain = repr(OrderReport("in order", 40, ("cat~cats",), 1, 0, 1, 1, (0, 79)))
    assert plain.count("\n") == 3 and plain.endswith("IDs 0 to 79, 100%")


@pytest.mark.parametrize("name", ["[unused7]", "<extra_id_3>", "<|reserved_special_token_1|>", "<placeholder>"])
def test_forty_unused_rows_are_told_of(name):
    for n, told in ((39, ""), (40, "40 unused rows: mean cosine 1.00, norm 3.00; words 1.00")):
        assert check_order(table(50, more=[f"{name}{i}" for i in range(n)])).unused == told


def test_unused_rows_are_compared_with_those_half_of_them_away():
    n = 1_001  # so that every second one is looked at
    good = table(50, more=[f"[unused{i}]" for i in range(n)])
    vectors = np.vstack([good.vectors[:100], np.random.default_rng(0).standard_normal((n, 101))])
    some = vectors[100::2]
    others = [some[i - len(some) // 2] for i in range(len(some))]
    cosines = [a @ b / np.linalg.norm(a) / np.linalg.norm(b) for a, b in zip(some, others, strict=True)]
    lengths = [sum(number**2 for number in row) ** 0.5 for row in some]
    assert check_order(EmbeddingTable(vectors, good.tokens)).unused == (
        f"1,001 unused rows: mean cosine {np.mean(cosines):.2f}, norm {np.mean(lengths):.2f}; words 1.00")


@pytest.mark.parametrize(("token", "pairs"), [
    ("node", 1), ("nod", 0), ("nodé", 0), ("nod3", 0), ("Node", 0), ("nodE", 0), ("Ġnode", 1), ("Ġnod", 0), ("", 0)])
def test_words_of_four_small_letters_or_more_have_pairs(token, pairs):
    assert word_pairs([token, token + "s"]) == pairs * [(0, 1)]


class Tokenizer:
    def __init__(self, ids):
        self.ids = ids

    def get_vocab(self):
        return self.ids


def test_a_tokenizer_may_leave_ids_out_and_have_fewer_than_there_are_rows():
    good = table(40, more=["##"])
    ids = {token: i for i, token in enumerate(good.tokens)}
    assert check_order(EmbeddingTable(good.vectors), Tokenizer(ids)) == check_order(good)
    del ids["abax"], ids["##"]
    report = check_order(EmbeddingTable(good.vectors), Tokenizer(ids))
    assert (report.verdict, report.pairs) == ("cannot tell", 39)
    with pytest.raises(ValueError) as refused:
        check_order(EmbeddingTable(good.vectors), Tokenizer({"a": 81}))
    assert str(refused.value) == "there are 82 tokens and 81 rows: they are of two models."
    with pytest.raises(ValueError) as refused:
        check_order(EmbeddingTable(good.vectors))
    assert str(refused.value) == "to check the order of the rows, give the tokens by ID or a tokenizer; got none."


def test_rows_of_zeros_and_nan_are_like_nothing():
    rows = EmbeddingTable([[1.0, 0], [0, 0], [np.nan, 1], [-2, 0]])
    assert order_check._cosines(rows, [0, 0, 0, 0], [0, 1, 2, 3]).tolist() == [1, 0, 0, -1]

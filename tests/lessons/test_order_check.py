"""The vocabulary-order doctor on the real table: good, shuffled, moved by a row, with two blocks swapped."""

import numpy as np
import pytest

from book_utils.lookup import EmbeddingTable
from book_utils.minilm import load_minilm
from book_utils.models.tables import TableOnDisk, open_table
from book_utils.order_check import check_order, word_pairs

TABLE = load_minilm().table
N = len(TABLE)


def reordered(order):
    return EmbeddingTable(TABLE.vectors[order], TABLE.tokens)


def swapped(first, second, size):
    order, one, other = np.arange(N), np.arange(first, first + size), np.arange(second, second + size)
    order[one], order[other] = other, one
    return reordered(order)


def test_a_good_table():
    report = check_order(TABLE)
    assert report.verdict == "in order" and report.shift == 0
    assert report.pairs > 2_500 and report.close > 0.99 and report.worst > 0.9
    assert report.pair_cosine > 0.6 and abs(report.random_cosine) < 0.05
    assert "994 unused rows: mean cosine 0.82" in repr(report)


@pytest.mark.parametrize("seed", range(3))
def test_a_shuffled_table(seed):
    report = check_order(reordered(np.random.default_rng(seed).permutation(N)))
    assert (report.verdict, report.shift) == ("out of order", 0)
    assert report.close < 0.1 and abs(report.pair_cosine - report.random_cosine) < 0.02


@pytest.mark.parametrize("shift", [1, -1, 2, -3])
def test_a_table_moved_by_some_rows_names_the_shift(shift):
    report = check_order(EmbeddingTable(np.roll(TABLE.vectors, shift, axis=0), TABLE.tokens))
    assert (report.verdict, report.shift) == ("out of order", shift)
    assert f"token i takes row i {shift:+d}" in repr(report)


@pytest.mark.parametrize(
    "first, second, size", [(2000, 20_000, 500), (5000, 6000, 1000), (1100, 25_000, 3000)]
)
def test_two_swapped_blocks_and_where_they_lie(first, second, size):
    report = check_order(swapped(first, second, size))
    assert report.verdict == "partly out of order"
    start, end = report.worst_ids
    blocks = (first, first + size), (second, second + size)
    assert any(begin < end and start < stop for begin, stop in blocks)


@pytest.mark.parametrize("seed", range(5))
def test_no_cry_of_wolf_when_the_tokens_moved_along(seed):
    kept = np.random.default_rng(seed).permutation(N)[: N // 2]
    table = EmbeddingTable(TABLE.vectors[kept], [TABLE.tokens[i] for i in kept])
    assert check_order(table).verdict == "in order"
    assert check_order(TABLE, seed=seed).verdict == "in order"


def test_an_untrained_table_and_one_without_words():
    noise = np.random.default_rng(0).standard_normal((N, 16))
    assert check_order(EmbeddingTable(noise, TABLE.tokens)).verdict == "out of order"
    report = check_order(EmbeddingTable(noise[:100], [f"x{i}" for i in range(100)]))
    assert repr(report) == "cannot tell: 0 word pairs such as none"


def test_tokens_from_a_tokenizer_and_rows_on_disk(tmp_path):
    from safetensors.numpy import save_file

    save_file({"wte.weight": TABLE.vectors.astype(np.float16)}, tmp_path / "a.safetensors")
    on_disk = open_table(tmp_path / "a.safetensors")
    assert check_order(on_disk, load_minilm().tokenizer).verdict == "in order"
    assert check_order(TableOnDisk(on_disk.vectors, TABLE.tokens)).verdict == "in order"
    with pytest.raises(ValueError, match="give the tokens by ID or a tokenizer; got none"):
        check_order(on_disk)
    with pytest.raises(ValueError, match="30,523 tokens and 30,522 rows"):
        check_order(on_disk, [*TABLE.tokens, "more"])


def test_rows_of_nan_and_zeros_do_not_upset_it():
    vectors = TABLE.vectors.copy()
    vectors[::50] = np.nan
    vectors[1::50] = 0
    report = check_order(EmbeddingTable(vectors, TABLE.tokens))
    assert report.verdict == "in order" and np.isfinite(report.pair_cosine)


def test_word_pairs_know_the_marks_of_three_tokenizers():
    tokens = ["node", "Ġnode", "Ġnodes", "▁node", "Node", "##node", "NODES", "no", "nos", "ĠNode"]
    pairs = {(tokens[a], tokens[b]) for a, b in word_pairs(tokens)}
    alike = {("node", "Node"), ("node", "Ġnode"), ("node", "▁node"), ("Ġnode", "Ġnodes"), ("Ġnode", "ĠNode")}
    assert pairs == alike

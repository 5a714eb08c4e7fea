"""Each change of a table against a plain loop; the tokens stay, the table that came in too, and the name says how."""

import numpy as np
import pytest

from book_utils import table_changes
from book_utils.lookup import EmbeddingTable
from book_utils.table_changes import ChangedTable

ROWS = np.random.default_rng(5).standard_normal((7, 4)).astype(np.float32)
TOKENS = [f"t{i}" for i in range(7)]
CHANGES = {"rounded": {"bits": 3}, "shuffled": {}, "off_by_one": {}, "centred": {}, "same_length": {}, "noise": {},
           "noisy": {"share": 0.5}}


def changed(name, rows=ROWS, **how):
    return getattr(table_changes, name)(EmbeddingTable(rows, TOKENS[: len(rows)]), **(CHANGES[name] | how)).vectors


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("name", CHANGES)
def test_tokens_and_shape_stay_and_so_does_the_table_itself(name, kind):
    before = ROWS.astype(kind)
    table = EmbeddingTable(before.copy(), TOKENS)
    found = getattr(table_changes, name)(table, **CHANGES[name])
    assert isinstance(found, ChangedTable) and found.tokens == tuple(TOKENS)
    assert found.shape == (7, 4) and found.dtype == np.float32
    assert not np.array_equal(found.vectors, before) and np.array_equal(table.vectors, before)


def test_a_name_says_how_a_table_was_made():
    table = ChangedTable(ROWS)
    assert table.made_by == "table" and table.tokens is None
    assert table_changes.shuffled(table).made_by == table_changes.shuffled(table, seed=0).made_by
    assert table_changes.shuffled(table, 3).made_by == "shuffled(table, seed=3)"
    twice = table_changes.centred(table_changes.rounded(table, 4, block=2))
    assert twice.made_by == "centred(rounded(table, bits=4, block=2))"
    assert table_changes.rounded(table, bits=4).made_by == "rounded(table, bits=4)"
    assert table_changes.centred(EmbeddingTable(ROWS)).made_by == "centred(another)"


@pytest.mark.parametrize("block", [None, 1, 2, 4])
@pytest.mark.parametrize("bits", [2, 3, 8, 16])
def test_rounding_is_to_the_nearest_of_so_many_levels(bits, block, monkeypatch):
    monkeypatch.setattr(table_changes, "ROWS_AT_ONCE", 3)  # and one row is left over
    found = changed("rounded", bits=bits, block=block)
    for row, rounded in zip(ROWS.astype(float), found, strict=True):
        for first in range(0, 4, block or 4):
            part = row[first : first + (block or 4)]
            step = max(abs(number) for number in part) / (2 ** (bits - 1) - 1)
            expected = [round(number / step) * step for number in part]
            np.testing.assert_allclose(rounded[first : first + (block or 4)], expected, rtol=1e-6, atol=step * 1e-3)
    assert (changed("rounded", np.zeros((3, 4)), bits=bits, block=block) == 0).all()


@pytest.mark.parametrize(("bits", "block"), [(1, None), (17, None), (0, 2), (8, 3), (8, 8)])
def test_bits_and_blocks_that_do_not_fit_are_refused(bits, block):
    with pytest.raises(ValueError) as refused:
        changed("rounded", bits=bits, block=block)
    assert str(refused.value) == f"bits must be 2 to 16, and block divide 4; got {bits} and {block}."


@pytest.mark.parametrize("seed", [0, 1])
def test_shuffled_rows_are_those_that_the_order_names(seed):
    order = table_changes.shuffled_order(7, seed)
    assert sorted(order) == [*range(7)] and order.tolist() != [*range(7)]
    assert changed("shuffled", seed=seed).tolist() == [ROWS[i].tolist() for i in order]
    assert order.tolist() != table_changes.shuffled_order(7, seed + 1).tolist()


def test_without_a_seed_it_is_that_of_zero():
    assert table_changes.shuffled_order(7).tolist() == table_changes.shuffled_order(7, 0).tolist()
    for name in ("shuffled", "noise", "noisy"):
        assert np.array_equal(changed(name), changed(name, seed=0))
        assert not np.array_equal(changed(name), changed(name, seed=1))


def test_off_by_one_gives_each_id_the_row_before_it():
    assert changed("off_by_one").tolist() == [ROWS[i - 1].tolist() for i in range(7)]


def test_a_centred_table_has_no_mean_and_the_same_differences():
    found = changed("centred", ROWS + np.arange(4, dtype=np.float32))
    np.testing.assert_allclose([sum(column) / 7 for column in found.T], 0, atol=1e-6)
    np.testing.assert_allclose(found - found[0], ROWS - ROWS[0], atol=1e-5)


def test_rows_of_one_length_keep_their_directions():
    rows = ROWS.copy()
    rows[2] = 0
    lengths = [sum(float(number) ** 2 for number in row) ** 0.5 for row in rows]
    found = changed("same_length", rows)
    for row, length, now in zip(rows, lengths, found, strict=True):
        np.testing.assert_allclose(now, row / (length or 1) * sum(lengths) / 7, rtol=1e-5)


@pytest.mark.parametrize("spread", [0.1, 3])
def test_noise_has_the_spread_of_the_table_and_nothing_else_of_it(spread):
    rows = 5 + spread * np.random.default_rng(1).standard_normal((200, 50))
    table = EmbeddingTable(rows)
    found = table_changes.noise(table, seed=4).vectors
    assert found.std() == pytest.approx(rows.std(), rel=0.03) and abs(found.mean()) < 0.05 * spread
    assert abs(np.corrcoef(found.ravel(), rows.ravel())[0, 1]) < 0.05
    added = table_changes.noisy(table, 0.5, seed=4).vectors - rows
    assert added.std() == pytest.approx(0.5 * rows.std(), rel=0.03) and abs(added.mean()) < 0.05 * spread
    assert abs(np.corrcoef(added.ravel(), rows.ravel())[0, 1]) < 0.05

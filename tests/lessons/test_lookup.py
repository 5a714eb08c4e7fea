"""EmbeddingTable and one_hot against a plain loop, and every input that they must refuse."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from book_utils.lookup import EmbeddingTable, UnknownToken, one_hot
from book_utils.minilm import load_minilm

TOKENS = ["the", "cat", "sat", "on", "mat", "3"]
FLOATS = st.floats(-1e6, 1e6, width=32)
VECTORS = hnp.arrays(np.float32, hnp.array_shapes(min_dims=2, max_dims=2, max_side=9), elements=FLOATS)
SHAPES = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
INTEGERS = st.sampled_from([np.int8, np.uint8, np.int32, np.int64, np.uint64])


@st.composite
def vectors_and_ids(draw):
    vectors = draw(VECTORS)
    ids = draw(hnp.arrays(draw(INTEGERS), draw(SHAPES), elements=st.integers(0, len(vectors) - 1)))
    return vectors, ids


@pytest.fixture
def table():
    return EmbeddingTable(np.arange(24, dtype=np.float32).reshape(6, 4), TOKENS)


def rows_one_by_one(vectors, ids):
    """What a lookup is: go through the IDs, copy each one's row number by number."""
    if isinstance(ids, list):
        return [rows_one_by_one(vectors, inner) for inner in ids]
    return [float(vectors[ids, column]) for column in range(vectors.shape[1])]


@given(vectors_and_ids())
def test_lookup_copies_rows_one_by_one(case):
    vectors, ids = case
    found = EmbeddingTable(vectors).lookup(ids)
    assert found.shape == (*ids.shape, vectors.shape[1])
    assert found.dtype == vectors.dtype
    assert found.tolist() == rows_one_by_one(vectors, ids.tolist())


@given(vectors_and_ids())
def test_one_hot_times_the_table_is_the_lookup(case):
    vectors, ids = case
    codes = one_hot(ids, len(vectors))
    assert codes.shape == (*ids.shape, len(vectors))
    assert (codes.sum(axis=-1) == 1).all() and set(np.unique(codes)) <= {0, 1}
    np.testing.assert_array_equal(codes @ vectors, EmbeddingTable(vectors).lookup(ids))


@given(vectors_and_ids())
def test_lists_and_tokens_find_what_arrays_find(case):
    vectors, ids = case
    names = [f"token {i}" for i in range(len(vectors))]
    table = EmbeddingTable(vectors, names)
    expected = table.lookup(ids).reshape(-1)
    np.testing.assert_array_equal(table.lookup(ids.tolist()).reshape(-1), expected)
    np.testing.assert_array_equal(table.lookup(np.array(names)[ids]).reshape(-1), expected)


def test_a_row_comes_by_id_by_token_and_mixed(table):
    assert table.lookup(1).tolist() == table.lookup("cat").tolist() == [4, 5, 6, 7]
    assert table.lookup([["cat", "mat"], ["the", "cat"]]).shape == (2, 2, 4)
    mixed = table.lookup(["3", 3])  # the token named "3" is row 5; ID 3 is row 3
    np.testing.assert_array_equal(mixed, table.vectors[[5, 3]])
    assert table.lookup(np.int8(5)).tolist() == table.lookup("3").tolist()
    assert table.lookup(range(2)).shape == (2, 4)


@pytest.mark.parametrize("nothing", [[], (), np.array([]), np.array([], dtype=int)])
def test_no_ids_give_no_rows(table, nothing):
    assert table.lookup(nothing).shape == (0, 4)
    assert one_hot(nothing, 6).shape == (0, 6)


def test_a_batch_without_tokens_keeps_its_shape(table):
    assert table.lookup(np.zeros((2, 0), dtype=int)).shape == (2, 0, 4)


def test_a_million_ids(table):
    ids = np.arange(1_000_000) % 6
    assert table.lookup(ids)[-1].tolist() == table.vectors[999_999 % 6].tolist()


@pytest.mark.parametrize(
    ("ids", "sentence"),
    [
        (6, "token IDs run from 0 to 5; got 6."),
        (-1, "token IDs run from 0 to 5; got -1."),
        ([0, 1, 7, 9], "token IDs run from 0 to 5; got 7 at place 2."),
        (np.array([[0, 1], [2, -3]]), "token IDs run from 0 to 5; got -3 at place (1, 1)."),
        (np.array([2**64 - 1], dtype=np.uint64), f"token IDs run from 0 to 5; got {2**64 - 1} at place 0."),
        ([10**20], f"token IDs run from 0 to 5; got {10**20} at place 0."),
    ],
)
def test_ids_outside_the_table(table, ids, sentence):
    for call in (table.lookup, lambda ids: one_hot(ids, len(table))):
        with pytest.raises(IndexError) as error:
            call(ids)
        assert str(error.value) == sentence


@pytest.mark.parametrize(
    ("ids", "got"),
    [
        (1.0, "got 1.0 (float)."),
        ([0, 1.5], "got 1.5 (float) at place 1."),
        (np.array([0.0, 1.0]), "got 0.0 (float) at place 0."),
        (True, "got True (bool)."),
        ([2, False], "got False (bool) at place 1."),
        (np.array([True, False]), "got True (bool) at place 0."),
        (np.array([np.True_, 2], dtype=object), "got np.True_ (bool) at place 0."),
        (None, "got None (NoneType)."),
        ({1, 2}, "got {1, 2} (set)."),
        ([b"cat"], "got b'cat' (bytes) at place 0."),
        ([[1], [2, 3]], "got [1] (list) at place 0. Lists inside a list must be equally long."),
    ],
)
def test_what_is_no_id(table, ids, got):
    for call in (table.lookup, lambda ids: one_hot(ids, len(table))):
        with pytest.raises(TypeError, match="each place must hold a token ID") as error:
            call(ids)
        assert str(error.value).endswith(got)


def test_arrays_of_other_lengths_in_one_list(table):
    with pytest.raises(ValueError, match="equally long"):
        table.lookup([np.zeros((2, 3), dtype=int), np.zeros((2, 4), dtype=int)])


def test_one_hot_takes_no_tokens():
    with pytest.raises(TypeError, match=r"a token ID \(a whole number\); got 'cat' \(str\) at place 0"):
        one_hot(["cat"], 6)


@pytest.mark.parametrize("size", [0, -1, 2.0, True, "6", None])
def test_one_hot_needs_a_size(size):
    with pytest.raises(ValueError, match="size must be a whole number of tokens, 1 or more; got"):
        one_hot([0], size)


@pytest.mark.parametrize(
    ("token", "sentence"),
    [
        ("catt", "'catt' is not a token of this table. Did you mean 'cat'?"),
        ("CAT", "'CAT' is not a token of this table. Did you mean 'cat'?"),
        ("zzz", "'zzz' is not a token of this table."),
        ("", "'' is not a token of this table."),
        ("the cat", "'the cat' is not a token of this table. Look up a list of tokens, one string each."),
    ],
)
def test_unknown_tokens(table, token, sentence):
    for call in (table.lookup, table.id_of, lambda token: table.lookup(["cat", token])):
        with pytest.raises(KeyError) as error:
            call(token)
        assert str(error.value) == sentence
        assert isinstance(error.value, UnknownToken)


def test_a_near_token_of_the_real_table():
    with pytest.raises(UnknownToken, match="Did you mean 'kitten'"):
        load_minilm().table.id_of("kittenn")
    with pytest.raises(UnknownToken) as error:
        load_minilm().table.id_of("x" * 100_000)
    assert len(str(error.value)) < 100


def test_tokens_of_a_table_without_tokens():
    with pytest.raises(UnknownToken, match="this table has no tokens"):
        EmbeddingTable([[1.0]]).lookup("cat")


@pytest.mark.parametrize("token", [1, None, ["cat"]])
def test_id_of_wants_a_string(table, token):
    with pytest.raises(TypeError, match="a token is a string; got"):
        table.id_of(token)


@pytest.mark.parametrize(
    ("vectors", "tokens", "error", "sentence"),
    [
        ([1.0, 2.0], None, ValueError, r"must be 2-D, one row a token; got shape \(2,\)"),
        (np.zeros((2, 3, 4)), None, ValueError, r"must be 2-D, one row a token; got shape \(2, 3, 4\)"),
        (np.zeros((0, 4)), None, ValueError, r"got shape \(0, 4\)"),
        ([[1.0, 2.0], [3.0]], None, ValueError, "equally long"),
        ([["a"]], None, TypeError, "vectors must be real numbers; got <U1"),
        ([[True]], None, TypeError, "vectors must be real numbers; got bool"),
        ([[1j]], None, TypeError, "vectors must be real numbers; got complex128"),
        (None, None, TypeError, "vectors must be real numbers; got object"),
        ([[1.0], [2.0]], ["a"], ValueError, "each row needs one token: 2 rows; got 1 tokens"),
        ([[1.0], [2.0]], "ab", ValueError, "each row needs one token: 2 rows; got 1 tokens"),
        ([[1.0], [2.0], [3.0]], ["a", "b", "a"], ValueError, "a token has one row; got 'a' for rows 0 and 2"),
        ([[1.0], [2.0]], ["a", 7], TypeError, r"tokens must be strings; got 7 \(int\) for row 1"),
    ],
)
def test_tables_that_cannot_be(vectors, tokens, error, sentence):
    with pytest.raises(error, match=sentence):
        EmbeddingTable(vectors, tokens)


def test_what_a_table_says_of_itself(table):
    assert (len(table), table.shape, table.dim, table.dtype) == (6, (6, 4), 4, np.float32)
    assert table.n_bytes == 6 * 4 * 4
    assert repr(table) == "EmbeddingTable(6 tokens x 4 numbers, float32, 96 bytes)"
    assert table.tokens == tuple(TOKENS)
    assert [table.id_of(token) for token in TOKENS] == [0, 1, 2, 3, 4, 5]


def test_nobody_writes_through_a_table():
    mine = np.ones((2, 3))
    table = EmbeddingTable(mine)
    with pytest.raises(ValueError, match="read-only"):
        table.vectors[0, 0] = 5
    for ids in (0, [0], [[0, 1]]):  # a looked-up row is the caller's own
        row = table.lookup(ids)
        row += 1
    assert (table.vectors == 1).all()
    mine[0, 0] = 2  # and the array that went in stays writable
    assert table.lookup(0).tolist() == [2, 1, 1]


def test_one_bad_number_spoils_the_product_but_not_the_lookup():
    vectors = np.array([[1.0, 2.0], [np.nan, np.inf]])
    assert EmbeddingTable(vectors).lookup(0).tolist() == [1, 2]
    with np.errstate(invalid="ignore"):
        assert np.isnan(one_hot([0], 2) @ vectors).all()

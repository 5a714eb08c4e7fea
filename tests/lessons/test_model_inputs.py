"""What one may hand to a language model: limits tried at and beyond, and each refusal in its whole sentence."""

import numpy as np
import pytest

from book_utils.lookup import EmbeddingTable
from book_utils.model_inputs import (
    checked_count,
    checked_ids,
    checked_number,
    checked_pairing,
    checked_places,
    checked_table,
)


@pytest.mark.parametrize("ids", [[7], [1, 2, 3], (1, 2, 3), np.array([1, 2, 3])])
def test_ids_of_one_text_up_to_the_context_pass_as_they_are(ids):
    assert checked_ids(ids, context=3) is ids


@pytest.mark.parametrize(("positions", "places"), [
    (None, [0, 1, 2]),
    ([5, 0, 5], [5, 0, 5]),
    ((0.5, -1, 2), [0.5, -1, 2]),
    (np.array([3, 2, 1], np.uint8), [3, 2, 1]),
    (lambda n: np.arange(n) * 10, [0, 10, 20]),
])
def test_places_come_as_numbers_one_a_token(positions, places):
    found = checked_places(positions, 3)
    assert found.dtype == np.float64 and found.tolist() == places


def test_a_table_of_the_right_width_is_itself_or_made_of_an_array():
    table = EmbeddingTable(np.ones((5, 4)))
    assert checked_table(table, 4) is table
    made = checked_table(np.eye(4), 4)
    assert isinstance(made, EmbeddingTable) and made.vectors.tolist() == np.eye(4).tolist()


@pytest.mark.parametrize(("number", "least"), [(1, 1), (1.5, 1), (0, 0), (-3, None), (np.float32(2), 1), (-3, -3)])
def test_numbers_from_the_least_pass(number, least):
    assert checked_number(number, "base", least) is number


@pytest.mark.parametrize("count", [1, 2, np.int64(9)])
def test_counts_from_one_are_whole_numbers(count):
    found = checked_count(count, "k")
    assert type(found) is int and found == count


@pytest.mark.parametrize("pairing", ["split", "interleaved"])
def test_both_pairings_pass(pairing):
    assert checked_pairing(pairing) == pairing


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: checked_ids("hi", 3), TypeError,
     "IDs are whole numbers: use model.encode(text) first; got 'hi' (str)."),
    (lambda: checked_ids([], 3), ValueError,
     "give the IDs of one text, shape (T,), with one token or more; got shape (0,)."),
    (lambda: checked_ids([[1, 2]], 3), ValueError,
     "give the IDs of one text, shape (T,), with one token or more; got shape (1, 2)."),
    (lambda: checked_ids(4, 3), ValueError,
     "give the IDs of one text, shape (T,), with one token or more; got shape ()."),
    (lambda: checked_ids([1, 2, 3, 4], 3), ValueError,
     "the model was trained to read 3 tokens; got 4. Shorten the text yourself: nothing is cut off here silently."),
    (lambda: checked_ids(np.zeros(8_193, int), 8_192), ValueError,
     "the model was trained to read 8,192 tokens; got 8,193. Shorten the text yourself: nothing is cut off here "
     "silently."),
    (lambda: checked_places([1, 2], 3), ValueError,
     "positions must be one place a token, 3 numbers; got int64 of shape (2,)."),
    (lambda: checked_places([True, False], 2), ValueError,
     "positions must be one place a token, 2 numbers; got bool of shape (2,)."),
    (lambda: checked_places(lambda n: np.zeros((n, 1)), 2), ValueError,
     "positions must be one place a token, 2 numbers; got float64 of shape (2, 1)."),
    (lambda: checked_places([0, np.inf], 2), ValueError, "positions must be finite numbers; got inf or nan."),
    (lambda: checked_places([np.nan, 0], 2), ValueError, "positions must be finite numbers; got inf or nan."),
    (lambda: checked_table(np.ones((2, 5)), 4), ValueError,
     "each row must have the 4 numbers that the blocks expect; got 5."),
    (lambda: checked_table(EmbeddingTable(np.ones((2, 3))), 4), ValueError,
     "each row must have the 4 numbers that the blocks expect; got 3."),
    (lambda: checked_number(True, "base"), ValueError, "base must be a finite number; got True (bool)."),
    (lambda: checked_number("2", "base"), ValueError, "base must be a finite number; got '2' (str)."),
    (lambda: checked_number(1j, "base"), ValueError, "base must be a finite number; got 1j (complex)."),
    (lambda: checked_number(np.inf, "scale"), ValueError, "scale must be a finite number; got inf (float)."),
    (lambda: checked_number(0.5, "base", 1), ValueError, "base must be 1 or more; got 0.5."),
    (lambda: checked_number(-1, "noise", 0), ValueError, "noise must be 0 or more; got -1."),
    (lambda: checked_count(0, "k"), ValueError, "k must be a whole number, 1 or more; got 0 (int)."),
    (lambda: checked_count(True, "k"), ValueError, "k must be a whole number, 1 or more; got True (bool)."),
    (lambda: checked_count(2.0, "k"), ValueError, "k must be a whole number, 1 or more; got 2.0 (float)."),
    (lambda: checked_pairing("halves"), ValueError, "pairing is one of ('split', 'interleaved'); got 'halves'."),
])
def test_what_does_not_fit_is_refused_in_a_sentence(call, error, message):
    with pytest.raises(error) as refused:
        call()
    assert type(refused.value) is error and str(refused.value) == message

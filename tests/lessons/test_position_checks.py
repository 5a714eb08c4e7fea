"""What a place, a pair and a vector may be: each limit at it and one beyond, each refusal in its whole sentence."""

from numbers import Integral, Real

import numpy as np
import pytest

from book_utils.position import angle_error, angles, learned, rope, score, sinusoids, turns, wavelengths
from book_utils.position_checks import (
    as_array,
    check_even,
    finite_vectors,
    first_wrong,
    float_type,
    is_kind,
    rates,
    whole_places,
)

LARGEST = {np.float32: 2**24, np.float64: 2**53}  # up to here every whole number is held


@pytest.mark.parametrize(("value", "kind", "is_one"), [
    (1, Integral, True), (np.int8(1), Integral, True), (1.0, Integral, False), (True, Integral, False),
    (1.5, Real, True), (False, Real, False), ("1", Real, False),
])
def test_numbers_are_of_a_kind_and_truth_values_are_none(value, kind, is_one):
    assert is_kind(value, kind) is is_one


@pytest.mark.parametrize(("given", "kind"), [
    (np.float32, np.float32), ("float64", np.float64), ("f4", np.float32), (float, np.float64),
    (np.dtype("f8"), np.float64),
])
def test_two_types_of_floats_do(given, kind):
    assert float_type(given) is kind


@pytest.mark.parametrize(("size", "head_dim"), [(2, None), (1_000, None), (2, 2), (8, 8), (8, 9), (np.int32(4), 8)])
def test_even_sizes_up_to_the_head_do(size, head_dim):
    assert check_even(size, "dim", head_dim) is None


@pytest.mark.parametrize("dtype", LARGEST)
@pytest.mark.parametrize("kind", [int, np.int64, np.uint64, np.float64])
def test_places_from_zero_to_the_last_that_is_exact(dtype, kind):
    limit = LARGEST[dtype]
    for places in (kind(limit), [kind(0), kind(limit)], np.array([kind(limit), 1])):
        assert whole_places(places, dtype).tolist() == np.array(places).tolist()
    assert whole_places(limit + 2).item() == limit + 2  # without a type there is no limit
    assert whole_places([]).shape == (0,)


def test_halves_come_as_float64():
    assert whole_places(np.array([2, 3], np.float16)).dtype == np.float64
    assert whole_places(np.array([2, 3], np.int8)).dtype == np.int8


def test_the_first_wrong_value_is_named_with_its_place():
    values = np.array([5, -1, -2])
    assert first_wrong(values, values < 0) == "got -1 at index 1"
    assert first_wrong(np.array(-7), np.array(True)) == "got -7"


@pytest.mark.parametrize("vectors", [[1, 2], np.ones((2, 3, 4), np.float16), np.array([3], np.uint8)])
def test_real_finite_vectors_come_in_the_type_asked_for(vectors):
    for dtype in LARGEST:
        found = finite_vectors(vectors, dtype)
        assert found.dtype == dtype and found.tolist() == np.array(vectors).tolist()


def test_frequencies_from_zero_come_in_the_type_asked_for():
    found = rates([0, 1], 2, np.float32)
    assert found.dtype == np.float32 and found.tolist() == [0, 1]


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: float_type(np.float16), ValueError,
     "dtype is np.float64 or np.float32; got <class 'numpy.float16'>."),
    (lambda: float_type("no type"), ValueError, "dtype is np.float64 or np.float32; got 'no type'."),
    (lambda: check_even(1, "dim"), ValueError,
     "dim must be an even whole number from 2: its numbers turn in pairs; got 1."),
    (lambda: check_even(0, "dim"), ValueError,
     "dim must be an even whole number from 2: its numbers turn in pairs; got 0."),
    (lambda: check_even(3, "dim"), ValueError,
     "dim must be an even whole number from 2: its numbers turn in pairs; got 3."),
    (lambda: check_even(4.0, "dim"), ValueError,
     "dim must be an even whole number from 2: its numbers turn in pairs; got 4.0."),
    (lambda: check_even(10, "rotary_dim", 9), ValueError,
     "rotary_dim must be an even whole number from 2 to the size of a head, 9: its numbers turn in pairs; got 10."),
    (lambda: as_array([[1], [1, 2]], "vectors"), ValueError,
     "vectors must have rows of one length; got rows of different lengths."),
    (lambda: whole_places("two"), TypeError, "positions are whole numbers from 0; got 'two'."),
    (lambda: whole_places([1, None]), TypeError, "positions are whole numbers from 0; got [1, None]."),
    (lambda: whole_places([[1, 2]]), ValueError,
     "positions are one place or a row of places, shape (T,); got shape (1, 2)."),
    (lambda: whole_places([3, -1, -2]), ValueError, "positions are whole numbers from 0; got -1 at index 1."),
    (lambda: whole_places(np.inf), ValueError, "positions are whole numbers from 0; got inf."),
    (lambda: whole_places([0, 2.5]), ValueError, "positions are whole numbers from 0; got 2.5 at index 1."),
    (lambda: whole_places([0, 2**24 + 1], np.float32), ValueError,
     "float32 holds every whole number only up to 16,777,216; got 16777217 at index 1."),
    (lambda: whole_places(2**53 + 1, np.float64), ValueError,
     "float64 holds every whole number only up to 9,007,199,254,740,992; got 9007199254740993."),
    (lambda: finite_vectors(1.5, np.float64), ValueError,
     "vectors are real numbers of shape (..., T, head_dim); got float64 of shape ()."),
    (lambda: finite_vectors([1j], np.float64), ValueError,
     "vectors are real numbers of shape (..., T, head_dim); got complex128 of shape (1,)."),
    (lambda: finite_vectors([1, np.nan], np.float32), ValueError,
     "vectors hold numbers that are finite in float32; got inf or nan."),
    (lambda: finite_vectors([1e39], np.float32), ValueError,
     "vectors hold numbers that are finite in float32; got inf or nan."),
    (lambda: rates([1.0], 2, np.float64), ValueError,
     "frequencies are 2 numbers from 0, one for each pair; got [1.0]."),
    (lambda: rates([0.0, -1e-9], 2, np.float64), ValueError,
     "frequencies are 2 numbers from 0, one for each pair; got [0.0, -1e-09]."),
    (lambda: rates([0.0, np.inf], 2, np.float64), ValueError,
     "frequencies are 2 numbers from 0, one for each pair; got [0.0, inf]."),
    (lambda: rates(["a", "b"], 2, np.float64), ValueError,
     "frequencies are 2 numbers from 0, one for each pair; got ['a', 'b']."),
    (lambda: learned(np.ones((4, 2)), [3, 4]), IndexError,
     "this table has block_size 4: places run from 0 to 3; got 4 at index 1. Use a shorter text: there is no row to "
     "look up."),
    (lambda: learned(np.ones(4), 0), ValueError, "a position table has shape (block_size, dim), with rows; got (4,)."),
    (lambda: angles(1, 2, 0.5), ValueError,
     "base is a number from 1 (models use 10,000 to 10,000,000) that float64 can hold; got 0.5."),
    (lambda: angles(1, 2, True), ValueError,
     "base is a number from 1 (models use 10,000 to 10,000,000) that float64 can hold; got True."),
    (lambda: rope(np.ones((2, 4)), [0, 1, 2]), ValueError,
     "3 positions need vectors of shape (..., 3, head_dim); got (2, 4). Give one position for each vector, or one "
     "position for all."),
    (lambda: rope(np.ones((2, 4)), 0, pairing="half"), ValueError,
     "pairing is one of ('split', 'interleaved'); got 'half'."),
    (lambda: score([1, 2], [1, 2, 3, 4], 0, 0), ValueError,
     "a score takes one query and one key of the same length; got (2,) and (4,)."),
    (lambda: score([1, 2], [3, 4], [0, 1], [0]), ValueError,
     "give as many query positions as key positions, or one of either; got (2,) and (1,)."),
    (lambda: turns(4, 100, 0), ValueError, "context is a whole number of tokens from 1 to 2**53; got 0."),
    (lambda: turns(4, 100, 2**53 + 1), ValueError,
     "context is a whole number of tokens from 1 to 2**53; got 9007199254740993."),
    (lambda: turns(4, 100, True), ValueError, "context is a whole number of tokens from 1 to 2**53; got True."),
])
def test_what_does_not_fit_is_refused_in_a_sentence(call, error, message):
    with pytest.raises(error) as refused:
        call()
    assert type(refused.value) is error and str(refused.value) == message


def test_the_least_and_the_most_of_each_fit():
    assert angles([0, 3], 4, 1).tolist() == [[0, 0], [3, 3]]
    for dtype in LARGEST:
        largest = int(np.finfo(dtype).max)
        np.testing.assert_allclose(angles(1, 2, largest, dtype=dtype), [1])
        with pytest.raises(ValueError, match=f"{dtype.__name__} can hold"):
            angles(1, 2, 2 * largest, dtype=dtype)
    assert turns(2, 100, 1) == pytest.approx(1 / (2 * np.pi)) and turns(2, 100, 2**53) == 2**53 / (2 * np.pi)
    assert learned(np.ones((1, 2)), 0).tolist() == [1, 1]


@pytest.mark.parametrize("usual", [
    lambda **how: rope([[1.0, 2, 3, 4]], [7], **how), lambda **how: score([1, 2, 3, 4], [4, 3, 2, 1], 9, 2, **how)])
def test_usual_is_a_base_of_ten_thousand_split_in_float64(usual):
    said = {"base": 10_000.0, "rotary_dim": 4, "pairing": "split", "frequencies": None, "dtype": np.float64}
    for name, value in said.items():
        assert np.array_equal(usual(), usual(**{name: value})) and usual().dtype == np.float64


def test_usual_angles_are_of_a_base_of_ten_thousand_too():
    for turned in (lambda *base: angles([1, 9], 8, *base), lambda *base: sinusoids([1, 9], 8, *base),
                   lambda *base: angle_error([1, 9], 8, *base), lambda *base: wavelengths(8, *base)):
        assert np.array_equal(turned(), turned(10_000.0)) and turned().dtype == np.float64
        assert not np.array_equal(turned(), turned(10_001.0))

"""ALiBi, T5's biases and layers without positions: against transformers, and against loops written from the papers."""

import json
import math

import numpy as np
import pytest
from places import FIXTURES

from book_utils import offset_bias

THEIRS = json.loads((FIXTURES / "bias_reference.json").read_text())


@pytest.mark.parametrize("heads", THEIRS["slopes"])
def test_slopes_are_those_of_transformers(heads):
    np.testing.assert_allclose(offset_bias.alibi_slopes(int(heads)), THEIRS["slopes"][heads], rtol=1e-6)


def test_slopes_of_eight_heads_are_those_of_the_paper():
    assert offset_bias.alibi_slopes(8).tolist() == [1 / 2**i for i in range(1, 9)]


@pytest.mark.parametrize("case", THEIRS["buckets"], ids=str)
def test_buckets_are_those_of_transformers(case):
    said = offset_bias.t5_buckets(THEIRS["offsets"], case["buckets"], case["longest"], case["both_ways"])
    assert said.tolist() == case["said"]


def test_usual_buckets_are_those_of_t5():
    """Its config.json says relative_attention_num_buckets 32, its code 128, and the encoder looks both ways."""
    offsets = range(-200, 200)
    usual, said = offset_bias.t5_buckets(offsets), offset_bias.t5_buckets(offsets, 32, 128, True)
    assert usual.tolist() == said.tolist()


def test_buckets_are_those_of_a_loop():
    """Of 16 biases 8 belong to offsets 0 to 7; those behind divide 8 to 128 into 8 parts of equal ratio."""
    for offset in range(200):
        bucket = offset
        if offset >= 8:
            bucket = 8
            while bucket < 15 and offset >= 8 * (128 / 8) ** ((bucket + 1 - 8) / 8) - 1e-9:
                bucket += 1
        assert offset_bias.t5_buckets([offset], 16, both_ways=False) == bucket
        expected = bucket if offset else 0
        assert offset_bias.t5_buckets([offset], 32) == expected
        assert offset == 0 or offset_bias.t5_buckets([-offset], 32) == 16 + bucket


def test_what_is_added_is_the_bias_of_the_bucket():
    biases = np.random.default_rng(0).standard_normal(32)
    added = offset_bias.t5_bias([3, 40, 41, 10_000], biases, both_ways=False)
    assert added[0] == biases[3] and added[1] == added[2] and added[3] == biases[31]


def test_alibi_falls_in_proportion_to_the_offset():
    slope = 0.25
    assert offset_bias.alibi(range(5), slope).tolist() == [-(slope * offset) for offset in range(5)]


def test_layers_without_rope_are_those_of_smollm3():
    assert offset_bias.layers_with_rope(36, every=4).tolist() == THEIRS["layers_with_rope"]
    assert math.isclose(offset_bias.layers_with_rope(36, every=4).mean(), 3 / 4)


def test_the_smallest_of_each_fits():
    assert offset_bias.alibi_slopes(1).tolist() == [2**-8]
    assert offset_bias.layers_with_rope(1, every=1).tolist() == [False]
    assert offset_bias.layers_with_rope(2, every=2).tolist() == [True, False]
    # Of four biases two are for each way: offset 0 has one, all others share one.
    assert offset_bias.t5_buckets([-9, -1, 0, 1, 9], 4, longest=2).tolist() == [3, 3, 0, 1, 1]
    assert offset_bias.t5_buckets([8, 9], longest=9).tolist() == [8, 15]


def test_offsets_are_a_row_or_one_number_of_any_whole_kind():
    for offsets in (3, [3], np.array([[3]]), np.array([3], np.uint8), np.array([3], np.int16)):
        assert offset_bias.t5_buckets(offsets) == 3 and offset_bias.alibi(offsets, 0.5) == -1.5
        assert np.shape(offset_bias.alibi(offsets, 0.5)) == np.shape(offsets)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: offset_bias.alibi_slopes(0), "heads is a whole number from 1; got 0."),
    (lambda: offset_bias.alibi_slopes(True), "heads is a whole number from 1; got True."),
    (lambda: offset_bias.alibi_slopes(8.0), "heads is a whole number from 1; got 8.0."),
    (lambda: offset_bias.alibi([1, -2], 0.5), "ALiBi takes offsets from 0, keys that came before; got -2."),
    (lambda: offset_bias.alibi([0.5], 0.5), "offsets are whole numbers, m - n; got [0.5]."),
    (lambda: offset_bias.t5_buckets([1], 6), "buckets is a whole number from 4 that 4 divides; got 6."),
    (lambda: offset_bias.t5_buckets([1], 0), "buckets is a whole number from 4 that 4 divides; got 0."),
    (lambda: offset_bias.t5_buckets([1], 8.0), "buckets is a whole number from 4 that 4 divides; got 8.0."),
    (lambda: offset_bias.t5_buckets([1], longest=8), "longest is above 8, the offsets that have a bias each; got 8."),
    (lambda: offset_bias.t5_buckets([1], both_ways=False, longest=16),
     "longest is above 16, the offsets that have a bias each; got 16."),
    (lambda: offset_bias.layers_with_rope(4, 0), "every is a whole number from 1; got 0."),
    (lambda: offset_bias.layers_with_rope(0, 4), "layers is a whole number from 1; got 0."),
    (lambda: offset_bias.layers_with_rope(4.0, 4), "layers is a whole number from 1; got 4.0."),
])
def test_what_does_not_fit_is_refused_in_a_sentence(call, message):
    with pytest.raises(ValueError) as refused:
        call()
    assert str(refused.value) == message

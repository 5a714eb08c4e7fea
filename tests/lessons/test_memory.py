"""Bytes, what fewer of them lose, one attention step, and a table dealt out to workers."""

import math
import struct

import gguf
import numpy as np
import pytest
from gguf import GGMLQuantizationType as Kind

from book_utils.memory import (
    FORMATS,
    attend_without_weights,
    in_words,
    round_trip,
    table_bytes,
)
from book_utils.minilm import load_minilm

VECTORS = np.random.default_rng(2).standard_normal((40, 96)).astype(np.float32)


def test_bytes_of_tables_that_people_quote():
    assert table_bytes(128_000, 4_096, "fp16") == 1_048_576_000
    assert table_bytes(50_257, 768) == np.zeros((50_257, 768), np.float32).nbytes
    assert table_bytes(248_320, 5_120, "bf16") == 2 * 248_320 * 5_120
    assert in_words(table_bytes(50_257, 768, "bf16")) == "77,194,752 bytes = 77.2 MB = 73.6 MiB"
    assert in_words(10**12) == "1,000,000,000,000 bytes = 1,000,000.0 MB = 953,674.3 MiB"
    with pytest.raises(ValueError, match="dtype must be one of fp32, fp16, bf16, int8, 4-bit; got 'int4'"):
        table_bytes(1, 1, "int4")


def test_scales_are_counted():
    minilm = load_minilm()
    assert table_bytes(30_522, 384, "int8") == minilm.int8_rows.nbytes + minilm.row_scales.nbytes
    for dim in (32, 96, 384):
        blocks = gguf.quants.quantize(np.zeros((7, dim), np.float32), Kind.Q4_0)
        assert table_bytes(7, dim, "4-bit") == blocks.nbytes
    assert table_bytes(1, 33, "4-bit") == 17 + 2 * 2  # the last half byte and the last group are padded


@pytest.mark.parametrize(
    "dtype, largest", [("fp32", 0), ("fp16", 2**-11), ("bf16", 2**-8), ("int8", None), ("4-bit", None)]
)
def test_round_trips_lose_at_most_half_a_step(dtype, largest):
    kept = round_trip(VECTORS, dtype)
    assert kept.dtype == np.float32 and kept.shape == VECTORS.shape
    if largest is not None:
        assert (np.abs(kept - VECTORS) <= largest * np.abs(VECTORS)).all()
        return
    bits, _, group = FORMATS[dtype]
    for row, stored in zip(VECTORS, kept, strict=True):
        for first in range(0, 96, group or 96):
            part = slice(first, first + (group or 96))
            step = max(abs(float(number)) for number in row[part]) / (2 ** (bits - 1) - 1)
            assert np.abs(stored[part] - row[part]).max() <= step * 0.502  # the scale is rounded too
            assert len({*stored[part].tolist()}) <= 2**bits


def test_bf16_rounds_to_the_nearest_even_half():
    numbers = [1.0, 1.00390625, 1.01171875, -3.14159274, 1e-40, 3e38, 0.0]
    for number, kept in zip(numbers, round_trip([numbers], "bf16")[0], strict=True):
        bits = struct.unpack("<I", struct.pack("<f", number))[0]
        nearest = min(
            (bits & 0xFFFF0000, (bits & 0xFFFF0000) + 0x10000), key=lambda b: (abs(b - bits), b >> 16 & 1)
        )
        assert struct.pack("<f", kept) == struct.pack("<I", nearest)


def test_this_books_own_table_has_nothing_left_to_lose_as_int8():
    vectors = load_minilm().table.vectors[:500]
    np.testing.assert_allclose(round_trip(vectors, "int8"), vectors, atol=1e-6)
    assert (round_trip(np.zeros((2, 64)), "4-bit") == 0).all()


def test_one_attention_step_written_as_a_loop():
    rows = VECTORS[:6, :8].astype(np.float64)
    for i, mixed in enumerate(attend_without_weights(rows)):
        weights = [math.exp(sum(rows[i] * rows[j]) / math.sqrt(8)) for j in range(i + 1)]
        expected = sum(weight * rows[j] for j, weight in enumerate(weights)) / sum(weights)
        np.testing.assert_allclose(mixed, expected)


def test_one_row_in_two_places_parts_after_attention():
    rows = VECTORS[[0, 1, 0, 2]]
    mixed = attend_without_weights(rows)
    assert (rows[0] == rows[2]).all() and not np.allclose(mixed[0], mixed[2])
    assert np.isfinite(attend_without_weights(rows * 1000)).all()

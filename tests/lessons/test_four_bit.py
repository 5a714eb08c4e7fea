"""Rows in 4 bits: every level and scale against a search written out, and what the real table loses."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from book_utils.four_bit import SHARES, pack, unpack
from book_utils.minilm import load_minilm


def levels_of(code_row):
    return [level for code in code_row.tolist() for level in (code // 16, code % 16)]


def rows(seed, shape):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


@settings(deadline=None)
@given(seed=st.integers(0, 999), power=st.sampled_from([-30, -3, 0, 5, 30]))
def test_each_number_takes_its_nearest_level_under_the_best_scale(seed, power):
    row = rows(seed, (1, 12)) * np.float32(10.0**power)
    codes, scales = pack(row)
    largest = np.abs(row).max()
    errors = {}
    for share in SHARES.astype(float):
        scale = share * float(largest) / 7.5
        values = [(level - 7.5) * scale for level in range(16)]
        errors[scale] = sum(min((value - number) ** 2 for value in values) for number in row[0].tolist())
    reached = ((unpack(codes, scales).astype(float) - row) ** 2).sum()
    assert reached == pytest.approx(min(errors.values()), rel=1e-3)
    assert min(abs(scales[0] / scale - 1) for scale in errors) < 1e-5
    for level, number in zip(levels_of(codes[0]), row[0].tolist(), strict=True):
        away = [abs((other - 7.5) * float(scales[0]) - number) for other in range(16)]
        assert away[level] <= min(away) + 1e-5 * float(largest)


def test_the_even_column_is_in_the_upper_half_of_a_code():
    codes, _ = pack([[7.5, -7.5, -7.5, 7.5]])
    assert [hex(code) for code in codes[0]] == ["0xf0", "0xf"]


@given(seed=st.integers(0, 99))
def test_packing_what_was_unpacked_changes_nothing_more(seed):
    levels = np.random.default_rng(seed).integers(0, 16, (6, 10))
    levels[:, 0] = 15  # so that the largest share is the exact scale
    exact = ((levels - 7.5) * 0.25).astype(np.float32)
    assert (unpack(*pack(exact)) == exact).all()


def test_the_scales_tried_reach_from_half_the_largest_number_to_all_of_it_in_even_steps():
    assert (len(SHARES), SHARES[0], SHARES[-1]) == (11, 0.5, 1)  # eleven, as pack says
    assert np.diff(SHARES) == pytest.approx([0.05] * 10)


def test_a_row_of_zeros_stays_zero_and_does_not_touch_the_others():
    mixed = rows(0, (3, 8))
    mixed[1] = 0
    with np.errstate(all="raise"):
        codes, scales = pack(mixed)
    assert scales[1] == 0 and (unpack(codes, scales)[1] == 0).all()
    assert (codes[[0, 2]] == pack(mixed[[0, 2]])[0]).all()


def test_the_largest_and_smallest_numbers_of_fp32_come_through():
    for size in (3e38, 1e-37):
        back = unpack(*pack([[size, -size, size / 2, 0]]))
        assert back[0, :2] == pytest.approx([size, -size], rel=1e-5)


def test_a_row_takes_half_a_byte_a_number_and_one_scale():
    codes, scales = pack(rows(0, (5, 384)))
    assert (codes.shape, codes.dtype, scales.shape, scales.dtype) == ((5, 192), np.uint8, (5,), np.float32)
    assert unpack(codes, scales).dtype == np.float32


def test_the_search_for_a_scale_beats_the_largest_number_on_the_real_table():
    real = load_minilm().table.vectors[2000:3000]
    plain = np.abs(real).max(axis=1, keepdims=True) / 7.5
    by_largest = (np.clip(np.floor(real / plain), -8, 7) + 0.5) * plain
    searched = unpack(*pack(real))
    assert ((searched - real) ** 2).sum() < 0.75 * ((by_largest - real) ** 2).sum()


@pytest.mark.parametrize(("vectors", "words"), [
    ([[1.0, 2.0, 3.0]], r"even dim; got \(1, 3\)"),
    ([1.0, 2.0], r"got \(2,\)"),
    (np.zeros((0, 4)), r"got \(0, 4\)"),
    ([[1.0, float("nan")]], "got inf or nan"),
    ([[1.0, 1e300]], "finite in fp32"),
])
@pytest.mark.filterwarnings("ignore:overflow encountered in cast")
def test_what_cannot_be_packed(vectors, words):
    with pytest.raises(ValueError, match=words):
        pack(vectors)


def test_codes_and_scales_must_belong_together():
    codes, scales = pack(rows(0, (3, 4)))
    with pytest.raises(ValueError, match=r"one scale: 3 rows; got shape \(2,\)"):
        unpack(codes, scales[:2])
    with pytest.raises(ValueError, match="must be .* uint8"):
        unpack(codes.astype(int), scales)

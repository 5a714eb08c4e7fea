"""Positions against a complex-number spec, exact decimals, and values from models that others wrote."""

import cmath
import json
import math
from decimal import Decimal, localcontext
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from book_utils.position import (
    PAIRINGS,
    angle_error,
    angles,
    learned,
    pairing_permutation,
    rope,
    score,
    sinusoids,
    turns,
    wavelengths,
)

FAR = 262_143
REFERENCE = json.loads((Path(__file__).parents[1] / "fixtures" / "rope_reference.json").read_text())["cases"]
properties = settings(deadline=None, max_examples=60)
places = st.integers(0, FAR)


def numbers(*shape):
    return arrays(np.float64, shape, elements=st.floats(-8, 8, width=32))


@st.composite
def heads(draw):
    """Vectors of one head with their places, and the settings to turn them with."""
    rotary_dim = 2 * draw(st.integers(1, 6))
    head_dim = rotary_dim + draw(st.integers(0, 5))
    positions = draw(st.lists(places, min_size=1, max_size=4))
    how = {
        "base": draw(st.floats(1, 1e7)),
        "rotary_dim": rotary_dim,
        "pairing": draw(st.sampled_from(PAIRINGS)),
    }
    return draw(numbers(len(positions), head_dim)), positions, how


def turn_one(vector, place, base, rotary_dim, pairing):
    """RoPE as a spec: each pair is one complex number, multiplied by exp(i * angle)."""
    result = list(vector)
    for i in range(rotary_dim // 2):
        a, b = (i, i + rotary_dim // 2) if pairing == "split" else (2 * i, 2 * i + 1)
        number = complex(vector[a], vector[b]) * cmath.exp(1j * place * base ** (-2 * i / rotary_dim))
        result[a], result[b] = number.real, number.imag
    return result


# --- RoPE: properties


@properties
@given(heads())
def test_rope_multiplies_complex_numbers(head):
    vectors, positions, how = head
    spec = [turn_one(vector, place, **how) for vector, place in zip(vectors.tolist(), positions, strict=True)]
    np.testing.assert_allclose(rope(vectors, positions, **how), spec, atol=1e-8)


@properties
@given(heads())
def test_rope_keeps_the_norm(head):
    vectors, positions, how = head
    norms = np.linalg.norm(vectors, axis=-1)
    np.testing.assert_allclose(np.linalg.norm(rope(vectors, positions, **how), axis=-1), norms, atol=1e-12)
    turned = rope(vectors, positions, **how, dtype=np.float32)
    assert turned.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(turned, axis=-1), norms, atol=1e-5)


@properties
@given(heads())
def test_place_0_changes_nothing(head):
    vectors, _, how = head
    assert np.array_equal(rope(vectors, 0, **how), vectors)


@properties
@given(heads())
def test_only_the_rotary_part_turns(head):
    vectors, positions, how = head
    turned, rotary_dim = rope(vectors, positions, **how), how["rotary_dim"]
    assert np.array_equal(turned[:, rotary_dim:], vectors[:, rotary_dim:])
    # The rotary part behaves like a head of its own: the exponent never sees head_dim.
    alone = rope(vectors[:, :rotary_dim], positions, base=how["base"], pairing=how["pairing"])
    assert np.array_equal(turned[:, :rotary_dim], alone)


@properties
@given(heads())
def test_the_two_pairings_differ_by_one_permutation(head):
    vectors, positions, how = head
    del how["pairing"]
    order = pairing_permutation(how["rotary_dim"])
    order = np.r_[order, len(order) : vectors.shape[1]]  # the part that passes stays where it is
    split = rope(vectors[:, order], positions, pairing="split", **how)
    interleaved = rope(vectors, positions, pairing="interleaved", **how)
    assert np.array_equal(split, interleaved[:, order])
    assert np.array_equal(split[:, np.argsort(order)], interleaved)


@properties
@given(numbers(2, 8), places, places, places, st.floats(1, 1e7), st.sampled_from(PAIRINGS))
def test_the_score_depends_only_on_the_offset(pair, query_place, key_place, step, base, pairing):
    how = {"base": base, "rotary_dim": 6, "pairing": pairing}
    here = score(*pair, query_place, key_place, **how)
    assert score(*pair, query_place + step, key_place + step, **how) == pytest.approx(here, abs=1e-6)


def test_the_score_changes_with_the_offset():
    query, key = np.random.default_rng(0).standard_normal((2, 64))
    curve = score(query, key, np.arange(100), 0)
    assert np.ptp(curve) > 5
    assert curve[0] == pytest.approx(query @ key)
    assert curve[7] == pytest.approx(rope(query, 7) @ key)
    assert curve[7] == pytest.approx(score(query, key, 57, 50))
    assert curve[7] != pytest.approx(score(query, key, 0, 7))  # before is not after


def test_frequencies_take_the_place_of_the_base():
    """Those of the base itself change nothing; others turn each pair, as a complex number, at their own rate."""
    dice = np.random.default_rng(3)
    vectors, at = dice.standard_normal((4, 12)), np.array([0, 1, 50, 9_000])
    same = rope(vectors, at, rotary_dim=8, frequencies=angles(1, 8))
    np.testing.assert_allclose(same, rope(vectors, at, rotary_dim=8), rtol=0, atol=1e-12)
    rates = np.array([1.0, 0.3, 0.02, 0.0])
    turned = (vectors[:, :4] + 1j * vectors[:, 4:8]) * np.exp(1j * at[:, None] * rates)
    scaled = rope(vectors, at, rotary_dim=8, frequencies=rates)
    np.testing.assert_allclose(scaled, np.hstack([turned.real, turned.imag, vectors[:, 8:]]), atol=1e-12)


def test_leading_axes_are_batches_and_heads():
    vectors = np.random.default_rng(0).standard_normal((2, 3, 4, 8))
    positions = [5, 0, 9, 2]
    turned = rope(vectors, positions)
    for batch in range(2):
        for head in range(3):
            assert np.array_equal(turned[batch, head], rope(vectors[batch, head], positions))
    assert rope(vectors[:, :, :0], []).shape == (2, 3, 0, 8)


def test_rope_leaves_its_input_alone():
    vectors = np.ones((3, 4))
    rope(vectors, [1, 2, 3])
    assert np.array_equal(vectors, np.ones((3, 4)))


# --- RoPE: code that others wrote


def largest_difference(case, **changed):
    """Return for each place how far the turned vector is from the reference."""
    how = {name: case[name] for name in ("base", "rotary_dim", "pairing")} | changed
    vectors = np.tile(case["vector"], (len(case["positions"]), 1))
    return np.abs(rope(vectors, case["positions"], **how) - case["turned"]).max(axis=1)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("case", REFERENCE, ids=lambda case: case["model"])
def test_rope_agrees_with_transformers(case, dtype):
    # Their angles are float32: a frequency off by one part in 2**23, times the place, times the length of
    # a pair, which is less than 3.
    allowed = 1e-6 + 3 * np.array(case["positions"]) * 2.0**-23
    assert (largest_difference(case, dtype=dtype) <= allowed).all()


@pytest.mark.parametrize("case", REFERENCE, ids=lambda case: case["model"])
def test_the_reference_tells_mistakes_apart(case):
    other = PAIRINGS[case["pairing"] == "split"]
    assert largest_difference(case, pairing=other)[1:].min() > 0.1
    assert largest_difference(case, base=2 * case["base"])[1:].min() > 0.01
    if case["rotary_dim"] < case["head_dim"]:
        assert largest_difference(case, rotary_dim=case["head_dim"])[1:].min() > 0.1


@pytest.fixture
def torch():
    how = "no PyTorch here: pip install torch (the CPU build will do), then pytest tests/lessons/test_position.py"
    return pytest.importorskip("torch", reason=how)


def test_the_pytorch_form_of_learned_positions(torch):
    vocab_size, block_size, n_embd = 597, 64, 64
    torch.manual_seed(0)
    tok = torch.nn.Embedding(vocab_size, n_embd)
    pos = torch.nn.Embedding(block_size, n_embd)
    ids = torch.randint(vocab_size, (3, block_size))  # (B, T)
    with torch.no_grad():
        theirs = (tok(ids) + pos(torch.arange(block_size))).numpy()  # (B, T, n_embd) + (T, n_embd)

    token_table, position_table = tok.weight.detach().numpy(), pos.weight.detach().numpy()
    ours = token_table[ids.numpy()] + learned(position_table, np.arange(block_size))
    assert np.array_equal(ours, theirs)
    with pytest.raises(IndexError):
        pos(torch.tensor([block_size]))


def test_the_pytorch_form_of_rope(torch):
    vectors = np.random.default_rng(0).standard_normal((2, 3, 5, 64))
    positions = np.array([0, 1, 17, 1_009, FAR])
    frequencies = 10_000.0 ** (-torch.arange(0, 64, 2, dtype=torch.float64) / 64)
    turned = torch.outer(torch.tensor(positions, dtype=torch.float64), frequencies)
    pairs = torch.view_as_complex(torch.tensor(vectors).reshape(2, 3, 5, 32, 2))
    theirs = torch.view_as_real(pairs * torch.polar(torch.ones_like(turned), turned)).flatten(-2).numpy()
    np.testing.assert_allclose(rope(vectors, positions, pairing="interleaved"), theirs, atol=1e-9)


# --- RoPE: where popular explanations go wrong


def test_rotating_before_the_projection_breaks_the_offset():
    random = np.random.default_rng(0)
    x_query, x_key = random.standard_normal((2, 16))
    to_query, to_key = random.standard_normal((2, 16, 16))

    def too_early(query_place, key_place):
        return (rope(x_query, query_place) @ to_query) @ (rope(x_key, key_place) @ to_key)

    query, key = x_query @ to_query, x_key @ to_key
    assert score(query, key, 5, 3) == pytest.approx(score(query, key, 105, 103))
    assert abs(too_early(5, 3) - too_early(105, 103)) > 1


def test_mixing_the_pairings_breaks_the_offset():
    query, key = np.random.default_rng(0).standard_normal((2, 64))

    def mixed(query_place, key_place):
        return rope(query, query_place, pairing="split") @ rope(key, key_place, pairing="interleaved")

    assert abs(mixed(9, 6) - mixed(19, 16)) > 1


def test_reordered_weights_move_a_model_to_the_other_pairing():
    random = np.random.default_rng(0)
    x_query, x_key = random.standard_normal((2, 16))
    to_query, to_key = random.standard_normal((2, 16, 8))
    order = pairing_permutation(8)
    interleaved = score(x_query @ to_query, x_key @ to_key, 9, 6, pairing="interleaved")
    reordered = score(x_query @ to_query[:, order], x_key @ to_key[:, order], 9, 6, pairing="split")
    assert reordered == pytest.approx(interleaved)
    # The same weights under the other pairing are another model, though its score is relative too.
    assert score(x_query @ to_query, x_key @ to_key, 9, 6, pairing="split") != pytest.approx(interleaved)


@pytest.mark.parametrize(
    ("rotary_dim", "base", "length", "longest", "complete"),
    [
        (64, 10_000, 262_144, 47_117, 32),
        (64, 10_000_000, 262_144, 37_969_062, 22),  # Qwen3.6: .25 of 256
        (128, 10_000_000, 262_144, None, 43),
        (128, 10_000, 4_096, 54_410, None),  # Llama 2
        (512, 10_000, 512, 60_611, None),
    ],
)
def test_wavelengths_and_turns(rotary_dim, base, length, longest, complete):
    tokens, made = wavelengths(rotary_dim, base), turns(rotary_dim, base, length)
    assert tokens[0] == pytest.approx(2 * math.pi)
    assert (np.diff(tokens) > 0).all()
    np.testing.assert_allclose(made * tokens, length)
    # A pair comes back to where it began after one wavelength.
    np.testing.assert_allclose(angles(1, rotary_dim, base) * tokens, 2 * math.pi)
    if longest:
        assert round(tokens[-1]) == longest
    if complete:
        assert (made >= 1).sum() == complete


def test_the_slowest_pair():
    assert turns(64, 10_000, 262_144)[-1] == pytest.approx(5.6, abs=0.05)
    assert 360 * turns(64, 10_000_000, 262_144)[-1] == pytest.approx(2.5, abs=0.05)  # degrees


# --- Precision


def exact_angles(place, rotary_dim, base):
    """The same angles in 40 decimal digits."""
    with localcontext(prec=40):
        return [
            float(place * Decimal(base) ** (Decimal(-2 * i) / rotary_dim)) for i in range(rotary_dim // 2)
        ]


@pytest.mark.parametrize(("rotary_dim", "base"), [(64, 10_000), (128, 10_000), (64, 10_000_000)])
def test_float64_angles_are_right_and_float32_angles_err(rotary_dim, base):
    exact = exact_angles(FAR, rotary_dim, base)
    np.testing.assert_allclose(angles(FAR, rotary_dim, base), exact, rtol=1e-14)
    error = angle_error(FAR, rotary_dim, base)
    assert 1e-3 < error.max() < 2**-6  # measured: .0045, .014 and .0061 radians
    rough = angles(FAR, rotary_dim, base, dtype=np.float32)
    assert rough.dtype == np.float32
    np.testing.assert_allclose(error, np.abs(rough - exact), atol=1e-9)
    assert error[0] == 0  # this pair turns one radian a token: the place itself


def test_the_angle_error_explains_what_float32_does_to_a_vector():
    vectors = np.random.default_rng(0).standard_normal((3, 64))
    positions = [100, 4_095, FAR]
    off = np.abs(rope(vectors, positions, dtype=np.float32) - rope(vectors, positions))
    length = np.hypot(vectors[:, :32], vectors[:, 32:])
    assert (off <= np.tile(angle_error(positions, 64) * length + 1e-6, 2)).all()
    assert off[2].max() > 1e-3 > off[0].max()


def test_far_scores_drift_in_float32_only():
    query, key = np.random.default_rng(0).standard_normal((2, 64))
    far = np.array([37, 100, 5_000, 131_072, FAR])
    assert np.ptp(score(query, key, far, far - 37)) < 1e-9
    assert 1e-4 < np.ptp(score(query, key, far, far - 37, dtype=np.float32)) < 0.1


# --- Sinusoids


def test_sinusoids_follow_the_formula():
    rows = sinusoids([0, 3, 512], 6, base=100)
    for row, place in zip(rows, [0, 3, 512], strict=True):
        for i in range(3):
            angle = place / 100 ** (2 * i / 6)
            assert row[2 * i] == pytest.approx(math.sin(angle))
            assert row[2 * i + 1] == pytest.approx(math.cos(angle))


@properties
@given(places, places, st.integers(0, 5_000), st.sampled_from([2, 32, 128]))
def test_sinusoid_products_depend_only_on_the_offset(here, there, offset, dim):
    first, second, third, fourth = sinusoids([here, here + offset, there, there + offset], dim)
    assert first @ first == pytest.approx(dim / 2)
    assert first @ second == pytest.approx(third @ fourth, abs=1e-8)


def test_moving_along_the_sinusoids_is_one_fixed_turn():
    rows = sinusoids(np.arange(1_000), 32)
    # As (cos, sin) pairs the rows turn as RoPE turns a vector: the same step from every place.
    cos_sin = rows.reshape(-1, 16, 2)[..., ::-1].reshape(-1, 32)
    np.testing.assert_allclose(rope(cos_sin[:-7], 7, pairing="interleaved"), cos_sin[7:], atol=1e-9)


def test_sinusoid_products_do_not_fall_steadily():
    rows = sinusoids(np.arange(70), 128)
    products = rows @ rows[0]
    assert products[0] == products.max() == pytest.approx(64)
    assert products[62] == pytest.approx(28.4, abs=0.05)
    assert products[67] == pytest.approx(32.6, abs=0.05)  # farther away, yet more alike


# --- Learned positions


def test_learned_positions_are_rows_of_the_table():
    table = np.arange(12, dtype=np.float16).reshape(4, 3)
    rows = learned(table, [2, 0, 2])
    assert rows.dtype == np.float16
    assert rows.tolist() == [[6, 7, 8], [0, 1, 2], [6, 7, 8]]
    assert learned(table, 3).tolist() == [9, 10, 11]
    rows[:] = -1
    assert table.min() == 0  # a copy: the table is safe from its readers


def test_a_sum_stays_blind_to_order_even_with_position_rows():
    random = np.random.default_rng(0)
    token_rows = random.standard_normal((3, 8))
    position_rows = learned(random.standard_normal((5, 8)), [0, 1, 2])
    forward, backward = token_rows + position_rows, token_rows[::-1] + position_rows
    np.testing.assert_allclose(forward.sum(axis=0), backward.sum(axis=0))
    assert not np.allclose(forward[0], backward[2])  # one token, two places: two rows


# --- Bad input: each error says what fits

VECTORS = np.ones((2, 8))
TABLE = np.ones((512, 4))


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: learned(TABLE, [3, 512]), IndexError, r"block_size 512.*0 to 511; got 512 at index 1"),
        (lambda: learned(TABLE, 10**30), IndexError, "0 to 511"),
        (lambda: learned(TABLE, -1), ValueError, "whole numbers from 0; got -1"),
        (lambda: learned(np.ones(3), 0), ValueError, r"\(block_size, dim\)"),
        (lambda: learned(np.ones((0, 3)), 0), ValueError, r"\(block_size, dim\), with rows"),
        (lambda: rope(VECTORS, [0, 1], rotary_dim=5), ValueError, "even whole number from 2 to .* 8.*got 5"),
        (lambda: rope(VECTORS, [0, 1], rotary_dim=10), ValueError, "from 2 to .* 8.*got 10"),
        (lambda: rope(VECTORS, [0, 1], rotary_dim=0), ValueError, "from 2.*got 0"),
        (lambda: rope(VECTORS, [0, 1], rotary_dim=0.25), ValueError, "whole number.*got 0.25"),
        (lambda: rope(VECTORS, [0, 1], rotary_dim=True), ValueError, "whole number.*got True"),
        (lambda: rope(np.ones((2, 7)), [0, 1]), ValueError, "head_dim must be an even.*got 7"),
        (lambda: rope(VECTORS, [0, -1]), ValueError, "whole numbers from 0; got -1 at index 1"),
        (lambda: rope(VECTORS, [0, 1.5]), ValueError, "whole numbers from 0; got 1.5 at index 1"),
        (lambda: rope(VECTORS, [math.nan, 1]), ValueError, "whole numbers from 0; got nan at index 0"),
        (lambda: rope(VECTORS, [math.inf, 1]), ValueError, "whole numbers from 0; got inf at index 0"),
        (lambda: rope(VECTORS, 2**53 + 1), ValueError, "float64 holds .* up to 9,007,199,254,740,992"),
        (lambda: rope(VECTORS, 10**400), ValueError, "float64 holds"),
        (lambda: rope(VECTORS, 2**24 + 1, dtype=np.float32), ValueError, "float32 holds .* up to 16,777,216"),
        (lambda: rope(VECTORS, ["a", "b"]), TypeError, "whole numbers from 0"),
        (lambda: rope(VECTORS, [True, False]), TypeError, "whole numbers from 0"),
        (lambda: rope(VECTORS, [[0, 1]]), ValueError, r"shape \(T,\); got shape \(1, 2\)"),
        (lambda: rope(VECTORS, [[0], [0, 1]]), ValueError, "positions must have rows of one length"),
        (lambda: rope(VECTORS, [0, 1, 2]), ValueError, r"3 positions need .* got \(2, 8\)"),
        (lambda: rope(VECTORS[0], [0, 1]), ValueError, r"2 positions need .* got \(8,\)"),
        (lambda: rope(1.0, 0), ValueError, r"\(..., T, head_dim\)"),
        (lambda: rope(["a", "b"], 0), ValueError, "real numbers"),
        (lambda: rope(VECTORS * math.nan, 0), ValueError, "finite in float64"),
        (lambda: rope(VECTORS * 1e300, 0, dtype=np.float32), ValueError, "finite in float32"),
        (lambda: rope(VECTORS, 0, base=0), ValueError, "base is a number from 1.*got 0"),
        (lambda: rope(VECTORS, 0, base=-10_000), ValueError, "base is a number from 1"),
        (lambda: rope(VECTORS, 0, base=math.inf), ValueError, "base is a number from 1"),
        (lambda: rope(VECTORS, 0, base=math.nan), ValueError, "base is a number from 1"),
        (lambda: rope(VECTORS, 0, base="10k"), ValueError, "base is a number from 1"),
        (lambda: rope(VECTORS, 0, base=1e39, dtype=np.float32), ValueError, "float32 can hold"),
        (lambda: rope(VECTORS, 0, frequencies=[1.0, 0.1]), ValueError, "4 numbers from 0, one for each pair.*1.0, 0.1"),
        (lambda: rope(VECTORS, 0, frequencies=[1.0, 0.1, 0.1, math.nan]), ValueError, "4 numbers from 0.*nan"),
        (lambda: rope(VECTORS, 0, frequencies=[1.0, -0.1, 0.1, 0.1]), ValueError, "4 numbers from 0"),
        (lambda: rope(VECTORS, 0, pairing="half"), ValueError, "'split', 'interleaved'.*got 'half'"),
        (lambda: rope(VECTORS, 0, dtype=np.float16), ValueError, "np.float64 or np.float32"),
        (lambda: rope(VECTORS, 0, dtype="bfloat16"), ValueError, "np.float64 or np.float32"),
        (lambda: score(VECTORS, VECTORS, 0, 0), ValueError, "one query and one key"),
        (lambda: score([1, 2], [1, 2, 3, 4], 0, 0), ValueError, "same length"),
        (lambda: score([1, 2], [3, 4], [0, 1], [0, 1, 2]), ValueError, "as many query positions as key"),
        (lambda: sinusoids([0], 5), ValueError, "dim must be an even whole number from 2.*got 5"),
        (lambda: wavelengths(3), ValueError, "even whole number"),
        (lambda: pairing_permutation(3), ValueError, "even whole number"),
        (lambda: turns(64, 10_000, 0), ValueError, "whole number of tokens from 1"),
        (lambda: turns(64, 10_000, 0.5), ValueError, "whole number of tokens from 1"),
        (lambda: angle_error(2**24 + 1, 64), ValueError, "float32 holds"),
    ],
)
def test_what_does_not_fit_is_refused(call, error, says):
    with pytest.raises(error, match=says):
        call()


def test_whole_places_of_any_number_type_are_taken():
    expected = rope(VECTORS, [0, 3])
    for kind in (np.int8, np.uint64, np.float16, np.float32, np.float64):
        assert np.array_equal(rope(VECTORS, np.array([0, 3], kind)), expected)
    assert np.isfinite(rope(VECTORS, 2**53)).all()

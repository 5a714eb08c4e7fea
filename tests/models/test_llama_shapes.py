"""What the keys of a gguf file come to: what stands for an absent one, and which values are just allowed."""

import math
from types import SimpleNamespace

import pytest

from book_utils.models.llama_shapes import LARGEST, check_shapes, expected_shapes, read_settings
from book_utils.models.untrusted import ModelFileError

KEYS = {
    "general.architecture": "llama", "llama.block_count": 2, "llama.context_length": 512,
    "llama.embedding_length": 32, "llama.feed_forward_length": 48, "llama.attention.head_count": 4,
    "llama.attention.layer_norm_rms_epsilon": 1e-5,
}  # fmt: skip
OWN = {
    "general.name": "Mine", "llama.attention.head_count_kv": 2, "llama.attention.key_length": 16,
    "llama.attention.value_length": 16, "llama.rope.dimension_count": 10, "llama.rope.freq_base": 5e5,
    "llama.rope.scaling.type": "linear", "llama.rope.scaling.factor": 2.5,
}  # fmt: skip


def settings(**changed):
    return read_settings(KEYS | {f"llama.{key}": value for key, value in changed.items()}, "a.gguf")


def test_absent_keys_stand_for_the_plain_model():
    found = read_settings(KEYS, "a.gguf")
    assert (found.name, found.n_blocks, found.n_heads, found.context, found.eps) == ("a.gguf", 2, 4, 512, 1e-5)
    assert (found.n_key_heads, found.head_dim, found.rotary_dim) == (4, 32 // 4, 32 // 4)
    assert (found.base, found.divisors) == (10_000, 1)


def test_keys_that_are_there_count():
    found = read_settings(KEYS | OWN, "a.gguf")
    assert (found.name, found.n_key_heads, found.head_dim, found.rotary_dim) == ("Mine", 2, 16, 10)
    assert (found.base, found.divisors) == (5e5, 2.5)


@pytest.mark.parametrize("key", ["block_count", "context_length", "embedding_length", "attention.head_count"])
def test_whole_numbers_from_one_to_what_31_bits_hold(key):
    few = {"attention.head_count": 1, "attention.key_length": 8}
    for value in (1, 2**31 - 1):
        assert read_settings(KEYS | {f"llama.{name}": it for name, it in (few | {key: value}).items()}, "a.gguf")
    for value in (0, -1, 2**31, 2.0, True, "2", None):
        with pytest.raises(ModelFileError) as error:
            settings(**few | {key: value})
        assert str(error.value) == f"llama.{key} must be a whole number from 1; a.gguf has {value!r}."


@pytest.mark.parametrize("key", ["rope.freq_base", "attention.layer_norm_rms_epsilon", "rope.scaling.factor"])
def test_numbers_above_zero_and_finite(key):
    linear = {"rope.scaling.type": "linear"}
    part = {"rope.freq_base": "base", "rope.scaling.factor": "divisors"}.get(key, "eps")
    for value in (1, 1e-30, 1e30):
        assert repr(getattr(settings(**linear | {key: value}), part)) == repr(float(value))
    for value in (0, 0.0, -1e-30, math.inf, math.nan, True, "1", None):
        with pytest.raises(ModelFileError) as error:
            settings(**linear | {key: value})
        assert str(error.value) == f"llama.{key} must be a number above 0; a.gguf has {value!r}."


@pytest.mark.parametrize("key", ["expert_count", "expert_used_count", "attention.sliding_window"])
def test_what_is_not_built_here_may_stand_there_as_zero(key):
    assert settings(**{key: 0})
    with pytest.raises(ModelFileError, match=rf"^a.gguf asks for llama.{key} = 1: that is not built here\.$"):
        settings(**{key: 1})


def test_a_key_that_is_not_known_is_refused_even_at_zero():
    with pytest.raises(ModelFileError, match=r"^a.gguf asks for llama.attention.clamp_kqv = 0: that is not built"):
        settings(**{"attention.clamp_kqv": 0})


@pytest.mark.parametrize(("changed", "fits"), [
    ({"attention.head_count_kv": 1}, True), ({"attention.head_count_kv": 4}, True),
    ({"attention.head_count_kv": 3}, False), ({"attention.head_count_kv": 8}, False),
    ({"rope.dimension_count": 2}, True), ({"rope.dimension_count": 6}, True), ({"rope.dimension_count": 8}, True),
    ({"rope.dimension_count": 7}, False), ({"rope.dimension_count": 10}, False),
    ({"attention.key_length": 7}, False), ({"attention.key_length": 7, "rope.dimension_count": 6}, True),
    ({"attention.value_length": 8}, True), ({"attention.value_length": 6}, False),
])
def test_heads_share_evenly_and_pairs_turn(changed, fits):
    if fits:
        assert settings(**changed)
        return
    with pytest.raises(ModelFileError) as error:
        settings(**changed)
    head = changed.get("attention.key_length", 8)
    assert str(error.value) == (
        f"4 heads must share {changed.get('attention.head_count_kv', 4)} keys evenly, and an even number of {head} "
        f"numbers turn; got {changed.get('rope.dimension_count', head)} that turn, and values of "
        f"{changed.get('attention.value_length', head)} numbers."
    )


def test_more_heads_than_numbers_need_a_width_of_their_own():
    with pytest.raises(ModelFileError, match=r"key_length must be a whole number from 1; a.gguf has None\.$"):
        settings(**{"attention.head_count": 33})


def test_the_shapes_of_all_tensors():
    """Heads of 16, not 32 / 4; half as many keys; one number for each of the pairs that turn."""
    keys = KEYS | OWN
    there = {name: SimpleNamespace(shape=(61, 32)) for name in ("token_embd.weight", "rope_freqs.weight", *"abcdefgh")}
    block = {"attn_norm": (32,), "attn_q": (64, 32), "attn_k": (32, 32), "attn_v": (32, 32), "attn_output": (32, 64),
             "ffn_norm": (32,), "ffn_gate": (48, 32), "ffn_up": (48, 32), "ffn_down": (32, 48)}  # fmt: skip
    expected = {"token_embd.weight": (61, 32), "output_norm.weight": (32,), "rope_freqs.weight": (5,)}
    expected |= {f"blk.{i}.{name}.weight": shape for i in (0, 1) for name, shape in block.items()}
    assert expected_shapes(keys, read_settings(keys, "a.gguf"), there) == expected
    output = {"output.weight": SimpleNamespace(shape=())}
    expected["output.weight"] = (61, 32)
    assert expected_shapes(keys, read_settings(keys, "a.gguf"), there | output) == expected


def test_a_billion_announced_blocks_are_not_counted_out():
    assert len(expected_shapes(KEYS, settings(block_count=10**9), {"a": None, "b": None})) == 2 + 2 * 9


def test_as_many_numbers_as_the_limit_and_no_more():
    for more in (0, 1):
        shapes = {"a": (LARGEST // 4, 2), "b": (LARGEST // 2 + more,)}
        tensors = {name: SimpleNamespace(shape=shape) for name, shape in shapes.items()}
        if not more:
            check_shapes(tensors, shapes, "a.gguf")
            continue
        with pytest.raises(ModelFileError) as error:
            check_shapes(tensors, shapes, "a.gguf")
        assert str(error.value) == (
            "models of up to 2,147,483,648 numbers are run here, as fp32; a.gguf has 2,147,483,649."
        )

"""How the heads of a model turn, worked out by hand from what its config.json says."""

import math

import numpy as np
import pytest

from book_utils.models.config import ModelConfig
from book_utils.models.rotations import rotations, scaling, turning

SIZES = {"model_type": "llama", "hidden_size": 64, "num_attention_heads": 4, "num_hidden_layers": 8,
         "max_position_embeddings": 4096}  # fmt: skip
PLAIN = {"layers": 8, "rotary_dim": 16, "base": 10_000, "scaling": None}


def turns(**said):
    return rotations(ModelConfig(SIZES | said))


@pytest.mark.parametrize(("said", "expected"), [
    ({}, [PLAIN]),
    ({"rope_theta": 5e5}, [PLAIN | {"base": 5e5}]),
    ({"rotary_dim": 7}, [PLAIN | {"rotary_dim": 6}]),  # pairs turn: one number is left over
    ({"rotary_dim": 3}, [PLAIN | {"rotary_dim": 2}]),
    ({"rotary_dim": 2}, [PLAIN | {"rotary_dim": 2}]),
    ({"rotary_dim": 1}, []),
    ({"partial_rotary_factor": 0.5}, [PLAIN | {"rotary_dim": 8}]),
    ({"alibi": True}, []),
    ({"position_embedding_type": "absolute"}, []),
    ({"num_hidden_layers": None}, [PLAIN | {"layers": None}]),
])
def test_one_kind_of_layers(said, expected):
    assert turns(**said) == expected


LOCAL = {"rope_local_base_freq": 100.0, "layer_types": ["sliding_attention"] * 5 + ["full_attention"] * 3}


@pytest.mark.parametrize(("said", "every", "local"), [
    ({}, {"layers": 3}, {"layers": 5, "base": 100}),
    ({"rope_scaling": {"type": "linear", "factor": 2}},
     {"layers": 3, "scaling": {"method": "linear", "factor": 2}}, {"layers": 5, "base": 100}),
    ({"layer_types": ["full_attention"] * 8}, {"layers": 8}, {"layers": 0, "base": 100}),
    ({"layer_types": None, "sliding_window_pattern": 4}, {"layers": 2}, {"layers": 6, "base": 100}),
    ({"layer_types": None}, {"layers": None}, {"layers": None, "base": 100}),
    ({"layer_types": None, "hybrid_layer_pattern": [1, 1, 0]}, {"layers": 6}, {"layers": 2, "base": 100}),
    ({"layer_types": None, "hybrid_layer_pattern": [1] * 9}, {"layers": 0}, {"layers": 9, "base": 100}),
    ({"layer_types": None, "compress_ratios": [0, 4, 128, 0, 0, 0, 0, 0]}, {"layers": 6},
     {"layers": 2, "base": 100}),
    ({"global_head_dim": 32}, {"layers": 3, "rotary_dim": 32}, {"layers": 5, "base": 100, "rotary_dim": 16}),
    ({"rope_parameters": {"sliding_attention": {"partial_rotary_factor": 0.7}}}, {"layers": 3},
     {"layers": 5, "base": 100, "rotary_dim": 10}),  # 0.7 x 16 = 11.2: five pairs
])
def test_two_kinds_of_layers(said, every, local):
    assert turns(**LOCAL | said) == [PLAIN | every, PLAIN | local]


def test_only_the_layers_are_stretched_that_the_code_of_the_family_stretches():
    linear = {"method": "linear", "factor": 2}
    said = LOCAL | {"rope_scaling": {"type": "linear", "factor": 2}}
    full, sliding = turns(**said | {"model_type": "olmo3", "rope_local_base_freq": None})
    assert (full["scaling"], sliding["scaling"]) == (linear, None)
    assert full["base"] == sliding["base"] == 500_000 and (full["layers"], sliding["layers"]) == (3, 5)
    (one,) = turns(**LOCAL | {"model_type": "olmo3", "rope_local_base_freq": None})  # nothing to stretch
    assert one["layers"] == 8
    every, local = turns(**said | {"model_type": "deepseek_v4", "partial_rotary_factor": 0.5})
    assert (every["scaling"], local["scaling"]) == (None, {"attention_factor": 1, **linear})


@pytest.mark.parametrize(("said", "expected"), [
    ({"rope_scaling": {"type": "default"}}, None),
    ({"rope_scaling": {"type": "linear", "factor": 8}}, {"method": "linear", "factor": 8}),
    ({"rope_scaling": {"type": "dynamic", "factor": 2, "original_max_position_embeddings": 512}},
     {"method": "dynamic", "factor": 2, "original_max_position_embeddings": 4096}),  # it grows from the context
    ({"rope_scaling": {"type": "yarn", "original_max_position_embeddings": 512}},
     {"method": "yarn", "factor": 8, "original_max_position_embeddings": 512}),
    ({"rope_scaling": {"type": "yarn", "factor": 3, "original_max_position_embeddings": 512}},
     {"method": "yarn", "factor": 3, "original_max_position_embeddings": 512}),
    ({"rope_scaling": {"type": "yarn", "factor": 3}},
     {"method": "yarn", "factor": 3, "original_max_position_embeddings": 4096}),
    ({"rope_scaling": {"type": "su", "original_max_position_embeddings": 1024, "short_factor": [1],
                       "long_factor": [2]}},
     {"method": "longrope", "factor": 4, "original_max_position_embeddings": 1024, "short_factor": [1],
      "long_factor": [2]}),
    ({"rope_scaling": {"type": "linear", "original_max_position_embeddings": 1024}},
     {"method": "linear", "original_max_position_embeddings": 1024}),  # a factor is not worked out for it
    ({"rope_scaling": {"type": "proportional"}}, {"method": "proportional", "head_dim": 16}),
    ({"rope_scaling": {"type": "proportional"}, "global_head_dim": 32}, {"method": "proportional", "head_dim": 32}),
])
def test_the_method_and_its_numbers(said, expected):
    assert scaling(ModelConfig(SIZES | said)) == expected


def rotation(rotary_dim=8, base=10_000, method=None):
    return {"rotary_dim": rotary_dim, "base": base, "scaling": method}


def test_a_turn_takes_as_many_tokens_as_its_pair_says():
    """The last of 4 pairs turns by 10,000 ** -(6 / 8) a token."""
    found = turning(rotation(), context=100)
    slowest = 2 * math.pi * 10_000 ** (6 / 8)
    assert found == {"pairs": 4, "full": 2, "slowest": pytest.approx(slowest), "plain": pytest.approx(slowest)}
    stretched = turning(rotation(method={"method": "linear", "factor": 4}), context=100)
    assert stretched["slowest"] == pytest.approx(4 * slowest) and stretched["plain"] == pytest.approx(slowest)
    assert stretched["full"] == sum(100 * 10_000 ** -(2 * i / 8) / 4 >= 2 * math.pi for i in range(4)) == 1
    assert turning(rotation())["full"] is None


def test_just_one_whole_turn_is_a_turn():
    assert turning(rotation(base=1), context=2 * np.pi)["full"] == 4
    assert turning(rotation(base=1), context=2 * np.pi * 0.999)["full"] == 0


def test_what_cannot_turn_has_no_turns():
    assert turning(rotation(base=1)) and turning(rotation(rotary_dim=2))
    assert turning(rotation(base=0.999)) is None
    assert turning(rotation(rotary_dim=None)) is turning(rotation(rotary_dim=0)) is None
    assert turning(rotation(method={"method": "linear"})) is None  # without its factor


def test_a_proportional_one_is_compared_with_itself():
    found = turning(rotation(method={"method": "proportional", "head_dim": 16}))
    assert found["plain"] == found["slowest"]

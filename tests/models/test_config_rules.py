"""What follows from the keys of a config.json, worked out by hand: each number and the keys that it came from."""

import pytest

from book_utils.models.config import ModelConfig

ROTARY = {"rope_theta": 10_000.0}


def check(name, config, expected):
    """Compare a fact with (value, key), or with None where the file does not say it."""
    fact = ModelConfig(config).facts[name]
    assert (fact.value, fact.key) == (expected or (None, ""))


@pytest.mark.parametrize(("config", "expected"), [
    ({"vocab_size": 100}, (100, "vocab_size")),
    ({"vocab_size": 100, "padded_vocab_size": 128}, (128, "padded_vocab_size")),
    ({"padded_vocab_size": 128}, (128, "padded_vocab_size")),
    ({"vocab_size": 100, "additional_vocab_size": 7}, (107, "vocab_size + additional_vocab_size")),
    ({"vocab_size": 100, "additional_vocab_size": 0}, (100, "vocab_size")),
    ({"vocab_size": 100, "model_type": "mllama_text_model"}, (108, "vocab_size + 8")),
    ({"vocab_size": 100, "additional_vocab_size": 7, "model_type": "mllama_text_model"},
     (107, "vocab_size + additional_vocab_size")),
    ({"vocab_size": 100, "pad_vocab_size_multiple": 64},
     (128, "vocab_size, up to a multiple of pad_vocab_size_multiple")),
    ({"vocab_size": 129, "pad_vocab_size_multiple": 64},
     (192, "vocab_size, up to a multiple of pad_vocab_size_multiple")),
    ({"vocab_size": 128, "pad_vocab_size_multiple": 64}, (128, "vocab_size")),
    ({"vocab_size": 100, "embedding_size": 128}, (128, "embedding_size")),  # as in the OLMo kin: padded rows
    ({"vocab_size": 100, "embedding_size": 100}, (100, "embedding_size")),
    ({"vocab_size": 100, "embedding_size": 99}, (100, "vocab_size")),
    ({"vocab_size": 100, "embedding_size": 128, "model_type": "hf_olmo"}, (128, "embedding_size")),
    ({"vocab_size": 100, "embedding_size": 128, "model_type": "albert"}, (100, "vocab_size")),
    ({"vocab_size": 100, "model_type": "hubert"}, None),  # no token goes in
    ({}, None),
])
def test_rows(config, expected):
    check("rows", config, expected)


@pytest.mark.parametrize(("config", "expected"), [
    ({"hidden_size": 64}, (64, "hidden_size")),
    ({"hidden_size": 64, "vocab_size": 100, "embedding_size": 16}, (16, "embedding_size")),
    ({"hidden_size": 64, "vocab_size": 100, "embedding_size": 128}, (64, "hidden_size")),
    ({"vocab_size": 100, "embedding_size": 16, "model_type": "albert"}, (16, "embedding_size")),
    ({}, None),
])
def test_the_width_of_a_table(config, expected):
    check("table_width", config, expected)


@pytest.mark.parametrize(("config", "expected"), [
    ({"n_positions": 514}, (514, "n_positions")),
    ({"n_positions": 514, "model_type": "camembert"}, (512, "n_positions - 2")),
    ({"n_positions": 3, "model_type": "camembert"}, (1, "n_positions - 2")),
    ({"n_positions": 2, "model_type": "camembert"}, (2, "n_positions")),
    ({"model_type": "camembert"}, None),
])
def test_the_context(config, expected):
    check("context", config, expected)


@pytest.mark.parametrize(("config", "expected"), [
    ({"hidden_size": 64, "num_attention_heads": 4}, (16, "hidden_size / num_attention_heads")),
    ({"hidden_size": 64, "num_attention_heads": 4, "head_dim": 32}, (32, "head_dim")),
    ({"hidden_size": 64, "num_attention_heads": 3}, None),
    ({"hidden_size": 64}, None),
    ({"num_attention_heads": 4}, None),
    ({"hidden_size": 64, "num_attention_heads": 4, "model_type": "zamba"},
     (32, "2 x hidden_size / num_attention_heads")),
    ({"hidden_size": 64, "num_attention_heads": 4, "head_dim": 16, "model_type": "zamba"},
     (32, "2 x hidden_size / num_attention_heads")),
    ({"hidden_size": 6, "num_attention_heads": 4, "model_type": "zamba"}, (3, "2 x hidden_size / num_attention_heads")),
    ({"hidden_size": 64, "num_attention_heads": 4, "model_type": "qwen3_next"}, None),  # its code has a width
    ({"qk_rope_head_dim": 64, "qk_nope_head_dim": 128, "head_dim": 64}, (192, "qk_nope_head_dim + qk_rope_head_dim")),
    ({"qk_rope_head_dim": 64, "qk_nope_head_dim": 0, "head_dim": 64}, (64, "head_dim")),
    ({"qk_rope_head_dim": 64, "head_dim": 64}, (64, "head_dim")),
])
def test_the_width_of_a_head(config, expected):
    check("head_dim", config, expected)


@pytest.mark.parametrize(("config", "expected"), [
    ({"num_hidden_layers": 5, "hidden_size_per_layer_input": 8},
     (40, "num_hidden_layers x hidden_size_per_layer_input")),
    ({"num_hidden_layers": 5, "hidden_size_per_layer_input": 0}, None),
    ({"num_hidden_layers": 5}, None), ({"hidden_size_per_layer_input": 8}, None),
])
def test_the_numbers_of_a_row_over_the_layers(config, expected):
    check("per_layer_numbers", config, expected)


@pytest.mark.parametrize(("config", "expected"), [
    ({"tie_word_embeddings": True}, (False, "tie_word_embeddings")),
    ({"tie_word_embeddings": False}, (True, "tie_word_embeddings")),
    ({}, None),
    ({"tie_word_embeddings": False, "architectures": ["MistralModel"], "model_type": "mistral"},
     (False, "architectures: MistralModel")),
    ({"tie_word_embeddings": False, "architectures": ["MistralForCausalLM"], "model_type": "mistral"},
     (True, "tie_word_embeddings")),
    ({"tie_word_embeddings": False, "architectures": ["XForSequenceClassification"]},
     (False, "architectures: XForSequenceClassification")),
    ({"tie_word_embeddings": False, "architectures": ["XForCausalLM", "XRewardModel"]},
     (False, "architectures: XRewardModel")),
])
def test_whether_there_is_an_output_table(config, expected):
    check("output_table", config, expected)


@pytest.mark.parametrize(("config", "expected"), [
    ({"rope_theta": 5e5}, (500_000, "rope_theta")),
    ({"model_type": "chatglm", "rope_ratio": 50}, (500_000, "ChatGLMConfig: 10,000 x rope_ratio")),
    ({"model_type": "chatglm", "rope_ratio": 50, "rope_theta": 7}, (7, "rope_theta")),
    ({"rope_ratio": 50}, None),
])
def test_the_base(config, expected):
    check("base", config, expected)


@pytest.mark.parametrize(("config", "expected"), [
    ({"rope_theta": 5e5}, None),  # a sign, and no family that says what follows
    ({"alibi": True, "rope_theta": 5e5}, ("ALiBi", "alibi")),
    ({"alibi": False, "model_type": "llama", "rope_theta": 5e5}, ("rotary", "rope_theta")),
    ({"rope": True}, ("rotary", "rope")),
    ({"rope": False, "model_type": "llama"}, None),
    ({"alibi": False, "model_type": "bloom"}, None),
    ({"position_biased_input": False}, ("relative", "position_biased_input")),
    ({"position_biased_input": True}, None),
    ({"position_embedding_type": "nope"}, ("none", "position_embedding_type")),
    ({"position_embedding_type": "absolute", "model_type": "modernbert", "rope_theta": 5}, ("rotary", "rope_theta")),
    ({"mla_use_nope": True}, ("none", "mla_use_nope")), ({"mla_use_nope": False}, None),
    ({"qk_rope_head_dim": 0, "qk_nope_head_dim": 128}, ("none", "qk_rope_head_dim")),
    ({"qk_rope_head_dim": 0, "qk_nope_head_dim": 0}, None),
    ({"qk_rope_head_dim": 8, "qk_nope_head_dim": 8}, None),
    ({"model_type": "t5", "relative_attention_num_buckets": 32}, ("relative", "relative_attention_num_buckets")),
    ({"model_type": "t5"}, None),
    ({"model_type": "gpt2", "rope_theta": 5e5}, None),
])
def test_how_places_are_told_apart(config, expected):
    check("position", config, expected)


@pytest.mark.parametrize(("config", "default", "note"), [
    ({"model_type": "bloom"}, "ALiBi", ""), ({"model_type": "bloom", "alibi": False}, None, "no key of the file says"),
    ({"model_type": "bloom", "rope": False}, "ALiBi", ""), ({"model_type": "llama", "alibi": False}, "rotary", ""),
    ({"model_type": "llama", "rope": False}, None, "no key of the file says"),
    ({"model_type": "llama", "rope_theta": 5, "rope": False}, None, "no key of the file says"),
    ({"model_type": "gpt2", "rope_theta": 5}, "learned", ""), ({"model_type": "t5"}, "relative", ""),
    ({"model_type": "baichuan"}, None, "no key of the file says"),
    ({"model_type": "new"}, None, ""), ({}, None, ""),
    ({"model_type": "new", "rotary_dim": 8, "rope_theta": 5}, None, "the file has rope_theta, but its family is not"),
])
def test_how_places_are_told_apart_where_no_key_says_it(config, default, note):
    fact = ModelConfig(config).position
    assert (fact.value, fact.default, bool(fact.note)) == (None, default, bool(note)) and note in fact.note


LLAMA = ROTARY | {"model_type": "llama", "num_hidden_layers": 10}
HEADS = LLAMA | {"head_dim": 64}


@pytest.mark.parametrize(("config", "expected"), [
    (LLAMA | {"rotary_dim": 32}, (32, "rotary_dim")),
    (LLAMA | {"qk_rope_head_dim": 32, "qk_nope_head_dim": 64, "rotary_dim": 16}, (32, "qk_rope_head_dim")),
    (HEADS | {"partial_rotary_factor": 0.5}, (32, "partial_rotary_factor of head_dim")),
    (HEADS | {"partial_rotary_factor": 0.3}, (19, "partial_rotary_factor of head_dim")),
    (HEADS | {"partial_rotary_factor": 0.5, "global_head_dim": 128}, (64, "partial_rotary_factor of global_head_dim")),
    (HEADS | {"qk_rope_head_dim": 0}, (64, "head_dim")),
    (HEADS | {"qk_rope_head_dim": 8, "partial_rotary_factor": 0.5}, (8, "qk_rope_head_dim")),
    ({"head_dim": 64, "rotary_dim": 32}, None),
])
def test_how_many_numbers_turn(config, expected):
    check("rotary_dims", config, expected)


FULL, MAMBA = "full_attention", "mamba"


@pytest.mark.parametrize(("config", "value"), [
    ({}, 10),
    ({"no_rope_layers": [1, 0, 1, 1]}, 3),
    ({"attn_type_list": [1, 0, 0]}, 1),
    ({"attn_layer_indices": [4, 9]}, 2),
    ({"no_rope_layers": [1, 0], "attn_layer_indices": [4, 9]}, 1),
    ({"layer_types": [FULL, MAMBA, FULL, "conv"]}, 2),
    ({"layer_types": ["sliding_attention", FULL]}, 2),
    ({"layer_types": [FULL, "new"]}, None),
    ({"layer_types": [FULL, "new"], "full_attention_interval": 5}, 2),
    ({"block_types": ["recurrent", "recurrent", "attention"]}, 3),  # 10 = 3 rounds and one more
    ({"block_types": ["attention", "recurrent", "recurrent"]}, 4),
    ({"block_types": ["attention", "recurrent"], "num_hidden_layers": 4}, 2),
    ({"full_attention_interval": 4}, 2), ({"full_attention_interval": 5}, 2),
    ({"no_rope_layer_interval": 4}, 8), ({"no_rope_layer_interval": 5}, 8), ({"no_rope_layer_interval": 3}, 7),
    ({"cross_attention_layers": [3, 8]}, 8),
    ({"model_type": "exaone4", "sliding_window": None}, 10),
    ({"model_type": "exaone4", "layer_types": ["sliding_attention"] * 3 + [FULL]}, 3),
    ({"model_type": "cohere2", "sliding_window_pattern": 4}, 8),
    ({"model_type": "smollm3"}, 8), ({"model_type": "qwen3_next"}, 2),
    ({"position_embedding_type": "alibi"}, None),
])
def test_how_many_layers_turn(config, value):
    assert ModelConfig(LLAMA | config).rotary_layers.assumed == value


def test_kinds_of_layers_that_are_not_known_are_named():
    config = ModelConfig(LLAMA | {"layer_types": ["new", FULL, "newer", "new", MAMBA]})
    assert config.rotary_layers.note == "not known: whether layers of the kind new, newer turn"
    assert not ModelConfig(LLAMA | {"layer_types": [FULL, MAMBA]}).rotary_layers.note


@pytest.mark.parametrize(("config", "value"), [
    ({"rope_local_base_freq": 5, "layer_types": ["sliding_attention", FULL, FULL]}, 1),
    ({"layer_types": ["sliding_attention", FULL, FULL]}, None),  # all of one base
    ({"model_type": "olmo3", "layer_types": ["sliding_attention", FULL, FULL]}, 1),
    ({"rope_local_base_freq": 5, "hybrid_layer_pattern": [1, 1, 0], "layer_types": [FULL] * 3}, 2),
    ({"rope_local_base_freq": 5, "compress_ratios": [0, 4, 128, 0.5, 0]}, 3),
    ({"rope_local_base_freq": 5, "sliding_window_pattern": 6}, 9),
    ({"rope_local_base_freq": 5, "sliding_window_pattern": 5}, 8),
    ({"rope_local_base_freq": 5, "sliding_window_pattern": 6, "num_hidden_layers": None}, None),
    ({"rope_local_base_freq": 5}, None),
])
def test_how_many_layers_turn_by_the_second_base(config, value):
    assert ModelConfig(LLAMA | config).local_layers.assumed == value


@pytest.mark.parametrize(("config", "value", "default"), [
    ({"rope_scaling": {"type": "su"}}, "longrope", None), ({"rope_scaling": {"type": "mrope"}}, "none", None),
    ({"rope_scaling": {"type": "yarn"}}, "yarn", None), ({"rope_scaling": {"type": "new"}}, "new", None),
    ({"rope_scaling": {"type": "yarn"}, "model_type": "phi3"}, "longrope", None),
    ({}, None, "none"), ({"model_type": "apertus"}, None, "llama3"),
    ({"rope_scaling": {"type": "yarn"}, "position_embedding_type": "alibi"}, None, None),
])
def test_the_method_of_stretching(config, value, default):
    fact = ModelConfig(LLAMA | config).scaling
    assert (fact.value, fact.default, bool(fact.note)) == (value, default, value == "new")


def test_two_words_for_one_method_do_not_disagree():
    for other, differ in (("longrope", ()), ("yarn", (("rope_scaling.type", "yarn"),))):
        said = {"rope_scaling": {"rope_type": "su", "type": other}}
        assert ModelConfig(LLAMA | said).scaling.others == differ

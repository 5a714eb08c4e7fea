"""Parameters counted from a config.json, against a list of every matrix and vector that its family has."""

import pytest

from book_utils.models.config import ModelConfig
from book_utils.models.config_keys import ConfigError
from book_utils.models.parameters import parameters, per_layer_numbers, table_numbers, table_share
from book_utils.models.unusual import unusual

D, ROWS, LAYERS, HEADS, KEYS, HEAD, INNER = 24, 100, 3, 4, 2, 8, 50
LLAMA = {"model_type": "llama", "hidden_size": D, "vocab_size": ROWS, "num_hidden_layers": LAYERS, "head_dim": HEAD,
         "num_attention_heads": HEADS, "num_key_value_heads": KEYS, "intermediate_size": INNER}  # fmt: skip


def llama(attention_bias, mlp_bias, tied, heads_of_keys=KEYS):
    """List the shapes of a checkpoint of Llama's kind."""
    queries, keys = HEADS * HEAD, heads_of_keys * HEAD
    block = [(D,), (D,), (queries, D), (keys, D), (keys, D), (D, queries), (INNER, D), (INNER, D), (D, INNER)]
    block += [(queries,), (keys,), (keys,), (D,)] if attention_bias else []
    block += [(INNER,), (INNER,), (D,)] if mlp_bias else []
    return [(ROWS, D), *block * LAYERS, (D,)] + ([] if tied else [(ROWS, D)])


def size(shapes):
    return sum(shape[0] * (shape[1] if len(shape) > 1 else 1) for shape in shapes)


@pytest.mark.parametrize("attention_bias", [False, True])
@pytest.mark.parametrize("mlp_bias", [False, True])
@pytest.mark.parametrize("tied", [False, True])
def test_a_model_of_llamas_kind(attention_bias, mlp_bias, tied):
    said = {"attention_bias": attention_bias, "mlp_bias": mlp_bias, "tie_word_embeddings": tied}
    assert parameters(ModelConfig(LLAMA | said)).value == size(llama(attention_bias, mlp_bias, tied))


def test_without_keys_of_their_own_there_are_as_many_as_heads():
    config = ModelConfig({name: value for name, value in LLAMA.items() if name != "num_key_value_heads"})
    assert parameters(config).value == size(llama(False, False, False, heads_of_keys=HEADS))


@pytest.mark.parametrize("inner", [None, 50])
def test_gpt2_is_four_times_as_wide_inside_unless_it_says_otherwise(inner):
    wide = inner or 4 * D
    block = [(D,)] * 4 + [(D, 3 * D), (3 * D,), (D, D), (D,), (D, wide), (wide,), (wide, D), (D,)]
    shapes = [(ROWS, D), (77, D), *block * LAYERS, (D,), (D,)]
    sizes = {"n_embd": D, "vocab_size": ROWS, "n_layer": LAYERS, "n_head": HEADS, "n_positions": 77, "n_inner": inner}
    found = parameters(ModelConfig({"model_type": "gpt2", **sizes}))
    assert found.value == size(shapes) and "absent, so by its code: tied true" in found.key


@pytest.mark.parametrize("types", [None, 1, 5])
def test_bert_has_kinds_of_text_a_pooler_and_no_head(types):
    block = [(D, D), (D,)] * 4 + [(D,)] * 4 + [(INNER, D), (INNER,), (D, INNER), (D,)]
    shapes = [(ROWS, D), (77, D), (2 if types is None else types, D), (D,), (D,), *block * LAYERS, (D, D), (D,)]
    sizes = {"hidden_size": D, "vocab_size": ROWS, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS,
             "intermediate_size": INNER, "max_position_embeddings": 77, "type_vocab_size": types}
    found = parameters(ModelConfig({"model_type": "bert", **sizes}))
    assert found.value == size(shapes) and "tied" not in found.key


def test_gptj_has_a_biased_head():
    block = [(D,), (D,)] + [(D, D)] * 4 + [(4 * D, D), (4 * D,), (D, 4 * D), (D,)]
    shapes = [(ROWS, D), *block * LAYERS, (D,), (D,), (ROWS, D), (ROWS,)]
    sizes = {"n_embd": D, "vocab_size": ROWS, "n_layer": LAYERS, "n_head": HEADS}
    assert parameters(ModelConfig({"model_type": "gptj", **sizes})).value == size(shapes)


def test_what_is_missing_is_named():
    config = ModelConfig({name: value for name, value in LLAMA.items() if name != "num_hidden_layers"})
    with pytest.raises(ConfigError, match="^counting parameters needs the layers; this config.json does not say it"):
        parameters(config)
    with pytest.raises(ConfigError, match=r"^the shapes are known here for the model_type \w+, .*; got new "):
        parameters(ModelConfig(LLAMA | {"model_type": "new"}))


def test_what_was_assumed_is_said_and_nothing_else():
    assert parameters(ModelConfig(LLAMA)).key == "shapes of LlamaConfig; absent, so by its code: tied false"
    assert parameters(ModelConfig(LLAMA | {"tie_word_embeddings": False})).key == "shapes of LlamaConfig"


TIED = ModelConfig({"vocab_size": 100, "hidden_size": 8, "tie_word_embeddings": True})


def test_a_share_is_at_most_the_whole():
    assert table_share(TIED, total=1600) == 0.5 and table_share(TIED, total=800) == 1
    with pytest.raises(ConfigError) as error:
        table_share(TIED, total=799)
    assert str(error.value) == "the tables have 800 numbers, more than the whole has, 799: one is wrong."


@pytest.mark.parametrize("missing", ["vocab_size", "hidden_size", "tie_word_embeddings"])
def test_a_share_needs_all_three(missing):
    said = {"vocab_size": 100, "hidden_size": 8, "tie_word_embeddings": False}
    assert table_numbers(ModelConfig(said)) == 2 * 800
    with pytest.raises(ConfigError, match=r"^a share needs rows, width and tied; this config.json does not say all"):
        table_numbers(ModelConfig({name: value for name, value in said.items() if name != missing}))


def test_tables_by_layer_need_rows_and_numbers():
    said = {"hidden_size_per_layer_input": 4, "vocab_size_per_layer_input": 10, "num_hidden_layers": 3}
    assert per_layer_numbers(ModelConfig(said)) == 4 * 10 * 3
    for missing in said:
        assert per_layer_numbers(ModelConfig({name: said[name] for name in said if name != missing})) == 0


PLAIN = LLAMA | {"hidden_size": 32, "rope_theta": 10_000.0}


@pytest.mark.parametrize(("config", "total", "start"), [
    ({}, None, "Nothing about its table"),
    ({}, 12_800, "50.0% of its numbers"), ({}, 12_801, "Nothing about its table"),  # two tables of 3,200
    ({"tie_word_embeddings": True}, 6_400, "50.0% of its numbers"),
    ({"tie_word_embeddings": True}, 6_401, "Nothing about its table"),
    ({"tie_word_embeddings": True}, 3_200, "100.0% of its numbers"),
    ({"tie_word_embeddings": True}, 3_199, "Nothing about its table"),  # it cannot be: so it is not said
    ({"num_attention_heads": 5}, None,
     "Its heads together are wider than the model: 5 heads of 8 make 40, and the width is 32."),
    ({"hidden_size": 31}, None, "Its heads together are wider than the model: 4 heads of 8 make 32, and the width is"),
    ({"hidden_size_per_layer_input": 4, "vocab_size_per_layer_input": 10}, None,
     "Each token has a row for every layer as well: tables of 10 rows and 12 numbers a token, 120 in all."),
    ({"hidden_size": 33}, None, "Nothing about its table"),
    ({"rotary_dim": 6}, None, "6 of the 8 numbers of a head turn."), ({"rotary_dim": 8}, None, "Nothing"),
    ({"no_rope_layers": [1, 1, 0]}, None, "2 of 3 layers use positions."),
    ({"no_rope_layers": [1, 1, 1]}, None, "Nothing"),
    ({"rope_scaling": {"type": "linear", "factor": 4}}, None, "Its positions are stretched 4 times, by linear."),
    ({"rope_scaling": {"type": "default"}}, None, "Nothing"),
    ({"embedding_size": 31}, None, "A row has 31 numbers, and the model is 32 wide."),
    ({"embedding_size": 32}, None, "Nothing"),
    ({"additional_vocab_size": 7}, None, "Its table has more rows than there are tokens: 107"),
    ({"rope_local_base_freq": 100.0, "sliding_window_pattern": 3}, None, "It has two rotary bases: 10,000 and 100."),
    ({"rope_local_base_freq": 10_000.0, "sliding_window_pattern": 3}, None, "Nothing"),
    ({"position_embedding_type": "nope"}, None, "None of its layers has positions."),
    ({"vocab_size": None}, None, "Too little is known"),
])
def test_what_is_just_unusual_and_what_is_not(config, total, start):
    said = unusual(ModelConfig(PLAIN | config), total)
    assert said.startswith(start), said

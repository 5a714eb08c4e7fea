"""What a config.json says: every family's names, where each value stands, and files that lie."""

import json
import re

import pytest
from config_corpus import corpus
from hypothesis import given, settings
from hypothesis import strategies as st
from places import PACKAGE

from book_utils.models.config import Fact, ModelConfig
from book_utils.models.config_keys import ConfigError, check_shape, config_keys, find, parse_config
from book_utils.models.parameters import parameters, per_layer_numbers, table_numbers, table_share
from book_utils.models.public_models import config_of
from book_utils.models.unusual import unusual

MODELS = json.loads((PACKAGE / "data" / "models.json").read_text())["models"]
ENTRIES = corpus()


def read(name):
    return ModelConfig(ENTRIES[name]["config"])


@pytest.mark.parametrize("name", ENTRIES)
def test_the_corpus_is_read_right(name):
    """Each fact beside a file was written by hand, from the family's own code or papers, not by the reader."""
    entry, config = ENTRIES[name], read(name)
    for fact, right in entry["says"].items():
        value, key = right if isinstance(right, list) and isinstance(right[-1], str) else (right, None)
        found = config.facts[fact]
        assert (found.value, found.key) == (value, key or found.key) and found.key, (fact, found)
    for fact, default in entry.get("by_code", {}).items():
        found = config.facts[fact]
        assert (found.value, found.default) == (None, default) and found.default_from, (fact, found)
    for fact in entry.get("unknown", []):
        assert config.facts[fact].assumed is None, (fact, config.facts[fact])


def test_the_corpus_is_large_and_says_where_it_is_from():
    families = {entry["config"].get("text_config", entry["config"]).get("model_type", name)
                for name, entry in ENTRIES.items()}
    assert len(ENTRIES) >= 120 and len(families) >= 100
    assert all(entry["source"] and {*entry} <= {"source", "about", "config", "says", "by_code", "unknown"}
               for entry in ENTRIES.values())
    agreeing = [name for name in ENTRIES if name not in ("disagreeing", "mobilellm_125m")]
    for name in agreeing:
        assert not any(fact.others for fact in read(name).facts.values()), name


def test_no_share_is_above_one():
    assert round(table_share(read("albert_share"), total=11_683_584), 3) == 0.329  # not 1.97: a row has 128 numbers
    with pytest.raises(ConfigError, match="more than the whole has, 1,000: one is wrong"):
        table_share(read("albert_share"), total=1_000)
    for name in ENTRIES:
        try:
            assert 0 < table_share(read(name)) <= 1, name
        except ConfigError as problem:
            assert str(problem).endswith("."), name


def test_a_model_without_output_has_one_table():
    """Mistral 7B as an embedding model, tied false: 1.8% and not 3.6%, though the flag says two tables."""
    whole, base = read("mistral_7b_v01"), read("mistral_base_model")
    assert round(100 * table_share(whole), 1) == 3.6 and round(100 * table_share(base), 1) == 1.8
    assert parameters(whole).value - parameters(base).value == 32000 * 4096
    assert table_share(read("mistral_classifier")) == table_share(base)


def test_tables_by_layer_are_counted():
    """Gemma 4 E2B: 35 layers of 256 numbers for each of 262,144 tokens, beside 262,144 rows of 1,536."""
    config = read("gemma4_e2b")
    assert per_layer_numbers(config) == 262_144 * 35 * 256 == 2_348_810_240
    assert table_numbers(config) == 2_348_810_240 + 262_144 * 1536
    assert per_layer_numbers(read("gemma4_dense")) == per_layer_numbers(read("gemma_2b")) == 0


@pytest.mark.parametrize(("name", "sentence"), [
    ("smollm3_3b", "27 of 36 layers use positions."), ("mamba_130m_hf", "None of its layers has positions."),
    ("qwen3_6_27b_interval_only", "16 of 64 layers use positions."), ("wav2vec2_base", "No token goes in"),
    ("gemma4_e2b", "Each token has a row for every layer as well"), ("gemma3_270m", "62.6% of its numbers"),
    ("albert", "A row has 128 numbers, and the model is 768 wide."), ("bloom_560m", "Nothing about its table"),
    ("molmo_7b_d", "Its table has more rows than there are tokens: 152,192"), ("never_seen", "Too little is known"),
    ("llama_3_1_8b", "Its positions are stretched 8 times, by llama3."), ("pythia_70m", "73.1% of its numbers"),
    ("glm4_0414", "64 of the 128 numbers of a head turn."), ("qwen3_30b_a3b", "Its heads together are wider"),
])
def test_what_is_unusual_is_one_sentence(name, sentence):
    config = read(name)
    try:
        total = parameters(config).value
    except ConfigError:
        total = None
    said = unusual(config, total)
    assert said.startswith(sentence) and said.count(". ") == 0 and said.endswith(".")


def test_what_is_not_known_says_why():
    for name, fact in (("never_seen", "position"), ("baichuan2_7b", "position"), ("mpt_neither", "position"),
                       ("wav2vec2_base", "rows"), ("unknown_layers", "rotary_layers"), ("unknown_scaling", "scaling")):
        assert "known" in read(name).facts[fact].note, name
    assert "two codes share this name" in read("baichuan2_7b").position.source
    assert "not read: what stands under intermediate_size" in read("gemma3n_e2b").inner.note.replace("text_config.", "")


def test_what_no_key_says_has_a_source():
    for family, entry in config_keys()["families"].items():
        odd = {"extra_rows", "context_offset", "head_factor", "no_table", "embedding_is_rows", "layers_with_rope",
               "window_decides", "scaling_is_local"} & {*entry}
        assert not odd or entry.get("why"), family
        assert "like" in entry or entry["code"].endswith("Config"), family
        assert config_keys()["families"].get(entry.get("like"), {"code": 1}).get("code"), family


def test_keys_that_disagree_are_both_shown():
    config = read("disagreeing")
    assert config.tied.value is False and config.tied.others == (("tie_word_embeddings", True),)
    assert config.width.others == (("n_embd", 1024),)
    assert repr(config.rows) == "1,024 (text_config.vocab_size, but vocab_size says 1,000)"
    assert config.base.others == (("rope_theta", 10000),)
    assert (config.rotary_dims.value, config.rotary_dims.others[0][1]) == (16, 32)
    assert (config.rotary_layers.value, config.rotary_layers.others[0][1]) == (1, 2)


def test_a_default_is_never_a_value():
    """Take any key out: its fact turns absent, and no other key's value takes its place unseen."""
    for name, entry in ENTRIES.items():
        original = entry["config"]
        for key in original:
            if key in ("model_type", "text_config"):
                continue
            config = ModelConfig({other: value for other, value in original.items() if other != key})
            for fact in config.facts.values():
                assert not re.search(rf"(?<![\w.]){key}\b", fact.key), (name, key, fact)


def test_a_family_with_its_own_head_width_is_not_divided():
    config = ModelConfig({"model_type": "qwen3", "hidden_size": 1024, "num_attention_heads": 16})
    assert repr(config.head_dim) == "absent (by Qwen3Config: 128)"  # not 1,024 / 16


def test_the_last_resort_counts_only_alone():
    assert ModelConfig({"hidden_dim": 512}).width.value == 512
    assert repr(ModelConfig({"dim": 768, "hidden_dim": 3072}).width) == "768 (dim)"


@pytest.mark.parametrize(
    "name, rows, width, tied, base, context",
    [  # from public tables, not from our files
        ("GPT-2 XL", 50257, 1600, None, None, 1024),
        ("Pythia 6.9B", 50432, 4096, False, 10000, 2048),
        ("Llama 3 8B", 128256, 4096, False, 500000, 8192),
        ("Llama 3 70B", 128256, 8192, False, 500000, 8192),
        ("Mistral 7B v0.1", 32000, 4096, False, 10000, 32768),
        ("Qwen2.5 7B", 152064, 3584, False, 1e6, 131072),
        ("Qwen3 4B 2507", 151936, 2560, True, 5e6, 262144),
        ("Qwen3.6 27B", 248320, 5120, None, 1e7, 262144),
        ("Gemma 3 270M", 262144, 640, None, 1e6, 32768),
        ("DeepSeek-V3", 129280, 7168, False, 10000, 163840),
        ("Phi-4-mini", 200064, 3072, True, 10000, 131072),
        ("SmolLM2 1.7B", 49152, 2048, True, 130000, 8192),
        ("SmolLM 135M", 49152, 576, True, 10000, 2048),
        ("BERT base uncased", 30522, 768, None, None, 512),
    ],
)
def test_the_listed_models(name, rows, width, tied, base, context):
    config = ModelConfig(next(model["config"] for model in MODELS if model["name"] == name))
    facts = config.rows, config.width, config.tied, config.base, config.context
    assert [fact.value for fact in facts] == [rows, width, tied, base, context]


def test_the_list_of_models_marks_what_is_not_certain():
    names = [model["name"] for model in MODELS]
    assert len(names) == len({*names}) >= 50
    known = {*config_keys()["facts"], "all", "parameters"}
    for model in MODELS:
        assert model["sources"] and model["parameters_from"], model["name"]
        assert {*model.get("uncertain", {})} <= known, model["name"]
    second_hand = [model for model in MODELS if {*model["sources"]} <= {"L", "R", "C", "I"}]
    assert all("all" in model["uncertain"] for model in second_hand)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model["name"])
def test_counted_parameters_are_the_published_ones(model):
    config = (
        model["config"] if model["name"] != "GPT-2 XL" else {"model_type": "gpt2", **model["config"]}
    )  # its page has none
    config = ModelConfig(config)
    if "shapes" in config.family:
        assert parameters(config).value == model["parameters"]
    else:
        with pytest.raises(ConfigError, match="the shapes are known here for"):
            parameters(config)


def test_parameters_equal_a_list_of_every_matrix():
    """Pythia-70M spelled out: names and shapes of a GPT-NeoX checkpoint."""
    d, inner, rows = 512, 2048, 50304
    block = [
        (d,),
        (d,),
        (d,),
        (d,),
        (3 * d, d),
        (3 * d,),
        (d, d),
        (d,),
        (inner, d),
        (inner,),
        (d, inner),
        (d,),
    ]
    shapes = [(rows, d), *block * 6, (d,), (d,), (rows, d)]
    total = sum(shape[0] * (shape[1] if len(shape) > 1 else 1) for shape in shapes)
    config = read("pythia_70m")
    assert parameters(config).value == total
    assert table_share(config) == 2 * rows * d / total


def test_shares_and_what_was_assumed():
    for name, share in ("pythia_70m", 0.731), ("llama_2_7b", 0.039), ("gpt2", 0.310):
        assert round(table_share(read(name)), 3) == share
    assert parameters(read("gpt2")).key.endswith(
        "absent, so by its code: tied true"
    )
    with pytest.raises(ConfigError, match="counting parameters needs the width"):
        parameters(read("llava_1_5_7b"))
    with pytest.raises(ConfigError, match="rows, width and tied"):
        table_share(read("gpt2_xl_without_model_type"), total=1_557_611_200)


def test_table_shape_says_what_is_missing():
    assert read("albert").table_shape == (30000, 128)
    with pytest.raises(ConfigError, match="the table's width must .* this file has none of hidden_size"):
        _ = read("llava_1_5_7b").table_shape
    with pytest.raises(AttributeError, match="no fact called 'vocabulary'"):
        _ = ModelConfig({}).vocabulary


@pytest.mark.parametrize(
    "contents, sentence",
    [
        ("[1, 2]", "must hold one JSON object"),
        ("", "must hold JSON"),
        ('"gpt2"', "one JSON object"),
        ("{" * 5, "must hold JSON"),
        ("[" * 10_000 + "]" * 10_000, "nested too deep"),
        ('{"a":' * 10_000 + "1" + "}" * 10_000, "nested too deep"),
        ('{"a":' * 150 + "1" + "}" * 150, "a few levels deep"),
        ('{"vocab_size": NaN}', "whole number from 1 .* got nan"),
        ('{"rope_theta": Infinity}', "a number above 0.* got inf"),
        ('{"vocab_size": "50257"}', "vocab_size must be a whole number from 1 .* got '50257'"),
        ('{"vocab_size": -5}', "got -5"),
        ('{"vocab_size": 0}', "got 0"),
        ('{"vocab_size": 1e30}', "got 1e[+]30"),
        ('{"vocab_size": 1' + "0" * 30 + "}", "whole number"),
        ('{"vocab_size": 1' + "0" * 5000 + "}", "must hold JSON"),
        ('{"vocab_size": 1e999}', "got inf"),
        ('{"n_embd": 7.5}', "got 7.5"),
        ('{"n_embd": true}', "got True"),
        ('{"tie_word_embeddings": "no"}', "must be true or false; got 'no'"),
        ('{"rope_theta": -1}', "a number above 0"),
        ('{"rotary_pct": 1.5}', "at most 1"),
        ('{"text_config": {"hidden_size": []}, "hidden_size": {}}', "hidden_size must"),
        ('{"layer_types": "full"}', "a list of at most"),
        ('{"layer_types": [3]}', "a list of at most"),
        ('{"no_rope_layers": ["a"]}', "zeros and ones"),
        ('{"rope_scaling": {"type": 3}}', "rope_scaling.type must be a word"),
        ('{"vocab_size": 1, "vocab_size": 2}', "a key stands twice"),
        ("\ud800", "must hold JSON"),
    ],
)
def test_hostile_files_get_a_sentence(tmp_path, contents, sentence):
    path = tmp_path / "config.json"
    path.write_bytes(contents.encode("utf-8", "surrogatepass"))
    with pytest.raises(ConfigError, match=sentence):
        ModelConfig.read(path)


SIZE, LIST, WORD = 1_000_000_000_000, 10_000, 100


@pytest.mark.parametrize(("name", "key", "good", "bad", "wanted"), [
    ("rows", "vocab_size", [1, SIZE], [0, 1.5, SIZE + 1, True], "a whole number from 1 to 1,000,000,000,000"),
    ("added_rows", "additional_vocab_size", [0, SIZE], [-1, 0.5, SIZE + 1, False],
     "a whole number from 0 to 1,000,000,000,000"),
    ("base", "rope_theta", [1e-9, SIZE], [0, -1e-9, SIZE + 1, True], "a number above 0, at most 1,000,000,000,000"),
    ("fraction", "rotary_pct", [1e-9, 1], [0, 1.001, True], "a number above 0, at most 1"),
    ("tied", "tie_word_embeddings", [True, False], [0, 1, "true"], "true or false"),
    ("model_type", "model_type", ["x", "x" * WORD], ["", "x" * (WORD + 1), 7], "a word"),
    ("layer_types", "layer_types", [["x"], ["x"] * LIST], [["x"] * (LIST + 1), ["x", 7], "x"],
     "a list of at most 10,000 words"),
    ("rope_on_layers", "no_rope_layers", [[0, 1], [True] * LIST], [[1] * (LIST + 1), [0, 2], [-1], 1],
     "a list of at most 10,000 zeros and ones"),
    ("compress_ratios", "compress_ratios", [[0, SIZE], [0.5] * LIST], [[1] * (LIST + 1), [SIZE + 1], [-1], [True], 4],
     "a list of at most 10,000 numbers"),
])
def test_the_limits_of_a_value_are_what_the_sentence_says(name, key, good, bad, wanted):
    for value in good:
        assert find({key: value}, name) == [(key, value)]
    for value in bad:
        with pytest.raises(ConfigError, match=f"^{key} must be {wanted}; got ") as error:
            find({key: value}, name)
        assert error.value.path == key


def test_a_whole_number_is_an_integer_however_it_is_written():
    for value in (12, 12.0):
        width = ModelConfig({"hidden_size": value}).width.value
        assert (type(width), width) == (int, 12)
    assert ModelConfig({"rope_theta": 0.5}).base.value == 0.5


def test_a_key_that_counts_when_it_is_null_does_so_only_where_it_stands():
    assert find({"sliding_window": None}, "no_window") == [("sliding_window", True)]
    assert find({"sliding_window": 4096}, "no_window") == find({}, "no_window") == []


def test_a_file_may_be_nested_a_hundred_deep_and_no_deeper():
    def nested(depth):
        return parse_config(b'{"a":' * depth + b"1" + b"}" * depth)

    check_shape(nested(100))
    with pytest.raises(ConfigError, match=r"^a config.json is nested a few levels deep; got more than 100\.$"):
        check_shape(nested(101))
    with pytest.raises(ConfigError, match=r"^a config.json holds one object, \{\.\.\.\}; got \[\]\.$"):
        check_shape([])


def test_a_config_is_shown_as_one_line_for_each_fact_that_says_something():
    assert repr(ModelConfig({"hidden_size": 4, "vocab_size": 5, "tie_word_embeddings": True})) == (
        "rows          5 (vocab_size)\n"
        "width         4 (hidden_size)\n"
        "table_width   4 (hidden_size)\n"
        "tied          true (tie_word_embeddings)\n"
        "output_table  false (tie_word_embeddings)"
    )


def test_a_fact_stays_as_it_was_read():
    config = ModelConfig({"hidden_size": 4})
    with pytest.raises(AttributeError, match="cannot assign to field 'value'"):
        config.width.value = 5


def test_a_part_that_is_switched_off_is_no_other_part():
    for nothing in (False, None, {}, [], ""):
        assert ModelConfig({"vision_config": nothing, "talker_config": nothing}).part == Fact()
    part = ModelConfig({"vision_config": {"hidden_size": 7}, "talker_config": True, "visual": False}).part
    assert part.value == "text" and "vision_config, talker_config" in repr(part)


def test_a_file_too_big_and_no_file(tmp_path):
    with (tmp_path / "config.json").open("wb") as file:
        file.truncate(200_000_000)
    with pytest.raises(ConfigError, match="at most 5,000,000 bytes"):
        ModelConfig.read(tmp_path)
    with pytest.raises(FileNotFoundError, match="there is no file"):
        ModelConfig.read(tmp_path / "nowhere.json")


KEYS = sorted({key.split(".")[0] for spec in config_keys()["facts"].values() for key in spec["keys"]})
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=5)
    | st.sampled_from([768, 12, 0.25, "rotary", "gpt2", "llama", "full_attention"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*KEYS, "rope_type", "factor"]), inner, max_size=4)
    ),
    max_leaves=8,
)


def test_an_empty_list_says_as_little_as_no_key():
    for key in KEYS:
        assert ModelConfig({key: []}).facts == ModelConfig({}).facts, key


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from([*KEYS, "text_config"]), VALUES, max_size=8))
def test_any_object_gives_facts_or_a_sentence(config):
    try:
        facts = ModelConfig(config).facts
    except ConfigError as error:
        assert str(error).endswith(".")
        return
    for fact in facts.values():
        assert repr(fact)
        assert (fact.value is None) == (fact.key == "")


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(ENTRIES)), st.data())
def test_damaged_files_give_facts_or_a_sentence(name, data):
    contents = bytearray(json.dumps(ENTRIES[name]["config"]).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        contents[data.draw(st.integers(0, len(contents) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert ModelConfig(parse_config(bytes(contents))).facts
    except ConfigError as error:
        assert str(error).endswith(".")


@pytest.mark.parametrize(("name", "sentence"), [
    ("GPT2", "'GPT2' is not in the list. Did you mean 'GPT-2'?"), ("zzzz", "'zzzz' is not in the list."),
])
def test_a_public_model_that_is_not_listed_gets_the_nearest_name(name, sentence):
    with pytest.raises(KeyError, match=f'^"{re.escape(sentence)}"$'):
        config_of(name)

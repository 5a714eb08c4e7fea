"""gguf files of the llama family: which are run, and the sentence for each that is not."""

from types import SimpleNamespace

import numpy as np
import pytest
from small_llamas import SHAPES, small_gguf, write_gguf

from book_utils.models.gguf_keys import read_keys
from book_utils.models.llama_files import model_from_gguf
from book_utils.models.llama_shapes import check_shapes
from book_utils.models.untrusted import ModelFileError

NAME = "grouped keys, own output"
N_ROWS = SHAPES[NAME]["vocab_size"]


def letters(keys, merges=("a b",), **changed):
    """Add a byte-level tokenizer: 57 letters, two joined ones, and a special token at the end."""
    tokens = [chr(97 + i) if i < 26 else f"Ġ{chr(97 + i - 26)}" if i < 52 else f"<{i}>" for i in range(N_ROWS)]
    tokens[52:55] = ["Ġ", "ab", "cd"]
    kinds = [3 if token.startswith("<") else 1 for token in tokens]
    keys |= {"tokenizer.ggml.model": "gpt2", "tokenizer.ggml.pre": "smollm", "tokenizer.ggml.tokens": tokens,
             "tokenizer.ggml.token_type": kinds, "tokenizer.ggml.merges": [*merges]} | changed  # fmt: skip


def test_a_file_brings_its_tokenizer(tmp_path):
    model = model_from_gguf(small_gguf(tmp_path / "a.gguf", NAME, lambda keys, tensors: letters(keys)))
    assert model.tokenize("abc<60>b ab") == ["ab", "c", "<60>", "b", "Ġ", "ab"]
    assert model.decode(model.encode("abc<60>b ab")) == "abc<60>b ab"
    assert model.table.tokens[53] == "ab"
    with pytest.raises(ValueError, match="no token for 'é', at place 1 of the text"):
        model.encode("aéb")


def change_key(key, value):
    return lambda keys, tensors: keys.__setitem__(key, value)


def drop(name):
    return lambda keys, tensors: (tensors if name in tensors else keys).pop(name)


def put(name, value):
    def change(keys, tensors):
        tensors[name] = value

    return change


def spoil(name, value):
    def change(keys, tensors):
        tensors[name] = tensors[name].copy()
        tensors[name].flat[5] = value

    return change


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (change_key("llama.expert_count", 8), "asks for llama.expert_count = 8: that is not built here"),
        (change_key("llama.attention.clamp_kqv", 8.0), "llama.attention.clamp_kqv = 8.0"),
        (change_key("llama.\x1b[2J" + "x" * 300, 1), r"asks for llama.\\x1b\[2Jx+\.\.\.x+ = 1: that"),
        (change_key("llama.rope.scaling.type", "yarn"), "stretches its positions by 'yarn'"),
        (change_key("llama.attention.head_count", 0), "head_count must be a whole number from 1; .* has 0"),
        (change_key("llama.attention.head_count_kv", 3), "4 heads must share 3 keys evenly"),
        (change_key("llama.attention.value_length", 4), "values of 4 numbers"),
        (change_key("llama.rope.dimension_count", 7), "got 7 that turn"),
        (change_key("llama.rope.freq_base", -1.0), "freq_base must be a number above 0"),
        (change_key("llama.block_count", 3), r"must have blk.2.attn_norm.weight of shape \(32,\); got none"),
        (change_key("llama.block_count", 1), "'blk.1.attn_k.weight.*, which a model of this kind does not have"),
        (change_key("llama.embedding_length", 64), r"token_embd.weight of shape \(61, 64\); got \(61, 32\)"),
        (drop("llama.attention.layer_norm_rms_epsilon"), "layer_norm_rms_epsilon must be a number above 0"),
        (drop("llama.context_length"), "context_length must be a whole number"),
        (drop("token_embd.weight"), "must have token_embd.weight"),
        (drop("output_norm.weight"), "must have output_norm.weight"),
        (put("blk.0.attn_q.bias", np.zeros(32, np.float32)), "blk.0.attn_q.bias"),
        (put("blk.0.ffn_up.weight", np.zeros((48, 31), np.float32)), r"shape \(48, 32\); got \(48, 31\)"),
        (put("output.weight", np.zeros((60, 32), np.float32)), r"output.weight of shape \(61, 32\)"),
        (spoil("blk.1.ffn_down.weight", np.nan), "blk.1.ffn_down.weight holds inf or NaN"),
        (spoil("output_norm.weight", np.inf), "output_norm.weight holds inf or NaN"),
        (lambda keys, tensors: letters(keys, merges=["a zz"]), "a merge joins two tokens to a third; got 'a zz'"),
        (lambda keys, tensors: letters(keys, **{"tokenizer.ggml.tokens": ["a"]}), "61 rows; got 1 tokens"),
        (lambda keys, tensors: letters(keys, **{"tokenizer.ggml.tokens": ["a"] * 61}), "61 IDs have 1 tokens"),
        *[(lambda keys, tensors, part=part: letters(keys, **{f"tokenizer.ggml.{part[0]}": part[1]}),
           "^the vocabulary does not fit: a byte-level tokenizer needs merges, and a type for each token; the file")
          for part in (("token_type", [1]), ("token_type", [1] * 60), ("token_type", 7), ("merges", "a b"))],
    ],
)  # fmt: skip
def test_a_file_that_does_not_fit_is_refused(tmp_path, change, sentence):
    with pytest.raises(ModelFileError, match=sentence):
        model_from_gguf(small_gguf(tmp_path / "a.gguf", NAME, change))


@pytest.mark.parametrize(("scaling", "divisor"), [
    ({}, 1), ({"type": "none", "factor": 4.0}, 1), ({"type": "linear", "factor": 4.0}, 4), ({"type": "linear"}, 1),
])
def test_positions_are_stretched_where_the_file_says_by_how_much(tmp_path, scaling, divisor):
    def change(keys, tensors):
        keys.update({f"llama.rope.scaling.{name}": value for name, value in scaling.items()})

    assert model_from_gguf(small_gguf(tmp_path / "a.gguf", NAME, change)).settings.divisors == divisor


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"tokenizer.ggml.pre": "tekken"}, "cuts text into pieces as 'tekken' does"),
        ({"tokenizer.ggml.model": "llama"}, "of the kind 'llama'; byte-level ones"),
    ],
)
def test_a_tokenizer_that_is_not_known_is_refused_and_ids_still_work(tmp_path, changed, reason):
    model = model_from_gguf(small_gguf(tmp_path / "a.gguf", NAME, lambda keys, tensors: letters(keys, **changed)))
    with pytest.raises(ValueError, match=reason):
        model.encode("ab")
    assert model.logits([1, 2]).shape == (2, N_ROWS)


def test_a_file_without_a_tokenizer_takes_ids(tmp_path):
    model = model_from_gguf(small_gguf(tmp_path / "a.gguf", NAME))
    assert model.table.tokens is None and model.logits([1, 2]).shape == (2, N_ROWS)
    with pytest.raises(ValueError, match="the file holds no tokens"):
        model.encode("ab")


def test_tokens_found_as_they_stand_are_control_and_user_defined_ones(tmp_path):
    """By ggml's kinds: 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte."""
    def change(keys, tensors):
        letters(keys)
        keys["tokenizer.ggml.token_type"][-6:] = [1, 2, 3, 4, 5, 6]

    model = model_from_gguf(small_gguf(tmp_path / "a.gguf", NAME, change))
    for i in (57, 58):
        assert model.encode(f"a<{i}>").tolist() == [0, i]
    for i in (55, 56, 59, 60):
        with pytest.raises(ValueError, match="no token for '<'"):
            model.encode(f"a<{i}>")


def test_a_model_that_is_too_large_is_refused():
    """As Llama 3 8B is, by the shapes of its file alone."""
    shapes = {"token_embd.weight": (128_256, 4_096), "output.weight": (128_256, 4_096), "a block": (4_096, 1_703_936)}
    tensors = {name: SimpleNamespace(shape=shape) for name, shape in shapes.items()}
    with pytest.raises(ModelFileError, match="up to 2,147,483,648 numbers are run here, as fp32; a.gguf has 8,029,"):
        check_shapes(tensors, shapes, "a.gguf")


def test_other_families_are_refused(tmp_path):
    path = write_gguf(tmp_path / "a.gguf", {}, {"token_embd.weight": np.zeros((2, 32), np.float32)}, family="qwen2")
    with pytest.raises(ModelFileError, match="files of the family llama are run here; a.gguf is of 'qwen2'"):
        model_from_gguf(path)


def test_a_file_cut_anywhere_is_refused(tmp_path):
    path = small_gguf(tmp_path / "whole.gguf", NAME, lambda keys, tensors: letters(keys))
    contents, cut = path.read_bytes(), tmp_path / "cut.gguf"
    for n in [*range(0, 3_000, 37), *range(3_000, len(contents), 4_001), len(contents) - 1]:
        cut.write_bytes(contents[:n])
        with pytest.raises(ModelFileError):
            model_from_gguf(cut)


def test_damaged_headers_get_a_sentence(tmp_path):
    path = small_gguf(tmp_path / "whole.gguf", NAME, lambda keys, tensors: letters(keys))
    contents, damaged = path.read_bytes(), tmp_path / "damaged.gguf"
    random = np.random.default_rng(0)
    for _ in range(150):
        changed = bytearray(contents)
        for place in random.integers(0, 3_500, 3):
            changed[place] = random.integers(0, 256)
        damaged.write_bytes(changed)
        try:
            model_from_gguf(damaged)
        except ModelFileError as problem:
            assert str(problem)


def test_no_file_and_no_gguf(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no file"):
        model_from_gguf(tmp_path / "none.gguf")
    (tmp_path / "a.gguf").write_bytes(b"PK\x03\x04 something else")
    with pytest.raises(ModelFileError, match="must begin with the letters GGUF"):
        read_keys(tmp_path / "a.gguf")

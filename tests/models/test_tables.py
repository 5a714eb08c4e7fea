"""Tables in the reader's own files: found, mapped and equal to what other readers say."""

import json
import struct
import subprocess
import sys

import gguf
import numpy as np
import pytest
from damage import TOKENS, VECTORS, safetensors_bytes, write_gguf
from gguf import GGMLQuantizationType as Kind
from safetensors.numpy import save_file

from book_utils.lookup import EmbeddingTable
from book_utils.models.mapped_rows import MappedRows
from book_utils.models.tables import (
    find_table,
    has_output_table,
    positions_from_folder,
    table_from_folder,
    table_from_gguf,
    table_from_safetensors,
)
from book_utils.models.untrusted import ModelFileError

TYPED = (ModelFileError, FileNotFoundError)


def tokenizer_json(tokens, added=()):
    model = {"type": "BPE", "vocab": {token: i for i, token in enumerate(tokens)}}
    return json.dumps({"model": model, "added_tokens": [{"content": token, "id": i} for token, i in added]})


@pytest.fixture
def folder(tmp_path):
    tensors = {"model.embed_tokens.weight": VECTORS, "model.norm.weight": VECTORS[0]}
    save_file(tensors, tmp_path / "model.safetensors", {"format": "pt"})
    (tmp_path / "tokenizer.json").write_text(tokenizer_json(TOKENS[:11]))
    return tmp_path


def test_a_model_folder_gives_a_table_with_tokens(folder):
    table = open_table(folder)
    assert isinstance(table, EmbeddingTable) and isinstance(table.vectors, MappedRows)
    assert (table.shape, table.dim, len(table), table.n_bytes) == ((12, 256), 256, 12, VECTORS.nbytes)
    assert np.array_equal(table.lookup(["token3", 7]), VECTORS[[3, 7]])
    assert np.array_equal(table.lookup([[1], [2]]), VECTORS[[[1], [2]]])
    assert table.tokens[-1] == "[row 11]"  # a padded row
    assert repr(table) == "MappedTable(12 tokens x 256 numbers, F32 on disk, 12,288 bytes)"
    assert not has_output_table(folder) and positions_from_folder(folder) is None
    with pytest.raises(IndexError, match="token IDs run from 0 to 11; got 12"):
        table.lookup([12])


def test_a_model_in_several_files(folder):
    (folder / "model.safetensors").rename(folder / "model-2-of-2.safetensors")
    index = {
        "model.embed_tokens.weight": "model-2-of-2.safetensors",
        "lm_head.weight": "model-1-of-2.safetensors",
    }
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": index}))
    assert np.array_equal(open_table(folder).lookup("token3"), VECTORS[3])
    assert has_output_table(folder)


@pytest.mark.parametrize(
    "shard, sentence",
    [
        ("../secret.safetensors", "must name .safetensors files of its folder"),
        ("/etc/passwd", "must name .safetensors files"),
        ("a\\..\\b.safetensors", "must name .safetensors files"),
        ("C:x.safetensors", "must name .safetensors files"),
        ("pytorch_model.bin", "must name .safetensors files"),
        ("", "must name .safetensors files"),
        (7, "must name .safetensors files"),
        ("other.safetensors", "is not in the folder: download it too"),
        ("model-x.safetensors", "and it is not"),
    ],
)
def test_an_index_that_lies(folder, shard, sentence):
    save_file({"a": VECTORS}, folder.parent / "secret.safetensors")
    (folder / "model.safetensors").unlink()
    save_file({"a": VECTORS}, folder / "model-x.safetensors")
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"wte.weight": shard}}))
    with pytest.raises(TYPED, match=sentence):
        open_table(folder)


@pytest.mark.parametrize(
    "names, table",
    [
        (
            ["transformer.h.0.attn.weight", "transformer.wpe.weight", "transformer.wte.weight"],
            "transformer.wte.weight",
        ),
        (["wte.weight", "wpe.weight"], "wte.weight"),
        (["bert.embeddings.word_embeddings.weight", "bert.embeddings.position_embeddings.weight"], None),
        (["transformer.embedding.word_embeddings.weight", "transformer.output_layer.weight"], None),
        (["gpt_neox.embed_in.weight", "embed_out.weight"], None),
        (["model.decoder.embed_tokens.weight", "model.decoder.embed_positions.weight"], None),
        (["model.language_model.embed_tokens.weight", "model.visual.pos_embed.weight"], None),
        (
            [
                "language_model.model.embed_tokens.weight",
                "vision_tower.vision_model.embeddings.word_embeddings.weight",
            ],
            None,
        ),
        (["model.embed_tokens.weight", "model.layers.61.embed_tokens.weight"], None),
        (["shared.weight", "encoder.embed_tokens.weight", "decoder.embed_tokens.weight"], None),
        (["tok_embeddings.weight", "output.weight"], None),
        (["thinker.model.embed_tokens.weight", "talker.model.embed_tokens.weight"], None),
        (["token_embd.weight", "output.weight", "blk.0.attn_q.weight"], None),
    ],
)
def test_the_table_under_its_many_names(names, table):
    assert find_table(names) == (table or names[0])


def test_names_that_leave_it_open():
    with pytest.raises(ModelFileError, match="a.embed_tokens.weight and b.embed_tokens.weight could both be"):
        find_table(["a.embed_tokens.weight", "b.embed_tokens.weight"])
    with pytest.raises(
        ModelFileError, match="none of the tensors has the name of a token table; got lm_head.weight"
    ):
        find_table(["lm_head.weight"])
    with pytest.raises(ModelFileError, match="no tensor called 'x'; it has a, b, c, d ..."):
        find_table(list("abcde"), "x")


def test_positions_beside_the_table(tmp_path):
    save_file({"wte.weight": VECTORS, "wpe.weight": VECTORS[:4]}, tmp_path / "model.safetensors")
    assert np.array_equal(positions_from_folder(tmp_path)[:], VECTORS[:4])
    assert open_table(tmp_path).tokens is None  # no tokenizer beside it


def test_other_tokenizers(folder):
    (folder / "tokenizer.json").write_text(tokenizer_json(TOKENS[:10], added=[("<eos>", 10), ("<bos>", 11)]))
    assert open_table(folder).tokens[-3:] == ("token9", "<eos>", "<bos>")
    unigram = {"model": {"vocab": [[token, -1.5] for token in TOKENS]}, "added_tokens": None}
    (folder / "tokenizer.json").write_text(json.dumps(unigram))
    assert open_table(folder).tokens == tuple(TOKENS)
    (folder / "tokenizer.json").unlink()
    (folder / "vocab.txt").write_text("\n".join(TOKENS[:11] + ["\u2028"]) + "\n", encoding="utf-8")
    assert open_table(folder).tokens == (*TOKENS[:11], "\u2028")
    (folder / "vocab.json").write_text(json.dumps({token: 11 - i for i, token in enumerate(TOKENS)}))
    assert open_table(folder).tokens == tuple(TOKENS[::-1])


@pytest.mark.parametrize(
    "contents, sentence",
    [
        (tokenizer_json(TOKENS + ["extra"]), "the table has 12 rows; tokenizer.json has an ID 12"),
        (tokenizer_json(TOKENS[:9]), "names 9 of the table's 12 rows"),
        (tokenizer_json(TOKENS[:11], added=[("x", 3)]), "gives ID 3 to 'token3' and to 'x'"),
        (tokenizer_json(TOKENS[:11], added=[("token3", 11)]), "a token has one row"),
        (tokenizer_json(TOKENS[:11], added=[("x", "11")]), "each token an ID; got 'x': '11'"),
        (tokenizer_json(TOKENS[:11], added=[("x", -1)]), "each token an ID"),
        (tokenizer_json(TOKENS[:11], added=[(None, 11)]), "each token an ID"),
        ("[]", "must hold one JSON object"),
        ("{}", "must have a vocab in its model"),
        ('{"model": {"vocab": [[]]}}', "each token an ID"),
        ('{"model": {"vocab": {}}, "added_tokens": [3]}', "must have a list of added_tokens"),
        ('{"model": {"vocab": {"a": 0, "a": 1}}}', "a key stands twice"),
        ('{"model":' * 100_000 + "1" + "}" * 100_000, "nested too deep"),
        ("[" * 5_000_001, "at most 5,000,000 brackets"),
        ("\xff", "must hold JSON"),
    ],
)
def test_tokenizers_that_do_not_match(folder, contents, sentence):
    (folder / "tokenizer.json").write_bytes(contents.encode("latin-1"))
    with pytest.raises(ValueError, match=sentence):
        open_table(folder)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "model.ckpt", "model.pkl", "weights.pth"])
def test_pickles_are_refused_with_the_way_out(tmp_path, name):
    (tmp_path / name).write_bytes(b"\x80\x02X")
    for call, path in (table_from_folder, tmp_path), (table_from_safetensors, tmp_path / name):
        with pytest.raises(
            ModelFileError, match="runs whatever code is in it. Take the model's .safetensors"
        ):
            call(path)


def test_folders_without_a_table(tmp_path):
    with pytest.raises(FileNotFoundError, match="needs a model.safetensors"):
        open_table(tmp_path)
    with pytest.raises(FileNotFoundError, match="must be a folder"):
        open_table(tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError, match="there is no file"):
        open_table(tmp_path / "nowhere.gguf")
    for name in "ab":
        save_file({"wte.weight": VECTORS}, tmp_path / f"{name}.safetensors")
    with pytest.raises(ModelFileError, match="has 2 weight files and no index"):
        open_table(tmp_path)


def test_tokens_that_do_not_fit_the_rows(tmp_path):
    with pytest.raises(ModelFileError, match="each row needs a token: 12 rows; got 11"):
        open_table(write_gguf(tmp_path / "a.gguf", tokens=TOKENS[:11]))


def test_without_the_gguf_package_the_pip_line(tmp_path, monkeypatch):
    path = write_gguf(tmp_path / "a.gguf")
    monkeypatch.setitem(sys.modules, "gguf", None)
    with pytest.raises(ImportError, match="pip install gguf==0.19.0"):
        open_table(path)

"""Tables in the reader's own files: found under any name, in one file or many, named by their tokenizer."""

import json
import sys

import numpy as np
import pytest
from damage import TOKENS, VECTORS, safetensors_bytes, tokenizer_json, write_gguf
from safetensors.numpy import save_file

from book_utils.lookup import EmbeddingTable
from book_utils.models import tables
from book_utils.models.rows_on_disk import RowsOnDisk
from book_utils.models.table_names import find_table, role
from book_utils.models.tables import ModelFileWarning, open_table, tables_in
from book_utils.models.untrusted import ModelFileError
from book_utils.models.weights import open_weights

TYPED = (ModelFileError, FileNotFoundError)


@pytest.fixture
def folder(tmp_path):
    tensors = {"model.embed_tokens.weight": VECTORS, "model.norm.weight": VECTORS[0]}
    save_file(tensors, tmp_path / "model.safetensors", {"format": "pt"})
    (tmp_path / "tokenizer.json").write_text(tokenizer_json(TOKENS[:11]))
    return tmp_path


def test_a_model_folder_gives_a_table_with_tokens(folder):
    table = open_table(folder)
    assert isinstance(table, EmbeddingTable) and isinstance(table.vectors, RowsOnDisk)
    assert (table.shape, table.dim, len(table), table.n_bytes) == ((12, 256), 256, 12, VECTORS.nbytes)
    assert np.array_equal(table.lookup(["token3", 7]), VECTORS[[3, 7]])
    assert np.array_equal(table.lookup([[1], [2]]), VECTORS[[[1], [2]]])
    assert table.tokens[-1] == "[row 11]"  # a padded row
    assert repr(table) == "TableOnDisk(12 rows x 256 numbers, F32 on disk, 12,288 bytes)"
    assert repr(table.vectors) == "RowsOnDisk(12 x 256, F32, 12,288 bytes)"
    assert table.notes == () and table.name == "model.embed_tokens.weight"
    with pytest.raises(IndexError, match="token IDs run from 0 to 11; got 12"):
        table.lookup([12])


def test_a_model_in_several_files(folder):
    (folder / "model.safetensors").rename(folder / "model-2-of-2.safetensors")
    index = {
        "model.embed_tokens.weight": "model-2-of-2.safetensors",
        "lm_head.weight": "model-1-of-2.safetensors",
    }
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": index}))
    assert np.array_equal(open_table(folder).lookup("token3"), VECTORS[3])  # the other part is not needed
    assert tables_in(folder)["lm_head.weight"].stored_as == "in a file that is not here"
    save_file({"lm_head.weight": VECTORS}, folder / "model-1-of-2.safetensors")
    assert tables_in(folder)["lm_head.weight"].role == "output table, tied copy"
    assert np.array_equal(open_table(folder / "model.safetensors.index.json", "lm_head").lookup(3), VECTORS[3])


def test_an_index_is_asked_before_any_file_is_opened(tmp_path):
    names = {"wte.weight": "a.safetensors", "x.wte.weight": "b.safetensors", "c": "not-here.safetensors"}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps({"weight_map": names}))
    save_file({"wte.weight": VECTORS}, tmp_path / "a.safetensors")
    save_file({"x.wte.weight": VECTORS[:3]}, tmp_path / "b.safetensors")
    tensors = open_weights(tmp_path).tensors
    assert [*tensors] == [*names] and len(tensors) == 3 and "c" in tensors and "d" not in tensors
    assert len(open_table(tmp_path, "wte.weight")) == 12 and len(open_table(tmp_path, "x.wte.weight")) == 3


def test_eight_bits_are_read_where_the_scale_is_of_another_tensor(tmp_path):
    tensors = {"wte.weight": ("F8_E4M3", (2, 4), bytes(8)), "other.weight_scale": ("F32", (1,), bytes(4))}
    (tmp_path / "a.safetensors").write_bytes(safetensors_bytes(tensors))
    assert open_table(tmp_path / "a.safetensors").lookup([1]).tolist() == [[0, 0, 0, 0]]


@pytest.mark.parametrize("kind", ["gguf", "safetensors"])
def test_parts_without_an_index(tmp_path, kind):
    names = [f"m-0000{i}-of-00003.{kind}" for i in (1, 2, 3)]
    for i, name in enumerate(names):
        tensors = {("token_embd.weight" if i == 1 else f"x{i}.weight"): VECTORS + i}
        if kind == "gguf":
            write_gguf(tmp_path / name, tensors=tensors, tokens=TOKENS if i == 0 else None)
        else:
            save_file(tensors, tmp_path / name)
    for path in (tmp_path, tmp_path / names[0], tmp_path / names[2]):
        table = open_table(path)
        assert np.array_equal(table.lookup([3]), VECTORS[[3]] + 1)
        assert table.tokens == (tuple(TOKENS) if kind == "gguf" else None)
    (tmp_path / names[2]).write_bytes((tmp_path / names[1]).read_bytes())
    with pytest.raises(ModelFileError, match="token_embd.weight is in 2 parts of the model"):
        open_table(tmp_path)
    (tmp_path / names[1]).unlink()
    (tmp_path / names[2]).unlink()
    with pytest.raises(ModelFileError, match="2 of the model's parts are not in the folder"):
        open_table(tmp_path)


def test_a_picture_part_beside_the_text_part(tmp_path):
    write_gguf(tmp_path / "mmproj-model.gguf", tensors={"v.patch_embd.weight": VECTORS}, tokens=None)
    write_gguf(tmp_path / "model-Q8_0.gguf")
    assert open_table(tmp_path).tokens == tuple(TOKENS)
    write_gguf(tmp_path / "model-F16.gguf")
    with pytest.raises(ModelFileError, match=r"has 3 models and no index \(mmproj-model.gguf, model-F16.gguf, model-Q"):
        open_table(tmp_path)


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
        (["backbone.embedding.weight", "backbone.layers.0.mixer.weight"], None),
        (["layers.0.wte.weight", "layers.1.ln.weight", "layers.2.wte.weight"], None),
        (["tokens_embed.weight", "positions_embed.weight"], None),
        (["embeddings"], None),  # a static table: no layer, no ".weight"
        (["transformer.token_embeddings.weight"], None),
        (["model.embed_tokens_per_layer.weight", "model.embed_tokens.weight"], "model.embed_tokens.weight"),
    ],
)
def test_the_table_under_its_many_names(names, table):
    assert find_table(names) == (table or names[0])


@pytest.mark.parametrize(
    "name, said",
    [
        ("model.transformer.ff_out.weight", "output table"),
        ("model.transformer.blocks.3.ff_out.weight", "not known"),
        ("head.weight", "output table"),
        ("pred_layer.proj.weight", "output table"),
        ("unembedding.weight", "output table"),
        ("lm_head.qweight", "output table"),
        ("model.decoder.position_embedding.weight", "position table"),
        ("positions_embed.weight", "position table"),
        ("model.language_model.embed_tokens_per_layer.weight", "per-layer table"),
        ("per_layer_token_embd.weight", "per-layer table"),
        ("vision_tower.position_embedding.weight", "not known"),
        ("some.other.weight", "not known"),
        ("classic_wte.weight", "not known"),
    ],
)
def test_what_a_name_says(name, said):
    assert role(name) == said


def test_names_that_leave_it_open(tmp_path):
    path = tmp_path / "a.safetensors"
    save_file({"a.embed_tokens.weight": VECTORS, "b.embed_tokens.weight": VECTORS[:3]}, path)
    with pytest.raises(ModelFileError) as error:
        open_table(path)
    assert str(error.value) == (
        "a.embed_tokens.weight and b.embed_tokens.weight could both be meant. The model's tables are "
        "a.embed_tokens.weight (12 x 256, F32), b.embed_tokens.weight (3 x 256, F32); choose with "
        "open_table(path, name=...)."
    )
    assert len(open_table(path, name="b.embed_tokens.weight")) == len(open_table(path, name="b.embed_tokens")) == 3
    with pytest.raises(ModelFileError, match="no tensor is called c.weight. The model's tables are a.embed"):
        open_table(path, name="c.weight")


def test_unknown_names_are_listed_with_their_shapes(tmp_path):
    layers = {f"layers.{i}.mlp": VECTORS for i in range(3)}
    tensors = {"strange.weight": VECTORS, "norm": VECTORS[0], "tiny": VECTORS[:2]}
    save_file(tensors | layers, tmp_path / "a.safetensors")
    with pytest.raises(ModelFileError) as error:
        open_table(tmp_path)
    assert str(error.value) == (
        "no tensor has a name that is known for a token table. The model's tables are strange.weight (12 x 256, F32), "
        "tiny (2 x 256, F32); choose with open_table(path, name=...)."
    )
    assert np.array_equal(open_table(tmp_path, name="strange.weight").lookup([4]), VECTORS[[4]])
    save_file({f"codebooks.{i}.table": VECTORS[: i + 2] for i in range(3)}, tmp_path / "a.safetensors")
    with pytest.raises(ModelFileError, match=r"tables are codebooks.2.table \(4 x 256, F32\), codebooks.1.table"):
        open_table(tmp_path)


@pytest.mark.parametrize("n_tables", [6, 7])
def test_six_tables_are_listed_and_the_largest_first(tmp_path, n_tables):
    names = [f"{letter}.odd" for letter in "abcdefg"[:n_tables]]
    save_file({name: VECTORS[: i + 2] for i, name in enumerate(names)}, tmp_path / "a.safetensors")
    listed = [f"{name} ({i + 2} x 256, F32)" for i, name in enumerate(names)][::-1]
    with pytest.raises(ModelFileError) as error:
        open_table(tmp_path)
    assert str(error.value) == (
        "no tensor has a name that is known for a token table. The model's tables are "
        f"{', '.join(listed[:6])}{' ...' if n_tables > 6 else ''}; choose with open_table(path, name=...)."
    )


def test_a_table_is_large_by_its_numbers_not_by_its_rows(tmp_path):
    tensors = {"long": VECTORS.reshape(-1, 2)[:100], "wide": VECTORS[:2], "both": VECTORS}
    save_file(tensors | {"cube": VECTORS.reshape(12, 16, 16), "line": VECTORS[0]}, tmp_path / "a.safetensors")
    assert list(tables_in(tmp_path)) == ["both", "wide", "long"]


def test_only_so_many_tensors_of_layers_are_looked_at(tmp_path, monkeypatch):
    save_file({f"layers.{i}.mlp": VECTORS[: i + 2] for i in range(3)}, tmp_path / "a.safetensors")
    monkeypatch.setattr(tables, "MOST_LISTED", 2)
    with pytest.raises(ModelFileError, match=r"are layers.1.mlp \(3 x 256, F32\), layers.0.mlp \(2 x 256, F32\);"):
        open_table(tmp_path)


@pytest.mark.parametrize(("most", "named"), [(12, True), (11, False)])
def test_rows_have_names_up_to_as_many_as_there_are_tokens_anywhere(folder, monkeypatch, most, named):
    monkeypatch.setattr(tables, "MOST_TOKENS", most)
    assert (open_table(folder).tokens is not None) == named


def test_a_chosen_table_has_names_only_if_they_fit(folder):
    tensors = {"wte.weight": VECTORS, "few.weight": VECTORS[:3], "nearly.weight": VECTORS[:11]}
    save_file(tensors, folder / "model.safetensors")
    assert open_table(folder, "few").tokens is None and open_table(folder, "few").notes == ()
    assert open_table(folder, "nearly").tokens == tuple(TOKENS[:11])


def test_the_tables_of_a_model_and_what_they_are(folder):
    other = VECTORS.copy()
    other[-1, -1] += 1
    encoder = {"encoder.position_embedding.weight": VECTORS[:4], "decoder.positions_embed.weight": VECTORS[:5]}
    tied, own = "output table, tied copy", "output table"
    for second, said in ({"lm_head.weight": VECTORS}, tied), ({"head.weight": other}, own):
        tensors = {"wte.weight": VECTORS, "odd.weight": VECTORS[:7], **encoder, **second}
        save_file(tensors, folder / "model.safetensors")
        found = tables_in(folder)
        assert {name: table.role for name, table in found.items()} == {
            "wte.weight": "token table",
            **dict.fromkeys(second, said),
            "odd.weight": "not known",
            "encoder.position_embedding.weight": "position table",
            "decoder.positions_embed.weight": "position table",
        }
        assert found["odd.weight"][1:] == ((7, 256), "F32")
    save_file({"wte.weight": VECTORS, "lm_head.weight": VECTORS[:9]}, folder / "model.safetensors")
    assert tables_in(folder)["lm_head.weight"].role == "output table"


def test_positions_beside_the_table(tmp_path):
    save_file({"wte.weight": VECTORS, "wpe.weight": VECTORS[:4]}, tmp_path / "model.safetensors")
    assert open_table(tmp_path).tokens is None  # no tokenizer beside it
    (tmp_path / "tokenizer.json").write_text(tokenizer_json(TOKENS[:4]))
    positions = open_table(tmp_path, "wpe")
    assert np.array_equal(positions.vectors[:], VECTORS[:4]) and positions.tokens is None


@pytest.mark.parametrize("kind", ["gguf", "safetensors"])
def test_a_row_of_a_per_layer_table(tmp_path, kind):
    """As in Gemma 3n: the second table is wider, and has fewer rows than the tokenizer has IDs."""
    wide = np.random.default_rng(5).standard_normal((11, 1024)).astype(np.float32)
    prefix = "model.language_model."
    names = {
        "gguf": ("token_embd.weight", "per_layer_token_embd.weight"),
        "safetensors": (f"{prefix}embed_tokens.weight", f"{prefix}embed_tokens_per_layer.weight"),
    }[kind]
    tensors = dict(zip(names, (VECTORS, wide), strict=True))
    if kind == "gguf":
        write_gguf(tmp_path / "a.gguf", tensors=tensors)
    else:
        save_file(tensors, tmp_path / "model.safetensors")
        (tmp_path / "tokenizer.json").write_text(tokenizer_json(TOKENS))
    with pytest.warns(ModelFileWarning, match=rf"has {names[1]} \(11 x 1,024, F32\)"):
        table = open_table(tmp_path)
    assert table.shape == (12, 256)
    with pytest.warns(ModelFileWarning, match=r"IDs beyond the table's 11 rows \(1 in all, from 11 on\)"):
        rows = open_table(tmp_path, name=names[1])
    assert rows.shape == (11, 1024) and np.array_equal(rows.lookup("token3"), wide[3])


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "model.ckpt", "model.pkl", "weights.pth"])
def test_pickles_are_refused_with_the_way_out(tmp_path, name):
    (tmp_path / name).write_bytes(b"\x80\x02X")
    for path in (tmp_path, tmp_path / name):
        with pytest.raises(
            ModelFileError, match="runs whatever code is in it. Take the model's .safetensors"
        ):
            open_table(path)


def test_folders_without_a_table(tmp_path):
    with pytest.raises(FileNotFoundError, match="needs a model.safetensors"):
        open_table(tmp_path)
    for nowhere in ("nowhere", "nowhere.gguf", "x" * 300, "\0", "x/" * 5000):
        with pytest.raises(FileNotFoundError, match="there is no file or folder") as error:
            open_table(tmp_path / nowhere)
        assert len(str(error.value)) < 200
    for name in "ab":
        save_file({"wte.weight": VECTORS}, tmp_path / f"{name}.safetensors")
    with pytest.raises(ModelFileError, match="has 2 models and no index"):
        open_table(tmp_path)


def test_a_gguf_file_by_what_is_in_it(tmp_path):
    assert open_table(write_gguf(tmp_path / "blob")).tokens == tuple(TOKENS)


def test_without_the_gguf_package_the_pip_line(tmp_path, monkeypatch):
    path = write_gguf(tmp_path / "a.gguf")
    monkeypatch.setitem(sys.modules, "gguf", None)
    with pytest.raises(ImportError, match="pip install gguf==0.19.0"):
        open_table(path)

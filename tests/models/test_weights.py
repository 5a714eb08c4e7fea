"""Which files of a folder are the model: one of them, parts of one, or the one that has a table."""

import pytest
from damage import TOKENS, VECTORS, write_gguf
from safetensors.numpy import save_file

from book_utils.models.untrusted import ModelFileError
from book_utils.models.weights import open_weights


def save(path, *names):
    save_file({name: VECTORS[: i + 2] for i, name in enumerate(names)}, path)


def test_parts_are_those_of_one_stem_one_count_and_one_kind(tmp_path):
    save(tmp_path / "m-00001-of-00002.safetensors", "wte.weight")
    save(tmp_path / "m-00002-of-00002.safetensors", "b")
    save(tmp_path / "m-00002-of-00003.safetensors", "c")
    save(tmp_path / "n-00002-of-00002.safetensors", "d")
    save(tmp_path / "m-2-of-2.safetensors", "e")
    write_gguf(tmp_path / "m-00002-of-00002.gguf", tensors={"f": VECTORS}, tokens=None)
    weights = open_weights(tmp_path / "m-00001-of-00002.safetensors")
    assert [*weights.tensors] == ["wte.weight", "b"] and weights.missing == 0 and weights.tokens is None
    assert open_weights(tmp_path / "m-00002-of-00003.safetensors").missing == 2


def test_a_tensor_in_two_parts_is_refused(tmp_path):
    for i in (1, 2, 3):
        save(tmp_path / f"m-0000{i}-of-00003.safetensors", f"only{i}", "twice" if i > 1 else "once")
    with pytest.raises(ModelFileError, match=r"^twice is in 2 parts of the model: one must hold it\.$"):
        open_weights(tmp_path)


def test_the_first_tokens_of_parts_count(tmp_path):
    for i, tokens in enumerate((None, TOKENS, TOKENS[::-1]), 1):
        write_gguf(tmp_path / f"m-0000{i}-of-00003.gguf", tensors={f"t{i}": VECTORS}, tokens=tokens)
    assert open_weights(tmp_path).tokens == TOKENS


def test_of_several_models_the_one_with_a_table_is_opened(tmp_path):
    for i in (1, 2):
        save(tmp_path / f"text-0000{i}-of-00002.safetensors", "wte.weight" if i == 2 else "b")
    save(tmp_path / "picture.safetensors", "v.weight")
    assert sorted(open_weights(tmp_path).tensors) == ["b", "wte.weight"]
    save(tmp_path / "another.safetensors", "wte.weight")
    with pytest.raises(ModelFileError) as error:
        open_weights(tmp_path)
    assert str(error.value) == (
        f"{tmp_path.name} has 3 models and no index (another.safetensors, picture.safetensors, "
        "text-00001-of-00002.safetensors): give the path of one file."
    )


def test_of_many_models_four_are_named(tmp_path):
    for name in "edcba":
        save(tmp_path / f"{name}.safetensors", "v.weight")
    with pytest.raises(ModelFileError, match=r"has 5 models .*\(a.saf\w+, b.saf\w+, c.saf\w+, d.saf\w+\): give"):
        open_weights(tmp_path)


@pytest.mark.parametrize("name", ["model.safetensors", "model.safetensors.index.json"])
def test_a_file_with_the_usual_name_goes_before_all_others(tmp_path, name):
    save(tmp_path / "a.safetensors", "wte.weight")
    save(tmp_path / "model.safetensors", "usual")
    if name.endswith("json"):
        (tmp_path / "model.safetensors").rename(tmp_path / "b.safetensors")
        (tmp_path / name).write_text('{"weight_map": {"usual": "b.safetensors"}}')
    assert [*open_weights(tmp_path).tensors] == ["usual"]


def test_what_a_file_is_decides_and_not_only_how_it_is_called(tmp_path):
    path = write_gguf(tmp_path / "a.safetensors")
    assert "token_embd.weight" in open_weights(path).tensors
    (tmp_path / "a.gguf").write_bytes(b"NOPE" + bytes(60))
    with pytest.raises(ModelFileError, match="must begin with the letters GGUF"):
        open_weights(tmp_path / "a.gguf")
    save(tmp_path / "blob", "wte.weight")
    assert "wte.weight" in open_weights(tmp_path / "blob").tensors


@pytest.mark.parametrize("pickle", ["pytorch_model.bin", "a.pt", "a.pth", "a.ckpt", "a.pkl", "a.pickle"])
def test_a_pickle_beside_a_model_is_no_matter(tmp_path, pickle):
    (tmp_path / pickle).write_bytes(b"\x80\x02X")
    with pytest.raises(ModelFileError, match=f"^{pickle} is a Python pickle, and opening one runs whatever code"):
        open_weights(tmp_path)
    save(tmp_path / "z.safetensors", "wte.weight")
    assert "wte.weight" in open_weights(tmp_path).tensors


def test_a_folder_without_a_model_says_what_it_needs(tmp_path):
    (tmp_path / "notes.txt").write_text("none")
    (tmp_path / "a.gguf").mkdir()
    with pytest.raises(FileNotFoundError) as error:
        open_weights(tmp_path)
    assert str(error.value) == (
        f"{tmp_path.name} needs a model.safetensors, its index if in parts, or a .gguf."
    )

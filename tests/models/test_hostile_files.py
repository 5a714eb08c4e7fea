"""Model files cut short, mislabelled or made to hurt: a typed error with a sentence, or the right table."""

import json
import random
import struct

import gguf
import numpy as np
import pytest
import safetensors
from damage import VECTORS, damaged, safetensors_bytes, write_gguf
from gguf import GGMLQuantizationType as Kind
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file

from book_utils.models.tables import find_table, table_from_gguf, table_from_safetensors
from book_utils.models.untrusted import ModelFileError

ROW = VECTORS[:1].tobytes()


def by_sentence(value):
    """Name a test after the sentence that it expects, not after the bytes of a file."""
    return value if isinstance(value, str) else "file"


def entry(dtype="F32", shape=(1, 256), offsets=(0, 1024), **more):
    return {"wte.weight": {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets), **more}}


@pytest.mark.parametrize(
    "contents, sentence",
    [
        (b"", "cut short"),
        (b"\x05\0\0", "cut short"),
        (struct.pack("<Q", 2**63), "cut short"),
        (struct.pack("<Q", 9) + b"{}", "cut short"),
        (struct.pack("<Q", 12_000_000) + bytes(12_000_000), "the header must have at most 10,000,000"),
        (safetensors_bytes({}, header=b"\xff\xfe"), "must hold JSON"),
        (safetensors_bytes({}, header=b"[]"), "must hold one JSON object"),
        (safetensors_bytes({}, header=b'{"a":' * 100_000 + b"1" + b"}" * 100_000), "nested too deep"),
        (safetensors_bytes({}, header=b'{"wte.weight": 1}'), "must have dtype, shape and data_offsets"),
        (safetensors_bytes({}, header=b'{"__metadata__": 1}'), "__metadata__ must be an object"),
        (safetensors_bytes({}, header=b"{}"), "none of the tensors has the name"),
        (
            safetensors_bytes({}, ROW, json.dumps(entry(dtype="F33")).encode()),
            "must be a known one; got 'F33'",
        ),
        (safetensors_bytes({}, ROW, json.dumps(entry(dtype=["F32"])).encode()), "must be a known one"),
        (
            safetensors_bytes({}, ROW, json.dumps(entry(dtype="F16")).encode()),
            "needs 512 bytes; its offsets 0 to 1,024",
        ),
        (safetensors_bytes({}, ROW, json.dumps(entry(shape=[-1, -256])).encode()), "must be a list of sizes"),
        (safetensors_bytes({}, ROW, json.dumps(entry(shape=[1.0, 256])).encode()), "must be a list of sizes"),
        (safetensors_bytes({}, ROW, json.dumps(entry(shape=[2**52] * 16)).encode()), "needs"),
        (
            safetensors_bytes({}, ROW, json.dumps(entry(offsets=[1024, 0])).encode()),
            "offsets 1,024 to 0 hold -1,024",
        ),
        (
            safetensors_bytes({}, ROW, json.dumps(entry(offsets=[0, 2**52])).encode()),
            "its offsets 0 to 4,503",
        ),
        (
            safetensors_bytes({}, ROW, json.dumps(entry(offsets=[8, 1032])).encode() + b"        "),
            "leave a gap",
        ),
        (safetensors_bytes({}, ROW[:-4], json.dumps(entry()).encode()), "overlap"),  # cut off
        (safetensors_bytes({}, ROW + b"x", json.dumps(entry()).encode()), "leave a gap"),
        (safetensors_bytes({}, ROW, json.dumps(entry() | {"b": entry()["wte.weight"]}).encode()), "overlap"),
        (safetensors_bytes({"wte.weight": ("F32", (256,), ROW)}), "must be 2-D, one row a token"),
        (safetensors_bytes({"wte.weight": ("F32", (0, 256), b"")}), "must be 2-D"),
        (safetensors_bytes({"wte.weight": ("U32", (1, 256), ROW)}), "got U32: numbers packed or scaled"),
        (
            safetensors_bytes({"wte.weight": ("F16", (1, 2**20 + 1), bytes(2**21 + 2))}),
            "at most 1,048,576 numbers",
        ),
        (b"GGUF" + bytes(60), "is a gguf file: read it with table_from_gguf"),
        (b"PK\x03\x04" + bytes(60), "is a pickle, not safetensors"),
    ],
    ids=by_sentence,
)
def test_hostile_safetensors(tmp_path, contents, sentence):
    (tmp_path / "a.safetensors").write_bytes(contents)
    with pytest.raises(ModelFileError, match=sentence):
        table_from_safetensors(tmp_path / "a.safetensors")


def gguf_bytes(keys=b"", n_keys=0, tensors=b"", n_tensors=0, version=3, data=b""):
    return b"GGUF" + struct.pack("<IQQ", version, n_tensors, n_keys) + keys + tensors + data


def text(words):
    return struct.pack("<Q", len(words)) + words


def info(name=b"token_embd.weight", dims=(256, 1), kind=Kind.F32, offset=0):
    numbers = struct.pack(f"<I{len(dims)}QIQ", len(dims), *dims, kind, offset)
    return text(name) + numbers + bytes(-(24 + 8 + len(name) + len(numbers)) % 32)


@pytest.mark.parametrize(
    "contents, sentence",
    [
        (b"", "is empty"),
        (b"GG", "cut short"),
        (b"GGUF" + bytes(4), "got version 0"),
        (gguf_bytes(version=1), "got version 1"),
        (b"GGUF" + struct.pack(">I", 3) + bytes(16), "big-endian"),
        (b"NOPE" + bytes(20), "must begin with the letters GGUF"),
        (gguf_bytes(n_keys=2**63), "announces"),
        (gguf_bytes(n_tensors=2**64 - 1), "announces"),
        (gguf_bytes(text(b"a") + struct.pack("<I", 99) + bytes(99), 1), "type 0 to 12; got 99"),
        (gguf_bytes(struct.pack("<Q", 2**62) + bytes(99), 1), "at most 65,535 bytes"),
        (gguf_bytes(text(b"\xff") + struct.pack("<IB", 0, 1) + bytes(9), 1), "not UTF-8"),
        (gguf_bytes((text(b"a") + struct.pack("<IB", 0, 1)) * 2, 2), "the key 'a' stands there twice"),
        (
            gguf_bytes(text(b"a") + struct.pack("<IIQ", 9, 9, 1) + bytes(99), 1),
            "must hold numbers or strings; got type 9",
        ),
        (gguf_bytes(text(b"a") + struct.pack("<IIQ", 9, 4, 2**60) + bytes(99), 1), "cut short"),
        (gguf_bytes(text(b"a") + struct.pack("<IIQ", 9, 8, 2**60) + bytes(99), 1), "announces"),
        (gguf_bytes(text(b"general.alignment") + struct.pack("<II", 4, 24), 1), "a power of two; got 24"),
        (gguf_bytes(tensors=info(), n_tensors=1, data=ROW[:-1]), "cut short"),
        (gguf_bytes(tensors=info(offset=32), n_tensors=1, data=ROW + ROW), "must follow at offset 0; got 32"),
        (gguf_bytes(tensors=info(dims=(2**40, 2**40)), n_tensors=1, data=ROW), "must have a possible shape"),
        (gguf_bytes(tensors=info(dims=(0, 1)), n_tensors=1, data=ROW), "must have a possible shape"),
        (gguf_bytes(tensors=info(dims=(1,) * 5), n_tensors=1, data=ROW), "1 to 4 dimensions; got 5"),
        (gguf_bytes(tensors=info(dims=(256,)), n_tensors=1, data=ROW), "must be 2-D"),
        (gguf_bytes(tensors=info(kind=4), n_tensors=1, data=ROW), "must be of a known type; got type 4"),
        (gguf_bytes(tensors=info(dims=(255, 1), kind=Kind.Q4_K), n_tensors=1, data=ROW), "packs by 256"),
        (
            gguf_bytes(tensors=info(kind=Kind.Q8_K), n_tensors=1, data=ROW),
            "Q8_K, which the gguf package cannot read",
        ),
    ],
    ids=by_sentence,
)
def test_hostile_gguf(tmp_path, contents, sentence):
    (tmp_path / "a.gguf").write_bytes(contents)
    with pytest.raises(ModelFileError, match=sentence):
        table_from_gguf(tmp_path / "a.gguf")


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """The bytes of one good file of each kind."""
    folder = tmp_path_factory.mktemp("good")
    numbers = VECTORS.astype(np.float16)
    save_file(
        {"model.embed_tokens.weight": numbers, "z.weight": VECTORS[:2]}, folder / "a.safetensors", {"a": "b"}
    )
    kinds = {
        f"{kind.name}.gguf": write_gguf(folder / f"{kind.name}.gguf", kind) for kind in (Kind.F16, Kind.Q4_0)
    }
    files = {"a.safetensors": folder / "a.safetensors", **kinds}
    return folder, {name: path.read_bytes() for name, path in files.items()}


@settings(max_examples=400, deadline=None)
@given(seed=st.integers(0, 2**32), which=st.integers(0, 2))
def test_damaged_files_give_a_sentence_or_what_the_other_reader_reads(good, seed, which):
    folder, files = good
    name = list(files)[which]
    path = folder / f"damaged-{name}"
    path.write_bytes(damaged(files[name], random.Random(seed)))
    try:
        table = (table_from_gguf if which else table_from_safetensors)(path)
        found = table.lookup(range(len(table)))
    except (ModelFileError, ValueError) as error:
        assert str(error).endswith(".")
        return
    if which:
        there = {tensor.name: tensor for tensor in gguf.GGUFReader(path).tensors}["token_embd.weight"]
        with np.errstate(all="ignore"):
            expected = gguf.quants.dequantize(there.data, there.tensor_type)
    else:
        with safetensors.safe_open(path, "np") as file:
            expected = file.get_tensor(find_table(file.keys())).astype(np.float32)
    assert np.array_equal(found, expected, equal_nan=True)

"""Model files cut short, mislabelled or made to hurt: a typed error with a sentence, or the right table."""

import json
import random
import struct
import subprocess
import sys
import warnings

import gguf
import numpy as np
import pytest
import safetensors
from damage import VECTORS, damaged, safetensors_bytes, write_gguf
from gguf import GGMLQuantizationType as Kind
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file

from book_utils.models.table_names import find_table
from book_utils.models.tables import ModelFileWarning, open_table
from book_utils.models.untrusted import ModelFileError, plain

ROW = VECTORS[:1].tobytes()
LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935\nsize 12345\n"


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
        (struct.pack("<Q", 21_000_000) + bytes(21_000_000), "the header must have at most 20,000,000"),
        (safetensors_bytes({}, header=b"\xff\xfe"), "must hold JSON"),
        (safetensors_bytes({}, header=b"[]"), "must hold one JSON object"),
        (safetensors_bytes({}, header=b'{"a":' * 100_000 + b"1" + b"}" * 100_000), "nested too deep"),
        (safetensors_bytes({}, header=b'{"a":1,"a":1}'), "a key stands twice in one object, 'a'"),
        (safetensors_bytes({}, header=b'{"wte.weight": 1}'), "breaks the format"),
        (safetensors_bytes({}, header=b'{"__metadata__": 1}'), "breaks the format"),
        (safetensors_bytes({}, header=b"{}"), "no tensor has a name .* The model has no 2-D tensor"),
        (safetensors_bytes({}, ROW, json.dumps(entry(dtype="F33")).encode()), "breaks the format .*unknown variant"),
        (safetensors_bytes({}, ROW, json.dumps(entry(dtype=["F32"])).encode()), "breaks the format"),
        (safetensors_bytes({}, ROW, json.dumps(entry(dtype="F16")).encode()), "breaks the format .*invalid shape"),
        (safetensors_bytes({}, ROW, json.dumps(entry(shape=[-1, -256])).encode()), "breaks the format"),
        (safetensors_bytes({}, ROW, json.dumps(entry(shape=[1.0, 256])).encode()), "breaks the format"),
        (safetensors_bytes({}, ROW, json.dumps(entry()).replace("[1, 256]", "256").encode()), "breaks the format"),
        (safetensors_bytes({}, ROW, json.dumps(entry(shape=[2**52] * 16)).encode()), "breaks the format .*overflow"),
        (safetensors_bytes({}, ROW, json.dumps(entry(offsets=[1024, 0])).encode()), "breaks the format"),
        (safetensors_bytes({}, ROW, json.dumps(entry(offsets=[0, 2**52])).encode()), "breaks the format"),
        (
            safetensors_bytes({}, ROW, json.dumps(entry(offsets=[8, 1032])).encode() + b"        "),
            "breaks the format",
        ),
        (safetensors_bytes({}, ROW[:-4], json.dumps(entry()).encode()), "is cut short, or goes on after its end"),
        (safetensors_bytes({}, ROW + b"x", json.dumps(entry()).encode()), "is cut short, or goes on after its end"),
        (
            safetensors_bytes({}, ROW, json.dumps(entry() | {"b": entry()["wte.weight"]}).encode()),
            "breaks the format .*invalid offset",
        ),
        (safetensors_bytes({}, ROW, json.dumps({"\ud800": entry()["wte.weight"]}).encode()), "breaks the format"),
        (LFS, "is a git-lfs pointer.* run git lfs pull"),
        (safetensors_bytes({"wte.weight": ("F32", (256,), ROW)}), "must be 2-D, one row a token"),
        (safetensors_bytes({"wte.weight": ("F32", (0, 256), b"")}), "must be 2-D"),
        (safetensors_bytes({"wte.weight": ("U32", (1, 256), ROW)}), "got U32: numbers packed or scaled"),
        (
            safetensors_bytes({"wte.weight": ("F16", (1, 2**20 + 1), bytes(2**21 + 2))}),
            "at most 1,048,576 numbers",
        ),
        (b"GGUF" + bytes(60), "got version 0"),
        (b"PK\x03\x04" + bytes(60), "is a pickle, not safetensors"),
    ],
    ids=by_sentence,
)
def test_hostile_safetensors(tmp_path, contents, sentence):
    (tmp_path / "a.safetensors").write_bytes(contents)
    with pytest.raises(ModelFileError, match=sentence):
        open_table(tmp_path / "a.safetensors")


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
        (b"NOPE" + bytes(20), r"must begin with the letters GGUF; it begins with b'NOPE(\\x00){4}'\."),
        (gguf_bytes(n_keys=2**63), "announces"),
        (gguf_bytes(n_keys=100_001), "announces"),
        (gguf_bytes(n_tensors=2**64 - 1), "announces"),
        (gguf_bytes(n_tensors=100_001), "announces"),
        (LFS, "is a git-lfs pointer.* run git lfs pull"),
        *[
            (gguf_bytes(text(b"tokenizer.ggml.tokens") + value + bytes(32), 1), "tokens must be a list of strings; got")
            for value in (
                struct.pack("<II", 4, 7),
                struct.pack("<IB", 7, 1),
                struct.pack("<I", 8) + text(b"one"),
                struct.pack("<IIQ", 9, 6, 2) + bytes(8),
            )
        ],
        (gguf_bytes(text(b"a") + struct.pack("<I", 99) + bytes(99), 1), "type 0 to 12; got 99"),
        (gguf_bytes(struct.pack("<Q", 2**62) + bytes(99), 1), "at most 65,535 bytes"),
        (gguf_bytes(text(b"\xff") + struct.pack("<IB", 0, 1) + bytes(9), 1), "not UTF-8"),
        (gguf_bytes((text(b"a") + struct.pack("<IB", 0, 1)) * 2, 2), "the key 'a' stands there twice"),
        (
            gguf_bytes(text(b"a") + struct.pack("<IIQ", 9, 9, 1) + bytes(99), 1),
            "must hold numbers or strings; got type 9",
        ),
        (gguf_bytes(text(b"a") + struct.pack("<IIQ", 9, 4, 2**60) + bytes(99), 1), "cut short"),
        (gguf_bytes(text(b"a") + struct.pack("<IIQ", 9, 8, 2**60) + bytes(99), 1), "at most 2,000,000 strings"),
        (gguf_bytes(text(b"a") + struct.pack("<IIQ", 9, 8, 1_000_000) + bytes(99), 1), "cut short"),
        *[
            (gguf_bytes(text(b"general.alignment") + struct.pack("<II", 4, n), 1),
             rf"^general\.alignment must be a power of two; got {n}\.$")
            for n in (0, 24, 2**20 + 1, 2**21)
        ],
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
        open_table(tmp_path / "a.gguf")


@pytest.mark.parametrize("alignment", [None, 1, 8, 256, 2**20])
def test_tensors_of_a_gguf_file_begin_where_its_alignment_says(tmp_path, alignment):
    """32 bytes if it says nothing: the header, and each tensor, is filled up to that."""
    key = b"" if alignment is None else text(b"general.alignment") + struct.pack("<II", 4, alignment)
    fill = alignment or 32

    def filled(contents):
        return contents + bytes(-len(contents) % fill)

    numbers = np.arange(9, dtype="<f4")
    infos = b"".join(text(name) + struct.pack("<IQQIQ", 2, 3, n_rows, Kind.F32, offset)
                     for name, n_rows, offset in ((b"wte.weight", 1, 0), (b"b", 2, len(filled(bytes(12))))))
    contents = filled(gguf_bytes(key, bool(key), infos, 2))
    (tmp_path / "a.gguf").write_bytes(contents + filled(numbers[:3].tobytes()) + numbers[3:].tobytes())
    assert open_table(tmp_path / "a.gguf").lookup([0]).tolist() == [[0, 1, 2]]
    assert open_table(tmp_path / "a.gguf", "b").lookup([0, 1]).tolist() == [[3, 4, 5], [6, 7, 8]]


def test_every_kind_of_value_is_stepped_over(tmp_path):
    """One byte too many or too few in any of them, and no tensor would be found behind it."""
    writer = gguf.GGUFWriter(tmp_path / "a.gguf", "llama")
    for kind in gguf.GGUFValueType:
        if kind != gguf.GGUFValueType.ARRAY:
            value = {"STRING": "one", "BOOL": True}.get(kind.name, 7)
            writer.add_key_value(f"one.{kind.name}", value, kind)
            writer.add_key_value(f"many.{kind.name}", [value] * 3, gguf.GGUFValueType.ARRAY, kind)
    writer.add_tensor("token_embd.weight", VECTORS)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    assert np.array_equal(open_table(tmp_path / "a.gguf").lookup([3, 11]), VECTORS[[3, 11]])


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
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ModelFileWarning)
            table = open_table(path)
        found = table.lookup(range(len(table)))
    except ModelFileError as error:
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


BAD_NAMES = ["\x1b[31mred\x07\r\n", "\ud800", "\u202e txt", "x" * 5_000_000, "\0", "\u200b", "\x9b2J"]


def clean(sentence):
    """What an error shows: short, and fit for a terminal, a notebook and a log in UTF-8."""
    return len(sentence) < 500 and sentence.isprintable() and sentence.encode()


@pytest.mark.parametrize("bad", BAD_NAMES, ids=range(len(BAD_NAMES)))
def test_names_in_errors_are_cut_and_escaped(tmp_path, bad):
    index = tmp_path / "model.safetensors.index.json"
    kept = f"{bad}.embed_tokens.weight"
    for weight_map in ({bad: "a.safetensors"}, {kept: "a.safetensors"}, {"wte.weight": f"{bad}.safetensors"},
                       {"wte.weight": bad}, [bad], bad):  # fmt: skip
        index.write_text(json.dumps({"weight_map": weight_map}))
        with pytest.raises((ModelFileError, FileNotFoundError)) as error:
            open_table(tmp_path)
        assert clean(str(error.value)), error.value
    index.unlink()
    entry = {"dtype": "F32", "shape": [1, 256], "data_offsets": [0, 1024]}
    path = tmp_path / "a.safetensors"
    for header in ({bad: entry}, {kept: entry | {"dtype": "I32"}}, {kept: entry | {"dtype": bad}}, {bad: bad}):
        path.write_bytes(safetensors_bytes({}, ROW, json.dumps(header).encode()))
        with pytest.raises(ModelFileError) as error:
            open_table(path)
        assert clean(str(error.value)), error.value
    path.unlink()
    if bad.isascii():
        long = gguf_bytes(tensors=info(name=bad[:65_535].encode(), dims=(256, 2)), n_tensors=1, data=ROW)
        (tmp_path / "a.gguf").write_bytes(long)
        with pytest.raises(ModelFileError) as error:
            open_table(tmp_path)
        assert clean(str(error.value)), error.value
    assert clean(plain(bad))


@pytest.mark.parametrize(
    "name, limit",
    [("tokenizer.json", 50_000_000), ("config.json", 5_000_000), ("model.safetensors.index.json", 100_000_000)],
)
def test_a_file_larger_than_any_of_its_kind_is_not_read(tmp_path, name, limit):
    save_file({"wte.weight": VECTORS}, tmp_path / ("a" if "index" in name else "model.safetensors"))
    with (tmp_path / name).open("wb") as file:
        file.truncate(limit + 1)  # no bytes of a disk
    said = f"{name} must have at most {limit:,} bytes; it has more."
    if name == "config.json":
        with pytest.warns(ModelFileWarning, match=said):
            open_table(tmp_path)
        return
    with pytest.raises(ModelFileError, match=said):
        open_table(tmp_path)


@pytest.mark.parametrize(("length", "sentence"), [
    (20_000_000, "^the header of a.safetensors must hold JSON; "),
    (20_000_001, r"^the header must have at most 20,000,000 bytes; got 20,000,001\.$"),
])
def test_a_header_has_as_many_bytes_as_the_limit_and_no_more(tmp_path, length, sentence):
    with (tmp_path / "a.safetensors").open("wb") as file:
        file.write(struct.pack("<Q", length))
        file.truncate(8 + length)  # no bytes of a disk
    with pytest.raises(ModelFileError, match=sentence):
        open_table(tmp_path / "a.safetensors")


def test_a_header_that_is_longer_than_the_file_is_said_with_both_lengths(tmp_path):
    for contents, announced in ((struct.pack("<Q", 3) + b"{}", 3), (b"\5\0\0", 5), (b"\5" + bytes(6), 5)):
        (tmp_path / "a.safetensors").write_bytes(contents)
        with pytest.raises(ModelFileError) as error:
            open_table(tmp_path / "a.safetensors")
        assert str(error.value) == (
            f"a.safetensors is cut short, or no safetensors: its first 8 bytes announce {announced} bytes of header; "
            f"the file has {len(contents)}."
        )


def test_names_of_files_too_long_for_a_disk(tmp_path):
    for shard in ("x" * 300 + ".safetensors", "\u00fc" * 130 + ".safetensors"):
        (tmp_path / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"wte.weight": shard}}))
        with pytest.raises(FileNotFoundError, match="which is not in the folder: download it too"):
            open_table(tmp_path)


OPEN_ALL = """
import resource, sys
from pathlib import Path
import book_utils
from book_utils.models.tables import open_table
taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (taken + 700_000_000, taken + 700_000_000))
for folder in sorted(Path(sys.argv[1]).iterdir()):
    try:
        open_table(folder)
    except Exception as error:
        print(error)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits memory as Linux does")
def test_large_files_of_strangers_take_little_memory(tmp_path):
    """In a program of its own with 700 MB: without the limits the first takes 3.9 GB, the second 1.2."""
    for name, contents in {
        "vocab.txt": b"\n" * 49_000_000,
        "tokenizer.json": b'{"model":{"vocab":[' + b"0.1," * 7_900_000 + b"1]}}",
    }.items():
        (tmp_path / name[:5]).mkdir()
        (tmp_path / name[:5] / name).write_bytes(contents)
        save_file({"wte.weight": VECTORS[:1]}, tmp_path / name[:5] / "model.safetensors")
    command = [sys.executable, "-W", "ignore", "-c", OPEN_ALL, tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == [
        "tokenizer.json must give each token an ID; got 0.1: 0.",
        "vocab.txt must have at most 2,000,000 lines; it has 49,000,000.",
    ], done.stderr


def test_an_index_as_large_as_those_of_the_largest_models(tmp_path):
    names = (f"model.layers.{i}.mlp.experts.{j}.down_proj.weight" for i in range(60) for j in range(2800))
    shards = {name: f"model-{len(name):05}-of-000062.safetensors" for name in names}
    index = tmp_path / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": shards | {"model.embed_tokens.weight": "a.safetensors"}}))
    assert index.stat().st_size > 13_300_000  # Kimi K2
    save_file({"model.embed_tokens.weight": VECTORS}, tmp_path / "a.safetensors")
    assert np.array_equal(open_table(tmp_path).lookup([3]), VECTORS[[3]])

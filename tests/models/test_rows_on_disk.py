"""Rows of every stored kind equal what other readers say, come alone, and never from a file that has changed."""

import json
import os
import re
import shutil
import struct
import subprocess
import sys
from contextlib import contextmanager

import gguf
import ml_dtypes
import numpy as np
import pytest
import safetensors
from damage import TOKENS, VECTORS, safetensors_bytes, write_gguf
from gguf import GGMLQuantizationType as Kind
from safetensors.numpy import save_file

from book_utils.models import rows_on_disk
from book_utils.models.rows_on_disk import RowsOnDisk, Tensor
from book_utils.models.tables import open_table
from book_utils.models.untrusted import ModelFileError

FLOATS = {
    "F64": np.float64, "F32": np.float32, "F16": np.float16, "BF16": ml_dtypes.bfloat16,
    "F8_E4M3": ml_dtypes.float8_e4m3fn, "F8_E5M2": ml_dtypes.float8_e5m2,
    "F8_E4M3FNUZ": ml_dtypes.float8_e4m3fnuz, "F8_E5M2FNUZ": ml_dtypes.float8_e5m2fnuz,
}  # fmt: skip
PACKED = {"F8_E8M0": 8, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "C64": 64, "BOOL": 8}
PACKED |= {f"{sign}{bits}": bits for sign in "IU" for bits in (8, 16, 32, 64)}


@pytest.fixture
def table(tmp_path):
    save_file({"wte.weight": VECTORS}, tmp_path / "a.safetensors")
    return open_table(tmp_path / "a.safetensors")


def test_rows_come_as_an_array_would_give_them(table):
    rows = table.vectors
    assert (rows.shape, rows.ndim, rows.dtype, len(rows)) == (VECTORS.shape, VECTORS.ndim, VECTORS.dtype, len(VECTORS))
    for ids in (2, -1, -12, 11, np.int8(3), slice(3, 7, 2), slice(None, None, -1), slice(4, 4), [],
                [11, 0, 0, 5, 6, 7, 1], [[1, 2], [3, 1]], np.array([], np.int32), np.uint64(7),
                VECTORS[:, 0] > 0):  # fmt: skip
        assert np.array_equal(rows[ids], VECTORS[ids]), ids
    assert np.array_equal(np.asarray(rows), VECTORS)
    assert np.asarray(rows).dtype == np.float32 and np.asarray(rows, dtype=np.float64).dtype == np.float64


def test_a_whole_table_is_copied_up_to_four_gibibytes(table):
    n_rows = 2**20 + 1
    tensor = Tensor("F32", (n_rows, 1024), 0, 4096 * n_rows)
    with pytest.raises(MemoryError, match="takes 4.0 GiB: ask for rows"):
        np.asarray(RowsOnDisk(table.vectors._file, tensor, table.vectors._to_floats))


def test_a_table_of_just_the_largest_size_is_copied(table, monkeypatch):
    monkeypatch.setattr(rows_on_disk, "LARGEST_COPY", VECTORS.nbytes)
    assert np.array_equal(np.asarray(table.vectors), VECTORS)
    monkeypatch.setattr(rows_on_disk, "LARGEST_COPY", VECTORS.nbytes - 1)
    with pytest.raises(MemoryError, match=r"^the whole table takes 0.0 GiB: ask for rows, vectors\[ids\]\.$"):
        np.asarray(table.vectors)


def test_a_row_of_just_the_largest_width_is_read(table):
    tensor = Tensor("F32", (3, 2**20), 0, 3 * 2**22)
    assert RowsOnDisk(table.vectors._file, tensor, None).shape == (3, 2**20)
    with pytest.raises(ModelFileError, match=r"^a row must have at most 1,048,576 numbers; got 1,048,577\.$"):
        RowsOnDisk(table.vectors._file, tensor._replace(shape=(3, 2**20 + 1)), None)


@pytest.mark.parametrize(("ids", "runs"), [
    ([4], [(4, 1)]), ([4, 5, 6], [(4, 3)]), ([6, 5, 4], [(4, 1), (5, 1), (6, 1)]), ([4, 4], [(4, 1), (4, 1)]),
    ([9, 10, 0, 5, 6, 1], [(0, 1), (1, 1), (5, 2), (9, 2)]), ([], []), (slice(None), [(0, 12)]),
])
def test_neighbours_are_read_in_one_go_and_all_in_the_order_of_the_file(table, monkeypatch, ids, runs):
    rows, read, read_into = table.vectors, [], table.vectors._file.read_into

    def watched(places):
        places = [*places]
        read.extend(((place - rows._start) / 1024, len(view) / 1024) for place, view in places)
        read_into(places)

    monkeypatch.setattr(rows._file, "read_into", watched)
    assert np.array_equal(rows[ids], VECTORS[ids]) and read == runs


@pytest.mark.parametrize(
    "ids, error, sentence",
    [
        ((slice(None), 0), TypeError, r"write vectors\[ids\]\[..., columns\]"),
        (1.5, TypeError, "by whole numbers or a slice; got float64"),
        (["a"], TypeError, "by whole numbers"),
        ([True], TypeError, "by whole numbers"),
        ([3, 12], IndexError, "rows run from 0 to 11; got 3 to 12"),
        (12, IndexError, r"^rows run from 0 to 11; got 12 to 12\.$"),
        (-13, IndexError, r"^rows run from 0 to 11; got -13 to -13\.$"),
        ([-13, 3], IndexError, "got -13 to 3"),
    ],
)
def test_what_is_no_row(table, ids, error, sentence):
    with pytest.raises(error, match=sentence):
        table.vectors[ids]


@pytest.mark.parametrize("dtype", FLOATS)
def test_floats_equal_what_ml_dtypes_reads(tmp_path, dtype):
    kind = np.dtype(FLOATS[dtype])
    raw = np.random.default_rng(0).integers(0, 256, (12, 256 * kind.itemsize)).astype(np.uint8)
    raw[0, :256] = range(256)  # every number of 8 bits
    entries = {"wte.weight": (dtype, (12, 256), raw.tobytes())}
    (tmp_path / "a.safetensors").write_bytes(safetensors_bytes(entries))
    table = open_table(tmp_path / "a.safetensors")
    with np.errstate(over="ignore", invalid="ignore"):
        expected = raw.view(kind).astype(np.float32)
        found = table.lookup(range(12))
    assert found.dtype == np.float32 and table.n_bytes == raw.nbytes and table.vectors.stored_as == dtype
    assert np.array_equal(found, expected, equal_nan=True)
    assert np.array_equal(np.signbit(found[expected == 0]), np.signbit(expected[expected == 0]))


def test_the_list_of_kinds_is_that_of_the_package(tmp_path):
    """The package names all that it knows when it meets one that it does not."""
    (tmp_path / "a.safetensors").write_bytes(safetensors_bytes({"a": ("?", (1,), b"")}))
    with pytest.raises(safetensors.SafetensorError) as error:
        safetensors.safe_open(tmp_path / "a.safetensors", "np")
    known = str(error.value).partition("expected one of ")[2].partition(" at line")[0]
    assert {word.strip("` ") for word in known.split(",")} == {*FLOATS, *PACKED}


@pytest.mark.parametrize("dtype", PACKED)
def test_a_kind_that_is_no_table_disturbs_no_table(tmp_path, dtype):
    other = (dtype, (2, 4), bytes(PACKED[dtype]))
    contents = safetensors_bytes({"wte.weight": ("F32", (12, 256), VECTORS.tobytes()), "x.weight": other})
    (tmp_path / "a.safetensors").write_bytes(contents)
    assert np.array_equal(open_table(tmp_path / "a.safetensors").lookup([3]), VECTORS[[3]])
    with pytest.raises(ModelFileError, match=f"got {dtype}: numbers packed or scaled"):
        open_table(tmp_path / "a.safetensors", "x.weight")


def test_eight_bits_with_a_scale_beside_them_are_not_read_without_it(tmp_path):
    tensors = {"wte.weight": ("F8_E4M3", (2, 4), bytes(8)), "wte.weight_scale_inv": ("F32", (1,), bytes(4))}
    (tmp_path / "a.safetensors").write_bytes(safetensors_bytes(tensors))
    with pytest.raises(ModelFileError, match="with a scale beside it, wte.weight_scale_inv"):
        open_table(tmp_path / "a.safetensors")


@pytest.mark.parametrize("kind", gguf.GGML_QUANT_SIZES, ids=lambda kind: kind.name)
def test_every_kind_of_gguf_equals_what_the_gguf_package_reads(tmp_path, kind):
    block, size = gguf.GGML_QUANT_SIZES[kind]
    raw = np.random.default_rng(2).integers(0, 256, (12, 256 // block * size)).astype(np.uint8)
    path = write_gguf(tmp_path / "a.gguf", kind, raw)
    try:
        with np.errstate(all="ignore"):
            there = gguf.quants.dequantize(gguf.GGUFReader(path).tensors[0].data, kind)
    except NotImplementedError:
        with pytest.raises(ModelFileError, match=f"is {kind.name}, which the gguf package cannot read"):
            open_table(path)
        return
    table = open_table(path)
    assert np.array_equal(table.lookup([3, 0, 3]), there[[3, 0, 3]].astype(np.float32), equal_nan=True)
    assert table.n_bytes == raw.nbytes and table.tokens == tuple(TOKENS)


def half(block, place):
    return struct.unpack_from("<e", block, place)[0]


def q8_0(block):
    """As in ggml: a scale, then 32 signed bytes."""
    return [half(block, 0) * code for code in struct.unpack_from("<32b", block, 2)]


def q4_0(block):
    """As in ggml: a scale, then 16 bytes; low halves are numbers 0 to 15, high halves 16 to 31."""
    low, high = [byte & 15 for byte in block[2:]], [byte >> 4 for byte in block[2:]]
    return [half(block, 0) * (code - 8) for code in low + high]


def q4_k(block):
    """As in ggml's dequantize_row_q4_K: 2 scales, 8 six-bit scales and minima in 12 bytes, 256 codes."""
    numbers = []
    for group in range(8):
        q = block[4:16]
        if group < 4:
            scale, least = q[group] & 63, q[group + 4] & 63
        else:
            scale = q[group + 4] & 15 | (q[group - 4] >> 6) << 4
            least = q[group + 4] >> 4 | (q[group] >> 6) << 4
        codes = block[16 + group // 2 * 32 : 48 + group // 2 * 32]
        for code in codes:
            nibble = code >> 4 if group % 2 else code & 15
            numbers.append(half(block, 0) * scale * nibble - half(block, 2) * least)
    return numbers


def q6_k(block):
    """As in ggml's dequantize_row_q6_K: 256 low nibbles and pairs of high bits, 16 signed scales, a scale."""
    numbers = [0.0] * 256
    scales = struct.unpack_from("<16b", block, 192)
    for part in range(2):
        low, high, first = block[part * 64 :], block[128 + part * 32 :], part * 8
        for i in range(32):
            codes = (
                low[i] & 15 | (high[i] & 3) << 4,
                low[i + 32] & 15 | (high[i] >> 2 & 3) << 4,
                low[i] >> 4 | (high[i] >> 4 & 3) << 4,
                low[i + 32] >> 4 | (high[i] >> 6 & 3) << 4,
            )
            for quarter, code in enumerate(codes):
                scale = scales[first + i // 16 + 2 * quarter]
                numbers[part * 128 + quarter * 32 + i] = half(block, 208) * scale * (code - 32)
    return numbers


@pytest.mark.parametrize(
    "kind, spec, size, scale_places",
    [
        (Kind.Q8_0, q8_0, 34, [0]),
        (Kind.Q4_0, q4_0, 18, [0]),
        (Kind.Q4_K, q4_k, 144, [0, 2]),
        (Kind.Q6_K, q6_k, 210, [208]),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_quantised_rows_equal_the_format_written_as_a_loop(tmp_path, kind, spec, size, scale_places):
    per_row = 256 // len(spec(bytes(size)))
    raw = np.random.default_rng(1).integers(0, 256, (12, per_row, size)).astype(np.uint8)
    for place in scale_places:
        raw[:, :, place : place + 2] = np.frombuffer(np.float16(0.01).tobytes(), np.uint8)
    table = open_table(write_gguf(tmp_path / "a.gguf", kind, raw.reshape(12, -1)))
    expected = [[number for block in row for number in spec(block.tobytes())] for row in raw]
    assert table.n_bytes == raw.nbytes
    np.testing.assert_allclose(table.lookup(range(12)), expected, rtol=1e-5, atol=1e-6)


MEASURE = """
import sys, tracemalloc
from book_utils.models.tables import open_table
def resident():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
open_table(sys.argv[1])  # imports what it needs
tracemalloc.start()
before = resident()
rows = open_table(sys.argv[2]).lookup([0, 1, 77_777, 200_000, 262_143])
print(resident() - before, tracemalloc.get_traced_memory()[1] // 1024, rows.shape, rows[:, 0].tolist())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, to measure memory")
@pytest.mark.parametrize("suffix", ["safetensors", "gguf"])
def test_five_rows_of_a_table_of_four_gigabytes_take_kilobytes(tmp_path, suffix):
    """262,144 x 8,192 in bf16: 4 GiB that the disk does not hold, but for the last row."""
    shape, size = (262_144, 8_192), 2**32
    if suffix == "gguf":
        small, large = write_gguf(tmp_path / "small.gguf"), tmp_path / "large.gguf"
        name = b"token_embd.weight"
        start = b"GGUF" + struct.pack("<IQQ", 3, 1, 0) + struct.pack("<Q", len(name)) + name
        start += struct.pack("<IQQIQ", 2, shape[1], shape[0], Kind.BF16, 0)
        start += bytes(-len(start) % 32)
    else:
        small, large = tmp_path / "small.safetensors", tmp_path / "large.safetensors"
        small.write_bytes(safetensors_bytes({"wte.weight": ("BF16", (1, 2), b"\0\0\0\0")}))
        entry = {"wte.weight": {"dtype": "BF16", "shape": shape, "data_offsets": [0, size]}}
        start = safetensors_bytes({}, header=json.dumps(entry).encode())
    with large.open("wb") as file:
        file.write(start)
        file.truncate(len(start) + size)
        file.seek(len(start) + size - 2 * shape[1])
        file.write(b"\x80\x3f")  # the bf16 for 1
    command = [sys.executable, "-c", MEASURE, small, large]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split(maxsplit=2)
    assert answer[2].strip() == "(5, 8192) [0.0, 0.0, 0.0, 0.0, 1.0]"
    resident, traced = int(answer[0]), int(answer[1])
    assert traced < 2_000 and resident < 10_000  # KiB; five rows of fp32 are 160


CHANGE = """
import os, sys
from pathlib import Path
from book_utils.models.tables import open_table
changes = {
    "removed": lambda path: path.unlink(),
    "replaced": lambda path: os.replace(path.with_name("new-" + path.name), path),
    "longer": lambda path: os.truncate(path, path.stat().st_size + 1),
    "rewritten": lambda path: path.write_bytes(path.read_bytes()[:-1] + b"x"),
    "shorter": lambda path: os.truncate(path, path.stat().st_size - 1),
    "empty": lambda path: os.truncate(path, 0),
}
for name, change in changes.items():
    for path in sorted(Path(sys.argv[1], name).glob("a.*")):
        table = open_table(path)
        table.lookup([0, 11])
        change(path)
        try:
            print(name, path.suffix, table.lookup([0, 11]))
        except Exception as error:
            print(name, path.suffix, type(error).__name__, error)
"""


def test_a_file_that_changes_after_opening_is_said_and_kills_nobody(tmp_path):
    """In a program of its own, since a mapped file that shrinks would end it by a signal."""
    names = ["removed", "replaced", "longer", "rewritten", "shorter", "empty"]
    for folder in (tmp_path / name for name in names):
        folder.mkdir()
        write_gguf(folder / "a.gguf")
        save_file({"wte.weight": VECTORS}, folder / "a.safetensors")
    for file in [*(tmp_path / "replaced").iterdir()]:
        shutil.copy2(file, file.with_name(f"new-{file.name}"))  # of the same size and age
    command = [sys.executable, "-c", CHANGE, tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 2 * len(names)
    for line in lines:
        assert re.fullmatch(r"\w+ (\.\w+) ModelFileError a\1 .*open it again\.", line), line


class _Dripping:
    """An opened file that gives at most so many bytes at once, as a network's may; 0 if it ends while it is read."""

    def __init__(self, file, most):
        self.file, self.most, self.reached = file, most, []

    def __getattr__(self, name):
        return getattr(self.file, name)

    def readinto(self, view):
        n_read = self.file.readinto(view[: self.most])
        self.reached.append(os.lseek(self.file.fileno(), 0, os.SEEK_CUR))
        return n_read


def dripping(table, monkeypatch, most):
    file = table.vectors._file
    whole, opened_files = file.reading, []

    @contextmanager
    def reading(buffering=-1):
        with whole(buffering) as opened:
            opened_files.append(_Dripping(opened, most))
            yield opened_files[-1]

    monkeypatch.setattr(file, "reading", reading)
    return opened_files


def test_a_file_that_comes_in_small_pieces_is_read_whole(table, monkeypatch):
    dripping(table, monkeypatch, 100)
    assert np.array_equal(table.lookup([3, 4, 9]), VECTORS[[3, 4, 9]])


def test_no_byte_more_is_read_than_the_rows_take(table, monkeypatch):
    files = dripping(table, monkeypatch, 2**20)
    table.lookup([8, 3, 4])
    (file,) = files
    assert [(end - table.vectors._start) / 1024 for end in file.reached] == [5, 9]


def test_a_file_that_shrinks_in_the_middle_of_reading(table, monkeypatch):
    dripping(table, monkeypatch, 0)
    with pytest.raises(ModelFileError, match="a.safetensors was changed after it was opened: open it again."):
        table.lookup([3])

"""The header of a safetensors file, checked line by line, and its tensors as rows on disk."""

import math
from itertools import pairwise
from pathlib import Path, PurePosixPath
from reprlib import repr as short
from typing import NamedTuple

import numpy as np

from .mapped_rows import MappedRows
from .untrusted import ModelFileError, parse_object, read_at_most

LARGEST_HEADER = 10_000_000  # bytes; those of real models have a few hundred thousand at most
BITS = {"F64": 64, "F32": 32, "F16": 16, "BF16": 16, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "F4": 4}
BITS |= {"F6_E2M3": 6, "F6_E3M2": 6, "C64": 64, "I64": 64, "I32": 32, "I16": 16, "I8": 8}
BITS |= {"U64": 64, "U32": 32, "U16": 16, "U8": 8, "BOOL": 8}


class Tensor(NamedTuple):
    """Where a tensor lies: `start` and `n_bytes` count bytes of the file."""

    dtype: str
    shape: tuple
    start: int
    n_bytes: int


class SafetensorsFile:
    """One safetensors file: `tensors` maps names to Tensors; raises ModelFileError if it breaks the format.

    The format: 8 bytes that give the length of the header, the header in JSON, then the numbers without gaps.
    """

    tokens = None

    def __init__(self, path):
        self.path = Path(path)
        self.tensors = _read_header(self.path)

    def rows(self, name):
        """Return a 2-D tensor of floats as MappedRows; raises ModelFileError for another shape or dtype."""
        tensor = self.tensors[name]
        if len(tensor.shape) != 2 or 0 in tensor.shape:
            raise ModelFileError(f"{name} must be 2-D, one row a token; got shape {tensor.shape}.")
        if tensor.dtype not in _TO_FLOATS:
            raise ModelFileError(
                f"{name} must hold one of {', '.join(_TO_FLOATS)}; got {tensor.dtype}: numbers packed "
                "or scaled in a way that is not read here. Take the model as it was before quantisation."
            )
        row_bytes, to_floats = tensor.n_bytes // tensor.shape[0], _TO_FLOATS[tensor.dtype]
        return MappedRows(self.path, tensor.start, tensor.shape, row_bytes, tensor.dtype, to_floats)


class ShardedSafetensors:
    """A model cut into several safetensors files, by its index (model.safetensors.index.json)."""

    tokens = None

    def __init__(self, index_path):
        path = Path(index_path)
        index = parse_object(read_at_most(path, LARGEST_HEADER), path.name)
        self.folder, self.tensors = path.parent, index.get("weight_map")
        if not isinstance(self.tensors, dict):
            raise ModelFileError(f"{path.name} must hold a weight_map, {{name: file}}; got {short(index)}.")

    def rows(self, name):
        """Return a 2-D tensor as MappedRows from the one file that holds it; raises ModelFileError."""
        shard = self.tensors[name]
        plain = isinstance(shard, str) and shard == PurePosixPath(shard).name and not {*shard} & {*"\\:\0"}
        if not plain or not shard.endswith(".safetensors"):
            raise ModelFileError(f"the index must name .safetensors files of its folder; got {short(shard)}.")
        if not (self.folder / shard).is_file():
            raise FileNotFoundError(f"{name} is in {shard}, which is not in the folder: download it too.")
        file = SafetensorsFile(self.folder / shard)
        if name not in file.tensors:
            raise ModelFileError(f"the index says that {name} is in {shard}, and it is not.")
        return file.rows(name)


def _read_header(path):
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(8)
        if start[:4] == b"GGUF":
            raise ModelFileError(f"{path.name} is a gguf file: read it with table_from_gguf.")
        if start[:2] in (b"PK", b"\x80\x02"):
            raise ModelFileError(f"{path.name} is a pickle, not safetensors: reading it would run its code.")
        length = int.from_bytes(start, "little")
        if len(start) < 8 or 8 + length > size:
            raise ModelFileError(f"{path.name} is cut short: {8 + length:,} bytes of header; got {size:,}.")
        if length > LARGEST_HEADER:
            raise ModelFileError(f"the header must have at most {LARGEST_HEADER:,} bytes; got {length:,}.")
        header = parse_object(file.read(length), f"the header of {path.name}")
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise ModelFileError(f"__metadata__ must be an object of strings; got {short(metadata)}.")
    tensors = {name: _tensor(name, entry, 8 + length) for name, entry in header.items()}
    _check_places(tensors, 8 + length, size)
    return tensors


def _tensor(name, entry, data_start):
    if not isinstance(entry, dict) or entry.keys() != {"dtype", "shape", "data_offsets"}:
        raise ModelFileError(f"{short(name)} must have dtype, shape and data_offsets; got {short(entry)}.")
    dtype, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(dtype, str) or dtype not in BITS:
        raise ModelFileError(f"the dtype of {short(name)} must be a known one; got {short(dtype)}.")
    if not _are_sizes(shape) or len(shape) > 16:
        raise ModelFileError(f"the shape of {short(name)} must be a list of sizes; got {short(shape)}.")
    if not _are_sizes(offsets) or len(offsets) != 2:
        raise ModelFileError(f"data_offsets of {short(name)} must be [begin, end]; got {short(offsets)}.")
    begin, end = offsets
    needed = math.prod(shape) * BITS[dtype]
    if (end - begin) * 8 != needed:
        raise ModelFileError(
            f"{short(name)}, {dtype} of shape {tuple(shape)}, needs {needed / 8:,.0f} bytes; its offsets "
            f"{begin:,} to {end:,} hold {end - begin:,}."
        )
    return Tensor(dtype, tuple(shape), data_start + begin, end - begin)


def _check_places(tensors, data_start, size):
    """The numbers must fill the file: no overlap, no gap, nothing after the end."""
    places = sorted((tensor.start, tensor.start + tensor.n_bytes) for tensor in tensors.values())
    places = [(data_start, data_start), *places, (size, size)]
    for (_, end), (start, _) in pairwise(places):
        if end != start:
            what = "overlap" if end > start else "leave a gap"
            raise ModelFileError(f"the tensors {what}: one ends at byte {end:,}, one starts at {start:,}.")


def _are_sizes(numbers):
    return isinstance(numbers, list) and all(type(n) is int and 0 <= n < 2**53 for n in numbers)


def _from_bf16(rows):
    """bf16 is the upper half of an fp32: put it there, with zeros below."""
    return (rows.view("<u2").astype(np.uint32) << 16).view(np.float32)


_TO_FLOATS = {
    "F64": lambda rows: rows.view("<f8"),
    "F32": lambda rows: rows.view("<f4"),
    "F16": lambda rows: rows.view("<f2"),
    "BF16": _from_bf16,
}

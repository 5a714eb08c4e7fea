"""The header of a gguf file (llama.cpp), checked as it is read, and its token table as rows on disk."""

import math
import mmap
import struct
from pathlib import Path
from reprlib import repr as short

import numpy as np

from .mapped_rows import MappedRows
from .safetensors_files import Tensor
from .untrusted import ModelFileError

# The format: "GGUF", version, how many tensors and keys; the keys with their values; name, shape, type and
# offset of each tensor; then, aligned, the numbers. The gguf package reads it too, but trusts every length
# and makes several objects a token: opening takes seconds, and a hostile file could take all memory.

SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
STRING, ARRAY = 8, 9
MOST_ITEMS = 2_000_000  # keys, strings and tensors; a large vocabulary with its merges has 0.8 million
MOST_TEXT = 100_000_000  # bytes of names and tokens
LONGEST_NAME = 65_535


class GgufFile:
    """One gguf file: `tensors` maps names to Tensors, `tokens` is the vocabulary in it, or None.

    Raises ModelFileError where it breaks the format, ImportError if the gguf package is not installed.
    """

    def __init__(self, path):
        self.path = Path(path)
        self._gguf = _gguf_package()
        if not self.path.stat().st_size:
            raise ModelFileError(f"{self.path.name} is empty.")
        with self.path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as contents:
            header = _Header(contents, self.path.name)
            values = header.keys_and_values()
            self.tensors = self._tensors(header, values.get("general.alignment", 32))
        self.tokens = values.get("tokenizer.ggml.tokens")

    def rows(self, name):
        """Return a 2-D tensor as MappedRows, which the gguf package dequantises; raises ModelFileError."""
        tensor = self.tensors[name]
        if len(tensor.shape) != 2:
            raise ModelFileError(f"{name} must be 2-D, one row a token; got shape {tensor.shape}.")
        kind = self._gguf.GGMLQuantizationType[tensor.dtype]
        row_bytes = tensor.n_bytes // tensor.shape[0]

        def to_floats(rows):
            with np.errstate(all="ignore"):  # a scale of inf is for the reader to see, not for a warning
                return self._gguf.quants.dequantize(rows, kind)

        try:
            to_floats(np.zeros((1, self._gguf.GGML_QUANT_SIZES[kind][1]), np.uint8))
        except NotImplementedError:
            raise ModelFileError(f"{name} is {tensor.dtype}, which the gguf package cannot read.") from None
        return MappedRows(self.path, tensor.start, tensor.shape, row_bytes, tensor.dtype, to_floats)

    def _tensors(self, header, alignment):
        if not isinstance(alignment, int) or alignment not in {2**power for power in range(21)}:
            raise ModelFileError(f"general.alignment must be a power of two; got {short(alignment)}.")
        infos = [header.tensor_info() for _ in range(header.n_tensors)]
        start = -(-header.place // alignment) * alignment
        tensors, expected = {}, 0
        for name, dims, kind, offset in infos:
            if name in tensors:
                raise ModelFileError(f"the tensor {short(name)} stands there twice.")
            if offset != expected:
                raise ModelFileError(f"{short(name)} must follow at offset {expected:,}; got {offset:,}.")
            tensors[name] = tensor = self._tensor(name, dims, kind, start + offset)
            header.check_end(tensor.start + tensor.n_bytes)
            expected += -(-tensor.n_bytes // alignment) * alignment
        return tensors

    def _tensor(self, name, dims, kind, start):
        try:
            kind = self._gguf.GGMLQuantizationType(kind)
            block, block_bytes = self._gguf.GGML_QUANT_SIZES[kind]
        except (ValueError, KeyError):
            raise ModelFileError(f"{short(name)} must be of a known type; got type {kind}.") from None
        if dims[0] % block:
            raise ModelFileError(f"{kind.name} packs by {block}; {short(name)} has rows of {dims[0]:,}.")
        return Tensor(kind.name, dims[::-1], start, math.prod(dims) // block * block_bytes)


class _Header:
    """Reads forward through the header; every length is checked against what is left of the file."""

    def __init__(self, contents, name):
        self.contents, self.size, self.place = contents, len(contents), 0
        self.items_left, self.text_left = MOST_ITEMS, MOST_TEXT
        if self.take(4) != b"GGUF":
            raise ModelFileError(f"{name} must begin with the letters GGUF; it begins with {contents[:8]!r}.")
        version = self.number("I")
        if version not in (2, 3):
            hint = " It may be big-endian: convert it." if not version & 0xFFFF else ""
            raise ModelFileError(f"gguf versions 2 and 3 are read here; got version {version}.{hint}")
        self.n_tensors, self.n_keys = self.number("Q"), self.number("Q")
        self.check_count(self.n_tensors + self.n_keys, 12)

    def keys_and_values(self):
        values = {}
        for _ in range(self.n_keys):
            key = self.text()
            if key in values:
                raise ModelFileError(f"the key {short(key)} stands there twice.")
            values[key] = self.value(self.number("I"), keep=key == "tokenizer.ggml.tokens")
        return values

    def value(self, kind, keep):
        if kind in SCALARS:
            return self.number(SCALARS[kind])
        if kind == STRING:
            return self.skip(self.number("Q"))
        if kind != ARRAY:
            raise ModelFileError(f"a value must be of type 0 to 12; got {kind} at byte {self.place:,}.")
        kind, count = self.number("I"), self.number("Q")
        if kind in SCALARS:
            return self.skip(count * struct.calcsize("<" + SCALARS[kind]))
        if kind != STRING:
            raise ModelFileError(f"a list must hold numbers or strings; got type {kind}.")
        self.check_count(count, 8)
        if keep:
            return [self.text() for _ in range(count)]
        for _ in range(count):
            self.skip(self.number("Q"))
        return None

    def tensor_info(self):
        name, n_dims = self.text(), self.number("I")
        if not 1 <= n_dims <= 4:
            raise ModelFileError(f"{short(name)} must have 1 to 4 dimensions; got {n_dims}.")
        dims = tuple(self.number("Q") for _ in range(n_dims))
        if 0 in dims or math.prod(dims) > 2**53:
            raise ModelFileError(f"{short(name)} must have a possible shape; got {dims}.")
        return name, dims, self.number("I"), self.number("Q")

    def skip(self, length):
        self.place += length
        self.check_end(self.place)

    def take(self, length):
        self.skip(length)
        return self.contents[self.place - length : self.place]

    def number(self, form):
        return struct.unpack("<" + form, self.take(struct.calcsize("<" + form)))[0]

    def text(self):
        length = self.number("Q")
        self.text_left -= length
        if length > LONGEST_NAME or self.text_left < 0:
            raise ModelFileError(f"a name or token has at most {LONGEST_NAME:,} bytes; got {length:,}.")
        try:
            return self.take(length).decode("utf-8")
        except UnicodeDecodeError:
            raise ModelFileError(f"a name or token before byte {self.place:,} is not UTF-8.") from None

    def check_end(self, end):
        if end > self.size:
            raise ModelFileError(f"the file is cut short: {end:,} bytes are needed; got {self.size:,}.")

    def check_count(self, count, least_bytes):
        self.items_left -= count
        if self.items_left < 0 or count * least_bytes > self.size - self.place:
            raise ModelFileError(f"the header announces {count:,} entries, more than the file can hold.")


def _gguf_package():
    try:
        import gguf
        import gguf.quants
    except ImportError:
        raise ImportError("a gguf file needs the gguf package: pip install gguf==0.19.0") from None
    return gguf

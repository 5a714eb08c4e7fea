"""The header of a gguf file (llama.cpp), checked as it is read, and its tables as rows on disk."""

import math
import struct
from functools import partial

import numpy as np

from .rows_on_disk import RowsOnDisk, SteadyFile, Tensor
from .untrusted import MOST_TOKENS, ModelFileError, plain, refuse_pointer, short

# The format: "GGUF", version, how many tensors and keys; the keys with their values; name, shape, type and
# offset of each tensor; then, aligned, the numbers. The gguf package reads it too, but trusts every length
# and makes several objects a token: opening takes seconds, and a hostile file could take all memory.

SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
STRING, ARRAY = 8, 9
MOST_TENSORS = MOST_KEYS = 100_000  # real files have some thousand tensors and some dozen keys
MOST_STRINGS = MOST_TOKENS  # in lists; a large vocabulary with its merges has 0.8 million
MOST_TEXT = 100_000_000  # bytes of names and tokens
LONGEST_NAME = 65_535


class GgufFile:
    """One gguf file: `tensors` maps names to Tensors, `tokens` is the vocabulary in it, or None.

    Raises ModelFileError where it breaks the format, ImportError if the gguf package is not installed.
    """

    def __init__(self, path):
        self._gguf = _gguf_package()
        self._file = SteadyFile(path)
        with self._file.reading() as stream:
            header = _Header(stream, self._file.size, plain(self._file.path.name))
            values = header.keys_and_values()
            self.tensors = self._tensors(header, values.get("general.alignment", 32))
        self.tokens = values.get("tokenizer.ggml.tokens")
        if not isinstance(self.tokens, (list, type(None))):
            raise ModelFileError(f"tokenizer.ggml.tokens must be a list of strings; got {short(self.tokens)}.")

    def rows(self, name):
        """Return a 2-D tensor as RowsOnDisk, which the gguf package dequantises; raises ModelFileError."""
        tensor = self.tensors[name]
        if len(tensor.shape) != 2:
            raise ModelFileError(f"{plain(name)} must be 2-D, one row a token; got shape {tensor.shape}.")
        kind = self._gguf.GGMLQuantizationType[tensor.dtype]
        to_floats = partial(self._to_floats, kind)
        try:
            to_floats(np.zeros((1, self._gguf.GGML_QUANT_SIZES[kind][1]), np.uint8))
        except NotImplementedError:
            raise ModelFileError(f"{plain(name)} is {tensor.dtype}, which the gguf package cannot read.") from None
        return RowsOnDisk(self._file, tensor, to_floats)

    def _to_floats(self, kind, rows):
        with np.errstate(all="ignore"):  # a scale of inf is for the reader to see, not for a warning
            return self._gguf.quants.dequantize(rows, kind)

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

    def __init__(self, stream, size, name):
        self.stream, self.size, self.place = stream, size, 0
        self.strings_left, self.text_left = MOST_STRINGS, MOST_TEXT
        start = stream.peek(64)[:64]
        refuse_pointer(start, name)
        if not size:
            raise ModelFileError(f"{name} is empty.")
        if self.take(4) != b"GGUF":
            raise ModelFileError(f"{name} must begin with the letters GGUF; it begins with {start[:8]!r}.")
        version = self.number("I")
        if version not in (2, 3):
            hint = " It may be big-endian: convert it." if not version & 0xFFFF else ""
            raise ModelFileError(f"gguf versions 2 and 3 are read here; got version {version}.{hint}")
        self.n_tensors, self.n_keys = self.number("Q"), self.number("Q")
        if self.n_tensors > MOST_TENSORS or self.n_keys > MOST_KEYS:
            raise ModelFileError(
                f"a gguf file has at most {MOST_TENSORS:,} tensors and as many keys; the header announces "
                f"{self.n_tensors:,} and {self.n_keys:,}."
            )

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
            self.skip(self.number("Q"))
            return "a string"
        if kind != ARRAY:
            raise ModelFileError(f"a value must be of type 0 to 12; got {kind} at byte {self.place:,}.")
        kind, count = self.number("I"), self.number("Q")
        if kind in SCALARS:
            self.skip(count * struct.calcsize("<" + SCALARS[kind]))
            return "a list of numbers"
        if kind != STRING:
            raise ModelFileError(f"a list must hold numbers or strings; got type {kind}.")
        self.strings_left -= count
        if self.strings_left < 0:
            raise ModelFileError(f"lists must have at most {MOST_STRINGS:,} strings in all; got one of {count:,}.")
        if keep:
            return [self.text() for _ in range(count)]
        for _ in range(count):
            self.skip(self.number("Q"))
        return "a list of strings"

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
        self.stream.seek(length, 1)

    def take(self, length):
        self.place += length
        self.check_end(self.place)
        found = self.stream.read(length)
        if len(found) < length:
            raise ModelFileError("the file became shorter while it was read: open it again.")
        return found

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


def _gguf_package():
    try:
        import gguf
        import gguf.quants
    except ImportError:
        raise ImportError("a gguf file needs the gguf package: pip install gguf==0.19.0") from None
    return gguf

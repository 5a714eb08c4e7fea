"""The keys of a gguf file with their values, lists of tokens and merges among them: what a model says of itself."""

import mmap
import struct
from pathlib import Path
from reprlib import repr as short

import numpy as np

from .untrusted import ModelFileError

SCALARS = {0: "u1", 1: "i1", 2: "<u2", 3: "<i2", 4: "<u4", 5: "<i4", 6: "<f4", 7: "?", 10: "<u8", 11: "<i8", 12: "<f8"}
STRING, ARRAY = 8, 9
MOST_KEYS, MOST_ITEMS = 10_000, 2_000_000


def read_keys(path):
    """Return {key: value} of a gguf file: numbers, texts, lists of texts, arrays of numbers.

    Raises ModelFileError where the file breaks the format: every length is checked against what is left of it.
    """
    path = Path(path)
    if not path.stat().st_size:
        raise ModelFileError(f"{path.name} is empty.")
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as contents:
        reader = _Reader(contents)
        if reader.take(4) != b"GGUF":
            raise ModelFileError(f"{path.name} must begin with the letters GGUF; it begins with {contents[:8]!r}.")
        version, _, n_keys = reader.number("<u4"), reader.number("<u8"), reader.number("<u8")
        if version not in (2, 3) or n_keys > MOST_KEYS:
            raise ModelFileError(
                f"gguf versions 2 and 3 with at most {MOST_KEYS:,} keys are read here; got version {version} "
                f"with {n_keys:,} keys."
            )
        return {reader.text(): reader.value(reader.number("<u4")) for _ in range(n_keys)}


class _Reader:
    """Reads forward through the bytes."""

    def __init__(self, contents):
        self.contents, self.place, self.items_left = contents, 0, MOST_ITEMS

    def take(self, length):
        self.place += length
        if self.place > len(self.contents):
            raise ModelFileError(f"the file is cut short: {self.place:,} bytes are needed; got {len(self.contents):,}.")
        return self.contents[self.place - length : self.place]

    def number(self, form):
        return np.frombuffer(self.take(np.dtype(form).itemsize), form)[0].item()

    def text(self):
        (length,) = struct.unpack("<Q", self.take(8))
        try:
            return self.take(length).decode("utf-8")
        except UnicodeDecodeError:
            raise ModelFileError(f"the text before byte {self.place:,} is not UTF-8.") from None

    def value(self, kind):
        if kind in SCALARS:
            return self.number(SCALARS[kind])
        if kind == STRING:
            return self.text()
        if kind != ARRAY:
            raise ModelFileError(f"a value must be of type 0 to 12; got {kind} at byte {self.place:,}.")
        kind, count = self.number("<u4"), self.number("<u8")
        self.items_left -= count
        if self.items_left < 0:
            raise ModelFileError(f"the lists of a file must have at most {MOST_ITEMS:,} entries in all; got more.")
        if kind in SCALARS:
            return np.frombuffer(self.take(count * np.dtype(SCALARS[kind]).itemsize), SCALARS[kind])
        if kind != STRING:
            raise ModelFileError(f"a list must hold numbers or texts; got type {short(kind)}.")
        return [self.text() for _ in range(count)]

"""The header of a gguf file, read forward from its first byte; every length is checked before it is believed."""

import math
import struct

from .untrusted import MOST_TOKENS, ModelFileError, refuse_pointer, short

# The format: "GGUF", version, how many tensors and keys; the keys with their values; name, shape, type and
# offset of each tensor; then, aligned, the numbers. The gguf package reads it too, but trusts every length
# and makes several objects a token: opening takes seconds, and a hostile file could take all memory.

FORMS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
SCALARS = {kind: struct.Struct("<" + form) for kind, form in FORMS.items()}
U32, U64 = SCALARS[4], SCALARS[10]
STRING, ARRAY = 8, 9
MOST_TENSORS = MOST_KEYS = 100_000  # real files have some thousand tensors and some dozen keys
MOST_STRINGS = MOST_TOKENS  # in lists; a large vocabulary with its merges has 0.8 million
MOST_TEXT = 100_000_000  # bytes of names and tokens
LONGEST_NAME = 65_535


class Header:
    """Reads a stream of `size` bytes: first `keys_and_values`, then `tensor_info` for each of `n_tensors`."""

    def __init__(self, stream, size, name):
        self.stream, self.size, self.place = stream, size, 0
        self.strings_left, self.text_left = MOST_STRINGS, MOST_TEXT
        start = stream.peek(64)[:64]
        refuse_pointer(start, name)
        if not size:
            raise ModelFileError(f"{name} is empty.")
        if self.take(4) != b"GGUF":
            raise ModelFileError(f"{name} must begin with the letters GGUF; it begins with {start[:8]!r}.")
        version = self.number(U32)
        if version not in (2, 3):
            hint = " It may be big-endian: convert it." if not version & 0xFFFF else ""
            raise ModelFileError(f"gguf versions 2 and 3 are read here; got version {version}.{hint}")
        self.n_tensors, self.n_keys = self.number(U64), self.number(U64)
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
            values[key] = self.value(self.number(U32), keep=key == "tokenizer.ggml.tokens")
        return values

    def value(self, kind, keep):
        if kind in SCALARS:
            return self.number(SCALARS[kind])
        if kind == STRING:
            self.skip(self.number(U64))
            return "a string"
        if kind != ARRAY:
            raise ModelFileError(f"a value must be of type 0 to 12; got {kind} at byte {self.place:,}.")
        kind, count = self.number(U32), self.number(U64)
        if kind in SCALARS:
            self.skip(count * SCALARS[kind].size)
            return "a list of numbers"
        if kind != STRING:
            raise ModelFileError(f"a list must hold numbers or strings; got type {kind}.")
        self.strings_left -= count
        if self.strings_left < 0:
            raise ModelFileError(f"lists must have at most {MOST_STRINGS:,} strings in all; got one of {count:,}.")
        if keep:
            return [self.text() for _ in range(count)]
        for _ in range(count):
            self.skip(self.number(U64))
        return "a list of strings"

    def tensor_info(self):
        name, n_dims = self.text(), self.number(U32)
        if not 1 <= n_dims <= 4:
            raise ModelFileError(f"{short(name)} must have 1 to 4 dimensions; got {n_dims}.")
        dims = tuple(self.number(U64) for _ in range(n_dims))
        if 0 in dims or math.prod(dims) > 2**53:
            raise ModelFileError(f"{short(name)} must have a possible shape; got {dims}.")
        return name, dims, self.number(U32), self.number(U64)

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
        return form.unpack(self.take(form.size))[0]

    def text(self):
        length = self.number(U64)
        self.text_left -= length
        if length > LONGEST_NAME:
            raise ModelFileError(f"a name or token has at most {LONGEST_NAME:,} bytes; got {length:,}.")
        if self.text_left < 0:
            raise ModelFileError(f"names and tokens have at most {MOST_TEXT:,} bytes in all.")
        try:
            return self.take(length).decode("utf-8")
        except UnicodeDecodeError:
            raise ModelFileError(f"a name or token before byte {self.place:,} is not UTF-8.") from None

    def check_end(self, end):
        if end > self.size:
            raise ModelFileError(f"the file is cut short: {end:,} bytes are needed; got {self.size:,}.")

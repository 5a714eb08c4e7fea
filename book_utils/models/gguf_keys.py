"""The keys of a gguf file with all their values, lists of tokens and merges among them: what a model says of itself."""

import numpy as np

from .gguf_header import ARRAY, FORMS, LONGEST_NAME, MOST_STRINGS, SCALARS, STRING, U32, U64, Header
from .rows_on_disk import SteadyFile
from .untrusted import ModelFileError, plain


def read_keys(path):
    """Return {key: value} of a gguf file: numbers, texts, lists of texts, arrays of numbers; raises ModelFileError."""
    file = SteadyFile(path)
    with file.reading() as stream:
        return _KeepingHeader(stream, file.size, plain(file.path.name)).keys_and_values()


class _KeepingHeader(Header):
    """A Header that keeps every value but texts longer than a name may be."""

    def value(self, kind, keep):
        if kind == STRING:
            return self.text_or_skip()
        if kind != ARRAY:
            return super().value(kind, keep)
        kind, count = self.number(U32), self.number(U64)
        if kind in SCALARS:
            return np.frombuffer(self.take(count * SCALARS[kind].size), "<" + FORMS[kind])
        if kind != STRING:
            raise ModelFileError(f"a list must hold numbers or strings; got type {kind}.")
        self.strings_left -= count
        if self.strings_left < 0:
            raise ModelFileError(f"lists must have at most {MOST_STRINGS:,} strings in all; got one of {count:,}.")
        return [self.text() for _ in range(count)]

    def text_or_skip(self):
        length = U64.unpack(self.stream.peek(8)[:8].ljust(8, b"\0"))[0]
        if length <= LONGEST_NAME:
            return self.text()
        self.skip(self.number(U64))
        return "a long text"

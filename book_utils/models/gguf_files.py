"""A gguf file (llama.cpp): its tensors by name, its tokens, and its tables as rows on disk."""

import math
from functools import partial

import numpy as np

from .gguf_header import Header
from .rows_on_disk import RowsOnDisk, SteadyFile, Tensor
from .untrusted import ModelFileError, plain, short


class GgufFile:
    """One gguf file: `tensors` maps names to Tensors, `tokens` is the vocabulary in it, or None.

    Raises ModelFileError where it breaks the format, ImportError if the gguf package is not installed.
    """

    def __init__(self, path):
        self._gguf = _gguf_package()
        self._file = SteadyFile(path)
        with self._file.reading() as stream:
            header = Header(stream, self._file.size, plain(self._file.path.name))
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


def _gguf_package():
    try:
        import gguf
        import gguf.quants
    except ImportError:
        raise ImportError("a gguf file needs the gguf package: pip install gguf==0.19.0") from None
    return gguf

"""A table that stays on disk: only the rows that are asked for are read, and turned into fp32."""

import numpy as np

from ..lookup import EmbeddingTable
from .untrusted import ModelFileError

LARGEST_COPY = 2**32  # bytes: a whole table is copied into memory only below this
WIDEST_ROW = 2**20  # numbers; the widest public models have some 20,000


class MappedRows:
    """(rows, dim) numbers in a file: `vectors[ids]` reads those rows alone, and returns them as fp32.

    Row i lies at byte `offset` + i x `row_bytes`; `to_floats` makes (n, dim) numbers of (n, row_bytes) bytes.
    It has `shape`, `ndim`, `dtype` (of what comes out), and `stored_as` and `nbytes` (of what is on disk).
    np.asarray(vectors) copies the whole table, and raises MemoryError above 4 GiB.
    """

    ndim, dtype = 2, np.dtype(np.float32)

    def __init__(self, path, offset, shape, row_bytes, stored_as, to_floats):
        if shape[1] > WIDEST_ROW:
            raise ModelFileError(f"a row must have at most {WIDEST_ROW:,} numbers; got {shape[1]:,}.")
        self.shape, self.stored_as, self._to_floats = shape, stored_as, to_floats
        self._bytes = np.memmap(path, np.uint8, "r", offset, shape=(shape[0], row_bytes))
        self.nbytes = self._bytes.nbytes

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, ids):
        if isinstance(ids, tuple):
            raise TypeError("rows on disk come whole: write vectors[ids][..., columns].")
        found = np.array(self._bytes[ids])  # the copy is the moment of reading
        floats = self._to_floats(found.reshape(-1, found.shape[-1]))
        return floats.astype(np.float32, copy=False).reshape(*found.shape[:-1], self.shape[1])

    def __array__(self, dtype=None, copy=None):
        size = self.shape[0] * self.shape[1] * self.dtype.itemsize
        if size > LARGEST_COPY:
            raise MemoryError(f"the whole table takes {size / 2**30:.1f} GiB: ask for rows, vectors[ids].")
        return self[:] if dtype is None else self[:].astype(dtype)

    def __repr__(self):
        rows, dim = self.shape
        return f"MappedRows({rows:,} x {dim:,}, {self.stored_as} on disk, {self.nbytes:,} bytes)"


class MappedTable(EmbeddingTable):
    """An EmbeddingTable whose `vectors` are MappedRows; `n_bytes` are its bytes on disk."""

    def __init__(self, rows, tokens=None):
        # A stand-in of the right shape that takes no memory, for EmbeddingTable to check the tokens against.
        super().__init__(np.broadcast_to(np.float32(0), rows.shape), tokens)
        self.vectors, self.n_bytes = rows, rows.nbytes

    def __repr__(self):
        kind = f"{self.vectors.stored_as} on disk"
        return f"MappedTable({len(self):,} tokens x {self.dim:,} numbers, {kind}, {self.n_bytes:,} bytes)"

"""Rows that stay on disk: only those that are asked for are read, and turned into fp32."""

import os
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .untrusted import ModelFileError, plain

LARGEST_COPY = 2**32  # bytes: a whole table is copied into memory only below this
WIDEST_ROW = 2**20  # numbers; the widest public tables have some 20,000


class Tensor(NamedTuple):
    """Where a tensor lies: `start` and `n_bytes` count bytes of the file."""

    dtype: str
    shape: tuple
    start: int
    n_bytes: int


class SteadyFile:
    """A file that must stay as it is from now on: later reading raises ModelFileError if it was changed.

    It is opened anew for each reading and not mapped: a mapped file that shrinks ends the whole program.
    """

    def __init__(self, path):
        self.path = Path(path)
        self._state = _state(os.stat(path))
        self.size = self._state[0]

    @contextmanager
    def reading(self, buffering=-1):
        """Give the opened file, checked before and after."""
        try:
            with self.path.open("rb", buffering=buffering) as file:
                self._check(file)
                yield file
                self._check(file)
        except OSError as problem:
            raise ModelFileError(
                f"{plain(self.path.name)} cannot be read ({problem.strerror}). If it was moved, open it again."
            ) from None

    def read_into(self, places):
        """Fill buffers: (place in the file, memoryview) pairs."""
        with self.reading(buffering=0) as file:
            for place, view in places:
                file.seek(place)
                while view:
                    n_read = file.readinto(view)
                    if not n_read:
                        raise self._changed()
                    view = view[n_read:]

    def _check(self, file):
        if _state(os.fstat(file.fileno())) != self._state:
            raise self._changed()

    def _changed(self):
        return ModelFileError(f"{plain(self.path.name)} was changed after it was opened: open it again.")


def _state(stat):
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns


class RowsOnDisk:
    """(rows, dim) numbers in a file: `vectors[ids]` reads those rows alone, and returns them as fp32.

    `file` is a SteadyFile and `tensor` says where in it the rows lie, one after the other; `to_floats` makes
    (n, dim) numbers of (n, bytes a row) bytes. It has `shape`, `ndim`, `dtype` (of what comes out), and
    `stored_as` and `nbytes` (of what is on disk). np.asarray(vectors) copies the whole table, and raises
    MemoryError above 4 GiB.
    """

    ndim, dtype = 2, np.dtype(np.float32)

    def __init__(self, file, tensor, to_floats):
        if tensor.shape[1] > WIDEST_ROW:
            raise ModelFileError(f"a row must have at most {WIDEST_ROW:,} numbers; got {tensor.shape[1]:,}.")
        self.shape, self.stored_as, self.nbytes = tensor.shape, tensor.dtype, tensor.n_bytes
        self._file, self._start, self._to_floats = file, tensor.start, to_floats
        self._row_bytes = tensor.n_bytes // tensor.shape[0]

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, ids):
        ids = self._whole_rows(ids)
        floats = self._to_floats(self.raw(ids.ravel()))
        return floats.astype(np.float32, copy=False).reshape(*ids.shape, self.shape[1])

    def raw(self, ids):
        """Return rows as they are stored: (n,) IDs from 0 in, (n, bytes a row) out."""
        found = np.empty((len(ids), self._row_bytes), np.uint8)
        if len(ids):
            # Neighbours are read in one go, and all in the order of the file: so a disk likes it.
            first = np.append(0, np.flatnonzero(np.diff(ids) != 1) + 1)
            bounds = np.column_stack([first, np.append(first[1:], len(ids)), ids[first]]) * self._row_bytes
            view = memoryview(found.ravel())
            runs = bounds[np.argsort(ids[first], kind="stable")].tolist()
            self._file.read_into((self._start + place, view[begin:end]) for begin, end, place in runs)
        return found

    def _whole_rows(self, ids):
        if isinstance(ids, slice):
            return np.arange(*ids.indices(len(self)))
        if isinstance(ids, tuple):
            raise TypeError("rows on disk come whole: write vectors[ids][..., columns].")
        ids = np.asarray(ids, dtype=None if np.size(ids) else np.intp)
        if ids.dtype == bool and ids.shape == (len(self),):
            return np.flatnonzero(ids)
        if ids.dtype.kind not in "iu":
            raise TypeError(f"rows on disk are asked for by whole numbers or a slice; got {ids.dtype}.")
        if np.any((ids < -len(self)) | (ids >= len(self))):
            raise IndexError(f"rows run from 0 to {len(self) - 1:,}; got {ids.min():,} to {ids.max():,}.")
        return np.where(ids < 0, ids + len(self), ids).astype(np.intp)

    def __array__(self, dtype=None, copy=None):
        size = self.shape[0] * self.shape[1] * self.dtype.itemsize
        if size > LARGEST_COPY:
            raise MemoryError(f"the whole table takes {size / 2**30:.1f} GiB: ask for rows, vectors[ids].")
        return self[:] if dtype is None else self[:].astype(dtype)

    def __repr__(self):
        rows, dim = self.shape
        return f"RowsOnDisk({rows:,} x {dim:,}, {self.stored_as}, {self.nbytes:,} bytes)"

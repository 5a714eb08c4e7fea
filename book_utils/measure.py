"""How long a lookup takes: seconds to show in a figure, never to test or to ask about.

`recorded()` gives the times that the book shows, the same on every build; `lookup_times()` takes yours.
"""

import ctypes
import json
import mmap
import os
import time
from pathlib import Path

import numpy as np

from .lookup import one_hot

COUNTS = (1, 4, 16, 64, 256, 1_024, 4_096)
RECORD = Path(__file__).parent / "data" / "times.json"


def recorded() -> dict:
    """Give the recorded times: `machine` in words, `lookup` as `lookup_times` gives it, `disk` as `disk_reads` does.

    >>> sorted(recorded())
    ['disk', 'lookup', 'machine', 'read_ahead_kib']
    """
    return json.loads(RECORD.read_text(encoding="utf-8"))


def best_of(action, arguments):
    """Return the shortest of several runs, in seconds: the run least disturbed by other work.

    >>> best_of(len, ["one", "two"]) < 1
    True
    """
    seconds = []
    for argument in arguments:
        start = time.perf_counter()
        action(argument)
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def lookup_times(table_rows=(5_000, 50_000), dim=768, counts=COUNTS, seed=0, repeats=5):
    """Time lookups of `counts` rows in tables of several sizes, plain copying, and the one-hot product.

    Returns {name: (counts, seconds)}. Each run asks for rows not asked for before. Copying is of as many bytes as
    the lookup gives back; the one-hot product is timed on the smallest table and for few rows only.

    >>> sorted(lookup_times(table_rows=(10, 20), dim=2, counts=(1, 2)))
    ['copying', 'one-hot, 10 rows', 'table of 10 rows', 'table of 20 rows']
    """
    random = np.random.default_rng(seed)
    times = {}
    for rows in table_rows:
        table = random.standard_normal((rows, dim), dtype=np.float32)
        draws = random.integers(0, rows, (repeats, max(counts)))
        times[f"table of {rows:,} rows"] = (counts, _each(lambda ids, table=table: table[ids], draws, counts))
        if rows == min(table_rows):
            few = [n for n in counts if n <= 256]
            product = _each(lambda ids, rows=rows, table=table: one_hot(ids, rows) @ table, draws[:2], few)
            times[f"one-hot, {rows:,} rows"] = (few, product)
    blocks = random.standard_normal((repeats, max(counts), dim), dtype=np.float32)
    times["copying"] = (counts, _each(np.copy, blocks, counts))
    return times


def disk_reads(path, rows=50_257, dim=768, seed=0, repeats=5):
    """Write a table to `path` and read rows of it from the disk: {name: [seconds, bytes brought into memory]}.

    Linux only: the system is told to forget the file before each reading, and says afterwards which of its pages
    (mincore) it holds. Mapped, a file is read ahead around each page that is touched, unless told otherwise.

    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     len(disk_reads(pathlib.Path(folder) / "table.npy", rows=1_000, dim=8))
    7
    """
    random = np.random.default_rng(seed)
    np.save(path, random.standard_normal((rows, dim), dtype=np.float32))
    start = np.load(path, mmap_mode="r").offset
    few, many = random.choice(rows, 5, replace=False), random.choice(rows, 256, replace=False)

    def mapped(ids):
        return np.asarray(np.load(path, mmap_mode="r")[ids])

    def mapped_at_random(ids):
        table = np.load(path, mmap_mode="r")
        table._mmap.madvise(mmap.MADV_RANDOM)
        return np.asarray(table[ids])

    def row_by_row(ids):
        with open(path, "rb") as file:
            return [os.pread(file.fileno(), 4 * dim, start + 4 * dim * int(row)) for row in np.sort(ids)]

    ways = {"mapped": mapped, "mapped, no read-ahead": mapped_at_random, "read row by row": row_by_row}
    readings = {f"{len(ids)} rows, {way}": (read, ids) for way, read in ways.items() for ids in (few, many)}
    found = {}
    for name, (read, argument) in {**readings, "the whole file": (np.load, path)}.items():
        seconds = []
        for _ in range(repeats):
            _forget(path)
            seconds.append(best_of(read, [argument]))
        found[name] = [min(seconds), _bytes_in_memory(path)]
    return found


def _forget(path):
    with open(path, "rb+") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _bytes_in_memory(path):
    """Count the bytes of the pages of a file that the system holds in memory."""
    libc = ctypes.CDLL(None, use_errno=True)
    whole = np.memmap(path, np.uint8, "r")
    held = np.zeros(-(-whole.nbytes // mmap.PAGESIZE), np.uint8)
    first, into = ctypes.c_void_p(whole.ctypes.data), ctypes.c_void_p(held.ctypes.data)
    if libc.mincore(first, ctypes.c_size_t(whole.nbytes), into):
        raise OSError(ctypes.get_errno(), f"the pages of {path} cannot be counted")
    return int((held & 1).sum()) * mmap.PAGESIZE


def _each(action, draws, counts):
    return [best_of(action, [draw[:n] for draw in draws]) for n in counts]

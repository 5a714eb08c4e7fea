"""What is timed is what the name says, of as many rows; the seconds themselves belong to the machine."""

import inspect
import mmap
import os

import numpy as np
import pytest

from book_utils import measure
from book_utils.lookup import one_hot


@pytest.fixture
def runs(monkeypatch):
    """Every call of best_of as (arguments, what the action gave), with 1 second for each."""
    made = []

    def best_of(action, arguments):
        made.append(([*arguments], [action(argument) for argument in arguments]))
        return 1.0

    monkeypatch.setattr(measure, "best_of", best_of)
    return made


def defaults(function):
    return {name: one.default for name, one in inspect.signature(function).parameters.items()}


def test_the_best_of_some_runs_is_the_shortest(monkeypatch):
    ticks = iter([0, 5, 10, 12, 20, 24])
    monkeypatch.setattr(measure.time, "perf_counter", lambda: next(ticks))
    asked = []
    assert measure.best_of(asked.append, "abc") == 2
    assert asked == ["a", "b", "c"]


def test_each_lookup_is_of_as_many_rows_as_it_says(runs):
    counts = (1, 3, 256, 257)
    times = measure.lookup_times(table_rows=(40, 10), dim=4, counts=counts, repeats=3)
    assert {name: [*of] for name, (of, _) in times.items()} == {
        "table of 40 rows": [*counts], "table of 10 rows": [*counts], "one-hot, 10 rows": [1, 3, 256],
        "copying": [*counts]}
    assert all(seconds == [1.0] * len(of) for of, seconds in times.values())
    large, small, product, copying = runs[:4], runs[4:8], runs[8:11], runs[11:]
    for timed, rows in ((large, 40), (small, 10)):
        known = {}
        for n, (asked, given) in zip(counts, timed, strict=True):
            assert [ids.shape for ids in asked] == 3 * [(n,)]
            assert {ids.max() < rows and ids.min() >= 0 for ids in asked} == {True}
            for ids, found in zip(asked, given, strict=True):
                assert found.shape == (n, 4) and found.dtype == np.float32
                for i, row in zip(ids.tolist(), found, strict=True):
                    assert np.array_equal(known.setdefault(i, row), row)  # an ID has the same row each time
        assert len({*map(bytes, known.values())}) == len(known) == rows
    for n, (asked, given) in zip(counts, product, strict=False):
        assert [ids.shape for ids in asked] == 2 * [(n,)]
        for ids, found in zip(asked, given, strict=True):
            np.testing.assert_allclose(found, one_hot(ids, 10) @ [known[i] for i in range(10)], rtol=1e-6)
    for n, (blocks, copies) in zip(counts, copying, strict=True):
        assert [block.shape for block in blocks] == 3 * [(n, 4)] and blocks[0].dtype == np.float32
        for block, copy in zip(blocks, copies, strict=True):
            assert np.array_equal(block, copy) and not np.shares_memory(block, copy)


def test_the_record_was_taken_with_the_defaults():
    given, record = defaults(measure.lookup_times), measure.recorded()
    small, large = given["table_rows"]
    names = [f"table of {small:,} rows", f"one-hot, {small:,} rows", f"table of {large:,} rows", "copying"]
    assert [*record["lookup"]] == names
    for name, (counts, seconds) in record["lookup"].items():
        assert counts == [n for n in given["counts"] if n <= 256 or "one-hot" not in name]
        assert len(seconds) == len(counts)
    given = defaults(measure.disk_reads)
    assert given["dim"] == defaults(measure.lookup_times)["dim"]
    data = 128 + 4 * given["rows"] * given["dim"]  # of which 128 are the header of a .npy file
    assert record["disk"]["the whole file"][1] == -(-data // 4096) * 4096


def test_each_reading_from_disk_brings_its_rows_and_starts_without_the_file(tmp_path, runs, monkeypatch):
    path = tmp_path / "table.npy"
    monkeypatch.setattr(measure, "_forget", lambda forgotten: runs.append(forgotten))
    found = measure.disk_reads(path, rows=300, dim=8, repeats=2)
    table = np.load(path)
    assert table.shape == (300, 8) and table.dtype == np.float32
    ways = ("mapped", "mapped, no read-ahead", "read row by row")
    assert [*found] == [f"{n} rows, {way}" for way in ways for n in (5, 256)] + ["the whole file"]
    assert {seconds for seconds, _ in found.values()} == {1.0}
    assert runs[::2] == 14 * [path]
    for name, (asked, given) in zip(np.repeat([*found], 2), runs[1::2], strict=True):
        [given], [asked] = given, asked
        if name == "the whole file":
            np.testing.assert_array_equal(given, table)
            continue
        assert len({*asked.tolist()}) == len(asked) == int(name.split()[0])
        if name.endswith("row by row"):
            assert b"".join(given) == table[np.sort(asked)].tobytes()  # in the order of the file
        else:
            np.testing.assert_array_equal(given, table[asked])


def test_a_file_is_written_out_and_then_forgotten_from_its_start_to_its_end(tmp_path, monkeypatch):
    told, path = [], tmp_path / "file"
    path.write_bytes(b"1")
    monkeypatch.setattr(os, "fsync", lambda file: told.append("fsync"))
    monkeypatch.setattr(os, "posix_fadvise", lambda file, *how: told.append(how))
    measure._forget(path)
    assert told == ["fsync", (0, 0, os.POSIX_FADV_DONTNEED)]  # 0 bytes: to the end


@pytest.mark.parametrize("n_bytes", [1, 3 * mmap.PAGESIZE, 3 * mmap.PAGESIZE + 1])
def test_the_pages_of_a_file_just_written_are_all_in_memory(tmp_path, n_bytes):
    path = tmp_path / "file"
    path.write_bytes(bytes(n_bytes))
    assert measure._bytes_in_memory(path) == -(-n_bytes // mmap.PAGESIZE) * mmap.PAGESIZE


def test_without_read_ahead_a_mapped_file_brings_few_pages_beside_those_of_its_rows(tmp_path):
    path, in_page = tmp_path / "table.npy", mmap.PAGESIZE // 4
    found = measure.disk_reads(path, rows=300, dim=in_page, repeats=1)
    measure._forget(path)
    if measure._bytes_in_memory(path):
        pytest.skip("LOUD: this file system holds its files in memory: try a --basetemp on a disk")
    ahead, alone = (found[f"5 rows, {way}"][1] for way in ("mapped", "mapped, no read-ahead"))
    assert 5 * mmap.PAGESIZE < alone < ahead / 2
    assert found["the whole file"][1] == 301 * mmap.PAGESIZE

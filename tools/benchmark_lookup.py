"""Measure a lookup beside this machine's own copy speed, and a table on disk, cold and warm; draw the first.

    python tools/benchmark_lookup.py figure.svg [--quick]

All numbers of one run come from one machine at one time: compare the ratios, not the seconds of two runs.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import numpy as np
from safetensors.numpy import load_file, save_file

from book_utils.lookup import EmbeddingTable, one_hot
from book_utils.models.tables import open_table

DIM = 768
SIZES = 5_000, 50_257, 250_000  # rows of fp32: 15, 154 and 768 MB
COUNTS = tuple(4**power for power in range(9))  # 1 to 65,536 rows looked up
LARGEST_ONE_HOT = 256
ROWS_FROM_DISK = 256


def best_time(run, before=None, budget=0.3):
    """The fewest seconds of a few runs: what the machine can do when nothing disturbs it."""
    times = []
    while len(times) < 3 or (sum(times) < budget and len(times) < 1000):
        if before:
            before()
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def in_memory(sizes, counts):
    """Seconds for each count of rows: {table: lookups, "copy": as many bytes, "one-hot": the product}."""
    random = np.random.default_rng(0)
    tables = [EmbeddingTable(random.standard_normal((size, DIM), dtype=np.float32)) for size in sizes]
    source = random.standard_normal((max(counts), DIM), dtype=np.float32)
    found = {f"{size:,} rows": [] for size in sizes} | {"copy": [], "one-hot": []}
    for count in counts:  # the copy in the same moment as the lookups
        for size, table in zip(sizes, tables, strict=True):
            ids = random.integers(0, size, count)
            found[f"{size:,} rows"].append(best_time(lambda ids=ids, table=table: table.lookup(ids)))
        found["copy"].append(best_time(source[:count].copy))
        if count <= LARGEST_ONE_HOT:
            codes = one_hot(random.integers(0, sizes[1], count), sizes[1])
            found["one-hot"].append(best_time(lambda codes=codes: codes @ tables[1].vectors))
    return found


def on_disk(size, folder):
    """Seconds to open a table on disk and read rows of it: {way: (cold, warm)}; cold is None off Linux."""
    path = Path(folder) / "table.safetensors"
    random = np.random.default_rng(0)
    save_file({"wte.weight": random.standard_normal((size, DIM), dtype=np.float32)}, path)
    ids = random.integers(0, size, ROWS_FROM_DISK)

    def forget():
        with path.open("rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)  # drop this file from the cache

    ways = {
        "on disk, 5 rows": lambda: open_table(path).lookup(ids[:5]),
        f"on disk, {ROWS_FROM_DISK} rows": lambda: open_table(path).lookup(ids),
        f"loaded whole, {ROWS_FROM_DISK} rows": lambda: load_file(path)["wte.weight"][ids],
    }
    cold = hasattr(os, "posix_fadvise")
    return {name: (best_time(run, forget) if cold else None, best_time(run)) for name, run in ways.items()}


def draw(found, counts):
    """Time against rows on the left, bytes a second on the right; returns the figure."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6))
    for name, times in found.items():
        style = "--" if name in ("copy", "one-hot") else "-"
        left.loglog(counts[: len(times)], np.array(times) * 1e6, style, marker=".", label=name)
        if name != "one-hot":
            right.semilogx(counts, DIM * 4 * np.array(counts) / times / 1e9, style, marker=".", label=name)
    left.set(xlabel="rows looked up", ylabel="microseconds", title="Time against rows")
    right.set(xlabel="rows looked up", ylabel="GB a second", ylim=(0, None), title="Beside a plain copy")
    left.legend()
    return figure


def report(found, counts, disk):
    """The same as lines of text."""
    names = [name for name in found if name not in ("copy", "one-hot")]
    yield "rows looked up" + "".join(f"{name:>16}" for name in names) + f"{'copy':>16}" + f"{'one-hot':>16}"
    for place, count in enumerate(counts):
        gigabytes = DIM * 4 * count / 1e9
        speeds = "".join(f"{gigabytes / found[name][place]:>11.2f} GB/s" for name in [*names, "copy"])
        slower = [time / found[names[1]][place] for time in found["one-hot"][place : place + 1]]
        yield f"{count:>14,}{speeds}" + "".join(f"{times:>9,.0f} x slower" for times in slower)
    shares = [np.median(np.divide(found["copy"][-4:], found[name][-4:])) for name in names]
    yield "share of the copy speed, many rows: " + ", ".join(f"{share:.0%}" for share in shares)
    least = min(warm for _, warm in disk.values())
    for name, (cold, warm) in disk.items():
        cold = "cold not measured" if cold is None else f"cold {cold * 1e3:8.2f} ms ({cold / least:,.0f} x)"
        yield f"{name:<24} {cold}   warm {warm * 1e3:8.2f} ms ({warm / least:,.0f} x)"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("figure", type=Path, help="where to draw: .svg or .png")
    parser.add_argument("--quick", action="store_true", help="small tables and few rows: does it run?")
    arguments = parser.parse_args()
    sizes, counts = ((500, 1_000, 2_000), COUNTS[:4]) if arguments.quick else (SIZES, COUNTS)
    found = in_memory(sizes, counts)
    with tempfile.TemporaryDirectory() as folder:
        disk = on_disk(sizes[1], folder)
    plt.style.use("book_utils.book")
    draw(found, counts).savefig(arguments.figure)
    print("\n".join(report(found, counts, disk)))


if __name__ == "__main__":
    main()

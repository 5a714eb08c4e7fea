"""Record the times that chapter 4 shows, on a machine with nothing else to do: python tools/record_times.py."""

import json
import os
import platform
import sys
import tempfile
from pathlib import Path

import numpy as np

from book_utils import measure


def main() -> int:
    """Write book_utils/data/times.json."""
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent) as folder:
        disk = measure.disk_reads(Path(folder) / "table.npy")
        device = Path(folder).stat().st_dev
    lookup = measure.lookup_times()
    record = {
        "machine": f"{os.cpu_count()} cores ({platform.machine()}), NumPy {np.__version__}",
        "lookup": {name: [list(counts), rounded(seconds)] for name, (counts, seconds) in lookup.items()},
        "read_ahead_kib": read_ahead(device),
        "disk": {name: [*rounded([seconds]), n_bytes] for name, (seconds, n_bytes) in disk.items()},
    }
    measure.RECORD.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return 0


def read_ahead(device: int) -> int:
    """Say how far ahead the system reads on a disk, in KiB."""
    return int(Path(f"/sys/class/bdi/{os.major(device)}:{os.minor(device)}/read_ahead_kb").read_text())


def rounded(seconds) -> list[float]:
    """Round to three digits: no clock gives more."""
    return [float(f"{second:.3g}") for second in seconds]


if __name__ == "__main__":
    sys.exit(main())

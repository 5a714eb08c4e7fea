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
        disk = measure.disk_times(Path(folder) / "table.npy")
    lookup = measure.lookup_times()
    record = {
        "machine": f"{os.cpu_count()} cores ({platform.machine()}), NumPy {np.__version__}",
        "lookup": {name: [list(counts), rounded(seconds)] for name, (counts, seconds) in lookup.items()},
        "disk": dict(zip(disk, rounded(disk.values()), strict=True)),
    }
    measure.RECORD.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return 0


def rounded(seconds) -> list[float]:
    """Round to three digits: no clock gives more."""
    return [float(f"{second:.3g}") for second in seconds]


if __name__ == "__main__":
    sys.exit(main())

"""Unpack what a learning platform gives: nothing that a student sent stops the rest, leads elsewhere, or has no end.

nbgrader's own (0.9.6) opens archives within archives for ever, without a limit, and one that is broken stops it.
"""

import re
import shutil
import stat
import zipfile
from pathlib import Path

from nbgrader.plugins import ExtractorPlugin

from .hand_ins import MOST_BYTES, MOST_FILES

MOST_STUDENTS_FILES = 200_000  # in the platform's zip: a class of 10,000 sends twenty each
PERSON = re.compile(r"(?P<name>[^/_]+)_(?:late_)?(?P<number>\d+)_", re.IGNORECASE)  # Moodle, Canvas
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # what platforms use; the others have no bound on memory


class Unpack(ExtractorPlugin):
    """Unpacks zips, and zips within them, once; what is left out is named in a line."""

    def extract(self, archive_path: str, extracted_path: str):
        """Put the files of a folder, those of its zips too, into another one."""
        for path in sorted(Path(archive_path).rglob("*")):
            place = Path(extracted_path) / path.relative_to(archive_path)
            place.parent.mkdir(parents=True, exist_ok=True)
            if path.suffix.lower() == ".zip":
                self._unpack(path, place.with_suffix(""), MOST_STUDENTS_FILES, inner=True)
            elif path.is_file() and not path.is_symlink():
                shutil.copy(path, place)
        check_namesakes(path.name for path in Path(extracted_path).glob("*/*"))

    def _unpack(self, path: Path, folder: Path, most: int, inner: bool):
        try:
            with zipfile.ZipFile(path) as archive:
                files = [entry for entry in archive.infolist() if not entry.filename.endswith("/")]
                for entry in files[:most]:
                    self._take(archive, entry, folder, inner)
                if len(files) > most:
                    self.log.warning("Left out of %s: %s files, for it has more than %s", path, len(files) - most, most)
        except Exception as problem:  # a damaged zip raises anything: IndexError, struct.error, ...
            self.log.warning("Left out: %s, a zip that cannot be read (%s)", path, problem)

    def _take(self, archive, entry, folder: Path, inner: bool):
        try:
            place = folder / entry.filename
            place.resolve().relative_to(folder.resolve())
            if entry.compress_type not in PACKED or stat.S_ISLNK(entry.external_attr >> 16):
                raise ValueError("a link, or packed in a way that learning platforms do not use")
            with archive.open(entry) as file:
                raw = file.read(MOST_BYTES + 1)
            if len(raw) > MOST_BYTES:
                raise ValueError(f"larger than {MOST_BYTES // 1_000_000} MB")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(raw)
        except Exception as problem:
            self.log.warning("Left out of %s: %.200r (%s)", archive.filename, entry.filename, problem)
            return
        if inner and place.suffix.lower() == ".zip":  # one that a student made
            self._unpack(place, place.with_suffix(""), MOST_FILES, inner=False)


def check_namesakes(names):
    """End the program where two students have one name: nbgrader knows students by it, and would mix their files.

    >>> check_namesakes(["doejane_12_34_lookup.ipynb", "doejane_LATE_12_56_lookup.ipynb", "doejohn_13_57_a.ipynb"])
    >>> check_namesakes(["Jo Li_1_assignsubmission_file_", "Jo Li_2_assignsubmission_file_"])
    Traceback (most recent call last):
    SystemExit: Two students are called Jo Li (1 and 2): in the zip, give one another name. Nothing was collected.
    """
    numbers: dict[str, set[str]] = {}
    for found in filter(None, map(PERSON.match, names)):
        numbers.setdefault(found["name"], set()).add(found["number"])
    for name, of_one in numbers.items():
        if len(of_one) > 1:
            raise SystemExit(f"Two students are called {name} ({' and '.join(sorted(of_one))}): in the zip, give one "
                             "another name. Nothing was collected.")

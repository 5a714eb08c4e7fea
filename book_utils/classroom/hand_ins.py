"""Find what a class has handed in: files, folders and the zips of learning platforms, none of them trusted.

Nothing is unpacked to the disk, no link is followed, and each file that is not read gets a sentence.
"""

import os
import stat
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..asking.record import MOST_BYTES

MOST_FILES = 200_000  # twenty for each student of a class of 10,000
MOST_ZIP_BYTES = 1_000_000_000  # a platform's zip of 10,000 files of guesses has 30 MB
MOST_LIST_BYTES = 8_000_000  # the list of files inside a zip: 65,535 long names. It is held in memory.
MOST_UNPACKED = 2_000_000_000  # of all files of one zip together: 10,000 times 200 kB
MOST_RATIO = 200  # a file of guesses shrinks to a tenth; one that grows 200-fold was made to hurt
SMALL = 100_000  # bytes that may grow as they like
DEEPEST = 40  # folders within folders


class LeftOut(ValueError):
    """A file or folder that is not read; the message is a sentence that says why."""


@dataclass
class HandIn:
    """One file that was handed in: its name for the teacher, and its bytes or why it is left out."""

    name: str
    raw: bytes | None = None
    why: str = ""


def check_paths(paths) -> None:
    """Raise ValueError for a path that is not there: a slip of the teacher's, and no file of a student's."""
    for path in paths:
        try:
            os.stat(path)
        except (OSError, ValueError) as problem:
            shown = ascii(str(path))[1:-1][:200]
            raise ValueError(f"{shown} cannot be found or read ({_reason(problem)}): nothing was written.") from None


def hand_ins(paths) -> Iterator[HandIn]:
    """Give every file of files, folders and zips, in the order of their names, one at a time."""
    for count, found in enumerate(_all(paths)):
        if count == MOST_FILES:
            yield HandIn(found.name, why=f"Here the reading stopped: there are more than {MOST_FILES:,} files.")
            return
        yield found


def _all(paths) -> Iterator[HandIn]:
    for path in map(Path, paths):
        mode = path.stat().st_mode  # what the teacher names may be a link; what lies in a folder may not
        if stat.S_ISDIR(mode):
            yield from _folder(path, path.as_posix(), 0)
        else:
            yield from _file(path, path.as_posix(), mode)


def _folder(folder: Path, shown: str, depth: int) -> Iterator[HandIn]:
    if depth > DEEPEST:
        yield HandIn(shown, why=f"It lies more than {DEEPEST} folders deep.")
        return
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries)
    except OSError as problem:
        yield HandIn(shown, why=f"The folder cannot be read ({_reason(problem)}).")
        return
    for name in names:
        path, name = folder / name, f"{shown}/{name}"
        try:
            mode = path.lstat().st_mode
        except OSError as problem:
            yield HandIn(name, why=f"It cannot be read ({_reason(problem)}).")
            continue
        if stat.S_ISDIR(mode):
            yield from _folder(path, name, depth + 1)
        else:
            yield from _file(path, name, mode)


def _file(path: Path, shown: str, mode: int) -> Iterator[HandIn]:
    try:
        if not stat.S_ISREG(mode):
            raise LeftOut("It is a link." if stat.S_ISLNK(mode) else "It is no ordinary file.")
        if shown.lower().endswith(".zip"):
            yield from _zip(path, shown)
            return
        _check_name(shown)
        with open(path, "rb") as file:
            raw = file.read(MOST_BYTES + 1)  # one byte too many is enough to know
        yield HandIn(shown, raw)
    except LeftOut as problem:
        yield HandIn(shown, why=str(problem))
    except OSError as problem:
        yield HandIn(shown, why=f"It cannot be read ({_reason(problem)}).")


def _check_name(name: str) -> None:
    if not name.lower().endswith(".json"):
        raise LeftOut("Its name does not end in .json or .zip.")


def _reason(problem: Exception) -> str:
    return (getattr(problem, "strerror", None) or str(problem)).lower()


# -- zips ---------------------------------------------------------------------------------------


def _zip(path: Path, shown: str) -> Iterator[HandIn]:
    try:
        _check_list(path)
        archive = zipfile.ZipFile(path)
    except LeftOut:
        raise
    except Exception as problem:  # what zipfile raises on a damaged list has no bounds: IndexError, struct.error, ...
        raise LeftOut("The zip is damaged.") from problem
    unpacked = 0
    with archive:
        for entry in sorted(archive.infolist(), key=lambda entry: entry.filename):
            if entry.filename.endswith("/"):  # is_dir() fails for a name that is empty
                continue
            name = f"{shown}/{entry.filename}"
            try:
                _check_entry(entry)
                unpacked += entry.file_size
                if unpacked > MOST_UNPACKED:
                    raise LeftOut(f"The zip holds more than {MOST_UNPACKED / 1e9:g} GB up to here.")
                with archive.open(entry) as file:
                    yield HandIn(name, file.read(MOST_BYTES + 1))
            except LeftOut as problem:
                yield HandIn(name, why=str(problem))
            except Exception:  # whatever it is, it must not stop the rest of the class
                yield HandIn(name, why="This part of the zip is damaged.")


def _check_list(path: Path) -> None:
    """Look at the last record of a zip before zipfile reads the list that it points to into memory."""
    size = path.stat().st_size
    if size > MOST_ZIP_BYTES:
        raise LeftOut(f"The zip is larger than {MOST_ZIP_BYTES / 1e9:g} GB: unpack it and name the folder.")
    with open(path, "rb") as file:
        file.seek(max(0, size - 65_535 - 22 - 20))
        tail = file.read()
    without_comment = tail[-22:-18] == b"PK\5\6" and tail[-2:] == b"\0\0"  # found in the order in which zipfile looks
    last = len(tail) - 22 if without_comment else tail.rfind(b"PK\5\6")
    if last < 0 or len(tail) - last < 22:
        raise LeftOut("The zip is damaged.")
    list_bytes = struct.unpack_from("<L", tail, last + 12)[0]
    in_64_bits = tail[max(0, last - 20) : last].startswith(b"PK\6\7")  # then the size stands elsewhere
    if list_bytes > MOST_LIST_BYTES or in_64_bits:
        raise LeftOut("The zip lists too many files: unpack it and name the folder.")


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]:
        raise LeftOut("Its path leads out of the zip.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise LeftOut("It is a link.")
    if name.lower().endswith(".zip"):
        raise LeftOut("It is a zip inside a zip: unpack it and name the folder.")
    _check_name(name)
    if entry.flag_bits & 1:
        raise LeftOut("It is locked with a password.")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise LeftOut("It is packed in a way that learning platforms do not use.")
    if entry.file_size > max(SMALL, MOST_RATIO * entry.compress_size):
        raise LeftOut(f"It would grow more than {MOST_RATIO}-fold when unpacked.")

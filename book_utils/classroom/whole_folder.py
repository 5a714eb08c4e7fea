"""Replace the files of a folder all together or not at all, by putting a whole new folder in its place."""

import contextlib
import ctypes
import os
import re
import shutil
import sys
from pathlib import Path

DROPPINGS = (".DS_Store", "Thumbs.db", "desktop.ini")  # of file managers; spreadsheets leave .~lock.NAME# and ~$NAME
EXCHANGE, HERE = 2, -100  # RENAME_EXCHANGE and AT_FDCWD of <linux/fs.h> and <fcntl.h>


def other_files(folder: Path, ours) -> list[str]:
    """Name what lies in a folder beside `ours`; what file managers and open spreadsheets leave does not count."""
    return sorted(name for name in os.listdir(folder)
                  if name not in (*ours, *DROPPINGS) and not name.startswith((".~lock.", "~$")))


def replace_folder(folder: Path, files: dict) -> None:
    """Put a folder with these files, {name: text file}, in the place of `folder` in one step.

    Whoever looks meanwhile sees the old folder or the new one (on Linux; elsewhere there is none for a moment). Raises
    OSError, and leaves all as it was, where that is not possible.
    """
    part, before = _beside(folder, os.getpid())
    for name in os.listdir(folder.parent):
        process = re.fullmatch(re.escape(f".{folder.name[:100]}.") + r"([0-9]+)\.(part|before)", name)
        if process and not _at_work(int(process[1])):  # killed on the way
            stale, old = _beside(folder, int(process[1]))
            if not folder.exists() and old.exists():  # between the two renames
                os.rename(old, folder)
            shutil.rmtree(stale, ignore_errors=True)
            shutil.rmtree(old, ignore_errors=True)
    try:
        part.mkdir()
        for name, file in files.items():
            file.flush()
            file.buffer.seek(0)
            with open(part / name, "wb") as copy:
                shutil.copyfileobj(file.buffer, copy)
        _swap(part, folder, before)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _beside(folder: Path, process: int) -> tuple[Path, Path]:
    """Give the places of a process for the new folder and, for a moment, the old one."""
    start = f".{folder.name[:100]}.{process}"
    return folder.with_name(f"{start}.part"), folder.with_name(f"{start}.before")


def _swap(part: Path, folder: Path, before: Path) -> None:
    if not folder.exists():
        os.rename(part, folder)
    elif not _exchanged(part, folder):
        os.rename(folder, before)
        try:
            os.rename(part, folder)
        except OSError:
            os.rename(before, folder)
            raise
        shutil.rmtree(before, ignore_errors=True)


def _exchanged(part: Path, folder: Path) -> bool:
    if not sys.platform.startswith("linux"):
        return False
    with contextlib.suppress(AttributeError):  # an old or small C library does not have it, nor has every disk
        one, two = (os.fsencode(path) for path in (part, folder))
        return ctypes.CDLL(None).renameat2(HERE, one, HERE, two, EXCHANGE) == 0
    return False


def _at_work(process: int) -> bool:
    if os.name == "nt":  # there os.kill would end it
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True

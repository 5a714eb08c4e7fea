"""Make the report on a class: index.html to show, guesses.csv to count with, left-out.csv for the teacher alone."""

import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from .answers import Question, questions_of_the_book
from .counting import Counting
from .hand_ins import HandIn, check_paths, hand_ins
from .page import MARK, counted, page_html
from .processes import in_order
from .reading import Reader
from .store import Store
from .tables import HEADER, LEFT_OUT_HEADER, left_out_text, writer_of
from .whole_folder import other_files, replace_folder

PAGE, TABLE, LEFT_OUT = "index.html", "guesses.csv", "left-out.csv"
CHUNK = 1_000_000  # bytes of files that are read at a time: fifty students
FOR_EXCEL = "utf-8-sig"  # without the mark at the start a spreadsheet takes the text for that of an old code page


@dataclass
class Summary:
    """What a report holds: students, first guesses, files that were read, files left out, and its page."""

    students: int
    guesses: int
    files: int
    left_out: int
    page: Path

    def __str__(self):
        return (f"{counted(self.students, 'student')}, {counted(self.guesses, 'first guess')}, from "
                f"{counted(self.files, 'file')}; {counted(self.left_out, 'file')} left out.\nTo show: {self.page}\n"
                f"For you alone, as it names files: {self.page.with_name(LEFT_OUT)}")


def class_report(paths, out: str | Path = "report", *, names: bool = False, words: bool = False) -> Summary:
    """Read the files of a class (files, folders, zips) and write the report as the folder `out`.

    `names` adds the names of the files to guesses.csv, `words` adds what the students wrote in their own words.
    A bar shows the progress in a terminal. Raises ValueError, and leaves `out` as it was, where a path is not there, no
    file holds a guess, `out` holds anything but an earlier report, or the disk is full or may not be written to.
    """
    paths = list(paths)
    check_paths(paths)
    folder = ready_folder(Path(os.path.realpath(out)), STARTS)
    questions = questions_of_the_book()
    with (in_a_sentence(folder), Store() as store,
          a_file(FOR_EXCEL) as table, a_file(FOR_EXCEL) as left, a_file() as page):
        files, left_out = read_all(paths, store, questions)
        students = students_of(store)
        counting = Counting(questions, words)
        counting.count(store, students, table, names)
        tallies = counting.tallies
        write = writer_of(left, LEFT_OUT_HEADER)
        for name, many, why in store.left_out():
            write([name, left_out_text(many), why])
        page.write(page_html(tallies, students, files, store.reasons()))
        replace_folder(folder, {TABLE: table, LEFT_OUT: left, PAGE: page})
    return Summary(students, sum(tally.made for tally in tallies), files, left_out, folder / PAGE)


def a_file(encoding: str = "utf-8"):
    """Open a text file without a name: it is gone when it is closed, and also when we are killed."""
    return tempfile.TemporaryFile("w+", encoding=encoding, errors="replace", newline="")


def read_all(paths, store: Store, questions: list[Question]) -> tuple[int, int]:
    """Read all files into the store; gives how many hold guesses that count, and how many do not."""
    counts = [0, 0]
    with tqdm(desc="reading", unit=" files", disable=None, leave=False) as bar:
        for files in in_order(Reader, (questions,), chunks_of(hand_ins(paths))):
            for taken in files:
                store.put(taken)
                counts[not taken.text] += 1
            bar.update(len(files))
    return counts[0], counts[1]


def students_of(store: Store) -> int:
    """Decide whose files are whose, and count the students; raises ValueError where no guess counts."""
    students = store.find_students()
    if not students:
        whys = [why for why, *_ in store.reasons()[:3]]
        raise ValueError(" ".join(["No file holds a guess that counts: nothing was written.", *whys]))
    return students


def chunks_of(found: Iterable[HandIn]) -> Iterator[list[HandIn]]:
    """Give files by the CHUNK: as many as have some bytes together."""
    chunk, size = [], 0
    for one in found:
        chunk.append(one)
        size += len(one.raw or one.why)
        if size >= CHUNK:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


STARTS = {PAGE: MARK, TABLE: "\ufeff" + ",".join(HEADER[:5]), LEFT_OUT: "\ufeff" + ",".join(LEFT_OUT_HEADER)}


def ready_folder(folder: Path, starts: dict[str, str]) -> Path:
    """Look at the folder that a report is to replace, given how each of its files begins.

    Raises ValueError where it is not ours to replace.
    """
    with in_a_sentence(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        if not folder.exists():
            return folder
        if others := other_files(folder, starts):
            raise ValueError(f"{folder} holds other files, such as {others[0][:100]}: give another folder.")
        for name, start in starts.items():
            path = folder / name
            if path.is_symlink() or (path.exists() and not _starts_with(path, start)):
                raise ValueError(f"{path} is there already and is not of an earlier report: give another folder.")
    return folder


@contextlib.contextmanager
def in_a_sentence(folder: Path):
    """Say in one sentence what the disk refuses; the earlier report stays."""
    try:
        yield
    except (OSError, sqlite3.Error) as problem:
        why = (getattr(problem, "strerror", None) or str(problem)).lower()
        raise ValueError(f"The report cannot be written to {folder} ({why}): nothing there was changed.") from None


def _starts_with(path: Path, start: str) -> bool:
    if not path.is_file():
        return False
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read(len(start)) == start

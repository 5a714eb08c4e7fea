"""Make the report on a class: index.html to show, guesses.csv to count with, left-out.csv for the teacher alone."""

from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from ..asking.merge import joined
from ..asking.record import NotGuesses, read_saved, whole_file
from .answers import Question, fitted, questions_of_the_book
from .counts import Tally
from .hand_ins import HandIn, hand_ins
from .page import MARK, counted, page_html
from .platforms import student_of
from .store import Store
from .tables import HEADER, LEFT_OUT_HEADER, left_out_text, row_of, writer_of

PAGE, TABLE, LEFT_OUT = "index.html", "guesses.csv", "left-out.csv"
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
    """Read the files of a class (files, folders, zips) and write the report into the folder `out`.

    `names` adds the names of the files to guesses.csv, `words` adds what the students wrote in their own words.
    A bar shows the progress in a terminal. Raises ValueError where `out` holds a file of such a name that is not of
    an earlier report; nothing else in it is touched.
    """
    folder = ready_folder(Path(out))
    questions = questions_of_the_book()
    places = {(question.chapter, question.name): number for number, question in enumerate(questions)}
    files = left_out = 0
    with Store() as store:
        for found in tqdm(hand_ins(paths), "reading", unit=" files", disable=None, leave=False):
            read = take(found, store, questions, places)
            files, left_out = files + read, left_out + (not read)
        students = store.find_students()
        tallies = [Tally(question, keep_words=words) for question in questions]
        with whole_file(folder / TABLE, FOR_EXCEL) as file:
            write = writer_of(file, [*HEADER, "files"] if names else HEADER)
            width = max(3, len(str(students)))
            counting = tqdm(store.students(), "counting", students, unit=" students", disable=None, leave=False)
            for count, (own_files, entries) in enumerate(counting, 1):
                for number, entry in sorted(entries.items()):
                    right = tallies[number].add(entry)
                    row = row_of(f"s{count:0{width}}", questions[number], entry, right, words)
                    write([*row, " | ".join(own_files)] if names else row)
        with whole_file(folder / LEFT_OUT, FOR_EXCEL) as file:
            write = writer_of(file, LEFT_OUT_HEADER)
            for name, many, why in store.left_out():
                write([name, left_out_text(many), why])
        with whole_file(folder / PAGE) as file:
            file.write(page_html(tallies, students, files, store.reasons()))
    return Summary(students, sum(tally.made for tally in tallies), files, left_out, folder / PAGE)


def take(found: HandIn, store: Store, questions: list[Question], places: dict) -> bool:
    """Read one file into the store; tells whether any guess of it counts."""
    try:
        if found.raw is None:
            raise NotGuesses(found.why)
        saved = read_saved(found.raw)
    except NotGuesses as problem:
        store.leave_out(found.name, str(problem))
        return False
    entries: dict[int, dict] = {}
    left = {"They are damaged.": saved.broken, "They answer a question that this edition does not ask.": 0,
            "The page could not have given such an answer.": 0, "They stand twice in the file; the earliest counts.": 0}
    _, other_edition, impossible, doubled = left
    for entry in saved.guesses:
        number = places.get((entry["chapter"], entry["name"]))
        if number is None or questions[number].digest != entry["digest"]:
            left[other_edition] += 1
        elif (kept := fitted(entry, questions[number])) is None:
            left[impossible] += 1
        elif number in entries:
            left[doubled] += 1
            entries[number] = joined(kept, entries[number])
        elif kept["guess"] is not None or kept["skipped"]:
            entries[number] = kept
    if entries:
        store.add(found.name, student_of(found.name), saved.saved, entries)
    else:
        store.leave_out(found.name, "It holds no guess that this edition of the book asks for.")
    for why, many in left.items():
        if many:
            store.leave_out(found.name, why, many)
    return bool(entries)


def ready_folder(folder: Path) -> Path:
    """Make the folder of a report, or take it as it is. Raises ValueError for a file that is not ours to replace."""
    starts = {PAGE: MARK, TABLE: "\ufeff" + ",".join(HEADER[:5]), LEFT_OUT: "\ufeff" + ",".join(LEFT_OUT_HEADER)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, start in starts.items():
            path = folder / name
            if path.is_symlink() or (path.exists() and not _starts_with(path, start)):
                raise ValueError(f"{path} is there already and is not of an earlier report: give another folder.")
    except OSError as problem:
        raise ValueError(f"The report cannot be written to {folder} ({problem.strerror}).") from None
    return folder


def _starts_with(path: Path, start: str) -> bool:
    if not path.is_file():
        return False
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read(len(start)) == start

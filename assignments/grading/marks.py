"""The table in which a person marks: written for a spreadsheet, and read back as a spreadsheet saved it."""

import csv
import io
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry

from book_utils.classroom.tables import defused

COLUMNS = ["student", "cell", "points", "comment", "most", "auto", "why", "answer", "rubric"]


def shown(points: float | None) -> str:
    """Write points as a person does: 2, not 2.0, and nothing for none."""
    return "" if points is None else f"{points:g}"


def write(rows: list[dict], path: Path):
    """Write the table, in the form of UTF-8 that spreadsheets recognise."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.DictWriter(file, COLUMNS)
        table.writeheader()
        table.writerows({name: defused(text) for name, text in row.items()} for row in rows)


def read(path: Path) -> list[dict]:
    """Read the table back as a spreadsheet saved it, with commas, semicolons or tabs."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not in UTF-8: save it as “CSV UTF-8”.") from None
    between = max(",;\t", key=text.partition("\n")[0].count)
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=between))
    if missing := {"student", "cell", "points", "comment"} - set(rows[0] if rows else ()):
        raise ValueError(f"{path} has no column {sorted(missing)[0]!r}: fill in the table that `list` writes.")
    return [row for row in rows if (row["points"] or "").strip()]


def enter(course: Path, assignment: str, path: Path) -> int:
    """Store the points of a table, all of them or, if one is wrong, none; give how many there were."""
    rows = read(path)
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        written = {defused(student.id): student.id for student in book.students}
        for row in rows:
            student, points = written.get(row["student"], row["student"]), points_of(row["points"])
            grade = book.find_grade(row["cell"], assignment, assignment, student)
            if not 0 <= points <= grade.max_score:
                most = shown(grade.max_score)
                raise ValueError(f"{student}, {row['cell']}: points run from 0 to {most}; got {row['points']}.")
            grade.manual_score, grade.needs_manual_grade = points, False
            if comment := (row["comment"] or "").strip():
                comment_on(book, row["cell"], assignment, student, comment)
        book.db.commit()
    return len(rows)


def points_of(text: str) -> float:
    """Read points as a person writes them, with a point or a comma."""
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        raise ValueError(f"Points are a number, such as 2 or 1.5; got {text!r}.") from None


def comment_on(book, cell: str, assignment: str, student: str, text: str):
    """Put a comment beside a written answer; test cells have no place for one."""
    try:
        book.find_comment(cell, assignment, assignment, student).manual_comment = text
    except MissingEntry:
        print(f"{student}, {cell}: there is no place for a comment on a test cell.")

"""Grade an assignment, list what a person must look at, and take that person's marks. Run it in this folder.

    python grade.py run   lookup              grade what is in submitted/, then list what needs a person
    python grade.py list  lookup marks.csv    write answers to read, and submissions without a score, to a table
    python grade.py enter lookup marks.csv    store the points and comments that you filled in
    python grade.py run   lookup --student ada --force        grade one student anew

All may be run again and again: nothing is graded twice, and no mark of yours is lost.
"""

import os
import sys
from pathlib import Path

# A settings file that does not load must stop nbgrader: it would go on without one, and so without a sandbox.
# And it calls a program of its own environment, alembic, by its name. Both before it is imported.
os.environ["TRAITLETS_APPLICATION_RAISE_CONFIG_FILE_ERROR"] = "1"
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # the hidden tests work with small numbers

import nbformat  # noqa: E402
from grading import one_each  # noqa: E402
from grading.cells import DIED, RUBRIC, name_of  # noqa: E402
from grading.hand_ins import tidy  # noqa: E402
from grading.marks import enter, shown, write  # noqa: E402
from nbgrader.api import Gradebook, MissingEntry  # noqa: E402

HERE = Path(__file__).resolve().parent


def autograde(assignment: str, *more: str):
    """Grade each submission, with more of nbgrader's options if there are any."""
    students = [folder.parent.name for folder in sorted((HERE / "submitted").glob(f"*/{assignment}"))]
    options = list(more)
    if "--student" in options[:-1]:
        place = options.index("--student")
        students = [options[place + 1]]
        del options[place : place + 2]
    one_each.begin_anew(HERE)
    log = HERE / f"{assignment}.log"
    log.unlink(missing_ok=True)
    failed = one_each.grade(HERE, assignment, [one for one in students if not done(one, assignment, options)], options)
    said = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    if "NO SANDBOX" in said:
        print(*dict.fromkeys(line for line in said.splitlines() if line.startswith("!!!")), sep="\n")
    if failed:
        print("Some were not graded: they are listed below.")
        for student, why in list(failed.items())[:20]:
            print(f"  {student}: {why}")


def done(student: str, assignment: str, options: list[str]) -> bool:
    """Is this submission graded already, and none handed in since? Where there are times, nbgrader compares them."""
    submitted, graded = (HERE / kind / student / assignment for kind in ("submitted", "autograded"))
    return not options and graded.exists() and not (submitted / "timestamp.txt").exists()


def rubrics(assignment: str) -> dict[str, str]:
    """Give the rubric of each written answer, by the name of its cell."""
    source = nbformat.read(HERE / "source" / assignment / f"{assignment}.ipynb", as_version=4)
    found = {name_of(cell): RUBRIC.search(cell.source) for cell in source.cells}
    return {name: "\n".join(match[0].splitlines()[1:-1]) for name, match in found.items() if match}


def to_look_at(assignment: str) -> list[dict]:
    """List one row for each cell that needs a person: an answer to read, or work that was not fully graded."""
    rows, marks = [], rubrics(assignment)
    with Gradebook(f"sqlite:///{HERE / 'gradebook.db'}") as book:
        for folder in sorted((HERE / "submitted").glob(f"*/{assignment}")):
            student = folder.parent.name
            answers, died = graded(student, assignment)
            submission = submission_of(book, assignment, student)
            for grade in (grade for notebook in submission.notebooks for grade in notebook.grades):
                name = grade.cell.name
                if answers is None:
                    why = "not graded: it cannot be read as a notebook, or grading it took too much"
                elif name in died:
                    why = died[name]
                elif grade.auto_score is None or grade.needs_manual_grade:
                    why = "to read"
                else:
                    continue
                rows.append({
                    "student": student, "cell": name, "points": shown(grade.manual_score), "comment": "",
                    "most": shown(grade.max_score), "auto": shown(grade.auto_score), "why": why,
                    "answer": (answers or {}).get(name, ""), "rubric": marks.get(name, ""),
                })
    return rows


def graded(student: str, assignment: str) -> tuple[dict | None, dict]:
    """Give the written answers of a graded notebook, None if there is none, and what failed with the kernel."""
    path = HERE / "autograded" / student / assignment / f"{assignment}.ipynb"
    if not path.exists():
        return None, {}
    cells = nbformat.read(path, as_version=4).cells
    died = {name_of(cell): output.evalue for cell in cells for output in cell.get("outputs", ())
            if output.get("ename") == DIED and name_of(cell)}
    return {name_of(cell): cell.source for cell in cells if cell.cell_type == "markdown" and name_of(cell)}, died


def submission_of(book, assignment: str, student: str):
    """Give a student's entry in the gradebook, made now if nbgrader could not even begin."""
    try:
        return book.find_submission(assignment, student)
    except MissingEntry:
        book.update_or_create_student(student)
        return book.add_submission(assignment, student)


def main(command: str = "", assignment: str = "", *more: str) -> int:
    """Do what the command line asks; give the exit code."""
    if command not in ("run", "list", "enter") or not (HERE / "source" / assignment / f"{assignment}.ipynb").exists():
        print(__doc__)
        return 2
    if command == "run":
        tidy(HERE, assignment)
        autograde(assignment, *more)
    table = more[0] if more and command != "run" else ""
    if command == "enter":
        try:
            print(f"{enter(HERE, assignment, Path(table))} marks stored.")
        except (ValueError, KeyError, OSError, MissingEntry) as problem:
            print(f"Nothing was stored. {problem}")
            return 1
        return 0
    rows = to_look_at(assignment)
    if table:
        write(rows, Path(table))
    for why in sorted({row["why"] for row in rows}):
        students = sorted({row["student"] for row in rows if row["why"] == why})
        many = f"{len(students)} student{'s' * (len(students) != 1)}"
        print(f"{why}: {many}: {', '.join(students[:20])}{' ...' if len(students) > 20 else ''}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

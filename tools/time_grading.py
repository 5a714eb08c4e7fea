"""Time the grading of a class: python tools/time_grading.py [students] [assignment]. Needs requirements-teach.txt.

Of every ten submissions seven are right, one is blank, one raises and one never ends. Nothing is written but a
folder of its own, which is removed.
"""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COURSE = Path(__file__).resolve().parents[1] / "assignments"
BROKEN = {7: "", 8: "raise ValueError", 9: "while True: pass"}


def submission(release: dict, solutions: dict, student: int) -> str:
    """Fill in a released notebook for one student, as the last digit of the number says."""
    notebook = json.loads(json.dumps(release))
    code = BROKEN.get(student % 10)
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in solutions and code is None:
            cell["source"] = solutions[name]
        elif name == "predict" and code:
            cell["source"] = code
        elif "".join(cell["source"]).startswith('name = ""'):
            cell["source"] = f'name = "student {student}"'
    return json.dumps(notebook)


def timed(what: str, folder: Path, *command: str):
    """Run a program of the course and print its seconds."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # nbgrader calls alembic by its name
    start = time.perf_counter()
    subprocess.run([sys.executable, *command], cwd=folder, env=os.environ | {"PATH": path}, check=True,
                   capture_output=True)
    print(f"{what:28} {time.perf_counter() - start:7.1f} s", flush=True)


def main(students: int = 100, assignment: str = "lookup"):
    """Make a class, grade it, and print what each step took."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("source", "grading"):
            shutil.copytree(COURSE / part, folder / part)
        for part in ("nbgrader_config.py", "grade.py"):
            shutil.copy(COURSE / part, folder)
        timed("make the assignment", folder, "-m", "nbgrader", "generate_assignment", assignment)
        source, release = (json.loads((folder / kind / assignment / f"{assignment}.ipynb").read_text(encoding="utf-8"))
                           for kind in ("source", "release"))
        cells = {cell["metadata"].get("nbgrader", {}).get("grade_id"): cell for cell in source["cells"]}
        solutions = {name: re.sub(r"### (BEGIN|END) SOLUTION|### BEGIN MARK.*", "", "".join(cell["source"]), flags=re.S)
                     if cell["cell_type"] == "markdown" else "".join(cell["source"])
                     for name, cell in cells.items() if cell["metadata"].get("nbgrader", {}).get("solution")}
        for student in range(students):
            place = folder / "submitted" / f"s{student:03}" / assignment
            place.mkdir(parents=True)
            text = submission(release, solutions, student)
            (place / f"{assignment}.ipynb").write_text(text, encoding="utf-8")
        timed(f"grade {students}", folder, "grade.py", "run", assignment)
        timed("grade again (nothing new)", folder, "grade.py", "run", assignment)
        timed("list what a person marks", folder, "grade.py", "list", assignment, "marks.csv")
        timed("feedback pages", folder, "-m", "nbgrader", "generate_feedback", assignment)
        timed("grades as CSV", folder, "-m", "nbgrader", "export")
        with (folder / "grades.csv").open(encoding="utf-8", newline="") as file:
            print("scores:", sorted({float(row["score"]) for row in csv.DictReader(file)}))


if __name__ == "__main__":
    main(*(int(word) if word.isdigit() else word for word in sys.argv[1:]))

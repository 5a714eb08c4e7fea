"""The whole way of an assignment with the real nbgrader: made, handed in well and badly, graded, marked, given back."""

import csv
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

ROOT = Path(__file__).resolve().parents[2]
COURSE = ROOT / "assignments"
ASSIGNMENTS = sorted(path.name for path in (COURSE / "source").iterdir() if path.is_dir())
ALL = {"geometry": 17, "lookup": 18, "memory": 18, "position": 19}  # points that nobody needs to read for
FASTER = "\nc.Execute.timeout = 10\nc.Execute.iopub_timeout = 5\n"


def no_sandbox() -> str:
    """Say why this machine has no sandbox, or nothing; a lack is a failure where CI is set."""
    if not shutil.which("bwrap"):
        why = "bwrap is not here: apt-get install bubblewrap"
    else:
        command = ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "true"]
        tried = subprocess.run(command, capture_output=True, text=True)
        why = f"bwrap may not make a sandbox here: {tried.stderr.strip()}" if tried.returncode else ""
    if why and os.environ.get("CI"):
        pytest.fail(why, pytrace=False)
    return why


# -- submissions -----------------------------------------------------------------------------------------------


def solved(release, source, only=None):
    """Fill in a released notebook with the solutions of its source; `only` names the cells to fill."""
    solutions = {cell.metadata.nbgrader.grade_id: cell.source for cell in source.cells if "nbgrader" in cell.metadata}
    for cell in release.cells:
        entry = cell.metadata.get("nbgrader", {})
        if entry.get("solution") and (only is None or entry.grade_id in only):
            without_rubric = solutions[entry.grade_id].split("### BEGIN MARK SCHEME")[0]
            cell.source = re.sub(r"^ *### (BEGIN|END) SOLUTION\n?", "", without_rubric, flags=re.MULTILINE)
    return release


def cell_of(notebook, name):
    return next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == name)


def add(notebook, code, after="variant"):
    place = notebook.cells.index(cell_of(notebook, after))
    notebook.cells.insert(place + 1, new_code_cell(code))
    return notebook


def copied(notebook):
    """A test and an answer copied as JupyterLab does it: with their names."""
    for name in ("lookup-rows", "lookup"):
        cell = cell_of(notebook, name)
        copy = nbformat.from_dict(json.loads(json.dumps(cell)) | {"id": f"copy-of-{name}"})
        notebook.cells.insert(notebook.cells.index(cell) + 1, copy)
    return notebook


def tampered(notebook):
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade") and cell.cell_type == "code":
            cell.source = "pass"
            cell.metadata.nbgrader.points = 100
    return notebook


def without(notebook, *names):
    notebook.cells = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") not in names]
    return notebook


def other_kernel(notebook):
    notebook.metadata.kernelspec = {"name": "julia-1.9", "display_name": "Julia", "language": "julia"}
    return notebook


def windows(notebook):
    for cell in notebook.cells:
        cell.source = cell.source.replace("\n", "\r\n")
    return notebook


def replaced(notebook, name, code):
    cell_of(notebook, name).source = code
    return notebook


# Looks for what it must not see, everywhere; then tries to run a stolen solution.
THIEF = """
import json, os, socket, sys
found = [os.path.join(folder, name) for folder, _, names in os.walk("/") for name in names
         if not folder.startswith(("/proc", "/sys", sys.prefix))
         and (name.endswith("lookup.ipynb") or name == "gradebook.db")]
print("FOUND", found)
for path in found:
    if "/source/" in path:
        for cell in json.load(open(path))["cells"]:
            if "BEGIN SOLUTION" in "".join(cell["source"]) and cell["cell_type"] == "code":
                exec("".join(cell["source"]), globals())
for what, attempt in {
    "NETWORK": lambda: socket.create_connection(("127.0.0.1", PORT), timeout=2),
    "WRITE": lambda: open(os.path.join(os.path.dirname(np.__file__), "stolen"), "w"),
    "COURSE": lambda: os.listdir("FOLDER"),
}.items():
    try:
        attempt()
        print(what, "OPEN")
    except OSError as problem:
        print(what, "refused")
"""

# Switches assertions off, makes a number that is equal to everything, and gives each test cell a number to show.
CHEAT = """
import ast, json
class Off(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.copy_location(ast.Expr(ast.Constant(100.0)), node)
get_ipython().ast_transformers.append(Off())
class Anything(float):
    __eq__ = __lt__ = __gt__ = __le__ = __ge__ = lambda self, other: True
    __hash__ = float.__hash__
    __sub__ = __rsub__ = __abs__ = __getitem__ = __call__ = lambda self, *rest: self
    __len__ = lambda self: 3
    shape, tolist = (3, 4), lambda self: [[20, 21, 22, 23]] * 3
lookup = long_way = multiplications = places_changed = lambda *ignored, **also: Anything(1)
np.allclose = np.array_equal = lambda *ignored, **also: True
isinstance = all = ask = eval = refuses = lambda *ignored: True
"""

# Also answers for the kernel, whose messages nobody can read after that.
LIAR = CHEAT + "json.dumps = lambda *ignored, **also: '[[20, 21, 22, 23], 3, 1]'"

# Makes its own code look like the teacher's, which the grader runs without walls.
FORGED = "open('FOLDER/forged', 'w').write('ran outside the sandbox')"


def forger(notebook, folder):
    code = FORGED.replace("FOLDER", str(folder))
    cell_of(notebook, "swap").source += f"\n{code}"
    for name in ("setup2", None):
        cell = new_code_cell(code)
        cell.metadata["nbgrader"] = {"schema_version": 3, "grade_id": name, "locked": True, "grade": False,
                                     "solution": False, "task": False, "cell_type": "code"}
        notebook.cells.insert(4, cell)
    return notebook


def kinds(release, source, folder, port):
    """Give {kind: (file text, points it earns, or None for no score)}; fresh notebooks each."""

    def blank():
        return nbformat.from_dict(json.loads(json.dumps(release)))

    def full():
        return solved(blank(), source)

    def text(notebook):
        return nbformat.writes(notebook)

    thief = THIEF.replace("PORT", str(port)).replace("FOLDER", str(folder))
    crowd = "import subprocess, time\ncrowd = [subprocess.Popen(['sleep', '60']) for _ in range(60)]\ntime.sleep(9)"
    return {
        "perfect": (text(full()), 18),
        "blank": (text(blank()), 0),
        "half": (text(solved(blank(), source, {"predict", "lookup"})), 10),
        "raises": (text(replaced(full(), "lookup", "raise ValueError('no')")), 11),
        "syntax": (text(replaced(full(), "lookup", "def lookup(:")), 11),
        "hungry": (text(replaced(full(), "lookup", "lookup = bytearray(10**13)")), 11),
        "endless": (text(replaced(full(), "long-way", "while True:\n    pass")), 15),
        "longline": (text(add(full(), "print('x' * 60_000_000)\n'y' * 1_000_000")), 18),
        "manylines": (text(add(full(), "for i in range(300_000):\n    print(i)")), 18),
        "longerror": (text(add(full(), "raise ValueError('z' * 3_000_000)")), 18),
        "warns": (text(add(full(), "import sys\nprint('careful', file=sys.stderr)", after="lookup")), 18),
        "tampered": (text(tampered(blank())), 0),
        "deleted": (text(without(full(), "lookup-rows", "long-way-rows", "long-way", "setup", "written-id")), 15),
        "deletedblank": (text(without(blank(), "lookup-rows", "written-id")), 0),
        "copied": (text(copied(full())), 18),
        "exits": (text(replaced(full(), "long-way", "import os\nos._exit(1)")), 10),
        "crowd": (text(replaced(full(), "long-way", crowd)), 10),
        "kernel": (text(other_kernel(full())), 18),
        "renamed": (text(full()), 18),
        "windows": (text(windows(full())).replace("\n", "\r\n"), 18),
        "notjson": ("<html>Your session has ended.</html>", None),
        "thief": (text(add(blank(), thief)), 0),
        "cheat": (text(add(blank(), CHEAT)), 0),
        "liar": (text(add(blank(), LIAR)), 0),
        "forger": (text(forger(full(), folder)), 18),
    }


# How Canvas names files is the rule; Moodle's way, and one that says nothing about the assignment.
PATHS = {"copied": "{}_123_assignsubmission_file_/lookup.ipynb", "renamed": "{}/Untitled3.ipynb"}


# -- one course, graded once for all tests ---------------------------------------------------------------------


# One process for several assignments: nbgrader takes seconds to start.
EACH = """
import sys
from nbgrader.apps import NbGraderAPI, NbGraderApp
app = NbGraderApp()
app.initialize([])
api = NbGraderAPI(config=app.config)
for name in sys.argv[2:]:
    students = sorted(api.get_submitted_students(name)) if sys.argv[1] == "autograde" else [None]
    for student in students:
        done = getattr(api, sys.argv[1])(name, *([student] if student else []))
        if not done["success"]:
            sys.exit(done["log"] or done["error"])
"""


def run(folder, *command, check=True, variables=None):
    """Run a program of the course in its folder."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # nbgrader calls alembic by its name
    settings = os.environ | {"PATH": path} | (variables or {})
    done = subprocess.run([sys.executable, *command], cwd=folder, capture_output=True, text=True, env=settings)
    assert not check or done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course folder in which all four assignments were made, handed in, collected and graded."""
    if why := no_sandbox():
        pytest.skip(f"\n\n!!! GRADING TESTS SKIPPED: {why}\n")
    folder = tmp_path_factory.mktemp("course")
    for name in ("source", "grading"):
        shutil.copytree(COURSE / name, folder / name)
    shutil.copy(COURSE / "grade.py", folder)
    settings = (COURSE / "nbgrader_config.py").read_text(encoding="utf-8")
    (folder / "nbgrader_config.py").write_text(settings + FASTER, encoding="utf-8")
    run(folder, "-c", EACH, "generate_assignment", *ASSIGNMENTS)
    with socket.create_server(("127.0.0.1", 0)) as server:
        given = hand_in(folder, server.getsockname()[1])
        run(folder, "-m", "nbgrader", "zip_collect", "lookup")
        run(folder, "grade.py", "run", "lookup")
    run(folder, "-c", EACH, "autograde", *[name for name in ASSIGNMENTS if name != "lookup"])
    return folder, given


@pytest.fixture(scope="module")
def marked(course):
    """The same course after a person has marked one answer of each student, with feedback and grades made."""
    folder, _ = course
    table = folder / "marks.csv"
    run(folder, "grade.py", "list", "lookup", table)
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    listed = [dict(row) for row in rows]
    for row in rows:
        row["points"], row["comment"] = ("2,5", "Say *where*.") if row["cell"] == "written-id" else ("", "")
    with table.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    run(folder, "grade.py", "enter", "lookup", table)
    run(folder, "-m", "nbgrader", "generate_feedback", "lookup")
    run(folder, "-m", "nbgrader", "export", "--to", "grades.csv")
    return folder, listed


def read(path):
    return nbformat.read(path, as_version=4)


def hand_in(folder, port):
    """Put the class's files, as a learning platform gives them, where nbgrader collects; give what each should get."""
    given = {}
    for name in ASSIGNMENTS:
        release, source = (read(folder / kind / name / f"{name}.ipynb") for kind in ("release", "source"))
        some = kinds(release, source, folder, port) if name == "lookup" else {
            "blank": (nbformat.writes(release), 0),
            "perfect": (nbformat.writes(solved(read(folder / "release" / name / f"{name}.ipynb"), source)), ALL[name]),
        }
        given[name] = {kind: points for kind, (_, points) in some.items()}
        if name != "lookup":
            for kind, (text, _) in some.items():
                (folder / "submitted" / kind / name).mkdir(parents=True)
                text = text.replace('name = \\"\\"', f'name = \\"{kind}\\"')
                (folder / "submitted" / kind / name / f"{name}.ipynb").write_text(text, encoding="utf-8")
            continue
        archive = folder / "downloaded" / name / "archive"
        archive.mkdir(parents=True)
        with zipfile.ZipFile(archive / "all.zip", "w") as file:
            for kind, (text, _) in some.items():
                text = text.replace('name = \\"\\"', f'name = \\"{kind}\\"')
                file.writestr(PATHS.get(kind, "{}_12_34_lookup-1.ipynb").format(kind), text)
            file.writestr("Ada Lovelace_7_assignsubmission_file_/essay.pdf", "not a notebook")
    return given


def scores(folder):
    """Read every automatic score with SQL: {assignment: {student: {cell: points or None}}}."""
    query = """
        select assignment.name, submitted_assignment.student_id, base_cell.name, grade.auto_score, grade.manual_score
        from grade join submitted_notebook on grade.notebook_id = submitted_notebook.id
        join submitted_assignment on submitted_notebook.assignment_id = submitted_assignment.id
        join assignment on submitted_assignment.assignment_id = assignment.id
        join base_cell on grade.cell_id = base_cell.id"""
    found = {}
    with sqlite3.connect(folder / "gradebook.db") as book:
        for assignment, student, cell, auto, manual in book.execute(query):
            found.setdefault(assignment, {}).setdefault(student, {})[cell] = (auto, manual)
    return found


def automatic(cells):
    return {name: auto for name, (auto, _) in cells.items() if not name.startswith("written")}


def outputs(folder, student, assignment="lookup"):
    graded = read(folder / "autograded" / student / assignment / f"{assignment}.ipynb")
    return json.dumps([cell.get("outputs", []) for cell in graded.cells])


# -- the tests -------------------------------------------------------------------------------------------------


def test_every_submission_gets_its_score(course):
    folder, given = course
    found = scores(folder)
    for name, expected in given.items():
        got = {student: automatic(cells).values() for student, cells in found[name].items()}
        assert {student: None if None in points else sum(points) for student, points in got.items()} == expected, name


def test_a_blank_answer_gets_nothing_and_needs_no_reader(course):
    folder, _ = course
    blank = scores(folder)["lookup"]["blank"]
    assert {auto for name, (auto, _) in blank.items() if name.startswith("written")} == {0}
    deleted = scores(folder)["lookup"]["deleted"]
    assert deleted["written-id"][0] == 0 and deleted["written-long-way"][0] is None


def test_the_thief_finds_nothing(course):
    folder, _ = course
    printed = outputs(folder, "thief")
    assert "FOUND []" in printed
    assert [f"{what} refused" in printed for what in ("NETWORK", "WRITE", "COURSE")] == [True] * 3, printed[:3000]


def test_without_the_sandbox_the_thief_would_have_found_all(course):
    """Or the test above would pass with a thief who cannot steal."""
    folder, _ = course
    code = THIEF.replace('os.walk("/")', f"os.walk({str(folder)!r})").split("for what")[0]
    known = "import numpy as np\nids = [1]\nrows = dim = 1\nminilm = None\n"
    done = subprocess.run([sys.executable, "-c", known + code], capture_output=True, text=True)
    assert "/source/lookup/lookup.ipynb" in done.stdout and "gradebook.db" in done.stdout


def test_no_code_of_a_student_runs_outside(course):
    folder, _ = course
    assert not (folder / "forged").exists()


def test_what_went_wrong_is_listed_for_a_person(marked):
    _, rows = marked
    why = {}
    for row in rows:
        why.setdefault(row["student"], set()).add(row["why"])
    assert why["notjson"] == {"not graded: the file cannot be read as a notebook"}
    assert len([row for row in rows if row["student"] == "notjson"]) == 12, "every cell, so that a person can mark it"
    assert any("died" in reason for reason in why["exits"])
    assert any("processes" in reason for reason in why["crowd"])
    assert any("died" in reason for reason in why["liar"])
    assert why["perfect"] == {"to read"} and "blank" not in why
    assert all("1 point" in row["rubric"] for row in rows if row["student"] == "perfect")


def test_a_persons_marks_are_stored_and_given_back(marked):
    folder, _ = marked
    with (folder / "grades.csv").open(encoding="utf-8", newline="") as file:
        grades = {(row["assignment"], row["student_id"]): row["score"] for row in csv.DictReader(file)}
    assert grades["lookup", "perfect"] == "20.5" and grades["lookup", "notjson"] == "2.5"
    assert grades["lookup", "blank"] == "0.0" and grades["memory", "perfect"] == "18.0"
    page = (folder / "feedback" / "perfect" / "lookup" / "lookup.html").read_text(encoding="utf-8")
    assert "Say <em>where</em>." in page and "Score: 20.5 / 24.0" in page


def test_marks_that_cannot_be_are_refused(course):
    folder, _ = course
    (folder / "wrong.csv").write_text("student,cell,points,comment\nperfect,written-id,1,\nhalf,lookup-rows,99,\n")
    before = scores(folder)
    assert "points run from 0 to 2; got 99" in run(folder, "grade.py", "enter", "lookup", "wrong.csv", check=False)
    assert scores(folder) == before


def test_feedback_is_small_and_asks_no_other_host(marked):
    folder, _ = marked
    pages = list((folder / "feedback").glob("*/lookup/lookup.html"))
    assert len(pages) == 24  # all but the one that is no notebook
    for page in pages:
        assert page.stat().st_size < 1_000_000, page
        asks = r"""(src|href)=["']?(https?:)?//|@import|url\(["']?http"""
        assert not re.search(asks, page.read_text(encoding="utf-8")), page


def test_a_failed_test_says_what_was_expected(course):
    folder, _ = course
    assert "Write a shape" in outputs(folder, "blank") or "any shape earns the point" in outputs(folder, "blank")
    assert "AssertionError" in outputs(folder, "cheat")


def test_a_second_run_changes_nothing(course):
    folder, _ = course
    files = {path: path.read_bytes() for path in (folder / "autograded").rglob("*.ipynb")}
    before = scores(folder)
    run(folder, "grade.py", "run", "lookup")
    assert scores(folder) == before
    assert {path: path.read_bytes() for path in (folder / "autograded").rglob("*.ipynb")} == files
    run(folder, "grade.py", "run", "lookup", "--student", "half", "--force")
    assert scores(folder) == before


def test_settings_that_do_not_load_stop_the_grading(course, tmp_path):
    """nbgrader by itself would go on with its own settings: without a sandbox."""
    folder, _ = course
    copy = tmp_path / "broken"
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("autograded", "feedback", "release", "lookup"))
    (copy / "nbgrader_config.py").write_text("raise SystemError", encoding="utf-8")
    assert "not graded" in run(copy, "grade.py", "run", "memory")
    assert not (copy / "autograded").exists()


def test_a_machine_without_a_sandbox_says_so_loudly_and_grades(course, tmp_path):
    folder, _ = course
    copy = tmp_path / "bare"
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("autograded", "feedback", "release", "lookup", "blank"))
    said = run(copy, "grade.py", "run", "memory", variables={"PATH": "/nowhere"})
    assert "NO SANDBOX" in said and "apt-get install bubblewrap" in said
    assert "autograded/perfect/memory" in " ".join(map(str, copy.rglob("memory.ipynb")))
    assert sum(automatic(scores(copy)["memory"]["perfect"]).values()) == ALL["memory"]


def test_neighbours_have_different_numbers(course):
    folder, _ = course
    for name in ASSIGNMENTS:
        shown = set()
        for student in ("perfect", "half") if name == "lookup" else ("perfect", "blank"):
            cells = read(folder / "autograded" / student / name / f"{name}.ipynb").cells
            names = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in cells]
            shown.add(json.dumps(cells[names.index("variant") + 1].outputs[0].data))
        assert len(shown) == 2, name


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_nothing_of_the_solution_is_released(course, assignment):
    folder, _ = course
    text = (folder / "release" / assignment / f"{assignment}.ipynb").read_text(encoding="utf-8")
    assert not re.search("SOLUTION|HIDDEN|MARK SCHEME|nbgrader import|1 point:", text)
    assert "book_utils" in text and "YOUR CODE HERE" in text and "YOUR ANSWER HERE" in text


@pytest.mark.parametrize("name", ["小明 O'Brien\\\\" + "z" * 400])
@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_solutions_pass_their_own_tests_for_any_name(assignment, name):
    """In an author's notebook: the hidden tests ask the notebook itself."""
    path = COURSE / "source" / assignment / f"{assignment}.ipynb"
    notebook = read(path)
    for cell in notebook.cells:
        if cell.source.startswith('name = ""'):
            cell.source = f'name = "{name}"'
    NotebookClient(notebook, timeout=30, kernel_name="python3", resources={"metadata": {"path": path.parent}}).execute()


def test_assignments_are_stored_without_results():
    for name in ASSIGNMENTS:
        cells = read(COURSE / "source" / name / f"{name}.ipynb").cells
        assert all(not cell.outputs and cell.execution_count is None for cell in cells if cell.cell_type == "code")
        assert {"points" for cell in cells if cell.metadata.get("nbgrader", {}).get("grade")} == {"points"}
        assert sum(c.metadata.nbgrader.points for c in cells if c.cell_type == "code" and
                   c.metadata.get("nbgrader", {}).get("grade")) == ALL[name]

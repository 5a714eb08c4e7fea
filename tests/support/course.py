"""A course of nbgrader for the grading tests: what students hand in, good, odd and hostile, and how it is graded."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell
from places import ROOT

COURSE = ROOT / "assignments"
ASSIGNMENTS = sorted(path.name for path in (COURSE / "source").iterdir() if path.is_dir())
# Points that nobody needs to read for.
ALL = {"geometry": 17, "grow": 18, "language_model": 19, "lookup": 18, "memory": 18, "position": 19}
HIDDEN = re.compile(r"^### BEGIN HIDDEN TESTS\n(.*?)^### END HIDDEN TESTS$", re.MULTILINE | re.DOTALL)


def run(folder, *command, check=True, variables=None):
    """Run a program of the course in its folder; give what it said."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # nbgrader calls alembic by its name
    settings = os.environ | {"PATH": path} | (variables or {})
    done = subprocess.run([sys.executable, *command], cwd=folder, capture_output=True, text=True, env=settings)
    assert not check or done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout + done.stderr


def read(path):
    return nbformat.read(path, as_version=4)


def scores(folder):
    """Read every score with SQL: {assignment: {student: {cell: (automatic, a person's)}}}."""
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


# -- notebooks -------------------------------------------------------------------------------------------------


def solved(release, source, only=None):
    """Fill in a released notebook with the solutions of its source; `only` names the cells to fill."""
    solutions = {cell.metadata.nbgrader.grade_id: cell.source for cell in source.cells if "nbgrader" in cell.metadata}
    for cell in release.cells:
        entry = cell.metadata.get("nbgrader", {})
        if entry.get("solution") and (only is None or entry.grade_id in only):
            without_rubric = solutions[entry.grade_id].split("### BEGIN MARK SCHEME")[0]
            cell.source = re.sub(r"^ *### (BEGIN|END) SOLUTION\n?", "", without_rubric, flags=re.MULTILINE)
    return release


def copy_of(notebook):
    return nbformat.from_dict(json.loads(json.dumps(notebook)))


def cell_of(notebook, name):
    return next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == name)


def add(notebook, *codes, after="variant"):
    place = notebook.cells.index(cell_of(notebook, after))
    notebook.cells[place + 1:place + 1] = [new_code_cell(code) for code in codes]
    return notebook


def replaced(notebook, **cells):
    for name, code in cells.items():
        cell_of(notebook, name.replace("_", "-")).source = code
    return notebook


def without(notebook, *names):
    notebook.cells = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") not in names]
    return notebook


def named(notebook, name):
    """Give the notebook with a name, written as Python code, in its first cell."""
    cell = next(cell for cell in notebook.cells if cell.source.startswith('name = ""'))
    cell.source = f"name = {name}"
    return notebook


def tampered(notebook):
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade") and cell.cell_type == "code":
            cell.source = "pass"
            cell.metadata.nbgrader.points = 100
    return notebook


# -- honest, and odd: none of this may cost a point -------------------------------------------------------------

# A name is whatever a student types between or without quotes.
NAMES = ["12345", "None", '["Ann", 3]', 'b"ada"', '{"Ann"}', '"小明 O\'Brien \\\\ 🦉" + "z" * 400', "3.5", "...",
         '"\\ud800"', "lambda: 0", "True", "''", "-1e999"]

# Cells of one's own: {what is odd: code}.
SCRATCH = {
    "a magic": "%matplotlib inline\n%time 1 + 1",
    "a shell command": "!echo hello",
    "a picture": "import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()",
    "a large picture": "import matplotlib.pyplot as plt\nplt.figure(dpi=150, figsize=(12, 9))\n"
                       "plt.imshow(np.random.rand(600, 600)); plt.show()",
    "a long line": "print('x' * 30_000_000)\n'y' * 1_000_000",
    "many lines": "for i in range(100_000):\n    print(i)",
    "a long error": "raise ValueError('z' * 3_000_000)",
    "a deep error": "def down(n): return down(n - 1) if n else 1 / 0\ndown(200)",
    "a warning": "import sys, warnings\nwarnings.warn('careful')\nprint('careful', file=sys.stderr)",
    "a seed": "np.random.seed(7); import random; random.seed(7)",
    "other ways to print numbers": "np.set_printoptions(precision=1, suppress=True)",
    "values shown in other ways": "import sys\nget_ipython().displayhook.quiet = lambda: True\n"
                                  "sys.displayhook = lambda value: None\n"
                                  "get_ipython().display_formatter.formatters['text/plain'] = lambda value: None",
    "errors of numbers raised": "np.seterr(all='raise')",
    "a question to the reader": "input('your name?')",
    "a widget": "import ipywidgets\nipywidgets.IntSlider()",
    "a large widget": "import ipywidgets\nipywidgets.Image(value=bytes(9_000_000))",
    "a cell that waits": "import asyncio\nawait asyncio.sleep(0.01)",
    "a thread": "import threading\nthreading.Thread(target=print, args=('from a thread',)).start()",
    "processes": "import multiprocessing\nwith multiprocessing.Pool(2) as pool:\n    print(pool.map(abs, [-1, -2]))",
    "a file": "open('notes.txt', 'w').write('mine'); open('/tmp/x', 'w').write('mine')",
    "a syntax error": "def broken(:",
    "a name that is not there": "nothing_of_this_name",
    "an empty cell": "   \n\n",
    "only a comment": "# later",
    "tables": "from IPython.display import HTML\nHTML('<table><tr><td>1</td></tr></table>')",
    "a formula": "from IPython.display import Math\nMath('x^2')",
    "traces of the debugger": "import sys\nsys.settrace(None); sys.setrecursionlimit(5000)",
    "another json": "json = None",
    "cells of the past": "In, Out, _, __ = [], {}, 1, 2",
    "many names": "globals().update({f'x{i}': i for i in range(5000)})",
}

# Functions of one's own kind, which give what the visible tests take: added to the solutions.
TYPES = {
    "lookup": {
        "predict": "predicted_shape = tuple(map(np.int64, predicted_shape))\npredicted_products = np.float64(1e400)",
        "lookup": "class MyError(IndexError):\n    pass\n\n_first = lookup\n\n\ndef lookup(vectors, ids):\n    try:\n"
                  "        found = _first(vectors, ids)\n"
                  "        return np.asmatrix(found) if np.ndim(ids) == 1 else list(found)\n"
                  "    except IndexError as problem:\n        raise MyError(str(problem)) from None",
        "long-way": "from fractions import Fraction\n_long, _many = long_way, multiplications\n"
                    "long_way = lambda *a: tuple(map(tuple, _long(*a)))\n"
                    "multiplications = lambda *a: Fraction(_many(*a))",
        "places": "predicted_changes = True\n_places = places_changed\nplaces_changed = lambda *a: set(_places(*a))",
    },
    "geometry": {
        "predict": "predicted_deviation, predicted_rows = np.float64(30), -5\npredicted_first = np.str_('')",
        "cosines": "_noise = noise_deviation\n"
                   "noise_deviation = lambda d: np.array([[_noise(d)]])",
        "nearest": "_nearest = nearest\nnearest = lambda *a: np.array(_nearest(*a))",
        "analogy": "_analogy = analogy\nanalogy = lambda *a, **k: np.str_(_analogy(*a, **k))",
        "step": "_moved = rows_moved\nrows_moved = lambda pairs: dict.fromkeys(map(np.int32, _moved(pairs))).keys()",
    },
    "position": {
        "predict": "predicted_bag, predicted_placed, predicted_ratio = 1, np.False_, 3",
        "bag": "_bag, _placed = bag, placed\nbag = lambda t: tuple(_bag(t))\nplaced = lambda t: list(_placed(t))",
        "rope": "_score = score\n"
                "score = lambda *a, **k: np.array([_score(*a, **k)])",
        "pairing": "from decimal import Decimal\n_split, _turns = to_split, full_turns\n"
                   "to_split = lambda d: (i for i in _split(d))\nfull_turns = lambda *a: Decimal(_turns(*a))",
    },
    "memory": {
        "predict": "predicted_bytes, predicted_share, predicted_growth = True, 30, np.float64('nan')",
        "count": "from fractions import Fraction\n_bytes, _share, _padded = table_bytes, table_share, padded\n"
                 "table_bytes = lambda *a: float(_bytes(*a))\ntable_share = lambda *a, **k: Fraction(_share(*a, **k))\n"
                 "padded = lambda *a: np.array(_padded(*a))",
        "pack": "_cost = cost\n"
                "cost = lambda v: np.float32(_cost(v))",
        "split": "_split = split_lookup\n"
                 "split_lookup = lambda *a: _split(*a).tolist()",
        "check": "_shuffled = looks_shuffled\nlooks_shuffled = lambda v: bool(_shuffled(v))",
    },
    "grow": {
        "predict": "predicted_long, predicted_share, predicted_drift = True, np.float64('nan'), -1",
        "more": "_grown, _share = grown, share_of_new\ngrown = lambda *a: _grown(*a).tolist()\n"
                "share_of_new = lambda *a: np.array([[_share(*a)]])",
        "hold": "_step, _drift = step_only, drift\nstep_only = lambda *a, **k: np.asmatrix(_step(*a, **k))\n"
                "drift = lambda *a, **k: list(_drift(*a, **k))",
        "fewer": "class Gone(IndexError):\n    pass\n\n_new = renumbered\n\n\ndef renumbered(*a, **k):\n    try:\n"
                 "        return [np.int64(i) for i in _new(*a, **k)]\n"
                 "    except IndexError as problem:\n        raise Gone(str(problem)) from None",
        "fit": "_strangers = strangers\nstrangers = lambda *a: frozenset(_strangers(*a))",
    },
    "language_model": {
        "predict": "predicted_half, predicted_growth, predicted_below = True, np.float64('nan'), -1",
        "loss": "_loss, _many, _hedged = loss_of, as_many, hedged\nloss_of = lambda p: np.array([_loss(p)])\n"
                "as_many = lambda loss: np.float64(_many(loss))\nhedged = lambda *a: tuple(_hedged(*a))",
        "output": "_shares, _same = probabilities, same_answers\nprobabilities = lambda *a: np.asmatrix(_shares(*a))\n"
                  "same_answers = lambda *a: bool(_same(*a))",
        "shuffle": "_in, _out = ids_in, ids_out\nids_in = lambda *a: np.array(_in(*a))\n"
                   "ids_out = lambda *a: (i for i in _out(*a))",
        "places": "_places = same_places\nsame_places = lambda *a: all([_places(*a)])",
        "way": "_along, _written = along, written\nalong = lambda *a: _along(*a).tolist()\n"
               "written = lambda *a: np.float32(_written(*a))",
    },
}


def free_names(source):
    """Names that only the hidden tests and the setup use: a student may use them for anything, Python's own too."""
    def words(texts):
        return set(re.findall(r"[A-Za-z_]\w*", "\n".join(texts)))

    cells = [cell for cell in source.cells if cell.cell_type == "code"]
    shown = words(HIDDEN.sub("", cell.source) for cell in cells if cell.metadata.get("nbgrader"))
    hidden = words(part for cell in cells for part in HIDDEN.findall(cell.source))
    keywords = {"__import__", "import", "None", "True", "False"}
    return sorted(name for name in hidden - shown - keywords if name.isidentifier() and not name.startswith("__"))


def scratched(notebook, source):
    """Scratch variables with the teacher's names, where no visible test needs them; and helpers like the tests' own."""
    import keyword

    used = set(re.findall(r"\w+", "\n".join(cell.source for cell in notebook.cells if cell.metadata.get("nbgrader"))))
    names = [name for name in free_names(source) if not keyword.iskeyword(name) and name not in used]
    add(notebook, "\n".join(f"{name} = [1, 2, 3]" for name in names))
    return notebook


def helped(notebook):
    """A solution leans on a function of a name that the last test of it uses for a number of its own."""
    def parts(kind):
        return [cell for cell in notebook.cells
                if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get(kind)]

    solutions = "\n".join(cell.source for cell in parts("solution"))
    functions = [one for one in re.findall(r"^def (\w+)", solutions, re.M) if solutions.count(f"{one}(") == 1]
    tests = parts("grade")
    for place, cell in enumerate(tests):
        later = "\n".join(other.source for other in tests[place + 1:])
        for last in (one for one in functions if cell.source.count(f"{one}(") == 1 and f"{one}(" not in later):
            name = re.search(rf"^(\w+) = .*\b{last}\(", cell.source, re.MULTILINE)
            if name and not re.search(rf"\b{name[1]}\b", later):
                lean = (f"def {name[1]}(*a, f={last}, **k):\n    return f(*a, **k)\n\n\n"
                        f"{last} = lambda *a, **k: {name[1]}(*a, **k)")
                notebook.cells.insert(notebook.cells.index(cell), new_code_cell(lean))
                break
    return notebook


def decorated(notebook, number):
    """Extra cells, tags, attachments, stored outputs, counts, ids: what editors leave in a file."""
    for place, cell in enumerate(notebook.cells):
        cell.metadata |= {"tags": ["x", "skip-execution"], "collapsed": True, "scrolled": "auto", "editable": False}
        if cell.cell_type == "code":
            cell.execution_count = 900 - place
            cell.outputs = [nbformat.v4.new_output("error", ename="Old", evalue="old", traceback=["old"]),
                            nbformat.v4.new_output("stream", name="stderr", text="old")]
        elif cell.cell_type == "markdown":
            cell.attachments = {"a.png": {"image/png": "aGFsbG8="}}
    extra = [new_markdown_cell("# mine <b>x</b>"), new_raw_cell("raw"), new_code_cell("")]
    for place in (1, 5, len(notebook.cells)):
        notebook.cells[place:place] = [copy_of(cell) for cell in extra]
    notebook.metadata = nbformat.from_dict([
        {"kernelspec": {"name": "julia-1.9", "display_name": "Julia", "language": "julia"}}, {},
        {"language_info": {"name": "R"}, "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {}}}},
        {"kernelspec": {"name": "python3"}, "colab": {"provenance": []}, "title": "<i>t</i>"}][number % 4])
    return notebook


def copied(notebook):
    """The last test and its answer copied, as JupyterLab does it: with their names."""
    cells = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")][-3:-2]
    for cell in cells:
        notebook.cells.insert(notebook.cells.index(cell) + 1, copy_of(copy_of(cell) | {"id": "copy"}))
    return notebook


def encoded(notebook, number):
    """Write a notebook as some program or other writes it."""
    notebook = copy_of(notebook)
    if number % 3 == 0:
        for cell in notebook.cells:
            cell.source = cell.source.replace("\n", "\r\n")
    if number % 3 == 1:  # before cells had ids
        notebook.nbformat_minor = 2
        for cell in notebook.cells:
            cell.pop("id", None)
    elif number % 3 == 2:
        for cell in notebook.cells:
            cell.id = "same"
    text = json.dumps(notebook, ensure_ascii=number % 2 == 0, indent=[None, 1, 4][number % 3])
    text = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return text.replace("\n", "\r\n").encode(["utf-8", "utf-8-sig", "utf-16"][number % 3])


def odd(release, source, assignment, number):
    """Give the bytes of a right notebook with a name of NAMES, a quarter of SCRATCH, and more of what may be odd."""
    notebook = solved(copy_of(release), source)
    for name, code in TYPES[assignment].items() if number % 2 == 0 else ():
        cell_of(notebook, name).source += f"\n\n\n{code}"
    if number % 2:
        helped(notebook)
    scratched(notebook, source)
    add(notebook, *list(SCRATCH.values())[number % 4::4])
    if number % 2 == 0:
        copied(notebook)
    return encoded(named(decorated(notebook, number), NAMES[number]), number)


def grading_course(folder):
    """Copy the course into a folder, with shorter limits, so that endless loops take less time."""
    for name in ("source", "grading"):
        shutil.copytree(COURSE / name, folder / name)
    shutil.copy(COURSE / "grade.py", folder)
    settings = (COURSE / "nbgrader_config.py").read_text(encoding="utf-8")
    faster = "\nc.Execute.timeout = 15\nc.Execute.iopub_timeout = 8\n"
    (folder / "nbgrader_config.py").write_text(settings + faster, encoding="utf-8")
    return folder

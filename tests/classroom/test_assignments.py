"""The whole way of an assignment with the real nbgrader: made, handed in well and badly, graded, marked, given back."""

import ast
import builtins
import csv
import doctest
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import time

import pytest
from course import ALL, ASSIGNMENTS, COURSE, HIDDEN, NAMES, SCRATCH, TYPES, automatic, outputs, read, run, scores
from hostile import THIEF
from nbclient import NotebookClient

# -- grading ---------------------------------------------------------------------------------------------------


def test_every_submission_gets_its_score(graded):
    folder, given, _ = graded
    found = scores(folder)
    for name, expected in given.items():
        got = {student: automatic(found[name][student]) for student in expected}
        points = {student: None if None in cells.values() else sum(cells.values()) for student, cells in got.items()}
        missed = {student: [cell for cell, auto in got[student].items() if not auto]
                  for student in points if points[student] != expected[student]}
        assert points == expected, (name, missed)


def test_forty_oddities_are_tried():
    tried = len(SCRATCH) + len(NAMES) + sum(len(kinds) for kinds in TYPES.values())
    assert tried >= 40


def test_a_blank_answer_gets_nothing_and_needs_no_reader(graded):
    folder, *_ = graded
    blank = scores(folder)["lookup"]["blank"]
    assert {auto for name, (auto, _) in blank.items() if name.startswith("written")} == {0}
    deleted = scores(folder)["lookup"]["deleted"]
    assert deleted["written-id"][0] == 0 and deleted["written-long-way"][0] is None


def test_what_went_wrong_is_listed_for_a_person(marked):
    _, rows = marked
    why = {}
    for row in rows:
        why.setdefault(row["student"], set()).add(row["why"])
    for student in ("notjson", "pipe", "link", "folder"):
        assert why[student] == {"not graded: it cannot be read as a notebook, or grading it took too much"}, student
        assert len([row for row in rows if row["student"] == student]) == 12, "every cell, so that a person can mark it"
    assert any("died" in reason for reason in why["exits"])
    assert any("processes" in reason for reason in why["crowd"])
    assert any("Timeout" in reason or "died" in reason for reason in why["babbler"] | why["flood"])
    assert why["perfect"] == {"to read"} and "blank" not in why
    assert all("1 point" in row["rubric"] for row in rows if row["student"] == "perfect")


def test_a_persons_marks_are_stored_and_given_back(marked):
    folder, _ = marked
    with (folder / "grades.csv").open(encoding="utf-8", newline="") as file:
        grades = {(row["assignment"], row["student_id"]): row["score"] for row in csv.DictReader(file)}
    assert grades["lookup", "perfect"] == "20.5" and grades["lookup", "notjson"] == "2.5"
    assert grades["lookup", "blank"] == "0.0" and grades["memory", "odd6"] == "18.0"
    page = (folder / "feedback" / "perfect" / "lookup" / "lookup.html").read_text(encoding="utf-8")
    assert "Say <em>where</em>; =1+1" in page and "Score: 20.5 / 24.0" in page


def test_marks_that_cannot_be_are_refused(graded):
    folder, *_ = graded
    before = scores(folder)
    cases = {
        "student,cell,points,comment\nperfect,written-id,1,\nhalf,lookup-rows,99,\n": "run from 0 to 2; got 99",
        "student;cell;points;comment\nperfect;written-id;one;\n": "Points are a number",
        "student,cell,points,comment\nperfect,written-id,nan,\n": "points run from 0 to 3; got nan",
        "student,points\nperfect,1\n": "has no column 'cell'", "": "has no column",
        "student,cell,points,comment\nnobody,written-id,1,\n": "Nothing was stored",
        "student,cell,points,comment\nperfect,written-id,1,gr\xfcn\n": "save it as “CSV UTF-8”",
    }
    for number, text in enumerate(cases):
        (folder / f"wrong{number}.csv").write_text(text, encoding="latin-1")
    code = "import grade, sys\nfor name in sys.argv[1:]:\n    print('--', grade.main('enter', 'lookup', name))"
    said = run(folder, "-c", code, "nowhere.csv", *[f"wrong{number}.csv" for number in range(len(cases))])
    parts = said.split("-- 1\n")
    assert "Traceback" not in said and "No such file" in parts[0] and len(parts) == len(cases) + 2
    assert [sentence for sentence, part in zip(cases.values(), parts[1:], strict=False) if sentence not in part] == []
    assert scores(folder) == before


def test_a_failed_test_says_what_was_expected(graded):
    folder, *_ = graded
    assert "any shape earns the point" in outputs(folder, "blank")
    assert "AssertionError" in outputs(folder, "cheat")


def test_a_second_run_changes_nothing(graded):
    folder, *_ = graded
    files = {path: path.read_bytes() for path in (folder / "autograded").rglob("*.ipynb")}
    before = scores(folder)
    run(folder, "grade.py", "run", "lookup")
    assert scores(folder) == before
    assert {path: path.read_bytes() for path in (folder / "autograded").rglob("*.ipynb")} == files
    run(folder, "grade.py", "run", "lookup", "--student", "half", "--force")
    assert scores(folder) == before


def a_copy(folder, place, *students):
    """Copy a graded course, with only some of the submissions of the assignment `memory`."""
    others = ("autograded", "downloaded", "feedback", "release", "set-aside", "submitted")
    shutil.copytree(folder, place, ignore=shutil.ignore_patterns(*others))
    for student in students:
        shutil.copytree(folder / "submitted" / student / "memory", place / "submitted" / student / "memory")
    return place


def test_settings_that_do_not_load_stop_the_grading(graded, tmp_path):
    """nbgrader by itself would go on with its own settings: without a sandbox."""
    copy = a_copy(graded[0], tmp_path / "broken", "shortcut")
    (copy / "nbgrader_config.py").write_text("raise SystemError", encoding="utf-8")
    assert "not graded" in run(copy, "grade.py", "run", "memory")
    assert not (copy / "autograded").exists()


def test_a_machine_without_a_sandbox_says_so_loudly_and_grades(graded, tmp_path):
    copy = a_copy(graded[0], tmp_path / "bare", "odd6")
    said = run(copy, "grade.py", "run", "memory", variables={"PATH": "/nowhere"})
    assert "NO SANDBOX" in said and "apt-get install bubblewrap" in said
    assert sum(automatic(scores(copy)["memory"]["odd6"]).values()) == ALL["memory"]


def test_what_was_left_half_done_is_graded_anew(graded, tmp_path):
    """As if the machine had stopped while a submission was being graded."""
    copy = a_copy(graded[0], tmp_path / "stopped", "shortcut")
    shutil.copytree(copy / "submitted" / "shortcut" / "memory", copy / "autograded" / "shortcut" / "memory")
    (copy / "under-way").write_text("shortcut/memory", encoding="utf-8")
    run(copy, "grade.py", "run", "memory")
    graded_now = read(copy / "autograded" / "shortcut" / "memory" / "memory.ipynb")
    assert any(cell.get("outputs") for cell in graded_now.cells) and not (copy / "under-way").exists()


def test_a_submission_that_takes_too_long_is_ended(graded, tmp_path):
    copy = a_copy(graded[0], tmp_path / "long", "shortcut")
    eaches = copy / "grading" / "one_each.py"
    eaches.write_text(eaches.read_text(encoding="utf-8").replace("SECONDS = 420", "SECONDS = 0.5"), encoding="utf-8")
    assert "shortcut: grading it took more than 0.5 seconds" in run(copy, "grade.py", "run", "memory")
    assert not list((copy / "autograded").glob("*/*")) and not (copy / "under-way").exists()


def test_neighbours_have_different_numbers(graded):
    folder, given, _ = graded
    for name in ASSIGNMENTS:
        shown = set()
        for student in ("shortcut", next(student for student in given[name] if student.startswith("odd"))):
            cells = read(folder / "autograded" / student / name / f"{name}.ipynb").cells
            names = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in cells]
            [shows] = [cell for cell in cells[names.index("variant"):] if re.match(r"[a-z]+(, [a-z]+)+$", cell.source)]
            shown |= {json.dumps(output.data) for output in shows.outputs if output.output_type == "execute_result"}
        assert len(shown) == 2, name


# -- hostile hands ---------------------------------------------------------------------------------------------


def test_the_thief_finds_nothing(graded):
    folder, *_ = graded
    printed = outputs(folder, "thief")
    assert "FOUND []" in printed
    assert [f"{what} refused" in printed for what in ("NETWORK", "WRITE", "COURSE")] == [True] * 3, printed[:3000]


def test_every_attack_from_inside_is_refused(graded):
    """What the student's own program says of its attempts; whoever grades, root or not."""
    folder, *_ = graded
    cells = read(folder / "autograded" / "thief" / "lookup" / "lookup.ipynb").cells
    [printed] = [cell.outputs[0].text for cell in cells if "REMOUNT" in cell.source]
    lines = printed.splitlines()
    tried = [line for line in lines if line.endswith("refused") or " OPEN " in line]
    assert len(tried) > 100 and [line for line in tried if not line.endswith("refused")] == []
    assert f"RIGHTS {['0' * 16] * 5}" in lines
    assert {"WRITABLE []", "OF THE KERNEL []"} <= set(lines)
    environments = [line for line in lines if line.startswith("ENVIRONMENT")]
    assert environments[0].split() == ["ENVIRONMENT", "1"], "process 1 is bubblewrap itself"
    assert "of the environment" not in printed and "PROCESSES " in printed


def test_nothing_outside_has_changed(graded):
    folder, _, _ = graded
    assert not (folder / "forged").exists()
    import numpy

    assert "stolen" not in [path.name for path in COURSE.joinpath(numpy.__path__[0]).iterdir()]
    assert subprocess.run(["hostname"], capture_output=True, text=True).stdout.strip() != "mine"


def test_without_the_sandbox_the_thief_would_have_found_all(graded):
    """Or the test above would pass with a thief who cannot steal."""
    folder, *_ = graded
    code = THIEF.replace('os.walk("/")', f"os.walk({str(folder)!r})").split("for what")[0]
    known = "import numpy as np\nids = [1]\nrows = dim = 1\nminilm = None\n"
    done = subprocess.run([sys.executable, "-c", known + code], capture_output=True, text=True)
    assert "/source/lookup/lookup.ipynb" in done.stdout and "gradebook.db" in done.stdout


def test_no_submission_takes_much_of_the_grader(graded):
    """Memory and time of the grader itself, for each submission; the kernels have limits of their own."""
    _, given, said = graded
    used = {student: (int(memory), float(seconds))
            for student, memory, seconds in re.findall(r"^-- (\w+) took (\d+) MB and ([\d.]+) s$", said, re.MULTILINE)}
    assert set(given["lookup"]) <= set(used)
    assert max(memory for memory, _ in used.values()) < 900, used


def test_what_a_student_names_speaks_for_nobody_else(graded):
    """Zips of students are opened once, as theirs; one that is broken, or leads out, stops nobody."""
    folder, given, _ = graded
    students = {path.parent.name for path in (folder / "submitted").glob("*/lookup")}
    assert students >= set(given["lookup"]) and not students & {"victim", "broken", "up"}
    assert not list((folder / "downloaded").rglob("up_1_2*")) and not list(folder.rglob("bomb.ipynb"))


def test_examples_of_the_grader(monkeypatch):
    """Those in its docstrings, of which one says what happens to two students of one name."""
    monkeypatch.syspath_prepend(COURSE)
    for name in ("unpack", "harmless"):
        done = doctest.testmod(importlib.import_module(f"grading.{name}"))
        assert done.attempted and not done.failed


def test_odd_files_are_set_aside_and_kept(graded):
    folder, _, said = graded
    aside = folder / "set-aside"
    assert (aside / "link" / "lookup" / "lookup.ipynb").is_symlink()
    assert (aside / "pipe" / "lookup" / "lookup.ipynb").is_fifo()
    assert len(list((aside / "half" / "lookup").iterdir())) > 4_900
    assert (aside / "half" / "lookup" / "0.large").stat().st_size == 21_000_000
    assert "half: 4," in said and "pipe: lookup.ipynb set aside: it is no ordinary file" in said
    assert not any(path.is_symlink() for path in (folder / "submitted").rglob("*"))


# -- what a teacher opens ---------------------------------------------------------------------------------------

TOKEN = "a-token-of-the-test"


def opened(page, address):
    """Open a page and try what a teacher might; give the addresses that it asked for."""
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: asked.append(f"dialog {dialog.message}"))
    page.goto(address)
    return asked


def check_harmless(page, asked, own):
    assert [address for address in asked if not address.startswith((own, "data:"))] == []
    assert "RAN" not in page.title() and page.evaluate("window.RAN") is None
    assert page.locator("iframe, object, embed, form[action], meta[http-equiv=refresh], base").count() == 0
    assert page.locator("#notebook-container").locator("script, link, style, svg").count() == 0
    handlers = """() => [...document.querySelectorAll('#notebook-container *')].flatMap(one =>
        one.getAttributeNames().filter(name => name.startsWith('on')))"""
    assert page.evaluate(handlers) == []
    assert page.locator("a[href^='javascript:']").count() == 0
    assert page.get_by_text("a table stays").first.is_visible()
    assert page.get_by_text("chooses").locator("visible=true").first.inner_text() == "chooses"  # Markdown is shown


def test_feedback_runs_nothing_and_asks_no_other_host(marked, page):
    folder, _ = marked
    address = (folder / "feedback" / "scripts" / "lookup" / "lookup.html").as_uri()
    asked = opened(page, address)
    check_harmless(page, asked, (folder / "feedback").as_uri())  # nbgrader's style names fonts beside it
    assert page.locator("script").count() == 0 and page.url == address


def test_every_feedback_page_is_small_and_has_its_policy(marked):
    folder, _ = marked
    pages = list((folder / "feedback").glob("*/lookup/lookup.html"))
    assert len(pages) == len(list((folder / "autograded").glob("*/lookup/lookup.ipynb"))) > 20
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert page.stat().st_size < 1_500_000, page
        assert "default-src 'none'" in text and "<script" not in text, page
        if page.parts[-3] != "scripts":  # which quotes what it tried
            assert not re.search(r"""(src|srcset)=["']?(https?:)?//|@import|url\(["']?http""", text), page


@pytest.fixture(scope="module")
def formgrader(marked, tmp_path_factory):
    """(address of a Jupyter server in the folder of the course, its log)."""
    folder, _ = marked
    place = tmp_path_factory.mktemp("jupyter")
    settings = os.environ | {f"JUPYTER_{name}_DIR": str(place / name) for name in ("CONFIG", "RUNTIME", "DATA")}
    log = (place / "log").open("w")
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyter", "server", "--no-browser", "--allow-root", "--port=0", "--ip=127.0.0.1",
         f"--IdentityProvider.token={TOKEN}"], cwd=folder, env=settings, stdout=log, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + 120
        while not (found := list((place / "RUNTIME").glob("jpserver-*.json"))):
            assert server.poll() is None and time.monotonic() < deadline, (place / "log").read_text()[-2000:]
            time.sleep(0.1)
        yield json.loads(found[0].read_text())["url"], place / "log"
    finally:
        server.terminate()
        server.wait(30)


def test_formgrader_marks_an_answer_and_runs_nothing(marked, formgrader, page):
    folder, _ = marked
    address, log = formgrader
    page.set_extra_http_headers({"Authorization": f"token {TOKEN}"})
    asked = opened(page, f"{address}formgrader/gradebook/lookup/lookup")
    page.wait_for_selector("#main-table td.name a")
    address_of = page.evaluate("""async address => {
        const all = await (await fetch(address + 'formgrader/api/submitted_notebooks/lookup/lookup')).json()
        return address + 'formgrader/submissions/' + all.find(one => one.student === 'scripts').id + '/'
    }""", address)
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    answer = page.goto(address_of)
    assert answer.status == 200, log.read_text()[-3000:]
    check_harmless(page, asked, address)
    page.wait_for_function("formgrader.grades?.loaded && formgrader.comments?.loaded")  # before, nothing is saved
    field = page.locator("input.score#written-long-way")
    field.fill("3")
    comment = page.locator("textarea[id='written-long-way-comment']")
    comment.fill("Well said.")
    with page.expect_response(lambda response: "/api/" in response.url and response.request.method == "PUT"):
        comment.blur()
    page.wait_for_load_state("networkidle")
    page.reload()
    page.wait_for_function("document.querySelector('#written-long-way').value === '3'")
    assert scores(folder)["lookup"]["scripts"]["written-long-way"][1] == 3 and faults == []
    page.locator(".glyphicon-eye-open").first.click()  # shows the name
    assert page.locator(".name-shown").first.is_visible()
    assert [one for one in asked if not one.startswith((address, "data:"))] == []


def test_the_other_pages_of_formgrader(formgrader, page):
    address, log = formgrader
    page.set_extra_http_headers({"Authorization": f"token {TOKEN}"})
    asked = opened(page, f"{address}formgrader/manage_assignments")
    for path in ("manage_assignments", "gradebook", "manage_students", "manage_submissions/lookup", "gradebook/lookup"):
        assert page.goto(f"{address}formgrader/{path}").status == 200, log.read_text()[-3000:]
        page.wait_for_selector("#main-table td")
    assert [one for one in asked if not one.startswith((address, "data:"))] == []


# -- what is given out -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_nothing_of_the_solution_is_released(graded, assignment):
    text = (graded[0] / "release" / assignment / f"{assignment}.ipynb").read_text(encoding="utf-8")
    assert not re.search("SOLUTION|HIDDEN|MARK SCHEME|nbgrader import|1 point:", text)
    assert "book_utils" in text and "YOUR CODE HERE" in text and "YOUR ANSWER HERE" in text


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_hidden_tests_take_the_teachers_names(assignment):
    """Each hidden part stands alone, and what it asks names only functions and guesses that students were asked for."""
    notebook = read(COURSE / "source" / assignment / f"{assignment}.ipynb")
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]

    def made_by(sources):
        found = set()
        for node in ast.walk(ast.parse("\n".join(sources))):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                found.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found.add(node.id)
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                found |= {(name.asname or name.name).split(".")[0] for name in node.names}
            elif isinstance(node, ast.arg):
                found.add(node.arg)
            elif isinstance(node, ast.ExceptHandler) and node.name:
                found.add(node.name)
        return found

    def entry(cell):
        return cell.metadata.get("nbgrader", {})

    setup = made_by(cell.source for cell in cells if entry(cell).get("locked") and not entry(cell).get("grade"))
    students = made_by(cell.source for cell in cells if entry(cell).get("solution"))
    for cell in cells:
        parts = HIDDEN.findall(cell.source)
        if not entry(cell).get("grade"):
            continue
        tree = ast.parse("\n".join(parts))
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert used - made_by(parts) - setup - set(dir(builtins)) == set(), entry(cell).grade_id
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("ask", "number", "refuses"):
                text = "".join(part.value for part in ast.walk(call.args[0]) if isinstance(part, ast.Constant)
                               and isinstance(part.value, str))
                text = re.sub(r"'[^']*'", "", text)
                asked = set(re.findall(r"(?<![.\w])[A-Za-z_]\w*(?!\w|=[^=])", text))
                asked -= {"lambda", "None", "t", "r", "c", "s"}
                assert asked <= students | set(dir(builtins)), (entry(cell).grade_id, asked - students)


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_solutions_pass_their_own_tests_for_any_name(assignment):
    """In an author's notebook: the hidden tests ask the notebook itself."""
    path = COURSE / "source" / assignment / f"{assignment}.ipynb"
    notebook = read(path)
    for cell in notebook.cells:
        if cell.source.startswith('name = ""'):
            cell.source = f"name = {NAMES[5]}"
    NotebookClient(notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": path.parent}}).execute()


def test_assignments_are_stored_without_results():
    for name in ASSIGNMENTS:
        cells = read(COURSE / "source" / name / f"{name}.ipynb").cells
        assert all(not cell.outputs and cell.execution_count is None for cell in cells if cell.cell_type == "code")
        assert {"points" for cell in cells if cell.metadata.get("nbgrader", {}).get("grade")} == {"points"}
        assert sum(c.metadata.nbgrader.points for c in cells if c.cell_type == "code" and
                   c.metadata.get("nbgrader", {}).get("grade")) == ALL[name]

"""One course for all grading tests: made, handed in, collected, graded, marked and given back once."""

import csv
import io
import json
import os
import shutil
import socket
import subprocess
import zipfile

import course
import hostile
import pytest


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


# One process for several assignments: nbgrader takes seconds to start.
EACH = """
import sys
from nbgrader.apps import NbGraderAPI, NbGraderApp
app = NbGraderApp()
app.initialize([])
api = NbGraderAPI(config=app.config)
for name in sys.argv[1:]:
    done = api.generate_assignment(name)
    if not done["success"]:
        sys.exit(done["log"] or done["error"])
"""
GRADE = """
import grade, sys
for name in sys.argv[1:]:
    assert grade.main("run", name) == 0
"""


@pytest.fixture(scope="session")
def graded(tmp_path_factory):
    """(the folder of a course of which all was graded, {assignment: {student: points}}, what the grading said)."""
    if why := no_sandbox():
        if os.environ.get("CI"):
            pytest.fail(f"no grading was tested: {why}")
        pytest.skip(f"\n\n!!! GRADING TESTS SKIPPED: {why}\n")
    folder = course.grading_course(tmp_path_factory.mktemp("course"))
    course.run(folder, "-c", EACH, *course.ASSIGNMENTS)
    with socket.create_server(("127.0.0.1", 0)) as server:
        given = hand_in(folder, server.getsockname()[1])
        course.run(folder, "-m", "nbgrader", "zip_collect", "lookup")
        hostile.put_odd_files(folder)
        secret = {"TEACHERS_SECRET": "of the environment"}
        said = course.run(folder, "-c", GRADE, *course.ASSIGNMENTS, variables=secret)
        said += "".join((folder / f"{name}.log").read_text(encoding="utf-8") for name in course.ASSIGNMENTS)
    return folder, given, said


def hand_in(folder, port):
    """Put the class's files, as a learning platform gives them, where nbgrader collects; give what each should get."""
    given = {}
    for name in course.ASSIGNMENTS:
        release, source = (course.read(folder / kind / name / f"{name}.ipynb") for kind in ("release", "source"))
        odd = {f"odd{number}": course.odd(release, source, name, number) for number in ODD[name]}
        shortcut = {"shortcut": hostile.shortcut(release, source, name)}
        some = hostile.kinds(release, source, folder, port) if name == "lookup" else shortcut
        given[name] = {kind: points for kind, (_, points) in some.items()} | dict.fromkeys(odd, course.ALL[name])
        files = odd | {kind: text.replace('name = \\"\\"', f'name = \\"{kind}\\"').encode()
                       for kind, (text, _) in some.items()}
        if name != "lookup":
            for kind, raw in files.items():
                (folder / "submitted" / kind / name).mkdir(parents=True)
                (folder / "submitted" / kind / name / f"{name}.ipynb").write_bytes(raw)
            continue
        archive = folder / "downloaded" / name / "archive"
        archive.mkdir(parents=True)
        with zipfile.ZipFile(archive / "all.zip", "w") as file:
            for kind, raw in files.items():
                path = PATHS.get(kind, "{}_12_34_lookup-1.ipynb").format(kind)
                file.writestr(path, in_a_zip(path, raw) if path.endswith(".zip") else raw)
            for odd_one in ("broken_1_2_work.zip", "broken_1_2_table.csv.gz", "../../up_1_2_lookup.ipynb"):
                file.writestr(odd_one, b"neither a zip nor a notebook")
            file.writestr("Ada Lovelace_7_assignsubmission_file_/essay.pdf", "not a notebook")
    return given


def in_a_zip(path, raw):
    """A zip as a student makes one: in it a name that speaks for another, and a notebook that grows to 30 MB."""
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
            made.writestr("extracted/all/victim_9_9_lookup.ipynb", raw)
            made.writestr("bomb.ipynb", bytes(30_000_000))
        return file.getvalue()


# Each has its own name.
ODD = {"lookup": (0, 1, 2, 3), "geometry": (4, 5), "memory": (6, 7), "position": (8, 9), "grow": (10, 11),
       "language_model": (12,)}
# How Canvas names files is the rule; Moodle's way, one that says nothing about the assignment, and a zip.
PATHS = {"odd1": "{}_123_assignsubmission_file_/lookup.ipynb", "odd2": "{}/Untitled3.ipynb",
         "odd3": "{}_12_34_work.zip"}


@pytest.fixture(scope="session")
def marked(graded):
    """(the same course after a person has marked one answer of each student, the rows that were listed for marking)."""
    folder, *_ = graded
    table = folder / "marks.csv"
    course.run(folder, "grade.py", "list", "lookup", table)
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    listed = json.loads(json.dumps(rows))
    for row in rows:
        row["points"], row["comment"] = ("2,5", "Say *where*; =1+1") if row["cell"] == "written-id" else ("", "")
    with table.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0], delimiter=";")  # as a spreadsheet of half of Europe saves it
        writer.writeheader()
        writer.writerows(rows)
    course.run(folder, "grade.py", "enter", "lookup", table)
    course.run(folder, "-m", "nbgrader", "generate_feedback", "lookup")
    course.run(folder, "-m", "nbgrader", "export", "--to", "grades.csv")
    return folder, listed

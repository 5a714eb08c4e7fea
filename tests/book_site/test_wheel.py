"""The wheel of book_utils holds all that the package needs, and works away from the repository."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import book_utils
from book_utils.asking.questions import read_questions

ROOT = Path(__file__).resolve().parents[2]
# Isolated from the folder it runs in, from PYTHONPATH and, by its place in the path, from the installed book.
START = "import sys; sys.path.insert(0, sys.argv.pop(1)); "


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from a copy: setuptools leaves its work beside what it builds."""
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT / "book_utils", folder / "book_utils", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "LICENSE", "LICENSE-content", "NOTICE"):
        shutil.copy(ROOT / name, folder)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, folder]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def python(wheel, tmp_path_factory):
    """A function that runs Python, away from the repository, with the package that was in the wheel."""
    folder, elsewhere = tmp_path_factory.mktemp("unpacked"), tmp_path_factory.mktemp("elsewhere")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)

    def run(code, *arguments):
        command = [sys.executable, "-I", "-c", START + code, folder, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, cwd=elsewhere)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run.folder, run.elsewhere = folder, elsewhere
    return run


def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    own = {name: content for name, content in held.items() if name.startswith("book_utils/")}
    files = (path for path in (ROOT / "book_utils").rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    assert own == {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in files}
    others = {name.split("/", 1)[1] for name in held.keys() - own.keys()}
    assert {name.split("/")[-1] for name in others} == {
        "LICENSE", "LICENSE-content", "NOTICE", "METADATA", "WHEEL", "RECORD", "top_level.txt"}


def test_table_guess_explorer_and_style_work_away_from_the_repository(python):
    out = python("""
import book_utils, matplotlib.pyplot as plt
print(book_utils.__file__)
minilm = book_utils.load_minilm()
print(minilm.encode("the cat", special=False).tolist(), minilm.table.lookup([4937]).shape)
guess = book_utils.Guess("How many?", choices={1: "", 2: ""}, answer=1 + 1, name="away")
print("book-plain" in guess._repr_mimebundle_()[0]["text/html"], len(guess._esm) > 1000)
print(book_utils.SentenceExplorer("the cat").tokens)
plt.style.use("book_utils.book")
""")
    assert out.splitlines() == [
        str(python.folder / "book_utils" / "__init__.py"), "[1996, 4937] (1, 384)", "True True", "['the', 'cat']"]


def test_the_commands_work_away_from_the_repository(python):
    run = "import runpy; runpy.run_module('book_utils', run_name='__main__')"
    key = json.loads(python(run, "key", ROOT / "chapters"))
    first = next(guess for guess in read_questions()["lookup"]["guesses"] if guess["kind"] == "choice")
    assert first["name"] in key["lookup"]

    entry = {"chapter": "lookup", "name": first["name"], "digest": first["digest"], "at": "2026-11-20T09:00:00Z",
             "guess": first["answer"], "confidence": "sure", "second": None, "skipped": False, "revealed": True,
             "rating": "", "reviews": []}
    saved = {"format": "guesses", "version": 1, "book": "from-token-ids-to-vectors", "saved": "2026-11-20T10:00:00Z",
             "guesses": [entry], "cards": []}
    file = python.elsewhere / "one.json"
    file.write_text(json.dumps(saved), encoding="utf-8")
    assert "1 student, 1 first guess" in python(run, "class", file, "-o", python.elsewhere / "report")
    assert {"index.html", "guesses.csv"} <= {path.name for path in (python.elsewhere / "report").iterdir()}


def test_the_version_stands_in_one_place(wheel):
    version = book_utils.__version__
    assert wheel.name == f"book_utils-{version}-py3-none-any.whl"
    assert "version" not in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert newest[1] == version

"""The chapters keep the house style, and their answers are those that a person has confirmed."""

import ast
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from notebooks import book_text

from book_utils.book_site.plain_markdown import as_myst

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
chapters = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)


def cells_of(path, kind="code"):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    cells = [cell for cell in cells if "remove-cell" not in cell["metadata"].get("tags", [])]  # tools/first_cell.py
    return [cell | {"source": "".join(cell["source"])} for cell in cells if cell["cell_type"] == kind]


def tree_of(cell):
    code = re.sub(r"^\s*[%!].*$", "", cell["source"], flags=re.MULTILINE)
    return ast.parse(code)


def test_the_book_has_chapters():
    assert CHAPTERS


def test_chapters_are_in_their_stored_form():
    """Without execution counts nbval would compare nothing, and say nothing."""
    command = [sys.executable, ROOT / "tools" / "notebooks.py", "check", *CHAPTERS]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    for path in CHAPTERS:
        assert all(cell["execution_count"] for cell in cells_of(path)), path.name


@chapters
def test_no_markup_of_the_build_stands_raw_in_a_notebook(path):
    """JupyterLab, Notebook 7 and GitHub know no directive, role or target of MyST."""
    for cell in cells_of(path, "markdown"):
        prose = re.sub(r"^```\w+\n.*?^```$", "", cell["source"], flags=re.DOTALL | re.MULTILINE)
        raw = re.findall(r"^:{3,}.*|^`{3,}\{.*|^\([\w-]+\)=$|\{[\w:-]+\}`[^`]*`|^%.*|^\+\+\+.*", prose, re.MULTILINE)
        assert not raw, raw


@chapters
def test_code_cells_are_short(path):
    for cell in cells_of(path):
        lines = [line for line in cell["source"].splitlines() if line.strip()]
        assert len(lines) <= 12, cell["source"]


@chapters
def test_no_three_code_cells_in_a_row(path):
    kinds = "".join(cell["cell_type"][0] for cell in json.loads(path.read_text(encoding="utf-8"))["cells"])
    assert "ccc" not in kinds


@chapters
def test_visible_code_fits_the_column(path):
    for cell in cells_of(path):
        if not {"hide-input", "remove-input"} & set(cell["metadata"].get("tags", [])):
            assert max(map(len, cell["source"].splitlines())) <= 80, cell["source"]


@chapters
def test_imports_are_explicit_and_come_first(path):
    for number, cell in enumerate(cells_of(path)):
        for node in ast.walk(tree_of(cell)):
            if isinstance(node, ast.ImportFrom):
                assert all(name.name != "*" for name in node.names)
            if isinstance(node, (ast.Import, ast.ImportFrom)) and "optional" not in cell["source"]:
                assert number == 0, cell["source"]


@chapters
def test_answers_are_computed(path):
    """What stands after answer= must come from a name that the chapter made."""
    for cell in cells_of(path):
        for node in ast.walk(tree_of(cell)):
            if isinstance(node, ast.keyword) and node.arg == "answer":
                assert any(isinstance(part, ast.Name) for part in ast.walk(node.value)), cell["source"]


@chapters
def test_figures_say_what_they_show(path):
    for cell in cells_of(path):
        plain = ["".join(output.get("data", {}).get("text/plain", "")) for output in cell["outputs"]]
        if any(text.startswith("<Figure size") for text in plain):
            settings = cell["metadata"].get("mystnb", {})
            assert len(settings.get("image", {}).get("alt", "")) > 30, cell["source"]
            assert {"caption", "name"} <= settings.get("figure", {}).keys(), cell["source"]


@chapters
def test_questions_are_plain(path):
    for cell in cells_of(path):
        for output in cell["outputs"]:
            asked = "".join(output.get("data", {}).get("text/plain", "")).split("Answer:")[0]
            if asked.startswith("Guess ["):
                negated = r"\b(not true|untrue|incorrect|except|all of the above|none of the)\b"
                assert not re.search(negated, asked, re.I)
                assert not re.search(r"\bNOT\b", asked), asked


@chapters
def test_numbers_in_prose_stand_in_the_code_or_its_output(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    computed = json.dumps([cell for cell in cells if cell["cell_type"] == "code"], ensure_ascii=False)
    computed = re.sub(r"(?<=\d)[,_](?=\d)", "", computed)
    for cell in cells_of(path, "markdown"):
        # A paragraph that names the tool that measured its numbers, or the issue that states them, is cited.
        paragraphs = cell["source"].split("\n\n")
        own = "\n\n".join(part for part in paragraphs if not re.search(r"`tools/|\bissue \d+\b|copies of", part))
        names = r"(?:\[[\w./-]+#\d+)?\]\(.*?\)|[A-Z]\w+(?: and others)? (?:19|20)\d\d\b"  # of threads and papers
        prose = re.sub(rf"```.*?```|{names}", "", own, flags=re.DOTALL)
        for number in re.findall(r"(?<![\w.-])\d[\d,]*\.?\d*", prose):
            digits = number.replace(",", "").rstrip(".")
            if len(digits) >= 3:
                assert digits in computed, f"{number} in: {cell['source'][:200]}"


def test_answers_are_those_that_a_person_confirmed():
    """After `make notebooks`, or a change in `chapters/again`: read the explanation again, then `make key`."""
    confirmed = (ROOT / "tests" / "answer_key.json").read_text(encoding="utf-8")
    done = subprocess.run([sys.executable, "-m", "book_utils", "key"], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == confirmed, done.stderr
    assert json.loads(confirmed)["lookup"]["explain-lookup"]["answer"]


def test_the_key_command_says_where_it_belongs(tmp_path):
    done = subprocess.run([sys.executable, "-m", "book_utils", "key"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1 and "run this in the folder of the book" in done.stderr


# -- the same code in three languages, in the tabs of the chapters ---------------------------------------------


def tab_sets():
    """Yield {language: code} for each set of tabs."""
    for path in CHAPTERS:
        for cell in cells_of(path, "markdown"):
            for tabs in re.findall(r"^::::\{tab-set\}\n(.*?)^::::$", as_myst(cell["source"]), re.DOTALL | re.MULTILINE):
                yield dict(re.findall(r":::\{tab-item\} (\w+)\n```\w+\n(.*?)```", tabs, re.DOTALL))


def printed(command, code):
    done = subprocess.run(command, input=code, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return re.findall(r"-?\d+\.?\d*", done.stdout)


def check_beside_numpy(language, command):
    sets = [tabs for tabs in tab_sets() if language in tabs]
    assert sets
    for tabs in sets:
        assert printed(command, tabs[language]) == printed([sys.executable, "-"], tabs["NumPy"]) != []


def test_numpy_and_javascript_tabs_print_the_same():
    assert shutil.which("node"), "the JavaScript of the chapters is run by node: install Node.js 20 or newer"
    check_beside_numpy("JavaScript", ["node", "-"])


@pytest.mark.parametrize("language, package", [("PyTorch", "torch"), ("Transformers", "transformers")])
def test_tabs_of_other_libraries_print_the_same_as_numpy(language, package):
    pytest.importorskip(package, reason=f"LOUD: the {language} tabs were not run: pip install {package} to run them")
    check_beside_numpy(language, [sys.executable, "-"])


def test_the_book_is_called_what_its_pages_call_it():
    """Or the class report would refuse every file that a reader of a renamed or translated book saves."""
    text = (ROOT / "book_utils" / "data" / "book.json").read_text(encoding="utf-8")
    assert text == book_text(), "run  make notebooks"

"""Run the chapters from a fresh kernel and store them so that nbval can compare them and diffs stay small.

    python tools/notebooks.py run   chapters/*.ipynb    execute, then store, in place
    python tools/notebooks.py check chapters/*.ipynb    exit 1 where a file is not in its stored form

Both put the cell of tools/first_cell.py before each chapter. `run` also writes what the questions of these chapters
are to book_utils/data/questions.json, and the book's name and order to book.json: the class report and
`save_guesses` read them there.

Kept are execution counts (nbval compares nothing in a cell without one) and all text output, dropped are
images, widget views, widget state, tracebacks and versions: just what nbval does not compare.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

import nbformat
import yaml
from first_cell import TAG, address, first_cell, runs_model

from book_utils.asking.questions import ASKS, DATA, QUESTIONS, questions_of, questions_text, read_questions
from book_utils.asking.score import slug

ROOT = Path(__file__).resolve().parents[1]
DROPPED = ("image/png", "image/jpeg", "application/vnd.jupyter.widget-view+json")
CELL_METADATA = ("tags", "mystnb", "jupyter", "nbgrader")


def begin(notebook, source: str):
    """Make `source` the first cell of a notebook, in place of the one that was made before."""
    cell = nbformat.v4.new_code_cell(source, metadata={"tags": [TAG], "jupyter": {"source_hidden": True}})
    old = bool(notebook.cells) and TAG in notebook.cells[0].metadata.get("tags", [])
    notebook.cells[:old] = [cell]
    return notebook


def stored(notebook):
    """Give the stored form of a notebook, changed in place."""
    notebook.metadata = nbformat.from_dict({
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    })
    count = 0
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
        cell.metadata = nbformat.from_dict({k: v for k, v in cell.metadata.items() if k in CELL_METADATA})
        if cell.cell_type != "code":
            continue
        if asks := ASKS.search(cell.source):  # which would show the answer: a page leaves it out
            cell.metadata["tags"] = ["hide-input" if asks[1] == "Guess" else "remove-input"]
            cell.metadata["jupyter"] = {"source_hidden": True}
        count += 1
        cell.execution_count = count
        outputs = []
        for output in cell.outputs:
            if output.output_type == "stream" and outputs and outputs[-1].get("name") == output.name:
                outputs[-1].text += output.text
                continue
            if "execution_count" in output:
                output.execution_count = count
            if output.output_type == "error":
                output.traceback = []
            if "data" in output:
                output.metadata = nbformat.from_dict({})
                for mime in DROPPED:
                    output.data.pop(mime, None)
            outputs.append(output)
        cell.outputs = outputs
    return notebook


def executed(notebook, folder: Path, environment: dict[str, str] | None = None):
    """Run a notebook from a fresh kernel, in its own folder, with this environment in place of ours."""
    from nbclient import NotebookClient

    NotebookClient(notebook, timeout=120, kernel_name="python3", record_timing=False,
                   resources={"metadata": {"path": str(folder)}}).execute(env=environment or dict(os.environ))
    return notebook


VIEW, STATE = DROPPED[2], "application/vnd.jupyter.widget-state+json"


def widgets_shown(notebook) -> list[dict]:
    """List the states of the widgets that an executed notebook shows, in their order."""
    states = notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {})
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", []))
    return [states[output.data[VIEW]["model_id"]]["state"] for output in outputs if VIEW in output.get("data", {})]


def book_text() -> str:
    """Set the name of the book and its chapters that ask, in the order of reading, as data/book.json holds them."""
    files = [ROOT / name for name in ("_config.yml", "_toc.yml")]
    config, contents = (yaml.safe_load(file.read_text(encoding="utf-8")) for file in files)
    pages = [Path(page["file"]) for part in contents["parts"] for page in part["chapters"]]
    chapters = [page.name for page in pages if page.name in read_questions()]
    return json.dumps({"book": slug(config["title"]), "chapters": chapters}, indent=1) + "\n"


def replace(path: Path, text: str):
    """Write a file whole or not at all, where it says something else."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(name, 0o644)
    os.replace(name, path)
    print("wrote", path)


def main(command: str, *names: str) -> int:
    """Run or check the notebooks named; give the exit code."""
    if command not in ("run", "check") or not names:
        print(__doc__)
        return 2
    wrong = 0
    questions = read_questions()
    for path in map(Path, names):
        before = path.read_text(encoding="utf-8")
        notebook = nbformat.reads(before, as_version=4)
        begin(notebook, first_cell(*address(), runs_model(notebook)))
        if command == "run":
            executed(notebook, path.parent)
            questions[path.stem] = questions_of(widgets_shown(notebook))
        after = nbformat.writes(stored(notebook)) + "\n"
        if after == before:
            continue
        if command == "run":
            replace(path, after)
        else:
            wrong += 1
            print(f"{path} is not in its stored form: run  make notebooks")
    if command == "run":
        replace(QUESTIONS, questions_text(questions))
        replace(DATA / "book.json", book_text())
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*(sys.argv[1:] or [""])))

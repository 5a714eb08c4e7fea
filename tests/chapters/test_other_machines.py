"""The chapters print on two other processors what is stored, which the one of their author printed.

One of the two builds the site, which is compared here; in kernels like the other's nbval runs every notebook
(conftest.py). A build stops at an answer that is not the confirmed one (test_confirmed.py).
"""

import json
import os
import re
import subprocess
import sys

import nbformat
import pytest
from check_answers import differences, machine, ran
from notebooks import stored
from other_machines import OTHERS
from places import ROOT

CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))


def test_this_processor_can_stand_in_for_others():
    if len(OTHERS) < 2:
        pytest.skip(f"LOUD: of other x86 kernels {OTHERS} run here: the chapters were not run as on two others")


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_is_the_same_on_another_processor(path, site):
    built = nbformat.read(site.parent / "jupyter_execute" / "chapters" / path.name, as_version=4)
    outputs = [output for cell in built.cells for output in cell.get("outputs", [])]
    assert len(outputs) > 5
    for output in outputs:
        output.get("data", {}).pop("image/svg+xml", None)  # stored without pictures
    assert differences(nbformat.read(path, as_version=4), stored(built)) == []


def test_the_environment_changes_the_kernel_and_the_loops_of_numpy(tmp_path):
    """A check that changed nothing would find nothing."""
    code = """\
import json, numpy as np, threadpoolctl
from numpy._core._multiarray_umath import __cpu_features__ as has
numbers = np.random.default_rng(0).standard_normal((200, 300)).astype("float32")
print(json.dumps([threadpoolctl.threadpool_info()[0]["architecture"], bool(has.get("X86_V3")),
                  (numbers @ numbers.T).sum(dtype="float64").hex()]))
from book_utils import Guess
Guess("How many?", answer=len("abc"))"""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = tmp_path / "seen.ipynb"
    nbformat.write(notebook, path)
    seen = [json.loads(ran(path, machine(kernel, 1))[1].cells[0].outputs[0].text) for kernel in OTHERS]
    assert len({architecture for architecture, _, _ in seen}) == len(OTHERS)
    assert len({total for _, _, total in seen}) == len(OTHERS)
    assert [fast for _, fast, _ in seen] == [kernel == "Haswell" for kernel in OTHERS]


def test_nbval_runs_notebooks_as_on_another_processor(tmp_path):
    """Of two that say which, the one that has the right name stored passes."""
    if len(OTHERS) < 2:
        pytest.skip(f"LOUD: of other x86 kernels {OTHERS} run here")
    code = "import os\nprint(os.environ.get('OPENBLAS_CORETYPE'))"
    for name, kernel in zip(("wrong", "right"), OTHERS, strict=True):
        cell = nbformat.v4.new_code_cell(code, execution_count=1)
        cell.outputs = [nbformat.v4.new_output("stream", text=f"{kernel}\n")]
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / f"{name}.ipynb")
    command = [sys.executable, "-m", "pytest", "-q", "-c", ROOT / "pyproject.toml", "-p", "conftest", tmp_path]
    path = {"PYTHONPATH": str(ROOT / "tests")}
    done = subprocess.run(command, env=os.environ | path, cwd=tmp_path, capture_output=True, text=True)
    assert re.findall(r"^FAILED .*?(\w+)\.ipynb", done.stdout, re.MULTILINE) == ["wrong"], done.stdout
    assert "1 failed, 1 passed" in done.stdout

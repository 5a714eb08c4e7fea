"""The chapters print the same answers and numbers on another processor; a third builds the site (test_site.py)."""

import json

import nbformat
import pytest
from check_answers import differences, machine, ran
from other_machines import OTHERS
from places import ROOT

CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))


def test_this_processor_can_stand_in_for_others():
    if len(OTHERS) < 2:
        pytest.skip(f"LOUD: of other x86 kernels {OTHERS} run here: the chapters were not run as on two others")


@pytest.mark.parametrize("kernel", OTHERS[1:])
@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_is_the_same_on_another_processor(path, kernel):
    guesses, notebook = ran(path, machine(kernel, threads=1))
    assert differences(nbformat.read(path, as_version=4), notebook) == []
    key = json.loads((ROOT / "tests" / "answer_key.json").read_text(encoding="utf-8")).get(path.stem, {})
    assert {name: guess[3] for name, guess in guesses.items()} == {name: one["answer"] for name, one in key.items()}


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

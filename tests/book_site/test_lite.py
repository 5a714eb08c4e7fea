"""The lab in the browser: what `make lite` writes, and a guess in it with no other host to ask.

The kernel here is a Pyodide that lacks NumPy and Matplotlib, which are on Pyodide's own host alone. So the last cells
take what works without them, and that a whole chapter runs in the lab is not tested here.
"""

import json
import os
import shutil
from pathlib import Path

import make_lite
import pytest
from browse import serving
from playwright.sync_api import expect
from pyodide_offline import write_release

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
PYTHON = ROOT / ".venv" / "lite" / "bin" / "python"
HOW = "\n\n!!! THE LAB IN THE BROWSER IS NOT TESTED: it needs npm, and .venv/lite. Run  make .venv/lite/done\n"
CELLS = [
    """\
import sys, types
from pathlib import Path
from importlib.metadata import distribution
package = types.ModuleType("book_utils")  # as installed, but for its first file: that one needs NumPy
package.__path__ = [str(distribution("book-utils").locate_file("book_utils"))]
sys.modules["book_utils"] = package
from book_utils.wordpiece import WordPiece
tokenizer = WordPiece.from_str(Path(package.__path__[0], "data", "tokenizer.json").read_text())
print(*tokenizer.encode("Unbelievable embeddings, naïve 東京!").tokens)""",
    """\
from book_utils.asking.guess import Guess
guess = Guess("How many numbers come out?", choices={3: "one each", 12: "a row each", 7: ""}, answer=len("abc") * 4)
guess""",
    "print(guess.value, guess.confidence, guess.correct, guess.revealed)",
]
FROM_PYODIDE = {"matplotlib", "numpy", "safetensors", "scikit_learn", "threadpoolctl", "tqdm"}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    """With the lab's own service worker, as for a reader."""
    return browser_context_args | {"service_workers": "allow"}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A site with a lab of two notebooks and a Pyodide of its own; LITE_PYTHON is its environment's, if elsewhere."""
    python = os.environ.get("LITE_PYTHON", str(PYTHON))
    if not Path(python).exists() or not shutil.which("npm"):
        (pytest.fail if os.environ.get("CI") else pytest.skip)(HOW)
    site, sources = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("chapters")
    shutil.copy(ROOT / "chapters" / "lookup.ipynb", sources)
    short = json.loads((sources / "lookup.ipynb").read_text(encoding="utf-8"))
    first = short["cells"][0]
    short["cells"] = [first, *(first | {"id": f"cell-{i}", "metadata": {}, "source": CELLS[i]} for i in range(3))]
    (sources / "short.ipynb").write_text(json.dumps(short), encoding="utf-8")
    make_lite.build(python, site, write_release(python, tmp_path_factory.mktemp("pyodide")), sources)
    with serving(site) as server:
        yield server.address, site / "lite"


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_of_the_lab_installs_first_and_has_not_run(path):
    stored = json.loads(path.read_text(encoding="utf-8"))
    ours = make_lite.lab_notebook(stored)
    assert ours["cells"][0]["source"].splitlines()[-1] == "%pip install -q book-utils"
    assert ours["cells"][0]["metadata"] == {}
    assert [cell["source"] for cell in ours["cells"][1:]] == [cell["source"] for cell in stored["cells"][1:]]
    code = [cell for cell in ours["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


def test_a_chapter_without_the_cell_that_finds_the_package_is_refused():
    with pytest.raises(ValueError, match="must be the one that finds book_utils; got 'import numpy'"):
        make_lite.lab_notebook({"cells": [{"cell_type": "code", "source": ["import numpy"]}], "metadata": {}})


def test_the_lab_holds_the_notebooks_and_pure_wheels_and_asks_no_registry(served):
    lab = served[1]
    settings = json.loads((lab / "jupyter-lite.json").read_text(encoding="utf-8"))["jupyter-config-data"]
    kernel = settings["litePluginSettings"]["@jupyterlite/pyodide-kernel-extension:kernel"]
    assert kernel["disablePyPIFallback"] is True and kernel["pipliteUrls"][0].startswith("./pypi/all.json")
    assert {path.name for path in (lab / "files").iterdir()} == {"lookup.ipynb", "short.ipynb"}
    wheels = [path.name for path in (lab / "pypi").glob("*.whl")]
    assert {name.split("-")[0] for name in wheels} == {"book_utils", *make_lite.WHEELS}
    assert all(name.endswith("none-any.whl") for name in wheels)
    assert not list(lab.rglob("*.map"))


def test_a_guess_in_the_lab_reaches_its_kernel(page, served):
    address, asked, errors = served[0], [], []
    page.context.on("request", lambda sent: asked.append(sent.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{address}lite/lab/index.html?path=short.ipynb")
    expect(page.get_by_text("Python (Pyodide) | Idle")).to_be_visible()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    cells, guess = page.locator(".jp-CodeCell"), page.locator(".guess")
    tokens = "[CLS] unbelievable em ##bed ##ding ##s , naive 東 京 ! [SEP]"
    expect(cells.nth(1).locator(".jp-OutputArea-output")).to_have_text(tokens)
    guess.locator(".guess-ask input").nth(1).check()
    guess.get_by_role("button", name="sure", exact=True).click()
    expect(guess.get_by_role("group", name="✓ Right. Answer: 12")).to_be_visible()
    cells.nth(3).locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    expect(cells.nth(3).locator(".jp-OutputArea-output")).to_have_text("12 sure True True")

    wheels = {Path(url).name.split("-")[0] for url in asked if ".whl" in url}
    assert wheels >= {"book_utils", *make_lite.WHEELS} | FROM_PYODIDE  # found, also those that are not there
    assert [url for url in asked if not url.startswith((address, "blob:", "data:"))] == [] and errors == []

"""A guess in a real JupyterLab: committed and revealed on the page, read back in the next cell."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect

TOKEN = "known-to-this-test"
CELLS = [
    "from book_utils import Guess, HowSure",
    """\
choice = Guess("How many numbers come out?", choices={3: "one each", 12: "a row each", 7: ""}, answer=len("abc") * 4)
choice""",
    'number = Guess("How many rows?", answer=50_257, between=(1, 1e9))\nnumber',
    'words = Guess("Why?", model_answer="A row is copied.")\nwords',
    "HowSure([choice, number, words])",
    """\
for guess in (choice, number, words):
    print(guess.kind, repr(guess.value), guess.confidence, guess.correct, guess.revealed)""",
]

EXPLORERS = [
    """\
from book_utils import ConfigExplorer, Neighbours, Replay, RopeDial, SentenceExplorer
from book_utils import corpus, tiny_model, training
from book_utils.optimisers import LazyAdam""",
    'sentence = SentenceExplorer("the cat")\nsentence',
    "Neighbours()",
    """\
model = tiny_model.TinyModel(corpus.vocabulary())
replay = Replay(training.train(model, corpus.sentences(500), LazyAdam(lr=0.01), steps=30))
replay""",
    "dial = RopeDial()\ndial",
    "ConfigExplorer()",
    "print(sentence.tokens, replay.frame, dial.query_place)",
]


def until(found, process, seconds=60):
    """Ask again until there is an answer; no fixed wait, and no wait for a process that has ended."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert process.poll() is None, f"JupyterLab ended with {process.returncode}"
        answer = found()
        if answer:
            return answer
        try:
            process.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
    raise AssertionError("JupyterLab did not start")


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The address of a JupyterLab of our own, on a free port of this machine, in an empty folder."""
    folder, own = tmp_path_factory.mktemp("lab"), tmp_path_factory.mktemp("jupyter")
    spec = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    for name, sources in [("guess", CELLS), ("explorers", EXPLORERS)]:
        notebook = new_notebook(cells=list(map(new_code_cell, sources)), metadata=spec)
        (folder / f"{name}.ipynb").write_text(nbformat.writes(notebook), encoding="utf-8")
    places = ["IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR"]
    places += ["JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR"]
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0",
         f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={folder}", "--LabApp.news_url=None",
         "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--LabApp.extension_manager=readonly"],
        env=os.environ | {place: str(own / place.lower()) for place in places},
        stdout=subprocess.DEVNULL, stderr=(own / "log").open("w"),
    )

    def address():
        for file in Path(own, "jupyter_runtime_dir").glob("jpserver-*.json"):
            url = f"http://127.0.0.1:{json.loads(file.read_text())['port']}/"
            try:
                urllib.request.urlopen(f"{url}api/status?token={TOKEN}", timeout=5).close()
                return url
            except (urllib.error.URLError, ConnectionError):
                return None

    try:
        yield until(address, process)
    finally:
        process.terminate()  # it ends its kernels, too
        process.wait(timeout=30)


def run_all(page, lab, notebook: str) -> list[str]:
    """Open a notebook of the folder and run its cells; gives the list of requests to other hosts, as they come."""
    strangers: list[str] = []
    own = (lab, "blob:", "data:")
    page.on("request", lambda sent: sent.url.startswith(own) or strangers.append(sent.url))
    page.goto(f"{lab}doc/tree/{notebook}.ipynb?token={TOKEN}")
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=60_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    return strangers


def test_every_explorer_reacts_and_its_state_is_in_the_kernel(page, lab):
    strangers = run_all(page, lab, "explorers")
    cells = page.locator(".jp-CodeCell")
    printed = cells.nth(6).locator(".jp-OutputArea-output")
    expect(printed).to_have_text("['the', 'cat'] 0 5\n", timeout=60_000)

    page.locator(".sentence textarea").press_sequentially(" zebra")
    expect(page.locator(".sentence ol")).to_contain_text("zebra", timeout=20_000)
    compare = page.locator(".neighbours")
    compare.get_by_label("First word").fill("qatar")  # not among the words of the built page
    compare.get_by_role("button", name="Compare").click()
    expect(compare.locator(".neighbours-cosine").first).to_contain_text("qatar", timeout=20_000)
    page.locator(".replay input[type=range]").press("ArrowRight")
    expect(page.locator(".replay")).to_contain_text("Step 15")
    page.locator(".rope-dial input[type=range]").first.press("ArrowRight")
    expect(page.locator(".rope-dial")).to_contain_text("place 6")
    page.locator(".config select").first.select_option("Llama 3 8B")
    expect(page.locator(".config [role=status]").first).to_contain_text("128,256 rows")

    cells.nth(6).locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    expect(printed).to_have_text("['the', 'cat', 'zebra'] 1 6\n", timeout=20_000)
    assert strangers == []


def test_a_guess_is_read_back_in_the_next_cell(page, lab):
    strangers = run_all(page, lab, "guess")
    choice, number, words = (page.locator(f".guess[data-kind={kind}]") for kind in ("choice", "number", "words"))
    printed = page.locator(".jp-CodeCell").nth(5).locator(".jp-OutputArea-output")
    expect(printed).to_contain_text("choice None  None False", timeout=60_000)

    # By keyboard: the notebook has keys of its own for letters and arrows, and must not take these.
    choice.get_by_label("3", exact=True).focus()
    page.keyboard.press("ArrowDown")
    expect(choice.get_by_label("12", exact=True)).to_be_checked()
    choice.get_by_label("guessing").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(choice.get_by_label("sure", exact=True)).to_be_checked()
    page.keyboard.press("Enter")
    expect(choice.get_by_role("button", name="Reveal the answer")).to_be_focused()
    page.keyboard.press("Enter")
    expect(choice.get_by_role("group", name="✓ Right. Answer: 12")).to_be_focused()

    number.get_by_label("Your number").fill("9,000")
    number.get_by_label("leaning").check()
    number.get_by_role("button", name="Commit").click()
    expect(number).to_contain_text("Your guess: 9,000 (leaning)")
    words.get_by_label("In your own words").focus()
    page.keyboard.type("dd a row, <b>not</b> ")
    words.get_by_label("In your own words").evaluate("field => { field.value += '\\ud800'; }")
    words.get_by_role("button", name="Commit").click()
    words.get_by_role("button", name="Reveal the answer").click()
    words.get_by_label("partly").check()
    expect(page.locator(".how-sure tbody tr")).to_have_text(["guessing00", "leaning10", "sure11"])

    expect(page.locator(".jp-CodeCell")).to_have_count(len(CELLS))
    page.locator(".jp-CodeCell").nth(5).locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    expect(printed).to_have_text(
        "choice 12 sure True True\nnumber 9000 leaning False False\n"
        "words 'dd a row, <b>not</b> \ufffd'  None True\n", timeout=20_000,
    )
    assert strangers == []

"""Chapters, guesses and explorers in a real JupyterLab and a real Notebook 7, with a kernel, in a browser."""

import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Page, expect

from book_utils.asking.questions import read_questions
from book_utils.asking.record import read_saved

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "known-to-this-test"
APPS = {"JupyterLab": "doc/tree", "Notebook 7": "notebooks"}  # two faces of one server
SAVE = 'from book_utils import save_guesses\nsave_guesses("mine.json").name'
IDLE = ".jp-Notebook-ExecutionIndicator[data-status=idle]"
FAILED = "[data-mime-type='application/vnd.jupyter.error'], [data-mime-type='application/vnd.jupyter.stderr']"
# Whether the server has a kernel for this notebook that is ready, and a page that listens to it.
READY = """async (path) => {
  const sessions = await (await fetch("/api/sessions")).json();
  return sessions.some(({ path: own, kernel }) =>
    own === path && kernel.execution_state === "idle" && kernel.connections > 0);
}"""
# What became of the command to run all cells, each of which was stored with the number 99: one has run, or all lost it
# (Notebook 7 may show the sign of a cell that runs, [*], and lose it; cells far from sight show no number there).
BEGUN = """() => {
  const shown = [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")].map((one) => one.textContent.trim());
  const numbers = shown.filter(Boolean);
  if (numbers.some((number) => /[0-9]/.test(number) && number !== "[99]:")) return "runs";
  return numbers.length > 0 && numbers.every((number) => number === "[ ]:") && "lost";
}"""
CELLS = [
    "from book_utils import Guess, HowSure",
    """\
choice = Guess("How many numbers come out?", choices={3: "one each", 12: "a row each", 7: ""}, answer=len("abc") * 4)
choice""",
    'Guess.in_class = True\nnumber = Guess("How many rows?", answer=50_257, between=(1, 1e9))\nnumber',
    'Guess.in_class = False\nwords = Guess("Why?", model_answer="A row is copied.")\nwords',
    "HowSure([choice, number, words])",
    """\
for guess in (choice, number, words):
    print(guess.kind, repr(guess.value), guess.confidence, guess.correct, guess.revealed)""",
]

EXPLORERS = [
    """\
from book_utils import BreakIt, ConfigExplorer, Neighbours, PulledRows, Replay, RopeDial, RowOnItsWay
from book_utils import SentenceExplorer, ThreeMeasures, TrainingStep, corpus, row_steps, tiny_model, training
from book_utils.optimisers import LazyAdam""",
    'sentence = SentenceExplorer("the cat")\nsentence',
    "Neighbours()",
    """\
model = tiny_model.TinyModel(corpus.vocabulary())
replay = Replay(training.train(model, corpus.sentences(500), LazyAdam(lr=0.01), steps=30))
replay""",
    "dial = RopeDial()\ndial",
    "ConfigExplorer()",
    "BreakIt()",
    "RowOnItsWay()",
    'pulled = PulledRows([[1, 0], [0, 1]], ["cat", "dog"], [1])\npulled',
    'ThreeMeasures([3, 1], {"b": [2.5, 2], "c": [1.5, 0.5]})',
    'TrainingStep({1: row_steps.steps_of([0, 1], [[1, 1], [2, -1]], 0, steps=4)}, ["ran", "sat"], 0, 1)',
    "print(sentence.tokens, replay.frame, dial.query_place, pulled.ids)",
]


def until(found, process, seconds=180):
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


@dataclass
class Server:
    """The address of a Jupyter server, ending in a slash, and the folder that it serves."""

    url: str
    folder: Path


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A Jupyter server of our own, on a free port of this machine, with the same notebooks for each of its faces."""
    folder, own = tmp_path_factory.mktemp("lab"), tmp_path_factory.mktemp("jupyter")
    spec = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebooks = {name: new_notebook(cells=list(map(new_code_cell, sources)), metadata=spec)
                 for name, sources in [("guess", CELLS), ("explorers", EXPLORERS)]}
    notebooks["lookup"] = nbformat.read(ROOT / "chapters" / "lookup.ipynb", as_version=4)
    notebooks["lookup"].cells.append(new_code_cell(SAVE))
    for cell in (cell for notebook in notebooks.values() for cell in notebook.cells if cell.cell_type == "code"):
        cell.execution_count = 99
    for app in APPS:
        (folder / app).mkdir()
        for name, notebook in notebooks.items():
            nbformat.write(notebook, folder / app / f"{name}.ipynb")
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
                return Server(url, folder)
            except (urllib.error.URLError, ConnectionError):
                return None

    try:
        yield until(address, process)
    finally:
        process.terminate()  # it ends its kernels, too
        process.wait(timeout=30)


@dataclass
class Notebook:
    """One notebook open in a browser, and what went wrong on its page."""

    page: Page
    folder: Path
    cells: int = 0  # how many of its cells have code
    faults: list = field(default_factory=list)

    def choose(self, menu: str, entry: str):
        self.page.get_by_role("menuitem", name=menu, exact=True).click()
        self.page.get_by_role("menuitem", name=entry, exact=True).click()

    def printed(self, number: int):
        """What the code cell of this number shows; counted from the end where it is below zero."""
        return self.page.locator(".jp-CodeCell").nth(number).locator(".jp-OutputArea-output")

    def run(self, number: int):
        self.page.locator(".jp-CodeCell").nth(number).locator(".cm-content").click()
        self.page.keyboard.press("Control+Enter")


@pytest.fixture
def opened(request, page, lab):
    """A function that opens a notebook in JupyterLab, or in the app that a test names, and runs all its cells."""
    app = getattr(request, "param", "JupyterLab")
    notebook = Notebook(page, lab.folder / app)

    def run_all(name: str) -> Notebook:
        own, path = (lab.url, "blob:", "data:"), f"{app}/{name}.ipynb"
        page.on("request", lambda sent: sent.url.startswith(own) or notebook.faults.append(sent.url))
        page.goto(f"{lab.url}{APPS[app]}/{path}?token={TOKEN}")
        expect(page.locator(IDLE)).to_be_visible()
        page.wait_for_function(READY, arg=path)
        if app == "JupyterLab":  # which asks for a kernel where it does not know it yet
            expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
        # Only now: Notebook 7 starts with two errors of its own.
        page.on("pageerror", lambda error: notebook.faults.append(str(error)))
        for _ in range(5):  # before the page has its kernel, nothing runs and all numbers go: a reader chooses it again
            notebook.choose("Run", "Run All Cells")
            if page.wait_for_function(BEGUN).json_value() == "runs":
                break
        return notebook

    yield run_all
    assert notebook.faults == []


@pytest.mark.parametrize("opened", APPS, indirect=True)
def test_a_chapter_is_run_guessed_saved_and_restarted(opened):
    notebook = opened("lookup")
    page, asked = notebook.page, read_questions()["lookup"]["guesses"]
    choices = [guess for guess in asked if guess["kind"] == "choice"]
    file = notebook.folder / "mine.json"
    expect(notebook.printed(-1)).to_have_text("'mine.json'")
    expect(page.locator(".guess")).to_have_count(len(asked))
    assert read_saved(file.read_bytes()).guesses == []

    for turn in range(2):  # the second one after a restart
        expect(page.locator(FAILED)).to_have_count(0)
        guess = page.locator(".guess[data-kind=choice]").nth(turn)
        labels = [choice["label"] for choice in choices[turn]["choices"]]
        guess.locator(".guess-choice input").nth(labels.index(choices[turn]["answer"])).check()
        guess.get_by_role("button", name="sure", exact=True).click()
        expect(guess.get_by_role("group", name="✓ Right.")).to_be_visible()
        expect(page.locator(".how-sure tbody tr").last).to_have_text("sure11")  # of one guess: the kernel is new
        prompt = page.locator(".jp-CodeCell").last.locator(".jp-InputPrompt")
        expect(prompt).to_have_text(re.compile(r"^\[\d+\]:$"))
        number = int(prompt.text_content().strip("[]: "))  # a cell may have run before the page had its kernel
        notebook.run(-1)
        expect(prompt).to_have_text(f"[{number + 1}]:")
        # The file keeps what was guessed before the restart.
        chosen = [one["answer"] for one in choices[: turn + 1]]
        assert [(entry["chapter"], entry["guess"]) for entry in read_saved(file.read_bytes()).guesses] == [
            ("lookup", answer) for answer in chosen]
        if turn == 0:
            notebook.choose("Kernel", "Restart Kernel and Run All Cells…")
            page.get_by_role("button", name="Confirm Kernel Restart").click()
            expect(page.locator(".how-sure")).to_contain_text("No guesses yet")
            expect(notebook.printed(-1)).to_have_text("'mine.json'")


def test_explorers_react_and_their_state_is_in_the_kernel(opened):
    notebook = opened("explorers")
    page, printed = notebook.page, notebook.printed(11)
    expect(printed).to_have_text("['the', 'cat'] 0 5 [1]\n")

    page.locator(".sentence textarea").press_sequentially(" zebra")
    expect(page.locator(".sentence ol")).to_contain_text("zebra")
    page.locator(".sentence").get_by_role("radio", name="SmolLM2").check()
    expect(page.locator(".sentence ol")).to_contain_text("␣cat")
    compare = page.locator(".neighbours")
    compare.get_by_label("First word").fill("qatar")  # not among the words of the built page
    compare.get_by_role("button", name="Compare").click()
    expect(compare.locator(".neighbours-cosine").first).to_contain_text("qatar")
    page.locator(".replay input[type=range]").press("ArrowRight")
    expect(page.locator(".replay")).to_contain_text("Step 15")
    page.locator(".rope-dial input[type=range]").first.press("ArrowRight")
    expect(page.locator(".rope-dial")).to_contain_text("place 6")
    page.locator(".config select").first.select_option("Llama 3 8B")
    expect(page.locator(".config [role=status]").first).to_contain_text("128,256 rows")
    page.locator(".break-it").get_by_role("button", name="Break it", exact=True).click()
    expect(page.locator(".break-said")).to_contain_text("The other pairing: the loss is 4.03")
    page.locator(".row-on-its-way input[type=range]").press("ArrowRight")
    expect(page.locator(".way-said")).to_contain_text("After block 1: Ġbank")
    page.locator(".pulled-rows button[data-id='0']").press("Enter")
    expect(page.locator(".pulled-said")).to_contain_text("Place 1: ID 0 pulls out")
    page.locator(".three-measures input[type=range]").first.press("ArrowRight")
    expect(page.locator(".three-measures")).to_contain_text("19°")
    page.locator(".training-step input[type=range]").press("ArrowRight")
    expect(page.locator(".step-said")).to_contain_text("Step 2: ran")

    notebook.run(11)
    expect(printed).to_have_text("['the', 'Ġcat', 'Ġzebra'] 1 6 [1, 0]\n")


def test_a_guess_is_read_back_in_the_next_cell(opened):
    notebook = opened("guess")
    page, printed = notebook.page, notebook.printed(5)
    choice, number, words = (page.locator(f".guess[data-kind={kind}]") for kind in ("choice", "number", "words"))
    expect(printed).to_contain_text("choice None  None False")

    # By keyboard: the notebook has keys of its own for letters and arrows, and must not take these.
    choice.get_by_label("3", exact=True).focus()
    page.keyboard.press("ArrowDown")
    expect(choice.get_by_label("12", exact=True)).to_be_checked()
    page.keyboard.press("Enter")
    expect(choice.get_by_role("group", name="How sure are you?")).to_be_focused()
    for name in ("guessing", "leaning"):
        page.keyboard.press("Tab")
        expect(choice.get_by_role("button", name=name, exact=True)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(choice.get_by_role("button", name="sure", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(choice.get_by_role("group", name="✓ Right. Answer: 12")).to_be_focused()

    number.get_by_label("Your number").fill("9,000")
    choice.get_by_text("How this is computed").click()
    expect(choice.locator("pre")).to_have_text('answer = len("abc") * 4')
    number.get_by_role("button", name="leaning").click()
    expect(number.get_by_role("button", name="Reveal the answer")).to_be_focused()  # as in a class
    expect(number).to_contain_text("Your guess: 9,000 (leaning)")
    words.get_by_label("In your own words").focus()
    page.keyboard.type("dd a row, <b>not</b> ")
    words.get_by_label("In your own words").evaluate("field => { field.value += '\\ud800'; }")
    words.get_by_role("button", name="Commit").click()
    words.get_by_label("partly").check()
    expect(page.locator(".how-sure tbody tr")).to_have_text(["guessing00", "leaning10", "sure11"])

    expect(page.locator(".jp-CodeCell")).to_have_count(len(CELLS))
    notebook.run(5)
    expect(printed).to_have_text(
        "choice 12 sure True True\nnumber 9000 leaning False False\n"
        "words 'dd a row, <b>not</b> \ufffd'  None True\n",
    )

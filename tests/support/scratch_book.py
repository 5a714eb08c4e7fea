"""A book for tests: a page with every kind of guess, one with widgets of others, and one for each explorer."""

import os
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
import yaml
from browse import serving
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from workers import made_once

ROOT = Path(__file__).resolve().parents[2]
COPY = {"BOOK_REPOSITORY": "https://github.com/a-teacher/embeddings", "BOOK_BRANCH": "fall/26"}

KINDS = [
    """\
import matplotlib.pyplot as plt
from book_utils import Card, Guess, HowSure, SentenceExplorer, in_order
print("one line", end="", flush=True)  # as the kernel does after a fifth of a second
print("\\nand the next")""",
    """\
Guess("Is `a < b`? <i>Choose.</i>", name="choice", answer="`yes`", because="One.\\n\\nTwo.", longer="A long story.",
      choices={"`yes`": "", "no": "A misconception: `<b>`.", "<script>alert(1)</script>": "Shown as text."})""",
    'Guess("Which are even?", name="choices", several=True, choices={1: "odd", 2: "", 4: ""}, answer=[2, 4])',
    """\
Guess("How many rows?", name="slider", answer=50_257, between=(1, 1e9), low=0, high=1e9, unit="rows",
      because="GPT-2.")""",
    'Guess("How long?", name="number", answer=0.5, within=0.1)',
    'Guess("What shape?", name="shape", answer=(5, 768))',
    'Guess("Order by size.", name="order", order=["`ten`", "two", "five"], answer=["two", "five", "`ten`"])',
    """\
lines = {"b = a + 1": "", "c = 2 * b": "", "c = a < b": "Nothing is compared."}
Guess("Put the lines in order.", name="lines", lines=lines,
      answer=in_order(lines, {"a": 3}, lambda names: names["c"] == 8))""",
    """\
Guess("Where is the cat?", name="point", answer=(1.5, 0.5),
      on_map={"dog": (0, 0), "cow": (2, 0), "car": (1, 3)})""",
    'Guess("Why?", name="words", model_answer="Because `E[i]` is a row.")',
    'Guess("And then?", name="points", model_answer="A sum.", points=["A `row`.", "A place.", "Added up."])',
    """\
figure, ax = plt.subplots(figsize=(3, 2))
ax.plot([0, 1, 4])
Guess("What grows?", name="shown", choices=["x", "y"], answer="y", alt="A rising curve.",
      reveal=["Look:", [["token", "ID"], ["cat", "4937"]], figure])""",
    """\
rows = [3, 4]
notes = {7: "both added", 12: "both multiplied"}
total = sum(rows)
Guess("What is the sum?", name="worked", choices=notes, answer=total)""",
    'Card("What is an `ID`?", "A name.", because="Not a measure.", name="card")',
    "HowSure()",
    'SentenceExplorer("the cat")',
]

# Widgets of other people: each lives by a part of the widget form.
STRANGERS = {
    "slider": "wigglystuff.Slider2D(x=0.25, y=0.5)",
    "matrix": "wigglystuff.Matrix(matrix=[[1.0, 2.0], [3.0, 4.0]])",
    "list": 'wigglystuff.SortableList(["rows", "columns"])',
    "tangle": 'wigglystuff.TangleSlider(amount=10, min_value=0, max_value=100, step=1, suffix=" rows")',
    "draw": 'wigglystuff.EdgeDraw(["cat", "dog"])',
    "scatter": "drawdata.ScatterWidget()",
}

# Handmade widgets; each writes what it met into the page.
FORMS = {
    "object": "export default { render({ el }) { el.textContent = 'an object'; } };",
    "function": "export default () => ({ render({ el }) { el.textContent = 'a function'; } });",
    "promise": "export default async () => ({ render({ el }) { el.textContent = 'a promise'; } });",
    "initialize": """
        let met = 0;
        export default {
          async initialize({ model }) {
            met += 1;
            await new Promise((done) => requestAnimationFrame(done));
            model.set("label", `initialized ${met} of this module`);
          },
          render({ model, el }) { el.textContent = model.get("label"); },
        };""",
    "events": """
        export default { render({ model, el }) {
          const log = [];
          const note = (name) => (...given) => log.push(name + (given[0] === model ? "" : " without the model"));
          const [one, all, gone] = [note("change:n"), note("change"), note("off")];
          model.on("change:n change:label", one);
          model.on("change", all);
          model.on("change:n", gone);
          model.off("change:n", gone);
          model.set("n", 1);
          model.set("n", 1);
          model.set({ n: 2, label: "two" });
          model.save_changes();
          model.off("change:n", one);
          model.set("n", 3);
          model.off();
          model.set("n", 4);
          el.textContent = `${log.join(", ")}; n is ${model.get("n")}, label ${model.get("label")}`;
        } };""",
    "send": """
        export default { render({ model, el }) {
          model.send({ hello: 1 });
          model.send({ hello: 2 }, undefined, [new ArrayBuffer(2)]);
          el.textContent = "sent";
        } };""",
    "bytes": """
        export default { render({ model, el }) {
          const whole = model.get("raw"), part = model.get("nested").at[1];
          const text = (view) => view.constructor.name + " " + new Uint8Array(view.buffer).join(" ");
          el.textContent = text(whole) + "; " + text(part);
        } };""",
    "style": "export default { render({ el }) { el.innerHTML = '<b class=mine>styled</b>'; } };",
    "cleanup": """
        const say = (text) => localStorage.setItem("cleanup", (localStorage.getItem("cleanup") || "") + text);
        export default {
          initialize() { return () => say("[initialize]"); },
          render({ signal }) { signal.addEventListener("abort", () => say("[signal]")); return () => say("[render]"); },
        };""",
    "parent": """
        export default { async render({ model, el, host }) {
          const child = await host.getModel(model.get("child"));
          const both = document.createElement("span");
          const paint = () => { both.textContent = `the child is ${child.get("n")}`; };
          child.on("change:n", paint);
          paint();
          child.set("n", child.get("n") + 1);
          const inside = document.createElement("span");
          await (await host.getWidget(model.get("child"))).render({ el: inside });
          el.append(both, inside);
        } };""",
    "child": "export default { render({ model, el }) { el.textContent = ` and shows ${model.get('n')}`; } };",
    "odd": """
        export default { render({ model, el }) {
          el.textContent = [model.get("number"), model.get("label")].join(" ");
        } };""",
    "throws": "export default { render({ el }) { el.textContent = 'half'; throw new Error('on purpose'); } };",
    "throws_late": "export default { async render() { await null; throw new Error('on purpose'); } };",
    "throws_first": """
        export default {
          initialize() { throw new Error("on purpose"); },
          render({ el }) { el.textContent = "no"; },
        };""",
    "broken": "export default { render(",
    "empty": "",
    "orphan": "export default { render({ host }) { return host.getModel('IPY_MODEL_nowhere'); } };",
}

GUESTS = [
    f"""\
import anywidget, drawdata, ipywidgets, traitlets, wigglystuff

FORMS = {FORMS!r}

class Mine(anywidget.AnyWidget):
    label = traitlets.Unicode("none").tag(sync=True)
    n = traitlets.Any(0).tag(sync=True)
    number = traitlets.Any(0).tag(sync=True)
    raw = traitlets.Bytes(bytes([1, 2, 255])).tag(sync=True)
    nested = traitlets.Dict({{"at": [0, bytes([7, 8])]}}).tag(sync=True)
    child = traitlets.Any().tag(sync=True)

def mine(form, css="", **traits):
    return type("Mine", (Mine,), {{"_esm": FORMS[form] or " ", "_css": css}})(**traits)""",
    *STRANGERS.values(),
    *(f"mine({form!r})" for form in ("object", "function", "promise", "events", "send", "bytes", "cleanup")),
    'first = mine("initialize")\nfirst',
    "first  # the same model, shown twice",
    'mine("style", css=".mine { color: rgb(1, 2, 3); }")',
    'child = mine("child", n=41)\nmine("parent", child=f"anywidget:{child.model_id}")',
    'mine("odd", number=float("nan"), label="</script><script>document.title = 1</script><!-- \\u2028")',
    *(f"mine({form!r})" for form in ("throws", "throws_late", "throws_first", "broken", "empty", "orphan")),
    "ipywidgets.IntSlider()",
    "ipywidgets.VBox([ipywidgets.Label('a'), first])",
    'from book_utils import Guess\nGuess("Still here?", choices=["yes", "no"], answer="yes")',
]

EXPLORERS = {
    "neighbours": 'from book_utils import Neighbours\nNeighbours("cat", "dog")',
    "rope_dial": "from book_utils import RopeDial\nRopeDial()",
    "config": "from book_utils import ConfigExplorer\nConfigExplorer()",
    "break_it": "from book_utils import BreakIt\nBreakIt()",
    "way": "from book_utils import RowOnItsWay\nRowOnItsWay()",
    "replay": """\
from book_utils import Replay
from book_utils.corpus import sentences, vocabulary
from book_utils.optimisers import LazyAdam
from book_utils.tiny_model import TinyModel
from book_utils.training import train

training = train(TinyModel(vocabulary()), sentences(2000), LazyAdam(), steps=600, batch=64)
Replay(training)""",
}
# The pictures of chapters 1 and 2, one below the other: those further down fetch their modules when they come near.
PICTURES = [
    """\
from book_utils import PulledRows, RotationKnob, ThreeMeasures, TrainingStep, TurningMap
from book_utils.row_steps import steps_of

words = ["chased", "slept", "ran", "the", "sat", "ate"]
outputs = [[1.0, 1.0], [2.0, -0.5], [-0.5, -1.0], [-1.5, 0.5], [0.2, 0.1], [-0.1, 0.3]]
runs = {lr: steps_of([0.5, -0.4], outputs, wanted=0, lr=lr, steps=9) for lr in (0.3, 3)}
table = [[1, 0.2, 0], [1, 0.3, 0], [1, 0.1, -0.5], [0, 0.6, 1]]""",
    'PulledRows(table, ["cat", "dog", "mouse", "throne"], [2, 3, 2])',
    'ThreeMeasures([3, 1], {"a": [9, -1], "b": [2.5, 2], "c": [1.5, 0.5]})',
    "TrainingStep(runs, words, wanted=0, lr=0.3)",
    """\
rows = [[1.0, 0, 0, 0], [0.9, 0.3, 0, 0], [0, 0, 1, 0.5], [0, 0.1, 0.9, 0]]
TurningMap({"animals": ["cat", "dog"], "numbers": ["two", "six"]}, rows)""",
    'RotationKnob({"cat": [1, 0.2], "dog": [0.9, 0.3], "king": [0.2, 1], "queen": [0.1, 0.9]}, ["animal", "royal"])',
]
BY_HAND = [
    "import numpy as np\n"
    "from book_utils import BagOfRows, ClockHands, ModelAreas, PagesOfDisk, ShuffledTable, TwoHands, TwoPairings",
    "TwoHands()",
    'BagOfRows("the cat chased the dog", np.random.default_rng(0).standard_normal(384), order=[0, 4, 2, 3, 1])',
    "PagesOfDisk()",
    "ModelAreas()",
    "TwoPairings(range(1, 9), [0.5, -1, 2, 0.3, -0.7, 1.1, 0.2, -1.5], place=10)",
    "ShuffledTable()",
    "ClockHands(3, 5)",
]
PAGES = {"kinds": KINDS, "guests": GUESTS, "pictures": PICTURES, "by_hand": BY_HAND} | {
    name: [code] for name, code in EXPLORERS.items()}


@dataclass
class Scratch:
    """A built book: its folder and its address."""

    folder: Path
    address: str


def write_book(folder: Path, settings: dict, pages: dict[str, list]) -> None:
    """Write the source of a book: the real settings with these, and pages of Markdown (text) or code (a list)."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8")) | settings
    (folder / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    first, *others = pages
    contents = {"format": "jb-book", "root": first, "chapters": [{"file": name} for name in others]}
    (folder / "_toc.yml").write_text(yaml.safe_dump(contents), encoding="utf-8")
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    for name, page in pages.items():
        if isinstance(page, str):
            (folder / f"{name}.md").write_text(page, encoding="utf-8")
            continue
        cells = [part if isinstance(part, dict) else new_code_cell(part) for part in page]
        if cells[0].cell_type == "code":
            cells.insert(0, new_markdown_cell(f"# {name}"))
        nbformat.write(new_notebook(cells=cells, metadata=kernel), folder / f"{name}.ipynb")


@pytest.fixture(scope="session")
def scratch(build_book, tmp_path_factory):
    """The built pages, with the settings of the real book, as the workflow of a teacher's copy builds them.

    BOOK_SCRATCH names some that are there already, as BOOK_HTML does for the book.
    """

    def make():
        source = tmp_path_factory.mktemp("scratch")
        write_book(source, {"title": "Scratch"}, PAGES)
        return build_book(source, **COPY).site

    built = os.environ.get("BOOK_SCRATCH")
    folder = Path(built) if built else made_once(tmp_path_factory, "scratch", make)
    with serving(folder) as server:
        yield Scratch(folder, server.address)


FAULTY = {
    "start": r"""# Start

A row is $E[i]$, and this is no formula: $\nonsense{x}$.

$$
\begin{aligned}
a &= b \\
  &= c
\end{aligned}
$$ (steps)

By {eq}`steps` it is so.

- [ ] to do

<table><thead><tr><th></th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>
""",
    "one": [new_markdown_cell("# One")],
    "two": "# Two\n\n{guess}`nobody-asks-this`\n\n```{guess-guide} nowhere\n```\n",
}


@pytest.fixture(scope="session")
def faulty(build_book, tmp_path_factory):
    """The failed build of a book with what a book must not have, and what the real one has not.

    A formula that cannot be converted, a guess that nobody asks, an empty table header, a task list; and an address
    of the repository that differs from the one in the environment.
    """

    def make():
        source = tmp_path_factory.mktemp("faulty")
        write_book(source, {"repository": {"url": "https://github.com/someone/embeddings", "branch": "main"}}, FAULTY)
        return build_book(source, check=False, BOOK_REPOSITORY=COPY["BOOK_REPOSITORY"], BOOK_BRANCH="")

    return made_once(tmp_path_factory, "faulty", make)


# Run in a page: shows its one widget again as a kernel would, with a model that keeps what it is told and no `book`.
# `live.answer({ trait: value })` is the kernel's message; `live.data` is what the model holds.
LIVE = """async () => {
  const page = document.querySelector('script[type="application/vnd.jupyter.widget-state+json"]');
  const record = Object.values(JSON.parse(page.textContent).state)[0];
  const data = { ...(record.apart ? window.bookStates[record.apart] : record).state };
  const source = data._esm.slice("book:".length).split(" ").map((key) => window.bookPieces[key].js).join("\\n");
  const module = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  const listeners = [];
  const answer = (traits) => {  // all at once, then the news, as a kernel's message does
    Object.assign(data, traits);
    const news = Object.keys(traits).map((trait) => "change:" + trait);
    listeners.filter(([name]) => news.includes(name)).forEach(([, tell]) => tell());
  };
  const model = {
    get: (trait) => data[trait], set: (trait, value) => answer({ [trait]: value }), save_changes: () => {},
    on: (name, tell) => listeners.push([name, tell]), off: () => {},
  };
  window.live = { data, answer };
  const el = document.createElement("div");
  document.querySelector(".book-widget").replaceChildren(el);
  module.default.render({ model, el });
}"""

"""`ConfigExplorer`: what a config.json says of its table and positions, each value with the key it came from."""

import json
from dataclasses import asdict
from functools import cache
from html import escape
from pathlib import Path
from types import SimpleNamespace

import traitlets

from ..asking.reveal import table_html
from ..asking.widget import BookWidget
from ..memory import FORMATS, table_bytes
from ..models.config import Fact, ModelConfig, written
from ..models.config_keys import ConfigError, config_keys
from ..models.parameters import parameters, table_share
from ..models.rotations import rotations
from ..words import word

POSITIONS = ("learned", "rotary", "relative", "sinusoid", "learned and relative")  # our own names, not those of files
MAIN = ("model_type", "rows", "width", "tied", "position", "base", "rotary_dims", "head_dim", "rotary_layers",
        "layers", "context")


class ConfigExplorer(BookWidget):
    """A choice of public models, or the reader's own config.json: its table, bytes, share and positions.

    `model` names one of `listed_models()`. In a kernel, `folder` is a path on this machine that Python reads; each
    time `reads` grows it is read again. A file that is dropped on the page stays in the browser. Raises ValueError
    for an unknown model; what is wrong with a file or a folder is said in `answer`.

    >>> explorer = ConfigExplorer("Gemma 3 270M")
    >>> print(*repr(explorer).splitlines()[:4], sep="\\n")
    Config explorer: Gemma 3 270M
      family: gemma3_text (model_type)
      rows of the table: 262,144 (vocab_size)
      width (d_model): 640 (hidden_size)
    """

    files = ("asking/elements.js", "position.js", "rope_scaling.js", "models/config_keys.js", "models/config_rules.js",
             "models/config.js", "models/parameters.js", "explorers/config.js",
             "asking/elements.css", "explorers/config.css")

    names = traitlets.Dict().tag(sync=True)
    models = traitlets.List().tag(sync=True)
    sources = traitlets.Dict().tag(sync=True)
    formats = traitlets.Dict().tag(sync=True)
    main = traitlets.List(list(MAIN)).tag(sync=True)

    model = traitlets.Unicode().tag(sync=True)
    folder = traitlets.Unicode().tag(sync=True)
    reads = traitlets.Int(0).tag(sync=True)  # 0: the listed model is shown
    answer = traitlets.Dict().tag(sync=True)

    def __init__(self, model="GPT-2", folder=""):
        listed = listed_models()
        super().__init__(names=page_names(), models=listed["models"], sources=listed["sources"], formats=FORMATS,
                         model=model, folder=str(folder), reads=1 if folder else 0)

    @traitlets.validate("model")
    def _listed(self, proposal):
        names = [entry["name"] for entry in listed_models()["models"]]
        if proposal["value"] not in names:
            raise ValueError(f"model is one of {', '.join(names)}; got {proposal['value']!r}.")
        return proposal["value"]

    @traitlets.observe("reads")
    def _read(self, change):
        if change["new"]:
            self.answer = {"reads": change["new"], "name": self.folder, **answer_for(self.folder)}

    def plain_text(self):
        title, *said = lines(self.get_state())
        return "\n  ".join([f"Config explorer: {title}", *said])

    @staticmethod
    def plain_html(state):
        title, *said = lines(state)
        listed = "".join(f"<li>{escape(line)}</li>" for line in said)
        models = table_html(model_rows(state["models"]))
        return (f'<div class="book-plain"><p>{escape(title)}</p><ul>{listed}</ul>'
                f"<details><summary>{word('configAll')}</summary>{models}</details></div>")


@cache
def listed_models() -> dict:
    """Return the public models, their keys and where these were seen: data/models.json, as a dict."""
    path = Path(__file__).parents[1] / "data" / "models.json"
    return json.loads(path.read_text(encoding="utf-8"))


def page_names() -> dict:
    """Give the page the one list of names."""
    return config_keys()


def answer_for(folder: str) -> dict:
    """Read a folder or a config.json: {facts, parameters}, as models/config.js gives them, or {error}."""
    if not folder.strip():
        return {"error": word("configNoPath")}
    try:
        return reading(ModelConfig.read(Path(folder.strip()).expanduser()))
    except (FileNotFoundError, ConfigError) as problem:
        return {"error": str(problem)}
    except (OSError, RuntimeError) as problem:  # no permission, no such home
        why = getattr(problem, "strerror", None) or problem
        return {"error": word("configNoAccess", path=folder.strip(), why=why)}


def reading(config: ModelConfig) -> dict:
    """Give all facts of a config and its parameters as JSON, in the form that models/config.js gives them.

    >>> reading(ModelConfig({"n_embd": 768}))["facts"]["width"]["key"]
    'n_embd'
    """
    facts = {name: asdict(fact) for name, fact in config.facts.items()}
    read = {"facts": facts, "rotations": rotations(config)}
    try:
        counted = parameters(config)
    except ConfigError as problem:
        return read | {"parameters": {"value": None, "key": "", "error": str(problem)}}
    return read | {"parameters": {"value": counted.value, "key": counted.key, "error": ""}}


def lines(state: dict) -> list[str]:
    """Say what is shown: the name, then a fact a line, the bytes of the table and its share."""
    if state["reads"] and "error" in state["answer"]:
        return [state["folder"], state["answer"]["error"]]
    if state["reads"]:
        shown = {"name": state["folder"]} | state["answer"]
    else:
        entry = next(entry for entry in state["models"] if entry["name"] == state["model"])
        shown = reading(ModelConfig(entry["config"])) | entry
    facts = {name: Fact(**fact) for name, fact in shown["facts"].items()}
    said = [f"{word(f'configLabels.{name}')}: {fact_text(name, facts[name])}" for name in MAIN]
    said += [word("configPlainDoubt", why=doubt) for doubt in doubts_of(shown)]
    rows, width = facts["rows"].assumed, facts["table_width"].assumed or facts["width"].assumed
    if rows and width:
        sizes = {dtype: table_bytes(rows, width, dtype) / 2**20 for dtype in FORMATS}
        listed = ", ".join(f"{dtype} {size:,.1f} MiB" for dtype, size in sizes.items())
        said += [word("configPlainTable", sizes=listed)]
    return [shown["name"], *said, word("configPlainShare", share=share_of(facts, shown["parameters"]))]


def fact_text(name: str, fact: Fact) -> str:
    """Say a fact as its repr does, in the language of the page.

    >>> fact_text("width", Fact(768, "n_embd"))
    '768 (n_embd)'
    """
    def shown(value):
        return word(f"configPositions.{value}") if name == "position" and value in POSITIONS else written(value)

    if fact.value is None:
        code = word("configBy", code=fact.default_from, value=shown(fact.default))
        note = word(f"configNotes.{name}") if fact.note else ""
        return word("configAbsent") + (f" ({code})" if fact.default is not None else "") + (f"; {note}" if note else "")
    others = [word("configBut", key=key, value=shown(value)) for key, value in fact.others]
    return f"{shown(fact.value)} ({', '.join([fact.key, *others])})"


def doubts_of(entry: dict) -> list[str]:
    """Say what of a listed model was not seen at its source, and why: one line for each fact, or for all."""
    doubts = entry.get("uncertain", {})
    return [why if name == "all" else f"{name}: {why}" for name, why in doubts.items()]


def share_of(facts: dict, counted) -> str:
    """Say which share of a model its tables are; `counted` is its parameters, or why they are not known."""
    total = counted["value"] if isinstance(counted, dict) else counted
    if total is None:
        return word("configPlainUnknown", why=counted["error"])
    try:
        return f"{table_share(SimpleNamespace(**facts), total):.1%}"
    except ConfigError as problem:
        return word("configPlainUnknown", why=problem)


def model_rows(models: list[dict]) -> list[list[str]]:
    """List all models: rows, width, table of 2 bytes a number, share, and what is not certain."""
    rows = [word("configAllColumns").split("|")]
    for entry in models:
        facts = ModelConfig(entry["config"]).facts
        shape = facts["rows"].assumed, facts["width"].assumed
        size = table_bytes(*shape, "fp16") / 2**20
        rows.append([entry["name"], *(f"{n:,}" for n in shape), f"{size:,.1f}", share_of(facts, entry["parameters"]),
                     "; ".join(doubts_of(entry))])
    return rows

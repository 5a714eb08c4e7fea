"""`ConfigExplorer`: what a config.json says of its table and positions, each value with the key it came from."""

import json
from dataclasses import asdict
from functools import cache
from html import escape
from pathlib import Path

import traitlets

from ..asking.reveal import table_html
from ..asking.widget import BookWidget
from ..memory import FORMATS
from ..models.config import ModelConfig
from ..models.config_keys import ConfigError, config_keys
from ..models.parameters import parameters
from ..models.rotations import rotations
from ..models.unusual import unusual
from ..words import word
from .config_text import IF_THERE, MAIN, card, doubts_of, model_rows


class ConfigExplorer(BookWidget):
    """A choice of public models, or the reader's own config.json: its table, bytes, share and positions.

    `model` names one of `listed_models()`, and `other`, where it is not empty, one that stands beside it. In a kernel,
    `folder` is a path on this machine that Python reads; each time `reads` grows it is read again. A file that is
    dropped on the page stays in the browser. Raises ValueError for an unknown model; what is wrong with a file or a
    folder is said in `answer`.

    >>> explorer = ConfigExplorer("Gemma 3 270M")
    >>> print(*repr(explorer).splitlines()[:4], sep="\\n")
    Config explorer: Gemma 3 270M
      62.6% of its numbers are in token tables.
      family: gemma3_text (model_type)
      rows of the table: 262,144 (vocab_size)
    """

    at_once = False
    files = ("asking/elements.js", "position.js", "rope_scaling.js", "models/config_keys.js", "models/config_rules.js",
             "models/config.js", "models/parameters.js", "models/unusual.js", "explorers/config_facts.js",
             "explorers/config_areas.js", "explorers/config_input.js", "explorers/config.js",
             "asking/elements.css", "explorers/config.css")

    names = traitlets.Dict().tag(sync=True)
    models = traitlets.List().tag(sync=True)
    sources = traitlets.Dict().tag(sync=True)
    formats = traitlets.Dict().tag(sync=True)
    main = traitlets.List(list(MAIN)).tag(sync=True)
    if_there = traitlets.List(list(IF_THERE)).tag(sync=True)

    model = traitlets.Unicode().tag(sync=True)
    other = traitlets.Unicode().tag(sync=True)  # "": nothing stands beside it
    folder = traitlets.Unicode().tag(sync=True)
    reads = traitlets.Int(0).tag(sync=True)  # 0: the listed model is shown
    answer = traitlets.Dict().tag(sync=True)

    @classmethod
    def shared_traits(cls):
        names = [model["name"] for model in listed_models()["models"]]
        return {"model": names, "other": ["", *names]}

    def __init__(self, model="Qwen3 0.6B", other="", folder=""):
        listed = listed_models()
        super().__init__(names=config_keys(), models=listed["models"], sources=listed["sources"], formats=FORMATS,
                         model=model, other=other, folder=str(folder), reads=1 if folder else 0)

    @traitlets.validate("model", "other")
    def _listed(self, proposal):
        name, names = proposal["value"], [entry["name"] for entry in listed_models()["models"]]
        if name not in names and (name or proposal["trait"].name == "model"):
            raise ValueError(f"{proposal['trait'].name} is one of {', '.join(names)}; got {name!r}.")
        return name

    @traitlets.observe("reads")
    def _read(self, change):
        if change["new"]:
            self.answer = {"reads": change["new"], "name": self.folder, **answer_for(self.folder)}

    def plain_text(self):
        first, *beside = cards(self.get_state())
        title, *said = first
        return "\n  ".join([f"Config explorer: {title}", *said, *(line for other in beside for line in other)])

    @staticmethod
    def plain_html(state):
        shown = "".join(
            f"<p>{escape(title)}</p><ul>{''.join(f'<li>{escape(line)}</li>' for line in said)}</ul>"
            for title, *said in cards(state))
        models = table_html(model_rows(state["models"]))
        return f'<div class="book-plain">{shown}<details><summary>{word("configAll")}</summary>{models}</details></div>'


@cache
def listed_models() -> dict:
    """Return the public models, their keys and where these were seen: data/models.json, as a dict."""
    path = Path(__file__).parents[1] / "data" / "models.json"
    return json.loads(path.read_text(encoding="utf-8"))


def answer_for(folder: str) -> dict:
    """Read a folder or a config.json: what `reading` gives, or {error}."""
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
    """Give all facts of a config and what follows from them as JSON, in the form that models/config.js gives them.

    >>> reading(ModelConfig({"n_embd": 768}))["facts"]["width"]["key"]
    'n_embd'
    """
    facts = {name: asdict(fact) for name, fact in config.facts.items()}
    try:
        counted = parameters(config)
        total, found = counted.value, {"value": counted.value, "key": counted.key, "error": ""}
    except ConfigError as problem:
        total, found = None, {"value": None, "key": "", "error": str(problem)}
    return {"facts": facts, "family": config.family, "rotations": rotations(config), "parameters": found,
            "unusual": unusual(config, total), "card": card(config, total, found["error"])}


def cards(state: dict) -> list[list[str]]:
    """Say what is shown: for each model its name, then a fact a line, the bytes of its table and its share."""
    listed = {entry["name"]: entry for entry in state["models"]}
    chosen = [listed[name] for name in (state["model"], state["other"]) if name]
    said = [[entry["name"], *card(ModelConfig(entry["config"]), entry["parameters"], doubts=doubts_of(entry))]
            for entry in chosen]
    if state["reads"]:
        answer = state["answer"]
        said[0] = [state["folder"], *([answer["error"]] if "error" in answer else answer["card"])]
    return said

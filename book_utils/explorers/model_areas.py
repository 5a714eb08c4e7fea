"""`ModelAreas`: models as squares to one scale, their token tables in them; wider, tied, or with two tables."""

import traitlets

from ..asking.reveal import table_html
from ..asking.widget import BookWidget
from ..models.config import ModelConfig
from ..models.parameters import parameters
from ..models.public_models import entries
from ..words import word

MODELS = ("SmolLM2 135M", "Qwen3 0.6B", "Llama 3.2 1B", "Pythia 70M", "GPT-2", "Gemma 3 270M", "Llama 2 7B")
AT_FIRST = MODELS[:3]  # chapter 4 asks about the others
FACTORS = (1, 2, 4, 8)  # how many times as wide
WIDER = ("n_embd", "hidden_size", "intermediate_size", "num_attention_heads", "num_key_value_heads", "n_head")
TIES = ("own", "tied", "two")


class ModelAreas(BookWidget):
    """Models as squares whose areas are their numbers; a band is the input table, another the output table.

    `shown` names some of MODELS. A slider makes all of them wider, and the tables can be tied or not. Raises
    ValueError for another model.

    >>> print(ModelAreas(["GPT-2"]).plain_text().splitlines()[1])
      GPT-2  38,597,376    85,842,432  31.0%
    """

    files = ("asking/elements.js", "asking/score.js", "explorers/by_hand.js", "explorers/model_areas.js",
             "asking/elements.css", "explorers/by_hand.css", "explorers/model_areas.css")  # fmt: skip
    at_once = False

    models = traitlets.List().tag(sync=True)
    factors = traitlets.List(list(FACTORS)).tag(sync=True)
    shown = traitlets.List(traitlets.Unicode()).tag(sync=True)
    wider = traitlets.Int(0).tag(sync=True)  # which of the factors
    tie = traitlets.Enum(TIES, "own").tag(sync=True)

    def __init__(self, shown=AT_FIRST):
        if wrong := [name for name in shown if name not in MODELS]:
            raise ValueError(f"shown names some of {', '.join(MODELS)}; got {wrong[0]!r}.")
        super().__init__(models=[counted(name) for name in MODELS], shown=list(shown))

    def plain_text(self):
        return "\n  ".join([word("areas"), *("  ".join(row) for row in areas_rows(self.get_state())[1:])])

    @staticmethod
    def plain_html(state):
        return f'<div class="book-plain"><p>{word("areas")}</p>{table_html(areas_rows(state))}</div>'


def widened(config: dict, factor: int) -> dict:
    """Give the config of a model so many times as wide: as many layers and rows, more heads of the same size.

    >>> widened({"n_embd": 768, "n_head": 12, "vocab_size": 50257}, 2)
    {'n_embd': 1536, 'n_head': 24, 'vocab_size': 50257}
    """
    return {key: value * factor if key in WIDER and value is not None else value for key, value in config.items()}


def counted(name: str) -> dict:
    """Give name, numbers in the input table, whether the output table is the same, and all else, by factor."""
    config = entries()[name]["config"]
    own = ModelConfig(config)
    table, tied = own.rows.assumed * own.width.assumed, bool(own.tied.assumed)
    tables = table * (1 if tied else 2)
    rest = [parameters(ModelConfig(widened(config, factor))).value - factor * tables for factor in FACTORS]
    return {"name": name, "table": table, "tied": tied, "rest": rest}


def areas_rows(state: dict) -> list[list[str]]:
    """Give a header and for each model that is shown its parts and the share of its tables."""
    rows = [word("areasColumns").split("|")]
    for one in state["models"]:
        if one["name"] in state["shown"]:
            output, rest = 0 if one["tied"] else one["table"], one["rest"][0]
            tables = one["table"] + output
            rows.append([one["name"], f"{one['table']:,}", f"{output:,}" if output else "", f"{rest:,}",
                         f"{tables / (tables + rest):.1%}"])  # fmt: skip
    return rows

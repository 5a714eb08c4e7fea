"""The corpus of config.json files: reduced files of many families, each with the right facts beside it."""

import json
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "models" / "corpus"


@cache
def corpus() -> dict[str, dict]:
    """Give {name: entry}; an entry has `config`, its `source`, and what is right: `says`, `by_code`, `unknown`."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}

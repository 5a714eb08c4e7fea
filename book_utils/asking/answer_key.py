"""The answer of every guess, read from the stored chapters, which nbval holds against what the code computes.

Beside it stand the answers of its variants (`again.py`), which are computed anew.
"""

import json
import re
from pathlib import Path
from typing import Any

from .again import key_of, read_again

ASKED = re.compile(r"^Guess \[(?P<name>[^\]]+)\]: (?P<question>.*)$", re.MULTILINE)
ANSWERED = re.compile(r"^Answer: (.*)$", re.MULTILINE)


def read_key(folder: str | Path = "chapters") -> dict[str, dict[str, dict[str, Any]]]:
    """Give {chapter: {name: {"question": ..., "answer": ..., "again": [...]}}} for the notebooks of a folder.

    `again` holds the question and the answer of each variant, and is left out where a guess has none. Raises
    FileNotFoundError where the folder has no notebook, ValueError where two guesses share a name, or a variant belongs
    to none.
    """
    notebooks = sorted(Path(folder).glob("*.ipynb"))
    if not notebooks:
        raise FileNotFoundError(f"No notebook in {folder}: run this in the folder of the book, or name its chapters.")
    key: dict = {}
    seen: dict = {}
    for path in notebooks:
        for text in outputs_of(path):
            if match := ASKED.match(text):
                name = match["name"]
                if name in seen:
                    raise ValueError(f"Two guesses are called {name}, in {seen[name]} and {path.stem}: give one name=.")
                seen[name] = path.stem
                answer = ANSWERED.findall(text)[0]
                key.setdefault(path.stem, {})[name] = {"question": match["question"], "answer": answer}
        for name, states in read_again(path.parent / "again" / f"{path.stem}.py").items():
            if name not in key.get(path.stem, {}):
                raise ValueError(f"again/{path.stem}.py has variants of {name}, a guess that {path.stem} does not ask.")
            key[path.stem][name]["again"] = key_of(states)
    return key


def outputs_of(path: Path) -> list[str]:
    """List the plain-text results that a notebook has stored."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    outputs = (output for cell in cells for output in cell.get("outputs", []))
    return ["".join(output["data"].get("text/plain", "")) for output in outputs if "data" in output]


def key_text(key: dict) -> str:
    """Set the key as JSON: what `tests/answer_key.json` holds."""
    return json.dumps(key, indent=1, ensure_ascii=False) + "\n"

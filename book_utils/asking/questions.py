"""What every chapter asks: its guesses and cards, as `tools/notebooks.py` met them when it last ran the chapters."""

import json
import re
from pathlib import Path

DATA = Path(__file__).parents[1] / "data"  # what the book brings of its own
QUESTIONS = DATA / "questions.json"
# Its name, as the built pages write it into a reader's file, and its chapters in the order of reading:
# `tools/notebooks.py` takes both from _config.yml and _toc.yml.
BOOK, CHAPTERS = json.loads((DATA / "book.json").read_text(encoding="utf-8")).values()
# A cell that asks: its source would tell the answer.
ASKS = re.compile(r"^(Guess|Card|HowSure)\(", re.MULTILINE)
OF_A_GUESS = ("name", "digest", "kind", "question", "choices", "answer", "answer_text", "scale", "unit")
OF_A_CARD = ("name", "digest", "question", "answer", "because")


def read_questions() -> dict[str, dict[str, list[dict]]]:
    """Give {chapter: {"guesses": [...], "cards": [...]}} for the chapters of the book, in the order of reading.

    >>> read_questions()["lookup"]["guesses"][0]["kind"]
    'choice'
    """
    asked = json.loads(QUESTIONS.read_text(encoding="utf-8"))
    return {chapter: asked[chapter] for chapter in dict.fromkeys([*CHAPTERS, *asked]) if chapter in asked}


def questions_of(states: list[dict]) -> dict[str, list[dict]]:
    """Pick from the states of the widgets of one page what its guesses and cards ask and answer.

    >>> card = {"name": "a", "digest": "1", "question": "Why?", "answer": "So.", "because": "", "turned": False}
    >>> questions_of([card])
    {'guesses': [], 'cards': [{'name': 'a', 'digest': '1', 'question': 'Why?', 'answer': 'So.', 'because': ''}]}
    """
    picked: dict[str, list[dict]] = {"guesses": [], "cards": []}
    for state in states:
        if "answer_text" in state:
            points = {"points": state["points"]} if state.get("points") else {}
            picked["guesses"].append({key: state[key] for key in OF_A_GUESS} | points)
        elif "turned" in state:
            picked["cards"].append({key: state[key] for key in OF_A_CARD})
    return picked


def questions_text(questions: dict) -> str:
    """Set the questions as JSON, the chapters without any left out: what `data/questions.json` holds."""
    asked = {chapter: parts for chapter, parts in sorted(questions.items()) if parts["guesses"] or parts["cards"]}
    return json.dumps(asked, indent=1, ensure_ascii=False) + "\n"

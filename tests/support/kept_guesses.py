"""Guesses as a browser keeps them, and how a test puts them there."""

import itertools
import json

from book_utils.asking.questions import BOOK, read_questions

QUESTIONS = [one | {"chapter": chapter} for chapter, asked in read_questions().items() for one in asked["guesses"]]
CARDS = [one | {"chapter": chapter} for chapter, asked in read_questions().items() for one in asked["cards"]]
KEPT = "Object.fromEntries(Object.entries(localStorage).filter(([key]) => key.startsWith('guess/')))"
SEED = """((all, turn) => {
    if (location.protocol === "about:" || sessionStorage.getItem(turn)) return;
    sessionStorage.setItem(turn, "done");
    localStorage.clear();
    for (const [key, one] of all) localStorage.setItem(key, JSON.stringify(one));
})"""
TURNS = itertools.count()
BLOCKED_STORAGE = (
    "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });"
)
AT = "2026-01-05T10:00:00.000Z"


def key(question):
    return f"guess/{BOOK}/{question['chapter']}/{question['name']}"


def record(question, guess, confidence="sure", at=AT, **more):
    state = {
        "guess": guess,
        "confidence": confidence,
        "second": None,
        "skipped": guess is None,
        "revealed": True,
        "rating": "",
        "ticked": [],
    }
    return {"v": 1, "digest": question["digest"], "at": at, "state": state | more, "reviews": []}


def wrong(question):
    """A guess that is not right."""
    labels = [choice["label"] for choice in question["choices"]]
    other = [label for label in labels if label != question["answer"]]
    return {
        "choice": other[:1],
        "number": [question["answer"] * 1000 if question["kind"] == "number" else 0],
        "shape": [[1, 2, 3, 4, 5]],
        "choices": [[label] for label in labels],
        "order": [labels[::-1], labels],
        "lines": [labels],
        "point": [[1e6, 1e6]],
        "words": ["In my words."],
    }[question["kind"]][0]


def seed(page, records):
    """Let these records, and nothing else, be kept when the page is next opened; once, and before it runs a line."""
    kept = json.dumps([[key(question), one] for question, one in records])
    page.add_init_script(f"{SEED}({kept}, 'seeded {next(TURNS)}')")


def choices(count):
    return [question for question in QUESTIONS if question["kind"] == "choice"][:count]

"""Guesses that come back in other numbers and words: what the recall page asks in place of one that was not right.

They stand beside the chapters, in `again/CHAPTER.py`: a dict `AGAIN` of {name of a guess: its variants}, each of them
a Guess whose answer is computed there. Only the recall page sends them.
"""

from pathlib import Path
from typing import Any

from .guess import Guess

FEWEST = 2  # with one alone, a guess would come back twice in the same words
# What a variant says in place of the guess that it stands for.
OF_A_VARIANT = ("kind", "question", "choices", "answer", "answer_text", "because", "longer", "reveal", "scale", "unit",
                "possible", "points")


def read_again(path: Path) -> dict[str, list[dict]]:
    """Run a file of variants; gives {name: [the state of each]}, empty where there is no such file.

    Raises ValueError where a guess has fewer than two variants, or asks one of them twice.

    >>> read_again(Path("no such file"))
    {}
    """
    if not path.exists():
        return {}
    made = dict(Guess.made)
    names: dict[str, Any] = {"__name__": path.stem}
    # A name in <> has no source: a variant does not show how it was computed, and need not look for it.
    exec(compile(path.read_text(encoding="utf-8"), f"<{path}>", "exec"), names)
    again = {name: list(variants) for name, variants in names["AGAIN"].items()}
    Guess.made.clear()
    Guess.made.update(made)  # they are not guesses of this session
    for name, variants in again.items():
        if len({guess.digest for guess in variants}) < max(FEWEST, len(variants)):
            raise ValueError(f"{path}: {name} needs {FEWEST} variants or more, no two of them the same.")
    return {name: [_state(*numbered) for numbered in enumerate(variants)] for name, variants in again.items()}


def _state(number: int, guess: Guess) -> dict:
    """Give what a variant says; its choices begin elsewhere in each, so that the right one has no place of its own."""
    state = guess.get_state()
    start = number % len(state["choices"]) if state["kind"] in ("choice", "choices") else 0
    return {key: state[key] for key in OF_A_VARIANT} | {"choices": state["choices"][start:] + state["choices"][:start]}


def key_of(states: list[dict]) -> list[dict[str, str]]:
    """Give what the answer key holds of the variants of one guess."""
    return [{"question": state["question"], "answer": state["answer_text"]} for state in states]

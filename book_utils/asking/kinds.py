"""The kinds of guesses: what is given decides which one it is, and each says what it asks and what is right."""

from types import SimpleNamespace
from typing import Any, NamedTuple

from .scales import map_scale, number_scale, possible_range
from .score import is_number, label_of, number_text

MISSING = object()


class Asked(NamedTuple):
    """What one guess asks: its kind, its answer as a guess is written, and the answer in words.

    `scale` says how it is scored; `choices` are {"label", "note"}, and `values` what each label stands for in Python;
    `possible` are the limits of a number; `margin` how far the answer is from another one, None for what is exact.
    """

    kind: str
    answer: Any
    text: str
    scale: dict = {}
    choices: list[dict] = []
    values: dict = {}
    possible: list = []
    margin: float | None = None


def asked(given: SimpleNamespace) -> Asked:
    """Make what is asked of what was given to a Guess. Raises ValueError where that does not fit together.

    >>> nothing = dict.fromkeys(["model_answer", "choices", "order", "lines", "on_map"])
    >>> asked(SimpleNamespace(**nothing, answer=[5, 768])).kind
    'shape'
    """
    if given.model_answer is None and given.answer is MISSING:
        raise ValueError("A Guess needs answer= (computed by the chapter) or model_answer= (words).")
    for fits, kind in KINDS:
        if fits(given):
            return kind(given)
    raise ValueError(f"The answer {given.answer!r} is not a number or a shape: give choices= or model_answer=.")


def words(given) -> Asked:
    if given.answer is not MISSING or given.choices is not None or not str(given.model_answer).strip():
        raise ValueError("model_answer= is the whole answer, in words: it takes no answer= or choices=.")
    return Asked("words", given.model_answer, given.model_answer)


def choice(given) -> Asked:
    """One of the choices, or several of them; each choice may have a note on the idea behind it."""
    several, answer = given.several, given.answer
    pairs = list(given.choices.items() if isinstance(given.choices, dict) else [(one, "") for one in given.choices])
    values = {label_of(one): one for one, _ in pairs}
    if len(values) < 2 or len(values) < len(pairs):
        labels = ", ".join(label_of(one) for one, _ in pairs)
        raise ValueError(f"A Guess needs two or more choices that differ; got {labels}.")
    if several and (isinstance(answer, str) or not hasattr(answer, "__len__") or len(answer) == 0):
        raise ValueError(f"With several=True the answer is a list of one or more choices; got {answer!r}.")
    right = [label_of(one) for one in (answer if several else [answer])]
    for label in right:
        if label not in values:
            raise ValueError(f"The answer {label} is not among the choices {', '.join(values)}: "
                             "look at what the chapter computed, then at the choices.")
    choices = [{"label": label_of(one), "note": note} for one, note in pairs]
    if not several:
        return Asked("choice", right[0], right[0], choices=choices, values=values)
    in_order = [label for label in values if label in right]
    return Asked("choices", in_order, ", ".join(in_order), choices=choices, values=values)


def order(given) -> Asked:
    values = {label_of(item): item for item in given.order}
    right = list(map(label_of, given.answer)) if isinstance(given.answer, list) else []
    if len(right) < 2 or sorted(right) != sorted(map(label_of, given.order)) or len(set(right)) < len(right):
        raise ValueError("The answer must hold the items of order=, two or more, each once; "
                         f"got {given.answer!r}.")
    choices = [{"label": label, "note": ""} for label in values]
    return Asked("order", right, " › ".join(right), choices=choices, values=values)


def lines(given) -> Asked:
    """Lines of code to put in order; those that the answer does without do not belong, and say why in their note."""
    notes, right = given.lines, given.answer
    if not isinstance(right, list) or len(right) < 2 or len(set(right)) < len(right) or not set(right) < set(notes):
        raise ValueError("The answer must hold two or more of the lines, each once, and leave one out; "
                         f"got {right!r}.")
    for line in notes:
        if "`" in line or "\n" in line or bool(notes[line]) == (line in right):
            raise ValueError(f"A line is one line without a backtick, and has a note if it does not belong: {line!r}.")
    values = {f"`{line}`": line for line in notes}
    choices = [{"label": label, "note": notes[line]} for label, line in values.items()]
    in_order = [f"`{line}`" for line in right]
    return Asked("lines", in_order, " › ".join(in_order), choices=choices, values=values)


def point(given) -> Asked:
    scale, answer, text, margin = map_scale(given.on_map, given.answer)
    return Asked("point", answer, text, scale, margin=margin)


def shape(given) -> Asked:
    if not all(isinstance(n, int) and not isinstance(n, bool) and n >= 0 for n in given.answer):
        raise ValueError(f"A shape is a tuple of whole numbers, such as (5, 768); got {given.answer}.")
    return Asked("shape", given.answer, label_of(given.answer))


def number(given) -> Asked:
    scale = number_scale(given.answer, given.between, given.within, given.exact)
    possible = possible_range(given.low, given.high, [given.answer, *(given.between or ())])
    return Asked("number", given.answer, f"{number_text(given.answer)} {given.unit}".strip(), scale, possible=possible)


KINDS = (  # the first that fits
    (lambda given: given.model_answer is not None, words),
    (lambda given: given.choices is not None, choice),
    (lambda given: given.order is not None, order),
    (lambda given: given.lines is not None, lines),
    (lambda given: given.on_map is not None, point),
    (lambda given: isinstance(given.answer, list), shape),
    (lambda given: is_number(given.answer), number),
)

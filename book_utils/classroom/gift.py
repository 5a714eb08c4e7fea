"""Guesses with choices as text in GIFT, which Moodle imports."""

import re

from ..asking.questions import BOOK
from ..asking.widget import code_html
from .answers import Question


def gift_of(questions: list[Question]) -> str:
    """Write the guesses as one text in GIFT, a category for each chapter; an order as the matching of places."""
    parts, chapter = [], ""
    for question in questions:
        if question.chapter != chapter:
            chapter = question.chapter
            parts.append(f"$CATEGORY: {BOOK}/{chapter}")
        head = f"::{gift_text(question.name)}::[html]{gift_html(question.question)}"
        parts.append(f"{head} {{\n" + "\n".join(gift_answers(question)) + "\n}")
    return "\n\n".join(parts) + "\n"


def gift_answers(question: Question) -> list[str]:
    """Write the lines between the braces."""
    if question.kind == "order":
        return [f"={place} -> {gift_text(label.replace('`', ''))}" for place, label in enumerate(question.answer, 1)]
    right = question.answer if question.kind == "choices" else [question.answer]
    wrong = len(question.labels) - len(right)
    lines = []
    for choice in question.choices:
        is_right = choice["label"] in right
        if question.kind == "choice":
            mark = "=" if is_right else "~"
        else:
            mark = f"~%{100 / len(right):.7g}%" if is_right else f"~%{-100 / wrong:.7g}%"
        note = f"#{gift_html(choice['note'])}" if choice["note"] else ""
        lines.append(f"{mark}{gift_html(choice['label'])}{note}")
    return lines


def gift_html(text: str) -> str:
    """Write a text with code as HTML that GIFT takes as text.

    >>> gift_html("`a = {1}`: 3 < 4")
    '<code>a \\\\= \\\\{1\\\\}</code>\\\\: 3 &lt; 4'
    """
    return gift_text(str(code_html(text)))


def gift_text(text: str) -> str:
    """Put a backslash before what GIFT would read as its own marks."""
    return re.sub(r"([\\~=#{}:])", r"\\\1", text).replace("\n", " ")

"""The two CSV files of a report, which a spreadsheet may open without running anything that a reader wrote."""

import csv
import functools
import re

from .answers import Answered, Question

HEADER = ["student", "chapter", "name", "kind", "question", "first_guess", "second_thought", "confidence", "right",
          "second_right", "skipped", "rating", "at", "recalled", "knew_last"]
LEFT_OUT_HEADER = ["file", "left_out", "why"]
NUMBER = re.compile(r"-?\d+([.,]\d+)*(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
# What starts a formula somewhere, and where a cell can start: at the text's beginning, and, in a spreadsheet that
# expects semicolons or tabs, within it, for there our quotes do not hold a cell together.
FORMULA = re.compile('((?:^|[;\t\r\n])[\\s"\xad\u200b-\u200f\u2060-\u2064\ufeff]*)(?=[-=+@|%＝＋－＠])')
QUOTED = re.compile('[",\r\n]')
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")  # and what turns a line


@functools.lru_cache(4096)  # nearly all cells repeat
def defused(text: str) -> str:
    """Put an apostrophe before all that a spreadsheet of any country would run; numbers stay as they are.

    >>> defused("=1+1"), defused("-0.416"), defused("-0.416 again"), defused("king"), defused("a;=1+1")
    ("'=1+1", '-0.416', "'-0.416 again", 'king', "a;'=1+1")
    """
    text = CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)
    return text if NUMBER.fullmatch(text) else FORMULA.sub(r"\1'", text)


def writer_of(file, header: list[str]):
    """Start a table: gives a function that writes one row."""
    write = csv.writer(file).writerow
    write(header)
    return lambda row: write([defused(cell) if isinstance(cell, str) else cell for cell in row])


def start_of(question: Question) -> str:
    """Write what all rows of a question share: the columns from the chapter to the question."""
    cells = (question.chapter, question.name, question.kind, question.question)
    return ",".join(cell_text(cell) for cell in cells)


def row_of(question: Question, answer: Answered, right: bool | None, words: bool) -> tuple[str, str]:
    """Write what stands between the question and the moment, and after it; own words only where they are asked for."""
    guess, second, review = answer.guess, answer.second, answer.last_review
    second_right = None if second is None else question.right(second)
    if question.kind == "words" and not words:
        guess, second = (None if text is None else "(own words)" for text in (guess, second))
    before = (cell_text(_text(guess)), cell_text(_text(second)), answer.confidence, _flag(right), _flag(second_right),
              _flag(guess is None and answer.skipped), answer.rating)
    return ",".join(before), f"{len(answer.reviews)},{_flag(review.knew if review else None)}"


def cell_text(text: str) -> str:
    """Write one cell, defused.

    >>> cell_text('a "b", c'), cell_text("=1")
    ('"a ""b"", c"', "'=1")
    """
    text = defused(text)
    return '"' + text.replace('"', '""') + '"' if QUOTED.search(text) else text


def _text(guess) -> str:
    if guess is None:
        return ""
    if isinstance(guess, list):
        words = all(isinstance(one, str) for one in guess)
        return "; ".join(guess) if words else ", ".join(map(str, guess))  # no semicolon before a minus: see FORMULA
    return guess if isinstance(guess, str) else repr(guess)


def _flag(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"


def left_out_text(many: int | None) -> str:
    """Say how much of a file is left out.

    >>> left_out_text(None), left_out_text(1), left_out_text(0)
    ('the whole file', '1 guess', 'nothing')
    """
    return "the whole file" if many is None else "nothing" if many == 0 else f"{many} guess{'es' if many > 1 else ''}"

"""The guesses are questions: nothing gives the answer away, and no habit finds it."""

import ast
import json
import math
import re
from collections import Counter

import pytest
from places import ROOT

from book_utils.asking.questions import read_questions
from book_utils.asking.score import score
from book_utils.words import catalogue, languages

# Chapters that nobody has gone through yet by these rules: take a name out, and mend what the tests then find.
NOT_YET: set[str] = set()
QUESTIONS = {chapter: asked["guesses"] for chapter, asked in read_questions().items() if chapter not in NOT_YET}
CHAPTERS = pytest.mark.parametrize("chapter", sorted(QUESTIONS))
NEUTRAL = ("# Guess first:", "# Write first:", "# Answer in your head first:", "# Your guesses on this page.")
# The matter has two sides only. (Which questions these are, and why, a person says here.)
TWO_SIDES: set[str] = set()
FILLERS = re.compile(r"\b(none of|all of the above|cannot be known|it depends|no idea|something else)\b", re.IGNORECASE)


def asking_cells(chapter):
    cells = json.loads((ROOT / "chapters" / f"{chapter}.ipynb").read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return [source for source in sources if re.search(r"^(Guess|Card|HowSure)\(", source, re.MULTILINE)]


def single(chapter):
    return [guess for guess in QUESTIONS[chapter] if guess["kind"] == "choice"]


def place_of(guess):
    """The place of the right choice, 0 to 1: in a list of two it is 0 or 1, in one of three 0, 0.5 or 1."""
    labels = [choice["label"] for choice in guess["choices"]]
    return labels.index(guess["answer"]) / (len(labels) - 1)


@CHAPTERS
def test_the_first_line_of_a_cell_that_asks_says_nothing(chapter):
    """JupyterLab shows it above a folded cell."""
    for source in asking_cells(chapter):
        assert source.startswith(NEUTRAL), source.splitlines()[0]


@CHAPTERS
def test_the_right_choice_is_in_each_place_about_equally_often(chapter):
    places = [place_of(guess) for guess in single(chapter)]
    counts = {"first": places.count(0), "between": sum(0 < place < 1 for place in places), "last": places.count(1)}
    assert max(counts.values()) <= 0.5 * len(places), counts
    assert min(counts.values()) >= 0.2 * len(places), counts


def test_no_place_is_right_much_more_often_in_the_book():
    places = Counter(place_of(guess) for chapter in QUESTIONS for guess in single(chapter))
    total = sum(places.values())
    assert 0.2 * total <= places[0] <= 0.45 * total and 0.2 * total <= places[1] <= 0.45 * total, places


def test_the_right_choice_is_the_longest_no_more_often_than_by_chance():
    """Over the book: a reader who always takes the longest (or, of equals, any) gets what blind guessing gets."""
    guesses = [guess for chapter in QUESTIONS for guess in single(chapter)]
    for extreme in (max, min):
        right, chance = 0.0, 0.0
        for guess in guesses:
            labels = [str(choice["label"]) for choice in guess["choices"]]
            ends = [label for label in labels if len(label) == extreme(map(len, labels))]
            right += (str(guess["answer"]) in ends) / len(ends)
            chance += 1 / len(labels)
        assert abs(right - chance) < 0.12 * len(guesses), (extreme.__name__, right, chance)


@CHAPTERS
def test_there_are_three_choices_or_more_each_with_a_note(chapter):
    for guess in QUESTIONS[chapter]:
        if guess["kind"] in ("choice", "choices"):
            assert len(guess["choices"]) >= 3 or guess["name"] in TWO_SIDES, guess["name"]
            for choice in guess["choices"]:
                assert choice["note"] and not FILLERS.search(choice["label"]), (guess["name"], choice)


@CHAPTERS
def test_a_slider_rests_where_nothing_is_right(chapter):
    for guess in QUESTIONS[chapter]:
        if guess["kind"] == "number" and "low" in guess["scale"]:  # the thumb begins in the middle of the log scale
            rest = math.sqrt(guess["scale"]["low"] * guess["scale"]["high"])
            assert not score("number", guess["answer"], rest, guess["scale"]), guess["name"]


def question_of(source):
    """The nodes of the first argument of Guess, and the names that the cell gives to mere numbers."""
    tree = ast.parse(source)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Guess"]
    return tree, calls[0]


@CHAPTERS
def test_numbers_in_a_question_come_from_the_code(chapter):
    for source in asking_cells(chapter):
        if re.search(r"^Guess\(", source, re.MULTILINE):
            asked = question_of(source)[1].args[0]
            typed = [part.value for part in ast.walk(asked) if isinstance(part, ast.Constant) and part.value != ""]
            words = " ".join(str(part) for part in typed if isinstance(part, str))
            assert not re.search(r"(?<![\w-])\d{2,}|(?<![\w-])\d[,.]\d", words), words


@CHAPTERS
def test_no_answer_is_a_product_of_typed_numbers(chapter):
    for source in asking_cells(chapter):
        if not re.search(r"^Guess\(", source, re.MULTILINE):
            continue
        tree, call = question_of(source)
        typed = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and not any(
                    isinstance(part, (ast.Name, ast.Call)) and part not in node.targets
                    for part in ast.walk(node.value)):
                typed |= {name.id for target in node.targets for name in ast.walk(target) if isinstance(name, ast.Name)}
        answer = next((word.value for word in call.keywords if word.arg == "answer"), None)
        if isinstance(answer, ast.BinOp):
            names = {part.id for part in ast.walk(answer) if isinstance(part, ast.Name)}
            assert names - typed, source


def test_the_book_does_not_ask_too_much():
    asked = [guess for chapter in read_questions().values() for guess in chapter["guesses"]]
    assert len(asked) <= 66  # about 60 in six chapters
    assert sum(guess["kind"] == "shape" for guess in asked) <= 6


@CHAPTERS
def test_what_a_guess_says_has_no_marks_that_nobody_sets(chapter):
    """Only text between backticks is set; stars and formulas would stand there as they are."""
    cells = json.loads((ROOT / "chapters" / f"{chapter}.ipynb").read_text(encoding="utf-8"))["cells"]
    said = ["".join(out["data"]["text/plain"]) for cell in cells for out in cell.get("outputs", []) if "data" in out]
    for text in said:
        assert not re.search(r"(?<![\w*])\*[A-Za-z][^*\n]*\*(?!\w)|\$[^$\n]+\$", re.sub(r"`[^`]*`", "", text)), text


def test_the_example_of_a_refusal_is_no_answer():
    answers = [guess["answer"] for asked in QUESTIONS.values() for guess in asked if guess["kind"] == "shape"]
    for language in languages():
        [example] = re.findall(r"\(([\d, ]+)\)", catalogue(language)["needShape"])
        assert answers and [int(size) for size in example.split(",")] not in answers

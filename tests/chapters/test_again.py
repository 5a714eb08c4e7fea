"""What guesses ask when they come back: enough of them, each another question, none that gives its answer away."""

import json
import re

import pytest

from book_utils.asking.again import OF_A_VARIANT, read_again
from book_utils.asking.questions import read_questions
from book_utils.asking.score import score

QUESTIONS = {guess["name"]: guess for asked in read_questions().values() for guess in asked["guesses"]}
THREE = """
from book_utils import Guess
AGAIN = {"rows": [Guess(f"How many rows has {n}?", answer=len([n] * n)) for n in NUMBERS]}
"""


@pytest.fixture(scope="module")
def again(site):
    """{name: its variants}, as the recall page loads them."""
    found = {}
    for path in sorted((site / "_static" / "lazy").glob("again-*.js")):
        text = json.loads("[" + re.fullmatch(r"bookPart\((.*)\);\n", path.read_text(encoding="utf-8"))[1] + "]")[2]
        found |= json.loads(text)
    return found


def test_every_scored_guess_comes_back_in_three_forms_or_more(again):
    assert set(again) == {name for name, guess in QUESTIONS.items() if guess["kind"] != "words"}
    assert all(len(variants) >= 3 for variants in again.values())


def test_each_form_is_another_question_with_one_right_answer(again):
    for name, variants in again.items():
        said = [(one["question"], [choice["label"] for choice in one["choices"]]) for one in variants]
        assert (QUESTIONS[name]["question"], [choice["label"] for choice in QUESTIONS[name]["choices"]]) not in said
        for one in variants:
            assert set(one) == set(OF_A_VARIANT)
            assert score(one["kind"], one["answer"], one["answer"], one["scale"]) is True
            if one["kind"] in ("choice", "choices"):
                assert len(one["choices"]) >= 3 and all(choice["note"] for choice in one["choices"])
            if one["kind"] == "order":
                assert one["answer"] != [choice["label"] for choice in one["choices"]]


def test_the_right_choice_has_no_place_of_its_own(again):
    places = [[choice["label"] for choice in one["choices"]].index(one["answer"])
              for variants in again.values() for one in variants if one["kind"] == "choice"]
    assert all(0.2 * len(places) <= places.count(place) <= 0.5 * len(places) for place in range(3)), places


def test_one_form_alone_or_the_same_twice_is_refused(tmp_path):
    path = tmp_path / "lookup.py"
    path.write_text(THREE.replace("NUMBERS", "(3, 4, 5)"), encoding="utf-8")
    assert [one["answer"] for one in read_again(path)["rows"]] == [3, 4, 5]
    for numbers in ("(3,)", "(3, 4, 3)"):
        path.write_text(THREE.replace("NUMBERS", numbers), encoding="utf-8")
        with pytest.raises(ValueError, match="rows needs 2 variants or more, no two of them the same"):
            read_again(path)

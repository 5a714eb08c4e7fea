"""The files of what is asked: the questions, the answer key and the variants of guesses, written, read and refused."""

import json
from types import SimpleNamespace

import pytest
from places import ROOT

from book_utils import Card, Guess, HowSure
from book_utils.asking import questions
from book_utils.asking.again import OF_A_VARIANT, key_of, read_again
from book_utils.asking.answer_key import key_text, read_key
from book_utils.asking.in_order import runs

START = "from book_utils import Guess\n"
ROWS = 'Guess(f"How many rows have {n} IDs?", choices=[1, 2, 3, 4], answer=n)'


# -- data/questions.json --------------------------------------------------------------------------------------


def test_the_stored_questions_and_the_key_are_as_they_are_written_anew():
    key = ROOT / "tests" / "answer_key.json"
    for path, text_of in [(questions.QUESTIONS, questions.questions_text), (key, key_text)]:
        text = path.read_text(encoding="utf-8")
        assert text_of(json.loads(text)) == text, path


def test_chapters_are_stored_by_name_and_those_that_ask_nothing_are_not():
    card, guess = {"name": "c", "question": "Was heißt „Zeile“?"}, {"name": "g"}
    asked = {"zoo": {"guesses": [], "cards": [card]}, "none": {"guesses": [], "cards": []},
             "ant": {"guesses": [guess], "cards": []}}
    text = questions.questions_text(asked)
    assert list(json.loads(text)) == ["ant", "zoo"] and json.loads(text)["zoo"] == asked["zoo"]
    assert "heißt „Zeile“" in text and text.endswith("}\n")


def test_what_is_asked_is_picked_from_the_widgets_of_a_page():
    guess = Guess("How many?", choices={2: "a pair", 4: ""}, answer=2, because="So.", unit="rows")
    words = Guess("Why?", model_answer="Because.", points=["It says because."])
    card = Card("What is a row?", "A list of numbers.")
    states = [widget.get_state() for widget in (guess, HowSure([guess]), words, card)]
    picked = questions.questions_of(states)
    assert picked["guesses"] == [
        {"name": "how-many", "digest": guess.digest, "kind": "choice", "question": "How many?", "answer": "2",
         "choices": [{"label": "2", "note": "a pair"}, {"label": "4", "note": ""}], "answer_text": "2", "scale": {},
         "unit": "rows"},
        {"name": "why", "digest": words.digest, "kind": "words", "question": "Why?", "answer": "Because.",
         "choices": [], "answer_text": "Because.", "scale": {}, "unit": "", "points": ["It says because."]}]
    assert picked["cards"] == [{"name": "what-is-a-row", "digest": card.digest, "question": "What is a row?",
                                "answer": "A list of numbers.", "because": ""}]


def test_questions_are_read_in_the_order_of_the_book(monkeypatch, tmp_path):
    path = tmp_path / "questions.json"
    path.write_text('{"extra": 1, "b": 2, "a": 3}', encoding="utf-8")
    monkeypatch.setattr(questions, "QUESTIONS", path)
    monkeypatch.setattr(questions, "CHAPTERS", ["a", "asks-nothing", "b"])
    assert list(questions.read_questions().items()) == [("a", 3), ("b", 2), ("extra", 1)]


# -- variants -------------------------------------------------------------------------------------------------


def variants(folder, text):
    path = folder / "again" / "one.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(START + text, encoding="utf-8")
    return read_again(path)


def test_the_choices_of_each_variant_begin_elsewhere(tmp_path):
    made = dict(Guess.made)
    found = variants(tmp_path, f'AGAIN = {{"rows": ({ROWS} for n in (1, 2, 3, 4)), "several": [\n'
                     'Guess(f"{n}?", choices="abc", answer=["a", "c"], several=True, because="B.") for n in range(5)]}')
    assert Guess.made == made  # they are no guesses of this session
    labels = [[choice["label"] for choice in one["choices"]] for one in found["rows"]]
    assert labels == [["1", "2", "3", "4"], ["2", "3", "4", "1"], ["3", "4", "1", "2"], ["4", "1", "2", "3"]]
    assert [one["choices"][0]["label"] for one in found["several"]] == ["a", "b", "c", "a", "b"]
    assert [one["answer"] for one in found["rows"]] == ["1", "2", "3", "4"]
    assert {tuple(one) for states in found.values() for one in states} == {OF_A_VARIANT}
    assert found["several"][1]["because"] == "B."


def test_items_to_order_and_lines_of_code_stay_as_they_are_given(tmp_path):
    found = variants(tmp_path, """AGAIN = {
        "order": [Guess(f"{n}?", order="cab", answer=["a", "b", "c"]) for n in range(2)],
        "lines": [Guess(f"{n}?", lines={"b": "", "c": "No.", "a": ""}, answer=["a", "b"]) for n in range(2)],
        "number": [Guess(f"{n}?", answer=n) for n in range(2)]}""")
    assert [[choice["label"] for choice in one["choices"]] for one in found["order"]] == [["c", "a", "b"]] * 2
    assert [[choice["label"] for choice in one["choices"]] for one in found["lines"]] == [["`b`", "`c`", "`a`"]] * 2
    assert [one["choices"] for one in found["number"]] == [[], []]


@pytest.mark.parametrize("numbers", ["", "1", "1, 1", "1, 2, 1"])
def test_a_guess_needs_two_variants_that_differ(tmp_path, numbers):
    with pytest.raises(ValueError, match=r"one\.py: rows needs 2 variants or more, no two of them the same"):
        variants(tmp_path, f'AGAIN = {{"rows": [{ROWS} for n in [{numbers}]]}}')


# -- the answer key -------------------------------------------------------------------------------------------


def notebook(folder, name, *outputs):
    cells = [{"cell_type": "markdown", "source": []},
             *({"cell_type": "code", "outputs": [{"output_type": "stream", "text": ["Guess [no]: of a print\n"]},
                                                 {"data": {"text/html": "<p>"}}, {"data": {"text/plain": [text]}}]}
               for text in outputs)]
    (folder / f"{name}.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")


def test_the_key_has_question_answer_and_variants_of_every_guess(tmp_path):
    notebook(tmp_path, "two", "Guess [b]: What is it?\n  ( ) Answer: no\nAnswer: the row\n  the row: a note", "Card: x")
    notebook(tmp_path, "one", "Guess [rows]: How many?\nAnswer: 1,500 rows", "Guess [a]: Why?\nAnswer: So.\nAnswer: x",
             "says Guess [c]: later")
    variants(tmp_path, f'AGAIN = {{"rows": [{ROWS} for n in (1, 3)]}}')
    assert read_key(tmp_path) == {
        "one": {"rows": {"question": "How many?", "answer": "1,500 rows", "again": [
                    {"question": "How many rows have 1 IDs?", "answer": "1"},
                    {"question": "How many rows have 3 IDs?", "answer": "3"}]},
                "a": {"question": "Why?", "answer": "So."}},
        "two": {"b": {"question": "What is it?", "answer": "the row"}}}
    assert list(read_key(tmp_path)) == ["one", "two"]
    assert key_of([]) == []


def test_the_key_refuses_a_name_of_two_guesses_and_a_variant_of_none(tmp_path):
    with pytest.raises(FileNotFoundError, match="No notebook in"):
        read_key(tmp_path)
    notebook(tmp_path, "one", "Guess [a]: Why?\nAnswer: So.")
    variants(tmp_path, f'AGAIN = {{"rows": [{ROWS} for n in (1, 3)]}}')
    with pytest.raises(ValueError, match=r"again/one\.py has variants of rows, a guess that one does not ask"):
        read_key(tmp_path)
    notebook(tmp_path, "two", "Guess [a]: Why?\nAnswer: So.")
    (tmp_path / "again" / "one.py").unlink()
    with pytest.raises(ValueError, match="Two guesses are called a, in one and two: give one name="):
        read_key(tmp_path)


# -- lines of code --------------------------------------------------------------------------------------------


def test_lines_that_end_in_an_error_do_not_work_and_change_nothing():
    given, lines = {"a": 1}, [compile("a = a + 1", "", "exec")]
    assert runs(lines, given, lambda names: names["a"]) is True
    assert runs(lines, given, lambda names: 0) is False
    assert runs(lines, given, lambda names: SimpleNamespace().missing) is False
    assert runs([compile("b = 1 / 0", "", "exec")], given, bool) is False
    assert given == {"a": 1}

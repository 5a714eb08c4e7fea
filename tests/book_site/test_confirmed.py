"""No build publishes an answer that a person has not confirmed: it stops with one sentence."""

import json
from types import SimpleNamespace

import nbformat
import pytest
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from places import ROOT

from book_utils.asking.questions import read_questions
from book_utils.book_site.confirmed import check_page, fault_of
from book_utils.book_site.widgets import STATE

ASKED = {"name": "rows", "question": "How many rows?", "answer_text": "5"}


def test_an_answer_is_compared_with_its_question():
    right = {"rows": {"question": "How many rows?", "answer": "5"}}
    assert fault_of("lookup", ASKED, right) is None
    assert "is not in tests/answer_key.json" in fault_of("lookup", ASKED, {})
    other_question = {"rows": {"question": "How many columns?", "answer": "5"}}
    assert "asks How many rows?, but How many columns? in" in fault_of("lookup", ASKED, other_question)


def checked(folder, *states, page="chapters/lookup"):
    """Check a page with these widgets, as it is while Sphinx writes it."""
    body = json.dumps({"state": {str(number): {"state": state} for number, state in enumerate(states)}})
    scripts = [SimpleNamespace(attributes={}), SimpleNamespace(attributes={"type": STATE, "body": body})]
    app = SimpleNamespace(srcdir=folder, builder=SimpleNamespace(_js_files=scripts[: 1 + bool(states)]))
    check_page(app, page, "page.html", {}, None)


def test_a_page_is_held_against_the_key_of_its_chapter(tmp_path):
    dial, wrong = {"value": 3}, ASKED | {"answer_text": "6"}
    checked(tmp_path, wrong)  # a book without a key
    (tmp_path / "tests").mkdir()
    key = {"lookup": {"rows": {"question": "How many rows?", "answer": "5"}}}
    (tmp_path / "tests" / "answer_key.json").write_text(json.dumps(key), encoding="utf-8")
    checked(tmp_path, dial, ASKED, dial)
    checked(tmp_path, ASKED, page="lookup")
    checked(tmp_path, dial, page="about")
    checked(tmp_path)
    for states, page, said in [((dial, ASKED, wrong), "chapters/lookup", "is answered 6, but 5"),
                               ((ASKED,), "chapters/grow", "grow: the guess rows, answered 5, is not in")]:
        with pytest.raises(SystemExit, match=said):
            checked(tmp_path, *states, page=page)


def test_what_the_guides_tell_is_what_was_confirmed():
    key = json.loads((ROOT / "tests" / "answer_key.json").read_text(encoding="utf-8"))
    told = {chapter: {guess["name"]: {"question": guess["question"], "answer": guess["answer_text"]}
                      for guess in asked["guesses"]} for chapter, asked in read_questions().items()}
    confirmed = {chapter: {name: {"question": one["question"], "answer": one["answer"]} for name, one in asked.items()}
                 for chapter, asked in key.items()}  # its variants are those of the recall page
    assert told == confirmed


def test_the_build_stops_with_one_sentence(build_book, tmp_path):
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8")) | {"title": "Rows"}
    (tmp_path / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: rows\n", encoding="utf-8")
    code = 'from book_utils.asking import Guess\nGuess("How many rows?", answer=len("abcde"), name="rows")'
    notebook = new_notebook(cells=[new_markdown_cell("# Rows"), new_code_cell(code)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    (tmp_path / "rows.ipynb").write_text(nbformat.writes(notebook), encoding="utf-8")
    (tmp_path / "tests").mkdir()
    key = {"rows": {"rows": {"question": "How many rows?", "answer": "6"}}}
    (tmp_path / "tests" / "answer_key.json").write_text(json.dumps(key), encoding="utf-8")
    done = build_book(tmp_path, check=False)
    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert "rows: the guess rows is answered 5, but 6 in tests/answer_key.json." in said
    assert not (done.site / "rows.html").exists()
    said_lines = [line for line in said.splitlines() if "the guess rows" in line]
    assert len(said_lines) == 1 and "Traceback" not in said

"""What a guess shows of its own cell: the lines that its answer needs, all of them and no others, and they run."""

import ast
import json

import numpy as np
import pytest
from places import ROOT

from book_utils import Guess
from book_utils.asking.own_code import coloured, computing
from book_utils.asking.questions import ASKS

CELLS = [
    "".join(cell["source"])
    for path in sorted((ROOT / "chapters").glob("*.ipynb"))
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
    if cell["cell_type"] == "code" and "\nGuess(" in "".join(cell["source"])
]


def shown(cell):
    """What the guess of a cell shows, found as the guess itself finds it: by the line of its call."""
    return computing(cell, cell[: ASKS.search(cell).start()].count("\n") + 1)


@pytest.mark.parametrize(("cell", "kept"), [
    ("a, b = 1, 2\nc = 3\nGuess('?', answer=a)", "a, b = 1, 2\nanswer = a"),
    ("total = 0\nfor n in range(4):\n    total += n\nGuess('?', answer=total)",
     "total = 0\nfor n in range(4):\n    total += n\nanswer = total"),
    ("rows = []\nrows.append(2)\nother = []\nother.append(1)\nGuess('?', answer=len(rows))",
     "rows = []\nrows.append(2)\nanswer = len(rows)"),
    ("x = np.zeros(3)\nx[1] = 5  # the middle\nGuess('?', answer=x.sum())",
     "x = np.zeros(3)\nx[1] = 5\nanswer = x.sum()"),
    ("try:\n    row = f(-1)\nexcept IndexError:\n    row = None\nGuess('?', answer=row)",
     "try:\n    row = f(-1)\nexcept IndexError:\n    row = None\nanswer = row"),
    ("def twice(n):\n    return 2 * n\nGuess('?', answer=twice(4))",
     "def twice(n):\n    return 2 * n\nanswer = twice(4)"),
    ("a = 1\nGuess('?', answer=a)\na = 2\nb = a", "a = 1\nanswer = a"),
    ("import math as m\nGuess('?', answer=m.pi)", "import math as m\nanswer = m.pi"),
    ("kinds = {'a': 'a note of more than thirty letters', 'b': 'short'}\nGuess('?', answer=list(kinds)[0])",
     "kinds = {'a': ..., 'b': 'short'}\nanswer = list(kinds)[0]"),
    ("Guess('?', answer={0: 'none at all, not a single one of them', 1: 'ä'}[0])",
     "answer = {0: 'none at all, not a single one of them', 1: 'ä'}[0]"),
    ("Guess('?', because='So.',\n      answer=1 +\n      2)", "answer = (\n    1 +\n          2)"),
    ("Guess('?', answer=[1,\n    2])", "answer = [1,\n    2]"),
    ("a = 1\nGuess('Why?', model_answer='Because.')", ""),
    ("%pip install x\nGuess('?', answer=1)", ""),
])
def test_the_lines_that_an_answer_needs(cell, kept):
    assert shown(cell) == kept


def test_no_line_of_a_chapter_is_missing_or_too_much():
    """Each name that the shown lines read is made there, before, or is made in no line of the cell at all."""
    assert len(CELLS) > 40
    asked = 0
    for cell in CELLS:
        code = shown(cell)
        asked += bool(code)
        assert bool(code) == ("model_answer=" not in cell)
        assert "Guess(" not in code and "because" not in code
        made_in_cell = {node.id for one in ast.parse(cell).body for node in ast.walk(one)
                        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        known: set[str] = set()
        for statement in ast.parse(code).body if code else []:
            names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
            known |= {node.id for node in names if isinstance(node.ctx, ast.Store)}
            assert {node.id for node in names} & made_in_cell <= known, code
    assert asked > 40


def test_the_shown_lines_give_the_answer_when_they_run():
    made = {"np": np, "Guess": Guess}
    cell = "n = np.arange(5)\nwide = n[:, None] * n\nnote = 'no'\nguess = Guess('How much?', answer=int(wide.sum()))"
    exec(cell, made)
    again = {"np": np}
    exec(computing(cell, 4), again)
    assert again["answer"] == made["guess"].answer == 100


def test_a_guess_reads_the_cell_that_makes_it():
    total = 3 + 4
    guess = Guess("What is the sum?", answer=total)
    assert "".join(text for _, text in guess.code).endswith("answer = total")
    assert ["m", "3"] in coloured("3 + 4") and coloured("") == []
    assert Guess("Why?", model_answer="Because.").code == []
    assert "answer = total" not in repr(guess) + guess._repr_mimebundle_()[0]["text/html"]  # the notebook has its cell
    assert "answer = total" in guess.plain_html(guess.get_state())

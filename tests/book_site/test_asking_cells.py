"""The source of a cell that asks is not on its page: it would tell the answer."""

import pytest
from docutils import nodes
from docutils.utils import new_document

from book_utils.book_site.asking_cells import LeaveOutAskingCode


def cell(source, hide_mode="input", element="cell_code_source"):
    code = nodes.literal_block(source, source)
    parts = [nodes.container("", code, nb_element=element), nodes.container("", nodes.paragraph("", "output"))]
    return nodes.container("", *parts, hide_mode=hide_mode, nb_element="cell_code")


def left(*cells):
    document = new_document("rows")
    document += nodes.section("", *cells)
    LeaveOutAskingCode(document).run()
    return [part.astext() for part in document.findall(nodes.literal_block)], document.astext().count("output")


@pytest.mark.parametrize("name", ["Guess", "Card", "HowSure"])
def test_a_hidden_cell_that_asks_leaves_only_what_it_shows(name):
    asking = f'size = 2\n{name}(\n    "How many?")'
    assert left(cell(asking), cell("print(2)"), cell(asking)) == (["print(2)"], 3)


@pytest.mark.parametrize("shown", [
    cell("see = Guess"), cell("first.Guess(1)"), cell("Guess(1)", hide_mode="output"), cell("Guess(1)", hide_mode=None),
    cell("Guess(1)", element="cell_code_output"),
])
def test_other_cells_keep_their_source(shown):
    assert len(left(shown)[0]) == 1


def test_an_empty_cell_is_no_fault():
    assert left(nodes.container("", hide_mode="input"), nodes.container("", nodes.paragraph("", "Guess(1)"),
                                                                       hide_mode="input")) == ([], 0)


def test_it_is_done_before_myst_nb_folds_cells_up():
    assert LeaveOutAskingCode.default_priority < 199

"""Plain Markdown of a notebook becomes tabs, addresses and words for the search, and nothing else changes."""

import json
from types import SimpleNamespace

import pytest

from book_utils.book_site.plain_markdown import as_myst, rewrite

ONE = "**NumPy**\n\n```python\nx = 1\n\ny = 2\n```"
TWO = "**PyTorch**\n\n```python\nx = 3\n```"


def test_blocks_below_names_become_tabs_and_each_keeps_its_code():
    assert as_myst(f"Before.\n\n{ONE}\n\n{TWO}\n\nAfter.") == (
        "Before.\n\n::::{tab-set}\n"
        ":::{tab-item} NumPy\n```python\nx = 1\n\ny = 2\n```\n:::\n\n"
        ":::{tab-item} PyTorch\n```python\nx = 3\n```\n:::\n"
        "::::\n\nAfter.")


@pytest.mark.parametrize("text", [
    ONE, f"{ONE}\n\nProse.\n\n{TWO}", 'Here <a id="rows"></a> it is', '<a href="#x"></a>', "They Also asked: x", "",
])
def test_what_only_looks_alike_stays(text):
    assert as_myst(text) == text


def test_every_address_and_every_line_of_other_words():
    assert as_myst('<a id="a-b"></a>\n### A\n\nAlso asked: x\n\n<a id="c"></a>\n### C') == (
        "(a-b)=\n### A\n\n:::{div} book-also\nAlso asked: x\n:::\n\n(c)=\n### C")


def read(cells, path="chapters/rows.ipynb"):
    source = [json.dumps({"cells": cells, "nbformat": 4})]
    app = SimpleNamespace(env=SimpleNamespace(doc2path=lambda name: path if name == "chapters/rows" else None))
    rewrite(app, "chapters/rows", source)
    return source[0]


def test_only_the_markdown_cells_of_a_notebook_are_written_anew():
    code = {"cell_type": "code", "source": ["Also asked: no"]}
    text = read([{"cell_type": "markdown", "source": ["Also ", "asked: é"]}, code])
    assert json.loads(text) == {"nbformat": 4, "cells": [
        {"cell_type": "markdown", "source": ":::{div} book-also\nAlso asked: é\n:::"}, code]}
    assert "é" in text


def test_a_page_that_is_no_notebook_stays_as_it_is():
    cells = [{"cell_type": "markdown", "source": "Also asked: x"}]
    assert json.loads(read(cells, "chapters/rows.md"))["cells"] == cells

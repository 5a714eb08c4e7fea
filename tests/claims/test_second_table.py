"""The numbers recorded of a second table are those that the measures give, where its file is at hand."""

import os

import pytest
from second_table import MEASURES, measured, recorded, words_of

from book_utils import open_table


def test_every_measure_was_recorded():
    assert list(recorded()) == list(MEASURES), "python tests/support/second_table.py FILE.gguf"


def test_the_record_is_what_the_measures_give():
    if not (file := os.environ.get("BOOK_SECOND_TABLE")):
        pytest.skip("LOUD: the second table was not measured again: set BOOK_SECOND_TABLE=FILE.gguf")
    for name, value in measured(words_of(open_table(file))).items():
        expected = recorded()[name]
        flat = value if isinstance(value, list) else [value]
        numbers = all(isinstance(part, float) for part in flat)
        assert value == (pytest.approx(expected, abs=2e-4) if numbers else expected), name

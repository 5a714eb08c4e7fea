"""The numbers recorded of a second table are those that the measures give, where its file is at hand."""

import pytest
from second_table import MEASURES, measured, recorded, words_of
from weights import weights_file

from book_utils import open_table


def test_every_measure_was_recorded():
    assert list(recorded()) == list(MEASURES), "python tests/support/second_table.py FILE.gguf"


def test_the_record_is_what_the_measures_give():
    for name, value in measured(words_of(open_table(weights_file()))).items():
        expected = recorded()[name]
        flat = value if isinstance(value, list) else [value]
        numbers = all(isinstance(part, float) for part in flat)
        assert value == (pytest.approx(expected, abs=2e-4) if numbers else expected), name

"""What tests of figures share: `pytestmark = pytest.mark.usefixtures("style", "closed")`."""

import matplotlib.pyplot as plt
import pytest


@pytest.fixture(scope="module")
def style():
    """The book's style."""
    with plt.style.context("book_utils.book"):
        yield


@pytest.fixture
def closed():
    """No figure stays open after a test."""
    yield
    plt.close("all")

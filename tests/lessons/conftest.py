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
    """No figure is open before a test, whatever ran before it, and none stays open after it."""
    plt.close("all")
    yield
    plt.close("all")

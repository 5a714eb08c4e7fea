"""The address of the repository: a build that publishes a copy knows it better than the configuration."""

from types import SimpleNamespace

import pytest

from book_utils.book_site.address import set_address

BUTTONS = {"colab_url": "https://colab", "thebe": True}


@pytest.fixture
def options(monkeypatch):
    """A function that gives the options of a theme as they are with an address and a branch from the environment."""
    def read(url=None, branch=None, **written):
        for name, value in (("BOOK_REPOSITORY", url), ("BOOK_BRANCH", branch)):
            monkeypatch.setenv(name, value) if value is not None else monkeypatch.delenv(name, raising=False)
        config = SimpleNamespace(html_theme_options=written)
        set_address(None, config)
        return config.html_theme_options

    return read


@pytest.mark.parametrize("url", [None, "", "/"])
def test_without_an_address_all_stays_as_it_is_written(options, url):
    assert options(url, "dev", launch_buttons=BUTTONS) == {"launch_buttons": BUTTONS}


def test_the_address_of_a_copy_takes_the_place_of_what_is_written(options):
    found = options("https://host/copy/", repository_url="https://host/ours", launch_buttons=BUTTONS, toc=1)
    told = {"repository_url": "https://host/copy", "repository_branch": "main"}
    assert found == {**told, "launch_buttons": BUTTONS, "toc": 1}


def test_a_notebook_that_knows_no_address_has_no_button_for_colab(options):
    given = dict(BUTTONS)
    assert options("https://host/copy", launch_buttons=given)["launch_buttons"] == {"thebe": True}
    assert given == BUTTONS
    assert options("https://host/copy")["launch_buttons"] == options("https://host/copy", launch_buttons=None)[
        "launch_buttons"] == {}


@pytest.mark.parametrize(("told", "written", "branch"), [
    ("dev", "old", "dev"), (None, "old", "old"), ("", "old", "old"), (None, "", "main"), ("dev", "", "dev"),
])
def test_the_branch_is_the_one_told_or_written_or_main(options, told, written, branch):
    assert options("https://host/copy", told, repository_branch=written)["repository_branch"] == branch

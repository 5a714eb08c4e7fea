"""What the tests share: the built book, served to this machine only; a browser; and which worker runs what."""

import os

# Beside other workers more threads only wait for each other. Before NumPy is imported; a build has two (test_site.py).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import shutil
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest
from browse import launch_options, serving
from nbval.plugin import IPyNbCell
from other_machines import other_machine
from page_weight import pages_of
from places import ROOT
from playwright.sync_api import expect
from scratch_book import faulty, scratch  # noqa: F401
from watching import watch
from workers import ByFile, arrange, made_once

BUILD = "from jupyter_book.cli.main import main; main()"
# Milliseconds: they cost nothing where all is well, and a busy machine may be slow. seed_faults sets fewer.
PATIENCE = int(os.environ.get("BOOK_PATIENCE", 120_000))
expect.set_options(timeout=PATIENCE)
# Notebooks answer from the record; a test runs two calls of each kind in it again (test_recorded_model.py).
os.environ["BOOK_LANGUAGE_MODEL"] = "recorded"


def pytest_collection_modifyitems(items):
    arrange(items)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item):
    """The kernel of a notebook, which nbval starts before its first cell, computes as on another processor."""
    if not isinstance(item, IPyNbCell):  # what a fixture has set must stay
        return (yield)
    with mock.patch.dict(os.environ, other_machine(1)):
        return (yield)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return ByFile(config, log)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args, playwright):
    """Chromium as tools/browse.py finds it; where there is none, skip with the line that installs it."""
    try:
        options = launch_options(playwright)
    except FileNotFoundError as error:
        if os.environ.get("CI"):
            pytest.fail(str(error))
        pytest.skip(f"\n\n!!! BROWSER TESTS SKIPPED: {error}\n")
    if not os.environ.get("CHROME_PATH") and (shell := shutil.which("chromium-headless-shell")):
        options["executable_path"] = shell  # the same engine, at half the cost
    return browser_type_launch_args | options


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    """No service worker but in its own tests: it would keep the whole site anew in every fresh context."""
    return browser_context_args | {"service_workers": "block"}


@pytest.fixture(scope="session")
def build_book(tmp_path_factory):
    """A function that builds a book into a fresh folder, or `into` one where it was built before.

    What is given by name is set in the environment of the build.
    """

    def build(source: Path, check: bool = True, into: Path | None = None, **variables: str):
        out = into or tmp_path_factory.mktemp("book")
        command = [sys.executable, "-c", BUILD, "build", str(source), "--path-output", str(out)]
        done = subprocess.run(
            [*command, "-W", "-n", "--keep-going"], capture_output=True, text=True, env=os.environ | variables
        )
        done.site = out / "_build" / "html"
        assert not check or done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done

    return build


@pytest.fixture(scope="session")
def site(build_book, tmp_path_factory):
    """The folder of the site, built as on another processor (its chapters run as on a third one, too, as tests).

    BOOK_HTML names a site that is there already, to save a developer's time.
    """
    if "BOOK_HTML" in os.environ:
        return Path(os.environ["BOOK_HTML"]).resolve()
    return made_once(tmp_path_factory, "site", lambda: build_book(ROOT, **other_machine(0)).site)


@pytest.fixture(scope="session")
def pages(site):
    """The names of all pages, such as chapters/lookup.html."""
    return pages_of(site)


@pytest.fixture(scope="session")
def served(site):
    """The address of the site, ending in a slash."""
    with serving(site) as server:
        yield server.address


@pytest.fixture(params=["http", "file"])
def start(request, served, site):
    """The address of the site, once from a server and once from a folder."""
    return served if request.param == "http" else site.as_uri() + "/"


@pytest.fixture
def new_context(new_context):
    """Contexts of the browser that are as patient as `expect` is."""

    def make(**options):
        context = new_context(**options)
        context.set_default_timeout(PATIENCE)
        return context

    return make


@pytest.fixture
def watched(page):
    """A page on which any fault fails the test: another host, a console error or warning, a missing file."""
    faults = []
    watch(page, faults)
    yield page
    assert faults == []

"""The built book for the browser tests: built once, served to this machine only, watched for faults."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import yaml
from browse import launch_options, serving
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from page_weight import pages_of
from places import ROOT
from scratch_book import scratch  # noqa: F401
from watching import watch

BUILD = "from jupyter_book.cli.main import main; main()"
SMALL_CONTENTS = "format: jb-book\nroot: start\nchapters:\n- file: one\n"
SMALL_PAGE = r"""# Start

A row is $E[i]$, and this is no formula: $\nonsense{x}$.

$$
\begin{aligned}
a &= b \\
  &= c
\end{aligned}
$$ (steps)

By {eq}`steps` it is so.

- [ ] to do

<table><thead><tr><th></th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>
"""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args, playwright):
    """Chromium as tools/browse.py finds it; where there is none, skip with the line that installs it."""
    try:
        options = launch_options(playwright)
    except FileNotFoundError as error:
        if os.environ.get("CI"):
            pytest.fail(str(error))
        pytest.skip(f"\n\n!!! BROWSER TESTS SKIPPED: {error}\n")
    return browser_type_launch_args | options


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    """No service worker but in its own tests: it would keep the whole site anew in every fresh context."""
    return browser_context_args | {"service_workers": "block"}


@pytest.fixture(scope="session")
def build_book(tmp_path_factory):
    """A function that builds a book into a fresh folder: no kept output may hide a change in book_utils."""

    def build(source: Path, check: bool = True):
        out = tmp_path_factory.mktemp("book")
        command = [sys.executable, "-c", BUILD, "build", str(source), "--path-output", str(out)]
        done = subprocess.run([*command, "-W", "-n", "--keep-going"], capture_output=True, text=True)
        done.site = out / "_build" / "html"
        assert not check or done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done

    return build


@pytest.fixture(scope="session")
def page_with(build_book, tmp_path_factory):
    """A function that builds a book of one page from one code cell; gives the address of the page in its folder."""

    def build(code: str) -> str:
        folder = tmp_path_factory.mktemp("one_page")
        shutil.copy(ROOT / "_config.yml", folder)
        (folder / "_toc.yml").write_text("format: jb-book\nroot: page\n", encoding="utf-8")
        notebook = new_notebook(cells=[new_markdown_cell("# One page"), new_code_cell(code)])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        (folder / "page.ipynb").write_text(nbformat.writes(notebook), encoding="utf-8")
        return (build_book(folder).site / "page.html").as_uri()

    return build


@pytest.fixture(scope="session")
def site(build_book):
    """The folder of the built site; BOOK_HTML names one that is there already, to save a developer's time."""
    if "BOOK_HTML" in os.environ:
        return Path(os.environ["BOOK_HTML"]).resolve()
    return build_book(ROOT).site


@pytest.fixture(scope="session")
def small_book(build_book, tmp_path_factory):
    """A book of two pages, with the real settings and what the real book does not (or must not) have:

    the address of a repository, a formula that cannot be converted, an empty table header and a task list.
    """
    source = tmp_path_factory.mktemp("small")
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    config["repository"]["url"] = "https://github.com/someone/embeddings"
    (source / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    (source / "_toc.yml").write_text(SMALL_CONTENTS, encoding="utf-8")
    (source / "start.md").write_text(SMALL_PAGE, encoding="utf-8")
    notebook = new_notebook(cells=[new_markdown_cell("# One")])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    (source / "one.ipynb").write_text(nbformat.writes(notebook), encoding="utf-8")
    return build_book(source, check=False)


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
def watched(page):
    """A page on which any fault fails the test: another host, a console error or warning, a missing file."""
    faults = []
    watch(page, faults)
    yield page
    assert faults == []

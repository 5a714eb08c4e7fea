"""The first cell of every chapter: it finds `book_utils` in the clone, or installed, or installs it.

What it installs from is the address in `_config.yml`: set it there, then run `make notebooks`. Never install by the
bare name: the package that has it on PyPI is not this one.
"""

import re
from pathlib import Path

import yaml

CONFIG = Path(__file__).resolve().parents[1] / "_config.yml"
TAG = "remove-cell"  # the built page does not show it
# Nothing that IPython would fill in, nor pip read as an option.
PLAIN_URL = re.compile(r"(https?|file)://[\w./~:@%+-]+", re.ASCII)
PLAIN_BRANCH = re.compile(r"\w[\w./+-]*", re.ASCII)

FIND = """\
# Find book_utils: in the clone around this notebook, or installed.
import sys
from importlib.util import find_spec
from pathlib import Path

if (Path.cwd().parent / "book_utils" / "__init__.py").exists():
    sys.path.insert(0, str(Path.cwd().parent))
if find_spec("book_utils") is None:
"""
INSTALL = "    %pip install -q git+{url}@{branch}"
WEIGHTS = """
    # The language model itself, 93 MB (a record answers without it):
    # %run -m book_utils model"""
SAY = """\
    raise ModuleNotFoundError(
        "There is no book_utils here: open this notebook in a clone of the "
        "book, or run  pip install FOLDER  with the folder of the clone.")"""


def address(config: Path = CONFIG) -> tuple[str, str]:
    """Return the URL and the branch of the repository from `_config.yml`, ("", "main") where there is none.

    Raises ValueError for an address that pip cannot fetch from as it stands.
    """
    named = (yaml.safe_load(config.read_text(encoding="utf-8")) or {}).get("repository") or {}
    url, branch = (named.get("url") or "").rstrip("/"), named.get("branch") or "main"
    if url and not PLAIN_URL.fullmatch(url):
        raise ValueError(f"repository.url in {config.name} must be like https://github.com/OWNER/NAME; got {url!r}.")
    if not PLAIN_BRANCH.fullmatch(branch):
        raise ValueError(f"repository.branch in {config.name} must be the name of a branch; got {branch!r}.")
    return url, branch


def first_cell(url: str, branch: str, model: bool = False) -> str:
    """Return the source of the first cell: without an address it can only say what to do.

    Where a chapter runs a language model (`model`), it offers the weights on a machine that it installs the book on.

    >>> print(first_cell("https://github.com/someone/embeddings", "main").splitlines()[-1])
        %pip install -q git+https://github.com/someone/embeddings@main
    """
    install = INSTALL.format(url=url, branch=branch) + WEIGHTS * model
    return FIND + (install if url else SAY)


def runs_model(notebook) -> bool:
    """Say whether a notebook opens the language model."""
    return any("load_language_model(" in cell.source for cell in notebook.cells if cell.cell_type == "code")

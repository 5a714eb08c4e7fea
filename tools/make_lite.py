"""Build a JupyterLab that runs in the reader's browser, beside the built pages: SITE/lite, to be served as it is.

    python tools/make_lite.py PYTHON [SITE] [--pyodide FILE]

PYTHON is that of an environment with requirements-lite.txt. SITE is _build/html unless given.
Python itself (Pyodide) and its NumPy come from a public host when the lab is opened, unless FILE has them: a
release of Pyodide (pyodide-VERSION.tar.bz2), which then becomes part of the site.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import tempfile
from html import unescape
from pathlib import Path

from book_utils.book_site.downloads import finish_site

ROOT = Path(__file__).resolve().parents[1]
# In the lab this takes the wheel that lies beside it, and asks no registry: see CONFIG.
INSTALL = "# First of all: get book_utils, and what it needs.\n%pip install -q book-utils"
KERNEL = {"name": "python", "display_name": "Python (Pyodide)", "language": "python"}
# What book_utils needs and Pyodide does not have; widgetsnbextension and ipykernel come with the lab.
WHEELS = ["anywidget", "comm", "ipywidgets", "jupyterlab_widgets", "psygnal"]
APPS = ["--apps", "lab", "--no-sourcemaps", "--no-unused-shared-packages"]
CONFIG = {
    "jupyter-lite-schema-version": 0,
    "jupyter-config-data": {
        # Or a name that is missing here would be fetched from the public registry, whoever owns it there.
        "litePluginSettings": {"@jupyterlite/pyodide-kernel-extension:kernel": {"disablePyPIFallback": True}},
    },
}


def lab_notebook(notebook: dict) -> dict:
    """Return a chapter for the lab: its first cell installs the wheel, nothing has run yet, the kernel is the lab's.

    Raises ValueError if the first cell is not the one that finds book_utils.
    """
    first, *others = notebook["cells"]
    source = "".join(first["source"])
    if first["cell_type"] != "code" or "book_utils" not in source or "find_spec" not in source:
        raise ValueError(f"the first cell of a chapter must be the one that finds book_utils; got {source[:60]!r}.")
    cells = [first | {"source": INSTALL, "metadata": {}}, *others]  # not folded: here the reader has to run it
    fresh = [cell | {"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else cell for cell in cells]
    return notebook | {"cells": fresh, "metadata": notebook["metadata"] | {"kernelspec": KERNEL}}


def build(python: str, site: Path, pyodide: Path | None = None, chapters: Path = ROOT / "chapters") -> Path:
    """Build the lab with all notebooks of `chapters` into the folder `lite` of a site, and return that folder."""
    lab = site.resolve() / "lite"
    shutil.rmtree(lab, ignore_errors=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_chapters(chapters, folder / "content")
        collect_wheels(python, folder)
        (folder / "jupyter-lite.json").write_text(json.dumps(CONFIG), encoding="utf-8")
        command = ["jupyterlite_core", "build", "--lite-dir", folder, "--contents", folder / "content"]
        if pyodide:
            command += ["--pyodide", pyodide.resolve()]
        run(python, [*command, "--output-dir", lab, *APPS], folder)
    return lab


def write_chapters(chapters: Path, folder: Path) -> None:
    """Write all chapters as the lab shows them."""
    folder.mkdir()
    for path in sorted(chapters.glob("*.ipynb")):
        notebook = lab_notebook(json.loads(path.read_text(encoding="utf-8")))
        (folder / path.name).write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def collect_wheels(python: str, folder: Path) -> None:
    """Put book_utils and what it needs into the folder `pypi`, all in pure Python."""
    source, wheels = folder / "source", folder / "pypi"
    # Of a copy: a build leaves files behind, and would find old ones.
    shutil.copytree(ROOT / "book_utils", source / "book_utils", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, source)
    run(python, ["pip", "wheel", "-q", "--no-deps", "--wheel-dir", wheels, source], folder)
    ask = f"from importlib.metadata import version; print(*(f'{{name}}=={{version(name)}}' for name in {WHEELS}))"
    pins = subprocess.run([python, "-c", ask], check=True, capture_output=True, text=True).stdout.split()
    pure = ["--no-deps", "--only-binary=:all:", "--platform=any", "--implementation=py", "--abi=none"]
    run(python, ["pip", "download", "-q", *pure, "--dest", wheels, *pins], folder)


def run(python: str, arguments: list, folder: Path) -> None:
    """Run a module in the lab's environment; raises CalledProcessError after showing what it said."""
    command = [python, "-m", *map(str, arguments)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        print(done.stdout[-3000:] + done.stderr[-3000:])
    done.check_returncode()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("python", help="the python of an environment with requirements-lite.txt")
    parser.add_argument("site", type=Path, nargs="?", default=ROOT / "_build" / "html")
    parser.add_argument("--pyodide", type=Path, help="a release of Pyodide (.tar.bz2) to put beside the lab")
    options = parser.parse_args()
    index = options.site / "index.html"
    if not index.is_file():
        parser.error(f"{options.site} has no index.html: build the book first (make book).")
    lab = build(os.path.abspath(options.python), options.site, options.pyodide)
    files = [path for path in lab.rglob("*") if path.is_file()]
    print(f"{lab}: {len(files)} files, {sum(path.stat().st_size for path in files) / 1e6:.0f} MB")
    title = re.search(r"<title>(.*?)</title>", index.read_text(encoding="utf-8"))
    finish_site(options.site, unescape(title[1]))  # now the pages offer it


if __name__ == "__main__":
    main()

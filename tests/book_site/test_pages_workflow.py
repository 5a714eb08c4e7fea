"""The workflow that publishes the book, and the links that its build gives to the launch buttons."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
WORKFLOW = ROOT / ".github" / "workflows" / "book.yml"


@pytest.fixture(scope="module")
def jobs():
    return yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]


def links(build_book, folder, url: str) -> list[str]:
    """Build a book of one notebook with this address in its settings; give the addresses of its launch buttons."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    config["repository"]["url"] = url
    (folder / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    (folder / "_toc.yml").write_text("format: jb-book\nroot: start\n", encoding="utf-8")
    (folder / "start.md").write_text(
        "---\njupytext:\n  text_representation:\n    format_name: myst\nkernelspec:\n  name: python3\n"
        "  display_name: Python 3\n---\n# Start\n", encoding="utf-8")
    text = (build_book(folder).site / "start.html").read_text(encoding="utf-8")
    return re.findall(r'href="(https://[^"]*)">Run on \w+', text)


def test_the_build_takes_the_address_from_the_workflow(build_book, tmp_path, monkeypatch):
    monkeypatch.setenv("BOOK_REPOSITORY", "https://github.com/a-teacher/embeddings")
    monkeypatch.setenv("BOOK_BRANCH", "fall/26")
    # No Colab: it would have the notebook alone, and the notebook knows no address to install from.
    assert links(build_book, tmp_path, url="") == [
        "https://mybinder.org/v2/gh/a-teacher/embeddings/fall/26?urlpath=lab/tree/start.md"]


def test_a_copy_leads_to_itself(build_book, tmp_path, monkeypatch):
    monkeypatch.setenv("BOOK_REPOSITORY", "https://github.com/a-teacher/embeddings")
    monkeypatch.delenv("BOOK_BRANCH", raising=False)
    assert links(build_book, tmp_path, url="https://github.com/someone/embeddings") == [
        "https://mybinder.org/v2/gh/a-teacher/embeddings/main?urlpath=lab/tree/start.md",
        "https://colab.research.google.com/github/a-teacher/embeddings/blob/main/start.md"]


def test_the_workflow_sets_what_the_build_reads(jobs):
    read = set(re.findall(r'environ\.get\("(\w+)"', (ROOT / "book_utils/book_site/address.py").read_text("utf-8")))
    build = next(step for step in jobs["build"]["steps"] if step.get("run", "").endswith("make book"))
    assert build["env"].keys() == read == {"BOOK_REPOSITORY", "BOOK_BRANCH"}


def test_nothing_is_published_untested_and_only_publishing_may_write(jobs):
    assert jobs["publish"]["needs"] == ["test", "build"]
    assert any(step.get("run") == ".ci/run" for step in jobs["test"]["steps"])
    assert [name for name, job in jobs.items() if "permissions" in job] == ["publish"]
    assert yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["permissions"] == {"contents": "read"}


def test_actions_are_official_and_pinned(jobs):
    used = [step["uses"] for job in jobs.values() for step in job["steps"] if "uses" in step]
    assert used and all(re.fullmatch(r"actions/[a-z-]+@(v\d+|[0-9a-f]{40})", action) for action in used)


def test_binder_takes_a_python_that_is_tested(jobs):
    """Without the file repo2docker takes the newest Python that `requires-python` allows, tested here or not."""
    version = re.fullmatch(r"python-(3\.\d+)\n", (ROOT / "runtime.txt").read_text(encoding="utf-8"))[1]
    assert version in jobs["test"]["strategy"]["matrix"]["python"]

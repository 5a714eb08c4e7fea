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


def links(page: Path) -> list[str]:
    """The addresses of the launch buttons of a built page."""
    return re.findall(r'href="(https://[^"]*)">Run on \w+', page.read_text(encoding="utf-8"))


def test_the_build_takes_the_address_from_the_workflow(scratch):
    # No Colab: it would have the notebook alone, and the notebook knows no address to install from.
    assert links(scratch.folder / "kinds.html") == [
        "https://mybinder.org/v2/gh/a-teacher/embeddings/fall/26?urlpath=lab/tree/kinds.ipynb"]


def test_a_copy_leads_to_itself(faulty):
    assert links(faulty.site / "one.html") == [
        "https://mybinder.org/v2/gh/a-teacher/embeddings/main?urlpath=lab/tree/one.ipynb",
        "https://colab.research.google.com/github/a-teacher/embeddings/blob/main/one.ipynb"]


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

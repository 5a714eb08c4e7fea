"""Every statement of the pages has something behind it: an experiment, a source, or a word why it needs none."""

import ast
import json
import re

import claims
import pytest
from claims import PLAIN, REASON, ROOT, TABLES, of_page, pages, read_table

# Pages whose sentences nobody has gone through yet: take a name out, and run  python tools/claims.py --write
NOT_YET: set[str] = set()
CHAPTERS = {path.stem for path in (ROOT / "chapters").glob("*.ipynb")} - {"lab"}
ASSIGNMENTS = {f"{path.stem}_assignment" for path in (ROOT / "assignments" / "source").glob("*/*.ipynb")}
PAGES = pages()
each_page = pytest.mark.parametrize("name", PAGES)


def experiments(page):
    """Name the experiments of a page; those of a chapter serve its assignment too."""
    path = TABLES / f"test_{page.removesuffix('_assignment')}_claims.py"
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.exists() else ast.Module([])
    return {node.name.removeprefix("test_") for node in tree.body
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_every_chapter_and_every_assignment_has_a_table():
    new = (CHAPTERS | ASSIGNMENTS) - set(PAGES) - NOT_YET
    assert not new, f"put {{}} into tests/claims/NAME.json, for each of {new}, then --write"


def test_a_changed_sentence_asks_to_be_confirmed_again(tmp_path, monkeypatch):
    monkeypatch.setattr(claims, "TABLES", tmp_path)
    confirmed = {"A row is copied.": "computed", "Rows are long.": "definition"}
    (tmp_path / "page.json").write_text(json.dumps(confirmed), encoding="utf-8")
    page = tmp_path / "page.md"
    page.write_text("# A row is copied.\n\n- Rows are short. Why?\n\n```\ncode = 1\n```\n", encoding="utf-8")
    assert claims.brought_up("page", page) == {"A row is copied.": "computed", "Rows are short.": "?"}


def test_a_note_keeps_the_choice_that_it_speaks_of():
    said = "Guess [a]: Rows have names. Which?\n  ( ) yes\n  ( ) no\nAnswer: no\n  yes: They have none. See.\nSo it is."
    assert claims.of_widget(said) == ["Rows have names.", "yes: They have none.", "See.", "So it is."]


@each_page
def test_the_table_holds_every_sentence_and_no_other(name):
    said, confirmed = of_page(PAGES[name]), read_table(name)
    missing = [sentence for sentence in said if confirmed.get(sentence, "?") == "?"]
    gone = [sentence for sentence in confirmed if sentence not in said]
    assert not missing, "python tools/claims.py --write, then say what backs:\n" + "\n".join(missing)
    assert not gone, "python tools/claims.py --write takes out what the page no longer says:\n" + "\n".join(gone)


@each_page
def test_what_stands_behind_a_sentence_is_there(name):
    known = experiments(name)
    for sentence, backing in read_table(name).items():
        if backing.startswith("source: "):
            assert re.search(r"arxiv|doi|aclanthology|https?://|docs|github|model card|config|transformers|\d{4}",
                             backing, re.IGNORECASE), f"which source? {backing!r} for: {sentence}"
        elif backing.startswith("test: "):
            file, test = backing[6:].split("::")
            texts = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob(file)]
            assert any(f"def {test}(" in text for text in texts), f"no such test: {backing} for: {sentence}"
        elif backing not in PLAIN:
            unknown = [name for name in backing.split(", ") if name not in known]
            assert not unknown, f"no such experiment: {unknown} for: {sentence}"


@each_page
def test_a_sentence_that_gives_a_reason_is_no_mere_guide(name):
    for sentence, backing in read_table(name).items():
        assert not (backing == "guide" and REASON.search(sentence)), sentence


def test_every_experiment_stands_behind_a_sentence():
    for path in TABLES.glob("test_*_claims.py"):
        chapter = path.stem.removeprefix("test_").removesuffix("_claims")
        tables = [read_table(page) for page in PAGES if page.removesuffix("_assignment") == chapter]
        used = {name for table in tables for backing in table.values() for name in backing.split(", ")}
        assert experiments(chapter) - used == set()

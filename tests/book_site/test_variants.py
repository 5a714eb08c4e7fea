"""What a guess asks when it comes back is written for the recall page, and only as the answer key confirms it."""

import json
import re

import pytest

from book_utils.book_site.built_pages import Site
from book_utils.book_site.variants import again_of

AGAIN = """from book_utils.asking import Guess
AGAIN = {"tied": [Guess(f"{n} é?", answer=n) for n in (1, 2)], "rows": [Guess(f"{n} rows?", answer=n) for n in (3, 4)]}
"""


@pytest.fixture
def small_site(tmp_path):
    """A book of two chapters, one with variants, and its empty site."""
    (tmp_path / "chapters" / "again").mkdir(parents=True)
    (tmp_path / "chapters" / "again" / "lookup.py").write_text(AGAIN, encoding="utf-8")
    (tmp_path / "tests").mkdir()
    (tmp_path / "site").mkdir()
    return Site(tmp_path / "site", source=tmp_path)


def confirm(small_site, **names):
    """Write an answer key in which these guesses have variants with these answers, in the form of their questions."""
    entries = {name: {"again": [{"question": form.format(n), "answer": str(n)} for n in numbers]}
               for name, (form, numbers) in names.items()}
    (small_site.source / "tests" / "answer_key.json").write_text(json.dumps({"lookup": entries}), encoding="utf-8")


def test_variants_are_a_file_that_the_recall_page_asks_for(small_site):
    confirm(small_site, tied=("{} é?", [1, 2]), rows=("{} rows?", [3, 4]))
    told = again_of(small_site, "chapters/lookup.html")
    assert told["names"] == ["rows", "tied"] and told["parts"] == 1
    assert re.fullmatch("again-lookup-[0-9a-f]{8}", told["file"])
    [written] = (small_site.folder / "_static" / "lazy").iterdir()
    assert written.name == f"{told['file']}-0.js" and "é" in written.read_text(encoding="utf-8")
    name, number, text = json.loads(f"[{written.read_text(encoding='utf-8').strip()[len('bookPart('):-2]}]")
    asked = {guess: [variant["question"] for variant in variants] for guess, variants in json.loads(text).items()}
    assert (name, number) == (told["file"], 0)
    assert asked == {"tied": ["1 é?", "2 é?"], "rows": ["3 rows?", "4 rows?"]}


def test_a_chapter_without_variants_has_no_file(small_site):
    assert again_of(small_site, "chapters/grow.html") == {}
    assert list(small_site.folder.rglob("*.js")) == []


def test_a_book_without_a_key_is_not_checked(small_site):
    assert again_of(small_site, "chapters/lookup.html")["names"] == ["rows", "tied"]


@pytest.mark.parametrize("key", [
    {"tied": ("{} é?", [1, 3]), "rows": ("{} rows?", [3, 4])}, {"tied": ("{} é?", [1, 2])}, {},
])
def test_the_build_stops_at_variants_that_nobody_confirmed(small_site, key):
    confirm(small_site, **key)
    with pytest.raises(SystemExit, match="lookup: the variants of the guess (tied|rows) are not those in"):
        again_of(small_site, "chapters/lookup.html")


def test_the_key_of_another_chapter_confirms_nothing(small_site):
    (small_site.source / "tests" / "answer_key.json").write_text('{"grow": {}}')
    with pytest.raises(SystemExit):
        again_of(small_site, "chapters/lookup.html")

"""Scripts of Sphinx and the theme are mended where they fail, and a new edition that is otherwise is noticed."""

import json
import re
import subprocess
from pathlib import Path

import pydata_sphinx_theme
import pytest
import sphinx

from book_utils.book_site.theirs import MENDED, SEARCH, THEME, TOOLS, mend_scripts, mended

SPHINX = Path(sphinx.__file__).parent / "themes" / "basic" / "static"
SCRIPTS = {SEARCH: SPHINX / SEARCH, TOOLS: SPHINX / TOOLS, "sphinx_highlight.js": SPHINX / "sphinx_highlight.js",
           THEME: Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme" / "static" / THEME}


@pytest.fixture
def static(tmp_path):
    """The folder `_static` of a site, with the scripts as they are installed here."""
    for name, path in SCRIPTS.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def said(static) -> dict[str, str]:
    return {path.relative_to(static).as_posix(): path.read_text(encoding="utf-8") for path in static.rglob("*.js")}


def test_storage_is_asked_for_in_one_place(static):
    mend_scripts(static)
    found = said(static)
    assert found.keys() == SCRIPTS.keys()
    for name in (THEME, "sphinx_highlight.js"):
        assert "pageStorage.local." in found[name] and not re.search(r"(?<![.\w])localStorage\.[a-z]+Item", found[name])


def test_the_index_of_the_search_has_no_words_but_its_own(static):
    mend_scripts(static)
    text = said(static)[SEARCH]
    assert "Object.setPrototypeOf(part, null)" in text and "hasOwnProperty(word)" not in text


def test_nothing_is_compiled_in_the_browser(static):
    mend_scripts(static)
    assert not any("new Function" in text for text in said(static).values())


# Three elements that note when they are asked for their size, which has a page laid out if anything was written before.
ELEMENTS = """const log = [];
const element = (inside, outside) => ({ clientWidth: outside, scrollHeight: 9, clientHeight: 9,
  get scrollWidth() { log.push("read"); return inside; }, set tabIndex(place) { log.push(place); } });
const document = { querySelectorAll: () => [element(9, 5), element(5, 5), element(7, 5)] };
EXPRESSION;
console.log(JSON.stringify(log));"""


def test_what_scrolls_is_asked_of_all_before_anything_is_written():
    [(theirs, ours)] = MENDED[THEME].items()
    noted = [json.loads(subprocess.run(["node", "-e", ELEMENTS.replace("EXPRESSION", text)], check=True,
                                       capture_output=True, text=True).stdout) for text in (theirs, ours)]
    assert noted == [["read", 0, "read", -1, "read", 0], ["read", "read", "read", 0, -1, 0]]


def test_a_second_time_changes_nothing(static):
    (static / "translations.js").write_text('{"plural_expr": "(n != 1)", "é": 1}', encoding="utf-8")
    mend_scripts(static)
    once = said(static)
    assert once["translations.js"] == '{"plural_expr": (n) => +((n != 1)), "é": 1}'
    mend_scripts(static)
    assert said(static) == once


@pytest.mark.parametrize("name", [SEARCH, TOOLS, THEME])
def test_a_script_that_no_longer_says_what_is_mended_is_refused(name):
    with pytest.raises(ValueError, match=f"{name} no longer says"):
        mended(name, "let a = 1;")


def test_only_storage_of_the_page_itself_is_meant():
    text = "own.localStorage.getItem(1); mylocalStorage.setItem(2); localStorage.clear(); sessionStorage.setItem(3)"
    assert mended("sphinx_highlight.js", text) == text.replace("sessionStorage", "pageStorage.session")
    assert mended("other.js", text) == text

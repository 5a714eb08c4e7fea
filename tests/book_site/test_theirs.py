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


# Elements that note when they are asked for their size, which has a page laid out if anything was written before, and
# has what is not in its layout laid out for that alone. `say` does what the script does on load and then after CHANGES.
ELEMENTS = """const log = [];
const element = (name, inside, seen = true) => ({ clientWidth: 5, scrollHeight: 9, clientHeight: 9, place: null,
  checkVisibility: (by) => { if (!by.contentVisibilityAuto) throw Error(); return seen; },
  get scrollWidth() { log.push("read " + name); return inside; },
  getAttribute(which) { return which === "tabindex" ? this.place : null; },
  set tabIndex(place) { this.place = String(place); log.push(place); } });
const all = [element("a", 9), element("b", 5), element("far", 7, false)], document = { querySelectorAll: () => all };
const say = EXPRESSION;
say();
log.push("change");
say(CHANGES);
console.log(JSON.stringify(log));"""
EACH = ["read a", 0, "read b", -1, "read far", 0]
FIRST = ["read a", "read b", "read far", 0, -1, 0]


def noted(expression: str, changes: str) -> list:
    text = ELEMENTS.replace("EXPRESSION", expression).replace("CHANGES", changes)
    return json.loads(subprocess.run(["node", "-e", text], check=True, capture_output=True, text=True).stdout)


def test_what_scrolls_is_asked_of_all_before_anything_new_is_written_and_later_only_of_what_is_laid_out():
    (theirs, ours), _ = MENDED[THEME].items()
    assert noted(theirs, "[{}]") == [*EACH, "change", *EACH]
    assert noted(ours, "[{}]") == [*FIRST, "change", "read a", "read b"]
    assert noted(ours, "{}") == [*FIRST, "change", "read a", "read b", "read far"]  # another width: asked of all again
    old = ours.replace("checkVisibility", "anotherMethod")  # a browser that cannot tell
    assert noted(old, "[{}]") == [*FIRST, "change", "read a", "read b", "read far"]


# The script's own function and the one by which it waits, in a page where timers wait for `pass` and nobody measures.
WATCHES = """const timers = new Map(), acts = {}, log = [];
const setTimeout = (act) => { timers.set(act, act); return act; }, clearTimeout = (act) => timers.delete(act);
const pass = () => { for (const act of [...timers.values()]) { timers.delete(act); act(); } };
const listens = { addEventListener: (type, act) => { acts[type] = act; } }, window = listens;
const element = (name, seen) => ({ checkVisibility: () => seen, getAttribute: () => "-1",
  get scrollWidth() { log.push(name); return 0; } });
const document = { ...listens, getElementById: () => null,
  querySelectorAll: () => [element("near", true), element("far", false)] };
class MutationObserver { constructor(act) { acts.change = () => act([{}]); } observe() {} }
FUNCTIONS
WATCH();
const told = [];
for (const acted of ACTED) {
  log.length = 0;
  for (const type of acted) acts[type]({ type });
  pass();
  told.push([...log]);
}
console.log(JSON.stringify(told));"""


def test_a_change_in_the_wake_of_another_width_does_not_keep_what_is_far_from_being_asked(static):
    """Widgets are painted anew then; what comes into sight, or is opened, is asked like what has changed."""
    mend_scripts(static)
    text = said(static)[THEME]
    watch = re.search(r"function (\w+)\(\)\{const e=changes=>.*?,e\(\)\}", text)
    wait = re.search(rf"function {re.search(r't=(.)[(]e,300[)]', watch[0])[1]}\(e,t\).*?\}},t\)\}}\}}", text)
    acted = [["change"], ["resize"], ["resize", "change"], ["change", "resize"], ["toggle"],
             ["contentvisibilityautostatechange", "change"]]
    code = WATCHES.replace("FUNCTIONS", watch[0] + wait[0]).replace("WATCH()", f"{watch[1]}()")
    done = subprocess.run(["node", "-e", code.replace("ACTED", json.dumps(acted))], check=True, capture_output=True,
                          text=True)
    told = [sorted(set(those)) for those in json.loads(done.stdout)]
    near, all_of_it = ["near"], ["far", "near"]
    assert told == [near, all_of_it, all_of_it, all_of_it, near, near]


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

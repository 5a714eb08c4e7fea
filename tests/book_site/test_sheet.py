"""The one sheet of the site: which rules it keeps, where pages find it, and what is left over and taken away."""

import re
from types import SimpleNamespace

import pytest

from book_utils.book_site import sheet
from book_utils.book_site.built_pages import Site
from book_utils.book_site.sheet import make_one_sheet, purge, split

WORDS = {"a", "b", "row", "card", "fa", "cardinal"}


@pytest.mark.parametrize(("css", "kept"), [
    ("p { color: red }", "p{color: red}"),
    (".a.b #row > p:first-child { top: 0 }", ".a.b #row > p:first-child{top: 0}"),
    (".a.c { top: 0 }", ""), ("#c { top: 0 }", ""), (".a .c { top: 0 } .b { top: 1px }", ".b{top: 1px}"),
    (".c, p, .b{top: 0}", "p,.b{top: 0}"),
    (".card { top: 0 } .fa-x, .fa { top: 0 } .cardinal { top: 0 }", ".cardinal{top: 0}"),  # two are unwanted
    (".a:not(.c) { top: 0 }", ".a:not(.c){top: 0}"),
    (".a:is(.c, p:not(.d)) b { top: 0 }", ".a:is(.c, p:not(.d)) b{top: 0}"),
    ('[class*=".c"] { top: 0 }', '[class*=".c"]{top: 0}'),
    ("@media print { .a { top: 0 } .c { top: 0 } }", "@media print {.a{top: 0}}"),
    ("@media print { .c { top: 0 } }", ""), ("@supports (top: 0) { .a{top: 0} }", "@supports (top: 0) {.a{top: 0}}"),
    ("@MEDIA print { .c { top: 0 } .a{top: 0} }", "@MEDIA print {.a{top: 0}}"),
    ("@font-face { font-family: x }", ""), ("@keyframes fa-spin { from { top: 0 } }", ""),
    ("@keyframes turn { from { top: 0 } }", "@keyframes turn { from { top: 0 } }"),
    ("/* words */ .a{top: 0}", ".a{top: 0}"),
])
def test_a_rule_stays_where_a_page_can_match_it(css, kept):
    assert purge(css, WORDS) == kept


def test_selectors_are_parted_at_commas_outside_of_brackets():
    """Held against a plain loop over the letters."""
    text = "a , b:is(c, d:not(e, f), g) h,[i='j,k'] , :not(l,m)"
    parts, depth = [""], 0
    for letter in text:
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    assert split(text) == [part.strip() for part in parts]
    assert len(parts) == 4


@pytest.fixture
def small_site(tmp_path, monkeypatch):
    """A site as Sphinx wrote it, with the sheets and scripts of the theme."""
    monkeypatch.setattr(sheet, "mend_scripts", lambda static: mended.append(static))
    mended = []
    static = {
        "basic.css": ".a{left: 0} .gone{left: 0}", "styles/pydata-sphinx-theme.css": ".a{top: 0} .said{top: 0}",
        "pygments.css": ".row{top: 0}", "styles/sphinx-book-theme.css": "", "mystnb.12.css": "#row{left: 1px}",
        "sphinx-design.min.css": "@media print {.a{top: 2px}}", "vendor/font.css": "x", "locales/de.js": "gone",
        "images/x.png": "", "scripts/fontawesome.js": "gone", "scripts/bootstrap.js": "gone",
        "scripts/sphinx-book-theme.js": "gone", "scripts/pydata-sphinx-theme.js": "said", "scripts/a.map": "",
        "x-webpack-macros.html": "", "own.css": ".own{top: 0}", "book/host.js": "said",
    }
    pages = {"index.html": '<link href="_static/book.css?v=0ld"><p class="a">',
             "b/c.html": '"../_static/book.css" id="row"'}
    for name, text in {**pages, **{f"_static/{name}": text for name, text in static.items()}}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return SimpleNamespace(built=Site(tmp_path), static=tmp_path / "_static", mended=mended)


def test_one_sheet_in_the_order_of_the_theme_and_ours_behind_it(small_site):
    make_one_sheet(small_site.built)
    css = (small_site.static / "book.css").read_text(encoding="utf-8")
    assert css.startswith("/* Made by") and "gone" not in css.partition(":root")[0]
    order = [".a{left: 0}", ".a{top: 0}", ".said{top: 0}", ".row{top: 0}", "#row{left: 1px}",
             "@media print {.a{top: 2px}}", "--icon-bars:", (sheet.HERE / "design.css").read_text(encoding="utf-8"),
             (sheet.HERE / "page.css").read_text(encoding="utf-8")]
    places = [css.find(part) for part in order]
    assert -1 not in places and places == sorted(places)
    assert small_site.mended == [small_site.static]


def test_what_no_page_loads_is_taken_away(small_site):
    make_one_sheet(small_site.built)
    left = {path.relative_to(small_site.static).as_posix() for path in small_site.static.rglob("*")}
    assert left == {"book.css", "own.css", "book", "book/host.js", "scripts", "scripts/pydata-sphinx-theme.js"}


def test_the_address_of_the_sheet_changes_with_it_and_a_second_build_without_pages_changes_nothing(small_site):
    make_one_sheet(small_site.built)
    first = dict(small_site.built.pages)
    versions = {re.search(r'_static/book\.css\?v=([0-9a-f]{8})"', text)[1] for text in first.values()}
    assert len(versions) == 1 and not any("0ld" in text for text in first.values())
    make_one_sheet(small_site.built)
    assert small_site.built.pages == first and small_site.mended == [small_site.static]
    (small_site.static / "basic.css").write_text(".a{left: 3px}", encoding="utf-8")
    make_one_sheet(small_site.built)
    assert small_site.built.pages.keys() == first.keys() and small_site.built.pages != first

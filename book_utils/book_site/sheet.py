"""One style sheet for the whole site, without the rules that no page can match, and no files left over."""

import re
import shutil
from hashlib import sha256
from pathlib import Path

import tinycss2

from .built_pages import Site
from .icons import icon_css
from .theirs import mend_scripts

HERE = Path(__file__).parent
# In the order in which the theme's pages would load them.
SHEETS = [
    "basic.css",
    "styles/pydata-sphinx-theme.css",
    "pygments.css",
    "styles/sphinx-book-theme.css",
    "mystnb.*.css",
    "sphinx-design.min.css",
]
BANNER = """/* Made by book_utils.book_site from sheets of Sphinx, myst-nb, sphinx-design (MIT),
pydata-sphinx-theme and sphinx-book-theme (BSD-3-Clause), which contain Bootstrap (MIT);
the licences come with those packages. */
"""
# Read into the one sheet, or replaced by our icons and page.js.
LEFT_OVER = [
    *(sheet for sheet in SHEETS if "/" not in sheet),
    *("styles", "vendor", "locales", "images"),
    *("scripts/fontawesome*", "scripts/bootstrap*", "scripts/sphinx-book-theme*", "scripts/*.map"),
    "*webpack-macros.html",
]
# Font Awesome, and parts of Bootstrap that the theme does not use but whose plain names a widget may want.
UNWANTED = re.compile(r"(fa[bsrl]?|accordion|alert|badge|card|modal|popover|progress|toast)(-|$)")


def purge(css: str, words: set[str]) -> str:
    """Return the rules whose every class and id is among the words and not unwanted.

    >>> purge(".a, .b {color: red} .b {top: 0} @media print {p .a {left: 0}}", {"a"})
    '.a{color: red}\\n@media print {p .a{left: 0}}'
    """
    return "\n".join(kept(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True), words))


def kept(rules, words: set[str]):
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = [one for one in split(tinycss2.serialize(rule.prelude)) if may_match(one, words)]
            if selectors:
                yield ",".join(selectors) + "{" + tinycss2.serialize(rule.content).strip() + "}"
        elif rule.type == "at-rule" and rule.lower_at_keyword in ("media", "supports"):
            inner = "".join(kept(tinycss2.parse_rule_list(rule.content, True, True), words))
            if inner:
                yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inner}}}"
        elif rule.type == "at-rule" and not rule.serialize().startswith(("@font-face", "@keyframes fa-")):
            yield rule.serialize()


def split(selectors: str) -> list[str]:
    """Part a list of selectors at the commas that stand outside of brackets."""
    parts = re.findall(r"(?:[^,([]|\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\]]*\])+", selectors)
    return [part.strip() for part in parts]


def may_match(selector: str, words: set[str]) -> bool:
    # What stands in :not(...), :is(...) or [...] needs no class of its own to be there.
    while (shorter := re.sub(r"\([^()]*\)|\[[^\]]*\]", "", selector)) != selector:
        selector = shorter
    names = re.findall(r"[.#]([\w-]+)", selector)
    return all(name in words and not UNWANTED.match(name) for name in names)


def make_one_sheet(site: Site) -> None:
    """Write `_static/book.css`, point every page to it, and take away what no page loads."""
    static = site.folder / "_static"
    if not (static / "basic.css").exists():
        return  # this build has written no page: the sheet of the last one holds
    sources = [path for pattern in SHEETS for path in sorted(static.glob(pattern))]
    sheets = [path.read_text(encoding="utf-8") for path in sources]
    for path in {path for pattern in LEFT_OVER for path in static.glob(pattern)}:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    mend_scripts(static)
    scripts = [path.read_text(encoding="utf-8") for path in static.rglob("*.js")]
    words = set().union(*(re.findall(r"[\w-]+", text) for text in [*site.pages.values(), *scripts]))
    ours = ((HERE / name).read_text(encoding="utf-8") for name in ("design.css", "page.css"))
    css = "\n".join([BANNER, *(purge(sheet, words) for sheet in sheets), icon_css(), *ours])
    (static / "book.css").write_text(css, encoding="utf-8")
    # The address changes with the content, so that no browser shows a new page with an old sheet.
    address = f"book.css?v={sha256(css.encode()).hexdigest()[:8]}"
    for name, text in site.pages.items():
        site.pages[name] = re.sub(r"book\.css(\?v=\w+)?(?=\")", address, text)

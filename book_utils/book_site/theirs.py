"""Scripts of Sphinx and the theme, mended: storage that is blocked, no eval, odd searches, too much laying out."""

import re
from pathlib import Path

THEME, SEARCH, TOOLS = "scripts/pydata-sphinx-theme.js", "searchtools.js", "doctools.js"
STORING = [THEME, SEARCH, "sphinx_highlight.js"]
SCROLLING = ('document.querySelectorAll(["pre",".nboutput > .output_area",".cell_output > .output",'
             '".jp-RenderedHTMLCommon",".pst-scrollable-table-container"].join(", "))')
SCROLLS = "e.scrollWidth>e.clientWidth||e.scrollHeight>e.clientHeight?0:-1"
OBSERVED = 'new MutationObserver(t).observe(document.getElementById("main-content"),{subtree:!0,childList:!0})'
# For each script what stands there, and what it should say: a word such as "constructor" is no entry of the index
# because every object has one, and the rule of a language for plurals need not be compiled in the browser. The theme
# asks of each element whether it scrolls and writes that down, after which a browser lays the page out again for the
# next one: it should ask for all, then write what is new. And it asks after each change of the page also for what a
# browser leaves out of its layout, far from sight or in a closed box, and has it laid out for that: such elements
# should be asked when they come. (After another width all are asked, with a wait of its own that no change cuts off.)
MENDED = {
    THEME: {
        f"()=>{{{SCROLLING}.forEach(e=>{{e.tabIndex={SCROLLS}}})}}":
            f"changes=>{{[...{SCROLLING}]"
            ".filter(e=>!Array.isArray(changes)||(e.checkVisibility?.({contentVisibilityAuto:!0})??!0))"
            f".map(e=>[e,{SCROLLS}]).filter(([e,place])=>e.getAttribute(\"tabindex\")!=place)"
            ".forEach(([e,place])=>{e.tabIndex=place})}",
        f'window.addEventListener("resize",t),{OBSERVED}':
            f'window.addEventListener("resize",_(e,300)),{OBSERVED},["toggle","contentvisibilityautostatechange"]'
            ".forEach(come=>document.addEventListener(come,()=>t([]),!0))",
    },
    SEARCH: {
        "Search._index = index;":
            "[index.terms, index.titleterms].forEach((part) => Object.setPrototypeOf(part, null)); "
            "Search._index = index;",
        "terms.hasOwnProperty(word)": "Object.hasOwn(terms, word)",
        "titleTerms.hasOwnProperty(word)": "Object.hasOwn(titleTerms, word)",
        "scoreMap.set(file, {})": "scoreMap.set(file, Object.create(null))",
    },
    TOOLS: {
        "PLURAL_EXPR = new Function(\n      \"n\",\n      `return (${catalog.plural_expr})`\n    )":
            "PLURAL_EXPR = catalog.plural_expr",
    },
}
PLURAL = re.compile(r'"plural_expr": "([^"]*)"')


def mended(name: str, text: str) -> str:
    """Return a script with its faults mended. Raises ValueError where a new edition of it is no longer as it was.

    >>> mended("sphinx_highlight.js", "localStorage.getItem(1)")
    'pageStorage.local.getItem(1)'
    """
    if name in STORING:
        text = re.sub(r"(?<![\w.])(local|session)Storage\.(?=[a-z]+Item)", r"pageStorage.\1.", text)
    for old, new in MENDED.get(name, {}).items():
        if new not in text:
            if old not in text:
                raise ValueError(f"{name} no longer says {old.strip()!r}: see what book_site/theirs.py mends.")
            text = text.replace(old, new)
    return text


def mend_scripts(static: Path) -> None:
    """Mend the scripts in the folder `_static` of a built site; a second time changes nothing."""
    for name in {*STORING, *MENDED}:
        path = static / name
        path.write_text(mended(name, path.read_text(encoding="utf-8")), encoding="utf-8")
    translations = static / "translations.js"
    if translations.exists():
        text = translations.read_text(encoding="utf-8")
        translations.write_text(PLURAL.sub(r'"plural_expr": (n) => +(\1)', text), encoding="utf-8")

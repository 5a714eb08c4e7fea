"""Sections of the pages: a short address for those that have one, and the words by which the search finds each."""

import json
import re
import shutil
from html import escape
from html.parser import HTMLParser
from pathlib import Path

from docutils import nodes
from sphinx.transforms import SphinxTransform

from .built_pages import Site

SEARCH = Path(__file__).with_name("search.js")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
SILENT = {"script", "style", "svg", "math", "noscript", "template"}
ALSO = "book-also"  # the class of other words for what a section is called
UNTOLD = {"headerlink", "book-minutes", "book-widget", "hide"}  # of a widget and of folded code nothing is told
WORD = re.compile(r"\w+")


class ShortAddress(SphinxTransform):
    """Let the link behind a heading be the name that its author wrote above it, `(name)=`."""

    default_priority = 800  # after the names have come to their headings

    def apply(self, **kwargs):
        for section in self.document.findall(nodes.section):
            written = [self.document.nameids[name] for name in section["names"] if self.document.nametypes.get(name)]
            section["ids"] = list(dict.fromkeys([*written, *section["ids"]]))


class Sections(HTMLParser):
    """Reads a page; `found` has [address, title, other words for it, text] of each section, without those within it.

    >>> page = Sections('<section id="a"><h2>Rows<a class="headerlink">#</a></h2><p>Short.</p></section>')
    >>> page.found
    [['a', 'Rows', '', ' Short.']]
    """

    def __init__(self, page):
        super().__init__()
        self.found, self._open, self._tags, self._silent, self._also = [], [], [], 0, 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        if tag in VOID:
            return
        given = dict(attributes)
        self._tags.append(tag)
        classes = (given.get("class") or "").split()
        if self._silent or tag in SILENT or UNTOLD & set(classes):
            self._silent += 1
        if ALSO in classes and not self._also:
            self._also = len(self._tags)
        if tag == "section" and given.get("id"):
            self.found.append([given["id"], "", "", ""])
            self._open.append((len(self._tags), self.found[-1]))

    def handle_endtag(self, tag):
        while tag in self._tags:  # what was left open inside ends here
            if self._open and self._open[-1][0] == len(self._tags):
                self._open.pop()
            if self._also == len(self._tags):
                self._also = 0
            self._silent = max(0, self._silent - 1)
            if self._tags.pop() == tag:
                break

    def handle_data(self, text):
        if self._open and not self._silent:
            in_title = any(re.fullmatch("h[1-6]", tag) for tag in self._tags)
            part = 1 if in_title else 2 if self._also else 3
            self._open[-1][1][part] += text if in_title else f" {text.strip()}".rstrip()


def words_of(*texts: str) -> list[str]:
    """Give the words of some texts in lower case, each once: in the first text where it stands.

    >>> words_of("Rows of a table", "a table of rows, and of IDs")
    ['rows of a table', 'and ids']
    """
    known, told = set(), []
    for text in texts:
        words = dict.fromkeys(word for word in WORD.findall(text.lower()) if word not in known)
        known |= words.keys()
        told.append(" ".join(words))
    return told


def write_sections(site: Site) -> None:
    """Write `sections.js`, for each section [page, address, shown, words of title, of other titles, of text]; and
    the script that asks it."""
    told = []
    for name, page in site.pages.items():
        if "<article" not in page or name == "search.html":
            continue
        sections = Sections(page).found
        for number, (address, *texts) in enumerate(sections):
            shown = f"{sections[0][1]} > {texts[0]}" if number else texts[0]
            told.append([name.removesuffix(".html"), f"#{address}" if number else "", escape(shown), *words_of(*texts)])
    lines = ",\n".join(json.dumps(section, ensure_ascii=False) for section in told)
    (site.folder / "sections.js").write_text(f"bookSections([\n{lines}\n]);\n", encoding="utf-8")
    shutil.copyfile(SEARCH, site.folder / "_static" / SEARCH.name)


def setup(app) -> None:
    app.add_transform(ShortAddress)

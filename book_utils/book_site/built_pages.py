"""A built site, read once and written once: its files, the order of its pages, and the states of their widgets."""

import json
import posixpath
import re
from dataclasses import dataclass, field
from pathlib import Path

# The page after this one: where the first file of the site leads, or what the theme names in the head.
NEXT = re.compile(r'<link rel="next" [^>]*href="([^"#]+)|http-equiv="refresh" content="0; url=([^"#]+)')
STATE = re.compile(r'<script type="application/vnd\.jupyter\.widget-state\+json">(.*?)</script>', re.DOTALL)


@dataclass
class Site:
    """The folder of a built site and the text of its pages by name, such as chapters/lookup.html.

    Whoever changes a page changes `pages`; `write` puts what has changed into the folder. The lab in `lite/` is
    another site. `chapters` are (name, title) in the order of the table of contents; `source` is the book's folder.
    """

    folder: Path
    title: str = ""
    language: str = "en"
    first: str = "index"
    chapters: list[tuple[str, str]] = field(default_factory=list)
    source: Path = Path()

    def __post_init__(self):
        names = [name for name in self.files_there() if name.endswith(".html") and not name.startswith("_static/")]
        self.pages = {name: (self.folder / name).read_text(encoding="utf-8") for name in names}
        self._there = dict(self.pages)

    @classmethod
    def of(cls, app) -> "Site":
        """Read what Sphinx has just built."""
        names = app.env.toctree_includes.get(app.config.root_doc, [])
        chapters = [(f"{name}.html", app.env.titles[name].astext()) for name in names]
        language = app.config.language.replace("_", "-")
        return cls(Path(app.outdir), app.config.html_title, language, app.config.root_doc, chapters, Path(app.srcdir))

    def files_there(self) -> list[str]:
        paths = (path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file())
        return sorted(name for name in paths if not name.startswith("lite/"))

    def files(self) -> list[str]:
        """Give the names of all files, the pages that are not yet written among them."""
        return sorted({*self.files_there(), *self.pages})

    def bytes_of(self, name: str) -> bytes:
        """Give the content of a file; of a page as it is now."""
        return self.pages[name].encode() if name in self.pages else (self.folder / name).read_bytes()

    def write(self) -> None:
        """Write the pages that have changed."""
        for name, text in self.pages.items():
            if text != self._there.get(name):
                (self.folder / name).write_text(text, encoding="utf-8")
        self._there = dict(self.pages)

    def in_order(self) -> list[str]:
        """Give the names of the pages from the first to the last chapter."""
        names: list[str] = []
        name = "index.html"
        while name in self.pages and name not in names:
            names.append(name)
            found = NEXT.search(self.pages[name])
            name = posixpath.normpath(posixpath.join(posixpath.dirname(name), found[1] or found[2])) if found else ""
        leads_only = names and "http-equiv" in self.pages[names[0]]
        return names[1:] if leads_only else names


def widgets_of(page: str) -> tuple[dict, list[dict]]:
    """Return of which book and chapter a page is, and the states of its widgets in the order shown.

    >>> widgets_of("<p>No widget here.</p>")
    ({}, [])
    """
    found = STATE.search(page)
    if not found:
        return {}, []
    whole = json.loads(found[1])
    shown = sorted(whole["state"].items(), key=lambda item: (item[0][0] != "w", len(item[0]), item[0]))
    return whole.get("book", {}), [record["state"] for _, record in shown]

"""What can be read from the pages of a built site: their order, and the states of their widgets."""

import json
import posixpath
import re
from pathlib import Path

# The page after this one: where the first file of the site leads, or what the theme names in the head.
NEXT = re.compile(r'<link rel="next" [^>]*href="([^"#]+)|http-equiv="refresh" content="0; url=([^"#]+)')
STATE = re.compile(r'<script type="application/vnd\.jupyter\.widget-state\+json">(.*?)</script>', re.DOTALL)


def pages_in_order(site: Path) -> list[str]:
    """Return the names of the pages from the first to the last chapter, such as chapters/lookup.html."""
    names: list[str] = []
    name = "index.html"
    while name and name not in names and (site / name).exists():
        names.append(name)
        found = NEXT.search((site / name).read_text(encoding="utf-8"))
        name = posixpath.normpath(posixpath.join(posixpath.dirname(name), found[1] or found[2])) if found else ""
    leads_only = names and "http-equiv" in (site / names[0]).read_text(encoding="utf-8")
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

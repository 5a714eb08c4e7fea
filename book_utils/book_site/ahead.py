"""Fetch ahead: a page asks, when it has nothing else to do, for the scripts that only the next page needs."""

import posixpath
import re

from .built_pages import Site

NEXT = re.compile(r'<link rel="next" [^>]*href="([^"#]+)')
SCRIPT = re.compile(r'<script [^>]*src="([^"]+)"')
PIECE = re.compile(r'(/modules/[^"?]+)\?v=\w+')
HINT = re.compile(r'<link rel="prefetch" [^>]*/>\n')


def scripts_of(page: str, text: str) -> list[str]:
    """Return the scripts of a page by their names from the top of the site."""
    folder = posixpath.dirname(page)
    return [posixpath.normpath(posixpath.join(folder, name)) for name in SCRIPT.findall(text)]


def hints(page: str, texts: dict[str, str]) -> str:
    """Return the links that let a browser fetch ahead what the page after this one adds."""
    folder = posixpath.dirname(page)
    following = NEXT.search(texts[page])
    name = posixpath.normpath(posixpath.join(folder, following[1])) if following else page
    here = scripts_of(page, texts[page])
    more = [script for script in scripts_of(name, texts.get(name, "")) if script not in here]
    addresses = [posixpath.relpath(script, folder or ".") for script in more]
    return "".join(f'<link rel="prefetch" as="script" href="{address}" />\n' for address in addresses)


def hint_ahead(site: Site) -> None:
    """Write the hints into the head of every page.

    The name of a piece says what is in it: without Sphinx's check sum it is the one by which the host asks for a piece.
    """
    texts = {page: PIECE.sub(r"\1", text) for page, text in site.pages.items()}
    for page, text in texts.items():
        site.pages[page] = HINT.sub("", text).replace("</head>", hints(page, texts) + "</head>", 1)

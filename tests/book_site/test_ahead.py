"""A page fetches ahead what only the next page needs, and asks for each piece by the name that the host uses."""

import re
from posixpath import dirname, join, normpath

from book_utils.book_site.ahead import hint_ahead, hints
from book_utils.book_site.built_pages import Site


def page(*scripts, following=""):
    head = "".join(f'<script defer="defer" src="{script}"></script>' for script in scripts)
    return f'<head><link rel="next" title="On" href="{following}" />{head}</head><body></head></body>'


def site_of(folder, **pages) -> Site:
    site = Site(folder)
    site.pages = {f"{name.replace('_', '/')}.html": text for name, text in pages.items()}
    return site


def hinted(site) -> dict[str, list[str]]:
    """The files that each page fetches ahead, by their names from the top of the site."""
    hint = re.compile(r'<link rel="prefetch" as="script" href="(.*?)" />')
    return {name: [normpath(join(dirname(name), found)) for found in hint.findall(text)]
            for name, text in site.pages.items()}


def test_a_page_fetches_what_the_next_one_adds(tmp_path):
    site = site_of(
        tmp_path,
        index=page("_static/a.js", following="c/one.html#top"),
        c_one=page("../_static/a.js", "../_static/b.js", "../_static/c.js?v=1", following="two.html"),
        c_two=page("../_static/b.js", "../_static/d.js", following="../last.html"),
        last=page("_static/d.js", "_static/e.js", following="gone.html"),
        alone="<head></head>",
    )
    hint_ahead(site)
    assert hinted(site) == {
        "index.html": ["_static/b.js", "_static/c.js?v=1"], "c/one.html": ["_static/d.js"],
        "c/two.html": ["_static/e.js"], "last.html": [], "alone.html": []}
    assert site.pages["index.html"].partition("</head>")[0].endswith('<link rel="prefetch" as="script" '
                                                                     'href="_static/c.js?v=1" />\n')
    before = dict(site.pages)
    hint_ahead(site)
    assert site.pages == before


def test_a_piece_is_asked_for_without_its_check_sum(tmp_path):
    site = site_of(tmp_path, a=page("_static/x.js?v=1", following="b.html"), b=page("_static/modules/guess-1.js?v=2f"))
    hint_ahead(site)
    assert 'src="_static/modules/guess-1.js"' in site.pages["b.html"] and "x.js?v=1" in site.pages["a.html"]
    assert hinted(site)["a.html"] == ["_static/modules/guess-1.js"]


def test_an_address_is_as_seen_from_the_page():
    texts = {"a.html": page(following="c/b.html"), "c/b.html": page("../_static/x.js", following="../a.html")}
    assert 'href="_static/x.js"' in hints("a.html", texts) and hints("c/b.html", texts) == ""
    texts["c/d.html"] = page(following="b.html")
    assert 'href="../_static/x.js"' in hints("c/d.html", texts)

"""A built site as it is read and written: its files, the order of its pages, and the widgets of each."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from docutils import nodes

from book_utils.book_site.built_pages import Site, widgets_of

HEAD = '<link rel="next" title="On" href="{}">'
LEADS = '<meta http-equiv="refresh" content="0; url={}">'


def site_of(folder, pages, **options):
    for name, text in pages.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return Site(folder, **options)


def test_what_sphinx_has_built_is_read_from_it(tmp_path):
    (tmp_path / "a.html").write_text("é", encoding="utf-8")
    titles = {"b/rows": nodes.title("", "Rows"), "b/more": nodes.title("", "More")}
    config = SimpleNamespace(root_doc="intro", html_title="A book", language="pt_BR")
    env = SimpleNamespace(toctree_includes={"intro": ["b/rows", "b/more"]}, titles=titles)
    app = SimpleNamespace(env=env, config=config, outdir=str(tmp_path), srcdir="/from")
    site = Site.of(app)
    assert (site.folder, site.title, site.language, site.first, site.source) == (
        tmp_path, "A book", "pt-BR", "intro", Path("/from"))
    assert site.chapters == [("b/rows.html", "Rows"), ("b/more.html", "More")] and site.pages == {"a.html": "é"}
    env.toctree_includes = {}
    assert Site.of(app).chapters == []  # a book of one page


def test_its_pages_are_neither_those_of_the_lab_nor_files_of_others(tmp_path):
    names = ["index.html", "chapters/a.html", "lite/index.html", "_static/macros.html", "_static/a.js", "liter.txt"]
    site = site_of(tmp_path, dict.fromkeys(names, "x"))
    assert set(site.pages) == {"index.html", "chapters/a.html"}
    site.pages["new.html"] = "é"
    there = ["_static/a.js", "_static/macros.html", "chapters/a.html", "index.html", "liter.txt"]
    assert (site.files_there(), site.files()) == (there, [*there, "new.html"])
    assert (site.bytes_of("new.html"), site.bytes_of("_static/a.js")) == ("é".encode(), b"x")


def test_only_a_page_that_has_changed_is_written(tmp_path):
    site = site_of(tmp_path, {"a.html": "a", "b.html": "b"})
    site.pages |= {"a.html": "é", "new.html": "n"}
    (tmp_path / "b.html").write_text("changed by somebody else")
    site.write()
    said = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert said == {"a.html": "é", "b.html": "changed by somebody else", "new.html": "n"}
    (tmp_path / "a.html").write_text("changed by somebody else")
    site.write()  # nothing is new since
    assert (tmp_path / "a.html").read_text() == "changed by somebody else"
    site.pages["a.html"] = "a"
    site.write()  # as it was at first, which is new again
    assert (tmp_path / "a.html").read_text() == "a"


@pytest.mark.parametrize(("pages", "order"), [
    ({"index.html": LEADS.format("c/a.html"), "c/a.html": HEAD.format("b.html"), "c/b.html": HEAD.format("../d.html#x"),
      "d.html": "", "other.html": ""}, ["c/a.html", "c/b.html", "d.html"]),
    ({"index.html": HEAD.format("a.html"), "a.html": ""}, ["index.html", "a.html"]),
    ({"index.html": HEAD.format("a.html"), "a.html": HEAD.format("index.html")}, ["index.html", "a.html"]),  # a circle
    ({"index.html": HEAD.format("gone.html")}, ["index.html"]), ({"a.html": ""}, []),
])
def test_pages_come_in_the_order_in_which_they_lead_on(tmp_path, pages, order):
    assert site_of(tmp_path, pages).in_order() == order


def test_widgets_come_as_the_page_shows_them_and_then_the_hidden_ones():
    names = ["h0", "w10", "w2", "h11", "w0"]
    text = json.dumps({"book": {"book": "rows"}, "state": {name: {"state": {"is": name}} for name in names}})
    place, states = widgets_of(f'<p></p><script type="application/vnd.jupyter.widget-state+json">{text}</script>')
    assert place == {"book": "rows"}
    assert [state["is"] for state in states] == ["w0", "w2", "w10", "h0", "h11"]
    assert widgets_of('<script type="application/vnd.jupyter.widget-state+json">{"state": {}}</script>') == ({}, [])

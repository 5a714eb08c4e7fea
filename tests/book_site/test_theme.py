"""What a page keeps of the theme: its scripts, sheets, buttons and description; and what is mended in its HTML."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from docutils import nodes

from book_utils.book_site import theme
from book_utils.book_site.built_pages import Site
from book_utils.book_site.theme import describe, mend, set_options, set_page
from book_utils.words import word


def script(name, **attributes):
    return SimpleNamespace(filename=name, attributes=attributes)


def page(name="chapters/rows", doctree=None, **given):
    """What the template of a page is given."""
    context = {"script_files": [], "css_files": [], "header_buttons": [], **given}
    set_page(SimpleNamespace(config=SimpleNamespace(html_title="Rows & IDs")), name, "page.html", context, doctree)
    return context


# -- the settings of a book ----------------------------------------------------------------------------------


def settings(**options):
    config = SimpleNamespace(templates_path=["own"], html_theme_options=options)
    set_options(None, config)
    return config


def test_a_book_need_not_say_what_all_books_have():
    config = settings(repository_url="https://here", launch_buttons={"colab_url": "x"}, primary_sidebar_end=["ad"])
    assert config.templates_path[-1] == "own" and len(config.templates_path) == 3
    assert all((theme.HERE / path).is_dir() for path in config.templates_path[:2])
    assert (theme.HERE / config.templates_path[0] / "layout.html").exists()
    assert config.html_last_updated_fmt is None and config.html_copy_source and not config.html_use_index
    assert Path(config.html_favicon).suffix == ".svg" and Path(config.html_favicon).exists()
    assert (config.nb_code_prompt_show, config.nb_code_prompt_hide) == (word("codeShow"), word("codeHide"))
    assert config.html_theme_options == {
        "repository_url": "https://here", "launch_buttons": {"colab_url": "x"}, "primary_sidebar_end": [],
        "search_bar_text": word("pageSearchField")}


def test_without_an_address_there_are_no_buttons_that_lead_nowhere():
    assert settings(launch_buttons={"colab_url": "x"}).html_theme_options["launch_buttons"] == {}


def test_scripts_are_there_before_sphinx_works_out_check_sums(tmp_path):
    for _ in range(2):
        theme.copy_scripts(SimpleNamespace(outdir=tmp_path / "html"))
    there = {path.name: path.read_bytes() for path in (tmp_path / "html" / "_static").iterdir()}
    assert there == {name: (theme.HERE / name).read_bytes() for name in ("first.js", "page.js", "print.js", "steps.js")}


def test_templates_have_the_words_and_the_name_of_the_book():
    context = {}
    theme.set_words(SimpleNamespace(config=SimpleNamespace(html_title="Rows & IDs")), "a", "page.html", context, None)
    assert context["word"]("deeper") == word("deeper") and context["book_name"] == "rows-ids"


# -- what a page loads ---------------------------------------------------------------------------------------


THEIRS = ["_static/scripts/sphinx-book-theme.js", "_static/doctools.js", "translations.js", "_static/design-tabs.js"]


@pytest.mark.parametrize(("name", "body", "kept"), [
    ("chapters/rows", "<p>Prose</p>", []),
    ("chapters/rows", '<div class="sd-tab-set">', THEIRS[3:]),
    ("search", "<p>Prose</p>", THEIRS[1:3]),
])
def test_a_page_loads_only_what_it_uses(name, body, kept):
    # an inline script has no file name
    inline = [script(None, body="DOCUMENTATION_OPTIONS.theme = 1"), script(None, body="let a = 1;"), script(None)]
    files = [*inline, script("_static/book/host.js"), *map(script, THEIRS)]
    found = page(name, body=body, script_files=files)["script_files"]
    assert found[:3] == [*inline[1:], files[3]]
    assert [one.filename for one in found[3:]] == kept


def test_one_sheet_stands_for_those_of_the_theme():
    theirs = ["_static/pygments.css", "_static/styles/sphinx-book-theme.css", "_static/sphinx-design.min.css",
              "_static/mystnb.8ecb.css", "mystnb.0.css"]
    ours = ["_static/book.css", "own/pygments.css", "https://there/mystnb.css"]
    found = page(css_files=[*map(script, theirs), *map(script, ours)])["css_files"]
    assert [sheet.filename for sheet in found] == ours


def test_buttons_lead_to_the_notebook_and_to_where_it_runs():
    buttons = [{"label": "launch-buttons", "buttons": [{"text": "Colab", "url": "https://colab"}]}, {"buttons": []},
               {"label": "empty"}]
    context = page(header_buttons=buttons, sourcename="rows.ipynb", page_source_suffix=".ipynb")
    assert context["launch_links"] == [("Colab", "https://colab")] and context["notebook"] == "rows.ipynb"
    context = page(sourcename="about.md", page_source_suffix=".md")
    assert context["launch_links"] == [] and context["notebook"] is None
    assert context["default_mode"] == "light"  # where no script asks the reader's system


# -- its description -----------------------------------------------------------------------------------------


def document(*paragraphs):
    return nodes.section("", *(nodes.paragraph("", "", *parts) for parts in paragraphs))


def test_a_page_is_described_by_its_first_paragraph_without_a_formula():
    text = document([nodes.Text("Here "), nodes.math("", "d"), nodes.Text(" is.")], [nodes.Text('A "row" <\n  one.')])
    tag = '<meta name="description" content="A &quot;row&quot; &lt; one." />'
    assert page(doctree=text)["metatags"] == tag
    assert page(doctree=text, metatags="<meta>")["metatags"] == f"<meta>{tag}"
    own = '<meta name="description" content="Mine" />'
    assert page(doctree=text, metatags=own)["metatags"] == own
    assert 'content="Rows &amp; IDs"' in page()["metatags"]  # of a page without a paragraph


@pytest.mark.parametrize(("last", "kept"), [("abcd", 40), ("abcde", 39), ("abcd more", 40), ("abc " * 400, 40)])
def test_a_description_is_cut_between_words_at_160_characters(last, kept):
    text = "abc " * 39 + last  # with four letters at the end 160
    assert describe(document([nodes.Text(text)])).split() == text.split()[:kept]
    assert describe(None) == describe(document()) == ""


# -- what is mended ------------------------------------------------------------------------------------------


def test_links_of_headings_and_figures_speak_the_language_of_the_book(monkeypatch):
    monkeypatch.setenv("BOOK_LANGUAGE", "de")
    links = "".join(f'<a title="Link to this {kind}">#</a>' for kind in ("heading", "image", "table", "code"))
    assert "Link to" not in mend(links) and mend(links).count('title="') == 4
    assert f'title="{word("pageLinks.table")}"' in mend(links)
    assert mend('<p>Link to this heading</p><a title="Link to this">') == (
        '<p>Link to this heading</p><a title="Link to this">')


def test_no_header_is_empty_and_no_name_hides_another():
    assert mend("<th> \n</th><th>a</th>") == "<td></td><th>a</th>"
    assert mend('<summary aria-label="Toggle hidden content"><span>Show</span>') == "<summary><span>Show</span>"


def test_folded_code_has_no_colours_and_other_code_keeps_them():
    code = '<pre><span class="k">if</span> a &lt; <span>b</span></pre>'
    plain = "<pre>if a &lt; b</pre>"
    summary = "<summary><span>Show</span></summary>"
    assert mend(f'<details class="admonition hide above-input">{summary}{code}\n{code}</details>{code}') == (
        f'<details class="admonition hide above-input">{summary}{plain}\n{plain}</details>{code}')
    other = f'<details class="book-deeper">{code}</details>'
    assert mend(other) == other


def test_a_box_of_a_list_is_named_by_what_stands_behind_it():
    box = '<input class="task-list-item-checkbox" disabled="disabled" type="checkbox">'
    named = mend(f'<li>{box} Read "this"\n</li><li>{box}<b>Then</b></li>')
    names = re.findall(r'aria-label="([^"]*)" disabled="disabled" type="checkbox">', named)
    assert names == ["Read &quot;this&quot;", word("pageTask")]
    assert re.sub(r' aria-label="[^"]*"', "", named) == f'<li>{box} Read "this"\n</li><li>{box} <b>Then</b></li>'


def test_the_folder_leads_to_the_first_page(tmp_path):
    site = Site(tmp_path, 'Rows & "IDs"', "de", "chapters/welcome")
    theme.write_index(site)
    index = site.pages["index.html"]
    assert index.count("chapters/welcome.html") == 2 and '<html lang="de">' in index
    assert index.count("Rows &amp; &quot;IDs&quot;") == 2 and '<meta name="book" content="rows-ids">' in index
    own = Site(tmp_path, first="index")  # a book whose first page is called so
    theme.write_index(own)
    assert own.pages == {}


def test_the_body_of_a_page_is_mended_and_a_page_without_one_is_no_fault():
    assert page(body="<th></th>")["body"] == "<td></td>"
    assert "body" not in page()

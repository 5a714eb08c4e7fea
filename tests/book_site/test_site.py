"""The built site in a real browser: what it sends, its formulas, on a phone, and without JavaScript."""

import re
import shutil

import pytest
from browse import serving
from other_machines import other_machine
from page_weight import on_first_use, table, too_heavy, visit, weigh, without
from places import ROOT
from playwright.sync_api import expect
from scratch_book import write_book

START, CHAPTER = "chapters/welcome.html", "chapters/lookup.html"


# -- what is sent -----------------------------------------------------------------------------------------


def test_no_file_names_another_host_to_load_from(site):
    """Links that a reader may follow are no matter; everything else that holds an address would be loaded."""
    state = re.compile(r"<script type=\"application/vnd\.jupyter.*?</script>", re.DOTALL)
    in_tag = re.compile(r"<(?!a\s)[a-z]+\s[^>]*(?:src|href)=[\"'](?:https?:)?//[^>]*>")
    in_sheet = re.compile(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//[^)]*")
    for path in site.rglob("*.html"):
        assert in_tag.findall(state.sub("", path.read_text(encoding="utf-8"))) == [], path
    for path in [*site.rglob("*.css"), *site.rglob("*.html")]:
        assert in_sheet.findall(path.read_text(encoding="utf-8")) == [], path


def test_a_site_has_the_pages_of_its_contents_and_no_other(site):
    """But for the search, and for a page that leads to the first one: no index of terms, which would be empty."""
    contents = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    named = {f"{name}.html" for name in re.findall(r"(?:file|root): (\S+)", contents)}
    assert {path.relative_to(site).as_posix() for path in site.rglob("*.html")} == named | {"index.html", "search.html"}


def test_pages_stay_within_their_budgets(site, browser):
    visits = weigh(site, browser)
    print(table(visits), on_first_use(site, visits), sep="\n")
    assert {visit.cache for visit in visits} == {"empty", "warm"}
    assert too_heavy(visits) == []


def test_a_browser_keeps_what_the_weights_say_that_it_keeps(site, new_context):
    """From one chapter to the next; all other pages after a page are worked out."""
    first, then = "chapters/geometry.html", "chapters/position.html"
    page = new_context().new_page()
    with serving(site) as server:
        kept, _, after = visit(server, page, first)
        sent, ahead, _ = visit(server, page, then)
        whole, ahead_too, _ = visit(server, new_context().new_page(), then)
    assert after == then and ahead == ahead_too and 0 < len(sent) < len(whole)
    assert without(sent, ahead, {}) == without(whole, ahead, kept)


AGAIN = ["""\
import matplotlib.pyplot as plt
from book_utils import ConfigExplorer, Guess, Neighbours, Replay, corpus, tiny_model, training
from book_utils.optimisers import LazyAdam

model = tiny_model.TinyModel(corpus.vocabulary())
run = training.train(model, corpus.sentences(2_000), LazyAdam(lr=0.01), steps=60)
Replay(run)""", "Neighbours()", "ConfigExplorer()", """\
figure, ax = plt.subplots()
ax.plot(run.losses)
Guess("How low is the loss?", answer=run.losses[-1], within=0.5, reveal=figure, alt="It falls.", name="low")"""]


def test_a_second_build_in_the_same_place_gives_the_same_bytes(build_book, tmp_path):
    """On another processor, its pages removed. What the first one kept is no matter: a cache of outputs would lose
    the order of names in a widget. (That all chapters print the same on other processors: test_other_machines.py.)"""
    write_book(tmp_path, {"title": "Again"}, {"start": "# Start\n", "page": AGAIN})

    def files(site):
        return {path.relative_to(site): path.read_bytes() for path in site.rglob("*") if path.is_file()}

    first = build_book(tmp_path, **other_machine(0))
    before = files(first.site)
    shutil.rmtree(first.site)
    shutil.rmtree(first.site.parent / ".doctrees")
    after = files(build_book(tmp_path, into=first.site.parents[1], **other_machine(1)).site)
    assert {path.suffix for path in before} >= {".html", ".js", ".svg", ".zip"}
    assert len(list(first.site.glob("_static/states/*.js"))) == 3
    assert before.keys() == after.keys()
    assert [path for path in before if before[path] != after[path]] == []


def test_what_is_printed_stands_as_it_was_printed(scratch):
    """In whatever messages its text came from the kernel: see book_site/streams.py."""
    assert "one line\nand the next\n</pre>" in (scratch.folder / "kinds.html").read_text(encoding="utf-8")


# -- formulas ---------------------------------------------------------------------------------------------


def test_formulas_are_mathml(site):
    text = (site / CHAPTER).read_text(encoding="utf-8")
    assert "<math" in text
    assert "MathJax" not in text


def test_a_formula_that_fails_is_a_warning_with_its_line(faulty):
    assert faulty.returncode != 0
    assert re.search(r"start\.md:3: WARNING: formula not converted: \\nonsense", faulty.stderr)
    text = (faulty.site / "start.html").read_text(encoding="utf-8")
    assert r"<code>\nonsense{x}</code>" in text
    assert text.count("<mtr>") == 2  # the lines of `aligned`
    assert 'href="#equation-steps">(1)</a>' in text


# -- narrow, and without JavaScript -----------------------------------------------------------------------


def test_no_page_is_too_wide_without_javascript(new_context, site, pages):
    """With all open: a table that is wider than a phone scrolls by itself."""
    page = new_context(java_script_enabled=False, viewport={"width": 360, "height": 740}).new_page()
    wide = []
    for name in pages:
        page.goto((site / name).as_uri())
        page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
        wide += [name] * (page.evaluate("document.documentElement.scrollWidth") > 360)
    assert wide == []


@pytest.mark.parametrize("width", [1280, 360])
def test_without_javascript_the_book_can_be_read_and_walked(new_context, site, width):
    page = new_context(java_script_enabled=False, viewport={"width": width, "height": 740}).new_page()
    page.goto((site / START).as_uri())
    page.locator(".bd-docs-nav").get_by_role("link").first.click()
    page.wait_for_url("**/" + CHAPTER)
    expect(page.locator("article h1")).to_be_visible()
    question = page.locator(".book-plain", has=page.locator("summary")).first  # an explorer has none
    expect(question).to_be_visible()
    question.locator("summary").first.click()
    expect(question.locator(".book-plain-answer").first).to_be_visible()
    expect(page.get_by_role("button", name="Keys")).to_be_hidden()  # buttons that could do nothing
    page.get_by_role("navigation", name="Chapters before and after").get_by_role("link").first.click()
    page.wait_for_url("**/" + START)

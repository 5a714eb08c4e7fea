"""The service worker in a browser: without a network, after a new build, and where it cannot be had."""

import contextlib
import shutil

import pytest
from browse import launch_options, serving
from playwright.sync_api import Error, expect
from watching import WIDGETS, is_loud

from book_utils.book_site.downloads import finish_site

TITLE = "From token IDs to vectors"
START, CHAPTER, LAB = "chapters/welcome.html", "chapters/lookup.html", "chapters/lab.html"
OTHERS = ["strange", "book http://127.0.0.1/other/ 1"]  # caches of somebody else on the same host
READY = "() => Boolean(navigator.serviceWorker.controller)"
IMAGES = "() => [...document.images].every((image) => image.loading === 'lazy' || image.naturalWidth)"
SHOWN = """(url) => new Promise((done) => {
  const image = new Image();
  image.onload = () => done(true);
  image.onerror = () => done(false);
  image.src = url;
})"""
AT_REST = "() => new Promise((done) => requestIdleCallback(done))"


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    """Here, and only here, with service workers."""
    return browser_context_args | {"service_workers": "allow"}


@pytest.fixture
def page(page):
    """A page on which a fault that its console tells fails the test."""
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    # What could not be loaded is what these tests are about.
    quiet = "Failed to load resource"
    page.on("console", lambda line: is_loud(line) and quiet not in line.text and faults.append(line.text))
    yield page
    assert faults == []


@pytest.fixture
def copy(site, tmp_path):
    """A copy of the site that a test may change, in a folder of its host."""
    return shutil.copytree(site, tmp_path / "host" / "my books" / "one")


@contextlib.contextmanager
def hosting(folder):
    """Serve the host on which the site is one folder; gives the server and the address of the site."""
    with serving(folder.parents[1]) as server:
        yield server, server.address + "my%20books/one/"


def visit(page, address):
    """Open a page and wait until the worker has kept the whole site."""
    page.goto(address)
    page.wait_for_function(READY)


def until(page, condition: str) -> None:
    """Wait for a condition that is itself awaited, which wait_for_function does not do."""
    page.evaluate(f"""async () => {{
      for (let tries = 0; tries < 600; tries++) {{
        if ({condition}) return;
        await new Promise((done) => setTimeout(done, 50));
      }}
      throw new Error("It never came to be.");
    }}""")


def give_up(page) -> None:
    """Ask for the worker, as the page does, and wait until it has given up."""
    page.evaluate("() => navigator.serviceWorker.register('../service_worker.js').then(() => {}, () => {})")
    until(page, "!(await navigator.serviceWorker.getRegistration())")


def cache_names(page) -> list[str]:
    return page.evaluate("() => caches.keys()")


def test_after_one_visit_the_whole_book_opens_without_a_network(page, copy, pages):
    with hosting(copy) as (_, home):
        visit(page, home + START)
    for name in pages:
        page.goto(home + name + "?v=1#top")
        expect(page.locator("main h1").first).to_be_visible()
        page.wait_for_function(WIDGETS)
        assert page.evaluate(IMAGES)
    page.goto(home)  # index.html leads on
    page.wait_for_url("**/" + START)
    page.goto(home + "search.html?q=embedding")
    expect(page.locator("#search-results li").first).to_be_visible()
    page.goto(home + LAB)
    page.locator(".explorer.sentence textarea").fill("the zebra")
    expect(page.locator(".explorer.sentence ol")).to_contain_text("zebra")


def test_a_guess_made_without_a_network_stays(page, copy):
    with hosting(copy) as (_, home):
        visit(page, home + CHAPTER)
    page.reload()
    guess = page.locator(".book-widget[data-kind=guess]").first
    guess.get_by_role("radio").first.check()
    guess.get_by_role("button", name="leaning").click()
    for _ in range(2):
        expect(guess.locator(".guess-verdict")).to_be_visible()
        page.reload()


def test_a_new_build_is_seen_at_once_and_kept(page, copy):
    with hosting(copy) as (server, home):
        visit(page, home + START)
        old = [name for name in cache_names(page) if "my%20books/one/" in name]
        page.evaluate("(names) => Promise.all(names.map((name) => caches.open(name)))", OTHERS)
        text = (copy / CHAPTER).read_text(encoding="utf-8")
        (copy / CHAPTER).write_text(text.replace("</h1>", " anew</h1>", 1), encoding="utf-8")
        finish_site(copy, TITLE)
        server.sent.clear()
        page.goto(home + CHAPTER)
        expect(page.locator("article h1").first).to_contain_text("anew")
        until(page, f"!(await caches.keys()).includes({old[0]!r})")
        sent = [name for name, _ in server.sent]
    assert len(old) == 1
    assert not any("lazy/" in name for name in sent), "what has not changed is taken over"
    names = cache_names(page)
    assert len(names) == 3 and set(OTHERS) < set(names)
    page.goto(home + CHAPTER)
    expect(page.locator("article h1").first).to_contain_text("anew")
    page.goto(home + LAB)
    page.locator(".explorer.sentence textarea").fill("the zebra")
    expect(page.locator(".explorer.sentence ol")).to_contain_text("zebra")


def test_a_start_cut_short_leaves_the_page_working_and_goes_on_later(page, copy):
    last = copy / "searchindex.js"
    kept = last.read_bytes()
    last.unlink()
    with hosting(copy) as (server, home):
        page.goto(home + CHAPTER)
        give_up(page)
        page.wait_for_function(WIDGETS)
        last.write_bytes(kept)
        server.sent.clear()
        visit(page, home + CHAPTER)
        assert not any("lazy/" in name for name, _ in server.sent), "what is there is not fetched again"
    page.goto(home + "search.html?q=embedding")
    expect(page.locator("#search-results li").first).to_be_visible()


@pytest.mark.parametrize("lack", [
    "navigator.storage.estimate = async () => ({ quota: 5e6, usage: 0 });",
    "Cache.prototype.put = async () => { throw new DOMException('full', 'QuotaExceededError'); };",
], ids=["known before", "met on the way"])
def test_without_space_nothing_is_kept_and_the_page_works(page, copy, lack):
    worker = copy / "service_worker.js"
    worker.write_text(lack + worker.read_text(encoding="utf-8"), encoding="utf-8")
    with hosting(copy) as (_, home):
        page.goto(home + CHAPTER)
        give_up(page)
        assert cache_names(page) == []
        page.wait_for_function(WIDGETS)


def test_what_is_not_a_page_of_the_book_is_left_alone(page, copy):
    """Another host, another method, a part of a file, a download: all as without a worker."""
    with serving(copy) as other, hosting(copy) as (_, home):
        visit(page, home + START)
        ask = "([url, how]) => fetch(url, how).then(({ type, status }) => [type, status])"
        assert page.evaluate(ask, [other.address, {"mode": "no-cors"}]) == ["opaque", 0]
        assert page.evaluate(ask, ["", {"method": "POST"}]) == ["basic", 501]
        assert page.evaluate("() => fetch('../book.zip').then(({ ok }) => ok)")
    page.reload()
    part, fresh = {"headers": {"Range": "bytes=0-3"}}, {"cache": "no-store"}
    for asked in (["", part], ["../book.zip", fresh], ["../nowhere", {}]):
        with pytest.raises(Error, match="Failed to fetch"):
            page.evaluate(ask, asked)


def test_a_withdrawn_page_is_gone(page, copy):
    """A page that the host says it has no more is not read from what is kept, with a network and later without."""
    with hosting(copy) as (_, home):
        visit(page, home + START)
        (copy / CHAPTER).unlink()
        assert page.goto(home + CHAPTER).status == 404
    with pytest.raises(Error, match="ERR_CONNECTION_REFUSED|ERR_FAILED"):
        page.goto(home + CHAPTER)


def test_from_a_folder_there_is_no_worker(page, site):
    page.goto((site / CHAPTER).as_uri())
    page.evaluate(AT_REST)
    assert page.locator("link[rel=manifest]").count() == 0


def test_the_manifest_is_one_that_a_browser_installs(playwright, copy):
    """In the whole browser: the headless shell, which installs nothing, finds no fault with any site."""
    browser = playwright.chromium.launch(**launch_options(playwright))
    with contextlib.closing(browser), hosting(copy) as (_, home):
        page = browser.new_page()
        visit(page, home + START)
        session = page.context.new_cdp_session(page)
        found = session.send("Page.getAppManifest")
        assert found["url"] == home + "manifest.webmanifest"
        assert found["errors"] == []
        assert found["manifest"]["startUrl"] == home + "index.html"
        assert found["manifest"]["scope"] == home
        errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
        assert [error["errorId"] for error in errors] == ["in-incognito"]  # as every test is
        for icon in found["manifest"]["icons"]:
            assert page.evaluate(SHOWN, icon["url"])

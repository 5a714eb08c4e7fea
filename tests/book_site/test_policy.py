"""The pages live where a site is strict: in a sandboxed frame, and where only its own scripts may run."""

import contextlib
import re
from pathlib import Path

import pytest
from browse import Pages, serving
from kept_guesses import choices
from places import ROOT
from playwright.sync_api import expect
from watching import WIDGETS, watch

# What chapters/running.md says is enough.
POLICY = re.search(r"^default-src .*$", (ROOT / "chapters" / "running.md").read_text(encoding="utf-8"), re.MULTILINE)[0]
CHAPTER, SEARCH = "chapters/lookup.html", "search.html"
FRAME = '<!DOCTYPE html><title>A frame</title><main><iframe sandbox="{}" style="width:100%;height:90vh" src="{}">'
EXECUTED = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=[\"']application/(?:vnd|json))[^>]*>")


@pytest.fixture
def strict(site):
    """The site from a server that sends the policy with every answer."""
    end_headers = Pages.end_headers

    def with_policy(self):
        self.send_header("Content-Security-Policy", POLICY)
        end_headers(self)

    Pages.end_headers = with_policy
    try:
        with serving(site) as server:
            yield server.address
    finally:
        Pages.end_headers = end_headers


def test_no_page_has_a_script_in_it(site, pages):
    for name in [*pages, "index.html", SEARCH]:
        text = (site / name).read_text(encoding="utf-8")
        assert EXECUTED.findall(text) == [] and not re.search(r"<[^>]* on[a-z]+=", text), name


def commit(guess, page):
    """Guess by keyboard alone."""
    guess.locator("input[name=choice]").first.focus()
    page.keyboard.press("Space")
    guess.get_by_role("button", name="leaning").press("Enter")
    expect(guess.locator(".guess-verdict")).to_be_visible()


def test_everything_lives_under_a_strict_policy(watched, strict):
    question = choices(1)[0]
    watched.goto(strict + f"chapters/{question['chapter']}.html")
    commit(watched.locator(f"#guess-{question['name']}"), watched)
    watched.wait_for_function(WIDGETS)
    expect(watched.locator(".book-widget:not([data-live])")).to_have_count(0)
    root = watched.locator("html")
    before = root.get_attribute("data-theme")
    for _ in range(2):
        watched.locator(".theme-switch-button").click()
    assert root.get_attribute("data-mode") != "auto" or root.get_attribute("data-theme") != before
    watched.locator("#book-help-button").click()
    expect(watched.locator("#book-help")).to_be_visible()
    watched.keyboard.press("Escape")
    watched.locator(".book-copy").first.click()
    expect(watched.locator(".book-unseen")).to_have_text("Copied")
    watched.keyboard.press("ArrowRight")
    watched.wait_for_url(lambda address: not address.endswith(f"{question['chapter']}.html"))
    watched.keyboard.press("/")
    watched.keyboard.type("embedding")
    watched.keyboard.press("Enter")
    expect(watched.locator("#search-results li").first).to_be_visible()
    for name in ("progress", "recall"):
        watched.goto(strict + f"chapters/{name}.html")
        expect(watched.locator(".book-part[data-live]")).to_be_visible()
    watched.goto(strict + "chapters/lab.html")
    watched.wait_for_function(WIDGETS)
    expect(watched.locator(".book-widget:not([data-live])")).to_have_count(0)


@contextlib.contextmanager
def framed(folder, address, allowed):
    """Serve a page of another site that shows ours in a frame."""
    Path(folder, "outer.html").write_text(FRAME.format(allowed, address), encoding="utf-8")
    with serving(folder) as server:
        yield server.address + "outer.html"


def test_a_frame_of_the_same_origin_keeps_guesses_and_one_with_downloads_saves_them(page, scratch, served, tmp_path):
    with framed(tmp_path, scratch.address + "kinds.html", "allow-scripts allow-same-origin") as address:
        page.goto(address)
        guess = page.frame_locator("iframe").locator("#guess-choice")
        guess.get_by_label("no", exact=True).check()
        guess.get_by_role("button", name="leaning").click()
        page.reload()
        expect(guess.locator(".guess-own")).to_have_text("Your guess: no (leaning)")
    with framed(tmp_path, served + "chapters/progress.html", "allow-scripts allow-downloads") as address:
        page.goto(address)
        with page.expect_download() as download:
            page.frame_locator("iframe").get_by_role("button", name="Save my guesses").click()
        assert '"format": "guesses"' in download.value.path().read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ["choice", "number"])
def test_a_guess_works_in_a_sandboxed_frame(page, served, scratch, tmp_path, kind):
    """Nothing is stored there, nothing may be submitted: neither by a click nor by Enter in a field."""
    faults = []
    watch(page, faults)
    with framed(tmp_path, scratch.address + "kinds.html", "allow-scripts") as address:
        page.goto(address)
        guess = page.frame_locator("iframe").locator(f"#guess-{kind}")
        if kind == "choice":
            guess.get_by_label("no", exact=True).check()
        else:
            guess.get_by_label("Your number").fill("0.5")
        guess.locator(".guess-ask input").last.press("Enter")
        expect(guess.get_by_role("group", name="How sure are you?")).to_be_focused()
        guess.get_by_role("button", name="leaning").click()
        expect(guess).to_contain_text("this browser will forget it")
        expect(guess.locator(".guess-verdict")).to_contain_text("Right" if kind == "number" else "Not this time")
    assert [fault for fault in faults if "sandboxed" not in str(fault)] == []


@pytest.mark.parametrize(("word", "found"), [
    ("constructor", 0), ("__proto__", 0), ("embedding", 1),
    ("embedding constructor", 1),  # a word that nobody uses does not hide the sections that have the other
])
def test_a_search_for_what_every_object_has(watched, served, word, found):
    watched.goto(f"{served}{SEARCH}?q={word}")
    expect(watched.locator("#search-results .search-summary")).not_to_have_text("")
    expect(watched.locator("#search-results")).not_to_contain_text("undefined")
    expect(watched.locator(".bd-search input").last).to_be_focused()
    assert (watched.locator("#search-results li").count() > 0) == bool(found)

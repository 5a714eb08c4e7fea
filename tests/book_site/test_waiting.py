"""Explorers come when a reader comes near, by eye or by keyboard, and stand as an address says that somebody sent."""

import re

import pytest
from axe import violations
from playwright.sync_api import expect
from watching import WIDGETS

LAB = "chapters/lab.html"
NEVER_NEAR = "window.IntersectionObserver = class { observe() {} unobserve() {} disconnect() {} }"
# The nearest place for the focus before a widget, or after it.
BESIDE = """(view, after) => {
    const all = [...document.querySelectorAll("main :is(a[href], button, summary)")];
    const side = after ? Node.DOCUMENT_POSITION_FOLLOWING : Node.DOCUMENT_POSITION_PRECEDING;
    const there = all.filter((one) => view.compareDocumentPosition(one) === side);
    (after ? there : there.reverse()).find((one) => { one.focus(); return document.activeElement === one; });
}"""
LAST = """(view) => [...view.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
    .filter((one) => one.checkVisibility() && !one.disabled).at(-1) === document.activeElement"""


def view(page, kind):
    return page.locator(f".book-widget[data-kind={kind}]")


def test_an_explorer_is_loaded_when_it_comes_near(watched, start):
    asked = []
    watched.on("request", lambda request: asked.append(request.url))
    watched.goto(start + LAB)
    expect(view(watched, "sentenceexplorer")).to_have_attribute("data-live", "true")
    config = view(watched, "configexplorer")
    expect(config.locator(".book-plain")).to_be_visible()  # what it says without a script
    assert not any("/config" in name for name in asked)
    config.scroll_into_view_if_needed()
    expect(config.get_by_role("combobox", name="Model")).to_have_value("Qwen3 0.6B")
    expect(config.locator(".book-plain")).to_be_hidden()
    assert any("/config" in name for name in asked)


def test_no_key_skips_an_explorer_that_waits(watched, served):
    watched.add_init_script(NEVER_NEAR)
    watched.goto(served + LAB)
    config, way = view(watched, "configexplorer"), view(watched, "rowonitsway")
    expect(config).not_to_have_attribute("data-live", "true")
    assert violations(watched) == []
    config.evaluate(BESIDE, False)
    watched.keyboard.press("Tab")
    expect(config.get_by_role("combobox", name="Model")).to_be_focused()
    expect(config).not_to_have_attribute("tabindex", "0")
    way.evaluate(BESIDE, True)
    watched.keyboard.press("Shift+Tab")
    expect(way).to_have_attribute("data-live", "true")
    expect(way).not_to_have_attribute("tabindex", "0")
    assert way.evaluate(LAST)


def test_what_did_not_come_can_be_asked_for_again(page, served):
    page.route("**/modules/config_*", lambda route: route.abort())
    page.goto(served + LAB)
    config = view(page, "configexplorer")
    config.scroll_into_view_if_needed()
    expect(config.locator(".book-quiet")).to_contain_text("Its plain form is here instead.")
    page.unroute("**/modules/config_*")
    config.get_by_role("button", name="Try again").click()
    expect(config.get_by_role("combobox", name="Model")).to_have_value("Qwen3 0.6B")
    expect(config.locator(".book-quiet")).to_have_count(0)


# For each explorer: what the reader does, where it shows, and what it then says.
def compare(neighbours):
    neighbours.get_by_label("First word").fill("river")
    neighbours.get_by_role("button", name="Compare").click()


DONE = {
    "sentenceexplorer": (lambda one: one.locator("textarea").fill("a zebra & <b>"), "ol", "zebra"),
    "replay": (lambda one: one.get_by_role("slider").press("End"), ".replay-numbers", "Step 600"),
    "neighbours": (compare, ".neighbours-cosine", "river and dog"),
    "ropedial": (lambda one: one.get_by_role("textbox", name="Query at place m").fill("105"), ".dial-score", ""),
    "breakit": (lambda one: one.get_by_label("What to break").select_option("base"), "form", "1,000,000"),
    "rowonitsway": (lambda one: one.get_by_role("slider").press("ArrowRight"), ".way-said", "After block 1"),
    "configexplorer": (lambda one: one.get_by_role("combobox", name="Model").select_option("GPT-2"), "[role=status]",
                       "GPT-2: a table of 50,257 rows"),
}  # fmt: skip


def test_an_address_shows_what_was_seen_when_it_was_copied(watched, start):
    watched.goto(start + LAB)
    watched.wait_for_function(WIDGETS)
    addresses, first, told = {}, {}, {}
    for kind, (act, place, said) in DONE.items():
        one = view(watched, kind)
        first[kind] = one.locator(place).first.text_content()
        act(one)
        watched.keyboard.press("Tab")
        expect(one.locator(place).first).to_contain_text(said)
        told[kind] = one.locator(place).first.text_content()
        one.get_by_role("button", name="Copy a link to this view").click()
        expect(one.get_by_text("Copied. Whoever opens it")).to_be_visible()
        addresses[kind] = watched.url
    assert all(address.startswith(start + LAB + "#see=") for address in addresses.values())
    assert all(first[kind] != told[kind] for kind in DONE)
    watched.goto("about:blank")
    for kind, (_, place, _) in DONE.items():  # the first opens the page, the others are followed on it
        watched.goto(addresses[kind])
        one = view(watched, kind)
        expect(one.locator(place).first).to_have_text(told[kind])
        expect(one).to_be_in_viewport()
    watched.goto(start + LAB + "#see=neighbours&first=king&second=queen")  # the same view, alive with another state
    expect(view(watched, "neighbours").locator(".neighbours-cosine")).to_contain_text("king and queen")
    watched.goto(addresses["configexplorer"])
    watched.reload()
    expect(view(watched, "configexplorer").locator("[role=status]").first).to_contain_text("GPT-2")


HOSTILE = [
    "#%", "#see=", "#see=constructor&constructor=1", "#see=__proto__&__proto__=1", "#see=neighbours-2&first=cat",
    "#see=neighbours&k=1e9&table=evil&first=%3Cimg%20src%3Dx%20onerror%3Dwindow.struck%3D1%3E&answer=1&sizes=2",
    "#see=neighbours&k=99&second=" + "x" * 101, "#see=sentenceexplorer&place=64&rows=5&text=" + "a" * 2500,
    "#see=ropedial&query_place=-5&base=NaN&preset=__proto__&pair=999999999&span=7&rotary_dim=3",
    "#see=breakit&what=base&amount=8&side=input&guess=1&tries=2", "#see=breakit&what=toString",
    "#see=rowonitsway&place=40&block=1000&sentence=my%20own", "#see=replay&frame=10000&word=constructor",
    "#see=configexplorer&model=GPT-9&other=constructor&reads=5&folder=/etc/passwd",
]  # fmt: skip


@pytest.mark.parametrize("fresh", [False, True], ids=["followed", "opened"])
def test_an_address_from_a_stranger_changes_only_what_it_may(watched, served, fresh):
    watched.goto(served + LAB)
    watched.wait_for_function(WIDGETS)
    for hash_ in HOSTILE[fresh :: 1 + 2 * fresh]:
        if fresh:
            watched.goto("about:blank")
        watched.goto(served + LAB + hash_)
        watched.wait_for_function(WIDGETS)
        expect(watched.locator(".book-widget[data-live]")).to_have_count(len(DONE))
        said = watched.locator("main").inner_text()
        assert not re.search(r"undefined|NaN|\[object|function", said), hash_
        assert watched.evaluate("window.struck") is None
    expect(view(watched, "configexplorer").get_by_role("combobox", name="Model")).to_have_value("Qwen3 0.6B")

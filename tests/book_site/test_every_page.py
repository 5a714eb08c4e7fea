"""Every page in both themes and at both widths, in one sweep: no fault, nothing cut off or small, nothing for axe."""

import pytest
from axe import violations
from watching import WIDGETS, watch

OPEN = "document.querySelectorAll('details:not(.book-menu)').forEach(part => { part.open = true })"
# An icon is a box with a mask: without its drawing it would be a square, without its box nothing.
ICONS = """() => [...document.querySelectorAll(".icon")].filter((icon) => icon.checkVisibility()).map((icon) =>
    icon.clientWidth >= 10 && icon.clientHeight >= 10 && getComputedStyle(icon).maskImage.startsWith('url("dat')
        ? "drawn" : icon.className)"""
# 24 px or more, but for links within a line of text (WCAG 2.5.8); a choice counts with its label.
SMALL = """() => [...document.querySelectorAll(
        "button, summary, select, textarea, input:not([type=radio], [type=checkbox]), " +
        "label:has(input[type=radio], input[type=checkbox])")]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }))
    .filter((one) => { const { width, height } = one.getBoundingClientRect(); return width < 24 || height < 24; })
    .map((one) => one.outerHTML.slice(0, 120))"""
CUT = """() => [...document.querySelectorAll("button, summary, label")]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }))
    .filter((one) => getComputedStyle(one).overflowX === "hidden" && one.scrollWidth > one.clientWidth + 2)
    .map((one) => one.outerHTML.slice(0, 120))"""
MOVING = "document.getAnimations().filter((one) => one.playState === 'running').length"


# What is far from sight is not laid out (steps.js): a test looks at all of it.
ALL = ".book-apart { content-visibility: visible !important; }"


def narrow(page, name, width):
    """The same page in a window of this width needs no scrolling sideways."""
    page.set_viewport_size({"width": width, "height": 740})
    return [(name, f"wider than {width}")] * (page.evaluate("document.documentElement.scrollWidth") > width)


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_as_it_is_and_all_open(new_context, served, pages, scheme, width):
    page = new_context(color_scheme=scheme, reduced_motion="reduce").new_page()
    found = []
    watch(page, found)
    for name in pages:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(served + name)
        page.wait_for_function(WIDGETS)
        page.add_style_tag(content=ALL)
        assert page.evaluate("document.documentElement.dataset.theme") == scheme
        icons = page.evaluate(ICONS)
        assert icons.count("drawn") >= 4
        found += [(name, "not drawn", icon) for icon in icons if icon != "drawn"]
        found += [(name, "small", one) for one in page.evaluate(SMALL)]
        if width == 360:
            found += narrow(page, name, 320)
        found += narrow(page, name, width)
        page.evaluate(OPEN)
        found += [(name, "small", one) for one in page.evaluate(SMALL)]
        found += narrow(page, name, width) + violations(page)
    assert found == []


# What a reader may ask for (WCAG 1.4.12).
SPACED = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
p { margin-bottom: 2em !important; }"""


def test_text_at_twice_its_size_and_spaced(page, served, pages):
    """The text alone at 200 %, as a browser's own setting makes it; then space between lines, words and letters."""
    found = []
    for name in pages:
        page.goto(served + name)
        page.wait_for_function(WIDGETS)
        page.add_style_tag(content=ALL)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        for width in (1280, 640):
            found += narrow(page, name, width) + [(name, "cut", one) for one in page.evaluate(CUT)]
        page.evaluate("document.documentElement.style.fontSize = ''")
        page.add_style_tag(content=SPACED)
        found += narrow(page, name, 320) + [(name, "cut", one) for one in page.evaluate(CUT)]
    assert found == []


def test_forced_colours_and_no_motion(new_context, served, pages):
    page = new_context(forced_colors="active", reduced_motion="reduce").new_page()
    found = []
    for name in pages:
        page.goto(served + name)
        page.wait_for_function(WIDGETS)
        page.add_style_tag(content=ALL)
        found += violations(page) + [(name, "moving")] * page.evaluate(MOVING)
    assert found == []
    page.goto(served + "chapters/lookup.html")
    guess = page.locator(".guess").first
    assert guess.evaluate("one => getComputedStyle(one).borderTopStyle") == "solid"
    guess.locator("input").first.focus()
    assert guess.locator("input").first.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"


def test_help_and_menus(page, served, pages):
    page.goto(served + pages[0])
    page.evaluate("document.querySelectorAll('.book-menu').forEach(menu => { menu.open = true })")
    found = violations(page)
    page.get_by_role("button", name="Keys").click()
    assert page.locator("#book-help").is_visible()
    assert found + violations(page) == []


def test_markup_that_the_book_may_come_to_have(page, faulty):
    page.goto((faulty.site / "start.html").as_uri())
    assert page.locator("input[type=checkbox]").count() == 2  # the task, and the one of the help
    assert violations(page) == []

"""Every page in both themes and at both widths, in one visit: no fault, nothing cut off or small, nothing for axe."""

import os

from axe import violations
from watching import WIDGETS, watch

OPEN = """document.querySelectorAll('details:not(.book-menu, [open])').forEach((part) => {
    part.open = true;
    part.dataset.opened = "";
})"""
SHUT = """document.querySelectorAll("details[data-opened]").forEach((part) => {
    part.open = false;
    delete part.dataset.opened;
})"""
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
# What can be scrolled takes the focus; the theme looks which does when a window has kept its size for a while.
REACHABLE = """() => [...document.querySelectorAll("[tabindex='-1']:is(pre, div)")]
    .every((one) => one.scrollWidth <= one.clientWidth)"""
MOVING = "document.getAnimations().filter((one) => one.playState === 'running').length"


# What is far from sight is not laid out (steps.js): a test looks at all of it.
ALL = ".book-apart { content-visibility: visible !important; }"


def narrow(page, name, width):
    """The same page in a window of this width needs no scrolling sideways."""
    page.set_viewport_size({"width": width, "height": 740})
    return [(name, f"wider than {width}")] * (page.evaluate("document.documentElement.scrollWidth") > width)


def in_the_window(page, name, scheme, width):
    """What is wrong as it is and with all open, in this theme and at this width; the page stays open."""
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_function("scheme => document.documentElement.dataset.theme === scheme", arg=scheme)
    page.wait_for_function(REACHABLE)
    icons = page.evaluate(ICONS)
    assert icons.count("drawn") >= 4
    found = [(name, "not drawn", icon) for icon in icons if icon != "drawn"]
    found += [(name, "small", one) for one in page.evaluate(SMALL)]
    if width == 360:
        found += narrow(page, name, 320)
    found += narrow(page, name, width)
    page.evaluate(OPEN)
    found += [(name, "small", one) for one in page.evaluate(SMALL)]
    return found + narrow(page, name, width) + violations(page)


def in_forced_colours(page, name):
    """Colours of the reader's system, and no motion: of axe's rules one hangs on colours."""
    page.emulate_media(forced_colors="active")
    found = violations(page, only=["color-contrast"]) + [(name, "moving")] * page.evaluate(MOVING)
    page.emulate_media(forced_colors="none")
    return found


def at_twice_its_size_and_spaced(page, name):
    """The text alone at 200 %, as a browser's own setting makes it; then space between lines, words and letters."""
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    found = []
    for width in (1280, 640):
        found += narrow(page, name, width) + [(name, "cut", one) for one in page.evaluate(CUT)]
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.add_style_tag(content=SPACED)
    return found + narrow(page, name, 320) + [(name, "cut", one) for one in page.evaluate(CUT)]


# What a reader may ask for (WCAG 1.4.12).
SPACED = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
p { margin-bottom: 2em !important; }"""
# Each theme and each width, axe taking as long as all else; BOOK_SWEEP=all tries both themes at three widths.
WINDOWS = [("light", 1280), ("dark", 360)]
if os.environ.get("BOOK_SWEEP") == "all":
    WINDOWS = [(scheme, width) for scheme in ("light", "dark") for width in (1280, 768, 360)]


def test_every_page(page, served, pages):
    """One visit to each: its themes follow the reader's system while it stands open, as does its width."""
    found = []
    watch(page, found)
    for name in pages:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(served + name)
        page.wait_for_function(WIDGETS)
        page.add_style_tag(content=ALL)
        for scheme, width in WINDOWS:
            page.evaluate(SHUT)
            found += in_the_window(page, name, scheme, width)
        page.evaluate(SHUT)
        found += in_forced_colours(page, name) + at_twice_its_size_and_spaced(page, name)
    assert found == []


def test_a_guess_in_forced_colours_has_a_border_and_a_focus(new_context, served):
    page = new_context(forced_colors="active").new_page()
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

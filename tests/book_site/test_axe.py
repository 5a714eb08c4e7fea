"""Accessibility of every page, the theme's own parts included: axe-core finds nothing of any impact."""

import pytest
from axe import violations

OPEN = "document.querySelectorAll('details:not(.book-menu)').forEach(part => { part.open = true })"


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages(new_context, served, pages, scheme, width):
    size = {"width": width, "height": 900}
    page = new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce").new_page()
    found = []
    for name in pages:
        page.goto(served + name)
        assert page.evaluate("document.documentElement.dataset.theme") == scheme
        found += violations(page)
        page.evaluate(OPEN)
        found += violations(page)
    assert found == []


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

"""Printing a page: a worksheet with its answers at the end, or everything in full."""

import re

from playwright.sync_api import expect
from watching import WIDGETS

CHAPTER = "chapters/lookup.html"
QUESTION = ".book-plain-question, .book-plain > details:first-child > summary"
HIDDEN = [".bd-sidebar-primary", ".bd-header-article", ".prev-next-footer", ".book-copy >> nth=0"]
# What a browser does around its own dialog; the dialog itself would stop the test.
PRINT = "() => { window.print = () => { window.printed = true; dispatchEvent(new Event('beforeprint')); }; }"
PRINTED = "dispatchEvent(new Event('afterprint'))"


def state(page) -> tuple:
    """Return what printing may change for a moment: the text, and what is open."""
    article = page.locator("article")
    marks = ["details[open]", ".book-on-paper", "#book-answers"]
    return article.text_content(), [article.locator(mark).count() for mark in marks]


def choose(page, name: str) -> None:
    page.evaluate(PRINT)
    page.locator("#book-print summary").click()
    page.get_by_role("button", name=name).click()
    page.wait_for_function("window.printed")  # what the reader has not come near comes first
    page.emulate_media(media="print")


def test_worksheet_has_its_answers_at_the_end(watched, served):
    watched.goto(served + CHAPTER)
    watched.wait_for_function(WIDGETS)
    answers = watched.locator(".book-widget .book-plain-answer")
    before, count = state(watched), answers.count()
    assert count > 0
    questions = watched.locator(QUESTION)
    choose(watched, "Print a worksheet")
    expect(answers).to_have_count(0)
    section = watched.locator("article > #book-answers:last-child")
    expect(section.locator("ol > li > .book-plain-answer")).to_have_count(count)
    assert section.evaluate("part => getComputedStyle(part).breakBefore") == "page"
    for i in range(count):
        expect(questions.nth(i)).to_be_visible()
        expect(questions.nth(i)).to_have_text(re.compile(rf"^{i + 1}\. "))
        expect(section.locator("li").nth(i)).to_be_visible()
    for hidden in HIDDEN:
        expect(watched.locator(hidden)).to_be_hidden()
    watched.emulate_media(media="screen")
    watched.evaluate(PRINTED)
    assert state(watched) == before


def test_print_in_full_opens_everything_in_its_place(watched, served):
    watched.goto(served + CHAPTER)
    watched.wait_for_function(WIDGETS)
    before = state(watched)
    choose(watched, "Print in full")
    assert watched.locator("article details:not([open])").count() == 0
    answers = watched.locator(".book-widget .book-plain-answer")
    for i in range(answers.count()):
        expect(answers.nth(i)).to_be_visible()
    watched.emulate_media(media="screen")
    watched.evaluate(PRINTED)
    assert state(watched) == before

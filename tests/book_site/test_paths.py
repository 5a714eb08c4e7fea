"""The short path: one button hides the code and what goes deeper, on every chapter, until it is pressed again."""

from axe import violations
from playwright.sync_api import expect

CHAPTER, NEXT = "chapters/lookup.html", "chapters/geometry.html"
NAME = "Short path: no code, no details"
# What can be seen of the code of a page: cells, folds above guesses, sections that go deeper.
SEEN = """() => [".cell > .cell_input", ".cell > details.hide", ".book-deeper"].map((kind) =>
  [...document.querySelectorAll("article " + kind)].filter((one) => one.checkVisibility()).length)"""


def test_it_hides_the_code_is_remembered_and_can_be_left(watched, start):
    watched.goto(start + CHAPTER + "#100%")  # no address of ours
    button = watched.get_by_role("button", name=NAME)
    expect(button).to_have_attribute("aria-pressed", "false")
    everything = watched.evaluate(SEEN)
    assert everything[0] > 3
    button.focus()
    watched.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    assert watched.evaluate(SEEN) == [0, 0, 0]
    expect(watched.locator(".guess").first).to_be_visible()
    watched.goto(start + NEXT)
    expect(button).to_have_attribute("aria-pressed", "true")
    assert watched.evaluate(SEEN) == [0, 0, 0]
    watched.goto(start + CHAPTER)
    button.press("Space")
    assert watched.evaluate(SEEN) == everything
    watched.reload()
    assert watched.evaluate(SEEN) == everything


def test_a_link_to_what_is_left_out_shows_it(watched, served):
    watched.goto(served + NEXT)
    watched.get_by_role("button", name=NAME).click()
    assert violations(watched) == []
    deeper = watched.locator("section:has(> .book-deeper)").first
    anchor = deeper.get_attribute("id")
    expect(deeper).to_be_hidden()
    watched.evaluate("anchor => { location.hash = anchor }", anchor)
    expect(deeper).to_be_visible()
    expect(watched.get_by_role("button", name=NAME)).to_have_attribute("aria-pressed", "false")


def test_it_is_offered_where_there_is_code_only(watched, served):
    watched.goto(served + "chapters/progress.html")
    expect(watched.get_by_role("button", name=NAME)).to_have_count(0)

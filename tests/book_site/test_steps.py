"""Where a reader is: minutes for each step, the bar of steps, the place last read; and readers with other needs."""

import json
import re

import pytest
from places import CHAPTERS
from playwright.sync_api import expect
from watching import WIDGETS

START, CHAPTER = "chapters/welcome.html", "chapters/lookup.html"
PLACE = """(() => {
    try { return JSON.parse(localStorage.getItem("place/from-token-ids-to-vectors")); } catch { return null; }
})()"""


def test_the_minutes_of_the_steps_add_up_to_what_the_chapter_promises(site):
    all_promised = []
    for name in CHAPTERS:
        text = (site / "chapters" / f"{name}.html").read_text(encoding="utf-8")
        steps = [int(n) for n in re.findall(r'<p class="book-minutes">about (\d+) min</p>', text)]
        [promised] = re.findall(r"About (\d+) minutes", text)
        assert len(steps) > 10
        assert sum(steps) == pytest.approx(int(promised), rel=0.15), name
        all_promised.append(int(promised))
    start = (site / "chapters" / "welcome.html").read_text(encoding="utf-8")
    assert f"six chapters of {min(all_promised)} to {max(all_promised)} minutes" in start and len(CHAPTERS) == 6


def test_the_bar_shows_which_steps_are_done(watched, served):
    watched.goto(served + CHAPTER)
    bar = watched.locator(".book-steps")
    count = bar.locator("span").count()
    asking = watched.locator("section:has(> h2)").evaluate_all(
        "all => all.filter((one) => one.querySelector('.book-widget[data-kind=guess]')).map((one) => one.id)"
    )
    assert count == len(asking) > 5
    expect(bar).to_have_attribute("aria-label", f"0 of {count} steps done")
    step = watched.locator(f"#{asking[1]}")
    for guess in step.locator(".book-widget[data-kind=guess]").all():
        guess.get_by_role("button", name="Show me without guessing").click()
    expect(bar).to_have_attribute("aria-label", f"1 of {count} steps done")
    expect(bar.locator("span").nth(1)).to_have_attribute("data-done", "true")
    expect(watched.locator(f"#pst-page-toc-nav a[href='#{asking[1]}']")).to_contain_text("✓ done")
    watched.reload()
    expect(bar).to_have_attribute("aria-label", f"1 of {count} steps done")
    watched.evaluate("scrollTo(0, 5000)")
    expect(bar).to_be_in_viewport()


def test_the_place_last_read_is_offered_never_jumped_to(watched, start):
    watched.goto(start + CHAPTER)
    expect(watched.locator(".book-go-on")).to_have_count(0)
    heading = watched.locator("section > h2").nth(5)
    section = heading.evaluate("one => one.parentElement.id")
    heading.evaluate("one => one.scrollIntoView()")
    watched.wait_for_function(f"{PLACE}?.pages.lookup === '{section}'")
    watched.goto(start + START)
    watched.get_by_role("link", name="Go on where you were: 1. Turn token IDs into vectors").click()
    watched.wait_for_url(f"**/lookup.html#{section}")
    expect(heading).to_be_in_viewport()
    watched.goto(start + START)
    watched.goto(start + CHAPTER)
    assert watched.evaluate("scrollY") == 0
    link = watched.get_by_role("link", name=re.compile("^Go on where you were: "))
    expect(link).to_have_attribute("href", f"#{section}")


def test_a_page_that_is_loaded_again_stays_where_the_reader_was(watched, served):
    """Not where its address leads: what comes alive takes there only who has just arrived."""
    watched.goto(served + CHAPTER)
    headings = watched.locator("section > h2")
    section = headings.nth(5).evaluate("one => one.parentElement.id")
    watched.goto("about:blank")
    watched.goto(f"{served}{CHAPTER}#{section}")
    expect(headings.nth(5)).to_be_in_viewport()
    watched.wait_for_function(WIDGETS)
    headings.nth(2).evaluate("one => one.scrollIntoView()")
    watched.reload()
    watched.wait_for_function(WIDGETS)
    expect(headings.nth(2)).to_be_in_viewport()
    expect(headings.nth(5)).not_to_be_in_viewport()


def test_the_contents_name_the_section_that_one_reads(watched, served):
    """Also on the way up, and where a chosen section is too near the end of the page to come to its top."""
    watched.set_viewport_size({"width": 1280, "height": 800})
    watched.goto(served + CHAPTER)
    entries, current = watched.locator("#pst-page-toc-nav a"), watched.locator("#pst-page-toc-nav [aria-current]")
    entries.last.click()
    expect(current).to_have_text(re.compile(entries.last.text_content().strip()))
    watched.goto("about:blank")
    watched.goto(served + CHAPTER)
    heading = watched.locator("section > h2").nth
    for n in (6, 3):  # into the middle of a section: no heading comes into sight
        heading(n).evaluate("one => { one.scrollIntoView(); scrollBy(0, 300); }")
        expect(current).to_contain_text(heading(n).evaluate("one => one.firstChild.textContent.trim()"))
    watched.evaluate("scrollTo(0, 0)")
    expect(current).to_have_count(0)


def test_what_grows_above_takes_no_reader_to_another_place(watched, served):
    """Until all that is near has come; here what an explorer starts from never does."""
    watched.goto(served + CHAPTER)
    section = watched.locator("section:has(> h2)").nth(5).get_attribute("id")
    watched.goto("about:blank")
    watched.route("**/states/*", lambda route: None)
    watched.goto(f"{served}{CHAPTER}#{section}", wait_until="commit")  # it would wait for what never comes
    watched.wait_for_function("document.querySelector('.book-steps') && document.querySelector(':target')")
    watched.evaluate("""() => new Promise((done) => {
        addEventListener("scroll", () => requestAnimationFrame(() => requestAnimationFrame(done)), { once: true });
        document.querySelector("article").style.overflowAnchor = "none";
        document.querySelector(":target").style.marginTop = "2000px";
        scrollBy(0, 1);
    })""")
    assert watched.evaluate(f"{PLACE}.pages.lookup") == section


@pytest.mark.parametrize(
    "kept",
    [
        "{",
        "null",
        "7",
        '{"pages":null,"last":"lookup"}',
        '{"pages":{"lookup":7},"last":["x"]}',
        json.dumps(
            {"pages": {"lookup": "javascript:alert(1)", "__proto__": "x"}, "last": "javascript:alert(1)//lookup"}
        ),
    ],
)
def test_a_place_that_is_none_is_no_matter(watched, served, kept):
    watched.goto(served + START)
    watched.evaluate("kept => localStorage.setItem('place/from-token-ids-to-vectors', kept)", kept)
    for page in (START, CHAPTER):
        watched.goto(served + page)
        for link in watched.locator(".book-go-on a").all():
            assert "javascript:" not in link.get_attribute("href").split("#")[0]
    watched.locator("section > h2").nth(3).evaluate("one => one.scrollIntoView()")
    watched.wait_for_function(f"typeof {PLACE}?.pages?.lookup === 'string' && !{PLACE}.pages.lookup.includes(':')")


# -- other needs ---------------------------------------------------------------------------------------------


def test_names_roles_and_states_of_a_guess_on_the_accessibility_tree(watched, served):
    watched.goto(served + CHAPTER)
    widget = watched.locator(".book-widget[data-kind=guess]:has([data-kind=choice])").first
    tree = widget.aria_snapshot()
    question = widget.locator("legend").first.text_content()
    for part in [
        f'- group "{question}"',
        '- group "How sure are you?',
        '- button "sure"',
        '- button "Show me without guessing"',
    ]:
        assert part in tree, tree
    widget.get_by_role("button", name="sure", exact=True).click()
    assert "- alert: First make a guess. Any guess will do." in widget.aria_snapshot()
    widget.locator(".guess-choice input").first.check()
    widget.get_by_role("button", name="sure", exact=True).click()
    assert "[disabled]" in widget.aria_snapshot()
    verdict = widget.get_by_role("group", name=re.compile("Answer: "))
    expect(verdict).to_be_focused()
    assert "- button" not in widget.aria_snapshot()


def test_a_part_that_can_be_skipped_is_folded_and_a_link_opens_it(watched, start):
    watched.goto(start + CHAPTER)
    deeper = watched.locator("details.book-deeper").first
    guess = deeper.locator("#guess-what-does-plain-numpy-give-back-for")
    expect(guess).to_be_hidden()
    deeper.locator("summary").first.click()
    expect(guess).to_be_visible()
    watched.goto("about:blank")
    watched.goto(start + CHAPTER + "#guess-what-does-plain-numpy-give-back-for")
    expect(guess).to_be_visible()  # a browser opens what a link leads into
    watched.emulate_media(media="print")
    watched.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert watched.locator("details.book-deeper:not([open])").count() == 0


TALL = "document.documentElement.scrollHeight"
ALL_ALIVE = "[...document.querySelectorAll('.book-widget[data-kind=guess]')].every((one) => one.dataset.live)"
APART = "document.querySelectorAll('.book-apart').length"
# Whether what is in a section is laid out, and whether it is in sight.
SKIPPED = """[...document.querySelectorAll("article section > h2")].map((one) => one.parentElement)
    .filter((one) => !one.checkVisibility({ contentVisibilityAuto: true }) || !one.firstElementChild.checkVisibility(
        { contentVisibilityAuto: true })).length"""
# Both at one moment, for explorers that come near make the page grow: its height as it is, and with all laid out.
BOTH = f"""(() => {{
    const left = {TALL}, all = document.createElement("style");
    all.textContent = ".book-apart {{ content-visibility: visible !important; }}";
    document.head.append(all);
    const laid = {TALL}, skipped = {SKIPPED};
    all.remove();
    return [left, laid, skipped];
}})()"""


def test_a_click_that_takes_the_focus_from_a_section_keeps_the_page_alive(watched, served):
    """A change of content-visibility in the middle of a click kills a tab of Chromium 156."""
    watched.goto(served + CHAPTER)
    watched.wait_for_function(ALL_ALIVE)
    section = watched.locator("section:has(> h2):has(.guess-choice)").last
    watched.wait_for_function("(one) => one.classList.contains('book-apart')", arg=section.element_handle())
    guess = section.locator(".guess:has(.guess-choice)").first
    guess.get_by_role("button", name="leaning").click()
    expect(guess.locator(".guess-problem")).to_have_text("First make a guess. Any guess will do.")
    guess.locator(".guess-choice").first.click(position={"x": 60, "y": 10})  # its text, which takes no focus itself
    expect(guess.locator("input").first).to_be_checked()


@pytest.mark.parametrize("width", [360, 1280])
def test_sections_far_from_sight_are_left_out_and_nothing_moves(watched, served, width):
    watched.set_viewport_size({"width": width, "height": 800})
    watched.goto(served + CHAPTER)
    watched.wait_for_function(f"{ALL_ALIVE} && {APART} > 5")
    assert watched.evaluate(SKIPPED) > 5
    left, laid, skipped = watched.evaluate(BOTH)
    assert left == pytest.approx(laid, abs=2) and skipped == 0
    last = watched.locator("section:has(> h2):has(> .cell .guess)").last
    watched.evaluate("id => { location.hash = id; }", last.get_attribute("id"))
    expect(last.locator("> h2")).to_be_in_viewport()
    guess = last.locator(".guess").first
    guess.get_by_role("button", name="Show me without guessing").click()
    expect(guess.locator(".guess-verdict")).to_be_in_viewport()
    watched.emulate_media(media="print")
    assert watched.evaluate(SKIPPED) == 0

"""The host lets any anywidget live on a page with no kernel and no network, and lets none break the page."""

import json

import pytest
from playwright.sync_api import expect
from scratch_book import FORMS, STRANGERS
from watching import BLOCKED

# What drawdata does on every page, with a kernel too; and what Playwright says where it keeps a worker away.
KNOWN = ("Error: <svg> attribute height", BLOCKED)
FAILING = ["throws", "throws_late", "throws_first", "broken", "orphan"]


both = pytest.mark.parametrize("guests", ["http", "file"], indirect=True)


@pytest.fixture
def guests(request, page, scratch):
    """The page of guests, from a server or from a folder; nothing on it may fail aloud or ask another host."""
    from_folder = getattr(request, "param", "http") == "file"
    start = scratch.folder.as_uri() + "/" if from_folder else scratch.address
    page.problems, page.notes = [], []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    own = (start, "blob:", "data:")

    def heard(line):
        (page.problems if line.type in ("error", "warning") else page.notes).append(line.text)

    page.on("console", heard)
    page.on("request", lambda sent: sent.url.startswith(own) or page.problems.append(sent.url))
    page.goto(start + "guests.html")
    begun = page.locator(".book-widget[data-live], .book-widget:has(> .book-quiet)")
    expect(begun).to_have_count(page.locator(".book-widget").count())
    yield page
    assert [problem for problem in page.problems if not any(known in problem for known in KNOWN)] == []


def views(page):
    """The widgets of the page by name."""
    names = [*STRANGERS, "object", "function", "promise", "events", "send", "bytes", "cleanup", "first", "again",
             "style", "parent", "odd", "throws", "throws_late", "throws_first", "broken", "empty", "orphan", "guess"]
    found = page.locator(".book-widget")
    expect(found).to_have_count(len(names))
    return {name: found.nth(place) for place, name in enumerate(names)}


def state_of(page, view):
    text = page.locator("script[type='application/vnd.jupyter.widget-state+json']").text_content()
    return json.loads(text)["state"][view.get_attribute("data-model")]["state"]


def drag(page, target):
    """Drag from the middle of an element to the right."""
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y, steps=4)
    page.mouse.up()


@both
def test_widgets_of_others_answer_the_reader(guests):
    view = views(guests)
    for name in STRANGERS:
        expect(view[name]).to_have_attribute("data-live", "true")
    expect(view["slider"]).to_contain_text("X: 0.25, Y: 0.50")
    drag(guests, view["slider"].locator("canvas"))
    expect(view["slider"]).not_to_contain_text("X: 0.25")
    drag(guests, view["matrix"].get_by_text("1.0", exact=True))
    expect(view["matrix"].get_by_text("1.0", exact=True)).to_have_count(0)
    view["list"].get_by_role("button", name="Reorder rows").focus()
    expect(view["list"].locator(".item-label")).to_have_text(["rows", "columns"])
    drag(guests, view["tangle"].get_by_text("10.0 rows"))
    expect(view["tangle"]).not_to_contain_text("10.0 rows")
    expect(view["draw"].locator("svg")).to_contain_text("cat")
    expect(view["scatter"].get_by_role("button", name="Select class a")).to_be_visible()


@both
def test_the_widget_form_is_kept(guests):
    for name, text in {
        "object": "an object",
        "function": "a function",
        "promise": "a promise",
        "events": "change:n, change, change:n, change:n, change, change; n is 4, label two",
        "send": "sent",
        "bytes": "DataView 1 2 255; DataView 7 8",
        "first": "initialized 1 of this module",  # once a model, however often it is shown
        "again": "initialized 1 of this module",
        "style": "styled",
        "parent": "the child is 42 and shows 42",
        "odd": "</script><script>document.title = 1</script><!--",
    }.items():
        expect(views(guests)[name]).to_contain_text(text)
        expect(views(guests)[name]).to_have_attribute("data-live", "true")
    expect(guests.locator(".mine")).to_have_css("color", "rgb(1, 2, 3)")
    assert len([note for note in guests.notes if "no kernel is listening" in note]) == 1  # of two messages
    assert guests.title().startswith("guests")  # what a widget's state says is never run


def test_what_throws_is_noted_and_the_rest_lives(guests):
    view = views(guests)
    for name in FAILING:
        expect(view[name].locator(".book-quiet")).to_have_text("The interactive form of this part did not start.")
        expect(view[name]).not_to_have_attribute("data-live", "true")
    assert len([note for note in guests.notes if note.startswith("A widget did not start: Error: on purpose")]) == 3
    expect(view["throws"]).not_to_contain_text("half")  # what it had begun is taken away
    view["guess"].get_by_label("yes").check()
    view["guess"].get_by_role("button", name="leaning").click()
    expect(view["guess"]).to_contain_text("✓ Right.")


def test_a_guess_that_cannot_start_shows_its_plain_form(page, scratch):
    """The module of the guess is damaged on its way."""
    page.route("**/modules/guess-*.js*", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(scratch.address + "kinds.html")
    shape = page.locator("#guess-shape")
    expect(shape.locator(".book-quiet")).to_have_text(
        "The interactive form of this part did not start. Its plain form is here instead."
    )
    expect(shape.get_by_text("What shape?")).to_be_visible()
    answer, code = shape.get_by_text("(5, 768)", exact=True), shape.get_by_text("answer = (5, 768)")
    expect(answer).to_be_hidden()
    shape.get_by_text("Show the answer").click()
    expect(answer).to_be_visible()
    expect(code).to_be_hidden()
    shape.get_by_text("How this is computed").click()
    expect(code).to_be_visible()
    page.locator("#card-card").get_by_role("button").first.click()
    expect(page.locator("#card-card")).to_contain_text("A name.")


def test_controls_that_need_python_say_so(guests):
    expect(guests.get_by_text("This control needs a running notebook.")).to_have_count(2)


def test_without_javascript_a_widget_of_others_says_what_it_needs(new_context, scratch):
    page = new_context(java_script_enabled=False).new_page()
    page.goto((scratch.folder / "guests.html").as_uri())
    expect(page.get_by_text("This part needs JavaScript.")).to_have_count(len(views(page)) - 1)


def test_cleaning_up_when_the_page_is_left(page, scratch):
    page.goto(scratch.address + "guests.html")
    expect(views(page)["cleanup"]).to_have_attribute("data-live", "true")
    # A page that a test has a channel to may be frozen instead of closed; then nothing ends.
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    assert page.evaluate("localStorage.getItem('cleanup')") is None
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: false }))")
    said = page.evaluate("localStorage.getItem('cleanup')")
    assert sorted(said.strip("[]").split("][")) == ["initialize", "render", "signal"]


def test_our_modules_are_sent_once_and_those_of_others_stay_in_the_page(guests, scratch):
    view = views(guests)
    assert state_of(guests, view["object"])["_esm"] == FORMS["object"]
    assert state_of(guests, view["guess"])["_esm"].startswith("book:")  # names of files that the site shares
    kinds = (scratch.folder / "kinds.html").read_text(encoding="utf-8")
    assert kinds.count("modules/guess-") == 1 and kinds.count("function render(") == 0
    files = (scratch.folder / "_static" / "modules").glob("guess-*.js")
    assert sum("function render(" in path.read_text(encoding="utf-8") for path in files) == 1

"""Keys and buttons of every page: turning pages, searching, help, light and dark, copying, downloading."""

import json

import pytest
from playwright.sync_api import expect

START, CHAPTER = "chapters/welcome.html", "chapters/lookup.html"


# -- keys -------------------------------------------------------------------------------------------------


def test_arrows_turn_the_pages(watched, served):
    watched.goto(served + START)
    watched.keyboard.press("ArrowRight")
    watched.wait_for_url("**/" + CHAPTER)
    watched.keyboard.press("ArrowLeft")
    watched.wait_for_url("**/" + START)


ROLES = ["slider", "radiogroup", "listbox", "grid", "tablist"]
FIELDS = [
    "<input>", "<input type=range>", "<input type=radio>", "<textarea></textarea>",
    "<select><option>a</select>", "<div contenteditable>a</div>",
    *(f"<div role={role} tabindex=0>a</div>" for role in ROLES),
    "<pre tabindex=0 style='width: 9em; overflow: auto'>a line that is longer than its box</pre>",
]


@pytest.mark.parametrize("field", FIELDS)
def test_keys_belong_to_what_has_the_focus(watched, served, field):
    watched.goto(served + START)
    turned = []
    watched.on("request", lambda request: request.is_navigation_request() and turned.append(request.url))
    watched.evaluate("""field => {
        document.querySelector("article").insertAdjacentHTML("afterbegin", field);
        document.querySelector("article").firstElementChild.focus();
    }""", field)
    for key in ["ArrowRight", "ArrowLeft"] if field.startswith("<pre") else ["ArrowRight", "s", "/", "?"]:
        watched.keyboard.press(key)
    expect(watched.locator("dialog[open]")).to_have_count(0)
    watched.evaluate("document.activeElement.blur()")
    for key in ["Control+ArrowRight", "Shift+ArrowRight", "Control+s"]:
        watched.keyboard.press(key)
    watched.keyboard.press("ArrowRight")  # the only one that turns a page
    watched.wait_for_url("**/" + CHAPTER)
    assert turned == [served + CHAPTER]


def test_a_key_with_another_held_down_is_the_browsers(watched, served):
    watched.goto(served + CHAPTER)
    held = [("ArrowRight", name) for name in ("ctrlKey", "altKey", "metaKey", "shiftKey")]
    held += [("s", name) for name in ("ctrlKey", "altKey", "metaKey")]
    taken = """all => all.map(([key, name]) => !document.body.dispatchEvent(
        new KeyboardEvent("keydown", { key, [name]: true, bubbles: true, cancelable: true, composed: true })))"""
    assert watched.evaluate(taken, held) == [False] * len(held)
    assert watched.evaluate(taken, [("s", "none")] * 2) == [True, False]  # it opens a dialog, which has the keys


def test_a_field_that_is_no_longer_shown_keeps_no_key(watched, served):
    """For a moment after its dialog has closed, the search field may still have the focus."""
    watched.goto(served + CHAPTER)
    field = watched.locator("#pst-search-dialog input")
    expect(field).to_be_hidden()
    field.dispatch_event("keydown", {"key": "s", "bubbles": True, "composed": True})
    expect(field).to_be_focused()


@pytest.mark.parametrize("key", ["/", "s"])
def test_search_by_keys(watched, start, key):
    watched.goto(start + CHAPTER)
    watched.keyboard.press(key)
    field = watched.locator("#pst-search-dialog input")
    expect(field).to_be_focused()
    watched.keyboard.press("Escape")
    expect(field).to_be_hidden()
    watched.keyboard.press(key)
    expect(field).to_be_focused()
    watched.keyboard.type("row")
    expect(field).to_have_value("row")
    watched.keyboard.press("Enter")
    watched.wait_for_url("**/search.html?q=row")
    expect(watched.locator("#search-results li a").first).to_be_visible()
    watched.wait_for_load_state("networkidle")


def test_help_opens_closes_and_gives_the_focus_back(watched, served):
    watched.goto(served + CHAPTER)
    button, dialog = watched.get_by_role("button", name="Keys"), watched.get_by_role("dialog")
    button.focus()
    for key in ["?", "Enter"]:
        watched.keyboard.press(key)
        expect(dialog).to_contain_text("previous and next chapter")
        watched.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        expect(button).to_be_focused()


def test_keys_can_be_switched_off(watched, served):
    watched.goto(served + CHAPTER)
    watched.get_by_role("button", name="Keys").click()
    watched.get_by_label("Use the keys").uncheck()
    watched.get_by_role("button", name="Close").click()
    watched.reload()
    watched.keyboard.press("?")
    expect(watched.get_by_role("dialog")).to_be_hidden()


def test_menu_closes_by_escape_and_by_a_click_elsewhere(watched, served):
    watched.goto(served + CHAPTER)
    opener, item = watched.locator("#book-print summary"), watched.get_by_role("button", name="Print in full")
    opener.press("Enter")
    expect(item).to_be_visible()
    watched.keyboard.press("Escape")
    expect(item).to_be_hidden()
    expect(opener).to_be_focused()
    opener.click()
    watched.locator("h1").click()
    expect(item).to_be_hidden()


def test_what_has_the_focus_is_seen(page, served):
    """Walk the page by Tab, and back: each stop has an outline that can be seen, and nothing lies on all of it."""
    look = """() => { const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
        const parts = [0.1, 0.5, 0.9].flatMap((x) => [0.1, 0.5, 0.9].map((y) =>
            document.elementFromPoint(box.left + x * box.width, box.top + y * box.height)));
        const bare = parts.some((part) =>
            at.contains(part) || part?.contains(at) || part?.closest("label")?.control === at);
        return {name: at.outerHTML.slice(0, 120), style: style.outlineStyle, width: style.outlineWidth, bare}; }"""
    page.goto(served + CHAPTER)
    stops = []
    for key in ["Tab"] * 40 + ["Shift+Tab"] * 15:
        page.keyboard.press(key)
        stop = page.evaluate(look)
        if stop["name"].startswith("<body"):
            break
        stops.append(stop)
    assert len({stop["name"] for stop in stops}) > 10
    assert [stop for stop in stops if stop["style"] == "none" or float(stop["width"][:-2]) < 2] == []
    covered = [stop for stop in stops if not stop["bare"]]
    assert [stop for stop in covered if "Skip to main content" not in stop["name"]] == []  # which slides in


# -- buttons ----------------------------------------------------------------------------------------------


def test_light_and_dark(watched, served):
    watched.goto(served + CHAPTER)
    switch, root = watched.get_by_role("button", name="Light or dark"), watched.locator("html")
    expect(root).to_have_attribute("data-mode", "auto")
    switch.click()
    expect(root).to_have_attribute("data-theme", "dark")
    expect(switch.locator(".icon-moon")).to_be_visible()
    watched.reload()
    expect(root).to_have_attribute("data-theme", "dark")


def test_blocked_storage_breaks_nothing(watched, served):
    watched.add_init_script("""for (const name of ["localStorage", "sessionStorage"])
        Object.defineProperty(window, name, { get() { throw new DOMException("no", "SecurityError"); } });""")
    watched.goto(served + CHAPTER)
    watched.get_by_role("button", name="Light or dark").click()
    expect(watched.locator("html")).to_have_attribute("data-theme", "dark")
    watched.keyboard.press("/")
    watched.keyboard.type("row")
    watched.keyboard.press("Enter")
    expect(watched.locator("#search-results li a").first).to_be_visible()
    watched.wait_for_load_state("networkidle")


def test_list_of_chapters_folds_away_and_opens_on_a_phone(watched, served):
    watched.goto(served + CHAPTER)
    chapters, toggle = watched.locator(".bd-docs-nav"), watched.get_by_role("button", name="Chapters")
    toggle.click()
    expect(chapters).to_be_hidden()
    toggle.click()
    expect(chapters).to_be_visible()
    watched.set_viewport_size({"width": 360, "height": 740})
    expect(chapters).to_be_hidden()
    toggle.click()
    expect(chapters).to_be_visible()
    watched.keyboard.press("Escape")
    expect(chapters).to_be_hidden()
    expect(toggle).to_be_focused()


def test_code_is_copied(context, watched, served):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    watched.goto(served + CHAPTER)
    block = watched.locator(".cell_input div.highlight:visible").first
    block.hover()
    button = block.get_by_role("button", name="Copy")
    expect(button).to_have_css("opacity", "1")
    watched.locator("body").press("Escape")  # what a pointer shows goes by Esc, wherever the focus is
    expect(button).to_have_css("opacity", "0")
    button.click()
    expect(watched.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
    assert watched.evaluate("navigator.clipboard.readText()") == block.locator("pre").text_content()


def test_the_notebook_can_be_downloaded(page, served):
    page.goto(served + CHAPTER)
    with page.expect_download() as event:
        page.get_by_role("link", name="Download the notebook").click()
    notebook = json.loads(event.value.path().read_text(encoding="utf-8"))
    assert event.value.suggested_filename == "lookup.ipynb"
    assert notebook["nbformat"] == 4


def test_launch_links_need_the_address_of_the_repository(site):
    """With one they are there: tests/book_site/test_pages_workflow.py, tests/words/test_german.py."""
    assert "Run on" not in (site / CHAPTER).read_text(encoding="utf-8")

"""Guesses and cards on the built pages, in Chromium: by keyboard alone, kept, forgotten, and never in the way."""

import json
import math

import numpy as np
import pytest
from axe import violations
from kept_guesses import QUESTIONS
from playwright.sync_api import expect
from watching import WIDGETS

from book_utils.asking.record import is_value
from book_utils.words import word

ACTIVE = """() => {
    const at = document.activeElement, root = at.closest(".book-widget");
    return { widget: root && root.dataset.model, type: at.type || at.tagName.toLowerCase(), value: at.value || "",
             verdict: at.className === "guess-verdict", text: at.textContent, ask: !!at.closest(".guess-ask") };
}"""
STATE = "script[type='application/vnd.jupyter.widget-state+json']"


def state_of(page):
    """The traits of every widget of a page, as the page sends them."""
    found = page.locator(STATE).all_text_contents()
    records = {model: record for text in found for model, record in json.loads(text)["state"].items()}
    for beside in page.locator(".book-widget > script").all():  # on the page that gathers all guesses
        records[beside.evaluate("one => one.parentElement.dataset.model")] = json.loads(beside.text_content())
    return {model: record["state"] for model, record in records.items()}


@pytest.fixture
def kinds(watched, scratch):
    """The page that holds one guess of every kind; any fault on it fails the test."""
    watched.goto(scratch.address + "kinds.html")
    return watched


@pytest.fixture
def in_class(watched, scratch):
    """The same page, opened by a teacher's link: what is committed stays shut until it is revealed."""
    watched.goto(scratch.address + "kinds.html?class")
    return watched


def fill(widget, kind):
    """Enter some guess, by mouse where there are buttons."""
    if kind in ("choice", "choices"):
        widget.locator(".guess-choice input").nth(1).check()
    elif kind == "order":
        widget.locator(".guess-moves button").nth(1).click()
    elif kind == "lines":
        widget.locator(".guess-offers button").first.click()
    elif kind == "point":
        widget.locator("input[type=range]").first.press("ArrowRight")
    else:
        widget.locator("input[type=text], textarea").fill({"number": "1,500", "shape": "5, 768"}.get(kind, "A row."))


def commit(widget, label=None, sure="leaning"):
    """Guess; gives the verdict, which is shown at once but in a class."""
    if label is not None:
        widget.get_by_label(label, exact=True).check()
    widget.get_by_role("button", name=sure, exact=True).click()
    return widget.locator(".guess-verdict")


def reveal(widget):
    widget.get_by_role("button", name="Reveal the answer").click()
    return widget.locator(".guess-verdict")


# -- by keyboard alone ---------------------------------------------------------------------------------------


def tab_to(page, wanted, most=80):
    """Press Tab until what has the focus is as wanted."""
    for _ in range(most):
        page.keyboard.press("Tab")
        active = page.evaluate(ACTIVE)
        if wanted(active):
            return active
    raise AssertionError(f"{most} times Tab did not lead there, but to {active}")


# Put the focus where Tab leads into the widget next (on one page every Tab is pressed, from the top to the end).
STAND_BEFORE = """one => {
    const start = one.closest("details.book-deeper:not([open])") ?? one;
    start.tabIndex = -1;
    start.focus({ preventScroll: true });
    start.removeAttribute("tabindex");
}"""


def guess_by_keyboard(page, model, kind, scale, possible, near):
    """Make one guess, from where the focus is or from a place near by, and leave the focus on its verdict."""
    widget = page.locator(f".book-widget[data-model={model}]")
    if near:
        widget.evaluate(STAND_BEFORE)
    folded = page.locator("details.book-deeper:not([open])", has=widget)
    if folded.count():
        tab_to(page, lambda active: active["text"] == word("deeper"))
        page.keyboard.press("Enter")
        expect(folded).to_have_count(0)
    tab_to(page, lambda active: active["widget"] == model and active["ask"])
    if kind in ("choice", "choices"):
        page.keyboard.press("Space")
    elif kind == "order":
        page.keyboard.press("Tab")  # from "up" to "down"
        page.keyboard.press("Enter")
    elif kind == "lines":
        page.keyboard.press("Enter")  # takes a line; the focus is on the next one
        page.keyboard.press("Enter")
    elif kind == "point" or scale.get("low"):
        tab_to(page, lambda active: active["type"] == "range")
        page.keyboard.press("ArrowRight")
    else:
        number = str(possible[-1]) if possible else "12"
        page.keyboard.type({"number": number, "shape": "(2, 3)"}.get(kind, "A row of the table."))
    if kind != "words":
        tab_to(page, lambda active: active["value"] == "leaning")
        for arrow in ("ArrowLeft", "ArrowRight"):  # lead to the next button: only a press commits
            page.keyboard.press(arrow)
        expect(widget.locator(".guess")).to_have_attribute("data-state", "open")
    else:
        tab_to(page, lambda active: active["text"] == "Commit")
    page.keyboard.press("Enter")
    expect(widget.locator(".guess")).to_have_attribute("data-state", "revealed")
    active = page.evaluate(ACTIVE)
    assert active["widget"] == model and active["verdict"]


def play(page, near=False, one_of_a_kind=False):
    """Make all guesses of a page by keyboard, or one of each kind; give what the page then says of each."""
    guesses = {model: state for model, state in state_of(page).items() if "answer_text" in state}
    expect(page.locator(".guess")).to_have_count(len(guesses))
    order = page.locator(".book-widget[data-kind=guess]").evaluate_all("all => all.map((view) => view.dataset.model)")
    if one_of_a_kind:
        order = list({guesses[model]["kind"]: model for model in reversed(order)}.values())[::-1]
    for model in order:
        state = guesses[model]
        guess_by_keyboard(page, model, state["kind"], state["scale"], state["possible"], near)
        widget = page.locator(f".book-widget[data-model={model}]")
        said = widget.locator(".guess").text_content()
        assert state["answer_text"].replace("`", "") in widget.locator(".guess-answer").text_content()
        assert state["because"].replace("`", "").replace("\n\n", "") in said
        for choice in state["choices"]:
            assert choice["note"].replace("`", "") in said
        assert "Your guess: " in said
        assert (state["kind"] == "words") != ("(leaning)" in said)
    return outcomes(page)


def outcomes(page):
    """What every guess says after it was revealed."""
    return page.locator(".guess-own, .guess-choices, .guess-order, .guess-verdict").all_text_contents()


# Cells whose code tells an answer; it is none of a page's business until the guess is made.
TELLING = """() => [...document.querySelectorAll(".cell:has([data-kind=guess]), [data-kind=guess]")]
    .filter((cell) => [...cell.querySelectorAll("pre, .cell_input")].some((code) => code.checkVisibility()) ||
                      cell.querySelector(".cell_input"))
    .map((cell) => cell.textContent.slice(0, 100))"""


def test_every_guess_of_every_page_by_keyboard_alone(watched, served, pages):
    """And no code tells an answer before its guess; nothing is lost when the page is opened again."""
    played = 0
    watched.goto(served + pages[0])
    for name in pages:
        watched.evaluate("localStorage.clear()")  # one page gathers the guesses of all the others
        watched.goto(served + name)
        watched.wait_for_function(WIDGETS)
        assert watched.evaluate(TELLING) == [], name
        gathered = name.endswith("/guesses.html")  # what is asked there is played in its chapter
        before = play(watched, near="lookup" not in name, one_of_a_kind=gathered)  # of one chapter every key is pressed
        ids = watched.locator(".book-widget[id]").evaluate_all("all => all.map((view) => view.id)")
        assert len(ids) == len(set(ids)), "two questions of a page have one name: give name= to one"
        if before:
            watched.reload()
            watched.wait_for_function(WIDGETS)
            assert outcomes(watched) == before
            played += watched.locator(".guess[data-state=revealed]").count()
    assert played > 10


def test_every_kind_by_keyboard_alone(watched, scratch):
    """From a folder; the guesses of the chapters are played so from a server."""
    watched.goto((scratch.folder / "kinds.html").as_uri())
    before = play(watched)
    watched.reload()
    watched.wait_for_function(WIDGETS)
    assert outcomes(watched) == before
    expect(watched.locator(".guess[data-state=revealed]")).to_have_count(12)


def test_a_card_by_keyboard_alone(kinds):
    card = kinds.locator("#card-card .card")
    front = card.get_by_role("button", name="What is an ID?")
    tab_to(kinds, lambda active: "What is an ID?" in active["text"], most=200)
    expect(front).to_have_attribute("aria-expanded", "false")
    expect(card).not_to_contain_text("A name.")
    kinds.keyboard.press("Space")
    expect(front).to_have_attribute("aria-expanded", "true")
    expect(card.locator("[aria-live=polite]")).to_have_text("A name.Not a measure.")
    tab_to(kinds, lambda active: active["text"] == "not yet", most=2)
    kinds.keyboard.press("Enter")
    expect(card.get_by_role("button", name="not yet")).to_have_attribute("aria-pressed", "true")
    expect(card).to_contain_text("Noted: not yet.")
    kinds.reload()
    expect(card).not_to_contain_text("A name.")  # turned back, as it is there to be asked again
    front.press("Enter")
    expect(card.get_by_role("button", name="not yet")).to_have_attribute("aria-pressed", "true")


# -- the rules of the game -----------------------------------------------------------------------------------


def test_nothing_is_shown_before_a_guess(kinds):
    for name in ("choice", "shown"):
        guess = kinds.locator(f"#guess-{name} .guess")
        expect(guess.locator(".guess-verdict")).to_be_hidden()
        expect(guess.locator(".guess-note, .guess-tag, img, table")).to_have_count(0)
    kinds.wait_for_function(WIDGETS)  # the explorer shows its plain form until a reader comes near
    expect(kinds.locator(".book-plain:visible")).to_have_count(0)


@pytest.mark.parametrize(("name", "said"), [
    ("choice", "First make a guess."), ("choices", "First make a guess."), ("slider", "A guess here is a number"),
    ("number", "A guess here is a number"), ("shape", "A shape is a list of whole numbers"),
    ("words", "Write a sentence first."), ("point", "First"), ("lines", "First take a line into your program."),
])
def test_committing_nothing_says_what_is_missing(kinds, name, said):
    guess = kinds.locator(f"#guess-{name}")
    guess.get_by_role("button", name="Commit" if name == "words" else "sure", exact=True).click()
    expect(guess.get_by_role("alert")).to_contain_text(said)
    expect(guess.locator(".guess-ask :focus")).to_have_count(1)
    expect(guess.locator(".guess")).to_have_attribute("data-state", "open")


def test_enter_leads_to_the_buttons_and_commits_nothing(kinds):
    """So that nobody says "guessing" by holding down a key."""
    for name in ("choice", "number", "slider"):
        guess = kinds.locator(f"#guess-{name}")
        field = guess.locator(".guess-ask input").first
        field.press("Enter")
        expect(guess.get_by_role("alert")).not_to_be_empty()
        field.check() if name == "choice" else field.fill("7")
        field.press("Enter")
        expect(guess.get_by_role("alert")).to_be_hidden()
        expect(guess.get_by_role("group", name="How sure are you?")).to_be_focused()
        kinds.keyboard.press("Enter")
        expect(guess.locator(".guess")).to_have_attribute("data-state", "open")
        kinds.keyboard.press("Tab")
        expect(guess.get_by_role("button", name="guessing", exact=True)).to_be_focused()


def test_one_press_commits_and_reveals(kinds):
    guess = kinds.locator("#guess-choice")
    expect(guess.locator(".guess-sure")).to_contain_text("One press commits your guess and shows the answer.")
    verdict = commit(guess, "no")
    expect(verdict).to_be_focused()
    expect(guess.get_by_label("no", exact=True)).to_be_disabled()  # committed is committed
    expect(guess.get_by_role("button")).to_have_count(0)
    said = [kept(kinds, "choice")[trait] for trait in ("guess", "confidence", "revealed", "second")]
    assert said == ["no", "leaning", True, None]


def test_the_lines_that_compute_are_in_the_reveal(kinds):
    guess = kinds.locator("#guess-worked")
    code = commit(guess, "7").locator(".guess-code")
    expect(code.locator("pre")).to_be_hidden()
    code.locator("summary").click()
    expect(code.locator("pre")).to_have_text("rows = [3, 4]\ntotal = sum(rows)\nanswer = total")
    expect(code.locator("span")).to_have_text(["3", "4", "sum"])
    colour = "one => getComputedStyle(one).color"
    assert code.locator("span").first.evaluate(colour) != code.locator("pre").evaluate(colour)


def test_a_right_and_a_wrong_guess(kinds):
    guess = kinds.locator("#guess-choice")
    verdict = commit(guess, "no", "sure")
    # The reason comes at once: the answer itself is marked among the choices (and read out, where one only listens).
    expect(verdict.locator("p").first).to_have_text("✗ Not this time. Answer: yes One.")
    expect(verdict.locator(".guess-answer")).to_have_css("position", "absolute")
    expect(verdict.locator(".guess-more")).to_have_attribute("open", "")  # the long story, when it is needed most
    expect(verdict.locator("summary").first).to_have_text("You were sure: more on this")
    expect(guess.locator(".guess-choice[data-answer=true]")).to_have_text("yes✓ Answer")
    expect(guess.locator(".guess-choice").nth(1)).to_have_text("no▸ Your guess (sure)A misconception: <b>.")
    shape = kinds.locator("#guess-shape")
    shape.get_by_label("Your shape").fill("5 x 768")
    expect(commit(shape)).to_contain_text("✓ Right.")


def test_a_number_says_how_far_off(kinds):
    slider, number = kinds.locator("#guess-slider"), kinds.locator("#guess-number")
    for typed, said in [("30 k", "✓ Right. (within a factor of 2)"), ("9,000", "✗ Not this time. (within a factor")]:
        kinds.evaluate("localStorage.clear()")
        kinds.reload()
        slider.get_by_label("Your number").fill(typed)
        expect(commit(slider)).to_contain_text(said)
    expect(slider.locator(".guess-own")).to_have_text("Your guess: 9,000 rows (leaning)")
    number.get_by_label("Your number").fill("0.7")
    expect(commit(number)).to_contain_text("✗ Not this time. (off by 0.2)")


PLACES = """strip => {
    const { left, width } = strip.querySelector(".guess-scale").getBoundingClientRect();
    return [".guess-mark-answer", ".guess-mark-own"].map((name) =>
        (strip.querySelector(name).getBoundingClientRect().left - left) / width);
}"""


def test_a_number_lies_on_a_line_with_a_scale(kinds):
    slider, number = kinds.locator("#guess-slider"), kinds.locator("#guess-number")
    scale = ["1", "100", "10,000", "10⁶", "10⁸"]
    expect(slider.locator(".guess-scale > span")).to_have_text(scale)
    slider.get_by_label("Your number").fill("1,000")
    strip = commit(slider).locator(".guess-strip")
    expect(strip.locator(".guess-scale > span")).to_have_text(scale)
    expect(strip.locator(".guess-mark")).to_have_text(["Answer: 50,257 rows", "Your guess: 1,000 rows"])
    assert strip.evaluate(PLACES) == pytest.approx([math.log10(50_257) / 9, 3 / 9], abs=0.01)
    number.get_by_label("Your number").fill("0.7")
    strip = commit(number).locator(".guess-strip")
    expect(strip.locator(".guess-scale > span")).to_have_text(["0.5", "0.55", "0.6", "0.65", "0.7"])
    assert strip.evaluate(PLACES) == pytest.approx([0, 1], abs=0.01)


# Pairs of texts on a map that lie on one another, and texts that are cut off at its edge or cover a dot.
COVERED = """map => {
    const box = (one) => one.getBoundingClientRect(), inside = box(map);
    const texts = [...map.querySelectorAll("text")].filter((one) => one.textContent);
    const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
                           Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3;  // the room between two lines
    const found = texts.flatMap((one, i) => texts.slice(i + 1).filter((other) => meet(box(one), box(other)))
        .map((other) => `${one.textContent} on ${other.textContent}`));
    const cut = texts.filter((one) => box(one).left < inside.left || box(one).right > inside.right);
    return [...found, ...cut.map((one) => one.textContent + " is cut")];
}"""


MIDDLE = "one => { const { x, y, width, height } = one.getBBox(); return [x + width / 2, y + height / 2]; }"


@pytest.mark.parametrize("width", [360, 1280])
def test_names_on_a_map_never_lie_on_one_another(watched, served, width):
    question = next(one for one in QUESTIONS if one["kind"] == "point")
    watched.set_viewport_size({"width": width, "height": 800})
    watched.goto(f"{served}chapters/{question['chapter']}.html")
    guess = watched.locator(f"#guess-{question['name']} .guess")
    names = [name for name, *_ in question["scale"]["points"]]
    texts = guess.locator(".guess-map text")
    expect(texts).to_have_text(names)
    assert guess.locator(".guess-map").evaluate(COVERED) == []
    guess.locator("input[type=range]").first.press("ArrowRight")
    commit(guess)
    expect(texts).to_have_text([*names, "Answer", "Your guess"])
    assert guess.locator(".guess-map").evaluate(COVERED) == []
    drawn = "text => parseFloat(getComputedStyle(text).fontSize) * text.ownerSVGElement.clientWidth / 640"
    assert texts.first.evaluate(drawn) >= 13  # pixels
    # Where the words lie tells where a place is drawn: the cross is the guess, and the circle the answer.
    places = [place for _, *place in question["scale"]["points"]]
    made = [float(slider.input_value()) for slider in guess.locator("input[type=range]").all()]
    dots = [guess.locator(".guess-map g:first-child circle").nth(i).evaluate(MIDDLE) for i in range(len(places))]
    circle, cross = (guess.locator(f".guess-at-{name}").evaluate(MIDDLE) for name in ("answer", "own"))
    for axis in (0, 1):
        slope, start = np.polyfit([place[axis] for place in places], [dot[axis] for dot in dots], 1)
        assert circle[axis] == pytest.approx(start + slope * question["answer"][axis], abs=1)
        assert cross[axis] == pytest.approx(start + slope * made[axis], abs=1)


@pytest.mark.parametrize("width", [360, 1280])
def test_notes_of_choices_push_no_verdict_out_of_sight(watched, served, width):
    """Where the buttons stand at the lower edge of a low window, and all choices have something to say."""
    question = max(QUESTIONS, key=lambda one: sum(len(choice["note"]) for choice in one["choices"]))
    watched.set_viewport_size({"width": width, "height": 420})
    watched.goto(f"{served}chapters/{question['chapter']}.html")
    guess = watched.locator(f"#guess-{question['name']} .guess")
    guess.get_by_role("radio").first.check()
    guess.locator(".guess-sure").evaluate("one => one.scrollIntoView({ block: 'end' })")
    commit(guess)
    expect(guess).to_have_attribute("data-state", "revealed")
    expect(guess.locator(".guess-said")).to_be_in_viewport(ratio=1)


def test_slider_and_field_go_together(kinds):
    guess = kinds.locator("#guess-slider")
    field, slider = guess.get_by_label("Your number (rows)"), guess.get_by_role("slider")
    expect(slider).to_have_attribute("aria-valuetext", "no number yet")
    slider.press("End")
    expect(field).to_have_value("1,000,000,000")
    slider.press("Home")
    expect(field).to_have_value("1")
    expect(slider).to_have_attribute("aria-valuetext", "1 rows")
    field.fill("1,000")
    expect(slider).to_have_attribute("aria-valuetext", "1,000 rows")
    assert float(slider.input_value()) == pytest.approx(3, abs=0.05)  # on a log scale
    field.fill("nonsense")
    expect(slider).to_have_attribute("aria-valuetext", "no number yet")


@pytest.mark.parametrize("number", ["-5", "1,000,000,001", "1e12", "3 billion"])
def test_a_number_that_cannot_be_is_refused_kindly(in_class, number):
    guess = in_class.locator("#guess-slider")
    field = guess.get_by_label("Your number (rows)")
    field.fill(number)
    commit(guess)
    said = "That cannot be: the answer lies between 0 and 1,000,000,000. What is your guess?"
    expect(guess.get_by_role("alert")).to_have_text(said)
    expect(field).to_be_focused()
    expect(field).to_have_value(number)
    expect(guess.locator(".guess")).to_have_attribute("data-state", "open")
    field.fill("0")
    commit(guess)
    expect(guess.locator(".guess-own")).to_have_text("Your guess: 0 rows (leaning)")
    guess.get_by_role("button", name="Change my mind").click()
    field.fill(number)
    guess.get_by_role("button", name="Keep as second thought").click()
    expect(guess.get_by_role("alert")).to_have_text(said)


# -- a class: commit, talk, change your mind, reveal -----------------------------------------------------------


@pytest.mark.parametrize("protocol", ["http", "file"])
def test_a_teachers_link_keeps_the_answer_shut_in_this_tab(watched, context, scratch, protocol):
    address = (scratch.address if protocol == "http" else scratch.folder.as_uri() + "/") + "kinds.html"
    watched.goto(address + "?class")
    guess = watched.locator("#guess-choice")
    expect(watched.locator(".book-go-on")).to_contain_text("Class mode: a guess stays shut after you commit")
    commit(guess, "no")
    expect(guess.get_by_role("button", name="Reveal the answer")).to_be_focused()
    expect(guess.locator(".guess")).to_have_attribute("data-state", "committed")
    expect(guess.locator(".guess-verdict")).to_be_hidden()
    watched.goto(address)  # a link of the book says nothing of a class
    commit(watched.locator("#guess-shown"), "x")
    expect(watched.locator("#guess-shown .guess")).to_have_attribute("data-state", "committed")
    other = context.new_page()
    other.goto(address)
    expect(other.locator("#guess-choice .guess")).to_have_attribute("data-state", "committed")  # as it was made
    expect(other.locator(".book-go-on")).to_have_count(0)
    watched.get_by_role("link", name="End class mode").click()
    shape = watched.locator("#guess-shape")
    shape.get_by_label("Your shape").fill("5, 768")
    expect(commit(shape)).to_be_focused()
    expect(reveal(guess)).to_contain_text("✗ Not this time.")


def test_a_second_thought_stands_beside_the_first(in_class):
    guess = in_class.locator("#guess-choice")
    commit(guess, "no", "sure")
    expect(guess.locator(".guess-talk")).to_contain_text("Talk with a neighbour")
    guess.get_by_role("button", name="Hide my vote").press("Enter")  # and nothing on the screen tells it
    expect(guess.locator(".guess-own")).to_be_hidden()
    expect(guess.get_by_role("radio").first).to_be_hidden()
    guess.get_by_role("button", name="Show my vote").press("Enter")
    expect(guess.locator(".guess-own")).to_be_visible()
    guess.get_by_role("button", name="Hide my vote").click()
    guess.get_by_role("button", name="Change my mind").click()  # to vote again shows it
    expect(guess.get_by_label("no", exact=True)).to_be_focused()
    expect(guess.get_by_role("button", name="Show me without guessing")).to_be_hidden()
    guess.get_by_label("yes", exact=True).check()
    guess.get_by_role("button", name="Keep as second thought").click()
    own = guess.locator(".guess-own")
    expect(own).to_have_text("Your guess: no (sure)Second thought: yes")
    in_class.reload()
    expect(own).to_have_text("Your guess: no (sure)Second thought: yes")
    verdict = reveal(guess)
    expect(verdict).to_contain_text("✗ Not this time. Your second thought was right.")
    assert kept(in_class, "choice")["guess"] == "no" and kept(in_class, "choice")["second"] == "`yes`"


def test_an_unchanged_mind_is_no_second_thought(in_class):
    for name in ("choice", "choices", "slider", "number", "shape", "order", "lines", "point", "words"):
        guess = in_class.locator(f"#guess-{name}")
        fill(guess, guess.locator(".guess").get_attribute("data-kind"))
        if name == "number":
            guess.get_by_label("Your number").fill("0.123456")  # shown with three digits
        commit(guess, sure="Commit" if name == "words" else "sure")
        first = kept(in_class, name)["guess"]
        guess.get_by_role("button", name="Change my mind").click()
        guess.get_by_role("button", name="Keep as second thought").click()
        assert kept(in_class, name)["guess"] == first and kept(in_class, name)["second"] is None, name


def test_no_second_thought_changes_an_order_that_was_committed(in_class):
    guess = in_class.locator("#guess-order")
    guess.get_by_role("button", name="Move down: ten").click()
    commit(guess)
    expect(guess.locator(".guess-own")).to_have_text("Your guess: two › ten › five (leaning)")
    guess.get_by_role("button", name="Change my mind").click()
    guess.get_by_role("button", name="Move down: ten").click()
    guess.get_by_role("button", name="Keep as second thought").click()
    first, second = "Your guess: two › ten › five (leaning)", "Second thought: two › five › ten"
    expect(guess.locator(".guess-own")).to_have_text(first + second)
    expect(reveal(guess)).to_contain_text("✗ Not this time. Your second thought was right.")


def test_lines_are_taken_moved_and_taken_out(kinds):
    """By buttons alone, so by touch and by keys, and a live region says each step."""
    guess = kinds.locator("#guess-lines")
    offers, program = (guess.get_by_role("list", name=name) for name in ("Lines to choose from", "Your program"))
    said = guess.locator(".guess-ask [aria-live=polite]")
    steps = [("c = 2 * b", 1, "b = a + 1"), ("c = a < b", 2, "b = a + 1"), ("b = a + 1", 3, "Move up: b = a + 1")]
    for line, n, then in steps:
        offers.get_by_role("button", name=line, exact=True).press("Enter")
        expect(said).to_have_text(f"{line}: {n}")
        expect(guess.get_by_role("button", name=then, exact=True)).to_be_focused()
    guess.get_by_role("button", name="Take out: c = a < b").click()
    expect(said).to_have_text("c = a < b: taken out")
    expect(offers.get_by_role("button", name="c = a < b", exact=True)).to_be_focused()
    guess.get_by_role("button", name="Move up: b = a + 1").click()
    expect(said).to_have_text("b = a + 1: 1")
    expect(program.get_by_role("listitem").locator("code")).to_have_text(["b = a + 1", "c = 2 * b"])
    verdict = commit(guess)
    expect(verdict).to_contain_text("✓ Right.")
    expect(verdict.locator("ol code")).to_have_text(["b = a + 1", "c = 2 * b"])
    expect(verdict).to_contain_text("These do not belong:c = a < b: Nothing is compared.")
    assert kept(kinds, "lines")["guess"] == ["`b = a + 1`", "`c = 2 * b`"]
    kinds.reload()
    expect(program.get_by_role("listitem").locator("code")).to_have_text(["b = a + 1", "c = 2 * b"])
    expect(offers).to_be_hidden()


def test_showing_without_guessing(kinds):
    guess = kinds.locator("#guess-choice")
    guess.get_by_role("button", name="Show me without guessing").click()
    verdict = guess.locator(".guess-verdict")
    expect(verdict).to_be_focused()
    expect(verdict).to_contain_text("Shown without a guess. Answer: yes")
    expect(guess.locator(".guess-own")).to_be_hidden()
    kinds.reload()
    expect(verdict).to_contain_text("Shown without a guess.")
    assert kept(kinds, "choice")["skipped"] is True and kept(kinds, "choice")["guess"] is None


def test_own_words_are_rated_by_the_reader(kinds):
    guess = kinds.locator("#guess-words")
    expect(guess.get_by_text("How sure are you?")).to_be_hidden()
    guess.get_by_label("In your own words").fill("A row.")
    expect(commit(guess, sure="Commit")).to_contain_text("One way to say it: Because E[i] is a row.")
    guess.get_by_label("partly").check()
    expect(guess.get_by_label("partly")).to_be_focused()
    kinds.reload()
    expect(guess.get_by_label("partly")).to_be_checked()
    expect(guess.locator(".guess-own")).to_have_text("Your guess: A row.")


def test_own_words_are_held_against_a_checklist(kinds):
    """What is ticked says how close they came, and both are kept."""
    guess = kinds.locator("#guess-points")
    guess.get_by_label("In your own words").fill("A sum.")
    commit(guess, sure="Commit")
    boxes = guess.get_by_role("group", name="Tick what yours had").get_by_role("checkbox")
    steps = [("A row.", [0], "partly"), ("none of these", [], "missed"), ("A place.", [1], "partly"),
             ("A row.", [0, 1], "partly"), ("Added up.", [0, 1, 2], "got")]
    for name, ticked, rating in steps:
        guess.get_by_label(name, exact=True).check()
        assert (kept(kinds, "points")["ticked"], kept(kinds, "points")["rating"]) == (ticked, rating)
    guess.get_by_label("A row.", exact=True).uncheck()
    kinds.reload()
    expect(boxes).to_have_count(4)
    assert [box.is_checked() for box in boxes.all()] == [False, True, True, False]


def test_words_tables_and_figures_are_revealed(kinds):
    guess = kinds.locator("#guess-shown")
    verdict = commit(guess, "y")
    expect(verdict.get_by_text("Look:")).to_be_visible()
    expect(verdict.get_by_role("columnheader")).to_have_text(["token", "ID"])
    expect(verdict.get_by_role("cell")).to_have_text(["cat", "4937"])
    figure = verdict.get_by_role("img", name="A rising curve.")
    expect(figure).to_be_visible()
    assert figure.evaluate("figure => figure.decode().then(() => figure.naturalWidth)") > 100


def test_how_sure_follows_the_guesses(kinds):
    table = kinds.get_by_role("region", name="How sure you were, and how often you were right")
    expect(table).to_contain_text("No guesses yet.")
    commit(kinds.locator("#guess-choice"), "no", "sure")
    expect(table.locator("tbody tr")).to_have_text(["guessing0" + "0", "leaning0" + "0", "sure1" + "0"])
    expect(table.get_by_role("link", name="Is a < b?")).to_have_attribute("href", "#guess-choice")
    for name, text in [("number", "0.5"), ("shape", "5,768"), ("slider", "50257"), ("order", None)]:
        guess = kinds.locator(f"#guess-{name}")
        if text:
            guess.locator("input[type=text]").fill(text)
        expect(table).to_contain_text("Too few guesses for a percentage yet.")
        commit(guess, sure="sure")
    expect(table).not_to_contain_text("Too few")
    expect(table.locator("tbody tr").last).to_have_text("sure5" + "3 · 60 %")
    kinds.reload()
    expect(table.locator("tbody tr").last).to_have_text("sure5" + "3 · 60 %")


# -- what is kept --------------------------------------------------------------------------------------------


def kept(page, name):
    """What the browser has stored of a guess."""
    return json.loads(page.evaluate("name => localStorage.getItem('guess/scratch/kinds/' + name)", name))["state"]


def test_an_edited_question_forgets_its_guess(kinds):
    guess = kinds.locator("#guess-choice")
    commit(guess, "no")
    commit(kinds.locator("#guess-shown"), "x")
    kinds.evaluate("""() => {
        const key = "guess/scratch/kinds/choice", record = JSON.parse(localStorage.getItem(key));
        localStorage.setItem(key, JSON.stringify({ ...record, digest: "of another question" }));
    }""")
    kinds.reload()
    expect(guess.locator(".guess")).to_have_attribute("data-state", "open")
    expect(guess.get_by_label("no", exact=True)).not_to_be_checked()
    expect(kinds.locator("#guess-shown .guess")).to_have_attribute("data-state", "revealed")
    commit(guess, "yes")
    assert kept(kinds, "choice")["guess"] == "`yes`"


def test_another_tab_does_not_replace_a_first_guess(kinds, context, scratch):
    other = context.new_page()
    other.goto(scratch.address + "kinds.html")
    commit(kinds.locator("#guess-choice"), "no")
    guess = other.locator("#guess-choice")
    expect(guess.locator(".guess-own")).to_have_text("Your guess: no (leaning)")
    expect(guess.get_by_role("button", name="sure", exact=True)).to_be_hidden()


STORAGE = {
    "blocked": "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException() }})",
    "absent": "Object.defineProperty(window, 'localStorage', { value: null })",
    "full": "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError') }",
}


@pytest.mark.parametrize("problem", STORAGE)
def test_storage_that_fails_never_breaks_a_page(watched, scratch, problem):
    watched.add_init_script(STORAGE[problem])
    watched.goto(scratch.address + "kinds.html")
    guess = watched.locator("#guess-choice")
    expect(commit(guess, "no")).to_contain_text("✗ Not this time.")
    watched.locator("#card-card").get_by_role("button").first.click()
    watched.get_by_role("button", name="knew it").click()
    expect(watched.locator("#card-card")).to_contain_text("Noted: knew it.")
    expect(watched.get_by_role("region", name="How sure you were")).to_contain_text("leaning1")
    forgets = watched.get_by_text("this browser will forget it when you leave the page: its storage is")
    expect(forgets).to_have_count(1)  # said once, whatever else is kept


WRONG_TYPES = {
    "guess": {"a": 1}, "confidence": {}, "second": [[]], "skipped": "no", "revealed": "yes", "rating": 7, "knew": [],
    "ticked": {"a": 1},
}
NO_LABELS = {"guess": "<script>alert(1)</script>!", "confidence": "sure", "second": "no", "revealed": True}
TRAPS = {"guess": "no", "confidence": "constructor", "rating": "__proto__", "knew": "toString", "revealed": True,
         "ticked": ["constructor", None, -1, 1e9]}


def test_storage_may_hold_anything(watched, scratch):
    address = scratch.address + "kinds.html"
    watched.goto(address)
    digests = {state["name"]: state["digest"] for state in state_of(watched).values() if state.get("kept")}
    bodies = [None, 5, "text", [], {}, WRONG_TYPES, NO_LABELS, TRAPS]
    broken = ["", "null", "5", "{", "[]", '"text"', "\x00", "{" * 100_000, '{"v":2}', '{"__proto__":{"v":1}}']
    for body in [broken, *bodies]:  # what is no record of ours is none of whatever guess: each gets another
        for number, (name, digest) in enumerate(digests.items()):
            record = json.dumps({"v": 1, "digest": digest, "at": 5, "state": body})
            text = broken[number % len(broken)] if body is broken else record
            watched.evaluate("given => localStorage.setItem(...given)", [f"guess/scratch/kinds/{name}", text])
        watched.reload()
        watched.wait_for_function(WIDGETS)
        expect(watched.locator(".book-widget:not([data-live])")).to_have_count(0)
        said = watched.locator("article").text_content()
        assert "function" not in said and "[object" not in said and "undefined" not in said
        state = "revealed" if body in (NO_LABELS, TRAPS) else "open"
        expect(watched.locator(f".guess[data-state={state}]")).to_have_count(12)
        if body == NO_LABELS:
            expect(watched.locator("#guess-choice .guess-said")).to_have_text("Shown without a guess.")
        if body == TRAPS:
            expect(watched.locator("#guess-choice .guess-own")).to_have_text("Your guess: no")
        elif body != NO_LABELS:
            commit(watched.locator("#guess-choice"), "no")  # what was there is replaced
            assert kept(watched, "choice")["guess"] == "no"


# -- text from strangers -------------------------------------------------------------------------------------

TYPED = {
    "markup": "<script>document.title = 'run'</script><img src=x onerror=\"document.title = 'run'\">",
    "long": "0123456789" * 2000,  # the most that a file of guesses takes
    "right to left": "\u202eשלום \u200f(5, 768)\u202c",
    "emoji": "👩‍👩‍👧‍👦 🇺🇳 👍🏽 e\u0301",
    "controls": "a\u0000b\u0007\u2028c\ufffe",
    "backticks": "a `b` c ` d",
}


@pytest.mark.parametrize("name", TYPED)
def test_what_is_typed_is_shown_as_text(kinds, name):
    text = TYPED[name]
    guess = kinds.locator("#guess-words")
    words = guess.get_by_label("In your own words")
    expect(words).to_have_attribute("maxlength", str(len(TYPED["long"])))
    words.fill(text)
    assert is_value(text)
    commit(guess, sure="Commit")
    for _ in range(2):  # at once, and after a reload
        shown = guess.locator(".guess-own").text_content().removeprefix("Your guess: ")
        assert shown == text
        assert kinds.locator("script, img", has_text="run").count() == 0 and "run" not in kinds.title()
        assert kinds.evaluate("document.documentElement.scrollWidth <= innerWidth")
        kinds.reload()
    for other in ("number", "shape", "slider"):
        field = kinds.locator(f"#guess-{other}")
        field.locator("input[type=text]").fill(text)
        field.get_by_role("button", name="leaning").click()
        if name != "long":
            expect(field.get_by_role("alert")).not_to_be_empty()
    assert "run" not in kinds.title()


def test_half_a_character_is_shown_as_the_sign_for_one(kinds):
    guess = kinds.locator("#guess-words")
    guess.get_by_label("In your own words").evaluate("field => { field.value = 'a\\ud800b\\udc00'; }")
    guess.get_by_role("button", name="Commit").click()
    for _ in range(2):
        expect(guess.locator(".guess-own")).to_have_text("Your guess: a\ufffdb\ufffd")
        kinds.reload()


# -- other ways to read a page -------------------------------------------------------------------------------


@pytest.mark.parametrize("protocol", ["http", "file"])
def test_without_javascript_questions_are_open_and_answers_folded(new_context, scratch, protocol):
    page = new_context(java_script_enabled=False).new_page()
    page.goto((scratch.address if protocol == "http" else scratch.folder.as_uri() + "/") + "kinds.html")
    guess = page.locator("#guess-choice")
    expect(guess.get_by_text("<i>Choose.</i>")).to_be_visible()
    expect(guess.get_by_role("listitem")).to_have_text(["yes", "no", "<script>alert(1)</script>"])
    expect(guess.get_by_text("A misconception")).to_be_hidden()
    guess.get_by_text("Show the answer").click()
    expect(guess.get_by_text("A misconception: <b>.")).to_be_visible()
    expect(guess.locator("details strong")).to_have_text("yes")
    shown = page.locator("#guess-shown")
    shown.get_by_text("Show the answer").click()
    expect(shown.get_by_role("img", name="A rising curve.")).to_be_visible()
    page.locator("#card-card summary").click()
    expect(page.locator("#card-card").get_by_text("A name.")).to_be_visible()
    expect(page.locator("[data-kind=howsure]")).to_contain_text("A table stands here")


def test_a_screen_reader_hears_names_and_states(kinds):
    guess = kinds.locator("#guess-choice")
    expect(guess).to_match_aria_snapshot("""
        - group "Is a < b? <i>Choose.</i>":
          - radio "yes"
          - radio "no"
        - group "How sure are you? One press commits your guess and shows the answer.":
          - button "guessing"
          - button "leaning"
          - button "sure"
        - paragraph:
          - button "Show me without guessing"
    """)
    expect(guess.locator(".guess-own")).to_have_attribute("aria-live", "polite")
    commit(guess, "no")
    # The verdict takes the focus, and its name is what is read first.
    expect(guess.get_by_role("group", name="✗ Not this time. Answer: yes")).to_be_focused()
    expect(kinds.get_by_role("group", name="What shape?").get_by_role("textbox", name="Your shape")).to_be_visible()
    expect(kinds.get_by_role("group", name="Order by size.").get_by_role("button", name="Move up: two")).to_be_visible()
    kinds.wait_for_function(WIDGETS)
    expect(kinds.locator("article").get_by_role("region")).to_have_count(2)  # landmarks are few: no guess is one


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_before_and_after_the_answers(browser, scratch, scheme):
    context = browser.new_context(color_scheme=scheme, viewport={"width": 360, "height": 800}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(scratch.address + "kinds.html?class")
    faults = violations(page, least=15, within="article")
    row = page.locator("#guess-choice .guess-sure button").evaluate_all("all => all.map((one) => one.offsetTop)")
    assert len(set(row)) == 1  # the three stand side by side
    for widget in page.locator("[data-kind=guess]").all():
        kind = widget.locator(".guess").get_attribute("data-kind")
        press = "Commit" if kind == "words" else "sure"
        commit(widget, sure=press) if kind != "order" else None  # shows what is missing; an order is there already
        fill(widget, kind)
        commit(widget, sure=press)
    faults += violations(page, least=15, within="article")
    for widget in page.locator("[data-kind=guess]").all():
        reveal(widget)
    page.evaluate("document.querySelectorAll('.guess details').forEach((part) => { part.open = true; })")
    page.locator("#card-card").get_by_role("button").first.click()
    assert faults + violations(page, least=15, within="article") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()

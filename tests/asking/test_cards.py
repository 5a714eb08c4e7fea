"""A card keeps what was said last, and the day; data that loads on first use tells how much of it is there."""

import json

from kept_guesses import KEPT
from playwright.sync_api import expect


def test_a_card_keeps_the_last_word_and_one_review_a_day(watched, scratch):
    watched.goto(scratch.address + "kinds.html")
    card = watched.locator("#card-card .card")
    front = card.get_by_role("button").first
    buttons = card.locator(".card-said button")
    front.click()
    knew, not_yet = buttons.nth(0), buttons.nth(1)
    for pressed, other, said in [(knew, not_yet, "knew"), (not_yet, knew, "notYet"), (knew, not_yet, "knew")]:
        pressed.click()
        expect(pressed).to_have_attribute("aria-pressed", "true")
        expect(other).to_have_attribute("aria-pressed", "false")
        (record,) = [json.loads(text) for text in watched.evaluate(KEPT).values()]
        assert record["state"] == {"knew": said} and [word for _, word in record["reviews"]] == [said]
        watched.reload()
        expect(front).to_have_attribute("aria-expanded", "false")
        expect(card.locator(".card-noted")).to_be_hidden()
        front.click()
        expect(pressed).to_have_attribute("aria-pressed", "true")
        expect(other).to_have_attribute("aria-pressed", "false")
        expect(card.locator(".card-noted")).to_be_visible()


PROGRESS = """() => {
    window.heard = [];
    const seen = Object.getOwnPropertyDescriptor(HTMLProgressElement.prototype, "value");
    Object.defineProperty(HTMLProgressElement.prototype, "value", {
        ...seen, set(value) { window.heard.push(value); seen.set.call(this, value); },
    });
}"""


def test_the_progress_of_loading_rises_to_the_whole(watched, served):
    watched.goto(served + "chapters/lab.html")
    watched.locator(".explorer.sentence textarea").focus()  # it lives
    watched.evaluate(PROGRESS)
    watched.locator(".explorer.sentence textarea").fill("the zebra")
    expect(watched.locator(".explorer.sentence ol").first).to_contain_text("zebra")
    heard = watched.evaluate("window.heard")
    assert len(heard) > 2 and heard == sorted(heard) and heard[-1] == 1
    assert len(set(heard)) == len(heard)  # each part is counted once

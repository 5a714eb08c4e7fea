"""Every slider says its value in words that are also on the screen, and says another one when it is moved."""

import re

from playwright.sync_api import expect
from watching import WIDGETS

SLIDERS = "main input[type=range], main [role=slider]"
SHOWN = """element => {
    const root = element.closest(".explorer, .guess");
    const fields = [...root.querySelectorAll("input:not([type=range]), select, textarea")].map((field) => field.value);
    return [root.innerText, ...fields].join(" ");
}"""


def said(slider):
    """What is read as the value of a slider: Chromium gives it to screen readers, and keeps it from its protocol."""
    return slider.evaluate("element => element.getAttribute('aria-valuetext') ?? element.value")


def check(page, slider):
    expect(slider).to_have_accessible_name(re.compile(r"\w"))
    name, texts = slider.aria_snapshot(), [said(slider)]
    for key in ("Home", "ArrowRight", "ArrowRight", "End"):
        slider.focus()
        page.keyboard.press(key)
        text = said(slider)
        texts.append(text)
        assert text.strip() and not re.search(r"undefined|NaN|null|\{\w+\}", text), (name, text)
        number = re.search(r"-?−?\d[\d,.]*", text)
        assert number and number[0].rstrip(".,") in page.evaluate(SHOWN, slider.element_handle()), (name, text)
    assert len(set(texts[1:])) >= 3, (name, texts)


def sliders_of(page, address):
    page.goto(address)
    page.wait_for_function(WIDGETS)
    return [slider for slider in page.locator(SLIDERS).all() if slider.is_visible() and slider.is_enabled()]


def test_every_slider_of_the_explorers(watched, served):
    count = 0
    for name in ("lab", "geometry", "position"):
        for slider in sliders_of(watched, f"{served}chapters/{name}.html"):
            if slider.evaluate("element => Boolean(element.closest('.explorer'))"):
                check(watched, slider)
                count += 1
    assert count >= 8


def test_every_slider_of_the_guesses(watched, scratch):
    sliders = sliders_of(watched, scratch.address + "kinds.html")
    assert len(sliders) == 3  # of a number, and the two of a place on a map
    for slider in sliders[:1]:
        check(watched, slider)
    for slider in sliders[1:]:
        before = said(slider)
        slider.focus()
        watched.keyboard.press("ArrowRight")
        assert float(before) < float(said(slider))

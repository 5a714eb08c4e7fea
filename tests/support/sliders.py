"""What a slider says: a name, and values that are also on the screen and differ from one another."""

import re

from playwright.sync_api import expect

SHOWN = """element => {
    const root = element.closest(".explorer, .guess");
    const fields = [...root.querySelectorAll("input:not([type=range]), select, textarea")].map((field) => field.value);
    return [root.innerText, ...fields].join(" ");
}"""


def said(slider):
    """What is read as the value of a slider: Chromium gives it to screen readers, and keeps it from its protocol."""
    return slider.evaluate("element => element.getAttribute('aria-valuetext') ?? element.value")


def check(page, slider):
    """Move a slider by keys: each value that it says stands on the screen, and they differ."""
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

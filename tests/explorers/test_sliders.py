"""Every slider says its value in words that are also on the screen, and says another one when it is moved."""

from sliders import check, said
from watching import WIDGETS

SLIDERS = "main input[type=range], main [role=slider]"


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

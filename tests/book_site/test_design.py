"""The design language: every colour is read on every surface in both themes, and is said in one place."""

import re
from itertools import combinations

import matplotlib.pyplot as plt
import pytest
from contrasts import contrast, rgb
from places import PACKAGE, ROOT

from book_utils.book_site.figures import SHEET, themes

SURFACES = ("ground", "panel")
LEAST = {"hairline": 3}  # a line that must be seen; all others are letters, too
THEIRS = {"ground": "background", "panel": "surface", "ink": "text-base", "soft-ink": "text-muted"}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_contrast(dark):
    """AA of WCAG 2.2: 4.5 for text, 3 for a line that must be seen."""
    colours = themes()[dark]
    assert colours.keys() == themes()[0].keys()  # none is forgotten in the dark
    pale = [(name, surface) for name, colour in colours.items() for surface in SURFACES
            if name not in SURFACES and contrast(rgb(colour), rgb(colours[surface])) < LEAST.get(name, 4.5)]
    assert pale == []


def test_each_colour_stands_for_one_thing():
    for colours in themes():
        assert len(set(colours.values())) == len(colours)


def test_surfaces_and_ink_are_the_themes(page, served):
    for scheme, colours in zip(("light", "dark"), themes(), strict=True):
        page.emulate_media(color_scheme=scheme)
        page.goto(served + "chapters/welcome.html")
        for ours, theirs in THEIRS.items():
            said = page.evaluate("name => getComputedStyle(document.documentElement).getPropertyValue(name)",
                                 f"--pst-color-{theirs}")
            assert re.sub("^#(.)(.)(.)$", r"#\1\1\2\2\3\3", said.strip()) == colours[ours], (scheme, ours)


def test_figures_are_drawn_with_the_light_colours():
    with plt.style.context(PACKAGE / "book.mplstyle"):
        cycle = [f"#{part['color'].removeprefix('#').lower()}" for part in plt.rcParams["axes.prop_cycle"]]
        ink = plt.rcParams["text.color"]
    sheet = SHEET.read_text(encoding="utf-8")
    names = re.findall(r"--series-\d: (?:var\(--([\w-]+)\)|(#[0-9a-f]{6}))", sheet.partition("html[data")[0])
    assert cycle == [colour or themes()[0][name] for name, colour in names]
    assert f"#{ink.removeprefix('#')}" == themes()[0]["ink"]


def test_the_page_of_contributing_names_every_idea():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    text = text.partition("## The design language")[2].partition("\n## ")[0]
    ideas = set(re.findall(r"--(idea-\w+):", SHEET.read_text(encoding="utf-8")))
    assert ideas and ideas == set(re.findall(r"`--(idea-\w+)`", text))


def test_neighbouring_series_differ_without_colour():
    from book_utils.plots import MARKERS

    assert all(one != other for one, other in combinations(MARKERS, 2))

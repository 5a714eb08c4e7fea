"""Every figure of every page, in both themes, on a phone and on a desk: letters large, apart and seen, nothing cut."""

import io
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from contrasts import contrast, rgb
from PIL import Image
from watching import WIDGETS

from book_utils.asking.reveal import svg_of
from book_utils.book_site.built_pages import Site
from book_utils.book_site.figures import finish_figures, themes, to_palette, to_theme

NAMES = re.compile(r"_images/[\w.-]+\.svg")
# Each figure of the page, and each that a guess of it reveals, as wide as it stands there.
WIDTHS = """(revealed) => {
  document.querySelectorAll("article details").forEach((part) => { part.open = true; });
  const guess = [...document.querySelectorAll(".guess")].find((one) => one.clientWidth);
  for (const name of guess ? revealed : []) {
    const verdict = Object.assign(document.createElement("div"), { className: "guess-verdict" });
    const image = Object.assign(document.createElement("img"), { src: "../" + name, alt: "" });
    verdict.append(image);
    guess.append(verdict);
  }
  const drawn = [...document.querySelectorAll('article img[src*="_images/"][src*=".svg"]')]
    .filter((image) => image.checkVisibility());
  return Promise.all(drawn.map(async (image) => {
    image.loading = "eager";
    await image.decode();
    return [image.src.split("#")[0].replace(/.*(?=_images)/, ""), image.getBoundingClientRect().width];
  })).then(Object.fromEntries);
}"""
# A figure as wide as `width`: each text with its box, the size of its letters and its colour; the colours of lines.
LOOK = """([source, width]) => {
  document.body.innerHTML = source;
  const svg = document.querySelector("svg");
  svg.style.cssText = `display: block; width: ${width}px; height: auto`;
  const frame = svg.getBoundingClientRect(), scale = frame.width / svg.viewBox.baseVal.width;
  const box = ({ x, y, width, height }) => [x - frame.x, y - frame.y, x - frame.x + width, y - frame.y + height];
  return {
    frame: [frame.width, frame.height],
    texts: [...svg.querySelectorAll("text")].filter((one) => one.textContent.trim()).map((one) => ({
      text: one.textContent.trim(), box: box(one.getBoundingClientRect()),
      size: parseFloat(getComputedStyle(one).fontSize) * scale, colour: getComputedStyle(one).fill })),
    lines: [...new Set([...svg.querySelectorAll("path, use")].map((one) => getComputedStyle(one))
      .filter((style) => style.stroke !== "none" && Number(style.opacity) === 1 && Number(style.strokeOpacity) === 1)
      .map((style) => style.stroke))],
  };
}"""


def faults(seen, ground):
    """What is wrong with a figure as it was seen, on a ground of this colour."""
    found = [("small", one["text"], round(one["size"], 1)) for one in seen["texts"] if one["size"] < 12.95]
    found += [("pale", one["text"], one["colour"]) for one in seen["texts"] if contrast(one["colour"], ground) < 4.5]
    found += [("pale line", colour) for colour in seen["lines"] if contrast(colour, ground) < 3]
    width, height = seen["frame"]
    boxes = [(one["text"], one["box"]) for one in seen["texts"]]
    found += [("cut", text) for text, box in boxes
              if min(box[:2]) < -1 or box[2] > width + 1 or box[3] > height + 1]
    for i, (text, a) in enumerate(boxes):
        # The box of a line of text is higher than its letters.
        found += [("on one another", text, other) for other, b in boxes[:i]
                  if min(a[2], b[2]) - max(a[0], b[0]) > 1 and min(a[3], b[3]) - max(a[1], b[1]) > 4]
    return found


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_figure(new_context, served, site, pages, scheme, width):
    context = new_context(color_scheme=scheme, viewport={"width": width, "height": 800})
    page, sheet = context.new_page(), context.new_page()
    ground = rgb(themes()[scheme == "dark"]["ground"])
    seen, found = set(), []
    for name in pages:
        text = (site / name).read_text(encoding="utf-8")
        drawn = set(NAMES.findall(text))
        if not drawn or "guesses.html" in name:
            continue
        page.goto(served + name)
        page.wait_for_function(WIDGETS)
        shown = set(NAMES.findall(re.sub(r"<(script|details).*?</\1>", "", text, flags=re.DOTALL)))
        widths = page.evaluate(WIDTHS, sorted(drawn - shown))
        assert widths.keys() == drawn
        for figure, wide in widths.items():
            looked = sheet.evaluate(LOOK, [(site / figure).read_text(encoding="utf-8"), wide])
            assert looked["texts"]
            found += [(name, figure, *fault) for fault in faults(looked, ground)]
        seen |= drawn
    assert found == [], "\n".join(map(str, found))
    assert seen == {f"_images/{path.name}" for path in (site / "_images").glob("*.svg")}


def test_the_eye_sees_what_is_wrong(page):
    """A figure in matplotlib's own style on a phone, with pale letters, names on one another, and one cut off."""
    with plt.style.context("default"):
        ax = plt.figure(figsize=(6.4, 4)).gca()
        ax.text(0.5, 0.5, "one"), ax.text(0.5, 0.51, "other")
        ax.text(0.2, 0.2, "yellow", color="#ffee88")
        ax.text(0.9, 0.8, "a name that is longer than the figure")
        ax.plot([0, 1], color="#ffee88")
        svg = svg_of(ax.figure)
    found = faults(page.evaluate(LOOK, [to_theme(svg), 328]), rgb("#ffffff"))
    assert {fault[0] for fault in found} == {"small", "pale", "pale line", "cut", "on one another"}


@pytest.mark.parametrize(("system", "theme"), [("light", "dark"), ("dark", "light")])
def test_a_theme_that_is_not_the_systems(new_context, served, system, theme):
    """The reader has chosen it: figures follow the page. Where the two differ their address says so, for WebKit."""
    page = new_context(color_scheme=system, viewport={"width": 800, "height": 700}).new_page()
    page.add_init_script(f"localStorage.setItem('mode', '{theme}')")
    page.goto(served + "chapters/memory.html")
    figure = page.locator("figure img").first
    figure.scroll_into_view_if_needed()
    page.wait_for_function("image => image.complete && image.src.includes('#')", arg=figure.element_handle())
    assert figure.get_attribute("src").endswith(f".svg#{theme}")
    picture = np.asarray(Image.open(io.BytesIO(figure.screenshot())).convert("L"), int)
    assert (picture.mean() > 200) == (theme == "light")  # nearly all of it is the ground of the page
    letters = picture.min() if theme == "light" else picture.max()
    assert abs(letters - np.median(picture)) > 120


def test_a_figure_is_not_read_twice_and_keeps_what_it_shows():
    drawn = ('<svg width="9pt" viewBox="0 0 9 9"><metadata>today</metadata><g id="figure_1"><g id="patch_1">\n'
             '<path d="M 0 9 z" style="fill: #ffffff"/>\n</g><text style="fill: #222832">a &lt; b</text></g></svg>')
    themed = to_theme(drawn)
    assert "today" not in themed and "#ffffff" not in themed.partition("</style>")[2]
    assert '<text style="fill: var(--ink)">a &lt; b</text>' in themed


def test_what_an_author_drew_elsewhere_stays_as_it_is(tmp_path):
    """A drawing in another encoding, one that runs a script, a picture that is none."""
    files = {"a.svg": '<?xml version="1.0" encoding="latin-1"?><svg>é</svg>'.encode("latin-1"), "c.png": b"no picture",
             "b.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "d.svg": b""}
    (tmp_path / "_images").mkdir()
    for name, contents in files.items():
        (tmp_path / "_images" / name).write_bytes(contents)
    finish_figures(Site(tmp_path))
    assert {path.name: path.read_bytes() for path in (tmp_path / "_images").iterdir()} == files


def test_every_figure_has_both_themes_and_no_date(site):
    figures = sorted((site / "_images").glob("*.svg"))
    assert figures
    for path in figures:
        text = path.read_text(encoding="utf-8")
        assert '<g id="light"><g id="dark">' in text and "<metadata>" not in text, path.name
        assert path.stat().st_size < 90_000, path.name


def test_pictures_have_a_palette_and_look_as_they_did(site, tmp_path):
    for path in (site / "_images").glob("*.png"):
        assert Image.open(path).mode == "P", path.name
    figure, ax = plt.subplots(figsize=(4, 3))
    ax.imshow(np.outer(np.arange(300), np.arange(300)), cmap="viridis")
    figure.savefig(tmp_path / "a.png")
    before, size = np.asarray(Image.open(tmp_path / "a.png").convert("RGB"), int), (tmp_path / "a.png").stat().st_size
    to_palette(tmp_path / "a.png")
    after = np.asarray(Image.open(tmp_path / "a.png").convert("RGB"), int)
    assert (tmp_path / "a.png").stat().st_size < 0.6 * size
    assert np.abs(after - before).mean() < 2  # of 255
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


"""Files of figures, without a browser: their colours, their size, and the names by which pages know them."""

import base64
import io
import os
import re
from hashlib import sha256
from types import SimpleNamespace

import numpy as np
import pytest
import tinycss2
from PIL import Image
from traitlets.config import PyFileConfigLoader

from book_utils.book_site import figures
from book_utils.book_site.built_pages import Site
from book_utils.book_site.figures import finish_figures, rounded, themes, to_palette, to_theme

DRAWN = '<?xml version="1.0"?>\n<svg width="72pt" height="36pt" viewBox="0 0 9 9"><g id="figure_1">{}</g>\n</svg>\n'


def picture(mode="RGB", side=64) -> Image.Image:
    """A picture of far more than 256 colours."""
    x, y = np.meshgrid(np.arange(side), np.arange(side))
    waves = np.stack([np.sin(x / 3), np.sin(y / 5), np.sin(x * y / 90)], axis=-1)
    return Image.fromarray((127 * (1 + waves)).astype(np.uint8)).convert(mode)


def png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def pixels(content) -> np.ndarray:
    return np.asarray(Image.open(content).convert("RGB"), int)


def test_the_kernels_of_a_build_draw_svg_without_a_date(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", "a reader's own")
    for _ in range(2):
        figures.draw_svg(SimpleNamespace(outdir=tmp_path / "_build" / "html"))
    assert os.environ["IPYTHONDIR"] == str(tmp_path / "_build" / "kernel")  # beside the site, not in it
    folder = os.path.join(os.environ["IPYTHONDIR"], "profile_default")
    backend = PyFileConfigLoader("ipython_kernel_config.py", folder).load_config().InlineBackend
    assert backend.figure_formats == {"svg"}
    assert backend.print_figure_kwargs == {"bbox_inches": None, "metadata": {"Date": None, "Creator": None}}


def test_a_figure_has_the_colours_of_both_themes():
    """It knows the system's from a media query, and the page's from its own address."""
    light, dark = ({f"--{name}": value for name, value in colours.items()} for colours in themes())
    sheet = re.search("<style>(.*)</style>", to_theme(DRAWN.format("")))[1]
    rules = tinycss2.parse_stylesheet(sheet)
    [media] = [rule for rule in rules if rule.type == "at-rule"]
    assert tinycss2.serialize(media.prelude).strip() == "(prefers-color-scheme:dark)"
    inner = [("dark system", rule) for rule in tinycss2.parse_rule_list(media.content)]
    told = {}
    for where, rule in [("", rule) for rule in rules if rule.type == "qualified-rule"] + inner:
        said = {one.lower_name if not one.name.startswith("--") else one.name: tinycss2.serialize(one.value).strip()
                for one in tinycss2.parse_declaration_list(rule.content)}
        told.setdefault((where, tinycss2.serialize(rule.prelude)), {}).update(said)
    assert told == {
        ("", "#dark"): light | {"fill": "var(--ink)"}, ("dark system", "#dark"): dark,
        ("", "#light:target>#dark"): light, ("", "#dark:target"): dark,
        ("", "text"): {"font-family": "system-ui,sans-serif"}}
    assert light["--ink"] != dark["--ink"]


def test_a_figure_keeps_its_frame_and_names_its_colours():
    path = '<path style="stroke: {}; fill: {}"/>'
    svg = to_theme(DRAWN.format(f"<!-- a note -->{path.format('#000000', themes()[0]['ink'])}  <path/>"))
    assert svg.startswith('<svg width="72pt" height="36pt" viewBox="0 0 9 9"><style>') and svg.count("</svg>") == 1
    drawn = f'<g id="figure_1">{path.format("var(--ink)", "var(--ink)")}\n<path/></g>'
    assert svg.endswith(f'</style><g id="light"><g id="dark">{drawn}\n</g></g></svg>')


def test_frames_that_cut_have_the_same_names_on_every_processor():
    cut = '<clipPath id="p1f"><rect/></clipPath><clipPath id="q2e"><rect/></clipPath><g clip-path="url(#{})"/>'
    assert to_theme(DRAWN.format(cut.format("q2e"))).count("cut1") == 2
    assert to_theme(DRAWN.format(cut.format("p1f"))).count("cut0") == 2


def test_places_have_one_decimal_and_words_keep_theirs():
    assert rounded(' d="M -1.25001 2.00 L 10.96 3.1 4"') == ' d="M -1.3 2 L 11 3.1 4"'
    text = '<text x="1.234" transform="translate(1.26 2) rotate(-90.00)">0.123 and 4.567</text>'
    found = '<text x="1.2" transform="translate(1.3 2) rotate(-90)">0.123 and 4.567</text>'
    assert found in to_theme(DRAWN.format(text))


def test_a_picture_within_a_figure_has_few_colours_and_looks_as_it_did():
    before = png(picture())
    text = base64.encodebytes(before).decode()
    svg = to_theme(DRAWN.format(f'<image x="1.234" xlink:href="data:image/png;base64,{text}" height="9"/>'))
    [embedded] = re.findall(r'<image x="1.234" xlink:href="data:image/png;base64,([^"\s]+)" height="9"/>', svg)
    after = base64.b64decode(embedded)
    assert len(after) < len(before) and Image.open(io.BytesIO(after)).mode == "P"
    assert np.abs(pixels(io.BytesIO(after)) - pixels(io.BytesIO(before))).mean() < 30  # of 255
    assert len(np.unique(pixels(io.BytesIO(after)).reshape(-1, 3), axis=0)) <= 32


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_picture_gets_a_palette_and_stands_on_white(tmp_path, mode):
    image = picture(mode)
    if mode == "RGBA":
        image.paste((0, 0, 0, 0), (0, 0, 20, 20))  # see-through
    image.save(tmp_path / "a.png")
    size = (tmp_path / "a.png").stat().st_size
    to_palette(tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_size < size and Image.open(tmp_path / "a.png").mode == "P"
    after, wanted = pixels(tmp_path / "a.png"), pixels(io.BytesIO(png(picture())))
    if mode == "RGBA":
        wanted[:20, :20] = 255
    assert np.abs(after - wanted).mean() < 15  # of 255
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


@pytest.mark.parametrize("image", [picture("L"), picture().quantize(256), picture(side=4)])
def test_a_picture_that_a_palette_makes_no_smaller_stays_as_it_is(tmp_path, image):
    (tmp_path / "a.png").write_bytes(before := png(image))
    to_palette(tmp_path / "a.png")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.png": before}


def test_a_figure_of_this_build_is_named_by_what_it_shows_and_its_pages_follow(tmp_path):
    folder = tmp_path / "_images"
    folder.mkdir()
    (folder / "abc123.svg").write_text(DRAWN.format("é"), encoding="utf-8")
    (folder / "a.svg").write_text(theirs := "<svg>drawn elsewhere</svg>", encoding="utf-8")
    (folder / "b.png").write_bytes(before := png(picture()))
    site = Site(tmp_path)
    site.pages = {"a.html": '<img src="_images/abc123.svg"> <img src="_images/a.svg">', "b.html": "_images/abc123.svg"}
    finish_figures(site)
    [drawn] = [path for path in folder.glob("*.svg") if path.name != "a.svg"]
    assert drawn.read_text(encoding="utf-8") == to_theme(DRAWN.format("é"))
    assert sha256(drawn.read_bytes()).hexdigest().startswith(drawn.stem) and len(drawn.stem) >= 8
    told = 'width="96" height="48" fetchpriority="low"'  # one inch, and half of one
    assert site.pages == {"a.html": f'<img src="_images/{drawn.name}" {told}> <img src="_images/a.svg">',
                          "b.html": f"_images/{drawn.name}"}
    assert (folder / "a.svg").read_text(encoding="utf-8") == theirs
    assert (folder / "b.png").stat().st_size < len(before)
    finish_figures(site)  # a second time changes nothing
    assert {path.name for path in folder.iterdir()} == {"a.svg", "b.png", drawn.name}

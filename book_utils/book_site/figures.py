"""Figures that belong to the page: SVG in the colours of its theme, and pictures with a palette of 256 colours."""

import base64
import io
import os
import re
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from .built_pages import Site

COLOURS = 256
FEW = 32  # of a picture within a figure
SHEET = Path(__file__).parent / "design.css"
# A kernel reads its settings in a folder. The one of a build draws SVG; a reader's own, in JupyterLab, PNG.
SETTINGS = """c.InlineBackend.figure_formats = {"svg"}
c.InlineBackend.print_figure_kwargs = {"bbox_inches": None, "metadata": {"Date": None, "Creator": None}}
"""
LETTERS = "system-ui,sans-serif"
COLOUR = re.compile(r"--([\w-]+): (#[0-9a-f]{6})")
GROUND = re.compile(r'<g id="patch_\d+">\s*<path d="[^"]*"[^>]*style="fill: #ffffff"/>\s*</g>')
PLACES = re.compile(r'(?:<image[^>]*>)| (?:d|x|y)="[^"]*"|(?:translate|rotate)\([^)]*\)')
EMBEDDED = re.compile(r"(?<=data:image/png;base64,)[\w+/=\s]+")
NUMBER = re.compile(r"-?\d+\.\d{2,}")
SIZE = re.compile(r'^<svg\b[^>]* width="([\d.]+)pt" height="([\d.]+)pt"')


def draw_svg(app) -> None:
    """Let the kernels that this build starts draw SVG: they get a folder of settings of their own."""
    folder = Path(app.outdir).parent / "kernel"
    profile = folder / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "ipython_kernel_config.py").write_text(SETTINGS, encoding="utf-8")
    os.environ["IPYTHONDIR"] = str(folder)


@cache
def themes() -> tuple[dict[str, str], dict[str, str]]:
    """Read the colours of the design language by name: for light pages, and for dark ones."""
    light, _, dark = SHEET.read_text(encoding="utf-8").partition('html[data-theme="dark"]')
    return dict(COLOUR.findall(light)), dict(COLOUR.findall(dark))


def style_sheet() -> str:
    """Give the rules of a figure: the colours of the page it stands on, of which an image can know two things.

    Its browser says whether the page is dark. WebKit says it of the reader's system only, so page.js also writes the
    theme behind the address: figure.svg#dark.
    """
    light, dark = ("".join(f"--{name}:{value};" for name, value in colours.items()) for colours in themes())
    return (f"#dark{{{light}}}@media (prefers-color-scheme:dark){{#dark{{{dark}}}}}"
            f"#light:target>#dark{{{light}}}#dark:target{{{dark}}}"
            f"#dark{{fill:var(--ink)}}text{{font-family:{LETTERS}!important}}")


def to_theme(svg: str) -> str:
    """Give what matplotlib drew without a ground, in the colours of the page, with one decimal: a third of the bytes.

    >>> to_theme('<svg><path d="M 1.234 2" style="stroke: #222832"/></svg>').partition("</style>")[2]
    '<g id="light"><g id="dark"><path d="M 1.2 2" style="stroke: var(--ink)"/></g></g></svg>'
    """
    names = {value: name for name, value in reversed(themes()[0].items())} | {"#000000": "ink"}
    svg = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = GROUND.sub("", svg)
    svg = svg[svg.index("<svg"):].rstrip().removesuffix("</svg>")
    start, content = svg[: svg.index(">") + 1], svg[svg.index(">") + 1 :]
    for colour, name in names.items():
        content = content.replace(colour, f"var(--{name})")
    content = PLACES.sub(lambda place: rounded(place[0]), content)
    content = re.sub(r"(?<=>)\s+(?=<)", "\n", content)
    # matplotlib names a frame that cuts by a hash of its place, to the last digit, which hangs on the processor.
    for number, name in enumerate(dict.fromkeys(re.findall(r'<clipPath id="(\w+)"', content))):
        content = content.replace(name, f"cut{number}")
    return f'{start}<style>{style_sheet()}</style><g id="light"><g id="dark">{content}</g></g></svg>'


def rounded(places: str) -> str:
    """Leave one decimal of each number, for a tenth of a point is less than a pixel; a picture gets a palette."""
    if places.startswith("<image"):
        return EMBEDDED.sub(lambda picture: repacked(picture[0]), places)
    return NUMBER.sub(lambda number: f"{float(number[0]):.1f}".removesuffix(".0"), places)


def repacked(picture: str) -> str:
    """Store an embedded picture with a palette of few colours: it has few, or nobody sees the difference."""
    with Image.open(io.BytesIO(base64.b64decode(picture))) as embedded:
        few = embedded.convert("RGB").quantize(FEW, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    few.save(buffer, "PNG", optimize=True)
    return base64.b64encode(buffer.getvalue()).decode()


def to_palette(path: Path) -> None:
    """Store a picture anew with a palette, on white, where that makes it smaller."""
    with Image.open(path) as picture:
        if picture.mode not in ("RGB", "RGBA"):
            return
        page = Image.new("RGB", picture.size, "white")
        page.paste(picture, mask=picture.getchannel("A") if picture.mode == "RGBA" else None)
    new = path.with_suffix(".part")
    page.quantize(COLOURS, dither=Image.Dither.NONE).save(new, "PNG", optimize=True)
    if new.stat().st_size < path.stat().st_size:
        new.replace(path)
    else:
        new.unlink()


def told_before(svg: str) -> str:
    """Give attributes of the image of a figure: its size in pixels, for nothing to move when it comes, after the text.

    >>> told_before('<svg width="288pt" height="216pt">')
    ' width="384" height="288" fetchpriority="low"'
    """
    [size] = SIZE.findall(svg)
    width, height = (round(float(points) * 96 / 72) for points in size)
    return f' width="{width}" height="{height}" fetchpriority="low"'


def finish_figures(site: Site) -> None:
    """Go over the figures of the built pages; what is in no such form stays as its author gave it."""
    for path in sorted((site.folder / "_images").glob("*.svg")):
        svg = path.read_text(encoding="utf-8", errors="replace")
        if '<g id="figure_1">' in svg and '<g id="dark">' not in svg:  # drawn by matplotlib, in this build
            themed = to_theme(svg)
            path.unlink()  # its name comes from what matplotlib wrote, to the last digit
            name = f"{sha256(themed.encode()).hexdigest()[:16]}.svg"
            path.with_name(name).write_text(themed, encoding="utf-8")
            for page, text in site.pages.items():
                image = re.compile(rf'(<img\b[^>]*\bsrc="[^"]*{re.escape(path.name)}")')
                site.pages[page] = image.sub(rf"\1{told_before(themed)}", text).replace(path.name, name)
    for path in sorted((site.folder / "_images").glob("*.png")):
        with suppress(UnidentifiedImageError):
            to_palette(path)


def setup(app) -> None:
    app.connect("builder-inited", draw_svg)

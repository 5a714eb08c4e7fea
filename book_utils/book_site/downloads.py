"""What a reader can take along: the whole site in a zip, the cards for Anki, and PDFs where `make pdf` made them.

A chapter offers a file by a line such as `<p class="book-download" data-offer="zip">Download this book</p>`.
When all is built, its words become a link with the size of the file; where there is no such file, it is hidden.
"""

import posixpath
import re
import zipfile
from pathlib import Path

from ..asking.questions import questions_of
from . import offline
from .anki_deck import write_deck
from .built_pages import pages_in_order, widgets_of

OFFERS = {"zip": "book.zip", "anki": "book.apkg", "worksheet": "book-worksheet.pdf", "full": "book-full.pdf",
          "lite": "lite/index.html"}
OFFER = re.compile(
    r'<(\w+) class="book-download" data-offer="(\w+)"(?: hidden)?>'
    r"(?:<a [^>]*>)?(.*?)(?:</a>(?: \([\d.]+ [kM]B\))?)?</\1>",
    re.DOTALL,
)
# Files of a build that no reader needs, and those that are downloads themselves.
NOT_IN_ZIP = {".buildinfo", "objects.inv", OFFERS["zip"], OFFERS["worksheet"], OFFERS["full"]}
OLDEST = (1980, 1, 1, 0, 0, 0)  # the first day that a zip can hold: each file has the same


def size_words(count: int) -> str:
    """Say a number of bytes to two figures.

    >>> size_words(2_345_678), size_words(46_123), size_words(999_999)
    ('2.3 MB', '46 kB', '1.0 MB')
    """
    return f"{count / 1e6:.1f} MB" if count >= 999_500 else f"{max(1, round(count / 1000))} kB"


def with_offers(name: str, page: str, sizes: dict[str, int]) -> str:
    """Return a page whose offers are links to the files of the given sizes, and hidden where a file has none.

    >>> line = '<p class="book-download" data-offer="zip">All of it</p>'
    >>> with_offers("chapters/a.html", line, {"zip": 2_345_678})
    '<p class="book-download" data-offer="zip"><a href="../book.zip" download>All of it</a> (2.3 MB)</p>'
    >>> with_offers("a.html", line, {})
    '<p class="book-download" data-offer="zip" hidden>All of it</p>'
    """
    def fill(match):
        tag, offer, words = match.groups()
        start = f'<{tag} class="book-download" data-offer="{offer}"'
        if offer not in OFFERS:
            raise ValueError(f"{name} offers {offer!r}; there are {', '.join(OFFERS)}.")
        if offer not in sizes:
            return f"{start} hidden>{words}</{tag}>"
        address = posixpath.relpath(OFFERS[offer], posixpath.dirname(name) or ".")
        if offer == "lite":  # a place, not a download
            return f'{start}><a href="{address}">{words}</a></{tag}>'
        return f'{start}><a href="{address}" download>{words}</a> ({size_words(sizes[offer])})</{tag}>'

    return OFFER.sub(fill, page)


def cards_of(site: Path) -> list[dict]:
    """Return the recall cards of the built pages, in the order of the book, each with its book and chapter."""
    cards = {}
    for name in pages_in_order(site):
        place, states = widgets_of((site / name).read_text(encoding="utf-8"))
        for card in questions_of(states)["cards"]:
            cards.setdefault((place["chapter"], card["name"]), place | card)
    return list(cards.values())


def write_zip(site: Path, pages: dict[str, str], path: Path) -> None:
    """Write all files of a site, with the given text for its pages, in a folder named after the zip."""
    names = sorted(file.relative_to(site).as_posix() for file in site.rglob("*") if file.is_file())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name in names:
            if name not in NOT_IN_ZIP and not name.startswith("lite/"):
                data = pages[name].encode() if name in pages else (site / name).read_bytes()
                entry = zipfile.ZipInfo(f"{path.stem}/{name}", OLDEST)
                entry.external_attr = 0o644 << 16  # or only its owner could read an unpacked file
                zipped.writestr(entry, data, zipfile.ZIP_DEFLATED)


def finish_site(site: Path, title: str) -> None:
    """Write the deck, the service worker and the zip, and fill the offers; `make pdf` calls it once more."""
    (site / OFFERS["anki"]).unlink(missing_ok=True)
    if cards := cards_of(site):
        write_deck(cards, title, site / OFFERS["anki"])
    paths = sorted(path for path in site.rglob("*.html") if not path.is_relative_to(site / "lite"))
    pages = {path.relative_to(site).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    sizes = {offer: (site / file).stat().st_size for offer, file in OFFERS.items() if (site / file).exists()}
    # What is zipped does not speak of the zip: so its size is known before the pages name it.
    inside = {name: with_offers(name, page, {"anki": sizes["anki"]} if cards else {}) for name, page in pages.items()}
    offline.write_worker(site, title, inside)
    write_zip(site, inside, site / OFFERS["zip"])
    sizes["zip"] = (site / OFFERS["zip"]).stat().st_size
    for name, page in pages.items():
        (site / name).write_text(with_offers(name, page, sizes), encoding="utf-8")


def finish(app, exception) -> None:
    """Finish what Sphinx has built."""
    if not exception and app.builder.format == "html":
        finish_site(Path(app.outdir), app.config.html_title)


def setup(app) -> None:
    offline.setup(app)
    app.connect("build-finished", finish, priority=950)  # when every page is as a reader gets it

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
from .built_pages import Site, widgets_of

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


def cards_of(site: Site) -> list[dict]:
    """Return the recall cards of the built pages, in the order of the book, each with its book and chapter."""
    cards = {}
    for name in site.in_order():
        place, states = widgets_of(site.pages[name])
        for card in questions_of(states)["cards"]:
            cards.setdefault((place["chapter"], card["name"]), place | card)
    return list(cards.values())


def write_zip(site: Site, path: Path) -> None:
    """Write all files of a site in a folder named after the zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name in site.files():
            if name not in NOT_IN_ZIP:
                entry = zipfile.ZipInfo(f"{path.stem}/{name}", OLDEST)
                entry.external_attr = 0o644 << 16  # or only its owner could read an unpacked file
                zipped.writestr(entry, site.bytes_of(name), zipfile.ZIP_DEFLATED)


def offer_downloads(site: Site) -> None:
    """Write the deck, the service worker and the zip, and fill the offers."""
    (site.folder / OFFERS["anki"]).unlink(missing_ok=True)
    if cards := cards_of(site):
        write_deck(cards, site.title, site.folder / OFFERS["anki"])
    pages = dict(site.pages)
    sizes = {offer: path.stat().st_size for offer, file in OFFERS.items() if (path := site.folder / file).exists()}
    # What is zipped does not speak of the zip: so its size is known before the pages name it.
    inside = {"anki": sizes["anki"]} if cards else {}
    site.pages = {name: with_offers(name, page, inside) for name, page in pages.items()}
    offline.write_worker(site)
    write_zip(site, site.folder / OFFERS["zip"])
    sizes["zip"] = (site.folder / OFFERS["zip"]).stat().st_size
    site.pages = {name: with_offers(name, page, sizes) for name, page in pages.items()}


def finish_site(folder: Path, title: str) -> None:
    """Fill the offers once more when there are new downloads, as after `make pdf`."""
    site = Site(folder, title)
    offer_downloads(site)
    site.write()

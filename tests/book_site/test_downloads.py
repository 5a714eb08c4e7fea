"""What a reader takes along: the zip opens from a folder, each offer leads to its file and says its size."""

import filecmp
import re
import shutil
import zipfile

import pytest
from playwright.sync_api import expect

from book_utils.book_site.downloads import OFFERS, finish_site, size_words

TITLE = "From token IDs to vectors"
START, LAB = "chapters/welcome.html", "chapters/lab.html"
MARKERS = "".join(f'<p class="book-download" data-offer="{offer}">Take the {offer}</p>\n' for offer in OFFERS)


@pytest.fixture(scope="module")
def copy(site, tmp_path_factory):
    """The site with one marker of each kind on its first page."""
    folder = shutil.copytree(site, tmp_path_factory.mktemp("offers") / "site")
    for name in ("worksheet", "full"):
        (folder / OFFERS[name]).unlink(missing_ok=True)
    text = (folder / START).read_text(encoding="utf-8")
    (folder / START).write_text(text.replace("</article>", MARKERS + "</article>", 1), encoding="utf-8")
    finish_site(folder, TITLE)
    return folder


@pytest.fixture(scope="module")
def unpacked(copy, tmp_path_factory):
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(copy / "book.zip") as zipped:
        assert {name.split("/")[0] for name in zipped.namelist()} == {"book"}
        zipped.extractall(folder)
    return folder / "book"


def test_each_offer_is_a_link_with_the_size_or_hidden(page, copy):
    page.goto((copy / START).as_uri())
    for offer, file in OFFERS.items():
        marker = page.locator(f"p[data-offer={offer}]").last  # the page may have one of its own
        if offer in ("zip", "anki"):
            expect(marker).to_have_text(f"Take the {offer} ({size_words((copy / file).stat().st_size)})")
            assert marker.get_by_role("link").evaluate("link => link.href") == (copy / file).as_uri()
        else:
            expect(marker).to_be_hidden()


def test_the_zip_is_the_site_and_opens_from_a_folder(watched, copy, unpacked, pages):
    watched.goto((unpacked / "index.html").as_uri())
    watched.wait_for_url("**/" + START)
    expect(watched.locator("[data-offer=zip]").first).to_be_hidden()
    for name in pages:
        watched.goto((unpacked / name).as_uri(), wait_until="networkidle")
        expect(watched.locator("main h1").first).to_be_visible()
    watched.goto((unpacked / LAB).as_uri())
    watched.locator(".explorer.sentence textarea").fill("the zebra")
    expect(watched.locator(".explorer.sentence ol")).to_contain_text("zebra")


def test_no_page_of_the_zip_links_to_what_is_not_there(unpacked):
    for page in unpacked.rglob("*.html"):
        for link in re.findall(r'(?:href|src)="([^"#?:]+)["#?]', page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), (page.name, link)


def test_finishing_again_changes_nothing_and_finds_a_new_pdf(copy, tmp_path):
    again = shutil.copytree(copy, tmp_path / "again")
    finish_site(again, TITLE)
    names = [path.relative_to(copy).as_posix() for path in copy.rglob("*") if path.is_file()]
    assert filecmp.cmpfiles(copy, again, names, shallow=False)[1:] == ([], [])
    (again / "book-full.pdf").write_bytes(b"%" * 1_234_000)
    finish_site(again, TITLE)
    line = '<a href="../book-full.pdf" download>Take the full</a> (1.2 MB)</p>'
    assert line in (again / START).read_text(encoding="utf-8")
    # neither the zip nor what is kept for reading without a network knows of it
    assert filecmp.cmpfiles(copy, again, ["book.zip", "service_worker.js"], shallow=False)[1:] == ([], [])

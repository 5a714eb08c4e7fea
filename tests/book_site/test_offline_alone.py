"""What the service worker is told and what makes the book installable, without a browser."""

import json
import re
from hashlib import sha256
from types import SimpleNamespace

import pytest

from book_utils.book_site import offline
from book_utils.book_site.built_pages import Site
from book_utils.book_site.offline import copy_files, mark_of, write_worker

KEPT = {"index.html": "é", "_static/a b.js": "x" * 7, "_images/a.svg": "<svg/>"}
LEFT_OUT = [".buildinfo", "objects.inv", "service_worker.js", "manifest.webmanifest", "book.zip", "book.apkg", "a.pdf"]


@pytest.fixture
def small_site(tmp_path):
    for name, text in {**KEPT, **dict.fromkeys(LEFT_OUT, "old")}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return Site(tmp_path, 'Rows & "IDs" é')


def test_the_worker_knows_each_file_by_what_is_in_it(small_site):
    small_site.pages["index.html"] = "not yet written"
    write_worker(small_site)
    worker = (small_site.folder / "service_worker.js").read_text(encoding="utf-8")
    told = json.loads(re.search(r'\{\s*"[^{}]*"[0-9a-f]+"\s*\}', worker)[0])
    now = {**KEPT, "index.html": "not yet written"}
    assert told == {name: sha256(text.encode()).hexdigest()[:12] for name, text in now.items()}
    assert json.dumps(mark_of(small_site.title)) in worker
    assert not re.search("FILES_OF_THE_SITE|MARK_OF_THE_BOOK|BYTES_OF_THE_SITE", worker)


@pytest.mark.parametrize(("size", "said"), [(1, 100_000), (100_000, 100_000), (100_001, 200_000), (250_000, 300_000)])
def test_a_reader_is_told_of_no_fewer_bytes_than_there_are(tmp_path, monkeypatch, size, said):
    monkeypatch.setattr(offline, "HERE", tmp_path)
    (tmp_path / "service_worker.js").write_text("const all = BYTES_OF_THE_SITE;")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "a.txt").write_bytes(b"x" * (size - 1))
    (tmp_path / "site" / "b.txt").write_bytes(b"x")
    write_worker(Site(tmp_path / "site"))
    assert (tmp_path / "site" / "service_worker.js").read_text() == f"const all = {said};"


def test_every_page_of_the_book_has_its_mark():
    assert mark_of("From IDs to rows") == '<meta name="book" content="from-ids-to-rows"'


def test_the_book_can_be_installed_in_any_folder_of_a_host(small_site):
    write_worker(small_site)
    text = (small_site.folder / "manifest.webmanifest").read_text(encoding="utf-8")
    manifest = json.loads(text)
    assert manifest["name"] == 'Rows & "IDs" é' and "é" in text and text.endswith("}\n")
    addresses = [manifest["start_url"], manifest["scope"], *(icon["src"] for icon in manifest["icons"])]
    assert not any(address.startswith(("/", "http")) for address in addresses)


@pytest.mark.parametrize("form", ["html", "latex"])
def test_what_pages_name_is_there_before_sphinx_works_out_check_sums(tmp_path, form):
    for _ in range(2):
        copy_files(SimpleNamespace(outdir=tmp_path / "html", builder=SimpleNamespace(format=form)))
    names = ["offline.js", "favicon.svg", "icon.png"] if form == "html" else []
    there = {path.name: path.read_bytes() for path in tmp_path.rglob("*.*")}
    assert there == {name: (offline.HERE / name).read_bytes() for name in names}

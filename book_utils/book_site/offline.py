"""The book without a network: a service worker that keeps the whole site, and what makes it installable."""

import json
import shutil
from hashlib import sha256
from pathlib import Path

from ..asking.score import slug
from .built_pages import Site

HERE = Path(__file__).parent
WORKER, MANIFEST = "service_worker.js", "manifest.webmanifest"
# What is not kept: downloads, what only machines read, and the worker, which the browser keeps itself.
LEFT_OUT = {".buildinfo", "objects.inv", WORKER, MANIFEST}
DOWNLOADS = {".zip", ".apkg", ".pdf"}
ICONS = ["favicon.svg", "icon.png"]
BLUE, WHITE = "#1d3557", "#ffffff"


def kept_files(site: Site) -> dict[str, bytes]:
    """Return the content of the files that the worker keeps, by name."""
    kept = [name for name in site.files() if name not in LEFT_OUT and Path(name).suffix not in DOWNLOADS]
    return {name: site.bytes_of(name) for name in kept}


def mark_of(title: str) -> str:
    """Give what stands in the head of every page of a book, and in no page of anybody else."""
    return f'<meta name="book" content="{slug(title)}"'


def write_worker(site: Site) -> None:
    """Write the service worker and the manifest of a site.

    Every address in them is relative, so that a site may live in any folder of a host.
    """
    files = kept_files(site)
    hashes = {name: sha256(content).hexdigest()[:12] for name, content in files.items()}
    bytes_in_all = sum(map(len, files.values()))
    worker = (HERE / WORKER).read_text(encoding="utf-8")
    worker = worker.replace("FILES_OF_THE_SITE", json.dumps(hashes, indent=0))
    worker = worker.replace("MARK_OF_THE_BOOK", json.dumps(mark_of(site.title)))
    worker = worker.replace("BYTES_OF_THE_SITE", str(-(-bytes_in_all // 100_000) * 100_000))
    (site.folder / WORKER).write_text(worker, encoding="utf-8")
    manifest = {
        "name": site.title,
        "start_url": "index.html",
        "scope": "./",
        "display": "standalone",
        "theme_color": BLUE,
        "background_color": WHITE,
        "icons": [
            {"src": "_static/favicon.svg", "sizes": "any", "type": "image/svg+xml"},
            {"src": "_static/icon.png", "sizes": "512x512", "type": "image/png"},
        ],
    }
    (site.folder / MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def copy_files(app) -> None:
    """Put what the pages name where Sphinx looks when it works out the check sums."""
    if app.builder.format == "html":
        folder = Path(app.outdir, "_static")
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("offline.js", *ICONS):
            shutil.copyfile(HERE / name, folder / name)


def setup(app) -> None:
    app.connect("builder-inited", copy_files)
    app.add_js_file("offline.js", priority=610, loading_method="defer")

"""Weigh the pages of the built site in a browser: what a first visit sends, and what the next page adds.

    python tools/page_weight.py [SITE]      SITE is _build/html unless given

The budgets stand in tests/budgets.toml. Figures are left out of them, and so is what loads on first use.
"""

import sys
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from browse import launch_options, serving

ROOT = Path(__file__).resolve().parents[1]
KINDS = {".html": "html", ".css": "css", ".js": "js"}


@dataclass
class Visit:
    """One page opened once: the files sent, with their gzipped bytes."""

    page: str
    cache: str  # "empty", or "warm" after the page before it
    files: dict[str, int]

    @property
    def kinds(self) -> Counter:
        """Bytes by kind: html, css, js, figures, other."""
        total = Counter()
        for name, size in self.files.items():
            total["figures" if name.startswith("_images/") else KINDS.get(Path(name).suffix, "other")] += size
        return total

    @property
    def bytes(self) -> int:
        """What counts for the budget: all but the figures."""
        return self.kinds.total() - self.kinds["figures"]


def weigh(site: Path, browser) -> list[Visit]:
    """Open every page with an empty cache; work out what the page after it still needs, with the first in the cache.

    What a page fetches ahead for the one after it counts with an empty cache, so that nothing is left out; with
    a warm one only what the page itself still needs: its HTML, and what the page before did not bring.
    """
    empty, ahead, next_of = {}, {}, {}
    with serving(site) as server:
        for page in pages_of(site):
            # What the worker keeps for a day without a network comes when the page is at rest: no part of a visit.
            context = browser.new_context(service_workers="block")
            empty[page], ahead[page], next_of[page] = visit(server, context.new_page(), page)
            context.close()
    warm = {after: without(empty[after], ahead[after], empty[page]) for page, after in next_of.items() if after}
    return [Visit(page, "empty", files) for page, files in empty.items()] + [
        Visit(page, "warm", files) for page, files in warm.items()]


def without(files: dict[str, int], ahead: set[str], kept: dict[str, int]) -> dict[str, int]:
    """Leave out what was fetched ahead, and what a browser has kept: it asks for a page itself each time."""
    return {name: size for name, size in files.items()
            if name not in ahead and (name not in kept or name.endswith(".html"))}


def pages_of(site: Path) -> list[str]:
    """Return the names of the pages, without the one that only leads to the first."""
    names = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    return sorted(names - {"index.html"})


# A browser fetches ahead when it is idle, which on a busy machine may be later than the quiet of the network.
FETCHED_AHEAD = """() => [...document.querySelectorAll('link[rel="prefetch"]')]
  .every((link) => performance.getEntriesByName(link.href).length)"""


def visit(server, tab, page: str) -> tuple[dict[str, int], set[str], str]:
    """Open a page; give the files sent with their bytes, those fetched ahead, and the page after it, if any."""
    server.sent.clear()
    tab.goto(server.address + page, wait_until="networkidle")
    tab.wait_for_function(FETCHED_AHEAD)
    links = {rel: tab.locator(f'link[rel="{rel}"]').evaluate_all("links => links.map((link) => link.href)")
             for rel in ("prefetch", "next")}
    names = {rel: [link.split("?")[0].removeprefix(server.address) for link in found] for rel, found in links.items()}
    return dict(server.sent), set(names["prefetch"]), "".join(names["next"])


def budget(visit: Visit) -> int:
    """Return the bytes allowed for a visit: with an empty or with a warm cache, or its own where one is listed."""
    listed = tomllib.loads((ROOT / "tests" / "budgets.toml").read_text(encoding="utf-8"))
    return listed["heavier"].get(f"{visit.page}, {visit.cache}", listed[visit.cache])


def too_heavy(visits: list[Visit]) -> list[str]:
    """Return one sentence for each visit over its budget."""
    return [f"{visit.page}, {visit.cache} cache: {visit.bytes:,} bytes; the budget is {budget(visit):,}."
            for visit in visits if visit.bytes > budget(visit)]


def table(visits: list[Visit]) -> str:
    """Return the visits as text: requests, and kB by kind."""
    columns = ["html", "css", "js", "other", "figures"]
    lines = [f"{'page':32}{'cache':>6}{'requests':>10}{'kB':>8}" + "".join(f"{name:>9}" for name in columns)]
    for visit in sorted(visits, key=lambda visit: visit.cache):
        parts = "".join(f"{visit.kinds[name] / 1000:9.1f}" for name in columns)
        lines.append(f"{visit.page:32}{visit.cache:>6}{len(visit.files):10}{visit.bytes / 1000:8.1f}{parts}")
    return "\n".join(lines)


def on_first_use(site: Path, visits: list[Visit]) -> str:
    """Name the scripts that no visit asked for: search, and data that a reader's click loads."""
    asked = {name for visit in visits for name in visit.files}
    names = {path.relative_to(site).as_posix() for path in site.rglob("*.js")} - asked
    return "loaded on first use only: " + (", ".join(sorted(names)) or "nothing")


def main() -> int:
    site = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "_build" / "html").resolve()
    if not (site / "index.html").exists():
        print(f"{site} holds no built site; `make book` builds one.", file=sys.stderr)
        return 2
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options(playwright))
        visits = weigh(site, browser)
        browser.close()
    print(table(visits))
    print("figures are left out of kB;", on_first_use(site, visits))
    over = too_heavy(visits)
    print(*over, sep="\n")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())

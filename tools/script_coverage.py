"""Which lines of our scripts a test runs in Chromium: V8 counts them, wherever a page has put them."""

import contextlib
import re
from functools import cache
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Error, Page

COMMENT = re.compile(r"^ *//")


def as_sent(text: str) -> list[list[tuple[int, str]]]:
    """Give the ways in which a script reaches a page, each as lines with their number in its file.

    Whole, as a notebook loads it; without comments, as a piece of a module; and without `export`, in a classic script
    (book_site/pieces.py).
    """
    whole = list(enumerate(text.splitlines(keepends=True), 1))
    piece = [(number, line) for number, line in whole if not COMMENT.match(line)]
    return [whole, piece, [(number, line.replace("export ", "")) for number, line in piece]]


class ScriptCoverage:
    """Watches every page that is opened from now on, and tells which lines of which file ran since it was asked."""

    def __init__(self, scripts: list[Path]):
        ways = {path: as_sent(path.read_text(encoding="utf-8")) for path in scripts}
        self.ways = {path: [("".join(line for _, line in way), way) for way in all_ways]
                     for path, all_ways in ways.items()}
        self.sessions: dict[Page, object] = {}
        self.ran: set[tuple[Path, int]] = set()
        self.placed = cache(self.placed)
        for kind in (Browser, BrowserContext):
            self.wrap(kind, "new_page", after=self.watch)
        self.wrap(Page, "close", before=lambda page: self.take([page]))
        self.wrap(BrowserContext, "close", before=lambda context: self.take(context.pages))

    @staticmethod
    def wrap(kind, name, before=lambda owner: None, after=lambda given: None):
        method = getattr(kind, name)

        def wrapped(self, *args, **options):
            before(self)
            given = method(self, *args, **options)
            after(given)
            return given

        setattr(kind, name, wrapped)

    def watch(self, page: Page):
        self.sessions[page] = session = page.context.new_cdp_session(page)
        session.send("Profiler.enable")
        session.send("Profiler.startPreciseCoverage", {"callCount": True, "detailed": True})

    def take(self, pages: list[Page]):
        for page in pages:
            if session := self.sessions.get(page):
                with contextlib.suppress(Error):  # a page that crashed, or is gone
                    session.send("Debugger.enable")
                    for script in session.send("Profiler.takePreciseCoverage")["result"]:
                        source = session.send("Debugger.getScriptSource", {"scriptId": script["scriptId"]})
                        self.add(source["scriptSource"], script["functions"])
                    session.send("Debugger.disable")

    def add(self, source: str, functions: list[dict]):
        if not (placed := self.placed(source)):
            return
        counts = bytearray(len(source))
        for ranges in functions:  # what lies within others comes after them
            for part in ranges["ranges"]:
                start, end = part["startOffset"], part["endOffset"]
                counts[start:end] = bytes([part["count"] > 0]) * (end - start)
        self.ran |= {line for start, end, line in placed if any(counts[start:end])}

    def placed(self, source: str) -> list[tuple[int, int, tuple[Path, int]]]:
        """Find our files in what a page runs: from where to where each of their lines stands there."""
        found = []
        for path, ways in self.ways.items():
            for text, way in ways:
                if (at := source.find(text)) >= 0:
                    for number, line in way:
                        blank = len(line) - len(line.lstrip())
                        found.append((at + blank, at + len(line.rstrip()), (path, number)))
                        at += len(line)
                    break
        return found

    def since(self) -> set[tuple[Path, int]]:
        """Give the lines that ran since this was asked last: (file, line)."""
        self.take([page for page in self.sessions if not page.is_closed()])
        self.sessions = {page: session for page, session in self.sessions.items() if not page.is_closed()}
        ran, self.ran = self.ran, set()
        return ran

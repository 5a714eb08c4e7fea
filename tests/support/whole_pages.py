"""Whole pages that live in node, without a browser: the scripts of a site in a page, keys, storage and addresses."""

import contextlib
import json
import shutil
import subprocess
from pathlib import Path

from places import PACKAGE

HERE = Path(__file__).parent
WORDS = json.loads((PACKAGE / "words" / "en.json").read_text(encoding="utf-8"))


@contextlib.contextmanager
def whole_pages():
    """A function that opens a page with scripts of book_site, runs what a test does there, and gives what that gives.

    `before` runs in the page before its scripts; `then` knows the page and `given`: see whole_page.mjs.
    """
    assert shutil.which("node"), "the scripts of a page are run by node: install Node.js 20 or newer"
    command = ["node", str(HERE / "whole_page.mjs")]
    node = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")

    def live(html, *files, then, given=None, **setting):
        paths = [str(PACKAGE / "book_site" / file) for file in files]
        told = {"html": html, "files": paths, "then": then, "given": given, "words": WORDS} | setting
        node.stdin.write(json.dumps(told) + "\n")
        node.stdin.flush()
        answer = json.loads(node.stdout.readline())
        assert "problem" not in answer, answer["problem"]
        return answer["found"]

    yield live
    node.stdin.close()
    assert node.wait(timeout=10) == 0

"""What the service worker chooses, in node: the network, what is kept, or neither; and what it never keeps."""

import json
import shutil
import subprocess
from hashlib import sha256

import pytest
from places import PACKAGE, ROOT

WORKER = (PACKAGE / "book_site" / "service_worker.js").read_text(encoding="utf-8")
ALONE = ROOT / "tests" / "support" / "worker_alone.mjs"
PAGE, SHEET = "a.html", "_static/book.css"
FILES = {PAGE: "1", SHEET: sha256(b"css").hexdigest()[:12]}
HOME = {"/book/a.html": [200, "text/html", "a mark, new"], "/book/_static/book.css": [200, "text/css", "css"]}
PORTAL = {"/book/a.html": [200, "text/html; charset=utf-8", "Sign in to the hotel"],
          "/book/_static/book.css": [200, "text/html", "Sign in to the hotel"]}
GONE, BROKEN, OFF = ([404, "text/html", "not here"], [503, "text/html", "in trouble"], [0, "", ""])


def play(*plan, network=HOME, files=FILES):
    """What comes of each step of a plan: `install`, `get` a file, `set` the network."""
    assert shutil.which("node"), "the worker is run by node: install Node.js 20 or newer"
    given = {"files": files, "network": network, "plan": plan}
    code = f"""
      import {{ run }} from "{ALONE.as_uri()}";
      import {{ readFileSync }} from "node:fs";
      const [source, given] = JSON.parse(readFileSync(0, "utf8"));
      console.log(JSON.stringify(await run(source, given)));"""
    command = ["node", "--input-type=module", "-e", code]
    done = subprocess.run(command, input=json.dumps([WORKER, given]), capture_output=True, check=True, encoding="utf-8")
    return json.loads(done.stdout)


def with_page(answer):
    return ("set", {"/book/a.html": answer})


@pytest.mark.parametrize(("network", "wanted"), [
    (None, "a mark, new"), (BROKEN, "a mark, new"), (OFF, "a mark, new"),
    ([200, "text/html", "a mark, newer"], "a mark, newer"),
], ids=["all is well", "in trouble", "no network", "a new edition"])
def test_the_network_answers_and_what_is_kept_where_it_does_not(network, wanted):
    steps = [("install", None), with_page(network or HOME["/book/a.html"]), ("get", PAGE)]
    assert play(*steps)[-1][:2] == [200, wanted]


def test_a_kept_file_has_its_type_and_a_short_address_leads_to_its_page():
    steps = [("install", None), ("set", {"*": OFF, "/book/a.html": OFF, "/book/_static/book.css": OFF}),
             ("type", SHEET), ("get", "a"), ("get", "b"), ("post", PAGE)]
    *_, kind, page, other, posted = play(*steps)
    assert kind == "text/css" and page[:2] == [200, "a mark, new"]
    assert other is None and posted is None  # left to the browser


@pytest.mark.parametrize("waits", [[25_000, 0], [0, 25_000], [2_000, 2_000]], ids=["to begin", "within", "for both"])
def test_three_seconds_are_waited_once_then_what_is_kept_is_shown(waits):
    slow = {"/book/a.html": [200, "text/html", "a mark, late", *waits],
            "/book/_static/book.css": [200, "text/css", "late", *waits]}
    page, sheet = play(("install", None), ("set", slow), ("get", PAGE), ("get", SHEET))[2:]
    assert page == [200, "a mark, new", 3000] and sheet == [200, "css", 300]


def test_what_was_withdrawn_is_forgotten():
    withdrawn, after = play(("install", None), with_page(GONE), ("get", PAGE), with_page(OFF), ("get", PAGE))[2::2]
    assert withdrawn[:2] == [404, "not here"] and after == ["Failed to fetch"]
    assert play(("install", None), with_page([410, "", ""]), ("get", PAGE), with_page(OFF), ("get", PAGE))[-1] == [
        "Failed to fetch"]


def test_the_page_of_a_portal_is_shown_and_never_kept():
    installed, *_ = play(("install", None), network=PORTAL)
    assert installed.endswith("came from somebody else.")
    steps = [("install", None), ("set", PORTAL), ("get", PAGE), ("get", SHEET), ("set", {"*": OFF}), with_page(OFF),
             ("get", PAGE)]
    *_, page, sheet, _, _, later = play(*steps)
    assert page[1] == "Sign in to the hotel"  # or nobody could
    assert sheet[1] == "css"  # but it is no style sheet
    assert later[:2] == [200, "a mark, new"]


def test_without_what_is_kept_the_network_decides_alone():
    steps = [("install", None), ("forget", None), with_page(BROKEN), ("get", PAGE), with_page(OFF), ("get", PAGE)]
    broken, off = play(*steps)[3::2]
    assert broken[:2] == [503, "in trouble"] and off == ["Failed to fetch"]


def test_a_page_that_comes_back_is_kept_again():
    """A host that is in the midst of a change, or a portal, may say 404 of what is there."""
    steps = [("install", None), with_page(GONE), ("get", PAGE), with_page(HOME["/book/a.html"]), ("get", PAGE),
             with_page(OFF), ("get", PAGE)]
    assert play(*steps)[-1][:2] == [200, "a mark, new"]


@pytest.mark.parametrize("answer", [[200, "text/plain", "OK"], [200, "", ""], [200, "text/css", "of the last edition"]])
def test_a_file_that_is_not_as_it_was_built_is_never_kept(answer):
    """Also not from a start that this cut short: a portal, or a host that still has the edition before."""
    poisoned = HOME | {"/book/_static/book.css": answer}
    said, _, again, *_, sheet = play(("install", None), ("set", HOME), ("install", None), ("set", {
        "/book/_static/book.css": OFF}), ("get", SHEET), network=poisoned)
    assert said.endswith("came from somebody else.") and again == "kept" and sheet[1] == "css"


def test_a_disk_that_fails_takes_no_page_from_who_has_a_network():
    assert play(("install", None), ("fail", None), ("get", PAGE))[-1][:2] == [200, "a mark, new"]


def test_names_that_mean_something_in_an_address_are_kept():
    name = "_static/C#? 100%.css"
    files = {name: sha256(b"css").hexdigest()[:12]}
    network = {"/book/_static/C%23%3F%20100%25.css": [200, "text/css", "css"]}
    steps = [("install", None), ("set", {next(iter(network)): OFF}), ("get", "_static/C%23%3F%20100%25.css")]
    assert play(*steps, network=network, files=files)[::2] == ["kept", [200, "css", 0]]


def test_a_new_worker_takes_away_what_older_ones_kept_and_nothing_else():
    others = ["strange", "book https://host/ 1", "book https://host/book/deeper/ 1", "book https://host/book/"]
    older = ["book https://host/book/ 1", "book https://host/book/ abc"]
    *_, before = play(("install", None), ("others", []), ("activate", None))
    assert len(before) == 1 and before[0].startswith("book https://host/book/ ")
    assert play(("install", None), ("others", others + older), ("activate", None))[-1] == before + others

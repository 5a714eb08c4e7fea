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


# One process answers all plans: a line of JSON for each.
SERVER = f"""
  import {{ run }} from "{ALONE.as_uri()}";
  import {{ createInterface }} from "node:readline";
  for await (const line of createInterface({{ input: process.stdin }})) {{
    const [source, given] = JSON.parse(line);
    console.log(JSON.stringify(await run(source, given)));
  }}"""


@pytest.fixture(scope="module")
def play():
    """What comes of each step of a plan: `install`, `get` a file, `set` the network. `host`: see worker_alone.mjs."""
    assert shutil.which("node"), "the worker is run by node: install Node.js 20 or newer"
    command = ["node", "--input-type=module", "-e", SERVER]
    node = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")

    def play(*plan, network=HOME, files=FILES, **host):
        node.stdin.write(json.dumps([WORKER, {"files": files, "network": network, "plan": plan} | host]) + "\n")
        node.stdin.flush()
        return json.loads(node.stdout.readline())

    yield play
    node.stdin.close()
    assert node.wait(timeout=10) == 0


def with_page(answer):
    return ("set", {"/book/a.html": answer})


@pytest.mark.parametrize(("network", "wanted"), [
    (None, "a mark, new"), (BROKEN, "a mark, new"), (OFF, "a mark, new"),
    ([200, "text/html", "a mark, newer"], "a mark, newer"),
], ids=["all is well", "in trouble", "no network", "a new edition"])
def test_the_network_answers_and_what_is_kept_where_it_does_not(play, network, wanted):
    steps = [("install", None), with_page(network or HOME["/book/a.html"]), ("get", PAGE)]
    assert play(*steps)[-1][:2] == [200, wanted]


def test_a_kept_file_has_its_type_and_a_short_address_leads_to_its_page(play):
    steps = [("install", None), ("set", {"*": OFF, "/book/a.html": OFF, "/book/_static/book.css": OFF}),
             ("type", SHEET), ("get", "a"), ("get", "b"), ("post", PAGE)]
    *_, kind, page, other, posted = play(*steps)
    assert kind == "text/css" and page[:2] == [200, "a mark, new"]
    assert other is None and posted is None  # left to the browser


@pytest.mark.parametrize("waits", [[25_000, 0], [0, 25_000], [2_000, 2_000]], ids=["to begin", "within", "for both"])
def test_three_seconds_are_waited_once_then_what_is_kept_is_shown(play, waits):
    slow = {"/book/a.html": [200, "text/html", "a mark, late", *waits],
            "/book/_static/book.css": [200, "text/css", "late", *waits]}
    page, sheet = play(("install", None), ("set", slow), ("get", PAGE), ("get", SHEET))[2:]
    assert page == [200, "a mark, new", 3000] and sheet == [200, "css", 300]


def test_what_was_withdrawn_is_forgotten(play):
    withdrawn, after = play(("install", None), with_page(GONE), ("get", PAGE), with_page(OFF), ("get", PAGE))[2::2]
    assert withdrawn[:2] == [404, "not here"] and after == ["Failed to fetch"]
    assert play(("install", None), with_page([410, "", ""]), ("get", PAGE), with_page(OFF), ("get", PAGE))[-1] == [
        "Failed to fetch"]


def test_the_page_of_a_portal_is_shown_and_never_kept(play):
    installed, *_ = play(("install", None), network=PORTAL)
    assert installed.endswith("came from somebody else.")
    steps = [("install", None), ("set", PORTAL), ("get", PAGE), ("get", SHEET), ("set", {"*": OFF}), with_page(OFF),
             ("get", PAGE)]
    *_, page, sheet, _, _, later = play(*steps)
    assert page[1] == "Sign in to the hotel"  # or nobody could
    assert sheet[1] == "css"  # but it is no style sheet
    assert later[:2] == [200, "a mark, new"]


@pytest.mark.parametrize("answer", [PORTAL["/book/a.html"], [200, "text/plain", "a mark, new"], [200, "", "a mark"]])
def test_a_page_without_the_mark_or_in_another_form_is_never_kept(play, answer):
    assert play(("install", None), network=HOME | {"/book/a.html": answer}) == [
        "/book/a.html came from somebody else."]


def test_without_what_is_kept_the_network_decides_alone(play):
    steps = [("install", None), ("forget", None), with_page(BROKEN), ("get", PAGE), with_page(OFF), ("get", PAGE)]
    broken, off = play(*steps)[3::2]
    assert broken[:2] == [503, "in trouble"] and off == ["Failed to fetch"]


def test_a_page_that_comes_back_is_kept_again(play):
    """A host that is in the midst of a change, or a portal, may say 404 of what is there."""
    steps = [("install", None), with_page(GONE), ("get", PAGE), with_page(HOME["/book/a.html"]), ("get", PAGE),
             with_page(OFF), ("get", PAGE)]
    assert play(*steps)[-1][:2] == [200, "a mark, new"]


@pytest.mark.parametrize("answer", [[200, "text/plain", "OK"], [200, "", ""], [200, "text/css", "of the last edition"]])
def test_a_file_that_is_not_as_it_was_built_is_never_kept(play, answer):
    """Also not from a start that this cut short: a portal, or a host that still has the edition before."""
    poisoned = HOME | {"/book/_static/book.css": answer}
    said, _, again, *_, sheet = play(("install", None), ("set", HOME), ("install", None), ("set", {
        "/book/_static/book.css": OFF}), ("get", SHEET), network=poisoned)
    assert said.endswith("came from somebody else.") and again == "kept" and sheet[1] == "css"


def test_a_disk_that_fails_takes_no_page_from_who_has_a_network(play):
    assert play(("install", None), ("fail", None), ("get", PAGE))[-1][:2] == [200, "a mark, new"]


def test_names_that_mean_something_in_an_address_are_kept(play):
    name = "_static/C#? 100%.css"
    files = {name: sha256(b"css").hexdigest()[:12]}
    network = {"/book/_static/C%23%3F%20100%25.css": [200, "text/css", "css"]}
    steps = [("install", None), ("set", {next(iter(network)): OFF}), ("get", "_static/C%23%3F%20100%25.css")]
    assert play(*steps, network=network, files=files)[::2] == ["kept", [200, "css", 0]]


def test_a_new_worker_takes_away_what_older_ones_kept_and_nothing_else(play):
    others = ["strange", "book https://host/ 1", "book https://host/book/deeper/ 1", "book https://host/book/"]
    older = ["book https://host/book/ 1", "book https://host/book/ abc"]
    *_, before = play(("install", None), ("others", []), ("activate", None))
    assert len(before) == 1 and before[0].startswith("book https://host/book/ ")
    assert play(("install", None), ("others", others + older), ("activate", None))[-1] == before + others


# -- where there is a limit -------------------------------------------------------------------------------------

LATE = [200, "text/html", "a mark, late", 25_000, 0]


@pytest.mark.parametrize(("after", "waits"), [(0, 300), (29_999, 300), (30_000, 3000)])
def test_for_half_a_minute_after_a_wait_in_vain_nothing_waits_so_long_again(play, after, waits):
    first, _, then = play(("install", None), with_page(LATE), ("get", PAGE), ("later", after), ("get", PAGE))[2:]
    assert (first[2], then[2]) == (3000, waits)


def test_a_network_that_is_back_is_waited_for_again(play):
    *_, then = play(("install", None), with_page(LATE), ("get", PAGE), ("get", SHEET), ("get", PAGE))
    assert then == [200, "a mark, new", 3000]


def test_an_answer_that_comes_in_time_is_the_one_shown(play):
    for after, wanted in ((2999, "a mark, fresh"), (3001, "a mark, new")):
        *_, page = play(("install", None), with_page([200, "text/html", "a mark, fresh", after, 0]), ("get", PAGE))
        assert page == [200, wanted, min(after, 3000)]


@pytest.mark.parametrize(("space", "said"), [
    ({"quota": 250, "usage": 50}, "kept"), ({"quota": 249, "usage": 50}, "There is no space to keep the book."),
    ({"quota": 200}, "kept"), ({"quota": 199}, "There is no space to keep the book."), ({"usage": 1e12}, "kept"),
    ({}, "kept"),
])  # fmt: skip
def test_a_book_needs_room_for_two_editions(play, space, said):
    assert play(("install", None), bytes=100, space=space) == [said]


@pytest.mark.parametrize(("problem", "left"), [("QuotaExceededError", 0), ("UnknownError", 1)])
def test_what_a_full_disk_has_begun_to_keep_is_taken_away(play, problem, left):
    said, caches = play(("fill", problem), ("install", None), ("caches", None))[1:]
    assert said == "No space left." and len(caches) == left


def test_a_file_that_a_host_does_not_have_keeps_a_worker_from_starting(play):
    said, caches = play(("install", None), ("caches", None), network=HOME | {"/book/a.html": GONE})
    assert said == "/book/a.html: 404" and all(count < len(FILES) for _, count in caches)


# -- what is asked of the network ----------------------------------------------------------------------------------


def test_what_is_there_is_not_asked_for_again(play):
    """From a start that was cut short, or from the edition before; what is not as it was built comes anew."""
    sheet = f"/book/{SHEET}?{FILES[SHEET]}"
    steps = [("asked", None), ("install", None), ("asked", None)]
    everything = sorted(HOME)
    assert sorted(play(("install", None), *steps)[1]) == everything
    assert play(("install", None), *steps)[-1] == []
    before = ("keep", [["book https://host/book/ before", sheet, "text/css", "css"]])
    assert play(before, *steps)[-1] == ["/book/a.html"]
    damaged = ("keep", [["book https://host/book/ before", sheet, "text/css", "no css"]])
    assert sorted(play(damaged, *steps)[-1]) == everything


def test_only_whole_files_of_this_host_are_answered(play):
    steps = [("install", None), ("elsewhere", PAGE), ("part", PAGE), ("get", PAGE)]
    assert [one and one[0] for one in play(*steps)[1:]] == [None, None, 200]


def test_a_folder_and_a_short_address_lead_to_their_pages(play):
    files = {"index.html": "1", "deeper/index.html": "1", "a.html": "1"}
    answer = [200, "text/html", "a mark"]
    network = {f"/book/{name}": answer for name in files} | {"*": OFF}
    off = ("set", dict.fromkeys(network, OFF))
    names = ["", "deeper/", "a", "index", "deeper/index.html", "b/"]
    got = play(("install", None), off, *(("get", name) for name in names), network=network, files=files)[2:]
    assert got == [[200, "a mark", 0]] * 5 + [None]


def test_who_is_sent_to_another_address_goes_there(play):
    page, sheet = play(("install", None), ("set", dict.fromkeys(HOME, [-1, "", ""])), ("get", PAGE), ("get", SHEET))[2:]
    assert page[:2] == sheet[:2] == [0, "elsewhere"]


def test_a_file_that_fails_now_is_shown_as_it_was_kept(play):
    steps = [("install", None), ("set", {f"/book/{SHEET}": BROKEN}), ("get", SHEET)]
    assert play(*steps)[-1][:2] == [200, "css"]
    steps = [("install", None), ("set", {f"/book/{SHEET}": [200, "text/css", "newer"]}), ("get", SHEET)]
    assert play(*steps)[-1][:2] == [200, "newer"]


def test_an_edition_has_a_cache_of_its_own_wherever_it_differs(play):
    names = set()
    for place in (0, 30, 59):
        files = {f"a{n}.html": "2" if n == place else "1" for n in range(60)}
        network = {f"/book/{name}": [200, "text/html", "a mark"] for name in files}
        [[name, count]] = play(("install", None), ("caches", None), network=network, files=files)[-1]
        assert count == 60
        names.add(name)
    assert len(names) == 3

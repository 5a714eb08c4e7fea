"""Feedback pages and Formgrader: they show a student's work, run none of its code, and ask no other host."""

import json
import os
import re
import subprocess
import sys
import time

import pytest
from course import scores
from watching import watch

TOKEN = "a-token-of-the-test"


def opened(page, address, *, faults=None):
    """Open a page and try what a teacher might; give the addresses that it asked for."""
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: asked.append(f"dialog {dialog.message}"))
    if faults is not None:
        watch(page, faults)
    page.goto(address)
    return asked


def check_harmless(page, asked, own):
    assert [address for address in asked if not address.startswith((own, "data:"))] == []
    assert "RAN" not in page.title() and page.evaluate("window.RAN") is None
    assert page.locator("iframe, object, embed, form[action], meta[http-equiv=refresh], base").count() == 0
    assert page.locator("#notebook-container").locator("script, link, style, svg").count() == 0
    handlers = """() => [...document.querySelectorAll('#notebook-container *')].flatMap(one =>
        one.getAttributeNames().filter(name => name.startsWith('on')))"""
    assert page.evaluate(handlers) == []
    assert page.locator("a[href^='javascript:']").count() == 0
    assert page.get_by_text("a table stays").first.is_visible()
    assert page.get_by_text("chooses").locator("visible=true").first.inner_text() == "chooses"  # Markdown is shown


def test_feedback_runs_nothing_and_asks_no_other_host(marked, page):
    folder, _ = marked
    address = (folder / "feedback" / "scripts" / "lookup" / "lookup.html").as_uri()
    asked = opened(page, address)
    check_harmless(page, asked, address)
    assert page.locator("script").count() == 0 and page.url == address


def test_every_feedback_page_is_small_and_has_its_policy(marked):
    folder, _ = marked
    pages = list((folder / "feedback").glob("*/lookup/lookup.html"))
    assert len(pages) == len(list((folder / "autograded").glob("*/lookup/lookup.ipynb"))) > 20
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert page.stat().st_size < 1_500_000, page
        assert "default-src 'none'" in text and "<script" not in text, page
        assert not re.search(r"""(src|srcset)=["']?(https?:)?//|@import|url\(["']?http""", text), page


@pytest.fixture(scope="module")
def formgrader(marked, tmp_path_factory):
    """(address of a Jupyter server in the folder of the course, its log)."""
    folder, _ = marked
    place = tmp_path_factory.mktemp("jupyter")
    settings = os.environ | {f"JUPYTER_{name}_DIR": str(place / name) for name in ("CONFIG", "RUNTIME", "DATA")}
    log = (place / "log").open("w")
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyter", "server", "--no-browser", "--allow-root", "--port=0", "--ip=127.0.0.1",
         f"--IdentityProvider.token={TOKEN}"], cwd=folder, env=settings, stdout=log, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + 120
        while not (found := list((place / "RUNTIME").glob("jpserver-*.json"))):
            assert server.poll() is None and time.monotonic() < deadline, (place / "log").read_text()[-2000:]
            time.sleep(0.1)
        yield json.loads(found[0].read_text())["url"], place / "log"
    finally:
        server.terminate()
        server.wait(30)


def test_formgrader_marks_an_answer_and_runs_nothing(marked, formgrader, page):
    folder, _ = marked
    address, log = formgrader
    asked = opened(page, f"{address}formgrader/gradebook/lookup/lookup?token={TOKEN}")
    page.wait_for_selector("#main-table td.name a")
    for _ in range(40):  # the names are hidden, so that a person marks without knowing: look for the one
        link = page.locator("#main-table tr", has=page.locator("text=scripts")).locator("a").first
        if link.count():
            break
    address_of = page.evaluate("""async address => {
        const all = await (await fetch(address + 'formgrader/api/submitted_notebooks/lookup/lookup')).json()
        return address + 'formgrader/submissions/' + all.find(one => one.student === 'scripts').id + '/'
    }""", address)
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    answer = page.goto(address_of)
    assert answer.status == 200, log.read_text()[-3000:]
    check_harmless(page, asked, address)
    field = page.locator("input.score#written-long-way")
    field.fill("3")
    comment = page.locator("textarea[id='written-long-way-comment']")
    comment.fill("Well said.")
    with page.expect_response(lambda response: "/api/" in response.url and response.request.method == "PUT"):
        comment.blur()
    page.wait_for_load_state("networkidle")
    page.reload()
    page.wait_for_function("document.querySelector('#written-long-way').value === '3'")
    assert scores(folder)["lookup"]["scripts"]["written-long-way"][1] == 3 and faults == []
    page.locator(".glyphicon-eye-open").first.click()  # shows the name
    assert page.locator(".name-shown").first.is_visible()
    assert [one for one in asked if not one.startswith((address, "data:"))] == []


def test_the_other_pages_of_formgrader(formgrader, page):
    address, log = formgrader
    asked = opened(page, f"{address}formgrader/manage_assignments?token={TOKEN}")
    for path in ("manage_assignments", "gradebook", "manage_students", "manage_submissions/lookup", "gradebook/lookup"):
        assert page.goto(f"{address}formgrader/{path}").status == 200, log.read_text()[-3000:]
        page.wait_for_selector("#main-table td")
    assert [one for one in asked if not one.startswith((address, "data:"))] == []

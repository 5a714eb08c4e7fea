"""The page that reads a class lives in node: what it says of each question, and of what was left out."""

import io
import itertools
import json
import zipfile

import pytest
from gathered import AT, DIGEST, chapter, gathered, question
from living import WORDS, all_of, numbers, text_of

COLUMNS = WORDS["classColumns"].split("|")


@pytest.fixture(scope="module")
def classroom(tmp_path_factory):
    with gathered("class", tmp_path_factory.mktemp("class")) as classroom:
        yield classroom


def handed_in(student, *guesses, **more):
    """The file of a student: (question, guess, further fields) each. Each student has moments of their own."""
    entries = [{"chapter": one["chapter"], "name": one["name"], "digest": DIGEST, "guess": guess,
                "at": f"2026-01-05T10:{student // 60:02}:{student % 60:02}.000Z"} | dict(*rest)
               for one, guess, *rest in guesses]
    form = {"format": "guesses", "version": 1, "book": "b", "saved": AT, "guesses": entries, "cards": []}
    return f"{student}.json", json.dumps(form | more).encode()


def zipped(*files):
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w") as made:
            for name, data in files:
                made.writestr(name, data)
        return "all.zip", file.getvalue()


def reads(classroom, questions, *files, act="choose", **more):
    classroom.opens(chapter("one", *questions, question("card", "card")), at="2026-02-01T10:00:00Z", **more)
    return classroom.choose(*files, act=act)


def rows(classroom):
    """{question: {column: text}}, in the order of the table."""
    return {row["attributes"]["data-guess"]: {cell["attributes"]["data-column"]: text_of(cell)
                                              for cell in row["children"]} for row in classroom.all("tr")[1:]}


def status(classroom):
    (part,) = [one for one in classroom.all("p") if one["attributes"].get("role") == "status"]
    return text_of(part)


def reasons(classroom):
    found = [one for one in classroom.all("details") if text_of(one["children"][0]) == WORDS["classLeft"]]
    return [text_of(one) for part in found for one in all_of(part, "li")]


def bars(classroom, kind="class-bar"):
    """(text, width in percent) of each bar."""
    return [(text_of(one), numbers(bar["attributes"]["style"])[0])
            for one in classroom.all("li") for bar in all_of(one, kind)]


# -- what is said of a question ------------------------------------------------------------------------------------


def guessed(right, made, q=None, **more):
    """So many students, of whom so many are right."""
    q = q or question("q")
    return [handed_in(n, (q, q["answer"] if n < right else "c", more)) for n in range(made)]


@pytest.mark.parametrize(("right", "made", "share", "todo"), [
    (4, 4, "", ""), (0, 4, "", ""), (5, 5, "100%", "classMoveOn"), (0, 5, "0%", "classExplain"),
    (6, 20, "30%", "classExplain"), (7, 20, "35%", "classDiscuss"), (14, 20, "70%", "classDiscuss"),
    (15, 20, "75%", "classMoveOn"), (1, 6, "17%", "classExplain"), (5, 8, "63%", "classDiscuss")])
def test_a_share_and_what_to_do_come_from_five_guesses(classroom, right, made, share, todo):
    """Explain below 35 of 100, move on above 70, and let them discuss between the two."""
    reads(classroom, [question("q")], *guessed(right, made))
    row = rows(classroom)["q"]
    assert list(row) == COLUMNS == [text_of(one) for one in classroom.all("th")]
    assert row["Right"] == f"{right} / {made} {share}" and row["What to do"] == (WORDS[todo] if todo else "")
    assert classroom.texts("class-sum") == [
        WORDS["classSum"].format(students=made, guesses=made, files=made, left=0)]
    assert status(classroom) == WORDS["classDone"] and reasons(classroom) == []
    (scroll,) = classroom.all("class-scroll")
    named = [scroll["attributes"][name] for name in ("tabindex", "role", "aria-label")]
    assert named == ["0", "group", WORDS["classTable"]]


def test_the_worst_question_stands_first_and_none_that_nobody_answered(classroom):
    """By how many were sure and wrong, then by the share right, then as in the book."""
    tallies = {"good": (0, 3, 4), "sure": (1, 0, 2), "none": (0, 0, 0), "surer": (2, 1, 4), "half": (0, 2, 4),
               "poor": (0, 1, 4), "few": (0, 1, 2), "same": (1, 1, 4)}  # sure and wrong, right, made
    questions, files = [question(name) for name in tallies], []
    for n in range(4):
        given = [(q, "b" if n < right else "c", {"confidence": "sure" if n < right + sure else "leaning"})
                 for q, (sure, right, made) in zip(questions, tallies.values(), strict=True) if n < made]
        files.append(handed_in(n, *given))
    reads(classroom, questions, *files)
    assert list(rows(classroom)) == ["surer", "sure", "same", "poor", "half", "few", "good"]
    for name, row in rows(classroom).items():
        sure, right, made = tallies[name]
        assert (row["Sure and wrong"], row["Right"]) == (str(sure), f"{right} / {made} ")
        assert row["Question"].startswith(f"{list(tallies).index(name) + 1}. Is it {name}?")
    assert classroom.texts("summary")[0] == WORDS["classChoices"]


def test_choices_that_were_taken_have_bars_in_the_order_of_the_question(classroom):
    one, some = question("one"), question("some", "choices", answer=["a", "b"])
    given = [("c", ["b"]), ("a", ["b", "a"]), ("c", ["b"]), ("c", ["a"])]
    reads(classroom, [one, some], *(handed_in(n, (one, guess), (some, more)) for n, (guess, more) in enumerate(given)))
    assert bars(classroom) == [("a: 1", 25), ("c: 3", 75), ("a: 2", 50), ("b: 3", 75)]
    assert all(one["attributes"]["aria-hidden"] == "true" for one in classroom.all("class-bar"))


@pytest.mark.parametrize(("counts", "right"), [([5, 4, 3, 3, 2, 1], 0), ([5, 4, 3, 3, 2, 1], 5), ([4, 3, 2], 1)])
def test_of_orders_the_six_most_common_stand_and_the_right_one(classroom, counts, right):
    orders = ["".join(letters) for letters in itertools.permutations("abc")]
    q = question("q", "order", answer=list(orders[right]))
    guesses = [order for order, many in zip(orders, counts, strict=False) for _ in range(many)][::-1]
    reads(classroom, [q], *(handed_in(n, (q, list(guess))) for n, guess in enumerate(guesses)))
    wanted = [(f"{' › '.join(order)}{' ✓' * (place == right)}: {many}", pytest.approx(100 * many / len(guesses)))
              for place, (order, many) in enumerate(zip(orders, counts, strict=False))]
    assert bars(classroom) == wanted, "of two that are as common, the one that comes first in the alphabet"
    assert len(classroom.all("li")) == len(counts)


@pytest.mark.parametrize("given", [True, False])
def test_what_is_less_common_than_six_orders_is_summed_up(classroom, given):
    """And the right one stands below them, whether or not anybody gave it."""
    answer = list("abcd")
    q = question("q", "order", answer=answer, choices=[{"label": letter} for letter in answer])
    orders = [list(one) for one in itertools.permutations("abcd")][1:9]
    guesses = [order for place, order in enumerate(orders) for _ in range(10 - place)] + [answer] * given
    reads(classroom, [q], *(handed_in(n, (q, guess)) for n, guess in enumerate(guesses)))
    shown = [f"{' › '.join(order)}: {10 - place}" for place, order in enumerate(orders[:6])]
    shown += [f"a › b › c › d ✓: {int(given)}"]
    assert [text for text, _ in bars(classroom)] == shown
    assert classroom.texts("li") == [*shown, WORDS["classRest"].format(n=4 + 3)]


@pytest.mark.parametrize(("made", "shown"), [(19, False), (20, True)])
def test_how_well_a_question_separates_is_said_from_twenty_students(classroom, made, shown):
    """Of those with at least five other guesses; one that all of them, or none, have right separates nobody."""
    questions = [question(f"q{i}") for i in range(7)]
    files = []
    for n in range(made + 1):
        good = n % 2 == 0
        marks = [good, good, good, not good, n % 4 < 2, True, False]
        given = [(q, "b" if mark else "c") for q, mark in zip(questions, marks, strict=True)]
        files.append(handed_in(n, *(given if n < made else given[:5])))  # the last one lacks a guess
    reads(classroom, questions, *files)
    import numpy as np

    right = np.array([[n % 2 == 0] * 3 + [n % 2 == 1, n % 4 < 2, True, False] for n in range(made)], dtype=float)
    for place in range(5):
        others = np.delete(right, place, axis=1).mean(axis=1)
        r = np.corrcoef(right[:, place], others)[0, 1]
        wanted = "0.00" if abs(r) < 0.005 else f"{r:+.2f}"
        assert rows(classroom)[f"q{place}"]["Separates"] == (wanted if shown else "")
    assert [rows(classroom)[name]["Separates"] for name in ("q5", "q6")] == ["", ""]


def test_second_thoughts_and_recalls_say_from_how_many_to_how_many(classroom):
    later = {"reviews": [["2026-01-07T10:00:00.000Z", "notYet"], ["2026-01-09T10:00:00.000Z", "knew"]]}
    q, still = question("q"), question("still")
    given = [("c", {"second": "b"} | later), ("c", {"second": "a"}), ("b", {"second": "c"}), ("c", later), ("b", {})]
    reads(classroom, [q, still], *(handed_in(n, (q, guess, more), (still, guess)) for n, (guess, more) in
                                   enumerate(given)))
    row = rows(classroom)["q"]
    assert row["Second thought"] == WORDS["classChange"].format(before=2, after=2, n=5)
    assert row["Recalled later"] == WORDS["classChange"].format(before=0, after=2, n=2)
    assert rows(classroom)["still"]["Second thought"] == rows(classroom)["still"]["Recalled later"] == ""


def test_own_words_are_counted_by_their_points_apart_from_the_table(classroom):
    own, other = question("own", "words", points=["One.", "`two`", "e.g. three"]), question("other", "words", points=[])
    given = [[0, 1], [1, 1], [1, 3], []]
    files = [handed_in(n, (own, "mine", {"ticked": ticks}), (other, "mine")) for n, ticks in enumerate(given)]
    reads(classroom, [question("q"), own, other], *files)
    assert classroom.all("tr") == []
    (part,) = classroom.all("class-words")
    assert text_of(part["children"][0]) == WORDS["classWords"]
    assert [one["attributes"].get("data-guess") for one in part["children"][1:]] == ["own"]
    (said,) = all_of(part, "p")
    assert text_of(said) == f"2. Is it own? {WORDS['classWrote'].format(n=4)}"
    assert bars(classroom) == [("One: 1", 25), ("two: 3", 75), ("e.g. three: 0", 0)]
    reads(classroom, [question("q"), own], *guessed(1, 1))
    assert classroom.all("class-words") == []


# -- who is one student -----------------------------------------------------------------------------------------------


MANY = [question(f"q{i}") for i in range(12)]


def at(n, guess="c", **more):
    """A guess at the n-th minute."""
    return MANY[n], guess, {"at": f"2026-01-0{1 + n // 6}T10:0{n % 6}:00.000Z"} | more


@pytest.mark.parametrize(("one", "other", "students"), [
    ([at(0), at(1)], [at(0), at(1), at(2)], 1), ([at(0), at(1)], [at(0), at(2)], 2),
    ([at(0), at(1)], [at(0), at(1, "a")], 2), ([at(0)], [at(0)], 1), ([at(0)], [at(0, second="b")], 2),
    ([at(n) for n in range(9)], [at(7), at(6)], 1), ([at(n) for n in range(9)], [at(7), at(8)], 2),
    ([at(n) for n in range(8, -1, -1)], [at(7), at(6)], 1),
    ([at(n, at=AT) for n in range(8, -1, -1)], [at(0, at=AT), at(1, at=AT)], 1),
    ([at(n, at=AT) for n in range(8, -1, -1)], [at(8, at=AT), at(1, at=AT)], 2),
], ids=range(10))
def test_two_of_the_eight_earliest_guesses_at_the_same_moments_make_one_student(classroom, one, other, students):
    """Of guesses at one moment those that stand first in the book."""
    names = [("1.json", handed_in(1, *one)[1]), ("2.json", handed_in(2, *other)[1])]
    for files in (names, names[::-1]):
        reads(classroom, MANY, *files)
        assert classroom.texts("class-sum")[0].startswith(f"Students: {students}.")


@pytest.mark.parametrize(("names", "students"), [
    (["Ann B_12_assignsubmission_file_/a.json", "Ann B_12_assignsubmission_file_/b.json"], 1),
    (["Ann B_12_assignsubmission_file_/a.json", "Ann B_13_assignsubmission_file_/b.json"], 2),
    (["annb_123_55555_a.json", "annb_late_123_66666_b.json"], 1), (["annb_12_55555_a.json", "annb_12_66666_b.json"], 2),
    (["annb_123_5555_a.json", "annb_123_6666_b.json"], 2), (["annb_123_55555_a.json", "annb_124_55555_a.json"], 2),
    (["guess_123_55555_a.json", "guess_123_66666_b.json"], 2), (["x/annb_123_55555_a.json", "annb_123_6/a.json"], 2),
    (["annb_123_55555_x/a.json", "annb_123_66666_y/b.json"], 2), (["a.json", "b.json"], 2)])
def test_the_same_person_of_a_platform_is_one_student(classroom, names, students):
    """A name of Canvas stands on a file alone; too short a number says nothing."""
    files = [(name, handed_in(n, at(n))[1]) for n, name in enumerate(names)]
    reads(classroom, MANY, zipped(*files))
    assert classroom.texts("class-sum")[0].startswith(f"Students: {students}. First guesses: 2.")


def test_two_persons_of_a_platform_stay_two_whatever_they_handed_in(classroom):
    data = handed_in(1, at(0), at(1))[1]
    names = [f"Ann B_{number}_assignsubmission_file_/a.json" for number in (12, 13)]
    reads(classroom, MANY, zipped(*((name, data) for name in names)))
    assert classroom.texts("class-sum")[0].startswith("Students: 2. First guesses: 4.")
    reads(classroom, MANY, zipped(*((name, data) for name in names), ("copy.json", data), ("again.json", data)))
    assert classroom.texts("class-sum")[0].startswith("Students: 2. First guesses: 4. Files read: 4.")


def test_a_guess_in_two_files_of_a_student_counts_once_and_the_older_one(classroom):
    shared = [at(0), at(1)]
    early, late = [*shared, at(2, "b", at="2026-01-06T10:00:00.000Z")], [*shared, at(2, "c"), at(3)]
    files = [("1.json", handed_in(1, *early)[1]), ("2.json", handed_in(2, *late)[1])]
    reads(classroom, MANY, *files)
    assert classroom.texts("class-sum")[0].startswith("Students: 1. First guesses: 4. Files read: 2.")
    assert rows(classroom)["q2"]["Right"] == "0 / 1 "


# -- what is read -----------------------------------------------------------------------------------------------------


def test_every_file_that_is_not_read_and_every_part_has_a_reason(classroom):
    q = question("q")
    bad = "bad.json", handed_in(9, (q, "b"), saved_by="?")[1].replace(b"?", b"\xff")  # no text in UTF-8
    unknown = (question("gone"), "b")
    files = [("a.pdf", b""), ("b.txt", b""), ("broken.json", b"{"), bad, ("big.JSON", b"{}", {"size": 5_000_001}),
             ("lost.json", b"{}", {"fails": True}), ("lost.zip", b"", {"size": 30, "fails": True}), ("cut.ZIP", b"PK"),
             zipped(("in.zip", b""), handed_in(1, (q, "b"), unknown, unknown), ("x/y.png", b"")),
             handed_in(2, (q, None)), handed_in(3, (q, None, {"skipped": True}), (q, ["b"])),
             handed_in(4, book="another"), (handed_in(5, (q, "b"))[0].upper(), *handed_in(5, (q, "b"))[1:])]
    reads(classroom, [q], *files)
    counts = {"zipNoJson": 3, "fileNoJson": 2, "fileLarge": 1, "fileUnread": 1, "zipDamaged": 2, "zipInZip": 1,
              "classUnknown": 2, "classParts": 1, "classNothing": 1, "fileBook": 1}
    assert sorted(reasons(classroom)) == sorted(f"{n}: {WORDS[why].format(size=5)}" for why, n in counts.items())
    assert classroom.texts("class-sum") == [WORDS["classSum"].format(students=3, guesses=2, files=3, left=12)]


def test_a_json_of_just_five_megabytes_is_read(classroom):
    q = question("q")
    name, data = handed_in(1, (q, "b"))
    for more, students in ((0, 1), (1, 0)):
        reads(classroom, [q], (name, data.ljust(5_000_000 + more)))
        assert classroom.texts("class-sum")[0].startswith(f"Students: {students}.")
        assert status(classroom) == WORDS["classDone" if students else "classNone"]


def test_files_can_be_dropped_and_a_later_drop_replaces_what_was_read(classroom):
    q = question("q")
    reads(classroom, [q], *guessed(2, 3), act="drop")
    assert rows(classroom)["q"]["Right"] == "2 / 3 "
    classroom.choose(*guessed(1, 2))
    assert rows(classroom)["q"]["Right"] == "1 / 2 " and len(classroom.all("class-sum")) == 1
    classroom.choose()
    assert rows(classroom)["q"]["Right"] == "1 / 2 ", "choosing nothing changes nothing"
    assert classroom.kept == {}
    assert classroom.texts("progress-file") == [f"{WORDS['classDrop']} "]
    (field,) = classroom.all("input")
    assert (field["attributes"]["type"], "multiple" in field["attributes"]) == ("file", True)


def test_of_many_files_it_says_how_many_are_read_and_a_later_drop_wins(classroom):
    """After each twenty the page may paint and hear; what was dropped before changes nothing then."""
    q, reading = question("q"), WORDS["classReading"]
    reads(classroom, [q], *guessed(20, 45), hold=True)
    for n in (20, 40):
        assert status(classroom) == reading.format(n=n) and classroom.waits == 1 and rows(classroom) == {}
        classroom("later")
    assert status(classroom) == WORDS["classDone"] and classroom.waits == 0
    assert rows(classroom)["q"]["Right"] == "20 / 45 44%"
    classroom.choose(*guessed(3, 41))
    assert status(classroom) == reading.format(n=20) and rows(classroom)["q"]["Right"] == "20 / 45 44%"
    classroom.choose(*guessed(1, 1))
    for _ in range(3):
        assert status(classroom) == WORDS["classDone"] and rows(classroom)["q"]["Right"] == "1 / 1 "
        classroom("later")

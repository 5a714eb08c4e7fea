"""One reader's file: the checks say what the schema says, and what is joined or saved loses nothing."""

import copy
import json
import os
import random
import sys
from datetime import UTC, datetime

import jsonschema
import pytest
from places import PACKAGE
from time_class_report import student_file
from twins import running

from book_utils import Guess
from book_utils.asking import record as saved
from book_utils.asking.merge import joined, moment
from book_utils.asking.record import NotGuesses, read_saved
from book_utils.asking.saving import save_guesses
from book_utils.classroom.answers import questions_of_the_book

SCHEMA = PACKAGE / "data" / "guesses.schema.json"
VALIDATOR = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
NASTY = [
    None, True, False, 0, 1, 1.0, 2, -1, 1e300, 2**70, "", "x", "a/b", "sure", "knew", "guesses", "x" * 41, "x" * 201,
    "x" * 2001, "x" * 20001, "2026-11-22T09:30:00Z", "2026-11-22T09:30:00.1234567Z", "2026-11-22T09:30:00+00:00",
    "2026-13-45T99:99:99Z", "2026-11-22 09:30:00Z", "0123456789ab", "0123456789AB", "0123456789abc", [], {}, [[]],
    [1, "x"], [0, 99], [100], [1.5], [-1], [1.0], [None], [True], ["x" * 2001], list(range(101)), {"a": 1},
    [["2026-11-22T09:30:00Z", "knew"]], [["x", "knew"]],
    [["2026-11-22T09:30:00Z", "knew", 1]], ["2026-11-22T09:30:00Z", "knew"], "\u202e", "<script>", "﷽" * 50,
]


def small_file() -> dict:
    data = student_file(3, questions_of_the_book()[:12])
    data["guesses"] = data["guesses"][:3] + [{key: data["guesses"][3][key] for key in saved_required()}]
    data["guesses"][0]["ticked"] = [0, 2]
    data["cards"] = [{"chapter": "lookup", "name": "card", "digest": "0123456789ab",
                      "reviews": [["2026-11-22T09:30:00Z", "knew"], ["2026-11-23T09:30:00.5Z", "notYet"]]}]
    return data


def saved_required():
    return VALIDATOR.schema["$defs"]["guess"]["required"]


def fits(data) -> bool:
    return (saved.is_envelope(data) and all(map(saved.is_guess, data["guesses"]))
            and all(map(saved.is_card, data["cards"])))


def damaged(data: dict, chance: random.Random):
    """Change one to three places anywhere in a file."""
    data = copy.deepcopy(data)
    for _ in range(chance.randrange(1, 4)):
        place, key = data, None
        while isinstance(place, (dict, list)) and place:
            inside = place
            key = chance.choice(list(inside) if isinstance(inside, dict) else range(len(inside)))
            place = inside[key]
            if chance.random() < 0.3:
                break
        if key is None:
            continue
        match chance.randrange(4):
            case 0 if isinstance(inside, dict):
                del inside[key]
            case 1 if isinstance(inside, dict):
                inside["new"] = chance.choice(NASTY)
            case 2 if isinstance(inside, list):
                inside.append(chance.choice(NASTY))
            case _:
                inside[key] = chance.choice(NASTY)
    return data


def test_a_guess_may_be_the_largest_number_that_a_page_can_hold_and_none_beyond():
    most = sys.float_info.max
    assert saved.is_value(most) and saved.is_value(-most) and saved.is_value([int(most)])
    assert not saved.is_value(int(most) + 10**300) and not saved.is_value(float("inf"))


def test_checks_are_those_of_the_schema():
    chance, good, verdicts = random.Random(7), small_file(), []
    assert fits(good) and VALIDATOR.is_valid(good)
    for _ in range(4000):
        data = damaged(good, chance)
        verdicts.append(fits(data))
        assert verdicts[-1] == VALIDATOR.is_valid(data), data
    assert 300 < sum(verdicts) < 3700


@pytest.mark.parametrize("entry", [
    {"at": "٢٠٢٦-11-22T09:30:00Z"}, {"at": "2026-11-22T09:30:00Z\n"}, {"digest": "0123456789ab\n"},
    {"guess": 10**400}, {"guess": float("inf")}, {"guess": [float("nan"), 1.0]},
])
def test_stricter_than_python_reads_the_schema(entry):
    assert not saved.is_guess(small_file()["guesses"][0] | entry)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encodings_and_line_ends(encoding):
    text = json.dumps(small_file(), indent=1, ensure_ascii=False).replace("\n", "\r\n")
    assert len(read_saved(text.encode(encoding)).guesses) == 4


def changed(**keys) -> bytes:
    return json.dumps(small_file() | keys).encode()


@pytest.mark.parametrize("raw, sentence", [
    (b"", "not JSON"), (b"\xff\xfe\x00", "not JSON"), (b"\0" * 100, "not JSON"), (b"{", "not JSON"),
    (b"\xc3\x28", "not JSON"),
    (b"<html><script>alert(1)</script>", "not JSON"), (b"'__import__(\"os\")'", "not JSON"),
    (b"[" * 200_000, "nested too deeply"), (b'{"a":' * 100_000, "nested too deeply"),
    (b" " * (saved.MOST_BYTES + 1), "larger than 5 MB"), (b"[" + b"9" * 5000 + b"]", "not JSON"),
    (b'{"format": "guesses", "version": NaN}', "it holds NaN"), (b"[-Infinity]", "it holds -Infinity"),
    (b"[]", "not a file of guesses"), (b"null", "not a file of guesses"),
    (b'{"format": ["guesses"]}', "not a file of guesses"),
    (changed(format="notebook"), "not a file of guesses"), (changed(version=2), "version 2; this one reads 1"),
    (changed(version=10**30), "a much later version"), (changed(version="1"), "damaged"),
    (changed(version=True), "damaged"),
    (changed(version=0), "damaged"), (changed(book="x" * 201), "damaged"), (changed(saved="yesterday"), "damaged"),
    (changed(guesses={}), "damaged"), (changed(cards=None), "damaged"), (changed(guesses=[0] * 10_001), "damaged"),
    (changed(book="another-book"), "another book"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_not_a_file_of_guesses(raw, sentence):
    with pytest.raises(NotGuesses, match=sentence) as caught:
        read_saved(raw)
    assert str(caught.value).endswith(".")


def test_an_entry_of_the_earliest_edition_lacks_what_came_later():
    entry = {key: small_file()["guesses"][0][key] for key in saved_required()}
    assert saved.is_guess(entry)
    for field, value in [("skipped", None), ("revealed", None), ("confidence", None), ("rating", 1), ("ticked", None)]:
        assert not saved.is_guess(entry | {field: value})


def test_damaged_entries_are_left_out_and_counted():
    data = small_file()
    data["guesses"] += [None, 7, {"chapter": "lookup"}, data["guesses"][0] | {"guess": "HUGE"}]
    text = json.dumps(data).replace('"HUGE"', "1e999")  # a number that no float holds
    read = read_saved(text.encode())
    assert (len(read.guesses), len(read.cards), read.broken) == (4, 1, 4)


@pytest.mark.parametrize("at, expected", [
    ("2026-11-22T09:30:00Z", "2026-11-22T09:30:00.000000"),
    ("2026-11-22T09:30:00.5+00:00", "2026-11-22T09:30:00.500000"),
    ("2020-01-01T00:00:00Z", "2020-01-01T00:00:00.000000"), ("2019-12-31T23:59:59.999999Z", None),
    ("2027-01-02T00:00:00Z", "2027-01-02T00:00:00.000000"), ("2027-01-02T00:00:00.000001Z", None),
    ("1970-01-01T00:00:00Z", None), ("2031-01-01T00:00:00Z", None), ("9999-12-31T23:59:59Z", None),
    ("0000-01-01T00:00:00Z", None), ("2026-02-30T00:00:00Z", None), ("2026-11-22T24:61:00Z", None), ("", None),
    ("30000-01-01T00:00:00Z", None),
])
def test_moments(at, expected):
    assert moment(at, now=datetime(2027, 1, 1, tzinfo=UTC)) == expected


def entry(at, guess, **more):
    return {"at": f"2026-11-{at}T09:00:00Z", "guess": guess, **more}


def test_the_earliest_first_guess_stays():
    first, later = entry(20, "a", confidence="guessing"), entry(21, "b", second="c", confidence="sure", rating="got")
    for one, other in ((first, later), (later, first)):
        both = joined(one, other)
        assert (both["guess"], both["confidence"], both["second"], both["rating"]) == ("a", "guessing", "c", "got")


def test_joining_skips_impossible_times_and_days():
    assert joined(entry(20, None, skipped=True), entry(22, "b"))["guess"] == "b"  # to skip is not to guess
    assert joined(entry(20, "a"), {"at": "1970-01-01T00:00:00Z", "guess": "b"})["guess"] == "a"  # a wrong clock
    one = entry(20, "a", reviews=[["2026-11-21T08:00:00Z", "knew"], ["2026-11-23T08:00:00Z", "knew"]])
    two = entry(20, "a", reviews=[["2026-11-21T09:00:00Z", "notYet"]])
    assert [said for _, said in joined(one, two)["reviews"]] == ["notYet", "knew"]  # the last word of a day


# -- save_guesses -----------------------------------------------------------------------------------


@pytest.fixture
def live(monkeypatch):
    """A session with three guesses: one made, one skipped, one not touched."""
    monkeypatch.setattr(Guess, "made", {})
    question = next(one for one in questions_of_the_book() if one.name == "quiz-rows")
    made = Guess(question.question, answer=question.answer, name=question.name)
    assert made.digest == question.digest
    made.guess, made.confidence, made.second, made.revealed = 3, "sure", 4, True
    skipped = Guess("Is it so?", choices=["yes", "no"], answer="yes")
    skipped.skipped = True
    Guess("Not touched?", choices=["yes", "no"], answer="yes")
    return made


def test_saves_what_the_schema_allows(live, tmp_path):
    live.made_at = datetime(2026, 11, 20, 8, 30, 0, 125000, tzinfo=UTC)
    path = save_guesses(tmp_path / "mine.json")
    data = json.loads(path.read_text(encoding="utf-8"))
    VALIDATOR.validate(data)
    made, skipped = data["guesses"]
    assert (made["chapter"], made["at"], made["guess"], made["second"], made["confidence"]) == (
        "geometry", "2026-11-20T08:30:00.125Z", 3, 4, "sure")
    assert (skipped["chapter"], skipped["guess"], skipped["skipped"]) == ("notebook", None, True)
    assert os.listdir(tmp_path) == ["mine.json"]


def test_words_are_saved_as_they_were_written_and_what_is_no_number_is_not(live, tmp_path):
    words = Guess("Warum?", model_answer="Darum.")
    words.guess = "Weil „Zeile“ übrig ist."
    path = save_guesses(tmp_path / "mine.json")
    before = path.read_bytes()
    assert words.guess in before.decode() and before.endswith(b"}\n") and b"\n \"book\"" in before
    words.guess = float("nan")
    with pytest.raises(ValueError, match="JSON"):
        save_guesses(path)
    assert path.read_bytes() == before


def test_saving_again_keeps_the_older_first_guess(live, tmp_path):
    path = tmp_path / "mine.json"
    old = small_file()
    old["guesses"].append({"chapter": "geometry", "name": live.name, "digest": live.digest,
                           "at": "2026-01-05T09:30:00Z", "guess": 5,
                           "confidence": "guessing", "unknown": [1]})
    path.write_text(json.dumps(old), encoding="utf-8")
    save_guesses(path)
    save_guesses(path)  # and once more changes nothing
    data = json.loads(path.read_text(encoding="utf-8"))
    VALIDATOR.validate(data)
    assert data["cards"] == old["cards"] and len(data["guesses"]) == 6
    joint = next(one for one in data["guesses"] if one["name"] == live.name)
    assert (joint["guess"], joint["confidence"], joint["second"], joint["unknown"]) == (5, "guessing", 4, [1])


@pytest.mark.parametrize("contents, sentence", [
    (b"my thesis", "not JSON"), (changed(book="another-book"), "another book"), (changed(version=2), "later edition"),
    (changed(cards=[{}]), "1 of its entries"),
])
def test_never_overwrites_what_it_cannot_read(live, tmp_path, contents, sentence):
    path = tmp_path / "mine.json"
    path.write_bytes(contents)
    with pytest.raises(ValueError, match=f"stays as it is.*{sentence}.*another name"):
        save_guesses(path)
    assert path.read_bytes() == contents


def test_a_failed_save_leaves_the_old_file(live, tmp_path, monkeypatch):
    path = save_guesses(tmp_path / "mine.json")
    before = path.read_bytes()
    monkeypatch.setattr(os, "replace", lambda *paths: (_ for _ in ()).throw(OSError("no space left")))
    with pytest.raises(OSError, match="no space"):
        save_guesses(path)
    assert path.read_bytes() == before and os.listdir(tmp_path) == ["mine.json"]


def test_a_link_stays_a_link(live, tmp_path):
    (tmp_path / "real.json").write_text(json.dumps(small_file()), encoding="utf-8")
    (tmp_path / "link.json").symlink_to("real.json")
    save_guesses(tmp_path / "link.json")
    assert (tmp_path / "link.json").is_symlink() and len(read_saved((tmp_path / "real.json").read_bytes()).guesses) == 6


# -- the page's side of the same rules ---------------------------------------------------------------------------

NOW = "2026-11-24T12:00:00.000Z"
PLACE = {"chapter": "lookup", "name": "one", "digest": "0123456789ab"}
REVIEW = ["2026-11-22T09:30:00Z", "knew"]
AT_THE_LIMITS = [
    *[(field, value) for field in ("guess", "second") for value in (
        "x" * 20_000, "x" * 20_001, ["x" * 2000], ["x" * 2001], [1] * 100, [1] * 101)],
    *[("ticked", value) for value in ([0] * 100, [0] * 101, [99], [100], [0], [-1])],
    *[(field, value) for field in ("chapter", "name") for value in ("x", "", "x" * 200, "x" * 201)],
    ("reviews", [REVIEW] * 2000), ("reviews", [REVIEW] * 2001),
]
# {kind: (the choices, a guess that can be, one that cannot)}
KINDS = {
    "choice": ("abc", "b", "z"), "choices": ("abc", ["a", "c"], []), "order": ("abc", ["c", "a", "b"], ["a", "b"]),
    "lines": ("abc", ["c", "a"], ["a", "a"]), "number": ("", 2.5, "2.5"), "shape": ("", [2, 3], [2, -3]),
    "words": ("", "A row.", "  "), "point": ("", [0.5, -1], [0.5]),
}


@pytest.fixture(scope="module")
def in_page(tmp_path_factory):
    """A function that calls record.js, in which moments are texts."""
    calls = tmp_path_factory.mktemp("js") / "calls.js"
    calls.write_text(
        "export const takes = isGuess;\n"
        "export function taken(file, questions, now) {\n"
        "  const { changes, left, odd } = changesOf(file, questions, new Date(now));\n"
        "  return { records: changes.map((change) => change.record(null)), left, odd };\n"
        "}\n"
        "export const written = (book, kept, now) => fileOf(book, kept, new Date(now));\n"
        "export const sound = soundRecord, read = readFile;\n"
    )
    with running(*(PACKAGE / "asking" / f"{name}.js" for name in ("score", "merge", "record")), calls) as call:
        yield call


@pytest.mark.parametrize(("field", "value"), AT_THE_LIMITS, ids=map(str, range(len(AT_THE_LIMITS))))
def test_both_keep_the_limits_of_the_schema(in_page, field, value):
    entry = PLACE | {"at": REVIEW[0], "guess": "b"} | {field: value}
    wanted = VALIDATOR.evolve(schema={"$ref": "#/$defs/guess", "$defs": VALIDATOR.schema["$defs"]}).is_valid(entry)
    assert saved.is_guess(entry) is wanted and in_page("takes", entry) is wanted


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_takes_a_guess_that_can_be_and_no_other(in_page, kind):
    letters, good, bad = KINDS[kind]
    question = PLACE | {"kind": kind, "choices": [{"label": letter} for letter in letters]}
    said = {"confidence": "sure", "skipped": False, "revealed": True, "rating": "got", "ticked": [1]}
    plain = {"confidence": "", "skipped": False, "revealed": False, "rating": "", "ticked": []}

    def taken(*entries):
        file = {"guesses": [PLACE | {"at": REVIEW[0]} | entry for entry in entries], "cards": []}
        return in_page("taken", file, [question], NOW)

    for entry, state in [
        ({"guess": good}, plain | {"guess": good, "second": None}),
        ({"guess": None, "skipped": True}, plain | {"guess": None, "second": None, "skipped": True}),
        ({"guess": good, "second": good} | said, said | {"guess": good, "second": good}),
    ]:
        found = taken(entry | {"reviews": [REVIEW]})
        assert found["left"] == {"unknown": 0, "broken": 0} and not found["odd"]
        [record] = found["records"]
        assert record["state"] == state and record["at"] == "2026-11-22T09:30:00.000Z"
        assert record["reviews"] == [["2026-11-22T09:30:00.000Z", "knew"]]
        # Written to a file, and read again, it is the same.
        again = in_page("written", "book", [{"question": question, "record": in_page("sound", record, question)}], NOW)
        assert in_page("taken", again, [question], NOW)["records"] == [record]
    for entry in ({"guess": bad}, {"guess": good, "second": bad}):
        assert taken(entry) == {"records": [], "left": {"unknown": 0, "broken": 1}, "odd": False}
    assert taken({"guess": good, "digest": "ba9876543210"})["left"] == {"unknown": 1, "broken": 0}


def test_the_page_counts_an_impossible_moment_as_now(in_page):
    question = PLACE | {"kind": "number", "choices": []}
    for at, odd in [("2019-12-31T23:59:59Z", True), ("2020-01-01T00:00:00Z", False), ("2026-11-25T12:00:00Z", False),
                    ("2026-11-25T12:00:01Z", True), ("2026-13-45T99:99:99Z", True)]:
        file = {"guesses": [PLACE | {"at": at, "guess": 1, "reviews": [[at, "knew"]]}], "cards": []}
        found = in_page("taken", file, [question], NOW)
        moment = NOW if odd else at.replace("Z", ".000Z")
        assert found["odd"] is odd and found["records"][0]["at"] == moment
        assert found["records"][0]["reviews"] == ([] if odd else [[moment, "knew"]])


def test_the_page_takes_what_was_said_of_a_card(in_page):
    question = PLACE | {"kind": "card", "choices": []}
    reviews = [["2026-11-22T09:30:00Z", "knew"], ["2026-11-23T09:30:00Z", "notYet"]]
    moments = [[at.replace("Z", ".000Z"), said] for at, said in reviews]
    for listed, wanted in [(reviews, moments), ([], [])]:
        [record] = in_page("taken", {"guesses": [], "cards": [PLACE | {"reviews": listed}]}, [question], NOW)["records"]
        assert record["reviews"] == wanted and record["state"] == {"knew": "notYet" if listed else ""}
        assert record["at"] == (wanted[0][0] if listed else NOW)


@pytest.mark.parametrize("odd", [7, "x", {}, ["x"], None])
def test_what_storage_should_not_hold_counts_as_nothing_said(in_page, odd):
    plain = {"guess": None, "confidence": "", "second": None, "skipped": False, "revealed": False, "rating": "",
             "ticked": []}
    record = {"v": 1, "digest": PLACE["digest"], "at": odd, "reviews": odd, "state": dict.fromkeys(plain, odd)}
    question = PLACE | {"kind": "choice", "choices": [{"label": "a"}]}
    assert in_page("sound", record, question) == record | {"at": "2020-01-01T00:00:00.000Z", "reviews": [],
                                                           "state": plain}
    card = in_page("sound", record | {"state": {"knew": odd}}, PLACE | {"kind": "card", "choices": []})
    assert (card["reviews"], card["state"]) == ([], {"knew": ""})
    card = in_page("sound", record | {"state": {"knew": "knew"}}, PLACE | {"kind": "card", "choices": []})
    assert card["reviews"] == [["2020-01-01T00:00:00.000Z", "knew"]], "a card of an edition that kept no reviews"


def test_both_read_files_of_the_same_sizes(in_page):
    for changes, wanted in [({}, True), ({"book": "x" * 200}, True), ({"book": "x" * 201}, False),
                            ({"guesses": [None] * 10_000}, True), ({"guesses": [None] * 10_001}, False),
                            ({"cards": [None] * 10_001}, False), ({"saved": "now"}, False), ({"version": 1.5}, False)]:
        file = {"format": "guesses", "version": 1, "book": "book", "saved": NOW, "guesses": [], "cards": []} | changes
        assert saved.is_envelope(file) is wanted
        assert ("file" in in_page("read", json.dumps(file), file["book"])) is wanted
    assert in_page("read", json.dumps(file | {"version": 2}), "book") == {"error": "fileLater"}
    assert in_page("read", "[]", "book") == {"error": "fileOther"}
    assert in_page("read", "{", "book") == {"error": "fileNoJson"}
    assert in_page("read", json.dumps(small_file()), "another") == {"error": "fileBook"}

"""The browser reads a class as the command does: the same files, refusals and figures, worked out in node."""

import base64
import io
import json
import random
import shutil
import stat
import struct
import subprocess
import zipfile

import pytest
from places import PACKAGE
from time_class_report import student_file

from book_utils.asking.questions import BOOK
from book_utils.asking.record import MOST_BYTES
from book_utils.classroom.answers import questions_of_the_book
from book_utils.classroom.counting import Counting
from book_utils.classroom.hand_ins import hand_ins
from book_utils.classroom.page import signed
from book_utils.classroom.reading import DAMAGED, IMPOSSIBLE, OTHER_EDITION
from book_utils.classroom.report import read_all
from book_utils.classroom.store import Store

QUESTIONS = questions_of_the_book()

FILES = [PACKAGE / "asking" / f"{name}.js" for name in ("score", "merge", "record")]
FILES += [PACKAGE / "book_site" / "gathered" / f"{name}.js" for name in ("zip", "class_counts", "class")]
DRIVER = """
import { readFileSync } from "node:fs";
import { File } from "node:buffer";
const [source, given] = JSON.parse(readFileSync(0, "utf8"));
const address = "data:text/javascript;base64," + Buffer.from(source).toString("base64");
const { readZip, readClass, studentsOf, countClass, advice, signedText } = await import(address);
const one = async ({ name, why, read }) => {
  try { return [name, why ?? "", read ? Buffer.from(await read()).toString("base64") : ""]; }
  catch (problem) { return [name, String(problem), ""]; }
};
// A file of so many bytes whose zip has nothing but zeros before its last record.
function stretched(bytes, size) {
  const last = bytes.lastIndexOf("PK\\x05\\x06"), start = size - (bytes.length - last);
  const at = (place) => (place < last ? bytes[place] : place < start ? 0 : bytes[place - start + last]);
  return { size, slice: (from, to) => new Blob([Uint8Array.from({ length: to - from }, (_, i) => at(from + i))]) };
}
const all = async (text, size) => {
  const bytes = Buffer.from(text, "base64");
  try { return await Promise.all((await readZip(size ? stretched(bytes, size) : new Blob([bytes]))).map(one)); }
  catch (problem) { return String(problem); }
};
const words = { classExplain: "explain", classDiscuss: "discuss", classMoveOn: "move on" };
const classOf = async ([text, questions, book]) => {
  const dropped = [new File([Buffer.from(text, "base64")], "all.zip")];
  const { files, left, out } = await readClass(dropped, questions, book, () => {}), students = studentsOf(files);
  const tallies = countClass(students, questions)
    .map((tally) => ({ ...tally, choices: Object.fromEntries(tally.choices), signed: signedText(tally.separates),
                       advice: advice(tally.right, tally.made, words) }));
  return { students: students.length, files: files.length, left: Object.fromEntries(left), out, tallies };
};
const found = [];
for (const one of given) {
  if (one.signed) { found.push(one.signed.map(signedText)); continue; }
  found.push(await (one.size ? all(one.zip, one.size) : Array.isArray(one) ? classOf(one) : all(one)));
}
console.log(JSON.stringify(found));
"""
SAID = {"leads out": "zipLeadsOut", "is a link": "zipLink", "a zip inside": "zipInZip", "not end in": "zipNoJson",
        "password": "zipLocked", "packed in a way": "zipPacked", "200-fold": "zipGrows", "This part": "zipPart",
        "The zip is damaged": "zipDamaged", "too many files": "zipMany"}
LISTED, ENDS = "<4s6H3L5H2L", "<4s4H2LH"  # an entry of a zip's list, and its last record
SIZES = {"packed": 8, "size": 9, "name": 10}  # where an entry of the list has them


def in_node(given):
    assert shutil.which("node"), "a class is read by node: install Node.js 20 or newer"
    exported = "export { readClass, advice, signedText };"
    source = "\n".join([*(path.read_text(encoding="utf-8") for path in FILES), exported])
    given = json.dumps([source, given])
    done = subprocess.run(["node", "--input-type=module", "-e", DRIVER], input=given, capture_output=True, check=True,
                          encoding="utf-8")
    return json.loads(done.stdout)


def by_browser(zips):
    found = in_node([base64.b64encode(data).decode() for data in zips])
    return [one if isinstance(one, str) else sorted((name, why, base64.b64decode(data)) for name, why, data in one)
            for one in found]


def by_command(folder, data):
    """The same of the command; a sentence for the whole zip is its key alone."""
    (folder / "a.zip").write_bytes(data)
    found = [(one.name.partition("a.zip/")[2], key_of(one.why), one.raw or b"") for one in hand_ins([folder / "a.zip"])]
    whole = [key for name, key, _ in found if not name]
    return whole[0] if whole else sorted((name, "fileLarge" if len(raw) > MOST_BYTES else key,
                                          b"" if len(raw) > MOST_BYTES else raw) for name, key, raw in found)


def key_of(why):
    return next((key for part, key in SAID.items() if part in why), why)


def zipped(*entries, comment=b"", extra=b"", remark=b""):
    """A zip of (name, contents, method, mode) each; `extra` and a remark stand beside each name."""
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w") as made:
            for name, contents, method, mode in entries:
                info = zipfile.ZipInfo(name)
                info.external_attr, info.compress_type, info.extra, info.comment = mode << 16, method, extra, remark
                made.writestr(info, contents)
            made.comment = comment
        return file.getvalue()


NAMES = ["a.json", "b.JSON", "c/d.json", "../e.json", "/f.json", "C:/g.json", "h/../i.json", "j\\..\\k.json", "l..json",
         "m:/n.json", "o/p:q.json", "r.txt", "s.zip", "t.json.zip", "u/", "\u202ev.json", "w.json ", ".json", "json"]
CONTENTS = [b"{}", b"", bytes(100_000), bytes(100_001), b"[1, 2]" * 4000, bytes(range(256)) * 90]
METHODS = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2]
TIME = b"UT\5\0\3" + bytes(4)  # when a file was written, as most programs on a Mac say it
MODES = [0, 0o644, stat.S_IFREG | 0o644, stat.S_IFLNK | 0o777, stat.S_IFIFO | 0o644]


@pytest.fixture(scope="module")
def whole():
    """Forty zips of one to five files, and four with what is just allowed and just not."""
    chance = random.Random(4)
    zips = [zipped(*((name, chance.choice(CONTENTS), chance.choice(METHODS), chance.choice(MODES))
                     for name in chance.sample(NAMES, chance.randint(1, 5))),
                   comment=chance.choice([b"", b"a comment", b"x" * 60_000]), extra=chance.choice([b"", TIME]),
                   remark=chance.choice([b"", b"a remark"]))
            for _ in range(40)]
    stored = zipfile.ZIP_STORED
    grown = zipped(("a.json", random.Random(5).randbytes(1000) + bytes(199_000), zipfile.ZIP_DEFLATED, 0))
    locked = bytearray(zipped(("a.json", b"{}", stored, 0), ("b.json", b"{}", stored, 0)))
    locked[locked.index(b"PK\1\2") + 8] |= 1
    return [*zips, bytes(locked), zipped(*((f"{n}.json", b"{}", stored, 0) for n in range(300))), grown,
            zipped(("a.json", bytes(MOST_BYTES), stored, 0), ("b.json", bytes(MOST_BYTES + 1), stored, 0))]


def test_both_read_and_refuse_the_same(whole, tmp_path):
    found = by_browser(whole)
    assert found == [by_command(tmp_path, data) for data in whole]
    assert {why for one in found for _, why, _ in one} >= {
        "", "zipLeadsOut", "zipLink", "zipInZip", "zipNoJson", "zipPacked", "zipLocked", "zipGrows", "fileLarge"}


def test_what_is_changed_on_the_way_is_never_read_as_something_else(tmp_path):
    """What both read is the same; and where only one of them refuses, nothing is thrown but the key of a sentence."""
    chance, good = random.Random(6), zipped(*((name, CONTENTS[4], zipfile.ZIP_DEFLATED, 0) for name in NAMES[:3]))
    places = [range(60), range(good.index(b"PK\1\2"), len(good))]
    zips = []
    for _ in range(200):
        data = bytearray(good)
        for _ in range(chance.randint(1, 3)):
            data[chance.choice(chance.choice(places))] = chance.choice([0, 1, 255, chance.randrange(256)])
        zips.append(bytes(data[:chance.choice([len(data)] * 4 + [chance.randrange(len(data))])]))
    both = 0
    for data, browser in zip(zips, by_browser(zips), strict=True):
        if isinstance(browser, str):
            assert browser in ("zipDamaged", "zipMany")
            continue
        assert all(why in ("", "fileLarge", *SAID.values()) for _, why, _ in browser)
        command = by_command(tmp_path, data)
        if not isinstance(command, str):
            contents = {raw for _, why, raw in command if not why}
            both += len(contents)
            assert {raw for _, why, raw in browser if not why} <= contents | {CONTENTS[4]}
    assert both > 30


def relisted(data, *changes):
    """A zip whose list says something else of its entries, in their order: {"packed", "size" or "name": number}."""
    data, place = bytearray(data), data.index(b"PK\1\2")
    for change in changes:
        entry = list(struct.unpack_from(LISTED, data, place))
        for name, number in change.items():
            entry[SIZES[name]] = number
        struct.pack_into(LISTED, data, place, *entry)
        place = data.find(b"PK\1\2", place + 4)
    return bytes(data)


def ended(data, many=None, size=None, start=None, longer=0):
    """A zip whose last record says how many files are listed, how long the list is, and where it stands."""
    data, place = bytearray(data), data.rindex(b"PK\5\6")
    mark, a, b, c, count, long, at, comment = struct.unpack_from(ENDS, data, place)
    count, at = (one if other is None else other for one, other in ((count, many), (at, start)))
    struct.pack_into(ENDS, data, place, mark, a, b, c, count, (long if size is None else size) + longer, at, comment)
    return bytes(data)


def stored(*names, size=2, comment=b""):
    return zipped(*((name, bytes(size), zipfile.ZIP_STORED, 0) for name in names), comment=comment)


ONE, TWO = stored("a.json"), stored("a.json", "b.json")
A, B = ["a.json", "", bytes(2)], ["b.json", "", bytes(2)]
GROWN = 2 * 10**9  # bytes, of all files of a zip together
AT_THE_LIMITS = {
    "as many files as a list may have, of which it has one": (ended(ONE, many=20_000), "zipDamaged"),
    "one file too many": (ended(ONE, many=20_001), "zipMany"),
    "as long a list as may be, which is not there": (ended(ONE, size=8_000_000), "zipDamaged"),
    "a list one byte too long": (ended(ONE, size=8_000_001), "zipMany"),
    "a list beyond 4 GB, as a larger form of zip says": (ended(ONE, start=2**32 - 1), "zipMany"),
    "a list that ends in the last record": (ended(stored("a.json", size=90_000), longer=1), "zipDamaged"),
    "a list that ends before it": (ended(ONE, longer=-1), "zipDamaged"),
    "a list without its last file": (ended(TWO, many=1), [A]),
    "a list that has one file less than it says": (ended(TWO, many=3), "zipDamaged"),
    "a name that is longer than the list": (relisted(ONE, {"name": 7}), "zipDamaged"),
    "a name that is far longer than the list": (relisted(ONE, {"name": 60_000}), "zipDamaged"),
    "a file without a name": (stored(""), [["", "zipNoJson", b""]]),
    "nothing": (stored(), []),
    "nothing but the longest comment": (stored(comment=b"x" * 65_535), []),
    "a file and the longest comment": (stored("a.json", comment=b"x" * 65_535), [A]),
    "200-fold": (relisted(ONE, {"packed": 1000, "size": 200_000}), [["a.json", "zipPart", b""]]),
    "more than 200-fold": (relisted(ONE, {"packed": 1000, "size": 200_001}), [["a.json", "zipGrows", b""]]),
    "a little that grows": (relisted(ONE, {"packed": 2, "size": 100_000}), [["a.json", "zipPart", b""]]),
    "more than a little": (relisted(ONE, {"packed": 2, "size": 100_001}), [["a.json", "zipGrows", b""]]),
    "as much as all may have": (relisted(TWO, {"packed": 10**8, "size": GROWN - 2}), [["a.json", "fileLarge", b""], B]),
    "more than all may have": (relisted(TWO, {"packed": 10**8, "size": GROWN - 1}),
                               [["a.json", "fileLarge", b""], ["b.json", "zipLarge", b""]]),
    "more than one may have": (relisted(ONE, {"packed": 10**8, "size": GROWN + 1}), [["a.json", "zipLarge", b""]]),
    "says less than it holds": (relisted(ONE, {"size": 1}), [["a.json", "zipPart", b""]]),
    "says more than it holds": (relisted(ONE, {"size": 3}), [["a.json", "zipPart", b""]]),
}


def test_a_zip_at_its_limits_and_one_beyond():
    for (name, (_, wanted)), found in zip(
            AT_THE_LIMITS.items(), by_browser(data for data, _ in AT_THE_LIMITS.values()), strict=True):
        assert found == (wanted if isinstance(wanted, str) else [tuple(one) for one in wanted]), name


def test_a_zip_of_a_gigabyte_is_read_and_none_beyond():
    given = [{"zip": base64.b64encode(ONE).decode(), "size": size} for size in (10**9, 10**9 + 1)]
    assert in_node(given) == [[["a.json", "", base64.b64encode(bytes(2)).decode()]], "zipLarge"]


def test_files_come_in_the_order_of_their_names():
    names = ["b.json", "a.json", "c/a.json", "B.json", "\xe4.json", "10.json", "9.json"]
    [found] = in_node([base64.b64encode(stored(*names)).decode()])
    assert [name for name, _, _ in found] == sorted(names)
    twice = zipped(("a.json", b"1", 0, 0), ("b.json", b"2", 0, 0)).replace(b"b.json", b"a.json")
    assert [base64.b64decode(data) for _, _, data in in_node([base64.b64encode(twice).decode()])[0]] == [b"1", b"2"]


# -- what a class guessed -------------------------------------------------------------------------------------

PLATFORM = ["Ann B_{}_assignsubmission_file_/{}.json", "ann_{}_55555{}_mine.json", "annb_LATE_{}_66666{}_x.json",
            "in/{}{}.json", "guesses_{}_20261122_{}.json", "x/annb_{}_77777{}_g.json",
            "Ann_{}_assignsubmission_{}.json"]


def a_class(chance):
    """A zip of up to forty files: doubles of all kinds, copies, reviews, second thoughts, what is damaged."""
    files = {}
    for _ in range(chance.randint(2, 30)):
        data = student_file(chance.randrange(1000), QUESTIONS, share=chance.choice([0.02, 0.5, 0.9]))
        for entry in chance.sample(data["guesses"], min(len(data["guesses"]), 9)):
            entry |= chance.choice([
                {}, {"guess": None, "skipped": True}, {"guess": None, "skipped": False}, {"guess": [1, "x"]},
                {"at": "2026-11-20"}, {"digest": "0" * 12}, {"confidence": "sure"}, {"second": entry["guess"]},
                {"reviews": [["2026-11-21T09:00:00Z", "knew"], ["2026-11-22T09:00:00Z", "notYet"]]}])
        again = json.loads(json.dumps(data))
        again["guesses"] = again["guesses"][chance.randrange(3):]
        again["guesses"][:1] = [entry | {"at": "2026-11-01T09:00:00.000Z"} for entry in again["guesses"][:1]]
        for one in [data, again][:chance.choice([1, 1, 2])]:
            name = chance.choice(PLATFORM).format(chance.randint(100, 120), chance.randrange(10))
            files[name] = json.dumps(one).encode()
    return zipped(*((name, raw, zipfile.ZIP_DEFLATED, 0) for name, raw in files.items()),
                  ("broken.json", b"{", 0, 0), ("other.json", json.dumps(data | {"book": "other"}).encode(), 0, 0))


def test_both_write_a_correlation_the_same_way():
    numbers = [0.0, 0.0049, 0.005, 0.0051, 0.014, 0.4161, 0.995, 0.996, 1.0]
    numbers += [-number for number in numbers]
    assert in_node([{"signed": numbers}]) == [[*map(signed, numbers)]]


def test_the_same_figures(tmp_path):
    chance = random.Random(8)
    zips = [a_class(chance) for _ in range(12)]
    questions = [vars(question) for question in QUESTIONS]
    found = in_node([[base64.b64encode(data).decode(), questions, BOOK] for data in zips])
    separated = 0
    for data, browser in zip(zips, found, strict=True):
        (tmp_path / "all.zip").write_bytes(data)
        counting = Counting(QUESTIONS)
        with Store() as store:
            read, out = read_all([tmp_path / "all.zip"], store, QUESTIONS)
            students = store.find_students()
            counting.count(store, students)
            left = {why: count if many is None else many for why, count, many in store.reasons()}
        assert (browser["students"], browser["files"], browser["out"]) == (students, read, out)
        assert browser["left"].get("classUnknown", 0) == left.get(OTHER_EDITION, 0)
        assert browser["left"].get("classParts", 0) == left.get(DAMAGED, 0) + left.get(IMPOSSIBLE, 0)
        assert (browser["left"]["fileNoJson"], browser["left"]["fileBook"]) == (1, 1)
        for tally, theirs in zip(counting.tallies, browser["tallies"], strict=True):
            ours = [tally.made, tally.right, tally.skipped, tally.sure_wrong, tally.changed, tally.told_of]
            assert ours == [theirs[key] for key in ("made", "right", "skipped", "sureWrong", "changed", "toldOf")]
            for name in ("second", "recall"):
                change = getattr(tally, name)
                assert [change.many, change.before, change.after] == theirs[name], (tally.question.name, name)
            if tally.made and tally.question.kind != "words":
                assert theirs["advice"] == tally.advice
            if tally.separates is not None:
                assert theirs["signed"] == signed(tally.separates)
            assert theirs["separates"] == pytest.approx(tally.separates, abs=1e-9)
            separated += tally.separates is not None
            if tally.question.kind in ("choice", "choices"):
                assert {label: by.total() for label, by in tally.values.items()} == theirs["choices"]
    assert separated > 50

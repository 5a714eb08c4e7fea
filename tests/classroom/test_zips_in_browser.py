"""The browser reads the zip of a class as the command does: the same files, the same refusals, each at its limit."""

import base64
import io
import json
import random
import shutil
import stat
import subprocess
import zipfile

import pytest
from places import PACKAGE

from book_utils.asking.record import MOST_BYTES
from book_utils.classroom.hand_ins import hand_ins

FILES = [PACKAGE / "asking" / f"{name}.js" for name in ("score", "merge", "record")]
FILES.append(PACKAGE / "book_site" / "gathered" / "zip.js")
DRIVER = """
import { readFileSync } from "node:fs";
const [source, zips] = JSON.parse(readFileSync(0, "utf8"));
const { readZip } = await import("data:text/javascript;base64," + Buffer.from(source).toString("base64"));
const one = async ({ name, why, read }) => {
  try { return [name, why ?? "", read ? Buffer.from(await read()).toString("base64") : ""]; }
  catch (problem) { return [name, String(problem), ""]; }
};
const all = async (text) => {
  try { return await Promise.all((await readZip(new Blob([Buffer.from(text, "base64")]))).map(one)); }
  catch (problem) { return String(problem); }
};
const found = [];
for (const text of zips) found.push(await all(text));
console.log(JSON.stringify(found));
"""
SAID = {"leads out": "zipLeadsOut", "is a link": "zipLink", "a zip inside": "zipInZip", "not end in": "zipNoJson",
        "password": "zipLocked", "packed in a way": "zipPacked", "200-fold": "zipGrows", "This part": "zipPart",
        "The zip is damaged": "zipDamaged", "too many files": "zipMany"}


def by_browser(zips):
    assert shutil.which("node"), "zips are read by node: install Node.js 20 or newer"
    source = "\n".join(path.read_text(encoding="utf-8") for path in FILES)
    given = json.dumps([source, [base64.b64encode(data).decode() for data in zips]])
    done = subprocess.run(["node", "--input-type=module", "-e", DRIVER], input=given, capture_output=True, check=True,
                          encoding="utf-8")
    found = json.loads(done.stdout)
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


def zipped(*entries, comment=b""):
    """A zip of (name, contents, method, mode) each."""
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w") as made:
            for name, contents, method, mode in entries:
                info = zipfile.ZipInfo(name)
                info.external_attr, info.compress_type = mode << 16, method
                made.writestr(info, contents)
            made.comment = comment
        return file.getvalue()


NAMES = ["a.json", "b.JSON", "c/d.json", "../e.json", "/f.json", "C:/g.json", "h/../i.json", "j\\..\\k.json", "l..json",
         "m:/n.json", "o/p:q.json", "r.txt", "s.zip", "t.json.zip", "u/", "\u202ev.json", "w.json ", ".json", "json"]
CONTENTS = [b"{}", b"", bytes(100_000), bytes(100_001), b"[1, 2]" * 4000, bytes(range(256)) * 90]
METHODS = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2]
MODES = [0, 0o644, stat.S_IFREG | 0o644, stat.S_IFLNK | 0o777, stat.S_IFIFO | 0o644]


@pytest.fixture(scope="module")
def whole():
    """Forty zips of one to five files, and three with what is just allowed and just not."""
    chance = random.Random(4)
    zips = [zipped(*((name, chance.choice(CONTENTS), chance.choice(METHODS), chance.choice(MODES))
                     for name in chance.sample(NAMES, chance.randint(1, 5))),
                   comment=chance.choice([b"", b"a comment", b"x" * 60_000])) for _ in range(40)]
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
    for _ in range(300):
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
    assert both > 50

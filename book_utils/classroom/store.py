"""What was read of a class, kept on the disk until it is counted: the memory in use does not grow with the class."""

import sqlite3
from collections.abc import Iterator

from ..asking.merge import joined
from .kept import Taken, entry_of, kept_of

SHARED = 2  # two guesses in the same millisecond, with the same answers, are no accident in a class of 10,000
COPY = "It is counted; but it holds the same guesses at the same moments as the file of another student."
LONGEST = 300  # characters of a name; one in a zip can have 65,535
TABLES = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -8000;
CREATE TABLE file (id INTEGER PRIMARY KEY, name, person, within, saved, content, entries, student);
CREATE TABLE mark (mark INTEGER, file INTEGER);
CREATE TABLE left_out (name, many INTEGER, why);
"""
BY_PLATFORM = """
SELECT id, lag(id) OVER (PARTITION BY person, within ORDER BY id) AS other FROM file WHERE person IS NOT NULL
"""
BY_CONTENT = "SELECT id, lag(id) OVER (PARTITION BY content ORDER BY id) AS other FROM file"
BY_MARKS = f"""
SELECT id, other FROM (SELECT file AS id, lag(file) OVER (PARTITION BY mark ORDER BY file) AS other FROM mark)
WHERE other IS NOT NULL GROUP BY id, other HAVING count(*) >= {SHARED}
"""


class Store:
    """A database in a file without a name, which is gone when it is closed, and also when it is killed.

    >>> with Store() as store:
    ...     store.put(Taken("a.json", None, "2026-11-22T09:30:00", '[0,{"guess":"king"}]\\t0\\t\\t[]'))
    ...     store.find_students(), [(names, lines_of(texts)[0].split("\\t")[0]) for names, texts in store.students()]
    (1, [(['a.json'], '[0,{"guess":"king"}]')])
    """

    def __enter__(self):
        self._base = sqlite3.connect("")  # SQLite removes the name of such a file as soon as it has opened it
        self._base.executescript(TABLES)
        return self

    def __exit__(self, *problem):
        self._base.close()

    def put(self, taken: Taken) -> None:
        """Keep what was read of one file, and why the rest of it was left out."""
        if taken.text:
            student = taken.student
            person = f"{student.person}/{student.number}" if student else None
            row = (sendable(taken.name), sendable(person), sendable(student.within if student else None),
                   taken.saved, taken.content.hex(), taken.text)
            file = self._base.execute("INSERT INTO file (name, person, within, saved, content, entries) "
                                      "VALUES (?, ?, ?, ?, ?, ?)", row).lastrowid
            self._base.executemany("INSERT INTO mark VALUES (?, ?)", [(mark, file) for mark in taken.marks])
        for why, many in taken.left:
            self.leave_out(taken.name, why, many)

    def leave_out(self, name: str, why: str, many: int | None = None) -> None:
        """Note that `many` guesses of a file are left out, or all of it (None), or nothing (0), and why."""
        self._base.execute("INSERT INTO left_out VALUES (?, ?, ?)", (sendable(name), many, why))

    def left_out(self) -> Iterator[tuple[str, int | None, str]]:
        """Give (file, how many of its guesses, None for all of it, and why), by the names of the files."""
        yield from self._base.execute("SELECT name, many, why FROM left_out ORDER BY name, rowid")

    def reasons(self) -> list[tuple[str, int, int | None]]:
        """List (why, of how many files, how many guesses, None for whole files): no name, the most frequent first."""
        return self._base.execute("SELECT why, count(*), sum(many) FROM left_out GROUP BY why, many IS NULL "
                                  "ORDER BY many IS NULL DESC, count(*) DESC, why").fetchall()

    def find_students(self) -> int:
        """Decide which files are of the same student; gives the number of students.

        The same person and number of a learning platform, or the same content, or two of the earliest guesses at
        the same moments with the same answers. Two different names on a platform stay two students.
        """
        above: dict[int, int] = {}  # only of files that have a double

        def top(file: int) -> int:
            while above.get(file, file) != file:
                above[file] = above.get(above[file], above[file])
                file = above[file]
            return file

        persons: dict[int, str | None] = {}
        copies = set()
        for query in (BY_PLATFORM, BY_CONTENT, BY_MARKS):
            pairs = f"""SELECT pair.id, other, one.person, two.person, one.name FROM ({query}) AS pair
                        JOIN file AS one ON one.id = pair.id JOIN file AS two ON two.id = other
                        ORDER BY other, pair.id"""
            for file, other, person, other_person, name in self._base.execute(pairs).fetchall():
                one, two = top(file), top(other)
                one_is, two_is = persons.get(one, person), persons.get(two, other_person)
                if one != two and one_is and two_is and one_is != two_is:
                    copies.add(name)
                    continue
                above[max(one, two)] = min(one, two)
                persons[min(one, two)] = one_is or two_is
        for name in copies:
            self.leave_out(name, COPY, 0)
        self._base.execute("UPDATE file SET student = id")
        self._base.executemany("UPDATE file SET student = ? WHERE id = ?", [(top(file), file) for file in list(above)])
        self._base.execute("CREATE INDEX by_student ON file (student)")
        return self._base.execute("SELECT count(DISTINCT student) FROM file").fetchone()[0]

    def students(self) -> Iterator[tuple[list[str], list[str]]]:
        """Give (names of the files, their lines as one text each, the newest export first) of each student.

        The order is that of a hash of the guesses: it is the same on each run and tells nothing about names.
        """
        order = self._base.execute("SELECT student FROM file GROUP BY student ORDER BY min(content), min(id)")
        for (student,) in order:
            rows = self._base.execute("SELECT name, entries FROM file WHERE student = ? "
                                      "ORDER BY saved DESC, content, id", (student,)).fetchall()
            yield [name for name, _ in rows], [text for _, text in rows]


def lines_of(texts: list[str]) -> list[str]:
    """Give a line for each question that a student answered (see `kept`), of one file or of several."""
    files = [text.split("\n") for text in texts]
    if len(files) == 1:
        return files[0]
    entries: dict[int, dict] = {}
    for number, entry in (entry_of(line) for lines in files for line in lines):
        entries[number] = joined(entries[number], entry) if number in entries else entry
    return [kept_of(number, entries[number]).line for number in sorted(entries)]


def sendable(text: str | None) -> str | None:
    """Make a name of a file, which may hold bytes that are no text, into one that can be written, and not too long.

    >>> sendable("a\\udcffb"), len(sendable("x" * 9999))
    ('a?b', 300)
    """
    if text is None:
        return None
    text = text.encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= LONGEST else f"{text[:LONGEST // 2 - 2]}...{text[1 - LONGEST // 2:]}"

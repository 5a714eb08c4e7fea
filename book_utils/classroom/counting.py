"""Count what every student answered, and write it into the table: an answer that many gave is worked out once."""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from tqdm import tqdm

from .answers import Answered, Question
from .counts import Tally
from .kept import answered_of
from .processes import in_order
from .separation import Separation
from .store import Store, lines_of
from .tables import HEADER, cell_text, row_of, start_of

CHUNK = 200  # students that are counted at a time
MOST_KNOWN = 10_000  # different answers that are remembered: flat memory


class Known(NamedTuple):
    """An answer that was worked out: group, row before and after the moment, question, what was answered."""

    group: int | None
    before: str
    after: str
    number: int
    answer: Answered


class Counter:
    """Counts a chunk of students, [(number, names of the files, their texts)], in this process or in another."""

    def __init__(self, questions: list[Question], words: bool, names: bool, width: int):
        self._questions, self._words, self._names, self._width = questions, words, names, width
        self._separation = Separation(questions)
        self._starts = [start_of(question) for question in questions]
        self._known: dict[str, Known] = {}  # by a line's first two parts

    def __call__(self, chunk) -> tuple[str, list[list[int]], dict[int, Tally]]:
        """Give the rows of the table, the groups of each student, and a tally for each question."""
        rows, groups = [], []
        met: dict[str, list] = {}  # by a line's first two parts: [times, what is known]
        for count, files, texts in chunk:
            start = f"s{count:0{self._width}},"
            end = f",{cell_text(' | '.join(files))}\r\n" if self._names else "\r\n"
            own = []
            for line in lines_of(texts):
                body, seen, at, _ = line.split("\t")
                key = f"{body}\t{seen}"
                if (counted := met.get(key)) is None:
                    counted = met[key] = [0, self._known.get(key) or self._new(key)]
                counted[0] += 1
                group, before, after, _, _ = counted[1]
                if group is not None:
                    own.append(group)
                rows.append(f"{start}{before},{at[:19] and at[:19] + 'Z'},{after}{end}")
            groups.append(own)
        return "".join(rows), groups, self._tallied(met.values())

    def _new(self, key: str) -> Known:
        number, answer = answered_of(key)
        right = self._questions[number].right(answer.guess)
        before, after = row_of(self._questions[number], answer, right, self._words)
        group = None if right is None else self._separation.group(number, answer.guess, right)
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        known = self._known[key] = Known(group, f"{self._starts[number]},{before}", after, number, answer)
        return known

    def _tallied(self, counted) -> dict[int, Tally]:
        tallies: dict[int, Tally] = {}
        for times, (*_, number, answer) in counted:
            if number not in tallies:
                tallies[number] = Tally(self._questions[number], self._words)
            tallies[number].add(answer, times)
        return tallies


class Counting:
    """The counts of one class: a tally for each question, and who is right elsewhere."""

    def __init__(self, questions: list[Question], words: bool = False):
        self.tallies = [Tally(question, keep_words=words) for question in questions]
        self.separation = Separation(questions)
        self._questions, self._words = questions, words

    def count(self, store: Store, students: int, table=None, names: bool = False) -> None:
        """Count every student of a store, and write a row for each answer into `table`, where there is one."""
        write = table.write if table else lambda text: None
        write(",".join([*HEADER, "files"] if names else HEADER) + "\r\n")
        arguments = self._questions, self._words, names, max(3, len(str(students)))
        with tqdm(desc="counting", total=students, unit=" students", disable=None, leave=False) as bar:
            for rows, groups, tallies in in_order(Counter, arguments, chunks_of(store)):
                write(rows)
                for own in groups:
                    self.separation.add(own)
                for number, tally in tallies.items():
                    self.tallies[number].add_up(tally)
                bar.update(len(groups))
        for number, tally in enumerate(self.tallies):
            tally.separates, tally.told_of, tally.drawn = self.separation.of(number)


def chunks_of(store: Store) -> Iterator[list[tuple[int, list[str], list[str]]]]:
    """Give the students of a store by the CHUNK, numbered from 1."""
    students = ((count, *one) for count, one in enumerate(store.students(), 1))
    while chunk := list(islice(students, CHUNK)):
        yield chunk

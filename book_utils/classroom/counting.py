"""Count what every student answered, and write it into the table: an answer that many gave is worked out once."""

from tqdm import tqdm

from .answers import Question
from .counts import Tally
from .reading import answered_of
from .separation import Separation
from .store import Store
from .tables import HEADER, cell_text, row_of, start_of

MOST_KNOWN = 10_000  # different answers held before they are counted: flat memory


class Counting:
    """The counts of one class: a tally for each question, and who is right elsewhere."""

    def __init__(self, questions: list[Question], words: bool = False):
        self.tallies = [Tally(question, keep_words=words) for question in questions]
        self.separation = Separation(questions)
        self._words = words
        self._starts = [start_of(question) for question in questions]
        # By a line's first two parts: [times, group or None, text before the moment, after it, question, answer]
        self._known: dict[str, list] = {}

    def count(self, store: Store, students: int, table=None, names: bool = False) -> None:
        """Count every student of a store, and write a row for each answer into `table`, where there is one."""
        write = table.write if table else len
        write(",".join([*HEADER, "files"] if names else HEADER) + "\r\n")
        width = max(3, len(str(students)))
        counting = tqdm(store.students(), "counting", students, unit=" students", disable=None, leave=False)
        for count, (own_files, lines) in enumerate(counting, 1):
            end = f",{cell_text(' | '.join(own_files))}\r\n" if names else "\r\n"
            rows, groups = [], []
            for line in lines:
                body, seen, at, _ = line.split("\t")
                key = f"{body}\t{seen}"
                known = self._known.get(key) or self._new(key)
                known[0] += 1
                if known[1] is not None:
                    groups.append(known[1])
                rows.append(f"s{count:0{width}},{known[2]},{at[:19] and at[:19] + 'Z'},{known[3]}{end}")
            write("".join(rows))
            self.separation.add(groups)
            if len(self._known) > MOST_KNOWN:
                self._count_known()
        self._count_known()
        for number, tally in enumerate(self.tallies):
            tally.separates, tally.told_of, tally.drawn = self.separation.of(number)

    def _new(self, key: str) -> list:
        number, answer = answered_of(key)
        question, right = self.tallies[number].question, self.tallies[number].right_of(answer)
        before, after = row_of(question, answer, right, self._words)
        group = None if right is None else self.separation.group(number, answer.guess, right)
        known = self._known[key] = [0, group, f"{self._starts[number]},{before}", after, number, answer]
        return known

    def _count_known(self) -> None:
        for times, *_, number, answer in self._known.values():
            if times:
                self.tallies[number].add(answer, times)
        self._known = {key: [0, *rest] for key, (times, *rest) in self._known.items() if times > 1}

"""Read the files of a class fast: an entry that was checked once, but for its moment, is not checked again.

Many students give the same answer, so a class of 10,000 holds few different entries.
"""

import marshal
from datetime import UTC, datetime

from ..asking.merge import joined, moment
from ..asking.record import NotGuesses, are_reviews, envelope_of, is_card, is_guess, is_time
from .answers import Question, fitted
from .hand_ins import HandIn
from .kept import Kept, Taken, entry_of, hash_of, kept_of, text_of
from .platforms import student_of

MOST_KNOWN, LONGEST = 10_000, 600  # different entries remembered, and their letters: flat memory, whatever is typed
DAMAGED = "They are damaged."
OTHER_EDITION = "They answer a question that this edition does not ask."
IMPOSSIBLE = "The page could not have given such an answer."
TWICE = "They stand twice in the file; the earliest counts."
NOTHING_HERE = "It holds no guess that this edition of the book asks for."
MARKS = 8  # of each file, its earliest guesses: two exports of one student share most of these
NOTHING_DONE = ""  # neither guessed nor skipped: no reason to tell anyone


class Reader:
    """Reads the files of one class, given the questions of the book."""

    def __init__(self, questions: list[Question]):
        self.questions = questions
        self._places = {(question.chapter, question.name): number for number, question in enumerate(questions)}
        self._known: dict[bytes, tuple[int, str] | str] = {}
        self._days: dict[str, bool] = {}
        self._today = datetime.now(UTC).date().isoformat()

    def __call__(self, chunk: list[HandIn]) -> list[Taken]:
        """Read some files, one after another; none of them stops the rest."""
        return [self._take(found) for found in chunk]

    def _take(self, found: HandIn) -> Taken:
        try:
            if found.raw is None:
                raise NotGuesses(found.why)
            saved, entries, left = self.read(found.raw)
        except NotGuesses as problem:
            return Taken(found.name, left=((str(problem), None),))
        whys = tuple((why, many) for why, many in left.items() if many)
        if not entries:
            return Taken(found.name, left=((NOTHING_HERE, None), *whys))
        text = "\n".join([entries[number].line for number in sorted(entries)])
        first = sorted((entry.at, number) for number, entry in entries.items() if entry.at)[:MARKS]
        marks = tuple(entries[number].mark for _, number in first)
        return Taken(found.name, student_of(found.name), moment(saved) or "", text, hash_of(text), marks, whys)

    def read(self, raw: bytes) -> tuple[str, dict[int, Kept], dict[str, int]]:
        """Give (when it was saved, {question: what is kept}, {why: guesses left out}). Raises NotGuesses."""
        data, check = envelope_of(raw), self._check
        left = {DAMAGED: sum(not is_card(card) for card in data["cards"]), OTHER_EDITION: 0, IMPOSSIBLE: 0, TWICE: 0,
                NOTHING_DONE: 0}
        entries: dict[int, Kept] = {}
        for entry in data["guesses"]:
            kept = check(entry)
            if isinstance(kept, str):
                left[kept] += 1
                continue
            number, one = kept
            if number in entries:
                left[TWICE] += 1
                one = kept_of(number, joined(entry_of(one.line)[1], entry_of(entries[number].line)[1]))
            entries[number] = one
        del left[NOTHING_DONE]
        return data["saved"], entries, left

    def _check(self, entry) -> tuple[int, Kept] | str:
        if not isinstance(entry, dict):
            return DAMAGED
        at, reviews = entry.pop("at", None), entry.pop("reviews", [])
        if not is_time(at) or not (reviews == [] or are_reviews(reviews)):
            return DAMAGED
        try:
            key = marshal.dumps(entry, 2)  # tells 1 from True and from 1.0; another order of keys only makes it miss
        except ValueError:  # nested too deeply
            return DAMAGED
        known = self._known.get(key)
        if known is None:
            known = self._judged({**entry, "at": at})
            if len(key) < LONGEST:
                if len(self._known) >= MOST_KNOWN:
                    self._known.clear()
                self._known[key] = known
        if isinstance(known, str):
            return known
        number, body = known
        return number, Kept(body, self._moment(at), reviews)

    def _moment(self, at: str) -> str:
        """Write a moment as `fitted` does: most are of a day that was looked at before."""
        day, time = at[:10], at[11:19]
        if day not in self._days:
            self._days[day] = len(self._days) < MOST_KNOWN and \
                day <= self._today and moment(f"{day}T00:00:00Z") is not None
        if self._days[day] and time[:2] < "24" and time[3:5] < "60" and time[6:] < "60":
            return f"{day}T{time}.{at[20:].rstrip('Z:0+'):0<6}Z" if at[19] == "." else f"{day}T{time}.000000Z"
        when = moment(at)
        return f"{when}Z" if when else ""

    def _judged(self, entry: dict) -> tuple[int, str] | str:
        if not is_guess(entry):
            return DAMAGED
        number = self._places.get((entry["chapter"], entry["name"]))
        if number is None or self.questions[number].digest != entry["digest"]:
            return OTHER_EDITION
        kept = fitted(entry, self.questions[number])
        if kept is None:
            return IMPOSSIBLE
        if kept["guess"] is None and not kept["skipped"]:
            return NOTHING_DONE
        return number, text_of([number, kept])

"""How the book's questions do with its readers, for those who write them: `python -m book_utils items FILES...`.

Difficulty, discrimination, wrong choices, calibration and recall of each guess, with ranges; and which to look at. A
question is named only where the whole range, at 95%, lies on the bad side.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from ..asking.questions import BOOK
from ..asking.score import CONFIDENCES
from .answers import questions_of_the_book
from .counting import Counting
from .counts import Tally
from .hand_ins import check_paths
from .page import FOLDER, TEMPLATES, counted, signed
from .ranges import Ranged, fisher, paired, wilson
from .report import a_file, in_a_sentence, read_all, ready_folder, students_of
from .store import Store
from .tables import writer_of
from .whole_folder import replace_folder
from .written import Written, written_of

ALL_RIGHT, RARELY = 0.95, 0.05  # a wrong choice of fewer than 5% does not work (Haladyna and Downing 1993)
MARK = ('<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="generator" content="python -m book_utils items">')
HEADER = ["item", "chapter", "name", "guesses", "right", "right_from", "right_to", "separates", "separates_from",
          "separates_to", "sure", "sure_right", "guessing", "guessing_right", "recalled", "recall_gain", "gain_from",
          "gain_to", "choices", "look_at"]


@dataclass
class Item:
    """One question as its readers met it."""

    number: int
    tally: Tally

    @property
    def right(self) -> Ranged:
        """The share of right first guesses (Wilson's interval)."""
        return Ranged(self.tally.right / self.tally.made, *wilson(self.tally.right, self.tally.made))

    @property
    def separates(self) -> Ranged | None:
        """The corrected item-total correlation (Fisher's z); None where it is not defined."""
        r = self.tally.separates
        return None if r is None else Ranged(r, *fisher(r, self.tally.told_of))

    @property
    def recall(self) -> Ranged | None:
        """What was gained from the first guess to the last recall (Bonett and Price); None where nobody recalled."""
        change = self.tally.recall
        return Ranged((change.after - change.before) / change.many, *paired(change.gained, change.lost, change.many)) \
            if change.many else None

    @property
    def calibration(self) -> list[tuple[str, int, int]]:
        """How sure, of how many, how many right: the surest first."""
        by = self.tally.by_confidence
        return [(name, by[name][0], by[name][1]) for name in reversed(CONFIDENCES) if name in by]

    @property
    def choices(self) -> list[tuple[str, int, Ranged, float | None]]:
        """Each choice: label, takers, their share, and the correlation of taking it with being right elsewhere."""
        if self.tally.question.kind != "choice":
            return []
        taken = {label: sum(by.values()) for label, by in self.tally.values.items()}
        made = self.tally.made
        return [(label, many := taken.get(label, 0), Ranged(many / made, *wilson(many, made)),
                 self.tally.drawn[label].r) for label in self.tally.question.labels]

    @property
    def look_at(self) -> list[str]:
        """What is to be looked at, in sentences; empty for a question that does its work."""
        said, question = [], self.tally.question
        wrong = [(label, share, r) for label, _, share, r in self.choices if label != question.answer]
        if self.separates and self.separates.high < 0:
            said.append("Those who do better elsewhere are wrong here more often.")
            drawing = [(fisher(r, self.tally.told_of)[0], label) for label, _, r in wrong if r is not None]
            if drawing and max(drawing)[0] > 0:
                said.append(f"They choose “{max(drawing)[1]}”: is it the right answer?")
        if self.right.low > ALL_RIGHT:
            said.append("Nearly everybody gets it.")
        else:
            said += [f"Hardly anybody takes “{label}”." for label, share, _ in wrong if share.high < RARELY]
        return said

    def row(self) -> list:
        """What items.csv says of it."""
        question, by, recall = self.tally.question, self.tally.by_confidence, self.tally.recall
        choices = " | ".join(f"{label}: {many} ({'' if r is None else signed(r)})"
                             for label, many, _, r in self.choices)
        return [self.number, question.chapter, question.name, self.tally.made, *rounded(self.right),
                *rounded(self.separates), *by.get("sure", (0, 0)), *by.get("guessing", (0, 0)),
                recall.many, *rounded(self.recall), choices, " ".join(self.look_at)]


def rounded(ranged: Ranged | None) -> list:
    """Write a number and its range in three digits; three empty cells for None."""
    return ["", "", ""] if ranged is None else [round(number, 3) for number in ranged]


@dataclass
class Found:
    """What `items_report` wrote, and the questions to look at."""

    students: int
    items: list[Item]
    page: Path

    def __str__(self):
        bad = [item for item in self.items if item.look_at]
        lines = [f"{item.number}. {item.tally.question.name}: {' '.join(item.look_at)}" for item in bad]
        return "\n".join([f"{counted(self.students, 'reader')}, {counted(len(self.items), 'question')}; "
                          f"{len(bad)} to look at.", *lines, f"Table and picture: {self.page}"])


def items_report(paths, out: str | Path = "items") -> Found:
    """Read files of guesses (files, folders, zips) and write the folder `out`: index.html and items.csv.

    Raises ValueError, and leaves `out` as it was, for the same reasons as `class_report`.
    """
    paths = list(paths)
    check_paths(paths)
    folder = ready_folder(Path(os.path.realpath(out)),
                          {"index.html": MARK, "items.csv": "\ufeff" + ",".join(HEADER[:5])})
    questions = questions_of_the_book()
    with in_a_sentence(folder), Store() as store, a_file("utf-8-sig") as table, a_file() as page:
        read_all(paths, store, questions)
        students = students_of(store)
        counting = Counting(questions)
        counting.count(store, students)
        items, written = items_of(counting.tallies), written_of(counting.tallies)
        write = writer_of(table, HEADER)
        for row in [*(item.row() for item in items), *(one.row() for one in written)]:
            write(row)
        page.write(page_html(items, written, students))
        replace_folder(folder, {"items.csv": table, "index.html": page})
    return Found(students, items, folder / "index.html")


def items_of(tallies: list[Tally]) -> list[Item]:
    """List the questions that are scored and were answered, by the numbers of the class report."""
    return [Item(number, tally) for number, tally in enumerate(tallies, 1)
            if tally.made and tally.question.kind != "words"]


def page_html(items: list[Item], written: list[Written], students: int) -> str:
    """Write the page: a picture of all questions, the table, and the points of own words."""
    return MARK + TEMPLATES.get_template("items.html").render(
        style=Markup((FOLDER / "page.css").read_text(encoding="utf-8")), items=items, written=written,
        students=students, book=BOOK, all_right=ALL_RIGHT, rarely=RARELY)

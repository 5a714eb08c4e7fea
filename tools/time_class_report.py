"""Measure the report on a class: seconds and peak memory, of all its processes, for classes of made-up students.

    python tools/time_class_report.py [STUDENTS ...]      100, 1,000 and 10,000 unless given
    python tools/time_class_report.py --make FOLDER 30    only make the files of 30 students
"""

import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from book_utils.asking.questions import BOOK
from book_utils.asking.score import CONFIDENCES
from book_utils.classroom import class_report
from book_utils.classroom.answers import Question, questions_of_the_book

START = datetime(2026, 11, 20, 9, tzinfo=UTC)


def made_up(question: Question, chance: random.Random, skill: float):
    """Make up a guess that the page could give."""
    right = chance.random() < skill
    match question.kind:
        case "choice":
            return question.answer if right else chance.choice(question.labels)
        case "choices":
            return question.answer if right else chance.sample(question.labels, 2)
        case "order":
            return question.answer if right else chance.sample(question.labels, len(question.labels))
        case "lines":
            return question.answer if right else chance.sample(question.labels, chance.randint(1, len(question.labels)))
        case "point":
            return [round(one + chance.gauss(0, 0.2 if right else 0.6), 3) for one in question.answer]
        case "shape":
            return question.answer if right else chance.choice([question.answer[::-1], [3, 4], [12], [768]])
        case "words":
            return f"It looks up row {chance.randrange(9999)} and nothing else."
    if question.scale["by"] == "exact":
        return question.answer if right else chance.choice([1, 2, 7, 8, 12, 597])
    if question.scale["by"] == "ratio":
        return float(f"{question.answer * 10 ** chance.gauss(0, 0.1 if right else 1.5):.3g}")
    return round(question.answer + chance.gauss(0, 0.5 if right else 5) * question.scale["within"], 3)


def student_file(seed: int, questions: list[Question], share: float = 0.9) -> dict:
    """Make up the file of one student, who answers most of the questions."""
    chance = random.Random(seed)
    ability, at, guesses = chance.gauss(0, 0.15), START + timedelta(milliseconds=chance.randrange(10**7)), []
    for number, question in enumerate(questions):
        if chance.random() > share:
            continue
        at += timedelta(milliseconds=chance.randrange(20_000, 200_000))
        level = min(max(0.15 + 0.75 * (number * 37 % 100) / 100 + ability, 0), 1)
        skipped = chance.random() < 0.04
        second = made_up(question, chance, 0.8) if chance.random() < 0.25 and not skipped else None
        said = chance.choice(["knew", "knew", "notYet"])
        reviews = [["2026-11-22T10:00:00.000Z", said]] if chance.random() < 0.3 else []
        guesses.append({
            "chapter": question.chapter, "name": question.name, "digest": question.digest,
            "at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "guess": None if skipped else made_up(question, chance, level), "second": second,
            "confidence": "" if skipped or question.kind == "words" else chance.choice(CONFIDENCES),
            "skipped": skipped, "revealed": True, "reviews": reviews,
            "rating": chance.choice(["missed", "partly", "got"]) if question.kind == "words" else "",
            "ticked": [point for point in range(len(question.points)) if chance.random() < 0.5],
        })
    return {"format": "guesses", "version": 1, "book": BOOK, "saved": "2026-11-22T18:00:00.000Z", "guesses": guesses,
            "cards": []}


def make_class(folder: Path, students: int) -> None:
    """Write one file for each made-up student, named as Moodle would."""
    questions = questions_of_the_book()
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(students):
        name = f"Student {number}_{100_000 + number}_assignsubmission_file_my-guesses.json"
        (folder / name).write_text(json.dumps(student_file(number, questions)), encoding="utf-8")


def memory() -> int:
    """Give the bytes in use by this process and those that it started, what they share counted once (Linux)."""
    total = 0
    for process in ["self", *_children()]:
        try:
            text = Path("/proc", process, "smaps_rollup").read_text()
        except OSError:  # it has ended
            continue
        total += 1024 * int(text.partition("\nPss:")[2].split()[0])
    return total


def _children() -> list[str]:
    found = []
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(OSError):  # that thread has ended
            found += (task / "children").read_text().split()
    return found


def main(arguments: list[str]) -> int:
    """Print one line for each size of a class; each runs in a process of its own, so that its peak is its own."""
    if arguments[:1] == ["--make"]:
        make_class(Path(arguments[1]), int(arguments[2]))
    elif arguments[:1] == ["--one"]:
        before, peak, done = memory(), [0], threading.Event()

        def watch():
            while not done.wait(0.25):  # to ask costs some milliseconds of the time that is measured
                peak[0] = max(peak[0], memory())

        watching = threading.Thread(target=watch, daemon=True)
        watching.start()
        start = time.perf_counter()
        summary = class_report([arguments[1]], arguments[2])
        seconds, busy = time.perf_counter() - start, sum(os.times()[:4])
        done.set()
        watching.join()
        page = summary.page.stat().st_size
        print(f"{summary.students:>8,} {summary.guesses:>9,} {seconds:>8.1f} {busy:>6.1f} {peak[0] / 1e6:>8.0f} "
              f"{(peak[0] - before) / 1e6:>8.0f} {page / 1000:>8.0f}")
    else:
        print("students   guesses  seconds  CPU s  peak MB  +import  page kB")
        for students in [int(one) for one in arguments] or [100, 1000, 10_000]:
            with tempfile.TemporaryDirectory() as folder:
                make_class(Path(folder) / "in", students)
                subprocess.run([sys.executable, __file__, "--one", f"{folder}/in", f"{folder}/out"], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

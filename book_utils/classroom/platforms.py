"""Who handed a file in, as far as a learning platform has written it into the name."""

import re
import unicodedata
from typing import NamedTuple

# Moodle, as a file or as a folder: "Jane Doe_12345_assignsubmission_file_my-guesses.json".
MOODLE = re.compile(r"(?P<person>.+?)_(?P<number>\d+)_assignsubmission_[a-z]+(_.*)?", re.DOTALL)
# Canvas: "doejane_12345_678901_my-guesses.json", with _LATE before the numbers of late ones. Numbers as short as
# those of a date ("guesses_2026_11_22.json") say nothing: to join two students is worse than to miss a double.
CANVAS = re.compile(r"(?P<person>[^\W_]+)_(late_)?(?P<number>\d{3,})_\d{5,}_.+", re.DOTALL)


class Student(NamedTuple):
    """Who a platform says handed a file in: the name and the number, and the zip in which it says so, if any."""

    person: str
    number: str
    within: str = ""


def student_of(name: str) -> Student | None:
    """Read who handed a file in from its path; None where no platform wrote it there.

    The outermost name counts: what stands inside of a student's own zip or folder is the student's word. For a zip that
    no platform has named we cannot tell whose word it is; so its names are joined only with each other.

    >>> student_of("all.zip/Jane Doe_12345_assignsubmission_file_/my-guesses.json")
    Student(person='jane doe', number='12345', within='all.zip')
    >>> student_of("in/doejane_LATE_4711_678901_my.zip/smithjo_4712_555555_mine.json"), student_of("my-guesses.json")
    (Student(person='doejane', number='4711', within=''), None)
    """
    parts = unicodedata.normalize("NFKC", name).casefold().split("/")
    within = ""
    for place, part in enumerate(parts):
        is_file = place == len(parts) - 1 or part.endswith(".zip")  # Canvas makes no folders
        match = MOODLE.fullmatch(part) or (CANVAS.fullmatch(part) if is_file else None)
        # A name that a reader chose: "guesses_20261122_093000_jane.json".
        if match and not (match.re is CANVAS and "guess" in match["person"]):
            return Student(match["person"], match["number"], within)
        if part.endswith(".zip"):
            within = "/".join(parts[: place + 1])
    return None

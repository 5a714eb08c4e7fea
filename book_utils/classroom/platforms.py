"""Who handed a file in, as far as a learning platform has written it into the name."""

import re
import unicodedata

# Moodle, as a file or as a folder: "Jane Doe_12345_assignsubmission_file_my-guesses.json".
MOODLE = re.compile(r"(?P<person>.+)_(?P<number>\d+)_assignsubmission_[a-z]+(_.*)?", re.DOTALL)
# Canvas: "doejane_12345_678901_my-guesses.json", with _LATE before the numbers of late ones. Numbers as short as
# those of a date ("guesses_2026_11_22.json") say nothing: to join two students is worse than to miss a double.
CANVAS = re.compile(r"(?P<person>[^\W_]+)_(late_)?(?P<number>\d{3,})_\d{5,}_.+", re.DOTALL)


def student_of(name: str) -> tuple[str, str] | None:
    """Give (person, number) as a platform wrote them into a file's name or its folder's; None where it did not.

    >>> student_of("all.zip/Jane Doe_12345_assignsubmission_file_/my-guesses.json")
    ('jane doe', '12345')
    >>> student_of("doejane_LATE_4711_678901_my-guesses-2.json"), student_of("my-guesses.json")
    (('doejane', '4711'), None)
    """
    *folders, file = unicodedata.normalize("NFKC", name).casefold().split("/")
    for part in (*folders, file):
        if match := MOODLE.fullmatch(part):
            return match["person"], match["number"]
    match = CANVAS.fullmatch(file)
    if match and "guess" not in match["person"]:  # a name that a reader chose: "guesses_20261122_093000_jane.json"
        return match["person"], match["number"]
    return None

"""The page of a report: one HTML file without script or request, to be shown in front of the class.

`page.html` is its template. Jinja2 escapes every text, whoever wrote it.
"""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ..asking.questions import BOOK
from ..asking.score import CONFIDENCES, number_text
from ..asking.widget import code_html
from . import pictures
from .abilities import reached
from .change import Change
from .counts import FEW, THIN, Tally
from .ranges import wilson
from .separation import OTHERS

FOLDER = Path(__file__).parent
MARK = ('<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="generator" content="python -m book_utils class">')  # how we know an earlier report
FIRST = 10  # of the list of questions; the rest folds
MEANING = {
    "explain": "Below 35% right: too few know it to teach each other. Explain it, then ask again.",
    "discuss": "35 to 70% right: let neighbours discuss it, then let them guess again.",
    "move on": "Above 70% right: say the answer in a sentence and move on.",
}
SAID = {"got": "got it", "partly": "partly", "missed": "missed it", "": "did not say"}


def page_html(tallies: list[Tally], students: int, files: int, reasons: list) -> str:
    """Write the page. It holds no name, no time and no words of a student, unless the tallies kept the words."""
    numbered = list(enumerate(tallies, 1))
    chapters: dict[str, list] = {}
    for number, tally in numbered:
        chapters.setdefault(tally.question.chapter, []).append((number, tally))
    return MARK + TEMPLATES.get_template("page.html").render(
        style=Markup((FOLDER / "page.css").read_text(encoding="utf-8")), book=BOOK, chapters=chapters, tallies=tallies,
        students=students, files=files, reasons=reasons, begin=begin_with(numbered), sure=how_sure(tallies),
        changes=before_and_after(chapters), reached=reached(tallies),
        thin=THIN, others=OTHERS, first=FIRST, few=FEW, meaning=MEANING, said=SAID)


def clean(value):
    """Replace what HTML cannot hold: control characters and halves of surrogate pairs.

    >>> clean("a\\x00b\\ud800c")
    'a�b�c'
    """
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return "".join("�" if (one < " " and one not in "\n\t") or "\x7f" <= one < "\xa0" or "\ud800" <= one < "\ue000"
                   else one for one in value)


def title(chapter: str) -> str:
    """Write the name of a chapter as a heading."""
    return chapter.replace("-", " ").capitalize()


def right_text(tally: Tally) -> str:
    """Say how many first guesses are right.

    >>> from book_utils.classroom.answers import questions_of_the_book
    >>> right_text(Tally(questions_of_the_book()[0], made=4, right=3))
    '3 of 4 right'
    """
    return share_text(tally.right, tally.made)


def share_text(right: int, made: int) -> str:
    """Say a share with its count, or the count alone where there are too few."""
    share = pictures.percent(right, made)
    return f"{share} right ({right} of {made})" if share else f"{right} of {made} right"


def range_text(tally: Tally) -> str:
    """Say between which shares the truth may lie.

    >>> from book_utils.classroom.answers import questions_of_the_book
    >>> range_text(Tally(questions_of_the_book()[0], made=30, right=13))
    'Range: 27 to 61% right.'
    """
    low, high = wilson(tally.right, tally.made)
    return f"Range: {100 * low:.0f} to {100 * high:.0f}% right."


def separation_text(tally: Tally) -> str:
    """Say how well a question separates those who know from those who do not."""
    return f"Separates: {signed(tally.separation or 0.0)} ({counted(tally.told_of, 'student')})."


def signed(number: float) -> str:
    """Write a correlation.

    >>> signed(0.416), signed(-0.05), signed(-0.001)
    ('+0.42', '-0.05', '0.00')
    """
    return f"{number:+.2f}" if abs(number) >= 0.005 else "0.00"


def moves_of(tally: Tally) -> list[str]:
    """Say who changed from what to what, the most frequent first; a right choice has a tick."""
    def named(label):
        return f"{label} ✓" if label == tally.question.answer else label

    kept = tally.made - tally.changed
    moves = sorted(tally.moves.items(), key=lambda move: (-move[1], move[0]))
    return [*(f"{many}: from {named(first)} to {named(second)}" if first != second else
              f"{many}: thought again, and stayed with {named(first)}" for (first, second), many in moves),
            f"{kept}: had no second thought"]


def begin_with(numbered) -> list[tuple[int, Tally]]:
    """List the questions, those that most were sure of and wrong about first."""
    scored = [(number, tally) for number, tally in numbered if tally.made and tally.question.kind != "words"]
    return sorted(scored, key=lambda one: (-one[1].sure_wrong, one[1].right / one[1].made, one[0]))


def how_sure(tallies: list[Tally]) -> list[tuple[str, int, int]]:
    """Compare how sure the class was with how often it was right: [(how sure, guesses, right)]."""
    counts = {name: [tally.by_confidence[name] for tally in tallies if name in tally.by_confidence]
              for name in reversed(CONFIDENCES)}
    return [(name, sum(made for made, _ in each), sum(right for _, right in each)) for name, each in counts.items()]


def before_and_after(chapters: dict) -> list[tuple[str, str, Change]]:
    """Compare first guesses with second thoughts, and with what was recalled days later."""
    rows = []
    for kind, text in (("second", "second thought"), ("recall", "recalled later")):
        for chapter, asked in chapters.items():
            changes = [getattr(tally, kind) for _, tally in asked
                       if tally.question.kind != "words" and (kind == "recall" or tally.changed)]
            total = sum(changes, Change())
            if total.many:
                rows.append((chapter, text, total))
    return rows


def change_text(change: Change) -> str:
    """Say what was right before and after, and the normalised gain.

    >>> change_text(Change(10, 4, 7)), change_text(Change(3, 1, 2))
    ('from 40% to 70% right, gain 0.50 (10 guesses).', 'from 1 to 2 right of 3 guesses.')
    >>> change_text(Change(10, 7, 4))
    'from 70% to 40% right (10 guesses).'
    """
    if change.many < FEW:
        return f"from {change.before} to {change.after} right of {counted(change.many, 'guess')}."
    gain = f", gain {change.gain:.2f}" if change.gain is not None and change.gain >= 0 else ""
    shares = [pictures.percent(part, change.many) for part in (change.before, change.after)]
    return f"from {shares[0]} to {shares[1]} right{gain} ({change.many:,} guesses)."


def counted(many: int, thing: str) -> str:
    """Write a number of things.

    >>> counted(1, "file"), counted(1200, "guess")
    ('1 file', '1,200 guesses')
    """
    return f"{many:,} {thing}" + ("" if many == 1 else "es" if thing.endswith("s") else "s")


TEMPLATES = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, finalize=clean,
                        trim_blocks=True, lstrip_blocks=True)
TEMPLATES.filters |= {"code": lambda text: Markup(code_html(clean(text))), "title": title, "number": number_text}
TEMPLATES.globals |= {"pictures": pictures, "counted": counted, "right_text": right_text, "change_text": change_text,
                      "share_text": share_text, "range_text": range_text, "separation_text": separation_text,
                      "moves_of": moves_of, "signed": signed}

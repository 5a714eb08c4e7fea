"""The page of a report: one HTML file without script or request, to be shown in front of the class."""

from pathlib import Path

from ..asking.questions import BOOK
from ..asking.score import CONFIDENCES
from .counts import FEW, Change, Tally
from .markup import Html, h, with_code
from .pictures import bars, chart_map, meter, percent, spread

STYLE = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")
MARK = ('<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="generator" content="python -m book_utils class">')  # how we know an earlier report
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
FIRST = 10  # of the list of questions; the rest folds
MEANING = {
    "explain": "Below 35% right: too few know it to teach each other. Explain it, then ask again.",
    "discuss": "35 to 70% right: let neighbours discuss it, then let them guess again.",
    "move on": "Above 70% right: say the answer in a sentence and move on.",
}
SOURCES = ("The marks at 35% and 70% are those of peer instruction (Crouch and Mazur 2001; Vickrey and others 2015). "
           "The normalised gain is (after - before) / (100% - before), of Hake 1998, who calls 0.3 to 0.7 medium.")


def page_html(tallies: list[Tally], students: int, files: int, reasons: list) -> str:
    """Write the page. It holds no name, no time and no words of a student, unless the tallies kept the words."""
    numbered = list(enumerate(tallies, 1))
    chapters: dict[str, list] = {}
    for number, tally in numbered:
        chapters.setdefault(tally.question.chapter, []).append((number, tally))
    made, skipped = (sum(getattr(tally, name) for tally in tallies) for name in ("made", "skipped"))
    body = h(
        "body", h("a", "Skip to the questions", href="#questions", class_="skip"),
        h("header", h("h1", "What the class guessed"),
          h("p", f"{counted(students, 'student')} · {made:,} first guesses · ",
            f"{skipped:,} shown without a guess · no names"),
          h("div", toggle("hide", "Hide the answers"), toggle("one", "One question at a time"), class_="toggles"),
          h("nav", [h("a", title(chapter), href=f"#{chapter}") for chapter in chapters],
            h("a", "Before and after", href="#change"), h("a", "How to read it", href="#reading"), aria_label="Parts")),
        h("main", begin_with(numbered), how_sure(tallies),
          h("div", [chapter_part(chapter, asked, len(tallies)) for chapter, asked in chapters.items()], id="questions"),
          before_and_after(chapters), left_out(files, reasons), how_to_read()),
    )
    head = (h("meta", http_equiv="Content-Security-Policy", content=POLICY),
            h("meta", name="viewport", content="width=device-width, initial-scale=1"),
            h("meta", name="color-scheme", content="light dark"), h("title", "What the class guessed"))
    return f"{MARK}\n{''.join(part.text for part in head)}<style>{STYLE}</style>\n</head>\n{body.text}\n</html>\n"


def title(chapter: str) -> str:
    """Write the name of a chapter as a heading."""
    return chapter.replace("-", " ").capitalize()


def toggle(name: str, text: str) -> Html:
    """Make a box to tick; the style sheet does the rest."""
    return h("label", h("input", type="checkbox", id=name), h("span", text))


def right_text(tally: Tally) -> str:
    """Say how many first guesses are right.

    >>> from book_utils.classroom.answers import questions_of_the_book
    >>> right_text(Tally(questions_of_the_book()[0], made=4, right=3))
    '3 of 4 right'
    """
    share = percent(tally.right, tally.made)
    return f"{share} right ({tally.right} of {tally.made})" if share else f"{tally.right} of {tally.made} right"


def badge(tally: Tally) -> Html | None:
    """Name what the share tells the teacher to do."""
    advice = tally.advice
    return h("strong", advice.capitalize(), class_=f"badge {advice.split()[0]}") if advice else None


def begin_with(numbered) -> Html:
    """List the questions, those that most were sure of and wrong about first."""
    scored = [(number, tally) for number, tally in numbered if tally.made and tally.question.kind != "words"]
    scored.sort(key=lambda one: (-one[1].sure_wrong, one[1].right / one[1].made, one[0]))
    rows = [h("tr", h("th", h("a", with_code(tally.question.question), href=f"#q{number}"), scope="row"),
              h("td", str(tally.sure_wrong), class_="figure"),
              h("td", meter(tally.share) if tally.share is not None else None, right_text(tally), class_="share"),
              h("td", badge(tally))) for number, tally in scored]
    head = h("thead", h("tr", *(h("th", text, scope="col")
                                for text in ("Question", "Sure and wrong", "First guesses", "What to do"))))
    parts = [table(head, rows[:FIRST])]
    if len(rows) > FIRST:
        parts.append(h("details", h("summary", f"The other {len(rows) - FIRST}"), table(head, rows[FIRST:])))
    return h("section", h("h2", "Where to begin"),
             h("p", "First those that most students were sure of, and wrong about.") if rows
             else h("p", "No guess was read."), parts if rows else None, class_="begin")


def table(head: Html, rows: list) -> Html:
    """Make a table that may scroll sideways on a phone."""
    return h("div", h("table", head, h("tbody", rows)), class_="scroll", tabindex="0", role="group", aria_label="Table")


def how_sure(tallies: list[Tally]) -> Html:
    """Compare how sure the class was with how often it was right."""
    rows = []
    for name in reversed(CONFIDENCES):
        made, right = (sum(tally.by_confidence[name][part] for tally in tallies if name in tally.by_confidence)
                       for part in (0, 1))
        share = percent(right, made)
        rows.append(h("tr", h("th", name, scope="row"), h("td", f"{made:,}", class_="figure"),
                      h("td", meter(right / made) if share else None, f"{share} right" if share else f"{right} right",
                        class_="share")))
    head = h("thead", h("tr", *(h("th", text, scope="col") for text in ("They were", "Guesses", "Of these"))))
    return h("section", h("h2", "How sure, how right"), table(head, rows), class_="sure-table")


def chapter_part(chapter: str, asked: list, many: int) -> Html:
    """Show the questions of a chapter, in the order of the book."""
    parts = [question_part(number, tally, many) for number, tally in asked]
    return h("section", h("h2", title(chapter)), parts, id=chapter)


def question_part(number: int, tally: Tally, many: int) -> Html:
    """Show one question: what was guessed, how sure, how many right, and what to do."""
    question = tally.question
    if not tally.made:
        picture = h("p", "Nobody has guessed here yet.")
    elif question.kind == "words":
        picture = own_words(tally)
    elif question.kind == "point":
        picture = chart_map(tally)
    elif question.kind == "number" and question.scale["by"] != "exact":
        picture = spread(tally)
    else:
        picture = bars(tally)
    said = None
    if tally.made and question.kind != "words":
        few = None if tally.advice else h("span", "too few for advice", class_="small")
        said = h("p", badge(tally), meter(tally.share) if tally.share is not None else None,
                 h("span", right_text(tally)), few, class_="answer verdict")
    notes = [h("li", h("b", with_code(choice["label"])), ": ", with_code(choice["note"]))
             for choice in question.choices if choice["note"]]
    around = h("nav", h("a", "‹ Before", href=f"#q{number - 1}") if number > 1 else None,
               h("a", "Next ›", href=f"#q{number + 1}") if number < many else None, class_="around",
               aria_label=f"From question {number}")
    return h("article", h("h3", h("span", f"{number}. ", class_="number"), with_code(question.question)), said, picture,
             h("p", details_of(tally), class_="small answer") if tally.made else None,
             h("details", h("summary", "The answer, and what each choice means" if notes else "The answer"),
               h("p", h("b", with_code(question.answer_text))), h("ul", notes) if notes else None, class_="answer"),
             around, id=f"q{number}", tabindex="-1")


def details_of(tally: Tally) -> list:
    """Say in a line what else is known of a question."""
    said = []
    if tally.question.kind != "words":
        said.append(f"Sure and wrong: {tally.sure_wrong} of {tally.made}.")
    if tally.skipped:
        said.append(f"Shown without a guess: {tally.skipped}.")
    if tally.changed:
        said.append(f"Second thoughts: {tally.changed}, {change_text(tally.second)}")
    if tally.recall.many:
        said.append(f"Recalled later: {change_text(tally.recall)}")
    return [" ".join(said)]


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
    shares = [percent(part, change.many) for part in (change.before, change.after)]
    return f"from {shares[0]} to {shares[1]} right{gain} ({change.many:,} guesses)."


def own_words(tally: Tally) -> Html:
    """Count how close those who wrote in their own words said they came; list the words if they were kept."""
    names = {"got": "got it", "partly": "partly", "missed": "missed it", "": "did not say"}
    counts = ", ".join(f"{tally.ratings[key]} {text}" for key, text in names.items() if tally.ratings[key])
    texts = h("details", h("summary", f"What they wrote ({len(tally.texts)} shown)"),
              h("ul", [h("li", h("bdi", text[:1000])) for text in tally.texts])) if tally.texts else None
    return h("div", h("p", f"{tally.made} wrote in their own words, and said: {counts}."), texts)


def before_and_after(chapters: dict) -> Html:
    """Compare first guesses with second thoughts, and with what was recalled days later."""
    rows = []
    for kind, text in (("second", "second thought"), ("recall", "recalled later")):
        for chapter, asked in chapters.items():
            changes = [getattr(tally, kind) for _, tally in asked
                       if tally.question.kind != "words" and (kind == "recall" or tally.changed)]
            total = sum(changes, Change())
            if total.many:
                few = total.many < FEW
                gain = "" if total.gain is None else f"{total.gain:.2f}" if total.gain >= 0 else "a loss"
                rows.append(h("tr", h("th", title(chapter), scope="row"), h("td", text), h("td", f"{total.many:,}"),
                              *(h("td", str(part) if few else percent(part, total.many))
                                for part in (total.before, total.after)),
                              h("td", "too few" if few else gain)))
    head = h("thead", h("tr", *(h("th", name, scope="col") for name in
                                ("Chapter", "Compared with", "Guesses", "Right before", "Right after", "Gain"))))
    return h("section", h("h2", "Before and after"),
             h("p", "Second thoughts come before the answer is shown; all guesses of a question count here where "
                    "anyone changed their mind. Recalled later: the guesses that a student met again on another day; "
                    "“after” is what the student said then, knew it or not yet."),
             table(head, rows) if rows else h("p", "Nobody changed a guess or met one again."), id="change")


def left_out(files: int, reasons: list) -> Html:
    """Say how much was not read, and why, without naming a file."""
    whole = [h("li", f"{counted(count, 'file')}: ", why) for why, count, many in reasons if many is None]
    part = [h("li", f"{counted(many, 'guess') if many else counted(count, 'note')}: ", why)
            for why, count, many in reasons if many is not None]
    return h("section", h("h2", "What was left out"),
             h("p", f"{counted(files, 'file')} read. ", "Nothing was left out." if not reasons
               else "left-out.csv says which files, for the teacher alone."), h("ul", whole, part) if reasons else None)


def counted(many: int, thing: str) -> str:
    """Write a number of things.

    >>> counted(1, "file"), counted(1200, "guess")
    ('1 file', '1,200 guesses')
    """
    return f"{many:,} {thing}" + ("" if many == 1 else "es" if thing.endswith("s") else "s")


def how_to_read() -> Html:
    """Explain the marks, the gain and what is not here."""
    return h("section", h("h2", "How to read it"),
             h("ul", [h("li", h("strong", name.capitalize(), class_=f"badge {name.split()[0]}"), " ", text)
                      for name, text in MEANING.items()]),
             h("p", "Only first guesses count, but for the part “Before and after”. No share is given for fewer than "
                    f"{FEW}. A large number is right within a factor of 2; own words are not scored. A guess is never "
                    "a grade: this page is for finding what to talk about."),
             h("p", SOURCES), h("p", f"Book: {BOOK}."), id="reading")

"""`Guess`: commit first, then see what the chapter computed."""

import hashlib
import inspect
import json
import math
from datetime import UTC, datetime
from types import SimpleNamespace

import traitlets

from ..words import word
from .deciding import to_digits
from .kinds import MISSING, asked
from .own_code import own_code
from .reveal import code_parts_html, parts_html, parts_text, reveal_parts
from .scales import possible_words
from .score import CONFIDENCES, impossible, plain, score, slug
from .widget import BookWidget, code_html, prose_html


class Guess(BookWidget):
    """A question that keeps its answer until the reader has committed a guess.

    What is given decides the kind: `choices` (one, or several with `several=True`), an answer that is
    a number (a slider on a log scale with `between=(low, high)`), an answer that is a shape (a tuple),
    `order` (items to rank; the answer is the items in order), `lines` ({line of code: why it does not belong, or ""};
    the answer, from `in_order`, is those that do belong, in order), `on_map` ({word: (x, y)}; the answer is a
    point), or `model_answer` (the reader's own words; `points` are what the reader then looks for in them).
    `choices` maps each choice to the idea behind it.
    `reveal` shows more after the answer: words, a table (rows, the first one its header), a matplotlib
    figure (then `alt` is required), or a list of these. `digits` rounds the answer, `low` and `high` are where a
    number is possible at all: others are refused. `margin` says how far the answer is from being another one,
    where none of `largest`, `ranked`, `below` and `digits` knows it.

    A guess is revealed as soon as it is made. In a class it stays shut for a second thought, where the page was opened
    by the teacher's link (`?class`), or, in a notebook, after `Guess.in_class = True`.

    Raises ValueError for an empty question, an answer that is not among the choices, choices that look
    alike, an answer that is not a finite number, a margin that is not above 0, a figure without `alt`.

    >>> guess = Guess("How many rows?", choices={2: "one for each ID", 8: ""}, answer=len([5, 5]))
    >>> guess
    Guess [how-many-rows]: How many rows?
      ( ) 2
      ( ) 8
    Answer: 2
      2: one for each ID
    """

    files = ("asking/elements.js", "asking/score.js", "asking/orders.js", "asking/fields.js", "asking/verdict.js",
             "asking/talk.js", "asking/guess.js", "asking/elements.css", "asking/guess.css")
    in_class = False

    kind = traitlets.Unicode().tag(sync=True)
    question = traitlets.Unicode().tag(sync=True)
    choices = traitlets.List().tag(sync=True)
    answer = traitlets.Any().tag(sync=True)
    answer_text = traitlets.Unicode().tag(sync=True)
    because = traitlets.Unicode().tag(sync=True)
    longer = traitlets.Unicode().tag(sync=True)
    reveal = traitlets.List().tag(sync=True)
    scale = traitlets.Dict().tag(sync=True)
    unit = traitlets.Unicode().tag(sync=True)
    points = traitlets.List().tag(sync=True)  # what an answer in own words should have, for the reader to tick
    code = traitlets.List().tag(sync=True)  # the lines of its cell that compute, as pairs (colour, text)
    shut = traitlets.Bool(False).tag(sync=True)  # stays shut after the commit, for a second thought
    possible = traitlets.List().tag(sync=True)  # [], [low] or [low, high]: other numbers cannot be guessed

    # the reader's side; the first guess is never replaced, a later one is the second thought
    guess = traitlets.Any(None, allow_none=True).tag(sync=True)
    confidence = traitlets.Unicode().tag(sync=True)
    second = traitlets.Any(None, allow_none=True).tag(sync=True)
    skipped = traitlets.Bool(False).tag(sync=True)
    revealed = traitlets.Bool(False).tag(sync=True)
    rating = traitlets.Unicode().tag(sync=True)
    ticked = traitlets.List().tag(sync=True)  # which of the points the reader found in these words, by number
    changing = traitlets.Bool(False).tag(sync=True)

    made: dict[str, "Guess"] = {}  # every guess of this session by name, for HowSure and save_guesses

    def __init__(self, question, *, choices=None, answer=MISSING, model_answer=None, several=False, order=None,
                 lines=None, on_map=None, between=None, within=None, exact=None, digits=None, low=None, high=None,
                 unit="", because="", longer="", reveal=None, alt=None, name=None, margin=None, points=()):
        if not isinstance(question, str) or not question.strip():
            raise ValueError(f"A Guess needs a question in words; got {question!r}.")
        if points and model_answer is None:
            raise ValueError("points= are what own words should have: they stand beside model_answer=.")
        margin = getattr(answer, "margin", margin)  # what `largest` and its like decided knows its own
        if digits is not None:
            answer, margin = to_digits(answer, digits)
        if margin is not None and not 0 < margin < math.inf:
            raise ValueError(f"A margin is above 0: with {margin} the answer hangs on a tie, or on what is no number.")
        asks = asked(SimpleNamespace(
            answer=plain(answer), model_answer=model_answer, choices=choices, several=several, order=order,
            lines=lines, on_map=on_map, between=between, within=within, exact=exact, low=low, high=high, unit=unit,
        ))
        self._values = asks.values
        labels = [choice["label"] for choice in asks.choices]
        digest = hashlib.sha256(json.dumps([question, asks.kind, labels, asks.scale]).encode()).hexdigest()[:12]
        super().__init__(
            name=name or slug(question) or digest, digest=digest, kind=asks.kind, question=question, unit=unit,
            choices=asks.choices, answer=asks.answer, answer_text=asks.text, scale=asks.scale,
            possible=asks.possible, points=list(points), because=because, longer=longer,
            reveal=reveal_parts(reveal, alt), code=own_code(inspect.currentframe().f_back), shut=Guess.in_class,
            kept=["guess", "confidence", "second", "skipped", "revealed", "rating", "ticked"],
        )
        self.margin = plain(margin if asks.margin is None else asks.margin)  # None for what is exact
        self.made_at: datetime | None = None  # when the first guess came; not synced, and not in its text
        Guess.made[self.name] = self

    @traitlets.observe("guess", "skipped")
    def _note_the_time(self, change):
        if getattr(self, "made_at", None) is None and (self.guess is not None or self.skipped):
            self.made_at = datetime.now(UTC)

    @property
    def value(self):
        """The reader's first guess in Python's terms, or None before it is committed."""
        if self.guess is None or not self._values:
            return tuple(self.guess) if isinstance(self.guess, list) else self.guess
        if self.kind in ("choices", "order", "lines"):
            return [self._values.get(label) for label in self.guess]
        return self._values.get(self.guess)

    @property
    def correct(self) -> bool | None:
        """True or False once a guess is committed; None before, and for own words."""
        return score(self.kind, self.answer, self.guess, self.scale)

    @traitlets.validate("guess", "second")
    def _possible_number(self, proposal):
        if self.kind == "number" and proposal["value"] is not None and impossible(proposal["value"], self.possible):
            raise traitlets.TraitError(possible_words(self.possible))
        return proposal["value"]

    @traitlets.validate("confidence")
    def _known_confidence(self, proposal):
        if proposal["value"] and proposal["value"] not in CONFIDENCES:
            raise traitlets.TraitError(f"confidence is one of {', '.join(CONFIDENCES)}; got {proposal['value']!r}.")
        return proposal["value"]

    def plain_text(self):
        lines = [f"Guess [{self.name}]: {self.question}"]
        lines += [f"  ( ) {c['label']}" for c in self.choices]
        lines += [f"Answer: {self.answer_text}"]
        lines += [f"  {c['label']}: {c['note']}" for c in self.choices if c["note"]] + self.points
        lines += [text for text in (self.because, self.longer, parts_text(self.reveal)) if text]
        return "\n".join(lines)

    @staticmethod
    def plain_html(state):
        choices = state["choices"]
        listed = "".join(f"<li>{code_html(c['label'])}</li>" for c in choices)
        noted = "".join(f"<li>{code_html(c['label'])}: {code_html(c['note'])}</li>" for c in choices if c["note"])
        looked_for = "".join(f"<li>{code_html(point)}</li>" for point in state.get("points", []))
        noted = f"<p>{word('tick')}</p><ul>{looked_for}</ul>" if looked_for else f"<ul>{noted}</ul>" if noted else ""
        asked = f'<ul class="book-plain-choices">{listed}</ul>' if listed else ""
        return (
            '<div class="book-plain">'
            f'<p class="book-plain-question"><strong>{code_html(state["question"])}</strong></p>{asked}'
            f'<details><summary>{word("plainAnswer")}</summary><div class="book-plain-answer">'
            f"{answer_html(state)}{prose_html(state['because'])}"
            f"{noted}{prose_html(state['longer'])}{parts_html(state['reveal'])}"
            f"{code_parts_html(state['code'])}</div></details></div>"
        )


def answer_html(state: dict) -> str:
    """Set the answer of a guess: lines of code below one another, anything else in one line."""
    if state["kind"] != "lines":
        return f"<p><strong>{code_html(state['answer_text'])}</strong></p>"
    return f"<ol>{''.join(f'<li>{code_html(line)}</li>' for line in state['answer'])}</ol>"

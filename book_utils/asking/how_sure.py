"""`HowSure`: how sure the reader was against how often the reader was right, for one chapter."""

import traitlets

from ..words import word
from .guess import Guess
from .score import CONFIDENCES
from .widget import BookWidget


class HowSure(BookWidget):
    """A table of the guesses made so far: by confidence, how many and how many right.

    Takes every guess of this session, or the ones given. No percentage is shown for fewer than five.

    >>> HowSure([])
    How sure, how right: 0 guesses on this page, 0 made.
    """

    files = ("asking/elements.js", "asking/score.js", "asking/how_sure.js",
             "asking/elements.css", "asking/how_sure.css")

    guesses = traitlets.List().tag(sync=True)

    def __init__(self, guesses=None):
        self._asked = list(Guess.made.values() if guesses is None else guesses)
        super().__init__(guesses=[f"anywidget:{guess.model_id}" for guess in self._asked])

    def rows(self) -> list[tuple[str, int, int]]:
        """Give (confidence, guesses made, guesses right), one row for each confidence."""
        made = [guess for guess in self._asked if guess.correct is not None]
        by = {name: [guess.correct for guess in made if guess.confidence == name] for name in CONFIDENCES}
        return [(name, len(right), sum(right)) for name, right in by.items()]

    def plain_text(self):
        made = sum(count for _, count, _ in self.rows())
        return f"How sure, how right: {len(self._asked)} guesses on this page, {made} made."

    @staticmethod
    def plain_html(state):
        return f'<div class="book-plain"><p>{word("surePlain")}</p></div>'

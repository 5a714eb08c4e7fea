"""`ClockHands`: the waves of a sinusoid row as hands of clocks, at two places."""

import numpy as np
import traitlets

from ..asking.reveal import table_html
from ..asking.widget import BookWidget
from ..position import angles, sinusoids
from ..words import word

LAST, FARTHEST = 200, 99  # the largest place, and the most places between the two
COLUMNS = 16  # of a row


class ClockHands(BookWidget):
    """Eight hands that turn with a place, each slower than the one before, and the dot product with another place.

    Raises ValueError for a place that is no whole number from 0 to 200, or for more than 99 places apart.

    >>> print(str(ClockHands(place=3, apart=5)).splitlines()[1])
      places 3 and 8, 5 apart: dot product 6.14 of 8
    """

    files = ("asking/elements.js", "asking/score.js", "position.js", "explorers/rope_pictures.js",
             "explorers/by_hand.js", "explorers/clock_hands.js", "asking/elements.css", "explorers/rope_pictures.css",
             "explorers/by_hand.css", "explorers/clock_hands.css")  # fmt: skip
    at_once = False

    rates = traitlets.List(angles(1, COLUMNS).round(12).tolist()).tag(sync=True)  # radians a place
    last = traitlets.Int(LAST).tag(sync=True)
    farthest = traitlets.Int(FARTHEST).tag(sync=True)
    place = traitlets.Int().tag(sync=True)
    apart = traitlets.Int().tag(sync=True)

    def __init__(self, place=0, apart=0):
        for name, value, most in (("place", place, LAST), ("apart", apart, FARTHEST)):
            if type(value) is not int or not 0 <= value <= most:
                raise ValueError(f"{name} is a whole number from 0 to {most}; got {value!r}.")
        super().__init__(place=place, apart=apart)

    def plain_text(self):
        return "\n".join([word("clocks"), *(f"  {line}" for line in told(self.get_state()))])

    @staticmethod
    def plain_html(state):
        rows = [[str(place), *(f"{number:z.2f}" for number in row[:6])]
                for place in (0, 1, 2, 3) for row in [sinusoids(place, COLUMNS)]]  # fmt: skip
        head = [word("clocksPlace"), *(f"{wave} {i}" for i in range(3) for wave in ("sin", "cos"))]
        lines = "".join(f"<p>{line}</p>" for line in told(state))
        return f'<div class="book-plain"><p>{word("clocks")}</p>{table_html([head, *rows])}{lines}</div>'


def told(state: dict) -> list[str]:
    """Say the dot product of two rows: as many places apart as the picture begins with, there and moved on by 100."""
    lines = []
    for place in (state["place"], state["place"] + 100):
        other = place + state["apart"]
        product = float(np.dot(*sinusoids([place, other], COLUMNS)))
        lines.append(word("clocksPlain", one=place, other=other, apart=state["apart"], product=f"{product:.2f}",
                          most=COLUMNS // 2))  # fmt: skip
    return lines

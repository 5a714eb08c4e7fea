"""`TwoHands`: the hand of a query and the hand of a key, each turned by its place."""

import numpy as np
import traitlets

from ..asking.reveal import table_html
from ..asking.widget import BookWidget
from ..position import angles
from ..words import word

LAST = 200  # the places run from 0 to here
START = {"query": 0.0, "key": np.pi / 2}  # radians at place 0: (1, 0) and (0, 1)


class TwoHands(BookWidget):
    """A dial with two hands to turn, alone or together; a switch shows four pairs, each at a speed of its own.

    Raises ValueError for a place that is no whole number from 0 to 200.

    >>> print(str(TwoHands(query_place=5, key_place=3)).splitlines()[1])
      (5, 3)  286.5°  171.9°  24.6°
    """

    files = ("asking/elements.js", "asking/score.js", "position.js", "explorers/rope_pictures.js",
             "explorers/by_hand.js", "explorers/two_hands.js", "asking/elements.css", "explorers/rope_pictures.css",
             "explorers/by_hand.css", "explorers/two_hands.css")  # fmt: skip
    at_once = False

    m = traitlets.Int().tag(sync=True)
    n = traitlets.Int().tag(sync=True)
    before = traitlets.List(traitlets.Int()).tag(sync=True)  # the places from which both set out together
    together = traitlets.Bool(False).tag(sync=True)
    four = traitlets.Bool(False).tag(sync=True)
    start = traitlets.Dict(START).tag(sync=True)
    rates = traitlets.List(angles(1, 8).round(9).tolist()).tag(sync=True)  # radians a place, of four pairs
    last = traitlets.Int(LAST).tag(sync=True)

    def __init__(self, query_place=5, key_place=3):
        for name, place in (("query_place", query_place), ("key_place", key_place)):
            if type(place) is not int or not 0 <= place <= LAST:
                raise ValueError(f"{name} is a whole number from 0 to {LAST}; got {place!r}.")
        super().__init__(m=query_place, n=key_place)

    def plain_text(self):
        lines = hands_rows(self.m, self.n)
        return "\n".join([word("hands"), *("  " + "  ".join(row) for row in lines[1:])])

    @staticmethod
    def plain_html(state):
        return f'<div class="book-plain"><p>{word("hands")}</p>{table_html(hands_rows(state["m"], state["n"]))}</div>'


def between(query_place: int, key_place: int, rate: float = 1.0) -> float:
    """Give the angle from the key's hand to the query's in radians, whole turns left out: from -pi to pi.

    >>> round(between(0, 0), 3), round(between(5, 3), 3)
    (-1.571, 0.429)
    """
    apart = START["query"] + query_place * rate - START["key"] - key_place * rate
    return float(apart - 2 * np.pi * np.round(apart / (2 * np.pi)))


def hands_rows(m: int, n: int) -> list[list[str]]:
    """Give a header and rows of places, both turns and the angle between: at (m, n), then moved alone and together."""
    places = [(m, n), (min(m + 1, LAST), n)]
    places += [(m + by, n + by) for by in (1, 50) if max(m, n) + by <= LAST]
    return [word("handsColumns").split("|"),
            *([f"({m}, {n})", *(f"{np.degrees(angle):.1f}°".replace("-", "−") for angle in (m, n, between(m, n)))]
              for m, n in places)]  # fmt: skip

"""Ask, keep, score: guesses, cards and what a reader did. Serves a book on any subject."""

from .card import Card
from .deciding import below, largest, level, ranked, smallest
from .guess import Guess
from .how_sure import HowSure
from .in_order import in_order
from .saving import save_guesses
from .score import score

__all__ = [
    "Card", "Guess", "HowSure", "below", "in_order", "largest", "level", "ranked", "save_guesses", "score", "smallest",
]

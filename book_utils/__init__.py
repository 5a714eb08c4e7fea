"""What the chapters of the book import. Importing it changes nothing."""

from .guesses import score
from .lookup import EmbeddingTable, one_hot
from .minilm import load_minilm
from .plots import plot_rows
from .recall import Card
from .widgets.guess import Guess
from .widgets.how_sure import HowSure

__all__ = ["Card", "EmbeddingTable", "Guess", "HowSure", "load_minilm", "one_hot", "plot_rows", "score"]

"""What the chapters of the book import. Importing it changes nothing."""

from . import (
    corpus,
    four_bit,
    geometry,
    measure,
    memory,
    plots,
    position,
    public_models,
    real_text,
    tiny_model,
    training,
)
from .guesses import score
from .lookup import EmbeddingTable, one_hot
from .minilm import load_minilm
from .plots import plot_rows
from .recall import Card
from .saved_guesses import save_guesses
from .widgets.config import ConfigExplorer
from .widgets.guess import Guess
from .widgets.how_sure import HowSure
from .widgets.neighbours import Neighbours
from .widgets.replay import Replay
from .widgets.rope_dial import RopeDial
from .widgets.sentence import SentenceExplorer

__version__ = "0.1.0"  # the one place; CHANGELOG.md begins with it

__all__ = [
    "Card", "ConfigExplorer", "EmbeddingTable", "Guess", "HowSure", "Neighbours", "Replay", "RopeDial",
    "SentenceExplorer",
    "corpus", "four_bit", "geometry", "load_minilm", "measure", "memory", "one_hot", "plot_rows", "plots", "position",
    "public_models", "real_text", "save_guesses", "score", "tiny_model", "training",
]

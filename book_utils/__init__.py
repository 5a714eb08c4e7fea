"""What the chapters of the book import. Importing it changes nothing."""

from . import (
    arrows,
    corpus,
    four_bit,
    geometry,
    measure,
    memory,
    model_experiments,
    model_plots,
    places,
    plots,
    position,
    real_text,
    row_steps,
    table_changes,
    tiny_model,
    training,
)
from .asking.card import Card
from .asking.deciding import below, largest, level, ranked, smallest
from .asking.guess import Guess
from .asking.how_sure import HowSure
from .asking.in_order import in_order
from .asking.saving import save_guesses
from .asking.score import score
from .explorers.bag_of_rows import BagOfRows
from .explorers.break_it import BreakIt
from .explorers.clock_hands import ClockHands
from .explorers.config import ConfigExplorer
from .explorers.first_look import FirstLook
from .explorers.model_areas import ModelAreas
from .explorers.neighbours import Neighbours
from .explorers.pages_of_disk import PagesOfDisk
from .explorers.pulled_rows import PulledRows
from .explorers.replay import Replay
from .explorers.rope_dial import RopeDial
from .explorers.rotation_knob import RotationKnob
from .explorers.row_on_its_way import RowOnItsWay
from .explorers.sentence import SentenceExplorer
from .explorers.shuffled_table import ShuffledTable
from .explorers.three_measures import ThreeMeasures
from .explorers.training_step import TrainingStep
from .explorers.turning_map import TurningMap
from .explorers.two_hands import TwoHands
from .explorers.two_pairings import TwoPairings
from .lookup import EmbeddingTable, one_hot
from .minilm import load_minilm
from .models import public_models
from .models.smollm2 import load_language_model
from .models.tables import open_table, tables_in
from .plots import plot_rows

__version__ = "0.1.0"  # the one place; CHANGELOG.md begins with it

__all__ = [
    "BagOfRows", "BreakIt", "Card", "ClockHands", "ConfigExplorer", "EmbeddingTable", "FirstLook", "Guess", "HowSure",
    "ModelAreas", "Neighbours", "PagesOfDisk", "PulledRows", "Replay", "RopeDial", "RotationKnob", "RowOnItsWay",
    "SentenceExplorer", "ShuffledTable", "ThreeMeasures", "TrainingStep", "TurningMap", "TwoHands", "TwoPairings",
    "arrows", "below", "corpus", "four_bit", "geometry", "in_order", "largest", "level", "load_language_model",
    "load_minilm", "measure", "memory", "model_experiments", "model_plots", "one_hot", "open_table", "places",
    "plot_rows", "plots", "position", "public_models", "ranked", "real_text", "row_steps", "save_guesses", "score",
    "smallest", "table_changes", "tables_in", "tiny_model", "training",
]

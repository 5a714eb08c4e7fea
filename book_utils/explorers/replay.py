"""`Replay`: the film of a training run, every word a mark on one map that never turns."""

import math
import warnings

import numpy as np
import traitlets

from .. import corpus
from ..asking.reveal import table_html
from ..asking.widget import BookWidget
from ..geometry import project, silhouette, unit
from ..training import train
from ..words import word
from .replay_settings import LIMITS, OPTIMISERS, SETTINGS, checked_settings

PICTURED = ("animals", "food", "cluster", "numbers", "royalty")
FRAMES = 41  # at most, the start included
SCALE = 250  # places are whole numbers of 1/250: a tenth of a mark's width


class Replay(BookWidget):
    """A slider over the snapshots of a Training: a map of its words, the loss and the cluster score.

    `groups` is {name: words}, two to five of them; without it, the five of the book's picture. `word` is
    marked from the start. In a kernel the reader can train again, on `sentences`; without them, on those of
    the corpus. `training` is the last one.
    Raises ValueError for too few or too many groups or a word in two of them, UnknownToken for a word that
    the table does not have.

    >>> from book_utils.optimisers import LazyAdam
    >>> from book_utils.tiny_model import TinyModel
    >>> model = TinyModel(["<bos>", "cat", "dog", "two", "six"])
    >>> training = train(model, ["cat dog", "two six"], LazyAdam(), steps=1)
    >>> replay = Replay(training, {"animals": ["cat", "dog"], "numbers": ["two", "six"]})
    >>> replay.film["steps"], replay.film["words"]
    ([0, 1], ['cat', 'dog', 'two', 'six'])
    """

    at_once = False
    files = ("asking/elements.js", "explorers/pointed.js", "explorers/replay_film.js", "explorers/replay_form.js",
             "explorers/replay_player.js", "explorers/replay.js", "asking/elements.css", "explorers/replay.css")

    film = traitlets.Dict().tag(sync=True)
    frame = traitlets.Int(0).tag(sync=True)
    word = traitlets.Unicode().tag(sync=True)
    wanted = traitlets.Dict().tag(sync=True)  # settings to train with; empty again when that is done
    said = traitlets.Unicode().tag(sync=True)
    limits = traitlets.Dict({**LIMITS, "optimiser": list(OPTIMISERS)}).tag(sync=True)

    @classmethod
    def shared_traits(cls):
        return {"frame": {"from": 0, "to": 10_000}, "word": {"most": 40}}

    def __init__(self, training, groups=None, sentences=None, word=""):
        self._groups = {name: corpus.GROUPS[name] for name in PICTURED} if groups is None else groups
        self._sentences, self.training = sentences, training
        words = [word for words in self._groups.values() for word in words]
        if not 2 <= len(self._groups) <= 5:
            raise ValueError(f"the map has five kinds of marks: give 2 to 5 groups; got {len(self._groups)}.")
        if len(set(words)) < len(words) or not all(self._groups.values()):
            raise ValueError("each group needs a word, and a word may be in one group only, once.")
        if word and word not in words:
            raise ValueError(f"word must be one of the words on the map; got {word!r}.")
        tied = {"tied": training.model.tied, "steps": training.snapshots[-1].step or SETTINGS["steps"]}
        super().__init__(film=film_of(training, self._groups) | {"settings": SETTINGS | tied}, word=word)

    @traitlets.observe("wanted")
    def _train_again(self, change):
        if not change["new"]:
            return
        settings, notes = checked_settings(change["new"])
        try:
            film, said = self._trained_film(settings)
        except (ValueError, KeyError) as error:
            film, said = self.film, word("replaySameFilm", error=error)
        with self.hold_sync():  # one message: the page never shows a frame of one film beside another
            self.film, self.said, self.wanted = film, " ".join([said, *notes]), {}
            self.frame = min(self.frame, len(film["steps"]) - 1)

    def _trained_film(self, settings):
        old, steps, seed = self.training.model, settings["steps"], settings["seed"]
        dim, positions = old.table.dim, "position" in old.weights
        model = type(old)(old.tokens, dim, old.context, settings["tied"], positions, seed=seed)
        optimiser = OPTIMISERS[settings["optimiser"]](lr=settings["lr"])
        sentences = corpus.sentences() if self._sentences is None else self._sentences
        every = math.ceil(steps / (FRAMES - 1))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # said in words beside the map
            new = train(model, sentences, optimiser, steps, seed=seed, snapshot_every=every)
        film = film_of(new, self._groups) | {"settings": settings}
        self.training = new
        if new.stopped:
            return film, word("replayStopped", reason=new.stopped[0].upper() + new.stopped[1:])
        shown = {"steps": f"{steps:,}", "optimiser": settings["optimiser"], "lr": f"{settings['lr']:g}", "seed": seed}
        return film, word("replayTrained", **shown)

    def plain_text(self):
        film = self.film
        words, groups, frames = (len(film[part]) for part in ("words", "groups", "steps"))
        head = f"Replay: {words} words in {groups} groups, {frames} frames,"
        kept = f"{film['shares'][-1]:.0%} of the variance of the last one on the map"
        rows = [f"  step {step:>5}  loss {loss}  cluster score {score:>5}"
                for step, loss, score in frame_rows(film)]
        return "\n".join([f"{head} {kept}", *rows])

    @staticmethod
    def plain_html(state):
        film = state["film"]
        groups = [[name, *(f"{number:.2f}" for number in row)] for name, *row in islands(film, -1)]
        numbers = table_html([word("replayPlainColumns").split("|"), *frame_rows(film)])
        places = table_html([[word(f"replay{name}") for name in ("Group", "Across", "Up", "From")], *groups])
        lead = word("replayPlain", n=len(film["words"]))
        end = word("replayPlainEnd", share=f"{film['shares'][-1]:.0%}")
        return f'<div class="book-plain"><p>{lead}</p>{numbers}<p>{end}</p>{places}</div>'


def film_of(training, groups: dict) -> dict:
    """Give what the page needs of a Training: words, groups, and for each frame its numbers and its places.

    The axes are those of the last frame in all frames, or the map would turn while it plays. `scores` are
    silhouettes over all columns, `shares` the parts of each frame's own variance that the two axes keep.
    """
    words = [word for group in groups.values() for word in group]
    labels = [name for name, group in groups.items() for _ in group]
    last = len(training.snapshots) - 1
    chosen = sorted({round(i) for i in np.linspace(0, last, min(FRAMES, last + 1))})
    snapshots = [training.snapshots[i] for i in chosen]
    frames = [unit(snapshot.table.lookup(words)) for snapshot in snapshots]
    flat = project(frames[-1])
    places = [flat.place(frame) for frame in frames]
    shares = [place.var(axis=0).sum() / frame.var(axis=0).sum()
              for place, frame in zip(places, frames, strict=True)]
    return {
        "words": words,
        "groups": [[name, len(group)] for name, group in groups.items()],
        "columns": frames[-1].shape[1],
        "steps": [snapshot.step for snapshot in snapshots],
        "losses": [round(snapshot.loss, 3) for snapshot in snapshots],
        "scores": [round(silhouette(frame, labels), 3) for frame in frames],
        "shares": [round(float(share), 3) for share in shares],
        "axes": flat.shares.round(3).tolist(),
        "scale": SCALE,
        "places": [np.rint(SCALE * place).astype(int).ravel().tolist() for place in places],
    }


def islands(film: dict, frame: int) -> list[list]:
    """Give for each group its name, its centre on the map, across and up, and the mean distance from it."""
    places = np.reshape(film["places"][frame], (-1, 2)) / film["scale"]
    ends = np.cumsum([count for _, count in film["groups"]])
    rows = []
    for (name, _), group in zip(film["groups"], np.split(places, ends[:-1]), strict=True):
        centre = group.mean(axis=0)
        rows.append([name, *centre.tolist(), float(np.linalg.norm(group - centre, axis=1).mean())])
    return rows


def frame_rows(film: dict, count=5) -> list[list[str]]:
    """Give step, loss and cluster score of a few frames, first and last among them, as text."""
    last = len(film["steps"]) - 1
    chosen = sorted({round(i) for i in np.linspace(0, last, count)})
    return [[str(film["steps"][i]), f"{film['losses'][i]:.2f}", f"{film['scores'][i]:.2f}"] for i in chosen]

"""`TrainingStep`: one row that learns from one example, step by step, with an arrow for the push of each word."""

import numpy as np
import traitlets

from ..asking.reveal import table_html
from ..asking.widget import BookWidget
from ..words import word

SHOWN = 4  # words with an arrow of their own; all others are one arrow
TOLD = (0, 1, 2, 5, 11)  # steps of the plain table


class TrainingStep(BookWidget):
    """Steps of one row as arrows in a plane: what was predicted and wanted, each word's push, the loss.

    `runs` is {learning rate: list of RowStep}, equally many for each; `names` are the m words, `wanted` the ID of the
    right one. The last step of each run is there for its loss only. `lr` chooses the run to begin with.
    Raises ValueError for runs of different lengths or of less than two steps, or an `lr` that is none of theirs.

    >>> from ..row_steps import steps_of
    >>> runs = {lr: steps_of([0.5, -0.4], [[1, 1], [2, -0.5]], wanted=0, lr=lr, steps=3) for lr in (0.3, 1)}
    >>> TrainingStep(runs, ["chased", "slept"], wanted=0, lr=1)
    Steps towards chased, learning rate 1
      step  predicted  loss  moved
         1       0.25  1.39   1.35
         2       0.79  0.23   0.38
    """

    files = ("asking/elements.js", "explorers/plane.js", "explorers/training_step.js",
             "asking/elements.css", "explorers/plane.css", "explorers/training_step.css")  # fmt: skip
    at_once = False

    names = traitlets.List(traitlets.Unicode()).tag(sync=True)  # the wanted word first, all others together last
    others = traitlets.Int().tag(sync=True)  # how many words the last one stands for
    runs = traitlets.List().tag(sync=True)
    share = traitlets.Float().tag(sync=True)  # of the squared lengths of the pushes, what the plane shows
    columns = traitlets.Int().tag(sync=True)
    run = traitlets.Int().tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)

    def __init__(self, runs, names, wanted, lr):
        counts = {len(run) for run in runs.values()}
        if len(counts) != 1 or min(counts) < 2:
            raise ValueError(f"give runs of equally many steps, two or more; got {list(map(len, runs.values()))}.")
        if lr not in runs:
            raise ValueError(f"lr must be one of {', '.join(map(str, runs))}; got {lr}.")
        # Each run counts alike, so that the fastest does not choose what is drawn: (steps, m, d).
        pushes = np.array([step.pushes / rate for rate, run in runs.items() for step in run[:-1]])
        strength = np.linalg.norm(pushes, axis=2).sum(axis=0)
        strength[wanted] = np.inf
        shown = np.argsort(-strength, kind="stable")[:SHOWN]
        plane, share = plane_of(pushes)
        start = next(iter(runs.values()))[0].row
        super().__init__(names=[names[i] for i in shown], others=len(names) - len(shown), share=share,
                         columns=len(start), run=list(runs).index(lr),
                         runs=[record(lr, run, shown, plane, start) for lr, run in runs.items()])

    def plain_text(self):
        head, rows = word("stepPlainColumns").split("|"), rows_of(self.get_state())
        widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
        lines = ["  ".join(map(str.rjust, row, widths)) for row in (head, *rows)]
        return "\n".join([headline(self.get_state()), *(f"  {line}" for line in lines)])

    @staticmethod
    def plain_html(state):
        rows = [word("stepPlainColumns").split("|"), *rows_of(state)]
        return f'<div class="book-plain"><p>{headline(state)}</p>{table_html(rows)}</div>'


def plane_of(pushes):
    """Find the two directions that hold most of the squared lengths of pushes: (..., d) in, (2, d) and a share out.

    >>> plane_of(np.array([[[3.0, 0, 0], [0, 2, 0], [0, 0, 1]]]))[0].tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    """
    _, sizes, axes = np.linalg.svd(pushes.reshape(-1, pushes.shape[-1]), full_matrices=False)
    largest = np.abs(axes[:2]).round(6).argmax(axis=1)
    share = round(float((sizes[:2] ** 2).sum() / (sizes**2).sum()), 6)  # the rest hangs on the processor
    return axes[:2] * np.sign(axes[:2][np.arange(2), largest])[:, None], share


def record(lr, run, shown, plane, start):
    """Give what the page draws of a run: per step the row's place, predictions, pushes, loss and length."""
    steps = []
    for one in run[:-1]:
        pushes = np.vstack([one.pushes[shown], np.delete(one.pushes, shown, axis=0).sum(axis=0)])
        predicted = [*one.predicted[shown], np.delete(one.predicted, shown).sum()]
        steps.append({
            "row": ((one.row - start) @ plane.T).round(3).tolist(),
            "predicted": np.round(predicted, 3).tolist(),
            "pushes": (pushes @ plane.T).round(3).tolist(),
            "moved": round(float(np.linalg.norm(one.pushes.sum(axis=0))), 3),
        })
    return {"lr": lr, "losses": [round(one.loss, 3) for one in run], "steps": steps}


def headline(state):
    """Say which word the row learns to predict, and how fast."""
    return word("stepHeadline", word=state["names"][0], lr=f"{state['runs'][state['run']]['lr']:g}")


def rows_of(state):
    """Give of a few steps: which, the chance of the right word, the loss, and how far the row moved, as text."""
    run = state["runs"][state["run"]]
    told = [(i, run["steps"][i]) for i in TOLD if i < len(run["steps"])]
    return [[str(i + 1), f"{step['predicted'][0]:.2f}", f"{run['losses'][i]:.2f}", f"{step['moved']:.2f}"]
            for i, step in told]

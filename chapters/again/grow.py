"""Chapter 6 in other numbers and words: what the recall page asks when a guess of the chapter comes back."""

import numpy as np

from book_utils import EmbeddingTable, Guess, tiny_model
from book_utils.grow import add_tokens, fits
from book_utils.optimisers import SGD, Adam, AdamW

NAMES = ["cat", "dog", "king", "six", "rice", "pod", "tea", "snow"]
table = EmbeddingTable(np.random.default_rng(0).standard_normal((8, 4)), NAMES)


def fitting(asked, tokenizer, rows):
    by_size, by_name = len(tokenizer) == len(rows), bool(fits(tokenizer, rows))
    labels = {
        (True, True): "the sizes are equal, and it fits",
        (True, False): "the sizes are equal, and it does not fit",
        (False, True): "the sizes differ, and it fits",
        (False, False): "the sizes differ, and it does not fit",
    }
    notes = [
        "Then each token has the row of its own name, and no row is left over.",
        "Equal sizes prove nothing: a row may belong to another token.",
        "Rows that no token asks for do no harm.",
        "A token without a row of its own name is one too many.",
    ]
    return Guess(
        f"{asked} A tokenizer fits if each of its tokens finds the row of its own name. What is true here?",
        choices=dict(zip(labels.values(), notes)),
        answer=labels[by_size, by_name],
        because=f"{len(tokenizer)} tokens, {len(rows)} rows. Whether it fits, only a check by name can say.",
    )


def moved_by(asked, optimisers, steps):
    far = {}
    for name, (optimiser, before) in optimisers.items():
        weights, start = {"row": np.ones((1, 3))}, np.ones((1, 3))
        for n in range(before + steps):
            if n == before:
                start = weights["row"].copy()
            optimiser.step(
                weights, {"row": tiny_model.Gradient(np.array([0]), np.full((1, 3), 0.5 if n < before else 0.0))}
            )
        far[name] = float(np.abs(weights["row"] - start).max())
    notes = {
        "SGD": "Its step is the rate times the gradient, and nothing else.",
        "Adam": "It still steps by the gradients that it remembers.",
        "new Adam": "It has nothing to remember.",
        "AdamW": "It remembers, and it shrinks every weight.",
        "new AdamW": "It shrinks every weight, whatever the gradient.",
    }
    return Guess(
        f"{asked} Which of these move the row in {steps} steps without a gradient?",
        several=True,
        choices={name: notes[name] for name in far},
        answer=[name for name, size in far.items() if size > 1e-9],
        because="Memory and decay move a row. So a frozen row is put back after the step, whatever the optimiser.",
    )


ids = {name: i for i, name in enumerate(NAMES)}
AGAIN = {
    "size-check": [
        fitting(
            "A table has rows for 8 words and 2 that were kept free; the tokenizer knows the 8.",
            ids,
            add_tokens(table, ["[unused0]", "[unused1]"], "zeros"),
        ),
        fitting(
            "In the tokenizer `tea` and `snow` have each other's IDs.",
            ids | {"tea": ids["snow"], "snow": ids["tea"]},
            table,
        ),
        fitting("The tokenizer has learned `zebra`, and the table has not grown.", ids | {"zebra": 8}, table),
    ],
    "frozen-and-it-moves": [
        moved_by(
            "A row was trained for 5 steps, then its gradient is 0.",
            {"SGD": (SGD(lr=0.1), 5), "Adam": (Adam(lr=0.01), 5), "AdamW": (AdamW(lr=0.01), 5)},
            10,
        ),
        moved_by(
            "A row whose gradient was 0 from the start.",
            {"new Adam": (Adam(lr=0.01), 0), "new AdamW": (AdamW(lr=0.01), 0), "SGD": (SGD(lr=0.1), 0)},
            20,
        ),
        moved_by(
            "After 3 steps a new optimiser is made for the two that are called new; the others go on. The gradient is 0 from then on.",
            {"Adam": (Adam(lr=0.01), 3), "new Adam": (Adam(lr=0.01), 0), "new AdamW": (AdamW(lr=0.01), 0)},
            5,
        ),
    ],
}

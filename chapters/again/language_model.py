"""Chapter 5 in other numbers and words: what the recall page asks when a guess of the chapter comes back.

What was recorded of the real model decides, as in the chapter.
"""

import numpy as np

from book_utils import Guess, level, load_language_model, load_minilm, places, ranked, table_changes
from book_utils.model_experiments import losses, random_cosines

model, minilm = load_language_model(), load_minilm()
table, ROOT = model.table, model.table.dim**0.5


def loss(**broken):
    return float(np.mean(losses(model, **broken)))


BLIND, OWN, MIXED = float(np.log(len(table))), loss(), table_changes.shuffled(table)
DAMAGE = {
    "places doubled": loss(positions=places.doubled),
    "the other pairing": loss(pairing="split"),
    "places counted backwards": loss(positions=places.backwards),
    "places shuffled": loss(positions=places.shuffled),
    "no turning at all": loss(positions=places.nowhere),
    "rows shuffled at both ends": loss(table=MIXED),
    "rows shuffled at the input alone": loss(table=MIXED, output=table),
}


def rows_of(asked, ids, notes):
    return Guess(
        asked,
        choices=notes,
        answer=len(set(ids)),
        because="A row belongs to an ID, and an ID to one spelling as the tokenizer sees it: this model's keeps capitals and spaces, MiniLM's drops both.",
    )


def worst_of(*names):
    return Guess(
        "Rank these by the loss of SmolLM2 on six texts, the worst first.",
        order=list(names),
        answer=ranked({name: DAMAGE[name] for name in names}),
        because="; ".join(f"{name} {DAMAGE[name]:.2f}" for name in sorted(names, key=DAMAGE.get, reverse=True))
        + f". As it is the model has {OWN:.2f}, and blind guessing {BLIND:.2f}.",
    )


def against_blind(what, size):
    edges = {
        "better than blind guessing": 0.95 * BLIND,
        "about as bad as blind guessing": 1.05 * BLIND,
        "worse than blind guessing": np.inf,
    }
    notes = [
        "Then the model still knows something of what comes next.",
        "Blind guessing has no preference at all, a model nearly always has some.",
        "Then it prefers, and what it prefers is wrong.",
    ]
    return Guess(
        f"{what} The loss of SmolLM2 was {OWN:.2f}, blind guessing has {BLIND:.2f}. And now?",
        choices=dict(zip(edges, notes)),
        answer=level(size, edges),
        because=f"It is {size:.1f}.",
    )


def scaled_by(factor, words):
    edges = {
        "it falls by more than a tenth": 0.9,
        "it moves by a tenth at most": 1.1,
        "it rises by more than a tenth": np.inf,
    }
    notes = [
        "The blocks were trained with the rows as they are.",
        "The first norm takes the factor out, and what the blocks add soon covers the row.",
        "The blocks add vectors of a length that they learned, and the row is now of another.",
    ]
    now = loss(scale=factor)
    return Guess(
        f"Each row of SmolLM2 is made {words}, on its way in. What happens to the loss, now {OWN:.2f}?",
        choices=dict(zip(edges, notes)),
        answer=level(now / OWN, edges),
        because=f"It is {now:.2f}. In a block the row is added to what the block works out, so its length counts there, though a norm stands before each part of the block.",
    )


def at_random(words, mean):
    edges = {"below 0.1": 0.1, "0.1 to 0.3": 0.3, "above 0.3": np.inf}
    notes = [
        "Nothing in common, on average.",
        "A little in common.",
        "Then most rows lean to the same side.",
    ]
    return Guess(
        f"Two rows drawn at random from {words}: what is their cosine, on average?",
        choices=dict(zip(edges, notes)),
        answer=level(abs(mean), edges),
        because=f"It is {mean:.2f}. What a cosine of two words says hangs on what random rows of the same table have.",
    )


def random_pairs(vectors):
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    one, other = np.random.default_rng(0).integers(len(unit), size=(2, 20_000))
    return float((unit[one] * unit[other]).sum(axis=1).mean())


def bits_at(bits, block):
    group = f"every {block} numbers" if block else "each row"
    now = loss(table=table_changes.rounded(table, bits, block))
    return against_blind(f"The table in {bits} bits, with a scale for {group}.", now)


AGAIN = {
    "spellings-of-cat": [
        rows_of(
            "`sun` and `Sun`, each at the start of a text or after a space: how many rows of SmolLM2's table do these spellings have?",
            [model.encode(text)[0] for text in ("sun", " sun", "Sun", " Sun")],
            {
                2: "Only if capitals or spaces did not count.",
                4: "Each is a token of its own.",
                1: "So it would be in MiniLM.",
            },
        ),
        rows_of(
            "“Dog dog dog”, in SmolLM2: how many different rows are looked up?",
            model.encode("Dog dog dog"),
            {
                3: "The second and the third look the same: both have a space and no capital.",
                1: "A capital and a space count here.",
                2: "One at the start with its capital, one for both words after a space.",
            },
        ),
        rows_of(
            "“Dog dog dog”, in MiniLM: how many different rows are looked up, the special tokens aside?",
            minilm.encode("Dog dog dog", special=False),
            {
                1: "Its tokenizer lowers capitals and drops spaces.",
                2: "So it is in SmolLM2, which keeps the capital.",
                3: "A place in the text changes no row of the table.",
            },
        ),
    ],
    "rank-damage": [
        worst_of("places doubled", "rows shuffled at both ends", "the other pairing"),
        worst_of("the other pairing", "places shuffled", "rows shuffled at the input alone"),
        worst_of("places counted backwards", "places doubled", "rows shuffled at the input alone", "places shuffled"),
    ],
    "worse-than-blind": [
        against_blind("All places are shuffled.", DAMAGE["places shuffled"]),
        bits_at(2, None),
        against_blind("Queries and keys are paired the other way.", DAMAGE["the other pairing"]),
    ],
    "bits-of-a-row": [bits_at(8, None), bits_at(4, 32), bits_at(2, 32)],
    "times-root-d": [
        scaled_by(2, "twice as long"),
        scaled_by(0.5, "half as long"),
        scaled_by(ROOT, "24 times as long"),
    ],
    "random-rows-of-a-model": [
        at_random("MiniLM's table", random_pairs(minilm.table.vectors)),
        at_random(
            "SmolLM2's table, once the mean row is taken from each",
            random_cosines(model, table=table_changes.centred(table))["mean"],
        ),
        at_random("SmolLM2's table as it is", random_cosines(model)["mean"]),
    ],
}

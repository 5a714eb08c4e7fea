"""Chapter 6 in other numbers and words: what the recall page asks when a guess of the chapter comes back."""

import numpy as np

from book_utils import (
    EmbeddingTable,
    Guess,
    below,
    corpus,
    grow_experiments,
    in_order,
    largest,
    level,
    tiny_model,
    training,
)
from book_utils.grow import add_tokens, fits, started, tie, untie
from book_utils.grow_training import padding_after
from book_utils.optimisers import SGD, Adam, AdamW, LazyAdam
from book_utils.recorded_model import recorded_model

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
        because=f"{len(tokenizer)} tokens, {len(rows)} rows. "
        + ("One token has none." if len(tokenizer) > len(rows) else "Whether it fits, only a check by name can say."),
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


def probabilities(scores):
    return tiny_model.softmax(np.asarray(scores, float))


def long_or_many():
    lengths = [0.5, 1, 2, 4, 6, 8, 12, 16, 24]
    shares = grow_experiments.taken_by_length(recorded_model(), lengths, [1, 8, 64])
    taken = {
        "64 rows, each 2 long": shares["64 new"][lengths.index(2)],
        "eight rows, each 4 long": shares["8 new"][lengths.index(4)],
        "one row, 24 long": shares["1 new"][lengths.index(24)],
    }
    return Guess(
        "New rows of random numbers in SmolLM2's table, whose own rows are about 3 long. Which take the most of the probability?",
        choices=dict(
            zip(
                taken,
                [
                    "Many tokens, and each has scores near 0.",
                    "They are somewhat longer than the rows of the table, and that does not suffice.",
                    "A long row has scores far from 0, and those of this one lie mostly above 0.",
                ],
            )
        ),
        answer=largest(taken),
        because=", ".join(f"{name}: {share:.0%}" for name, share in taken.items()) + ". Another draw of one long row may take far less: its scores may lie mostly below 0.",
    )


def times_as_long(columns, length):
    new = started(np.zeros((1, columns)), 64, "N(0, 1)")
    ratio = float(np.linalg.norm(new, axis=1).mean()) / length
    return Guess(
        f"A table has {columns:,} columns, and its rows are {length:g} long. A new row is drawn from N(0, 1). How many times as long is it, about?",
        answer=ratio,
        digits=0,
        between=(1, 1e6),
        low=0,
        unit="times",
        because=f"A row of N(0, 1) is about √d long, here {columns**0.5:.0f}: {ratio:.0f} times {length:g}. In the direction of a row of the table its score would be {ratio:.0f} times as far from 0.",
    )


def among_equals(old, new, columns):
    dice = np.random.default_rng(0)
    rows, finals = dice.standard_normal((old + new, columns)), dice.standard_normal((2_000, columns)) / 4
    share = float(probabilities(finals @ rows.T)[:, old:].sum(axis=1).mean())
    labels = [f"about {new} in {old + new:,}", "nearly all", "nothing"]
    notes = [
        "They are rows like all the others, and take their part.",
        "So it would be if they were much longer than the others. These are not.",
        "For that their scores would have to lie far below those of the likely tokens.",
    ]
    part = new / (old + new)
    return Guess(
        f"All {old:,} rows of an output table are N(0, 1) noise: nothing is trained yet. Now {new} more rows of N(0, 1) are added. What share do they take, on average?",
        choices=dict(zip(labels, notes)),
        answer=level(share, {labels[2]: part / 4, labels[0]: 4 * part, labels[1]: np.inf}),
        because=f"{share:.1%}. A start is too long, or not, only beside the rows that are there.",
    )


def one_more(asked, scores, start):
    new = 0.0 if start == "zeros" else float(np.mean(scores))
    share = float(probabilities([*scores, new])[-1])
    edges = {"next to nothing": 0.01, f"one part in {len(scores) + 1:,}": 0.5, "nearly all": np.inf}
    notes = {
        "nearly all": "That takes a score above all others. The mean of the rows has their mean score; zeros have 0, wherever the others lie.",
        "next to nothing": "That takes likely tokens whose scores are far above that of the new one.",
        f"one part in {len(scores) + 1:,}": "That is the most that the mean row can get: where all scores are equal.",
    }
    return Guess(
        f"{asked} A token is added, with {'a row of zeros' if start == 'zeros' else 'the mean row'}. What share of the probability does it get there?",
        choices=notes,
        answer=level(share, edges),
        because=f"Its score is {new:.0f}, the highest of the others {max(scores):.0f}. That is a share of {share:.2g}.",
    )


def pushed(sentences, tied, asked):
    """Let two equal rows take a step of SGD on sentences, and say what becomes of them."""
    known = [
        "<bos>",
        "zebra",
        "waffle",
        *sorted({word for line in sentences for word in line.split()} - {"zebra", "waffle"}),
    ]
    model = tiny_model.TinyModel(known, tied=tied, dtype="float64")
    pair, weights = [1, 2], model.weights
    weights["token"][pair] = weights["token"].mean(axis=0)
    if not tied:
        weights["output"][:, pair] = weights["output"].mean(axis=1, keepdims=True)
    before = weights["token"][pair].copy()
    SGD(0.5).step(weights, model.loss_and_gradients(*corpus.next_token_examples(sentences, known))[1])
    moved = np.linalg.norm(weights["token"][pair] - before, axis=1)
    apart = float(np.linalg.norm(np.subtract(*weights["token"][pair])))
    labels = ["one moves, the other stays", "both move, and stay equal", "both move, and they part"]
    notes = [
        "That takes a row that is not looked up, and an output that is another table.",
        "That takes two tokens that are used in the very same way. Equal rows alone are no reason to stay equal.",
        "That takes a text that treats the two differently, and a push for each: looked up, or an answer at a tied output.",
    ]
    said = below(apart, 1e-6, labels[1], labels[2])
    return Guess(
        f"Two new rows are equal. {asked} What becomes of the rows of `zebra` and `waffle` in a step of SGD on the whole text?",
        choices=dict(zip(labels, notes)),
        answer=labels[0] if min(moved) == 0 < max(moved) else said,
        because=f"They move by {moved[0]:.3f} and {moved[1]:.3f}; after that they are {apart:.3f} apart.",
    )


def loss_when(old_loss, share):
    new_loss = old_loss - float(np.log(1 - share))
    options = {
        f"{old_loss:.2f}": "The probabilities of all tokens make 1. What the new ones get is taken from the others.",
        f"{old_loss + share:.2f}": "The surprise is minus the logarithm of a probability: it does not grow by the share itself.",
        f"{new_loss:.2f}": "Each old probability is multiplied by what the new tokens leave.",
    }
    return Guess(
        f"The loss on an old text was {old_loss:.2f}. Nothing old is changed, and new tokens now take {share:.0%} of the probability at every place. What is the loss on that text?",
        choices=options,
        answer=f"{new_loss:.2f}",
        because=f"-ln(1 - {share:g}) is {new_loss - old_loss:.2f}, and that is added at every place.",
    )


def only_read(text):
    """Add a token at the input alone, train its row, and compare the loss on old text."""
    known = ["<bos>", *sorted({word for line in text for word in line.split()})]
    model = tiny_model.TinyModel(known, dtype="float64")
    contexts, targets = corpus.next_token_examples(text, known)
    before = model.loss(contexts, targets)
    model.weights["token"] = np.vstack([model.weights["token"], model.weights["token"].mean(axis=0)])
    with_new = contexts.copy()
    with_new[with_new == known.index("cat")] = len(known)
    rows, values = model.loss_and_gradients(with_new, targets)[1]["token"]
    model.weights["token"][-1] -= values[list(rows).index(len(known))]
    change = abs(model.loss(contexts, targets) - before)
    labels = ["it rises a little", "it falls a little", "it stays as it was"]
    notes = [
        "That takes a new token that can be an answer, and takes its share.",
        "The old text is read with the old rows, and these have learned nothing new.",
        "The new row can be read and never be an answer. So nothing is taken from the old tokens.",
    ]
    return Guess(
        "A model whose output is a table of its own gets a new row at the input, and none at the output. Only the new row is trained. What happens to the loss on the old text?",
        choices=dict(zip(labels, notes)),
        answer=below(change, 1e-9, labels[2], labels[0]),
        because="A token without a row at the output has no score. Such a model reads the new token and never writes it.",
    )


TEXT = [f"the {kind}{i} {kind}s{k} ." for kind in ("a", "b", "c", "d", "e", "f") for i in range(6) for k in range(6)]
KNOWN = ["<bos>", *sorted({word for line in TEXT for word in line.split()})]
READ, CAME = corpus.next_token_examples(TEXT, KNOWN)
BLIND = float(np.log(len(KNOWN)))


def learned(model, steps):
    return training.train(model, TEXT, LazyAdam(lr=0.01), steps=steps, batch=64).model


tied = learned(tiny_model.TinyModel(KNOWN, tied=True, dtype="float64"), 300)
apart = learned(tiny_model.TinyModel(KNOWN, dtype="float64"), 300)


def tables_changed(asked, before, after, because):
    was, now = before.loss(READ, CAME), after.loss(READ, CAME)
    edges = {"as before": 0.01, "worse than before, better than blind guessing": 1, "worse than blind guessing": np.inf}
    same, between, blind = edges
    choices = {
        same: "For that the model must compute with the very same numbers, or be trained until its loss is back.",
        blind: "So it may be where the rows of one table have to do the work of the other, and were never trained for it.",
        between: "So it is here after some training for the new use, less than there was for the old one.",
    }
    return Guess(
        f"{asked} Its loss was {was:.2f}; blind guessing has {BLIND:.2f}. And now?",
        choices=choices,
        answer=level((now - was) / (BLIND - was), edges),
        because=f"It is {now:.2f}. {because}",
    )


def padding_length():
    length, others = padding_after(tiny_model.TinyModel(KNOWN), TEXT, steps=30)
    labels = ["still zero", "not zero, and shorter than the others", "longer than the others"]
    notes = [
        "It is only looked up, and the gradient of that is thrown away.",
        "Nothing moves it: its one gradient is thrown away.",
        "That takes a second use, at a tied output.",
    ]
    return Guess(
        "A padding row begins as zeros, and the gradient that it gets from being looked up is thrown away. The output is a table of its own. How long is the padding row after the training?",
        choices=dict(zip(labels, notes)),
        answer=level(length / others, {labels[0]: 1e-6, labels[1]: 1, labels[2]: np.inf}),
        because="In a tied table the same row would be an output, too, and would be pushed.",
    )


def padding_step(final):
    rows = np.vstack([np.zeros(2), np.eye(2)])  # the row of padding, and two others
    p = probabilities(rows @ final)
    after = rows - 0.5 * np.outer(p - [0, 1, 0], final)
    score = float(after[0] @ final)
    labels = ["it stays 0", "it rises above 0", "it falls below 0"]
    notes = [
        "Its lookups give it no gradient. As an output it gets one.",
        "For that padding would have to be the right answer here.",
        "Predicted minus wanted is above 0 for each wrong answer, and padding is always one.",
    ]
    return Guess(
        f"A tied table, and the padding row is zeros. The final vector is ({final[0]:g}, {final[1]:g}), and another token comes next. What does the next step of SGD do to the score of padding for this vector?",
        choices=dict(zip(labels, notes)),
        answer=level(score, {labels[2]: -0.01, labels[0]: 0.01, labels[1]: np.inf}),
        because=f"It was 0, and is {score:.2f}: the row is pushed away from the final vector.",
    )


def padding_share(*scores):
    share = float(probabilities([0.0, *scores])[0])
    labels = ["none: the row is zeros", "the largest of all", "a share, and a small one"]
    notes = [
        "A key of zeros has the score 0, and 0 is a score like others.",
        "That takes other scores that lie below 0.",
        "That takes other scores above 0, or many more tokens.",
    ]
    return Guess(
        f"Nothing hides the padding, whose key is zeros. A query has the scores {', '.join(f'{score:g}' for score in scores)} with the other tokens. What share of its attention does the padding get?",
        choices=dict(zip(labels, notes)),
        answer=level(share, {labels[0]: 1e-9, labels[2]: 0.3, labels[1]: np.inf}),
        because=f"{share:.0%}: its score is 0, and the softmax gives it what a 0 gets beside these. What hides padding is a mask.",
    )


def without(asked, old_loss, kept):
    """`kept` is the share of the probability that the tokens had that are left."""
    now = old_loss + float(np.log(kept))
    options = {
        f"{old_loss - np.log(kept):.2f}": "The model knows fewer tokens. But none of those that are gone occurs in the text.",
        f"{old_loss:.2f}": "The scores stay. A probability is a share of all scores, and some are gone.",
        f"{now:.2f}": "What is left shares out all of the probability: each gets more.",
    }
    return Guess(
        f"{asked} The loss on a text was {old_loss:.2f}, and none of the tokens that are thrown away occurs in it. What is the loss without their rows?",
        choices=options,
        answer=f"{now:.2f}",
        because=f"Each probability is divided by {kept:g}. The model has not become better: the test has become easier.",
    )


def of_what_is_left(odds, kept):
    rest = np.array(odds[:kept]) / sum(odds[:kept])
    said = ", ".join(f"{p:g}" for p in odds)
    return Guess(
        f"{len(odds)} tokens have the probabilities {said}. The rows of all but the first {kept} are thrown away. What is the probability of the first one now?",
        answer=float(rest[0]),
        digits=2,
        within=0.02,
        low=0,
        high=1,
        because=f"{odds[0]:g} of {sum(odds[:kept]):g}: scores stay, and shares are taken among those that are left.",
    )


def spare_rows():
    scores = np.random.default_rng(0).normal(0, 2, 200)
    spare = np.full(50, scores.max() - 40)
    change = float(np.abs(probabilities(scores) - probabilities([*scores, *spare])[:200]).max())
    labels = ["it falls by about a fifth", "it stays, but for rounding", "it rises by about a fifth"]
    notes = [
        "What counts is how much of the probability they had, not how many they are.",
        "They had next to none of the probability, so there is next to nothing to share out.",
        "Fewer possible answers can only leave more for the others.",
    ]
    return Guess(
        "A table of 250 rows has 50 that no token uses. At every place their scores lie 40 below the highest. They are thrown away. What happens to the loss?",
        choices=dict(zip(labels, notes)),
        answer=below(change, 1e-6, labels[1], labels[0]),
        because=f"exp(-40) is {np.exp(-40):.0e}. Throwing rows away makes the test easier by what they had, and these had nothing.",
    )


def held_in_lines(asked, lines, given, wanted):
    given = given | {"np": np, "softmax": tiny_model.softmax, "new": NEW, "lr": LR}
    return Guess(
        f"{asked} Put the lines that it takes in order. `new` is a column that is true for the new rows.",
        lines=lines,
        answer=in_order(lines, given, lambda names: np.allclose(names["E"], wanted, atol=1e-6)),
        because="All orders were run, and this is the shortest one in which the new rows move as they should, and no old one moves.",
    )


def slope(loss, rows):
    """Nudge each number of the rows, and measure how the loss changes."""
    bumps = 1e-5 * np.eye(rows.size).reshape(-1, *rows.shape)
    return np.array([loss(rows + bump) - loss(rows - bump) for bump in bumps]).reshape(rows.shape) / 2e-5


dice = np.random.default_rng(0)
E, U, LR, NEW = dice.standard_normal((6, 3)), dice.standard_normal((3, 6)), 0.5, np.arange(6)[:, None] >= 4
CODES, WANTED = np.eye(6)[[5, 0, 4, 5]], np.eye(6)[[1, 4, 2, 3]]
MEAN, GRADIENT = dice.standard_normal((2, 6, 3))
LEFT = "It moves the old rows, too."


def read_loss(rows):
    return -np.log(tiny_model.softmax(CODES @ rows @ U)[WANTED == 1]).sum()


ids = {name: i for i, name in enumerate(NAMES)}
AGAIN = {
    "start-of-new-rows": [long_or_many(), times_as_long(4_096, 2), among_equals(1_000, 8, 16)],
    "zeros-or-mean": [
        one_more(
            "1,000 tokens; at some place their scores lie between 10 and 20.", np.linspace(10, 20, 1_000), "zeros"
        ),
        one_more(
            "1,000 tokens; at some place their scores lie between -60 and -50.", np.linspace(-60, -50, 1_000), "zeros"
        ),
        one_more("Nine tokens; at some place each of them has the score -40.", np.full(9, -40.0), "mean"),
    ],
    "equal-rows-part": [
        pushed(
            ["the zebra runs .", "the zebra eats .", "the waffle runs .", "the waffle eats ."],
            False,
            "In the text their tokens come equally often, with the same words around them: “the zebra runs”, “the zebra eats”, “the waffle runs”, “the waffle eats”.",
        ),
        pushed(
            ["the zebra runs .", "the cat melts ."],
            False,
            "`waffle` is not in the text, `zebra` is. The output is a table of its own.",
        ),
        pushed(
            ["the zebra runs .", "the cat melts ."],
            True,
            "`waffle` is not in the text, `zebra` is. The table is tied.",
        ),
    ],
    "old-text-new-rows": [loss_when(2.0, 0.1), only_read(["the cat runs .", "the dog eats ."]), loss_when(3.0, 0.5)],
    "step-in-lines": [
        held_in_lines(
            "A step for the table `E` at the input. `codes` are the one-hot codes of the tokens that were read, `U` are output vectors, and `wanted` has a 1 for the token that came next.",
            {
                "E = np.where(new, E - lr * gradient, E)": "",
                "error = wanted - p": "With the minus of the step this leads uphill.",
                "gradient = codes.T @ error @ U.T": "",
                "p = softmax(codes @ E @ U)": "",
                "error = p - wanted": "",
                "E = E - lr * gradient": LEFT,
            },
            {"E": E, "U": U, "codes": CODES, "wanted": WANTED},
            np.where(NEW, E - LR * slope(read_loss, E), E),
        ),
        held_in_lines(
            "An optimiser first makes every weight a tenth smaller (decay), then steps. Only the new rows of `E` may move.",
            {
                "E = moved": LEFT,
                "moved = moved - lr * gradient": "",
                "gradient = np.where(new, gradient, 0)": "A mask on the gradient does not stop the decay, and with the last line it is not needed.",
                "E = np.where(new, moved, E)": "",
                "moved = 0.9 * E": "",
            },
            {"E": E, "gradient": GRADIENT},
            np.array([0.9 * row - LR * push if i >= 4 else row for i, (row, push) in enumerate(zip(E, GRADIENT))]),
        ),
        held_in_lines(
            "An optimiser steps by a running mean of the gradients. Only the new rows of `E` may move.",
            {
                "E = np.where(new, E, moved)": "It holds the new rows, and lets the old ones go.",
                "moved = E - lr * mean": "",
                "moved = E - lr * gradient": "That is a step by this gradient alone.",
                "E = np.where(new, moved, E)": "",
                "mean = 0.9 * mean + 0.1 * gradient": "",
            },
            {"E": E, "gradient": GRADIENT, "mean": MEAN},
            np.array(
                [
                    row - LR * (0.9 * past + 0.1 * push) if i >= 4 else row
                    for i, (row, past, push) in enumerate(zip(E, MEAN, GRADIENT))
                ]
            ),
        ),
    ],
    "padding-row": [padding_length(), padding_step(np.array([2.0, 1.0])), padding_share(-1, -3, -2)],
    "tied-later": [
        tables_changed(
            "A model was trained with two tables, one at the input and one at the output. Now the output table is thrown away, and the input table takes its place.",
            apart,
            tie(apart, anyway=True),
            "A row of the input was trained for the mixing behind it, and not for a comparison at the end.",
        ),
        tables_changed(
            "A model was trained with one tied table. Now the table is copied, and input and output have one each.",
            tied,
            untie(tied),
            "A copy has the same numbers. The two differ once they are trained apart.",
        ),
        tables_changed(
            "A model was trained for 300 steps with two tables. The output table is thrown away, the input table takes its place, and the model is trained for 15 steps more.",
            apart,
            learned(tie(apart, anyway=True), 15),
            "Training brings back what was lost, and it takes its time. Whoever ties two tables later has to train again.",
        ),
    ],
    "trimmed": [
        without("The tokens that are thrown away had a fifth of the probability at every place.", 2.0, 0.8),
        spare_rows(),
        of_what_is_left([0.4, 0.1, 0.3, 0.15, 0.05], 2),
    ],
    "size-check": [
        fitting(
            "A table has rows for 8 words and 2 that were kept free; the tokenizer knows the 8.",
            ids,
            add_tokens(table, ["[unused0]", "[unused1]"], "zeros"),
        ),
        fitting(
            "A table has rows for just the 8 words of its tokenizer. Now `tea` and `snow` get each other's IDs.",
            ids | {"tea": ids["snow"], "snow": ids["tea"]},
            table,
        ),
        fitting("A table has rows for just the 8 words of its tokenizer. The tokenizer learns `zebra`, and the table does not grow.", ids | {"zebra": 8}, table),
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
            "After 3 steps a new optimiser is made for the two that are called new; the other goes on. The gradient is 0 from then on.",
            {"Adam": (Adam(lr=0.01), 3), "new Adam": (Adam(lr=0.01), 0), "new AdamW": (AdamW(lr=0.01), 0)},
            5,
        ),
    ],
}

"""Chapter 2 in other numbers and words: what the recall page asks when a guess of the chapter comes back."""

import numpy as np

from book_utils import (
    Guess,
    corpus,
    geometry,
    in_order,
    largest,
    level,
    load_minilm,
    ranked,
    smallest,
    tiny_model,
    training,
)
from book_utils.optimisers import SGD, Adam, AdamW, LazyAdam

tokens = corpus.vocabulary()
model, tied_model = tiny_model.TinyModel(tokens), tiny_model.TinyModel(tokens, tied=True)
real = load_minilm().table
OUTPUTS, ROW = np.array([[1.0, 1.0], [2.0, -0.5], [-0.5, -1.0], [-1.5, 0.5]]), np.array([0.5, -0.4])


def moved_rows(asked, sentence, because):
    read = "<bos> " + sentence.rpartition(" ")[0]  # the last word is only an answer
    rows = int((training.movement_by_row(model, [sentence], SGD(lr=0.1))[0] > 0).sum())
    if rows != len(set(read.split())):
        raise ValueError(f"{rows} rows move in: {sentence}")
    return Guess(
        f"{asked}: “{sentence}”, read from `<bos>` on. One step of plain SGD, and output vectors of their own: how many of the {len(tokens)} rows of the input table change?",
        answer=rows,
        low=0,
        high=len(tokens),
        because=because,
    )


def moved_when(asked, sentence, tied):
    step = training.movement_by_row(tied_model if tied else model, [sentence], SGD(lr=0.1))[0]
    rows, read = int((step > 0).sum()), len({"<bos>", *sentence.split()[:-1]})
    choices = {
        f"{read}": "Those that were looked up. With tied weights each row is an output vector, too.",
        f"{read + 1}": "The full stop is an answer. Tied, all other words are wrong answers, and these move as well.",
        f"{len(tokens)}": "That takes a second use of the table, at the output.",
    }
    return Guess(
        f"“{sentence}”: {asked}. How many of the {len(tokens)} rows of the table change in a step of SGD?",
        choices=choices,
        answer=str(rows),
        because="Tied, every row gets a predicted minus wanted that is not 0. With output vectors of their own, only rows that were looked up have a gradient.",
    )


def move_of(asked, word, texts, steps):
    place, moves = tokens.index(word), {}
    for name, (of, optimiser) in steps.items():
        moves[name] = training.movement_by_row(of, texts, optimiser)[-1][place]
    notes = {
        "SGD, separate output": "It is not looked up in this step, so its gradient is exactly 0.",
        "SGD, tied output": "As an output vector it is pushed away from where another word is right.",
        "Adam, separate output": "Adam steps by what it remembers of earlier steps; a row that was never read has nothing to remember.",
        "lazy Adam, separate output": "The lazy form leaves a row alone until it is looked up.",
        "AdamW, separate output": "The decay shrinks every row, looked up or not.",
    }
    return Guess(
        f"{asked} Which of these ways move the row of `{word}` in the last step?",
        several=True,
        choices={name: notes[name] for name in moves},
        answer=[name for name, far in moves.items() if far > 0],
        because="What moves a row that nobody looks up is a second use at the output, the memory of the optimiser, or decay.",
    )


def nearest_by(measure, query, **ends):
    query, ends = np.array(query, float), {name: np.array(end, float) for name, end in ends.items()}
    best = {
        "cosine": largest({n: geometry.cosine(query, ends[n]) for n in ends}),
        "distance": smallest({n: np.linalg.norm(query - ends[n]) for n in ends}),
        "dot product": largest({n: query @ ends[n] for n in ends}),
    }
    if len(set(best.values())) < 3:
        raise ValueError(f"The three measures must not agree: {best}.")
    named = ", ".join(f"{name} = ({end[0]:g}, {end[1]:g})" for name, end in ends.items())
    return Guess(
        f"The query is ({query[0]:g}, {query[1]:g}). Candidates: {named}. Which one is nearest by {measure}?",
        answer=best[measure],
        choices={
            name: f"It is the first by {next(way for way, first in best.items() if first == name)}." for name in ends
        },
        because="The cosine looks at direction alone, the distance at where the ends lie, the dot product at direction and length together.",
    )


def noise_in(dim, pairs=1_000):
    one, other = np.random.default_rng(dim).standard_normal((2, pairs, dim))
    spread = float((geometry.unit(one) * geometry.unit(other)).sum(axis=1).std())
    return Guess(
        f"Pairs of random vectors with {dim:,} numbers each: what is the standard deviation of their cosine?",
        answer=spread,
        between=(0.0001, 1),
        low=0,
        high=1,
        because=f"{spread:.4f} in {pairs:,} pairs. It is about 1 / √d, and 1 / √{dim:,} is {dim**-0.5:.4f}.",
    )


def rank_pairs(*pairs, because):
    alike = {" and ".join(pair): geometry.cosine(*real.lookup(list(pair))) for pair in pairs}
    said = ", ".join(f"{pair} {cosine:.2f}" for pair, cosine in sorted(alike.items(), key=lambda item: -item[1]))
    return Guess(
        "Rank these pairs by the cosine of their rows in MiniLM's table, the most alike first.",
        order=list(alike),
        answer=ranked(alike),
        because=f"{because} In numbers: {said}.",
    )


def analogy(a, b, c, wanted):
    found = dict(geometry.analogy(a, b, c, real, k=3, allow_inputs=True))
    without = geometry.analogy(a, b, c, real, k=1)[0][0]
    return Guess(
        f"{b} - {a} + {c}, and no word is left out of the search: which row of MiniLM's table is nearest?",
        answer=largest(found),
        choices={
            wanted: "What one hopes for. It has to beat two words that are in the sum whole.",
            b: "The sum contains its row whole.",
            c: "The sum contains its row whole, too, and what it has in common with the third word is taken away.",
        },
        because=f"With the three words of the question left out, the first is `{without}`.",
    )


def late_step(lr, steps):
    row, lengths = ROW, []
    for _ in range(steps):
        step = lr * (tiny_model.softmax(OUTPUTS @ row) - [1, 0, 0, 0]) @ OUTPUTS
        row = row - step
        lengths.append(float(np.linalg.norm(step)))
    labels = ["as far as the first", "farther than the first", "less far than the first"]
    return Guess(
        f"The same example again and again, learning rate {lr:g}. How far does step {steps} move the row?",
        choices=dict(
            zip(
                labels,
                [
                    "The rate is the same, and what it multiplies is not.",
                    "Nothing has built up: each step sees only what is still predicted wrongly.",
                    "The more of the probability is right, the less is left between predicted and wanted.",
                ],
            )
        ),
        answer=level(lengths[-1] / lengths[0], {labels[2]: 0.8, labels[0]: 1.25, labels[1]: np.inf}),
        because=f"The first step is {lengths[0]:.2f} long, step {steps} {lengths[-1]:.2f}.",
    )


def same_company(one, two, three, tied):
    before, behind = (
        {one: "old wild", two: "old wild", three: "six nine"},
        {one: "barks runs", two: "melts burns", three: "barks runs"},
    )
    made_up = [f"the {a} {word} {b} ." for word in before for a in before[word].split() for b in behind[word].split()]
    known = ["<bos>", *sorted({word for line in made_up for word in line.split()})]
    rows = training.train(
        tiny_model.TinyModel(known, tied=tied), made_up, LazyAdam(lr=0.01), steps=300, batch=12
    ).model.table.lookup([one, two, three])
    gap = geometry.cosine(rows[0], rows[2]) - geometry.cosine(rows[0], rows[1])
    labels = [f"`{one}` and `{two}`: the same words before", f"`{one}` and `{three}`: the same words after"]
    outputs = "the rows are the output vectors, too (tied)" if tied else "the output vectors are weights of their own"
    return Guess(
        f"`{one}` and `{two}` stand after the same words, `{one}` and `{three}` before the same words. A model is trained in which {outputs}. Which pair gets the more similar rows?",
        choices=dict(
            zip(
                [*labels, "neither: about equal"],
                [
                    "As an output, a row is pulled towards the states in which it was right, and these come from the words before.",
                    "As an input, a row is pushed by the word that comes next.",
                    "The two uses of a row do not weigh the same.",
                ],
            )
        ),
        answer=level(gap, {labels[0]: -0.2, "neither: about equal": 0.2, labels[1]: np.inf}),
        because="What comes next pushes the row of the word that was read. A tied row is pulled as an answer as well.",
    )


def step_in_lines(asked, lines, name, wanted):
    given = {
        "outputs": OUTPUTS,
        "row": ROW,
        "wanted": np.array([1, 0, 0, 0]),
        "lr": 1.0,
        "softmax": tiny_model.softmax,
        "np": np,
    }
    return Guess(
        f"{asked} Put the lines in order.",
        lines=lines,
        answer=in_order(lines, given, lambda names: np.allclose(names[name], wanted, atol=1e-6)),
        because="All orders were run, and this is the shortest one that gives what was measured.",
    )


def loss_of(row, outputs):
    return -np.log(tiny_model.softmax(outputs @ row)[0])


TINY = 1e-6
row_slope = np.array(
    [(loss_of(ROW + bit, OUTPUTS) - loss_of(ROW - bit, OUTPUTS)) / (2 * TINY) for bit in TINY * np.eye(2)]
)
bits = TINY * np.eye(8).reshape(8, 4, 2)
output_slope = np.array(
    [(loss_of(ROW, OUTPUTS + bit) - loss_of(ROW, OUTPUTS - bit)) / (2 * TINY) for bit in bits]
).reshape(4, 2)
CAT, TEA = "the cat chased the dog .", "she drank a cup of tea ."
AGAIN = {
    "one-step-in-lines": [
        step_in_lines(
            "A step for the output vectors: each moves by its own error times the row.",
            {
                "outputs = outputs - lr * np.outer(error, row)": "",
                "scores = outputs @ row": "",
                "outputs = outputs - lr * np.outer(row, error)": "It has a row for each word, and a column for each number of the row: the other way round it does not fit.",
                "error = softmax(scores) - wanted": "",
            },
            "outputs",
            OUTPUTS - output_slope,
        ),
        step_in_lines(
            "The loss of one example: minus the logarithm of the probability of the right word.",
            {
                "p = softmax(scores)": "",
                "loss = -np.log(p @ wanted)": "",
                "loss = -np.log(scores @ wanted)": "A score is no probability: it may lie below 0.",
                "scores = outputs @ row": "",
            },
            "loss",
            loss_of(ROW, OUTPUTS),
        ),
        step_in_lines(
            "The gradient of the loss for the row of the word that was read.",
            {
                "gradient = error @ outputs": "",
                "error = softmax(scores) - wanted": "",
                "gradient = outputs @ error": "It has a number for each column of the row, and not for each word.",
                "scores = outputs @ row": "",
                "error = wanted": "Then nothing would be predicted, and each step would be the same.",
            },
            "gradient",
            row_slope,
        ),
    ],
    "twentieth-step": [late_step(0.5, 30), late_step(1, 12), late_step(0.2, 60)],
    "left-or-right": [
        same_company("zop", "lun", "mib", False),
        same_company("gorp", "fip", "tam", True),
        same_company("wex", "nar", "dilp", False),
    ],
    "rows-sgd": [
        moved_rows("The sentence is", TEA, "Six words are read, and `<bos>`. The full stop is only an answer."),
        moved_rows(
            "The model reads",
            "the quiet aunt visited the man .",
            "`the` comes twice and has one row; the full stop is never read.",
        ),
        moved_rows(
            "It is given",
            "the dog chased the dog .",
            "`<bos>`, `the`, `dog`, `chased`: a row counts once, however often it is read.",
        ),
    ],
    "rows-tied": [
        moved_when("the weights are tied", TEA, True),
        moved_when("the output has vectors of its own", TEA, False),
        moved_when("the weights are tied", "the quiet aunt visited the man .", True),
    ],
    "unicorn-moves": [
        move_of(
            "`dog` was read in the step before, and is not read now.",
            "dog",
            [CAT, TEA],
            {
                "SGD, separate output": (model, SGD(lr=0.1)),
                "SGD, tied output": (tied_model, SGD(lr=0.1)),
                "Adam, separate output": (model, Adam(lr=0.01)),
                "lazy Adam, separate output": (model, LazyAdam(lr=0.01)),
            },
        ),
        move_of(
            f"The model reads “{CAT}” and nothing before.",
            "king",
            [CAT],
            {
                "SGD, separate output": (model, SGD(lr=0.1)),
                "Adam, separate output": (model, Adam(lr=0.01)),
                "AdamW, separate output": (model, AdamW(lr=0.01)),
                "SGD, tied output": (tied_model, SGD(lr=0.1)),
            },
        ),
        move_of(
            f"The model reads “{TEA}”, then “{CAT}”.",
            "tea",
            [TEA, CAT],
            {
                "lazy Adam, separate output": (model, LazyAdam(lr=0.01)),
                "AdamW, separate output": (model, AdamW(lr=0.01)),
                "SGD, separate output": (model, SGD(lr=0.1)),
            },
        ),
    ],
    "three-measures": [
        nearest_by("dot product", (2, 1), p=(1, 0.5), q=(8, -2), r=(2, 2)),
        nearest_by("cosine", (1, 3), p=(1.8, 2.6), q=(0.4, 1.2), r=(-1, 9)),
        nearest_by("distance", (4, 0), p=(12, 6), q=(3.4, 1.5), r=(1, 0)),
    ],
    "take-many-pairs-of-random-vectors-with": [noise_in(dim) for dim in (100, 400, 2_500)],
    "rank-these-by-how-alike-their-rows": [
        rank_pairs(
            ("dog", ";"),
            ("dog", "dogs"),
            ("hot", "cold"),
            because="The plural is first, and opposites are used in the same places.",
        ),
        rank_pairs(
            ("north", "south"),
            ("horse", "carpet"),
            ("house", "houses"),
            because="Opposites are used alike; two words from different matters are not.",
        ),
        rank_pairs(
            ("buy", "sell"),
            ("tree", "seven"),
            ("tree", "trees"),
            because="The plural is first, the opposite next, and far behind what has no use in common.",
        ),
    ],
    "king-man-woman-which-of-all-rows": [
        analogy("france", "paris", "italy", "rome"),
        analogy("man", "uncle", "woman", "aunt"),
        analogy("big", "bigger", "small", "smaller"),
    ],
    "quiz-rows": [
        moved_rows(
            "Two clauses",
            "the cat chased the dog and the dog chased the cat .",
            "`and` is the only new word of the second half; the full stop is only an answer.",
        ),
        moved_rows("A short one", "the node restarts .", "`<bos>`, `the`, `node`, `restarts`."),
        moved_rows(
            "A word three times",
            "the king and the queen and the duke .",
            "`the` and `and` have one row each, however often they are read.",
        ),
    ],
}

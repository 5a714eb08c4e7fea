"""Chapter 2 in other numbers and words: what the recall page asks when a guess of the chapter comes back."""

import numpy as np

from book_utils import (
    Guess,
    below,
    corpus,
    geometry,
    largest,
    level,
    load_minilm,
    ranked,
    smallest,
    tiny_model,
    training,
)
from book_utils.optimisers import SGD, LazyAdam

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


def agreeing_when(what, query, ends):
    best = {
        "cosine": largest({n: geometry.cosine(query, end) for n, end in ends.items()}),
        "distance": smallest({n: np.linalg.norm(query - end) for n, end in ends.items()}),
        "dot product": largest({n: query @ end for n, end in ends.items()}),
    }
    odd = [measure for measure in best if list(best.values()).count(best[measure]) == 1]
    kinds = {
        "cosine and distance, but not the dot product": ["dot product"],
        "all three": [],
        "cosine and dot product, but not the distance": ["distance"],
        "no two of them": ["cosine", "distance", "dot product"],
    }
    notes = [
        "The dot product favours a candidate that is long.",
        "Of candidates of one length, the one with the smallest angle wins by every measure.",
        "The distance favours a candidate that is about as long as the query.",
        "Each measure weighs direction and length in its own way.",
    ]
    said = ", ".join(f"{name} = ({end[0]:.3g}, {end[1]:.3g})" for name, end in ends.items())
    return Guess(
        f"{what} The query is ({query[0]:.3g}, {query[1]:.3g}), the candidates are {said}. Which measures call the same candidate nearest?",
        choices=dict(zip(kinds, notes)),
        answer=next(kind for kind, alone in kinds.items() if alone == odd),
        because=", ".join(
            f"By {measure} it is {name}" if measure == "cosine" else f"by {measure} {name}"
            for measure, name in best.items()
        )
        + ".",
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
            b: f"Its row goes in whole, and what it has in common with `{a}` is taken away.",
            c: f"Its row goes in whole, and what it has in common with `{a}` is taken away.",
        },
        because=f"With the three words of the question left out, the first is `{without}`.",
    )


def late_step(lr, steps):
    row, lengths = ROW, []
    for _ in range(steps):
        step = lr * (tiny_model.softmax(OUTPUTS @ row) - [1, 0, 0, 0]) @ OUTPUTS
        row = row - step
        lengths.append(float(np.linalg.norm(step)))
    labels = ["about as far as the first", "farther than the first", "less far than the first"]
    return Guess(
        f"The same example again and again, learning rate {lr:g}. How far does step {steps} move the row?",
        choices=dict(
            zip(
                labels,
                [
                    "The rate is the same, and what it multiplies " + ("has hardly changed." if steps * lr < 0.1 else "is not."),
                    "Nothing has built up: each step sees only what is still predicted wrongly.",
                    "The more of the probability is right, the less is left between predicted and wanted"
                    + (": here next to nothing has been learned yet." if steps * lr < 0.1 else "."),
                ],
            )
        ),
        answer=level(lengths[-1] / lengths[0], {labels[2]: 0.8, labels[0]: 1.25, labels[1]: np.inf}),
        because=f"The first step is {lengths[0]:.3g} long, step {steps} {lengths[-1]:.3g}.",
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
                    "So it is where a row is an output vector, too (tied): as an answer it is pulled towards states that come from the words before.",
                    "So it is where a row is an input only: it is pushed by the word that comes next.",
                    "The text gives both pairs equally much in common. The way in which rows are trained does not.",
                ],
            )
        ),
        answer=level(gap, {labels[0]: -0.2, "neither: about equal": 0.2, labels[1]: np.inf}),
        because="What comes next pushes the row of the word that was read. A tied row is pulled as an answer as well.",
    )


def text_of(ways):
    """Write sentences for {word: (what stands before it, what comes after it)}."""
    return [
        f"{one} {word} {other} ."
        for word, (before, after) in ways.items()
        for one in before.split()
        for other in after.split()
    ]


def trained_on(text, *more):
    known = ["<bos>", *more, *sorted({word for line in text for word in line.split()})]
    start = tiny_model.TinyModel(known)
    return start, training.train(start, text, LazyAdam(lr=0.01), steps=300, batch=12).model


def used_like(asked, ways, word, notes, because):
    rows = trained_on(text_of(ways))[1].table
    alike = {f"`{other}`": geometry.cosine(*rows.lookup([word, other])) for other in notes}
    return Guess(
        f"{asked} The model of chapter 2 is trained on such sentences. Which of these has the row that is most like that of `{word}`?",
        choices=dict(zip(alike, notes.values())),
        answer=largest(alike),
        because=f"{because} The cosines: " + ", ".join(f"{name} {cosine:.2f}" for name, cosine in alike.items()) + ".",
    )


def never_read(word):
    start, model = trained_on(text_of(DOGS), word)
    way = float(np.linalg.norm(model.table.lookup(word) - start.table.lookup(word)))
    labels = ["near the words that are spelled like it", "in the middle of all rows", "where it began, by chance"]
    notes = [
        "The model is given IDs. It sees no letters.",
        "Nothing draws a row to the middle.",
        "It was never looked up, so it never had a gradient.",
    ]
    return Guess(
        f"`{word}` is in the vocabulary and in no sentence. The output has vectors of its own, and the optimiser moves only rows with a gradient. Where is the row of `{word}` after the training?",
        choices=dict(zip(labels, notes)),
        answer=below(way, 1e-6, labels[2], labels[1]),
        because="It is use that puts a row in its place, and this word has none.",
    )


def along_mean(what, words):
    known, held_out = words[::2], words[1::2]
    mean = unit_rows[[whole.index(word) for word in known]].mean(axis=0)
    order = [whole[i] for i in np.argsort(-(unit_rows @ mean))[:200]]
    found = len(set([word for word in order if word not in known][:100]) & set(held_out))
    labels = ["hardly any", "most", "about a third"]
    notes = [
        "Words that have nothing in common have no direction of their own.",
        "What the words of a group share is spread over many columns, and their mean row collects it.",
        "So it would be if only some of the words belonged together.",
    ]
    return Guess(
        f"The mean row of {len(known)} {what} in MiniLM's table. Of {len(held_out)} others, how many are among the first 100 words along it?",
        choices=dict(zip(labels, notes)),
        answer=level(found / len(held_out), {labels[0]: 0.2, labels[2]: 0.55, labels[1]: np.inf}),
        because=f"{found} of {len(held_out)}.",
    )


def in_best_column(what, words):
    columns, named = real.lookup(whole), np.isin(whole, words)
    best = max(int(named[np.argpartition(side * columns, -100, axis=0)[-100:]].sum(axis=0).max()) for side in (1, -1))
    labels = ["about half", "hardly any", "most"]
    notes = [
        "For that there would have to be a column for each topic.",
        "Training was free to spread what they have in common over many columns.",
        "That is what the mean row of some of them does, not a column.",
    ]
    return Guess(
        f"{len(words)} {what}. Of all {real.dim} columns of MiniLM's table take the best: the one that has most of them among its 100 largest, or smallest, numbers. How many has it?",
        choices=dict(zip(labels, notes)),
        answer=level(best / len(words), {labels[1]: 0.25, labels[0]: 0.7, labels[2]: np.inf}),
        because=f"{best} of {len(words)}: in this table there is no column for {what}.",
    )


def nearest_on_map(what, vectors):
    centred = vectors - vectors.mean(axis=0)
    _, spread, axes = np.linalg.svd(centred, full_matrices=False)  # what PCA does
    points, share = centred @ axes[:2].T, float((spread[:2] ** 2).sum() / (spread**2).sum())
    on_map, in_full = (np.linalg.norm(part[:, None] - part, axis=2) for part in (points, vectors))
    for distances in (on_map, in_full):
        np.fill_diagonal(distances, np.inf)
    same = int((on_map.argmin(axis=1) == in_full.argmin(axis=1)).sum())
    labels = ["for about half", "for about a quarter or fewer", "for all"]
    notes = [
        "So it may be where a map shows most of the variance, and not all.",
        "So it is where two axes show a small part of the variance.",
        "Only a map that leaves nothing out is sure to do that.",
    ]
    return Guess(
        f"{what} They are drawn on the two axes along which they vary most. For how many is the nearest on the map the nearest of all?",
        choices=dict(zip(labels, notes)),
        answer=level(same / len(vectors), {labels[1]: 0.3, labels[0]: 0.75, labels[2]: np.inf}),
        because=f"For {same} of {len(vectors)}. The map shows {share:.0%} of the variance.",
    )


DOGS = {
    "dax": ("old", "sleeps barks"),
    "dog": ("wild", "sleeps barks"),
    "daz": ("old wild", "melts burns"),
    "ice": ("old wild", "melts burns"),
}
EXCHANGED = {
    "dog": ("the one", "barks sleeps"),
    "six": ("the one", "barks sleeps"),
    "seven": ("has sees", "pods nodes"),
    "cat": ("has sees", "pods nodes"),
}
whole = [token for token in real.tokens if token.isascii() and token.isalpha() and len(token) > 1]
unit_rows, dice = geometry.unit(real.lookup(whole)), np.random.default_rng(0)
BODY = [
    "hand",
    "foot",
    "head",
    "eye",
    "nose",
    "ear",
    "mouth",
    "arm",
    "leg",
    "knee",
    "finger",
    "neck",
    "shoulder",
    "chest",
    "back",
]
THINGS = [word for kind in ("FOOD", "CAR", "COAT", "PIANO", "JOB") for word in corpus.WORDS[kind] if word in whole]
PLANE = np.linalg.qr(np.random.default_rng(9).standard_normal((300, 2)))[0].T
CAT, TEA = "the cat chased the dog .", "she drank a cup of tea ."
AGAIN = {
    "where-is-queen": [
        used_like(
            "`dax` stands after `old` and before `sleeps` and `barks`; `dog` after `wild` and before the same two; `daz` before `melts` and `burns`.",
            DOGS,
            "dax",
            {
                "daz": "The letters are alike, but the model sees no letters. What comes next is different.",
                "old": "It stands beside `dax`, and is not used like it.",
                "dog": "The same words come next, so the pushes were alike.",
            },
            "Similar use gives similar rows, whatever a word is called.",
        ),
        used_like(
            "In a text two names are exchanged throughout. It says “has cat pods” and “the six barks”, beside “has seven pods” and “the dog barks”.",
            EXCHANGED,
            "cat",
            {
                "dog": "So it is in other texts. In this one nothing comes after both.",
                "six": "They have exchanged names, and with them all that comes next.",
                "seven": "In this text the two are used alike, and the text is all that the model has.",
            },
            "A name says nothing; use does.",
        ),
        never_read("wug"),
    ],
    "column-or-direction": [
        along_mean("countries", corpus.WORDS["COUNTRY"]),
        in_best_column("parts of the body", BODY),
        along_mean("words drawn at random", dice.choice(whole, 30, replace=False).tolist()),
    ],
    "fooled-by-the-map": [
        nearest_on_map(
            f"{len(THINGS)} words for food, vehicles, clothes, instruments and jobs, with their rows of MiniLM's table.",
            geometry.unit(real.lookup(THINGS)),
        ),
        nearest_on_map("40 random vectors with 3 numbers each.", np.random.default_rng(0).standard_normal((40, 3))),
        nearest_on_map(
            "30 points in 300 columns that all lie in one plane.",
            np.random.default_rng(0).standard_normal((30, 2)) @ PLANE,
        ),
    ],
    "twentieth-step": [late_step(0.5, 30), late_step(1, 12), late_step(0.2, 60), late_step(0.001, 20)],
    "left-or-right": [
        same_company("zop", "lun", "mib", False),
        same_company("gorp", "fip", "tam", True),
        same_company("wex", "nar", "dilp", False),
    ],
    "rows-tied": [
        moved_when("the weights are tied", TEA, True),
        moved_when("the output has vectors of its own", TEA, False),
        moved_when("the weights are tied", "the quiet aunt visited the man .", True),
    ],
    "three-measures": [
        agreeing_when(
            "All candidates are 5 long.",
            np.array([1.0, 1]),
            {"p": np.array([5.0, 0]), "q": np.array([3.0, 4]), "r": np.array([-4.0, 3])},
        ),
        agreeing_when(
            "The candidates have three lengths.",
            np.array([1.0, 0]),
            {"p": np.array([9.0, 3]), "q": np.array([0.8, 0.1]), "r": np.array([0.0, 1])},
        ),
        agreeing_when(
            "One candidate is long and lies just in the direction of the query.",
            np.array([2.0, 1]),
            {"p": np.array([8.0, 4]), "q": np.array([2.0, 0]), "r": np.array([-1.0, 2])},
        ),
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
            because="Opposites are used alike; two words from different fields are not.",
        ),
        rank_pairs(
            ("buy", "sell"),
            ("tree", "seven"),
            ("tree", "trees"),
            because="The plural is first, the opposite next; far behind them is the pair that has no use in common.",
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

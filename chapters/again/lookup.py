"""Chapter 1 in other numbers and words: what the recall page asks when a guess of the chapter comes back."""

import numpy as np

from book_utils import EmbeddingTable, Guess, geometry, in_order, load_minilm, one_hot

minilm = load_minilm()
table = minilm.table


def two_meanings(word, one, other):
    texts = [minilm.encode(text, special=False) for text in (one, other)]
    rows = [table.lookup(ids)[list(ids).index(table.id_of(word))] for ids in texts]
    cosine = geometry.cosine(*rows)
    kinds = {
        "far apart: the meanings are": cosine < 0.5,
        "the same row": np.array_equal(*rows),
        "alike, and moved a little by the neighbours": True,
    }
    notes = [
        "The table is not told which meaning it is.",
        "One token has one ID, and one ID has one row.",
        "That is done later, inside the model.",
    ]
    return Guess(
        f"“{one}”, “{other}”: which rows does a lookup bring for the two `{word}`?",
        choices=dict(zip(kinds, notes)),
        answer=next(kind for kind, holds in kinds.items() if holds),
        because=f"Both stand for the ID {table.id_of(word):,}, and that is all that a lookup goes by.",
    )


def two_forms(word, form, one, other):
    ids = [minilm.encode(text, special=False) for text in (one, other)]
    here, there = (list(of)[list(of).index(table.id_of(token))] for of, token in zip(ids, (word, form)))
    choices = {
        "one row: it is the same word": "In the dictionary, perhaps. A lookup sees two IDs.",
        "one row, and what the ending adds": "A lookup adds nothing. What an ending means, the row of the whole token has to know.",
        "two rows, each learned for itself": "Two tokens, two IDs, two rows.",
    }
    same, _, apart = choices
    return Guess(
        f"“{one}”, “{other}”: which rows does a lookup bring for `{word}` and `{form}`?",
        choices=choices,
        answer=same if here == there else apart,
        because=f"`{word}` has the ID {here:,}, `{form}` {there:,}. The cosine of the two rows is {geometry.cosine(*table.lookup([here, there])):.2f}: training has made them alike, the lookup has not.",
    )


def next_door(word):
    here = table.id_of(word)
    names = sorted(token for token in table.tokens if token.isalpha())
    beside, before = table.tokens[here - 1], names[names.index(word) - 1]
    kinds = {
        "the word before it in the dictionary": beside == before,
        "a word that has nothing to do with it": True,
        "another form of the same word": False,
    }
    if beside.startswith(word[:3]) or geometry.cosine(*table.lookup([here - 1, here])) > 0.3:
        raise ValueError(f"{beside} has to do with {word}: choose another word.")
    notes = [
        f"That is `{before}`. The vocabulary is not in alphabetical order.",
        "IDs are names. A neighbour in number says nothing of the meaning.",
        "Forms of a word have IDs of their own, and these lie anywhere.",
    ]
    return Guess(
        f"`{word}` has the ID {here:,}. What is the token with the ID {here - 1:,}?",
        choices=dict(zip(kinds, notes)),
        answer=next(kind for kind, holds in kinds.items() if holds),
        because=f"It is `{beside}`. An ID is a name, not a measurement.",
    )


def one_hot_distance(first, near, far):
    codes = one_hot([table.id_of(token) for token in (first, near, far)], size=len(table))
    one, other = np.linalg.norm(codes[0] - codes[1:], axis=1)
    choices = {
        f"`{near}`": "The code does not know what is alike.",
        f"`{far}`": "Two codes say whether two IDs differ, and not by how much."
        + (" These do not." if far == first else " So nothing brings it nearer."),
        "both are equally far": "The codes of two different tokens differ at two places, whichever they are.",
    }
    return Guess(
        f"Three tokens in one-hot code: `{first}`, `{near}` and `{far}`. Which of the last two is nearer to the first?",
        choices=choices,
        answer=list(choices)[2] if np.isclose(one, other) else list(choices)[0 if one < other else 1],
        because=f"The distances are {one:.4f} and {other:.4f}. Two codes are as far from each other as the square root of 2, or equal.",
    )


def shape_of(rows, columns, *ids):
    ids = np.array(ids)
    found = EmbeddingTable(np.zeros((rows, columns), np.float32)).lookup(ids)
    return Guess(
        f"A table has {rows:,} rows and {columns} columns. IDs of the shape {ids.shape} are looked up. What shape comes out?",
        answer=found.shape,
        because=f"Each ID is replaced by its row of {columns} numbers: an axis more, at the end. The number of rows does not show.",
    )


def product_with(*codes):
    numbers = np.array([[1.0, 0.2], [1.0, 0.3], [0.0, 0.6]])
    product = np.array(codes) @ numbers
    made = {
        "the sum of the first two rows": numbers[:1] + numbers[1:2],
        "their mean": numbers[:2].mean(axis=0, keepdims=True),
        "twice the first row": 2 * numbers[:1],
        "both rows, one below the other": numbers[:2],
    }
    notes = [
        "For that, two ones stand in one code.",
        "For that there is a half at each of the two places.",
        "For that there is a 2 at the first place.",
        "For that there are two codes, each with a single 1.",
    ]
    return Guess(
        f"The code {[list(code) for code in codes]} is multiplied by a table of three rows. What comes out?",
        choices=dict(zip(made, notes)),
        answer=next(name for name, result in made.items() if np.array_equal(product, result)),
        because="Each number of a code multiplies one row, and the products are added up. Each code gives one row.",
    )


def two_places(word, *texts):
    found = [(minilm.embed(text)[i], i) for text in texts for i, token in enumerate(minilm.tokenize(text)) if token == word]
    (first, here), (second, there) = found
    cosine = geometry.cosine(first, second)
    kinds = {
        "about 0: as unlike as two random words": cosine < 0.3,
        "exactly 1: the same vector twice": cosine > 0.999,
        "between the two, nearer to 1": 0.5 < cosine < 0.99,
    }
    notes = [
        "The word weighs more than the place.",
        "So it is in the table. But a row for the place was added" + (": here the same one." if here == there else "."),
        "Most of each vector is the row of the word, a little is the place" + (", and both are the same here." if here == there else "."),
    ]
    said = ", ".join(f"“{text}”" for text in texts)
    return Guess(
        f"{said}: the two vectors of `{word}`, as they enter MiniLM's first block. What is their cosine?",
        choices=dict(zip(kinds, notes)),
        answer=next(kind for kind, holds in kinds.items() if holds),
        margin=min(abs(cosine - edge) for edge in (0.3, 0.5, 0.99, 0.999)),
        because=f"It is {cosine:.2f}.",
    )


def wrong_id(rows, wrong):
    numbers = np.arange(rows)
    try:
        found = f"row {numbers[wrong]}"
    except IndexError:
        found = "an error"
    choices = {
        "an error": "NumPy complains where it finds no row, counted from either end.",
        f"row {(rows + wrong) % rows if wrong < 0 else rows - 1}": "A negative number counts from the end; what lies beyond either end is not there.",
        "row 0": "Nothing falls back to the first row.",
    }
    return Guess(
        f"A NumPy table of {rows} rows is asked for the row {wrong}. What comes back?",
        choices=choices,
        answer=found,
        because="A wrong ID below zero silently brings a real row, as long as it does not reach beyond the first one. One that is too large is refused.",
    )


def renamed(how, order, rows_too):
    text = minilm.encode("a king saw a cat")
    new_ids = np.argsort(order)[text]  # row order[i] of the old table is row i of the new one
    found = (table.vectors[order] if rows_too else table.vectors)[new_ids]
    same = np.array_equal(found, table.lookup(text))
    choices = {
        "what it did before": "Each token finds the row that it had.",
        "nonsense": "Each token finds the row of another.",
        "it learns the new order as it reads": "Nothing is learned while a model is used.",
    }
    return Guess(
        f"All tokens get new IDs, {how}. The rows of the table {'are put into the same order' if rows_too else 'stay as they are'}. What does the model do with a text now?",
        choices=choices,
        answer="what it did before" if same else "nonsense",
        because="A name can be anything, as long as the row goes with it.",
    )


def way_in(task, lines, wanted):
    numbers, places = table.vectors[:50], minilm.positions
    given = {"ids": [7, 3, 7], "E": numbers, "P": places, "one_hot": one_hot, "np": np, "dim": numbers.shape[1]}
    return Guess(
        f"{task}: put the lines in order. `E` is the table, `P` has a row for each place.",
        lines=lines,
        answer=in_order(lines, given, lambda names: np.allclose(names["x"], wanted(numbers[[7, 3, 7]], places[:3]))),
        because="All orders were run, and this is the shortest one that gives what was asked for.",
    )


NOT_BY_ID = "A row of the places is found by the place, and not by the ID."
anyhow = np.random.default_rng(0).permutation(len(table))
AGAIN = {
    "a-bank-by-the-river-a-bank": [
        two_meanings("light", "a light in the window", "a light bag"),
        two_meanings("spring", "a spring in the mountains", "spring after winter"),
        two_meanings("match", "a match lights the fire", "they won the match"),
        two_forms("river", "rivers", "a river in the mountains", "the rivers of the mountains"),
    ],
    "cat-has-the-id-4937-which-of": [next_door(word) for word in ("horse", "garden", "bread")],
    "in-one-hot-code-which-token-is": [
        one_hot_distance("king", "queen", ","),
        one_hot_distance("river", "lake", "seven"),
        one_hot_distance("three", "four", "cat"),
        one_hot_distance("water", "sea", "water"),
    ],
    "five-token-ids-go-into-a-table": [
        shape_of(30_522, 384, 5, 9, 2),
        shape_of(128, 64, [1, 2], [3, 4], [5, 6]),
        shape_of(50_257, 768, 11),
    ],
    "the-small-table-above-has-the-rows": [
        product_with([0.5, 0.5, 0]),
        product_with([2, 0, 0]),
        product_with([1, 0, 0], [0, 1, 0]),
    ],
    "what-enters-in-lines": [
        way_in(
            "As in GPT-2, from IDs to what enters the first block",
            {
                "x = x + P[: len(ids)]": "",
                "x = P[ids]": NOT_BY_ID,
                "x = E[ids]": "",
                "ids = sorted(ids)": "The order of the IDs is the order of the text.",
            },
            lambda rows, places: rows + places,
        ),
        way_in(
            "As in Gemma, whose rows are scaled",
            {
                "x = E[ids]": "",
                "x = x / dim": "The rows are made longer, and by the square root.",
                "x = x * np.sqrt(dim)": "",
                "x = P[ids]": NOT_BY_ID,
            },
            lambda rows, places: rows * len(rows[0]) ** 0.5,
        ),
        way_in(
            "The long way round, then the places",
            {
                "x = x + P[: len(ids)]": "",
                "x = codes @ E": "",
                "codes = one_hot(ids, size=len(E))": "",
                "x = E @ codes": "The code is a row: it stands on the left, and picks among the rows.",
            },
            lambda rows, places: rows + places,
        ),
    ],
    "which-of-these-is-what-minilm-s": [
        two_places("dog", "the dog saw a dog"),
        two_places("water", "water is water"),
        two_places("cat", "a black cat", "the old cat sleeps"),
        two_places("and", "a king and a queen and a cat"),
    ],
    "what-does-plain-numpy-give-back-for": [wrong_id(8, -3), wrong_id(10, -11), wrong_id(12, 12)],
    "quiz-new-names": [
        renamed("from the last to the first", np.arange(len(table))[::-1], True),
        renamed("drawn by lot", anyhow, False),
        renamed("drawn by lot", anyhow, True),
    ],
}

"""Chapter 4 in other numbers and words: what the recall page asks when a guess of the chapter comes back."""

import numpy as np

from book_utils import EmbeddingTable, Guess, geometry, load_minilm, memory, one_hot, public_models, ranked

minilm = load_minilm()
table, places = minilm.table, minilm.positions


def shape_with_places(sequences, length, dim):
    ids, rows = np.zeros((sequences, length), int), np.zeros((length, dim), np.float32)
    placed = EmbeddingTable(np.zeros((10, dim), np.float32)).lookup(ids) + rows
    return Guess(
        f"A batch of IDs of the shape {ids.shape} is looked up in a table with {dim} columns, and position rows of the shape {rows.shape} are added. What shape comes out?",
        answer=placed.shape,
        because="The lookup adds an axis at the end. The rows of the places have no axis for the sequences, so every sequence gets the same.",
    )


def grown(what, before, after):
    (rows, dim), (more_rows, more_dim) = before, after
    in_table, in_matrix = memory.table_bytes(more_rows, more_dim) / memory.table_bytes(rows, dim), (more_dim / dim) ** 2
    answer = f"table by {in_table:g}, matrices by {in_matrix:g}"
    notes = {
        answer: "The table has one side that is d long, a d x d matrix two.",
        f"table by {in_table:g}, matrices by {in_table * 2:g}": "Count the sides: a matrix has d in both directions, the table in one.",
        f"both by {in_table * in_matrix:g}": "The table has one side that is d long, and one as long as the vocabulary.",
    }
    return Guess(
        f"{what}, from {rows:,} rows and d = {dim:,} to {more_rows:,} and {more_dim:,}. By what do the table and a d x d matrix grow?",
        choices=notes,
        answer=answer,
    )


def bytes_of(rows, columns, kind, bits):
    size = memory.table_bytes(rows, columns, kind)
    return Guess(
        f"A table of {rows:,} rows and {columns:,} columns, each number in {bits} bits. How many bytes?",
        answer=size,
        between=(1e3, 1e12),
        low=0,
        unit="bytes",
        because=f"{memory.in_words(size)}: {rows:,} x {columns:,} x {bits} / 8.",
    )


def rank_shares(*names):
    share = {name: public_models.share_of(name) for name in names}
    said = ", ".join(f"{name} {part:.0%}" for name, part in sorted(share.items(), key=lambda item: -item[1]))
    return Guess(
        "Rank these models by the share of their weights that are in token tables, the largest share first.",
        order=list(share),
        answer=ranked(share),
        because=f"{said}. A large vocabulary makes the share large, and so does a second table for the output; more and wider layers make it small.",
    )


def read_at_output(name):
    config = public_models.config_of(name)
    rows, dim = config.rows.value, config.width.value
    ratio = memory.table_bytes(rows, dim, "bf16") / memory.table_bytes(1, dim, "bf16")
    return Guess(
        f"{name} has {rows:,} tokens and rows of {dim:,} numbers. For one token that is written: how many times as many bytes of the table are read at the output as at the input?",
        answer=ratio,
        digits=0,
        between=(1, 1e9),
        low=0,
        unit="times",
        because=f"One row is looked up at the input. At the output the last vector meets every row, all {rows:,} of them.",
    )


def where_parted(word, one, other):
    ids = [minilm.encode(text, special=False) for text in (one, other)]
    at = [list(of).index(table.id_of(word)) for of in ids]
    rows = [table.lookup(of) for of in ids]
    placed = [of + places[: len(of)] for of in rows]
    stages = {
        "in the table": [of[i] for of, i in zip(rows, at, strict=True)],
        "when the rows of the places are added": [of[i] for of, i in zip(placed, at, strict=True)],
        "in the attention step": [memory.attend_without_weights(of)[i] for of, i in zip(placed, at, strict=True)],
    }
    notes = [
        "One ID has one row.",
        f"The word stands at place {at[0]} in the first text, and at place {at[1]} in the second.",
        "There each vector takes up something of those before it.",
    ]
    return Guess(
        f"“{one}”, “{other}”: where do the two vectors of `{word}` first differ?",
        choices=dict(zip(stages, notes)),
        answer=next(name for name, both in stages.items() if not np.array_equal(*both)),
        because="The row is the same everywhere. The place tells the two apart only where the places differ; the tokens before it do in the attention step.",
    )


def found_by(damage, vectors):
    damaged = EmbeddingTable(vectors, table.tokens)
    lengths = [np.linalg.norm(of.vectors, axis=1) for of in (table, damaged)]
    passes = {
        "its shape": damaged.shape == table.shape,
        "the mean length of its rows": bool(np.isclose(lengths[0].mean(), lengths[1].mean(), rtol=1e-3)),
        "the cosine of `dog` and `dogs`": geometry.cosine(*damaged.lookup(["dog", "dogs"])) > 0.5,
        "a comparison with the original file": np.array_equal(damaged.vectors, table.vectors),
    }
    notes = [
        "It tells rows that are missing or too many, and nothing about what is in them.",
        "It sees when rows got longer or shorter as a whole, and not where they stand.",
        "It sees when rows no longer belong to their tokens. A cosine does not see lengths.",
        "It sees everything, where one has the original.",
    ]
    return Guess(
        f"{damage} Which of these checks notice it?",
        several=True,
        choices=dict(zip(passes, notes)),
        answer=[name for name, passed in passes.items() if not passed],
        because="Each check sees one thing: the shape the number of rows, the length their size, the cosine of words that must be alike their order.",
    )


def spoilt(rows, columns, bad, asked):
    numbers = np.ones((rows, columns))
    numbers[bad] = np.nan
    codes = one_hot(asked, size=rows)
    product, looked_up = (int(np.isnan(part).sum()) for part in (codes @ numbers, numbers[asked]))
    return Guess(
        f"A table of {rows} rows and {columns} columns has one NaN, in row {bad[0]}. How many numbers of `one_hot({asked}, size={rows}) @ table` are NaN?",
        answer=product,
        low=0,
        high=columns * len(asked),
        because=f"Zero times NaN is NaN: the column of the bad number is spoilt in each of the {len(asked)} results. The lookup of the same rows has {looked_up}.",
    )


def workers_say(asked, owners):
    ids, total = np.array([3, 70, 41]), 0
    whole = table.lookup(ids)
    for first, last in owners:
        own = (ids >= first) & (ids < last)
        total = total + np.where(own[:, None], whole, 0)
    choices = {
        "the lookup in the whole table, to the last bit": "For each ID one worker has the row, and all others add zeros.",
        "too much for some IDs": "A row that two workers have is added twice.",
        "zeros for some IDs": "An ID that nobody has gets only zeros, and nothing complains.",
    }
    kinds = [np.array_equal(total, whole), (np.abs(total) > np.abs(whole)).any(), (total == 0).all(axis=1).any()]
    return Guess(
        f"{asked} Each gives its rows, and zeros for all other IDs. What does the sum of their answers give for the IDs {ids.tolist()}?",
        choices=choices,
        answer=next(name for name, holds in zip(choices, kinds, strict=True) if holds),
        because="So who has which rows must be checked before: each ID needs one worker, and only one.",
    )


def telling(one, other, at):
    rows = [table.lookup(minilm.encode(text, special=False)) for text in (one, other)]
    ways = {
        "the mean of the rows": lambda of: of.mean(axis=0),
        f"attention without positions, read at `{at}`": lambda of: memory.attend_without_weights(of)[-1],
        f"attention with positions, read at `{at}`": lambda of: memory.attend_without_weights(of + places[: len(of)])[
            -1
        ],
        "the rows, side by side": lambda of: of.ravel(),
    }
    apart = {name: np.abs(way(rows[0]) - way(rows[1])).max() for name, way in ways.items()}
    notes = [
        "The same rows, the same mean.",
        "The same rows get the same shares, in another order.",
        "A row and its place together are another vector, with another share.",
        "Side by side each place keeps numbers of its own.",
    ]
    return Guess(
        f"Which of these can tell “{one}” from “{other}”?",
        several=True,
        choices=dict(zip(ways, notes)),
        answer=[name for name, size in apart.items() if size > 1e-4],
        margin=min(abs(np.log10(max(size, 1e-9) / 1e-4)) for size in apart.values()),
        because="What gives each row a share that does not hang on its place, or none at all, knows nothing of the order.",
    )


longer, few = 2 * table.vectors, table.vectors.copy()
few[[7, 8]] = few[[8, 7]]
AGAIN = {
    "shape-of-sum": [shape_with_places(8, 12, 64), shape_with_places(2, 7, 300), shape_with_places(1, 20, 768)],
    "d-model-is-doubled-and-nothing-else": [
        grown("`d_model` becomes three times as large", (32_000, 512), (32_000, 1_536)),
        grown("The vocabulary is doubled", (25_000, 512), (50_000, 512)),
        grown("`d_model` becomes four times as large", (50_000, 256), (50_000, 1_024)),
    ],
    "a-table-of-128-000-rows-and": [
        bytes_of(50_257, 768, "fp32", 32),
        bytes_of(32_000, 4_096, "fp16", 16),
        bytes_of(262_144, 640, "bf16", 16),
    ],
    "rank-them-by-the-share-of-all": [
        rank_shares("GPT-2", "GPT-2 large", "GPT-2 medium"),
        rank_shares("Llama 3 8B", "Pythia 160M", "Mistral 7B v0.1", "Gemma 3 1B"),
        rank_shares("Qwen3 8B", "Qwen3 0.6B", "Qwen3 32B", "SmolLM2 1.7B"),
    ],
    "table-at-the-output": [read_at_output(name) for name in ("SmolLM2 135M", "Llama 3 8B", "Gemma 3 1B")],
    "where-banks-part": [
        where_parted("light", "the bright light", "the dim light"),
        where_parted("spring", "spring after winter", "a spring in the hills"),
        where_parted("match", "a lost match", "a burnt match"),
    ],
    "check-in-lines": [
        found_by("All rows were made twice as long.", longer),
        found_by("Token i got the row of token i + 1.", np.roll(table.vectors, -1, axis=0)),
        found_by("Two rows of tokens that were kept free have changed places.", few),
    ],
    "small-has-6-rows-of-4-with": [
        spoilt(8, 5, (2, 0), [6, 7, 1]),
        spoilt(10, 3, (9, 1), [0]),
        spoilt(4, 6, (0, 5), [1, 2, 3]),
    ],
    "four-workers-each-with-a-part-of": [
        workers_say("Three workers have the rows 0 to 29, 30 to 59 and 60 to 99.", [(0, 30), (30, 60), (60, 100)]),
        workers_say("Two workers have the rows 0 to 49 and 40 to 99.", [(0, 50), (40, 100)]),
        workers_say("Two workers have the rows 0 to 39 and 50 to 99.", [(0, 40), (50, 100)]),
    ],
    "quiz-order": [
        telling("snow follows rain today", "rain follows snow today", "today"),
        telling("river meets lake below", "lake meets river below", "below"),
        telling("seven beats six now", "six beats seven now", "now"),
    ],
}

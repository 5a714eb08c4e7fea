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


longer, few = 2 * table.vectors, table.vectors.copy()
few[[7, 8]] = few[[8, 7]]
AGAIN = {
    "shape-of-sum": [shape_with_places(8, 12, 64), shape_with_places(2, 7, 300), shape_with_places(1, 20, 768)],
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
}

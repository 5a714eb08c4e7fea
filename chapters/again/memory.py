"""Chapter 4 in other numbers and words: what the recall page asks when a guess of the chapter comes back."""

import numpy as np

from book_utils import (
    EmbeddingTable,
    Guess,
    geometry,
    load_minilm,
    measure,
    memory,
    one_hot,
    public_models,
    ranked,
    smallest,
    table_changes,
)

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
        f"{name} has {rows:,} tokens and rows of {dim:,} numbers. For one token that is written: how many times as many bytes of token tables are read at the output as at the input?",
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
        "It notices rows that are missing or too many, and nothing of what is in them.",
        "It sees when rows got longer or shorter as a whole, and not where they stand.",
        "It sees when one of these two rows no longer belongs to its token, and nothing of the other rows. A cosine does not see lengths.",
        "It sees everything, where one has the original.",
    ]
    return Guess(
        f"{damage} Which of these checks notice it?",
        several=True,
        choices=dict(zip(passes, notes)),
        answer=[name for name, passed in passes.items() if not passed],
        because="Without the original each check sees one thing: the shape the number of rows, the length their size, the cosine of two words that must be alike whether these two have their rows.",
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


def times_the_input(rows, width, layers, each):
    return Guess(
        f"A model has {rows:,} tokens, input rows of {width:,} numbers, and a second table in which each token has {each} numbers for each of {layers} layers. How many times as many numbers does the second table have as the input table?",
        answer=rows * layers * each / (rows * width),
        digits=1,
        low=0,
        unit="times",
        because=f"{layers} x {each} are {layers * each:,} numbers for each token, where the input has {width:,}. The number of tokens does not count: both tables have a row for each.",
    )


def needed_for_one(layers, each):
    used = memory.table_bytes(1, layers * each, "bf16")
    return Guess(
        f"A table with {each} numbers for each of {layers} layers and each token, 16 bits a number. How many bytes of it does one token need?",
        answer=used,
        low=0,
        unit="bytes",
        because=f"Its own rows and nothing else: {layers} x {each} x 2. That is why such a table may stay on the disk.",
    )


def used_of(name):
    config = public_models.config_of(name)
    rows, row = config.rows.assumed, config.layers.assumed * config.per_layer_width.assumed
    looked_up = EmbeddingTable(np.zeros((3, row), np.float16)).lookup([1])
    choices = {
        f"{config.per_layer_width.assumed}": "That is for one layer. Each layer takes a row of its own.",
        f"{rows * row:,}": "That is the whole table. In a lookup the rows of other tokens take no part.",
        f"{row:,}": "One long row: the rows of all layers, side by side.",
    }
    return Guess(
        f"{name}: {rows:,} tokens, {config.layers.assumed} layers, and a table with {config.per_layer_width.assumed} numbers for each layer and token. How many numbers of that table take part when one token is read?",
        choices=choices,
        answer=f"{looked_up.size:,}",
        because="In a lookup only the rows of the token that is read take part, however many the table has.",
    )


def brought_in(asked, rows, way):
    disk = measure.recorded()["disk"]
    rows_alone, on_pages = rows * 3_072, round(rows * (1 + 3_071 / 4_096)) * 4_096
    sizes = {
        f"about {on_pages / 1e3:,.0f} kB: the pages that the rows lie on": on_pages,
        "tens of MB, or more": disk["the whole file"][1] / 2,
        f"about {rows_alone / 1e3:,.0f} kB: the rows alone": rows_alone,
    }
    notes = [
        "A row of 3 KiB lies on one page of 4 KiB or on two: that much has to come.",
        "That takes a system that reads ahead, around each page that is touched.",
        "The system reads whole pages, never part of one.",
    ]
    brought = disk[f"{rows} rows, {way}"][1]
    return Guess(
        f"A file of 154 MB, rows of 3,072 bytes, nothing of it in memory. {asked} How much comes in from the disk?",
        choices=dict(zip(sizes, notes)),
        answer=smallest({name: abs(np.log(brought / size)) for name, size in sizes.items()}),
        because=f"{brought / 1e3:,.0f} kB were in memory afterwards, on the machine of the record: of the three this is the nearest.",
    )


def neighbours_kept(what, exact, rounded):
    probe = np.arange(0, len(exact), 20)
    near, after = (geometry.neighbour_ids(probe, EmbeddingTable(rows), k=10) for rows in (exact, rounded))
    kept = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(near.tolist(), after.tolist())])
    shares = {"about six of ten": 0.6, "about four of ten": 0.4, "about eight of ten": 0.8}
    direction = float((geometry.unit(exact) * geometry.unit(rounded)).sum(axis=1).mean())
    notes = [
        "So it is where rows turn by some thirty-five degrees: three levels, fitted to 32 numbers at a time.",
        "So it is where rows turn by nearly fifty degrees: one large number sets the scale, and most others become 0.",
        "So it is where rows turn by some six degrees, and the nearest is hardly nearer than the others.",
    ]
    return Guess(
        f"{what} Of a row's ten nearest neighbours among these {len(exact):,}, how many stay, on average?",
        choices=dict(zip(shares, notes)),
        answer=smallest({name: abs(kept - share) for name, share in shares.items()}),
        because=f"{kept:.0%}. The mean cosine of a row with its rounded form is {direction:.3f}. How much that does to neighbours depends on how much nearer they are than the others.",
    )


words = table.vectors[[i for i, token in enumerate(table.tokens) if token.encode().isalpha()][:2_000]]
noise = np.random.default_rng(0).standard_normal((2_000, 384), dtype=np.float32)
two_bits, two_in_blocks = (table_changes.rounded(EmbeddingTable(words), 2, block).vectors for block in (None, 32))
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
    "rows-for-every-layer": [
        times_the_input(64_000, 1_024, 20, 128),
        needed_for_one(24, 192),
        used_of("Gemma 4 E2B, text part"),
    ],
    "bytes-from-disk": [
        brought_in("256 scattered rows are touched in the mapped file.", 256, "mapped"),
        brought_in(
            "Five scattered rows are touched in the mapped file, and the system was told that rows will be asked for at random.",
            5,
            "mapped, no read-ahead",
        ),
        brought_in("A program computes where 256 scattered rows lie, and reads just these.", 256, "read row by row"),
    ],
    "from-int8-to-4-bits-which-share": [
        neighbours_kept("2,000 words of MiniLM's table in 2 bits, one scale a row.", words, two_bits),
        neighbours_kept("2,000 words of MiniLM's table in 2 bits, a scale for each 32 numbers.", words, two_in_blocks),
        neighbours_kept(
            "2,000 random rows in 4 bits, a scale for each 32 numbers.", noise, memory.round_trip(noise, "4-bit")
        ),
    ],
    "table-at-the-output": [read_at_output(name) for name in ("SmolLM2 135M", "Llama 3 8B", "Gemma 3 1B")],
    "check-in-lines": [
        found_by("All rows were made twice as long.", longer),
        found_by("Token i got the row of token i + 1.", np.roll(table.vectors, -1, axis=0)),
        found_by("Two rows of tokens that were kept free have changed places.", few),
    ],
    "small-has-6-rows-of-4-with": [
        spoilt(8, 5, (2, 0), [6, 7, 1]),
        spoilt(10, 3, (9, 1), [0, 4]),
        spoilt(4, 6, (0, 5), [1, 2, 3]),
    ],
}

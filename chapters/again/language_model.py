"""Chapter 5 in other numbers and words: what the recall page asks when a guess of the chapter comes back.

What was recorded of the real model decides, also where its weights are: so that this takes no minutes.
"""

import numpy as np

from book_utils import (
    Guess,
    largest,
    level,
    load_minilm,
    places,
    position,
    ranked,
    smallest,
    table_changes,
)
from book_utils.explorers.ways import recorded_ways
from book_utils.model_experiments import losses, random_cosines, way_of_a_row
from book_utils.recorded_model import recorded_model

model, minilm = recorded_model(), load_minilm()
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
        because="A row belongs to an ID, and an ID to one spelling as the tokenizer sees it: SmolLM2's keeps capitals and spaces, MiniLM's drops both.",
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
        "Blind guessing has no preference at all; a model nearly always has some.",
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
        "For that the blocks must still work with rows of that length. The first norm takes the factor out, but what the block then works out is added to the row itself.",
        "That takes a row too long or too short beside what the blocks add to it.",
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


def moved_places(what, move):
    now = loss(positions=move)
    edges = {
        "it stays, to two decimals": 0.005,
        "it rises, and stays below that of blind guessing": BLIND - OWN,
        "it is that of blind guessing": np.inf,
    }
    same, between, blind = edges
    choices = {
        between: "That takes other offsets than before. Then scores change, and much of what was learned still holds.",
        same: "For that all offsets must be as before. Where the first token stands does not count.",
        blind: "Then nothing of what the model learned would be left.",
    }
    return Guess(
        f"{what} The loss of SmolLM2 was {OWN:.2f}. And now?",
        choices=choices,
        answer=level(abs(now - OWN), edges),
        because=f"It is {now:.2f}. The blocks turn queries and keys, so a score depends on how far apart two tokens are, and on nothing else of their places.",
    )


def learned_places(first, n):
    try:
        position.learned(minilm.positions, first + np.arange(n))
        said = "it reads it as before"
    except IndexError:
        said = "there is an error: no row for these places"
    choices = {
        "it reads it as before": "So it is in a model that turns queries and keys: there only offsets count.",
        "it reads it, and a little worse": "For that it would need some row to add, and there is none.",
        "there is an error: no row for these places": "A learned table has the rows that it has.",
    }
    return Guess(
        f"MiniLM adds a learned row for each of {len(minilm.positions)} places. The first of {n} tokens stands at place {first:,}. What does the model make of the text?",
        choices=choices,
        answer=said,
        because="Position rows are looked up, like rows of tokens. Turning needs no table.",
    )


def harm_at(what, change):
    changed = change(table)
    at = {"input": loss(table=changed, output=table), "output": loss(output=changed)}
    both, edge = loss(table=changed), 0.5
    harmful = [end for end, size in at.items() if size - OWN > edge]
    kinds = {
        "at both ends": ["input", "output"],
        "where the rows enter": ["input"],
        "where the output is compared with them": ["output"],
    }
    notes = [
        "The two ends use a row differently: one adds to it, the other takes a dot product with it.",
        "There the blocks miss a direction that they were trained with. A length counts less, unless the rows become much shorter or much longer.",
        "There a length multiplies a score, and what all rows share moves all scores alike.",
    ]
    return Guess(
        f"{what}, at both ends of SmolLM2: the loss is {both:.2f} in place of {OWN:.2f}. Where is the harm done?",
        choices=dict(zip(kinds, notes)),
        answer=next(kind for kind, ends in kinds.items() if ends == harmful),
        because=f"At the input alone it is {at['input']:.2f}, at the output alone {at['output']:.2f}.",
    )


def first_in_line(rows, final):
    def first(named):
        return str(largest({f"`{name}`": float(row @ final) for name, row in named.items()}))

    same = {name: row / np.linalg.norm(row) for name, row in rows.items()}
    notes = [
        "It points elsewhere, whatever its length.",
        "Its dot product was the largest because it is long, and now it is no longer than the others.",
        "Of the three it lies nearest to the direction of the final vector.",
    ]
    said = ", ".join(f"`{name}` ({row[0]:g}, {row[1]:g})" for name, row in rows.items())
    return Guess(
        f"An output table has the rows {said}, and the final vector is ({final[0]:g}, {final[1]:g}). {first(rows)} is the likeliest. Now all rows are made equally long. Which is the likeliest?",
        choices=dict(zip([f"`{name}`" for name in rows], notes)),
        answer=first(same),
        because="A score is a dot product. With rows of one length only their directions are left.",
    )


WAYS = {way["text"]: way for way in recorded_ways()}


def twins(text, token, called, block):
    way = WAYS[text]
    cosines = next(cosines for i, _, cosines in way["twins"] if way["tokens"][i] == token)
    edges = {"below 0.5": 0.5, "0.5 to 0.85": 0.85, "above 0.85": np.inf}
    choices = {
        "above 0.85": "They begin as one and the same row. How much alike they stay is a matter of what stands before each.",
        "0.5 to 0.85": "That is where two may be that have taken up different things.",
        "below 0.5": "They have more in common: much of what the blocks add is the same for both.",
    }
    return Guess(
        f"“{text}”: {called} stands there twice. What is the cosine of the two vectors after block {block} of {len(cosines) - 1}?",
        choices=choices,
        answer=level(cosines[block] / 1000, edges),
        because=f"{cosines[block] / 1000:.2f}. It was 1 in the table. What stands before the two is not the same, and each takes up something of it.",
    )


def same_beginning(text, longer):
    alone, within = way_of_a_row(model, model.encode(text)), WAYS[longer]
    place = len(model.encode(text)) - 1
    last = within["next"][place][-1]
    odds = [[within["words"][last[i]], last[i + 1]] for i in (0, 2, 4)]
    same = all(token == name and abs(1000 * p - n) < 1 for (token, p), (name, n) in zip(alone["next"][-1], odds))
    choices = {
        "alike, and not the same: one text is longer": "For that `is` would have to see what comes after it.",
        "unlike: the second text is about two countries": "What comes later cannot change a vector that is already made.",
        "they are one and the same vector": "A token sees itself and what came before it, and that is the same in both.",
    }
    return Guess(
        f"“{text}” and “{longer}”: compare the vectors of the `{within['tokens'][place].strip('Ġ')}` after `France`, after the last block.",
        choices=choices,
        answer=list(choices)[2 if same else 0],
        because="No token sees what comes later. So a program may keep what it has worked out, and go on from there.",
    )


def in_front(text, place, block, names, notes):
    way = WAYS[text]
    likely = way["next"][place][block]
    found = way["words"][likely[0]]
    after = f"block {block} of {len(way['next'][place]) - 1}" if block else "no block at all, at the row itself"
    return Guess(
        f"“{text}”: the vector of `{way['tokens'][place].strip('Ġ')}`, the last token, is compared with the output table after {after}. Which token is in the first place?",
        choices=dict(zip([f"`{name.replace('Ġ', ' ')}`" for name in names], notes)),
        answer=f"`{found.replace('Ġ', ' ')}`",
        because=f"It has {likely[1] / 10:.0f}%. (The space before a word belongs to its token.)",
    )


def since_when(text, token, blocks):
    way = WAYS[text]
    first = [way["words"][likely[0]] for likely in way["next"][-1]]
    begins = max(block for block, name in enumerate(first) if name != token) + 1
    return Guess(
        f"“{text}”: in the end `{token.strip('Ġ')}` is the likeliest next token. From which block on is it in the first place, of {len(first) - 1}?",
        choices=dict(
            zip(
                [f"block {block}" for block in blocks],
                [
                    "A few blocks before the end. In other texts the last block decides.",
                    "There a bare space is in front.",
                    "There a full stop is in front.",
                ],
            )
        ),
        answer=smallest({f"block {block}": abs(block - begins) for block in blocks}),
        because=f"From block {begins} on. The vector after a middle block is made for the blocks that follow, not for the output table.",
    )


TIMES, ITALY = (
    "Time flies like an arrow; fruit flies like a banana",
    "The capital of France is Paris, and the capital of Italy is",
)
AGAIN = {
    "far-beyond": [
        moved_places("The tokens stand at the places 1,000, 1,001, 1,002 and so forth.", places.a_thousand_on),
        moved_places("The tokens stand at the places 0, 0.5, 1, 1.5 and so forth.", places.halved),
        learned_places(1_000, 12),
    ],
    "length-and-mean": [
        harm_at("The mean row is taken away from every row", table_changes.centred),
        harm_at("All rows are made equally long", table_changes.same_length),
        first_in_line(
            {"ox": np.array([3.0, -1.0]), "of": np.array([6.0, 3.0]), "tea": np.array([1.0, 2.0])}, np.array([1.0, 1.5])
        ),
    ],
    "two-dogs": [
        twins(TIMES, "Ġflies", "`flies`", 5),
        twins("Der Hund jagt die Katze, und die Katze jagt den", "ĠKat", "`Kat`, the first token of “Katze”,", 30),
        same_beginning("The capital of France is", ITALY),
    ],
    "where-paris-appears": [
        in_front(
            ITALY,
            12,
            29,
            ["ĠRome", "Ġcity", "Ġis"],
            [
                "It comes to the front in the very last block.",
                "A word that belongs to the answer. The name comes to the front one block later.",
                "So it is at the row itself, before any block.",
            ],
        ),
        since_when("Barack Obama was president of the United States, and Angela Merkel was", "Ġthe", (26, 8, 17)),
        in_front(
            ITALY,
            12,
            0,
            ["ĠRome", "Ġthe", "Ġis"],
            [
                "Nothing has been read yet of what stands before it.",
                "A common word has no part in this: a row is compared with rows.",
                "The table is tied: the row meets itself among the rows of the output, and here it wins. (Most rows of this table lose there, often to its longest row.)",
            ],
        ),
    ],
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
                1: "Its tokenizer turns capitals into small letters and drops spaces.",
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

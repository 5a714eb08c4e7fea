"""Chapter 3 in other numbers and words: what the recall page asks when a guess of the chapter comes back."""

from itertools import pairwise

import numpy as np

from book_utils import Guess, below, geometry, in_order, largest, load_minilm, position, rope_scaling
from book_utils.attention_model import AttentionModel
from book_utils.tiny_model import TinyModel, softmax

minilm = load_minilm()
table, places = minilm.table, minilm.positions


def sums_of(one, other, way):
    rows = [table.lookup(minilm.encode(text, special=False)) for text in (one, other)]
    rows = [of + places[: len(of)] for of in rows]
    first, second = (getattr(of, way)(axis=0) for of in rows)
    apart = np.abs(first - second).max()
    called = {"sum": "the sum", "mean": "the mean"}[way]
    same = sorted(one.split()) == sorted(other.split())
    choices = {
        f"from {called} of either: they differ": "Each text gives the same rows, and the same rows of places."
        if same
        else "The places are the same, and one of the rows is another.",
        "not at all: the two are equal, but for rounding": "What is added up has no order, and all of it goes in both times."
        if same
        else "So it is where both texts hold the same words.",
        "only if the first word differs": "The first word has no part of its own in what is added up.",
    }
    return Guess(
        f"“{one}”, “{other}”: take {called} of the rows, each with the row of its place added. How can the two texts be told apart by it?",
        choices=choices,
        answer=below(apart, 1e-5, list(choices)[1], list(choices)[0]),
        because=f"The largest difference is {apart:.0e}.",
    )


def cosine_apart(offset):
    cosine = float(np.diag(geometry.cosine_matrix(places), offset).mean())
    return Guess(
        f"MiniLM's position table: the mean cosine of two rows that are {offset} places apart?",
        answer=cosine,
        digits=2,
        within=0.1,
        low=-1,
        high=1,
        because="Only neighbours have a cosine above 0.8. Farther apart it does not simply fall, and does not tell the distance: the rows go round in a ring of about six places.",
    )


def moved_on(m, n, by, key_too=True):
    q, k = [1.0, 0.0], [0.0, 1.0]
    here, there, only = (
        position.score(q, k, m, n),
        position.score(q, k, m + by, n + by),
        position.score(q, k, m + by, n),
    )
    turned = position.score(q, k, n, m)
    texts = [f"{one:.3f}" for one in (there, only, turned)]
    if min(abs(a - b) for a, b in pairwise(sorted((there, only, turned)))) < 0.02:
        raise ValueError(f"The choices are too close: {texts}.")
    return Guess(
        f"One pair that turns by 1 radian a place: the score at the places ({m}, {n}) is {here:.3f}. And at ({m + by}, {n + by if key_too else n})?",
        choices=dict(
            zip(
                texts,
                [
                    f"So it is at ({m + by}, {n + by}): both turn by the same angle more, and only the difference counts.",
                    f"So it is at ({m + by}, {n}): the query alone has turned further.",
                    f"So it is at ({n}, {m}): which one comes first counts.",
                ],
            )
        ),
        answer=texts[0 if key_too else 1],
        because=f"The offset was {m - n}, and now it is {m - n if key_too else m + by - n}.",
    )


def turned_before(matrix, called):
    x, y = np.random.default_rng(5).standard_normal((2, 8))
    scores = [position.rope(x, m) @ matrix @ (position.rope(y, n) @ matrix) for m, n in ((5, 3), (105, 103))]
    choices = {
        "it stays the same": "So it is where the matrix keeps the dot product of any two vectors, but for one and the same factor.",
        "it changes": "That takes a matrix that changes dot products by more than a common factor, so that the turns no longer cancel.",
        "it becomes 0": "Nothing takes the two vectors away.",
    }
    return Guess(
        f"Turn the vectors first, then multiply both by {called}. What does the score do when both places move on by 100?",
        choices=choices,
        answer=below(abs(scores[0] - scores[1]), 1e-6, "it stays the same", "it changes"),
        because=f"It is {scores[0]:.2f} at the places (5, 3), {scores[1]:.2f} at (105, 103).",
    )


def paired(of_query, of_key):
    q, k = np.random.default_rng(6).standard_normal((2, 16))
    here, there = (
        position.rope(q, m, pairing=of_query) @ position.rope(k, n, pairing=of_key) for m, n in ((9, 6), (59, 56))
    )
    choices = {
        "it stays the same": "Then both turn the same numbers together, whichever they are.",
        "it changes, and nothing complains": "They turn different numbers together, so the angles do not cancel. All shapes fit.",
        "there is an error": "Both pairings fit a vector of this length.",
    }
    return Guess(
        f"Queries are turned with the pairing `{of_query}`, keys with `{of_key}`. What does the score do when both move on by 50 places?",
        choices=choices,
        answer=below(abs(here - there), 1e-6, "it stays the same", "it changes, and nothing complains"),
        because="With one pairing for both the score depends on the offset alone. It is the score that the weights were made for only if it is their pairing.",
    )


def full_turns(name, turning, base, context):
    rounds = position.turns(turning, base, context)
    return Guess(
        f"{name}: {len(rounds)} pairs, base {base:,}, a context of {context:,} places. How many pairs turn at least once within it?",
        answer=int((rounds >= 1).sum()),
        within=2 if len(rounds) > 16 else 0,
        low=0,
        high=len(rounds),
        margin=float(np.abs(rounds - 1).min()),
        because=f"The slowest pair needs {context / rounds[-1]:,.0f} places for a turn.",
    )


def slowed_by(way, factor):
    plain = position.angles(1, 128, base=500_000)
    scaled = rope_scaling.llama3(plain, factor, 1, 4, 8_192) if way == "llama3" else rope_scaling.linear(plain, factor)
    by = plain / scaled
    ends = {"the slow ones, which turn least": by[-8:].mean(), "the fast ones, which turn most": by[:8].mean()}
    notes = [
        "That is what `llama3` does: at larger offsets they would stand at angles that training never had.",
        "Neither type slows these alone: they have come round many times, and know all their angles.",
        "That is what `linear` does: then neighbours are harder to tell apart, too.",
    ]
    return Guess(
        f"Scaling of the type `{way}`, with a factor of {factor}. Which pairs does it slow down?",
        choices=dict(zip([*ends, "all of them alike"], notes)),
        answer="all of them alike" if np.ptp(by) < 1e-9 else largest(ends),
        because=f"The fastest pair is slowed by a factor of {by[0]:.0f}, the slowest by {by[-1]:.0f}.",
    )


def in_lines(asked, lines, wanted):
    x, k, v = np.random.default_rng(8).standard_normal((3, 5, 8))
    given = {"q": x, "k": k, "v": v, "places": np.arange(5), "rope": position.rope, "softmax": softmax, "np": np}
    return Guess(
        f"{asked} Put the lines in order. `q`, `k` and `v` have a row for each place.",
        lines=lines,
        answer=in_order(lines, given, lambda names: np.allclose(names["out"], wanted(x, k, v))),
        because="All orders were run, and this is the shortest one that gives what was asked for.",
    )


def by_offset(q, k):
    return np.array(
        [[position.score(one, other, m + 7, n + 7) for n, other in enumerate(k)] for m, one in enumerate(q)]
    )


def told_apart(kind, one, other):
    called = {TinyModel: "The window model", AttentionModel: "The attention model"}[kind]
    tokens = sorted({"<bos>", "won", *one.split()})
    ids = [[[tokens.index(word) for word in text.split()]] for text in (one, other)]
    apart = []
    for seed in range(10):
        model = kind(tokens, positions=False, dtype="float64", seed=seed)
        apart.append(float(np.abs(np.subtract(*map(model.probabilities, ids))).max()))
    choices = {
        "yes: each place has weights of its own": "So it is in the window model. Attention has the same weights for every place.",
        "no, whatever the weights are": "That takes two things: the same newest token, and nothing but a sum over the others.",
        "yes: another token asks": "In attention the newest token asks, and is added to what it reads. The order of the others does not count.",
    }
    names = list(choices)
    by = names[2] if kind is AttentionModel else names[0]
    return Guess(
        f"{called}, without position rows, reads “{one}” or “{other}”. Can its probabilities for the next token differ?",
        choices=choices,
        answer=below(1e-12, min(apart), by, names[1]) if max(apart) > 1e-12 else names[1],
        because="A sum over the places holds the same vectors with the same shares in any order. Where each place has weights of its own, or another token asks, that is no longer so.",
    )


TURN, SUM = "q, k = rope(q, places), rope(k, places)", "out = softmax(scores) @ v"
VALUES = "Values are summed, not compared: their turn would stay in the sum."
dice = np.random.default_rng(4)
AGAIN = {
    "sum-with-places": [
        sums_of("a dog bit a man", "a man bit a dog", "sum"),
        sums_of("rain after snow", "snow after rain", "mean"),
        sums_of("six before seven", "seven before six", "sum"),
        sums_of("a dog bit a man", "a dog saw a man", "mean"),
    ],
    "what-is-the-cosine-of-two-neighbouring": [cosine_apart(offset) for offset in (2, 6, 100)],
    "order-without-positions": [
        told_apart(TinyModel, "cat dog beat so", "dog cat beat so"),
        told_apart(AttentionModel, "so cat beat dog", "so dog beat cat"),
        told_apart(AttentionModel, "cat beat dog so", "beat dog cat so"),
    ],
    "rope-far": [moved_on(7, 4, 50), moved_on(2, 9, 30), moved_on(12, 11, 1_000, key_too=False)],
    "turn-the-vectors-first-then-multiply-by": [
        turned_before(3 * np.eye(8), "three times the unit matrix"),
        turned_before(dice.standard_normal((8, 8)), "one random matrix"),
        turned_before(np.eye(8)[dice.permutation(8)], "a matrix that puts their numbers in another order"),
    ],
    "mixed-pairings": [paired("interleaved", "interleaved"), paired("interleaved", "split"), paired("split", "split")],
    "qwen3-6-32-pairs-base-10-million": [
        full_turns("Llama 2", 128, 10_000, 4_096),
        full_turns("Llama 3", 128, 500_000, 8_192),
        full_turns("Pythia 70M", 16, 10_000, 2_048),
    ],
    "llama3-slows": [slowed_by("linear", 4), slowed_by("llama3", 32), slowed_by("linear", 16)],
    "turn-in-lines": [
        in_lines(
            "Attention with RoPE, once queries, keys and values are made.",
            {SUM: "", "v = rope(v, places)": VALUES, TURN: "", "scores = q @ k.T": ""},
            lambda q, k, v: softmax(by_offset(q, k)) @ v,
        ),
        in_lines(
            "Each place sees only itself and the places before it.",
            {
                SUM: "",
                "scores = np.where(np.tri(5) > 0, scores, -np.inf)": "",
                TURN: "",
                "scores = q @ k.T": "",
                "scores = scores * np.tri(5)": "A score of 0 is not a share of 0.",
            },
            lambda q, k, v: softmax(np.where(np.tri(5) > 0, by_offset(q, k), -np.inf)) @ v,
        ),
        in_lines(
            "A layer without RoPE.",
            {"out = softmax(scores) @ v": "", "scores = q @ k.T": "", TURN: "In this layer nothing is turned."},
            lambda q, k, v: softmax(q @ k.T) @ v,
        ),
    ],
}

"""Each question to a language model against a plain loop on a small random model."""

import copy
import math
from types import SimpleNamespace

import numpy as np
import pytest
from small_llamas import SHAPES, small_gguf

from book_utils import model_experiments, places
from book_utils.lookup import EmbeddingTable
from book_utils.models.llama_files import model_from_gguf

NAME = "grouped keys, own output"
N = SHAPES[NAME]["vocab_size"]
TEXTS = ["abc", "hello", "zz"]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A small model whose tokens are t0, t1, ...; it reads a text letter by letter."""
    model = copy.copy(model_from_gguf(small_gguf(tmp_path_factory.mktemp("gguf") / "a.gguf", NAME)))
    model.table = EmbeddingTable(np.array(model.table.vectors), [f"t{i}" for i in range(N)])
    model.encode = lambda text: np.array([ord(letter) % N for letter in text])
    return model


def cosine(a, b):
    a, b = (np.asarray(each, float).tolist() for each in (a, b))
    return math.fsum(x * y for x, y in zip(a, b, strict=True)) / math.hypot(*a) / math.hypot(*b)


def near(found, expected):
    assert [token for token, _ in found] == [token for token, _ in expected]
    assert [number for _, number in found] == pytest.approx([number for _, number in expected], abs=1e-6)
    assert {type(each) for each in found} == {list} and {type(number) for _, number in found} == {float}


def best(query, table, left_out, k):
    cosines = {i: cosine(query, table.vectors[i]) for i in range(len(table)) if i not in left_out}
    return [[f"t{i}", cosines[i]] for i in sorted(cosines, key=cosines.get, reverse=True)[:k]]


def test_a_loss_for_each_text_or_for_the_six(model):
    for how in ({}, {"positions": places.backwards}):
        expected = [model.loss(model.encode(text), **how) for text in TEXTS]
        assert model_experiments.losses(model, TEXTS, **how) == expected
    six = model_experiments.losses(model)
    assert six == [model.loss(model.encode(text)) for text in model_experiments.SIX_TEXTS.values()] and len(six) == 6


def test_chances_are_those_of_the_tokens_that_came(model):
    ids = [5, 9, 9, 2]
    for how in ({}, {"base": 100.0}):
        odds = np.exp(model.logits(ids, **how).astype(float))
        expected = [odds[i, came] / odds[i].sum() for i, came in enumerate(ids[1:])]
        found = model_experiments.chances(model, ids, **how)
        assert found == pytest.approx(expected) and {type(chance) for chance in found} == {float}


def test_the_spread_is_that_of_the_last_logits(model):
    logits = model.logits([1, 2, 3])[-1].astype(float).tolist()
    mean = sum(logits) / N
    expected = {"mean": mean, "std": (sum((one - mean) ** 2 for one in logits) / N) ** 0.5, "largest": max(logits)}
    found = model_experiments.logit_spread(model, [1, 2, 3])
    assert found == pytest.approx(expected) and {type(number) for number in found.values()} == {float}


@pytest.mark.parametrize("place", [-1, 0, 2])
def test_a_row_is_followed_through_every_block(model, place):
    ids = [7, 3, 3, 50]
    for how in ({}, {"k": 2, "scale": 0.5}):
        k = how.get("k", 3)
        broken = {name: value for name, value in how.items() if name != "k"}
        way = model_experiments.way_of_a_row(model, ids, place, **how)
        states = model.hidden_states(ids, **broken)[:, place].astype(float)
        assert way["cosine"] == pytest.approx([cosine(state, states[0]) for state in states], abs=1e-6)
        assert way["length"] == pytest.approx([math.hypot(*state) for state in states])
        assert len(way["nearest"]) == len(way["next"]) == len(states) == SHAPES[NAME]["num_hidden_layers"] + 1
        for state, found, said in zip(states, way["nearest"], way["next"], strict=True):
            near(found, best(state, model.table, [], k))
            logits = model.read_out(state.astype(np.float32)).astype(float)
            odds = np.exp(logits - logits.max())
            likeliest = np.argsort(-odds)[:k]
            assert [token for token, _ in said] == [f"t{i}" for i in likeliest]
            assert [share for _, share in said] == pytest.approx((odds[likeliest] / odds.sum()).tolist(), rel=1e-4)
    assert model_experiments.way_of_a_row(model, ids) == model_experiments.way_of_a_row(model, ids, -1)


def test_two_tokens_are_compared_at_the_input_and_after_each_block(model):
    ids, others = [1, 2, 3, 4], [4, 3]
    ours, theirs = model.hidden_states(ids)[:, 3], model.hidden_states(others)[:, 0]
    found = model_experiments.two_tokens(model, ids, 3, others, 0)
    assert found == pytest.approx([cosine(a, b) for a, b in zip(ours, theirs, strict=True)], abs=1e-6)
    assert found[0] == pytest.approx(1) and found[1] != pytest.approx(1)  # one row, in two places


@pytest.mark.parametrize("other", [False, True])
def test_neighbours_and_analogies_of_the_models_table_or_another(model, other):
    table, how = model.table, {}
    if other:
        table = EmbeddingTable(np.random.default_rng(1).standard_normal((N, 4)), model.table.tokens)
        how = {"table": table}
    near(model_experiments.neighbours(model, "t4", **how), best(table.vectors[4], table, [4], 5))
    near(model_experiments.neighbours(model, 4, k=2, **how), best(table.vectors[4], table, [4], 2))
    rows = np.asarray(table.vectors, float)
    target = rows[8] - rows[4] + rows[2]
    near(model_experiments.analogy(model, "t4", "t8", 2, **how), best(target, table, [4, 8, 2], 5))
    near(model_experiments.analogy(model, 4, 8, 2, k=3, allow_inputs=True, **how), best(target, table, [], 3))


def test_random_cosines_are_of_pairs_of_different_rows(model):
    two = EmbeddingTable([[1.0, 0], [-3, 0]])
    assert model_experiments.random_cosines(model, 500, table=two) == {"mean": -1, "std": 0}
    rows = np.asarray(model.table.vectors)
    all_pairs = [cosine(rows[i], rows[j]) for i in range(N) for j in range(N) if i != j]
    usual = model_experiments.random_cosines(model)
    assert usual == model_experiments.random_cosines(model, n=20_000, seed=0)
    assert usual != model_experiments.random_cosines(model, seed=1) != model_experiments.random_cosines(model, 9)
    assert usual["mean"] == pytest.approx(np.mean(all_pairs), abs=4 * np.std(all_pairs) / 20_000**0.5)
    assert usual["std"] == pytest.approx(np.std(all_pairs), rel=0.02)


def test_lengths_are_those_of_the_rows_and_ties_come_by_id(model):
    rows = [[3.0, 4], [0, 1], [0, -1], [6, 8], [0, 5]]
    small = SimpleNamespace(record=None, known=None, table=EmbeddingTable(rows, [*"abcde"]))
    found = model_experiments.row_lengths(small, k=3)
    assert found["shortest"] == [["b", 1], ["c", 1], ["a", 5]] and found["longest"] == [["d", 10], ["e", 5], ["a", 5]]
    assert found["mean"] == (5 + 1 + 1 + 10 + 5) / 5 and found["of_the_mean"] == pytest.approx(math.hypot(9, 17) / 5)
    usual = model_experiments.row_lengths(model)
    assert len(usual["shortest"]) == len(usual["longest"]) == 5
    assert usual["mean"] == pytest.approx(sum(math.hypot(*row) for row in model.table.vectors.astype(float)) / N)

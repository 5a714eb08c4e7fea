"""The language model in NumPy against transformers' own, number by number, and what can be broken in it."""

import json

import numpy as np
import pytest
from places import FIXTURES
from safetensors import safe_open
from small_llamas import SHAPES, ids_of, small_gguf
from weights import smollm2

from book_utils import places, position, table_changes
from book_utils.byte_level import ByteLevelText
from book_utils.experiments import experiment
from book_utils.language_model import LanguageModel, log_softmax, rope_turns, softmax, turned
from book_utils.lookup import EmbeddingTable
from book_utils.models.llama_files import model_from_gguf

TOLERANCE = 1e-3  # of a logit, where they reach 30


@pytest.fixture(scope="module")
def reference():
    with safe_open(FIXTURES / "llama_reference.safetensors", "np") as file:
        facts = file.metadata()
        return {name: file.get_tensor(name) for name in file.keys()}, facts  # noqa: SIM118 (no mapping)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The small models by name, each read from a gguf file."""
    folder = tmp_path_factory.mktemp("gguf")
    return {name: model_from_gguf(small_gguf(folder / f"{i}.gguf", name)) for i, name in enumerate(SHAPES)}


@pytest.fixture
def model(small):
    return small["grouped keys, own output"]


@pytest.mark.parametrize("name", SHAPES)
def test_other_shapes_give_the_logits_of_transformers(small, reference, name):
    found = small[name].logits(ids_of(SHAPES[name]))
    assert np.abs(found).max() > 5
    np.testing.assert_allclose(found, reference[0][name], rtol=0, atol=TOLERANCE / 10)


def test_smollm2_gives_the_logits_of_transformers(reference):
    model, (tensors, facts) = smollm2(), reference
    for name, ids in json.loads(facts["ids"]).items():
        logits = model.logits(ids)
        some = logits[:, :: int(facts["every"])]
        np.testing.assert_allclose(some, tensors[f"SmolLM2, {name}"], rtol=0, atol=TOLERANCE)
        sums = logits.max(axis=1) + np.log(np.exp(logits - logits.max(axis=1, keepdims=True)).sum(axis=1))
        np.testing.assert_allclose(sums, tensors[f"SmolLM2, {name}, sum"], rtol=0, atol=TOLERANCE)


def test_smollm2_knows_a_capital():
    model = smollm2()
    ids = model.encode("The capital of France is")
    (token, probability), *_ = model.next_tokens(ids, k=2)
    assert token == "ĠParis" and 0.7 < probability < 0.85
    assert model.decode(ids) == "The capital of France is"


@pytest.mark.parametrize("pairing", position.PAIRINGS)
def test_turning_is_that_of_the_chapter_on_positions(pairing):
    heads = np.random.default_rng(0).standard_normal((2, 5, 8)).astype(np.float32)
    turns = rope_turns(np.array([0, 1, 7, 3, 1_000]), 6, 10_000.0)
    expected = position.rope(heads, [0, 1, 7, 3, 1_000], rotary_dim=6, pairing=pairing)
    np.testing.assert_allclose(turned(heads, *turns, pairing), expected, atol=1e-6)


def test_a_loss_is_the_surprise_of_each_next_token(small):
    for model in small.values():
        ids = np.arange(9)
        logits = model.logits(ids).astype(np.float64)
        odds = np.exp(logits)
        surprise = [-np.log(odds[i, ids[i + 1]] / odds[i].sum()) for i in range(8)]
        assert model.loss(ids) == pytest.approx(np.mean(surprise), abs=1e-5)


def test_no_place_sees_what_comes_after_it(model):
    ids = ids_of(SHAPES["grouped keys, own output"])
    np.testing.assert_allclose(model.logits(ids[:20]), model.logits(ids)[:20], atol=1e-4)


def test_only_the_offset_counts(small):
    for model in small.values():
        ids = np.arange(30)
        usual = model.logits(ids)
        np.testing.assert_allclose(model.logits(ids, positions=places.a_thousand_on), usual, atol=1e-3)
        for move in (places.doubled, places.halved, places.backwards, places.nowhere, places.shuffled):
            assert np.abs(model.logits(ids, positions=move) - usual).max() > 0.1, move.__name__


def test_positions_are_numbers_or_a_function_of_their_count(model):
    ids = [3, 1, 4, 1, 5]
    by_function, by_numbers = (model.loss(ids, positions=given) for given in (places.doubled, [0, 2, 4, 6, 8]))
    assert by_function == by_numbers != model.loss(ids)


@pytest.mark.parametrize("broken", [{"pairing": "split"}, {"base": 100.0}, {"scale": 0.2}])
def test_what_is_broken_shows(small, broken):
    for model in small.values():
        assert abs(model.loss(np.arange(30), **broken) - model.loss(np.arange(30))) > 0.01


def test_a_table_stands_for_both_ends_of_a_tied_model(small):
    tied, untied = small["one key for all, tied, llama3 scaling"], small["grouped keys, own output"]
    ids = np.arange(30)
    for model, at_the_output in ((tied, True), (untied, False)):
        other = table_changes.shuffled(model.table)
        own = model.table if model.output is None else model.output
        only_input = model.logits(ids, table=other, output=own)
        assert np.allclose(only_input, model.logits(ids, table=other)) != at_the_output
        only_output = model.logits(ids, output=other)
        np.testing.assert_allclose(only_output, model.read_out(model.hidden_states(ids)[-1], output=other))


def test_a_table_may_have_more_rows_or_be_an_array(model):
    longer = np.vstack([model.table.vectors, model.table.vectors[:3]])
    np.testing.assert_array_equal(model.hidden_states([1, 62], table=longer), model.hidden_states([1, 1]))


def test_a_model_goes_on_with_the_likeliest_token(model):
    ids, told = [5, 6, 7], [5, 6, 7]
    for _ in range(6):
        told.append(int(model.logits(told, base=300.0)[-1].argmax()))
    assert model.generate(ids, n=6, base=300.0).tolist() == told[3:]


def test_the_likeliest_come_first_with_their_shares_whatever_the_size_of_the_scores():
    text = ByteLevelText()
    text.table = EmbeddingTable(np.eye(5), [*"abcde"])
    logits = np.array([1000, 999, -1000, 1000, 998], np.float32)
    odds = {"a": 1, "d": 1, "b": np.exp(-1), "e": np.exp(-2), "c": 0}  # of two alike the lower ID comes first
    for k in range(1, 6):
        found = text.likeliest(logits, k)
        assert [token for token, _ in found] == [*odds][:k]
        shares = [odd / sum(odds.values()) for odd in odds.values()]
        assert [share for _, share in found] == pytest.approx(shares[:k])
    assert text.likeliest(logits) == text.likeliest(logits, 5)


def test_shares_of_scores_of_any_size_do_not_overflow():
    scores = np.array([[1000.0, 1001.0, 0.0], [-1000.0, -1000.0, -1000.0]])
    low, high = 1 / (1 + np.e), np.e / (1 + np.e)
    np.testing.assert_allclose(softmax(scores), [[low, high, 0], [1 / 3] * 3], atol=1e-12)
    np.testing.assert_allclose(log_softmax(scores), [[np.log(low), np.log(high), -1000 + np.log(high) - 1],
                                                     [-np.log(3)] * 3])  # fmt: skip


def test_a_model_says_its_name_its_table_and_its_blocks(small):
    for name, model in small.items():
        blocks = SHAPES[name]["num_hidden_layers"]
        assert repr(model) == f"LanguageModel({model.settings.name}, {model.table!r}, {blocks} blocks)"


def test_five_tokens_are_named_and_twenty_told_where_nothing_is_said(small):
    model = small["one key for all, tied, llama3 scaling"]
    model = LanguageModel(model.settings, EmbeddingTable(model.table.vectors, [f"t{i}" for i in range(50)]),
                          model.blocks, model.final_norm)  # fmt: skip
    assert model.next_tokens([1, 2]) == model.next_tokens([1, 2], k=5) and len(model.next_tokens([1, 2])) == 5
    assert model.generate([1, 2]).tolist() == model.generate([1, 2], n=20).tolist()


def test_an_experiment_of_a_chapter_runs_on_a_model(model):
    @experiment
    def length_of_the_last(model, ids):
        return float(np.linalg.norm(model.hidden_states(ids)[-1, -1]))

    assert length_of_the_last(model, [1, 2]) > 0


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda m: m.logits([]), ValueError, "one token or more; got shape"),
        (lambda m: m.logits(7), ValueError, r"shape \(T,\)"),
        (lambda m: m.logits([[1, 2]]), ValueError, r"got shape \(1, 2\)"),
        (lambda m: m.logits("text"), TypeError, "use model.encode"),
        (lambda m: m.logits([1, 61]), IndexError, "token IDs run from 0 to 60; got 61 at place 1"),
        (lambda m: m.logits([-1]), IndexError, "from 0 to 60; got -1"),
        (lambda m: m.logits([1.5]), TypeError, "a whole number"),
        (lambda m: m.logits([0] * 513), ValueError, "trained to read 512 tokens; got 513.*nothing is cut off"),
        (lambda m: m.generate([0] * 500, n=20), ValueError, "got 500"),
        (lambda m: m.loss([1]), ValueError, "a loss needs two tokens"),
        (lambda m: m.logits([1, 2], positions=[0]), ValueError, r"one place a token, 2 .* of shape \(1,\)"),
        (lambda m: m.logits([1, 2], positions=[0, np.nan]), ValueError, "finite numbers; got inf or nan"),
        (lambda m: m.logits([1, 2], positions=["a", "b"]), ValueError, "one place a token"),
        (lambda m: m.logits([1, 2], base=0), ValueError, "base must be 1 or more; got 0"),
        (lambda m: m.logits([1, 2], base="ten"), ValueError, "base must be a finite number"),
        (lambda m: m.logits([1, 2], pairing="halves"), ValueError, "pairing is one of"),
        (lambda m: m.logits([1, 2], scale=np.inf), ValueError, "scale must be a finite number"),
        (lambda m: m.logits([1, 2], table=np.ones((9, 31))), ValueError, "each row must have the 32 numbers"),
        (lambda m: m.next_tokens([1, 2], k=0), ValueError, "k must be a whole number"),
        (lambda m: m.generate([1, 2], n=-1), ValueError, "n must be a whole number"),
        (lambda m: m.encode("hi"), ValueError, "takes IDs only, no text: the file holds no tokens"),
        (lambda m: m.encode(7), TypeError, "text must be one string"),
        (lambda m: m.encode("a\ud800"), ValueError, "half of one, .* at place 1"),
    ],
)
def test_bad_input_gets_a_sentence(model, call, error, sentence):
    with pytest.raises(error, match=sentence):
        call(model)

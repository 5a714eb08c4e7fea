"""Changes of a table keep what they promise, against plain loops and PyTorch, and refuse what would corrupt it."""

import copy
import math

import numpy as np
import pytest

from book_utils import corpus, grow, grow_experiments, grow_model, grow_training
from book_utils.byte_level import Vocabulary
from book_utils.lookup import EmbeddingTable
from book_utils.optimisers import SGD, Adam, AdamW, LazyAdam
from book_utils.recorded_model import VOCABULARY, recorded_model
from book_utils.tiny_model import Gradient, TinyModel

WORDS = ["<bos>", "the", "cat", "sat", "on", "mat"]
TEXT = ["the cat sat on the mat", "the mat sat", "on the cat"]


def table(n=6, dim=4, seed=0):
    return EmbeddingTable(np.random.default_rng(seed).standard_normal((n, dim)).astype("float32"), WORDS[:n])


def examples(model):
    return corpus.next_token_examples(TEXT, model.tokens, model.context)


# -- more tokens ------------------------------------------------------------------------------------------------


def test_old_rows_and_ids_stay_and_each_new_token_has_its_row():
    old = table()
    rows = np.arange(8.0).reshape(2, 4)
    new = grow.add_tokens(old, ["dog", "ran"], rows)
    for i, token in enumerate(WORDS):
        assert new.id_of(token) == i and new.lookup(token).tolist() == old.vectors[i].tolist()
    assert new.lookup("dog").tolist() == rows[0].tolist() and new.lookup("ran").tolist() == rows[1].tolist()
    assert new.dtype == old.dtype and len(old) == 6


def test_starts_are_what_they_are_called():
    old = table()
    mean = [sum(float(row[column]) for row in old.vectors) / 6 for column in range(4)]
    assert np.allclose(grow.add_tokens(old, ["a", "b"]).vectors[6:], [mean, mean])
    assert not grow.add_tokens(old, ["a"], "zeros").lookup("a").any()
    for start, size in (("small noise", 0.02), ("N(0, 1)", 1)):
        many = grow.started(old.vectors, 5_000, start)
        assert many.std() == pytest.approx(size, rel=0.02) and abs(many.mean()) < 0.02 * size
        assert np.array_equal(many, grow.started(old.vectors, 5_000, start))
        assert not np.array_equal(many, grow.started(old.vectors, 5_000, start, seed=1))


def test_a_name_is_one_token():
    assert grow.add_tokens(table(), "dog").tokens[6:] == ("dog",)


@pytest.mark.parametrize("tokens, start, said", [
    (["cat"], "mean", "'cat' has a row already, 2"),
    (["dog", "dog"], "mean", "a token has one row"),
    (["dog"], np.zeros((2, 4)), "1 new tokens need 1 rows of 4"),
    (["dog"], np.zeros((1, 3)), "got shape (1, 3)"),
    (["dog"], np.array([[1, np.nan, 0, 0]]), "with nan or inf"),
    (["dog"], "average", "start is one of mean, zeros"),
])
def test_what_would_corrupt_is_not_added(tokens, start, said):
    with pytest.raises(ValueError) as error:
        grow.add_tokens(table(), tokens, start)
    assert said in str(error.value)


def test_rows_without_names_or_of_whole_numbers_do_not_grow():
    with pytest.raises(ValueError, match="has no tokens"):
        grow.add_tokens(EmbeddingTable([[1.0]]), ["dog"])
    with pytest.raises(ValueError, match="whole numbers"):
        grow.add_tokens(EmbeddingTable(np.array([[1], [2]], "int8"), ["a", "b"]), ["dog"])


def test_the_mean_row_never_takes_more_than_its_part():
    """1 / (|V| + 1), whatever the rows and the final vector; on 200 random outputs, some of them far off zero."""
    dice = np.random.default_rng(0)
    for _ in range(200):
        rows = dice.normal(dice.normal(0, 9), dice.uniform(0.1, 5), (12, 3))
        hidden = 3 * dice.standard_normal(3)
        scores = [math.fsum(a * b for a, b in zip(row, hidden, strict=True)) for row in [*rows, rows.mean(axis=0)]]
        top = max(scores)
        parts = [math.exp(score - top) for score in scores]
        assert parts[-1] / sum(parts) <= 1 / 13 + 1e-12


# -- fewer ------------------------------------------------------------------------------------------------------


def test_a_trimmed_table_gives_the_same_rows_for_renumbered_ids():
    old = table()
    small, old_ids = grow.trim(old, ["sat", 0, "cat"])
    assert small.tokens == ("<bos>", "cat", "sat") and old_ids.tolist() == [0, 2, 3]
    text = [3, 0, 3, 2]
    places = {old_id: place for place, old_id in enumerate(sorted([0, 2, 3]))}
    new = grow.renumbered(text, old_ids)
    assert new.tolist() == [places[i] for i in text]
    assert np.array_equal(small.lookup(new), old.lookup(text))
    assert grow.renumbered([[3, 0], [2, 2]], old_ids).shape == (2, 2)


@pytest.mark.parametrize("ids", [[1], [5], [-1], [99], [0, 4]])
def test_an_id_that_was_trimmed_away_is_refused(ids):
    _, old_ids = grow.trim(table(), [0, 2, 3])
    with pytest.raises(ValueError, match="was trimmed away"):
        grow.renumbered(ids, old_ids)


def test_what_cannot_be_trimmed():
    for keep in ([], [2, "cat"], [0, 0]):
        with pytest.raises(ValueError, match="keep each token once"):
            grow.trim(table(), keep)
    with pytest.raises(IndexError):
        grow.trim(table(), [6])
    with pytest.raises(KeyError):
        grow.trim(table(), ["dog"])
    with pytest.raises(TypeError):
        grow.trim(table(), [True])
    with pytest.raises(ValueError, match="whole numbers"):
        grow.renumbered([0.5], np.array([0, 2]))


# -- one table or two ---------------------------------------------------------------------------------------------


def test_untying_changes_no_prediction_and_tying_comes_back():
    tied = TinyModel(WORDS, dim=3, tied=True)
    contexts, _ = examples(tied)
    two = grow.untie(tied)
    np.testing.assert_allclose(two.probabilities(contexts), tied.probabilities(contexts), rtol=1e-5)
    again = grow.tie(two)
    assert again.tied and "output" not in again.weights
    assert np.array_equal(again.weights["token"], tied.weights["token"])
    two.weights["token"][0, 0] += 1  # a copy, not the same array
    assert not np.array_equal(two.weights["token"], two.weights["output"].T)
    assert tied.tied and grow.untie(two) is not two


def test_two_tables_that_differ_are_not_tied_unasked():
    model = TinyModel(WORDS, dim=3)
    with pytest.raises(ValueError, match="throws trained rows away"):
        grow.tie(model)
    assert grow.tie(model, anyway=True).tied and not model.tied


def test_a_tied_table_has_the_gradients_of_both_uses():
    tied = TinyModel(WORDS, dim=3, tied=True, dtype="float64")
    data = examples(tied)
    whole = tied.loss_and_gradients(*data)[1]["token"].values
    two = grow.untie(tied).loss_and_gradients(*data)[1]
    summed = two["output"].values.T.copy()
    for row, values in zip(*two["token"], strict=True):
        summed[row] += values
    np.testing.assert_allclose(whole, summed, atol=1e-12)


# -- a model that grows -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tied", [True, False])
def test_a_grown_model_scores_old_tokens_as_before(tied):
    model = TinyModel(WORDS, dim=3, tied=tied)
    grown = grow_model.add_to_model(model, ["dog", "ran"], "N(0, 1)")
    contexts, _ = examples(model)
    before, after = model.probabilities(contexts), grown.probabilities(contexts)
    assert after.shape[1] == 8 and model.probabilities(contexts).shape[1] == 6
    np.testing.assert_allclose(after[:, :6] / after[:, :6].sum(axis=1, keepdims=True), before, rtol=1e-4)
    assert grown.tokens == [*WORDS, "dog", "ran"] and grown.table.id_of("ran") == 7


@pytest.mark.parametrize("start", ["mean", "zeros", "N(0, 1)", np.ones((2, 3))], ids=str)
def test_the_bias_of_a_mean_row_is_the_mean_bias_and_of_any_other_start_zero(start):
    model = TinyModel(WORDS, dim=3)
    model.weights["output_bias"][:] = [3, 1, 4, 1, 5, 4]
    bias = grow_model.add_to_model(model, ["dog", "ran"], start).weights["output_bias"]
    assert bias[6:].tolist() == ([3, 3] if isinstance(start, str) and start == "mean" else [0, 0])


def test_random_rows_at_the_two_ends_are_of_different_dice_and_the_same_each_time():
    model = TinyModel(WORDS, dim=3)
    first, again, other = (grow_model.add_to_model(model, ["dog"], "N(0, 1)", **given).weights
                           for given in ({}, {"seed": 0}, {"seed": 1}))  # fmt: skip
    assert not np.allclose(first["token"][6], first["output"][:, 6])
    for name in ("token", "output"):
        assert np.array_equal(first[name], again[name]) and not np.array_equal(first[name], other[name])


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("optimiser", [SGD(), Adam(), AdamW(), LazyAdam()])
def test_only_the_named_rows_move(tied, optimiser):
    model = grow_model.add_to_model(TinyModel(WORDS, dim=3, tied=tied), ["dog"])
    optimiser, before = copy.deepcopy(optimiser), copy.deepcopy(model.weights)
    contexts, targets = corpus.next_token_examples(["the dog sat", "on the dog"], model.tokens, model.context)
    held = grow_model.OnlyRows(optimiser, [6])
    for _ in range(3):
        held.step(model.weights, model.loss_and_gradients(contexts, targets)[1])
    for name, weight in model.weights.items():
        by_token = {"token": weight.T, "output": weight, "output_bias": weight}.get(name)
        old = {"token": before[name].T, "output": before[name], "output_bias": before[name]}.get(name)
        if by_token is None:
            assert np.array_equal(weight, before[name]), name
        else:
            assert np.array_equal(by_token[..., :6], old[..., :6]), name
            assert not np.array_equal(by_token[..., 6], old[..., 6]), name


def test_the_held_step_is_the_step_of_the_optimiser_itself():
    weights = {"token": np.ones((3, 2)), "mix": np.ones(2)}
    free, held = copy.deepcopy(weights), copy.deepcopy(weights)
    gradients = {"token": Gradient(slice(None), np.full((3, 2), 0.5)), "mix": Gradient(slice(None), np.ones(2))}
    SGD(lr=0.1).step(free, gradients)
    grow_model.OnlyRows(SGD(lr=0.1), [1]).step(held, gradients)
    assert held["token"][1].tolist() == free["token"][1].tolist() and held["mix"].tolist() == [1, 1]


# -- training with a row held ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("tied", [True, False])
def test_only_the_padding_row_misses_what_its_lookups_say(tied):
    """By small steps of each number: the output alone moves the padding row, all others feel both uses."""
    model = TinyModel(WORDS, dim=3, tied=tied, dtype="float64")
    data, step = examples(model), 1e-6
    loss, gradients = grow_training.without_padding(model, *data, row=0)
    assert loss == pytest.approx(model.loss_and_gradients(*data)[0])
    rows, values = gradients["token"]
    found = np.zeros((6, 3))
    found[rows] = values
    for row, column in np.ndindex(6, 3):
        ends = []
        for way in (step, -step):
            moved = grow.untie(model)
            if row > 0:
                moved.weights["token"][row, column] += way
            if tied:
                moved.weights["output"][column, row] += way
            ends.append(moved.loss_and_gradients(*data)[0])
        assert found[row, column] == pytest.approx((ends[0] - ends[1]) / (2 * step), abs=1e-7), (row, column)


def test_training_draws_from_all_examples_as_many_steps_as_asked():
    model, batches = TinyModel(WORDS, dim=3), []

    def watched(model, contexts, targets):
        batches.append([(*context, target) for context, target in zip(contexts.tolist(), targets, strict=True)])
        return model.loss_and_gradients(contexts, targets)

    text = ["cat sat", "the mat", "on"]  # no example comes twice
    grow_training.train_on(model, text, SGD(), 7, 0, watched, batch=20)
    assert [len(batch) for batch in batches] == [20] * 7
    contexts, targets = corpus.next_token_examples(text, model.tokens, model.context)
    there = {(*context, target) for context, target in zip(contexts.tolist(), targets, strict=True)}
    assert {one for batch in batches for one in batch} == there


def test_a_drift_begins_at_zero_and_lasts_as_long_as_the_training_before():
    def drift(**given):
        return grow_training.drift_of_frozen(TinyModel(WORDS, dim=3), TEXT, "cat", Adam(lr=0.01), **given)

    found = drift(steps=8)
    assert found.shape == (9,) and found[0] == 0 < found[1]
    assert np.array_equal(found, drift(steps=8, afresh=False)) and not drift(steps=8, afresh=True).any()
    assert np.array_equal(drift(), drift(steps=60, seed=4))


# -- does it fit? -------------------------------------------------------------------------------------------------


def test_a_tokenizer_fits_where_each_token_has_the_row_of_its_name():
    rows = table()
    ids = {token: i for i, token in enumerate(WORDS)}
    assert grow.fits(ids, rows) and grow.fits({"cat": 2}, rows)
    for wrong, said in ((ids | {"cat": 3, "sat": 2},
                         "2 tokens have the row of another, such as 'cat', ID 3, that of 'sat'."),
                        (ids | {"dog": 6}, "1 token has no row: 'dog', ID 6."),
                        (ids | {"dog": -1}, "'dog', ID -1")):
        found = grow.fits(wrong, rows)
        assert not found and said in str(found)


def test_real_tokenizers_fit_their_tables_and_no_others():
    model = recorded_model()
    vocabulary = Vocabulary.from_json(VOCABULARY.read_text(encoding="utf-8"))
    assert grow.fits(vocabulary.tokenizer(), model.table)
    moved = EmbeddingTable(np.zeros((len(vocabulary.tokens), 1)), [*vocabulary.tokens[1:], vocabulary.tokens[0]])
    assert str(grow.fits(vocabulary.tokenizer(), moved)).startswith("49152 tokens have the row of another")


def test_a_table_without_names_is_not_judged():
    with pytest.raises(ValueError, match="sizes alone|says nothing"):
        grow.fits({"cat": 0}, EmbeddingTable([[1.0]]))


# -- what PyTorch does --------------------------------------------------------------------------------------------


@pytest.fixture
def torch():
    how = "LOUD: no PyTorch here: pip install torch (the CPU build will do), then pytest tests/lessons/test_grow.py"
    return pytest.importorskip("torch", reason=how)


@pytest.mark.parametrize("tied", [False, True])
def test_the_padding_row_is_that_of_pytorch(torch, tied):
    """The same tiny model, the same batches, plain SGD: the padding row ends where PyTorch's ends."""
    model = TinyModel(WORDS, dim=3, tied=tied, dtype="float64")
    ours = copy.deepcopy(model)
    ours.weights["token"][0] = 0
    start = copy.deepcopy(ours.weights)
    contexts, targets = examples(model)
    weights = {name: torch.nn.Parameter(torch.tensor(weight)) for name, weight in start.items()}
    lookup = torch.nn.Embedding(6, 3, padding_idx=0)
    lookup.weight = weights["token"]
    step = torch.optim.SGD(weights.values(), lr=0.5)
    for _ in range(5):
        x = lookup(torch.tensor(contexts)) + weights["position"]
        hidden = torch.tanh(x.flatten(1) @ weights["mix"] + weights["mix_bias"])
        output = weights["token"].T if tied else weights["output"]
        loss = torch.nn.functional.cross_entropy(hidden @ output + weights["output_bias"], torch.tensor(targets))
        step.zero_grad()
        loss.backward()
        step.step()
        gradients = grow_training.without_padding(ours, contexts, targets, row=0)[1]
        SGD(lr=0.5).step(ours.weights, gradients)
    for name, weight in weights.items():
        np.testing.assert_allclose(ours.weights[name], weight.detach().numpy(), atol=1e-12, err_msg=name)
    assert bool(ours.weights["token"][0].any()) == tied


@pytest.mark.parametrize("ours, theirs", [(SGD(lr=0.1), "SGD"), (Adam(lr=0.01), "Adam"), (AdamW(lr=0.01), "AdamW")])
@pytest.mark.parametrize("afresh", [False, True])
def test_a_frozen_row_drifts_as_in_pytorch(torch, ours, theirs, afresh):
    weight = torch.nn.Parameter(torch.ones(3, 2, dtype=torch.float64))
    settings = {"lr": ours.lr} | ({"weight_decay": ours.decay} if theirs == "AdamW" else {})
    make = getattr(torch.optim, theirs)
    optimiser, mine = make([weight], **settings), copy.deepcopy(ours)
    weights = {"token": np.ones((3, 2))}
    values = np.array([[1.0, -2.0], [0.5, 3.0], [0.1, 0.0]])
    for number in range(8):
        if number == 4:
            values = values * np.array([[0.0], [1], [1]])
            if afresh:
                optimiser, mine = make([weight], **settings), copy.deepcopy(ours)
        weight.grad = torch.tensor(values)
        optimiser.step()
        mine.step(weights, {"token": Gradient(slice(None), values)})
    np.testing.assert_allclose(weights["token"], weight.detach().numpy(), atol=1e-6)


# -- on SmolLM2 -----------------------------------------------------------------------------------------------------


def test_new_rows_are_scored_as_a_grown_table_would_score_them():
    """The quick way of `taken_by_new` beside the whole model with the grown table, on one text."""
    from weights import smollm2

    model = smollm2()
    ids = model.encode("The capital of France is Paris.")
    grown = grow.add_tokens(model.table, ["<a>", "<b>"], "N(0, 1)")
    logits = model.logits(ids, table=grown).astype(np.float64)[:-1]
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    told = grow_experiments.told(model, np.asarray(model.table.vectors), ["The capital of France is Paris."])
    share, loss = grow_experiments.with_new(model, told, grown.vectors[-2:])
    assert share == pytest.approx(p[:, -2:].sum(axis=1).mean(), abs=1e-4)
    assert loss == pytest.approx(-np.log(p[np.arange(len(p)), ids[1:]]).mean(), abs=1e-3)

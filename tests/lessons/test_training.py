"""The tiny model and its optimisers, against finite differences, HIPS autograd and rules written as loops."""

import itertools

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from book_utils.attention_model import AttentionModel
from book_utils.corpus import BOS, GROUPS, next_token_examples, sentences, vocabulary
from book_utils.geometry import own_family_share, silhouette
from book_utils.optimisers import SGD, Adam, AdamW, LazyAdam
from book_utils.tiny_model import ALL_ROWS, Gradient, TinyModel, sum_repeats
from book_utils.training import movement_by_row, train

TOKENS = [BOS, *"abcdefgh"]
CONTEXTS = np.array([[0, 0, 0, 1], [0, 0, 1, 2], [2, 2, 2, 2], [5, 1, 5, 2]])  # with repeats
TARGETS = np.array([2, 2, 3, 0])
FORMS = list(itertools.product([TinyModel, AttentionModel], [False, True], [True, False]))
CAT = "the cat chased the dog ."


def small(model_class=TinyModel, tied=False, positions=True):
    """A model of 9 tokens with rows so long that attention and tanh are far from flat."""
    model = model_class(TOKENS, dim=3, tied=tied, positions=positions, dtype="float64", seed=1)
    for name in {"token", "position"} & set(model.weights):
        model.weights[name] *= 10
    return model


def loss_written_again(weights, contexts, targets):
    """The loss from the formulas in the docstrings, one example at a time, for autograd to differentiate."""
    output = weights["output"] if "output" in weights else weights["token"].T
    total = 0.0
    for context, target in zip(contexts, targets, strict=True):
        x = anp.stack([weights["token"][i] for i in context])
        if "position" in weights:
            x = x + weights["position"]
        if "mix" in weights:
            hidden = anp.tanh(anp.concatenate(list(x)) @ weights["mix"] + weights["mix_bias"])
        else:
            score = anp.array([(x[-1] @ weights["query"]) @ (row @ weights["key"]) for row in x])
            share = anp.exp(score / x.shape[1] ** 0.5)
            share = share / anp.sum(share)
            hidden = anp.tanh(x[-1] + sum(share[i] * (x[i] @ weights["value"]) for i in range(len(x))))
        logits = hidden @ output + weights["output_bias"]
        total = total + anp.log(anp.sum(anp.exp(logits))) - logits[target]
    return total / len(targets)


def whole(gradients, weights):
    """Gradients of all rows, those that are not named 0."""
    full = {name: np.zeros_like(weight) for name, weight in weights.items()}
    for name, (rows, values) in gradients.items():
        full[name][rows] = values
    return full


@pytest.mark.parametrize("form", FORMS)
def test_loss_and_gradients_equal_autograd(form):
    model = small(*form)
    loss, gradients = model.loss_and_gradients(CONTEXTS, TARGETS)
    assert loss == pytest.approx(loss_written_again(model.weights, CONTEXTS, TARGETS), abs=1e-12)
    expected = autograd.grad(loss_written_again)(model.weights, CONTEXTS, TARGETS)
    found = whole(gradients, model.weights)
    assert found.keys() == expected.keys()
    for name in found:
        np.testing.assert_allclose(found[name], expected[name], rtol=0, atol=1e-8, err_msg=name)


@pytest.mark.parametrize("form", FORMS)
def test_gradients_equal_finite_differences(form):
    model, step = small(*form), 1e-6
    found = whole(model.loss_and_gradients(CONTEXTS, TARGETS)[1], model.weights)
    for name, weight in model.weights.items():
        for place in np.ndindex(weight.shape):
            middle = weight[place]
            weight[place] = middle + step
            above = model.loss(CONTEXTS, TARGETS)
            weight[place] = middle - step
            below = model.loss(CONTEXTS, TARGETS)
            weight[place] = middle
            assert found[name][place] == pytest.approx((above - below) / (2 * step), abs=1e-8), (name, place)


def test_attention_starts_with_rows_as_long_as_what_they_mix():
    """Noise of the size dim ** -0.5: a row times such a matrix keeps its length, on average."""
    weights = AttentionModel(TOKENS, dim=64).weights
    for name in ("query", "key", "value"):
        assert weights[name].std() * 64**0.5 == pytest.approx(1, abs=0.05), name


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("model_class", [TinyModel, AttentionModel])
def test_numbers_keep_their_type(model_class, dtype):
    model = model_class(TOKENS, dtype=dtype)
    for optimiser in (SGD(), LazyAdam(), Adam(), AdamW()):
        _, gradients = model.loss_and_gradients(CONTEXTS, TARGETS)
        optimiser.step(model.weights, gradients)
        assert {weight.dtype for weight in model.weights.values()} == {np.dtype(dtype)}
        assert {values.dtype for _, values in gradients.values()} == {np.dtype(dtype)}
    assert model.table.dtype == dtype


def test_without_positions_attention_is_blind_to_the_order_of_older_tokens():
    one, other = [[1, 2, 3, 4]], [[3, 1, 2, 4]]
    blind = small(AttentionModel, positions=False)
    np.testing.assert_allclose(blind.probabilities(one), blind.probabilities(other), atol=1e-14)
    for sees in (small(AttentionModel), small(TinyModel, positions=False)):
        assert np.abs(sees.probabilities(one) - sees.probabilities(other)).max() > 1e-4


@settings(deadline=None)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=12))
def test_repeats_are_summed(ids):
    values = np.arange(2.0 * len(ids)).reshape(-1, 2)
    expected = np.zeros((6, 2))
    for i, value in zip(ids, values, strict=True):
        expected[i] += value
    rows, sums = sum_repeats(np.array(ids), values)
    assert rows.tolist() == sorted(set(ids))
    np.testing.assert_array_equal(sums, expected[rows])


def test_a_token_three_times_in_a_batch_moves_by_the_sum():
    model = small()
    before = model.weights["token"].copy()
    expected = autograd.grad(loss_written_again)(model.weights, CONTEXTS, TARGETS)["token"]
    SGD(lr=0.5).step(model.weights, model.loss_and_gradients(CONTEXTS, TARGETS)[1])
    np.testing.assert_allclose(model.weights["token"], before - 0.5 * expected, atol=1e-12)


def adam_as_a_loop(weight, gradients, lr, lazy=False, decay=0.0):
    """Algorithm 1 of arXiv 1412.6980, one number at a time; a gradient of None is a row not looked up."""
    weight = weight.copy()
    for place in np.ndindex(weight.shape):
        mean = square = 0.0
        for t, gradient in enumerate(gradients, start=1):
            weight[place] -= lr * decay * weight[place]
            g = gradient.get(place[0])
            if g is None and lazy:
                continue
            g = 0.0 if g is None else g[place[1]]
            mean = 0.9 * mean + 0.1 * g
            square = 0.999 * square + 0.001 * g * g
            weight[place] -= lr * (mean / (1 - 0.9**t)) / ((square / (1 - 0.999**t)) ** 0.5 + 1e-8)
    return weight


@pytest.mark.parametrize(
    ("optimiser", "rule"),
    [
        (Adam(lr=0.1), {}),
        (LazyAdam(lr=0.1), {"lazy": True}),
        (AdamW(lr=0.1, decay=0.3), {"decay": 0.3}),
    ],
)
def test_adams_equal_the_paper(optimiser, rule):
    random = np.random.default_rng(0)
    start = random.standard_normal((5, 2))  # row 4 never has a gradient
    steps = [{row: random.standard_normal(2) for row in rows} for rows in ([0, 1], [2], [1, 3], [0], [1])]
    weights = {"token": start.copy()}
    for step in steps:
        optimiser.step(weights, {"token": Gradient(np.array(list(step)), np.array(list(step.values())))})
    np.testing.assert_allclose(weights["token"], adam_as_a_loop(start, steps, 0.1, **rule), atol=1e-12)


@pytest.mark.parametrize("tied", [False, True])
def test_lazy_adam_equals_adam_when_every_row_is_looked_up(tied):
    contexts = np.array([[0, 1, 2, 3], [4, 5, 6, 7], [8, 8, 1, 0]])
    lazy, dense = small(tied=tied), small(tied=tied)
    lazy_adam, adam = LazyAdam(), Adam()
    for targets in ([1, 2, 3], [4, 4, 4], [0, 8, 5]):
        lazy_adam.step(lazy.weights, lazy.loss_and_gradients(contexts, np.array(targets))[1])
        adam.step(dense.weights, dense.loss_and_gradients(contexts, np.array(targets))[1])
    for name in lazy.weights:
        np.testing.assert_allclose(lazy.weights[name], dense.weights[name], atol=1e-14)


def dense_gradient(model):
    rows, values = model.loss_and_gradients(*next_token_examples(CAT, model.tokens, model.context))[1]["token"]
    whole = np.zeros((len(model.tokens), values.shape[1]))
    whole[rows] = values
    return whole


def test_which_rows_have_a_gradient():
    tokens = vocabulary()
    moved = {tied: {token for token, values in zip(tokens, dense_gradient(TinyModel(tokens, tied=tied)), strict=True)
                    if values.any()} for tied in (False, True)}
    assert moved[False] == {BOS, "the", "cat", "chased", "dog"}  # the full stop is an answer, never an input
    assert moved[True] == set(tokens)


def test_which_rows_move():
    tokens = vocabulary()
    model, two = TinyModel(tokens), [CAT, "she drank tea ."]
    n_moved = {
        name: (movement_by_row(model, two, optimiser) > 0).sum(axis=1).tolist()
        for name, optimiser in {"sgd": SGD(), "lazy": LazyAdam(), "dense": Adam(), "decay": AdamW()}.items()
    }
    assert n_moved["sgd"] == n_moved["lazy"] == [5, 4]  # <bos> she drank tea
    assert n_moved["dense"] == [5, 8]  # and the, cat, chased, dog move on
    assert n_moved["decay"] == [597, 597]
    assert (movement_by_row(TinyModel(tokens, tied=True), CAT, SGD()) > 0).sum() == 597


def test_movement_slows_after_the_last_lookup():
    cat = vocabulary().index("cat")
    moves = movement_by_row(TinyModel(vocabulary()), [CAT] + ["she drank tea ."] * 6, Adam())[:, cat]
    assert (np.diff(moves) < 0).all() and (moves > 0).all()
    assert moves[0] == pytest.approx(0.01 * 32**0.5, rel=1e-3)  # the first step is lr in each of 32 columns


def test_helpers_leave_the_model_as_it_was():
    model, optimiser = small(), Adam()
    before = {name: weight.copy() for name, weight in model.weights.items()}
    movement_by_row(model, ["a b"], optimiser)
    train(model, ["a b c"], optimiser, steps=3)
    assert optimiser.steps == 0
    for name in before:
        np.testing.assert_array_equal(model.weights[name], before[name])


@pytest.fixture(scope="module")
def training():
    return train(TinyModel(vocabulary()), sentences(), LazyAdam(lr=0.01), held_out=sentences(2000, seed=1))


def test_noise_becomes_islands(training):
    groups = {name: GROUPS[name] for name in ("animals", "food", "cluster", "numbers", "royalty")}
    words = [word for group in groups.values() for word in group]
    labels = [name for name, group in groups.items() for _ in group]
    first, last = (silhouette(training.snapshots[i].table.lookup(words), labels) for i in (0, -1))
    assert first < 0 and last == pytest.approx(0.79, abs=0.05)
    assert training.snapshots[0].loss == pytest.approx(np.log(597), abs=0.05)
    assert training.losses[-50:].mean() == pytest.approx(1.66, abs=0.03)
    assert training.held_out_loss == pytest.approx(1.68, abs=0.03)
    assert own_family_share(training.model.table, GROUPS, k=3)[1].mean() > 0.9


def test_frequent_words_are_good_sooner(training):
    lead = {}
    for snapshot in training.snapshots:
        ids, shares = own_family_share(snapshot.table, GROUPS, k=5)
        quarters = np.array_split(shares[np.argsort(training.lookups[ids], kind="stable")], 4)
        lead[snapshot.step] = quarters[-1].mean() - quarters[0].mean()
    assert lead[150] > 0.3
    assert abs(lead[600]) < 0.1


def test_words_that_are_never_looked_up_never_move(training):
    tokens = vocabulary()
    for word in ("unicorn", "."):
        i = tokens.index(word)
        assert training.lookups[i] == 0
        rows = [snapshot.table.vectors[i] for snapshot in training.snapshots]
        assert all((row == rows[0]).all() for row in rows)
    moved = (training.snapshots[0].table.vectors != training.snapshots[-1].table.vectors).any(axis=1)
    np.testing.assert_array_equal(moved, training.lookups > 0)


def test_snapshots_and_lookups(training):
    assert [s.step for s in training.snapshots] == list(range(0, 601, 15))
    assert training.snapshots[2].loss == pytest.approx(training.losses[15:30].mean())
    assert training.lookups.sum() == 600 * 256 * 4
    assert (training.snapshots[-1].table.vectors == training.model.table.vectors).all()
    assert (np.diff([s.lookups.sum() for s in training.snapshots]) == 15 * 256 * 4).all()


def test_same_seed_same_run():
    runs = [train(small(), ["a b c", "d e"], LazyAdam(), steps=7, seed=seed, batch=2) for seed in (1, 1, 2)]
    assert runs[0].losses.tolist() == runs[1].losses.tolist() != runs[2].losses.tolist()
    assert [s.step for s in runs[0].snapshots] == [0, 7]


def test_decay_shrinks_a_row_that_is_never_seen():
    model = small()
    trained = train(model, ["a b", "b a"], AdamW(lr=0.01, decay=0.5), steps=100).model
    never = TOKENS.index("h")
    np.testing.assert_allclose(trained.weights["token"][never], model.weights["token"][never] * 0.995**100)


@pytest.mark.parametrize("optimiser", [SGD(lr=5), SGD(lr=1e30), LazyAdam(lr=1), Adam(lr=1e38)])
def test_a_rate_that_is_too_high_stops_with_a_sentence(optimiser):
    model = TinyModel(vocabulary())
    with pytest.warns(RuntimeWarning, match="too high; the model is back at step 0"):
        training = train(model, sentences(500), optimiser, steps=100)
    assert training.stopped.startswith("training stopped at step")
    assert training.stopped in repr(training)
    assert (training.model.table.vectors == training.snapshots[-1].table.vectors).all()
    assert all(np.isfinite(snapshot.table.vectors).all() for snapshot in training.snapshots)


def test_a_model_that_begins_above_blind_guessing_may_come_down():
    model = TinyModel(vocabulary(), tied=True)
    model.weights["token"] *= 10
    training = train(model, sentences(500), LazyAdam(lr=0.01), steps=60)
    assert training.losses[0] > np.log(len(vocabulary())) + 3 and training.stopped == ""
    assert training.losses[-1] < training.losses[0] - 1


def test_the_model_goes_back_to_the_last_good_snapshot():
    class Bursting(LazyAdam):
        def step(self, weights, gradients):
            super().step(weights, gradients)
            if self.steps == 50:
                weights["output"][:] = np.inf

    with pytest.warns(RuntimeWarning, match="stopped at step 50"):
        training = train(small(), ["a b c", "d e"], Bursting(), steps=100)
    assert training.snapshots[-1].step == 45
    assert all(np.isfinite(weight).all() for weight in training.model.weights.values())
    expected = train(small(), ["a b c", "d e"], LazyAdam(), steps=45).model
    for name, weight in expected.weights.items():
        np.testing.assert_array_equal(training.model.weights[name], weight)


@pytest.mark.parametrize("text", [["a"], ["a a a"], "a", ["a", "a"]])
def test_one_word_is_nothing_to_predict(text):
    with pytest.raises(ValueError, match="one word only, 'a'"):
        train(small(), text, SGD())


@pytest.mark.parametrize("wrong", [{"steps": 0}, {"batch": 0}, {"snapshot_every": 0}])
def test_counts_are_checked(wrong):
    with pytest.raises(ValueError, match="must be 1 or more"):
        train(small(), ["a b"], SGD(), **wrong)


@pytest.mark.parametrize("lr", [0, -1, np.nan, np.inf])
@pytest.mark.parametrize("optimiser", [SGD, LazyAdam, Adam, AdamW])
def test_rates_are_checked(optimiser, lr):
    with pytest.raises(ValueError, match="a number above 0; got"):
        optimiser(lr=lr)


@pytest.mark.parametrize("wrong", [{"dim": 0}, {"context": 0}, {"tokens": ["only"]}])
def test_sizes_are_checked(wrong):
    with pytest.raises(ValueError, match="a model needs"):
        TinyModel(**{"tokens": TOKENS, **wrong})


def test_the_table_is_a_copy():
    model = small()
    table = model.table
    model.weights["token"][0] += 1
    assert not np.allclose(table.vectors[0], model.weights["token"][0])
    assert list(table.tokens) == TOKENS


def test_a_gradient_may_name_all_rows():
    weights = {"token": np.ones((2, 1))}
    SGD(lr=0.5).step(weights, {"token": Gradient(ALL_ROWS, np.ones((2, 1)))})
    assert weights["token"].tolist() == [[0.5], [0.5]]

"""Sizes, starts, defaults and limits of the tiny model, its optimisers and its training, with whole sentences."""

import math
import warnings

import numpy as np
import pytest

from book_utils.corpus import BOS, next_token_examples
from book_utils.optimisers import SGD, Adam, AdamW, LazyAdam
from book_utils.tiny_model import ALL_ROWS, Gradient, TinyModel, softmax
from book_utils.training import movement_by_row, train

TOKENS = [BOS, *"abcdefgh"]
TEXT = ["a b c", "d e", "f g h a"]  # nine examples


def test_the_usual_model_has_rows_of_32_numbers_and_reads_four_tokens():
    model = TinyModel(TOKENS)
    assert {name: weight.shape for name, weight in model.weights.items()} == {
        "token": (9, 32), "position": (4, 32), "mix": (128, 32), "mix_bias": (32,), "output": (32, 9),
        "output_bias": (9,)}
    assert {weight.dtype for weight in model.weights.values()} == {np.dtype("float32")}
    assert (model.context, model.tied, model.tokens) == (4, False, TOKENS) and model.tokens is not TOKENS
    said = TinyModel(TOKENS, dim=32, context=4, tied=False, positions=True, dtype="float32", seed=4)
    other = TinyModel(TOKENS, seed=5)
    for name, weight in model.weights.items():
        assert np.array_equal(weight, said.weights[name])
        assert "bias" in name or not np.array_equal(weight, other.weights[name])


def test_noise_at_the_start_is_short_in_rows_and_keeps_its_size_through_the_others():
    model = TinyModel([str(i) for i in range(400)], dim=50, context=6)
    for name, spread in {"token": 0.1, "position": 0.1, "mix": 300**-0.5, "output": 50**-0.5}.items():
        weight = model.weights[name]
        assert weight.std() == pytest.approx(spread, rel=0.15) and abs(weight.mean()) < spread / 4
    assert not model.weights["mix_bias"].any() and not model.weights["output_bias"].any()


@pytest.mark.parametrize(("how", "names"), [
    ({"tied": True}, {"token", "position", "mix", "mix_bias", "output_bias"}),
    ({"positions": False}, {"token", "mix", "mix_bias", "output", "output_bias"}),
])
def test_what_is_left_out_has_no_weights(how, names):
    model = TinyModel([*"ab"], dim=1, context=1, **how)  # the smallest there is
    assert {*model.weights} == names
    assert model.probabilities([[0], [1]]).shape == (2, 2)


@pytest.mark.parametrize(("how", "got"), [
    ({"dim": 0}, "dim 0, context 4 and 9 tokens"), ({"context": 0}, "dim 32, context 0 and 9 tokens"),
    ({"tokens": ["a"]}, "dim 32, context 4 and 1 tokens"),
])
def test_sizes_that_are_too_small_are_told(how, got):
    with pytest.raises(ValueError) as refused:
        TinyModel(**{"tokens": TOKENS} | how)
    assert str(refused.value) == (
        f"a model needs dim 1 or more, context 1 or more and at least two tokens; got {got}.")


@pytest.mark.parametrize("n", [1, 4095, 4096, 4097, 8193])
def test_a_long_text_costs_the_mean_of_its_tokens(n):
    model, dice = TinyModel(TOKENS, dim=2, context=2), np.random.default_rng(n)
    contexts, targets = dice.integers(0, 9, (n, 2)), dice.integers(0, 9, n)
    chances = model.probabilities(contexts).astype(float)[np.arange(n), targets]
    loss = model.loss(contexts, targets)
    assert loss == pytest.approx(-np.log(chances).mean(), rel=1e-5) and type(loss) is float


def test_a_chance_of_nothing_costs_infinitely_much_without_a_warning():
    model = TinyModel(TOKENS)
    model.weights["output_bias"][2] = -1e9
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert model.loss([[0, 0, 0, 1]], [2]) == math.inf
        assert model.loss_and_gradients([[0, 0, 0, 1]], np.array([2]))[0] == math.inf


@pytest.mark.parametrize("scores", [[1.0, 2, 3], [[0.0, 0], [700, -700]], [[[1e4, 1e4 + 1]]], [-1e5]])
def test_softmax_gives_shares_of_any_scores(scores):
    scores = np.array(scores)
    before = scores.copy()
    found = softmax(scores)
    assert np.array_equal(scores, before) and found.shape == scores.shape
    for row, shares in zip(scores.reshape(-1, scores.shape[-1]), found.reshape(-1, scores.shape[-1]), strict=True):
        odds = [math.exp(score - max(row)) for score in row]
        assert shares.tolist() == pytest.approx([one / sum(odds) for one in odds])


# -- optimisers


@pytest.mark.parametrize(("optimiser", "settings"), [
    (SGD(), {"lr": 0.1}),
    (Adam(), {"lr": 0.01, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}),
    (LazyAdam(), {"lr": 0.01, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}),
    (AdamW(), {"lr": 0.01, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "decay": 0.1}),
    (AdamW(decay=0, beta1=0.5, beta2=0.6, eps=1), {"lr": 0.01, "beta1": 0.5, "beta2": 0.6, "eps": 1, "decay": 0}),
    (SGD(lr=5e-324), {"lr": 5e-324}),
])
def test_settings_are_those_of_the_papers_unless_given(optimiser, settings):
    kept = {name: value for name, value in vars(optimiser).items() if name not in ("steps", "means", "squares")}
    assert kept == settings


@pytest.mark.parametrize("lr", [0, -1e-9, math.inf, math.nan])
def test_a_rate_that_is_none_is_told(lr):
    with pytest.raises(ValueError) as refused:
        SGD(lr)
    assert str(refused.value) == f"lr, the learning rate, must be a number above 0; got {lr}."


@pytest.mark.parametrize("kind", [Adam, LazyAdam, AdamW])
def test_an_optimiser_counts_its_steps_and_keeps_a_mean_for_each_weight(kind):
    optimiser, weights = kind(), {"token": np.ones((3, 2)), "bias": np.ones(2)}
    for step in (1, 2, 3):
        optimiser.step(weights, {name: Gradient(ALL_ROWS, np.ones_like(weight)) for name, weight in weights.items()})
        assert optimiser.steps == step
    for kept in (optimiser.means, optimiser.squares):
        assert {name: array.shape for name, array in kept.items()} == {"token": (3, 2), "bias": (2,)}


# -- training


class Scripted(TinyModel):
    """A model whose losses are written down and whose weights stay."""

    def loss_and_gradients(self, contexts, targets):
        return self.script.pop(0), {}


def scripted(losses, text=TEXT):
    model = Scripted(TOKENS)
    model.script = [*losses]
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        training = train(model, text, SGD(lr=0.25), steps=len(losses), snapshot_every=4)
    return training, [str(one.message) for one in warned]


@pytest.mark.parametrize(("losses", "stops"), [
    ([4, 10], 2),  # on average 7: three above the first
    ([4, 9.99], None),
    ([0, 10.3], None), ([0, 10.5], 2),  # blind guessing among nine is 2.2
    ([4] * 20 + [11.1] * 6, None),  # of the last 15 a few only
    ([4] + [7.1] * 18, 16),  # the first is counted with the next 14
    ([4] * 10 + [30] + [4] * 8, None),
    ([4, 5, math.nan], 3),
])
def test_training_stops_where_the_last_15_losses_are_three_above_the_start_or_blind_guessing(losses, stops):
    training, warned = scripted(losses)
    if stops is None:
        assert training.stopped == "" and warned == [] and len(training.losses) == len(losses)
        return
    back = (stops - 1) // 4 * 4
    assert warned == [training.stopped] == [
        f"training stopped at step {stops}: the loss rose to {losses[stops - 1]:.1f}, blind guessing 2.2. "
        f"lr=0.25 is too high; the model is back at step {back}."]
    assert len(training.losses) == stops and training.snapshots[-1].step == back


def test_snapshots_come_every_so_often_and_at_the_end():
    training, _ = scripted([4, 3, 2, 3, 1, 2])
    assert [snapshot.step for snapshot in training.snapshots] == [0, 4, 6]
    assert [snapshot.loss for snapshot in training.snapshots[1:]] == [3, 1.5]
    assert repr(training.snapshots[1]) == "Snapshot(step 4, loss 3.00)"
    start = TinyModel(TOKENS).loss(*next_token_examples(TEXT, TOKENS))
    assert training.snapshots[0].loss == pytest.approx(start)
    assert repr(training) == f"Training(6 steps, loss {start:.2f} to 1.50)" and training.held_out_loss is None
    training, _ = scripted([1, 20])
    assert repr(training) == f"Training(0 steps, loss {start:.2f} to {start:.2f}: {training.stopped})"
    assert [snapshot.step for snapshot in scripted([1] * 8)[0].snapshots] == [0, 4, 8]


@pytest.mark.parametrize("batch", [1, 2, 4, 9, 20])
def test_every_example_is_taken_once_before_any_comes_again(batch):
    seen = []

    class Noting(TinyModel):
        def loss_and_gradients(self, contexts, targets):
            seen.append(sorted(zip(contexts[:, -1].tolist(), targets.tolist(), strict=True)))
            return super().loss_and_gradients(contexts, targets)

    rounds = 9 // batch or 1
    training = train(Noting(TOKENS), TEXT, SGD(), steps=2 * rounds, batch=batch)
    examples = next_token_examples(TEXT, TOKENS)
    once = sorted(zip(examples[0][:, -1].tolist(), examples[1].tolist(), strict=True))
    for taken in (seen[:rounds], seen[rounds:]):
        assert [len(some) for some in taken] == [min(batch, 9)] * rounds
        taken = sorted(sum(taken, []))
        assert len({*taken}) == len(taken) and {*taken} <= {*once}
    assert training.lookups.sum() == 2 * rounds * min(batch, 9) * 4
    if rounds * batch >= 9:
        assert training.lookups.tolist() == (2 * np.bincount(examples[0].ravel(), minlength=9)).tolist()


def test_usual_training_is_600_steps_of_256_with_a_snapshot_every_15():
    usual = train(TinyModel(TOKENS, dim=1), 40 * TEXT, SGD())
    said = train(TinyModel(TOKENS, dim=1), 40 * TEXT, SGD(), steps=600, batch=256, seed=4, snapshot_every=15)
    assert usual.losses.tolist() == said.losses.tolist() and len(usual.losses) == 600
    assert [one.step for one in usual.snapshots] == [one.step for one in said.snapshots] == [*range(0, 601, 15)]


def test_what_is_held_out_is_scored_with_the_trained_model():
    training = train(TinyModel(TOKENS), TEXT, SGD(), steps=1, batch=1, snapshot_every=1, held_out=["h g"])
    assert training.held_out_loss == training.model.loss(*next_token_examples(["h g"], TOKENS))


@pytest.mark.parametrize(("text", "how", "message"), [
    (TEXT, {"steps": 0}, "steps, batch and snapshot_every must be 1 or more; got 0, 256 and 15."),
    (TEXT, {"batch": 0}, "steps, batch and snapshot_every must be 1 or more; got 600, 0 and 15."),
    (TEXT, {"snapshot_every": -1}, "steps, batch and snapshot_every must be 1 or more; got 600, 256 and -1."),
    (["b b", "b"], {}, "the text has one word only, 'b', so there is nothing to predict: give sentences with two "
                       "different words or more."),
])
def test_what_nothing_can_be_learned_from_is_told(text, how, message):
    with pytest.raises(ValueError) as refused:
        train(TinyModel(TOKENS), text, SGD(), **how)
    assert str(refused.value) == message


def test_rows_move_by_the_length_of_their_steps_in_turn():
    model = TinyModel(TOKENS, dim=3, dtype="float64")
    found = movement_by_row(model, ["a b", "c"], SGD(lr=0.5))
    assert found.shape == (2, 9) and movement_by_row(model, "c", SGD()).shape == (1, 9)
    gradient = model.loss_and_gradients(*next_token_examples("a b", TOKENS))[1]["token"]
    expected = dict(zip(gradient.rows.tolist(), gradient.values, strict=True))
    for row, moved in enumerate(found[0]):
        assert moved == pytest.approx(0.5 * math.hypot(*expected.get(row, (0,))))

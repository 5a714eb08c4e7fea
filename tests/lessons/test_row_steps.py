"""A row that learns, against finite differences of the loss and plain gradient descent in a whole model."""

import copy

import numpy as np
import pytest

from book_utils.optimisers import SGD
from book_utils.row_steps import RowStep, steps_in_model, steps_of
from book_utils.tiny_model import Gradient, TinyModel

OUTPUTS = np.random.default_rng(0).standard_normal((5, 3))
ROW = np.array([0.3, -0.8, 0.5])


def loss_of(row, wanted):
    scores = [sum(a * b for a, b in zip(row, output, strict=True)) for output in OUTPUTS]
    return float(np.log(np.exp(scores).sum()) - scores[wanted])


@pytest.mark.parametrize("lr", [0.1, 1.0])
@pytest.mark.parametrize("wanted", [0, 4])
def test_each_step_goes_down_the_slope_of_the_loss(wanted, lr):
    steps = steps_of(ROW, OUTPUTS, wanted, lr=lr, steps=6)
    assert len(steps) == 6 and all(isinstance(step, RowStep) for step in steps)
    np.testing.assert_array_equal(steps[0].row, ROW)
    for step, after in zip(steps, [*(step.row for step in steps[1:]), None], strict=True):
        assert step.loss == pytest.approx(loss_of(step.row, wanted)) and type(step.loss) is float
        assert step.loss == pytest.approx(-np.log(step.predicted[wanted]))
        assert step.predicted.shape == (5,) and step.predicted.sum() == pytest.approx(1)
        assert step.pushes.shape == (5, 3)
        nudges = 1e-6 * np.eye(3)
        slope = [(loss_of(step.row + nudge, wanted) - loss_of(step.row - nudge, wanted)) / 2e-6 for nudge in nudges]
        np.testing.assert_allclose(step.pushes.sum(axis=0), -lr * np.array(slope), atol=1e-7)
        for word, push in enumerate(step.pushes):  # towards the wanted word's vector, away from all others
            assert np.sign(push @ OUTPUTS[word]) == (1 if word == wanted else -1)
        if after is not None:
            np.testing.assert_allclose(after, step.row + step.pushes.sum(axis=0))


def test_usual_steps_are_twenty_of_rate_one():
    usual = steps_of(ROW, OUTPUTS, 1)
    assert [step.loss for step in usual] == [step.loss for step in steps_of(ROW, OUTPUTS, 1, lr=1.0, steps=20)]
    model = TinyModel([*"abcd"], dim=3)
    said, usual = (steps_in_model(model, [0, 1, 2, 3], 1, **how) for how in ({"lr": 1.0, "steps": 20}, {}))
    assert [step.loss for step in usual] == [step.loss for step in said] and len(usual) == 20


@pytest.mark.parametrize("context", [[0, 1, 2, 3], [2, 0, 4, 1]])
def test_a_row_in_a_model_steps_as_gradient_descent_on_it_alone_would(context):
    model = TinyModel([*"abcde"], dim=3, dtype="float64", seed=2)
    model.weights["token"] *= 10
    before = {name: weight.copy() for name, weight in model.weights.items()}
    steps = steps_in_model(model, context, wanted=3, lr=0.7, steps=4)
    assert all(np.array_equal(model.weights[name], before[name]) for name in before)
    other, own = copy.deepcopy(model), context[-1]
    for step in steps:
        np.testing.assert_allclose(step.row, other.weights["token"][own], atol=1e-12)
        np.testing.assert_allclose(step.predicted, other.probabilities([context])[0], atol=1e-12)
        loss, gradients = other.loss_and_gradients(np.array([context]), np.array([3]))
        assert step.loss == pytest.approx(loss) and step.pushes.shape == (5, 3)
        rows, values = gradients["token"]
        SGD(lr=0.7).step(other.weights, {"token": Gradient(rows[rows == own], values[rows == own])})
        np.testing.assert_allclose(step.row + step.pushes.sum(axis=0), other.weights["token"][own], atol=1e-12)


def test_a_tied_model_is_refused():
    with pytest.raises(ValueError) as refused:
        steps_in_model(TinyModel([*"abcd"], tied=True), [0, 1, 2, 3], 1)
    assert str(refused.value) == (
        "in a tied model the rows are the output vectors, too: give one that is not tied.")

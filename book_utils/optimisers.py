"""Four ways to turn a gradient into a step. They differ in which rows of the table move.

`SGD` and `LazyAdam` move the rows that have a gradient. `Adam` keeps moving a row on the memory of its
earlier gradients. `AdamW` also shrinks every weight a little in every step, looked up or not.
"""

import math

import numpy as np

from .tiny_model import ALL_ROWS


class SGD:
    """Step against the gradient: weight -= lr x gradient; `lr` is the learning rate, above 0.

    >>> from book_utils.tiny_model import Gradient
    >>> weights = {"token": np.ones((3, 1))}
    >>> SGD(lr=0.5).step(weights, {"token": Gradient(np.array([1]), np.array([[1.0]]))})
    >>> weights["token"].ravel().tolist()
    [1.0, 0.5, 1.0]
    """

    def __init__(self, lr=0.1):
        self.lr = _checked_rate(lr)

    def step(self, weights, gradients):
        """Change `weights` {name: array} in place by `gradients` {name: Gradient}, each row named once."""
        for name, (rows, values) in gradients.items():
            weights[name][rows] -= self.lr * values


class Adam:
    """Step by a running mean of the gradients over the root of a running mean of their squares.

    Kingma and Ba 2015 (arXiv 1412.6980), algorithm 1. A row that was not looked up has the gradient 0 in this
    step, but its running mean is not 0 yet: it moves on.

    >>> from book_utils.tiny_model import Gradient
    >>> weights, adam = {"token": np.ones((3, 1))}, Adam(lr=0.1)
    >>> for row in (1, 2):
    ...     adam.step(weights, {"token": Gradient(np.array([row]), np.array([[1.0]]))})
    >>> weights["token"].ravel().round(3).tolist()  # row 1 moved twice
    [1.0, 0.833, 0.926]
    """

    def __init__(self, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = _checked_rate(lr), beta1, beta2, eps
        self.steps, self.means, self.squares = 0, {}, {}

    def step(self, weights, gradients):
        """Change `weights` {name: array} in place by `gradients` {name: Gradient}, each row named once."""
        self.steps += 1
        # Both means start at 0; these two undo that pull towards 0.
        rate = self.lr / (1 - self.beta1**self.steps)
        correction = math.sqrt(1 - self.beta2**self.steps)
        for name, gradient in gradients.items():
            weight = weights[name]
            if name not in self.means:
                self.means[name], self.squares[name] = np.zeros_like(weight), np.zeros_like(weight)
            mean, square = self.means[name], self.squares[name]
            rows, values = self._moving(gradient, weight)
            mean[rows] += (1 - self.beta1) * (values - mean[rows])
            square[rows] += (1 - self.beta2) * (values**2 - square[rows])
            weight[rows] -= rate * mean[rows] / (np.sqrt(square[rows]) / correction + self.eps)

    def _moving(self, gradient, weight):
        whole = np.zeros_like(weight)
        whole[gradient.rows] = gradient.values
        return ALL_ROWS, whole


class LazyAdam(Adam):
    """Adam for the rows that have a gradient in this step; all others, and their means, wait.

    The rule of PyTorch's `SparseAdam`.

    >>> from book_utils.tiny_model import Gradient
    >>> weights, adam = {"token": np.ones((3, 1))}, LazyAdam(lr=0.1)
    >>> for row in (1, 2):
    ...     adam.step(weights, {"token": Gradient(np.array([row]), np.array([[1.0]]))})
    >>> weights["token"].ravel().round(3).tolist()  # row 1 moved once
    [1.0, 0.9, 0.926]
    """

    def _moving(self, gradient, weight):
        return gradient


class AdamW(Adam):
    """Adam, and before each step every weight is multiplied by 1 - lr x decay.

    PyTorch's form. In the paper (Loshchilov and Hutter 2019, arXiv 1711.05101, algorithm 2) lr is no factor of decay.

    >>> from book_utils.tiny_model import Gradient
    >>> weights = {"token": np.ones((2, 1))}
    >>> AdamW(lr=0.1, decay=0.5).step(weights, {"token": Gradient(np.array([1]), np.array([[1.0]]))})
    >>> weights["token"].ravel().round(3).tolist()  # row 0 has no gradient and shrinks
    [0.95, 0.85]
    """

    def __init__(self, lr=0.01, decay=0.1, **settings):
        super().__init__(lr, **settings)
        self.decay = decay

    def step(self, weights, gradients):
        """Shrink every array of `weights`, then step as Adam does."""
        for weight in weights.values():
            weight *= 1 - self.lr * self.decay
        super().step(weights, gradients)


def _checked_rate(lr):
    if not (math.isfinite(lr) and lr > 0):
        raise ValueError(f"lr, the learning rate, must be a number above 0; got {lr}.")
    return lr

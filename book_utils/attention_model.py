"""The tiny language model again, with one head of causal attention to mix the rows.

    score = (x_newest @ query) . (x @ key) / sqrt(dim)   (n, 4)     how much the newest token wants each
    attention = softmax(score)                           (n, 4)     shares that sum to 1
    hidden = tanh(x_newest + attention @ (x @ value))    (n, dim)

Vaswani et al. 2017 (arXiv 1706.03762), equation 1. It is causal: the newest token asks, and only it and those
before it answer. A sum over places is blind to their order: only `position` can tell the older places apart.
"""

import numpy as np

from .tiny_model import TinyModel, softmax


class AttentionModel(TinyModel):
    """`TinyModel` with attention in place of `mix`; the arguments and the errors are the same.

    >>> sorted(AttentionModel(["<bos>", "cat"], positions=False).weights)
    ['key', 'output', 'output_bias', 'query', 'token', 'value']
    """

    def _mixer_weights(self, noise, dim):
        return {name: noise(dim**-0.5, dim, dim) for name in ("query", "key", "value")}

    def _mix(self, x):
        newest, (query, key, value) = x[:, -1], (self.weights[name] for name in ("query", "key", "value"))
        scale = x.shape[-1] ** -0.5
        asked, offered, carried = newest @ query, x @ key, x @ value
        attention = softmax(np.einsum("nd,npd->np", asked, offered) * scale)
        hidden = np.tanh(newest + np.einsum("np,npd->nd", attention, carried))

        def backward(d_hidden):
            d_sum = d_hidden * (1 - hidden**2)
            d_carried = attention[:, :, None] * d_sum[:, None]
            d_attention = np.einsum("nd,npd->np", d_sum, carried)
            d_score = attention * (d_attention - (attention * d_attention).sum(axis=1, keepdims=True)) * scale
            d_asked = np.einsum("np,npd->nd", d_score, offered)
            d_offered = d_score[:, :, None] * asked[:, None]
            d_x = d_carried @ value.T + d_offered @ key.T
            d_x[:, -1] += d_sum + d_asked @ query.T
            rows = x.reshape(-1, x.shape[-1])
            return d_x, {
                "query": newest.T @ d_asked,
                "key": rows.T @ d_offered.reshape(rows.shape),
                "value": rows.T @ d_carried.reshape(rows.shape),
            }

        return hidden, backward

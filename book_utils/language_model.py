"""A language model of Llama's kind, whole: token IDs in, a score for every token that could come next out.

    x = table[ids]                                    (T, dim)   the lookup: one row a token, and nothing else
    x = x + attention(norm(x))     in each block      (T, dim)   look back: queries, keys, values
    x = x + feed_forward(norm(x))  in each block      (T, dim)   each place alone
    logits = norm(x) @ table.T                        (T, |V|)   compare with every row of the table: it is tied

Touvron et al. 2023 (arXiv 2302.13971). No position is added to the rows: attention turns queries and keys.
"""

from dataclasses import dataclass

import numpy as np

from .byte_level import ByteLevelText
from .experiments import experiment
from .model_inputs import checked_count, checked_ids, checked_number, checked_pairing, checked_places, checked_table


@dataclass(frozen=True)
class Settings:
    """What a file says of its model beside the numbers; `divisors` slow the pairs down, (rotary_dim / 2,) or 1."""

    name: str
    n_blocks: int
    n_heads: int
    n_key_heads: int  # n_heads / n_key_heads queries share one key and value
    head_dim: int
    rotary_dim: int
    base: float
    eps: float
    context: int  # the most tokens that the model was trained to read
    pairing: str = "interleaved"
    divisors: np.ndarray | float = 1.0


class LanguageModel(ByteLevelText):
    """A language model that one can break. Its own numbers are the default of every keyword:

    `table`: an EmbeddingTable or (n, dim) numbers, for the lookup and, where the model is tied, for the output.
    `output`: the same, for the output alone. `positions`: (T,) places, or a function of T that gives them.
    `base`, `pairing` ("interleaved" or "split"): how queries and keys turn. `scale`: a factor for rows that enter.

    What does not fit raises ValueError, TypeError or IndexError. `book_utils.load_language_model` opens a file.
    """

    record = known = None  # see `experiments`

    def __init__(self, settings, table, blocks, final_norm, output=None, tokenizer=None):
        self.settings, self.table, self.blocks, self.final_norm = settings, table, blocks, final_norm
        self.output, self.tokenizer = output, tokenizer  # no output of its own: tied

    def __repr__(self):
        return f"LanguageModel({self.settings.name}, {self.table!r}, {self.settings.n_blocks} blocks)"

    def hidden_states(self, ids, *, table=None, positions=None, base=None, pairing=None, scale=1.0):
        """Return each token's vector at the input and after each block: (T,) in, (n_blocks + 1, T, dim) out."""
        settings = self.settings
        table = self.table if table is None else checked_table(table, self.table.dim)
        ids = checked_ids(ids, settings.context)
        places = checked_places(positions, len(ids))
        base = settings.base if base is None else checked_number(base, "base", least=1)
        pairing = settings.pairing if pairing is None else checked_pairing(pairing)

        turns = rope_turns(places, settings.rotary_dim, base, settings.divisors)
        x = table.lookup(ids).astype(np.float32) * np.float32(checked_number(scale, "scale"))
        states = [x]
        for block in self.blocks:
            x = x + attention(rms_norm(x, block["attn_norm"], settings.eps), block, settings, turns, pairing)
            x = x + feed_forward(rms_norm(x, block["ffn_norm"], settings.eps), block)
            states.append(x)
        return np.stack(states)

    def read_out(self, states, *, table=None, output=None):
        """Return the logits of hidden states, from any block: (..., dim) in, (..., |V|) out."""
        tied = self.table if table is None else table
        output = output if output is not None else tied if self.output is None else self.output
        rows = np.asarray(checked_table(output, self.table.dim).vectors)
        return rms_norm(states, self.final_norm, self.settings.eps) @ rows.T

    def logits(self, ids, *, output=None, **broken):
        """Return a score for every token that could come after each place: (T,) IDs in, (T, |V|) out."""
        last = self.hidden_states(ids, **broken)[-1]
        return self.read_out(last, table=broken.get("table"), output=output)

    @experiment
    def loss(self, ids, **broken):
        """Return the mean surprise at each token that came next, -log p, in nats: (T,) IDs in, a float out."""
        if len(ids) < 2:
            raise ValueError(f"a loss needs two tokens or more: one is told, the next is guessed; got {len(ids)}.")
        surprises = -log_softmax(self.logits(ids, **broken)[:-1])
        return float(surprises[np.arange(len(ids) - 1), np.asarray(ids)[1:]].mean(dtype=np.float64))

    @experiment
    def next_tokens(self, ids, k=5, **broken):
        """Return the k likeliest next tokens, best first, as [token, probability]: (T,) IDs in."""
        return self.likeliest(self.logits(ids, **broken)[-1], k)

    @experiment
    def generate(self, ids, n=20, **broken):
        """Return the n IDs that go on from a text, each time the likeliest (greedy): (T,) IDs in, (n,) out."""
        told = list(checked_ids(ids, self.settings.context - checked_count(n, "n")))
        output = {"output": broken.pop("output", None), "table": broken.get("table")}
        for _ in range(n):
            told.append(int(self.read_out(self.hidden_states(told, **broken)[-1, -1], **output).argmax()))
        return np.array(told[len(told) - n :])


def rms_norm(x, weight, eps):
    """Give each vector the mean square 1, then stretch it: (..., dim) in, (..., dim) out.

    Zhang and Sennrich 2019 (arXiv 1910.07467), equation 4.

    >>> rms_norm(np.array([[1.0, 7.0]]), weight=1.0, eps=0.0).tolist()
    [[0.2, 1.4]]
    """
    return x / np.sqrt((x * x).mean(axis=-1, keepdims=True) + eps) * weight


def attention(x, block, settings, turns, pairing):
    """Let each place look back at all places up to it: (T, dim) in, (T, dim) out.

    Grouped keys: Ainslie et al. 2023 (arXiv 2305.13245). A query takes the key with its group's number.
    """
    n_places, n_groups, head_dim = len(x), settings.n_key_heads, settings.head_dim

    def heads(name):  # (T, dim) to (groups, heads of one group, T, head_dim)
        return (x @ block[name].T).reshape(n_places, n_groups, -1, head_dim).transpose(1, 2, 0, 3)

    queries, keys = (turned(heads(name), *turns, pairing) for name in ("attn_q", "attn_k"))
    scores = queries @ keys.swapaxes(-1, -2) * np.float32(head_dim**-0.5)
    scores += np.triu(np.full((n_places, n_places), -np.inf, np.float32), k=1)  # nobody reads what comes later
    mixed = softmax(scores) @ heads("attn_v")
    return mixed.transpose(2, 0, 1, 3).reshape(n_places, -1) @ block["attn_output"].T


def feed_forward(x, block):
    """Widen each vector, open or shut each number by a gate, and narrow it: Shazeer 2020 (arXiv 2002.05202), SwiGLU."""
    gate = x @ block["ffn_gate"].T
    with np.errstate(over="ignore"):  # exp may reach inf: then the gate is shut
        gate /= 1 + np.exp(-gate)
    return (gate * (x @ block["ffn_up"].T)) @ block["ffn_down"].T


def rope_turns(places, rotary_dim, base, divisors=1.0):
    """Return cosine and sine of how far each pair turns: (T,) places in, two (T, rotary_dim / 2) float32 out.

    >>> rope_turns([0, 1], rotary_dim=2, base=10_000)[1].round(3).tolist()
    [[0.0], [0.8410000205039978]]
    """
    frequencies = float(base) ** (-np.arange(0, rotary_dim, 2) / rotary_dim) / divisors
    angles = np.asarray(places, np.float64)[:, None] * frequencies  # float32 would be off far from the start
    return np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)


def turned(heads, cos, sin, pairing):
    """Turn the pairs of each query or key by its place: (..., T, head_dim) in, the same out; see `position.rope`."""
    half = cos.shape[-1]
    if pairing == "split":
        first, second = slice(0, half), slice(half, 2 * half)
    else:
        first, second = slice(0, 2 * half, 2), slice(1, 2 * half, 2)
    result = heads.copy()
    result[..., first] = heads[..., first] * cos - heads[..., second] * sin
    result[..., second] = heads[..., second] * cos + heads[..., first] * sin
    return result


def softmax(scores):
    """Turn scores into shares that sum to 1 along the last axis, without overflow: (..., n) in, (..., n) out."""
    shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return shares / shares.sum(axis=-1, keepdims=True)


def log_softmax(logits):
    """Return the logarithm of `softmax`, exact for tiny shares, too: (..., n) in, (..., n) out."""
    logits = logits - logits.max(axis=-1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))

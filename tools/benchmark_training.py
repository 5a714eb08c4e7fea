"""Measure how fast the tiny model trains, beside a naive loop and gensim's Word2Vec, and how that grows.

    python tools/benchmark_training.py

All of it on one thread. gensim is needed here only (`pip install gensim`); without it its lines are left out.
"""

import time

import numpy as np
from threadpoolctl import threadpool_limits

from book_utils.attention_model import AttentionModel
from book_utils.corpus import next_token_examples, sentences, vocabulary
from book_utils.optimisers import LazyAdam
from book_utils.tiny_model import TinyModel
from book_utils.training import train

STEPS, BATCH, REPEATS = 600, 256, 5


def best_time(run):
    """The least processor time of a few runs, in seconds: other programs disturb it less than the clock's."""
    times = []
    for _ in range(REPEATS):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return min(times)


def naive_loop(contexts, targets, lr=0.1):
    """One target at a time, plain SGD, the gradient of every weight in full: what one writes first."""
    weights = TinyModel(vocabulary()).weights
    token, position, mix, mix_bias, output, output_bias = weights.values()
    for context, target in zip(contexts, targets, strict=True):
        x = (token[context] + position).ravel()
        hidden = np.tanh(x @ mix + mix_bias)
        logits = hidden @ output + output_bias
        p = np.exp(logits - logits.max())
        p /= p.sum()
        p[target] -= 1
        d_sum = (output @ p) * (1 - hidden**2)
        d_x = (mix @ d_sum).reshape(position.shape)
        output -= lr * np.outer(hidden, p)
        output_bias -= lr * p
        mix -= lr * np.outer(x, d_sum)
        mix_bias -= lr * d_sum
        position -= lr * d_x
        for place, i in enumerate(context):  # one by one, so that a repeated token moves twice
            token[i] -= lr * d_x[place]


def tokens_per_second(text):
    """{what: tokens of text a second}; each token of a sentence is one target."""
    n_tokens = sum(len(sentence.split()) for sentence in text)
    contexts, targets = next_token_examples(text[:1000], vocabulary())
    n_seen = STEPS * BATCH
    rates = {"naive, one target at a time": len(targets) / best_time(lambda: naive_loop(contexts, targets))}
    for name, model in {
        "window of 4": TinyModel(vocabulary()),
        "window of 4, tied": TinyModel(vocabulary(), tied=True),
        "attention": AttentionModel(vocabulary()),
    }.items():
        rates[name] = n_seen / best_time(lambda model=model: train(model, text, LazyAdam(), STEPS, BATCH))
    try:
        from gensim.models import Word2Vec
    except ImportError:
        return rates
    words = [sentence.split() for sentence in text]
    settings = {"vector_size": 32, "window": 2, "negative": 5, "min_count": 1, "workers": 1, "seed": 4}
    for name, skip_gram in (("gensim CBOW", 0), ("gensim skip-gram", 1)):
        model = Word2Vec(sg=skip_gram, **settings)
        model.build_vocab(words)
        run = lambda model=model: model.train(words, total_examples=len(words), epochs=1)  # noqa: E731
        rates[name] = n_tokens / best_time(run)
    return rates


def step_time(n_tokens=597, dim=32, batch=256, steps=100):
    """Milliseconds of one step on random IDs, so that sizes can differ from the text's."""
    random = np.random.default_rng(0)
    model, adam = TinyModel([str(i) for i in range(n_tokens)], dim=dim), LazyAdam()
    contexts, targets = random.integers(n_tokens, size=(batch, 4)), random.integers(n_tokens, size=batch)

    def run():
        for _ in range(steps):
            adam.step(model.weights, model.loss_and_gradients(contexts, targets)[1])

    return best_time(run) / steps * 1000


def main():
    rates = tokens_per_second(sentences())
    ours = rates["window of 4"]
    print(f"tokens a second, one thread, {STEPS} steps of {BATCH}, vocabulary 597, dim 32")
    for name, rate in rates.items():
        print(f"  {name:<28} {rate:>10,.0f}   window of 4 is {ours / rate:5.2f} times as fast")
    if "gensim CBOW" not in rates:
        print("  (gensim is not installed: pip install gensim)")
    print(f"  one training: {STEPS * BATCH / ours:.2f} s, the examples and the snapshots included")
    for what, sizes in {
        "n_tokens": [150, 300, 597, 1200, 2400, 4800, 9600],
        "dim": [8, 16, 32, 64, 128, 256],
        "batch": [16, 64, 256, 1024, 4096],
    }.items():
        print(f"one step as {what} grows (elsewhere 597 tokens, dim 32, batch 256)")
        before = None
        for size in sizes:
            milliseconds = step_time(**{what: size})
            ratio = f"   x {milliseconds / before:.2f}" if before else ""
            print(f"  {size:>6} {milliseconds:>9.2f} ms{ratio}")
            before = milliseconds


if __name__ == "__main__":
    with threadpool_limits(1):
        main()

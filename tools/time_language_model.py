"""Time the language model beside PyTorch, in one run: loading, 100 tokens, peak memory. Compare the ratios.

In an environment with what tools/make_llama_reference.py names and the book's requirements:

    python tools/time_language_model.py FILE.gguf [--threads N]
"""

import argparse
import resource
import time
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from book_utils.models.llama_files import model_from_gguf

N_TOKENS, REPEATS = 100, 5


def best_time(run):
    """The fewest seconds of a few runs: what the machine can do when little disturbs it."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="SmolLM2's gguf file")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    ids = np.arange(N_TOKENS) * 37 % 49_152
    start, used = time.perf_counter(), time.process_time()
    model = model_from_gguf(options.file)
    print(f"load: {time.perf_counter() - start:.2f} s, {time.process_time() - used:.2f} s of processor time")
    with threadpool_limits(options.threads):
        model.logits(ids)
        print(f"peak memory with {N_TOKENS} tokens: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:,.0f} MB")
        ours = best_time(lambda: model.logits(ids))
    import torch
    from make_llama_reference import SMOLLM2, logits_of, model_of, smollm2_weights

    torch.set_num_threads(options.threads)
    other = model_of(SMOLLM2, smollm2_weights(options.file))
    theirs = best_time(lambda: logits_of(other, ids))
    with threadpool_limits(options.threads):
        ours = min(ours, best_time(lambda: model.logits(ids)))
    print(f"{N_TOKENS} tokens: {ours:.2f} s; PyTorch eager {theirs:.2f} s; ratio {ours / theirs:.2f}")
    print(f"largest difference of a logit: {np.abs(model.logits(ids) - logits_of(other, ids)).max():.1e}")


if __name__ == "__main__":
    main()

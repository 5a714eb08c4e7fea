"""What a table costs in bytes, what fewer bits lose, and one table split over several workers."""


import numpy as np

# Bits a number, then the scale: its bits, and how many numbers share one (None: a whole row).
# int8 is as this book stores its own table; 4-bit is as Q4_0 of llama.cpp: 18 bytes for 32 numbers.
FORMATS = {"fp32": (32,), "fp16": (16,), "bf16": (16,), "int8": (8, 32, None), "4-bit": (4, 16, 32)}


def table_bytes(rows, dim, dtype="fp32"):
    """Return the bytes of a (rows, dim) table, scales included; dtype is one of FORMATS; raises ValueError.

    >>> table_bytes(128_000, 4_096, "fp16"), table_bytes(30_522, 384, "int8")
    (1048576000, 11842536)
    """
    bits, *scale = _format(dtype)
    row_bits = dim * bits
    if scale:
        scale_bits, group = scale
        row_bits += scale_bits * (1 if group is None else -(-dim // group))
    return rows * -(-row_bits // 8)


def in_words(n_bytes):
    """Say a number of bytes in all three ways: 1 MB is 1,000,000 bytes, 1 MiB is 1,048,576.

    >>> in_words(1_048_576_000)
    '1,048,576,000 bytes = 1,048.6 MB = 1,000.0 MiB'
    """
    return f"{n_bytes:,} bytes = {n_bytes / 1e6:,.1f} MB = {n_bytes / 2**20:,.1f} MiB"


def round_trip(vectors, dtype):
    """Return what is left of vectors stored in `dtype`: (n, dim) floats in, (n, dim) fp32 out.

    >>> round_trip([[0.25, -1.75, 0.6]], "4-bit").tolist()
    [[0.25, -1.75, 0.5]]
    """
    vectors = np.asarray(vectors, dtype=np.float32)
    bits, *scale = _format(dtype)
    if dtype == "bf16":  # the upper half of an fp32, rounded to the nearest even one
        whole = vectors.view(np.uint32)
        upper = (whole + 0x7FFF + (whole >> 16 & 1)) & 0xFFFF0000
        return upper.astype(np.uint32).view(np.float32)
    if not scale:
        return vectors.astype(f"f{bits // 8}").astype(np.float32)
    largest, group = 2 ** (bits - 1) - 1, scale[1] or vectors.shape[1]
    stored = np.empty_like(vectors)
    for first in range(0, vectors.shape[1], group):
        part = vectors[:, first : first + group]
        step = np.abs(part).max(axis=1, keepdims=True) / largest
        step = step.astype(f"f{scale[0] // 8}").astype(np.float32)
        codes = np.round(part / np.where(step == 0, 1, step)).clip(-largest, largest)
        stored[:, first : first + group] = codes * step
    return stored


def attend_without_weights(vectors):
    """Mix each row with those before it, by their dot products: (n, dim) floats in, (n, dim) floats out.

    One attention step (Vaswani et al. 2017, arXiv 1706.03762, equation 1) with the vectors themselves for
    queries, keys and values: a real layer first multiplies them by three learned matrices.

    >>> attend_without_weights([[1.0, 0.0], [0.0, 1.0]]).round(2).tolist()
    [[1.0, 0.0], [0.33, 0.67]]
    """
    vectors = np.asarray(vectors)
    scores = vectors @ vectors.T / np.sqrt(vectors.shape[1])
    scores[np.triu_indices(len(vectors), k=1)] = -np.inf  # nobody looks ahead
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True) @ vectors


def _format(dtype):
    if dtype not in FORMATS:
        raise ValueError(f"dtype must be one of {', '.join(FORMATS)}; got {dtype!r}.")
    return FORMATS[dtype]

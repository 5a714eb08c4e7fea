"""Rows of numbers in 4 bits each: sixteen levels, and one scale a row that says how far apart they lie."""

import numpy as np

from .lookup import shown

# Tried for each row: levels that reach this share of its largest number. A lower share cuts off the few
# largest numbers and sets the levels closer together for all others.
SHARES = np.linspace(0.5, 1, 11, dtype=np.float32)


def pack(vectors):
    """Round rows to 4 bits a number: (n, dim) in, (n, dim / 2) uint8 codes and (n,) float32 scales out.

    A code holds two levels, 0 to 15, the even column in its upper half; a level means (level - 7.5) x scale.
    The scale is the one of eleven that gives the smallest squared error; a row of zeros has the scale 0.
    To give each block of 64 numbers a scale, reshape the rows to (-1, 64) first.
    Raises ValueError unless the rows are finite numbers in an even number of columns.

    >>> codes, scales = pack([[7.5, -6.5, 1.5, -0.5]])
    >>> codes.tolist(), scales.tolist()
    ([[241, 151]], [1.0])
    """
    vectors = np.asarray(vectors, dtype=np.float32)
    if vectors.ndim != 2 or vectors.shape[1] % 2 or vectors.size == 0:
        raise ValueError(f"4-bit rows need shape (n, dim) with an even dim; got {vectors.shape}.")
    if not np.isfinite(vectors).all():
        raise ValueError("4-bit rows need numbers that are finite in fp32; got inf or nan.")
    largest = np.abs(vectors).max(axis=1)
    rows = vectors / np.where(largest == 0, 1, largest)[:, None]
    levels, steps = np.zeros(rows.shape, np.uint8), np.zeros_like(largest)
    smallest = np.full(len(rows), np.inf)
    for step in SHARES / np.float32(7.5):
        tried = np.clip(np.floor(rows / step + 8), 0, 15)
        error = (((tried - np.float32(7.5)) * step - rows) ** 2).sum(axis=1)
        better = error < smallest
        levels[better], steps[better], smallest[better] = tried[better], step, error[better]
    return levels[:, 0::2] << 4 | levels[:, 1::2], steps * largest


def unpack(codes, scales):
    """Give back the rounded rows: (n, dim / 2) uint8 codes and (n,) scales in, (n, dim) float32 out.

    Raises ValueError for codes that are not uint8, or not one scale a row.

    >>> unpack(np.array([[241, 151]], np.uint8), [1.0]).tolist()
    [[7.5, -6.5, 1.5, -0.5]]
    """
    codes, scales = np.asarray(codes), np.asarray(scales, dtype=np.float32)
    if codes.ndim != 2 or codes.dtype != np.uint8:
        raise ValueError(f"codes must be (n, dim / 2) uint8; got {shown(codes)}.")
    if scales.shape != codes.shape[:1]:
        raise ValueError(f"each row needs one scale: {len(codes)} rows; got shape {scales.shape}.")
    levels = np.stack([codes >> 4, codes & 15], axis=-1).reshape(len(codes), -1)
    return (levels - np.float32(7.5)) * scales[:, None]

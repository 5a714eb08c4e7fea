"""The search behind `nearest`: every row is compared, in blocks, so that all pairs are never in memory."""

import numpy as np

SCORES_AT_ONCE = 2**22  # 16 MB of float32
ROWS_AT_ONCE = 4096  # so a table of halves is never copied whole


def closest(queries, vectors, k, left_out):
    """Return IDs and cosines of the k rows nearest to each query: (q, d) of length 1 in, (q, k) both out.

    `left_out[i]` are IDs that query i may not get. Raises ValueError for k out of range or rows not finite.

    >>> closest(np.array([[1.0, 0.0]]), np.array([[5.0, 0.0], [0.0, 2.0], [3.0, 0.0]]), 2, [[]])[0].tolist()
    [[0, 2]]
    """
    lengths = _row_lengths(vectors)
    n_left_out = max((np.count_nonzero(lengths[list(set(ids))]) for ids in left_out), default=0)
    n_choices = np.count_nonzero(lengths) - n_left_out
    if not 1 <= k <= n_choices:
        raise ValueError(f"k must be 1 to {n_choices}, the rows to choose from; got {k}.")
    found = []
    n_together = max(1, SCORES_AT_ONCE // len(vectors))
    for start in range(0, len(queries), n_together):
        block = queries[start : start + n_together]
        for i, scores in enumerate(_scores(block, vectors, lengths)):
            scores[list(left_out[start + i])] = -np.inf
            found.append(_best(block[i], scores, vectors, k))
    ids = np.array([ids for ids, _ in found], dtype=int).reshape(-1, k)
    return ids, np.array([cosines for _, cosines in found]).reshape(-1, k)


def _best(query, scores, vectors, k):
    # In a fast product the cosines of equal rows may differ in the last digits. All that come near are worked
    # out again, each row in the same way, so that equal rows tie.
    ids = np.flatnonzero(scores >= np.partition(scores, -k)[-k] - 1e-5)
    rows = vectors[ids].astype(np.float64)
    cosines = np.clip((rows * query).sum(axis=1) / np.sqrt((rows**2).sum(axis=1)), -1, 1)
    order = np.lexsort((ids, -cosines.round(12)))[:k]
    return ids[order], cosines[order]


def _scores(queries, vectors, lengths):
    scores = np.empty((len(queries), len(vectors)), np.result_type(vectors, np.float32))
    for part, rows in _blocks(vectors):
        scores[:, part] = queries.astype(rows.dtype) @ rows.T
    scores /= np.where(lengths > 0, lengths, 1)
    scores[:, lengths == 0] = -np.inf
    return scores


def _row_lengths(vectors):
    lengths = np.concatenate([np.sqrt(np.einsum("ij,ij->i", rows, rows)) for _, rows in _blocks(vectors)])
    if not np.isfinite(lengths).all():
        row = np.isfinite(lengths).argmin()
        raise ValueError(f"rows must be finite numbers; got inf or nan in row {row} of the table.")
    return lengths


def _blocks(vectors):
    """Yield (slice, rows), in float32 where numbers are halves or integers: NumPy multiplies those slowly."""
    dtype = np.result_type(vectors, np.float32)
    for start in range(0, len(vectors), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        yield part, vectors[part].astype(dtype, copy=False)

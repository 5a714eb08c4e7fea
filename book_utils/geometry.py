"""Directions in a table: cosine, nearest rows, analogies, families; `project` draws them flat."""

from numbers import Integral

import numpy as np

from .lookup import shown
from .neighbour_search import closest
from .projection import project as project


def unit(vectors):
    """Scale vectors to length 1, which keeps only their direction: (..., d) in, (..., d) float64 out.

    Raises ValueError for a vector of zeros, which has no direction, and for numbers that are not finite.

    >>> unit([3.0, 4.0]).tolist()
    [0.6, 0.8]
    """
    vectors = np.asarray(vectors, dtype=np.float64)
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    _check_lengths(lengths.ravel())
    return vectors / lengths


def cosine(a, b):
    """Return the cosine of the angle between two vectors: (d,) and (d,) in, a float from -1 to 1 out.

    Raises ValueError for different lengths, a vector of zeros, or numbers that are not finite.

    >>> cosine([1, 0], [3, 0]), cosine([1, 0], [0, 5])
    (1.0, 0.0)
    """
    if np.shape(a) != np.shape(b) or np.ndim(a) != 1:
        shapes = f"{np.shape(a)} and {np.shape(b)}"
        raise ValueError(f"cosine needs two vectors of the same dim; got shapes {shapes}.")
    return float(np.clip(unit(a) @ unit(b), -1, 1))


def cosine_matrix(vectors, others=None):
    """Return the cosines of n vectors with m others, or with themselves: (n, d), (m, d) in, (n, m) out.

    Raises ValueError as `cosine` does.

    >>> cosine_matrix([[1, 0], [0, 2]]).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    return np.clip(unit(vectors) @ unit(vectors if others is None else others).T, -1, 1)


def nearest(query, table, k=5):
    """Return the k rows with the largest cosine, best first, as (token, cosine); all columns count.

    `query` is a token, an ID or a vector (dim,). A token is never its own neighbour; of equal cosines the
    lower ID comes first; a row of zeros has no direction and never comes. Without tokens the answer is IDs.
    Raises ValueError for k beyond the rows to choose from, a query of zeros, or numbers that are not finite.

    >>> from book_utils import EmbeddingTable
    >>> nearest("cat", EmbeddingTable([[1, 0], [2, 0], [0, 1]], ["cat", "dog", "king"]), k=1)
    [('dog', 1.0)]
    """
    if isinstance(query, (str, Integral)):
        return _named(table, table.lookup(query), k, _ids([query], table))
    if np.shape(query) != (table.dim,):
        expected = f"a token, an ID or a vector of {table.dim} numbers"
        raise ValueError(f"query must be {expected}; got {shown(query)}.")
    return _named(table, query, k, [])


def neighbour_ids(ids, table, k=5):
    """Return the k nearest rows of each ID or token, best first, as `nearest` does: (n,) in, (n, k) IDs out.

    >>> from book_utils import EmbeddingTable
    >>> neighbour_ids([0, 2], EmbeddingTable([[1, 0], [2, 0], [1, 2]]), k=1).tolist()
    [[1], [0]]
    """
    ids = _ids(ids, table)
    return closest(unit(table.lookup(ids)), table.vectors, k, [[i] for i in ids])[0]


def analogy(a, b, c, table, k=5, allow_inputs=False):
    """Answer "a is to b as c is to ...?" with the k rows nearest to b - a + c, as (token, cosine).

    `a`, `b`, `c` are tokens or IDs. They are left out of the answer unless `allow_inputs`: king - man + woman
    often lies nearest to king itself (Drozd et al. 2016, aclanthology C16-1332). Raises as `nearest` does.

    >>> from book_utils import EmbeddingTable
    >>> table = EmbeddingTable([[1, 0], [1, 3], [2, 0], [2, 2]], ["man", "king", "woman", "queen"])
    >>> analogy("man", "king", "woman", table, k=1)[0][0]
    'queen'
    """
    ids = _ids([a, b, c], table)
    row_a, row_b, row_c = table.lookup(ids).astype(np.float64)
    return _named(table, row_b - row_a + row_c, k, [] if allow_inputs else ids)


def own_family_share(table, groups, k=5):
    """For each word of the groups: its ID, and the share of its k nearest rows that are in its own group.

    `groups` is {name: words}; out come two arrays, one number a word, in the order of the groups. The mean
    share is called purity. Raises UnknownToken for a word not in the table, ValueError for one in two groups.

    >>> from book_utils import EmbeddingTable
    >>> table = EmbeddingTable([[9, 0], [9, 1], [0, 9], [1, 9]], ["cat", "dog", "king", "queen"])
    >>> ids, shares = own_family_share(table, {"animals": ["cat", "dog"], "royalty": ["king", "queen"]}, k=1)
    >>> shares.tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    ids = np.array([table.id_of(word) for words in groups.values() for word in words], dtype=int)
    if len(set(ids.tolist())) < len(ids):
        raise ValueError("a word may be in one group only, once; leave out words with two uses.")
    group_of_row = np.full(len(table), -1)
    group_of_row[ids] = np.repeat(np.arange(len(groups)), [len(words) for words in groups.values()])
    same = group_of_row[neighbour_ids(ids, table, k)] == group_of_row[ids][:, None]
    return ids, same.mean(axis=1)


def silhouette(vectors, labels):
    """Return how far groups stand apart, by cosine: (n, d) and n labels in, -1 (mixed) to 1 (islands) out.

    Rousseeuw 1987, by scikit-learn. Raises ValueError for a vector of zeros, or if not 2 to n - 1 groups.

    >>> round(silhouette([[9, 0], [9, 1], [0, 9], [1, 9]], ["animal", "animal", "royal", "royal"]), 2)
    0.99
    """
    from sklearn.metrics import silhouette_score  # a second to import: only callers pay

    vectors, n_groups = unit(vectors), len(set(labels))
    if not 2 <= n_groups < len(vectors):
        expected = f"2 to {len(vectors) - 1} groups in {len(vectors)} vectors"
        raise ValueError(f"silhouette needs {expected}; got {n_groups}.")
    return float(silhouette_score(vectors, labels, metric="cosine"))


def random_rotation(dim, seed=0):
    """Return a random rotation R, (dim, dim) with R @ R.T = 1 and determinant 1, the same for the same seed.

    All are equally likely (Mezzadri 2007, arXiv math-ph/0609050). Raises ValueError if dim is below 1.

    >>> bool(np.allclose(random_rotation(3) @ random_rotation(3).T, np.eye(3)))
    True
    """
    if dim < 1:
        raise ValueError(f"dim must be 1 or more; got {dim}.")
    rotation, upper = np.linalg.qr(np.random.default_rng(seed).standard_normal((dim, dim)))
    rotation *= np.sign(np.diag(upper))
    if np.linalg.det(rotation) < 0:  # a mirror image: turn one axis round
        rotation[:, 0] *= -1
    return rotation


def _ids(words, table):
    return [table.id_of(word) if isinstance(word, str) else word for word in words]


def _named(table, query, k, left_out):
    ids, cosines = closest(unit(query)[None], table.vectors, k, [left_out])
    names = ids[0].tolist() if table.tokens is None else [table.tokens[i] for i in ids[0]]
    return list(zip(names, cosines[0].tolist(), strict=True))


def _check_lengths(lengths):
    if not np.isfinite(lengths).all():
        place = np.isfinite(lengths).argmin()
        raise ValueError(f"vectors must be finite numbers; got inf or nan in the one at place {place}.")
    if not lengths.all():
        place = lengths.argmin()
        raise ValueError(f"a vector of zeros has no direction, so no cosine; got one at place {place}.")

"""Cosines, neighbours and projections, against loops written as a rule and against NumPy's SVD."""

import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.decomposition import PCA

from book_utils import neighbour_search
from book_utils.geometry import (
    analogy,
    cosine,
    cosine_matrix,
    nearest,
    neighbour_ids,
    own_family_share,
    project,
    random_rotation,
    silhouette,
    unit,
)
from book_utils.lookup import EmbeddingTable

NOT_FINITE = [math.nan, math.inf, -math.inf]
# Whole numbers: rows repeat, point the same way with different lengths, or are zero.
TABLES = arrays(np.float64, st.tuples(st.integers(2, 9), st.integers(1, 3)), elements=st.integers(-3, 3))


def random_table(n=40, dim=6, seed=0, dtype=np.float64):
    vectors = np.random.default_rng(seed).standard_normal((n, dim)).astype(dtype)
    return EmbeddingTable(vectors, [f"word{i}" for i in range(n)])


def cosine_as_a_loop(a, b):
    dot = math.fsum(x * y for x, y in zip(a, b, strict=True))
    return dot / math.sqrt(math.fsum(x * x for x in a)) / math.sqrt(math.fsum(x * x for x in b))


def nearest_as_a_loop(query, vectors, left_out=()):
    """All rows that may be chosen, best first, ties by ID."""
    ids = [i for i in range(len(vectors)) if i not in left_out and any(vectors[i])]
    return sorted(ids, key=lambda i: (-round(cosine_as_a_loop(query, vectors[i]), 12), i))


@settings(deadline=None)
@given(TABLES)
def test_cosines_equal_a_loop(vectors):
    vectors = vectors[np.any(vectors, axis=1)]
    found = cosine_matrix(vectors)
    for i, a in enumerate(vectors):
        for j, b in enumerate(vectors):
            assert found[i, j] == pytest.approx(cosine_as_a_loop(a, b), abs=1e-14)
            assert cosine(a, b) == pytest.approx(found[i, j], abs=1e-14)
            assert -1 <= found[i, j] <= 1 and -1 <= cosine(a, b) <= 1


def test_cosine_matrix_of_two_sets():
    vectors = random_table().vectors
    np.testing.assert_allclose(cosine_matrix(vectors[:3], vectors[3:]), cosine_matrix(vectors)[:3, 3:])


@given(TABLES, st.data())
@settings(max_examples=200, deadline=None)
@example(np.array([[1.0, 2], [3, 6], [2, 4], [-1, 0], [0, 0]]), None)
def test_nearest_equals_a_loop(vectors, data):
    with_direction = [i for i in range(len(vectors)) if any(vectors[i])]
    if len(with_direction) < 2:
        return
    query = data.draw(st.sampled_from(with_direction)) if data else 0
    k = data.draw(st.integers(1, len(with_direction) - 1)) if data else 3
    table = EmbeddingTable(vectors)
    # A token is never its own neighbour, even where an equal row is.
    assert [i for i, _ in nearest(query, table, k)] == nearest_as_a_loop(vectors[query], vectors, [query])[:k]
    found = nearest(vectors[query], table, k)
    assert [i for i, _ in found] == nearest_as_a_loop(vectors[query], vectors)[:k]
    for i, value in found:
        assert value == pytest.approx(cosine_as_a_loop(vectors[query], vectors[i]), abs=1e-14)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_nearest_in_blocks_equals_a_loop(dtype, monkeypatch):
    monkeypatch.setattr(neighbour_search, "ROWS_AT_ONCE", 7)
    monkeypatch.setattr(neighbour_search, "SCORES_AT_ONCE", 100)
    table = random_table(dtype=dtype)
    found = neighbour_ids(range(40), table, k=5)
    for i, ids in enumerate(found):
        assert ids.tolist() == nearest_as_a_loop(table.vectors[i].tolist(), table.vectors.tolist(), [i])[:5]


@pytest.mark.parametrize("rows_at_once", [39, 40, 41])
@pytest.mark.parametrize("scores_at_once", [1, 39, 40, 80, 81])
def test_neighbours_are_the_same_wherever_a_block_ends(rows_at_once, scores_at_once, monkeypatch):
    table = random_table()
    expected = neighbour_ids(range(40), table, k=39)
    monkeypatch.setattr(neighbour_search, "ROWS_AT_ONCE", rows_at_once)
    monkeypatch.setattr(neighbour_search, "SCORES_AT_ONCE", scores_at_once)
    np.testing.assert_array_equal(neighbour_ids(range(40), table, k=39), expected)


def test_integers_have_neighbours():
    assert nearest(0, EmbeddingTable(np.array([[100, 0], [0, 100], [100, 1]], np.int8)), k=1)[0][0] == 2


def test_rows_of_one_direction_tie_whatever_the_fast_product_rounds():
    vectors = np.random.default_rng(0).integers(-9, 10, (3001, 50)).astype(np.float32)
    ids = [7, *range(1500, 1510), *range(2990, 3001)]
    vectors[ids] = np.outer(range(1, 23), vectors[7])
    query = vectors[7] / np.linalg.norm(vectors[7])
    fast = vectors[ids] @ query / np.linalg.norm(vectors[ids], axis=1)
    assert (np.diff(fast) > 0).any()  # some look nearer than one before them; else this would show nothing
    for k in (1, 2, 11, 22):
        found = [i for i, _ in nearest(vectors[7], EmbeddingTable(vectors), k)]
        assert found == ids[:k]


def test_nearest_follows_a_changed_table():
    vectors = np.array([[1.0, 0], [1, 1], [0, 1]])
    table = EmbeddingTable(vectors, ["a", "b", "c"])
    assert nearest("a", table, k=1)[0][0] == "b"
    vectors[2] = [5, 0]
    assert nearest("a", table, k=1)[0][0] == "c"


def test_a_query_is_a_token_an_id_or_a_vector():
    table = random_table()
    by_token = nearest("word3", table, k=3)
    assert by_token == nearest(3, table, k=3) == nearest(np.int64(3), table, k=3)
    np.testing.assert_array_equal(neighbour_ids(["word3", 5], table), neighbour_ids([3, 5], table))
    assert neighbour_ids([], table, k=2).shape == (0, 2) and neighbour_ids([], table, k=40).shape == (0, 40)
    with pytest.raises(IndexError, match="run from 0 to 39; got -1"):
        nearest(-1, table)
    assert nearest(table.vectors[3], table, k=4) == [("word3", pytest.approx(1)), *by_token]


def test_memory_stays_far_below_all_pairs():
    table = EmbeddingTable(np.random.default_rng(0).standard_normal((20_000, 8)).astype(np.float16))
    tracemalloc.start()
    neighbour_ids(range(1000), table, k=3)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50e6  # 1,000 x 20,000 scores alone are 80 MB, all pairs 1.6 GB


@pytest.mark.parametrize("k", [0, -1, 40, 1000])
def test_k_is_checked(k):
    with pytest.raises(ValueError, match=f"k must be 1 to 39, the rows to choose from; got {k}"):
        nearest("word0", random_table(), k)


def test_rows_of_zeros_are_no_neighbours():
    table = EmbeddingTable([[1.0, 0], [0, 0], [0, 1]], ["a", "nothing", "b"])
    assert nearest("a", table, k=1) == [("b", 0.0)]
    with pytest.raises(ValueError, match="k must be 1 to 1"):
        nearest("a", table, k=2)
    with pytest.raises(ValueError, match="a vector of zeros has no direction"):
        nearest("nothing", table, k=1)


def test_rounding_leads_no_cosine_beyond_one():
    vectors = np.random.default_rng(0).standard_normal((300, 7))
    raw = np.einsum("ij,ij->i", unit(vectors), unit(3 * vectors))
    assert raw.max() > 1  # so there is something to cut off
    for others in (3 * vectors, -3 * vectors):
        found = [cosine_matrix(vectors, others).ravel(), [cosine(*pair) for pair in zip(vectors, others, strict=True)]]
        assert max(map(np.max, found)) <= 1 and min(map(np.min, found)) >= -1
        near = [cosine for query in vectors for _, cosine in nearest(query, EmbeddingTable(others), 300)]
        assert max(near) <= 1 and min(near) >= -1


@pytest.mark.parametrize(
    "call", [unit, cosine_matrix, lambda v: cosine(v[0], v[1]), lambda v: silhouette(v, [0, 0, 1])]
)
def test_zeros_and_numbers_that_are_not_finite_are_refused(call):
    with pytest.raises(ValueError, match="a vector of zeros has no direction"):
        call(np.array([[1.0, 0], [0, 0], [1, 1]]))
    for wrong in NOT_FINITE:
        with pytest.raises(ValueError, match="finite"):
            call(np.array([[1.0, 0], [0, wrong], [1, 1]]))


@pytest.mark.parametrize("wrong", NOT_FINITE)
def test_tables_that_are_not_finite_are_refused(wrong):
    vectors = np.ones((5, 2))
    vectors[3, 1] = wrong
    table = EmbeddingTable(vectors)
    for call in (
        lambda: nearest(0, table, 1),
        lambda: neighbour_ids([0], table, 1),
        lambda: analogy(0, 1, 2, table, 1),
    ):
        with pytest.raises(ValueError, match="inf or nan in row 3"):
            call()
    with pytest.raises(ValueError, match="finite"):
        nearest([1, wrong], random_table(dim=2), 1)
    with pytest.raises(ValueError, match="finite"):
        project(vectors)


def test_shapes_are_checked():
    with pytest.raises(ValueError, match=r"same dim; got shapes \(2,\) and \(3,\)"):
        cosine([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="a vector of 6 numbers"):
        nearest([1.0, 2.0], random_table(), 1)
    with pytest.raises(KeyError, match="Did you mean 'word3'"):
        nearest("wrd3", random_table(), 1)


def test_analogy_is_the_sum_of_rows():
    table = random_table()
    ids = [4, 9, 2]
    target = table.vectors[9] - table.vectors[4] + table.vectors[2]
    for allow_inputs, left_out in ((False, ids), (True, [])):
        found = analogy("word4", "word9", "word2", table, k=5, allow_inputs=allow_inputs)
        expected = nearest_as_a_loop(target, table.vectors, left_out)[:5]
        assert [word for word, _ in found] == [f"word{i}" for i in expected]
        assert found == analogy(*ids, table, k=5, allow_inputs=allow_inputs)


def test_analogy_leaves_the_inputs_out_by_default():
    table = EmbeddingTable([[1.0, 0], [1, 3], [1.1, 0], [0, 1]], ["man", "king", "woman", "queen"])
    assert analogy("man", "king", "woman", table, k=1)[0][0] == "queen"
    assert analogy("man", "king", "woman", table, k=1, allow_inputs=True)[0][0] == "king"
    with pytest.raises(ValueError, match="k must be 1 to 1"):
        analogy("man", "king", "woman", table, k=2)


@given(st.integers(0, 1000), st.integers(2, 12), st.integers(2, 8))
@settings(max_examples=30, deadline=None)
def test_projection_equals_svd(seed, m, d):
    vectors = np.random.default_rng(seed).standard_normal((m, d))
    n = min(2, m - 1)
    left, singular, right = np.linalg.svd(vectors - vectors.mean(axis=0), full_matrices=False)
    found = project(vectors, n)
    np.testing.assert_allclose(np.abs(found.points), np.abs(left * singular)[:, :n], atol=1e-10)
    np.testing.assert_allclose(np.abs(found.axes), np.abs(right)[:n], atol=1e-8)
    np.testing.assert_allclose(found.shares, (singular**2 / (singular**2).sum())[:n], atol=1e-12)
    assert found.share == pytest.approx(found.shares.sum())
    np.testing.assert_allclose(found.place(vectors), found.points, atol=1e-12)
    np.testing.assert_allclose(found.axes @ found.axes.T, np.eye(n), atol=1e-12)


def test_the_same_vectors_give_the_same_picture(monkeypatch):
    vectors = random_table(30, 5).vectors
    expected = project(vectors)
    assert (expected.axes[[0, 1], np.abs(expected.axes).argmax(axis=1)] > 0).all()
    np.testing.assert_array_equal(project(vectors).points, expected.points)
    np.testing.assert_allclose(project(vectors[::-1]).points[::-1], expected.points, atol=1e-12)
    np.testing.assert_allclose(project(-vectors).axes, expected.axes, atol=1e-12)

    class OtherWayRound(PCA):  # as another solver or version may turn its axes
        def fit(self, vectors):
            super().fit(vectors)
            self.components_ = -self.components_
            return self

    monkeypatch.setattr("sklearn.decomposition.PCA", OtherWayRound)
    np.testing.assert_allclose(project(vectors).points, expected.points, atol=1e-12)


def test_projection_refuses_what_cannot_be_drawn():
    with pytest.raises(ValueError, match="n must be 1 to the smaller side"):
        project([[1, 2], [3, 4]], n=3)
    with pytest.raises(ValueError, match="n must be"):
        project([1, 2, 3])
    with pytest.raises(ValueError, match="all vectors are equal"):
        project(np.ones((4, 3)))


@pytest.mark.parametrize(("vectors", "n", "message"), [
    (np.eye(3), 0, "n must be 1 to the smaller side of (m, d); got n = 0, shape (3, 3)."),
    (np.eye(3), 4, "n must be 1 to the smaller side of (m, d); got n = 4, shape (3, 3)."),
    (np.ones((2, 2, 2)), 1, "n must be 1 to the smaller side of (m, d); got n = 1, shape (2, 2, 2)."),
    ([[1, 2], [math.nan, 4]], 1, "vectors must be finite numbers; got inf or nan."),
    ([[1, 2]], 1, "all vectors are equal, so there is no variance to draw: give two different ones."),
    ([[1, 2], [1, 2]], 1,
     "all vectors are equal, so there is no variance to draw: give two different ones."),
])
def test_what_cannot_be_projected_is_told_in_a_sentence(vectors, n, message):
    with pytest.raises(ValueError) as refused:
        project(vectors, n)
    assert str(refused.value) == message


def test_a_projection_has_as_many_axes_as_the_smaller_side_at_most_and_two_usually():
    assert project(np.eye(3), 3).points.shape == (3, 3) and project(np.eye(3)[:2], 2).axes.shape == (2, 3)
    usual = project(random_table(5, 4).vectors)
    assert usual.points.shape == (5, 2) and usual.centre.shape == (4,) and type(usual.share) is float
    assert repr(usual) == f"Projection(5 points in 2-D, {100 * sum(usual.shares):.0f}% of the variance)"
    assert project([[0, 0], [1, -1]], 1).axes[0, 0] > 0  # of two parts that are equally large the first


def test_two_axes_of_noise_hold_a_tenth():
    vectors = np.random.default_rng(0).standard_normal((30, 768))
    assert project(vectors).share == pytest.approx(0.096, abs=0.005)


@pytest.mark.parametrize("dim", [1, 2, 3, 32])
def test_a_rotation_keeps_lengths_and_hands(dim):
    rotation = random_rotation(dim, seed=3)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(dim), atol=1e-12)
    assert np.linalg.det(rotation) == pytest.approx(1)
    np.testing.assert_array_equal(rotation, random_rotation(dim, seed=3))
    assert dim == 1 or not np.allclose(rotation, random_rotation(dim, seed=4))


def test_no_cosine_or_neighbour_depends_on_the_columns():
    table = random_table()
    turned = EmbeddingTable(table.vectors @ random_rotation(6), table.tokens)
    np.testing.assert_allclose(cosine_matrix(turned.vectors), cosine_matrix(table.vectors), atol=1e-12)
    np.testing.assert_array_equal(neighbour_ids(range(40), turned), neighbour_ids(range(40), table))
    assert not np.allclose(turned.vectors, table.vectors)


@pytest.mark.parametrize("dim", [1, 2, 3, 8])
def test_no_rotation_is_a_mirror_image(dim):
    assert [np.linalg.det(random_rotation(dim, seed)) for seed in range(30)] == pytest.approx([1] * 30)
    np.testing.assert_array_equal(random_rotation(dim), random_rotation(dim, seed=0))


def test_rotations_are_spread_over_the_circle():
    angles = [math.atan2(*random_rotation(2, seed)[1]) for seed in range(400)]
    counts, _ = np.histogram(angles, bins=4, range=(-math.pi, math.pi))
    assert counts.min() > 70


def test_there_are_five_neighbours_and_none_of_the_inputs_where_nothing_is_said():
    table = random_table()
    groups = {"one": table.tokens[:10], "two": table.tokens[10:]}
    assert nearest("word1", table) == nearest("word1", table, k=5)
    np.testing.assert_array_equal(neighbour_ids([3, 4], table), neighbour_ids([3, 4], table, k=5))
    words = ("word1", "word2", "word3", table)
    assert analogy(*words) == analogy(*words, k=5, allow_inputs=False) != analogy(*words, k=5, allow_inputs=True)
    np.testing.assert_array_equal(own_family_share(table, groups)[1], own_family_share(table, groups, k=5)[1])


def test_dim_is_checked():
    with pytest.raises(ValueError, match="dim must be 1 or more; got 0"):
        random_rotation(0)


def test_own_family_share_equals_a_loop():
    table = random_table(30, 3)
    groups = {"a": ["word1", "word7", "word8"], "b": ["word2", "word11"]}
    ids, shares = own_family_share(table, groups, k=4)
    assert ids.tolist() == [1, 7, 8, 2, 11]
    for i, share in zip(ids, shares, strict=True):
        family = next(words for words in groups.values() if f"word{i}" in words)
        assert share == sum(word in family for word, _ in nearest(int(i), table, 4)) / 4


def test_a_word_in_two_groups_is_refused():
    with pytest.raises(ValueError, match="one group only"):
        own_family_share(random_table(), {"a": ["word1"], "b": ["word1"]})


def test_silhouette_equals_its_definition():
    vectors, labels = random_table(20, 3).vectors, np.array(list("aaaaaabbbbbbbbcccccc"))
    distances, scores = 1 - cosine_matrix(vectors), []
    for i in range(20):
        mean = {c: distances[i, (labels == c) & (np.arange(20) != i)].mean() for c in "abc"}
        inside, outside = mean.pop(labels[i]), min(mean[c] for c in "abc" if c != labels[i])
        scores.append((outside - inside) / max(inside, outside))
    assert silhouette(vectors, labels) == pytest.approx(np.mean(scores))
    for wrong in (["a"] * 20, list(range(20))):
        with pytest.raises(ValueError, match="2 to 19 groups in 20 vectors"):
            silhouette(vectors, wrong)

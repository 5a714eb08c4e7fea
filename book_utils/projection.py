"""A flat picture of many dimensions, which says what it leaves out."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Projection:
    """Vectors seen on n axes: `points` (m, n), `shares` of the variance (n,), `axes` (n, d) and `centre`."""

    points: np.ndarray
    shares: np.ndarray
    axes: np.ndarray
    centre: np.ndarray

    @property
    def share(self):
        """The share of the variance that the axes keep together, 0 to 1: say it on every plot."""
        return float(self.shares.sum())

    def place(self, vectors):
        """Put other vectors on the same axes, for a film of one map: (m, d) in, (m, n) out."""
        return (np.asarray(vectors, dtype=np.float64) - self.centre) @ self.axes.T

    def __repr__(self):
        m, n = self.points.shape
        return f"Projection({m} points in {n}-D, {self.share:.0%} of the variance)"


def project(vectors, n=2):
    """Flatten vectors to the n axes of largest variance (scikit-learn's PCA): (m, d) in, a Projection out.

    The largest part of each axis is positive, so the same vectors always give the same picture.
    Raises ValueError for n above m or d, equal vectors, or numbers that are not finite.

    >>> project([[0, 0], [2, 0], [4, 0]], n=1)
    Projection(3 points in 1-D, 100% of the variance)
    """
    from sklearn.decomposition import PCA  # a second to import: only callers pay

    vectors = np.asarray(vectors, dtype=np.float64)
    if vectors.ndim != 2 or not 1 <= n <= min(vectors.shape):
        raise ValueError(f"n must be 1 to the smaller side of (m, d); got n = {n}, shape {vectors.shape}.")
    if not np.isfinite(vectors).all():
        raise ValueError("vectors must be finite numbers; got inf or nan.")
    if (vectors == vectors[0]).all():
        raise ValueError("all vectors are equal, so there is no variance to draw: give two different ones.")
    pca = PCA(n, svd_solver="full").fit(vectors)
    largest = np.abs(pca.components_).round(6).argmax(axis=1)  # of equal parts the first
    axes = pca.components_ * np.sign(pca.components_[np.arange(n), largest])[:, None]
    return Projection((vectors - pca.mean_) @ axes.T, pca.explained_variance_ratio_, axes, pca.mean_)

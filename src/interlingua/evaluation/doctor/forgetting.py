"""Two encoders of the same texts: how much of the one's geometry is left in the other."""

import numpy as np
from numpy.typing import NDArray

from interlingua.evaluation.doctor.hubs import near_others
from interlingua.mining.neighbours import unit_rows
from interlingua.types import Vectors

__all__ = ["linear_cka", "neighbour_overlap"]


def linear_cka(first: Vectors, second: Vectors) -> float:
    r"""Return the linear centred kernel alignment of two encoders, by its unbiased estimate.

    .. math:: \frac{H(K, L)}{\sqrt{H(K, K) \, H(L, L)}} , \qquad
       H(K, L) = \frac{1}{n (n-3)} \Bigl( \operatorname{tr} KL + \frac{1'K1 \cdot 1'L1}{(n-1)(n-2)}
       - \frac{2}{n-2} 1'KL1 \Bigr)

    where K and L are the products of all unit vectors of each with their diagonal set to 0. 1 where both lie alike up
    to rotation and scale, about 0 (also below) where they have nothing in common. The plain estimate would be far above
    0 for unrelated vectors of as many dimensions as texts.

    Args:
        first: Vectors of texts by one encoder, shape ``(n, dim)``.
        second: Of the same texts by the other, shape ``(n, other dim)``.

    Returns:
        NaN for fewer than 4 texts, or where all vectors of one are the same.

    Reference:
        Kornblith, Norouzi, Lee, Hinton 2019, Similarity of Neural Network Representations Revisited.
        https://proceedings.mlr.press/v97/kornblith19a.html; the estimate: Song, Smola, Gretton, Bedo, Borgwardt 2012,
        Feature Selection via Dependence Maximization. https://www.jmlr.org/papers/v13/song12a.html

    Example:
        >>> vectors = np.random.default_rng(0).normal(size=(50, 8))
        >>> round(linear_cka(vectors, vectors[:, ::-1]), 6)
        1.0
    """
    if len(first) < 4:
        return float("nan")
    left, right = _products(first), _products(second)
    both, one, other = _dependence(left, right), _dependence(left, left), _dependence(right, right)
    return both / float(np.sqrt(one * other)) if min(one, other) > 1e-12 else float("nan")


def neighbour_overlap(first: Vectors, second: Vectors, *, k: int = 10) -> NDArray[np.float64]:
    """Return for every text the share of its k nearest texts that two encoders agree on.

    Args:
        first: Vectors of texts by one encoder, shape ``(n, dim)``.
        second: Of the same texts by the other, shape ``(n, other dim)``.
        k: Neighbours compared.

    Returns:
        Shape ``(n,)``, from 0 to 1.

    Example:
        >>> vectors = np.array([[1.0, 0], [0.9, 0.1], [0, 1], [0.1, 0.9]])
        >>> neighbour_overlap(vectors, vectors[:, ::-1], k=1).tolist()
        [1.0, 1.0, 1.0, 1.0]
    """
    n = len(first)
    (one, _), (other, _) = near_others(first, k=k), near_others(second, k=k)
    numbers = np.arange(n)[:, None] * n
    shared = np.isin(one + numbers, other + numbers)
    return np.asarray(shared.mean(axis=1), dtype=np.float64)


def _products(vectors: Vectors) -> NDArray[np.float64]:
    unit = unit_rows(vectors).astype(np.float64)
    kernel = unit @ unit.T
    np.fill_diagonal(kernel, 0)
    return kernel


def _dependence(left: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    n = len(left)
    sums, others = left.sum(axis=0), right.sum(axis=0)
    trace = float(np.sum(left * right))
    means = float(sums.sum() * others.sum()) / ((n - 1) * (n - 2))
    return (trace + means - 2 * float(sums @ others) / (n - 2)) / (n * (n - 3))

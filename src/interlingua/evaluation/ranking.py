"""The best candidates of every query in order, and how good that order is: plain functions of arrays."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from interlingua.mining.neighbours import unit_rows
from interlingua.types import Vectors

__all__ = ["ndcg", "recall", "reciprocal_rank", "top_candidates"]

Ids = NDArray[np.int64]
Grades = NDArray[np.floating[Any]]
"""Shape ``(queries, depth)``: the grade of what stands at each rank, 0 where it is not relevant or nothing stands."""

Values = NDArray[np.float64]

_TILE = (256, 8192)


def top_candidates(queries: Vectors, pool: Vectors, *, k: int, tile: tuple[int, int] = _TILE) -> Ids:
    """Return the k nearest candidates of every query by float32 cosine, best first; of equal ones the first.

    Only one direction is searched, and a tile's best are found by partition, which pays for the large k of search.

    Args:
        queries: Shape ``(n, dim)``.
        pool: Shape ``(m, dim)``.
        k: How many; fewer come back from a smaller pool.
        tile: Queries and candidates in one block of the product: bounds the memory, not the result.

    Returns:
        Shape ``(n, min(k, m))``.

    Example:
        >>> top_candidates(np.eye(3), np.eye(3)[[2, 0, 1]], k=2).tolist()
        [[1, 0], [2, 0], [0, 1]]
    """
    left, right = unit_rows(queries), unit_rows(pool)
    found = np.empty((len(left), min(k, len(right))), dtype=np.int64)
    for row in range(0, len(left), tile[0]):
        part = left[row : row + tile[0]]
        index, score = np.empty((len(part), 0), dtype=np.int64), np.empty((len(part), 0), dtype=np.float32)
        for column in range(0, len(right), tile[1]):
            block = part @ right[column : column + tile[1]].T
            best = _best(block, k)
            index = np.concatenate([index, best + column], axis=1)
            score = np.concatenate([score, np.take_along_axis(block, best, axis=1)], axis=1)
            kept = np.argsort(-score, axis=1, kind="stable")[:, :k]  # stable: earlier tiles hold lower indices
            index, score = np.take_along_axis(index, kept, axis=1), np.take_along_axis(score, kept, axis=1)
        found[row : row + tile[0]] = index
    return found


def ndcg(ranked: Grades, judged: Grades, *, k: int = 10) -> Values:
    r"""Return the normalised discounted cumulative gain of every query, as trec_eval defines it.

    .. math:: \frac{\sum_{r=1}^{k} g_r / \log_2(r + 1)}{\sum_{r=1}^{k} g^*_r / \log_2(r + 1)}

    :math:`g_r` being the grade at rank r, :math:`g^*` all grades of the query from the highest down.

    Args:
        ranked: Grades in the order found.
        judged: Grades of all relevant candidates of the query from the highest down, padded with 0; shape
            ``(queries, any)``.
        k: Ranks that count.

    Returns:
        Shape ``(queries,)``; NaN for a query without a relevant candidate.

    Reference:
        Järvelin and Kekäläinen 2002, Cumulated Gain-based Evaluation of IR Techniques.
        https://doi.org/10.1145/582415.582418

    Example:
        >>> ndcg(np.array([[0.0, 1, 0]]), np.array([[1.0]])).round(4).tolist()
        [0.6309]
    """
    found, ideal = _discounted(ranked, k), _discounted(judged, k)
    values: Values = np.divide(found, ideal, out=np.full(len(found), np.nan), where=ideal > 0)
    return values


def recall(ranked: Grades, judged: Grades, *, k: int = 100) -> Values:
    """Return the share of each query's relevant candidates that stand in the first k ranks; NaN where there are none.

    Args:
        ranked: Grades in the order found.
        judged: As for :func:`ndcg`.
        k: Ranks that count.

    Example:
        >>> recall(np.array([[0.0, 1, 0]]), np.array([[1.0, 1.0]])).tolist()
        [0.5]
    """
    found, relevant = (ranked[:, :k] > 0).sum(axis=1), (judged > 0).sum(axis=1)
    values: Values = np.divide(found, relevant, out=np.full(len(found), np.nan), where=relevant > 0)
    return values


def reciprocal_rank(ranked: Grades, judged: Grades, *, k: int = 10) -> Values:
    """Return one over the rank of the first relevant candidate, 0 beyond rank k; NaN where there is none.

    Args:
        ranked: Grades in the order found.
        judged: As for :func:`ndcg`.
        k: Ranks that count.

    Example:
        >>> reciprocal_rank(np.array([[0.0, 0, 2]]), np.array([[2.0]])).round(4).tolist()
        [0.3333]
    """
    hits = ranked[:, :k] > 0
    ranks = np.where(hits.any(axis=1), hits.argmax(axis=1) + 1, np.inf)
    return np.where((judged > 0).any(axis=1), 1 / ranks, np.nan)


def _discounted(grades: Grades, k: int) -> Values:
    gains = np.maximum(grades[:, :k], 0).astype(np.float64)
    total: Values = gains @ (1 / np.log2(np.arange(2, gains.shape[1] + 2)))
    return total


def _best(block: NDArray[np.float32], k: int) -> Ids:
    """Return the k highest columns of every row; of equal ones the first."""
    if block.shape[1] <= k:
        return np.argsort(-block, axis=1, kind="stable")
    best = np.sort(np.argpartition(-block, k - 1, axis=1)[:, :k], axis=1)
    values = np.take_along_axis(block, best, axis=1)
    tied = np.flatnonzero((block >= values.min(axis=1)[:, None]).sum(axis=1) > k)
    best[tied] = np.sort(np.argsort(-block[tied], axis=1, kind="stable")[:, :k], axis=1)
    return best

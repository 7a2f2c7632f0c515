r"""Exact nearest neighbours in both directions from one blocked similarity product.

The product is made tile by tile in float32; a tile's maxima say which queries it can improve, and only those are looked
at. Nothing of size N x N is ever held. Where a decision is closer than float32 can tell, :func:`exact_rows` and
:func:`exact_cosines` give the float64 that decides it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from interlingua.errors import MiningError
from interlingua.types import Vectors

__all__ = ["TILE", "Neighbours", "exact_cosines", "exact_rows", "nearest_both_ways", "unit_rows"]

Ids = NDArray[np.int64]
Floats = NDArray[np.float32]

TILE = (512, 2048)
"""Small enough for its maxima to be read from the cache, large enough for the product to run at full speed."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The k nearest candidates of every query, best first; among equal scores the lower index first.

    Args:
        index: Shape ``(n, k)``: row numbers of the candidates.
        score: Shape ``(n, k)``: cosines, float32.
    """

    index: Ids
    score: Floats


def nearest_both_ways(
    source: Vectors, target: Vectors, *, k: int = 1, tile: tuple[int, int] = TILE
) -> tuple[Neighbours, Neighbours]:
    """Return every source row's nearest target rows, and every target row's nearest source rows.

    Args:
        source: Shape ``(n, dim)``.
        target: Shape ``(m, dim)``.
        k: Neighbours wanted; fewer come back from a pool that has fewer.
        tile: Rows of source and of target in one block of the product: bounds the memory, not the result.

    Raises:
        MiningError: If the shapes do not fit, a vector is not finite, or k is not positive.

    Example:
        >>> forward, backward = nearest_both_ways(np.eye(3), np.eye(3)[[2, 0, 1]])
        >>> forward.index[:, 0].tolist(), backward.index[:, 0].tolist()
        ([1, 2, 0], [2, 0, 1])
    """
    _check(source, target, k)
    left, right = unit_rows(source), unit_rows(target)
    forward, backward = _Best(len(left), min(k, len(right))), _Best(len(right), min(k, len(left)))
    for row in range(0, len(left), tile[0]):
        for column in range(0, len(right), tile[1]):
            block = left[row : row + tile[0]] @ right[column : column + tile[1]].T
            forward.update(block, query=row, candidate=column)
            backward.update(block.T, query=column, candidate=row)
    return forward.result(), backward.result()


def unit_rows(vectors: Vectors) -> Floats:
    """Return float32 rows of length 1 (a zero row stays zero); no copy where they already are."""
    rows: Floats = np.ascontiguousarray(vectors, dtype=np.float32)
    lengths: Floats = np.sqrt(np.einsum("nd,nd->n", rows, rows))
    if np.all(np.abs(lengths - 1) < 1e-6):
        return rows
    lengths[lengths == 0] = 1
    return np.divide(rows, lengths[:, None])


def exact_rows(vectors: Vectors) -> NDArray[np.float64]:
    """Return float64 rows of length 1 (a zero row stays zero)."""
    rows: NDArray[np.float64] = vectors.astype(np.float64)
    lengths: NDArray[np.float64] = np.sqrt(np.einsum("nd,nd->n", rows, rows))
    lengths[lengths == 0] = 1
    rows /= lengths[:, None]
    return rows


def exact_cosines(queries: Vectors, pool: Vectors, candidates: Ids, *, values: int = 1 << 23) -> NDArray[np.float64]:
    """Return the cosine of every query with each of its candidates, made in float64 and rounded to 12 places.

    Rounding makes equal vectors equally near, wherever they stand.

    Args:
        queries: Shape ``(n, dim)``.
        pool: Shape ``(m, dim)``.
        candidates: Shape ``(n, k)``: row numbers of the pool.
        values: Candidates' numbers held at once: bounds the memory, not the result.

    Returns:
        Shape ``(n, k)``.

    Example:
        >>> exact_cosines(np.eye(2), np.array([[3.0, 4.0]]), np.array([[0], [0]])).tolist()
        [[0.6], [0.8]]
    """
    cosines = np.empty(candidates.shape)
    step = max(1, values // max(1, candidates.shape[1] * pool.shape[1]))
    for start in range(0, len(candidates), step):
        part = candidates[start : start + step]
        found = exact_rows(pool[part.reshape(-1)]).reshape(*part.shape, -1)
        cosines[start : start + step] = np.einsum("nd,nkd->nk", exact_rows(queries[start : start + step]), found)
    return np.round(cosines, 12)


class _Best:
    """The best k candidates seen so far of every query."""

    def __init__(self, queries: int, k: int) -> None:
        self.k = k
        self.index = np.full((queries, k), -1, dtype=np.int64)
        self.score = np.full((queries, k), -np.inf, dtype=np.float32)

    def update(self, block: Floats, *, query: int, candidate: int) -> None:
        """Take in a tile, shape ``(queries, candidates)``, whose corner lies at ``(query, candidate)``."""
        worst = self.score[query : query + len(block), -1]
        better = np.flatnonzero(block.max(axis=1) > worst)
        if not better.size:
            return
        scores = np.ascontiguousarray(block[better])
        found, values = [self.index[query + better]], [self.score[query + better]]
        everyone = np.arange(len(better))
        for _ in range(min(self.k, block.shape[1])):
            best = scores.argmax(axis=1)
            values.append(scores[everyone, best][:, None])
            found.append(best[:, None] + candidate)
            scores[everyone, best] = -np.inf
        index, score = np.concatenate(found, axis=1), np.concatenate(values, axis=1)
        order = np.argsort(-score, axis=1, kind="stable")[:, : self.k]  # stable: earlier tiles hold lower indices
        self.index[query + better] = np.take_along_axis(index, order, axis=1)
        self.score[query + better] = np.take_along_axis(score, order, axis=1)

    def result(self) -> Neighbours:
        return Neighbours(self.index, self.score)


def _check(source: NDArray[Any], target: NDArray[Any], k: int) -> None:
    if k < 1:
        raise MiningError(f"k is {k}; ask for at least 1 neighbour")
    if source.ndim != 2 or target.ndim != 2 or source.shape[1] != target.shape[1]:
        raise MiningError(f"vectors have shapes {source.shape} and {target.shape}; need (n, dim) and (m, dim)")
    for side, vectors in (("source", source), ("target", target)):
        if not len(vectors):
            raise MiningError(f"there are no {side} vectors; give at least one")
        if not np.isfinite(vectors).all():
            bad = int(np.flatnonzero(~np.isfinite(vectors).all(axis=1))[0])
            raise MiningError(f"{side} vector {bad} is not finite; look for empty texts or a model that diverged")

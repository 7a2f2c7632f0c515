r"""Exact nearest neighbours in both directions from one blocked similarity product.

The product is made tile by tile in float32; a tile's maxima say which queries it can improve, and only those are looked
at. Nothing of size N x N is ever held.

**Ties.** A translation counts as found when no other candidate is nearer. Where candidates share the highest cosine
the hit is shared: one right answer among t tied ones counts 1/t, which is what "take the first" scores on average over
all orders of the candidates. An encoder that gives every text the same vector so scores 1/N, neither 0 nor 1.
Decisions closer than float32 can tell are made again in float64, so the result depends neither on tile sizes nor on
the order of rows.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from interlingua.errors import EvaluationError
from interlingua.types import Vectors

__all__ = ["Neighbours", "nearest_both_ways", "translation_hits"]

Ids = NDArray[np.int64]
Floats = NDArray[np.float32]

_NEAR = 1e-5
"""Two float32 cosines closer than this are compared again in float64 (rounding reaches about 1e-6)."""

_EQUAL = 1e-12
"""Two float64 cosines closer than this are a tie (rounding reaches about 1e-13)."""


_TILE = (512, 2048)
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
    source: Vectors, target: Vectors, *, k: int = 1, tile: tuple[int, int] = _TILE
) -> tuple[Neighbours, Neighbours]:
    """Return every source row's nearest target rows, and every target row's nearest source rows.

    Args:
        source: Shape ``(n, dim)``.
        target: Shape ``(m, dim)``.
        k: Neighbours wanted; fewer come back from a pool that has fewer.
        tile: Rows of source and of target in one block of the product: bounds the memory, not the result.

    Raises:
        EvaluationError: If the shapes do not fit or a vector is not finite.

    Example:
        >>> forward, backward = nearest_both_ways(np.eye(3), np.eye(3)[[2, 0, 1]])
        >>> forward.index[:, 0].tolist(), backward.index[:, 0].tolist()
        ([1, 2, 0], [2, 0, 1])
    """
    _check(source, target)
    left, right = unit_rows(source), unit_rows(target)
    forward, backward = _Best(len(left), min(k, len(right))), _Best(len(right), min(k, len(left)))
    for row in range(0, len(left), tile[0]):
        for column in range(0, len(right), tile[1]):
            block = left[row : row + tile[0]] @ right[column : column + tile[1]].T
            forward.update(block, query=row, candidate=column)
            backward.update(block.T, query=column, candidate=row)
    return forward.result(), backward.result()


def translation_hits(
    source: Vectors,
    target: Vectors,
    *,
    source_ids: Ids | None = None,
    target_ids: Ids | None = None,
    tile: tuple[int, int] = _TILE,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return for every pair how far its target was found from its source, and its source from its target.

    Args:
        source: Shape ``(n, dim)``: the pool of sources.
        target: Shape ``(m, dim)``: the pool of targets.
        source_ids: Shape ``(pairs,)``: the source of each pair; without ids row i belongs to row i.
        target_ids: Shape ``(pairs,)``: the target of each pair.
        tile: As in :func:`nearest_both_ways`.

    Returns:
        Hits from source to target and from target to source, shape ``(pairs,)`` each: 1 found, 0 missed,
        1/t where t candidates share the highest cosine and the right one is among them.

    Raises:
        EvaluationError: If the shapes do not fit or a vector is not finite.

    Example:
        >>> forward, _ = translation_hits(np.eye(3), np.eye(3)[[0, 2, 2]])
        >>> forward.tolist()  # row 1 is nobody's neighbour: a tie of three; row 2 shares its place with row 1
        [1.0, 0.3333333333333333, 0.5]
    """
    if (source_ids is None or target_ids is None) and len(source) != len(target):
        raise EvaluationError(f"{len(source):,} sources and {len(target):,} targets need ids that say which are pairs")
    rows = np.arange(len(source))
    source_ids, target_ids = rows if source_ids is None else source_ids, rows if target_ids is None else target_ids
    forward, backward = nearest_both_ways(source, target, k=2, tile=tile)
    return (
        _hits(source, target, query=source_ids, gold=target_ids, nearest=forward, block=tile[0]),
        _hits(target, source, query=target_ids, gold=source_ids, nearest=backward, block=tile[0]),
    )


def unit_rows(vectors: Vectors) -> Floats:
    """Return float32 rows of length 1 (a zero row stays zero); no copy where they already are."""
    rows: Floats = np.ascontiguousarray(vectors, dtype=np.float32)
    lengths: Floats = np.sqrt(np.einsum("nd,nd->n", rows, rows))
    if np.all(np.abs(lengths - 1) < 1e-6):
        return rows
    lengths[lengths == 0] = 1
    return np.divide(rows, lengths[:, None])


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


def _hits(
    queries: Vectors, pool: Vectors, *, query: Ids, gold: Ids, nearest: Neighbours, block: int
) -> NDArray[np.float64]:
    if nearest.index.shape[1] < 2:  # a pool of one: it cannot be missed
        return np.ones(len(query))
    index, score = nearest.index[query], nearest.score[query]
    first = index[:, 0] == gold
    hits: NDArray[np.float64] = first.astype(np.float64)
    doubtful = np.flatnonzero(~first | (score[:, 0] - score[:, 1] < _NEAR))
    for start in range(0, len(doubtful), block):
        part = doubtful[start : start + block]
        asked, right = _exact(queries[query[part]]), _exact(pool[gold[part]])
        wanted = np.einsum("nd,nd->n", asked, right)
        close = wanted > score[part, 0] - _NEAR
        hits[part] = 0.0
        hits[part[close]] = _shares(asked[close], pool, wanted[close])
    return hits


def _shares(queries: NDArray[np.float64], pool: Vectors, wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 1 / (number of candidates as near as the wanted one), 0 where one is nearer."""
    ties, beaten = np.zeros(len(queries)), np.zeros(len(queries), dtype=bool)
    for start in range(0, len(pool), 4096):
        difference = queries @ _exact(pool[start : start + 4096]).T - wanted[:, None]
        beaten |= (difference > _EQUAL).any(axis=1)
        ties += (np.abs(difference) <= _EQUAL).sum(axis=1)
    shares: NDArray[np.float64] = np.where(beaten, 0.0, 1 / np.maximum(ties, 1))
    return shares


def _exact(vectors: Vectors) -> NDArray[np.float64]:
    rows: NDArray[np.float64] = vectors.astype(np.float64)
    lengths: NDArray[np.float64] = np.sqrt(np.einsum("nd,nd->n", rows, rows))
    lengths[lengths == 0] = 1
    rows /= lengths[:, None]
    return rows


def _check(source: NDArray[Any], target: NDArray[Any]) -> None:
    if source.ndim != 2 or target.ndim != 2 or source.shape[1] != target.shape[1]:
        raise EvaluationError(f"vectors have shapes {source.shape} and {target.shape}; need (n, dim) and (m, dim)")
    for side, vectors in (("source", source), ("target", target)):
        if not len(vectors):
            raise EvaluationError(f"there are no {side} vectors; give at least one")
        if not np.isfinite(vectors).all():
            bad = int(np.flatnonzero(~np.isfinite(vectors).all(axis=1))[0])
            raise EvaluationError(f"{side} vector {bad} is not finite; look for empty texts or a model that diverged")

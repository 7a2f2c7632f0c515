r"""Was the right candidate found? Nearest neighbours, and what to do where several are equally near.

**Ties.** A translation counts as found when no other candidate is nearer. Where candidates share the highest cosine
the hit is shared: one right answer among t tied ones counts 1/t, which is what "take the first" scores on average over
all orders of the candidates. An encoder that gives every text the same vector so scores 1/N, neither 0 nor 1.
Decisions closer than float32 can tell are made again in float64, so the result depends neither on tile sizes nor on
the order of rows. Protocols that take the first of tied candidates have :func:`first_nearest`.
"""

import numpy as np
from numpy.typing import NDArray

from interlingua.errors import EvaluationError
from interlingua.mining.neighbours import TILE, Neighbours, exact_rows, nearest_both_ways
from interlingua.types import Vectors

__all__ = ["first_nearest", "translation_hits"]

Ids = NDArray[np.int64]

_NEAR = 1e-5
"""Two float32 cosines closer than this are compared again in float64 (rounding reaches about 1e-6)."""

_EQUAL = 1e-12
"""Two float64 cosines closer than this are a tie (rounding reaches about 1e-13)."""

_POOL = 4096
"""Candidates compared in float64 at a time."""


def translation_hits(
    source: Vectors,
    target: Vectors,
    *,
    source_ids: Ids | None = None,
    target_ids: Ids | None = None,
    tile: tuple[int, int] = TILE,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return for every pair how far its target was found from its source, and its source from its target.

    Args:
        source: Shape ``(n, dim)``: the pool of sources.
        target: Shape ``(m, dim)``: the pool of targets.
        source_ids: Shape ``(pairs,)``: the source of each pair; without ids row i belongs to row i.
        target_ids: Shape ``(pairs,)``: the target of each pair.
        tile: As in :func:`interlingua.mining.nearest_both_ways`.

    Returns:
        Hits from source to target and from target to source, shape ``(pairs,)`` each: 1 found, 0 missed,
        1/t where t candidates share the highest cosine and the right one is among them.

    Raises:
        EvaluationError: If rows without ids are not equally many.
        MiningError: If the shapes do not fit or a vector is not finite.

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


def first_nearest(source: Vectors, target: Vectors, *, tile: tuple[int, int] = TILE) -> tuple[Ids, Ids]:
    """Return every source row's nearest target row, and the reverse; of equally near ones the first.

    Args:
        source: Shape ``(n, dim)``.
        target: Shape ``(m, dim)``.
        tile: As in :func:`interlingua.mining.nearest_both_ways`.

    Returns:
        Row numbers of targets, shape ``(n,)``, and of sources, shape ``(m,)``.

    Raises:
        MiningError: If the shapes do not fit or a vector is not finite.

    Example:
        >>> forward, backward = first_nearest(np.eye(3), np.eye(3)[[0, 2, 2]])
        >>> forward.tolist(), backward.tolist()
        ([0, 0, 1], [0, 2, 2])
    """
    forward, backward = nearest_both_ways(source, target, k=2, tile=tile)
    return _first(source, target, forward, block=tile[0]), _first(target, source, backward, block=tile[0])


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
        asked, right = exact_rows(queries[query[part]]), exact_rows(pool[gold[part]])
        wanted = np.einsum("nd,nd->n", asked, right)
        close = wanted > score[part, 0] - _NEAR
        hits[part] = 0.0
        hits[part[close]] = _shares(asked[close], pool, wanted[close])
    return hits


def _shares(queries: NDArray[np.float64], pool: Vectors, wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 1 / (number of candidates as near as the wanted one), 0 where one is nearer."""
    ties, beaten = np.zeros(len(queries)), np.zeros(len(queries), dtype=bool)
    for start in range(0, len(pool), _POOL):
        difference = queries @ exact_rows(pool[start : start + _POOL]).T - wanted[:, None]
        beaten |= (difference > _EQUAL).any(axis=1)
        ties += (np.abs(difference) <= _EQUAL).sum(axis=1)
    shares: NDArray[np.float64] = np.where(beaten, 0.0, 1 / np.maximum(ties, 1))
    return shares


def _first(queries: Vectors, pool: Vectors, nearest: Neighbours, *, block: int) -> Ids:
    chosen = nearest.index[:, 0].copy()
    if nearest.index.shape[1] < 2:
        return chosen
    doubtful = np.flatnonzero(nearest.score[:, 0] - nearest.score[:, 1] < _NEAR)
    for start in range(0, len(doubtful), block):
        part = doubtful[start : start + block]
        chosen[part] = _first_exactly(exact_rows(queries[part]), pool)
    return chosen


def _first_exactly(queries: NDArray[np.float64], pool: Vectors) -> Ids:
    best, chosen = np.full(len(queries), -np.inf), np.zeros(len(queries), dtype=np.int64)
    everyone = np.arange(len(queries))
    for start in range(0, len(pool), _POOL):
        cosines = np.round(queries @ exact_rows(pool[start : start + _POOL]).T, 12)
        place = cosines.argmax(axis=1)  # the first of equal ones
        better = cosines[everyone, place] > best
        best[better], chosen[better] = cosines[everyone, place][better], place[better] + start
    return chosen

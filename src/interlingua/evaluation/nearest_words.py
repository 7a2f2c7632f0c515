"""Is one of several right answers the nearest candidate? Exact, in bounded memory, with ties shared."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from interlingua.types import Vectors

__all__ = ["Wanted", "word_hits"]

_NEAR = 1e-5
"""Two float32 cosines closer than this are compared again in float64."""

_EQUAL = 1e-12
"""Two float64 cosines closer than this are a tie."""

_CELLS = 1 << 22
"""Cosines held at once."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The right answers of every query.

    Args:
        queries: Each query once, in order, shape ``(queries,)``.
        answers: The right answers of all queries, query after query.
        starts: Where the answers of a query begin; the last is their number; shape ``(queries + 1,)``.
    """

    queries: NDArray[np.int64]
    answers: NDArray[np.int64]
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, pairs: NDArray[np.integer[Any]]) -> "Wanted":
        """Return the right answers that pairs ``(query, answer)`` of shape ``(k, 2)`` say.

        Example:
            >>> wanted = Wanted.of(np.array([(4, 1), (2, 0), (4, 0)]))
            >>> wanted.queries.tolist(), wanted.answers.tolist(), wanted.starts.tolist()
            ([2, 4], [0, 0, 1], [0, 1, 3])
        """
        ordered = np.unique(np.asarray(pairs, dtype=np.int64).reshape(-1, 2), axis=0)
        queries, first = np.unique(ordered[:, 0], return_index=True)
        return cls(queries, ordered[:, 1], np.append(first, len(ordered)).astype(np.int64))


def word_hits(queries: Vectors, pool: Vectors, known: NDArray[np.bool_], wanted: Wanted) -> NDArray[np.float64]:
    """Return for every query whether the nearest candidate by cosine is a right answer.

    Where candidates share the highest cosine, the hit is the share of right ones among them: what taking any of them
    scores on average. Decisions closer than float32 can tell are made again in float64.

    Args:
        queries: Shape ``(n, dim)``; a query is a row of it. One without a direction (zero) is missed.
        pool: The candidates, shape ``(m, dim)``.
        known: Which candidates take part, shape ``(m,)``.
        wanted: The right answers, as rows of the pool.

    Returns:
        Shape ``(len(wanted.queries),)``, in [0, 1].

    Example:
        >>> wanted = Wanted.of(np.array([(0, 0), (1, 2)]))
        >>> word_hits(np.eye(2), np.eye(2)[[0, 1, 1]], np.array([True, True, True]), wanted).tolist()
        [1.0, 0.5]
    """
    hits = np.zeros(len(wanted.queries))
    kept = np.flatnonzero(known)
    asked = np.flatnonzero(np.linalg.norm(queries[wanted.queries], axis=1) > 0)
    if not len(kept) or not len(asked):
        return hits
    candidates = _unit(pool[kept])
    block = max(1, _CELLS // len(kept))
    for begin in range(0, len(asked), block):
        part = asked[begin : begin + block]
        cosines = _unit(queries[wanted.queries[part]]) @ candidates.T
        near = cosines >= cosines.max(axis=1, keepdims=True) - _NEAR
        for query, row in zip(part.tolist(), near, strict=True):
            best = _best(queries[wanted.queries[query]], pool, kept[row])
            right = np.isin(best, wanted.answers[wanted.starts[query] : wanted.starts[query + 1]])
            hits[query] = right.mean()
    return hits


def _best(query: NDArray[Any], pool: Vectors, near: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those of the near candidates that share the highest cosine."""
    if len(near) == 1:
        return near
    vectors = pool[near].astype(np.float64)
    lengths = np.linalg.norm(vectors, axis=1)
    cosines = vectors @ (query / np.linalg.norm(query.astype(np.float64))) / np.where(lengths > 0, lengths, 1)
    return np.asarray(near[cosines >= cosines.max() - _EQUAL])


def _unit(vectors: Vectors) -> NDArray[np.float32]:
    rows = vectors.astype(np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), dtype=np.float32)

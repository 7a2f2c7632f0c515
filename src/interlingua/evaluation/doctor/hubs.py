r"""Hubs: candidates that are among the nearest of very many queries, and those that are among nobody's."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from interlingua.mining.neighbours import nearest_both_ways
from interlingua.types import Vectors

__all__ = ["Hubness", "hubness", "near_others"]

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hubness:
    """How unevenly candidates are chosen.

    Args:
        skewness: Of the number of times a candidate is chosen; NaN where all are chosen equally often.
        antihubs: Share of candidates that nobody chooses.
        largest: Share of queries that choose the most popular candidate.
    """

    skewness: float
    antihubs: float
    largest: float


def hubness(chosen: Ids, *, candidates: int) -> Hubness:
    r"""Count how often each candidate is among the k nearest of a query, and say how uneven that is.

    .. math:: S = \frac{\operatorname{mean}(N_k - \mu)^3}{\sigma^3}

    Args:
        chosen: Shape ``(queries, k)``: the k nearest candidates of every query.
        candidates: How many there are to choose from.

    Reference:
        Radovanović, Nanopoulos, Ivanović 2010, Hubs in Space: Popular Nearest Neighbors in High-Dimensional Data.
        https://www.jmlr.org/papers/v11/radovanovic10a.html

    Example:
        >>> found = hubness(np.array([[0], [0], [0], [1]]), candidates=4)
        >>> round(found.skewness, 3), found.antihubs, found.largest
        (0.816, 0.5, 0.75)
    """
    counts = np.bincount(chosen.reshape(-1), minlength=candidates).astype(np.float64)
    apart = counts - counts.mean()
    spread = float(np.sqrt(np.mean(apart**2)))
    return Hubness(
        skewness=float(np.mean(apart**3) / spread**3) if spread > 0 else float("nan"),
        antihubs=float(np.mean(counts == 0)),
        largest=float(counts.max() / len(chosen)),
    )


def near_others(vectors: Vectors, *, k: int) -> tuple[Ids, NDArray[np.float32]]:
    """Return the k nearest other vectors of each, and their cosines.

    Args:
        vectors: Shape ``(n, dim)``, at least two.
        k: Neighbours wanted; fewer come back where there are fewer.

    Returns:
        Indices and cosines, both of shape ``(n, k)``, nearest first.

    Example:
        >>> near_others(np.array([[1.0, 0], [0.9, 0.1], [0, 1]]), k=1)[0].tolist()
        [[1], [0], [1]]
    """
    found, _ = nearest_both_ways(vectors, vectors, k=k + 1)
    itself = found.index == np.arange(len(vectors))[:, None]
    order = np.argsort(itself, axis=1, kind="stable")[:, : min(k, len(vectors) - 1)]
    return np.take_along_axis(found.index, order, axis=1), np.take_along_axis(found.score, order, axis=1)

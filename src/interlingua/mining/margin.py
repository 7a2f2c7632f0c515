"""Margin scores: a cosine counts by how far it stands out among the neighbours of both sides."""

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from interlingua.errors import MiningError
from interlingua.mining.neighbours import TILE, Ids, exact_cosines, nearest_both_ways
from interlingua.types import Vectors

__all__ = ["MARGINS", "Candidates", "MarginName", "MinedPairs", "margin_candidates", "margin_scores", "mine"]

MarginName: TypeAlias = Literal["ratio", "distance", "absolute"]

MARGINS: tuple[MarginName, ...] = get_args(MarginName)
"""The ways to compare a cosine with the mean cosine of the neighbours."""

Scores = NDArray[np.float64]

_SMALLEST = 0.01
"""A ratio to a mean cosine below this says nothing: it explodes, and below 0 it turns the order round."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """The nearest candidates of every query with their margin scores, nearest first.

    Args:
        index: Shape ``(n, k)``: row numbers of the candidates.
        score: Shape ``(n, k)``: margin scores.
    """

    index: Ids
    score: Scores

    def best(self) -> tuple[Ids, Scores]:
        """Return the candidate of the highest score for every query, of equal ones the nearest, and its score."""
        queries, place = np.arange(len(self.index)), self.score.argmax(axis=1)
        return self.index[queries, place], self.score[queries, place]


@dataclass(frozen=True, slots=True)
class MinedPairs:
    """Pairs of rows, highest score first.

    Args:
        source, target: Row numbers, shape ``(pairs,)`` each; none occurs twice.
        score: Margin scores, shape ``(pairs,)``.
    """

    source: Ids
    target: Ids
    score: Scores

    def __len__(self) -> int:
        return len(self.score)


def margin_scores(cosine: Scores, source_mean: Scores, target_mean: Scores, *, margin: MarginName = "ratio") -> Scores:
    r"""Return how far cosines stand out.

    .. math:: c \Big/ \frac{a + b}{2} \;\text{(ratio)}, \qquad c - \frac{a + b}{2} \;\text{(distance)}, \qquad
       c \;\text{(absolute)}

    Args:
        cosine: c: of a source with a target; any shape.
        source_mean: a: the mean cosine of the source with its k nearest targets; same shape.
        target_mean: b: the mean cosine of the target with its k nearest sources; same shape.
        margin: One of :data:`MARGINS`.

    Raises:
        MiningError: If there is no such margin, or the ratio is asked for where a mean cosine is not clearly positive.

    Reference:
        Artetxe and Schwenk 2019, Margin-based Parallel Corpus Mining with Multilingual Sentence Embeddings.
        https://aclanthology.org/P19-1309

    Example:
        >>> cosine, a, b = np.array([0.9]), np.array([0.7]), np.array([0.5])
        >>> [round(float(margin_scores(cosine, a, b, margin=name)[0]), 6) for name in MARGINS]
        [1.5, 0.3, 0.9]
    """
    mean = (source_mean + target_mean) / 2
    match margin:
        case "absolute":
            return cosine
        case "distance":
            return cosine - mean
        case "ratio":
            low = int((mean < _SMALLEST).sum())
            if low:
                raise MiningError(
                    f"the ratio margin is not defined: {low:,} of {mean.size:,} candidates have neighbours of a mean "
                    f"cosine below {_SMALLEST} (the lowest is {float(mean.min()):.3f}); use margin distance"
                )
            return np.asarray(cosine / mean)
    raise MiningError(f"margin is {margin!r}; it must be one of {', '.join(MARGINS)}")


def margin_candidates(
    source: Vectors, target: Vectors, *, k: int = 4, margin: MarginName = "ratio", tile: tuple[int, int] = TILE
) -> tuple[Candidates, Candidates]:
    """Return every source row's nearest targets with their margin scores, and every target row's nearest sources.

    Args:
        source: Shape ``(n, dim)``.
        target: Shape ``(m, dim)``.
        k: Neighbours that are scored, and that the means are taken over; all of a pool that has fewer.
        margin: One of :data:`MARGINS`.
        tile: As in :func:`interlingua.mining.nearest_both_ways`.

    Raises:
        MiningError: If the vectors do not fit, or the margin is not defined on them.

    Example:
        >>> angles = np.radians([0, 20, 70]), np.radians([5, 18, 40])
        >>> source, target = (np.stack([np.cos(angle), np.sin(angle)], axis=1) for angle in angles)
        >>> forward, _ = margin_candidates(source, target, k=2)
        >>> forward.best()[0].tolist(), forward.best()[1].round(6).tolist()
        ([0, 1, 2], [1.019289, 1.02089, 1.05375])
    """
    nearest = nearest_both_ways(source, target, k=k, tile=tile)
    (there, there_cosine), (back, back_cosine) = (
        _in_order(queries, pool, found.index)
        for queries, pool, found in zip((source, target), (target, source), nearest, strict=True)
    )
    source_mean, target_mean = there_cosine.mean(axis=1), back_cosine.mean(axis=1)
    return (
        _candidates(there, there_cosine, source_mean, target_mean, margin),
        _candidates(back, back_cosine, target_mean, source_mean, margin),
    )


def mine(
    source: Vectors, target: Vectors, *, k: int = 4, margin: MarginName = "ratio", tile: tuple[int, int] = TILE
) -> MinedPairs:
    """Return pairs, each row in one at most: the best candidates of both directions, taken greedily by score.

    Of two candidates with the same score the one of the lower source row, then of the lower target row, comes first.

    Args:
        source: Shape ``(n, dim)``.
        target: Shape ``(m, dim)``.
        k: As in :func:`margin_candidates`.
        margin: One of :data:`MARGINS`.
        tile: As in :func:`interlingua.mining.nearest_both_ways`.

    Raises:
        MiningError: If the vectors do not fit, or the margin is not defined on them.

    Reference:
        Artetxe and Schwenk 2019, Margin-based Parallel Corpus Mining with Multilingual Sentence Embeddings
        (retrieval "max"). https://aclanthology.org/P19-1309

    Example:
        >>> pairs = mine(np.eye(3), np.eye(3)[[2, 0]])
        >>> pairs.source.tolist(), pairs.target.tolist()
        ([0, 2], [1, 0])
    """
    forward, backward = margin_candidates(source, target, k=k, margin=margin, tile=tile)
    (there, there_score), (back, back_score) = forward.best(), backward.best()
    sources = np.concatenate([np.arange(len(there)), back])
    targets = np.concatenate([there, np.arange(len(back))])
    scores = np.concatenate([there_score, back_score])
    kept = _greedy(sources, targets, np.lexsort((targets, sources, -scores)))
    return MinedPairs(sources[kept], targets[kept], scores[kept])


def _in_order(queries: Vectors, pool: Vectors, index: Ids) -> tuple[Ids, Scores]:
    """Return the candidates by float64 cosine, of equal ones the lower index first, and these cosines."""
    cosine = exact_cosines(queries, pool, index)
    order = np.lexsort((index, -cosine), axis=1)
    return np.take_along_axis(index, order, axis=1), np.take_along_axis(cosine, order, axis=1)


def _candidates(index: Ids, cosine: Scores, own: Scores, theirs: Scores, margin: MarginName) -> Candidates:
    scores = margin_scores(cosine, np.broadcast_to(own[:, None], cosine.shape), theirs[index], margin=margin)
    return Candidates(index, np.round(scores, 12))


def _greedy(sources: Ids, targets: Ids, order: Ids) -> Ids:
    free_source, free_target = np.ones(sources.max() + 1, dtype=bool), np.ones(targets.max() + 1, dtype=bool)
    kept = []
    for i in order.tolist():
        if free_source[sources[i]] and free_target[targets[i]]:
            free_source[sources[i]] = free_target[targets[i]] = False
            kept.append(i)
    return np.array(kept, dtype=np.int64)

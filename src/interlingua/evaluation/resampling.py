"""Bootstrap of samples: draw units with replacement, and ask of every draw what the items then say."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from interlingua.types import Sample

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    Matrix: TypeAlias = NDArray[np.float64] | csr_array

__all__ = ["draw_languages", "draw_weights", "resampled_statistics", "sample_statistic", "weighted_spearman"]

Numbers = NDArray[np.float64]

_BLOCK = 1 << 16
"""How many weights are held at once."""

_SPARSE = 0.05
"""Samples that share fewer of their units than this are summed as a sparse matrix."""


def sample_statistic(sample: Sample) -> float:
    """Return what the items of a sample say; NaN where that is not defined.

    Example:
        >>> units = np.arange(3)
        >>> sample_statistic(Sample(statistic="ratio", items=[[1, 2], [0, 1], [1, 1]], units=units))
        0.5
    """
    from interlingua.evaluation.metrics import spearman

    items = sample.items
    if not len(items):
        return np.nan
    if sample.statistic == "mean":
        return float(items[:, 0].mean())
    if sample.statistic == "spearman":
        return spearman(items[:, 0], items[:, 1]).value
    below = float(items[:, 1].sum())
    return float(items[:, 0].sum()) / below if below else np.nan


def draw_weights(units: int, draws: int, *, seed: int) -> Iterator[Numbers]:
    """Yield, block by block, how often every unit was drawn: as many as there are, with replacement.

    Returns:
        Blocks of shape ``(units, k)``, a column a draw, ``draws`` columns in all. The same seed draws the same.

    Example:
        >>> [block.sum(axis=0).tolist() for block in draw_weights(4, 3, seed=0)]
        [[4.0, 4.0, 4.0]]
    """
    rng = np.random.default_rng(seed)
    at_once = max(1, _BLOCK // units)
    for start in range(0, draws, at_once):
        columns = min(at_once, draws - start)
        drawn = rng.integers(0, units, size=(columns, units)) * columns + np.arange(columns)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=units * columns)
        yield counts.reshape(units, columns).astype(np.float64)


def resampled_statistics(samples: Sequence[Sample], draws: int, *, seed: int) -> Numbers:
    """Return the statistic of every sample in every draw; units are drawn once for all samples.

    A mean and a ratio are sums of weighted items; ranks are those of the drawn items, ties at their mean rank.

    Args:
        samples: At least one, none of them empty. Items of one unit are drawn together, in all samples.
        draws: How many.
        seed: The same seed draws the same.

    Returns:
        Shape ``(samples, draws)``; NaN where a draw leaves a statistic undefined.
    """
    units, places = np.unique(np.concatenate([sample.units for sample in samples]), return_inverse=True)
    places_of = np.split(places, np.cumsum([len(sample.units) for sample in samples])[:-1])
    summed = [i for i, sample in enumerate(samples) if sample.statistic != "spearman"]
    ranked = _of_one_gold(samples)
    above, below = (
        _sums([samples[i] for i in summed], [places_of[i] for i in summed], units=len(units), column=column)
        for column in (0, 1)
    )
    found = np.empty((len(samples), draws))
    start = 0
    for weights in draw_weights(len(units), draws, seed=seed):
        columns = slice(start, start + weights.shape[1])
        if summed:
            with np.errstate(divide="ignore", invalid="ignore"):
                found[summed, columns] = (above @ weights) / (below @ weights)
        for alike in ranked:  # sets that share their gold scores share its ranks
            gold, own = samples[alike[0]].items[:, 0], weights[places_of[alike[0]]]
            predicted = (samples[i].items[:, 1] for i in alike)
            found[alike, columns] = [*weighted_spearman(gold, predicted, weights=own)]
        start = columns.stop
    return found


def weighted_spearman(first: Numbers, seconds: Iterable[Numbers], *, weights: Numbers) -> Iterator[Numbers]:
    r"""Yield Spearman's correlation of a side with each of others, every item standing there as often as its weight.

    .. math:: r = \frac{\sum_i w_i a_i b_i}{\sqrt{\sum_i w_i a_i^2 \sum_i w_i b_i^2}} , \qquad
       a_i = \sum_{x_j < x_i} w_j + \tfrac12 \sum_{x_j = x_i} w_j - \tfrac12 \sum_j w_j

    a and b being the centred mean ranks of the two sides.

    Args:
        first: Shape ``(n,)``.
        seconds: Of the same shape each.
        weights: Counts, shape ``(n, draws)``.

    Returns:
        Shape ``(draws,)`` for each; NaN where a side is constant.

    Example:
        >>> first, second = np.array([1.0, 2, 3, 4]), np.array([10.0, 20, 40, 30])
        >>> [one.tolist() for one in weighted_spearman(first, [second], weights=np.ones((4, 1)))]
        [[0.8]]
    """
    ranks = _centred_ranks(first, weights)
    weighted = weights * ranks
    variance = np.einsum("nk,nk->k", weighted, ranks)
    for second in seconds:
        others = _centred_ranks(second, weights)
        with np.errstate(divide="ignore", invalid="ignore"):
            correlation = np.einsum("nk,nk->k", weighted, others) / np.sqrt(
                variance * np.einsum("nk,nk,nk->k", weights, others, others)
            )
        yield np.clip(correlation, -1, 1)


def draw_languages(
    samples: Sequence[Sample], differences: Numbers, draws: int, *, seed: int, fewest: int = 2
) -> Numbers | None:
    """Return the mean difference over samples when languages are drawn with replacement.

    A language that all samples share stays; the others are drawn, and a sample counts as often as its languages were:
    the product of their counts, so that pairs of languages that share one are not mistaken for independent ones.

    Args:
        samples: Their languages.
        differences: One a sample, shape ``(samples,)``.
        draws: How many.
        seed: The same seed draws the same.
        fewest: How many languages there must be to draw from.

    Returns:
        Shape ``(draws,)``, NaN where no sample was drawn; None where there are too few languages.
    """
    spoken = [set(sample.languages) for sample in samples]
    shared: set[str] = set.intersection(*spoken) if len(spoken) > 1 else set()
    drawn = sorted(set.union(*spoken) - shared)
    if len(drawn) < fewest or not all(spoken):
        return None
    means = []
    for counts in draw_weights(len(drawn), draws, seed=seed):
        of = {language: counts[i] for i, language in enumerate(drawn)}
        weights = np.array(
            [
                np.prod([of[language] for language in languages if language in of], axis=0) * np.ones(counts.shape[1])
                for languages in spoken
            ]
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            means.append(differences @ weights / weights.sum(axis=0))
    return np.concatenate(means)


def _of_one_gold(samples: Sequence[Sample]) -> list[list[int]]:
    """Rank correlations, grouped by what they correlate with."""
    groups: dict[tuple[bytes, bytes], list[int]] = {}
    for i, sample in enumerate(samples):
        if sample.statistic == "spearman":
            groups.setdefault((sample.items[:, 0].tobytes(), sample.units.tobytes()), []).append(i)
    return list(groups.values())


def _centred_ranks(values: Numbers, weights: Numbers) -> Numbers:
    _, group = np.unique(values, return_inverse=True)
    order = np.argsort(group, kind="stable")
    ends = np.cumsum(np.bincount(group))
    reached = np.cumsum(weights[order], axis=0)[ends - 1]  # drawn up to and with every group of equal values
    before = np.vstack([np.zeros((1, weights.shape[1])), reached[:-1]])
    centred: Numbers = ((before + reached - reached[-1]) / 2)[group]
    return centred


def _sums(samples: Sequence[Sample], places: Sequence[NDArray[np.int64]], *, units: int, column: int) -> "Matrix":
    """Return the matrix that takes weights of units to sums of a column of items; a mean's second column counts."""
    from scipy.sparse import csr_array

    if not samples:
        return csr_array((0, units))
    values = [
        np.ones(len(sample.items)) if column and sample.statistic == "mean" else sample.items[:, column]
        for sample in samples
    ]
    rows = np.repeat(np.arange(len(samples)), [len(one) for one in values])
    matrix = csr_array((np.concatenate(values), (rows, np.concatenate(places))), shape=(len(samples), units))
    return matrix.toarray() if matrix.nnz > _SPARSE * len(samples) * units else matrix

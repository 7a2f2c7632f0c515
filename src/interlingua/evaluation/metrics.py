"""Numbers with their uncertainty: plain functions of arrays, which know no encoder, corpus or file."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from interlingua.errors import EvaluationError

__all__ = [
    "Estimate",
    "accuracy",
    "f1_shares",
    "mean_accuracy",
    "mean_ratio",
    "ratio",
    "spearman",
    "undefined",
    "weighted_f1",
    "wilson_interval",
]

_Z = 1.959963984540054
"""97.5 % quantile of the normal distribution: all intervals are 95 % intervals."""

Hits = NDArray[np.floating[Any]]
"""Shape ``(n,)``, values in [0, 1]: 1 where the answer was right, a fraction where a tie was shared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A value measured on ``n`` items, with its 95 % interval.

    Args:
        value: NaN where the metric is not defined.
        low, high: The interval; NaN where none is defined.
        n: Number of items.
        note: Why the value or the interval is missing.
    """

    value: float
    low: float
    high: float
    n: int
    note: str = ""


def undefined(n: int, note: str) -> Estimate:
    """Return an estimate without a value, which says why."""
    return Estimate(value=np.nan, low=np.nan, high=np.nan, n=n, note=note)


def wilson_interval(share: float, n: float) -> tuple[float, float]:
    r"""Return the 95 % Wilson interval of a proportion.

    .. math:: \\frac{p + z^2/2n \\pm z \\sqrt{p(1-p)/n + z^2/4n^2}}{1 + z^2/n}

    Unlike ``p ± z·se`` it stays inside [0, 1] and does not collapse at 0 and 1.

    Args:
        share: p, the proportion observed.
        n: Number of trials; a fraction where it is an effective number.

    Reference:
        Wilson 1927, Probable Inference, the Law of Succession, and Statistical Inference.
        https://doi.org/10.1080/01621459.1927.10502953

    Example:
        >>> low, high = wilson_interval(1.0, 100)
        >>> round(low, 4), high
        (0.963, 1.0)
    """
    centre = share + _Z**2 / (2 * n)
    spread = _Z * np.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    low, high = (centre - spread) / (1 + _Z**2 / n), (centre + spread) / (1 + _Z**2 / n)
    return max(0.0, float(low)) if share > 0 else 0.0, min(1.0, float(high)) if share < 1 else 1.0


def accuracy(hits: ArrayLike) -> Estimate:
    """Return the share of hits with its Wilson interval.

    Args:
        hits: Shape ``(n,)``, in [0, 1]; a fraction is a hit shared between tied candidates.

    Raises:
        EvaluationError: If there are no hits to average.

    Example:
        >>> accuracy([1, 1, 0, 1]).value
        0.75
    """
    values = np.asarray(hits, dtype=np.float64)
    if not values.size:
        raise EvaluationError("there are no items to take the accuracy of; give at least one")
    share = float(values.mean())
    low, high = wilson_interval(share, values.size)
    return Estimate(value=share, low=low, high=high, n=values.size)


def mean_accuracy(groups: Sequence[tuple[NDArray[np.integer[Any]], Hits]]) -> Estimate:
    r"""Return the unweighted mean of several accuracies that were measured on overlapping rows.

    .. math:: m = \frac1G \sum_g m_g , \qquad
       v = \sum_i \Bigl(\frac1G \sum_{g \ni i} \frac{h_{gi} - m_g}{n_g}\Bigr)^2 , \qquad n_{eff} = \frac{m(1-m)}{v}

    The interval is Wilson's at the effective number of trials. v takes a row as one draw however many groups it is
    in, so both directions of a pair, and language pairs over the same rows, are not mistaken for independent ones.

    Args:
        groups: For each accuracy the rows it was measured on, shape ``(n_g,)``, and their hits, shape ``(n_g,)``.

    Returns:
        The mean; ``n`` counts distinct rows.

    Raises:
        EvaluationError: If there is no group, or an empty one.

    Reference:
        Kish 1965, Survey Sampling (design effect); Franco, Little, Louis, Slud 2019, Comparative Study of Confidence
        Intervals for Proportions in Complex Sample Surveys. https://doi.org/10.1093/jssam/smy019

    Example:
        >>> rows = np.arange(4)
        >>> both = mean_accuracy([(rows, np.array([1.0, 1, 0, 1])), (rows, np.array([1.0, 1, 0, 0]))])
        >>> both.value, both.n
        (0.625, 4)
    """
    if not groups or any(not len(rows) for rows, _ in groups):
        raise EvaluationError("there are no items to take a mean accuracy of; every group needs at least one")
    distinct, position = np.unique(np.concatenate([rows for rows, _ in groups]), return_inverse=True)
    influence = np.concatenate([(hits - hits.mean()) / len(hits) for _, hits in groups]) / len(groups)
    variance = float(np.sum(np.bincount(position, weights=influence) ** 2))
    mean = float(np.mean([hits.mean() for _, hits in groups]))
    low, high = wilson_interval(mean, _effective_trials(mean, variance, rows=len(distinct), trials=len(position)))
    return Estimate(value=mean, low=low, high=high, n=len(distinct))


def _effective_trials(mean: float, variance: float, *, rows: int, trials: int) -> float:
    spread = mean * (1 - mean)
    if spread <= 0:  # all hits or all misses tell nothing of how rows hang together: assume that they do
        return rows
    return float(np.clip(spread / max(variance, spread / trials), 1.0, trials))


def spearman(gold: ArrayLike, predicted: ArrayLike) -> Estimate:
    r"""Return Spearman's rank correlation, ties at their mean rank, with a Fisher interval.

    .. math:: \tanh\Bigl(\operatorname{artanh} r \pm 1.96 \sqrt{\frac{1 + r^2/2}{n - 3}}\Bigr)

    Args:
        gold: Shape ``(n,)``.
        predicted: Shape ``(n,)``.

    Returns:
        The correlation; NaN with a note for fewer than 3 items or a constant side. The interval needs 4 items.

    Raises:
        EvaluationError: If the sides differ in length or hold something that is not a finite number.

    Reference:
        Bonett and Wright 2000, Sample Size Requirements for Estimating Pearson, Kendall and Spearman Correlations.
        https://doi.org/10.1007/BF02294183

    Example:
        >>> spearman([1, 2, 3, 4], [10, 20, 40, 30]).value
        0.8
        >>> spearman([1, 1, 1], [1, 2, 3]).note
        'undefined: the gold scores are constant'
    """
    from scipy.stats import rankdata

    sides = [np.asarray(side, dtype=np.float64) for side in (gold, predicted)]
    if sides[0].shape != sides[1].shape or sides[0].ndim != 1:
        raise EvaluationError(f"gold has shape {sides[0].shape}, predicted {sides[1].shape}; give one number per item")
    for name, side in zip(("gold", "predicted"), sides, strict=True):
        if not np.isfinite(side).all():
            raise EvaluationError(f"{name} score {int(np.argmin(np.isfinite(side)))} is not a finite number")
    n = len(sides[0])
    if n < 3:
        return undefined(n, f"undefined: a correlation needs 3 items, there are {n}")
    for name, side in zip(("gold", "predicted"), sides, strict=True):
        if np.ptp(side) == 0:
            return undefined(n, f"undefined: the {name} scores are constant")
    centred = [ranks - ranks.mean() for ranks in map(rankdata, sides)]
    covariance = centred[0] @ centred[1]
    value = float(np.clip(covariance / np.sqrt((centred[0] @ centred[0]) * (centred[1] @ centred[1])), -1, 1))
    if n < 4:
        return Estimate(value=value, low=np.nan, high=np.nan, n=n, note="no interval: it needs 4 items")
    if abs(value) == 1:
        return Estimate(value=value, low=value, high=value, n=n)
    error = _Z * np.sqrt((1 + value**2 / 2) / (n - 3))
    low, high = (float(np.tanh(np.arctanh(value) + sign * error)) for sign in (-1, 1))
    return Estimate(value=value, low=low, high=high, n=n)


def weighted_f1(labels: ArrayLike, predictions: ArrayLike) -> float:
    r"""Return the F1 of every label, averaged with the label's frequency as weight: MTEB's main score for bitexts.

    .. math:: \frac1n \sum_{c} n_c \frac{2 \, tp_c}{n_c + p_c}

    where label c occurs n_c times, was predicted p_c times and was right tp_c times. With the row number as label
    this is :math:`\frac1n \sum_i hit_i \cdot 2 / (1 + m_i)`, m_i being the number of queries that chose i.

    Args:
        labels: Shape ``(n,)``, non-negative integers.
        predictions: Shape ``(n,)``, non-negative integers.

    Raises:
        EvaluationError: If there are none, or not equally many.

    Reference:
        Muennighoff, Tazi, Magne, Reimers 2023, MTEB: Massive Text Embedding Benchmark.
        https://aclanthology.org/2023.eacl-main.148

    Example:
        >>> round(weighted_f1([0, 1, 2, 3], [0, 0, 2, 2]), 4)
        0.3333
    """
    return float(f1_shares(labels, predictions).mean())


def f1_shares(labels: ArrayLike, predictions: ArrayLike) -> NDArray[np.float64]:
    r"""Return what every item adds to :func:`weighted_f1`, which is the mean of these.

    .. math:: hit_i \frac{2 n_c}{n_c + p_c}, \quad c = label_i

    Args:
        labels: Shape ``(n,)``, non-negative integers.
        predictions: Shape ``(n,)``, non-negative integers.

    Raises:
        EvaluationError: If there are none, or not equally many.

    Example:
        >>> f1_shares([0, 1, 2], [0, 0, 2]).round(4).tolist()  # label 0 was chosen twice
        [0.6667, 0.0, 1.0]
    """
    gold, chosen = np.asarray(labels, dtype=np.int64), np.asarray(predictions, dtype=np.int64)
    if not gold.size or gold.shape != chosen.shape:
        raise EvaluationError(f"labels have shape {gold.shape}, predictions {chosen.shape}; give one of each per item")
    size = int(max(gold.max(), chosen.max())) + 1
    support, predicted = np.bincount(gold, minlength=size), np.bincount(chosen, minlength=size)
    share = 2 * support / np.maximum(support + predicted, 1)
    return np.where(gold == chosen, share[gold], 0.0)


def ratio(items: ArrayLike) -> Estimate:
    r"""Return the sum of the first numbers over the sum of the second, as precision, recall and F1 are.

    Args:
        items: Shape ``(n, 2)``: :math:`0 \le a_i \le b_i`, one draw each; rows of zeros count for nothing.

    Returns:
        As :func:`mean_ratio` of one group.

    Raises:
        EvaluationError: If the shape is another.

    Example:
        >>> ratio([(1, 1), (0, 1), (2, 2), (0, 0)]).value
        0.75
    """
    pairs = np.asarray(items, dtype=np.float64)
    return mean_ratio([(np.arange(len(pairs)), pairs)])


def mean_ratio(groups: Sequence[tuple[NDArray[np.integer[Any]], NDArray[np.float64]]]) -> Estimate:
    r"""Return the unweighted mean of several ratios of sums, whose items may share units.

    .. math:: r_g = \frac{\sum_i a_{gi}}{\sum_i b_{gi}}, \qquad m = \frac1G \sum_g r_g, \qquad
       v = \sum_i \Bigl(\frac1G \sum_g \frac{a_{gi} - r_g b_{gi}}{\sum_j b_{gj}}\Bigr)^2, \qquad
       n_{eff} = \frac{m(1-m)}{v}

    The interval is Wilson's at the effective number of trials; a unit is one draw, whatever groups it is in.

    Args:
        groups: For each ratio the units of its items, shape ``(n_g,)``, and the items, shape ``(n_g, 2)``, with
            :math:`0 \le a_i \le b_i`; rows of zeros count for nothing.

    Returns:
        The mean; ``n`` counts units with :math:`b_i > 0`. NaN with a note where a group has nothing to divide by.

    Raises:
        EvaluationError: If there is no group, or items of another shape.

    Reference:
        Cochran 1977, Sampling Techniques (ratio estimates).

    Example:
        >>> one, other = np.array([(1.0, 1.0), (0.0, 1.0)]), np.array([(2.0, 2.0)])
        >>> mean_ratio([(np.arange(2), one), (np.arange(1), other)]).value
        0.75
    """
    if not groups or any(items.ndim != 2 or items.shape[1] != 2 for _, items in groups):
        raise EvaluationError("a ratio needs items of two numbers each, in at least one group")
    wholes = [float(items[:, 1].sum()) for _, items in groups]
    if min(wholes) <= 0:
        return undefined(0, "undefined: there is nothing to divide by")
    ratios = [float(items[:, 0].sum()) / whole for (_, items), whole in zip(groups, wholes, strict=True)]
    units, position = np.unique(np.concatenate([units for units, _ in groups]), return_inverse=True)
    influence = np.concatenate(
        [
            (items[:, 0] - value * items[:, 1]) / whole / len(groups)
            for (_, items), value, whole in zip(groups, ratios, wholes, strict=True)
        ]
    )
    counted = np.zeros(len(units), dtype=bool)
    counted[position[np.concatenate([items[:, 1] for _, items in groups]) > 0]] = True
    variance = float(np.sum(np.bincount(position, weights=influence) ** 2))
    mean, n = float(np.mean(ratios)), int(counted.sum())
    low, high = wilson_interval(mean, _effective_trials(mean, variance, rows=n, trials=int(max(n, sum(wholes)))))
    return Estimate(value=mean, low=low, high=high, n=n)

"""Intervals of means by the bootstrap: draw the items again, with replacement, and look how far the mean moves."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from interlingua.errors import EvaluationError
from interlingua.evaluation.metrics import Estimate, wilson_interval
from interlingua.evaluation.resampling import resampled_statistics, sample_statistic
from interlingua.types import Sample

__all__ = ["bootstrap_mean", "bootstrap_means", "percentile_interval"]

_DRAWS = 2000

_EMPTY = "there are no items to take a mean of; every sample needs at least one"


def bootstrap_mean(samples: Sequence[Sample]) -> Estimate:
    """Return the unweighted mean of the means of samples of numbers from 0 to 1, with its 95 % bootstrap interval.

    Units are drawn 2,000 times, always the same ones, those of all samples together. Where all items are 0, or all 1,
    no draw differs, and the interval is Wilson's.

    Args:
        samples: Their statistic is ``mean``; none is empty.

    Returns:
        The mean; ``n`` counts distinct units.

    Raises:
        EvaluationError: If there is no sample, or an empty one.

    Reference:
        Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13.

    Example:
        >>> items = np.arange(100) < 60
        >>> estimate = bootstrap_mean([Sample(statistic="mean", items=items, units=np.arange(100))])
        >>> estimate.value, round(estimate.low, 1), round(estimate.high, 1)
        (0.6, 0.5, 0.7)
    """
    if not samples:
        raise EvaluationError(_EMPTY)
    values, drawn = _drawn(samples)
    return _estimate(float(np.mean(values)), np.nanmean(drawn, axis=0), units=[sample.units for sample in samples])


def bootstrap_means(samples: Sequence[Sample]) -> list[Estimate]:
    """Return :func:`bootstrap_mean` of every sample by itself; those that share their units are drawn at once.

    Args:
        samples: As there.

    Raises:
        EvaluationError: If a sample is empty.

    Example:
        >>> units = np.arange(100)
        >>> samples = [Sample(statistic="mean", items=units < most, units=units) for most in (60, 30)]
        >>> [(estimate.value, round(estimate.low, 1), round(estimate.high, 1)) for estimate in bootstrap_means(samples)]
        [(0.6, 0.5, 0.7), (0.3, 0.2, 0.4)]
    """
    alike: dict[bytes, list[int]] = {}
    for i, sample in enumerate(samples):
        alike.setdefault(np.unique(sample.units).tobytes(), []).append(i)
    estimates: dict[int, Estimate] = {}
    for places in alike.values():
        values, drawn = _drawn([samples[i] for i in places])
        for i, value, own in zip(places, values, drawn, strict=True):
            estimates[i] = _estimate(value, own, units=[samples[i].units])
    return [estimates[i] for i in range(len(samples))]


def _drawn(samples: Sequence[Sample]) -> tuple[list[float], NDArray[np.float64]]:
    """Return the means of samples, and in every draw, shape ``(samples, draws)``."""
    if any(not len(sample.units) for sample in samples):
        raise EvaluationError(_EMPTY)
    return [sample_statistic(sample) for sample in samples], resampled_statistics(samples, _DRAWS, seed=0)


def _estimate(value: float, drawn: NDArray[np.float64], *, units: Sequence[NDArray[np.int64]]) -> Estimate:
    n = len(np.unique(np.concatenate(units)))
    low, high = wilson_interval(value, n) if value in (0.0, 1.0) else percentile_interval(drawn)
    return Estimate(value=value, low=low, high=high, n=n)


def percentile_interval(drawn: NDArray[np.float64]) -> tuple[float, float]:
    """Return the middle 95 % of what the draws gave, those left out that gave nothing.

    Example:
        >>> percentile_interval(np.linspace(0, 1, 1001)) == (0.025, 0.975)
        True
    """
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return float(low), float(high)

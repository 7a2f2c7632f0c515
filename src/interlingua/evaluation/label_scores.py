"""How well labels were predicted, as plain functions of arrays."""

import numpy as np
from numpy.typing import NDArray

from interlingua.evaluation.intervals import percentile_interval
from interlingua.evaluation.metrics import Estimate
from interlingua.evaluation.resampling import draw_weights

__all__ = ["f1_estimate", "weighted_macro_f1"]

Labels = NDArray[np.int64]

_DRAWS = 500


def weighted_macro_f1(gold: Labels, predicted: Labels, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    r"""Return the F1 of every label, averaged without weight over the labels, of items that count several times.

    .. math:: \frac1{|C|} \sum_{c \in C} \frac{2 \, tp_c}{n_c + p_c}

    where label c occurs n_c times, was predicted p_c times and was right tp_c times; C has the labels that occur or
    were predicted.

    Args:
        gold: Shape ``(n,)``, non-negative.
        predicted: Shape ``(n,)``, non-negative.
        weights: How often every item counts, shape ``(n, k)``.

    Returns:
        Shape ``(k,)``; NaN where nothing counts.

    Example:
        >>> weighted_macro_f1(np.array([0, 0, 1]), np.array([0, 1, 1]), np.ones((3, 1))).round(4).tolist()
        [0.6667]
    """
    labels = np.arange(max(gold.max(initial=0), predicted.max(initial=0)) + 1)
    occurs, chosen = gold[:, None] == labels, predicted[:, None] == labels
    right = (occurs & chosen).T.astype(np.float64) @ weights
    total = (occurs.astype(np.float64) + chosen).T @ weights
    with np.errstate(invalid="ignore", divide="ignore"):
        scores: NDArray[np.float64] = np.where(total > 0, 2 * right / total, 0).sum(axis=0) / (total > 0).sum(axis=0)
    return scores


def f1_estimate(gold: Labels, predictions: NDArray[np.int64]) -> Estimate:
    """Return the macro F1, averaged over several predictions of the same items, with its 95 % bootstrap interval.

    Args:
        gold: Shape ``(n,)``.
        predictions: Shape ``(times, n)``.

    Example:
        >>> gold = np.array([0, 0, 1, 1])
        >>> f1_estimate(gold, np.stack([gold, gold])).value
        1.0
    """
    value = np.mean([weighted_macro_f1(gold, one, np.ones((len(gold), 1))) for one in predictions])
    drawn = np.concatenate(
        [
            np.mean([weighted_macro_f1(gold, one, weights) for one in predictions], axis=0)
            for weights in draw_weights(len(gold), _DRAWS, seed=0)
        ]
    )
    low, high = percentile_interval(drawn)
    return Estimate(value=float(value), low=low, high=high, n=len(gold))

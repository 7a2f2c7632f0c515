"""The numbers of an examination as they come in, each with what it was measured on."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from interlingua.evaluation.metrics import Estimate, undefined
from interlingua.evaluation.task import incomplete, to_score
from interlingua.types import Score

__all__ = ["Chart", "exactly", "mean_of", "ratio"]

_Z = 1.959963984540054


def ratio(numerators: ArrayLike, denominators: ArrayLike) -> Estimate:
    r"""Return a ratio of two sums over texts, with the interval of its linearisation.

    .. math:: r = \frac{\sum_i a_i}{\sum_i b_i} , \qquad
       v = \frac{n}{n-1} \frac{\sum_i (a_i - r b_i)^2}{(\sum_i b_i)^2}

    Args:
        numerators: Shape ``(n,)``, not negative.
        denominators: Shape ``(n,)``, not negative.

    Returns:
        NaN where the denominators sum to 0; the interval does not reach below 0.

    Reference:
        Cochran 1977, Sampling Techniques, chapter 6.

    Example:
        >>> ratio([1, 0, 1], [2, 2, 4]).value
        0.25
    """
    above, below = np.asarray(numerators, dtype=np.float64), np.asarray(denominators, dtype=np.float64)
    n, total = len(above), float(below.sum())
    if total == 0:
        return undefined(n, "undefined: there is nothing to divide by")
    value = float(above.sum()) / total
    error = _Z * float(np.sqrt(n / max(n - 1, 1) * np.sum((above - value * below) ** 2))) / total
    return Estimate(value=value, low=max(0.0, value - error), high=value + error, n=n)


def mean_of(estimates: Sequence[Estimate | Score]) -> Estimate:
    """Return the mean of values, its interval as wide as if all erred together; undefined where one is missing."""
    n = sum(one.n for one in estimates)
    present = sum(bool(np.isfinite(one.value)) for one in estimates)
    if not estimates or present < len(estimates):
        return undefined(n, incomplete(present, len(estimates)))
    value, low, high = np.mean([(one.value, one.low, one.high) for one in estimates], axis=0)
    return Estimate(value=float(value), low=float(low), high=float(high), n=n)


def exactly(value: float, *, n: int, note: str = "") -> Estimate:
    """Return a number that has no interval."""
    return Estimate(value=float(value), low=np.nan, high=np.nan, n=n, note=note)


@dataclass
class Chart:
    """Scores by metric.

    Args:
        signature: Conditions of all numbers.
        scores: What has come in.
    """

    signature: str
    scores: list[Score] = field(default_factory=list)

    def add(
        self,
        metric: str,
        estimate: Estimate,
        languages: Sequence[str] = (),
        *,
        task: str,
        higher_is_better: bool = False,
    ) -> None:
        """Take a number in."""
        self.scores.append(
            to_score(
                estimate,
                task=f"doctor:{task}",
                metric=metric,
                languages=tuple(languages),
                signature=self.signature,
                higher_is_better=higher_is_better,
            )
        )

    def one(self, metric: str) -> Score | None:
        """Return the number that speaks of everything together, if it was measured."""
        return next((score for score in self.scores if score.metric == metric and not score.languages), None)

    def by_language(self, metric: str) -> dict[str, Score]:
        """Return the numbers of single languages."""
        return {
            score.languages[0]: score for score in self.scores if score.metric == metric and len(score.languages) == 1
        }

    def by_pair(self, metric: str) -> dict[tuple[str, str], Score]:
        """Return the numbers of two languages."""
        return {
            (score.languages[0], score.languages[1]): score
            for score in self.scores
            if score.metric == metric and len(score.languages) == 2
        }

"""Two lists of scores of the same tasks: which differences are more than chance?"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import ceil, isfinite, nan
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from interlingua.errors import EvaluationError
from interlingua.evaluation.comparison import Comparison
from interlingua.evaluation.resampling import draw_languages, resampled_statistics, sample_statistic
from interlingua.types import Sample, Score

__all__ = ["compare", "holm"]

Key: TypeAlias = tuple[str, str, tuple[str, ...]]

Numbers = NDArray[np.float64]

_FEWEST_UNITS = 10
"""With fewer, a bootstrap draws much the same items again and again, and takes that for certainty."""

_FEWEST_LANGUAGES = 5

_MAY_DIFFER = frozenset({"encoder", "aligner", "version"})
"""What of a signature says who was asked; everything else says what was asked."""

_MOST = 1 << 26
"""Statistics that are held at once: half a gigabyte. Families of thousands of scores get fewer draws for it."""

_RESERVE = 4
"""How far the smallest p, times the size of its family, stays below the level."""


def compare(
    scores: Iterable[Score], against: Iterable[Score], *, draws: int = 2000, seed: int = 0, level: float = 0.05
) -> list[Comparison]:
    r"""Compare scores with those of another encoder, or of the same one earlier, on the same items.

    A paired bootstrap: units (rows, sentences) are drawn with replacement, the same for both encoders and for all
    scores of a task, and both values are computed again. With d the difference and d* that of a draw, the interval
    goes from the 2.5th to the 97.5th percentile of d*, and

    .. math:: p = \frac{1 + \#\{|d^* - d| \ge |d|\}}{1 + draws}

    p is then corrected by Holm's method within each family: the headlines of all tasks (the last score of each) are
    one family, and all other scores of one metric are another. So the answer to "is it better?" does not depend on how
    many languages are looked at beside it, and no language is called better only because many were looked at. Where a
    family is so large that ``draws`` could not show any difference, more are made, as far as memory allows.

    A difference is undefined where a score has no samples (:class:`interlingua.types.Sample`), no value, or fewer than
    10 units.

    Args:
        scores: Of one encoder, from any tasks.
        against: Of the other one, from the same tasks on the same data.
        draws: How many at least.
        seed: The same seed draws the same.
        level: Below which an adjusted p counts.

    Returns:
        One comparison a score, in order; scores that one side lacks are undefined.

    Raises:
        EvaluationError: If the lists have nothing in common, a score stands in one twice, the scores were measured
            under different conditions or on different items, or a setting does not fit.

    Reference:
        Efron and Tibshirani 1993, An Introduction to the Bootstrap. Koehn 2004, Statistical Significance Tests for
        Machine Translation Evaluation. https://aclanthology.org/W04-3250. Holm 1979, A Simple Sequentially Rejective
        Multiple Test Procedure. https://www.jstor.org/stable/4615733

    Example:
        >>> def score(hits):
        ...     sample = Sample(statistic="mean", items=hits, units=np.arange(len(hits)))
        ...     value = float(sample.items.mean())
        ...     return Score(
        ...         task="t", metric="accuracy", languages=(), value=value, n=500, low=0.0, high=1.0, samples=(sample,)
        ...     )
        >>> rng = np.random.default_rng(0)
        >>> found = rng.random(500) < 0.6
        >>> (comparison,) = compare([score(found | (rng.random(500) < 0.2))], [score(found)])
        >>> comparison.verdict, comparison.low > 0
        ('better', True)
    """
    if draws < 100 or not 0 < level < 1:
        raise EvaluationError(f"draws is {draws} and level {level}; give 100 draws or more and a level between 0 and 1")
    ours, theirs = _by_key(scores), _by_key(against)
    shared = [key for key in ours if key in theirs]
    if not shared:
        raise EvaluationError("the two lists of scores have no task in common; compare encoders on the same tasks")
    for key in shared:
        _check_conditions(ours[key], theirs[key])
    families = _families(ours)
    largest = max(families.count(family) for family in families)
    samples = sum(len(side[key].samples) for key in shared for side in (ours, theirs))
    wanted = ceil(_RESERVE * largest / level)
    draws = max(draws, min(wanted, _MOST // max(samples, 1)))
    found = {key: _undrawn(ours.get(key), theirs.get(key)) for key in [*ours, *theirs]}
    for task in dict.fromkeys(key[0] for key in shared):
        pairs = {key: (ours[key], theirs[key]) for key in shared if key[0] == task and not found[key].note}
        found.update(_drawn(pairs, found, draws=draws, seed=seed))
    for family in dict.fromkeys(families):
        keys = [key for key, own in zip(ours, families, strict=True) if own == family]
        for key, adjusted in zip(keys, holm([found[key].p for key in keys]), strict=True):
            found[key] = _judged(found[key], float(adjusted), level=level)
    return list(found.values())


def holm(p: ArrayLike) -> Numbers:
    r"""Return p-values corrected for their number by Holm's method; NaN stays NaN and does not count.

    .. math:: \tilde p_{(i)} = \max_{j \le i} \min(1, (m - j + 1) \, p_{(j)})

    Reference:
        Holm 1979, A Simple Sequentially Rejective Multiple Test Procedure. https://www.jstor.org/stable/4615733

    Example:
        >>> holm([0.01, 0.04, 0.03]).tolist()
        [0.03, 0.06, 0.06]
    """
    values = np.asarray(p, dtype=np.float64)
    adjusted = np.full(values.shape, np.nan)
    known = np.flatnonzero(np.isfinite(values))
    order = known[np.argsort(values[known], kind="stable")]
    steps = np.minimum(1, values[order] * np.arange(len(order), 0, -1))
    adjusted[order] = np.maximum.accumulate(steps)
    return adjusted


def _by_key(scores: Iterable[Score]) -> dict[Key, Score]:
    found: dict[Key, Score] = {}
    for score in scores:
        key = (score.task, score.metric, score.languages)
        if key in found:
            raise EvaluationError(f"{_called(score)} stands twice among the scores of one side; give every score once")
        found[key] = score
    return found


def _called(score: Score) -> str:
    return " ".join([f"{score.task} {score.metric}", *score.languages])


def _conditions(score: Score) -> dict[str, str]:
    parts = (part.partition(":") for part in score.signature.split("|") if part)
    return {key: value for key, _, value in parts if key not in _MAY_DIFFER}


def _check_conditions(score: Score, other: Score) -> None:
    ours, theirs = _conditions(score), _conditions(other)
    differing = [key for key in {**ours, **theirs} if ours.get(key) != theirs.get(key)]
    if differing or score.higher_is_better != other.higher_is_better:
        told = ", ".join(f"{key} {ours.get(key, 'absent')} against {theirs.get(key, 'absent')}" for key in differing)
        raise EvaluationError(
            f"{_called(score)} was measured under different conditions: {told or 'one is an error rate'}; "
            "evaluate both with the same data and settings"
        )


def _families(scores: Iterable[Key]) -> list[tuple[str, str]]:
    keys = list(scores)
    last = {key[0]: key for key in keys}
    return [("headline", "") if last[key[0]] == key else ("metric", key[1]) for key in keys]


def _undrawn(score: Score | None, other: Score | None) -> Comparison:
    """The comparison as far as it goes without resampling; a note tells why it goes no further."""
    one = score or other
    if one is None:
        raise EvaluationError("there is no score to compare")
    value, earlier = (nan if side is None else side.value for side in (score, other))
    note = ""
    if score is None or other is None:
        note = f"undefined: the {'first' if score is None else 'second'} side has no such score"
    elif not (isfinite(value) and isfinite(earlier)):
        note = next(side.note or "undefined" for side in (score, other) if not isfinite(side.value))
    elif not (score.samples and other.samples):
        note = "no interval: the items that it was computed from are not known"
    return Comparison(
        task=one.task,
        metric=one.metric,
        languages=one.languages,
        value=value,
        other=earlier,
        difference=value - earlier,
        higher_is_better=one.higher_is_better,
        note=note,
    )


def _drawn(
    pairs: dict[Key, tuple[Score, Score]], undrawn: dict[Key, Comparison], *, draws: int, seed: int
) -> Iterator[tuple[Key, Comparison]]:
    """Resample all scores of one task at once."""
    distinct: dict[int, Sample] = {}
    for score, other in pairs.values():
        _check_samples(score, other)
        distinct.update((id(sample), sample) for sample in (*score.samples, *other.samples))
    if not distinct:
        return
    place = {key: i for i, key in enumerate(distinct)}
    statistics = resampled_statistics(list(distinct.values()), draws, seed=seed)
    for key, sides in pairs.items():
        ours, theirs = (statistics[[place[id(sample)] for sample in side.samples]].mean(axis=0) for side in sides)
        units = len(np.unique(np.concatenate([sample.units for sample in sides[0].samples])))
        comparison = replace(undrawn[key], n=units)
        if units < _FEWEST_UNITS:
            yield key, replace(comparison, note=f"no interval: it needs {_FEWEST_UNITS} units, there are {units}")
            continue
        low_languages, high_languages = _over_languages(sides, draws=draws, seed=seed)
        yield (
            key,
            replace(
                _with_interval(comparison, ours - theirs),
                low_languages=low_languages,
                high_languages=high_languages,
            ),
        )


def _with_interval(comparison: Comparison, drawn: Numbers) -> Comparison:
    drawn = drawn[np.isfinite(drawn)]
    difference = comparison.difference
    low, high = np.percentile(drawn, [2.5, 97.5])
    tolerance = 1e-12  # sums of other order differ in their last bits
    extreme = int(np.sum(np.abs(drawn - difference) >= abs(difference) - tolerance))
    p = (1 + extreme) / (1 + len(drawn))
    return replace(comparison, low=float(low), high=float(high), p=p, draws=len(drawn))


def _over_languages(sides: Sequence[Score], *, draws: int, seed: int) -> tuple[float, float]:
    samples = sides[0].samples
    ours, theirs = (np.array([sample_statistic(sample) for sample in side.samples]) for side in sides)
    drawn = draw_languages(samples, ours - theirs, draws, seed=seed, fewest=_FEWEST_LANGUAGES)
    if drawn is None:
        return nan, nan
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return float(low), float(high)


def _check_samples(score: Score, other: Score) -> None:
    if len(score.samples) != len(other.samples):
        raise EvaluationError(
            f"{_called(score)} was computed from {len(score.samples)} samples on one side, {len(other.samples)} on the "
            "other; evaluate both on the same data"
        )
    for ours, theirs in zip(score.samples, other.samples, strict=True):
        alike = (
            ours.statistic == theirs.statistic
            and ours.languages == theirs.languages
            and np.array_equal(ours.units, theirs.units)
            and (ours.statistic != "spearman" or np.array_equal(ours.items[:, 0], theirs.items[:, 0]))
        )
        if not alike:
            raise EvaluationError(
                f"{_called(score)}: the two sides were measured on different items "
                f"({len(ours.units)} and {len(theirs.units)}); evaluate both on the same data"
            )


def _judged(comparison: Comparison, adjusted: float, *, level: float) -> Comparison:
    if not isfinite(adjusted):
        return comparison
    if adjusted >= level:
        return replace(comparison, adjusted=adjusted, verdict="same")
    better = (comparison.difference > 0) == comparison.higher_is_better
    return replace(comparison, adjusted=adjusted, verdict="better" if better else "worse")

"""Links against gold links: precision, recall, F1 and alignment error rate, with sure and possible links."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from interlingua.errors import EvaluationError
from interlingua.evaluation.metrics import Estimate
from interlingua.types import Links, Sample

__all__ = [
    "METRICS",
    "Counts",
    "LinkScores",
    "link_counts",
    "link_estimates",
    "link_metrics",
    "link_samples",
    "link_scores",
    "resampled",
]

METRICS = ("precision", "recall", "f1", "aer")
"""Names, in the order of every array of this module."""

Counts = NDArray[np.int64]
"""For each sentence pair: links found, those of them that are possible, those that are sure, and sure links of the
gold; shape ``(pairs, 4)``."""

_DRAWS = 1000

_WHY_UNDEFINED = {
    "precision": "undefined: no link was found",
    "recall": "undefined: the gold has no sure link",
    "f1": "undefined: the gold has no sure link",
    "aer": "undefined: no link was found and the gold has no sure link",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkScores:
    """How well links agree with gold links; ``n`` of each counts sentence pairs.

    Args:
        precision: Share of the links found that are possible or sure.
        recall: Share of the sure links that were found.
        f1: Harmonic mean of the two.
        aer: Alignment error rate; lower is better.
    """

    precision: Estimate
    recall: Estimate
    f1: Estimate
    aer: Estimate


def link_scores(found: Sequence[Links], gold: Sequence[Links]) -> LinkScores:
    r"""Compare links with gold links, summed over the corpus.

    With A the links found, S the sure links of the gold and P its sure and possible ones,

    .. math:: P = \frac{|A \cap P|}{|A|}, \quad R = \frac{|A \cap S|}{|S|}, \quad F_1 = \frac{2PR}{P + R}, \quad
              AER = 1 - \frac{|A \cap S| + |A \cap P|}{|A| + |S|}

    Where all links of the gold are sure, AER is 1 - F1. Where nothing was found, precision is undefined, recall and F1
    are 0 and AER is 1. Sentences without links count with all the sure links that they lack.

    Intervals are percentiles of 1,000 resamples of the sentence pairs, drawn from a fixed seed.

    Args:
        found: Links of an aligner.
        gold: Links of people for the same sentence pairs, in the same order and over the same words.

    Raises:
        EvaluationError: If there are none, not equally many, or they speak of other words.

    Reference:
        Och and Ney 2003, A Systematic Comparison of Various Statistical Alignment Models.
        https://aclanthology.org/J03-1002

    Example:
        >>> words = [(0, 1), (2, 3), (4, 5)]
        >>> gold = Links(words, words, [(0, 0), (1, 1), (1, 2)], sure=[True, True, False])
        >>> scores = link_scores([Links(words, words, [(0, 0), (1, 2), (2, 2)])], [gold])
        >>> round(scores.precision.value, 3), scores.recall.value, round(scores.aer.value, 3)
        (0.667, 0.5, 0.4)
    """
    counts = link_counts(found, gold)
    sums = counts.sum(axis=0)
    draws = resampled([counts], [np.arange(len(counts))])
    return LinkScores(**link_estimates(link_metrics(sums), link_metrics(draws[0]), n=len(counts)))


def link_counts(found: Sequence[Links], gold: Sequence[Links]) -> Counts:
    """Count links of every sentence pair: found, found and possible, found and sure, sure.

    Raises:
        EvaluationError: If there are none, not equally many, or they speak of other words.
    """
    if not gold or len(found) != len(gold):
        raise EvaluationError(
            f"there are links for {len(found):,} sentence pairs and gold links for {len(gold):,}; "
            "give one of each for every pair, and at least one"
        )
    return np.array([_count(i, *both) for i, both in enumerate(zip(found, gold, strict=True))], dtype=np.int64)


def resampled(
    groups: Sequence[Counts], units: Sequence[NDArray[np.integer[Any]]], *, draws: int = _DRAWS, seed: int = 0
) -> list[NDArray[np.float64]]:
    """Return sums of counts over resampled sentence pairs.

    Pairs that share a unit are drawn together, within a group and across groups: the pairs of several languages that
    have one English sentence are not mistaken for independent ones.

    Args:
        groups: Counts of each group, shape ``(pairs, 4)``.
        units: The unit of every pair of each group, shape ``(pairs,)``, non-negative integers.
        draws: How many resamples.
        seed: The same seed draws the same.

    Returns:
        For each group the sums of every draw, shape ``(draws, 4)``.
    """
    size = 1 + max(int(unit.max()) for unit in units)
    present = np.unique(np.concatenate(units))
    weights = np.zeros((draws, size))
    shares = np.full(len(present), 1 / len(present))
    weights[:, present] = np.random.default_rng(seed).multinomial(len(present), shares, size=draws)
    return [weights[:, unit] @ counts for counts, unit in zip(groups, units, strict=True)]


def link_estimates(values: NDArray[np.float64], draws: NDArray[np.float64], *, n: int) -> dict[str, Estimate]:
    """Return an estimate for every metric, with the percentiles of its resamples.

    Args:
        values: The metrics, shape ``(4,)``.
        draws: The metrics of every resample, shape ``(draws, 4)``; those that are undefined are left out.
        n: Number of sentence pairs.
    """
    found = {}
    for i, metric in enumerate(METRICS):
        if not np.isfinite(values[i]):
            found[metric] = Estimate(value=np.nan, low=np.nan, high=np.nan, n=n, note=_WHY_UNDEFINED[metric])
            continue
        low, high = np.nanpercentile(draws[:, i], [2.5, 97.5])
        found[metric] = Estimate(value=float(values[i]), low=float(low), high=float(high), n=n)
    return found


def link_metrics(sums: NDArray[Any]) -> NDArray[np.float64]:
    """Return precision, recall, F1 and AER of sums of counts, shape ``(..., 4)``; NaN where undefined."""
    found, possible, sure, gold = np.moveaxis(sums.astype(np.float64), -1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        precision, recall = possible / found, sure / gold
        harmonic = 2 * precision * recall / (precision + recall)
        aer = 1 - (sure + possible) / (found + gold)
    f1 = np.where((gold > 0) & ((possible == 0) | (sure == 0)), 0.0, harmonic)
    return np.stack([precision, recall, f1, aer], axis=-1)


def link_samples(counts: Counts, units: NDArray[np.int64], languages: tuple[str, ...]) -> dict[str, Sample]:
    """Return, by metric, the counts of every sentence pair as ratios of sums.

    F1 is such a ratio where no link is possible only; elsewhere it is the harmonic mean of two ratios, and left out.
    """
    found, possible, sure, gold = counts.astype(np.float64).T
    ratios = {
        "precision": (possible, found),
        "recall": (sure, gold),
        "aer": (found + gold - sure - possible, found + gold),
    }
    if (possible == sure).all():
        ratios["f1"] = (2 * sure, found + gold)
    return {
        metric: Sample(statistic="ratio", items=np.stack(ratio, axis=1), units=units, languages=languages)
        for metric, ratio in ratios.items()
    }


def _count(i: int, found: Links, gold: Links) -> tuple[int, int, int, int]:
    for side in ("source", "target"):
        own, wanted = getattr(found, side), getattr(gold, side)
        if own.shape != wanted.shape or (own != wanted).any():
            raise EvaluationError(
                f"pair {i}: the links found speak of {len(own)} {side} words, the gold of {len(wanted)}, or they stand "
                "elsewhere in the text; align the very words of the gold"
            )
    width = max(1, len(gold.target))
    ids, gold_ids = (links.pairs[:, 0].astype(np.int64) * width + links.pairs[:, 1] for links in (found, gold))
    sure_ids = gold_ids if gold.sure is None else gold_ids[gold.sure]
    return len(ids), int(np.isin(ids, gold_ids).sum()), int(np.isin(ids, sure_ids).sum()), len(sure_ids)

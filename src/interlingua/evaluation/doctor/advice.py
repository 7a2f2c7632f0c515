"""Advice, and how it is worded: each complaint tied to a number and the threshold that it went beyond."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from interlingua.evaluation.doctor.chart import Chart
from interlingua.evaluation.doctor.thresholds import THRESHOLDS
from interlingua.languages import display_name
from interlingua.types import Score

__all__ = ["NAMED", "Advice", "bad", "bad_languages", "complaint", "listed", "more", "percent"]

NAMED = 3
"""So many languages are named; the others are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One complaint.

    Args:
        diagnosis: Its name: ``leakage``, ``truncation`` ...
        text: What is wrong, the number, and what to do.
        severe: It comes before everything that is not.
        metric: The number that it rests on.
        value: What was measured, of the worst language where there are several.
        threshold: What it went beyond.
        languages: Which are concerned, worst first; empty where all are.
    """

    diagnosis: str
    text: str
    severe: bool
    metric: str
    value: float
    threshold: float
    languages: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return a JSON-ready dictionary."""
        return {**asdict(self), "languages": list(self.languages)}


def bad(score: Score, *, severe: bool = False) -> bool:
    """Tell whether all of a score's interval lies beyond its threshold."""
    limit = THRESHOLDS[score.metric]
    bound = limit.severe if severe else limit.notable
    if limit.below:
        return (score.high if np.isfinite(score.high) else score.value) < bound
    return (score.low if np.isfinite(score.low) else score.value) > bound


def bad_languages(chart: Chart, metric: str) -> list[Score]:
    """Return the languages that are beyond the threshold, worst first."""
    found = [score for score in chart.by_language(metric).values() if bad(score)]
    return sorted(found, key=lambda score: score.value, reverse=not THRESHOLDS[metric].below)


def complaint(
    diagnosis: str, score: Score, text: str, scores: Iterable[Score] = (), *, severe: bool | None = None
) -> Advice:
    """Return advice that rests on a score; severe where that is, unless told."""
    return Advice(
        diagnosis=diagnosis,
        text=text,
        severe=bad(score, severe=True) if severe is None else severe,
        metric=score.metric,
        value=score.value,
        threshold=THRESHOLDS[score.metric].notable,
        languages=tuple(one.languages[0] for one in scores),
    )


def listed(scores: Sequence[Score]) -> str:
    """Return the languages and shares of the first scores, and how many are left."""
    named = ", ".join(f"{display_name(score.languages[0])} {percent(score)}" for score in scores[:NAMED])
    return named + more(scores)


def more(scores: Sequence[Score], *, named: int = NAMED) -> str:
    """Return how many are left after the named ones; empty where none is."""
    left = len(scores) - named
    return f" and {left} more" if left > 0 else ""


def percent(score: Score) -> str:
    """Return a share in percent."""
    return f"{100 * score.value:.1f} %"

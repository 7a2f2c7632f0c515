"""RUNS -> PANELS: what stands side by side in every section. One run: before and after. Several: one panel each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import nan
from typing import Any

import numpy as np

from interlingua.errors import EvaluationError, LanguageError
from interlingua.evaluation import headline_scores
from interlingua.evaluation.comparison import Comparison
from interlingua.evaluation.significance import compare
from interlingua.languages import display_name
from interlingua.report.record import RunRecord
from interlingua.types import Score

__all__ = ["Panel", "Versus", "language_name", "language_scores", "make_panels", "make_versus", "summary_lines"]

_TITLES = {"before": "before", "start": "start", "after": "after"}


@dataclass(frozen=True)
class Panel:
    """One encoder.

    Args:
        title: How the report calls it.
        run: The run that it belongs to.
        side: ``before``, ``start`` or ``after`` of that run.
    """

    title: str
    run: RunRecord
    side: str

    @property
    def scores(self) -> list[Score]:
        """What was measured of it."""
        return self.run.scores.get(self.side, [])

    def evidence(self, *keys: str) -> Any:
        """Return a part of the evidence, of this side where there are sides; None if it is not there."""
        place: Any = self.run.evidence
        for key in (*keys, self.side):
            if not isinstance(place, dict) or key not in place:
                return None
            place = place[key]
        return place


@dataclass(frozen=True)
class Versus:
    """One encoder compared with the first.

    Args:
        panel: The encoder.
        other: The first one.
        lines: For each line of the tables.
        languages: For each task and language.
        notes: Why something could not be compared.
    """

    panel: Panel
    other: Panel
    lines: list[Comparison]
    languages: list[Comparison]
    notes: list[str]

    def line(self, score: Score) -> Comparison | None:
        """Return the comparison of a score."""
        wanted = (score.task, score.metric, score.languages)
        return next((one for one in self.lines if (one.task, one.metric, one.languages) == wanted), None)


def make_panels(records: Sequence[RunRecord]) -> list[Panel]:
    """Return what stands side by side: the sides of one run, or the trained encoders of several."""
    if len(records) > 1:
        return [Panel(record.name, record, "after") for record in records]
    sides = [side for side in _TITLES if records[0].scores.get(side)]
    return [Panel(_TITLES[side], records[0], side) for side in sides]


def make_versus(panels: Sequence[Panel]) -> list[Versus]:
    """Compare encoders: in one run, after with what training began from; every other run with the first."""
    if len(panels) < 2:
        return []
    if panels[0].run is panels[-1].run:
        return [_versus(panels[-1], panels[-2])]
    return [_versus(panel, panels[0]) for panel in panels[1:]]


def summary_lines(scores: Iterable[Score]) -> list[Score]:
    """Return scores without the two directions that a mean of both sums up, in order.

    Example:
        >>> def score(metric, *languages):
        ...     return Score(task="t", metric=metric, languages=languages, value=1.0, n=1, low=0.0, high=1.0)
        >>> both = [score("accuracy", "a", "b"), score("accuracy", "b", "a"), score("mean_accuracy", "a", "b")]
        >>> [one.metric for one in summary_lines(both)]
        ['mean_accuracy']
    """
    scores = list(scores)
    folded = set()
    for one in scores:
        if one.metric.startswith("mean_") and len(one.languages) == 2:
            metric = one.metric.removeprefix("mean_")
            folded |= {(one.task, metric, one.languages), (one.task, metric, one.languages[::-1])}
    return [one for one in scores if (one.task, one.metric, one.languages) not in folded]


def language_scores(scores: Iterable[Score]) -> list[Score]:
    """Return for each task and language the mean of the scores that it takes part in; then the task's headline.

    Where English is paired with seven languages, German's is that of the pair with German, and English's the mean of
    all seven. Samples go along, so that two encoders can be compared language by language.
    """
    scores = list(scores)
    headlines = {one.task: one for one in headline_scores(scores)}
    made: list[Score] = []
    for task, headline in headlines.items():
        lines = [one for one in summary_lines(scores) if one.task == task and 1 <= len(one.languages) <= 2]
        metrics = dict.fromkeys(one.metric for one in lines)
        kind = _kin(headline.metric, list(metrics))
        lines = [one for one in lines if one.metric == kind]
        codes = dict.fromkeys(code for one in lines for code in one.languages)
        made += [_of_language(code, [one for one in lines if code in one.languages]) for code in codes]
        if (headline.task, headline.metric, headline.languages) not in {(m.task, m.metric, m.languages) for m in made}:
            made.append(headline)
    return made


def language_name(code: str) -> str:
    """Return the English name of a language; what is no code stays as it is."""
    try:
        return display_name(code)
    except LanguageError:
        return code


def _kin(headline: str, metrics: Sequence[str]) -> str:
    """The metric of single languages that the headline is made of: ``mean_accuracy`` for ``macro_accuracy``."""
    plain = headline.removeprefix("macro_").removeprefix("mean_")
    for wanted in (f"mean_{plain}", plain, headline):
        if wanted in metrics:
            return wanted
    return metrics[-1] if metrics else ""


def _of_language(code: str, scores: Sequence[Score]) -> Score:
    values = [one.value for one in scores]
    complete = bool(np.isfinite(values).all())
    samples = tuple(sample for one in scores for sample in one.samples)
    known = complete and all(one.samples for one in scores)
    return replace(
        scores[0],
        metric=scores[0].metric.removeprefix("mean_"),
        languages=(code,),
        value=float(np.mean(values)) if complete else nan,
        n=max(one.n for one in scores),
        low=nan,
        high=nan,
        note="" if complete else next(one.note for one in scores if not np.isfinite(one.value)),
        samples=samples if known else (),
    )


def _versus(panel: Panel, other: Panel) -> Versus:
    notes: list[str] = []
    lines = _compared(summary_lines(panel.scores), summary_lines(other.scores), notes)
    languages = _compared(language_scores(panel.scores), language_scores(other.scores), [])
    return Versus(panel, other, lines, languages, notes)


def _compared(scores: Sequence[Score], against: Sequence[Score], notes: list[str]) -> list[Comparison]:
    """Compare all tasks in one family; where some cannot be compared, task by task."""
    try:
        return compare(scores, against)
    except EvaluationError as error:
        tasks = list(dict.fromkeys(one.task for one in scores))
        if len(tasks) < 2:
            notes.append(str(error))
            return []
    found: list[Comparison] = []
    for task in tasks:
        ours, theirs = ([one for one in side if one.task == task] for side in (scores, against))
        found += _compared(ours, theirs, notes)
    return found

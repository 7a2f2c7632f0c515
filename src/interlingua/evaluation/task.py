"""Asking tasks of an encoder, and what holds for every score: its conditions and its group."""

import logging
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from interlingua.errors import EvaluationError
from interlingua.evaluation.metrics import Estimate
from interlingua.evaluation.remembering import RememberingEncoder
from interlingua.types import Encoder, Sample, Score, Task

__all__ = ["as_encoder", "evaluate", "headline_scores", "mean_score", "score_signature"]

logger = logging.getLogger(__name__)


def evaluate(encoder: Any, tasks: Iterable[Task] | Task) -> list[Score]:
    """Ask every task of an encoder; texts that several tasks share are encoded once.

    Args:
        encoder: An encoder; also what :func:`interlingua.load_encoder` takes, or a SentenceTransformer.
        tasks: The tasks, or a single one.

    Returns:
        All scores in the order of the tasks; the last score of a task sums it up.

    Raises:
        EvaluationError: If there is no task, two bear the same name, or one cannot be scored.
    """
    tasks = list(tasks) if isinstance(tasks, Iterable) else [tasks]
    encoder = as_encoder(encoder)
    names = [task.name for task in tasks]
    if not tasks:
        raise EvaluationError("there is no task to evaluate; give at least one")
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise EvaluationError(f"two tasks are called {twice!r}; give one of them another name")
    asked = RememberingEncoder(encoder) if len(tasks) > 1 and hasattr(encoder, "encode") else encoder
    scores: list[Score] = []
    for task in tasks:
        logger.debug("%s: %s", encoder.name, task.name)
        scores.extend(task.run(asked))
    return scores


def as_encoder(encoder: Any) -> Any:
    """Return an encoder, or an aligner, as it is; of a name, a folder or a SentenceTransformer make an encoder."""
    if isinstance(encoder, str | Path):
        from interlingua.encoder import load_encoder

        return load_encoder(str(encoder))
    if hasattr(encoder, "encode") and not hasattr(encoder, "fingerprint"):
        from interlingua.encoder import SentenceEncoder

        return SentenceEncoder(encoder)
    return encoder


def headline_scores(scores: Iterable[Score]) -> list[Score]:
    """Return the score that sums up each task: the last one it gave.

    Example:
        >>> def score(task, metric):
        ...     return Score(task=task, metric=metric, languages=(), value=1.0, n=1, low=0.2, high=1.0)
        >>> scores = [score("a", "accuracy"), score("a", "macro_accuracy"), score("b", "spearman")]
        >>> [score.metric for score in headline_scores(scores)]
        ['macro_accuracy', 'spearman']
    """
    return list({score.task: score for score in scores}.values())


def mean_score(scores: Sequence[Score], *, task: str = "mean") -> Score:
    """Return the unweighted mean of scores, as one score without an interval.

    Raises:
        EvaluationError: If there are none, or some are better when higher and some when lower.

    Example:
        >>> def score(value):
        ...     return Score(task="t", metric="accuracy", languages=(), value=value, n=1, low=0.0, high=1.0)
        >>> mean_score([score(0.5), score(1.0)]).value
        0.75
        >>> mean_score([score(0.5), score(float("nan"))]).note
        'undefined, 1 of 2 present'
    """
    if not scores:
        raise EvaluationError("there are no scores to take a mean of; give at least one")
    if len({score.higher_is_better for score in scores}) > 1:
        raise EvaluationError("some of the scores are better when higher, some when lower; average them apart")
    values = np.array([score.value for score in scores])
    present = int(np.isfinite(values).sum())
    complete = present == len(values)
    metrics = {score.metric for score in scores}
    return Score(
        task=task,
        metric=metrics.pop() if len(metrics) == 1 else "mean",
        languages=tuple(dict.fromkeys(language for score in scores for language in score.languages)),
        value=float(values.mean()) if complete else np.nan,
        n=sum(score.n for score in scores),
        low=np.nan,
        high=np.nan,
        higher_is_better=scores[0].higher_is_better,
        note=f"mean of {len(values)} scores" if complete else incomplete(present, len(values)),
    )


def incomplete(present: int, wanted: int) -> str:
    """Return the note of a group that lacks a member: its mean is not that of the rest."""
    return f"undefined, {present} of {wanted} present"


def score_signature(encoder: Encoder, *, data: str, split: str | None, **settings: str) -> str:
    """Return the conditions of a score as ``key:value`` joined by ``|``.

    Two scores may be compared when their signatures differ in ``encoder`` alone.

    Args:
        encoder: Its fingerprint is shortened to 12 characters.
        data: Fingerprint of the data.
        split: Part of the data; None for all of it.
        settings: What else the number depends on.
    """
    fields = {"data": data[:12], "split": split or "all", **settings, "encoder": encoder.fingerprint[:12]}
    return "|".join(f"{key}:{value}" for key, value in {**fields, "version": version("interlingua")}.items())


def to_score(
    estimate: Estimate,
    *,
    task: str,
    metric: str,
    languages: tuple[str, ...],
    signature: str,
    higher_is_better: bool = True,
    samples: Sequence[Sample] = (),
) -> Score:
    """Return an estimate as a score; with the items that it was computed from where they are known."""
    return Score(
        task=task,
        metric=metric,
        languages=languages,
        value=estimate.value,
        n=estimate.n,
        low=estimate.low,
        high=estimate.high,
        higher_is_better=higher_is_better,
        signature=signature,
        note=estimate.note,
        samples=tuple(samples),
    )

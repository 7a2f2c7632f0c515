"""Accuracies of both directions of language pairs: how they become scores, for every task that asks both ways."""

from collections.abc import Iterator, Sequence

from interlingua.evaluation.metrics import Estimate, mean_accuracy, undefined
from interlingua.evaluation.pairs import Pair
from interlingua.evaluation.task import incomplete, to_score
from interlingua.types import Sample, Score

__all__ = ["both_ways_scores", "macro_accuracy_score"]


def both_ways_scores(
    pair: Pair, estimates: Sequence[Estimate], samples: Sequence[Sample], *, task: str, signature: str
) -> Iterator[Score]:
    """Yield ``accuracy`` there, ``accuracy`` back, and ``mean_accuracy`` of the two.

    Args:
        pair: Both languages.
        estimates: Of the three, in this order.
        samples: Of both directions; none where the pair is undefined.
        task: Name of the task.
        signature: Its conditions.
    """
    for metric, languages, estimate, own in zip(
        ("accuracy", "accuracy", "mean_accuracy"),
        (pair, pair[::-1], pair),
        estimates,
        (samples[:1], samples[1:], samples),
        strict=True,
    ):
        yield to_score(estimate, task=task, metric=metric, languages=languages, signature=signature, samples=own)


def macro_accuracy_score(
    samples: Sequence[Sample], *, wanted: int, task: str, languages: tuple[str, ...], signature: str
) -> Score:
    """Return the mean over pairs of languages; undefined where one of them is.

    Args:
        samples: Two of every pair that is defined.
        wanted: How many pairs there are.
        task: Name of the task.
        languages: Of all pairs.
        signature: Conditions of the task.
    """
    present = len(samples) // 2
    complete = present == wanted
    groups = [(sample.units, sample.items[:, 0]) for sample in samples]
    return to_score(
        mean_accuracy(groups) if complete else undefined(0, incomplete(present, wanted)),
        task=task,
        metric="macro_accuracy",
        languages=languages,
        signature=signature,
        samples=samples if complete else (),
    )

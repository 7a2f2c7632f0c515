"""Invented scores with samples, and the check that every task must pass."""

import math

import numpy as np

from interlingua.evaluation.resampling import sample_statistic
from interlingua.types import Sample, Score


def mean_sample(hits, *, units=None, languages=("eng_Latn", "deu_Latn")):
    return Sample(
        statistic="mean", items=hits, units=np.arange(len(hits)) if units is None else units, languages=languages
    )


def score_of(*samples, task="retrieval:invented", metric="accuracy", languages=("eng_Latn", "deu_Latn"), **fields):
    value = float(np.mean([sample_statistic(sample) for sample in samples]))
    n = len(samples[0].units)
    given = {"value": value, "n": n, "low": math.nan, "high": math.nan, **fields}
    return Score(task=task, metric=metric, languages=languages, samples=samples, **given)


def check_samples(scores, *, without=()):
    """Hold every score with a value to the mean of its samples' statistics; return how many bear samples."""
    bearing = 0
    for score in scores:
        if not math.isfinite(score.value) or score.metric in without:
            continue
        assert score.samples, f"{score.task} {score.metric} has no samples"
        mean = float(np.mean([sample_statistic(sample) for sample in score.samples]))
        assert abs(mean - score.value) < 1e-12, (score, mean)
        assert all(set(sample.languages) & set(score.languages) for sample in score.samples)
        bearing += 1
    return bearing

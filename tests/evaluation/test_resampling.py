import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import spearmanr

from evaluation.samples import mean_sample
from interlingua.evaluation.metrics import spearman
from interlingua.evaluation.resampling import (
    draw_languages,
    draw_weights,
    resampled_statistics,
    sample_statistic,
    weighted_spearman,
)
from interlingua.types import Sample


def all_weights(units, draws, *, seed):
    return np.concatenate(list(draw_weights(units, draws, seed=seed)), axis=1)


def naive_statistic(sample, weights_of):
    """The items written out as often as their unit was drawn."""
    items = [
        row
        for row, unit in zip(sample.items.tolist(), sample.units.tolist(), strict=True)
        for _ in range(weights_of[unit])
    ]
    if not items:
        return math.nan
    if sample.statistic == "mean":
        return math.fsum(row[0] for row in items) / len(items)
    if sample.statistic == "ratio":
        below = math.fsum(row[1] for row in items)
        return math.fsum(row[0] for row in items) / below if below else math.nan
    return spearmanr(*zip(*items, strict=True)).statistic


def some_samples(rng):
    """Of every statistic; units are shared, repeated and missing."""
    counts = rng.integers(0, 5, size=(9, 2)).astype(float)
    scores = np.stack([rng.integers(0, 4, size=14), rng.normal(size=14).round(1)], axis=1)
    return [
        mean_sample(rng.random(12), units=rng.integers(0, 8, size=12)),
        mean_sample(rng.integers(0, 2, size=5), units=[3, 20, 21, 22, 30]),
        Sample(statistic="ratio", items=counts, units=np.arange(9)),
        Sample(statistic="spearman", items=scores, units=rng.integers(0, 10, size=14)),
        Sample(statistic="spearman", items=scores * [1, -1], units=np.arange(14)),
    ]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.filterwarnings("ignore:An input array is constant")
def test_resampled_statistics_are_those_of_naive_loops(seed):
    samples = some_samples(np.random.default_rng(seed))
    units = np.unique(np.concatenate([sample.units for sample in samples]))
    weights = all_weights(len(units), 40, seed=seed).astype(int)
    found = resampled_statistics(samples, 40, seed=seed)
    for i, sample in enumerate(samples):
        expected = [
            naive_statistic(sample, dict(zip(units.tolist(), column.tolist(), strict=True))) for column in weights.T
        ]
        assert_allclose(found[i], expected, atol=1e-12)


def test_statistics_of_the_items_as_they_are():
    samples = some_samples(np.random.default_rng(7))
    for sample in samples:
        ones = dict.fromkeys(sample.units.tolist(), 1)
        assert sample_statistic(sample) == pytest.approx(naive_statistic(sample, ones), abs=1e-14)
    assert math.isnan(sample_statistic(mean_sample([])))
    assert math.isnan(sample_statistic(Sample(statistic="ratio", items=[[1, 0]], units=[0])))


def test_draws_keep_their_size_and_do_not_hang_on_the_blocks(monkeypatch):
    weights = all_weights(7, 500, seed=3)
    assert weights.shape == (7, 500)
    assert (weights.sum(axis=0) == 7).all()
    assert_allclose(weights.mean(axis=1), 1, atol=0.2)
    monkeypatch.setattr("interlingua.evaluation.resampling._BLOCK", 50)
    assert np.array_equal(all_weights(7, 500, seed=3), weights)
    assert not np.array_equal(all_weights(7, 500, seed=4), weights)


def test_sparse_sums_are_dense_sums(monkeypatch):
    samples = some_samples(np.random.default_rng(1))
    dense = resampled_statistics(samples, 30, seed=0)
    monkeypatch.setattr("interlingua.evaluation.resampling._SPARSE", 2.0)
    assert_allclose(resampled_statistics(samples, 30, seed=0), dense, atol=1e-12)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-3, 3), st.integers(0, 4)), min_size=3, max_size=12))
@settings(deadline=None, max_examples=60)
def test_weighted_ranks_are_ranks_of_the_repeated_items(rows):
    first, second, weights = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    (found,) = weighted_spearman(first, [second], weights=weights[:, None])
    repeated = [np.repeat(side, weights.astype(int)) for side in (first, second)]
    if any(len(side) < 3 or np.ptp(side) == 0 for side in repeated):
        assert len(repeated[0]) == 2 or math.isnan(found[0])
    else:
        assert found[0] == pytest.approx(spearman(*repeated).value, abs=1e-12)


def languages_of(*pairs):
    return [mean_sample([1.0], languages=pair) for pair in pairs]


def test_a_language_that_all_samples_share_is_not_drawn():
    samples = languages_of(("eng", "deu"), ("deu", "eng"), ("eng", "tel"), ("tel", "eng"))
    differences = np.array([1.0, 3.0, 10.0, 20.0])
    found = draw_languages(samples, differences, 200, seed=0)
    weights = all_weights(2, 200, seed=0)  # deu, tel
    assert_allclose(found, (weights[0] * 4 + weights[1] * 30) / (2 * weights.sum(axis=0)))
    assert set(np.round(found, 9)) == {2.0, 8.5, 15.0}


def test_pairs_count_as_often_as_both_their_languages_were_drawn():
    samples = languages_of(("a", "b"), ("a", "c"), ("b", "c"), ("c", "c"))
    differences = np.array([1.0, 2.0, 4.0, 8.0])
    found = draw_languages(samples, differences, 100, seed=2)
    for value, (a, b, c) in zip(found, all_weights(3, 100, seed=2).T, strict=True):
        weights = [a * b, a * c, b * c, c]
        if sum(weights):
            assert value == pytest.approx(np.dot(weights, differences) / sum(weights))
        else:
            assert math.isnan(value)


def test_one_language_cannot_be_drawn():
    assert draw_languages(languages_of(("eng", "deu"), ("deu", "eng")), np.zeros(2), 100, seed=0) is None
    assert draw_languages(languages_of((), ()), np.zeros(2), 100, seed=0) is None

import numpy as np
import pytest

from interlingua.errors import EvaluationError
from interlingua.evaluation.intervals import bootstrap_mean, bootstrap_means, percentile_interval
from interlingua.evaluation.metrics import wilson_interval
from interlingua.types import Sample


def sample(items, units=None):
    items = np.asarray(items, dtype=float)
    return Sample(statistic="mean", items=items, units=np.arange(len(items)) if units is None else units)


def test_the_mean_of_one_sample_has_the_interval_of_its_spread():
    items = np.random.default_rng(0).uniform(size=400)
    estimate = bootstrap_mean([sample(items)])
    error = items.std() / 20
    assert estimate.value == pytest.approx(items.mean())
    assert (estimate.low, estimate.high) == pytest.approx(
        (items.mean() - 1.96 * error, items.mean() + 1.96 * error), abs=error / 5
    )
    assert estimate.n == 400


def test_samples_of_the_same_units_are_not_mistaken_for_independent_ones():
    items = np.random.default_rng(0).integers(0, 2, size=300)
    one, twice = bootstrap_mean([sample(items)]), bootstrap_mean([sample(items), sample(items)])
    apart = bootstrap_mean([sample(items), sample(items, np.arange(300, 600))])
    assert (twice.low, twice.high, twice.n) == (one.low, one.high, 300)
    assert apart.high - apart.low < 0.8 * (one.high - one.low)
    assert apart.n == 600


def test_samples_weigh_equally_whatever_their_size():
    assert bootstrap_mean([sample([1, 1, 0, 0]), sample([1.0])]).value == 0.75


def test_samples_drawn_at_once_have_the_intervals_that_each_has_alone():
    rng = np.random.default_rng(0)
    units = [np.arange(50), np.arange(80), rng.permutation(50), np.arange(0, 100, 2), np.arange(50)]
    samples = [sample(rng.uniform(size=len(own)), own) for own in units[:-1]]
    samples.append(sample(np.ones(50), units[-1]))
    for together, alone in zip(bootstrap_means(samples), [bootstrap_mean([one]) for one in samples], strict=True):
        assert (together.value, together.n) == (alone.value, alone.n)
        assert (together.low, together.high) == pytest.approx((alone.low, alone.high), abs=1e-12)
    assert bootstrap_means([]) == []
    with pytest.raises(EvaluationError, match="no items"):
        bootstrap_means([*samples, sample([])])


@pytest.mark.parametrize("value", [0, 1])
def test_where_no_item_differs_the_interval_is_wilsons(value):
    estimate = bootstrap_mean([sample([value] * 20)])
    assert (estimate.low, estimate.high) == wilson_interval(value, 20)


@pytest.mark.parametrize("samples", [[], [sample([])]])
def test_nothing_has_no_mean(samples):
    with pytest.raises(EvaluationError, match="no items"):
        bootstrap_mean(samples)


def test_draws_without_a_value_are_left_out():
    assert percentile_interval(np.array([0.5, np.nan, 0.5])) == (0.5, 0.5)

import numpy as np
import pytest

from interlingua.errors import EvaluationError
from interlingua.evaluation.intervals import bootstrap_mean, percentile_interval
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

import numpy as np
import pytest
from scipy.stats import binomtest
from scipy.stats import spearmanr as scipy_spearman
from sklearn.metrics import f1_score

from interlingua.errors import EvaluationError
from interlingua.evaluation.metrics import (
    accuracy,
    f1_shares,
    mean_accuracy,
    mean_ratio,
    ratio,
    spearman,
    weighted_f1,
    wilson_interval,
)


@pytest.mark.parametrize(("hits", "n"), [(0, 7), (7, 7), (1, 2), (350, 400), (999, 1000)])
def test_wilson_is_scipys(hits, n):
    expected = binomtest(hits, n).proportion_ci(method="wilson")
    assert wilson_interval(hits / n, n) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_accuracy_counts_shared_hits():
    estimate = accuracy([1, 0.5, 0, 1])
    assert estimate.value == 0.625
    assert estimate.n == 4
    assert (estimate.low, estimate.high) == wilson_interval(0.625, 4)


def test_accuracy_of_nothing_is_an_error():
    with pytest.raises(EvaluationError, match="no items"):
        accuracy([])


def test_mean_accuracy_of_one_group_is_its_accuracy():
    hits = np.array([1.0, 1, 0, 1, 1, 0, 1, 1])
    single, mean = accuracy(hits), mean_accuracy([(np.arange(8), hits)])
    assert (mean.value, mean.low, mean.high, mean.n) == pytest.approx((single.value, single.low, single.high, 8))


def test_repeating_a_group_adds_no_certainty():
    rows, hits = np.arange(8), np.array([1.0, 1, 0, 1, 1, 0, 1, 1])
    once, thrice = mean_accuracy([(rows, hits)]), mean_accuracy([(rows, hits)] * 3)
    assert (once.low, once.high) == pytest.approx((thrice.low, thrice.high))


def test_groups_over_other_rows_add_certainty():
    hits = np.tile([1.0, 1, 0, 1], 25)
    once = mean_accuracy([(np.arange(100), hits)])
    twice = mean_accuracy([(np.arange(100), hits), (np.arange(100, 200), hits)])
    assert twice.n == 200
    assert (twice.low, twice.high) == pytest.approx(wilson_interval(0.75, 200))
    assert twice.high - twice.low < once.high - once.low


def test_mean_accuracy_weighs_groups_equally_and_agrees_with_a_row_bootstrap():
    rng = np.random.default_rng(1)
    ease = rng.normal(size=600)
    groups = []
    for size, shift in ((600, 0.5), (400, 0.0), (250, -0.5)):
        rows = rng.choice(600, size=size, replace=False)
        groups.append((rows, (ease[rows] + rng.normal(size=size) + shift > 0).astype(float)))
    estimate = mean_accuracy(groups)
    assert estimate.value == pytest.approx(np.mean([hits.mean() for _, hits in groups]))
    table = np.full((3, 600), np.nan)
    for line, (rows, hits) in zip(table, groups, strict=True):
        line[rows] = hits
    draws = [np.nanmean(table[:, rng.integers(600, size=600)], axis=1).mean() for _ in range(2000)]
    low, high = np.percentile(draws, [2.5, 97.5])
    assert estimate.high - estimate.low == pytest.approx(high - low, rel=0.1)
    assert (estimate.low, estimate.high) == pytest.approx((low, high), abs=0.01)


def test_all_hits_leave_room_for_doubt():
    rows = np.arange(50)
    estimate = mean_accuracy([(rows, np.ones(50)), (rows, np.ones(50))])
    assert (estimate.low, estimate.high) == wilson_interval(1.0, 50)


def test_equal_row_means_count_at_most_every_trial():
    rows = np.arange(50)
    estimate = mean_accuracy([(rows, np.ones(50)), (rows, np.zeros(50))])
    assert (estimate.low, estimate.high) == pytest.approx(wilson_interval(0.5, 100))


@pytest.mark.parametrize("groups", [[], [(np.arange(0), np.ones(0))]])
def test_mean_accuracy_of_nothing_is_an_error(groups):
    with pytest.raises(EvaluationError, match="no items"):
        mean_accuracy(groups)


def test_spearman_is_scipys_with_ties():
    rng = np.random.default_rng(2)
    gold, predicted = rng.integers(0, 6, size=80), rng.integers(0, 9, size=80) + rng.integers(0, 3, size=80)
    estimate = spearman(gold, predicted)
    assert estimate.value == pytest.approx(scipy_spearman(gold, predicted).statistic, abs=1e-12)
    error = 1.959963984540054 * np.sqrt((1 + estimate.value**2 / 2) / 77)
    assert estimate.low == pytest.approx(np.tanh(np.arctanh(estimate.value) - error))
    assert estimate.high == pytest.approx(np.tanh(np.arctanh(estimate.value) + error))


@pytest.mark.parametrize(
    ("gold", "predicted", "note"),
    [
        ([1, 1, 1, 1], [1, 2, 3, 4], "gold scores are constant"),
        ([1, 2, 3, 4], [0.3] * 4, "predicted scores are constant"),
        ([1, 2], [1, 2], "needs 3 items"),
        ([], [], "needs 3 items"),
    ],
)
def test_undefined_spearman_says_why(gold, predicted, note):
    estimate = spearman(gold, predicted)
    assert np.isnan(estimate.value)
    assert np.isnan(estimate.low)
    assert note in estimate.note


def test_three_items_have_a_correlation_without_an_interval():
    estimate = spearman([1, 2, 3], [1, 3, 2])
    assert estimate.value == pytest.approx(0.5)
    assert np.isnan(estimate.low)
    assert "interval" in estimate.note


def test_perfect_orders_have_no_infinite_interval():
    assert spearman(range(9), range(9)).low == 1.0
    assert spearman(range(9), range(9, 0, -1)).value == -1.0


def test_spearman_refuses_bad_input():
    with pytest.raises(EvaluationError, match="shape"):
        spearman([1, 2, 3], [1, 2])
    with pytest.raises(EvaluationError, match="predicted score 1 is not a finite number"):
        spearman([1, 2, 3], [1, np.nan, 3])


def test_weighted_f1_golden_value():
    assert weighted_f1([0, 1, 2, 3], [0, 0, 2, 2]) == pytest.approx(1 / 3)


def test_weighted_f1_is_scikit_learns_and_the_identity_holds():
    rng = np.random.default_rng(3)
    labels, predictions = rng.integers(0, 12, size=60), rng.integers(0, 15, size=60)
    expected = f1_score(labels, predictions, average="weighted", zero_division=0)
    assert weighted_f1(labels, predictions) == pytest.approx(expected)
    chosen = rng.integers(0, 40, size=40)
    queries = np.bincount(chosen, minlength=40)
    identity = np.mean([(chosen[i] == i) * 2 / (1 + queries[i]) for i in range(40)])
    assert weighted_f1(np.arange(40), chosen) == pytest.approx(identity)


@pytest.mark.parametrize(("labels", "predictions"), [([], []), ([1, 2], [1])])
def test_weighted_f1_refuses_bad_input(labels, predictions):
    with pytest.raises(EvaluationError, match="shape"):
        weighted_f1(labels, predictions)


def test_f1_shares_are_what_weighted_f1_is_the_mean_of():
    rng = np.random.default_rng(2)
    gold, chosen = rng.integers(0, 12, size=60), rng.integers(0, 12, size=60)
    shares = f1_shares(gold, chosen)
    for i, (label, prediction) in enumerate(zip(gold, chosen, strict=True)):
        expected = 2 * (gold == label).sum() / ((gold == label).sum() + (chosen == label).sum())
        assert shares[i] == pytest.approx(expected if label == prediction else 0)
    assert shares.mean() == pytest.approx(weighted_f1(gold, chosen))


def test_ratios_agree_with_a_bootstrap_over_units():
    """The second group repeats units of the first, so a unit drawn is drawn in both."""
    rng = np.random.default_rng(3)
    whole = rng.integers(0, 3, size=400).astype(float)
    right = np.minimum(whole, rng.integers(0, 3, size=400))
    first, second = np.stack([right, whole], axis=1), np.stack([right, whole + (rng.random(400) < 0.3)], axis=1)[:300]
    estimate = mean_ratio([(np.arange(400), first), (np.arange(300), second)])
    by_hand = [items[:, 0].sum() / items[:, 1].sum() for items in (first, second)]
    assert estimate.value == pytest.approx(np.mean(by_hand))
    draws = []
    for _ in range(2000):
        times = np.bincount(rng.integers(0, 400, size=400), minlength=400)
        counts = [(times[: len(items), None] * items).sum(axis=0) for items in (first, second)]
        draws.append(np.mean([above / below for above, below in counts]))
    low, high = np.percentile(draws, [2.5, 97.5])
    assert estimate.low == pytest.approx(low, abs=0.01)
    assert estimate.high == pytest.approx(high, abs=0.01)
    assert ratio(first).value == pytest.approx(by_hand[0])
    assert ratio(first).n == (whole > 0).sum()


def test_a_ratio_of_nothing_is_undefined():
    assert np.isnan(ratio(np.zeros((3, 2))).value)
    assert ratio([(0, 2), (0, 1)]).low == 0
    with pytest.raises(EvaluationError, match="two numbers"):
        ratio([1, 2])

import numpy as np
import pytest
from sklearn.metrics import f1_score

from interlingua.evaluation.label_scores import f1_estimate, weighted_macro_f1


def drawn(n, labels, seed):
    return np.random.default_rng(seed).integers(0, labels, size=n)


@pytest.mark.parametrize("seed", range(5))
def test_macro_f1_is_sklearns(seed):
    gold, predicted = drawn(30, 5, seed), drawn(30, 6, seed + 100)
    ours = weighted_macro_f1(gold, predicted, np.ones((30, 1)))
    assert ours == pytest.approx(f1_score(gold, predicted, average="macro"), abs=1e-12)


def test_weights_are_repetitions():
    gold, predicted = drawn(20, 4, 0), drawn(20, 4, 1)
    weights = np.random.default_rng(2).integers(0, 4, size=(20, 6))
    ours = weighted_macro_f1(gold, predicted, weights.astype(float))
    for value, counts in zip(ours, weights.T, strict=True):
        theirs = f1_score(np.repeat(gold, counts), np.repeat(predicted, counts), average="macro")
        assert value == pytest.approx(theirs, abs=1e-12)


def test_labels_that_never_occur_do_not_count():
    assert weighted_macro_f1(np.array([0, 7]), np.array([0, 7]), np.ones((2, 1))).tolist() == [1.0]
    assert np.isnan(weighted_macro_f1(np.array([0]), np.array([0]), np.zeros((1, 1)))).all()


def test_the_estimate_is_the_mean_over_predictions():
    gold = drawn(80, 3, 0)
    predictions = np.stack([np.where(drawn(80, 2, seed), gold, drawn(80, 3, seed + 9)) for seed in range(4)])
    estimate = f1_estimate(gold, predictions)
    naive = np.mean([f1_score(gold, one, average="macro") for one in predictions])
    assert estimate.value == pytest.approx(naive, abs=1e-12)
    assert estimate.low < estimate.value < estimate.high
    assert estimate.n == 80

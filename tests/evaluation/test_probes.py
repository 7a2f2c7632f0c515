import warnings

import numpy as np
import pytest

from interlingua.evaluation.probes import LinearProbes, drawn_rows


def naive_draws(labels, *, per_label, draws, seed):
    """What MTEB's code does, written as a loop."""
    index = list(range(len(labels)))
    found = []
    for _ in range(draws):
        np.random.RandomState(seed).shuffle(index)
        counts = dict.fromkeys(labels, 0)
        rows = []
        for i in index:
            if counts[labels[i]] < per_label:
                rows.append(i)
                counts[labels[i]] += 1
        found.append(rows)
    return found


def test_draws_are_shuffled_on_from_one_to_the_next():
    labels = np.random.default_rng(0).integers(0, 4, size=50)
    drawn = drawn_rows(labels, per_label=3, draws=5, seed=42)
    assert [rows.tolist() for rows in drawn] == naive_draws(labels.tolist(), per_label=3, draws=5, seed=42)
    assert len({tuple(rows) for rows in drawn}) == 5
    for rows in drawn:
        assert np.bincount(labels[rows]).tolist() == [3, 3, 3, 3]


def test_a_rare_label_gives_what_it_has():
    labels = np.array([0] * 10 + [1] * 2)
    for rows in drawn_rows(labels, per_label=5, draws=3):
        assert np.bincount(labels[rows]).tolist() == [5, 2]


def test_each_probe_is_sklearns_regression_on_its_rows():
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(1)
    vectors, labels = rng.normal(size=(40, 6)).astype(np.float32), rng.integers(0, 3, size=40)
    draws = drawn_rows(labels, per_label=4, draws=3)
    queries = rng.normal(size=(15, 6)).astype(np.float32)
    predicted = LinearProbes(vectors, labels, draws, fewest=1).predict(queries)
    assert predicted.shape == (3, 15)
    for rows, one in zip(draws, predicted, strict=True):
        theirs = LogisticRegression(max_iter=100).fit(vectors[rows], labels[rows]).predict(queries)
        assert one.tolist() == theirs.tolist()


@pytest.mark.parametrize("scale", [1.0, 1e4])
def test_no_warning_where_a_hundred_iterations_do_not_do(scale):
    rng = np.random.default_rng(2)
    vectors, labels = scale * rng.normal(size=(60, 30)), np.arange(60) % 2
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        LinearProbes(vectors, labels, [np.arange(60)], fewest=30)

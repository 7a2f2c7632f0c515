import numpy as np
import pytest

from interlingua.evaluation.doctor.leakage import (
    language_probe,
    language_variance,
    lost_to_own_language,
    nearest_of_own,
)


def cells(strength, *, rows=60, dim=8):
    """Three languages of equal rows; each has a direction of its own."""
    rng = np.random.default_rng(0)
    meanings, axes = rng.normal(size=(rows, dim)), np.eye(dim)[:3]
    vectors = np.concatenate([meanings + strength * axis + 0.3 * rng.normal(size=(rows, dim)) for axis in axes])
    return vectors, np.repeat(np.arange(3), rows), np.tile(np.arange(rows), 3)


@pytest.mark.parametrize(("strength", "low", "high"), [(0.0, 0.2, 0.45), (5.0, 0.99, 1.0)])
def test_a_probe_tells_languages_by_what_was_planted(strength, low, high):
    assert low <= language_probe(*cells(strength)).mean() <= high


def test_a_probe_does_not_see_the_rows_it_is_asked_about():
    """Vectors that tell their row and language, and nothing that carries over to other rows."""
    vectors = np.eye(120)
    hits = language_probe(vectors, np.repeat([0, 1], 60), np.tile(np.arange(60), 2))
    assert hits.mean() <= 0.5


def test_variance_between_languages_is_that_of_a_naive_sum():
    vectors, languages, _ = cells(1.0)
    parts = {str(i): vectors[languages == i] for i in range(3)}
    unit = {k: [v / np.linalg.norm(v) for v in part] for k, part in parts.items()}
    means = {k: sum(part) / len(part) for k, part in unit.items()}
    centre = sum(means.values()) / 3
    between = sum(sum((mean - centre) ** 2) for mean in means.values())
    within = sum(np.mean([sum((v - means[k]) ** 2) for v in part]) for k, part in unit.items())
    assert language_variance(parts) == pytest.approx(between / (between + within), abs=1e-5)
    assert np.isnan(language_variance({"a": np.ones((4, 2)), "b": np.ones((4, 2))}))


def test_own_neighbours_and_what_is_lost_to_them():
    vectors = np.array([[1.0, 0], [0.8, 0.6], [0, 1]])
    own = nearest_of_own(vectors)
    assert own.tolist() == pytest.approx([0.8, 0.8, 0.6])
    assert nearest_of_own(vectors[:1]).tolist() == [-1]
    lost = lost_to_own_language(np.array([0.7, 0.9, 0.1]), own, np.array([1.0, 1.0, 0.5]))
    assert lost.rows.tolist() == [0, 1]
    assert lost.lost.tolist() == [1, 0]

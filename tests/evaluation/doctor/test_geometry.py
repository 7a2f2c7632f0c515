import numpy as np
import pytest

from interlingua.evaluation.doctor.geometry import alignment, effective_dimensions, mean_cosine, spectrum, uniformity


def some(n=23, dim=6, *, shift=0.7, seed=0):
    return np.random.default_rng(seed).normal(size=(n, dim)) + shift


def unit(vector):
    vector = np.asarray(vector, dtype=np.float32).astype(np.float64)
    return vector / np.sqrt(sum(x * x for x in vector))


def test_mean_cosine_is_that_of_a_naive_loop():
    vectors, rows = some(), np.arange(23) // 3
    cosines = [
        float(unit(a) @ unit(b))
        for i, a in enumerate(vectors)
        for j, b in enumerate(vectors)
        if i != j and rows[i] != rows[j]
    ]
    assert mean_cosine(vectors, rows) == pytest.approx(np.mean(cosines), abs=1e-6)
    assert np.isnan(mean_cosine(vectors, np.zeros(23, dtype=np.int64)))


def test_alignment_and_uniformity_are_those_of_naive_loops():
    source, target = some(seed=1), some(seed=2)
    apart = [sum((unit(a) - unit(b)) ** 2) for a, b in zip(source, target, strict=True)]
    assert alignment(source, target) == pytest.approx(np.mean(apart), abs=1e-6)
    pairs = [sum((unit(a) - unit(b)) ** 2) for i, a in enumerate(source) for b in source[:i]]
    assert uniformity(source) == pytest.approx(np.log(np.mean(np.exp(-2 * np.array(pairs)))), abs=1e-5)
    assert uniformity(source, t=1) == pytest.approx(np.log(np.mean(np.exp(-np.array(pairs)))), abs=1e-5)
    assert np.isnan(uniformity(source[:1]))
    assert np.isnan(alignment(source[:0], target[:0]))


@pytest.mark.parametrize("dim", [6, 40])
def test_the_spectrum_is_that_of_the_covariance(dim):
    vectors = some(dim=dim)
    units = np.array([unit(vector) for vector in vectors])
    values = np.sort(np.linalg.svd(units - units.mean(axis=0), compute_uv=False) ** 2)[::-1]
    shares = spectrum(vectors)
    assert shares == pytest.approx(values / values.sum(), abs=1e-6)
    used = [p for p in shares if p > 0]
    assert effective_dimensions(shares) == pytest.approx(np.exp(-sum(p * np.log(p) for p in used)))


def test_equal_vectors_use_no_dimension():
    shares = spectrum(np.ones((5, 3)))
    assert shares.tolist() == [0, 0, 0]
    assert effective_dimensions(shares) == 0

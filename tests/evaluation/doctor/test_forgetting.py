import numpy as np
import pytest

from interlingua.evaluation.doctor.forgetting import linear_cka, neighbour_overlap


def units(n, dim, seed):
    made = np.random.default_rng(seed).normal(size=(n, dim)).astype(np.float32).astype(np.float64)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def naive_dependence(left, right):
    """The estimate as a sum over quadruples of different texts (Song et al. 2012, equation 4)."""
    n = len(left)
    total = 0.0
    for i in range(n):
        for j in range(n):
            for q in range(n):
                for r in range(n):
                    if len({i, j, q, r}) == 4:
                        total += left[i, j] * (right[i, j] + right[q, r] - 2 * right[i, q])
    return total / (n * (n - 1) * (n - 2) * (n - 3))


def test_cka_is_that_of_naive_sums():
    first, second = units(7, 5, 0), units(7, 3, 1)
    kernels = first @ first.T, second @ second.T
    both = naive_dependence(*kernels)
    each = [naive_dependence(kernel, kernel) for kernel in kernels]
    assert linear_cka(first, second) == pytest.approx(both / np.sqrt(each[0] * each[1]), abs=1e-5)


def test_cka_knows_rotations_from_other_encoders():
    first = units(60, 40, 0)
    rotation = np.linalg.qr(np.random.default_rng(1).normal(size=(40, 40)))[0]
    assert linear_cka(first, first @ rotation) == pytest.approx(1)
    assert abs(linear_cka(first, units(60, 40, 2))) < 0.15
    assert np.isnan(linear_cka(first[:3], first[:3]))
    assert np.isnan(linear_cka(first, np.ones((60, 4))))


def test_overlap_is_that_of_naive_lists():
    first, second = units(20, 6, 0), units(20, 6, 0) + 0.5 * units(20, 6, 1)

    def nearest(vectors, i):
        unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return set(sorted((j for j in range(20) if j != i), key=lambda j: -float(unit[i] @ unit[j]))[:5])

    expected = [len(nearest(first, i) & nearest(second, i)) / 5 for i in range(20)]
    assert neighbour_overlap(first, second, k=5).tolist() == pytest.approx(expected)
    assert 0.1 < np.mean(expected) < 0.9

import numpy as np
import pytest

from interlingua.errors import MiningError
from interlingua.mining.neighbours import exact_cosines, nearest_both_ways


def unit(rows):
    rows = np.asarray(rows, dtype=np.float64)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.mark.parametrize("k", [1, 2, 4])
def test_neighbours_are_those_of_a_full_sort(k):
    rng = np.random.default_rng(k)
    source, target = unit(rng.normal(size=(50, 6))), unit(rng.normal(size=(33, 6)))
    cosines = source @ target.T
    forward, backward = nearest_both_ways(source, target, k=k, tile=(8, 5))
    np.testing.assert_array_equal(forward.index, np.argsort(-cosines, axis=1)[:, :k])
    np.testing.assert_array_equal(backward.index, np.argsort(-cosines.T, axis=1)[:, :k])
    np.testing.assert_allclose(forward.score, -np.sort(-cosines, axis=1)[:, :k], atol=1e-6)


def test_equal_neighbours_come_in_index_order():
    source, target = np.eye(2)[[0, 1]], np.eye(2)[[1, 0, 0, 0, 1]]
    forward, backward = nearest_both_ways(source, target, k=3, tile=(1, 2))
    assert forward.index.tolist() == [[1, 2, 3], [0, 4, 1]]
    assert backward.index[:, 0].tolist() == [1, 0, 0, 0, 1]


def test_fewer_candidates_than_k_give_fewer_neighbours():
    forward, backward = nearest_both_ways(np.eye(3), np.eye(3)[:2], k=4)
    assert forward.index.shape == (3, 2)
    assert backward.index.shape == (2, 3)


@pytest.mark.parametrize("tile", [(1, 1), (7, 3), (16, 70), (1000, 1000)])
def test_tiles_do_not_change_the_result(tile):
    rng = np.random.default_rng(11)
    source, target = rng.normal(size=(70, 8)), rng.normal(size=(60, 8))
    for mine, whole in zip(
        nearest_both_ways(source, target, k=3, tile=tile), nearest_both_ways(source, target, k=3), strict=True
    ):
        np.testing.assert_array_equal(mine.index, whole.index)
        np.testing.assert_allclose(mine.score, whole.score, atol=1e-6)


@pytest.mark.parametrize("values", [1, 7, 100, 10_000])
def test_exact_cosines_are_those_of_a_loop(values):
    rng = np.random.default_rng(1)
    queries, pool = rng.normal(size=(9, 5)).astype(np.float32), rng.normal(size=(6, 5)).astype(np.float16)
    pool[3] = 0
    candidates = rng.integers(0, 6, size=(9, 2))
    found = exact_cosines(queries, pool, candidates, values=values)
    for i, row in enumerate(candidates):
        for j, candidate in enumerate(row):
            a, b = queries[i].astype(float), pool[candidate].astype(float)
            expected = a @ b / (np.linalg.norm(a) * np.linalg.norm(b)) if b.any() else 0
            assert found[i, j] == pytest.approx(expected, abs=1e-12)


def test_no_neighbour_is_refused():
    with pytest.raises(MiningError, match="k is 0"):
        nearest_both_ways(np.eye(2), np.eye(2), k=0)


@pytest.mark.parametrize(
    ("source", "target", "message"),
    [
        (np.ones((3, 2)), np.ones((3, 4)), r"shapes \(3, 2\) and \(3, 4\)"),
        (np.ones(3), np.ones(3), "shapes"),
        (np.ones((0, 2)), np.ones((0, 2)), "no source vectors"),
        (np.ones((2, 2)), np.array([[1, 0], [np.nan, 1]]), "target vector 1 is not finite"),
    ],
)
def test_bad_vectors_are_refused(source, target, message):
    with pytest.raises(MiningError, match=message):
        nearest_both_ways(source, target)

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlingua.errors import EvaluationError
from interlingua.evaluation.neighbours import nearest_both_ways, translation_hits


def unit(rows):
    rows = np.asarray(rows, dtype=np.float64)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def naive_hits(queries, pool, query_ids, gold):
    """Share of the right candidate among all with the highest cosine, one Python loop a pair."""
    hits = []
    for query, right in zip(query_ids, gold, strict=True):
        cosines = [
            float(np.dot(queries[query].astype(float), row.astype(float)))
            / (np.linalg.norm(queries[query].astype(float)) * np.linalg.norm(row.astype(float)) or 1)
            for row in pool
        ]
        best = max(cosines)
        tied = [j for j, cosine in enumerate(cosines) if abs(cosine - best) < 1e-12]
        hits.append((right in tied) / len(tied))
    return np.array(hits)


def planted(seed, *, n=70, dim=8, dtype=np.float32):
    """Noisy translations, with copies planted among sources and targets and a row of zeros."""
    rng = np.random.default_rng(seed)
    source = rng.normal(size=(n, dim))
    target = source + 0.6 * rng.normal(size=(n, dim))
    target[5] = target[6] = target[50]
    source[9] = source[10]
    target[20] = 0
    source[30] = target[30] = source[31]
    return source.astype(dtype), target.astype(dtype)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_hits_are_those_of_a_naive_loop(seed, dtype):
    source, target = planted(seed, dtype=dtype)
    rows = np.arange(len(source))
    forward, backward = translation_hits(source, target)
    np.testing.assert_allclose(forward, naive_hits(source, target, rows, rows), atol=1e-12)
    np.testing.assert_allclose(backward, naive_hits(target, source, rows, rows), atol=1e-12)
    assert set(forward) >= {0.0, 1.0}
    assert any(0 < hit < 1 for hit in (*forward, *backward)), "no tie was met, so the test would be vacuous"


def test_hits_with_ids_are_those_of_a_naive_loop():
    rng = np.random.default_rng(5)
    source, target = rng.normal(size=(30, 4)), rng.normal(size=(25, 4))
    source_ids, target_ids = rng.integers(0, 30, size=60), rng.integers(0, 25, size=60)
    target[:10] = source[:10]
    target_ids[:10] = source_ids[:10] = np.arange(10)
    forward, backward = translation_hits(source, target, source_ids=source_ids, target_ids=target_ids)
    np.testing.assert_allclose(forward, naive_hits(source, target, source_ids, target_ids))
    np.testing.assert_allclose(backward, naive_hits(target, source, target_ids, source_ids))


@pytest.mark.parametrize("tile", [(1, 1), (7, 3), (16, 70), (1000, 1000)])
def test_tiles_do_not_change_the_result(tile):
    source, target = planted(11)
    for mine, whole in zip(translation_hits(source, target, tile=tile), translation_hits(source, target), strict=True):
        np.testing.assert_array_equal(mine, whole)
    for mine, whole in zip(
        nearest_both_ways(source, target, k=3, tile=tile), nearest_both_ways(source, target, k=3), strict=True
    ):
        np.testing.assert_allclose(mine.score, whole.score, atol=1e-6)


@given(order=st.permutations(range(70)), seed=st.integers(0, 3))
@settings(max_examples=25, deadline=None)
def test_the_order_of_rows_does_not_change_the_result(order, seed):
    source, target = planted(seed)
    forward, backward = translation_hits(source, target)
    there, back = translation_hits(source[order], target[order])
    np.testing.assert_array_equal(there, forward[order])
    np.testing.assert_array_equal(back, backward[order])


def test_one_vector_for_everything_scores_chance():
    same = np.tile(unit([[0.3, -0.2, 0.9]]), (40, 1)).astype(np.float32)
    forward, backward = translation_hits(same, same, tile=(7, 11))
    np.testing.assert_array_equal(forward, np.full(40, 1 / 40))
    np.testing.assert_array_equal(backward, forward)


def test_differences_below_float32_are_decided():
    """A candidate that is nearer by 1e-9 wins, although both cosines are the same float32."""
    source = unit([[1, 0], [0, 1]])
    target = np.array([[np.cos(1e-3), np.sin(1e-3)], [np.cos(1e-3 - 1e-6), np.sin(1e-3 - 1e-6)]])
    assert np.float32(source[0] @ target[0]) == np.float32(source[0] @ target[1])
    forward, _ = translation_hits(source, target)
    np.testing.assert_array_equal(forward, [0, 0])
    forward, _ = translation_hits(source, target[::-1])
    np.testing.assert_array_equal(forward, [1, 1])


def test_length_of_vectors_does_not_matter():
    source, target = planted(3)
    scaled = target * 2.0 ** np.random.default_rng(0).integers(-3, 4, size=(len(target), 1))
    for mine, plain in zip(translation_hits(source, scaled), translation_hits(source, target), strict=True):
        np.testing.assert_array_equal(mine, plain)


def test_vectors_given_are_left_alone():
    source, target = planted(3)
    given = source.copy(), target.copy()
    translation_hits(source, target)
    np.testing.assert_array_equal(source, given[0])
    np.testing.assert_array_equal(target, given[1])


def test_directions_are_not_mixed_up():
    """Every source is nearest to target 0; every target is nearest to its own source."""
    source = unit([[1, 0.0, 0.1], [0.9, 0.3, 0], [0.9, -0.3, 0]])
    target = unit([[1, 0, 0], [0.1, 1, 0], [0.1, -1, 0]])
    forward, backward = translation_hits(source, target)
    assert forward.tolist() == [1, 0, 0]
    assert backward.tolist() == [1, 1, 1]


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


@pytest.mark.parametrize(
    ("source", "target", "message"),
    [
        (np.ones((3, 2)), np.ones((3, 4)), r"shapes \(3, 2\) and \(3, 4\)"),
        (np.ones(3), np.ones(3), "shapes"),
        (np.ones((0, 2)), np.ones((0, 2)), "no source vectors"),
        (np.ones((2, 2)), np.array([[1, 0], [np.nan, 1]]), "target vector 1 is not finite"),
        (np.ones((2, 2)), np.ones((3, 2)), "2 sources and 3 targets need ids"),
    ],
)
def test_bad_vectors_are_refused(source, target, message):
    with pytest.raises(EvaluationError, match=message):
        translation_hits(source, target)

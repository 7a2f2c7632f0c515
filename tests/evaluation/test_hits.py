import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlingua.errors import EvaluationError
from interlingua.evaluation.hits import first_nearest, translation_hits


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
    for mine, whole in zip(first_nearest(source, target, tile=tile), first_nearest(source, target), strict=True):
        np.testing.assert_array_equal(mine, whole)


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


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_the_first_of_the_nearest_is_that_of_a_naive_loop(seed, dtype):
    source, target = planted(seed, dtype=dtype)
    for chosen, queries, pool in zip(first_nearest(source, target), (source, target), (target, source), strict=True):
        unit_pool = np.array([row / (np.linalg.norm(row) or 1) for row in pool.astype(np.float64)])
        for query, choice in zip(queries.astype(np.float64), chosen, strict=True):
            cosines = unit_pool @ (query / (np.linalg.norm(query) or 1))
            assert choice == np.flatnonzero(cosines > cosines.max() - 1e-12)[0]


def test_the_first_of_many_equal_ones_is_taken_wherever_the_tiles_end():
    same = np.tile(unit([[0.3, -0.2, 0.9]]), (40, 1)).astype(np.float32)
    forward, backward = first_nearest(same, same, tile=(7, 11))
    assert set(forward) == set(backward) == {0}


def test_rows_without_ids_must_be_equally_many():
    with pytest.raises(EvaluationError, match="2 sources and 3 targets need ids"):
        translation_hits(np.ones((2, 2)), np.ones((3, 2)))

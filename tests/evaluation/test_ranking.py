import math

import numpy as np
import pytest

from interlingua.evaluation.ranking import ndcg, recall, reciprocal_rank, top_candidates


def naive_order(queries, pool):
    """Candidates by cosine in float64, best first; of equal ones the first."""
    orders = []
    for query in queries.astype(float):
        cosines = [query @ other / np.linalg.norm(query) / np.linalg.norm(other) for other in pool.astype(float)]
        orders.append(sorted(range(len(pool)), key=lambda j: (-round(cosines[j], 6), j)))
    return np.array(orders)


def naive_ndcg(ranked, judged, k):
    """trec_eval's ndcg_cut: linear gain, discount log2(rank + 1), the ideal over all that was judged."""
    found = sum(grade / math.log2(rank + 1) for rank, grade in enumerate(ranked[:k], start=1))
    ideal = sum(grade / math.log2(rank + 1) for rank, grade in enumerate(sorted(judged, reverse=True)[:k], start=1))
    return found / ideal


@pytest.mark.parametrize("tile", [(256, 8192), (3, 7), (1, 1), (5, 100)])
@pytest.mark.parametrize("k", [1, 4, 200])
def test_candidates_are_those_of_a_naive_sort(tile, k):
    rng = np.random.default_rng(0)
    queries, pool = rng.normal(size=(11, 4)), rng.normal(size=(50, 4))
    found = top_candidates(queries, pool, k=k, tile=tile)
    np.testing.assert_array_equal(found, naive_order(queries, pool)[:, :k])


@pytest.mark.parametrize("tile", [(256, 8192), (2, 5)])
def test_of_equal_candidates_the_first_comes_first(tile):
    pool = np.repeat(np.eye(4), [8, 1, 9, 2], axis=0)
    queries = np.array([[1, 0, 0.5, 0], [0, 0, 1, 0], [0, 1, 0, 1.0]])
    found = top_candidates(queries, pool, k=12, tile=tile)
    np.testing.assert_array_equal(found, naive_order(queries, pool)[:, :12])
    assert found[1].tolist() == [*range(9, 18), 0, 1, 2]


@pytest.mark.parametrize("k", [1, 3, 10])
def test_ndcg_is_trec_evals(k):
    rng = np.random.default_rng(1)
    judged = np.sort(rng.integers(0, 4, size=(20, 6)), axis=1)[:, ::-1].astype(float)
    judged[:, 0] = np.maximum(judged[:, 0], 1)
    ranked = np.array([rng.permutation([*row, *[0] * 9]) for row in judged])
    ours = ndcg(ranked, judged, k=k)
    assert ours == pytest.approx([naive_ndcg(a, b, k) for a, b in zip(ranked, judged, strict=True)], abs=1e-12)


def test_ndcg_agrees_with_sklearn_where_all_is_ranked():
    from sklearn.metrics import ndcg_score

    rng = np.random.default_rng(2)
    grades, scores = rng.integers(0, 4, size=(12, 15)), rng.normal(size=(12, 15))
    ranked = np.take_along_axis(grades, np.argsort(-scores, axis=1), axis=1)
    ours = ndcg(ranked, -np.sort(-grades, axis=1), k=10)
    assert ours.mean() == pytest.approx(ndcg_score(grades, scores, k=10), abs=1e-12)


def test_negative_grades_are_not_relevant():
    assert ndcg(np.array([[-2.0, 1]]), np.array([[1.0]])) == pytest.approx(1 / math.log2(3))


def test_recall_and_reciprocal_rank():
    ranked = np.array([[0, 2, 1, 0], [0, 0, 0, 3], [0, 0, 0, 0]])
    judged = np.array([[2, 1, 1], [3, 0, 0], [1, 0, 0]])
    assert recall(ranked, judged, k=4).tolist() == pytest.approx([2 / 3, 1, 0])
    assert recall(ranked, judged, k=2).tolist() == pytest.approx([1 / 3, 0, 0])
    assert reciprocal_rank(ranked, judged, k=4).tolist() == [0.5, 0.25, 0]
    assert reciprocal_rank(ranked, judged, k=3).tolist() == [0.5, 0, 0]


@pytest.mark.parametrize("measure", [ndcg, recall, reciprocal_rank])
def test_a_query_without_a_relevant_candidate_is_undefined(measure):
    values = measure(np.array([[0.0, 0], [1, 0]]), np.array([[0.0], [1]]))
    assert np.isnan(values[0])
    assert values[1] == 1

import numpy as np
import pytest

from interlingua.evaluation import nearest_words
from interlingua.evaluation.nearest_words import Wanted, word_hits


def naive(queries, pool, known, pairs):
    hits = []
    for query in sorted({int(pair[0]) for pair in pairs}):
        vector = queries[query].astype(np.float64)
        if not np.linalg.norm(vector):
            hits.append(0.0)
            continue
        cosines = {
            j: round(
                float(vector @ pool[j].astype(np.float64) / (np.linalg.norm(vector) * np.linalg.norm(pool[j]))), 12
            )
            for j in np.flatnonzero(known)
        }
        best = [j for j, cosine in cosines.items() if cosine == max(cosines.values())]
        right = {int(pair[1]) for pair in pairs if pair[0] == query}
        hits.append(len(right & set(best)) / len(best))
    return hits


@pytest.mark.parametrize("block", [1, 50, 10**6])
def test_hits_are_those_of_a_naive_search(block, monkeypatch):
    monkeypatch.setattr(nearest_words, "_CELLS", block)
    rng = np.random.default_rng(0)
    queries, pool = (rng.normal(size=(n, 3)).astype(np.float32) for n in (20, 30))
    pool[10:20] = pool[:10]  # ties
    queries[3] = 0
    queries[5] = pool[12]
    known = rng.random(30) < 0.8
    pairs = np.stack([rng.integers(0, 20, size=60), rng.integers(0, 30, size=60)], axis=1)
    found = word_hits(queries, pool, known, Wanted.of(pairs))
    assert found == pytest.approx(naive(queries, pool, known, pairs))
    assert 0 < found.mean() < 1


def test_nothing_known_is_never_found():
    wanted = Wanted.of(np.array([(0, 0)]))
    assert word_hits(np.eye(2), np.eye(2), np.array([False, False]), wanted).tolist() == [0]


def test_no_pairs_have_no_queries():
    wanted = Wanted.of(np.zeros((0, 2), dtype=int))
    assert (len(wanted.queries), wanted.starts.tolist()) == (0, [0])
    assert word_hits(np.eye(2), np.eye(2), np.array([True, True]), wanted).tolist() == []

import numpy as np
import pytest

from interlingua.words.spans import best_spans


def naive(start, end, allowed, null, max_tokens):
    def softmax(logits):
        kept = [i for i in range(len(logits)) if allowed[i] or i == null]
        total = sum(np.exp(np.float64(logits[i])) for i in kept)
        return {i: np.exp(np.float64(logits[i])) / total for i in kept}

    starts, ends = softmax(start), softmax(end)
    best = (0, 0, 0.0)
    for i in range(len(start)):
        for j in range(i, min(len(start), i + max_tokens)):
            if allowed[i] and allowed[j] and starts[i] * ends[j] > best[2]:
                best = (i, j, starts[i] * ends[j])
    return best, starts[null] * ends[null]


@pytest.mark.parametrize("max_tokens", [1, 2, 5, 50])
def test_spans_are_those_of_a_naive_search(max_tokens):
    rng = np.random.default_rng(max_tokens)
    start, end = (rng.normal(scale=3, size=(40, 17)).astype(np.float32) for _ in range(2))
    allowed = np.zeros((40, 17), dtype=bool)
    for row in allowed:
        begin = rng.integers(1, 16)
        row[begin : begin + rng.integers(1, 17)] = True
    null = np.zeros(40, dtype=np.int64)
    found = best_spans(start, end, allowed, null, max_tokens=max_tokens)
    for i in range(40):
        (begin, last, probability), none = naive(start[i], end[i], allowed[i], 0, max_tokens)
        assert (found.begin[i], found.end[i]) == (begin, last)
        assert found.probability[i] == pytest.approx(probability, rel=1e-12)
        assert found.null[i] == pytest.approx(none, rel=1e-12)


def test_nothing_allowed_has_probability_zero():
    found = best_spans(np.zeros((1, 3)), np.zeros((1, 3)), np.zeros((1, 3), dtype=bool), np.array([0]), max_tokens=3)
    assert (found.probability.tolist(), found.null.tolist()) == ([0.0], [1.0])


def test_the_first_and_shortest_of_equal_spans_wins():
    allowed = np.array([[False, True, True, True]])
    found = best_spans(np.zeros((1, 4)), np.zeros((1, 4)), allowed, np.array([0]), max_tokens=3)
    assert (found.begin[0], found.end[0]) == (1, 1)


def test_large_logits_do_not_overflow():
    start = np.array([[0.0, 1000.0, -1000.0]], dtype=np.float32)
    found = best_spans(start, start, np.array([[False, True, True]]), np.array([0]), max_tokens=2)
    assert found.probability[0] == 1.0

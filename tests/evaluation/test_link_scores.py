import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

from interlingua.errors import EvaluationError
from interlingua.evaluation.link_scores import link_counts, link_metrics, link_scores, resampled
from interlingua.types import Links


def spans(n):
    return [(2 * i, 2 * i + 1) for i in range(n)]


def links(pairs, *, sure=None, shape=(3, 3)):
    return Links(spans(shape[0]), spans(shape[1]), np.array(pairs, dtype=int).reshape(-1, 2), sure=sure)


GOLD = links([(0, 0), (1, 1), (1, 2)], sure=[True, True, False])


def values(scores):
    return [getattr(scores, name).value for name in ("precision", "recall", "f1", "aer")]


def test_golden_values():
    scores = link_scores([links([(0, 0), (1, 2), (2, 2)])], [GOLD])
    assert_allclose(values(scores), [2 / 3, 0.5, 4 / 7, 0.4])


def random_links(rng, *, gold):
    m, n = rng.integers(1, 6, size=2)
    kept = np.argwhere(rng.random((m, n)) < 0.4)
    found = np.argwhere(rng.random((m, n)) < 0.4)
    sure = rng.random(len(kept)) < 0.6 if gold else None
    return links(kept, sure=sure, shape=(m, n)), links(found, shape=(m, n))


def naive(found, gold):
    a = p = s = total = 0
    for one, other in zip(found, gold, strict=True):
        own = {tuple(pair) for pair in one.pairs.tolist()}
        possible = {tuple(pair) for pair in other.pairs.tolist()}
        certain = {tuple(pair) for pair, sure in zip(other.pairs.tolist(), other.sure, strict=True) if sure}
        a, total = a + len(own), total + len(certain)
        p, s = p + len(own & possible), s + len(own & certain)
    precision, recall = p / a, s / total
    return [precision, recall, 2 * precision * recall / (precision + recall), 1 - (s + p) / (a + total)]


@pytest.mark.parametrize("seed", range(5))
def test_sums_over_the_corpus_are_those_of_naive_sets(seed):
    rng = np.random.default_rng(seed)
    gold, found = zip(*(random_links(rng, gold=True) for _ in range(12)), strict=True)
    scores = link_scores(found, gold)
    assert_allclose(values(scores), naive(found, gold))
    for name in ("precision", "recall", "f1", "aer"):
        one = getattr(scores, name)
        assert one.low <= one.value <= one.high
        assert one.n == 12


def test_with_sure_links_alone_aer_is_one_minus_f1():
    rng = np.random.default_rng(0)
    pairs = [random_links(rng, gold=False) for _ in range(20)]
    scores = link_scores([found for _, found in pairs], [gold for gold, _ in pairs])
    assert scores.aer.value == pytest.approx(1 - scores.f1.value)


def test_nothing_found_leaves_precision_undefined():
    scores = link_scores([links([])], [GOLD])
    assert math.isnan(scores.precision.value)
    assert scores.precision.note == "undefined: no link was found"
    assert values(scores)[1:] == [0, 0, 1]


def test_a_gold_without_sure_links_leaves_recall_undefined():
    only_possible = links([(0, 0)], sure=[False])
    scores = link_scores([links([(0, 0), (1, 1)])], [only_possible])
    assert scores.precision.value == 0.5
    assert math.isnan(scores.recall.value)
    assert math.isnan(scores.f1.value)
    assert scores.aer.value == 0.5
    nothing = link_scores([links([])], [links([])])
    assert all(math.isnan(value) for value in values(nothing))


def test_everything_wrong_is_zero():
    assert values(link_scores([links([(2, 0)])], [GOLD])) == [0, 0, 0, 1]


def test_a_sentence_without_links_counts_with_what_it_lacks():
    scores = link_scores([links([(0, 0), (1, 1)]), links([])], [links([(0, 0), (1, 1)]), links([(2, 2), (1, 1)])])
    assert scores.recall.value == 0.5


def test_intervals_are_the_same_each_time_and_narrow_with_more_sentences():
    rng = np.random.default_rng(1)
    gold, found = zip(*(random_links(rng, gold=True) for _ in range(40)), strict=True)
    once, again = link_scores(found, gold), link_scores(found, gold)
    assert once == again
    more = link_scores(found * 9, gold * 9)
    width = once.aer.high - once.aer.low
    assert width / (more.aer.high - more.aer.low) == pytest.approx(3, rel=0.15)


def test_pairs_of_one_unit_are_drawn_together():
    rng = np.random.default_rng(2)
    gold, found = zip(*(random_links(rng, gold=True) for _ in range(30)), strict=True)
    counts = link_counts(found, gold)
    alone, beside = resampled([counts, counts], [np.arange(30), np.arange(30)])
    assert np.array_equal(alone, beside)
    (doubled,) = resampled([np.concatenate([counts, counts])], [np.concatenate([np.arange(30)] * 2)])
    assert_allclose(link_metrics(doubled), link_metrics(alone))


@pytest.mark.parametrize(
    ("found", "gold", "message"),
    [
        ([], [], "0 sentence pairs and gold links for 0"),
        ([links([])], [links([])] * 2, "1 sentence pairs and gold links for 2"),
        ([links([], shape=(2, 3))], [links([])], "pair 0: the links found speak of 2 source words, the gold of 3"),
        ([Links(spans(3), [(0, 2), (2, 3), (4, 5)], [])], [links([])], "pair 0: .* 3 target words"),
    ],
)
def test_links_that_do_not_belong_together_are_refused(found, gold, message):
    with pytest.raises(EvaluationError, match=message):
        link_scores(found, gold)

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import spearmanr

from evaluation.encoders import TableEncoder
from evaluation.samples import check_samples
from interlingua.corpus import ScoredPairs
from interlingua.errors import EvaluationError
from interlingua.evaluation import SemanticSimilarity, spearman
from interlingua.types import Task


def invented_pairs(languages=("eng_Latn", "deu_Latn"), *, n=30, seed=0):
    rng = np.random.default_rng(seed)
    return ScoredPairs(
        source=[f"one {i // 2}" for i in range(n)],
        target=[f"other {i}" for i in range(n)],
        scores=rng.integers(0, 6, size=n).astype(float),
        languages=languages,
        name="invented/dev",
    )


def encoder_for(*sets, seed=1):
    rng = np.random.default_rng(seed)
    vectors = {}
    for pairs in sets:
        for language, side in zip(pairs.languages, (pairs.source, pairs.target), strict=True):
            for text in side:
                vectors.setdefault(language, {}).setdefault(text, rng.normal(size=6))
    return TableEncoder(vectors)


def naive(pairs, encoder):
    cosines = []
    for one, other in zip(pairs.source, pairs.target, strict=True):
        a, b = (
            np.float32(encoder.vectors[k][text]).astype(float)
            for k, text in zip(pairs.languages, (one, other), strict=True)
        )
        cosines.append(a @ b / math.sqrt((a @ a) * (b @ b)))
    return spearmanr(pairs.scores, cosines).statistic


def test_score_is_scipys_on_naive_cosines():
    pairs = invented_pairs()
    encoder = encoder_for(pairs)
    task: Task = SemanticSimilarity(pairs)
    (score,) = task.run(encoder)
    assert score.value == pytest.approx(naive(pairs, encoder), abs=1e-12)
    assert (score.task, score.metric, score.languages, score.n) == ("sts:invented/dev", "spearman", pairs.languages, 30)
    assert score.low < score.value < score.high
    assert "split:dev" in score.signature


def test_several_sets_have_a_mean_and_encode_every_text_once():
    sets = [
        invented_pairs(),
        invented_pairs(("eng_Latn", "eng_Latn"), seed=2),
        invented_pairs(("tel_Telu", "eng_Latn")),
    ]
    encoder = encoder_for(*sets)
    *scores, macro = SemanticSimilarity(sets).run(encoder)
    for score, pairs in zip(scores, sets, strict=True):
        assert score.value == pytest.approx(naive(pairs, encoder), abs=1e-12)
    assert macro.metric == "macro_spearman"
    assert macro.languages == ("eng_Latn", "deu_Latn", "tel_Telu")
    for end in ("value", "low", "high"):
        assert getattr(macro, end) == pytest.approx(np.mean([getattr(score, end) for score in scores]))
    assert macro.n == 90
    assert sorted(language for language, _ in encoder.asked) == ["deu_Latn", "eng_Latn", "tel_Telu"]
    for _, texts in encoder.asked:
        assert len(texts) == len(set(texts))


def test_samples_are_gold_and_cosines_and_row_aligned_sets_share_their_units():
    rng = np.random.default_rng(0)
    some = np.sort(rng.choice(50, size=30, replace=False))
    sets = [
        replace(invented_pairs(), numbers=some),
        replace(invented_pairs(("eng_Latn", "eng_Latn"), seed=2), numbers=some),
        replace(invented_pairs(("tel_Telu", "eng_Latn"), n=12), name="other"),
    ]
    scores = list(SemanticSimilarity(sets).run(encoder_for(*sets)))
    assert check_samples(scores) == 4
    units = [sample.units for sample in scores[-1].samples]
    assert np.array_equal(units[0], units[1])
    assert not set(units[0]) & set(units[2])
    assert [sample.languages for sample in scores[-1].samples] == [pairs.languages for pairs in sets]


def test_constant_gold_is_undefined_and_so_is_the_mean():
    pairs = invented_pairs()
    constant = replace(pairs, scores=np.full(30, 2.0))
    first, second, macro = SemanticSimilarity([pairs, constant]).run(encoder_for(pairs))
    assert not math.isnan(first.value)
    assert math.isnan(second.value)
    assert second.note == "undefined: the gold scores are constant"
    assert math.isnan(macro.value)
    assert macro.note == "undefined, 1 of 2 present"
    assert not second.samples
    assert not macro.samples


def test_a_zero_vector_has_cosine_zero():
    pairs = invented_pairs(n=5)
    encoder = encoder_for(pairs)
    encoder.vectors["deu_Latn"]["other 2"] = np.zeros(6)
    (score,) = SemanticSimilarity(pairs).run(encoder)
    cosines = [0.0] * 5
    for i in (0, 1, 3, 4):
        a, b = encoder.vectors["eng_Latn"][pairs.source[i]], encoder.vectors["deu_Latn"][pairs.target[i]]
        cosines[i] = a @ b / np.linalg.norm(a) / np.linalg.norm(b)
    assert score.value == spearman(pairs.scores, cosines).value


def test_the_signature_follows_the_data():
    pairs = invented_pairs()
    encoder = encoder_for(pairs)
    signatures = {
        next(iter(SemanticSimilarity(one).run(encoder))).signature
        for one in (pairs, replace(pairs, scores=pairs.scores + 1), replace(pairs, source=["one 1", *pairs.source[1:]]))
    }
    assert len(signatures) == 3


@pytest.mark.parametrize("pairs", [[], replace(invented_pairs(), source=[], target=[], scores=np.zeros(0))])
def test_no_pairs_are_refused(pairs):
    with pytest.raises(EvaluationError, match="has no pairs"):
        SemanticSimilarity(pairs)


def test_nan_vectors_are_refused():
    pairs = invented_pairs()
    encoder = encoder_for(pairs)
    encoder.vectors["deu_Latn"]["other 3"] = np.full(6, np.inf)
    with pytest.raises(EvaluationError, match=r"1 of 30 deu_Latn vectors of sts:invented/dev .*'other 3'"):
        list(SemanticSimilarity(pairs).run(encoder))


def test_pairs_of_equal_vectors_are_ties():
    pairs = invented_pairs(("eng_Latn", "eng_Latn"), n=200)
    rng = np.random.default_rng(3)
    vectors = {text: rng.normal(size=300) / 17 for text in dict.fromkeys((*pairs.source, *pairs.target))}
    for one, other in zip(pairs.source[:150], pairs.target[:150], strict=True):
        vectors[other] = vectors[one]  # as a model does that knows none of their words
    sides = [
        np.array([np.float32(vectors[text]) for text in side], dtype=float) for side in (pairs.source, pairs.target)
    ]
    exact = np.einsum("nd,nd->n", *sides) / np.prod([np.linalg.norm(side, axis=1) for side in sides], axis=0)
    assert len(set(exact[:150])) > 1  # rounding tells them apart
    (score,) = SemanticSimilarity(pairs).run(TableEncoder({"eng_Latn": vectors}))
    assert score.value == pytest.approx(
        spearmanr(pairs.scores, np.append(np.ones(150), exact[150:])).statistic, abs=1e-12
    )

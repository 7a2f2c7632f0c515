"""Our numbers beside those of independent tools, on the same vectors: scipy, scikit-learn, sentence-transformers.

What mteb says of our tasks is in test_mteb_export.py.
"""

import numpy as np
import pytest
from scipy.stats import spearmanr
from sentence_transformers.sentence_transformer.evaluation import EmbeddingSimilarityEvaluator, TranslationEvaluator
from sklearn.metrics import f1_score
from sklearn.neighbors import NearestNeighbors

from interlingua.corpus import Corpus, ScoredPairs
from interlingua.encoder import SentenceEncoder
from interlingua.evaluation import SemanticSimilarity, TranslationRetrieval, XSim, spearman, weighted_f1
from interlingua.types import Row
from toy import LANGUAGES, toy_corpus_table, toy_static


@pytest.fixture(scope="module")
def model():
    return toy_static(dimension=3)


@pytest.fixture(scope="module")
def rows():
    """Eighty rows with gaps."""
    return [
        Row({key: row[key] for key in LANGUAGES if row[key]}) for row in toy_corpus_table(80, missing=0.1).to_pylist()
    ]


@pytest.fixture(scope="module")
def corpus(rows):
    """The rows, five of which are there twice."""
    return Corpus.from_rows([*rows, *rows[:5]])


@pytest.mark.parametrize("levels", [2, 3, 6, 1000])
def test_spearman_is_scipys_with_any_number_of_ties(levels):
    draw = np.random.default_rng(levels)
    for n in (3, 10, 250):
        gold, predicted = (draw.integers(0, levels, size=n) / 7 for _ in range(2))
        gold[:2], predicted[:2] = (0, 1), (1, 0)  # neither side constant
        assert spearman(gold, predicted).value == pytest.approx(spearmanr(gold, predicted).statistic, abs=1e-12)


@pytest.mark.parametrize("labels", [2, 5, 40])
def test_weighted_f1_is_scikit_learns(labels):
    draw = np.random.default_rng(labels)
    gold, predicted = draw.integers(0, labels, size=(2, 60))
    theirs = f1_score(gold, predicted, average="weighted", zero_division=0)
    assert weighted_f1(gold, predicted) == pytest.approx(theirs, abs=1e-12)


@pytest.mark.parametrize("pair", [("eng_Latn", "deu_Latn"), ("deu_Latn", "tel_Telu")])
def test_retrieval_is_the_translation_evaluator_of_sentence_transformers(model, corpus, pair):
    theirs = TranslationEvaluator(*corpus.pairs(*pair), write_csv=False)(model)
    there, back, mean = TranslationRetrieval(corpus, pairs=[pair], match="text").run(SentenceEncoder(model))
    assert 0.1 < there.value < 0.95
    assert there.value == pytest.approx(theirs["src2trg_accuracy"], abs=1e-12)
    assert back.value == pytest.approx(theirs["trg2src_accuracy"], abs=1e-12)
    assert mean.value == pytest.approx(theirs["mean_accuracy"], abs=1e-12)


def test_similarity_is_the_embedding_similarity_evaluator_of_sentence_transformers(model, corpus):
    source, target = corpus.pairs("eng_Latn", "deu_Latn")
    scores = np.random.default_rng(0).integers(0, 6, size=len(source)).astype(float)
    theirs = EmbeddingSimilarityEvaluator(source, target[::-1], list(scores), write_csv=False)(model)
    pairs = ScoredPairs(
        source=source, target=target[::-1], scores=scores, languages=("eng_Latn", "deu_Latn"), name="invented"
    )
    (ours,) = SemanticSimilarity(pairs).run(SentenceEncoder(model))
    assert ours.value == pytest.approx(theirs["spearman_cosine"], abs=1e-4)  # cosines that differ by a float32 rounding


@pytest.mark.parametrize("margin", ["ratio", "distance", "absolute"])
@pytest.mark.parametrize("match", ["index", "text"])
def test_xsim_is_its_published_definition_on_scikit_learns_neighbours(model, rows, corpus, margin, match):
    corpus = corpus if match == "text" else Corpus.from_rows(rows)  # which of two equal rows is first, each decides
    pairs = [(a, b) for a in LANGUAGES for b in LANGUAGES if a != b]
    scores = list(XSim(corpus, pairs=pairs, margin=margin, match=match).run(SentenceEncoder(model)))
    found = {score.languages: score.value for score in scores if score.metric == "error_rate"}
    assert set(found) == set(pairs)
    for pair in pairs:
        assert found[pair] == pytest.approx(_xsim(model, *corpus.pairs(*pair), margin=margin, match=match), abs=1e-12)


def _xsim(model, source, target, *, margin, match, k=4):
    """Rescore the k nearest targets of each source by the margin; the error is how often the best is not its own."""
    x, y = (model.encode(side, normalize_embeddings=True).astype(np.float64) for side in (source, target))
    distance, nearest = NearestNeighbors(n_neighbors=k, metric="cosine", algorithm="brute").fit(y).kneighbors(x)
    back, _ = NearestNeighbors(n_neighbors=k, metric="cosine", algorithm="brute").fit(x).kneighbors(y)
    cosine = 1 - distance
    mean = (cosine.mean(axis=1)[:, None] + (1 - back).mean(axis=1)[nearest]) / 2
    score = {"ratio": cosine / mean, "distance": cosine - mean, "absolute": cosine}[margin]
    best = nearest[np.arange(len(x)), score.argmax(axis=1)]
    right = [target[j] == target[i] if match == "text" else j == i for i, j in enumerate(best)]
    return 1 - np.mean(right)

"""Tasks of ours run by the mteb package itself, and its numbers beside ours."""

import random
from dataclasses import replace

import numpy as np
import pytest
import torch

from interlingua.corpus import Corpus, LabelledTexts, ScoredPairs, SearchSet, SearchTexts
from interlingua.encoder import SentenceEncoder
from interlingua.errors import EvaluationError
from interlingua.evaluation import MtebEncoder, SemanticSimilarity, TranslationRetrieval, as_mteb_task, weighted_f1
from interlingua.evaluation.classification import Classification
from interlingua.evaluation.search import Search
from interlingua.evaluation.tatoeba import Tatoeba
from interlingua.types import Row
from toy import LANGUAGES, toy_corpus_table, toy_static

pytestmark = [
    pytest.mark.slow,  # importing mteb takes seconds
    pytest.mark.filterwarnings("ignore:To copy construct from a tensor:UserWarning"),  # mteb's own
    pytest.mark.filterwarnings("ignore:Precision is ill-defined:UserWarning"),
]


@pytest.fixture(scope="module")
def model():
    return toy_static(dimension=4)


@pytest.fixture(scope="module")
def rows():
    return [
        Row({key: row[key] for key in LANGUAGES if row[key]}) for row in toy_corpus_table(60, missing=0.1).to_pylist()
    ]


def results(model, task):
    """What mteb makes of a model: the scores of every subset."""
    import mteb

    answer = mteb.evaluate(model, tasks=[as_mteb_task(task)], cache=None, co2_tracker=False, show_progress_bar=False)
    return {one["hf_subset"]: one for result in answer.task_results for one in result.scores["test"]}


def test_bitext_mining_has_our_accuracy_and_f1(model, rows):
    task = TranslationRetrieval(Corpus.from_rows(rows), match="index", pairs="all-pairs")
    found = results(model, task)
    ours = {
        "-".join(score.languages): score for score in task.run(SentenceEncoder(model)) if score.metric == "accuracy"
    }
    assert set(found) == set(ours)
    assert len(found) == 6
    for subset, score in ours.items():
        assert found[subset]["accuracy"] == pytest.approx(score.value, abs=1e-12)
        queries, pool = task.corpus.pairs(*score.languages)
        cosines = model.encode(queries, normalize_embeddings=True) @ model.encode(pool, normalize_embeddings=True).T
        assert 0 < found[subset]["f1"] < 1
        assert found[subset]["f1"] == pytest.approx(weighted_f1(range(len(queries)), cosines.argmax(1)), abs=1e-12)


def test_tatoeba_as_mteb_has_it(model, rows):
    task = Tatoeba(Corpus.from_rows(rows), protocol="mteb", groups=[])
    found = results(model, task)
    *ours, macro = task.run(SentenceEncoder(model))
    assert set(found) == {"deu_Latn-eng_Latn", "tel_Telu-eng_Latn"}
    for score in ours:
        assert found["-".join(score.languages)][score.metric] == pytest.approx(score.value, abs=1e-12)
    assert macro.metric == "macro_f1"
    assert np.mean([one["main_score"] for one in found.values()]) == pytest.approx(macro.value, abs=1e-12)


def test_sts_has_our_spearman(model, rows):
    draw = np.random.default_rng(0)
    texts = [row.texts["eng_Latn"] for row in rows]
    english = ScoredPairs(
        source=texts,
        target=[" ".join(draw.permutation(text.split())[: draw.integers(1, 4)]) for text in texts],
        scores=draw.integers(0, 6, size=len(texts)).astype(float),
        languages=("eng_Latn", "eng_Latn"),
        name="invented/dev",
    )
    shuffled = replace(english, scores=draw.permutation(english.scores))
    mixed = replace(english, target=texts[::-1], languages=("eng_Latn", "deu_Latn"))
    task = SemanticSimilarity([english, shuffled, mixed])
    found = results(model, task)
    *ours, _ = task.run(SentenceEncoder(model))
    assert list(found) == ["eng_Latn-eng_Latn", "eng_Latn-eng_Latn-1", "eng_Latn-deu_Latn"]
    for one, score in zip(found.values(), ours, strict=True):
        assert one["cosine_spearman"] == pytest.approx(score.value, abs=1e-6)


@pytest.mark.parametrize("source", [None, "eng_Latn"])
def test_classification_has_our_accuracy(model, rows, source):
    draw = random.Random(1)
    labels = [draw.choice("abc") for _ in rows]
    texts = {language: [row.texts.get(language) for row in rows] for language in LANGUAGES}
    labelled = LabelledTexts(
        texts=texts, labels=labels, splits=["train" if i < 40 else "dev" for i in range(60)], name="invented"
    )
    task = Classification(
        labelled.select(split="train"), labelled.select(split="dev"), source=source, samples_per_label=4, draws=3
    )
    found = results(MtebEncoder(SentenceEncoder(model)), task)
    ours = [score for score in task.run(SentenceEncoder(model)) if score.metric in ("accuracy", "f1")]
    assert len(ours) == 6
    for score in ours:
        subset = "-".join(dict.fromkeys(score.languages))
        assert found[subset][score.metric] == pytest.approx(score.value, abs=1e-12)


@pytest.mark.parametrize("prefixes", [{}, {"query_prefix": "query: ", "passage_prefix": "passage: "}])
def test_search_has_our_ndcg_recall_and_reciprocal_rank(model, rows, prefixes):
    draw = random.Random(2)
    queries, passages = SearchTexts(), SearchTexts()
    for i, row in enumerate(rows[:40]):
        for language, text in row.texts.items():
            if language != "tel_Telu":
                passages.add(f"p{i}", text, language)
                if i % 2 and (i > 3 or language == "eng_Latn"):
                    queries.add(f"q{i}", " ".join(draw.sample(text.split(), 3)), language)
    judgements = [
        (a, b, 2 if query == f"q{passage[1:]}" else 1)
        for a, query in enumerate(queries.ids)
        for b, passage in enumerate(passages.ids)
        if int(query[1:]) > 5 and 0 <= int(query[1:]) - int(passage[1:]) < 3  # the first queries have none
    ]
    data = SearchSet(queries=queries, passages=passages, judgements=np.array(judgements), name="invented")
    task = Search(data, **prefixes)
    found = results(MtebEncoder(SentenceEncoder(model)), task)
    compared = 0
    for score in task.run(SentenceEncoder(model)):
        kind, _, metric = score.metric.rpartition("_")
        if kind in ("", "cross", "mixed") and "@" in metric:
            subset = "-".join((*score.languages, *(["mixed"] if kind == "mixed" else [])))
            assert found[subset][metric.replace("@", "_at_")] == pytest.approx(score.value, abs=1e-5)  # mteb rounds
            compared += 1
    assert compared == 3 * len(found) == 18


def test_a_task_without_counterpart_is_refused():
    class Other:
        name = "other"

        def run(self, encoder):
            yield from ()

    with pytest.raises(EvaluationError, match="other: mteb has no counterpart of Other"):
        as_mteb_task(Other())


def test_making_a_task_leaves_random_states_alone(rows):
    random.seed(5), np.random.seed(5), torch.manual_seed(5)
    wanted = random.random(), np.random.random(), torch.rand(1).item()
    random.seed(5), np.random.seed(5), torch.manual_seed(5)
    as_mteb_task(TranslationRetrieval(Corpus.from_rows(rows)))
    assert (random.random(), np.random.random(), torch.rand(1).item()) == wanted

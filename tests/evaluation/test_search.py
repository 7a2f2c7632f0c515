import math
from itertools import product

import numpy as np
import pytest

from evaluation.encoders import TableEncoder
from evaluation.test_ranking import naive_ndcg
from interlingua.corpus import SearchSet, SearchTexts, open_search_set
from interlingua.errors import EvaluationError
from interlingua.evaluation.resampling import sample_statistic
from interlingua.evaluation.search import Search
from interlingua.types import Task

LANGUAGES = ("eng_Latn", "deu_Latn", "tel_Telu")


def parallel_set(n=30, *, languages=LANGUAGES, questions=50, seed=0):
    """Questions and paragraphs in several languages; each question is answered by one paragraph, in any language."""
    rng = np.random.default_rng(seed)
    queries, passages = SearchTexts(), SearchTexts()
    for language in languages:
        for i in range(questions):
            queries.add(f"q{i}", f"{language} question {i}", language)
        for i in range(n):
            passages.add(f"p{i}", f"{language} paragraph {i}", language)
    answers = rng.integers(0, n, size=questions)
    rows = [
        (a * questions + i, b * n + answers[i], 1)
        for a, b in product(range(len(languages)), repeat=2)
        for i in range(questions)
    ]
    return SearchSet(queries=queries, passages=passages, judgements=np.array(sorted(rows)), name="invented/dev")


def graded_set(seed=0, *, queries=25, passages=40):
    rng = np.random.default_rng(seed)
    asked = SearchTexts([f"q{i}" for i in range(queries)], [f"question {i}" for i in range(queries)], [None] * queries)
    found = SearchTexts([f"d{i}" for i in range(passages)], [f"text {i}" for i in range(passages)], [None] * passages)
    rows = [(i, j, rng.integers(0, 4)) for i in range(queries) for j in rng.choice(passages, size=5, replace=False)]
    return SearchSet(queries=asked, passages=found, judgements=np.array(rows), name="graded/test")


class AnyLanguage(TableEncoder):
    """Looks vectors up by text, whatever the language."""

    def encode(self, texts, *, language=None):
        self.asked.append((language, list(texts)))
        return np.array([self.vectors[text] for text in texts], dtype=np.float32)


def encoder_of(data, *, noise=0.7, bias=0.0, seed=1, dim=12):
    """A question lies near its paragraph; every language may have a direction of its own."""
    rng = np.random.default_rng(seed)
    meanings = {identifier: rng.normal(size=dim) for identifier in dict.fromkeys(data.passages.ids)}
    for i, j, grade in data.judgements[::-1]:
        meanings.setdefault(data.queries.ids[i], meanings[data.passages.ids[j]] if grade else rng.normal(size=dim))
    own = {language: bias * rng.normal(size=dim) for language in (None, *LANGUAGES)}
    vectors = {}
    for side in (data.queries, data.passages):
        for identifier, text, language in zip(side.ids, side.texts, side.languages, strict=True):
            vector = meanings.get(identifier, np.ones(dim)) + noise * rng.normal(size=dim) + own[language]
            vectors[text] = vector / np.linalg.norm(vector)
    return AnyLanguage(vectors)


def naive(data, encoder, query_language, pool_languages, measure):
    """One Python loop a query: rank the pool by (cosine, id) from the highest down, and score the order."""
    values = []
    grades = {(i, j): grade for i, j, grade in data.judgements.tolist()}
    pool = [j for j, language in enumerate(data.passages.languages) if language in pool_languages]
    for i, language in enumerate(data.queries.languages):
        judged = [grades.get((i, j), 0) for j in pool]
        if language != query_language or not any(judged):
            continue
        asked = np.float32(encoder.vectors[data.queries.texts[i]]).astype(float)
        cosines = {
            j: round(float(asked @ np.float32(encoder.vectors[data.passages.texts[j]]).astype(float)), 6) for j in pool
        }
        order = sorted(pool, key=lambda j: (cosines[j], data.passages.ids[j]), reverse=True)
        values.append(
            measure([grades.get((i, j), 0) for j in order], judged, [data.passages.languages[j] for j in order])
        )
    return np.mean(values), len(values)


def naive_mrr(ranked, _, __):
    return next((1 / rank for rank, grade in enumerate(ranked[:10], start=1) if grade), 0.0)


MEASURES = {
    "ndcg@10": lambda ranked, judged, _: naive_ndcg(ranked, judged, 10),
    "recall@100": lambda ranked, judged, _: sum(g > 0 for g in ranked[:100]) / sum(g > 0 for g in judged),
    "mrr@10": naive_mrr,
}


def by_key(scores):
    return {(score.metric, score.languages): score for score in scores}


def test_scores_are_those_of_naive_loops():
    data = parallel_set()
    encoder = encoder_of(data, bias=0.5)
    task: Task = Search(data)
    scores = list(task.run(encoder))
    found = by_key(scores)
    for name, measure in MEASURES.items():
        for a, b in product(LANGUAGES, repeat=2):
            key = (name, (a,)) if a == b else (f"cross_{name}", (a, b))
            value, n = naive(data, encoder, a, {b}, measure)
            assert found[key].value == pytest.approx(value, abs=1e-12)
            assert found[key].n == n == 50
            assert found[key].low <= value <= found[key].high
        for a in LANGUAGES:
            value, _ = naive(data, encoder, a, set(LANGUAGES), measure)
            assert found[f"mixed_{name}", (a,)].value == pytest.approx(value, abs=1e-12)
        for prefix in ("", "cross_", "mixed_"):
            parts = [score.value for (metric, _), score in found.items() if metric == prefix + name]
            assert found[f"macro_{prefix}{name}", LANGUAGES].value == pytest.approx(np.mean(parts))
    assert scores[-1].metric == "macro_mixed_ndcg@10"
    assert 0.2 < scores[-1].value < 0.95, "neither all nor nothing is found, or the test would be vacuous"
    assert {score.task for score in scores} == {"search:invented/dev"}


def test_grades_count_as_trec_eval_counts_them():
    data = graded_set()
    encoder = encoder_of(data)
    scores = list(Search(data).run(encoder))
    assert [(score.metric, score.languages) for score in scores] == [
        (name, ()) for name in ("mrr@10", "recall@100", "ndcg@10")
    ]
    for score in scores:
        value, n = naive(data, encoder, None, {None}, MEASURES[score.metric])
        assert score.value == pytest.approx(value, abs=1e-12)
        assert score.n == n


def test_language_bias_shows_in_the_mixed_pool_only():
    data = parallel_set()
    fair, biased = (by_key(Search(data).run(encoder_of(data, bias=bias))) for bias in (0.0, 3.0))
    for a in LANGUAGES:
        assert fair["own_language_pool", (a,)].value == pytest.approx(1 / 3)
        share, _ = naive(data, encoder_of(data, bias=3.0), a, set(LANGUAGES), lambda *x, a=a: x[2][:10].count(a) / 10)
        assert biased["own_language_share@10", (a,)].value == pytest.approx(share)
        assert fair["own_language_share@10", (a,)].value < 0.5 < share
        assert not fair["own_language_share@10", (a,)].higher_is_better
    assert biased["macro_mixed_ndcg@10", LANGUAGES].value < 0.7 * fair["macro_mixed_ndcg@10", LANGUAGES].value


def test_values_are_the_means_of_their_samples():
    data = parallel_set()
    for score in Search(data).run(encoder_of(data)):
        if score.metric == "own_language_pool":
            assert not score.samples
            continue
        means = [sample_statistic(sample) for sample in score.samples]
        assert score.value == pytest.approx(np.mean(means), abs=1e-12)
        assert all(sorted(sample.units) == list(range(50)) for sample in score.samples)


def test_rows_in_another_order_score_the_same():
    data = parallel_set()
    encoder = encoder_of(data)
    rng = np.random.default_rng(5)
    places = [rng.permutation(len(side)) for side in (data.queries, data.passages)]
    sides = [
        SearchTexts([side.ids[i] for i in order], [side.texts[i] for i in order], [side.languages[i] for i in order])
        for side, order in zip((data.queries, data.passages), places, strict=True)
    ]
    back = [np.argsort(order) for order in places]
    rows = np.array([(back[0][i], back[1][j], grade) for i, j, grade in data.judgements])
    other = SearchSet(queries=sides[0], passages=sides[1], judgements=rows, name=data.name)
    before, after = (
        {key: score.value for key, score in by_key(Search(one).run(encoder)).items() if key[0][:5] != "macro"}
        for one in (data, other)
    )
    assert after == pytest.approx(before, abs=1e-12)


def test_a_collapsed_encoder_ranks_by_identifier():
    data = parallel_set()
    encoder = AnyLanguage({text: np.ones(4) for side in (data.queries, data.passages) for text in side.texts})
    found = by_key(Search(data, pools=["same"]).run(encoder))
    value, _ = naive(data, encoder, "eng_Latn", {"eng_Latn"}, MEASURES["ndcg@10"])
    assert found["ndcg@10", ("eng_Latn",)].value == pytest.approx(value)
    assert found["ndcg@10", ("eng_Latn",)].value < 0.35


def test_prefixes_stand_before_texts_and_in_the_signature():
    data = parallel_set(languages=LANGUAGES[:1])
    vectors = encoder_of(data).vectors
    queries = {f"query: {text}": vectors[text] for text in data.queries.texts}
    encoder = AnyLanguage({**queries, **{f"passage: {text}": vectors[text] for text in data.passages.texts}})
    *_, score = Search(data, query_prefix="query: ", passage_prefix="passage: ").run(encoder)
    *_, plain = Search(data).run(AnyLanguage(vectors))
    assert score.value == plain.value
    assert "query_prefix:query%3A%20|passage_prefix:passage%3A%20" in score.signature
    assert "query_prefix:none|passage_prefix:none" in plain.signature


def test_each_text_is_encoded_once():
    data = parallel_set()
    encoder = encoder_of(data)
    list(Search(data).run(encoder))
    assert [language for language, _ in encoder.asked] == [*LANGUAGES, *LANGUAGES]
    assert all(len(texts) == len(set(texts)) for _, texts in encoder.asked)


def test_queries_without_an_answer_are_left_out_and_told_of():
    data = parallel_set(languages=LANGUAGES[:1])
    rows = data.judgements.copy()
    rows[:7, 2] = 0
    score = list(
        Search(SearchSet(queries=data.queries, passages=data.passages, judgements=rows, name="n")).run(encoder_of(data))
    )[-1]
    assert score.n == 43
    assert score.note == "7 of 50 queries have no relevant passage in the pool and are left out"


def test_pools_without_an_answer_are_no_pools():
    data = parallel_set()
    passages = np.array(data.passages.languages)
    rows = data.judgements[passages[data.judgements[:, 1]] == "eng_Latn"]
    english = SearchSet(queries=data.queries, passages=data.passages, judgements=rows, name="n")
    found = by_key(Search(english).run(encoder_of(data)))
    assert [key[1] for key in found if key[0] == "ndcg@10"] == [("eng_Latn",)]
    assert [key[1] for key in found if key[0] == "cross_ndcg@10"] == [
        ("deu_Latn", "eng_Latn"),
        ("tel_Telu", "eng_Latn"),
    ]
    assert [key[1] for key in found if key[0] == "mixed_ndcg@10"] == [(language,) for language in LANGUAGES]


def test_a_pool_of_one_passage_is_undefined():
    data = parallel_set(1, languages=LANGUAGES[:2], questions=4)
    found = by_key(Search(data, pools=["same", "mixed"]).run(encoder_of(data)))
    assert math.isnan(found["ndcg@10", ("eng_Latn",)].value)
    assert found["ndcg@10", ("eng_Latn",)].note == "undefined: a pool of one passage cannot be missed"
    assert found["macro_ndcg@10", LANGUAGES[:2]].note == "undefined, 0 of 2 present"
    assert found["mixed_ndcg@10", ("eng_Latn",)].value == 1


def test_bad_settings_are_refused():
    data = parallel_set(languages=LANGUAGES[:1])
    with pytest.raises(EvaluationError, match="pool 'all' is none of same, cross, mixed"):
        Search(data, pools=["all"])
    with pytest.raises(EvaluationError, match="no query has a relevant passage in a pool of kind 'cross'"):
        Search(data, pools=["cross"])
    none = SearchSet(queries=data.queries, passages=data.passages, judgements=data.judgements * [1, 1, 0], name="n")
    with pytest.raises(EvaluationError, match="search:n: no query has a relevant passage"):
        Search(none)


def test_nan_vectors_are_refused():
    data = parallel_set()
    encoder = encoder_of(data)
    encoder.vectors["deu_Latn paragraph 3"] = np.full(12, np.nan)
    with pytest.raises(EvaluationError, match="1 of 30 deu_Latn vectors of search:invented/dev"):
        list(Search(data).run(encoder))


def test_the_signature_follows_the_data():
    data = parallel_set()
    other = SearchSet(queries=data.queries, passages=data.passages, judgements=data.judgements[1:], name=data.name)
    encoder = encoder_of(data)
    signatures = {next(iter(Search(one, pools=["same"]).run(encoder))).signature for one in (data, other)}
    assert len(signatures) == 2


@pytest.mark.data
def test_xquad_of_the_data_pack(data_root):
    data = open_search_set("xquad", languages=["en", "hi"])
    rng = np.random.default_rng(0)
    encoder = AnyLanguage({text: rng.normal(size=8) for side in (data.queries, data.passages) for text in side.texts})
    *_, last = Search(data).run(encoder)
    assert last.n == 632
    assert last.value < 0.1

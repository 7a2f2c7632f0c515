import math

import numpy as np
import pytest

from evaluation.encoders import TableEncoder
from evaluation.samples import check_samples
from evaluation.test_words import toy_gold, words_of
from interlingua.encoder import SentenceEncoder
from interlingua.errors import EvaluationError
from interlingua.evaluation import WordRetrieval
from interlingua.types import Links, Task
from interlingua.words import AlignedPairs, WordEncoder
from interlingua.words.lexicon import form_vectors, lexicon
from toy import toy_static, toy_transformer


@pytest.fixture(scope="module")
def static():
    return SentenceEncoder(toy_static(vocabulary=400, dimension=32))


@pytest.fixture(scope="module")
def transformer():
    return SentenceEncoder(toy_transformer(max_length=12))


def naive_in_context(encoder, gold, *, swap):
    """One Python loop a query in float64; words without a vector are missed."""
    sides = []
    for side in ("source", "target"):
        texts = [getattr(pair, side) for pair in gold.pairs]
        words = [getattr(pair, f"{side}_words") for pair in gold.pairs]
        states = WordEncoder(encoder.model).encode(texts, words)
        vectors = {}
        for text in range(len(texts)):
            own, ranges = states.of(text)
            for word, (begin, end) in enumerate(ranges.tolist()):
                if begin < end:
                    vector = own[begin].astype(np.float64)
                    vectors[text, word] = vector / np.linalg.norm(vector)
        sides.append(vectors)
    queries, pool = sides[::-1] if swap else sides
    hits = []
    for text, links in enumerate(gold.links):
        pairs = links.pairs[:, ::-1] if swap else links.pairs
        for word in sorted(set(pairs[:, 0].tolist())):
            if (text, word) not in queries:
                hits.append(0.0)
                continue
            cosines = {place: queries[text, word] @ vector for place, vector in pool.items()}
            best = [place for place, cosine in cosines.items() if cosine > max(cosines.values()) - 1e-12]
            right = {(text, int(other)) for own, other in pairs if own == word}
            hits.append(len(right & set(best)) / len(best))
    return float(np.mean(hits))


@pytest.mark.parametrize("name", ["static", "transformer"])
def test_in_context_it_is_a_naive_search_among_all_words(name, request):
    encoder, gold = request.getfixturevalue(name), toy_gold(rows=8)
    task: Task = WordRetrieval(gold)
    there, back, mean = task.run(encoder)
    assert there.value == pytest.approx(naive_in_context(encoder, gold, swap=False))
    assert back.value == pytest.approx(naive_in_context(encoder, gold, swap=True))
    assert mean.value == pytest.approx((there.value + back.value) / 2)
    assert (there.languages, back.languages) == (("eng_Latn", "deu_Latn"), ("deu_Latn", "eng_Latn"))
    assert (there.metric, mean.metric, there.task) == ("accuracy", "mean_accuracy", "word-retrieval:invented/dev")
    assert there.n == 8
    assert 0 < mean.low < mean.value < mean.high < 1


def test_by_type_it_is_a_naive_search_among_forms(static):
    gold = toy_gold(rows=30)
    there, back, _ = WordRetrieval(gold, by="type").run(static)
    found = lexicon(gold)
    vectors = []
    for forms in (found.source, found.target):
        rows = form_vectors(static.model, forms)[0].astype(np.float64)
        vectors.append(rows / np.linalg.norm(rows, axis=1, keepdims=True))
    for score, pairs, (queries, pool) in (
        (there, found.forward, vectors),
        (back, found.backward, vectors[::-1]),
    ):
        hits = [
            bool(
                set((queries[i] @ pool.T >= (queries[i] @ pool.T).max() - 1e-12).nonzero()[0])
                & set(pairs[pairs[:, 0] == i, 1])
            )
            for i in sorted(set(pairs[:, 0].tolist()))
        ]
        assert score.value == pytest.approx(np.mean(hits))
        assert score.n == len(hits)
    assert there.value > 0.5
    assert there.task == "lexicon:invented/dev"


@pytest.mark.parametrize("by", ["context", "type"])
def test_several_language_pairs_have_a_mean(static, by):
    sets = [toy_gold(rows=20), toy_gold(("eng_Latn", "tel_Telu"), rows=20)]
    *scores, macro = WordRetrieval(sets, by=by).run(static)
    assert macro.metric == "macro_accuracy"
    assert macro.value == pytest.approx(np.mean([score.value for score in scores if score.metric == "mean_accuracy"]))
    assert macro.n == (20 if by == "context" else sum(scores[i].n for i in (2, 5)))


def test_only_the_first_pairs_are_used(static):
    gold = toy_gold(rows=9)
    short = AlignedPairs(pairs=gold.pairs[:4], links=gold.links[:4], languages=gold.languages, name=gold.name)
    first, second = (next(iter(task.run(static))) for task in (WordRetrieval(gold, max_pairs=4), WordRetrieval(short)))
    assert (first.value, first.n) == (second.value, second.n) == (first.value, 4)


def test_without_links_there_is_nothing_to_find(static):
    pair = words_of("a b", "c d")
    none = Links(pair.source_words, pair.target_words, [])
    gold = AlignedPairs(pairs=[pair], links=[none], languages=("eng_Latn", "deu_Latn"), name="empty")
    for by in ("context", "type"):
        *scores, macro = WordRetrieval([gold, toy_gold(rows=20)], by=by).run(static)
        assert all(math.isnan(score.value) for score in (*scores[:3], macro))
        assert scores[0].note == "undefined: no word has a translation to look for"
        assert macro.note == "undefined, 1 of 2 present"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"by": "form"}, "by is 'form'"),
        ({"by": "type", "layer": 1}, "leave out `layer`"),
        ({"max_pairs": 0}, "max_pairs is 0"),
        ({"min_count": 0}, "min_count 0"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings, message):
    with pytest.raises(EvaluationError, match=message):
        WordRetrieval(toy_gold(rows=2), **settings)


def test_encoders_without_word_states_are_refused():
    with pytest.raises(EvaluationError, match="makes vectors of whole texts only"):
        list(WordRetrieval(toy_gold(rows=2)).run(TableEncoder({})))


@pytest.mark.parametrize("by", ["context", "type"])
def test_samples_are_the_hits_of_every_word(static, by):
    sets = [toy_gold(rows=20), toy_gold(("eng_Latn", "tel_Telu"), rows=20)]
    scores = list(WordRetrieval(sets, by=by).run(static))
    assert check_samples(scores) == 7
    first, second = (set(scores[i].samples[0].units.tolist()) for i in (0, 3))
    assert bool(first & second) == (by == "context"), "sentences are shared by language pairs, forms are not"

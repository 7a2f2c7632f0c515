import math
import random

import numpy as np
import pytest

from evaluation.encoders import TableEncoder, naive_accuracy, noisy_encoder
from evaluation.samples import check_samples
from interlingua.corpus import Corpus
from interlingua.errors import EvaluationError, LanguageError
from interlingua.evaluation import TranslationRetrieval, evaluate, wilson_interval
from interlingua.types import Row, Task

LANGUAGES = ("eng_Latn", "deu_Latn", "tel_Telu")


def invented_rows(n=40, *, missing=0.0, copies=True, seed=0):
    draw = random.Random(seed)
    rows = []
    for i in range(n):
        texts = {language: f"{language[:3]} {i}" for language in LANGUAGES}
        if copies and i % 7 == 3:  # the same text in two rows, in one language only
            texts["deu_Latn"] = f"deu {i - 1}"
        rows.append(Row({k: v for k, v in texts.items() if k == "eng_Latn" or draw.random() >= missing}))
    return rows


def by_pair(scores):
    return {(score.metric, score.languages): score for score in scores}


def shared(rows, pair):
    return [tuple(row.texts[k] for k in pair) for row in rows if all(k in row.texts for k in pair)]


@pytest.mark.parametrize("match", ["text", "index"])
@pytest.mark.parametrize("missing", [0.0, 0.3])
@pytest.mark.parametrize("pairs", ["en-xx", "all-pairs"])
def test_scores_are_those_of_naive_loops(match, missing, pairs):
    rows = invented_rows(missing=missing)
    encoder = noisy_encoder(rows)
    scores = by_pair(TranslationRetrieval(Corpus.from_rows(rows), pairs=pairs, match=match).run(encoder))
    expected = {
        (a, b): naive_accuracy(encoder, shared(rows, (a, b)), (a, b), match=match)
        for a in LANGUAGES
        for b in LANGUAGES
        if a != b and (pairs == "all-pairs" or "eng_Latn" in (a, b))
    }
    directed = {languages: score for (metric, languages), score in scores.items() if metric == "accuracy"}
    assert set(directed) == set(expected)
    for languages, score in directed.items():
        assert score.value == pytest.approx(expected[languages], abs=1e-12)
        assert score.n == len(shared(rows, languages))
        assert (score.low, score.high) == wilson_interval(score.value, score.n)
    means = {languages: score for (metric, languages), score in scores.items() if metric == "mean_accuracy"}
    for (a, b), score in means.items():
        assert score.value == pytest.approx((expected[a, b] + expected[b, a]) / 2)
    (macro,) = [score for (metric, _), score in scores.items() if metric == "macro_accuracy"]
    assert macro.value == pytest.approx(np.mean([score.value for score in means.values()]))
    assert macro.low < macro.value < macro.high
    assert 0.05 < macro.value < 0.999, "neither all nor nothing is found, or the test would be vacuous"


@pytest.mark.parametrize("match", ["text", "index"])
def test_samples_are_the_hits_of_every_row(match):
    rows = invented_rows(missing=0.3)
    scores = list(TranslationRetrieval(Corpus.from_rows(rows), match=match).run(noisy_encoder(rows)))
    assert check_samples(scores) == 7
    there, back, mean, *_, macro = scores
    assert (len(there.samples), len(mean.samples), len(macro.samples)) == (1, 2, 4)
    assert [sample.languages for sample in mean.samples] == [there.languages, back.languages]
    both = [i for i, row in enumerate(rows) if set(there.languages) <= set(row.texts)]
    assert there.samples[0].units.tolist() == back.samples[0].units.tolist() == both


def test_copies_are_found_by_text_and_shared_by_index():
    rows = [Row({"eng": f"e{i}", "deu": text}) for i, text in enumerate(["a", "a", "b", "c"])]
    axes = np.eye(3)
    place = {"a": 0, "b": 1, "c": 2}
    encoder = TableEncoder(
        {
            "deu_Latn": {text: axes[i] for text, i in place.items()},
            "eng_Latn": {f"e{i}": axes[place[text]] for i, text in enumerate(["a", "a", "b", "c"])},
        }
    )
    corpus = Corpus.from_rows(rows)
    text = by_pair(TranslationRetrieval(corpus, match="text").run(encoder))
    index = by_pair(TranslationRetrieval(corpus, match="index").run(encoder))
    there, back = ("eng_Latn", "deu_Latn"), ("deu_Latn", "eng_Latn")
    assert text["accuracy", there].value == 1.0
    assert text["accuracy", back].value == 0.75  # two different English texts share one vector
    assert index["accuracy", there].value == 0.75
    assert index["accuracy", back].value == 0.75


def test_rows_in_another_order_score_the_same():
    rows = invented_rows(missing=0.2)
    encoder = noisy_encoder(rows)
    shuffled = random.Random(1).sample(rows, len(rows))
    for match in ("text", "index"):
        before = TranslationRetrieval(Corpus.from_rows(rows), pairs="all-pairs", match=match).run(encoder)
        after = TranslationRetrieval(Corpus.from_rows(shuffled), pairs="all-pairs", match=match).run(encoder)
        for old, new in zip(before, after, strict=True):
            assert (old.metric, old.languages) == (new.metric, new.languages)
            assert (new.value, new.low, new.high) == pytest.approx((old.value, old.low, old.high), abs=1e-12)


def test_a_collapsed_encoder_scores_chance():
    rows = invented_rows(30, copies=False)
    vector = np.full(5, 0.3)
    encoder = TableEncoder({k: {row.texts[k]: vector for row in rows} for k in LANGUAGES})
    for score in TranslationRetrieval(Corpus.from_rows(rows)).run(encoder):
        assert score.value == pytest.approx(1 / 30)


def test_every_text_is_encoded_once():
    rows = invented_rows(20)
    encoder = noisy_encoder(rows)
    list(TranslationRetrieval(Corpus.from_rows(rows), pairs="all-pairs").run(encoder))
    assert sorted(language for language, _ in encoder.asked) == sorted(LANGUAGES)
    for _, texts in encoder.asked:
        assert len(texts) == len(set(texts))


def test_only_texts_of_scored_rows_are_encoded():
    rows = invented_rows(20, copies=False)
    encoder = noisy_encoder(rows)
    scores = list(TranslationRetrieval(Corpus.from_rows(rows), max_rows=8).run(encoder))
    assert {score.n for score in scores} == {8}
    assert encoder.asked[0][1] == [f"eng {i}" for i in range(8)]
    assert "rows:8" in scores[0].signature


def test_mean_and_interval_are_paired_over_rows():
    rows = invented_rows(60, copies=False)
    encoder = noisy_encoder(rows, noise=0.7)
    scores = by_pair(TranslationRetrieval(Corpus.from_rows(rows), pairs=[("eng", "deu")]).run(encoder))
    mean = scores["mean_accuracy", ("eng_Latn", "deu_Latn")]
    directions = [scores["accuracy", pair] for pair in (("eng_Latn", "deu_Latn"), ("deu_Latn", "eng_Latn"))]
    independent = wilson_interval(mean.value, 120)
    assert mean.n == 60
    assert mean.high - mean.low > independent[1] - independent[0]
    assert mean.value == pytest.approx(sum(score.value for score in directions) / 2)
    assert not any(metric == "macro_accuracy" for metric, _ in scores)


def test_a_group_with_a_missing_member_is_undefined():
    rows = [*invented_rows(10), Row({"eng": "eng 99", "fra": "fra 99"}), Row({"fra": "fra 100", "deu": "deu 100"})]
    scores = list(TranslationRetrieval(Corpus.from_rows(rows)).run(noisy_encoder(canonical_rows(rows))))
    lonely = by_pair(scores)["mean_accuracy", ("eng_Latn", "fra_Latn")]
    assert math.isnan(lonely.value)
    assert lonely.n == 1
    assert lonely.note == "undefined: the pair shares 1 row"
    assert math.isnan(scores[-1].value)
    assert scores[-1].note == "undefined, 2 of 3 present"
    assert scores[-1].as_dict()["value"] is None


def canonical_rows(rows):
    names = {"eng": "eng_Latn", "deu": "deu_Latn", "fra": "fra_Latn"}
    return [Row({names.get(k, k): text for k, text in row.texts.items()}) for row in rows]


def test_one_text_for_all_rows_is_undefined():
    rows = [Row({"eng_Latn": f"e{i}", "deu_Latn": "immer dasselbe"}) for i in range(5)]
    score = next(iter(TranslationRetrieval(Corpus.from_rows(rows)).run(noisy_encoder(rows))))
    assert math.isnan(score.value)
    assert "all texts of one language are the same" in score.note


def test_signature_says_the_conditions():
    rows = [Row(row.texts, {"_split": "dev" if i < 10 else "train"}) for i, row in enumerate(invented_rows(30))]
    corpus = Corpus.from_rows(rows, name="invented")
    task = TranslationRetrieval(corpus, split="dev", match="index")
    score = next(iter(task.run(noisy_encoder(rows))))
    assert task.name == score.task == "retrieval:invented/dev"
    assert score.n == 10
    fields = dict(field.split(":") for field in score.signature.split("|"))
    assert fields["data"] == corpus.select(split="dev").fingerprint[:12]
    assert (fields["split"], fields["match"], fields["rows"]) == ("dev", "index", "all")
    assert fields["encoder"] == "0123456789ab"


def test_order_of_pairs_is_kept_and_codes_are_made_canonical():
    corpus = Corpus.from_rows(invented_rows(5))
    assert TranslationRetrieval(corpus, pairs="de-xx").pairs == [("deu_Latn", "eng_Latn"), ("deu_Latn", "tel_Telu")]
    assert TranslationRetrieval(corpus, pairs=[("te", "en")]).pairs == [("tel_Telu", "eng_Latn")]


def test_it_is_a_task():
    task: Task = TranslationRetrieval(Corpus.from_rows(invented_rows(5)))
    assert evaluate(noisy_encoder(invented_rows(5)), [task])[-1].metric == "macro_accuracy"


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"pairs": "fr-xx"}, EvaluationError, "has no fra_Latn; it has eng_Latn, deu_Latn, tel_Telu"),
        ({"pairs": [("en", "fra")]}, EvaluationError, "has no fra_Latn"),
        ({"pairs": "everything"}, EvaluationError, "write 'en-xx', 'all-pairs', or a list"),
        ({"pairs": ["en"]}, EvaluationError, "'en' is not a pair"),
        ({"pairs": [("en", "en")]}, EvaluationError, "must be two languages"),
        ({"pairs": [("en", "de"), ("de", "en")]}, EvaluationError, "given once"),
        ({"pairs": []}, EvaluationError, "makes no pair"),
        ({"pairs": [("en", "xyzzy")]}, LanguageError, "xyzzy"),
        ({"match": "meaning"}, EvaluationError, "'text' or 'index'"),
        ({"max_rows": 1}, EvaluationError, "at least 2 rows"),
    ],
)
def test_bad_settings_are_refused(settings, error, message):
    with pytest.raises(error, match=message):
        TranslationRetrieval(Corpus.from_rows(invented_rows(5)), **settings)


def test_a_pool_of_one_row_is_refused():
    with pytest.raises(EvaluationError, match="shares 2 rows"):
        TranslationRetrieval(Corpus.from_rows(invented_rows(1)))


def test_bad_vectors_name_encoder_language_and_data():
    rows = invented_rows(5, copies=False)
    encoder = noisy_encoder(rows)
    encoder.vectors["deu_Latn"]["deu 2"] = np.full(12, np.nan)
    with pytest.raises(EvaluationError, match=r"table made 1 of 5 deu_Latn vectors of retrieval:rows .* 'deu 2'"):
        list(TranslationRetrieval(Corpus.from_rows(rows)).run(encoder))


def test_an_encoder_that_loses_texts_is_refused():
    class Forgetful(TableEncoder):
        def encode(self, texts, *, language=None):
            return np.eye(3)

    with pytest.raises(EvaluationError, match=r"shape \(3, 3\) from 5 eng_Latn texts"):
        list(TranslationRetrieval(Corpus.from_rows(invented_rows(5))).run(Forgetful({})))


def test_agrees_with_sentence_transformers_where_nothing_is_tied():
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.evaluation import TranslationEvaluator

    rows = invented_rows(80, copies=False)
    encoder = noisy_encoder(rows, noise=0.8)
    sides = ([row.texts["eng_Latn"] for row in rows], [row.texts["deu_Latn"] for row in rows])

    class Lookup(SentenceTransformer):
        def __init__(self):
            super().__init__(modules=[torch.nn.Identity()])

        def encode(self, sentences, **_):
            language = "eng_Latn" if sentences[0].startswith("eng") else "deu_Latn"
            return list(torch.from_numpy(encoder.encode(sentences, language=language)))

    theirs = TranslationEvaluator(*sides, write_csv=False)(Lookup())
    ours = by_pair(TranslationRetrieval(Corpus.from_rows(rows), pairs=[("en", "de")]).run(encoder))
    assert 0.1 < theirs["src2trg_accuracy"] < 0.99
    assert ours["accuracy", ("eng_Latn", "deu_Latn")].value == pytest.approx(theirs["src2trg_accuracy"])
    assert ours["accuracy", ("deu_Latn", "eng_Latn")].value == pytest.approx(theirs["trg2src_accuracy"])

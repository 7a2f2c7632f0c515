import math
from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score

from evaluation.encoders import TableEncoder
from evaluation.test_probes import naive_draws
from interlingua.corpus import LabelledTexts, open_labelled
from interlingua.errors import EvaluationError
from interlingua.evaluation.classification import Classification
from interlingua.evaluation.resampling import sample_statistic
from interlingua.types import Task

LANGUAGES = ("eng_Latn", "deu_Latn", "tel_Telu")
LABELS = ("home", "road", "sea")


def invented(n=90, *, languages=LANGUAGES, name="invented", seed=0):
    labels = np.random.default_rng(seed).integers(0, 3, size=n)
    return LabelledTexts(
        texts={language: [f"{language[:3]} {name} {i}" for i in range(n)] for language in languages},
        labels=[LABELS[label] for label in labels],
        splits=[None] * n,
        name=name,
    )


def encoder_of(*sets, noise=None, seed=1):
    """Vectors that tell the label, with noise of their own in every language."""
    rng = np.random.default_rng(seed)
    noise = noise or {}
    vectors = {}
    for rows in sets:
        for language, texts in rows.texts.items():
            for text, label in zip(texts, rows.labels, strict=True):
                centre = np.eye(5)[LABELS.index(label) if label in LABELS else 3]
                vector = centre + noise.get(language, 0.6) * rng.normal(size=5)
                vectors.setdefault(language, {})[text] = vector / np.linalg.norm(vector)
    return TableEncoder(vectors)


def naive(encoder, train, test, source, target, *, per_label=8, draws=10):
    """The accuracy and macro F1 that MTEB's loop gives, with labels as words."""
    rows = [i for i, text in enumerate(train.texts[source]) if text is not None]
    asked = [i for i, text in enumerate(test.texts[target]) if text is not None]
    gold = [test.labels[i] for i in asked]
    queries = encoder.encode([test.texts[target][i] for i in asked], language=target)
    scores = []
    for drawn in naive_draws([train.labels[i] for i in rows], per_label=per_label, draws=draws, seed=42):
        chosen = [rows[i] for i in drawn]
        vectors = encoder.encode([train.texts[source][i] for i in chosen], language=source)
        model = LogisticRegression(max_iter=100).fit(vectors, [train.labels[i] for i in chosen])
        predicted = model.predict(queries)
        scores.append((accuracy_score(gold, predicted), f1_score(gold, predicted, average="macro")))
    return np.mean(scores, axis=0)


@pytest.fixture
def sets():
    return invented(90, name="train"), invented(60, name="invented/dev", seed=3)


def by_key(scores):
    return {(score.metric, score.languages): score for score in scores}


@pytest.mark.parametrize("source", [None, "eng"])
def test_scores_are_those_of_a_naive_loop(sets, source):
    encoder = encoder_of(*sets)
    task: Task = Classification(*sets, source=source)
    scores = list(task.run(encoder))
    found = by_key(scores)
    for language in LANGUAGES:
        trained, key = (language, (language,)) if source is None else ("eng_Latn", ("eng_Latn", language))
        accuracy, f1 = naive(encoder, *sets, trained, language)
        assert found["accuracy", key].value == pytest.approx(accuracy, abs=1e-12)
        assert found["f1", key].value == pytest.approx(f1, abs=1e-12)
        assert found["accuracy", key].n == 60
        assert found["accuracy", key].low < accuracy < found["accuracy", key].high
    last = scores[-1]
    assert last.metric == "macro_accuracy"
    assert {score.task for score in scores} == {f"{'transfer' if source else 'classification'}:invented/dev"}
    assert 0.4 < last.value < 0.98, "neither chance nor certainty, or the test would be vacuous"


def test_values_are_the_means_of_their_samples(sets):
    for score in Classification(*sets, source="en").run(encoder_of(*sets)):
        assert ("accuracy" in score.metric) == bool(score.samples)
        if score.samples:
            means = [sample_statistic(sample) for sample in score.samples]
            assert score.value == pytest.approx(np.mean(means), abs=1e-12)
            assert all(sample.languages == ("eng_Latn", sample.languages[1]) for sample in score.samples)


def test_transfer_leaves_the_source_out_of_the_mean_and_tells_the_gap(sets):
    encoder = encoder_of(*sets, noise={"eng_Latn": 0.3, "deu_Latn": 0.5, "tel_Telu": 1.5})
    scores = by_key(Classification(*sets, source="eng").run(encoder))
    others = [scores["accuracy", ("eng_Latn", language)].value for language in LANGUAGES[1:]]
    macro, gap = scores["macro_accuracy", LANGUAGES[1:]], scores["transfer_gap", LANGUAGES]
    assert macro.value == pytest.approx(np.mean(others))
    assert gap.value == pytest.approx(scores["accuracy", ("eng_Latn", "eng_Latn")].value - np.mean(others))
    assert 0 < gap.low < gap.value < gap.high
    assert not gap.higher_is_better


def test_only_texts_that_are_used_are_encoded_and_each_once(sets):
    encoder = encoder_of(*sets)
    list(Classification(*sets, source="eng", samples_per_label=2, draws=2).run(encoder))
    train = [texts for language, texts in encoder.asked if texts[0].startswith(f"{language[:3]} train")]
    assert [language for language, _ in encoder.asked] == ["eng_Latn", *LANGUAGES]
    assert len(train) == 1
    assert len(train[0]) <= 12
    assert all(len(texts) == len(set(texts)) for _, texts in encoder.asked)


def test_one_language_has_no_mean(sets):
    train, test = (rows.select(["deu"]) for rows in sets)
    scores = list(Classification(train, test).run(encoder_of(*sets)))
    assert [score.metric for score in scores] == ["f1", "accuracy"]


def test_rows_without_a_text_are_left_out(sets):
    train, test = sets
    texts = [None if i % 3 == 0 else text for i, text in enumerate(test.texts["deu_Latn"])]
    gaps = replace(test, texts={**test.texts, "deu_Latn": texts})
    encoder = encoder_of(*sets)
    score = by_key(Classification(train, gaps).run(encoder))["accuracy", ("deu_Latn",)]
    assert score.n == 40
    assert score.value == pytest.approx(naive(encoder, train, gaps, "deu_Latn", "deu_Latn")[0], abs=1e-12)
    assert score.samples[0].units.tolist() == [i for i in range(60) if i % 3]


@pytest.mark.parametrize("side", ["training", "test"])
def test_a_language_without_texts_is_undefined_and_so_is_the_mean(sets, side):
    train, test = sets
    empty = {"deu_Latn": [None] * 90} if side == "training" else {"deu_Latn": [None] * 60}
    if side == "training":
        train = replace(train, texts={**train.texts, **empty})
    else:
        test = replace(test, texts={**test.texts, **empty})
    *scores, macro = Classification(train, test).run(encoder_of(*sets))
    score = by_key(scores)["accuracy", ("deu_Latn",)]
    assert math.isnan(score.value)
    assert score.note == f"undefined: no {side} row has a text in the language"
    assert math.isnan(macro.value)
    assert macro.note == "undefined, 2 of 3 present"
    assert not macro.samples


def test_unknown_labels_are_wrong_and_told_of(sets):
    train, test = sets
    strange = replace(test, labels=["moon" if i < 15 else label for i, label in enumerate(test.labels)])
    encoder = encoder_of(train, strange)
    score = by_key(Classification(train, strange).run(encoder))["accuracy", ("eng_Latn",)]
    assert score.note == "15 of 60 test rows have a label that training lacks"
    assert score.value <= 45 / 60
    assert score.samples[0].items[:15].sum() == 0


def test_few_training_rows_are_told_of(sets):
    train, test = sets
    kept = [i for i, label in enumerate(train.labels) if label != "sea"][:40]
    kept += [i for i, label in enumerate(train.labels) if label == "sea"][:3]
    few = LabelledTexts(
        texts={language: [texts[i] for i in kept] for language, texts in train.texts.items()},
        labels=[train.labels[i] for i in kept],
        splits=[None] * len(kept),
        name="few",
    )
    encoder = encoder_of(train, test)
    score = by_key(Classification(few, test).run(encoder))["accuracy", ("eng_Latn",)]
    assert score.note == "a label has 3 training rows, fewer than 8"
    assert score.value == pytest.approx(naive(encoder, few, test, "eng_Latn", "eng_Latn")[0], abs=1e-12)


def test_bad_settings_and_data_are_refused(sets):
    train, test = sets
    with pytest.raises(EvaluationError, match="has no test rows"):
        Classification(train, invented(0))
    with pytest.raises(EvaluationError, match="have 1 label; give rows of two labels"):
        Classification(replace(train, labels=["sea"] * 90), test)
    with pytest.raises(EvaluationError, match="train has no fra_Latn to train on; it has eng_Latn, deu_Latn, tel_Telu"):
        Classification(train, test, source="fr")
    for setting in ("draws", "samples_per_label"):
        with pytest.raises(EvaluationError, match=f"{setting} is 0; it must be at least 1"):
            Classification(train, test, **{setting: 0})
    one = {
        "deu_Latn": [
            t if label == "sea" else None for t, label in zip(train.texts["deu_Latn"], train.labels, strict=True)
        ]
    }
    with pytest.raises(EvaluationError, match="the deu_Latn training rows have one label"):
        list(Classification(replace(train, texts={**train.texts, **one}), test).run(encoder_of(*sets)))


def test_the_signature_follows_data_and_settings(sets):
    train, test = sets
    encoder = encoder_of(*sets)
    tasks = [
        Classification(train, test),
        Classification(train, test, source="eng"),
        Classification(train, test, draws=3),
        Classification(train, replace(test, labels=test.labels[::-1])),
        Classification(replace(train, labels=train.labels[::-1]), test),
    ]
    assert len({next(iter(task.run(encoder))).signature for task in tasks}) == 5
    assert "split:dev" in next(iter(tasks[0].run(encoder))).signature


def test_nan_vectors_are_refused(sets):
    encoder = encoder_of(*sets)
    encoder.vectors["deu_Latn"]["deu invented/dev 3"] = np.full(5, np.nan)
    with pytest.raises(EvaluationError, match=r"1 of 60 deu_Latn vectors of classification:invented/dev"):
        list(Classification(*sets).run(encoder))


@pytest.mark.data
def test_words_tell_topics_in_the_data_pack(data_root):
    rows = open_labelled("sib200", languages=["eng"])
    train, test = rows.select(split="train"), rows.select(split="dev")
    words = sorted({word for text in train.texts["eng_Latn"] for word in (text or "").lower().split()})
    place = {word: i % 256 for i, word in enumerate(words)}

    class Counts:
        name, fingerprint = "counts", "0" * 16

        def encode(self, texts, *, language=None):
            vectors = np.full((len(texts), 256), 1e-3, dtype=np.float32)
            for row, text in zip(vectors, texts, strict=True):
                for word in text.lower().split():
                    row[place.get(word, 0)] += 1
            return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    *_, accuracy = Classification(train, test).run(Counts())
    assert accuracy.n == 99
    assert 1 / 7 < accuracy.value < 0.6

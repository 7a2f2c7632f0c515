"""xSIM and xSIM++ against the published definition, computed with loops in float64."""

import json
import math

import numpy as np
import pytest

from evaluation.encoders import TableEncoder, noisy_encoder
from interlingua.corpus import Corpus, open_corpus
from interlingua.corpus.negatives import Negative, english_negatives, read_negatives
from interlingua.errors import EvaluationError
from interlingua.evaluation import XSim, XSimPlusPlus, evaluate
from interlingua.types import Row

LANGUAGES = ("eng_Latn", "deu_Latn", "tel_Telu")


def invented_rows(n=40):
    rows = []
    for i in range(n):
        texts = {language: f"{language[:3]} {i}" for language in LANGUAGES}
        if i % 7 == 3:
            texts["deu_Latn"] = f"deu {i - 1}"  # the same text in two rows, in one language only
        rows.append(Row({k: v for k, v in texts.items() if k != "tel_Telu" or i % 5}))
    return rows


def leaning(rows, *, seed=0, noise=0.8):
    """A noisy encoder whose vectors lean to one side, as those of real encoders do."""
    encoder = noisy_encoder(rows, seed=seed, noise=noise)
    vectors = {k: {text: vector + 0.3 for text, vector in column.items()} for k, column in encoder.vectors.items()}
    return TableEncoder(vectors)


def naive_errors(source, target, texts, *, margin, k):
    """The definition: k nearest targets by cosine, rescored; the best must have the text of the row itself."""
    x, y = ([row / np.linalg.norm(row) for row in side.astype(np.float64)] for side in (source, target))
    cosine = np.array([[float(np.dot(a, b)) for b in y] for a in x])
    near_y = [sorted(range(len(y)), key=lambda j: (-round(cosine[i, j], 12), j))[:k] for i in range(len(x))]
    near_x = [sorted(range(len(x)), key=lambda i: -cosine[i, j])[:k] for j in range(len(y))]
    average_x = [sum(cosine[i, j] for j in near_y[i]) / len(near_y[i]) for i in range(len(x))]
    average_y = [sum(cosine[i, j] for i in near_x[j]) / len(near_x[j]) for j in range(len(y))]
    errors = []
    for i in range(len(x)):
        scores = []
        for j in near_y[i]:
            mean = (average_x[i] + average_y[j]) / 2
            scores.append(
                {"ratio": cosine[i, j] / mean, "distance": cosine[i, j] - mean, "absolute": cosine[i, j]}[margin]
            )
        best = near_y[i][int(np.argmax(np.round(scores, 12)))]
        errors.append(texts[best] != texts[i])
    return errors


def vectors(encoder, rows, language):
    return np.array([encoder.vectors[language][row.texts[language]] for row in rows], dtype=np.float32)


@pytest.mark.parametrize("margin", ["ratio", "distance", "absolute"])
@pytest.mark.parametrize("match", ["text", "index"])
@pytest.mark.parametrize("k", [1, 4, 100])
def test_errors_are_those_of_the_definition(margin, match, k):
    rows = invented_rows()
    encoder = leaning(rows)
    task = XSim(Corpus.from_rows(rows), pairs="all-pairs", margin=margin, match=match, k=k)
    scores = {score.languages: score for score in task.run(encoder) if score.metric == "error_rate"}
    assert len(scores) == 6
    for (source, target), score in scores.items():
        both = [row for row in rows if source in row.texts and target in row.texts]
        texts = [row.texts[target] for row in both] if match == "text" else list(range(len(both)))
        naive = naive_errors(vectors(encoder, both, source), vectors(encoder, both, target), texts, margin=margin, k=k)
        assert score.value == pytest.approx(np.mean(naive), abs=1e-12)
        assert score.samples[0].items[:, 0].tolist() == naive
        assert (score.n, score.higher_is_better) == (len(both), False)
        assert score.low <= score.value <= score.high
    assert 0.02 < scores["eng_Latn", "deu_Latn"].value < 0.95, "all or nothing is wrong: the test would be vacuous"


def test_the_summary_is_the_mean_of_the_columns_without_the_diagonal():
    rows = invented_rows()
    scores = list(XSim(Corpus.from_rows(rows), pairs="all-pairs").run(leaning(rows)))
    matrix = {score.languages: score.value for score in scores if score.metric == "error_rate"}
    columns = {score.languages[0]: score.value for score in scores if score.metric == "mean_error_rate"}
    for target, value in columns.items():
        assert value == pytest.approx(np.mean([matrix[source, target] for source in LANGUAGES if source != target]))
    assert set(columns) == set(LANGUAGES)
    assert scores[-1].metric == "macro_error_rate"
    assert scores[-1].value == pytest.approx(np.mean(list(columns.values())))
    for score in scores:
        assert score.value == pytest.approx(np.mean([sample.items.mean() for sample in score.samples]), abs=1e-12)


def test_which_pairs_are_meant():
    corpus = Corpus.from_rows(invented_rows())
    assert XSim(corpus, pairs="xx-en").pairs == [("deu_Latn", "eng_Latn"), ("tel_Telu", "eng_Latn")]
    assert len(XSim(corpus).pairs) == 4
    task = XSim(corpus, pairs=[("te", "de")])
    (score,) = task.run(leaning(invented_rows()))
    assert (score.metric, score.languages) == ("error_rate", ("tel_Telu", "deu_Latn"))
    assert "|margin:ratio|k:4|match:text|" in score.signature


def test_a_copy_of_the_text_is_right_by_text_only():
    rows = [Row({"eng": f"e{i}", "deu": text}) for i, text in enumerate(["a", "a", "b", "c"])]
    place = {"a": 0, "b": 1, "c": 2}
    encoder = TableEncoder(
        {
            "deu_Latn": {text: np.eye(3)[i] for text, i in place.items()},
            "eng_Latn": {f"e{i}": np.eye(3)[place[text]] for i, text in enumerate(["a", "a", "b", "c"])},
        }
    )
    corpus = Corpus.from_rows(rows)
    for match, expected in (("text", 0.0), ("index", 0.25)):
        (score,) = XSim(corpus, pairs=[("en", "de")], match=match).run(encoder)
        assert score.value == expected


def test_undefined_margins_and_lonely_rows_say_so():
    rows = [Row({"eng": f"e{i}", "deu": f"d{i}"}) for i in range(3)] + [Row({"eng": "e9", "fra": "f9"})]
    axes = np.eye(3)
    encoder = TableEncoder(
        {
            "eng_Latn": {**{f"e{i}": axes[i] for i in range(3)}, "e9": axes[0]},
            "deu_Latn": {f"d{i}": -axes[i] for i in range(3)},
            "fra_Latn": {"f9": axes[0]},
        }
    )
    scores = list(XSim(Corpus.from_rows(rows), pairs="xx-en").run(encoder))
    assert all(math.isnan(score.value) for score in scores)
    assert "use margin distance" in scores[0].note
    assert scores[1].note == "undefined: the pair shares 1 row"
    assert scores[-1].note == "undefined, 0 of 2 present"
    (score,) = XSim(Corpus.from_rows(rows), pairs=[("de", "en")], margin="distance").run(encoder)
    assert math.isfinite(score.value)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"margin": "median"}, "one of ratio, distance, absolute"),
        ({"k": 0}, "at least 1"),
        ({"match": "meaning"}, "'text' or 'index'"),
        ({"pairs": [("en", "en")]}, "two languages"),
        ({"pairs": "xx-fr"}, "has no fra_Latn"),
        ({"max_rows": 1}, "shares 2 rows"),
    ],
)
def test_bad_settings_are_refused(settings, message):
    with pytest.raises(EvaluationError, match=message):
        XSim(Corpus.from_rows(invented_rows()), **settings)


@pytest.mark.data
def test_real_vectors_agree_with_the_definition(data_root):
    """Character trigrams of a news test set, counted: real text, without a model."""
    corpus = open_corpus("ntrex").select(["eng", "deu", "fra"], split="dev")

    class Trigrams:
        name, fingerprint = "trigrams", "0" * 16

        def encode(self, texts, *, language=None):
            found = np.zeros((len(texts), 256), dtype=np.float32)
            for i, text in enumerate(texts):
                for j in range(len(text) - 2):
                    found[i, sum(map(ord, text[j : j + 3])) % 256] += 1
            return found

    scores = list(XSim(corpus, pairs=[("deu", "eng"), ("fra", "deu")], max_rows=150).run(Trigrams()))
    for score in scores[:2]:
        source, target = corpus.pairs(*score.languages)
        source, target = source[:150], target[:150]
        x, y = Trigrams().encode(source), Trigrams().encode(target)
        assert score.value == pytest.approx(np.mean(naive_errors(x, y, target, margin="ratio", k=4)), abs=1e-12)
        assert 0.05 < score.value < 0.999


# xSIM++


def plus_plus(tmp_path=None):
    """Three sentences and five copies; every German vector is planted on what it is to find."""
    english = ["One has 3 cats.", "Two have 4 dogs.", "Ann sings."]
    negatives = [
        Negative("One has 5 cats.", english[0], "Number Change"),
        Negative("One hasn't 3 cats.", english[0], "Negation"),
        Negative("Two have 9 dogs.", english[1], "Number Change"),
        Negative("Bob sings.", english[2], "Name"),
        Negative("Nobody knows.", None, ""),
    ]
    rows = [Row({"eng": text, "deu": f"d{i}"}) for i, text in enumerate(english)]
    pool = [*english, *(one.text for one in negatives)]
    english_vectors = {text: np.eye(8)[i] + 0.2 for i, text in enumerate(pool)}
    finds = {"d0": english[0], "d1": "Two have 9 dogs.", "d2": "One has 5 cats."}
    encoder = TableEncoder(
        {"eng_Latn": english_vectors, "deu_Latn": {k: english_vectors[text] for k, text in finds.items()}}
    )
    return rows, negatives, encoder


def test_errors_are_counted_by_what_was_found():
    rows, negatives, encoder = plus_plus()
    scores = list(XSimPlusPlus(Corpus.from_rows(rows), negatives).run(encoder))
    assert {score.metric: round(score.value * score.n) for score in scores} == {
        "number_change_error_rate": 1,
        "negation_error_rate": 0,
        "name_error_rate": 0,
        "misaligned_error_rate": 1,  # a copy, but of another sentence
        "error_rate": 2,
    }
    assert scores[-1].metric == "error_rate"
    assert scores[-1].languages == ("deu_Latn", "eng_Latn")
    assert not scores[-1].higher_is_better
    assert sum(score.value for score in scores[:-1]) == pytest.approx(scores[-1].value)


@pytest.mark.parametrize("margin", ["ratio", "distance", "absolute"])
def test_errors_among_copies_are_those_of_the_definition(margin):
    rows = [
        Row({"eng": f"There are {i} boats on lake {i * 7}.", "deu": f"d{i}", "tel": f"t{i}"}) for i in range(11, 51)
    ]
    negatives = english_negatives([row.texts["eng"] for row in rows])
    canonical = [
        Row({"eng_Latn": r.texts["eng"], "deu_Latn": r.texts["deu"], "tel_Telu": r.texts["tel"]}) for r in rows
    ]
    encoder = leaning(canonical)
    rng = np.random.default_rng(3)
    column = encoder.vectors["eng_Latn"]
    for one in negatives:
        column.setdefault(one.text, column[one.original] + 0.15 * rng.normal(size=12))
    scores = list(XSimPlusPlus(Corpus.from_rows(rows), negatives, margin=margin).run(encoder))
    pool = [row.texts["eng_Latn"] for row in canonical] + [one.text for one in negatives]
    for language in ("deu_Latn", "tel_Telu"):
        target = np.array([column[text] for text in pool], dtype=np.float32)
        naive = naive_errors(vectors(encoder, canonical, language), target, pool, margin=margin, k=4)
        (score,) = [s for s in scores if s.metric == "error_rate" and s.languages[0] == language]
        assert score.value == pytest.approx(np.mean(naive), abs=1e-12)
        assert 0.05 < score.value < 0.95
    assert scores[-1].metric == "macro_error_rate"
    easier = list(XSim(Corpus.from_rows(rows), pairs="xx-en", margin=margin).run(encoder))
    assert easier[-1].value < scores[-1].value


def test_copies_of_absent_texts_are_left_out():
    rows, negatives, encoder = plus_plus()
    foreign = Negative("Elsewhere 9.", "Elsewhere 8.", "Number Change")
    task = XSimPlusPlus(Corpus.from_rows(rows), [*negatives, foreign])
    assert foreign not in task.negatives
    assert [s.value for s in task.run(encoder)] == [
        s.value for s in XSimPlusPlus(Corpus.from_rows(rows), negatives).run(encoder)
    ]
    with pytest.raises(EvaluationError, match="none of 1 changed copies belongs"):
        XSimPlusPlus(Corpus.from_rows(rows), [foreign])


def test_files_of_copies_make_the_same_task(tmp_path):
    rows, negatives, encoder = plus_plus()
    (tmp_path / "eng_Latn_augmented.devtest").write_text("".join(f"{one.text}\n" for one in negatives), "utf-8")
    origins = {one.text: {"src": one.original, "errtype": one.kind} for one in negatives if one.original}
    (tmp_path / "eng_Latn_errtype.devtest.json").write_text(json.dumps(origins), "utf-8")
    task = XSimPlusPlus(Corpus.from_rows(rows), read_negatives(tmp_path))
    scores = evaluate(encoder, [task])
    assert [score.value for score in scores] == [
        score.value for score in XSimPlusPlus(Corpus.from_rows(rows), negatives).run(encoder)
    ]
    assert "|negatives:5/" in scores[0].signature

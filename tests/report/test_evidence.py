import json

import numpy as np
import pytest

from interlingua.corpus import Corpus
from interlingua.errors import FormatError
from interlingua.report import choose_subjects, evidence_to_json, load_evidence, make_evidence, observe
from interlingua.report.evidence import corpus_coverage
from interlingua.types import Row
from report.world import Noisy, rows
from toy import toy_corpus_table, toy_static, toy_transformer


@pytest.fixture(scope="module")
def subjects():
    return choose_subjects(Corpus.from_rows(rows(25), name="invented"))


@pytest.fixture(scope="module")
def evidence(subjects):
    return make_evidence(subjects, observe(subjects, Noisy(1.5, apart=2)), observe(subjects, Noisy(0.1)))


def naive_share(subjects, encoder, source, target):
    """The share of queries whose translation is nearest among the different texts, loop by loop."""
    found = 0.0
    wanted = [row.texts[target] for row in subjects.rows]
    pool = sorted(set(wanted))
    vectors = encoder.encode(pool, language=target).astype(np.float64)
    for row, right in zip(subjects.rows, wanted, strict=True):
        query = encoder.encode([row.texts[source]], language=source)[0].astype(np.float64)
        cosines = [float(query @ one) for one in vectors]
        found += pool[int(np.argmax(cosines))] == right
    return found / len(wanted)


def test_the_matrix_is_the_share_of_translations_found(subjects, evidence):
    for side, encoder in (("before", Noisy(1.5, apart=2)), ("after", Noisy(0.1))):
        matrix = evidence["matrix"][side]
        for i, source in enumerate(subjects.languages):
            assert matrix[i][i] is None
            for j, target in enumerate(subjects.languages):
                if i != j:
                    assert matrix[i][j] == pytest.approx(naive_share(subjects, encoder, source, target), abs=1e-4)


def test_cosines_of_translations_and_of_others(subjects, evidence):
    encoder = Noisy(0.1)
    right, others = [], []
    columns = [encoder.encode(subjects.texts(code), language=code) for code in subjects.languages]
    for i, one in enumerate(columns):
        for other in columns[i + 1 :]:
            for a in range(len(one)):
                for b in range(len(other)):
                    (right if a == b else others).append(float(one[a] @ other[b]))
    assert evidence["cosines"]["after"]["translations"] == pytest.approx(np.mean(right), abs=1e-4)
    assert evidence["cosines"]["after"]["others"] == pytest.approx(np.mean(others), abs=1e-4)


def test_examples_are_the_worst_and_say_what_changed(subjects, evidence):
    found = evidence["neighbours"]
    assert found["asked"] == 2 * 2 * 25
    before, after = evidence["matrix"]["before"], evidence["matrix"]["after"]
    first = [(0, 1), (1, 0), (0, 2), (2, 0)]
    assert found["failures"]["count"] == round(sum(25 * (1 - after[i][j]) for i, j in first))
    fixed, broken = found["mended"]["count"], found["broken"]["count"]
    assert fixed - broken == round(sum(25 * (after[i][j] - before[i][j]) for i, j in first))
    assert found["mended"]["examples"]
    for one in found["mended"]["examples"]:
        assert one["after"][0] == 1 < one["before"][0]
        assert one["wanted"] != one["found"]
    gaps = [one["after"][2] - one["after"][1] for one in found["failures"]["examples"]]
    assert all(gap >= 0 for gap in gaps)


def test_rows_without_a_text_are_left_out():
    gaps = [
        Row({"eng_Latn": "red sun", "arb_Arab": "أحمر شمس"}),
        Row({"eng_Latn": "moon tree", "jpn_Jpan": "月夜 樹木"}),
    ] * 2
    subjects = choose_subjects(Corpus.from_rows([*gaps, *rows(5)]))
    seen = observe(subjects, Noisy(0.1))
    assert np.isnan(seen.vectors["jpn_Jpan"][0]).all()
    made = make_evidence(subjects, seen, seen)
    assert json.loads(evidence_to_json(made)) == json.loads(evidence_to_json(made))
    assert all(point == point for side in made["sentences"]["points"].values() for one in side for point in one)


def test_one_language_has_no_matrix_and_no_examples():
    subjects = choose_subjects(Corpus.from_rows([Row({"eng_Latn": f"red {word}"}) for word in ("sun", "moon", "tree")]))
    seen = observe(subjects, Noisy(0.1))
    made = make_evidence(subjects, seen, seen)
    assert made["matrix"] == {"before": None, "after": None}
    assert made["neighbours"]["asked"] == 0
    assert made["cosines"]["after"] == {"translations": None, "others": None}


@pytest.mark.parametrize("model", [toy_static, toy_transformer])
def test_words_and_links_of_a_model(model):
    from interlingua.encoder import SentenceEncoder

    table = toy_corpus_table(30).to_pylist()
    corpus = Corpus.from_rows([Row({k: v for k, v in one.items() if not k.startswith("_") and v}) for one in table])
    subjects = choose_subjects(corpus)
    made = model()
    seen = observe(subjects, SentenceEncoder(made), made)
    assert seen.words.shape == (len(subjects.words), 16)
    assert len(seen.links) == len(subjects.pairs) == 2
    for (_, pair), matrix in zip(subjects.pairs, seen.links, strict=True):
        assert matrix.shape == (len(pair.source_words), len(pair.target_words))
        assert np.nanmax(np.abs(matrix)) <= 1 + 1e-5
    evidence = make_evidence(subjects, seen, seen)
    assert set(evidence["words"]["word"]) <= {word for word, _ in subjects.words}
    assert len(evidence["links"]) == 2


def test_subjects_are_bounded():
    languages = [
        f"{a}{b}{c}_Latn" for a, b, c in ("eng", "deu", "fra", "spa", "ita", "por", "nld", "swe", "dan", "fin")
    ]
    many = [Row({code: f"{code} {i}" for code in languages}) for i in range(400)]
    subjects = choose_subjects(Corpus.from_rows(many))
    assert len(subjects.rows) == 200
    assert subjects.languages[0] == "eng_Latn"


def test_coverage_counts_cells_and_repeats():
    hashes = np.array([[1, 5, 0], [1, 0, 0], [2, 6, 7]])
    made = corpus_coverage(hashes, ["eng_Latn", "deu_Latn", "tel_Telu"], sources={"a": 3})
    assert made["rows"] == 3
    assert made["languages"]["eng_Latn"] == {"cells": 3, "repeated": 1}
    assert made["languages"]["tel_Telu"] == {"cells": 1, "repeated": 0}
    assert made["cells_per_row"] == {"1": 1, "2": 1, "3": 1}


@pytest.mark.parametrize("content", ["{", "[]", '{"format": 99}'])
def test_what_is_no_evidence_is_refused(tmp_path, content):
    (tmp_path / "evidence.json").write_text(content)
    with pytest.raises(FormatError, match=r"evidence\.json"):
        load_evidence(tmp_path / "evidence.json")

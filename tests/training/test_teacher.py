import numpy as np
import pytest
import torch

import interlingua.training.teacher as teacher_module
from interlingua.corpus import Corpus
from interlingua.corpus.hashing import text_hash
from interlingua.encoder import VectorStore
from interlingua.errors import TrainingError
from interlingua.objectives import EncodedCells, presets
from interlingua.training import BatchPlan, CellBatches, CellTable, TeacherVectors
from interlingua.types import Row
from toy import toy_static
from training.world import toy_corpus

WIDTH = 6


class CountingTeacher:
    """A teacher whose vector of a text depends on nothing but the text."""

    name = "counting"
    fingerprint = "counting-1"

    def __init__(self):
        self.seen = []

    def encode(self, texts, *, language=None):
        self.seen += texts
        return np.stack([self.vector(text) for text in texts]) if texts else np.zeros((0, WIDTH), np.float32)

    @staticmethod
    def vector(text):
        vector = np.random.default_rng(list(text.encode())).standard_normal(WIDTH).astype(np.float32)
        return vector / np.linalg.norm(vector)


@pytest.fixture
def store(tmp_path):
    return VectorStore(tmp_path / "vectors")


def test_vectors_are_found_by_text(store, tmp_path):
    corpus = toy_corpus(30, missing=0.3)
    teacher = TeacherVectors.of(corpus, CountingTeacher(), store, tmp_path / "teacher")
    texts = [text for language in corpus.languages for text in corpus.texts(language)]
    vectors, known = teacher.of_cells(text_hash(texts))
    assert teacher.dimension == WIDTH
    assert vectors.dtype == torch.float32
    assert known.tolist() == [text is not None for text in texts]
    for text, vector in zip(texts, vectors.numpy(), strict=True):
        expected = np.zeros(WIDTH) if text is None else CountingTeacher.vector(text)
        np.testing.assert_allclose(vector, expected, atol=1e-3)
    np.testing.assert_allclose(np.linalg.norm(vectors[known], axis=1), 1, atol=1e-6)


def test_vectors_are_kept_in_half_precision(store, tmp_path):
    teacher = TeacherVectors.of(toy_corpus(5), CountingTeacher(), store, tmp_path / "teacher")
    assert teacher.vectors.dtype == np.float16


def test_texts_that_the_teacher_never_saw_are_unknown(store, tmp_path):
    teacher = TeacherVectors.of(toy_corpus(5), CountingTeacher(), store, tmp_path / "teacher")
    vectors, known = teacher.of_cells(text_hash(["never seen", toy_corpus(5).texts("en")[0], "zzz"]))
    assert known.tolist() == [False, True, False]
    assert not vectors[[0, 2]].any()


def test_a_text_is_encoded_once_ever(store, tmp_path):
    rows = [Row({"en": "Radio", "de": "Radio"}), Row({"en": "Radio", "de": "Musik"}), Row({"en": "a", "de": "b"})]
    corpus, teacher = Corpus.from_rows(rows), CountingTeacher()
    TeacherVectors.of(corpus, teacher, store, tmp_path / "teacher")
    assert sorted(teacher.seen) == ["Musik", "Radio", "a", "b"]
    again = CountingTeacher()
    TeacherVectors.of(corpus, again, store, tmp_path / "teacher")
    assert again.seen == []
    more = Corpus.from_rows([*rows, Row({"en": "new", "de": "Radio"})])
    TeacherVectors.of(more, again, store, tmp_path / "teacher")
    assert again.seen == ["new"]


def test_a_teacher_reads_its_languages_only(store, tmp_path):
    corpus, teacher = toy_corpus(10), CountingTeacher()
    vectors = TeacherVectors.of(corpus, teacher, store, tmp_path / "teacher", languages=["eng_Latn"])
    assert sorted(teacher.seen) == sorted(set(corpus.texts("en")))
    assert not vectors.of_cells(text_hash(corpus.texts("de")))[1].any()
    assert vectors.of_cells(text_hash(corpus.texts("en")))[1].all()


def test_a_teacher_that_reads_none_of_the_languages_is_refused(store, tmp_path):
    with pytest.raises(TrainingError, match="the teacher reads fra_Latn, and rows has no text in any of them"):
        TeacherVectors.of(toy_corpus(5), CountingTeacher(), store, tmp_path, languages=["fra_Latn"])


def test_texts_are_encoded_some_at_a_time(store, tmp_path, monkeypatch):
    monkeypatch.setattr(teacher_module, "AT_ONCE", 7)
    corpus, teacher = toy_corpus(30, missing=0.3), CountingTeacher()
    scan = corpus.batches
    corpus.batches = lambda: scan(4)
    vectors = TeacherVectors.of(corpus, teacher, store, tmp_path)
    texts = [text for language in corpus.languages for text in corpus.texts(language) if text]
    assert len(teacher.seen) == len(set(texts))
    for text, vector in zip(texts, vectors.of_cells(text_hash(texts))[0], strict=True):
        np.testing.assert_allclose(vector, CountingTeacher.vector(text), atol=1e-3)


def test_processes_that_make_the_same_vectors_do_not_disturb_each_other(store, tmp_path):
    first = TeacherVectors.of(toy_corpus(30), CountingTeacher(), store, tmp_path / "teacher")
    before = np.array(first.vectors)
    TeacherVectors.of(toy_corpus(5, seed=3), CountingTeacher(), store, tmp_path / "teacher")
    assert np.array_equal(first.vectors, before)
    assert [path.name for path in (tmp_path / "teacher").iterdir()] == ["teacher.f16"]


def test_an_english_teacher_supervises_german_with_telugu(store, tmp_path):
    """Every edge has the labels of the row's English text, also those between other languages."""
    corpus, model = toy_corpus(9), toy_static()
    teacher = TeacherVectors.of(corpus, CountingTeacher(), store, tmp_path / "teacher", languages=["eng_Latn"])
    cells = CellTable.build(corpus, model, tmp_path / "cells")
    plan = BatchPlan(cells.hashes, cells.languages, size=9)
    batch = CellBatches(plan, cells, model, count=1, teacher=teacher)[0]["cells"]
    student = torch.nn.functional.normalize(torch.randn(len(batch.row), 16, dtype=torch.float64), dim=1)
    found = presets.soft_multiway(order=("eng_Latn",), temperature=0.2)(
        EncodedCells(
            vectors=student,
            row=batch.row,
            view=batch.view,
            views=batch.views,
            teacher=batch.teacher.double(),
            teacher_known=batch.teacher_known,
        )
    )["contrast"]

    english = batch.teacher[batch.view == 0][batch.row[batch.view == 0].argsort()].double()
    labels = (english @ english.T / 0.2).softmax(dim=1)
    sides = [student[batch.view == view][batch.row[batch.view == view].argsort()] for view in range(3)]
    edges = [
        -(labels * (a @ b.T / 0.2).log_softmax(dim=1)).sum(dim=1).mean()
        for one, a in enumerate(sides)
        for two, b in enumerate(sides)
        if one != two
    ]
    assert found.item() == pytest.approx(torch.stack(edges).mean().item(), rel=1e-6)


def test_vectors_follow_cells_into_shards(store, tmp_path):
    corpus, model = toy_corpus(9, missing=0.3), toy_static()
    teacher = TeacherVectors.of(corpus, CountingTeacher(), store, tmp_path / "teacher")
    cells = CellTable.build(corpus, model, tmp_path / "cells")
    plan = BatchPlan(cells.hashes, cells.languages, size=6)
    for rank in range(2):
        batches = CellBatches(plan, cells, model, count=1, teacher=teacher, rank=rank, processes=2)
        batch = batches[0]["cells"]
        assert len(batch.teacher) == len(batch.row) > 0
        assert batch.teacher_known.all()
        for row, view, vector in zip(batch.row, batch.view, batch.teacher, strict=True):
            text = corpus.texts(batch.views[view])[row]
            np.testing.assert_allclose(vector, CountingTeacher.vector(text), atol=1e-3)

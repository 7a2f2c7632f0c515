"""Whole corpora to links: the rows, the languages, killed work, and memory."""

import random
import tracemalloc

import numpy as np
import pytest

from interlingua.corpus import Corpus
from interlingua.errors import AlignmentError, CorpusError, OutputError
from interlingua.types import Links, Row
from interlingua.words.bulk import align_corpus, align_rows
from interlingua.words.links import LinkFolder
from toy import toy_corpus_table


class KilledError(Exception):
    """What a kill is in these tests."""


class Straight:
    """Links word i with word i; stops after so many pairs."""

    name = "straight"
    fingerprint = "straight-1"
    learns = False

    def __init__(self, *, stop_after=None, change=0):
        self.stop_after = stop_after
        self.change = change
        self.pairs = 0
        self.calls = 0

    def align(self, pairs):
        self.calls += 1
        walk = list(pairs) if self.learns else pairs
        for pair in walk:
            if self.stop_after is not None and self.pairs >= self.stop_after:
                raise KilledError
            self.pairs += 1
            short = min(len(pair.source_words), len(pair.target_words))
            yield Links(pair.source_words, pair.target_words, [(i, i) for i in range(short)])
        for _ in range(self.change):
            yield Links([], [], [])


class Learning(Straight):
    fingerprint = "learning-1"
    learns = True


@pytest.fixture
def corpus():
    table = toy_corpus_table(rows=23, missing=0.3)
    return Corpus.from_rows(
        Row({k: v for k, v in row.items() if v and k != "_id"}, {"_id": f"row{row['_id']}"})
        for row in table.to_pylist()
    )


def content(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_every_row_with_both_languages(corpus, tmp_path):
    folder = align_corpus(corpus, Straight(), tmp_path / "links", shard_rows=5)
    assert folder.languages == (("eng_Latn", "deu_Latn"), ("eng_Latn", "tel_Telu"))
    for languages in folder.languages:
        view = corpus.select(languages)
        sources, targets = corpus.pairs(*languages)
        found = list(folder.read(*languages))
        assert [row for row, _ in found] == view.ids()
        for source, target, (_, links) in zip(sources, targets, found, strict=True):
            words = [[text[a:b] for a, b in spans] for text, spans in ((source, links.source), (target, links.target))]
            assert words[0] == source.split()
            assert len(links) == min(map(len, words))
    assert folder.card.aligner == ("straight", "straight-1")
    assert folder.card.corpus == ("rows", corpus.fingerprint)
    assert folder.card.segmenter.startswith("uax29")
    assert len(LinkFolder.open(tmp_path / "links")) == len(folder)


def test_pairs_and_words_as_asked(tmp_path):
    rows = Corpus.from_rows([Row({"en": "don 't stop", "de": "hör nicht-auf !"})])
    folder = align_corpus(rows, Straight(), tmp_path / "links", pairs=[("de", "en")], words="spaces")
    ((_, languages, links),) = folder
    assert languages == ("deu_Latn", "eng_Latn")
    assert links.source.tolist() == [[0, 3], [4, 13], [14, 15]]
    assert links.target.tolist() == [[0, 3], [4, 6], [7, 11]]
    assert folder.card.segmenter == "spaces"


@pytest.mark.parametrize("kind", [Straight, Learning])
@pytest.mark.parametrize("stop_after", [0, 3, 11, 20, 29])
def test_killed_work_resumes_and_ends_in_the_same_bytes(corpus, tmp_path, kind, stop_after):
    settings = {"shard_rows": 4}
    total = len(align_corpus(corpus, kind(), tmp_path / "whole", **settings))
    assert total > 29
    with pytest.raises(KilledError):
        align_corpus(corpus, kind(stop_after=stop_after), tmp_path / "links", **settings)
    again = kind()
    align_corpus(corpus, again, tmp_path / "links", resume=True, **settings)
    assert content(tmp_path / "links") == content(tmp_path / "whole")
    if kind is Straight:
        assert again.pairs <= total - stop_after + 4
    idle = kind()
    align_corpus(corpus, idle, tmp_path / "links", resume=True, **settings)
    assert idle.calls == 0
    assert content(tmp_path / "links") == content(tmp_path / "whole")


def test_a_learning_aligner_sees_a_pair_of_languages_at_once(corpus, tmp_path):
    aligner = Learning()
    align_corpus(corpus, aligner, tmp_path / "links", shard_rows=4)
    assert aligner.calls == 2
    # A part of what one call gave is not mixed with what another gives.
    first = sorted((tmp_path / "links").glob("*tel*"))
    first[1].unlink()
    again = Learning(stop_after=6)
    with pytest.raises(KilledError):
        align_corpus(corpus, again, tmp_path / "links", shard_rows=4, resume=True)
    assert [path.is_file() for path in first[:3]] == [True, False, False]


def test_resume_with_another_aligner_is_refused(corpus, tmp_path):
    align_corpus(corpus, Straight(), tmp_path / "links")
    with pytest.raises(OutputError, match="another aligner"):
        align_corpus(corpus, Learning(), tmp_path / "links", resume=True)
    with pytest.raises(OutputError, match="another corpus"):
        align_corpus(corpus.select(["en", "de", "te"], min_cells=3), Straight(), tmp_path / "links", resume=True)
    with pytest.raises(OutputError, match="another segmenter"):
        align_corpus(corpus, Straight(), tmp_path / "links", resume=True, words="spaces")
    with pytest.raises(OutputError, match="holds links already"):
        align_corpus(corpus, Straight(), tmp_path / "links")
    folder = align_corpus(corpus, Learning(), tmp_path / "links", overwrite=True)
    assert folder.card.aligner[1] == "learning-1"


def test_rows_without_a_pair(tmp_path, caplog):
    rows = Corpus.from_rows([Row({"en": "one", "de": "eins"}), Row({"en": "two"}), Row({"te": "మూడు"})])
    folder = align_corpus(rows, Straight(), tmp_path / "links")
    assert [counts.rows for counts in folder.card.pairs] == [1, 0]
    assert "rows has no row with both eng_Latn and tel_Telu" in caplog.text
    assert list(folder.read("en", "te")) == []
    assert len(folder.table("en", "te")) == 0
    assert [(row, links and len(links)) for row, links in align_rows(rows, Straight(), "en", "de")] == [
        ("0", 1),
        ("1", None),
        ("2", None),
    ]


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"pairs": []}, AlignmentError, "makes no pair of languages"),
        ({"pairs": [("en", "eng")]}, AlignmentError, "eng_Latn with itself"),
        ({"pairs": [("en", "de"), ("de", "en")]}, AlignmentError, "in both orders"),
        ({"pairs": [("en", "fr")]}, CorpusError, "has no fra_Latn"),
        ({"shard_rows": 0}, AlignmentError, "shard_rows is 0"),
        ({"words": "letters"}, AlignmentError, "words is 'letters'; choose one of unicode, spaces"),
    ],
)
def test_wrong_settings(corpus, tmp_path, settings, error, message):
    with pytest.raises(error, match=message):
        align_corpus(corpus, Straight(), tmp_path / "links", **settings)
    assert not (tmp_path / "links").exists()


@pytest.mark.parametrize("kind", [Straight, Learning])
def test_an_aligner_must_answer_every_pair_once(corpus, tmp_path, kind):
    class Short(kind):
        def align(self, pairs):
            yield from list(super().align(pairs))[:-1]

    with pytest.raises(AlignmentError, match="straight gave fewer answers than pairs"):
        align_corpus(corpus, Short(), tmp_path / "links")
    with pytest.raises(AlignmentError, match="straight gave more answers than pairs"):
        align_corpus(corpus, kind(change=1), tmp_path / "other")
    with pytest.raises(AlignmentError, match="more answers"):
        list(align_rows(corpus, kind(change=1), "en", "de"))


@pytest.mark.slow
def test_memory_does_not_grow_with_the_corpus(tmp_path):
    draw = random.Random(0)
    words = ["".join(draw.choices("abcdefgh", k=5)) for _ in range(100)]

    def rows(number):
        for _ in range(number):
            text = " ".join(draw.choices(words, k=12))
            yield Row({"en": text, "de": text[::-1]})

    peaks = []
    for number in (2_000, 12_000):
        corpus = Corpus.from_rows(rows(number))
        tracemalloc.start()
        align_corpus(corpus, Straight(), tmp_path / str(number), shard_rows=500)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0] + 1e6
    assert np.isfinite(peaks).all()

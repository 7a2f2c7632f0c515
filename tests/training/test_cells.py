import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import interlingua.training.cells as cells_module
from interlingua.corpus import Corpus
from interlingua.corpus.hashing import text_hash
from interlingua.errors import InterlinguaError
from interlingua.sbert import token_ids
from interlingua.training import CellTable
from interlingua.types import Row
from toy import toy_static, toy_transformer
from training.world import toy_corpus

ENG, DEU = 0, 1


@pytest.fixture(scope="module")
def transformer():
    return toy_transformer(max_length=12)


@pytest.fixture
def counted(monkeypatch):
    """How many texts were tokenised."""
    calls = []

    def counting(model, texts):
        calls.append(len(texts))
        return token_ids(model, texts)

    monkeypatch.setattr(cells_module, "token_ids", counting)
    return calls


def in_small_batches(corpus, size):
    """The same corpus, handing out its rows a few at a time."""
    whole = corpus.batches
    corpus.batches = lambda: whole(size)
    return corpus


@pytest.mark.parametrize("make", [toy_static, toy_transformer])
def test_tokens_are_those_of_the_model(make, tmp_path):
    model, corpus = make(), toy_corpus(20, missing=0.4)
    table = CellTable.build(corpus, model, tmp_path)
    assert table.tokenised
    assert len(table) == 20
    assert table.languages == corpus.languages
    for language, name in enumerate(corpus.languages):
        for row, text in enumerate(corpus.texts(name)):
            units = table.units(row, language)
            if text is None:
                assert (table.hashes[row, language], len(units)) == (0, 0)
            elif make is toy_static:
                assert units.tolist() == model.tokenizer.encode(text, add_special_tokens=False).ids
            else:
                assert units.tolist() == model.tokenizer(text, truncation=True)["input_ids"]


def test_long_texts_are_cut_at_the_maximum_length(transformer, tmp_path):
    table = CellTable.build(toy_corpus(20), transformer, tmp_path)
    assert table.spans[..., 1].max() == 12
    units = table.units(int(table.spans[:, ENG, 1].argmax()), ENG)
    assert units[-1] == transformer.tokenizer.eos_token_id


def test_equal_texts_have_equal_hashes_in_every_language(transformer, tmp_path):
    corpus = Corpus.from_rows([Row({"en": "Radio", "de": "Radio"}), Row({"en": "a", "de": "Radio"})])
    hashes = CellTable.build(corpus, transformer, tmp_path).hashes
    assert hashes[0, ENG] == hashes[0, DEU] == hashes[1, DEU] != hashes[1, ENG]
    assert (hashes > 0).all()


def test_a_prefix_is_in_the_tokens_but_not_in_the_hash(transformer, tmp_path):
    corpus = toy_corpus(6)
    plain = CellTable.build(corpus, transformer, tmp_path)
    both = CellTable.build(corpus, transformer, tmp_path, prefix="abe ")
    one = CellTable.build(corpus, transformer, tmp_path, prefix={"deu_Latn": "fug "})
    assert np.array_equal(plain.hashes, both.hashes)
    assert np.array_equal(plain.hashes, one.hashes)
    for row in range(6):
        for language, name in enumerate(corpus.languages):
            text = corpus.texts(name)[row]
            assert both.units(row, language).tolist() == token_ids(transformer, ["abe " + text])[0].tolist()
            given = "fug " + text if name == "deu_Latn" else text
            assert one.units(row, language).tolist() == token_ids(transformer, [given])[0].tolist()


def test_a_table_is_built_once(transformer, tmp_path, counted):
    corpus = toy_corpus(6)
    first = CellTable.build(corpus, transformer, tmp_path)
    assert sum(counted) == 18
    again = CellTable.build(toy_corpus(6), transformer, tmp_path)
    assert sum(counted) == 18
    assert again.folder == first.folder


@pytest.mark.parametrize("change", ["rows", "languages", "prefix", "max_length", "tokenizer"])
def test_whatever_changes_tokens_makes_another_table(change, tmp_path, counted):
    model, corpus = toy_transformer(), toy_corpus(6)
    first = CellTable.build(corpus, model, tmp_path)
    settings = {}
    match change:
        case "rows":
            corpus = toy_corpus(7)
        case "languages":
            corpus = corpus.select(["en", "te"])
        case "prefix":
            settings = {"prefix": "abe "}
        case "max_length":
            model.max_seq_length = 5
        case "tokenizer":
            model = toy_transformer(vocabulary=150)
    counted.clear()
    other = CellTable.build(corpus, model, tmp_path, **settings)
    assert sum(counted) > 0
    assert other.folder != first.folder


def test_an_interrupted_pass_leaves_nothing(transformer, tmp_path, monkeypatch):
    corpus = in_small_batches(toy_corpus(20), 5)

    def killed(done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        CellTable.build(corpus, transformer, tmp_path, progress=killed)
    assert list(tmp_path.iterdir()) == []
    assert len(CellTable.build(corpus, transformer, tmp_path)) == 20


def test_a_table_that_another_process_finished_first_is_used(transformer, tmp_path, monkeypatch):
    corpus = toy_corpus(6)
    write = cells_module._write

    def slow(work, *rest):
        write(work, *rest)
        monkeypatch.setattr(cells_module, "_write", write)
        CellTable.build(corpus, transformer, tmp_path)

    monkeypatch.setattr(cells_module, "_write", slow)
    table = CellTable.build(corpus, transformer, tmp_path)
    assert len(table) == 6
    assert [path.name for path in tmp_path.iterdir()] == [table.folder.name]


def test_texts_are_kept_where_a_model_cannot_be_fed_with_tokens(tmp_path, monkeypatch):
    monkeypatch.setattr(cells_module, "can_pretokenise", lambda model: False)
    corpus = toy_corpus(8, missing=0.4)
    table = CellTable.build(corpus, toy_transformer(), tmp_path, prefix={"tel_Telu": "కగ: "})
    assert not table.tokenised
    for language, name in enumerate(corpus.languages):
        for row, text in enumerate(corpus.texts(name)):
            prefix = "కగ: " if name == "tel_Telu" and text else ""
            assert table.text(row, language) == prefix + (text or "")
            assert table.hashes[row, language] == text_hash([text])[0]


def test_many_batches_make_the_same_cells_as_one(transformer, tmp_path):
    one = CellTable.build(toy_corpus(23, missing=0.3), transformer, tmp_path / "one")
    many = CellTable.build(in_small_batches(toy_corpus(23, missing=0.3), 4), transformer, tmp_path / "many")
    assert np.array_equal(one.hashes, many.hashes)
    assert [one.units(*cell).tolist() for cell in np.ndindex(23, 3)] == [
        many.units(*cell).tolist() for cell in np.ndindex(23, 3)
    ]
    assert sorted(path.name for path in one.folder.iterdir()) == ["hashes.npy", "spans.npy", "units.bin"]


def test_progress_counts_rows(transformer, tmp_path):
    done = []
    CellTable.build(in_small_batches(toy_corpus(23), 10), transformer, tmp_path, progress=done.append)
    assert done == [10, 10, 3]


def test_a_language_without_any_text_in_a_batch(transformer, tmp_path):
    rows = [Row({"en": "abe"}), Row({"en": "lo"}), Row({"en": "no", "de": "fug"})]
    table = CellTable.build(in_small_batches(Corpus.from_rows(rows), 2), transformer, tmp_path)
    assert (table.hashes != 0).tolist() == [[True, False], [True, False], [True, True]]
    assert table.units(2, DEU).tolist() == token_ids(transformer, ["fug"])[0].tolist()


def test_a_corpus_without_rows_is_refused_and_leaves_nothing(transformer, tmp_path):
    nothing = toy_corpus(6).select(where={"_id": "no such"})
    for _ in range(2):
        with pytest.raises(InterlinguaError, match="no row of"):
            CellTable.build(nothing, transformer, tmp_path)
        assert list(tmp_path.iterdir()) == []


@given(st.lists(st.one_of(st.none(), st.text(max_size=5)), max_size=20))
def test_hashes_tell_texts_apart(texts):
    hashes = text_hash(texts)
    assert hashes.dtype == np.int64
    assert ((hashes == 0) == np.array([text is None for text in texts], dtype=bool)).all()
    assert len(set(hashes.tolist())) == len(set(texts))


def test_a_sample_stands_for_cells_of_its_language_and_length(transformer, tmp_path, monkeypatch):
    monkeypatch.setattr("interlingua.training.cells._LEAST_SAMPLE", 2)
    corpus = in_small_batches(toy_corpus(60, missing=0.3), 20)
    whole = CellTable.build(corpus, transformer, tmp_path)
    some = CellTable.build(corpus, transformer, tmp_path, sample=12)
    assert some.folder != whole.folder
    assert np.array_equal(some.hashes, whole.hashes)
    assert some.spans[..., 1].sum() == pytest.approx(whole.spans[..., 1].sum(), rel=0.1)
    assert (some.folder / "units.bin").stat().st_size < 0.5 * (whole.folder / "units.bin").stat().st_size
    own = {(language, tuple(whole.units(row, language))) for row, language in np.argwhere(whole.hashes != 0)}
    assert all((language, tuple(some.units(row, language))) in own for row, language in np.argwhere(some.hashes != 0))
    assert not some.spans[some.hashes == 0].any()


def test_a_sample_of_few_rows_is_all_of_them(transformer, tmp_path):
    corpus = toy_corpus(20)
    assert (
        CellTable.build(corpus, transformer, tmp_path, sample=11).folder
        == CellTable.build(corpus, transformer, tmp_path).folder
    )

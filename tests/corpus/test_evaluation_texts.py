"""Which texts encoders are tested on: sets by name, kept as hashes."""

import numpy as np
import pytest

from interlingua.corpus import Corpus, catalog, evaluation_texts, write_corpus
from interlingua.corpus.evaluation_texts import EvaluationSet, EvaluationTexts, evaluation_sets, letter_hashes
from interlingua.errors import CorpusError, FormatError
from interlingua.types import Row


def test_splits_that_are_for_training_are_no_test_texts(tmp_path):
    (found,) = evaluation_sets(["phrasebook"], cache=tmp_path).sets
    phrasebook = catalog.open_corpus("phrasebook")
    for language in phrasebook.languages:
        tested = {*phrasebook.select(split="dev").texts(language), *phrasebook.select(split="test").texts(language)}
        assert found.hashes[language].tolist() == sorted(set(letter_hashes(sorted(tested)).tolist()))


def test_a_split_can_be_named(tmp_path):
    found = evaluation_sets(["phrasebook/train", "phrasebook/test"], languages=["deu_Latn"], cache=tmp_path)
    assert [(one.name, list(one.hashes)) for one in found.sets] == [
        ("phrasebook/train", ["deu_Latn"]),
        ("phrasebook/test", ["deu_Latn"]),
    ]
    assert found.sets[0].texts > 3 * found.sets[1].texts


def test_of_sets_that_are_not_at_hand_the_names_are_kept(tmp_path, monkeypatch):
    monkeypatch.setenv(catalog.VARIABLE, str(tmp_path / "nothing"))
    monkeypatch.setenv("INTERLINGUA_CACHE", str(tmp_path / "cache"))
    found = evaluation_sets()
    assert [one.name for one in found.sets] == ["phrasebook"]
    assert {"ntrex", "tatoeba"} <= set(found.missing)
    assert "bible" not in found.missing
    with pytest.raises(CorpusError, match="ntrex"):
        evaluation_sets(["ntrex"])


def test_what_is_named_must_be_something_to_test_on(tmp_path):
    with pytest.raises(CorpusError, match="neither a file nor a set"):
        evaluation_sets(["nusaks"], cache=tmp_path)


def test_names_are_checked_before_anything_is_hashed(tmp_path, monkeypatch):
    monkeypatch.setenv("INTERLINGUA_DATA", str(tmp_path / "nothing"))
    monkeypatch.setattr(EvaluationSet, "of_corpus", None)  # whoever hashes fails
    for name, message in (("nosuch", "neither a file nor a set"), ("stsb", "stsb"), (tmp_path / "a.tsv", "no file")):
        with pytest.raises(CorpusError, match=message):
            evaluation_sets(["phrasebook", str(name)], cache=tmp_path)


def test_hashes_are_kept_until_the_file_changes(tmp_path, monkeypatch):
    folder, cache = tmp_path / "rows", tmp_path / "cache"
    write_corpus([Row({"en": "One small test.", "de": "Ein kleiner Test."})], folder)
    first = evaluation_sets([str(folder)], cache=cache)
    monkeypatch.setattr(evaluation_texts, "_open", lambda name: pytest.fail(f"{name} was read again"))
    again = evaluation_sets([str(folder)], languages=["deu_Latn"], cache=cache)
    assert again.sets[0].hashes["deu_Latn"].tolist() == first.sets[0].hashes["deu_Latn"].tolist()
    assert list(again.sets[0].hashes) == ["deu_Latn"]
    monkeypatch.undo()
    write_corpus([Row({"en": "Another test.", "de": "Ein anderer Test."})], folder, overwrite=True)
    changed = evaluation_sets([str(folder)], cache=cache)
    assert changed.sets[0].hashes["deu_Latn"].tolist() == letter_hashes(["ein anderer test"]).tolist()


def test_damaged_hashes_are_made_anew(tmp_path):
    folder, cache = tmp_path / "rows", tmp_path / "cache"
    write_corpus([Row({"en": "One small test.", "de": "Ein kleiner Test."})], folder)
    evaluation_sets([str(folder)], cache=cache)
    (kept,) = (cache / "evaluation-texts").iterdir()
    kept.write_bytes(kept.read_bytes()[:100])
    assert evaluation_sets([str(folder)], cache=cache).sets[0].texts == 2
    assert EvaluationTexts.load(kept).sets[0].texts == 2


def test_saved_and_loaded(tmp_path):
    one = EvaluationSet.of_corpus(
        "mine", Corpus.from_rows([Row({"en": "A text.", "te": "ఒక వాక్యం."}), Row({"en": "Two."})])
    )
    texts = EvaluationTexts((one, EvaluationSet("empty", {})), ("away",))
    texts.save(tmp_path / "texts.npz")
    loaded = EvaluationTexts.load(tmp_path / "texts.npz")
    assert loaded.missing == ("away",)
    assert [some.name for some in loaded.sets] == ["mine", "empty"]
    for language, hashes in one.hashes.items():
        assert np.array_equal(loaded.sets[0].hashes[language], hashes)
    (tmp_path / "other.npz").write_bytes(b"nothing of the kind")
    with pytest.raises(FormatError, match="delete it"):
        EvaluationTexts.load(tmp_path / "other.npz")

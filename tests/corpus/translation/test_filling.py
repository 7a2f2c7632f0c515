"""Filling: which cells, what they say of themselves, gates, and runs that are repeated or killed."""

import json

import pytest

from interlingua.corpus import Corpus, source_records
from interlingua.corpus.cleaning.length import LengthRatio
from interlingua.corpus.cleaning.similarity import Similarity
from interlingua.corpus.translation import Filler, filling, make_gates, translate_corpus
from interlingua.errors import CorpusError, OutputError
from interlingua.types import Row

from .conftest import Dictionary

SPANISH = "dictionary 1 eng_Latn>spa_Latn"


def fill(corpus, folder, translator, **settings):
    settings = {"into": ["spa"], "gates": ()} | settings
    return translate_corpus(corpus, folder / "out", translator=translator, cache=folder / "cache", **settings)


def test_missing_cells_are_filled_and_marked(corpus, tmp_path):
    filled = fill(corpus, tmp_path, Dictionary())
    assert filled.texts("spa") == [
        "el gato ve el barco.",
        "Aquel barco antiguo.",
        None,
        "el gato ve el barco.",
        "el rojo gato.",
    ]
    assert filled.texts("eng") == corpus.texts("eng")
    assert filled.values("_source:spa_Latn") == [SPANISH, None, None, SPANISH, SPANISH]
    assert filled.values("_source") == corpus.values("_source")


def test_the_card_says_who_translated_what(corpus, tmp_path):
    filled = fill(corpus, tmp_path, Dictionary())
    record = source_records(filled.card)[SPANISH]
    assert (record.model, record.licence, record.synthetic) == ("dictionary 1", "CC0-1.0", True)
    (said,) = [one for one in filled.card["sources"] if one["source"] == SPANISH]
    assert said["cells"] == 3
    assert said["texts_of"] == {"one.tmx": 1, "two.tmx": 2}
    assert filled.card["history"][-1]["kept_cells"] == {"spa_Latn": 3}


def test_equal_texts_are_translated_once_and_a_second_run_translates_nothing(corpus, tmp_path):
    first, second = Dictionary(), Dictionary()
    filled = fill(corpus, tmp_path, first)
    assert first.texts == ["The cat sees the boat.", "The red cat."]
    again = fill(corpus, tmp_path, second, overwrite=True)
    assert second.asked == []
    assert again.fingerprint == filled.fingerprint
    other = Dictionary(fingerprint="d2")
    fill(corpus, tmp_path, other, overwrite=True)
    assert len(other.texts) == 2


def test_the_first_language_that_a_row_has_is_translated_from(corpus, tmp_path):
    translator = Dictionary()
    filled = fill(corpus, tmp_path, translator, source=["deu", "eng"], into=["spa", "glg"])
    assert [(source, target) for source, target, _ in translator.asked] == [
        ("eng_Latn", "spa_Latn"),
        ("deu_Latn", "spa_Latn"),
        ("eng_Latn", "glg_Latn"),
        ("deu_Latn", "glg_Latn"),
    ]
    assert filled.values("_source:spa_Latn")[4] == "dictionary 1 deu_Latn>spa_Latn"
    # A cell that was filled is not translated on: German rows have Spanish from German, Galician from German too.
    assert filled.texts("glg")[2] == "nuriño deutschiño."


def test_cells_by_people_are_replaced_only_if_asked(corpus, tmp_path):
    filled = fill(corpus, tmp_path, Dictionary(), replace=True)
    assert filled.texts("spa")[1] == "el viejo barco."
    kept = fill(
        corpus, tmp_path, Dictionary(answers={"The old boat.": ""}, fingerprint="e"), replace=True, overwrite=True
    )
    assert kept.texts("spa")[1] == "Aquel barco antiguo."
    assert kept.values("_source:spa_Latn")[1] is None


FAULTS = {
    "empty": "  ",
    "identical": "The quiet old river runs near the harbour town",
    "shared": "El quiet old river runs near the harbour town antigua",
    "ratio": "El río. " * 60,
    "repetition": "El río el río el río el río el río el río antiguo",
    "language": "Der stille alte Fluss fließt nahe an der kleinen Hafenstadt vorbei und niemand weiß davon",
}


@pytest.mark.parametrize("gate", FAULTS)
def test_gates(gate, tmp_path):
    text = "The quiet old river runs near the harbour town."
    good = "El viejo y tranquilo río corre cerca de la ciudad del puerto."
    corpus = Corpus.from_rows([Row({"eng_Latn": text}), Row({"eng_Latn": text.upper()})], name="rows")
    translator = Dictionary(answers={text: FAULTS[gate], text.upper(): good})
    filled = fill(corpus, tmp_path, translator, gates=None)
    assert filled.texts("spa") == [None, good]
    told = {rule["rule"].partition(":")[0]: rule for rule in filled.card["history"][-1]["rules"]}
    assert told[gate]["faulted"] == {"spa_Latn": 1}
    (sample,) = told[gate]["samples"]
    assert (sample["row"], sample["pivot"], sample["language"]) == ("0", text, "spa_Latn")
    assert sum(sum(rule.get("faulted", {}).values()) for rule in told.values()) == 1
    assert filled.card["history"][-1]["cells"] == {"spa_Latn": 2}


class Shortest:
    name = "shortest"

    def score(self, source, target, *, languages):
        import numpy as np

        assert languages == ("eng_Latn", "spa_Latn")
        return np.array([1 / len(text) for text in target], dtype=np.float32)


def test_a_scorer_is_a_gate_as_well(corpus, tmp_path):
    gate = Similarity(min=1 / 15, scorer=Shortest())
    filled = fill(corpus, tmp_path, Dictionary(), gates=[gate])
    assert filled.texts("spa") == [None, "Aquel barco antiguo.", None, None, "el rojo gato."]


def test_a_gate_keeps_what_it_has_seen_over_chunks(tmp_path, monkeypatch):
    monkeypatch.setattr(filling, "CHUNK", 20)
    rows = [Row({"eng_Latn": f"The cat sees the boat number {i}"}) for i in range(60)]
    answers = {row.texts["eng_Latn"]: "uno dos tres cuatro cinco seis siete ocho nueve diez " * 2 for row in rows}
    translator = Dictionary(answers=answers)
    filled = fill(Corpus.from_rows(rows), tmp_path, translator, gates=[LengthRatio(max=1.5, sample=50)])
    assert len(translator.asked) == 3
    # With twenty pairs no usual ratio is known, with sixty it is: the last chunk passes.
    assert [text is not None for text in filled.texts("spa")] == [False] * 40 + [True] * 20


def test_a_killed_run_goes_on_and_ends_in_the_same_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr(filling, "CHUNK", 7)
    rows = [Row({"eng_Latn": f"The cat sees boat {i % 40}."}) for i in range(100)]
    corpus = Corpus.from_rows(rows)
    job = {"into": ["spa", "glg"]}
    whole = fill(corpus, tmp_path / "whole", Dictionary(), **job)
    broken, rest = Dictionary(fail_after=5), Dictionary()
    with pytest.raises(CorpusError, match="killed"):
        fill(corpus, tmp_path / "broken", broken, **job)
    assert not (tmp_path / "broken/out").exists()
    resumed = fill(corpus, tmp_path / "broken", rest, **job)
    assert len(broken.texts) + len(rest.texts) == 80
    assert not set(map(tuple, map(str.split, broken.texts))) - {
        tuple(f"The cat sees boat {i}.".split()) for i in range(40)
    }
    files = [
        {path.name: path.read_bytes() for path in (tmp_path / one / "out").iterdir()} for one in ("whole", "broken")
    ]
    assert files[0] == files[1]
    assert resumed.fingerprint == whole.fingerprint


def test_what_was_translated_before_a_failure_is_kept_piece_by_piece(tmp_path):
    corpus = Corpus.from_rows([Row({"eng_Latn": f"The cat sees boat {i}."}) for i in range(10)])
    broken, rest = Dictionary(fail_after=2), Dictionary()
    broken.at_once = rest.at_once = 3
    with pytest.raises(CorpusError, match="killed"):
        fill(corpus, tmp_path, broken)
    fill(corpus, tmp_path, rest)
    assert [len(texts) for _, _, texts in (*broken.asked, *rest.asked)] == [3, 3, 3, 1]


def test_filling_again_fills_what_is_still_missing(corpus, tmp_path):
    first = fill(corpus, tmp_path, Dictionary(answers={"The red cat.": ""}))
    assert first.texts("spa")[4] is None
    second = translate_corpus(
        first, tmp_path / "more", translator=Dictionary(fingerprint="d2"), into=["spa"], gates=(), cache=tmp_path / "c"
    )
    assert second.texts("spa")[4] == "el rojo gato."
    names = [one["source"] for one in second.card["sources"]]
    assert len(names) == len(set(names))
    assert SPANISH in names


def test_what_cannot_be_done(corpus, tmp_path):
    with pytest.raises(
        CorpusError, match="mine has no fra_Latn to translate from; name what it has with --from: eng_Latn"
    ):
        fill(corpus, tmp_path, Dictionary(), source="fra")
    with pytest.raises(CorpusError, match="no language to translate into"):
        fill(corpus, tmp_path, Dictionary(), into=[])

    class Short(Dictionary):
        def translate(self, texts, *, source, target):
            return super().translate(texts, source=source, target=target)[:-1]

    with pytest.raises(CorpusError, match="dictionary 1 gave 1 translations of 2 texts"):
        fill(corpus, tmp_path, Short())
    (tmp_path / "cache").rmdir() if (tmp_path / "cache").is_dir() else None
    (tmp_path / "cache").mkdir(exist_ok=True)
    (tmp_path / "cache/translations.sqlite").write_text("this is no database, and it is long enough to be read as one")
    with pytest.raises(OutputError, match=r"translations.sqlite cannot be used.*delete the file"):
        fill(corpus, tmp_path, Dictionary())
    assert not (tmp_path / "out").exists()


def test_a_licence_that_forbids_trade_is_told_of(corpus, tmp_path, caplog):
    translator = Dictionary()
    translator.licence = "CC-BY-NC-4.0"
    filled = fill(corpus, tmp_path, translator)
    assert "CC-BY-NC-4.0" in caplog.text
    assert source_records(filled.card)[SPANISH].licence == "CC-BY-NC-4.0"


def test_a_language_without_a_filled_cell_is_told_of(corpus, tmp_path, caplog):
    fill(corpus, tmp_path, Dictionary(), gates=[LengthRatio(max=1.01, spare=0, usual="equal")], into=["spa", "eng"])
    assert [one for one in caplog.messages if one.startswith("no cell")] == [
        "no cell was filled in spa_Latn: none of 3 translations passed",
        "no cell was filled in eng_Latn: there was nothing to translate",
    ]


def test_the_card_is_json_and_the_usual_gates_have_names(corpus, tmp_path):
    filled = fill(corpus, tmp_path, Dictionary(), gates=None)
    json.dumps(dict(filled.card))
    rules = [rule["rule"] for rule in filled.card["history"][-1]["rules"]]
    assert rules == ["empty", *(gate.name for gate in make_gates())]


def test_what_is_walked_is_not_held(tmp_path, monkeypatch):
    monkeypatch.setattr(filling, "CHUNK", 10)
    rows = [Row({"eng_Latn": f"The boat {i}."}) for i in range(50)]
    translator = Dictionary()
    filler = Filler(Corpus.from_rows(rows), translator=translator, into=["spa"], gates=(), cache=tmp_path)
    next(filler.rows())
    assert len(translator.texts) == 10


class Recorder:
    """A gate that lets everything pass and remembers what it was shown."""

    name = "recorder"

    def __init__(self):
        self.cells, self.pairs = [], []

    def begin(self):
        return self

    def judge(self, chunk):
        self.cells += [(language, text) for language, column in chunk.columns.items() for text in column.texts]
        self.pairs += [(*languages, *pair) for languages, pair in chunk.pairs.items()]
        return {}

    def notes(self):
        return ["it saw them all"]


def test_gates_judge_translations_beside_the_cells_that_they_are_made_from(corpus, tmp_path):
    gate = Recorder()
    filled = fill(corpus, tmp_path, Dictionary(), gates=[gate], source=["deu", "eng"])
    texts = ["The cat sees the boat.", "The cat sees the boat."]
    made = ["el gato ve el barco."] * 2
    assert ("eng_Latn", "spa_Latn", [0, 1], texts, made) in gate.pairs
    assert [language for language, _ in gate.cells] == ["spa_Latn"] * 4
    assert filled.card["history"][-1]["rules"][1]["notes"] == ["it saw them all"]


def test_a_filled_cell_has_nothing_of_the_one_before(tmp_path):
    row = Row({"eng_Latn": "The cat.", "spa_Latn": "Nada."}, {"_score": 0.9, "_score:spa_Latn": 0.1})
    filled = fill(Corpus.from_rows([row]), tmp_path, Dictionary(), replace=True)
    (found,) = filled.rows()
    assert found.meta["_score"] == 0.9
    assert "_score:spa_Latn" not in found.meta


def test_a_text_without_an_answer_is_asked_for_again(tmp_path):
    class Silent(Dictionary):
        def translate(self, texts, **languages):
            super().translate(texts, **languages)
            return [""] * len(texts)

    corpus = Corpus.from_rows([Row({"eng_Latn": "The cat.", "deu_Latn": "Die Katze."})])
    fill(corpus, tmp_path, Silent())
    second = Dictionary()
    fill(corpus, tmp_path, second, overwrite=True)
    assert second.texts == ["The cat."]

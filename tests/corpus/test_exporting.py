"""What other programs read: loaded by those programs."""

import json
import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlingua.corpus import Corpus, open_corpus, open_rows, write_corpus
from interlingua.corpus.exporting import FORMATS, export_corpus
from interlingua.errors import CorpusError, LanguageError, OutputError
from interlingua.types import Row

ROWS = [
    Row({"eng_Latn": "One.", "deu_Latn": "Eins.", "tel_Telu": "ఒకటి."}, {"_id": "a", "_split": "train"}),
    Row({"eng_Latn": "Two\tor\ntwo.", "deu_Latn": "Zwei."}, {"_id": "b", "_split": "train"}),
    Row({"deu_Latn": "Drei.", "tel_Telu": "మూడు."}, {"_id": "c", "_split": "dev"}),
    Row({"eng_Latn": "Four.", "deu_Latn": "Vier."}, {"_id": "d"}),
    Row({"eng_Latn": "Five.", "tel_Telu": "ఐదు."}, {"_id": "e", "_split": "test"}),
]


@pytest.fixture
def corpus(tmp_path):
    return write_corpus(ROWS, tmp_path / "rows", card={"sources": [{"source": "mine.tmx", "licence": "CC-BY-4.0"}]})


def load(folder, tmp_path, *config):
    from datasets import load_dataset

    return load_dataset(str(folder), *config, cache_dir=str(tmp_path / "cache"))


def test_a_data_set_is_loaded_with_its_splits(corpus, tmp_path):
    done = export_corpus(corpus, tmp_path / "out", to="datasets")
    assert done.rows == 5
    loaded = load(tmp_path / "out", tmp_path)
    assert {split: len(rows) for split, rows in loaded.items()} == {"train": 3, "validation": 1, "test": 1}
    assert loaded["train"].column_names == ["_id", "eng_Latn", "deu_Latn", "tel_Telu"]
    assert loaded["train"]["eng_Latn"] == ["One.", "Two\tor\ntwo.", "Four."]
    assert loaded["train"]["tel_Telu"] == ["ఒకటి.", None, None]
    again = Corpus.open(tmp_path / "out" / "data")
    assert sorted(again.ids()) == list("abcde")


def test_pairs_are_what_sentence_transformers_trains_on(corpus, tmp_path):
    from sentence_transformers import SentenceTransformerTrainer, SentenceTransformerTrainingArguments, losses

    from toy import toy_static

    done = export_corpus(corpus, tmp_path / "out", to="pairs")
    assert done.rows == 5
    english_german = load(tmp_path / "out", tmp_path, "en-de")
    assert english_german["train"].to_list() == [
        {"english": "One.", "non_english": "Eins."},
        {"english": "Two\tor\ntwo.", "non_english": "Zwei."},
        {"english": "Four.", "non_english": "Vier."},
    ]
    assert list(english_german) == ["train"]
    telugu = load(tmp_path / "out", tmp_path, "en-te")
    assert {split: rows["english"][:] for split, rows in telugu.items()} == {"train": ["One."], "test": ["Five."]}
    model = toy_static()
    trainer = SentenceTransformerTrainer(
        model,
        SentenceTransformerTrainingArguments(
            output_dir=str(tmp_path / "run"), max_steps=1, report_to="none", save_strategy="no", use_cpu=True
        ),
        train_dataset=english_german["train"],
        loss=losses.MultipleNegativesRankingLoss(model),
    )
    assert trainer.train().global_step == 1


def test_pairs_without_english_have_anchors(corpus, tmp_path):
    export_corpus(corpus, tmp_path / "out", to="pairs", pairs=[("de", "te")])
    loaded = load(tmp_path / "out", tmp_path, "de-te")
    assert loaded["validation"].to_list() == [{"anchor": "Drei.", "positive": "మూడు."}]
    with pytest.raises(CorpusError, match="need English in every pair"):
        export_corpus(corpus, tmp_path / "other", to="pairs", pairs=[("de", "te")], names="english")
    with pytest.raises(CorpusError, match="has no fra_Latn"):
        export_corpus(corpus, tmp_path / "other", to="pairs", pairs=[("de", "fr")])
    with pytest.raises(LanguageError):
        export_corpus(corpus, tmp_path / "other", to="pairs", pairs=[("de", "zzzz")])
    assert not (tmp_path / "other").exists()


def test_english_comes_first_in_a_pair(corpus, tmp_path):
    export_corpus(corpus, tmp_path / "out", to="pairs", pairs=[("de", "en")], names="anchor")
    assert load(tmp_path / "out", tmp_path, "en-de")["train"]["anchor"][0] == "One."


def test_variants_of_a_language_keep_apart(tmp_path):
    rows = [Row({"eng": "A", "por": "B", "por-BR": "C"})]
    done = export_corpus(Corpus.from_rows(rows), tmp_path / "out", to="moses")
    assert "train.en-por_Latn_BR.por_Latn_BR" in done.files
    assert "train.en-por_Latn.por_Latn" in done.files


def test_aligned_files_are_read_back(corpus, tmp_path):
    done = export_corpus(corpus, tmp_path / "out", to="moses")
    assert (done.rows, done.changed) == (5, 1)
    place = tmp_path / "out"
    read = list(open_rows(f"eng={place / 'train.en-de.en'} deu={place / 'train.en-de.de'}"))
    assert [row.texts["eng_Latn"] for row in read] == ["One.", "Two or two.", "Four."]
    assert (place / "train.en-de.ids").read_text().split() == ["a", "b", "d"]


def test_a_table_and_objects_are_read_back(corpus, tmp_path):
    table = export_corpus(corpus, tmp_path / "rows.tsv", to="tsv")
    assert (table.rows, table.changed) == (5, 1)
    assert next(open_corpus(tmp_path / "rows.tsv").rows()).texts == ROWS[0].texts
    memory = export_corpus(corpus, tmp_path / "rows.tmx", to="tmx")
    assert memory.rows == len(corpus)
    assert next(open_corpus(tmp_path / "rows.tmx").rows()).texts == ROWS[0].texts
    objects = export_corpus(corpus, tmp_path / "rows.jsonl", to="jsonl")
    assert (objects.rows, objects.changed) == (5, 0)
    assert open_corpus(tmp_path / "rows.jsonl").fingerprint == corpus.fingerprint
    assert json.loads((tmp_path / "rows.jsonl").read_text().splitlines()[1])["eng_Latn"] == "Two\tor\ntwo."


LANGUAGES = ("eng_Latn", "deu_Latn", "tel_Telu")
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff") | st.just("\n"))
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
VALUES = {
    "_split": st.sampled_from(["train", "dev", "test"]),
    "_document": TEXT,
    "_tool": TEXT,
    "_context": TEXT,
    "_date": st.sampled_from(["20210203T040506Z", "2021"]),
    "_score": NUMBER,
    "_source": TEXT,
    **{f"_source:{code}": TEXT for code in LANGUAGES},
    **{f"_score:{code}": NUMBER for code in LANGUAGES},
}
FILLED = TEXT.filter(str.strip)
SOME_ROWS = st.lists(
    st.builds(
        Row,
        st.dictionaries(st.sampled_from(LANGUAGES), FILLED, min_size=1),
        st.fixed_dictionaries({}, optional=VALUES),
    ),
    min_size=1,
    max_size=4,
)


def squeezed(value):
    """What becomes of a text in a table."""
    return " ".join(re.split(r"[\t\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+", value)) if isinstance(value, str) else value


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(SOME_ROWS)
def test_cells_and_provenance_come_back(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("out")
    rows = [Row(row.texts, {"_id": f"r{i}", **row.meta}) for i, row in enumerate(rows)]
    corpus = Corpus.from_rows(rows)
    for to in ("jsonl", "tmx", "tsv"):
        export_corpus(corpus, folder / f"rows.{to}", to=to)
        read = [(dict(row.texts), dict(row.meta)) for row in open_rows(folder / f"rows.{to}", strict=True)]
        kept = [(dict(row.texts), dict(row.meta)) for row in rows]
        if to == "tsv":
            kept = [
                tuple(
                    {
                        name: squeezed(one)
                        for name, one in part.items()
                        if not isinstance(one, str) or squeezed(one).strip()
                    }
                    for part in row
                )
                for row in kept
            ]
        assert read == kept, to
        assert Corpus.from_rows(map(Row, *zip(*read, strict=True))).fingerprint == corpus.fingerprint or to == "tsv"


def test_values_of_other_types(tmp_path):
    meta = {"_tags": ["old", "new"], "_n": 7, "_checked": True, "_on": date(2021, 2, 3)}
    corpus = Corpus.from_rows([Row({"eng": "One.", "deu": "Eins."}, meta)])
    told = {"_tags": ["old", "new"], "_n": 7, "_checked": True, "_on": "2021-02-03"}
    written = {"_tags": '["old", "new"]', "_n": "7", "_checked": "true", "_on": "2021-02-03"}
    for to, wanted in (("jsonl", told), ("tmx", told), ("tsv", written)):
        export_corpus(corpus, tmp_path / f"rows.{to}", to=to)
        assert next(open_rows(tmp_path / f"rows.{to}")).meta == {"_id": "0", **wanted}
    with pytest.raises(CorpusError, match="has a tab or line break in its name, which no table can; take jsonl"):
        export_corpus(Corpus.from_rows([Row({"eng": "One."}, {"_a\tb": 1})]), tmp_path / "odd.tsv", to="tsv")


def test_line_separators_of_unicode_do_not_break_lines(tmp_path):
    rows = [Row({"eng": "a\u2028b\x85c\r\nd", "deu": "e"})]
    done = export_corpus(Corpus.from_rows(rows), tmp_path / "out", to="moses")
    assert (done.changed, (tmp_path / "out" / "train.en-de.en").read_text()) == (1, "a b c d\n")


@pytest.mark.parametrize("to", FORMATS)
def test_nothing_is_replaced_unasked_nor_left_half(corpus, tmp_path, to, monkeypatch):
    export_corpus(corpus, tmp_path / "out", to=to)
    with pytest.raises(OutputError, match="exists already"):
        export_corpus(corpus, tmp_path / "out", to=to)
    before = sorted(path.name for path in tmp_path.iterdir())

    def broken(*_, **__):
        raise OSError("disk full")
        yield

    monkeypatch.setattr(Corpus, "batches", broken)
    monkeypatch.setattr(Corpus, "rows", broken)
    with pytest.raises(OutputError):
        export_corpus(corpus, tmp_path / "out", to=to, overwrite=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    monkeypatch.undo()
    export_corpus(corpus, tmp_path / "out", to=to, overwrite=True)


def test_other_folders_are_not_overwritten(corpus, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "README.md").write_text("mine")
    with pytest.raises(OutputError, match="no corpus written by interlingua"):
        export_corpus(corpus, tmp_path / "mine", to="datasets", overwrite=True)


def test_one_language_has_no_pairs(tmp_path):
    with pytest.raises(CorpusError, match="one language only"):
        export_corpus(Corpus.from_rows([Row({"eng": "a"})]), tmp_path / "out", to="pairs")


def test_splits_are_called_as_the_hub_can(tmp_path):
    splits = ["dev", "test-unseen", None, "train"]
    rows = [Row({"eng": f"{i}.", "deu": f"{i}!"}, {"_split": split}) for i, split in enumerate(splits)]
    corpus = Corpus.from_rows(rows)
    for to, *config in (("datasets",), ("pairs", "en-de")):
        export_corpus(corpus, tmp_path / to, to=to)
        loaded = load(tmp_path / to, tmp_path, *config)
        assert {split: len(some) for split, some in loaded.items()} == {"train": 2, "validation": 1, "test_unseen": 1}
    card = (tmp_path / "datasets" / "README.md").read_text()
    assert "| train | 2 |\n| validation | 1 |\n| test_unseen | 1 |" in card


@pytest.mark.parametrize("splits", [("dev", "validation"), ("test-x", "test_x"), ("Test", "test"), ("train", "Train")])
def test_two_splits_of_one_name(tmp_path, splits):
    corpus = Corpus.from_rows([Row({"eng": "One.", "deu": "Eins."}, {"_split": split}) for split in splits])
    with pytest.raises(CorpusError, match=f"the splits '{splits[0]}' and '{splits[1]}' would both be called"):
        export_corpus(corpus, tmp_path / "out", to="datasets")


def test_the_hub_means_something_else_by_all(tmp_path):
    corpus = Corpus.from_rows([Row({"eng": "One.", "deu": "Eins."}, {"_split": "all"})])
    with pytest.raises(CorpusError, match="the split 'all' cannot be called so at the hub"):
        export_corpus(corpus, tmp_path / "out", to="datasets")


def test_a_split_is_no_path(tmp_path):
    corpus = Corpus.from_rows([Row({"eng": "One.", "deu": "Eins."}, {"_split": "../evil"})])
    with pytest.raises(CorpusError, match="cannot be called so at the hub and in names of files"):
        export_corpus(corpus, tmp_path / "out", to="moses")
    assert not list(tmp_path.iterdir())

"""Texts with labels, from sets and from files of one's own."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from interlingua.corpus import LabelledTexts, open_labelled
from interlingua.errors import CorpusError, FormatError

RECORDS = [
    {"text": "The pan is hot.", "label": "kitchen", "split": "train"},
    {"text": 'He said "left".', "label": "road", "split": "train"},
    {"text": "Waves, high ones.", "label": "sea", "split": "test"},
]
ROWS = [
    {"en": "The pan is hot.", "de": "Die Pfanne ist heiß.", "label": 1, "split": "train"},
    {"en": "Turn left.", "de": None, "label": 2, "split": "dev"},
]


def write(path, records):
    match path.suffix:
        case ".parquet":
            pq.write_table(pa.Table.from_pylist(records), path)
        case ".jsonl":
            path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
        case ".tsv":
            lines = ["\t".join(map(str, record.values())) for record in records]
            path.write_text("\n".join(["\t".join(records[0]), *lines]) + "\n", encoding="utf-8")
        case _:
            quoted = [",".join('"' + str(value).replace('"', '""') + '"' for value in r.values()) for r in records]
            path.write_text("\n".join([",".join(records[0]), *quoted]) + "\n", encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("kind", ["tsv", "csv", "jsonl", "parquet"])
def test_every_format_gives_the_same_texts(tmp_path, kind):
    rows = open_labelled(write(tmp_path / f"mine.{kind}", RECORDS), languages=["en"])
    assert rows.texts == {"eng_Latn": [record["text"] for record in RECORDS]}
    assert rows.labels == ["kitchen", "road", "sea"]
    assert rows.splits == ["train", "train", "test"]
    assert rows.name == "mine"
    test = open_labelled(str(tmp_path / f"mine.{kind}"), languages=["en"], split="test")
    assert (test.labels, test.name, len(test)) == (["sea"], "mine/test", 1)


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_a_column_a_language(tmp_path, kind):
    path = write(tmp_path / f"mine.{kind}", ROWS)
    rows = open_labelled(path)
    assert rows.texts == {
        "eng_Latn": ["The pan is hot.", "Turn left."],
        "deu_Latn": ["Die Pfanne ist heiß.", None],
    }
    assert rows.labels == ["1", "2"]
    assert open_labelled(path, languages=["deu"], split="dev").texts == {"deu_Latn": [None]}
    with pytest.raises(CorpusError, match="mine has no fra_Latn; its languages are eng_Latn, deu_Latn"):
        open_labelled(path, languages=["fra"])
    with pytest.raises(CorpusError, match="mine has no split test; its splits: dev, train"):
        open_labelled(path, split="test")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("text\na\n", "has no column label; its columns are text"),
        ("text\tlabel\na\t\n", "line 2: the label is missing"),
        ("text\tlabel\n \tx\n", "line 2: the text is missing"),
        ("text\tlabel\n", "holds no texts"),
        ("text\tlabel\na\tb\tc\n", "line 2: 3 fields instead of 2"),
        ("text\tlabel\tlabel\na\tb\tc\n", "has 2 columns label"),
    ],
)
def test_bad_files_say_what_and_where(tmp_path, content, told):
    path = tmp_path / "bad.tsv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(FormatError, match=told):
        open_labelled(str(path), languages=["en"])


def test_bad_objects_say_what_and_where(tmp_path):
    path = tmp_path / "bad.jsonl"
    path.write_text('{"en": "a", "label": "x"}\n{"en": 7, "label": "x"}\n', encoding="utf-8")
    with pytest.raises(FormatError, match="line 2: 'en' holds int, not text"):
        open_labelled(str(path))
    path.write_text('{"en": "a", "label": "x"}\n{"en": "b"}\n', encoding="utf-8")
    with pytest.raises(FormatError, match="line 2: the label is missing"):
        open_labelled(str(path))


def test_a_column_of_texts_needs_its_language(tmp_path):
    path = write(tmp_path / "mine.tsv", RECORDS)
    for languages in (None, ["en", "de"]):
        with pytest.raises(CorpusError, match="which one language the column 'text' is in, as --languages eng"):
            open_labelled(path, languages=languages)


def test_columns_that_are_no_languages_are_refused(tmp_path):
    path = write(tmp_path / "mine.tsv", [{"sentence": "a", "label": "b"}])
    with pytest.raises(CorpusError, match="column 'sentence' is no language"):
        open_labelled(path)
    text = tmp_path / "mine.txt"
    text.write_text("text\tlabel\n", encoding="utf-8")
    with pytest.raises(FormatError, match=r"texts with labels are read from \.tsv, \.csv, \.jsonl or \.parquet"):
        open_labelled(str(text), languages=["en"])


def test_sets_with_labels(tmp_path, monkeypatch):
    monkeypatch.setenv("INTERLINGUA_DATA", str(tmp_path))
    (tmp_path / "sib200").mkdir()
    columns = {"id": [5, 6], "split": ["dev", "train"], "category": ["sports", "travel"]}
    columns |= {"eng_Latn": ["One.", "Two."], "zho_Hans": ["一。", None]}
    pq.write_table(pa.table(columns), tmp_path / "sib200" / "sib200.parquet")
    rows = open_labelled("sib200")
    assert (rows.labels, rows.languages, rows.name) == (["sports", "travel"], ("eng_Latn", "cmn_Hans"), "sib200")
    assert open_labelled("sib200", languages=["zh"], split="dev").texts == {"cmn_Hans": ["一。"]}
    with pytest.raises(CorpusError, match="ntrex has no labels; sib200, nusax, xsid, massive have"):
        open_labelled("ntrex")


def test_a_corpus_folder_with_labels(tmp_path):
    from interlingua.corpus import write_corpus
    from interlingua.types import Row

    write_corpus([Row({"eng": "a"}, {"_label": "x"}), Row({"eng": "b"}, {"_label": "y"})], tmp_path / "rows")
    assert open_labelled(str(tmp_path / "rows")).labels == ["x", "y"]


def test_rows_are_parted_by_their_text(tmp_path):
    rows = LabelledTexts(
        texts={"eng_Latn": [f"row {i // 2}" for i in range(200)], "deu_Latn": [f"Zeile {i}" for i in range(200)]},
        labels=[str(i) for i in range(200)],
        splits=[None] * 200,
        name="rows",
    )
    first, second = rows.parted(0.3)
    assert sorted(first.labels + second.labels, key=int) == rows.labels
    assert 40 < len(second) < 80
    assert not set(first.texts["eng_Latn"]) & set(second.texts["eng_Latn"])
    assert rows.parted(0.3)[1].labels == second.labels != rows.parted(0.3, seed=1)[1].labels
    for share in (0, 1, -0.5):
        with pytest.raises(CorpusError, match="between 0 and 1"):
            rows.parted(share)
    with pytest.raises(CorpusError, match="leaves one part without any"):
        rows.select(["eng"]).parted(1e-9)


def test_the_fingerprint_follows_texts_and_labels():
    rows = LabelledTexts(texts={"eng_Latn": ["a", None]}, labels=["x", "y"], splits=[None, None], name="n")
    other = LabelledTexts(texts={"eng_Latn": ["a", None]}, labels=["x", "z"], splits=[None, None], name="n")
    assert rows.fingerprint != other.fingerprint


@pytest.mark.data
def test_sets_of_the_data_pack(data_root):
    sib = open_labelled("sib200", split="train")
    assert (len(sib), len(sib.languages), len(set(sib.labels))) == (701, 20, 7)
    xsid = open_labelled("xsid", languages=["jpn"])
    assert sum(text is not None for text in xsid.texts["jpn_Jpan"]) == 150

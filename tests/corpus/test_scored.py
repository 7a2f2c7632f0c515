"""Scored pairs from files of one's own."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from interlingua.corpus import open_scored_pairs
from interlingua.errors import CorpusError, FormatError

RECORDS = [
    {"sentence1": "The cat sleeps.", "sentence2": "Die Katze schläft.", "score": 5.0},
    {"sentence1": "It rains.", "sentence2": "Der Zug fährt ab.", "score": 0.5},
]


def write(path, kind):
    if kind == "parquet":
        pq.write_table(pa.Table.from_pylist(RECORDS), path)
    elif kind == "jsonl":
        path.write_text("".join(json.dumps(record) + "\n" for record in RECORDS), encoding="utf-8")
    else:
        mark = "\t" if kind == "tsv" else ","
        lines = [mark.join(RECORDS[0]), *(mark.join(map(str, record.values())) for record in RECORDS)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.mark.parametrize("kind", ["tsv", "csv", "jsonl", "parquet"])
def test_every_format_gives_the_same_pairs(tmp_path, kind):
    path = tmp_path / f"mine.{kind}"
    write(path, kind)
    pairs = open_scored_pairs(str(path), source="en", target="de")
    assert pairs.source == [record["sentence1"] for record in RECORDS]
    assert pairs.target == [record["sentence2"] for record in RECORDS]
    assert pairs.scores.tolist() == [5.0, 0.5]
    assert pairs.languages == ("eng_Latn", "deu_Latn")
    assert pairs.name == "mine"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("sentence1\tsentence2\na\tb\n", "has no column score"),
        ("sentence1\tsentence2\tscore\na\tb\tgood\n", "line 2: the score 'good' is no number"),
        ("sentence1\tsentence2\tscore\na\t\t1\n", "line 2: a sentence is missing"),
        ("sentence1\tsentence2\tscore\n", "holds no pairs"),
        ("", "has no column sentence1; its columns are none"),
        ("sentence1\tsentence2\tscore\tscore\na\tb\t1\t2\n", "has 2 columns score"),
        ("sentence1\tsentence2\tscore\na\tb\t1\n\n", "line 3: 1 field instead of 3"),
        ("sentence1\tsentence2\tscore\na\tb\tc\t1\n", "line 2: 4 fields instead of 3"),
    ],
)
def test_bad_files_say_what_and_where(tmp_path, content, told):
    path = tmp_path / "bad.tsv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(FormatError, match=told):
        open_scored_pairs(str(path), source="en", target="de")


def test_a_quote_in_a_tsv_is_a_character(tmp_path):
    path = tmp_path / "quotes.tsv"
    lines = [f'"No{i}, he said.\t"Nein{i}", sagte er.\t{i}' for i in range(4)]
    path.write_text("\n".join(["sentence1\tsentence2\tscore", *lines]) + "\n", encoding="utf-8")
    pairs = open_scored_pairs(str(path), source="en", target="de")
    assert pairs.source == [f'"No{i}, he said.' for i in range(4)]
    assert pairs.target == [f'"Nein{i}", sagte er.' for i in range(4)]
    assert pairs.scores.tolist() == [0, 1, 2, 3]


def test_a_quote_in_a_csv_encloses(tmp_path):
    path = tmp_path / "quotes.csv"
    path.write_text('score,sentence1,sentence2\n1,"No, he said.","""Nein""\nsagte er."\n2,a,\n', encoding="utf-8")
    with pytest.raises(FormatError, match="line 4: a sentence is missing"):
        open_scored_pairs(str(path), source="en", target="de")
    path.write_text(path.read_text(encoding="utf-8").replace("2,a,", "2,a,b"), encoding="utf-8")
    pairs = open_scored_pairs(str(path), source="en", target="de")
    assert (pairs.source, pairs.target) == (["No, he said.", "a"], ['"Nein"\nsagte er.', "b"])


@pytest.mark.parametrize("kind", ["tsv", "csv", "jsonl"])
def test_bytes_that_are_not_utf8_are_told_with_their_line(tmp_path, kind):
    path = tmp_path / f"latin.{kind}"
    write(path, kind)
    content = path.read_text(encoding="utf-8").replace("\\u00e4", "ä")
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(FormatError, match=rf"latin.{kind}, line {1 if kind == 'jsonl' else 2}: not UTF-8 \(byte 0xe4"):
        open_scored_pairs(str(path), source="en", target="de")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{]\n", "line 1: not JSON"),
        ("[1]\n", "line 1: list instead of an object"),
        ('{"sentence1": "a", "sentence2": "b", "score": true}\n', "line 1: the score True is no number"),
        ('\n{"sentence1": 1, "sentence2": "b", "score": 1}\n', "line 2: a sentence is missing"),
        ('{"sentence1": "a", "sentence2": "b", "score": 1e999}\n', "line 1: the score inf is no number"),
    ],
)
def test_bad_objects_say_what_and_where(tmp_path, content, told):
    path = tmp_path / "bad.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(FormatError, match=told):
        open_scored_pairs(str(path), source="en", target="de")


def test_a_file_that_is_not_parquet(tmp_path):
    path = tmp_path / "bad.parquet"
    path.write_text("no")
    with pytest.raises(CorpusError, match="cannot be read as Parquet"):
        open_scored_pairs(str(path), source="en", target="de")


def test_other_formats_and_splits_are_refused(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_text("x")
    with pytest.raises(FormatError, match=r"\.tsv, \.csv, \.jsonl or \.parquet"):
        open_scored_pairs(str(path), source="en", target="de")
    with pytest.raises(CorpusError, match="without splits"):
        open_scored_pairs(str(path), source="en", target="de", split="dev")

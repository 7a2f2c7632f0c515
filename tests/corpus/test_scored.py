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
    ],
)
def test_bad_files_say_what_and_where(tmp_path, content, told):
    path = tmp_path / "bad.tsv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(FormatError, match=told):
        open_scored_pairs(str(path), source="en", target="de")


def test_other_formats_and_splits_are_refused(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_text("x")
    with pytest.raises(FormatError, match=r"\.tsv, \.csv, \.jsonl or \.parquet"):
        open_scored_pairs(str(path), source="en", target="de")
    with pytest.raises(CorpusError, match="without splits"):
        open_scored_pairs(str(path), source="en", target="de", split="dev")

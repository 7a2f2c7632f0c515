import logging

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from interlingua.corpus.readers import read_delimited, read_jsonl, read_parquet
from interlingua.corpus.readers.pairs import read_pairs
from interlingua.errors import CorpusError, FormatError, LanguageError


def test_tsv_with_header(write):
    path = write("a.tsv", '_id\ten\tde\nk1\t"Quoted" text\tEins.\nk2\t \tZwei.\n')
    rows = list(read_delimited(path))
    assert [row.texts for row in rows] == [{"eng_Latn": '"Quoted" text', "deu_Latn": "Eins."}, {"deu_Latn": "Zwei."}]
    assert [row.meta for row in rows] == [{"_id": "k1"}, {"_id": "k2"}]


def test_tsv_without_header(write):
    path = write("a.tsv.gz", "One.\tEins.\nTwo.\tZwei.\n")
    rows = list(read_delimited(path, columns=["en", "de"]))
    assert [row.texts["deu_Latn"] for row in rows] == ["Eins.", "Zwei."]
    assert [row.meta["_id"] for row in rows] == ["1", "2"]
    with pytest.raises(CorpusError, match=r"column 'One.' is no language.*--columns eng,deu"):
        list(read_delimited(path))


def test_csv_with_quotes_and_line_feeds(write):
    path = write("a.csv", 'en,de,note\n"One, two","Eins\nzwei",x\n"She said ""no"".",Nein.,y\n')
    rows = list(read_delimited(path, rename={"note": "_note"}))
    assert rows[0].texts == {"eng_Latn": "One, two", "deu_Latn": "Eins\nzwei"}
    assert rows[1].texts["eng_Latn"] == 'She said "no".'
    assert [row.meta for row in rows] == [{"_id": "2", "_note": "x"}, {"_id": "4", "_note": "y"}]


def test_bad_records_are_counted(write, caplog):
    path = write("a.tsv", "en\tde\nOne.\tEins.\nTwo.\nThree.\tDrei.\tTrois.\nFour.\tVier.\n" + "x\n" * 9)
    with caplog.at_level(logging.WARNING):
        rows = list(read_delimited(path))
    assert [row.texts["eng_Latn"] for row in rows] == ["One.", "Four."]
    assert len(caplog.messages) == 1
    message = caplog.messages[0]
    assert "11 faults left out: line 3: 1 field instead of 2; line 4: 3 fields instead of 2; line 6" in message
    assert message.endswith("; ...")
    with pytest.raises(FormatError, match=r"a.tsv, line 3: 1 field instead of 2"):
        list(read_delimited(path, strict=True))


def test_bad_csv(write, caplog):
    path = write("a.csv", 'en,de\n"One"x,Eins.\nTwo.,Zwei.\n')
    assert [row.texts["eng_Latn"] for row in read_delimited(path)] == ["Two."]
    assert "line 2: not CSV" in caplog.text
    with pytest.raises(FormatError, match="line 2: not CSV"):
        list(read_delimited(path, strict=True))


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        ("", FormatError, "is empty"),
        ("en\tsplit\n", CorpusError, "column 'split' is no language"),
        ("sw\tswa\n", LanguageError, "'sw' and 'swa' both mean swh_Latn"),
        ("id\ten\n", CorpusError, "identifier or Indonesian"),
    ],
)
def test_bad_headers(write, content, error, message):
    with pytest.raises(error, match=message):
        list(read_delimited(write("a.tsv", content)))


def test_jsonl(write):
    path = write(
        "a.jsonl",
        '{"en": "One.", "de": "Eins.", "_score": 1.5}\n\n{"en": null, "de": " ", "id": 4}\n'
        '{"translation": {"en": "Three.", "fr": "Trois."}, "id": "x"}\n',
    )
    rows = list(read_jsonl(path, rename={"id": "_id"}))
    assert [row.texts for row in rows] == [
        {"eng_Latn": "One.", "deu_Latn": "Eins."},
        {},
        {"eng_Latn": "Three.", "fra_Latn": "Trois."},
    ]
    assert [row.meta for row in rows] == [{"_id": "1", "_score": 1.5}, {"_id": 4}, {"_id": "x"}]


def test_bad_jsonl(write, caplog):
    path = write("a.jsonl", '{"en": "One."}\n{"en": 2}\n["en"]\n{"en": \n{"en": "Five."}\n')
    assert [row.texts["eng_Latn"] for row in read_jsonl(path)] == ["One.", "Five."]
    assert (
        "3 faults left out: line 2: 'en' holds int instead of text; line 3: list instead of an object; " in caplog.text
    )
    assert "line 4: not JSON" in caplog.text
    with pytest.raises(FormatError, match="line 2: 'en' holds int"):
        list(read_jsonl(path, strict=True))
    with pytest.raises(CorpusError, match="column 'text' is no language"):
        list(read_jsonl(write("b.jsonl", '{"text": "One."}\n')))


def test_parquet(tmp_path):
    pq.write_table(pa.table({"key": [1, 2], "en": ["One.", None], "de": ["Eins.", "Zwei."]}), tmp_path / "a.parquet")
    rows = list(read_parquet(tmp_path / "a.parquet", rename={"key": "_id"}))
    assert [row.texts for row in rows] == [{"eng_Latn": "One.", "deu_Latn": "Eins."}, {"deu_Latn": "Zwei."}]
    assert [row.meta for row in rows] == [{"_id": "1"}, {"_id": "2"}]


def test_scores_are_numbers(tmp_path, caplog):
    (tmp_path / "a.tsv").write_text(
        "en\tde\t_score\t_score:deu_Latn\t_n\nOne.\tEins.\t1\t\t1\nTwo.\tZwei.\tgood\t0.5\t2\n"
    )
    assert [row.meta for row in read_delimited(tmp_path / "a.tsv")] == [
        {"_id": "2", "_score": 1.0, "_n": "1"},
        {"_id": "3", "_score:deu_Latn": 0.5, "_n": "2"},
    ]
    assert "1 fault left out: line 3: the score 'good' is no number" in caplog.text
    with pytest.raises(FormatError, match="line 3: the score 'good' is no number"):
        list(read_delimited(tmp_path / "a.tsv", strict=True))


def test_pairs(tmp_path, caplog):
    path = tmp_path / "pairs.parquet"
    table = {
        "id": ["1", "2", "3", "4"],
        "pair": ["eng-swa", "eng-yor", "eng-swa", "eng"],
        "src": ["One.", "Two.", "Three.", "Four."],
        "tgt": ["Moja.", "Meji.", " ", "?"],
    }
    pq.write_table(pa.table(table), path)
    rows = list(read_pairs(path))
    assert [tuple(row.texts) for row in rows] == [("eng_Latn", "swh_Latn"), ("eng_Latn", "yor_Latn"), ("eng_Latn",)]
    assert "1 fault left out: no pair of languages" in caplog.text
    assert [row.meta["_id"] for row in read_pairs(path, only=("swh", "en"))] == ["1", "3"]
    with pytest.raises(CorpusError, match="no rows of deu_Latn and eng_Latn; its pairs are eng-swa, eng-yor"):
        list(read_pairs(path, only=("eng", "deu")))
    with pytest.raises(FormatError, match="no pair of languages"):
        list(read_pairs(path, strict=True))
    with pytest.raises(CorpusError, match="no column direction; it has id, pair, src, tgt"):
        list(read_pairs(path, pair="direction"))

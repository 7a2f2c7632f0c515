import duckdb
import pytest

from interlingua.corpus import open_corpus, open_rows
from interlingua.corpus.building import build_corpus, grouped
from interlingua.errors import CorpusError, LanguageError


def test_a_query_on_files(write, tmp_path):
    write("a.csv", "key,left,right\nk1,Rain.,Mvua.\nk2,Snow.,\n")
    source = f"duckdb:SELECT key AS _id, \"left\" AS en, \"right\" AS sw FROM '{tmp_path}/a.csv' WHERE key != 'k3'"
    rows = list(open_rows(source))
    assert [row.texts for row in rows] == [{"eng_Latn": "Rain.", "swh_Latn": "Mvua."}, {"eng_Latn": "Snow."}]
    assert [row.meta["_id"] for row in rows] == ["k1", "k2"]
    assert grouped([source, "eng=a.en", "deu=a.de"]) == [source, "eng=a.en deu=a.de"]
    assert build_corpus([source], tmp_path / "out").ids() == ["k1", "k2"]
    assert build_corpus([source, "phrasebook"], tmp_path / "two").values("_source")[0] == source
    assert len(open_corpus(source)) == 2
    assert next(open_rows("duckdb:SELECT 'Rain.' AS left_text", rename={"left_text": "en"})).texts == {
        "eng_Latn": "Rain."
    }


def test_a_query_on_a_database(tmp_path):
    path = tmp_path / "a.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE t AS SELECT 'Rain.' AS en, 'Mvua.' AS sw, 1.5 AS _score")
    before = path.read_bytes()
    row = next(open_rows(f"duckdb:{path}::SELECT en::VARCHAR AS en, sw, _score FROM t"))
    assert row.texts == {"eng_Latn": "Rain.", "swh_Latn": "Mvua."}
    with pytest.raises(CorpusError, match="a query is one SELECT"):
        next(open_rows(f"duckdb:{path}::DROP TABLE t"))
    assert path.read_bytes() == before
    assert next(open_rows("duckdb:SELECT 'x'::VARCHAR AS en")).texts == {"eng_Latn": "x"}
    with pytest.raises(CorpusError, match="there is no database"):
        next(open_rows(f"duckdb:{tmp_path}/b.duckdb::SELECT 1 AS en"))
    (tmp_path / "c.duckdb").write_bytes(b"nothing of the kind" * 1000)
    with pytest.raises(CorpusError, match="mend the query"):
        next(open_rows(f"duckdb:{tmp_path}/c.duckdb::SELECT 1 AS en"))


@pytest.mark.parametrize(
    ("query", "error", "told"),
    [
        ("COPY (SELECT 1) TO 'out.csv'", CorpusError, "one SELECT"),
        ("SELECT 'a' AS en; SELECT 'b' AS en", CorpusError, "one SELECT"),
        ("SET memory_limit = '100GB'", CorpusError, "one SELECT"),
        ("", CorpusError, "one SELECT"),
        ("SELEC 1", CorpusError, "syntax error"),
        ("SELECT en FROM 'nowhere.csv'", CorpusError, "nowhere.csv"),
        ("SELECT 1 AS en", CorpusError, "column 'en' holds int32, not text"),
        ("SELECT 'a' AS words", CorpusError, "column 'words' is no language"),
        ("SELECT 'a' AS en, 'b' AS eng", LanguageError, "both mean eng_Latn"),
        ("SELECT 'a' AS en, 'b' AS en", LanguageError, "both mean eng_Latn"),
        ("SELECT error('wrong') AS en", CorpusError, "wrong"),
    ],
)
def test_wrong_queries(tmp_path, monkeypatch, query, error, told):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=told):
        list(open_rows(f"duckdb:{query}"))
    assert list(tmp_path.iterdir()) == []


def test_streamed_with_little_memory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = open_rows("duckdb:SELECT 'Cup number ' || i AS en, 'Kikombe ' || i AS sw FROM range(100000000000) AS t(i)")
    assert [next(rows).texts["eng_Latn"] for _ in range(2)] == ["Cup number 0", "Cup number 1"]
    rows.close()
    assert list(tmp_path.iterdir()) == []

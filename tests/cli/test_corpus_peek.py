import gzip
import json
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from interlingua.cli.app import main
from interlingua.cli.corpus import app
from interlingua.corpus import write_corpus
from interlingua.corpus.peeking import peek
from interlingua.errors import CorpusError
from interlingua.types import Row

TABLE = "id\ten\tsw\tnote\nk1\tBread and salt.\tMkate na chumvi.\tx\nk2\tRain.\t\ty\n"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "b.tsv"
    path.write_text(TABLE)
    return path


def call(*words):
    return CliRunner().invoke(app, ["peek", *map(str, words)], catch_exceptions=False)


def test_a_table(table):
    result = call(table, "--rename", "id=_id", "-n", 1)
    assert result.stdout.splitlines() == [
        f"{table}: TSV, by its name, 64 B",
        "column id    _id",
        "column en    eng_Latn (English)",
        "column sw    swh_Latn (Swahili)",
        "column note  unknown, here _note; say --rename note=_note for provenance, or note=eng for a language",
        "all 2 rows  eng_Latn 2  swh_Latn 1",
        "",
        "_id=k1  _note=x",
        "  eng_Latn  Bread and salt.",
        "  swh_Latn  Mkate na chumvi.",
    ]
    assert (
        "column id    unknown, here _id; say --rename id=_id for provenance, or id=ind for Indonesian"
        in call(table).stdout
    )


def test_rows_as_json(table):
    result = call(table, "--json", "-l", "swa")
    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        {"_id": "k1", "_note": "x", "swh_Latn": "Mkate na chumvi."}
    ]
    assert "column sw    swh_Latn (Swahili)" in result.stderr


def test_nothing_is_understood(tmp_path):
    path = tmp_path / "a.tsv"
    path.write_text("source\ttarget\nRain.\tMvua.\n")
    found = peek(path)
    assert [column.meaning for column in found.columns] == [None, None]
    assert (found.rows, found.problem) == ((), f"{path} has no column of text; its columns are source, target")
    mended = peek(path, rename={"source": "eng", "target": "swa"})
    assert mended.rows[0].texts == {"eng_Latn": "Rain.", "swh_Latn": "Mvua."}


def test_languages_by_their_names(tmp_path):
    (tmp_path / "a.tsv").write_text(
        "id\tEnglish\tDeutsch\tPolski\tGerman\n7\tTea.\tTee.\tHerbata.\tKaffee.\n", encoding="utf-8"
    )
    lines = call(tmp_path / "a.tsv").stdout.splitlines()
    advice = "say --rename Deutsch=deu for German, or Deutsch=_Deutsch for provenance"
    assert lines[1].startswith("column id       unknown, here _id; ")
    assert lines[3] == f"column Deutsch  unknown, here deu_Latn; {advice}"
    assert lines[5].startswith("column German   unknown, here _German; say --rename German=deu for German, or ")
    assert lines[-4:] == ["_id=7  _German=Kaffee.", "  eng_Latn  Tea.", "  deu_Latn  Tee.", "  pol_Latn  Herbata."]


def test_a_file_that_breaks_off(tmp_path):
    path = tmp_path / "a.tsv"
    path.write_bytes(b"en\tsw\nRain.\tMvua.\n\xff\t\n")
    found = peek(path)
    assert [row.texts["eng_Latn"] for row in found.rows] == ["Rain."]
    assert found.total is None
    assert "stops: " + str(path) + ", line 3: not UTF-8" in str(found)
    assert "this is UTF-16" in peek(_written(tmp_path / "w.tsv", "en\tde\n".encode("utf-16"))).problem


def test_what_no_command_could_read_is_an_error(tmp_path, capsys):
    cut = _written(tmp_path / "a.tsv", b"en\tsw\nRain.\tMvua.\n\xff\t\n")
    assert main(["corpus", "peek", str(cut)]) == 2
    shown = capsys.readouterr()
    assert shown.out.splitlines()[-2:] == ["  eng_Latn  Rain.", "  swh_Latn  Mvua."]
    assert "stops" not in shown.out
    assert shown.err.startswith(f"error: {cut}, line 3: not UTF-8")
    for name, data, told in (
        ("b.tmx", b"<tmx", "b.tmx"),
        ("c.docx", b"x", "cannot tell how to read"),
        ("d.zip", b"PK", "d.zip: the archive is damaged"),
        ("e.parquet", b"PAR1", "e.parquet"),
        ("f.tsv.gz", b"\x1f\x8b", "f.tsv.gz"),
    ):
        assert main(["corpus", "peek", str(_written(tmp_path / name, data)), "--json"]) == 2
        shown = capsys.readouterr()
        assert (shown.out, told in shown.err.splitlines()[-1]) == ("", True)
    assert main(["corpus", "peek", str(tmp_path / "nowhere.tsv")]) == 2


def test_what_a_member_or_a_rename_mends_is_none(tmp_path, capsys):
    table = _written(tmp_path / "a.tsv", b"source\ttarget\nRain.\tMvua.\n")
    assert main(["corpus", "peek", str(table)]) == 0
    assert "stops: " in capsys.readouterr().out
    assert main(["corpus", "peek", str(table), "--rename", "sorce=eng"]) == 2
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        for name in ("b.tsv", "c.tsv"):
            file.writestr(name, TABLE)
    assert main(["corpus", "peek", str(tmp_path / "a.zip")]) == 0
    assert main(["corpus", "peek", f"{tmp_path}/a.zip::d"]) == 2


def test_bad_records_among_good_ones_are_counted(tmp_path, capsys):
    path = _written(tmp_path / "a.tsv", b"en\tsw\nRain.\tMvua.\nOne field\nSnow.\tTheluji.\n")
    assert main(["corpus", "peek", str(path)]) == 0
    shown = capsys.readouterr()
    assert "all 2 rows" in shown.out
    assert f"{path}: 1 fault left out: line 3" in shown.err


def test_rows_are_estimated_from_bytes(tmp_path):
    line = "\t".join(["Every morning the baker counts his loaves."] * 2) + "\n"
    text = "en\tde\n" + "".join(line.replace("loaves", f"loaves, {i * 7919 % 30011}") for i in range(30_000))
    for path in (
        _written(tmp_path / "a.tsv", text.encode()),
        _written(tmp_path / "a.tsv.gz", gzip.compress(text.encode())),
    ):
        found = peek(path)
        assert (found.looked_at, found.exact) == (10_000, False)
        assert found.total == pytest.approx(30_000, rel=0.25)
        assert f"first 10,000 rows of about {found.total:,}  eng_Latn 10,000" in str(found)


def test_parquet_says_its_rows(tmp_path):
    pq.write_table(
        pa.table({"en": [f"Line {i}." for i in range(10_500)], "words": [1] * 10_500}), tmp_path / "a.parquet"
    )
    found = peek(tmp_path / "a.parquet", number=1)
    assert (found.total, found.exact, found.looked_at) == (10_500, True, 10_000)
    assert "first 10,000 rows of 10,500  eng_Latn 10,000" in str(found)
    assert "column words  unknown" in str(found)


def test_an_archive(tmp_path):
    path = tmp_path / "en-te.txt.zip"
    with zipfile.ZipFile(path, "w") as file:
        for name, text in (("README", "x"), ("A.en-te.en", "Rain.\n"), ("A.en-te.te", "వాన.\n"), ("b.tsv", TABLE)):
            file.writestr(name, text)
    found = peek(path)
    assert [member.name for member in found.members] == ["README", "A.en-te.en", "A.en-te.te", "b.tsv"]
    assert "several corpora: A.en-te.*, b.tsv; name one" in found.problem
    assert peek(f"{path}::A.en-te").cells == {"eng_Latn": 1, "tel_Telu": 1}
    assert [column.name for column in peek(f"{path}::b.tsv").columns] == ["id", "en", "sw", "note"]
    with pytest.raises(CorpusError, match="no file"):
        peek(f"{tmp_path}/no.zip::a.tsv")


def test_what_every_row_says(tmp_path):
    unit = '<tu><tuv xml:lang="en"><seg>Rain.</seg></tuv><tuv xml:lang="sw"><seg>Mvua.</seg></tuv></tu>'
    head = '<tmx version="1.4"><header srclang="en" creationtool="a tool"/><body>'
    path = _written(tmp_path / "a.tmx", f"{head}{unit}{unit}</body></tmx>".encode())
    assert "every row  _source_language=en  _tool=a tool\nall 2 rows  eng_Latn 2  swh_Latn 2" in str(peek(path))
    catalog = 'msgid ""\nmsgstr "Language: sw\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
    catalog += '\nmsgid "Rain."\nmsgstr "Mvua."\n'
    path = _written(tmp_path / "sw.po", catalog.encode())
    assert "header Language: sw\nheader Plural-Forms: nplurals=2" in str(peek(path))


def test_queries_and_aligned_lines(tmp_path):
    assert "column words  unknown" in str(peek("duckdb:SELECT 'Rain.' AS en, 'b' AS words"))
    english, swahili = _written(tmp_path / "a.en", b"Rain.\n"), _written(tmp_path / "a.sw", b"Mvua.\n")
    assert peek(f"eng={english} swa={swahili}").cells == {"eng_Latn": 1, "swh_Latn": 1}


def test_a_folder_is_not_estimated(tmp_path, monkeypatch):
    monkeypatch.setattr("interlingua.corpus.peeking.LOOKED_AT", 3)
    for code in ("tel", "swh"):
        _written(tmp_path / f"tatoeba.{code}-eng.{code}", b"x\n" * 10)
        _written(tmp_path / f"tatoeba.{code}-eng.eng", b"y\n" * 10)
    assert "a folder\nfirst 3 rows  swh_Latn 3  eng_Latn 3" in str(peek(tmp_path))


def test_sets_and_corpora_are_opened_as_before(tmp_path):
    write_corpus([Row({"eng_Latn": "Rain.", "swh_Latn": "Mvua."}, {"_split": "dev"})], tmp_path / "out")
    assert call(tmp_path / "out", "-s", "dev").stdout == "_id=0  _split=dev\n  eng_Latn  Rain.\n  swh_Latn  Mvua.\n"
    assert call("phrasebook", "-n", 1).stdout.startswith("_id=pb0001")
    with pytest.raises(CorpusError, match="did you mean nusax"):
        call("nusaks")


def _written(path, data):
    path.write_bytes(data)
    return path

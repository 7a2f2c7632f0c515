import pytest

from interlingua.corpus import write_corpus
from interlingua.corpus.readers import open_rows, read_saved_dataset, read_tatoeba, tatoeba_files
from interlingua.errors import CorpusError


@pytest.fixture
def tatoeba(tmp_path):
    folder = tmp_path / "tatoeba"
    folder.mkdir()
    for code, text in (("tel", "ఒకటి.\nరెండు.\n"), ("srp", "Jedan.\nDva.\n"), ("swh", "Moja.\nMbili.\n")):
        (folder / f"tatoeba.{code}-eng.{code}").write_text(text)
        (folder / f"tatoeba.{code}-eng.eng").write_text("One.\nTwo.\n")
    (folder / "README").write_text("hello")
    return folder


def test_tatoeba(tatoeba):
    rows = list(read_tatoeba(tatoeba, "te"))
    assert rows[0].texts == {"tel_Telu": "ఒకటి.", "eng_Latn": "One."}
    assert [row.meta["_id"] for row in rows] == ["1", "2"]
    rename = {"srp": "srp_Latn"}
    assert list(tatoeba_files(tatoeba, rename=rename)) == ["srp_Latn", "swh_Latn", "tel_Telu"]
    assert next(read_tatoeba(tatoeba, "srp", rename=rename)).texts["srp_Latn"] == "Jedan."


def test_tatoeba_as_one_source(tatoeba):
    rows = list(open_rows(tatoeba))
    assert [row.meta["_id"] for row in rows][:3] == ["srp_Cyrl:1", "srp_Cyrl:2", "swh_Latn:1"]
    assert len(rows) == 6


def test_tatoeba_without_the_language(tatoeba, tmp_path):
    with pytest.raises(CorpusError, match="no pairs of fra_Latn and English, only of srp_Cyrl, swh_Latn, tel_Telu"):
        read_tatoeba(tatoeba, "fr")
    with pytest.raises(CorpusError, match="holds no files tatoeba"):
        read_tatoeba(tmp_path, "tel")


def test_saved_dataset(tmp_path, caplog):
    datasets = pytest.importorskip("datasets")
    features = datasets.Features({"id": datasets.Value("string"), "translation": datasets.Translation(["en", "de"])})
    part = datasets.Dataset.from_dict(
        {"id": ["a", "b"], "translation": [{"en": "One.", "de": "Eins."}, {"en": "Two.", "de": " "}]}, features=features
    )
    datasets.DatasetDict({"train": part, "validation": part.select([0])}).save_to_disk(tmp_path / "parts")
    rows = list(open_rows(tmp_path / "parts", rename={"id": "_id"}))
    assert [row.texts for row in rows] == [
        {"eng_Latn": "One.", "deu_Latn": "Eins."},
        {"eng_Latn": "Two."},
        {"eng_Latn": "One.", "deu_Latn": "Eins."},
    ]
    assert [row.meta for row in rows] == [
        {"_id": "a", "_split": "train"},
        {"_id": "b", "_split": "train"},
        {"_id": "a", "_split": "dev"},
    ]
    datasets.Dataset.from_dict({"en": ["One.", None], "sw": ["Moja.", "Mbili."]}).save_to_disk(tmp_path / "flat")
    assert [row.texts for row in read_saved_dataset(tmp_path / "flat")] == [
        {"eng_Latn": "One.", "swh_Latn": "Moja."},
        {"swh_Latn": "Mbili."},
    ]
    with pytest.raises(CorpusError, match="no data set written by save_to_disk"):
        list(read_saved_dataset(tmp_path))


def test_open_rows_by_extension(write, tmp_path, rows):
    write("a.TSV", "en\tde\nOne.\tEins.\n")
    write("a.csv.zst", "en,de\nOne.,Eins.\n")
    write("a.ndjson.xz", '{"en": "One.", "de": "Eins."}\n')
    write(
        "a.tmx",
        '<tmx><body><tu><tuv lang="en"><seg>One.</seg></tuv><tuv lang="de"><seg>Eins.</seg></tuv></tu></body></tmx>',
    )
    write("a b.en", "One.\n")
    write("a.de.gz", "Eins.\n")
    sources = [tmp_path / name for name in ("a.TSV", "a.csv.zst", "a.ndjson.xz", "a.tmx")]
    sources += [f"eng='{tmp_path}/a b.en' deu={tmp_path}/a.de.gz"]
    for source in sources:
        assert [row.texts for row in open_rows(source)] == [{"eng_Latn": "One.", "deu_Latn": "Eins."}]
    write_corpus(rows, tmp_path / "corpus")
    assert len(list(open_rows(tmp_path / "corpus"))) == 6


def test_open_rows_refuses(tmp_path, write):
    with pytest.raises(CorpusError, match="there is no file or folder"):
        open_rows(tmp_path / "nowhere.tmx")
    with pytest.raises(CorpusError, match=r"cannot tell how to read .*notes.docx; known are eng=a.en deu=a.de"):
        open_rows(write("notes.docx", "x"))
    with pytest.raises(CorpusError, match="cannot tell how to read the folder"):
        open_rows(tmp_path)
    with pytest.raises(CorpusError, match="each once"):
        open_rows("eng=a eng=b")

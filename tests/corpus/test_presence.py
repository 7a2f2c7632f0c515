import pytest

from interlingua.corpus import open_corpus, write_corpus
from interlingua.corpus.building import build_corpus
from interlingua.corpus.joining import join_corpus
from interlingua.corpus.named_sets import VARIABLE
from interlingua.corpus.presence import check_there, is_shadowed
from interlingua.errors import CorpusError
from interlingua.types import Row

FILE = r"^there is no file or folder data/news\.tmx; did you mean data/news\.tsv\?$"
SET = r"^'phrasbook' is neither a file nor a set of the catalog; did you mean phrasebook\?$"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "news.tsv").write_text("en\tde\nYes.\tJa.\n")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(("word", "told"), [("data/news.tmx", FILE), ("phrasbook", SET)])
def test_files_for_paths_and_sets_for_words(word, told):
    for ask in (
        check_there,
        open_corpus,
        lambda one: build_corpus([one], "out"),
        lambda one: join_corpus(["phrasebook", one], "out"),
    ):
        with pytest.raises(CorpusError, match=told):
            ask(word)


@pytest.mark.parametrize(
    "word", ["data/news.tsv", "data", "eng=a.en deu=a.de", "duckdb:SELECT 1", "a.zip::b", "tatoeba:tel"]
)
def test_what_may_be_there(word):
    check_there(word)


def test_a_set_and_a_folder_of_one_name(tmp_path, caplog):
    write_corpus([Row({"eng": "The tap drips.", "deu": "Der Hahn tropft."})], "phrasebook")
    assert len(open_corpus("phrasebook")) == 850
    build_corpus(["phrasebook"], "out")
    assert [record.getMessage() for record in caplog.records] == [
        "phrasebook is a set of the catalog and a folder here; the set is taken, ./phrasebook is the folder"
    ]
    caplog.clear()
    assert len(open_corpus("./phrasebook")) == 1
    build_corpus(["./phrasebook", "data/news.tsv"], "out", overwrite=True)
    assert not caplog.records


def test_the_folder_of_the_set_itself_is_no_other(tmp_path, monkeypatch):
    (tmp_path / "ntrex").mkdir()
    assert is_shadowed("ntrex")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert not is_shadowed("ntrex")


def test_a_folder_called_opus():
    with pytest.raises(CorpusError, match="write opus:CORPUS/en-te"):
        check_there("opus")
    write_corpus([Row({"eng": "The tap drips.", "deu": "Der Hahn tropft."})], "opus")
    assert len(open_corpus("opus")) == 1
    assert len(join_corpus(["opus", "data/news.tsv"], "out").corpus) == 2
    assert len(build_corpus(["opus"], "out", overwrite=True)) == 1

import pytest

from interlingua.corpus import open_corpus
from interlingua.corpus.building import build_corpus
from interlingua.corpus.joining import join_corpus
from interlingua.corpus.presence import check_there
from interlingua.errors import CorpusError

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

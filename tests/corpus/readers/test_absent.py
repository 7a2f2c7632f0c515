import pytest

from interlingua.corpus.readers import open_rows
from interlingua.corpus.readers.absent import no_such_file
from interlingua.errors import CorpusError


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "data").mkdir()
    for name in ("news.tmx", "news.tsv", "verses.tsv"):
        (tmp_path / "data" / name).write_text("")
    return tmp_path


def test_similar_names_are_offered(folder):
    told = str(no_such_file(folder / "data/nws.tsv"))
    assert told.startswith(f"there is no file or folder {folder}/data/nws.tsv; did you mean {folder}/data/news.tsv or")
    assert str(no_such_file(folder / "data/zzz")) == f"there is no file or folder {folder}/data/zzz"


def test_a_folder_that_is_not_there(folder):
    assert str(no_such_file(folder / "date/x/news.tsv")) == (
        f"there is no file or folder {folder}/date/x/news.tsv, as there is no folder {folder}/date; "
        f"did you mean {folder}/data?"
    )
    inside = folder / "data/news.tmx/a"
    assert f"as there is no folder {folder}/data/news.tmx" in str(no_such_file(inside))


def test_names_without_end():
    assert "there is no file" in str(no_such_file("a/" + "b" * 5000))


def test_where_it_is_said(folder, monkeypatch):
    monkeypatch.chdir(folder)
    for source in ("data/news.tmz", "data/new.tsv::x"):
        with pytest.raises(CorpusError, match=r"did you mean data/news\.t"):
            open_rows(source)
    for source in ("data/news.zip::x", "eng=data/verse.tsv deu=data/news.tsv"):
        with pytest.raises(CorpusError, match=r"there is no file or folder data/.*did you mean data/"):
            list(open_rows(source))

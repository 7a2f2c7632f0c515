import pytest

from interlingua.atomic import whole_file, write_text
from interlingua.errors import OutputError


def test_a_file_appears_whole(tmp_path):
    write_text(tmp_path / "new" / "a.txt", "texte entier")
    assert (tmp_path / "new" / "a.txt").read_text(encoding="utf-8") == "texte entier"
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["a.txt"]


def test_what_goes_wrong_leaves_the_old_file_and_nothing_else(tmp_path):
    def stumble():
        with whole_file(tmp_path / "a.txt") as partial:
            partial.write_text("half")
            raise KeyError

    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(KeyError):
        stumble()
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.txt", "old")]


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        write_text(tmp_path / "file" / "a.txt", "x")

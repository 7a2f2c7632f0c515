import json

import pytest

from interlingua.cli.app import main
from interlingua.training import load_recipe, shipped_recipes


def test_recipes_are_listed_with_what_they_are_about(capsys):
    assert main(["recipes", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(shipped_recipes())
    assert all(load_recipe(line.split()[0]).about in line for line in lines)


def test_the_list_as_json(capsys):
    assert main(["recipes", "list", "--json"]) == 0
    about = json.loads(capsys.readouterr().out)
    assert about == {name: load_recipe(name).about for name in shipped_recipes()}


def test_a_recipe_is_shown_as_it_is_written(capsys):
    assert main(["recipes", "show", "quickstart"]) == 0
    assert capsys.readouterr().out == shipped_recipes()["quickstart"].read_text(encoding="utf-8")


def test_a_recipe_is_copied_to_a_file_of_ones_own(tmp_path, capsys):
    path = tmp_path / "mine.yaml"
    assert main(["recipes", "copy", "hard", str(path)]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert f"interlingua train {path}" in err
    assert load_recipe(path) == load_recipe("hard")


def test_a_file_that_is_there_is_not_replaced(tmp_path, capsys):
    path = tmp_path / "mine.yaml"
    path.write_text("mine")
    assert main(["recipes", "copy", "hard", str(path)]) == 2
    assert "exists already; choose another name" in capsys.readouterr().err
    assert path.read_text() == "mine"


def test_a_place_that_cannot_be_written(tmp_path, capsys):
    (tmp_path / "file").write_text("x")
    for place in ("file/mine.yaml", "none/mine.yaml"):
        assert main(["recipes", "copy", "hard", str(tmp_path / place)]) == 2
        assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["show", "quikstart"], ["copy", "quikstart", "x.yaml"]])
def test_an_unknown_name(words, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["recipes", *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: there is no recipe called quikstart")
    assert list(tmp_path.iterdir()) == []

import json

import pytest
import yaml

from interlingua.cli.app import main
from interlingua.corpus import write_corpus
from interlingua.evaluation import load_scores
from interlingua.training import load_recipe
from training.world import toy_corpus


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "invented"
    write_corpus(toy_corpus(80).with_splits(dev=0.1, test=0.2).rows(), folder)
    return folder


@pytest.fixture
def recipe(data, tmp_path, monkeypatch):
    """A recipe of two steps, in a folder of its own, where the command runs."""
    monkeypatch.chdir(tmp_path)
    splits = {"data": str(data), "dev": 0.1, "test": 0.2}
    content = {
        "name": "small",
        "student": {"kind": "static", "vocabulary": 200, "dimension": 8, "initialise": "random"},
        "corpus": splits,
        "objective": "multiway",
        "batches": {"rows": 10},
        "training": {"steps": 2, "learning_rate": 0.01},
        "evaluation": {"test": [splits], "report": False},
    }
    (tmp_path / "small.yaml").write_text(yaml.safe_dump(content))
    return "small.yaml"


def test_a_table_goes_to_stdout_and_progress_to_stderr(recipe, tmp_path, capsys):
    assert main(["train", recipe]) == 0
    out, err = capsys.readouterr()
    assert "accuracy times 100" in out
    assert [line.split()[:2] for line in out.splitlines() if line.startswith("eng_Latn")] == [
        ["eng_Latn", "deu_Latn"],
        ["eng_Latn", "tel_Telu"],
    ]
    assert "the encoder is in runs/small/model" in out
    assert "training" in err
    assert "training:" not in out
    assert (tmp_path / "runs/small/model").is_dir()


def test_quiet_shows_no_bar(recipe, capsys):
    assert main(["train", recipe, "-q"]) == 0
    assert "step/s" not in capsys.readouterr().err


def test_json_is_a_file_of_scores(recipe, tmp_path, capsys):
    assert main(["train", recipe, "--json", "-o", "here"]) == 0
    (tmp_path / "out.json").write_text(capsys.readouterr().out)
    printed = load_scores(tmp_path / "out.json")
    stored = load_scores(tmp_path / "here/scores.json")
    assert printed["before"] == stored["before"]
    assert printed["after"] == stored["after"]
    assert len(printed["after"]) > 0


def test_overrides_and_seed_reach_the_run(recipe, tmp_path, capsys):
    words = ["train", recipe, "-q", "--set", "training.steps=1", "--set", "batches.rows=7", "--seed", "5"]
    assert main(words) == 0
    stored = load_recipe(tmp_path / "runs/small/recipe.yaml")
    assert (stored.training.steps, stored.batches.rows, stored.training.seed) == (1, 7, 5)


def test_several_seeds_are_several_runs(recipe, tmp_path, capsys):
    assert main(["train", recipe, "-q", "--json", "--seeds", "3, 4", "-o", "out"]) == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["small-3", "small-4"]
    assert load_recipe(tmp_path / "out/small-4/recipe.yaml").training.seed == 4
    texts = capsys.readouterr().out.strip().splitlines()
    assert sum("before" in line for line in texts) >= 2


def test_several_recipes_are_several_runs(recipe, tmp_path, capsys):
    other = yaml.safe_load((tmp_path / recipe).read_text()) | {"name": "other"}
    (tmp_path / "other.yaml").write_text(yaml.safe_dump(other))
    assert main(["train", recipe, "other.yaml", "-q"]) == 0
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == ["other-1", "small-1"]


def test_a_plan_trains_nothing(recipe, tmp_path, capsys):
    before = sorted(tmp_path.iterdir())
    assert main(["train", recipe, "--plan"]) == 0
    out = capsys.readouterr().out
    for word in ("rows", "tokens", "batches", "time", "memory", "disk"):
        assert f"\n{word} " in out
    assert main(["train", recipe, "--plan", "--json"]) == 0
    numbers = json.loads(capsys.readouterr().out)
    assert numbers["batches"] == 2
    assert numbers["languages"] == 3
    assert sorted(tmp_path.iterdir()) == before


def test_a_run_that_is_there_is_kept_resumed_or_replaced(recipe, capsys):
    assert main(["train", recipe, "-q"]) == 0
    capsys.readouterr()
    assert main(["train", recipe, "-q"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: runs/small holds a finished run; go on with --resume")
    assert main(["train", recipe, "-q", "--resume"]) == 0
    assert main(["train", recipe, "-q", "--resume", "--set", "training.steps=3"]) == 2
    assert "was begun with another recipe" in capsys.readouterr().err
    assert main(["train", recipe, "-q", "--overwrite"]) == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["train", "quikstart"], "there is no recipe called quikstart; did you mean quickstart?"),
        (["train", "none.yaml"], "none.yaml cannot be read"),
        (["train", "small.yaml", "--set", "training.stepz=1"], "unknown key training.stepz; did you mean steps?"),
        (["train", "small.yaml", "--set", "steps"], "write key.key=value"),
        (["train", "small.yaml", "--set", "batches.rows=900"], "a batch of 900 rows is larger than the"),
        (["train", "small.yaml", "--set", "languages=[en, fr]"], "fra_Latn"),
        (["train", "small.yaml", "--set", "objective=imascl"], "needs a teacher"),
        (["train", "small.yaml", "--seeds", "1,x"], "write whole numbers, as --seeds 1,2,3"),
        (["train", "small.yaml", "--seeds", "1,2", "--seed", "1"], "leave out --seed"),
        (["train", "small.yaml", "--seeds", "1,1"], "two of the runs have the same name and seed"),
        (["train", "small.yaml", "small.yaml"], "two of the runs have the same name and seed"),
        (["train", "small.yaml", "-o", "small.yaml/run"], "choose another --output"),
    ],
)
def test_errors_are_one_line_on_stderr(words, message, recipe, capsys):
    assert main([*words, "-q"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    errors = [line for line in err.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert message in errors[0]
    assert "Traceback" not in err


def test_a_recipe_must_be_named(capsys):
    assert main(["train"]) == 2
    assert "RECIPE" in capsys.readouterr().err.upper()

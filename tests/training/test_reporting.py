import json
import logging

import pytest

import interlingua.training.reporting as reporting
from interlingua.corpus import write_corpus
from interlingua.errors import EvaluationError, RecipeError
from interlingua.report import read_run
from interlingua.training import load_recipe, train
from training.world import toy_corpus


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "invented"
    write_corpus(toy_corpus(120, missing=0.1).with_splits(dev=0.1, test=0.2).rows(), folder)
    return folder


def run(data, folder, **evaluation):
    splits = {"data": str(data), "dev": 0.1, "test": 0.2}
    recipe = {
        "name": "small",
        "student": {"kind": "static", "vocabulary": 200, "dimension": 16},
        "corpus": splits,
        "objective": {"preset": "multiway", "temperature": 0.2},
        "batches": {"rows": 20},
        "training": {"steps": 4, "learning_rate": 0.2, "log_every": 1},
        "evaluation": {"test": [splits], **evaluation},
    }
    return train(recipe, output=folder, progress=False)


def test_a_run_keeps_what_its_report_shows(data, tmp_path):
    result = run(data, tmp_path / "run")
    record = read_run(tmp_path / "run")
    assert record.scores == {"before": result.before, "start": result.start, "after": result.after}
    assert all(score.samples for scores in record.scores.values() for score in scores)
    evidence = record.evidence
    assert evidence["languages"] == ["eng_Latn", "deu_Latn", "tel_Telu"]
    assert set(evidence["matrix"]) == {"before", "after"}
    found = {score.languages: score.value for score in result.after if score.metric == "accuracy"}
    assert evidence["matrix"]["after"][0][1] == pytest.approx(found["eng_Latn", "deu_Latn"], abs=1e-4)
    facts = json.loads((tmp_path / "run" / "run.json").read_text())
    assert sum(one["cells"] for one in evidence["coverage"]["languages"].values()) == facts["cells"]
    assert evidence["words"]["word"]
    assert evidence["links"]
    assert '<section id="words"' in (tmp_path / "run" / "report.html").read_text(encoding="utf-8")


def test_a_report_can_be_left_out(data, tmp_path):
    run(data, tmp_path / "run", report=False)
    names = {path.name for path in (tmp_path / "run").iterdir()}
    assert not names & {"report.html", "evidence.json", "scores.csv"}
    assert "model" in names


def test_a_report_that_fails_costs_no_run(data, tmp_path, monkeypatch, caplog):
    def broken(*_, **__):
        raise EvaluationError("no ink")

    monkeypatch.setattr(reporting, "observe", broken)
    monkeypatch.setattr(reporting, "write_report", broken)
    with caplog.at_level(logging.WARNING):
        result = run(data, tmp_path / "run")
    assert result.after
    assert (tmp_path / "run" / "model").is_dir()
    assert not (tmp_path / "run" / "report.html").exists()
    assert caplog.text.count("no ink") == 3


def test_a_map_that_cannot_be_made_is_refused_before_training(data, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "openTSNE", None)
    with pytest.raises(RecipeError, match=r"evaluation\.map.*interlingua\[maps\]"):
        run(data, tmp_path / "run", map="tsne")
    assert not (tmp_path / "run").exists()
    assert load_recipe("quickstart", ["evaluation.map=pca"]).evaluation.map == "pca"

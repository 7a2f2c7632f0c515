import hashlib
import json
import logging
import re

import numpy as np
import pytest
import torch
import yaml
from sentence_transformers import SentenceTransformer

import interlingua.training.run as run_module
from interlingua.corpus import write_corpus
from interlingua.encoder import VectorStore
from interlingua.errors import InterlinguaError, OutputError, RecipeError, TrainingError
from interlingua.evaluation import load_scores
from interlingua.objectives import Contrast
from interlingua.training import forecast, load_recipe, preparation, train
from interlingua.training.folder import RunFolder
from toy import toy_static, toy_transformer
from training.world import toy_corpus

TEXTS = ["abe lo", "fug", "కగచ జట"]


class Killed(BaseException):
    """What a kill looks like from within."""


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Two hundred invented rows with splits."""
    folder = tmp_path_factory.mktemp("data") / "invented"
    write_corpus(toy_corpus(200, missing=0.2).with_splits(dev=0.1, test=0.2).rows(), folder)
    return folder


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    toy_static(dimension=16).save_pretrained(str(folder / "teacher"), create_model_card=False)
    toy_static(dimension=6).save_pretrained(str(folder / "narrow"), create_model_card=False)
    toy_transformer(dimension=16).save_pretrained(str(folder / "transformer"), create_model_card=False)
    return folder


def content(data, **parts):
    """A recipe of ten steps on the invented rows."""
    splits = {"data": str(data), "dev": 0.1, "test": 0.2}
    recipe = {
        "name": "small",
        "about": "A test.",
        "student": {"kind": "static", "vocabulary": 200, "dimension": 16, "initialise": "random"},
        "corpus": splits,
        "objective": {"preset": "multiway", "temperature": 0.2},
        "batches": {"rows": 20},
        "training": {"steps": 10, "learning_rate": 0.2, "log_every": 1},
        "evaluation": {"test": [splits], "report": False},
        "readings": {"loss": "Reading A: all ordered pairs."},
    }
    return recipe | parts


def with_report(data):
    """The same with a report at the end."""
    recipe = content(data)
    return recipe | {"evaluation": recipe["evaluation"] | {"report": True}}


def run(source, output, **settings):
    return train(source, output=output, progress=False, **settings)


def tree(folder):
    """Every file below a folder, by its content."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def finished(data, tmp_path_factory):
    """One run that came to its end, with a report."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("finished") / "run"
    return run(with_report(data), folder)


def test_a_run_folder_holds_recipe_model_scores_facts_and_log(finished):
    assert sorted(path.name for path in finished.folder.iterdir()) == [
        "evidence.json",
        "log.jsonl",
        "model",
        "recipe.yaml",
        "report.html",
        "run.json",
        "samples.parquet",
        "scores.csv",
        "scores.json",
    ]
    facts = json.loads((finished.folder / "run.json").read_text())
    rows = facts.pop("rows")
    assert 120 < rows < 160
    assert rows * 2 < facts.pop("cells") <= rows * 3
    assert facts["languages"] == ["eng_Latn", "deu_Latn", "tel_Telu"]
    assert (facts["seed"], facts["batches"], facts["processes"]) == (1, 10, 1)
    assert facts["seconds"] >= 0
    lines = [json.loads(line) for line in (finished.folder / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines if "loss" in line] == list(range(1, 11))
    assert {"loss", "learning_rate", "contrast", "seconds"} <= set(lines[0])


def test_a_run_makes_the_encoder_better(finished):
    def mean(scores):
        return np.mean([score.value for score in scores if score.metric == "accuracy"])

    assert mean(finished.after) > mean(finished.before) + 0.3
    assert all(score.low <= score.value <= score.high and score.n > 0 for score in finished.after)
    stored = load_scores(finished.folder / "scores.json")
    assert stored["before"] == finished.before
    assert stored["after"] == finished.after


def test_the_model_is_an_ordinary_sentence_transformer(finished):
    loaded = SentenceTransformer(str(finished.folder / "model"), device="cpu")
    vectors = loaded.encode(TEXTS)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(vectors, finished.model.encode(TEXTS))
    files = [path for path in (finished.folder / "model").rglob("*") if path.is_file()]
    assert not [path for path in files if path.suffix in {".bin", ".pt", ".pkl", ".pickle"}]


def test_the_recipe_in_the_folder_repeats_the_run(finished, tmp_path):
    again = run(finished.folder / "recipe.yaml", tmp_path / "again")
    assert tree(again.folder / "model") == tree(finished.folder / "model")


def test_the_card_has_front_matter_scores_readings_and_recipe(finished):
    card = (finished.folder / "model/README.md").read_text(encoding="utf-8")
    _, front, body = card.split("---\n", 2)
    head = yaml.safe_load(front)
    assert head["library_name"] == "sentence-transformers"
    assert head["language"] == ["deu", "eng", "tel"]
    assert "base_model" not in head
    assert body.count("| retrieval:") == len(finished.after)
    assert "- **loss**: Reading A: all ordered pairs." in body
    written = body.split("```yaml\n")[1].split("```")[0]
    assert load_recipe(yaml.safe_load(written)) == load_recipe(finished.folder / "recipe.yaml")


def test_the_card_names_a_base_model_only_where_others_find_it(data, models, tmp_path):
    student = {"model": str(models / "transformer")}
    result = run(content(data, student=student, evaluation={}, training={"steps": 1}), tmp_path / "run")
    head = yaml.safe_load((result.folder / "model/README.md").read_text().split("---\n")[1])
    assert "base_model" not in head


def test_a_seed_replaces_that_of_the_recipe(data, finished, tmp_path):
    other = run(content(data), tmp_path / "other", seed=2)
    assert load_recipe(other.folder / "recipe.yaml").training.seed == 2
    assert json.loads((other.folder / "run.json").read_text())["seed"] == 2
    assert tree(other.folder / "model") != tree(finished.folder / "model")


def test_a_run_that_is_there_is_not_touched(data, finished):
    before = tree(finished.folder)
    with pytest.raises(OutputError, match="holds a finished run; go on with --resume, or replace it with --overwrite"):
        run(content(data), finished.folder)
    assert tree(finished.folder) == before


def test_a_finished_run_is_returned(data, finished, monkeypatch):
    before = tree(finished.folder)
    monkeypatch.setattr(run_module, "prepare", None)
    again = run(with_report(data), finished.folder, resume=True)
    assert (again.before, again.after) == (finished.before, finished.after)
    assert again.seconds == pytest.approx(finished.seconds, abs=0.1)
    assert tree(finished.folder) == before


def test_a_run_is_replaced_when_asked(data, tmp_path):
    source = content(data, evaluation={}, training={"steps": 1})
    run(source, tmp_path / "run")
    (tmp_path / "run/left over").write_text("x")
    run(source, tmp_path / "run", overwrite=True)
    assert not (tmp_path / "run/left over").exists()


@pytest.mark.parametrize("settings", [{}, {"overwrite": True}, {"resume": True}])
def test_a_folder_of_something_else_is_never_touched(data, settings, tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis/chapter.tex").write_text("x")
    with pytest.raises(OutputError, match="is no run folder; choose another --output"):
        run(content(data), tmp_path / "thesis", **settings)
    assert tree(tmp_path).keys() == {"thesis/chapter.tex"}


@pytest.mark.parametrize("place", ["file", "file/run"])
def test_an_output_that_cannot_be_written(data, place, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="choose another --output"):
        run(content(data), tmp_path / place)
    assert (tmp_path / "file").read_text() == "x"


@pytest.mark.parametrize(
    ("kind", "moment"),
    [
        ("static", "_fit"),
        ("static", "evaluate"),
        ("static", "between steps"),
        ("static", "_export"),
        ("transformer", "between steps"),
    ],
)
def test_an_interrupted_run_ends_in_the_same_bytes(kind, moment, data, tmp_path, monkeypatch):
    student = {"kind": kind, "vocabulary": 200, "dimension": 16, "layers": 1, "heads": 2, "max_length": 16}
    training = {"steps": 6, "learning_rate": 0.01, "log_every": 1, "save_every": 2, "precision": "fp32"}
    source = content(data, student=student, training=training)
    whole = run(source, tmp_path / "whole")

    with monkeypatch.context() as patch:
        if moment == "between steps":
            step = run_module.MultiwayTrainer.training_step

            def dying(self, *given, **settings):
                if self.state.global_step == 3:
                    raise Killed
                return step(self, *given, **settings)

            patch.setattr(run_module.MultiwayTrainer, "training_step", dying)
        else:
            original, calls = getattr(run_module, moment), []

            def dying(*given, **settings):
                calls.append(moment)
                if moment != "evaluate" or len(calls) == 3:  # before, at the start, after
                    raise Killed
                return original(*given, **settings)

            patch.setattr(run_module, moment, dying)
        with pytest.raises(Killed):
            run(source, tmp_path / "parts")
    assert not (tmp_path / "parts/model").exists()
    with pytest.raises(OutputError, match="holds an unfinished run"):
        run(source, tmp_path / "parts")
    torch.manual_seed(77)
    resumed = run(source, tmp_path / "parts", resume=True)
    assert tree(resumed.folder / "model") == tree(whole.folder / "model")
    assert (resumed.before, resumed.after) == (whole.before, whole.after)
    assert tree(resumed.folder).keys() == tree(whole.folder).keys()
    logs = [
        [json.loads(line)["loss"] for line in (folder / "log.jsonl").read_text().splitlines() if '"loss"' in line]
        for folder in (whole.folder, resumed.folder)
    ]
    assert logs[0] == logs[1]


def test_a_run_that_never_began_is_in_no_ones_way(data, tmp_path, monkeypatch):
    source = content(data, training={"steps": 1}, evaluation={})
    with monkeypatch.context() as patch:
        patch.setattr(preparation.CellTable, "build", None)
        with pytest.raises(TypeError):
            run(source, tmp_path / "run")
    assert (tmp_path / "run/recipe.yaml").is_file()
    run(source, tmp_path / "run")


def test_a_run_resumes_with_its_own_recipe_only(data, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(run_module, "_fit", None)
        with pytest.raises(TypeError):
            run(content(data), tmp_path / "run")
    before = tree(tmp_path / "run")
    with pytest.raises(TrainingError, match="was begun with another recipe"):
        run(content(data), tmp_path / "run", resume=True, overrides=["training.steps=11"])
    assert tree(tmp_path / "run") == before


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"languages": ["en", "fr"], "evaluation": {}},
            "small asks for fra_Latn, which none of its corpora has; they have eng_Latn",
        ),
        ({"corpus": {"data": "nowhere.parquet"}}, "nowhere.parquet"),
        ({"corpus": {"data": "{data}", "dev": 0.1, "test": 0.2, "languages": ["en", "fr"]}}, "has no fra_Latn"),
        ({"languages": ["en"], "evaluation": {}}, "no corpus has two of the languages eng_Latn"),
        ({"batches": {"rows": 5000}}, "a batch of 5,000 rows is larger than the"),
        ({"batches": {"rows": 4, "sets": [["en", "fr"]]}}, "is no pair of two of the languages"),
        ({"batches": {"rows": 4, "sets": "en-xx", "center": "fr"}}, "sets: en-xx needs fra_Latn"),
        ({"student": {"model": "{data}/none"}}, "no such folder"),
        ({"student": {"kind": "transformer", "dimension": 10, "heads": 4}}, "4 heads do not divide a dimension of 10"),
        ({"objective": "imascl"}, "needs a teacher"),
        ({"evaluation": {"test": [{"data": "{data}", "languages": ["fr"]}]}}, "invented has no fra_Latn"),
        ({"evaluation": {"test": [{"data": "{data}", "languages": ["en"]}]}}, "the task retrieval on"),
        ({"evaluation": {"test": [{"data": "{data}"}, {"data": "{data}"}]}}, "two tasks are called"),
    ],
)
def test_what_cannot_be_run_is_said_and_leaves_no_model(changes, message, data, tmp_path):
    filled = yaml.safe_load(yaml.safe_dump(changes).replace("{data}", str(data)))
    with pytest.raises(InterlinguaError) as error:
        run(content(data, **filled), tmp_path / "run")
    assert message in str(error.value)
    assert not (tmp_path / "run/model").exists()


def test_a_split_that_is_not_there(tmp_path):
    folder = tmp_path / "plain"
    write_corpus(toy_corpus(30).rows(), folder)
    source = content(folder, corpus={"data": str(folder), "split": "dev"}, evaluation={})
    with pytest.raises(InterlinguaError, match="has no dev split; give its share, as dev"):
        run(source, tmp_path / "run")


def test_a_split_without_rows(tmp_path):
    folder = tmp_path / "marked"
    rows = [type(row)(row.texts, {"_split": "dev"}) for row in toy_corpus(30).rows()]
    write_corpus(rows, folder)
    source = content(folder, corpus={"data": str(folder), "split": "train"}, evaluation={})
    with pytest.raises(InterlinguaError, match=r"no row of .* train.*its splits are dev \(30\)"):
        run(source, tmp_path / "run")


def test_a_corpus_without_splits_is_used_whole_with_a_warning(tmp_path, caplog):
    folder = tmp_path / "plain"
    write_corpus(toy_corpus(30).rows(), folder)
    source = content(folder, corpus=str(folder), evaluation={}, training={"steps": 1})
    with caplog.at_level(logging.WARNING):
        run(source, tmp_path / "run")
    assert "has no splits: all of its rows are used for training" in caplog.text
    assert json.loads((tmp_path / "run/run.json").read_text())["rows"] == 30


def test_several_corpora_are_joined_and_limited(data, tmp_path):
    other = tmp_path / "other"
    write_corpus(toy_corpus(40, seed=9).select(["en", "te"]).rows(), other)
    corpora = [{"data": str(data), "dev": 0.1, "test": 0.2, "max_rows": 25}, {"data": str(other), "split": None}]
    result = run(content(data, corpus=corpora, evaluation={}, training={"steps": 1}), tmp_path / "run")
    facts = json.loads((result.folder / "run.json").read_text())
    assert facts["rows"] == 65
    assert facts["languages"] == ["eng_Latn", "deu_Latn", "tel_Telu"]
    assert not (result.folder / "work").exists()


def test_epochs_are_counted_in_batches(data, tmp_path):
    result = run(content(data, evaluation={}, training={"epochs": 1.5}, batches={"rows": 20}), tmp_path / "run")
    facts = json.loads((result.folder / "run.json").read_text())
    epoch = -(-facts["rows"] // 20)
    assert facts["batches"] == epoch + round(epoch / 2)


def with_teacher(data, models, teacher, **parts):
    return content(
        data,
        teacher={"model": str(models / teacher), "languages": ["en"]},
        objective="mse_distillation",
        evaluation={},
        training={"steps": 2},
        **parts,
    )


def test_a_teacher_of_another_dimension_is_followed_through_a_projection(data, models, tmp_path):
    source = with_teacher(data, models, "narrow", student={"model": str(models / "transformer")})
    store = VectorStore(tmp_path / "vectors")
    result = run(source, tmp_path / "run", store=store)
    vectors = SentenceTransformer(str(result.folder / "model"), device="cpu").encode(TEXTS)
    assert vectors.shape == (3, 16)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    again = run(source, tmp_path / "again", store=store)
    assert tree(again.folder / "model") == tree(result.folder / "model")


def test_a_static_student_cannot_follow_a_teacher_of_another_dimension(data, models, tmp_path):
    with pytest.raises(TrainingError, match=r"16 dimensions and the teacher's \d+; .* set student.dimension="):
        run(with_teacher(data, models, "narrow"), tmp_path / "run", store=VectorStore(tmp_path / "vectors"))


def test_a_teacher_of_the_same_dimension_needs_no_projection(data, models, tmp_path):
    result = run(with_teacher(data, models, "teacher"), tmp_path / "run", store=VectorStore(tmp_path / "vectors"))
    assert (result.folder / "model").is_dir()


def test_low_rank_updates_by_recipe(data, models, tmp_path):
    student = {"model": str(models / "transformer"), "lora": {"rank": 2}}
    training = {"steps": 3, "learning_rate": 0.02, "gradient_checkpointing": True, "save_every": 2}
    results = [
        run(content(data, student=student, training=training, evaluation={}), tmp_path / name) for name in ("a", "b")
    ]
    loaded = SentenceTransformer(str(tmp_path / "a/model"), device="cpu")
    start = SentenceTransformer(str(models / "transformer"), device="cpu")
    assert not [name for name in loaded.state_dict() if "lora" in name]
    assert (
        np.abs(loaded.encode(TEXTS, normalize_embeddings=True) - start.encode(TEXTS, normalize_embeddings=True)).max()
        > 1e-3
    )
    assert tree(results[0].folder / "model") == tree(results[1].folder / "model")


def test_dev_scores_choose_the_model_and_stop_the_run(data, tmp_path, monkeypatch):
    splits = {"data": str(data), "dev": 0.1, "test": 0.2}
    seen = []
    call = run_module.TaskEvaluator.__call__

    def falling(self, model, *given, **settings):
        found = call(self, model, *given, **settings)
        seen.append({name: value.clone() for name, value in model.state_dict().items()})
        return found | {self.primary_metric: 1 - 0.1 * len(seen)}

    monkeypatch.setattr(run_module.TaskEvaluator, "__call__", falling)
    training = {"steps": 20, "evaluate_every": 2, "patience": 3, "learning_rate": 0.01}
    source = content(data, training=training, evaluation={"dev": [splits | {"split": "dev"}]})
    result = run(source, tmp_path / "run")
    assert len(seen) == 4
    assert torch.equal(result.model.state_dict()["0.embedding.weight"], seen[0]["0.embedding.weight"])


def test_a_loss_that_is_no_number_leaves_a_run_that_can_go_on(data, tmp_path, monkeypatch):
    source = content(data, training={"steps": 6, "save_every": 2, "learning_rate": 0.01})
    whole = run(source, tmp_path / "whole")
    forward = Contrast.forward
    with monkeypatch.context() as patch:
        calls = []

        def broken(self, cells):
            calls.append(1)
            return {
                name: value * (float("nan") if len(calls) == 4 else 1) for name, value in forward(self, cells).items()
            }

        patch.setattr(Contrast, "forward", broken)
        with pytest.raises(TrainingError, match=r"loss at step 4 is not a finite number \(contrast nan\)"):
            run(source, tmp_path / "run")
    assert (tmp_path / "run/checkpoints/checkpoint-2").is_dir()
    resumed = run(source, tmp_path / "run", resume=True)
    assert tree(resumed.folder / "model") == tree(whole.folder / "model")


def test_a_prefix_for_training_and_one_for_evaluation(data, tmp_path, monkeypatch):
    prefixes = []
    encoder = preparation.SentenceEncoder

    def spy(model, *, prefix, name):
        prefixes.append(prefix)
        return encoder(model, prefix=prefix, name=name)

    monkeypatch.setattr(preparation, "SentenceEncoder", spy)
    source = content(data, training={"steps": 1})
    source["student"] = source["student"] | {"prefix": "abe "}
    source["evaluation"] = source["evaluation"] | {"prefix": "fug: "}
    result = run(source, tmp_path / "run")
    assert set(prefixes) == {"fug: "}
    assert 'Put `"fug: "` before every text.' in (result.folder / "model/README.md").read_text()


def test_a_forecast_counts_and_trains_nothing(data, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(run_module, "_fit", None)
    made = forecast(load_recipe(content(data), ["training.accumulation=3"]))
    assert list(tmp_path.iterdir()) == []
    corpus = toy_corpus(200, missing=0.2).with_splits(dev=0.1, test=0.2).select(split="train")
    assert made.rows == len(corpus)
    assert made.cells == sum(len(row.texts) for row in corpus.rows())
    assert made.tokens > 4 * made.cells
    assert made.batches == 30
    assert made.parameters % 16 == 0
    assert 0 < made.seconds < 60
    assert 2**27 < made.memory_bytes < 2**35
    assert 4 * made.tokens < made.disk_bytes < 2**24
    assert "rows" in made.as_text()
    assert json.loads(json.dumps(made.as_dict()))["name"] == "small"


def test_a_forecast_of_many_rows_tokenises_a_sample_and_makes_no_start(data, monkeypatch):
    monkeypatch.setattr("interlingua.encoder.students.lsi_table", None)
    whole = forecast(load_recipe(content(data)))
    monkeypatch.setattr("interlingua.training.forecasting.SAMPLE", 20)
    monkeypatch.setattr("interlingua.training.cells._LEAST_SAMPLE", 4)
    made = forecast(load_recipe(content(data)))
    assert (whole.sampled, made.sampled) == (False, True)
    assert made.tokens == pytest.approx(whole.tokens, rel=0.05)
    assert made.disk_bytes == pytest.approx(whole.disk_bytes, rel=0.05)
    same = ("rows", "cells", "languages", "parameters", "batches")
    assert [getattr(made, name) for name in same] == [getattr(whole, name) for name in same]
    assert re.search(r"\ntokens      about [\d,]+\n", made.as_text())
    assert f"\ntokens      {whole.tokens:,}\n" in whole.as_text()


def test_a_forecast_says_what_would_stop_the_run(data):
    with pytest.raises(TrainingError, match="a batch of 5,000 rows"):
        forecast(load_recipe(content(data, batches={"rows": 5000})))
    with pytest.raises(RecipeError, match="there is no objective called multi"):
        forecast(load_recipe(content(data, objective="multi")))


def test_files_are_written_whole_or_not_at_all(tmp_path):
    folder = RunFolder(tmp_path)
    folder.write(folder.facts, "old")
    with pytest.raises(UnicodeEncodeError):
        folder.write(folder.facts, "new \ud800")
    assert folder.facts.read_text() == "old"


def test_the_last_checkpoint_is_the_newest_that_is_whole(tmp_path):
    folder = RunFolder(tmp_path)
    assert folder.last_checkpoint() is None
    for step in (9, 10, 11):
        (folder.checkpoints / f"checkpoint-{step}").mkdir(parents=True)
    for step in (9, 10):
        (folder.checkpoints / f"checkpoint-{step}/trainer_state.json").write_text("{}")
    assert folder.last_checkpoint().name == "checkpoint-10"

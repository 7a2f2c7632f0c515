"""The rows that a recipe trains on: what is left out, how much of each source is drawn, and where rows are from."""

import json
import logging

import numpy as np
import pytest

from interlingua.corpus import write_corpus
from interlingua.corpus.evaluation_texts import EvaluationTexts
from interlingua.errors import CorpusError, RecipeError, TrainingError
from interlingua.evaluation import make_task
from interlingua.training import forecast, load_recipe, train
from interlingua.training.batches import BatchPlan
from interlingua.training.sources import make_rows
from interlingua.types import Row
from training.world import AtStep

LANGUAGES = ("eng_Latn", "deu_Latn", "tel_Telu")


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """A cache of its own, and no data beside what is shipped."""
    monkeypatch.setenv("INTERLINGUA_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("INTERLINGUA_DATA", raising=False)


def row(word, number, *, split=None, languages=LANGUAGES[:2]):
    texts = {language: f"{word} sentence number {number} in {language[:3]}" for language in languages}
    return Row(texts, {"_split": split} if split else {})


@pytest.fixture
def rows(tmp_path):
    """Ninety rows to train on, five of which share a side with one of the ten test rows, in other cases and points."""
    train_rows = [row("Train", number, split="train") for number in range(85)]
    train_rows += [
        Row(
            {
                "eng_Latn": f"  TEST sentence, number {n} in ENG!" if n < 3 else f"Other sentence {n}",
                "deu_Latn": f"test sentence number {n} in deu." if n > 2 else f"Anderer Satz {n}",
            },
            {"_split": "train"},
        )
        for n in range(5)
    ]
    write_corpus([*train_rows, *(row("Test", number, split="test") for number in range(10))], tmp_path / "rows")
    return tmp_path / "rows"


def recipe(data, **parts):
    made = {
        "name": "small",
        "student": {"kind": "static", "vocabulary": 200, "dimension": 16, "initialise": "random"},
        "corpus": str(data),
        "objective": {"preset": "multiway", "temperature": 0.2},
        "batches": {"rows": 20},
        "training": {"steps": 6, "learning_rate": 0.2, "log_every": 1, "save_every": 3},
        "evaluation": {"test": [{"data": str(data)}], "report": False},
    }
    return load_recipe(made | parts)


def tasks(data, split="test"):
    return [make_task("retrieval", str(data), split=split)]


def test_rows_that_share_a_text_with_the_recipes_own_tests_are_left_out(rows, tmp_path, caplog):
    caplog.set_level(logging.INFO)
    made = make_rows(recipe(rows), tmp_path / "work", tasks(rows))
    assert len(made.corpus) == 85
    assert made.overlap.by_set == {"phrasebook": 0, "retrieval:rows/test": 5}
    assert made.overlap.cells == {"retrieval:rows/test": {"eng_Latn": 3, "deu_Latn": 2}}
    assert "5 rows of 90 overlap with evaluation sets (retrieval:rows/test 5); not checked: " in caplog.text


def test_only_languages_that_are_trained_count(tmp_path):
    write_corpus([row("Train", n, languages=LANGUAGES) for n in range(30)], tmp_path / "train")
    write_corpus([row("Train", n, languages=LANGUAGES[2:]) for n in range(30)], tmp_path / "test.folder")
    named = [str(tmp_path / "test.folder")]
    two = recipe(tmp_path / "train", languages=["eng", "deu"], decontaminate=named)
    assert make_rows(two, tmp_path / "two").overlap.dropped == 0
    with pytest.raises(CorpusError, match=r"no row is left to train on, since 30 rows of 30 .*`decontaminate: false`"):
        make_rows(recipe(tmp_path / "train", decontaminate=named), tmp_path / "three")


def test_it_can_be_switched_off_and_sets_can_be_named(rows, tmp_path):
    off = make_rows(recipe(rows, decontaminate=False), tmp_path / "off", tasks(rows))
    assert (len(off.corpus), off.overlap) == (90, None)
    named = make_rows(recipe(rows, decontaminate=["phrasebook/train"]), tmp_path / "named", tasks(rows))
    assert list(named.overlap.by_set) == ["phrasebook/train", "retrieval:rows/test"]
    assert named.overlap.missing == ()
    with pytest.raises(CorpusError, match="neither a file nor a set"):
        make_rows(recipe(rows, decontaminate=["flroes"]), tmp_path / "wrong", tasks(rows))


def test_nothing_changes_where_nothing_overlaps(tmp_path):
    write_corpus([row("Train", n) for n in range(30)], tmp_path / "train")
    with_it = make_rows(recipe(tmp_path / "train"), tmp_path / "with")
    without = make_rows(recipe(tmp_path / "train", decontaminate=False), tmp_path / "without")
    assert with_it.corpus.fingerprint == without.corpus.fingerprint
    assert with_it.overlap.dropped == 0


def test_a_task_whose_texts_nobody_knows_is_named(rows, tmp_path):
    class Riddle:
        name = "riddle"

    made = make_rows(recipe(rows), tmp_path / "work", [Riddle()])
    assert made.overlap.missing[-1] == "riddle"


def test_a_run_that_goes_on_leaves_out_the_same_rows(rows, tmp_path, monkeypatch):
    """Sets that were found or lost between the two halves change nothing."""
    whole = train(recipe(rows), output=tmp_path / "whole", progress=False)
    stop = AtStep(4)
    monkeypatch.setattr("interlingua.training.run.JsonLog", lambda path: stop)
    monkeypatch.setattr("interlingua.training.run._export", lambda *_: (_ for _ in ()).throw(TrainingError("killed")))
    with pytest.raises(TrainingError, match="killed"):
        train(recipe(rows), output=tmp_path / "run", progress=False)
    monkeypatch.undo()
    monkeypatch.setenv("INTERLINGUA_CACHE", str(tmp_path / "another"))
    monkeypatch.setattr("interlingua.training.sources.evaluation_sets", lambda *_, **__: EvaluationTexts())
    resumed = train(recipe(rows), output=tmp_path / "run", resume=True, progress=False)
    facts = [json.loads((one.folder / "run.json").read_text()) for one in (whole, resumed)]
    assert facts[0]["decontamination"] == facts[1]["decontamination"]
    assert facts[0]["rows"] == facts[1]["rows"] == 85
    assert [score.value for score in resumed.after] == [score.value for score in whole.after]


def test_the_run_folder_and_the_card_say_what_was_left_out(rows, tmp_path):
    result = train(recipe(rows, training={"steps": 1}), output=tmp_path / "run", progress=False)
    found = json.loads((result.folder / "run.json").read_text())["decontamination"]
    assert (found["dropped"], found["by_set"]["retrieval:rows/test"]) == (5, 5)
    assert "tatoeba" in found["missing"]
    card = (result.folder / "model" / "README.md").read_text()
    assert "5 of 90 rows (retrieval:rows/test 5). Compared with: phrasebook, retrieval:rows/test. Not at hand" in card


def test_the_plan_shows_what_is_left_out_and_the_shares(rows, tmp_path):
    write_corpus([row("More", n) for n in range(15)], tmp_path / "more")
    two = [{"data": str(rows)}, {"data": str(tmp_path / "more"), "weight": 2}]
    made = forecast(recipe(rows, corpus=two, mixing={"temperature": 2}))
    parts = np.array([85**0.5, 2 * 15**0.5])
    assert [one.share for one in made.sources] == pytest.approx((parts / parts.sum()).tolist())
    assert "left out    5 rows of 105 overlap" in made.as_text()
    assert "sources     rows/train 54.3% of the rows drawn, more 45.7% of the rows drawn" in made.as_text()
    assert made.as_dict()["decontamination"]["dropped"] == 5


def test_a_source_that_is_left_out_whole_has_no_share(rows, tmp_path):
    for name, words in (("gone", "Test"), ("more", "More")):
        write_corpus([row(words, n) for n in range(10)], tmp_path / name)
    three = [{"data": str(rows)}, {"data": str(tmp_path / "gone")}, {"data": str(tmp_path / "more")}]
    made = forecast(recipe(rows, corpus=three[:2]))
    assert "sources     rows/train 100.0% of the rows drawn, gone 0.0% of the rows drawn" in made.as_text()
    assert made.rows == 85
    joined = make_rows(recipe(rows, corpus=three), tmp_path / "work", tasks(rows))
    assert [(one.name, one.rows) for one in joined.shares] == [("rows/train", 85), ("gone", 0), ("more", 10)]
    assert sum(one.share for one in joined.shares) == pytest.approx(1)
    assert len(joined.corpus) == 95


@pytest.mark.parametrize("temperature", [1.0, 3.0, 1e9])
def test_sources_are_drawn_by_weight_and_temperature(temperature, tmp_path):
    sizes, weights = (400, 100, 25), (1.0, 0.5, 2.0)
    for name, size in zip("abc", sizes, strict=True):
        write_corpus([row(name * 3, n) for n in range(size)], tmp_path / name)
    corpora = [{"data": str(tmp_path / name), "weight": w} for name, w in zip("abc", weights, strict=True)]
    made = make_rows(recipe("x", corpus=corpora, mixing={"temperature": temperature}), tmp_path / "work")
    parts = np.array([w * n ** (1 / temperature) for w, n in zip(weights, sizes, strict=True)])
    expected = parts / parts.sum()
    assert [one.share for one in made.shares] == pytest.approx(expected.tolist())

    hashes = np.arange(1, 2 * 525 + 1).reshape(525, 2)
    sources = np.array(made.corpus.values("_source"))
    plan = BatchPlan(hashes, LANGUAGES[:2], size=20, weights=made.corpus.values("_weight"), seed=3)
    again = BatchPlan(hashes, LANGUAGES[:2], size=20, weights=made.corpus.values("_weight"), seed=3)
    drawn = np.concatenate([batch.rows for batch in plan.epoch(1)])
    assert np.array_equal(drawn, np.concatenate([batch.rows for batch in again.epoch(1)]))
    realised = [float(np.mean(sources[drawn] == name)) for name in "abc"]
    assert realised == pytest.approx(expected.tolist(), abs=0.01)
    assert set(drawn.tolist()) == set(range(525))


def test_where_rows_and_cells_are_from_is_kept(tmp_path):
    marked = [Row(row("Own", n).texts, {"_source": "memory.tmx", "_source:deu_Latn": "nmt"}) for n in range(20)]
    write_corpus(marked, tmp_path / "marked")
    write_corpus([row("Plain", n) for n in range(20)], tmp_path / "plain")
    corpora = [str(tmp_path / "marked"), str(tmp_path / "plain")]
    made = make_rows(recipe("x", corpus=corpora), tmp_path / "work").corpus
    assert set(made.values("_source")[:20]) == {"memory.tmx"}
    assert set(made.values("_source:deu_Latn")[:20]) == {"nmt"}
    assert set(made.values("_source")[20:]) == {"plain"}


def test_sources_of_one_name_are_told_apart(tmp_path):
    for place in ("a", "b"):
        write_corpus([row(place, n) for n in range(20)], tmp_path / place / "rows")
    corpora = [str(tmp_path / place / "rows") for place in ("a", "b")]
    made = make_rows(recipe("x", corpus=corpora), tmp_path / "work")
    assert [one.name for one in made.shares] == ["a/rows", "b/rows"]
    assert made.corpus.values("_source") == ["a/rows"] * 20 + ["b/rows"] * 20
    assert len(set(made.corpus.ids())) == 40


def test_a_temperature_below_one_is_refused():
    with pytest.raises(RecipeError, match=r"mixing\.temperature"):
        recipe("x", mixing={"temperature": 0.5})


def test_rows_of_one_source_alone(tmp_path):
    rows = [
        Row(row("Rain", n).texts, {"_source:eng_Latn": "news" if n % 3 else "verses", "_split": "train"})
        for n in range(30)
    ]
    write_corpus(rows, tmp_path / "rows")
    parts = [
        {"data": str(tmp_path / "rows"), "where": {"_source:eng_Latn": "news"}, "weight": 2},
        {"data": str(tmp_path / "rows"), "where": {"_source:eng_Latn": ["verses"]}},
    ]
    made = make_rows(recipe(tmp_path / "rows", corpus=parts, decontaminate=False), tmp_path / "work")
    assert [share.rows for share in made.shares] == [20, 10]
    assert [share.share for share in made.shares] == [0.8, 0.2]
    parts[0]["where"] = {"_source:deu": "news"}
    with pytest.raises(CorpusError, match="_source:deu"):
        make_rows(recipe(tmp_path / "rows", corpus=parts), tmp_path / "other")

import math
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from evaluation.encoders import TableEncoder
from evaluation.samples import mean_sample, score_of
from interlingua.errors import EvaluationError
from interlingua.evaluation.making import TASKS, check_task
from interlingua.evaluation.resampling import sample_statistic
from interlingua.evaluation.suite_run import run_suite
from interlingua.evaluation.suite_table import suite_table
from interlingua.evaluation.suites import SUITES, load_suite
from interlingua.evaluation.tatoeba import GROUPS, group_languages

WACSE = load_suite("wacse")


class Told:
    """Gives the scores that it was told."""

    def __init__(self, name, scores):
        self.name, self.scores = name, [replace(score, task=name) for score in scores]

    def run(self, encoder):
        yield from self.scores


def invented(column, metric):
    """A score for every member of a column, each of two directions."""
    rng = np.random.default_rng(len(column.pairs))
    for pair in column.pairs:
        there, back = (mean_sample((rng.random(30) < 0.6).astype(float), languages=two) for two in (pair, pair[::-1]))
        yield score_of(there, back, metric=metric, languages=pair)


def column_of(result, name):
    return next(score for score in result.columns if score.metric == name)


@pytest.fixture(autouse=True)
def _no_data(monkeypatch):
    monkeypatch.delenv("INTERLINGUA_DATA", raising=False)


@pytest.mark.parametrize("name", SUITES)
def test_every_suite_is_whole(name):
    suite = load_suite(name)
    headings = [column.name for column in suite.columns]
    assert len(set(headings)) == len(headings)
    for column in suite.columns:
        assert bool(column.of) != bool(column.task)
        assert set(column.of) <= set(headings[: headings.index(column.name)])
        assert not column.task or column.task in suite.tasks
    for task in suite.tasks.values():
        assert task.task in TASKS
        check_task(task.task, task.settings)
    for row in suite.published.values():
        assert set(row) <= set(headings)


def test_the_groups_of_wacse_are_those_of_tatoeba():
    for count in (4, 5, 8, 36):
        column = next(column for column in WACSE.columns if column.name == f"Tatoeba {count}")
        group = "xtreme36" if count == 36 else f"wacse{count}"
        assert group in GROUPS
        assert {pair[0] for pair in column.pairs} == set(group_languages(group))
    subsets = {column.name: set(column.pairs) for column in WACSE.columns if column.name.startswith("STS22")}
    assert len(subsets["STS22 18"]) == 18
    assert subsets["STS22 18"] - subsets["STS22 17"] == {("fra_Latn", "pol_Latn")}


@pytest.mark.parametrize("row", ["DAP", "WACSE"])
def test_published_means_are_those_of_their_members(row):
    numbers = next(numbers for name, numbers in WACSE.published.items() if name.startswith(f"{row} "))
    assert np.mean([numbers[f"BUCC {code}"] for code in ("fr", "de", "ru", "zh")]) == pytest.approx(
        numbers["BUCC"], abs=0.06
    )


def test_a_column_is_the_mean_of_its_members_and_carries_their_items():
    column = next(column for column in WACSE.columns if column.name == "Tatoeba 36")
    scores = list(invented(column, "mean_accuracy"))
    result = run_suite(TableEncoder({}), WACSE, tasks={"tatoeba": Told("t", scores)})
    four = column_of(result, "Tatoeba 4")
    members = [score.value for score in scores if score.languages[0][:3] in {"kaz", "tel", "kat", "jav"}]
    assert len(members) == 4
    assert four.value == pytest.approx(np.mean(members), abs=1e-12)
    assert np.mean([sample_statistic(sample) for sample in four.samples]) == pytest.approx(four.value, abs=1e-12)
    assert column_of(result, "Tatoeba 36").n == sum(score.n for score in scores)
    assert four.task == "suite:wacse"
    assert len(result.scores) == 36


def test_a_column_that_lacks_a_member_says_which():
    column = next(column for column in WACSE.columns if column.name == "Tatoeba 5")
    scores = [score for score in invented(column, "mean_accuracy") if score.languages[0] != "jav_Latn"]
    scores[0] = replace(scores[0], value=math.nan, samples=())
    result = run_suite(TableEncoder({}), WACSE, tasks={"tatoeba": Told("t", scores)})
    five = column_of(result, "Tatoeba 5")
    assert math.isnan(five.value)
    assert five.note == "undefined, 3 of 5 present: lacks kaz_Cyrl-eng_Latn, jav_Latn-eng_Latn"
    absent = column_of(result, "STS22 18")
    assert absent.note.startswith("undefined, 0 of 18 present: set sts22 needs INTERLINGUA_DATA")
    assert "`interlingua corpus get sts22` fetches it" in absent.note
    assert "lacks BUCC fr" in column_of(result, "BUCC").note


def test_similarity_has_no_direction_and_tasks_share_no_units():
    imascl = load_suite("imascl")
    sts = Told("s", [score_of(mean_sample([0.5] * 12), metric="spearman", languages=("eng_Latn", "fra_Latn"))])
    ko = Told("t", [score_of(mean_sample([0.25] * 12), metric="accuracy", languages=("kor_Hang", "eng_Latn"))])
    result = run_suite(TableEncoder({}), imascl, tasks={"sts17": sts, "tatoeba": ko})
    one, other = column_of(result, "STS en-fr"), column_of(result, "Tatoeba ko")
    assert (one.value, other.value) == (0.5, 0.25)
    assert not set(one.samples[0].units) & set(other.samples[0].units)
    assert math.isnan(column_of(result, "Tatoeba").value)


def test_a_column_without_pairs_takes_all_there_are():
    multiway = load_suite("multiway")
    scores = [
        score_of(mean_sample([value] * 12), metric="spearman", languages=(code, code))
        for code, value in (("tel_Telu", 0.2), ("deu_Latn", 0.8))
    ]
    macro = score_of(mean_sample([0.9] * 12), metric="macro_spearman", languages=())
    result = run_suite(TableEncoder({}), multiway, tasks={"sts": Told("t", [*scores, macro])})
    assert column_of(result, "STS").value == pytest.approx(0.5)
    assert column_of(result, "STS across").note.startswith("undefined, 0 of 1 present: set stsb needs INTERLINGUA_DATA")


def test_no_data_and_unknown_names_are_told():
    with pytest.raises(EvaluationError, match="suite wacse: none of its data is at hand; set tatoeba needs"):
        run_suite(TableEncoder({}), "wacse")
    with pytest.raises(EvaluationError, match="there is no suite 'wasce'; did you mean wacse"):
        run_suite(TableEncoder({}), "wasce")


def test_the_table_prints_published_numbers_beside_ours():
    column = next(column for column in WACSE.columns if column.name == "Tatoeba 5")
    result = run_suite(TableEncoder({}), WACSE, tasks={"tatoeba": Told("t", list(invented(column, "mean_accuracy")))})
    console = Console(width=300, color_system=None)
    with console.capture() as capture:
        console.print(suite_table([result, result]))
    lines = capture.get().splitlines()
    (line,) = [line for line in lines if line.startswith("Tatoeba 5")]
    value = f"{100 * column_of(result, 'Tatoeba 5').value:.1f}"
    assert line.split()[2:5] == [value, value, "150"]
    assert "LaBSE (T3, T4, T6) 93.5; InfoXLM (T3, T4) 32.8" in line
    assert any("fr-pl, which has 8 pairs" in line for line in lines)
    assert any(line.startswith("BUCC fr, BUCC de, BUCC ru, BUCC zh: undefined, 0 of 1 present") for line in lines)

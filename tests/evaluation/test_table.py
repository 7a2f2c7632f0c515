from dataclasses import replace

from rich.console import Console

from interlingua.evaluation import score_table
from interlingua.types import Score

DIRECTION = Score(
    task="retrieval:invented",
    metric="accuracy",
    languages=("eng_Latn", "deu_Latn"),
    value=0.812,
    n=1200,
    low=0.789,
    high=0.833,
    signature="data:1|version:0",
)
BACK = replace(DIRECTION, languages=("deu_Latn", "eng_Latn"), value=0.7)
MEAN = replace(DIRECTION, metric="mean_accuracy", value=0.756, low=0.734, high=0.777)
MACRO = replace(MEAN, metric="macro_accuracy", languages=("eng_Latn", "deu_Latn", "tel_Telu"), value=0.5)
STS = replace(
    DIRECTION, task="sts:invented", metric="spearman", value=float("nan"), low=float("nan"), note="undefined: x"
)


def lines(*args, width=80, **kwargs):
    console = Console(width=width, color_system=None)
    with console.capture() as capture:
        console.print(score_table(*args, **kwargs))
    return [line.split() for line in capture.get().splitlines()]


def test_a_line_holds_both_directions_mean_interval_and_n():
    table = lines([DIRECTION, BACK, MEAN, MACRO])
    assert table[0] == ["retrieval:invented,", "accuracy", "times", "100"]
    assert ["eng_Latn", "deu_Latn", "81.2", "70.0", "75.6", "73.4–77.7", "1,200"] in table
    assert ["mean", "of", "these", "50.0", "73.4–77.7", "1,200"] in table
    assert sum(line[:1] == ["deu_Latn"] for line in table) == 0, "a direction stands in the line of its mean only"
    assert table.count(["data:1|version:0"]) == 1


def test_tasks_and_metrics_have_their_own_table():
    table = lines([DIRECTION, STS])
    assert ["eng_Latn", "deu_Latn", "81.2", "78.9–83.3", "1,200"] in table
    assert ["sts:invented,", "spearman", "times", "100"] in table
    assert ["eng_Latn", "deu_Latn", "–", "1,200"] in table
    assert ["eng_Latn", "deu_Latn:", "undefined:", "x"] in table
    assert not any("→" in line for line in table)


def test_before_and_after_show_the_change():
    table = lines([DIRECTION, BACK, MEAN, MACRO, STS], before=[replace(MEAN, value=0.5)])
    assert ["eng_Latn", "deu_Latn", "81.2", "70.0", "50.0", "75.6", "+25.6", "73.4–77.7", "1,200"] in table
    assert ["mean", "of", "these", "–", "50.0", "–", "73.4–77.7", "1,200"] in table
    assert ["eng_Latn", "deu_Latn", "–", "–", "–", "1,200"] in table


def test_nothing_is_cut_at_eighty_columns():
    long = replace(MEAN, value=1.0, low=1.0, high=1.0, languages=("eng_Latn", "spa_Latn-ref2"), n=100_000)
    assert not any("…" in cell for line in lines([long], before=[replace(long, value=0.0)]) for cell in line)


def test_no_line_ends_in_blanks_and_a_signature_can_stay_whole():
    signature = "|".join(f"key{i}:value{i}" for i in range(12))
    console = Console(width=80, color_system=None)
    with console.capture() as capture:
        console.print(score_table([replace(DIRECTION, signature=signature), STS]), soft_wrap=True)
    printed = capture.get().splitlines()
    assert signature in printed
    assert [line for line in printed if line != line.rstrip()] == []


def test_long_signatures_are_folded_not_cut():
    signature = "|".join(f"key{i}:value{i}" for i in range(12))
    table = lines([replace(DIRECTION, signature=signature)])
    assert signature in "".join(cell for line in table for cell in line)

from dataclasses import replace

from rich.console import Console

from interlingua.evaluation import comparison_table, score_table
from interlingua.evaluation.comparison import Comparison
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


BETTER = Comparison(
    task="retrieval:invented",
    metric="mean_accuracy",
    languages=("eng_Latn", "deu_Latn"),
    value=0.812,
    other=0.756,
    difference=0.056,
    low=0.031,
    high=0.08,
    p=0.0005,
    adjusted=0.0009,
    n=400,
    draws=2000,
    verdict="better",
)


def compared(*comparisons, width=80, **kwargs):
    console = Console(width=width, color_system=None)
    with console.capture() as capture:
        console.print(comparison_table(comparisons, **kwargs))
    return capture.get().splitlines()


def test_a_comparison_says_its_verdict_in_a_word_and_a_sign():
    worse = replace(BETTER, languages=("eng_Latn", "tel_Telu"), difference=-0.056, verdict="worse", adjusted=0.031)
    same = replace(BETTER, languages=("eng_Latn", "swh_Latn"), difference=0.0, verdict="same", adjusted=1.0)
    table = [line.split() for line in compared(BETTER, worse, same, name="after", other="before")]
    assert table[0] == ["retrieval:invented,", "mean_accuracy", "times", "100"]
    assert table[1] == ["languages", "after", "before", "difference", "95", "%", "p", "verdict"]
    numbers = ["81.2", "75.6", "+5.6", "+3.1", "to", "+8.0"]
    assert ["eng_Latn", "deu_Latn", *numbers, "<0.001", "+", "better"] in table
    assert ["eng_Latn", "tel_Telu", *numbers[:2], "-5.6", *numbers[3:], "0.031", "-", "worse"] in table
    assert ["eng_Latn", "swh_Latn", *numbers[:2], "+0.0", *numbers[3:], "1.000", "=", "same"] in table


def test_a_comparison_says_what_is_undefined_and_what_holds_over_languages():
    nan = float("nan")
    undefined = replace(BETTER, low=nan, high=nan, adjusted=nan, verdict="undefined", note="no interval: why")
    macro = replace(BETTER, metric="macro_accuracy", low_languages=-0.01, high_languages=0.12)
    text = compared(undefined, macro, width=120)
    assert any(line.split()[-2:] == ["?", "undefined"] for line in text if line.split())
    assert "eng_Latn deu_Latn: no interval: why" in [line.strip() for line in text]
    assert "over languages instead of rows: -1.0 to +12.0" in [line.strip() for line in text]
    assert any("below 0.05" in line for line in text)


def test_markup_in_names_is_text():
    assert any("[red]x" in line for line in compared(BETTER, name="[red]x"))


def test_a_group_of_many_languages_is_told_by_their_number():
    group = replace(DIRECTION, metric="xtreme36_accuracy", languages=tuple(f"{i}" for i in range(37)))
    assert ["37", "languages", "81.2", "78.9–83.3", "1,200"] in lines([group])

"""Scores as tables for the terminal: one table a task, one line a language pair, both directions side by side."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

from interlingua.evaluation.comparison import Comparison
from interlingua.types import Score

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

__all__ = ["comparison_table", "score_table"]

Key = tuple[str, str, tuple[str, ...]]

_VERDICTS = {"better": "+ better", "same": "= same", "worse": "- worse", "undefined": "? undefined"}
_STYLES = {"better": "green", "worse": "red", "undefined": "dim"}


@dataclass(frozen=True, slots=True)
class _Line:
    """What stands in one line: a score, and if that is the mean of two directions, those two."""

    score: Score
    directions: tuple[Score, ...] = ()

    @property
    def heading(self) -> str:
        """The table it belongs to: task and metric."""
        return f"{self.score.task}, {self.score.metric.removeprefix('mean_').removeprefix('macro_')} times 100"


def score_table(scores: Iterable[Score], *, before: Iterable[Score] | None = None) -> "Group":
    """Return scores, times 100, as tables for :func:`rich.print`: one for each task and metric.

    A line for every pair of languages: both directions, their mean, its 95 % interval and the number of items. Below
    stand the notes of undefined scores and the conditions.

    Args:
        scores: Scores of one encoder, of any tasks.
        before: Scores of the same tasks for the encoder to compare with: adds its value and the difference.
    """
    from rich.console import Group
    from rich.text import Text

    earlier = None if before is None else {_key(score): score for score in before}
    tables: dict[str, list[_Line]] = {}
    for line in _lines(list(scores)):
        tables.setdefault(line.heading, []).append(line)
    parts = [
        (Text(heading, style="table.title"), _table(lines, earlier), _conditions(lines))
        for heading, lines in tables.items()
    ]
    return Group(*(part for table in parts for part in table))


def comparison_table(
    comparisons: Iterable[Comparison], *, name: str = "first", other: str = "second", level: float = 0.05
) -> "Group":
    """Return comparisons, times 100, as tables for :func:`rich.print`: one for each task and metric.

    A line for every pair of languages: both values, the difference with its 95 % interval, Holm's p and the verdict, in
    a word and a sign. Below stand notes, and the interval over languages of a mean over languages.

    Args:
        comparisons: What :func:`interlingua.evaluation.compare` gave.
        name: What the first encoder is called.
        other: What the second is called.
        level: The one that was compared at.
    """
    from rich.console import Group
    from rich.text import Text

    tables: dict[str, list[Comparison]] = {}
    for one in comparisons:
        tables.setdefault(f"{one.task}, {one.metric} times 100", []).append(one)
    legend = Text(
        f"{name} against {other}: paired bootstrap over rows; better or worse where p, after Holm's correction, "
        f"is below {level:g}; an interval is that of its line alone, and may leave out 0 where the verdict is same",
        style="dim",
    )
    parts = [
        (Text(heading, style="table.title"), _comparisons(lines, name, other), _remarks(lines))
        for heading, lines in tables.items()
    ]
    return Group(*(part for table in parts for part in table), legend)


def _comparisons(lines: Sequence[Comparison], name: str, other: str) -> "Table":
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, pad_edge=False)
    table.add_column("languages", no_wrap=True)
    for column in (name, other, "difference", "95 %", "p"):
        table.add_column(Text(column), justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for line in lines:
        table.add_row(
            "mean of these" if line.metric.startswith("macro_") else " ".join(line.languages),
            _percent(line.value),
            _percent(line.other),
            _percent(line.difference, sign="+"),
            _between(line.low, line.high),
            _chance(line.adjusted),
            Text(_VERDICTS[line.verdict], style=_STYLES.get(line.verdict, "")),
        )
    return table


def _remarks(lines: Sequence[Comparison]) -> "Text":
    from rich.text import Text

    remarks = []
    for line in lines:
        if line.note:
            remarks.append(f"{' '.join(line.languages)}: {line.note}")
        if not isnan(line.low_languages):
            remarks.append(f"over languages instead of rows: {_between(line.low_languages, line.high_languages)}")
    return Text("\n".join([*remarks, ""]), style="dim")


def _between(low: float, high: float) -> str:
    return "" if isnan(low) else f"{_percent(low, sign='+')} to {_percent(high, sign='+')}"


def _chance(p: float) -> str:
    if isnan(p):
        return ""
    return f"{p:.3f}" if p >= 0.001 else "<0.001"


def _table(lines: Sequence[_Line], before: dict[Key, Score] | None) -> "Table":
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    both_ways = any(line.directions for line in lines)
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, pad_edge=False)
    table.add_column("languages", no_wrap=True)
    numbers = [*(("→", "←") if both_ways else ()), *(("before",) if before is not None else ()), "score"]
    for column in (*numbers, *(("change",) if before is not None else ()), "95 %", "n"):
        table.add_column(column, justify="right", no_wrap=True)
    for line in lines:
        score = line.score
        cells = [_languages(score)]
        if both_ways:
            cells += [_percent(direction.value) for direction in line.directions] or ["", ""]
        if before is None:
            cells.append(_percent(score.value))
        else:
            earlier = before.get(_key(score))
            old = float("nan") if earlier is None else earlier.value
            cells += [_percent(old), _percent(score.value), _percent(score.value - old, sign="+")]
        interval = "" if isnan(score.low) else f"{_percent(score.low)}–{_percent(score.high)}"
        table.add_row(*cells, interval, f"{score.n:,}", style="bold" if _is_macro(score) else None)
    return table


def _lines(scores: Sequence[Score]) -> list[_Line]:
    """Fold two directions and their mean into one line, in the place of the mean; every other score has its own."""
    found = {_key(score): score for score in scores}
    directions: dict[Key, tuple[Score, ...]] = {}
    for key, score in found.items():
        if score.metric.startswith("mean_") and len(score.languages) == 2:
            metric = score.metric.removeprefix("mean_")
            both = [(score.task, metric, languages) for languages in (score.languages, score.languages[::-1])]
            if all(direction in found for direction in both):
                directions[key] = tuple(found[direction] for direction in both)
    folded = {_key(direction) for pair in directions.values() for direction in pair}
    return [_Line(score, directions.get(key, ())) for key, score in found.items() if key not in folded]


def _languages(score: Score) -> str:
    if _is_macro(score):
        return "mean of these"
    return " ".join(score.languages) if len(score.languages) < 5 else f"{len(score.languages)} languages"


def _is_macro(score: Score) -> bool:
    return score.metric.startswith("macro_")


def _percent(value: float, *, sign: str = "") -> str:
    return "–" if isnan(value) else f"{100 * value:{sign}.1f}"


def _conditions(lines: Sequence[_Line]) -> "Text":
    """Return what stands below a table: the notes of its lines and their signature."""
    from rich.text import Text

    notes = [f"{_languages(line.score)}: {line.score.note}" for line in lines if line.score.note]
    signatures = dict.fromkeys(line.score.signature for line in lines if line.score.signature)
    return Text("\n".join([*notes, *signatures, ""]), style="dim")


def _key(score: Score) -> Key:
    return score.task, score.metric, score.languages

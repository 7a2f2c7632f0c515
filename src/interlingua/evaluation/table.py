"""Scores as tables for the terminal: one table a task, one line a language pair, both directions side by side."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

from interlingua.types import Score

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

__all__ = ["score_table"]

Key = tuple[str, str, tuple[str, ...]]


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
    return "mean of these" if _is_macro(score) else " ".join(score.languages)


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

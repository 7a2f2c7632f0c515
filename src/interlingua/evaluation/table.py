"""Scores as a table for the terminal: one line a language pair, both directions side by side."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

from interlingua.types import Score

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["score_table"]


@dataclass(frozen=True, slots=True)
class _Line:
    """What stands in one line: a score, and for the mean of two directions those two."""

    score: Score
    directions: tuple[Score, ...] = ()


def score_table(scores: Sequence[Score], *, before: Sequence[Score] = (), title: str | None = None) -> "Table":
    """Return a table of scores, times 100, for :func:`rich.print`.

    A line for every pair of languages: both directions, their mean, its 95 % interval and the number of items. With
    ``before`` also the value before and the difference.

    Args:
        scores: Scores of one encoder, of any tasks.
        before: Scores of the same tasks for the encoder to compare with.
        title: Heading.
    """
    from rich.table import Table

    earlier = {_key(score): score for score in before}
    lines = _lines(scores)
    caption = _caption([line.score for line in lines])
    table = Table(title=title, title_justify="left", caption=caption, caption_justify="left")
    table.add_column("task", overflow="fold")
    table.add_column("languages", overflow="fold")
    table.add_column("metric")
    for heading in ("→", "←", *(("before",) if before else ()), "score", "95 % interval", "n"):
        table.add_column(heading, justify="right", no_wrap=True)
    if before:
        table.add_column("change", justify="right", no_wrap=True)
    previous = None
    for line in lines:
        if previous is not None and previous != line.score.task:
            table.add_section()
        cells = _cells(line, earlier.get(_key(line.score)), compare=bool(before))
        style = "bold" if line.score.metric.startswith("macro_") else None
        table.add_row("" if previous == line.score.task else line.score.task, *cells, style=style)
        previous = line.score.task
    return table


def _lines(scores: Iterable[Score]) -> list[_Line]:
    """Fold two directions and their mean into one line; every other score has its own."""
    scores = list(scores)
    found = {_key(score): score for score in scores}
    lines, folded = [], set()
    for score in scores:
        if not score.metric.startswith("mean_") or len(score.languages) != 2:
            continue
        metric = score.metric.removeprefix("mean_")
        keys = [(score.task, metric, languages) for languages in (score.languages, score.languages[::-1])]
        if all(key in found for key in keys):
            folded.update(keys)
            lines.append((_key(score), _Line(score, tuple(found[key] for key in keys))))
    means = dict(lines)
    return [means.get(_key(score), _Line(score)) for score in scores if _key(score) not in folded]


def _cells(line: _Line, before: Score | None, *, compare: bool) -> list[str]:
    score = line.score
    directions = [_percent(direction.value) for direction in line.directions] or ["", ""]
    interval = "" if isnan(score.low) else f"{_percent(score.low)} – {_percent(score.high)}"
    value = _percent(score.value)
    cells = [_languages(score), score.metric.replace("_", " "), *directions, value, interval, f"{score.n:,}"]
    if not compare:
        return cells
    cells.insert(4, _percent(before.value) if before else "–")
    return [*cells, f"{100 * (score.value - before.value):+.1f}" if before and not isnan(score.value) else "–"]


def _languages(score: Score) -> str:
    return f"{len(score.languages)} languages" if score.metric.startswith("macro_") else " ".join(score.languages)


def _percent(value: float) -> str:
    return "–" if isnan(value) else f"{100 * value:.1f}"


def _caption(scores: Sequence[Score]) -> str:
    notes = dict.fromkeys(f"{' '.join(score.languages)}: {score.note}" for score in scores if score.note)
    return "\n".join([*notes, *dict.fromkeys(score.signature for score in scores if score.signature)])


def _key(score: Score) -> tuple[str, str, tuple[str, ...]]:
    return score.task, score.metric, score.languages

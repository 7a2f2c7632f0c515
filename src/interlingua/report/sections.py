"""PANELS -> SECTIONS: for every part of the page the words, numbers and drawings that its template needs."""

from collections.abc import Iterable, Sequence
from math import isfinite, isnan
from typing import Any

from interlingua.evaluation import headline_scores
from interlingua.evaluation.comparison import Comparison
from interlingua.report import figures
from interlingua.report.panels import Panel, Versus, language_name, summary_lines
from interlingua.types import Score

__all__ = ["conditions", "headlines", "learning", "score_tables", "signed", "times_100", "verdicts"]

_FORESTS = 4
"""So many tasks have their verdicts drawn; all have them in a table."""

_NOT_LOSSES = {"step", "seconds", "loss", "learning_rate", "grad_norm", "epoch"}


def headlines(panels: Sequence[Panel], versus: Sequence[Versus]) -> list[dict[str, Any]]:
    """Return what sums up each task, with every encoder's value and the verdicts."""
    made = []
    for task, score in _headline_of_tasks(panels).items():
        key = (task, score.metric, score.languages)
        made.append(
            {
                "task": task,
                "metric": plain_metric(score.metric),
                "values": [_cell(_find(panel.scores, key)) for panel in panels],
                "titles": [panel.title for panel in panels],
                "verdicts": [{"title": one.panel.title, **verdict(one.line(score))} for one in versus],
                "note": score.note,
            }
        )
    return made


def verdicts(versus: Sequence[Versus]) -> list[dict[str, Any]]:
    """Return the languages of each task with better, same or worse: counts, lines, and a drawing for the first few."""
    made = []
    for number, one in enumerate(versus):
        tasks: dict[str, list[Comparison]] = {}
        for comparison in one.languages:
            if len(comparison.languages) == 1:
                tasks.setdefault(comparison.task, []).append(comparison)
        for place, (task, found) in enumerate(tasks.items()):
            name = f"verdict-{number}-{place}"
            made.append(
                {
                    "task": task,
                    "metric": plain_metric(found[0].metric),
                    "title": one.panel.title,
                    "other": one.other.title,
                    "counts": _counts(found),
                    "lines": [{"language": language_name(c.languages[0]), **_compared(c)} for c in found],
                    "notes": list(dict.fromkeys(c.note for c in found if c.note)),
                    "figure": _forest(found, task=task, name=name) if place < _FORESTS else "",
                }
            )
    return made


def score_tables(panels: Sequence[Panel], versus: Sequence[Versus]) -> list[dict[str, Any]]:
    """Return one table for each task and metric: a line for every pair of languages, a column for every encoder."""
    keys = dict.fromkeys((one.task, one.metric, one.languages) for p in panels for one in summary_lines(p.scores))
    tables: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for key in keys:
        found = [_find(panel.scores, key) for panel in panels]
        score = next(one for one in reversed(found) if one is not None)
        tables.setdefault((key[0], plain_metric(key[1])), []).append(
            {
                "languages": _languages(score),
                "codes": " ".join(score.languages),
                "whole": len(score.languages) != 2 and score.metric.startswith("macro_"),
                "cells": [_cell(one) for one in found],
                "verdicts": [verdict(one.line(score)) for one in versus],
                "n": score.n,
                "note": score.note,
            }
        )
    return [
        {
            "task": task,
            "metric": metric,
            "lines": lines,
            "panels": [panel.title for panel in panels],
            "versus": [one.panel.title for one in versus],
            "intervals": not versus,
        }
        for (task, metric), lines in tables.items()
    ]


def conditions(panels: Sequence[Panel]) -> list[dict[str, Any]]:
    """Return the conditions that every task was measured under, and whether encoders were measured under the same."""
    made: dict[str, list[str]] = {}
    for panel in panels:
        for score in panel.scores:
            seen = made.setdefault(score.task, [])
            told = "|".join(part for part in score.signature.split("|") if not part.startswith("encoder:"))
            if told not in seen:
                seen.append(told)
    return [{"task": task, "signatures": [one for one in seen if one]} for task, seen in made.items()]


def learning(panels: Sequence[Panel]) -> list[dict[str, Any]]:
    """Return curves over the steps: the loss, each of its parts where there are several, and the dev score."""
    runs = {panel.run.name: panel.run.log for panel in panels}
    parts = dict.fromkeys(
        key
        for log in runs.values()
        for entry in log
        if "loss" in entry
        for key in entry
        if key not in _NOT_LOSSES and not key.startswith("eval_")
    )
    wanted = {"loss": "loss", **({part: part for part in parts} if len(parts) > 1 else {})}
    wanted["eval_dev_mean"] = "mean dev score, times 100"
    made = []
    for number, (key, label) in enumerate(wanted.items()):
        lines = {name: line for name, log in runs.items() if (line := _line(log, key))[0]}
        if not lines:
            continue
        told = "; ".join(
            f"{name}: from {y[0]:.3g} to {y[-1]:.3g} in {x[-1]:,.0f} steps" for name, (x, y) in lines.items()
        )
        figure = figures.curves(lines, name=f"curve-{number}", alt=f"{label} over the steps. {told}", y=label)
        made.append({"label": label, "told": told, "figure": figure})
    return made


def verdict(comparison: Comparison | None) -> dict[str, Any]:
    """Return the verdict of a comparison with its numbers, or that there is none."""
    if comparison is None:
        return {"word": "undefined", "difference": "–", "interval": "", "sort": "", "p": "", "note": "not compared"}
    return _compared(comparison)


def plain_metric(metric: str) -> str:
    """Return a metric without how it was averaged, as words."""
    return metric.removeprefix("macro_").removeprefix("mean_").replace("_", " ")


def times_100(value: float) -> str:
    """Return a value times 100 with one decimal, a dash where it is undefined."""
    return "–" if isnan(value) else f"{100 * value:.1f}".replace("-", "−")


def signed(value: float) -> str:
    """Return a difference times 100, with its sign.

    Example:
        >>> signed(0.034), signed(-0.01), signed(0.0)
        ('+3.4', '−1.0', '0.0')
    """
    if isnan(value):
        return "–"
    text = f"{100 * value:+.1f}"
    return text[1:] if float(text) == 0 else text.replace("-", "−")


def _compared(comparison: Comparison) -> dict[str, Any]:
    low, high = comparison.low, comparison.high
    return {
        "word": comparison.verdict,
        "value": times_100(comparison.value),
        "other": times_100(comparison.other),
        "difference": signed(comparison.difference),
        "interval": "" if isnan(low) else f"{signed(low)} to {signed(high)}",
        "sort": "" if isnan(comparison.difference) else f"{comparison.difference:.6f}",
        "p": "" if isnan(comparison.adjusted) else _p(comparison.adjusted),
        "n": comparison.n,
        "note": comparison.note,
    }


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


def _counts(found: Iterable[Comparison]) -> dict[str, int]:
    words = [one.verdict for one in found]
    return {word: words.count(word) for word in ("better", "same", "worse", "undefined") if word in words}


def _forest(found: Sequence[Comparison], *, task: str, name: str) -> str:
    known = [one for one in found if isfinite(one.difference)]
    if not known:
        return ""
    lines: list[dict[str, Any]] = [
        {
            "label": language_name(one.languages[0]),
            "difference": one.difference,
            "low": one.low,
            "high": one.high,
            "verdict": one.verdict,
        }
        for one in known
    ]
    told = "; ".join(f"{line['label']} {line['verdict']}, {signed(line['difference'])}" for line in lines)
    return figures.differences(lines, name=name, alt=f"Differences by language, {task}. {told}")


def _headline_of_tasks(panels: Sequence[Panel]) -> dict[str, Score]:
    found: dict[str, Score] = {}
    for panel in panels:
        found.update({one.task: one for one in headline_scores(panel.scores)})
    return found


def _find(scores: Iterable[Score], key: tuple[str, str, tuple[str, ...]]) -> Score | None:
    return next((one for one in scores if (one.task, one.metric, one.languages) == key), None)


def _cell(score: Score | None) -> dict[str, str]:
    if score is None or isnan(score.value):
        return {"value": "–", "sort": "", "interval": ""}
    interval = "" if isnan(score.low) else f"{times_100(score.low)} to {times_100(score.high)}"
    return {"value": times_100(score.value), "sort": f"{score.value:.6f}", "interval": interval}


def _languages(score: Score) -> str:
    if score.metric.startswith("macro_"):
        return "mean of these"
    names = [language_name(code) for code in score.languages]
    if not names:
        return "all"
    return " – ".join(dict.fromkeys(names)) if len(names) <= 2 else f"{len(names)} languages"


def _line(log: Sequence[dict[str, Any]], key: str) -> tuple[list[float], list[float]]:
    points = [
        (entry["step"], entry[key])
        for entry in log
        if isinstance(entry.get(key), int | float) and isinstance(entry.get("step"), int) and isfinite(entry[key])
    ]
    scale = 100 if key.startswith("eval_") else 1
    return [float(step) for step, _ in points], [scale * float(value) for _, value in points]

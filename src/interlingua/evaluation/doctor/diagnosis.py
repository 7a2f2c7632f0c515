"""What an examination found, as an object, as JSON and as text."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from textwrap import fill
from typing import Any

from interlingua.evaluation.doctor.advice import Advice
from interlingua.evaluation.doctor.chart import Chart
from interlingua.types import Score

__all__ = ["Diagnosis"]

_COLUMNS = (
    ("found", "found", 100),
    ("lost_to_own_language", "lost", 100),
    ("hub_skewness", "hubs", 1),
    ("uniformity", "uniform", 1),
    ("tokens_per_word", "tokens", 1),
    ("premium", "premium", 1),
    ("unknown", "unknown", 100),
    ("cut", "cut", 100),
    ("duplicate_texts", "twice", 100),
    ("seen_texts", "seen", 100),
    ("found_change", "change", 100),
    ("neighbours_kept", "kept", 100),
    ("cka", "cka", 1),
    ("sts_change", "sts", 100),
)
"""Metric, heading and factor of the columns of the table by language."""

_LINES = (
    ("found", "translations found", 100),
    ("found_when_centred", "... without every language's mean", 100),
    ("lost_to_own_language", "found, but lost to texts of the query's language", 100),
    ("language_told", "language told by a linear probe", 100),
    ("language_variance", "variance between languages", 100),
    ("mean_cosine", "mean cosine of texts that do not translate each other", 1),
    ("top_component", "variance in the first component", 100),
    ("dimensions_in_use", "dimensions in use", 1),
    ("duplicate_rows", "rows that repeat an earlier one", 100),
    ("seen_pairs", "rows that were trained on", 100),
    ("norm", "length of the model's own vectors", 1),
    ("norm_of_teacher", "... of the teacher's", 1),
)
"""The same for what speaks of all languages together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What is wrong with an encoder, on the rows it was asked about; ``str()`` is a page of text.

    Args:
        name: Of the encoder.
        data: What it was examined on.
        rows: How many rows were encoded.
        languages: Their languages.
        advice: What to do, most harmful first; empty where there is nothing to complain about.
        scores: All numbers; tasks are named ``doctor:...``.
        cannot: What could not be told of this encoder or this data, and why.
    """

    name: str
    data: str
    rows: int
    languages: tuple[str, ...]
    advice: tuple[Advice, ...]
    scores: tuple[Score, ...]
    cannot: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return a JSON-ready dictionary (NaN becomes None)."""
        return {
            "name": self.name,
            "data": self.data,
            "rows": self.rows,
            "languages": list(self.languages),
            "advice": [one.as_dict() for one in self.advice],
            "scores": [one.as_dict() for one in self.scores],
            "cannot": list(self.cannot),
        }

    def __str__(self) -> str:
        chart = Chart("", list(self.scores))
        head = f"{self.name} on {self.data}: {self.rows:,} rows, {len(self.languages)} languages"
        parts = [head, self._advice(), _overall(chart), _by_language(chart, self.languages)]
        if self.cannot:
            parts.append("\n".join(["Not told", *(f"  {one}" for one in self.cannot)]))
        return "\n\n".join(part for part in parts if part)

    def _advice(self) -> str:
        if not self.advice:
            return "Nothing to complain about."
        lines = []
        for number, one in enumerate(self.advice, 1):
            mark = "severe" if one.severe else "notable"
            begin = f"{number}. {one.diagnosis} ({mark}; {one.metric} {one.value:.3g}, threshold {one.threshold:g})"
            lines += [begin, fill(one.text, 100, initial_indent="   ", subsequent_indent="   ", break_long_words=False)]
        return "\n".join(lines)


def _overall(chart: Chart) -> str:
    lines = []
    for metric, title, factor in _LINES:
        score = chart.one(metric)
        if score is not None:
            between = "" if isnan(score.low) else f"  ({_number(score.low, factor)} to {_number(score.high, factor)})"
            unit = " %" if factor == 100 else ""
            lines.append(f"  {title.ljust(56)}{_number(score.value, factor).rjust(8)}{unit}{between}")
    return "\n".join(lines)


def _by_language(chart: Chart, languages: Sequence[str]) -> str:
    columns = [(title, chart.by_language(metric), factor) for metric, title, factor in _COLUMNS]
    columns = [column for column in columns if column[1]]
    lines = [["language", *(title for title, _, _ in columns)]]
    for language in languages:
        cells = [_number(scores[language].value, factor) if language in scores else "" for _, scores, factor in columns]
        lines.append([language, *cells])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  "
        + "  ".join(
            cell.rjust(width) if i else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _number(value: float, factor: int) -> str:
    if isnan(value):
        return "–"
    return f"{100 * value:.1f}" if factor == 100 else f"{value:.2f}"

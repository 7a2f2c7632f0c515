"""SCORES -> CSV: the numbers of a report for a spreadsheet, each with its conditions."""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO
from math import isnan, nan

from interlingua.report.panels import Panel, Versus, make_panels, make_versus
from interlingua.report.record import RunRecord
from interlingua.types import Score

__all__ = ["scores_csv"]

_COLUMNS = (
    "encoder",
    "task",
    "metric",
    "languages",
    "value",
    "low",
    "high",
    "n",
    "higher_is_better",
    "compared_with",
    "difference",
    "difference_low",
    "difference_high",
    "p_adjusted",
    "verdict",
    "note",
    "signature",
)


def scores_csv(records: Sequence[RunRecord]) -> str:
    """Return every score of every encoder as CSV, with the paired difference to the first where there is one.

    Values are between 0 and 1, as in ``scores.json``; what is undefined is empty. A cell that a spreadsheet would take
    for a formula begins with an apostrophe.
    """
    panels = make_panels(records)
    versus = {id(one.panel): one for one in make_versus(panels)}
    made = StringIO()
    writer = csv.DictWriter(made, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    for panel in panels:
        for score in panel.scores:
            writer.writerow(_row(panel, score, versus.get(id(panel))))
    return made.getvalue()


def _row(panel: Panel, score: Score, versus: Versus | None) -> Mapping[str, str]:
    found = versus.line(score) if versus is not None else None
    row = {
        "encoder": panel.title,
        "task": score.task,
        "metric": score.metric,
        "languages": " ".join(score.languages),
        "value": _number(score.value),
        "low": _number(score.low),
        "high": _number(score.high),
        "n": str(score.n),
        "higher_is_better": str(score.higher_is_better).lower(),
        "compared_with": versus.other.title if versus is not None and found is not None else "",
        "difference": _number(found.difference if found else nan),
        "difference_low": _number(found.low if found else nan),
        "difference_high": _number(found.high if found else nan),
        "p_adjusted": _number(found.adjusted if found else nan),
        "verdict": found.verdict if found else "",
        "note": score.note,
        "signature": score.signature,
    }
    words = {"encoder", "task", "metric", "languages", "compared_with", "note", "signature"}
    return {key: _harmless(value) if key in words else value for key, value in row.items()}


def _number(value: float) -> str:
    return "" if isnan(value) else f"{value:.6g}"


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text

"""The columns of a suite as a table, beside the published numbers."""

from collections.abc import Sequence
from math import isnan
from typing import TYPE_CHECKING

from interlingua.evaluation.suite_run import SuiteResult
from interlingua.evaluation.suites import Column

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table

__all__ = ["suite_table"]


def suite_table(results: SuiteResult | Sequence[SuiteResult]) -> "Group":
    """Return a suite as a table for :func:`rich.print`.

    A line a column: its value for every encoder, beside those that the paper's tables have for it. Below stand what is
    missing and what must be known. Values are as the paper writes them: parts of 1, or of 100.

    Args:
        results: Of one suite, for one encoder or several.
    """
    from rich.console import Group
    from rich.text import Text

    results = [results] if isinstance(results, SuiteResult) else list(results)
    suite = results[0].suite
    lacking: dict[str, list[str]] = {}
    for score in (score for result in results for score in result.columns if score.note):
        lacking.setdefault(score.note, []).append(score.metric)
    remarks = [f"{', '.join(dict.fromkeys(columns))}: {note}" for note, columns in lacking.items()]
    return Group(
        Text(f"{suite.title} ({suite.paper})", style="table.title"),
        _table(results),
        Text("\n".join([*remarks, *suite.notes]), style="dim"),
    )


def _table(results: Sequence[SuiteResult]) -> "Table":
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    suite = results[0].suite
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, pad_edge=False)
    table.add_column("column", no_wrap=True)
    for result in results:
        table.add_column(Text(result.encoder), justify="right", no_wrap=True)
    table.add_column("n", justify="right", no_wrap=True)
    table.add_column("published")
    for place, column in enumerate(suite.columns):
        scores = [result.columns[place] for result in results]
        published = [
            f"{row} {_number(numbers[column.name] / column.times, column)}"
            for row, numbers in suite.published.items()
            if column.name in numbers
        ]
        values = (_number(score.value, column) for score in scores)
        table.add_row(column.name, *values, f"{scores[0].n:,}", Text("; ".join(published)))
    return table


def _number(value: float, column: Column) -> str:
    if isnan(value):
        return "–"
    return f"{value * column.times:.{column.digits}f}"

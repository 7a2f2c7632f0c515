"""Suites: what papers report, as tasks, columns and published numbers."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from interlingua.errors import EvaluationError
from interlingua.evaluation.pairs import Pair
from interlingua.explaining import nearest
from interlingua.languages import canonical

__all__ = ["SUITES", "Column", "Suite", "SuiteTask", "load_suite"]

SUITES = ("imascl", "multiway", "wacse")
"""Names of suites."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteTask:
    """A task of a suite.

    Args:
        task: Its name, as for :func:`interlingua.evaluation.make_task`.
        data: A set of the catalog, or a file or folder below ``$INTERLINGUA_DATA``.
        settings: Of the task.
        source: Where the data comes from, if the catalog does not say it.
    """

    task: str
    data: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A number of a paper's table: the unweighted mean of some scores of a task, or of other columns.

    Args:
        name: Heading.
        task: Which task of the suite.
        metric: Which of its scores.
        pairs: For which languages, canonical; None for all that the data has.
        of: Names of the columns whose mean this is.
        times: Factor for printing: papers write 0.95 or 95.
        digits: After the point, for printing.
    """

    name: str
    task: str = ""
    metric: str = ""
    pairs: tuple[Pair, ...] | None = None
    of: tuple[str, ...] = ()
    times: float = 1
    digits: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """What a paper reports.

    Args:
        name: How it is asked for.
        title, paper: What it is.
        notes: What must be known to read the columns.
        tasks: By name.
        columns: In the order of the table.
        published: By row of the paper's tables, the numbers of its columns.
    """

    name: str
    title: str
    paper: str
    notes: tuple[str, ...]
    tasks: Mapping[str, SuiteTask]
    columns: tuple[Column, ...]
    published: Mapping[str, Mapping[str, float]]


def load_suite(name: str) -> Suite:
    """Return a suite.

    Raises:
        EvaluationError: There is none of this name.

    Example:
        >>> [column.name for column in load_suite("wacse").columns][:4]
        ['Tatoeba 4', 'Tatoeba 5', 'Tatoeba 8', 'Tatoeba 36']
    """
    if name not in SUITES:
        raise EvaluationError(f"there is no suite {name!r}; {nearest(name, SUITES, 'there are')}")
    return _suites()[name]


@cache
def _suites() -> dict[str, Suite]:
    text = files("interlingua.evaluation").joinpath("suites.toml").read_text(encoding="utf-8")
    return {name: _suite(name, entry) for name, entry in tomllib.loads(text).items()}


def _suite(name: str, entry: Mapping[str, Any]) -> Suite:
    return Suite(
        name=name,
        title=entry["title"],
        paper=entry["paper"],
        notes=tuple(entry["notes"]),
        tasks={key: SuiteTask(**task) for key, task in entry["tasks"].items()},
        columns=tuple(_column(**column) for column in entry["columns"]),
        published=entry["published"],
    )


def _column(*, pairs: Sequence[str] | None = None, of: Sequence[str] = (), **entry: Any) -> Column:
    codes = None if pairs is None else tuple(tuple(canonical(code) for code in pair.split("-")) for pair in pairs)
    return Column(pairs=codes, of=tuple(of), **entry)  # type: ignore[arg-type]

"""What cleaning dropped: counts, samples, and every cell of it."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from interlingua.corpus.wording import counted

__all__ = ["CleaningReport", "Dropped", "RuleReport"]

_SHOWN = 70
"""Characters of a text that tables show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """One cell that is gone.

    Args:
        row: The row's ``_id``, or its number from 0.
        rule: By which rule.
        language: Its language.
        reason: Why.
        text: What it said.
        pivot: What the pivot of its row says, where that is another cell.
        with_row: Nothing was wrong with it: its row had too few cells left.
    """

    row: str
    rule: str
    language: str
    reason: str
    text: str
    pivot: str | None = None
    with_row: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return a JSON-ready dictionary."""
        return asdict(self)


@dataclass(kw_only=True)
class RuleReport:
    """What one rule did.

    Args:
        rule: Its name.
        rows: Rows that had too few cells left after it.
        faulted: Cells at fault, by language.
        with_row: Cells without fault that went with their row, by language.
        repaired: Cells whose text it changed, by language; they are not dropped.
        samples: Some of the cells at fault.
        notes: What else must be known.
    """

    rule: str
    rows: int = 0
    faulted: Counter[str] = field(default_factory=Counter)
    with_row: Counter[str] = field(default_factory=Counter)
    repaired: Counter[str] = field(default_factory=Counter)
    samples: list[Dropped] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def cells(self) -> int:
        """All cells that are gone by it."""
        return self.faulted.total() + self.with_row.total()


@dataclass(kw_only=True)
class CleaningReport:
    """What a chain of rules did; ``str()`` is a table.

    What came in is what went out and what each rule dropped, in rows and in cells of every language.

    Args:
        rules: In the order in which they were applied.
        rows: Rows that came in.
        kept_rows: Rows that went out.
        cells: Cells that came in, by language.
        kept_cells: Cells that went out, by language.
        samples: How many cells of a rule are kept as samples.
        seed: Draws the samples from all; None keeps the first.
    """

    rules: list[RuleReport]
    rows: int = 0
    kept_rows: int = 0
    cells: Counter[str] = field(default_factory=Counter)
    kept_cells: Counter[str] = field(default_factory=Counter)
    samples: int = 3
    seed: int | None = None

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    @property
    def dropped_cells(self) -> int:
        """All cells that are gone."""
        return sum(rule.cells for rule in self.rules)

    def sample(self, rule: RuleReport, dropped: Dropped) -> None:
        """Keep a cell at fault, which is counted already, as a sample if the draw says so (reservoir sampling)."""
        if len(rule.samples) < self.samples:
            rule.samples.append(dropped)
        elif self.seed is not None and self.samples:
            place = self._random.randrange(rule.faulted.total())
            if place < self.samples:
                rule.samples[place] = dropped

    def as_dict(self) -> dict[str, Any]:
        """Return a JSON-ready dictionary: what the card of a cleaned corpus keeps of the step."""
        return {
            "rows": self.rows,
            "kept_rows": self.kept_rows,
            "cells": dict(self.cells),
            "kept_cells": dict(self.kept_cells),
            "rules": [
                {"rule": one.rule, "rows": one.rows, "cells": one.cells}
                | {key: dict(counts) for key, counts in _counts(one).items() if counts}
                | ({"notes": one.notes} if one.notes else {})
                | {"samples": [sample.as_dict() for sample in one.samples]}
                for one in self.rules
            ],
        }

    def why_nothing_is_left(self) -> str:
        """Return which rule took most cells, with one of them; empty where none came in."""
        most = max(self.rules, key=lambda rule: rule.cells, default=None)
        if most is None or not most.cells:
            return ""
        of = f"{most.cells:,} of {counted(self.cells.total(), 'cell')}"
        return f"{most.rule} took {of}" + (f" (as {_told(most.samples[0])})" if most.samples else "")

    def __str__(self) -> str:
        top = (
            f"{counted(self.rows, 'row')} in, {self.kept_rows:,} out ({_share(self.kept_rows, self.rows)}); "
            f"{counted(self.cells.total(), 'cell')} in, {self.kept_cells.total():,} out "
            f"({_share(self.kept_cells.total(), self.cells.total())})"
        )
        lines = [("rule", "rows", "cells", "at fault, by language")]
        lines += [(one.rule, f"{one.rows:,}", f"{one.cells:,}", _by_language(one)) for one in self.rules]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        table = [
            f"{rule.ljust(widths[0])}  {rows.rjust(widths[1])}  {cells.rjust(widths[2])}  {by}".rstrip()
            for rule, rows, cells, by in lines
        ]
        notes = [f"{one.rule}: {note}" for one in self.rules for note in one.notes]
        samples = [line for one in self.rules if one.samples for line in _sample_lines(one)]
        return "\n".join([top, *table, *notes, *samples])


def _counts(one: RuleReport) -> dict[str, Counter[str]]:
    return {"faulted": one.faulted, "with_row": one.with_row, "repaired": one.repaired}


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "nothing"


def _by_language(one: RuleReport) -> str:
    words = _most(one.faulted)
    if one.repaired:
        words = "; ".join(filter(None, [words, f"changed: {_most(one.repaired)}"]))
    return words


def _most(counts: Counter[str], shown: int = 5) -> str:
    listed = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    more = f", {len(listed) - shown:,} more" if len(listed) > shown else ""
    return ", ".join(f"{language} {count:,}" for language, count in listed[:shown]) + more


def _sample_lines(one: RuleReport) -> Sequence[str]:
    return [f"  {one.rule}"] + [f"    {_told(sample)}" for sample in one.samples]


def _told(sample: Dropped) -> str:
    return f"row {sample.row}, {sample.language}: {sample.reason}: {_cut(sample.text)}"


def _cut(text: str) -> str:
    """A text on one line, with what cannot be seen written out."""
    shown = text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in shown)

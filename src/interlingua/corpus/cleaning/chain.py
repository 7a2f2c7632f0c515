"""Rows through rules: lazily, in chunks, with an account of everything that is dropped."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from interlingua.corpus.cleaning.report import CleaningReport, Dropped, RuleReport
from interlingua.corpus.cleaning.rule import Chunk, Faults, Judge, Repair, Rule, pivot_of
from interlingua.corpus.wording import counted
from interlingua.errors import CorpusError
from interlingua.languages import canonical
from interlingua.types import Row

__all__ = ["Chain", "Cleaned", "Step", "clean"]

Step: TypeAlias = Rule | Repair
"""A link of a chain: a rule drops cells, a repair changes texts."""

_CHUNK_ROWS = 4096
_CHUNK_CELLS = 65_536
"""A chunk ends with the first of these; what bounds the memory."""


@dataclass(frozen=True, kw_only=True)
class Chain:
    """Rules in order: each sees what those before it left.

    A cell at fault is dropped; a row that has fewer than ``min_cells`` cells left is dropped with it.

    Args:
        steps: Rules and repairs.
        pivots: Languages in the order in which they are taken for the pivot of a row, in any spelling.
        min_cells: Cells that a row must have.
        samples: How many dropped cells of each rule the report shows.
        seed: Draws the samples from all dropped cells; None shows the first.

    Example:
        >>> from interlingua.corpus.cleaning import Length
        >>> chain = Chain(steps=[Length(min=3)])
        >>> rows = [Row({"eng_Latn": "Good morning.", "deu_Latn": "?"}), Row({"eng_Latn": "Tea?", "deu_Latn": "Tee?"})]
        >>> cleaned = chain.clean(rows)
        >>> [row.texts["deu_Latn"] for row in cleaned], cleaned.report.rules[0].rows
        (['Tee?'], 1)
    """

    steps: Sequence[Step]
    pivots: Sequence[str] = ("eng_Latn",)
    min_cells: int = 2
    samples: int = 3
    seed: int | None = None

    def clean(self, rows: Iterable[Row], *, dropped: Callable[[Dropped], object] | None = None) -> "Cleaned":
        """Return the rows that are left, lazily, with a report that grows as they are walked.

        Args:
            rows: Walked once.
            dropped: Called with every dropped cell.
        """
        return Cleaned(self, rows, dropped)


def clean(rows: Iterable[Row], steps: Sequence[Step], *, pivots: Sequence[str] = ("eng_Latn",)) -> "Cleaned":
    """Return the rows that rules leave, lazily; :class:`Chain` has more settings.

    Args:
        rows: Walked once.
        steps: Rules and repairs, in order.
        pivots: As in :class:`Chain`.
    """
    return Chain(steps=steps, pivots=pivots).clean(rows)


class Cleaned(Iterator[Row]):
    """The rows that a chain leaves.

    Attributes:
        report: What was dropped so far; whole when the rows are walked to their end.
    """

    def __init__(self, chain: Chain, rows: Iterable[Row], dropped: Callable[[Dropped], object] | None) -> None:
        if chain.min_cells < 1:
            raise CorpusError(f"min_cells is {chain.min_cells}; a row has 1 cell at least")
        self._chain = chain
        self._priority = tuple(map(canonical, chain.pivots))
        self._tell = dropped
        self._few = RuleReport(rule=f"fewer than {counted(chain.min_cells, 'cell')}")
        self._steps = [(step, RuleReport(rule=step.name)) for step in chain.steps]
        self.report = CleaningReport(
            rules=[report for _, report in self._steps], samples=chain.samples, seed=chain.seed
        )
        self._rows = self._walk(rows)

    def __iter__(self) -> "Cleaned":
        return self

    def __next__(self) -> Row:
        return next(self._rows)

    def _walk(self, rows: Iterable[Row]) -> Iterator[Row]:
        judges = [None if _repairs(step) else step.begin() for step, _ in self._steps]  # type: ignore[union-attr]
        for first, chunk in _chunks(rows):
            ids = [str(row.meta.get("_id", first + number)) for number, row in enumerate(chunk)]
            self.report.rows += len(chunk)
            self.report.cells.update(itertools.chain.from_iterable(row.texts for row in chunk))
            if any(len(row.texts) < self._chain.min_cells for row in chunk):
                ids, chunk = self._drop(self._few, ids, chunk, {})
            if self._few.rows and len(self.report.rules) == len(self._steps):
                self.report.rules.insert(0, self._few)
            for (step, report), judge in zip(self._steps, judges, strict=True):
                ids, chunk = self._step(step, judge, report, ids, chunk)
            self.report.kept_rows += len(chunk)
            self.report.kept_cells.update(itertools.chain.from_iterable(row.texts for row in chunk))
            yield from chunk
        for (_, report), judge in zip(self._steps, judges, strict=True):
            report.notes = judge.notes() if judge else []

    def _step(
        self, step: Step, judge: Judge | None, report: RuleReport, ids: list[str], rows: list[Row]
    ) -> tuple[list[str], list[Row]]:
        if not rows:
            return ids, rows
        chunk = Chunk(rows, self._priority)
        if judge is None:
            rows, faults = _repaired(step, chunk, report)  # type: ignore[arg-type]
        else:
            faults = judge.judge(chunk)
        return self._drop(report, ids, rows, faults) if faults else (ids, rows)

    def _drop(self, report: RuleReport, ids: list[str], rows: list[Row], faults: Faults) -> tuple[list[str], list[Row]]:
        """Return the rows, with their ids, that are left when the cells at fault are gone."""
        kept_ids: list[str] = []
        kept: list[Row] = []
        for number, (name, row) in enumerate(zip(ids, rows, strict=True)):
            found = faults.get(number)
            left = row if found is None else _without(row, found)
            whole = len(left.texts) >= self._chain.min_cells
            if found is not None:
                self._account(report, name, row, found, with_row=False)
            if whole:
                kept_ids.append(name)
                kept.append(left)
            else:
                report.rows += 1
                reason = f"its row has {counted(len(left.texts), 'cell')}"
                self._account(report, name, row, dict.fromkeys(left.texts, reason), with_row=True)
        return kept_ids, kept

    def _account(self, report: RuleReport, name: str, row: Row, found: dict[str, str], *, with_row: bool) -> None:
        counts = report.with_row if with_row else report.faulted
        pivot = pivot_of(row.texts, self._priority) if row.texts else ""
        for language, reason in found.items():
            counts[language] += 1
            told = Dropped(
                row=name,
                rule=report.rule,
                language=language,
                reason=reason,
                text=row.texts[language],
                pivot=None if language == pivot else row.texts[pivot],
                with_row=with_row,
            )
            if not with_row:
                self.report.sample(report, told)
            if self._tell is not None:
                self._tell(told)


def _repairs(step: Step) -> bool:
    return hasattr(step, "repair")


def _chunks(rows: Iterable[Row]) -> Iterator[tuple[int, list[Row]]]:
    """Yield pieces of the rows with the number of their first."""
    first, chunk, cells = 0, list[Row](), 0
    for row in rows:
        chunk.append(row)
        cells += len(row.texts)
        if len(chunk) >= _CHUNK_ROWS or cells >= _CHUNK_CELLS:
            yield first, chunk
            first, chunk, cells = first + len(chunk), [], 0
    if chunk:
        yield first, chunk


def _without(row: Row, languages: Iterable[str]) -> Row:
    """The row without some cells and what its columns say of them (``_source:deu_Latn``, ``_score:deu_Latn``)."""
    gone = set(languages)
    texts = {language: text for language, text in row.texts.items() if language not in gone}
    meta = {name: value for name, value in row.meta.items() if name.partition(":")[2] not in gone}
    return Row(texts, meta)


def _repaired(step: Repair, chunk: Chunk, report: RuleReport) -> tuple[list[Row], Faults]:
    rows, faults = list(chunk.rows), Faults()
    for language, column in chunk.columns.items():
        for number, old, new in zip(column.rows, column.texts, step.repair(language, column.texts), strict=True):
            if not new.strip():
                faults.setdefault(number, {})[language] = "nothing is left of it"
            elif new != old:
                report.repaired[language] += 1
                rows[number] = Row({**rows[number].texts, language: new}, rows[number].meta)
    return rows, faults

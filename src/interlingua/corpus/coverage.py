"""Which languages meet in which rows: rows a language, rows a pair of languages, rows by number of cells."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from interlingua.corpus.wording import counted
from interlingua.languages import display_name

if TYPE_CHECKING:
    from interlingua.corpus.table import Corpus

__all__ = ["Coverage", "CoverageCounter", "compared", "coverage_of"]

_SHOWN = 20
"""Languages of a table, those with most rows; of more the number is told."""

_EXACT = 6
"""So many numbers of cells are shown one by one; of more, ranges."""

_STEPS = (1, 2, 5)
"""Where ranges end, and ten, a hundred times as far."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Coverage:
    """What a corpus covers; ``str()`` is a table.

    Args:
        rows: All rows.
        languages: In the order of ``together``.
        together: Rows that have both languages, shape ``(languages, languages)``; rows that have one on the diagonal.
        cells_per_row: How many rows have so many cells.
    """

    rows: int
    languages: tuple[str, ...]
    together: NDArray[np.int64]
    cells_per_row: Mapping[int, int]

    @property
    def pairs(self) -> NDArray[np.int64]:
        """Rows of every pair of two languages, each pair once."""
        return self.together[np.triu_indices(len(self.languages), 1)]

    def rows_of(self, code: str) -> int:
        """Return how many rows have a language."""
        place = self.languages.index(code) if code in self.languages else None
        return 0 if place is None else int(self.together[place, place])

    def as_dict(self) -> dict[str, Any]:
        """Return a JSON-ready dictionary; pairs without a row are left out."""
        both = [(i, j) for i, j in np.argwhere(np.triu(self.together, 1)).tolist()]
        return {
            "rows": self.rows,
            "languages": {code: int(self.together[i, i]) for i, code in enumerate(self.languages)},
            "cells_per_row": {str(cells): count for cells, count in self.cells_per_row.items()},
            "pairs": {f"{self.languages[i]}-{self.languages[j]}": int(self.together[i, j]) for i, j in both},
        }

    def __str__(self) -> str:
        return _table({"rows": self})


class CoverageCounter:
    """Counts batch by batch; languages may appear late.

    Example:
        >>> counter = CoverageCounter()
        >>> counter.add(["eng_Latn", "deu_Latn"], np.array([[True, True], [True, False]]))
        >>> counter.coverage(first="eng_Latn").together.tolist()
        [[2, 1], [1, 1]]
    """

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._together = np.zeros((0, 0), np.int64)
        self._by_cells = np.zeros(1, np.int64)
        self._rows = 0

    def add(self, languages: Sequence[str], present: NDArray[np.bool_]) -> None:
        """Take in rows: which languages each has, shape ``(rows, languages)``."""
        for code in languages:
            self._places.setdefault(code, len(self._places))
        more = len(self._places) - len(self._together)
        self._together = np.pad(self._together, (0, more)) if more else self._together
        places = np.array([self._places[code] for code in languages], np.intp)
        there = present.any(axis=0)  # many languages come in few batches
        places, present = places[there], present[:, there]
        # Batches are far below 2**24 rows, so that float32, which is fast, counts exactly.
        filled = present.astype(np.float32)
        self._together[np.ix_(places, places)] += (filled.T @ filled).astype(np.int64)
        by_cells = np.bincount(present.sum(axis=1), minlength=len(self._by_cells))
        by_cells[: len(self._by_cells)] += self._by_cells
        self._by_cells = by_cells
        self._rows += len(present)

    def coverage(self, *, first: str | None = None) -> Coverage:
        """Return the counts; languages in order of their codes, ``first`` before the others."""
        languages = sorted(self._places, key=lambda code: (code != first, code))
        order = [self._places[code] for code in languages]
        return Coverage(
            rows=self._rows,
            languages=tuple(languages),
            together=self._together[np.ix_(order, order)],
            cells_per_row={cells: int(count) for cells, count in enumerate(self._by_cells) if count},
        )


def coverage_of(corpus: "Corpus") -> Coverage:
    """Return what a corpus covers; one pass over it.

    Example:
        >>> from interlingua.corpus import Corpus
        >>> from interlingua.types import Row
        >>> print(coverage_of(Corpus.from_rows([Row({"en": "Yes.", "de": "Ja."}), Row({"en": "No."})])))
                                        rows
        rows                               2
        rows with 1 cell                   1
        rows with 2 cells                  1
        pairs of languages with rows  1 of 1
        rows of a pair, median             1
        deu_Latn  German                   1
        eng_Latn  English                  2
    """
    counter = CoverageCounter()
    for batch in corpus.batches():
        columns = batch.columns[1:]
        counter.add(
            corpus.languages, np.stack([column.is_valid().to_numpy(zero_copy_only=False) for column in columns], 1)
        )
    return counter.coverage()


def compared(before: Coverage, after: Coverage) -> str:
    """Return a table of two coverages side by side: that of the sources, and that of what was made of them."""
    return _table({"before": before, "after": after})


def _table(columns: Mapping[str, Coverage]) -> str:
    found = list(columns.values())
    lines = [("rows", [f"{one.rows:,}" for one in found])]
    lines.extend(_by_cells(found))
    lines.append(
        ("pairs of languages with rows", [f"{(one.pairs > 0).sum():,} of {one.pairs.size:,}" for one in found])
    )
    lines.append(("rows of a pair, median", [f"{_median(one.pairs):,}" for one in found]))
    lines.extend(_by_language(found))
    return _aligned([("", list(columns)), *lines])


def _by_cells(found: Sequence[Coverage]) -> Iterator[tuple[str, list[str]]]:
    """Rows by number of cells; where there are many numbers, in ranges that end at 1, 2, 5, 10, 20 ..."""
    numbers = sorted({cells for one in found for cells in one.cells_per_row})
    ranges = [(number, number) for number in numbers]
    if len(numbers) > _EXACT:
        ends = [-1, 0, *(step * 10**power for power in range(6) for step in _STEPS)]
        ranges = [(end + 1, min(last, numbers[-1])) for end, last in pairwise(ends) if end < numbers[-1]]
    for first, last in ranges:
        counts = [sum(n for cells, n in one.cells_per_row.items() if first <= cells <= last) for one in found]
        if any(counts):
            title = counted(first, "cell") if first == last else f"{first:,} to {last:,} cells"
            yield f"rows with {title}", [f"{count:,}" for count in counts]


def _by_language(found: Sequence[Coverage]) -> Iterator[tuple[str, list[str]]]:
    names = dict.fromkeys(code for one in found for code in one.languages)
    rows = {code: [one.rows_of(code) for one in found] for code in names}
    shown = list(names)
    if len(shown) > _SHOWN:
        shown = sorted(shown, key=lambda code: [-count for count in reversed(rows[code])])[:_SHOWN]
    width = max(map(len, shown), default=0)
    for code in shown:
        yield f"{code.ljust(width)}  {display_name(code)}", [f"{count:,}" for count in rows[code]]
    if len(names) > len(shown):
        yield f"and {len(names) - len(shown):,} more (--json has all)", [""] * len(found)


def _median(pairs: NDArray[np.int64]) -> int:
    return int(np.median(pairs)) if pairs.size else 0


def _aligned(lines: Sequence[tuple[str, Sequence[str]]]) -> str:
    first = max(len(title) for title, _ in lines)
    widths = [max(map(len, column)) for column in zip(*(values for _, values in lines), strict=True)]
    return "\n".join(
        "  ".join(
            [title.ljust(first), *(value.rjust(width) for value, width in zip(values, widths, strict=True))]
        ).rstrip()
        for title, values in lines
    )

"""How many rows, cells and characters a corpus has, how much of it repeats, and what it is made of."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc
import xxhash
from numpy.typing import NDArray

from interlingua.corpus.composition import Composition, composition_of
from interlingua.corpus.coverage import Coverage, coverage_of
from interlingua.corpus.wording import counted
from interlingua.languages import display_name

if TYPE_CHECKING:
    from interlingua.corpus.table import Corpus

__all__ = ["CorpusStatistics", "LanguageStatistics", "measure", "split_counts"]

_PER_CENT = (0, 5, 25, 50, 75, 95, 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageStatistics:
    """One column.

    Args:
        cells: Rows that have a text.
        coverage: Cells divided by rows.
        mean_length: Characters a cell; NaN without cells.
        lengths: Characters that so many per cent of the cells do not exceed, by per cent; empty without cells.
        duplicates: Cells that repeat an earlier cell of the column, letter for letter.
        empty: Cells that are there but hold nothing but white space; they count as missing.
    """

    cells: int
    coverage: float
    mean_length: float
    lengths: Mapping[int, int]
    duplicates: int
    empty: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusStatistics:
    """A corpus in numbers; ``str()`` is a table.

    Args:
        name: The corpus.
        rows: All rows of the view.
        languages: Statistics by language.
        cells_per_row: How many rows have so many cells.
        splits: Rows by split; empty where there are no splits.
        coverage: Which languages meet in which rows.
        composition: Where the cells are from.
        fingerprint: Hash of the content.
    """

    name: str
    rows: int
    languages: Mapping[str, LanguageStatistics]
    cells_per_row: Mapping[int, int]
    splits: Mapping[str, int]
    coverage: Coverage
    composition: Composition
    fingerprint: str

    def as_dict(self) -> dict[str, Any]:
        """Return a JSON-ready dictionary (NaN becomes None)."""
        record = {field.name: getattr(self, field.name) for field in fields(self)}
        record["languages"] = {code: asdict(column) for code, column in self.languages.items()}
        for column in record["languages"].values():
            if column["cells"] == 0:
                column["mean_length"] = None
        return record | {"coverage": self.coverage.as_dict()["pairs"], "composition": self.composition.as_dict()}

    def __str__(self) -> str:
        header = ("language", "name", "cells", "coverage", "length", "median", "95 %", "duplicates", "empty")
        lines = [header] + [
            (
                code,
                display_name(code),
                f"{column.cells:,}",
                f"{column.coverage:.1%}",
                f"{column.mean_length:.1f}",
                *(f"{column.lengths[per_cent]:,}" if column.lengths else "-" for per_cent in (50, 95)),
                f"{column.duplicates:,}",
                f"{column.empty:,}",
            )
            for code, column in self.languages.items()
        ]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        table = [
            "  ".join(
                cell.ljust(width) if i < 2 else cell.rjust(width)
                for i, (cell, width) in enumerate(zip(line, widths, strict=True))
            )
            for line in lines
        ]
        splits = ", ".join(f"{split} {rows:,}" for split, rows in self.splits.items())
        top = f"{self.name}: {counted(self.rows, 'row')}, {counted(len(self.languages), 'language')}"
        top += f" ({splits})" if splits else ""
        return "\n".join([top, *(line.rstrip() for line in table), *self._origin()])

    def _origin(self) -> list[str]:
        """Lines about pairs of languages, sources and licences."""
        made, pairs = self.composition, self.coverage.pairs
        lines = []
        if pairs.size > 1:
            lines.append(
                f"pairs of languages: {(pairs > 0).sum():,} of {pairs.size:,} have rows, {pairs.max():,} at most"
            )
        told = {"from": made.sources, "licences": made.licences, "machine translations": made.models}
        for what, cells in told.items():
            if cells:
                lines.append(
                    f"{what}: " + ", ".join(f"{name} ({counted(count, 'text')})" for name, count in cells.items())
                )
        if made.non_commercial:
            lines.append(f"not for commercial use: {', '.join(made.non_commercial)}")
        return lines


def measure(corpus: "Corpus") -> CorpusStatistics:
    """Return the statistics of a corpus; one pass a language, and twelve bytes a row for repetitions and lengths."""
    rows = len(corpus)
    cells_per_row: Counter[int] = Counter()
    for batch in corpus.batches():
        valid = sum(column.is_valid().to_numpy(zero_copy_only=False).astype(int) for column in batch.columns[1:])
        cells_per_row.update(np.asarray(valid).tolist())
    return CorpusStatistics(
        name=corpus.name,
        rows=rows,
        languages={language: _measure_language(corpus, language, rows) for language in corpus.languages},
        cells_per_row=dict(sorted(cells_per_row.items())),
        splits=split_counts(corpus),
        coverage=coverage_of(corpus),
        composition=composition_of(corpus),
        fingerprint=corpus.fingerprint,
    )


def _measure_language(corpus: "Corpus", language: str, rows: int) -> LanguageStatistics:
    empty = 0
    lengths = [np.zeros(0, np.int32)]
    hashes: list[np.ndarray[Any, np.dtype[np.uint64]]] = []
    for column in corpus.raw_cells(language):
        filled = column.filter(pc.not_equal(pc.utf8_trim_whitespace(column), ""))
        empty += len(column) - len(filled)
        lengths.append(pc.utf8_length(filled).to_numpy(zero_copy_only=False))
        hashes.append(np.array([xxhash.xxh3_64_intdigest(text.encode()) for text in filled.to_pylist()], np.uint64))
    cells, characters = sum(map(len, hashes)), np.concatenate(lengths)
    return LanguageStatistics(
        cells=cells,
        coverage=cells / rows,
        mean_length=float(characters.mean()) if cells else float("nan"),
        lengths=_quantiles(characters),
        duplicates=cells - len(np.unique(np.concatenate(hashes))),
        empty=empty,
    )


def _quantiles(lengths: NDArray[np.int32]) -> dict[int, int]:
    if not len(lengths):
        return {}
    values = np.percentile(lengths, _PER_CENT, method="inverted_cdf")
    return {per_cent: int(value) for per_cent, value in zip(_PER_CENT, values, strict=True)}


def split_counts(corpus: "Corpus") -> dict[str, int]:
    """Return rows by split; empty where there are no splits."""
    if "_split" not in corpus.provenance:
        return {}
    counts = Counter(split for split in corpus.values("_split") if split is not None)
    return dict(sorted(counts.items()))

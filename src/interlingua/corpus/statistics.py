"""How many rows, cells and characters a corpus has, and how much of it repeats."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc
import xxhash

from interlingua.corpus.wording import counted
from interlingua.languages import display_name

if TYPE_CHECKING:
    from interlingua.corpus.table import Corpus

__all__ = ["CorpusStatistics", "LanguageStatistics", "measure", "split_counts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageStatistics:
    """One column.

    Args:
        cells: Rows that have a text.
        coverage: Cells divided by rows.
        mean_length: Characters a cell; NaN without cells.
        duplicates: Cells that repeat an earlier cell of the column, letter for letter.
        empty: Cells that are there but hold nothing but white space; they count as missing.
    """

    cells: int
    coverage: float
    mean_length: float
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
        fingerprint: Hash of the content.
    """

    name: str
    rows: int
    languages: Mapping[str, LanguageStatistics]
    cells_per_row: Mapping[int, int]
    splits: Mapping[str, int]
    fingerprint: str

    def as_dict(self) -> dict[str, Any]:
        """Return a JSON-ready dictionary (NaN becomes None)."""
        record = asdict(self)
        for column in record["languages"].values():
            if column["cells"] == 0:
                column["mean_length"] = None
        return record

    def __str__(self) -> str:
        header = ("language", "name", "cells", "coverage", "length", "duplicates", "empty")
        lines = [header] + [
            (
                code,
                display_name(code),
                f"{column.cells:,}",
                f"{column.coverage:.1%}",
                f"{column.mean_length:.1f}",
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
        return "\n".join([top, *(line.rstrip() for line in table)])


def measure(corpus: "Corpus") -> CorpusStatistics:
    """Return the statistics of a corpus; one pass a language, and eight bytes a row to find repetitions."""
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
        fingerprint=corpus.fingerprint,
    )


def _measure_language(corpus: "Corpus", language: str, rows: int) -> LanguageStatistics:
    length = empty = 0
    hashes: list[np.ndarray[Any, np.dtype[np.uint64]]] = []
    for column in corpus.raw_cells(language):
        filled = column.filter(pc.not_equal(pc.utf8_trim_whitespace(column), ""))
        empty += len(column) - len(filled)
        length += pc.sum(pc.utf8_length(filled)).as_py() or 0
        hashes.append(np.array([xxhash.xxh3_64_intdigest(text.encode()) for text in filled.to_pylist()], np.uint64))
    cells = sum(map(len, hashes))
    return LanguageStatistics(
        cells=cells,
        coverage=cells / rows,
        mean_length=length / cells if cells else float("nan"),
        duplicates=cells - len(np.unique(np.concatenate(hashes))),
        empty=empty,
    )


def split_counts(corpus: "Corpus") -> dict[str, int]:
    """Return rows by split; empty where there are no splits."""
    if "_split" not in corpus.provenance:
        return {}
    counts = Counter(split for split in corpus.values("_split") if split is not None)
    return dict(sorted(counts.items()))

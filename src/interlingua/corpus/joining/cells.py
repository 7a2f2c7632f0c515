"""Rows to cells under keys: the records that are sorted, one a cell that is not the pivot's."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from interlingua.corpus.coverage import CoverageCounter
from interlingua.corpus.joining.keys import Keys, keys_of, keys_without_pivot
from interlingua.corpus.joining.known import Known, valid, whole

__all__ = ["NO_LANGUAGE", "PLACE_BITS", "SCHEMA", "CellMaker"]

PLACE_BITS = 40
"""A place is the number of the source and, in this many bits, that of the row in it: its order is that of the input."""

NO_LANGUAGE = 65_535
"""Stands in records of rows that have the pivot alone."""

SCHEMA = pa.schema(
    [
        ("high", pa.uint64()),
        ("low", pa.uint64()),
        ("place", pa.uint64()),
        ("language", pa.uint16()),
        ("pivot", pa.string()),
        ("pivot_origin", pa.uint32()),
        ("text", pa.string()),
        ("origin", pa.uint32()),
        ("score", pa.float64()),
        ("split", pa.uint8()),
    ]
)
"""Of a record: key, place, language of the cell, pivot text (in one record of each row), text, and what is known."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """What the records of a row share, as arrays over the rows of a batch."""

    keys: Keys
    places: NDArray[np.uint64]
    splits: NDArray[np.uint8]
    pivot: Any
    pivot_origins: NDArray[np.uint32]


class CellMaker:
    """Makes records, and counts what is met on the way.

    Args:
        pivot: The language that rows are joined by.
        ignore_punctuation: As for :func:`keys_of`.
        pivot_only: Leave out rows without the pivot.
    """

    def __init__(self, *, pivot: str, ignore_punctuation: bool, pivot_only: bool) -> None:
        self.languages: dict[str, int] = {}
        self.known = Known()
        self.coverage = CoverageCounter()
        self.counts: Counter[str] = Counter()
        self._pivot = pivot
        self._ignore_punctuation = ignore_punctuation
        self._pivot_only = pivot_only

    def records(self, batch: Any, *, source: int, name: str, start: int) -> Iterator[Any]:
        """Yield record batches of :data:`SCHEMA`.

        Args:
            batch: Rows, with canonical column names.
            source: The number of the source.
            name: Its name, for cells whose origin is not told.
            start: The number of the first row in its source.

        Raises:
            CorpusError: A split that nobody knows.
        """
        columns = {code: whole(batch.column(code)) for code in batch.schema.names if not code.startswith("_")}
        present = {code: valid(column) for code, column in columns.items()}
        with_pivot = present.get(self._pivot, np.zeros(batch.num_rows, bool))
        used = self._used(present, with_pivot)
        rows = _Rows(
            self._keys(columns, used, with_pivot),
            np.arange(start, start + batch.num_rows, dtype=np.uint64) + np.uint64(source << PLACE_BITS),
            self.known.splits_of(batch, name),
            columns.get(self._pivot, pa.nulls(batch.num_rows, pa.string())),
            self.known.origins_of(batch, self._pivot, name),
        )
        of_row, row_origins = self.known.scores_of(batch, "_score"), self.known.origins_of(batch, None, name)
        told = np.zeros(batch.num_rows, bool)
        for code, column in columns.items():
            here = present[code] & used
            if code == self._pivot or not here.any():
                continue
            origins = self.known.origins_of(batch, code, name)
            # What another source gave was not scored with the row.
            lent = None if of_row is None else np.where(origins == row_origins, of_row, np.nan)
            scores = _either(self.known.scores_of(batch, f"_score:{code}"), lent)
            yield self._made(rows, here, here & ~told, code, column, origins, scores)
            told |= here
        if (alone := used & ~told).any():
            yield self._made(rows, alone, alone, None, None, rows.pivot_origins, None)

    def _used(self, present: Mapping[str, NDArray[np.bool_]], with_pivot: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which rows can become part of a row."""
        matrix = np.stack(list(present.values()), axis=1)
        self.coverage.add(list(present), matrix)
        several = matrix.sum(axis=1) > 1
        used = with_pivot | (several & (not self._pivot_only))
        self.counts["read"] += len(used)
        self.counts["with_pivot"] += int(with_pivot.sum())
        self.counts["without_pivot_kept"] += int((used & ~with_pivot).sum())
        self.counts["without_pivot_left_out"] += int((~used).sum())
        return np.asarray(used, bool)

    def _made(
        self,
        rows: _Rows,
        here: NDArray[np.bool_],
        first: NDArray[np.bool_],
        code: str | None,
        texts: Any,
        origins: NDArray[np.uint32],
        scores: NDArray[np.float64] | None,
    ) -> Any:
        """The records of one language; ``first`` says which are the first of their row."""
        chosen = np.flatnonzero(here)
        number = NO_LANGUAGE if code is None else self.languages.setdefault(code, len(self.languages))
        found = np.full(len(chosen), np.nan) if scores is None else scores[chosen]
        if code is not None and not np.isnan(found).all():
            self.known.scored.add(code)
        return pa.RecordBatch.from_arrays(
            [
                pa.array(rows.keys[chosen, 0]),
                pa.array(rows.keys[chosen, 1]),
                pa.array(rows.places[chosen]),
                pa.array(np.full(len(chosen), number, np.uint16)),
                rows.pivot.take(pa.array(chosen, mask=~first[chosen])),
                pa.array(rows.pivot_origins[chosen]),
                pa.nulls(len(chosen), pa.string()) if texts is None else texts.take(pa.array(chosen)),
                pa.array(origins[chosen]),
                pa.array(found, mask=np.isnan(found)),
                pa.array(rows.splits[chosen]),
            ],
            schema=SCHEMA,
        )

    def _keys(self, columns: Mapping[str, Any], used: NDArray[np.bool_], with_pivot: NDArray[np.bool_]) -> Keys:
        keys = np.zeros((len(used), 2), np.uint64)
        if with_pivot.any():
            keys[with_pivot] = keys_of(
                columns[self._pivot].drop_null().to_pylist(), ignore_punctuation=self._ignore_punctuation
            )
        lacking = np.flatnonzero(used & ~with_pivot)
        if len(lacking):
            cells = {code: column.take(pa.array(lacking)).to_pylist() for code, column in columns.items()}
            keys[lacking] = keys_without_pivot(
                {code: texts[i] for code, texts in cells.items() if texts[i] is not None} for i in range(len(lacking))
            )
        return keys


def _either(first: NDArray[np.float64] | None, second: NDArray[np.float64] | None) -> NDArray[np.float64] | None:
    """The first scores, those of the second where there are none."""
    if first is None or second is None:
        return second if first is None else first
    return np.where(np.isnan(first), second, first)

"""Groups of records to joined rows: a column a language."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from interlingua.corpus.coverage import CoverageCounter
from interlingua.corpus.joining.cells import NO_LANGUAGE, PLACE_BITS
from interlingua.corpus.joining.choosing import Cells, Conflicts, chosen
from interlingua.corpus.joining.groups import changes
from interlingua.corpus.joining.keys import names_of
from interlingua.corpus.joining.known import SPLIT_NUMBERS, valid
from interlingua.corpus.provenance import CELL_SCORE, CELL_SOURCE, source_column
from interlingua.corpus.storage import CLEAN

__all__ = ["RowMaker"]

_Numbers = NDArray[np.integer[Any]]


class RowMaker:
    """Makes tables of rows, and counts what is left out.

    Args:
        pivot: The language that rows were joined by.
        languages: The others, in the order of their numbers.
        origins: The sources, in the order of their numbers.
        scored: The languages of which some cell has a score.
        has_splits: Whether rows have splits; one that tells none is train then.
        conflicts: As for :func:`chosen`.
        min_cells: Rows with fewer cells are left out.
    """

    def __init__(
        self,
        *,
        pivot: str,
        languages: Sequence[str],
        origins: Sequence[str],
        scored: Iterable[str],
        has_splits: bool,
        conflicts: Conflicts,
        min_cells: int,
    ) -> None:
        self.coverage = CoverageCounter()
        self.counts: Counter[str] = Counter()
        self._pivot = pivot
        self._numbers = {code: number for number, code in enumerate(languages)}
        self._origins = pa.array(origins, pa.string())
        self._scored = set(scored)
        self._has_splits = has_splits
        self._conflicts: Conflicts = conflicts
        self._min_cells = min_cells
        self._conflicts_of = np.zeros(len(languages), np.int64)

    @property
    def told(self) -> dict[str, Any]:
        """What the card says of the rows that were made: how many, and conflicts by language, the most first."""
        found = zip(self._numbers, self._conflicts_of.tolist(), strict=True)
        conflicts = {code: count for code, count in sorted(found, key=lambda one: (-one[1], one[0])) if count}
        return {"rows": self.counts["rows"], **({"conflicts_by_language": conflicts} if conflicts else {})}

    def tables(self, groups: Iterable[Any]) -> Iterator[Any]:
        """Yield a table of rows for every table of whole groups that makes any."""
        for records in groups:
            table = self._made(_Group(records))
            if table.num_rows:
                yield table

    def _made(self, group: "_Group") -> Any:
        kept, alternative, conflicts = chosen(group.cells(), self._conflicts)
        self.counts["conflicts"] += len(conflicts)
        self._conflicts_of += np.bincount(conflicts, minlength=len(self._numbers))
        self.counts["groups"] += group.count
        self.counts["without_pivot"] += int((group.pivot < 0).sum())
        kept = group.with_text[kept]
        rows_of = np.ones(group.count, np.int64)
        np.maximum.at(rows_of, group.number[kept], alternative + 1)
        starts = np.cumsum(rows_of) - rows_of
        row = starts[group.number[kept]] + alternative
        of_row = np.repeat(np.arange(group.count), rows_of)
        total = np.bincount(row, minlength=len(of_row)) + (group.pivot >= 0)[of_row]
        enough = total >= self._min_cells
        self.counts["too_few_cells"] += int((~enough).sum())
        table = self._table(group, kept, row, of_row, np.arange(len(of_row)) - starts[of_row])
        return self._counted(_told(table.filter(pa.array(enough)) if not enough.all() else table))

    def _table(self, group: "_Group", kept: _Numbers, row: _Numbers, of_row: _Numbers, alternative: _Numbers) -> Any:
        """Rows as columns: provenance, the pivot, the others by their codes.

        Args:
            group: The records.
            kept: Those that become cells.
            row: The row of each.
            of_row: The group of every row.
            alternative: The number of every row in its group.
        """
        records, rows = group.records, len(of_row)
        pivot = group.pivot[of_row]
        by_language = {
            code: _places(row, kept, group.language[kept] == number, rows) for code, number in self._numbers.items()
        }
        origin = np.where(pivot >= 0, group.column("pivot_origin")[pivot], self._first_origin(group, by_language, rows))
        columns: dict[str, Any] = {"_id": _identifiers(group, of_row, alternative)}
        if self._has_splits:
            words = pa.array(["train", *SPLIT_NUMBERS])
            columns["_split"] = words.take(pa.array(group.split[of_row]))
        columns["_source"] = self._origins.take(pa.array(origin))
        texts = {self._pivot: _taken(records.column("pivot"), pivot)}
        for code in sorted(by_language):
            place = by_language[code]
            texts[code] = _taken(records.column("text"), place)
            if len(self._origins) > 1:
                own = group.column("origin")[place]
                columns[source_column(code)] = self._origins.take(pa.array(own, mask=(place < 0) | (own == origin)))
            if code in self._scored:
                columns[CELL_SCORE + code] = _taken(records.column("score"), place)
        return pa.table({**columns, **texts}).replace_schema_metadata(CLEAN)

    def _first_origin(self, group: "_Group", by_language: Mapping[str, _Numbers], rows: int) -> _Numbers:
        """The source of the first cell of every row, by code; for rows without pivot."""
        first = np.full(rows, -1, np.int64)
        for code in sorted(by_language, reverse=True):
            first = np.where(by_language[code] >= 0, by_language[code], first)
        return np.asarray(group.column("origin")[first])

    def _counted(self, table: Any) -> Any:
        self.counts["rows"] += table.num_rows
        languages = [name for name in table.schema.names if not name.startswith("_")]
        self.coverage.add(languages, np.stack([valid(table.column(code)) for code in languages], axis=1))
        return table


class _Group:
    """The records of whole groups as arrays."""

    def __init__(self, records: Any) -> None:
        self.records = records
        start = changes(self.column("high"), self.column("low"))
        self.starts = np.flatnonzero(start)
        self.count = len(self.starts)
        self.number = np.cumsum(start) - 1
        self.language = self.column("language")
        self.split = np.maximum.reduceat(self.column("split"), self.starts)
        self.pivot = self._pivots()
        self.with_text = np.flatnonzero(self.language != NO_LANGUAGE)

    def column(self, name: str) -> NDArray[Any]:
        return np.asarray(self.records.column(name).to_numpy())

    def cells(self) -> Cells:
        """The records that are cells."""
        some = self.with_text
        place = self.column("place")[some]
        texts = pc.dictionary_encode(self.records.column("text").take(pa.array(some)))
        indices = texts.combine_chunks().indices if isinstance(texts, pa.ChunkedArray) else texts.indices
        return Cells(
            group=self.number[some],
            language=self.language[some],
            source=place >> np.uint64(PLACE_BITS),
            place=place,
            text=indices.to_numpy(),
            score=self.column("score")[some],
        )

    def _pivots(self) -> _Numbers:
        """The first record of every group that tells the pivot text; -1 where none does."""
        told = np.flatnonzero(valid(self.records.column("pivot")))
        groups, first = np.unique(self.number[told], return_index=True)
        pivots = np.full(self.count, -1, np.int64)
        pivots[groups] = told[first]
        return pivots


def _told(table: Any) -> Any:
    """A table without columns of sources and scores that tell nothing; the writer adds those that other tables have."""
    empty = [
        name
        for name in table.schema.names
        if name.startswith((CELL_SOURCE, CELL_SCORE)) and table.column(name).null_count == table.num_rows
    ]
    return table.drop_columns(empty) if empty else table


def _places(row: _Numbers, kept: _Numbers, mine: NDArray[np.bool_], rows: int) -> _Numbers:
    """The record that every row has in a language, -1 for none."""
    places = np.full(rows, -1, np.int64)
    places[row[mine]] = kept[mine]
    return places


def _taken(column: Any, places: _Numbers) -> Any:
    return column.take(pa.array(places, mask=places < 0))


def _identifiers(group: _Group, of_row: _Numbers, alternative: _Numbers) -> Any:
    """The key, and for further rows of a group which of them it is."""
    keys = np.stack([group.column("high")[group.starts], group.column("low")[group.starts]], axis=1)
    names = names_of(keys[of_row])
    for i in np.flatnonzero(alternative).tolist():
        names[i] += f"-{alternative[i] + 1}"
    return pa.array(names, pa.string())

"""Rows to a corpus folder: in constant memory, whole or not at all."""

import json
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from interlingua.atomic import whole_folder
from interlingua.corpus.columns import normalised, records_table
from interlingua.corpus.hashing import RowHasher
from interlingua.corpus.source import CARD
from interlingua.corpus.storage import CLEAN
from interlingua.corpus.table import Corpus
from interlingua.corpus.wording import counted
from interlingua.errors import CorpusError
from interlingua.types import Row

__all__ = ["write_corpus", "write_tables"]

_GROUP_CELLS = 65_536
"""Cells held before they are written as one row group; what bounds the memory."""

_SHARD_ROWS = 200_000
"""Rows a file; small enough that one memory-mapped file is little."""

logger = logging.getLogger(__name__)


def write_corpus(
    rows: Iterable[Row], path: str | Path, *, card: Mapping[str, object] | None = None, overwrite: bool = False
) -> Corpus:
    """Write rows into a folder of Parquet shards and open it.

    The folder appears when all is written: an error or an interruption leaves what was there before. Languages may
    appear late; a shard holds the columns known by then.

    Args:
        rows: Any iterable; walked once.
        path: The folder; its parent is made where missing.
        card: What should be remembered of the origin (sources, licences); goes to ``corpus.json``. It is read after the
            last row, so that whoever makes the rows may put counts into it.
        overwrite: Replace a corpus that is there.

    Raises:
        OutputError: The folder holds something, or cannot be written.
        CorpusError: No rows, or provenance of mixed types.
    """
    return write_tables(_tables(rows), path, card=card, overwrite=overwrite)


def write_tables(
    tables: Iterable[Any], path: str | Path, *, card: Mapping[str, object] | None = None, overwrite: bool = False
) -> Corpus:
    """Write rows that are columns already; the same as :func:`write_corpus`, without a Python object a row.

    Args:
        tables: ``pyarrow.Table`` s with ``_id``, other provenance, then canonical languages as strings; no text is
            blank. Each becomes a row group, so it is what bounds the memory of readers.
        path: As for :func:`write_corpus`.
        card: Likewise.
        overwrite: Likewise.

    Raises:
        OutputError: The folder holds something, or cannot be written.
        CorpusError: No rows, or provenance of mixed types.
    """
    target = Path(path)
    with whole_folder(target, overwrite=overwrite, marker=CARD) as folder:
        writer = _Shards(folder)
        try:
            for table in tables:
                writer.add(table)
        finally:
            writer.close()
        if writer.rows == 0:
            raise CorpusError(f"nothing to write to {target}: there are no rows")
        if not any(writer.cells.values()):
            raise CorpusError(f"nothing to write to {target}: no cell in {counted(writer.rows, 'row')}")
        written = dict(card or {}) | writer.card()
        (folder / CARD).write_text(json.dumps(written, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    logger.info("wrote %s to %s", counted(writer.rows, "row"), target)
    return Corpus.open(target)


def _tables(rows: Iterable[Row]) -> Iterator[Any]:
    records: list[dict[str, Any]] = []
    cells = 0
    for number, row in enumerate(rows):
        records.append(normalised(row, number))
        cells += len(records[-1])
        if cells >= _GROUP_CELLS:
            yield records_table(records)
            records, cells = [], 0
    if records:
        yield records_table(records)


class _Shards:
    """Takes tables, writes row groups; begins a shard when a column is new or the shard is full."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._schema = pa.schema([])
        self._writer: Any = None
        self._shards = 0
        self._shard_rows = 0
        self._hasher = RowHasher()
        self.cells: Counter[str] = Counter()
        self.rows = 0

    def add(self, table: Any) -> None:
        if not table.num_rows:
            return
        self._hasher.update(table)
        for name in table.schema.names:
            if not name.startswith("_"):
                self.cells[name] += table.num_rows - table.column(name).null_count
        self.rows += table.num_rows
        self._write(table)

    def close(self) -> None:
        self._end_shard()

    def card(self) -> dict[str, object]:
        sizes = {file.name: file.stat().st_size for file in sorted(self._folder.glob("*.parquet"))}
        return {
            "rows": self.rows,
            "cells": dict(self.cells),
            "fingerprint": self._hasher.hexdigest(),
            "files": sizes,
        }

    def _write(self, table: Any) -> None:
        schema = self._grown(table.schema)
        if self._writer is None or schema != self._schema or self._shard_rows >= _SHARD_ROWS:
            self._end_shard()
            self._schema = schema
            self._writer = pq.ParquetWriter(
                self._folder / f"part-{self._shards:05d}.parquet",
                schema,
                compression="zstd",
                use_dictionary=[name for name in schema.names if name.startswith("_") and name != "_id"],
            )
        missing = {name: pa.nulls(table.num_rows, schema.field(name).type) for name in schema.names}
        columns = [table.column(name) if name in table.schema.names else missing[name] for name in schema.names]
        self._writer.write_table(pa.table(columns, names=schema.names).cast(schema))
        self._shard_rows += table.num_rows

    def _grown(self, schema: Any) -> Any:
        """The columns known by now: those of the shard, wider types where needed, and new ones."""
        try:
            return pa.unify_schemas([self._schema, schema], promote_options="permissive").with_metadata(CLEAN)
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            raise CorpusError(
                f"provenance near row {self.rows:,} does not fit that of earlier rows: {error}; make the types alike"
            ) from error

    def _end_shard(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None
            self._shards += 1
            self._shard_rows = 0

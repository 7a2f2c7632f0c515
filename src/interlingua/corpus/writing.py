"""Rows to a corpus folder: in constant memory, whole or not at all."""

import json
import logging
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from interlingua.corpus.columns import normalised, records_table
from interlingua.corpus.hashing import RowHasher
from interlingua.corpus.source import CARD
from interlingua.corpus.storage import CLEAN
from interlingua.corpus.table import Corpus
from interlingua.corpus.wording import counted
from interlingua.errors import CorpusError, OutputError
from interlingua.types import Row

__all__ = ["write_corpus"]

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
        card: What should be remembered of the origin (sources, licences); goes to ``corpus.json``.
        overwrite: Replace a corpus that is there.

    Raises:
        OutputError: The folder holds something, or cannot be written.
        CorpusError: No rows, or provenance of mixed types.
    """
    target = Path(path)
    with _replacing(target, overwrite=overwrite) as folder:
        writer = _Shards(folder)
        try:
            for number, row in enumerate(rows):
                writer.add(normalised(row, number))
        finally:
            writer.close()
        if writer.rows == 0:
            raise CorpusError(f"nothing to write to {target}: there are no rows")
        if not writer.languages:
            raise CorpusError(f"nothing to write to {target}: no cell in {counted(writer.rows, 'row')}")
        written = dict(card or {}) | writer.card()
        (folder / CARD).write_text(json.dumps(written, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    logger.info("wrote %s to %s", counted(writer.rows, "row"), target)
    return Corpus.open(target)


class _Shards:
    """Takes records, writes row groups; begins a shard when a column is new or the shard is full."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._buffer: list[dict[str, Any]] = []
        self._buffered_cells = 0
        self._schema = pa.schema([])
        self._writer: Any = None
        self._shards = 0
        self._shard_rows = 0
        self._hasher = RowHasher()
        self._cells: Counter[str] = Counter()
        self.rows = 0

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self._cells)

    def add(self, record: dict[str, Any]) -> None:
        hashed = {name: value for name, value in record.items() if name in ("_id", "_split") or name[0] != "_"}
        self._hasher.update(hashed)
        self._cells.update(name for name in record if not name.startswith("_"))
        self._buffer.append(record)
        self._buffered_cells += len(record)
        self.rows += 1
        if self._buffered_cells >= _GROUP_CELLS:
            self._flush()

    def close(self) -> None:
        if self._buffer:
            self._flush()
        self._end_shard()

    def card(self) -> dict[str, object]:
        sizes = {file.name: file.stat().st_size for file in sorted(self._folder.glob("*.parquet"))}
        return {
            "rows": self.rows,
            "cells": dict(self._cells),
            "fingerprint": self._hasher.hexdigest(),
            "files": sizes,
        }

    def _flush(self) -> None:
        table = records_table(self._buffer)
        self._buffer, self._buffered_cells = [], 0
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


@contextmanager
def _replacing(target: Path, *, overwrite: bool) -> Iterator[Path]:
    """A temporary folder beside the target that takes its place when the block ends well and vanishes otherwise."""
    _check_free(target, overwrite=overwrite)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    except OSError as error:
        raise OutputError(f"cannot write {target}: {error.strerror or error}; choose another place") from error
    try:
        yield folder
        folder.chmod(0o777 & ~_umask())
        if target.exists():
            aside = folder.with_name(folder.name + ".old")
            target.rename(aside)
            folder.rename(target)
            shutil.rmtree(aside)
        else:
            folder.rename(target)
    except OSError as error:
        raise OutputError(f"cannot write {target}: {error.strerror or error}; is the disk full?") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _check_free(target: Path, *, overwrite: bool) -> None:
    if not target.exists() or (target.is_dir() and not any(target.iterdir())):
        return
    if not overwrite:
        raise OutputError(f"{target} exists already; choose another place, or overwrite it (--overwrite)")
    if not (target / CARD).is_file():
        raise OutputError(f"{target} is no corpus written by interlingua and is not overwritten; choose another place")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

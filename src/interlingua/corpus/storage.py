"""Columns of rows, in Parquet files or in memory: read in order, a batch at a time, when the reader asks for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from interlingua.corpus.hashing import hash_files
from interlingua.errors import CorpusError, FormatError

__all__ = ["CLEAN", "InMemory", "ParquetFiles", "Storage"]

CLEAN = {b"interlingua": b"clean"}
"""Schema metadata of files written here: no cell is empty or white space, so reading need not look."""

_DAMAGE = (pa.ArrowException, OSError, ValueError)
"""What reading damaged Parquet raises; names of columns are decoded by Python."""


class Storage(Protocol):
    """Rows that can be walked again and again."""

    @property
    def schema(self) -> Any:
        """The ``pyarrow.Schema`` of all columns."""

    @property
    def rows(self) -> int:
        """How many rows there are."""

    def read(self, columns: Sequence[str], *, size: int) -> Iterator[Any]:
        """Yield record batches of at most ``size`` rows with these columns (one column at least)."""

    def fingerprint(self) -> str | None:
        """Return a hash of the content, if that is cheaper than walking the rows."""


@dataclass(frozen=True)
class InMemory:
    """A ``pyarrow.Table``."""

    table: Any

    @property
    def schema(self) -> Any:
        """The schema of the table."""
        return self.table.schema

    @property
    def rows(self) -> int:
        """How many rows the table has."""
        return int(self.table.num_rows)

    def read(self, columns: Sequence[str], *, size: int) -> Iterator[Any]:
        """Yield slices of the table."""
        return iter(self.table.select(list(columns)).to_batches(max_chunksize=size))

    def fingerprint(self) -> str | None:
        """Return None: the rows are at hand."""
        return None


@dataclass(frozen=True)
class ParquetFiles:
    """Parquet files one after the other, memory-mapped; a column that a file lacks is null there.

    One row group is in memory at a time. (A ``pyarrow.dataset`` scanner would run ahead of a slow reader without
    bound.)

    Raises:
        CorpusError: A file is not Parquet, or two files have columns of one name that do not fit together.
    """

    files: tuple[Path, ...]

    @cached_property
    def schema(self) -> Any:
        """The columns of all files, in order of first appearance."""
        try:
            schemas = [pq.read_schema(file, memory_map=True) for file in self.files]
            clean = all(CLEAN.items() <= (schema.metadata or {}).items() for schema in schemas)
            return pa.unify_schemas(schemas, promote_options="permissive").with_metadata(CLEAN if clean else None)
        except _DAMAGE as error:
            place = self.files[0] if len(self.files) == 1 else self.files[0].parent
            raise CorpusError(f"{place} cannot be read as Parquet: {error}") from error

    @cached_property
    def rows(self) -> int:
        """How many rows the files have, by their footers."""
        return sum(pq.read_metadata(file).num_rows for file in self.files)

    def read(self, columns: Sequence[str], *, size: int) -> Iterator[Any]:
        """Yield batches file by file.

        Raises:
            FormatError: A file is damaged.
        """
        for path in self.files:
            try:
                yield from self._read_file(path, columns, size)
            except _DAMAGE as error:
                raise FormatError(f"the file is damaged ({error}); fetch or write it again", path=path) from error

    def fingerprint(self) -> str | None:
        """Return a hash of the files' bytes."""
        return hash_files(self.files)

    def _read_file(self, path: Path, columns: Sequence[str], size: int) -> Iterator[Any]:
        with pq.ParquetFile(path, memory_map=True) as file:
            names = set(file.schema_arrow.names)
            # A file without any of the columns still says how many rows there are.
            found = [column for column in columns if column in names] or file.schema_arrow.names[:1]
            for batch in file.iter_batches(size, columns=found, use_threads=False):
                batch.validate(full=True)  # what is not UTF-8 is no text
                yield pa.RecordBatch.from_arrays(
                    [self._column(batch, name) if name in names else self._nulls(batch, name) for name in columns],
                    names=list(columns),
                )

    def _column(self, batch: Any, name: str) -> Any:
        return batch.column(name).cast(self.schema.field(name).type)

    def _nulls(self, batch: Any, name: str) -> Any:
        return pa.nulls(batch.num_rows, self.schema.field(name).type)

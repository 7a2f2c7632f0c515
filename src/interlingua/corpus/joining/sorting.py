"""Records in order of their keys, by DuckDB: sorted in bounded memory, the rest on disk."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from interlingua.corpus.joining.cells import SCHEMA
from interlingua.errors import CorpusError, InterlinguaError, OutputError

__all__ = ["sorted_records"]

_BATCH = 65_536
"""Records a batch; a batch of joined rows is about as large, and becomes a row group."""

_AMOUNT = re.compile(r"(?P<number>\d+(\.\d+)?)\s*(?P<unit>[KMGT])i?B", re.IGNORECASE)

_LEAST = 50e6
"""Bytes; DuckDB needs some even where all is on disk."""

_DISK_FULL = ("max_temp_directory_size", "No space left")
"""Of what DuckDB says: it stops by itself at nine tenths of the free disk."""


@contextmanager
def sorted_records(
    batches: Iterable[Any], *, folder: Path, memory: str, threads: int | None
) -> Iterator[Iterator[Any]]:
    """Give records in order of key, place and language: the same whatever the number of threads.

    Args:
        batches: Record batches of ``SCHEMA``; walked once, while the first sorted batch is asked for.
        folder: Where DuckDB puts what does not fit into memory.
        memory: How much it may hold, as ``2GB``.
        threads: How many it may use; None for one a core.

    Raises:
        CorpusError: ``memory`` is no amount or too little; and whatever ``batches`` raises.
        OutputError: The disk is full.
    """
    import duckdb

    _check_amount(memory)
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory,
        "temp_directory": str(folder),
        "preserve_insertion_order": False,
    }
    walk = _Remembering(batches)
    with duckdb.connect(":memory:", config=settings) as connection, _told(walk, memory, folder):
        connection.execute("SET enable_progress_bar = false")  # it would go to stdout
        if threads is not None:
            connection.execute(f"SET threads = {int(threads)}")
        connection.register("records", pa.RecordBatchReader.from_batches(SCHEMA, iter(walk)))
        ordered = connection.sql("SELECT * FROM records ORDER BY high, low, place, language")
        yield iter(ordered.to_arrow_reader(_BATCH))


def _check_amount(memory: str) -> None:
    found = _AMOUNT.fullmatch(memory.strip())
    if found is None:
        raise CorpusError(f"memory {memory!r} is no amount; write it as 2GB or 500MB")
    if float(found["number"]) * 1000 ** " KMGT".index(found["unit"].upper()) < _LEAST:
        raise CorpusError(f"{memory} of memory are too little to sort in; give 50MB or more")


class _Remembering:
    """Keeps the error that ended a walk: DuckDB makes one of its own of it."""

    def __init__(self, batches: Iterable[Any]) -> None:
        self._batches = batches
        self.error: BaseException | None = None

    def __iter__(self) -> Iterator[Any]:
        try:
            yield from self._batches
        except (Exception, KeyboardInterrupt) as error:
            self.error = error
            raise


@contextmanager
def _told(walk: _Remembering, memory: str, folder: Path) -> Iterator[None]:
    """Say in our words what went wrong."""
    import duckdb

    try:
        yield
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        if isinstance(walk.error, InterlinguaError | KeyboardInterrupt):
            raise walk.error from None
        if walk.error is not None:
            raise walk.error from error
        first = str(error).strip().splitlines()[0]
        if any(words in str(error) for words in _DISK_FULL):
            raise OutputError(
                f"the disk is full under {folder.parent} ({first}); make room, or join in another place"
            ) from error
        if isinstance(error, duckdb.OutOfMemoryException):
            raise CorpusError(f"{memory} of memory are too little ({first}); give more, or fewer threads") from error
        raise

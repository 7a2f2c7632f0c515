"""Sorted records to tables of whole groups: all records of a key are in one table."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from interlingua.corpus.joining.cells import PLACE_BITS

__all__ = ["Limit", "changes", "whole_groups"]


def whole_groups(batches: Iterable[Any]) -> Iterator[Any]:
    """Yield ``pyarrow.Table`` s that are cut only where the key changes."""
    held: list[Any] = []
    last: tuple[int, int] | None = None
    for batch in batches:
        if not batch.num_rows:
            continue
        high, low = _numbers(batch, "high"), _numbers(batch, "low")
        starts = np.flatnonzero(changes(high, low, before=last))
        if len(starts):
            cut = int(starts[-1])
            if cut or held:
                yield pa.Table.from_batches([*held, batch.slice(0, cut)]).combine_chunks()
            held = []
            batch = batch.slice(cut)
        held.append(batch)
        last = (int(high[-1]), int(low[-1]))
    if held:
        yield pa.Table.from_batches(held).combine_chunks()


class Limit:
    """Lets pass the first ``most`` rows of a source under one key, so that no group outgrows the memory.

    A file with one English line a million times is a broken file; ``dropped`` says how many rows were not used.
    """

    def __init__(self, most: int) -> None:
        self.dropped = 0
        self._most = most
        self._last: tuple[int, int, int] | None = None
        self._rank = 0

    def __call__(self, batches: Iterable[Any]) -> Iterator[Any]:
        """Yield what is left of sorted batches."""
        for batch in batches:
            if not batch.num_rows:
                continue
            rank, new = self._ranked(*(_numbers(batch, name) for name in ("high", "low", "place")))
            kept = rank < self._most
            if kept.all():
                yield batch
                continue
            self.dropped += int((new & ~kept).sum())
            yield batch.filter(pa.array(kept))

    def _ranked(
        self, high: NDArray[np.uint64], low: NDArray[np.uint64], place: NDArray[np.uint64]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """The number of a record's row among those of its key and source, and which records begin a row."""
        before = self._last
        source = place >> np.uint64(PLACE_BITS)
        start = changes(high, low, source, before=before and (*before[:2], before[2] >> PLACE_BITS))
        new = changes(high, low, place, before=before)
        count = np.cumsum(new)
        base = np.maximum.accumulate(np.where(start, count, 0))
        rank = np.where(base == 0, count + self._rank, count - base)
        self._last = (int(high[-1]), int(low[-1]), int(place[-1]))
        self._rank = int(rank[-1])
        return rank, new


def changes(*columns: NDArray[np.integer[Any]], before: tuple[int, ...] | None = None) -> NDArray[np.bool_]:
    """Return where a record differs from the one before it in any column.

    Args:
        columns: Equally long, at least one record.
        before: The record before the first; None where there is none, which is a change.
    """
    changed = np.zeros(len(columns[0]), bool)
    changed[0] = before is None or any(int(column[0]) != value for column, value in zip(columns, before, strict=True))
    for column in columns:
        changed[1:] |= column[1:] != column[:-1]
    return changed


def _numbers(batch: Any, name: str) -> NDArray[np.uint64]:
    return np.asarray(batch.column(name).to_numpy(zero_copy_only=False), np.uint64)

"""Hashes that name the content of a corpus."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xxhash
from numpy.typing import NDArray

__all__ = ["RowHasher", "TextHash", "hash_files", "text_hash"]

TextHash: TypeAlias = NDArray[np.int64]
"""Hashes of texts; 0 stands for a missing cell."""


_joined = pc.binary_join_element_wise


class RowHasher:
    """Hash of rows in order: identifier, split and cells; other provenance may change without changing the corpus."""

    def __init__(self) -> None:
        self._hash = xxhash.xxh3_128()

    def update(self, table: Any) -> None:
        """Take in the rows of a ``pyarrow.Table`` or record batch; null is the same as a column that is not there.

        The bytes of a row are those of ``NAME 1F VALUE`` in order of the names, 1E between them and 1D at the end.
        """
        names = sorted(name for name in table.schema.names if name in ("_id", "_split") or name[0] != "_")
        cells = [_joined(_large(f"{name}\x1f"), _text(table.column(name)), _large("")) for name in names]
        if not cells:
            cells = [pa.nulls(table.num_rows, pa.large_string())]
        rows = _joined(*cells, _large("\x1e"), null_handling="skip")
        for chunk in rows.chunks if isinstance(rows, pa.ChunkedArray) else [rows]:
            self._hash.update(_bytes(_joined(chunk, _large("\x1d"), _large(""))))

    def hexdigest(self) -> str:
        """Return the hash so far."""
        return self._hash.hexdigest()


def _large(text: str) -> Any:
    return pa.scalar(text, pa.large_string())


def _text(column: Any) -> Any:
    """A column as text with 64-bit offsets, written as Python would."""
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type) or pa.types.is_null(column.type)):
        return pa.array([None if value is None else str(value) for value in column.to_pylist()], pa.large_string())
    return column.cast(pa.large_string())


def _bytes(array: Any) -> Any:
    """The bytes of all texts of an array without nulls, one after the other."""
    offsets = np.frombuffer(array.buffers()[1], np.int64)[array.offset : array.offset + len(array) + 1]
    return memoryview(array.buffers()[2])[offsets[0] : offsets[-1]] if len(array) else b""


def hash_files(files: Iterable[Path]) -> str:
    """Return one hash of the bytes of all files in order."""
    whole = xxhash.xxh3_128()
    for file in files:
        with file.open("rb") as stream:
            while block := stream.read(1 << 20):
                whole.update(block)
    return whole.hexdigest()


def text_hash(texts: Sequence[str | None]) -> TextHash:
    """Return a 63-bit hash of every text; 0 for None.

    Example:
        >>> a, b, none = text_hash(["one", "two", None])
        >>> bool(a != b), int(none)
        (True, 0)
    """
    return np.array(
        [0 if text is None else (xxhash.xxh3_64_intdigest(text.encode()) >> 1) or 1 for text in texts], dtype=np.int64
    )

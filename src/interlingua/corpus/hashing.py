"""Hashes that name the content of a corpus."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import xxhash
from numpy.typing import NDArray

__all__ = ["RowHasher", "TextHash", "hash_files", "text_hash"]

TextHash: TypeAlias = NDArray[np.int64]
"""Hashes of texts; 0 stands for a missing cell."""


class RowHasher:
    """Hash of rows in order: identifier, split and cells; other provenance may change without changing the corpus."""

    def __init__(self) -> None:
        self._hash = xxhash.xxh3_128()

    def update(self, record: Mapping[str, Any]) -> None:
        """Take in one row, given as one mapping of cells, ``_id`` and ``_split``; None is the same as absent."""
        present = sorted(name for name, value in record.items() if value is not None)
        self._hash.update("\x1e".join(f"{name}\x1f{record[name]}" for name in present).encode() + b"\x1d")

    def hexdigest(self) -> str:
        """Return the hash so far."""
        return self._hash.hexdigest()


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

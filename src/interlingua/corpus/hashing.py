"""Hashes that name the content of a corpus."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import xxhash

__all__ = ["RowHasher", "hash_files"]


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

"""Parquet: a file or a folder of them, a language a column."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from interlingua.corpus.table import Corpus
from interlingua.types import Row

__all__ = ["read_parquet"]


def read_parquet(path: str | Path, *, rename: Mapping[str, str] | None = None) -> Iterator[Row]:
    """Yield the rows of a Parquet file or folder; see :meth:`interlingua.corpus.Corpus.open` for names and errors."""
    return Corpus.open(path, rename=rename).rows()

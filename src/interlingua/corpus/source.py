"""Where the rows of a corpus lie, under canonical column names, with identifiers and splits where none are stored."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from interlingua.corpus.hashing import RowHasher
from interlingua.corpus.naming import canonical_names, check_text
from interlingua.corpus.splits import PIVOT, SplitRule
from interlingua.corpus.storage import CLEAN, ParquetFiles, Storage
from interlingua.errors import CorpusError

__all__ = ["CARD", "Source", "inherited", "read_card"]

CARD = "corpus.json"
"""The file that a corpus folder carries beside its shards: rows, cells, fingerprint, and what the writer was told."""

_OF_THE_FILES = frozenset({"rows", "cells", "fingerprint", "files"})


def inherited(card: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a card says of the origin of rows, without what the writer says of its files.

    Example:
        >>> inherited({"rows": 7, "files": {}, "sources": [{"source": "ntrex"}]})
        {'sources': [{'source': 'ntrex'}]}
    """
    return {key: value for key, value in card.items() if key not in _OF_THE_FILES}


def read_card(folder: Path) -> dict[str, Any]:
    """Return what the card of a corpus folder says; nothing where it has none, or none that is an object."""
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return card if isinstance(card, dict) else {}


@dataclass(frozen=True)
class Source:
    """Rows that can be walked again and again without being held.

    Args:
        storage: The columns as they are stored.
        columns: Given column name by canonical name; languages and provenance (``_id`` ...).
        name: How messages call it.
        card: What the file ``corpus.json`` says.
        rule: Splits by content, for rows whose ``_split`` is missing.
    """

    storage: Storage
    columns: Mapping[str, str]
    name: str
    card: Mapping[str, Any] = field(default_factory=dict)
    rule: SplitRule | None = None
    languages: tuple[str, ...] = field(init=False)
    provenance: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        languages = tuple(name for name in self.columns if not name.startswith("_"))
        virtual = ["_id"] + (["_split"] if self.rule else [])
        stored = [name for name in self.columns if name.startswith("_")]
        object.__setattr__(self, "languages", languages)
        object.__setattr__(self, "provenance", tuple(dict.fromkeys([*virtual, *stored])))

    @classmethod
    def open(cls, path: Path, *, rename: Mapping[str, str] | None = None, name: str | None = None) -> "Source":
        """Open a Parquet file or a folder of them.

        Raises:
            CorpusError: Nothing there, not Parquet, no rows, or columns that are no languages.
            LanguageError: Two columns mean one language.
        """
        files = tuple(sorted(path.glob("*.parquet"))) if path.is_dir() else (path,)
        if not files or not files[0].is_file():
            raise CorpusError(f"{path} is neither a Parquet file nor a folder of Parquet files; is the path right?")
        storage = ParquetFiles(files)
        columns = canonical_names(storage.schema.names, where=str(path), rename=rename)
        check_text(storage.schema, columns, where=str(path))
        if storage.rows == 0:
            raise CorpusError(f"{path} holds no rows")
        return cls(storage, columns, name or path.stem, card=_card_of(path, files))

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the content: from the corpus card, else of the files' bytes, else of the rows."""
        base = self.card.get("fingerprint") or self.storage.fingerprint() or self._hash_rows()
        renamed = {name: given for name, given in self.columns.items() if name != given}
        if not renamed and self.rule is None:
            return str(base)
        return xxhash.xxh3_128_hexdigest(f"{base}|{json.dumps(renamed)}|{self.rule}".encode())

    def with_rule(self, rule: SplitRule) -> "Source":
        """Return the same rows, those without a ``_split`` split by content."""
        return replace(self, rule=rule)

    def scan(self, columns: Sequence[str], *, size: int, raw: bool = False) -> Iterator[Any]:
        """Yield record batches with these columns, in row order.

        Args:
            columns: Canonical names; ``_id`` is the row number where none is stored.
            size: Rows a batch, at most.
            raw: Leave empty and white-space cells as they are instead of making them null.
        """
        by_content = self.rule is not None and "_split" in columns
        wanted = dict.fromkeys([*columns, *(self.languages if by_content else ())])
        stored = [name for name in wanted if name in self.columns]
        # Reading no column at all would not say how many rows there are.
        given = [self.columns[name] for name in stored or list(self.columns)[:1]]
        start = 0
        for batch in self.storage.read(given, size=size):
            arrays = {name: self._array(name, batch.column(self.columns[name]), raw=raw) for name in stored}
            if "_id" not in self.columns and "_id" in wanted:
                arrays["_id"] = pa.array([str(start + i) for i in range(batch.num_rows)], pa.string())
            if by_content:
                arrays["_split"] = self._splits(arrays, batch.num_rows)
            start += batch.num_rows
            yield pa.RecordBatch.from_arrays([arrays[name] for name in columns], names=list(columns))

    @cached_property
    def _is_clean(self) -> bool:
        return CLEAN.items() <= (self.storage.schema.metadata or {}).items()

    def _array(self, name: str, array: Any, *, raw: bool) -> Any:
        if name.startswith("_") and name != "_id":
            return array
        text = array.cast(pa.string())
        if raw or self._is_clean or name == "_id":
            return text
        return pc.if_else(pc.equal(pc.utf8_trim_whitespace(text), ""), pa.scalar(None, pa.string()), text)

    def _splits(self, arrays: Mapping[str, Any], rows: int) -> Any:
        stored = arrays["_split"].to_pylist() if "_split" in arrays else [None] * rows
        pivots = arrays[PIVOT].to_pylist() if PIVOT in arrays else [None] * rows
        splits = []
        for i, (split, pivot) in enumerate(zip(stored, pivots, strict=True)):
            if split is None and self.rule is not None:
                cells = {PIVOT: pivot} if pivot else {name: arrays[name][i].as_py() for name in self.languages}
                split = self.rule.split_of({name: text for name, text in cells.items() if text})
            splits.append(split)
        return pa.array(splits, pa.string())

    def _hash_rows(self) -> str:
        hasher = RowHasher()
        names = [name for name in ("_id", "_split") if name in self.columns or name == "_id"]
        for batch in self.scan([*names, *self.languages], size=4096):
            hasher.update(batch)
        return hasher.hexdigest()


def _card_of(path: Path, files: Iterable[Path]) -> dict[str, Any]:
    """The corpus card; without its fingerprint where the files are not those it was written for."""
    card = read_card(path)
    sizes = {file.name: file.stat().st_size for file in files}
    return card if card.get("files") == sizes else {key: value for key, value in card.items() if key != "fingerprint"}

"""Where the rows of a corpus lie: Parquet on disk or a table in memory, under canonical column names."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import xxhash
from pyarrow import fs

from interlingua.corpus.splits import PIVOT, SplitRule
from interlingua.errors import CorpusError, LanguageError
from interlingua.languages import canonical

__all__ = ["CARD", "CLEAN", "RowHasher", "Source", "canonical_names"]

CARD = "corpus.json"
"""The file that a corpus folder carries beside its shards: rows, cells, fingerprint, and what the writer was told."""

CLEAN = {b"interlingua": b"clean"}
"""Schema metadata of files written here: no cell is empty or white space, so reading need not look."""


@dataclass(frozen=True)
class Source:
    """Rows that can be walked again and again without being held.

    Args:
        dataset: A ``pyarrow.dataset.Dataset``.
        columns: Given column name by canonical name; languages and provenance (``_id`` ...).
        name: How messages call it.
        card: What the file ``corpus.json`` says.
        stored_fingerprint: Content hash, where it is known already.
        files: The files behind the dataset, for the hash.
        rule: Splits by content, for rows whose ``_split`` is missing.
    """

    dataset: Any
    columns: Mapping[str, str]
    name: str
    card: Mapping[str, Any] = field(default_factory=dict)
    stored_fingerprint: str | None = None
    files: tuple[Path, ...] = ()
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
        try:
            factory = ds.FileSystemDatasetFactory(
                fs.LocalFileSystem(use_mmap=True), [str(file) for file in files], ds.ParquetFileFormat()
            )
            dataset = factory.finish(factory.inspect(promote_options="permissive"))
            empty = dataset.count_rows() == 0
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            raise CorpusError(f"{path} cannot be read as Parquet: {error}") from error
        if empty:
            raise CorpusError(f"{path} holds no rows")
        card = _read_card(path, files)
        columns = canonical_names(dataset.schema.names, where=str(path), rename=rename)
        _check_text(dataset.schema, columns, where=str(path))
        return cls(
            dataset,
            columns,
            name or path.stem,
            card=card,
            stored_fingerprint=card.get("fingerprint"),
            files=files,
        )

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the content: from the corpus card, else of the files' bytes, else of the rows."""
        base = self.stored_fingerprint or (_hash_files(self.files) if self.files else self._hash_rows())
        naming = json.dumps(dict(self.columns))
        plain = all(canonical_name == given for canonical_name, given in self.columns.items())
        if plain and self.rule is None:
            return base
        return xxhash.xxh3_128_hexdigest(f"{base}|{naming}|{self.rule}".encode())

    def count(self) -> int:
        """Return how many rows there are."""
        return int(self.dataset.count_rows())

    def with_rule(self, rule: SplitRule) -> "Source":
        """Return the same rows, those without a ``_split`` split by content."""
        return replace(self, rule=rule, stored_fingerprint=None if self.rule else self.stored_fingerprint)

    def scan(self, columns: Sequence[str], *, size: int, raw: bool = False) -> Iterator[Any]:
        """Yield record batches with these columns, in row order.

        Args:
            columns: Canonical names; ``_id`` is the row number where none is stored.
            size: Rows a batch, at most.
            raw: Leave empty and white-space cells as they are instead of making them null.
        """
        by_content = self.rule is not None and "_split" in columns
        wanted = dict.fromkeys([*columns, *(self.languages if by_content else ())])
        stored = {name: self._expression(name, raw=raw) for name in wanted if name in self.columns}
        # A scan without columns forgets how many rows there are.
        projection = stored or {"": pc.field(self.dataset.schema.names[0])}
        scanner = self.dataset.scanner(
            columns=projection, batch_size=size, batch_readahead=2, fragment_readahead=1, cache_metadata=False
        )
        start = 0
        for batch in scanner.to_batches():
            arrays = dict(zip(batch.schema.names, batch.columns, strict=True))
            if "_id" in wanted and "_id" not in stored:
                arrays["_id"] = pa.array([str(start + i) for i in range(batch.num_rows)], pa.string())
            if by_content:
                arrays["_split"] = self._splits(arrays, batch.num_rows)
            start += batch.num_rows
            yield pa.RecordBatch.from_arrays([arrays[name] for name in columns], names=list(columns))

    def _expression(self, name: str, *, raw: bool) -> Any:
        column = pc.field(self.columns[name])
        if name == "_id":
            return column.cast(pa.string())
        if name.startswith("_"):
            return column
        text = column.cast(pa.string())
        if raw or (self.dataset.schema.metadata or {}).items() >= CLEAN.items():
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
            for record in batch.to_pylist():
                hasher.update(record)
        return hasher.hexdigest()


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


def canonical_names(
    names: Sequence[str], *, where: str, rename: Mapping[str, str] | None = None, hint: str = ""
) -> dict[str, str]:
    """Return given column names by canonical name: languages, and provenance that begins with ``_``.

    Args:
        names: As the file has them.
        where: The file, for messages.
        rename: Language or ``_name`` by given name, for columns whose name does not say it.
        hint: What else could be wrong, for messages.

    Raises:
        CorpusError: A name is no language and does not begin with ``_``, or there is no language at all.
        LanguageError: Two columns mean one language.
    """
    rename = rename or {}
    absent = sorted(set(rename) - set(names))
    if absent:
        raise CorpusError(f"{where} has no column {', '.join(absent)} to rename; it has {', '.join(names)}")
    columns: dict[str, str] = {}
    for given in names:
        meant = rename.get(given, given)
        code = (
            meant if meant.startswith("_") else _language(given, meant, where=where, named=given in rename, hint=hint)
        )
        if code in columns:
            kind = LanguageError if code[0] != "_" else CorpusError
            raise kind(f"{where}: columns {columns[code]!r} and {given!r} both mean {code}; drop one or rename it")
        columns[code] = given
    if all(code.startswith("_") for code in columns):
        raise CorpusError(f"{where} has no column of text; its columns are {', '.join(names)}")
    return dict(sorted(columns.items(), key=lambda column: not column[0].startswith("_")))


def _language(given: str, meant: str, *, where: str, named: bool, hint: str) -> str:
    advice = f"rename it: {given}=_{given} for provenance, or {given}=eng for a language{hint}"
    if given.lower() == "id" and not named:
        raise CorpusError(f"{where}: column {given!r} may be an identifier or Indonesian; {advice}")
    try:
        return canonical(meant)
    except LanguageError as error:
        raise CorpusError(f"{where}: column {given!r} is no language ({error}); {advice}") from error


def _check_text(schema: Any, columns: Mapping[str, str], *, where: str) -> None:
    for code, given in columns.items():
        kind = schema.field(given).type
        values = kind.value_type if pa.types.is_dictionary(kind) else kind
        text = pa.types.is_string(values) or pa.types.is_large_string(values) or pa.types.is_null(values)
        if not (text or code.startswith("_")):
            raise CorpusError(f"{where}: column {given!r} holds {kind}, not text; rename it: {given}=_{given}")


def _read_card(path: Path, files: Iterable[Path]) -> dict[str, Any]:
    """The corpus card; without its fingerprint where the files are not those it was written for."""
    try:
        card: dict[str, Any] = json.loads((path / CARD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    sizes = {file.name: file.stat().st_size for file in files}
    return card if card.get("files") == sizes else {key: value for key, value in card.items() if key != "fingerprint"}


def _hash_files(files: Iterable[Path]) -> str:
    whole = xxhash.xxh3_128()
    for file in files:
        with file.open("rb") as stream:
            while block := stream.read(1 << 20):
                whole.update(block)
    return whole.hexdigest()

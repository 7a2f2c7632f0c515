"""What can be told of a source before its rows are made: format, columns, stored rows."""

from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from interlingua.corpus.readers.absent import no_such_file
from interlingua.corpus.readers.archives import is_archive, split_member
from interlingua.corpus.readers.choosing import choose
from interlingua.corpus.readers.compression import COMPRESSED, bare_suffix
from interlingua.corpus.readers.dispatch import FORMATS, exists
from interlingua.corpus.readers.fields import column_names
from interlingua.corpus.readers.files import Faults
from interlingua.corpus.readers.gettext import SOFTWARE
from interlingua.corpus.readers.gettext.units import catalog_header
from interlingua.corpus.readers.hub import HUB, hub_columns
from interlingua.corpus.readers.jsonl import json_records
from interlingua.corpus.readers.query import QUERY, query_columns
from interlingua.corpus.readers.records import flattened
from interlingua.corpus.readers.wmt import is_headerless
from interlingua.corpus.storage import ParquetFiles
from interlingua.errors import FormatError

__all__ = ["column_names_of", "described", "header_of", "rows_stored"]

_ADDRESSES = {HUB: "a data set of the Hugging Face hub", QUERY: "a query", SOFTWARE: "catalogs of installed software"}

_FORMS = {
    ".tsv": "TSV",
    ".tab": "TSV",
    ".txt": "TSV",
    ".csv": "CSV",
    ".jsonl": "JSON lines",
    ".ndjson": "JSON lines",
    ".parquet": "Parquet",
    ".tmx": "TMX",
    ".xlf": "XLIFF",
    ".xliff": "XLIFF",
    ".po": "gettext catalog",
    ".mo": "compiled gettext catalog",
    ".zip": "zip archive",
    ".tar": "tar archive",
    ".tgz": "tar archive",
    ".txz": "tar archive",
}

_RECORDS = 100
"""Objects of JSON whose keys are looked at."""


def described(source: str | Path) -> str:
    """Return the format in words, and how it was told.

    Raises:
        CorpusError: There is no such file or folder.

    Example:
        >>> described("duckdb:SELECT 1"), described("eng=a.en deu=a.de")
        ('a query, by duckdb: before it', 'line-aligned text, by the languages before its files')
    """
    for prefix, form in _ADDRESSES.items():
        if str(source).startswith(prefix):
            return f"{form}, by {prefix} before it"
    path = Path(source)
    member = None if exists(path) else split_member(path)
    if member:
        return f"part of a {_FORMS[bare_suffix(member[0])]}, by ::"
    if not exists(path):
        if "=" in str(source):
            return "line-aligned text, by the languages before its files"
        raise no_such_file(path)
    if path.is_dir():
        return "a folder"
    form = _FORMS.get(bare_suffix(path), "of unknown format")
    if _is_headerless(path):
        form += " without a header, whose name says the languages"
    return f"{form}, by its name" + (f" ({path.suffix} compressed)" if path.suffix.lower() in COMPRESSED else "")


def _is_headerless(path: Path) -> bool:
    try:
        return is_headerless(path)
    except FormatError:
        return False  # told of where the rows are read


def column_names_of(source: str | Path, *, rename: Mapping[str, str] | None = None) -> list[str]:
    """Return the columns of what has columns, as written; languages within ``translation`` count as columns.

    Raises:
        CorpusError: The source cannot be opened.
        FormatError: Its beginning cannot be read.
    """
    if str(source).startswith(HUB):
        return hub_columns(str(source))
    if str(source).startswith(QUERY):
        return query_columns(str(source))
    path = _table(Path(source))
    if path is None:
        return []
    match bare_suffix(path):
        case ".jsonl" | ".ndjson":
            with Faults(path, strict=True) as faults:
                return _keys(record for _, record in islice(json_records(path, faults), _RECORDS))
        case ".tsv" | ".tab" if not is_headerless(path, rename=rename):
            return column_names(path)
        case ".csv" | ".parquet":
            return column_names(path)
    return []


def header_of(source: str | Path) -> dict[str, str]:
    """Return what a gettext catalog says of itself; nothing for other formats, which say it of every row.

    Raises:
        FormatError: The catalog is damaged at its beginning.
    """
    path = Path(source)
    if bare_suffix(path) not in (".po", ".mo") or not exists(path):
        return {}
    header = catalog_header(path)
    return {name: header.get(name) for name in ("Project-Id-Version", "Language", "Plural-Forms") if header.get(name)}


def rows_stored(source: str | Path) -> int | None:
    """Return how many rows there are, where the file says it itself."""
    path = Path(source)
    return ParquetFiles((path,)).rows if path.suffix == ".parquet" and exists(path) and path.is_file() else None


def _table(path: Path) -> Path | None:
    """The file that may be a table: the one that is meant of an archive."""
    member = None if exists(path) else split_member(path)
    archive, wanted = member or (path, None)
    if not is_archive(archive):
        return path if exists(path) and path.is_file() else None
    chosen = choose(archive, wanted, formats=FORMATS)
    return Path(f"{archive}::{chosen}") if isinstance(chosen, str) else None


def _keys(records: Iterable[Any]) -> list[str]:
    return list(dict.fromkeys(key for record in records if isinstance(record, dict) for key in flattened(record)))

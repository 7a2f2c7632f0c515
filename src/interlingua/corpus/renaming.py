"""Which of the columns that are to be renamed each of several sources has."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from interlingua.corpus.named_sets import is_named
from interlingua.corpus.readers.describing import column_names_of
from interlingua.corpus.readers.dispatch import exists, is_address
from interlingua.corpus.readers.files import bare_suffix
from interlingua.corpus.readers.hub import HUB
from interlingua.corpus.storage import ParquetFiles
from interlingua.errors import CorpusError

__all__ = ["columns_of", "renames_of"]

_TABLES = (".tsv", ".tab", ".csv")
_RECORDS = (".jsonl", ".ndjson")


def columns_of(source: str | Path, *, columns: Sequence[str] | None = None) -> list[str] | None:
    """Return the columns that can be renamed in a source, as written; None where they are known by reading it only.

    Args:
        source: A set of the catalog, or what :func:`interlingua.corpus.open_rows` reads.
        columns: Those of TSV and CSV files without header.

    Example:
        >>> columns_of("duckdb:SELECT 'Yes.' AS en, 1 AS n"), columns_of("phrasebook")
        (['en', 'n'], [])
    """
    path, written = Path(source), str(source)
    if is_named(written) or (not exists(path) and "=" in written and not is_address(written)):
        return []
    if columns is not None and bare_suffix(path) in _TABLES:
        return list(columns)
    try:
        if exists(path) and path.is_dir():
            parts = tuple(sorted(path.glob("*.parquet")))
            return list(ParquetFiles(parts).schema.names) if parts else None
        late = written.startswith(HUB) or bare_suffix(path) in _RECORDS
        return None if late else column_names_of(source) or None
    except CorpusError:
        return None  # told of where the source is read


def renames_of(
    sources: Sequence[str | Path], rename: Mapping[str, str] | None, *, columns: Sequence[str] | None = None
) -> list[Mapping[str, str] | None]:
    """Return the renames that each of several sources is read with: those of its own columns.

    Raises:
        CorpusError: A column is to be renamed that no source has.

    Example:
        >>> renames_of(["duckdb:SELECT 'Yes.' AS a", "duckdb:SELECT 'Ja.' AS de"], {"a": "eng"})
        [{'a': 'eng'}, {}]
    """
    if not rename or len(sources) == 1:
        return [rename] * len(sources)
    found = [columns_of(source, columns=columns) for source in sources]
    named = [name for names in found for name in names or ()]
    if None not in found and (absent := sorted(rename.keys() - set(named))):
        there = ", ".join(dict.fromkeys(named)) or "none that can be renamed"
        raise CorpusError(f"no source has a column {', '.join(absent)} to rename; their columns are {there}")
    return [
        rename if names is None else {name: meant for name, meant in rename.items() if name in names} for names in found
    ]

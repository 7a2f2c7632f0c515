"""Which of the columns that are to be renamed each of several sources has."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from interlingua.corpus.named_sets import is_named
from interlingua.corpus.readers.describing import column_names_of
from interlingua.corpus.readers.dispatch import exists, is_address
from interlingua.corpus.readers.files import bare_suffix
from interlingua.corpus.readers.hub import HUB
from interlingua.corpus.readers.huggingface import is_saved_dataset
from interlingua.corpus.storage import ParquetFiles
from interlingua.errors import CorpusError, LanguageError
from interlingua.languages import canonical

__all__ = ["columns_of", "renames_of"]

_TABLES = (".tsv", ".tab", ".csv")
_RECORDS = (".jsonl", ".ndjson")


class _Columns(NamedTuple):
    """What is known of the columns of a source before it is read.

    Args:
        seen: Those that it has, as far as its beginning tells.
        late: Whether others may come.
        languages: Whether it has languages, as it writes them, and nothing else that can be renamed.
    """

    seen: Collection[str]
    late: bool = False
    languages: bool = False


def columns_of(source: str | Path, *, columns: Sequence[str] | None = None) -> list[str] | None:
    """Return the columns that can be renamed in a source, as written; None where they are known by reading it only.

    Args:
        source: A set of the catalog, or what :func:`interlingua.corpus.open_rows` reads.
        columns: Those of TSV and CSV files without header.

    Example:
        >>> columns_of("duckdb:SELECT 'Yes.' AS en, 1 AS n"), columns_of("phrasebook")
        (['en', 'n'], [])
    """
    found = _columns(source, columns)
    return None if found.late or found.languages else list(found.seen)


def renames_of(
    sources: Sequence[str | Path], rename: Mapping[str, str] | None, *, columns: Sequence[str] | None = None
) -> list[Mapping[str, str] | None]:
    """Return the renames that each of several sources is read with: those of its own columns.

    A source whose languages are known by reading it only (TMX, XLIFF, catalogs, archives of aligned lines) is read with
    those that no other source has a column for, and with those that spell a language otherwise (``en-US=eng``).

    Raises:
        CorpusError: A column is to be renamed that no source has.

    Example:
        >>> renames_of(["duckdb:SELECT 'Yes.' AS a", "duckdb:SELECT 'Ja.' AS de"], {"a": "eng"})
        [{'a': 'eng'}, {}]
    """
    if not rename or len(sources) == 1:
        return [rename] * len(sources)
    found = [_columns(source, columns) for source in sources]
    own: list[dict[str, str]] = [{} for _ in sources]
    nobodys = []
    for name, meant in rename.items():
        takers = _takers(name, meant, found)
        if not takers:
            nobodys.append(name)
        for number in takers:
            own[number][name] = meant
    if nobodys:
        there = ", ".join(dict.fromkeys(name for one in found for name in one.seen)) or "none that can be renamed"
        raise CorpusError(f"no source has a column {', '.join(sorted(nobodys))} to rename; their columns are {there}")
    return [*own]


def _takers(name: str, meant: str, found: Sequence[_Columns]) -> list[int]:
    """The numbers of the sources that are read with a rename."""
    late = any(one.late for one in found)
    is_seen = any(name in one.seen for one in found)
    of_languages = _is_spelling(name, meant) or not (is_seen or (late and meant.startswith("_")))
    return [
        number for number, one in enumerate(found) if name in one.seen or one.late or (one.languages and of_languages)
    ]


def _is_spelling(name: str, meant: str) -> bool:
    """Whether both are names of one language, so that the rename means the same in every source."""
    try:
        return canonical(name).partition("_")[0] == canonical(meant).partition("_")[0]
    except LanguageError:
        return False


def _columns(source: str | Path, columns: Sequence[str] | None) -> _Columns:
    path, written = Path(source), str(source)
    if is_named(written) or (not exists(path) and "=" in written and not is_address(written)):
        return _Columns(())
    if columns is not None and bare_suffix(path) in _TABLES:
        return _Columns(columns)
    late = written.startswith(HUB) or bare_suffix(path) in _RECORDS
    try:
        if exists(path) and path.is_dir():
            parts = tuple(sorted(path.glob("*.parquet")))
            late = is_saved_dataset(path)
            return _Columns(ParquetFiles(parts).schema.names if parts else (), late, languages=not parts and not late)
        seen = column_names_of(source)
    except CorpusError:
        seen = []  # told of where the source is read
    return _Columns(seen, late, languages=not seen and not late)

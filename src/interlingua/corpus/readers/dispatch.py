"""Which reader a source asks for: told by its extension or by what a folder holds."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from interlingua.corpus.readers.absent import no_such_file
from interlingua.corpus.readers.archives import is_archive, split_member
from interlingua.corpus.readers.choosing import choose
from interlingua.corpus.readers.delimited import read_delimited
from interlingua.corpus.readers.files import bare_suffix
from interlingua.corpus.readers.gettext import SOFTWARE, catalog_files, read_gettext, read_software
from interlingua.corpus.readers.hub import HUB, read_hub
from interlingua.corpus.readers.huggingface import is_saved_dataset, read_saved_dataset
from interlingua.corpus.readers.jsonl import read_jsonl
from interlingua.corpus.readers.lines import read_lines
from interlingua.corpus.readers.moses import AlignedMembers, read_moses
from interlingua.corpus.readers.parquet import read_parquet
from interlingua.corpus.readers.query import QUERY, read_query
from interlingua.corpus.readers.tatoeba import tatoeba_files
from interlingua.corpus.readers.tmx import read_tmx
from interlingua.corpus.readers.wmt import is_headerless, read_headerless
from interlingua.corpus.readers.xliff import read_xliff
from interlingua.errors import CorpusError
from interlingua.languages import canonical
from interlingua.types import Row

__all__ = ["FORMATS", "exists", "is_address", "open_rows"]

_FORMATS = (
    "eng=a.en deu=a.de (line-aligned text, also .gz .xz .zst), .tsv, .csv, .jsonl, .parquet, .tmx, .xliff, "
    "a .zip or .tar of these (a.zip::MEMBER for one of several), a folder of Parquet files, a data set saved on disk, "
    "LASER's tatoeba folder, .po, .mo and folders of them, software:NAME, hf:OWNER/NAME/CONFIG:SPLIT, "
    "or duckdb:SELECT ..."
)

FORMATS = (".tsv", ".tab", ".csv", ".jsonl", ".ndjson", ".tmx", ".xlf", ".xliff", ".sdlxliff", ".mqxliff", ".po")
"""Extensions of files that are read from an archive as well: from the front, without going back."""


def is_address(source: str | Path) -> bool:
    """Return whether a source is something else than a file or folder: of the hub, a query, or installed software.

    Example:
        >>> is_address("duckdb:SELECT en, de FROM 'a=b.csv'"), is_address("hf.tsv")
        (True, False)
    """
    return isinstance(source, str) and source.startswith((HUB, QUERY, SOFTWARE))


def open_rows(
    source: str | Path,
    *,
    rename: Mapping[str, str] | None = None,
    columns: Sequence[str] | None = None,
    strict: bool = False,
) -> Iterator[Row]:
    """Yield the rows of any source that has a reader.

    Args:
        source: A file, a folder, line-aligned files as ``eng=a.en.gz deu=a.de.gz``, a member of an archive as
            ``a.zip::GNOME.en-te``, a set of the hub as ``hf:OWNER/NAME/CONFIG:SPLIT``, ``duckdb:SELECT ...``, or
            installed software as ``software:django``.
        rename: Language or ``_name`` by column name (for TMX and XLIFF, language by language as written).
        columns: Column names of a TSV or CSV without header.
        strict: A bad record is an error; otherwise it is left out and reported.

    Raises:
        CorpusError: Nothing there, or no reader for it; and whatever the reader raises.
        LanguageError: ``rename`` means a language that nobody knows.

    Example:
        >>> open_rows("notes.docx")
        Traceback (most recent call last):
        interlingua.errors.CorpusError: there is no file or folder notes.docx
    """
    for meant in (rename or {}).values():
        if not meant.startswith("_"):
            canonical(meant)  # a wrong word of the user's is not a fault of every record
    if is_address(source) and str(source).startswith(SOFTWARE):
        return read_software(str(source).removeprefix(SOFTWARE), rename=rename, strict=strict)
    if is_address(source):
        read = read_hub if str(source).startswith(HUB) else read_query
        return read(str(source), rename=rename, strict=strict)
    path = Path(source)
    member = None if exists(path) else split_member(path)
    if member:
        return _open_archive(*member, rename=rename, columns=columns, strict=strict)
    if isinstance(source, str) and not exists(path) and "=" in source:
        return read_lines(_aligned(source))
    if not exists(path):
        raise no_such_file(path)
    if path.is_dir():
        return _open_folder(path, rename=rename, strict=strict)
    if is_archive(path):
        return _open_archive(path, None, rename=rename, columns=columns, strict=strict)
    return _open_file(path, rename=rename, columns=columns, strict=strict)


def exists(path: Path) -> bool:
    """Return whether there is such a file or folder; no name is too long to ask."""
    try:
        return path.exists()
    except OSError:
        return False


def _open_file(
    path: Path, *, rename: Mapping[str, str] | None, columns: Sequence[str] | None, strict: bool
) -> Iterator[Row]:
    match bare_suffix(path):
        case ".tsv" | ".tab" | ".txt" if columns is None and is_headerless(path, rename=rename):
            return read_headerless(path, rename=rename, strict=strict)
        case ".tsv" | ".tab" | ".csv":
            return read_delimited(path, columns=columns, rename=rename, strict=strict)
        case ".jsonl" | ".ndjson":
            return read_jsonl(path, rename=rename, strict=strict)
        case ".parquet":
            return read_parquet(path, rename=rename)
        case ".tmx":
            return read_tmx(path, rename=rename, strict=strict)
        case ".xlf" | ".xliff" | ".sdlxliff" | ".mqxliff":
            return read_xliff(path, rename=rename, strict=strict)
        case ".po" | ".mo":
            return read_gettext(path, rename=rename, strict=strict)
    raise CorpusError(f"cannot tell how to read {path}; known are {_FORMATS}")


def _open_archive(
    archive: Path,
    member: str | None,
    *,
    rename: Mapping[str, str] | None,
    columns: Sequence[str] | None,
    strict: bool,
) -> Iterator[Row]:
    chosen = choose(archive, member, formats=FORMATS)
    if isinstance(chosen, AlignedMembers):
        return read_moses(archive, chosen, rename=rename, strict=strict)
    return _open_file(Path(f"{archive}::{chosen}"), rename=rename, columns=columns, strict=strict)


def _open_folder(path: Path, *, rename: Mapping[str, str] | None, strict: bool) -> Iterator[Row]:
    if is_saved_dataset(path):
        return read_saved_dataset(path, rename=rename, strict=strict)
    if any(path.glob("*.parquet")):
        return read_parquet(path, rename=rename)
    if any(path.glob("tatoeba.*-eng.eng")):
        languages = tatoeba_files(path, rename=rename)
        return chain.from_iterable(
            _named(read_lines({code: files[0], "eng": files[1]}), code) for code, files in languages.items()
        )
    if any(catalog_files(path)):
        return read_gettext(path, rename=rename, strict=strict)
    raise CorpusError(f"cannot tell how to read the folder {path}; known are {_FORMATS}")


def _named(rows: Iterator[Row], language: str) -> Iterator[Row]:
    for row in rows:
        yield Row(row.texts, {**row.meta, "_id": f"{language}:{row.meta['_id']}"})


def _aligned(source: str) -> dict[str, str]:
    files: dict[str, str] = {}
    for part in shlex.split(source):
        language, equals, path = part.partition("=")
        if not equals or language in files:
            raise CorpusError(f"cannot read {source!r}; line-aligned files are written eng=a.en deu=a.de, each once")
        files[language] = path
    return files

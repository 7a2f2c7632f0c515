"""Which reader a source asks for: told by its extension or by what a folder holds."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from interlingua.corpus.readers.delimited import read_delimited
from interlingua.corpus.readers.files import bare_suffix
from interlingua.corpus.readers.huggingface import read_saved_dataset
from interlingua.corpus.readers.jsonl import read_jsonl
from interlingua.corpus.readers.lines import read_lines
from interlingua.corpus.readers.parquet import read_parquet
from interlingua.corpus.readers.tatoeba import tatoeba_files
from interlingua.corpus.readers.tmx import read_tmx
from interlingua.errors import CorpusError
from interlingua.languages import canonical
from interlingua.types import Row

__all__ = ["open_rows"]

_FORMATS = (
    "eng=a.en deu=a.de (line-aligned text, also .gz .xz .zst), .tsv, .csv, .jsonl, .parquet, .tmx, "
    "a folder of Parquet files, a data set saved on disk, or LASER's tatoeba folder"
)


def open_rows(
    source: str | Path,
    *,
    rename: Mapping[str, str] | None = None,
    columns: Sequence[str] | None = None,
    strict: bool = False,
) -> Iterator[Row]:
    """Yield the rows of any source that has a reader.

    Args:
        source: A file, a folder, or line-aligned files as ``eng=a.en.gz deu=a.de.gz``.
        rename: Language or ``_name`` by column name (for TMX, language by language as written).
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
    path = Path(source)
    if isinstance(source, str) and not path.exists() and "=" in source:
        return read_lines(_aligned(source))
    if not path.exists():
        raise CorpusError(f"there is no file or folder {path}")
    if path.is_dir():
        return _open_folder(path, rename=rename, strict=strict)
    match bare_suffix(path):
        case ".tsv" | ".tab" | ".csv":
            return read_delimited(path, columns=columns, rename=rename, strict=strict)
        case ".jsonl" | ".ndjson":
            return read_jsonl(path, rename=rename, strict=strict)
        case ".parquet":
            return read_parquet(path, rename=rename)
        case ".tmx":
            return read_tmx(path, rename=rename, strict=strict)
    raise CorpusError(f"cannot tell how to read {path}; known are {_FORMATS}")


def _open_folder(path: Path, *, rename: Mapping[str, str] | None, strict: bool) -> Iterator[Row]:
    if any((path / name).is_file() for name in ("dataset_dict.json", "state.json")):
        return read_saved_dataset(path, rename=rename, strict=strict)
    if any(path.glob("*.parquet")):
        return read_parquet(path, rename=rename)
    if any(path.glob("tatoeba.*-eng.eng")):
        languages = tatoeba_files(path, rename=rename)
        return chain.from_iterable(
            _named(read_lines({code: files[0], "eng": files[1]}), code) for code, files in languages.items()
        )
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

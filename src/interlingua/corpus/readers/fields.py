"""Tables whose columns have names of their own, as ``text`` and ``label``."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from itertools import chain
from pathlib import Path
from typing import Any

from interlingua.corpus.readers.delimited import delimited_records
from interlingua.corpus.readers.files import Faults, bare_suffix
from interlingua.corpus.readers.jsonl import json_records
from interlingua.corpus.storage import ParquetFiles
from interlingua.corpus.wording import counted
from interlingua.errors import FormatError

__all__ = ["SUFFIXES", "column_names", "named_fields"]

SUFFIXES = (".tsv", ".csv", ".jsonl", ".parquet")


def named_fields(
    path: Path, *, needed: Sequence[str], holds: str, faults: Faults | None = None
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield line and fields of every record.

    Args:
        path: ``.tsv`` or ``.csv`` with a header, ``.jsonl`` or ``.parquet``; the text formats may be compressed. As
            everywhere, a quote is a character like any other in ``.tsv``.
        needed: Columns that must be there, once each. Objects of ``.jsonl`` are not checked: a key may be missing.
        holds: What such files hold, for messages.
        faults: What bad records are told to; None makes the first one an error.

    Raises:
        CorpusError: The file cannot be opened.
        FormatError: Another format, a column is missing, a line is not UTF-8 or has too few or too many fields; with
            the line.
    """
    with nullcontext(faults) if faults else Faults(path, strict=True) as told:
        match bare_suffix(path):
            case ".parquet":
                storage = ParquetFiles((path,))
                names = storage.schema.names
                _check_columns(path, names, needed)
                batches = storage.read(names, size=4096)
                yield from enumerate(chain.from_iterable(batch.to_pylist() for batch in batches), start=1)
            case ".jsonl":
                for line, record in json_records(path, told):
                    if isinstance(record, dict):
                        yield line, record
                    else:
                        told.add(f"{type(record).__name__} instead of an object", line=line)
            case ".tsv" | ".csv":
                yield from _delimited(path, needed, told)
            case _:
                raise FormatError(f"{holds} are read from {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}", path=path)


def column_names(path: Path) -> list[str]:
    """Return the columns of a table, or the keys of the first object; none of an empty file.

    Raises:
        CorpusError: The file cannot be opened.
        FormatError: The first line cannot be read.
    """
    if bare_suffix(path) == ".parquet":
        return list(ParquetFiles((path,)).schema.names)
    with Faults(path, strict=True) as faults:
        if bare_suffix(path) == ".jsonl":
            _, record = next(json_records(path, faults), (0, {}))
            return list(record) if isinstance(record, dict) else []
        _, columns = next(delimited_records(path, faults), (0, []))
    return columns


def _delimited(path: Path, needed: Sequence[str], faults: Faults) -> Iterator[tuple[int, Mapping[str, str]]]:
    records = delimited_records(path, faults)
    _, columns = next(records, (0, []))
    _check_columns(path, columns, needed)
    for line, fields in records:
        if len(fields) == len(columns):
            yield line, dict(zip(columns, fields, strict=True))
        else:
            faults.add(f"{counted(len(fields), 'field')} instead of {len(columns)}", line=line)


def _check_columns(path: Path, names: Sequence[str], needed: Sequence[str]) -> None:
    for column in needed:
        if names.count(column) != 1:
            what = f"has {names.count(column)} columns" if column in names else "has no column"
            raise FormatError(f"{what} {column}; its columns are {', '.join(names) or 'none'}; rename it", path=path)

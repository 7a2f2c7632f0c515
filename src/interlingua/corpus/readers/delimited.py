"""TSV and CSV: a row a line, a language a column."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from interlingua.corpus.naming import canonical_names
from interlingua.corpus.provenance import finite_number
from interlingua.corpus.readers.files import Faults, bare_suffix, lines_of
from interlingua.corpus.wording import counted
from interlingua.errors import FormatError
from interlingua.types import Row

__all__ = ["delimited_records", "read_delimited"]


def read_delimited(
    path: str | Path,
    *,
    columns: Sequence[str] | None = None,
    rename: Mapping[str, str] | None = None,
    strict: bool = False,
) -> Iterator[Row]:
    """Yield a row a record; ``_id`` is the line where no column holds it.

    A ``.csv`` is comma-separated with quotes as usual; anything else is tab-separated, where a quote is a character
    like any other. ``_score`` and ``_score:LANGUAGE`` are numbers; whatever else a column holds is text.

    Args:
        path: The file; may be compressed.
        columns: Names of the columns of a file without a header.
        rename: Language or ``_name`` by column name.
        strict: A record with too few or too many fields, or a score that is no number, is an error; otherwise it is
            left out and reported.

    Raises:
        CorpusError: A column is neither a language nor begins with ``_``.
        LanguageError: Two columns mean one language.
        FormatError: The file is empty or not UTF-8; with ``strict``, a bad record.
    """
    path = Path(path)
    with Faults(path, strict=strict) as faults:
        records = delimited_records(path, faults)
        if columns is None:
            _, columns = next(records, (0, []))
            if not columns:
                raise FormatError("is empty; it should begin with a line of column names", path=path)
        hint = "; a file without a header needs its columns given (--columns eng,deu)"
        names = canonical_names(columns, where=str(path), rename=rename, hint=hint)
        places = {name: columns.index(given) for name, given in names.items()}
        for line, fields in records:
            if len(fields) != len(columns):
                faults.add(f"{counted(len(fields), 'field')} instead of {len(columns)}", line=line)
                continue
            yield _row(fields, places, line, faults)


def _row(fields: Sequence[str], places: Mapping[str, int], line: int, faults: Faults) -> Row:
    filled = {name: fields[place] for name, place in places.items() if fields[place].strip()}
    meta: dict[str, Any] = {name: value for name, value in filled.items() if name.startswith("_")}
    texts = {name: text for name, text in filled.items() if name not in meta}
    for name in [name for name in meta if name.partition(":")[0] == "_score"]:
        try:
            meta[name] = finite_number(meta[name])
        except ValueError:
            faults.add(f"the score {meta.pop(name)[:40]!r} is no number", line=line)
    return Row(texts, {"_id": str(line), **meta})


def delimited_records(path: Path, faults: Faults) -> Iterator[tuple[int, list[str]]]:
    """Yield line and fields of every record, the header among them: quotes mean something in ``.csv`` only."""
    return _csv_records(path, faults) if bare_suffix(path) == ".csv" else _tab_records(path)


def _tab_records(path: Path) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(lines_of(path), start=1):
        yield number, line.split("\t")


def _csv_records(path: Path, faults: Faults) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader((line + "\n" for line in lines_of(path)), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            faults.add(f"not CSV ({error})", line=line)
        else:
            yield line, fields

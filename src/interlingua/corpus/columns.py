"""Rows to columns: the one place where a row becomes part of an Arrow table."""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from interlingua.corpus.storage import CLEAN
from interlingua.errors import CorpusError, LanguageError
from interlingua.languages import canonical
from interlingua.types import Row

__all__ = ["normalised", "table_of"]


def normalised(row: Row, number: int) -> dict[str, Any]:
    """Return a row as one record: provenance, then cells by canonical language, blank ones left out.

    Args:
        row: The row; languages in any spelling.
        number: Its number from 0, which is its ``_id`` where it has none.

    Raises:
        LanguageError: Unknown, or two cells of one language.
        CorpusError: A name in ``meta`` does not begin with ``_``, or a text has half of a surrogate pair.
    """
    record: dict[str, Any] = {"_id": str(number)}
    for name, value in row.meta.items():
        if not name.startswith("_"):
            raise CorpusError(f"row {number:,}: provenance {name!r} must begin with _, as '_{name}'")
        if value is not None:
            record[name] = str(value) if name == "_id" else value
    spelled: dict[str, str] = {}
    for name, text in row.texts.items():
        code = canonical(name)
        if spelled.setdefault(code, name) != name:
            raise LanguageError(f"row {number:,}: {spelled[code]!r} and {name!r} both mean {code}; keep one")
        if text.strip():
            record[code] = text
    for name, value in record.items():
        _check_unicode(value, f"row {number:,}, column {name}")
    return record


def _check_unicode(value: object, where: str) -> None:
    try:
        if isinstance(value, str):
            value.encode()
    except UnicodeEncodeError as error:
        half = f"U+{ord(error.object[error.start]):04X}"
        raise CorpusError(
            f"{where}: character {error.start + 1:,} is half of a surrogate pair ({half}), "
            "which is no text; decode the source anew, or leave the row out"
        ) from error


def table_of(rows: Iterable[tuple[int, Row]]) -> Any:
    """Return a ``pyarrow.Table`` of numbered rows: ``_id``, other provenance, then languages as they appear.

    Raises:
        CorpusError: A provenance column mixes types that Arrow cannot hold in one column.
    """
    return records_table([normalised(row, number) for number, row in rows])


def records_table(records: list[dict[str, Any]]) -> Any:
    """Return a ``pyarrow.Table`` of normalised records."""
    names = dict.fromkeys(name for record in records for name in record)
    ordered = sorted(names, key=lambda name: not name.startswith("_"))
    columns: dict[str, list[Any]] = {name: [None] * len(records) for name in ordered}
    for i, record in enumerate(records):  # cells, not rows times languages: most rows have few of many languages
        for name, value in record.items():
            columns[name][i] = value
    arrays = {name: _column(name, values) for name, values in columns.items()}
    return pa.table(arrays).replace_schema_metadata(CLEAN)


def _column(name: str, values: list[Any]) -> Any:
    try:
        return pa.array(values, None if name.startswith("_") and name != "_id" else pa.string())
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError) as error:
        raise CorpusError(f"column {name} mixes values that fit no one type ({error}); make them alike") from error

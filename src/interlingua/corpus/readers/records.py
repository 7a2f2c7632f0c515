"""Mappings to rows: what JSON lines and saved data sets have in common."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from interlingua.corpus.naming import canonical_names
from interlingua.types import Row

__all__ = ["RecordReader", "flattened"]

_NESTED = "translation"


class RecordReader:
    """Makes rows of mappings by column name; names are looked up once for each set of names.

    Args:
        path: The file, for messages.
        rename: Language or ``_name`` by given name.

    Example:
        >>> reader = RecordReader(Path("a.jsonl"))
        >>> reader.row({"translation": {"en": "Yes.", "de": "Ja."}}, 1).texts
        {'eng_Latn': 'Yes.', 'deu_Latn': 'Ja.'}
    """

    def __init__(self, path: Path, *, rename: Mapping[str, str] | None = None) -> None:
        self._path = path
        self._rename = dict(rename or {})
        self._known: dict[tuple[str, ...], dict[str, str]] = {}

    def fault(self, record: object) -> str | None:
        """Return what is wrong with a record: no mapping, or a cell that is no text; None if nothing is."""
        if not isinstance(record, dict):
            return f"{type(record).__name__} instead of an object"
        flat = flattened(record)
        for name, given in self._names(tuple(flat)).items():
            if not name.startswith("_") and not isinstance(flat[given], str | None):
                return f"{given!r} holds {type(flat[given]).__name__} instead of text"
        return None

    def row(self, record: Mapping[str, Any], number: int) -> Row:
        """Return the row of a sound record; ``number`` is its ``_id`` where it has none."""
        flat = flattened(record)
        names = self._names(tuple(flat))
        texts = {name: flat[given] for name, given in names.items() if name[0] != "_" and (flat[given] or "").strip()}
        meta = {name: flat[given] for name, given in names.items() if name[0] == "_" and flat[given] is not None}
        return Row(texts, {"_id": str(number), **meta})

    def _names(self, given: tuple[str, ...]) -> dict[str, str]:
        if given not in self._known:
            rename = {name: meant for name, meant in self._rename.items() if name in given}
            self._known[given] = canonical_names(given, where=str(self._path), rename=rename)
        return self._known[given]


def flattened(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record with the languages of ``translation`` on its own level.

    Example:
        >>> flattened({"key": 1, "translation": {"en": "Yes."}})
        {'key': 1, 'en': 'Yes.'}
    """
    nested = record.get(_NESTED)
    if not isinstance(nested, Mapping):
        return dict(record)
    return {name: value for name, value in record.items() if name != _NESTED} | dict(nested)

"""Mappings to rows: what JSON lines and saved data sets have in common."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from interlingua.corpus.naming import canonical_names
from interlingua.errors import CorpusError
from interlingua.types import Row

__all__ = ["RecordReader", "flattened"]

_NESTED = "translation"

_MOST_KNOWN = 1000
"""Sets of names that are remembered."""


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
            value = flat[given]
            if not name.startswith("_") and not isinstance(value, str | None):
                return f"{given!r} holds {type(value).__name__} instead of text"
            if isinstance(value, str) and not _is_unicode(value):
                return f"{given!r} has half of a surrogate pair, which is no text"
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
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            odd = next((name for name in given if not _is_unicode(name)), None)
            if odd is not None:
                raise CorpusError(
                    f"{self._path}: the column name {odd!r} has half of a surrogate pair; rename it there"
                )
            rename = {name: meant for name, meant in self._rename.items() if name in given}
            self._known[given] = canonical_names(given, where=str(self._path), rename=rename)
        return self._known[given]


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


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

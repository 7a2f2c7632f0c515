"""Where every cell is from: a provenance column a language, and what the corpus card says of each source."""

import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from interlingua.types import Row

__all__ = [
    "CELL_SCORE",
    "CELL_SOURCE",
    "SourceRecord",
    "cell_source",
    "finite_number",
    "is_non_commercial",
    "listed_sources",
    "source_column",
    "source_records",
]

CELL_SOURCE = "_source:"
"""What the names of the columns begin with that say where the cells of a language are from."""

CELL_SCORE = "_score:"
"""What those begin with that say how good they are."""

_NON_COMMERCIAL = re.compile(r"\bNC\b|non-?commercial", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRecord:
    """What the card of a corpus (``corpus.json``, under ``sources``) says of one source.

    Args:
        source: Its name, as it stands in ``_source`` and ``_source:LANGUAGE``.
        licence: SPDX identifier, or words where there is no single one; empty where nobody knows.
        citation, homepage: What to cite, and where it is from.
        model: Of translations: the system that made them; empty for what people wrote.

    Example:
        >>> SourceRecord(source="ntrex", licence="CC-BY-SA-4.0").as_dict()
        {'source': 'ntrex', 'licence': 'CC-BY-SA-4.0'}
    """

    source: str
    licence: str = ""
    citation: str = ""
    homepage: str = ""
    model: str = ""

    @property
    def non_commercial(self) -> bool:
        """Whether the licence forbids commercial use."""
        return is_non_commercial(self.licence)

    @property
    def synthetic(self) -> bool:
        """Whether a machine wrote it."""
        return bool(self.model)

    def as_dict(self) -> dict[str, str]:
        """Return what is known, ready for JSON."""
        return {key: value for key, value in asdict(self).items() if value}


def is_non_commercial(licence: str) -> bool:
    """Return whether a licence forbids commercial use, by its name.

    Example:
        >>> is_non_commercial("CC-BY-NC-4.0"), is_non_commercial("CC-BY-SA-4.0")
        (True, False)
    """
    return bool(_NON_COMMERCIAL.search(licence))


def finite_number(text: str) -> float:
    """Return the number that a score is written as.

    Raises:
        ValueError: It is none, or not finite.

    Example:
        >>> finite_number("0.5")
        0.5
    """
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text!r} is not finite")
    return value


def source_column(language: str) -> str:
    """Return the name of the column that says where the cells of a language are from.

    Example:
        >>> source_column("deu_Latn")
        '_source:deu_Latn'
    """
    return CELL_SOURCE + language


def cell_source(row: Row, language: str) -> str | None:
    """Return the source of a cell: its own, else that of its row; None where neither is known.

    Example:
        >>> row = Row({"eng_Latn": "Yes.", "deu_Latn": "Ja."}, {"_source": "a.tmx", "_source:deu_Latn": "b.tmx"})
        >>> cell_source(row, "eng_Latn"), cell_source(row, "deu_Latn")
        ('a.tmx', 'b.tmx')
    """
    found = row.meta.get(source_column(language), row.meta.get("_source"))
    return None if found is None else str(found)


def listed_sources(card: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what a card says of each source, without what stands there and names none.

    Example:
        >>> listed_sources({"sources": [{"source": "ntrex"}, "by hand"]})
        [{'source': 'ntrex'}]
    """
    listed = card.get("sources")
    records = listed if isinstance(listed, list | tuple) else ()
    return [dict(one) for one in records if isinstance(one, Mapping) and "source" in one]


def source_records(card: Mapping[str, Any]) -> dict[str, SourceRecord]:
    """Return the sources that a card names, by name; what it says beside the known keys is left out.

    Example:
        >>> source_records({"sources": [{"source": "ntrex", "licence": "CC-BY-SA-4.0"}]})["ntrex"].licence
        'CC-BY-SA-4.0'
    """
    known = {field.name for field in fields(SourceRecord)}
    records = [
        SourceRecord(**{key: str(value) for key, value in one.items() if key in known}) for one in listed_sources(card)
    ]
    return {record.source: record for record in records}

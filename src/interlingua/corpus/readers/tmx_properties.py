"""Provenance as properties of TMX, and back: columns that no other tool has a property for come back as they were."""

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from interlingua.corpus.provenance import finite_number
from interlingua.errors import CorpusError

__all__ = ["NO_XML", "SOURCE", "named_property", "property_of", "source_property", "value_of"]

_TEXT = "x-interlingua:"
_JSON = "x-interlingua-json:"
NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML cannot hold."""

SOURCE = f"{_JSON}source"
"""Type of a property of the header: what is known of one source of the rows, as an object."""

# What other tools have, by type in lower case, without a leading "x-" or "txt::".
_KNOWN = {
    "document": "_document",
    "source-document": "_document",
    "file": "_document",
    "filename": "_document",
    "doc. no.": "_document",
    "score": "_score",
    "score-bicleaner": "_score",
    "score-bicleaner-ai": "_score",
}


def property_of(name: str, value: object) -> tuple[str, str]:
    """Return type and text of the property that holds a value of a column.

    Example:
        >>> property_of("_document", "a.docx"), property_of("_source", "a.tmx"), property_of("_tags", ["old", "new"])
        (('document', 'a.docx'), ('x-interlingua:_source', 'a.tmx'), ('x-interlingua-json:_tags', '["old", "new"]'))
    """
    if name == "_score" and type(value) in (int, float) and math.isfinite(value):  # type: ignore[arg-type]
        return "score", str(value)
    if isinstance(value, str) and not NO_XML.search(value):
        is_plain = name == "_document" and value.strip() == value != ""
        return ("document" if is_plain else _TEXT + name), value
    return _JSON + name, _json(value)


def source_property(record: Mapping[str, Any]) -> tuple[str, str]:
    """Return type and text of the property of the header that holds what is known of a source."""
    return SOURCE, _json(record)


def named_property(kind: str) -> str | None:
    """Return the column that a property of this type goes to; None where it goes to none.

    Example:
        >>> named_property("x-document"), named_property("x-interlingua:_source"), named_property("client")
        ('_document', '_source', None)
    """
    for prefix in (_TEXT, _JSON):
        if kind.startswith(prefix):
            name = kind.removeprefix(prefix)
            return name if len(name) > 1 and name[0] == "_" and name != "_id" else None
    return _KNOWN.get(kind.lower().removeprefix("x-").removeprefix("txt::"))


def value_of(kind: str, text: str) -> Any:
    """Return the value that the text of a property means; None where it has none.

    Raises:
        CorpusError: It is no number where one is needed, or no JSON.

    Example:
        >>> value_of("score", "0.5"), value_of("x-interlingua:_source", " a "), value_of("x-interlingua-json:_n", "1")
        (0.5, ' a ', 1)
    """
    if kind.startswith(_TEXT):
        return text
    if kind.startswith(_JSON):
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise CorpusError(f"the property {kind} is not JSON ({error})") from error
    text = text.strip()
    if text and named_property(kind) == "_score":
        try:
            return finite_number(text)
        except ValueError as error:
            raise CorpusError(f"the score {text[:40]!r} is no number") from error
    return text or None


def _json(value: object) -> str:
    text = json.dumps(value, default=str, ensure_ascii=False)
    return json.dumps(value, default=str) if NO_XML.search(text) else text

"""TMX, the exchange format of translation memories: streamed, with entities and network off."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lxml import etree

from interlingua.corpus.readers.files import DAMAGE, Faults, open_binary
from interlingua.errors import FormatError, LanguageError
from interlingua.languages import canonical
from interlingua.types import Row

__all__ = ["read_tmx"]

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

# Inline elements whose content is mark-up of the translated document, not text.
_CODES = frozenset({"bpt", "ept", "it", "ph", "ut"})


def read_tmx(path: str | Path, *, rename: Mapping[str, str] | None = None, strict: bool = False) -> Iterator[Row]:
    """Yield a row a translation unit, in memory that does not grow with the file.

    Inline codes (``bpt``, ``ept``, ``it``, ``ph``, ``ut``) are left out, marked text (``hi``) is kept. ``_id`` is the
    ``tuid`` or the number of the unit; ``_source_language`` and ``_tool`` come from the unit and the header.

    Args:
        path: The file; may be compressed.
        rename: Language by language as written, as ``{"en-US": "eng"}``.
        strict: A variant that cannot be used (unknown language, second text of one language, undefined entity) is an
            error; otherwise it is left out and reported.

    Raises:
        CorpusError: There is no such file.
        FormatError: The file is not well-formed XML or no TMX; with ``strict``, a bad variant.
    """
    path = Path(path)
    with Faults(path, strict=strict) as faults, open_binary(path) as stream:
        unit_reader = _UnitReader(faults, rename or {})
        header: dict[str, str] = {}
        number = 0
        for element in _elements(stream, path):
            if etree.QName(element).localname == "header":
                header = _header(element)
                continue
            number += 1
            yield unit_reader.row(element, number, header)
            element.clear()
            parent = element.getparent()
            while parent is not None and element.getprevious() is not None:
                del parent[0]


def _elements(stream: Any, path: Path) -> Iterator[Any]:
    """Every header and unit at its end."""
    events = etree.iterparse(
        stream,
        events=("end",),
        tag=("{*}header", "{*}tu"),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for _, element in events:
            yield element
    except etree.XMLSyntaxError as error:
        raise FormatError(
            f"not well-formed XML: {error.msg}; mend or export it again", path=path, line=error.lineno
        ) from error
    except DAMAGE as error:
        raise FormatError(f"the file is damaged or cut off ({error}); fetch it again", path=path) from error
    if etree.QName(events.root).localname != "tmx":
        raise FormatError(f"the root element is <{etree.QName(events.root).localname}>, not <tmx>", path=path, line=1)


class _UnitReader:
    def __init__(self, faults: Faults, rename: Mapping[str, str]) -> None:
        self._faults = faults
        self._rename = rename

    def row(self, unit: Any, number: int, header: Mapping[str, str]) -> Row:
        texts: dict[str, str] = {}
        for variant in unit.iterchildren("{*}tuv"):
            written = variant.get(_XML_LANG) or variant.get("lang") or ""
            try:
                language = canonical(self._rename.get(written, written))
                text = _text(variant.find("{*}seg"))
            except (LanguageError, ValueError) as error:
                self._faults.add(str(error), line=variant.sourceline)
                continue
            if language in texts:
                self._faults.add(f"a second text in {language}", line=variant.sourceline)
            elif text.strip():
                texts[language] = text
        meta = {"_id": unit.get("tuid") or str(number), **header}
        if unit.get("srclang"):
            meta["_source_language"] = unit.get("srclang")
        return Row(texts, meta)


def _header(element: Any) -> dict[str, str]:
    tool = f"{element.get('creationtool', '')} {element.get('creationtoolversion', '')}".strip()
    found = {"_source_language": element.get("srclang"), "_tool": tool}
    return {name: value for name, value in found.items() if value}


def _text(segment: Any) -> str:
    """The text of a segment without inline codes.

    Raises:
        ValueError: It holds an entity that is not one of XML's own.
    """
    if segment is None:
        return ""
    parts = [segment.text or ""]
    for child in segment:
        if child.tag is etree.Entity:
            raise ValueError(f"the entity {child.text} is not one of XML's own, and others are not expanded")
        if etree.QName(child).localname not in _CODES:
            parts.append(_text(child))
        parts.append(child.tail or "")
    return "".join(parts)

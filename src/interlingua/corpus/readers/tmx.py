"""TMX 1.1 to 1.4b, the exchange format of translation memories: streamed, with entities and network off."""

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from interlingua.corpus.readers.files import Faults
from interlingua.corpus.readers.tmx_plain import plain_unit
from interlingua.corpus.readers.tmx_properties import SOURCE, named_property, value_of
from interlingua.corpus.readers.xml import XmlReader
from interlingua.errors import CorpusError, LanguageError
from interlingua.types import Row

__all__ = ["read_tmx", "tmx_sources"]

_OURS = "interlingua"
_MOST_KINDS, _LONGEST_KIND = 10, 60

logger = logging.getLogger(__name__)


def read_tmx(path: str | Path, *, rename: Mapping[str, str] | None = None, strict: bool = False) -> Iterator[Row]:
    """Yield a row a translation unit, in memory that does not grow with the file.

    Mark-up inside segments goes by the rule of :mod:`interlingua.corpus.readers.inline`; white space is kept. ``_id``
    is the ``tuid`` or the number of the unit. ``_source_language`` (unless ``*all*``) and ``_tool`` come from unit and
    header, ``_date`` is the unit's ``changedate`` or ``creationdate`` as written, ``_document`` and ``_score`` are
    properties (of a variant: ``_document:eng_Latn``), and so is what ``write_tmx`` wrote of other columns.
    A variant without language has that of its unit.

    Args:
        path: The file; may be compressed.
        rename: Language by language as written, as ``{"en-US": "eng"}``.
        strict: A variant that cannot be used (unknown language, second text of one language, undefined entity, more
            than a million characters in a unit) is an error; otherwise it is left out and reported.

    Raises:
        CorpusError: There is no such file.
        FormatError: The file is not well-formed XML or no TMX; with ``strict``, a bad variant.
    """
    path = Path(path)
    with Faults(path, strict=strict) as faults:
        yield from _TmxReader(path, rename, faults).rows()


def tmx_sources(path: str | Path) -> list[dict[str, Any]]:
    """Return what the header says of the sources of the rows, if it was written here; reads the beginning only.

    Raises:
        CorpusError: There is no such file.
        FormatError: The beginning is not well-formed XML or no TMX.
    """
    path = Path(path)
    reader = _TmxReader(path, None, Faults(path, strict=False))  # faults are told of where the rows are read
    next(reader.rows(), None)
    return reader.sources


class _TmxReader(XmlReader):
    def __init__(self, path: Path, rename: Mapping[str, str] | None, faults: Faults) -> None:
        super().__init__(path, rest=("tmx", "body"), record="tu", rename=rename, faults=faults)
        self._number = 0
        self._header: dict[str, Any] = {}
        self._meta: dict[str, Any] = {}
        self._texts: dict[str, str] = {}
        self._inherited = ""
        self._variant: str | None = None
        self._kind = ""
        self._property: str | None = None
        self._left_out: dict[str, None] = {}
        self.sources: list[dict[str, Any]] = []
        self.opened = {
            ("tmx", "header"): self._open_header,
            ("header", "prop"): self._open_header_property,
            ("body", "tu"): self._open_unit,
            ("tu", "tuv"): self._open_variant,
            ("tuv", "seg"): self._open_segment,
            ("tu", "prop"): self._open_property,
            ("tuv", "prop"): self._open_variant_property,
        }
        self.closed = {
            ("header", "prop"): self._close_header_property,
            ("body", "tu"): self._close_unit,
            ("tuv", "seg"): self._close_segment,
            ("tu", "prop"): self._close_property,
            ("tuv", "prop"): self._close_property,
        }

    def rows(self) -> Iterator[Row]:
        """Yield the rows; at the end, tell of properties that no column is made of."""
        yield from super().rows()
        if self._left_out:
            logger.info("%s: properties that are left out: %s", self._path, ", ".join(self._left_out))

    def plain(self, text: str, start: int) -> int:
        """Take plain units."""
        while unit := plain_unit(text, start, self.languages.known):
            attributes, texts, start = unit
            self.done.append(Row(texts, self._facts(attributes)))
        return start

    def _open_header(self, attributes: Mapping[str, str]) -> None:
        self.begin_record()
        tool = f"{attributes.get('creationtool', '')} {attributes.get('creationtoolversion', '')}".strip()
        if attributes.get("creationtool") == _OURS:
            tool = ""  # it wrote the file, and who made the units is told by these
        self._header = _source_language(attributes) | ({"_tool": tool} if tool else {})

    def _open_unit(self, attributes: Mapping[str, str]) -> None:
        self.begin_record()
        self._texts = {}
        self._meta = self._facts(attributes)
        self._inherited = attributes.get("xml:lang", "")

    def _facts(self, attributes: Mapping[str, str]) -> dict[str, Any]:
        """What the attributes of the next unit say of it."""
        self._number += 1
        meta = {"_id": attributes.get("tuid") or str(self._number), **self._header}
        if len(attributes) == ("tuid" in attributes):  # nothing else is said
            return meta
        if "srclang" in attributes:
            meta.pop("_source_language", None)
            meta |= _source_language(attributes)
        if date := attributes.get("changedate") or attributes.get("creationdate"):
            meta["_date"] = date
        return meta

    def _close_unit(self) -> None:
        self.done.append(Row(self._texts, self._meta))

    def _open_variant(self, attributes: Mapping[str, str]) -> None:
        written = attributes.get("xml:lang") or attributes.get("lang") or self._inherited
        try:
            self._variant = self.language(written)
        except LanguageError as error:
            self._variant = None
            self.faults.add(str(error) if written else "a variant without xml:lang", line=self.line)

    def _open_segment(self, _: Mapping[str, str]) -> None:
        if self._variant is not None:
            self.collect()

    def _close_segment(self) -> None:
        language = self._variant
        if language is None:
            return
        text, _ = self.collected()
        if not text.strip():
            return
        if language in self._texts:
            self.faults.add(f"a second text in {language}", line=self.line)
        else:
            self._texts[language] = text

    def _open_property(self, attributes: Mapping[str, str]) -> None:
        self._kind = attributes.get("type", "")
        self._property = named_property(self._kind)
        if self._property:
            self.collect()
        elif self._kind and len(self._left_out) < _MOST_KINDS:
            self._left_out[self._kind[:_LONGEST_KIND]] = None

    def _open_variant_property(self, attributes: Mapping[str, str]) -> None:
        if self._variant is None:
            self._property = None
            return
        self._open_property(attributes)
        if self._property:
            self._property += f":{self._variant}"

    def _close_property(self) -> None:
        if self._property is None:
            return
        value = self._value()
        if value is not None:
            self._meta.setdefault(self._property, value)

    def _open_header_property(self, attributes: Mapping[str, str]) -> None:
        self._kind = attributes.get("type", "")
        if self._kind == SOURCE:
            self.collect()

    def _close_header_property(self) -> None:
        source = self._value() if self._kind == SOURCE else None
        if isinstance(source, dict) and isinstance(source.get("source"), str):
            self.sources.append(source)

    def _value(self) -> Any:
        try:
            return value_of(self._kind, self.collected()[0])
        except CorpusError as error:
            self.faults.add(str(error), line=self.line)
            return None


def _source_language(attributes: Mapping[str, str]) -> dict[str, Any]:
    written = attributes.get("srclang", "")
    return {"_source_language": written} if written and written.lower() != "*all*" else {}

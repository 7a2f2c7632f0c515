"""XLIFF 1.0 to 1.2 and 2.x, the exchange format of translation tools: streamed, with entities and network off."""

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from interlingua.corpus.readers.files import Faults
from interlingua.corpus.readers.xliff_states import is_approved, is_confirmed, is_finished, state_of
from interlingua.corpus.readers.xml import XmlReader
from interlingua.corpus.wording import counted
from interlingua.errors import LanguageError
from interlingua.types import Row

__all__ = ["read_xliff"]

logger = logging.getLogger(__name__)


def read_xliff(
    path: str | Path, *, rename: Mapping[str, str] | None = None, approved: bool = False, strict: bool = False
) -> Iterator[Row]:
    """Yield a row a translation unit, or a row a segment where the unit is divided; in constant memory.

    Reads ``.xlf``, ``.xliff``, ``.sdlxliff`` and ``.mqxliff``. Mark-up goes by the rule of
    :mod:`interlingua.corpus.readers.inline`; white space is one space unless ``xml:space`` says ``preserve``. A target
    that its state calls unfinished (``new``, ``needs-translation``, ``initial``; a suggestion of a memory or a machine;
    rejected; in Trados not confirmed) is no cell: the row has its source alone. Units with ``translate="no"`` are left
    out. Both are counted in the log. ``alt-trans`` is not read.

    ``_id`` is the ``id`` of the unit (from the second ``file`` element on with the number of that before it), and of
    the segment after a slash; ``_document`` is the ``original`` of the file, ``_source_language`` is as written,
    ``_state`` the state of the target.

    Args:
        path: The file; may be compressed.
        rename: Language by language as written, as ``{"en-US": "eng"}``.
        approved: Take a target only where it is approved (``approved="yes"``, or state ``final``, ``signed-off`` or
            ``reviewed``).
        strict: A text that cannot be used (unknown or missing language, two texts of one language, undefined entity,
            more than a million characters in a unit) is an error; otherwise it is left out and reported.

    Raises:
        CorpusError: There is no such file.
        FormatError: The file is not well-formed XML, no XLIFF, or of an unknown version; with ``strict``, a bad text.
    """
    path = Path(path)
    with Faults(path, strict=strict) as faults:
        reader = _XliffReader(path, rename, faults, approved=approved)
        yield from reader.rows()
        reader.tell()


class _XliffReader(XmlReader):
    def __init__(self, path: Path, rename: Mapping[str, str] | None, faults: Faults, *, approved: bool) -> None:
        super().__init__(path, rest=("xliff",), record="file", rename=rename, faults=faults)
        self._where = path
        self._approved_only = approved
        self._unfinished = 0
        self._untranslatable = 0
        self._files = 0
        self._segments = 0
        self._document: dict[str, str] = {}
        self._languages = self._usual = {"source": "", "target": ""}
        self._unit: Mapping[str, str] = {}
        self._scopes = [_Scope()]
        self._open_texts({})
        self.opened = {
            ("", "xliff"): self._open_root,
            ("xliff", "file"): self._open_file,
            ("unit", "segment"): self._open_segment,
            ("sdl:seg-defs", "sdl:seg"): self._open_confirmation,
        }
        self.closed = {("xliff", "file"): self._leave, ("unit", "segment"): self._close_segment}
        for parent in ("file", "body", "group"):
            self.opened[parent, "group"] = self._enter
            self.opened[parent, "unit"] = self.opened[parent, "trans-unit"] = self._open_unit
            self.closed[parent, "group"] = self.closed[parent, "unit"] = self._leave
            self.closed[parent, "trans-unit"] = self._close_unit
        for parent in ("trans-unit", "segment"):
            for name in ("source", "seg-source", "target"):
                self.opened[parent, name] = partial(self._open_text, name)
                self.closed[parent, name] = partial(self._close_text, name)

    def tell(self) -> None:
        """Say how much was left out on purpose."""
        if self._unfinished:
            what = counted(self._unfinished, "target")
            logger.info("%s: %s left out as no finished translation (sources stay)", self._where, what)
        if self._untranslatable:
            what = counted(self._untranslatable, "unit")
            logger.info("%s: %s left out as not to be translated", self._where, what)

    def _open_root(self, attributes: Mapping[str, str]) -> None:
        version = attributes.get("version", "1.2")
        if not re.fullmatch(r"1\.[0-2]|2\.[0-9]", version):
            raise self.error(f"XLIFF of version {version}; 1.0 to 1.2 and 2.x are read: export it as one of them")
        self._usual = {"source": attributes.get("srcLang", ""), "target": attributes.get("trgLang", "")}

    def _open_file(self, attributes: Mapping[str, str]) -> None:
        self._enter(attributes)
        self._files += 1
        self._languages = {side: attributes.get(f"{side}-language") or usual for side, usual in self._usual.items()}
        found = {"_document": attributes.get("original"), "_source_language": self._languages["source"]}
        self._document = {name: value for name, value in found.items() if value}

    def _enter(self, attributes: Mapping[str, str]) -> None:
        outer = self._scopes[-1]
        translate, space = attributes.get("translate"), attributes.get("xml:space")
        self._scopes.append(
            _Scope(
                translate=outer.translate if translate is None else translate != "no",
                preserve=outer.preserve if space is None else space == "preserve",
            )
        )

    def _leave(self) -> None:
        self._scopes.pop()

    def _open_unit(self, attributes: Mapping[str, str]) -> None:
        self._enter(attributes)
        self._unit = attributes
        self._segments = 0
        self._open_texts({})

    def _close_unit(self) -> None:
        self._emit(self._identifier())
        self._leave()

    def _open_segment(self, attributes: Mapping[str, str]) -> None:
        self._segments += 1
        self._open_texts(attributes)

    def _close_segment(self) -> None:
        named = self._segment.get("id") or (str(self._segments) if self._segments > 1 else "")
        self._emit(f"{self._identifier()}/{named}" if named else self._identifier())

    def _identifier(self) -> str:
        named = self._unit.get("id", "")
        return named if self._files == 1 else f"{self._files}:{named}"

    def _open_texts(self, segment: Mapping[str, str]) -> None:
        self.begin_record()
        self._segment = segment
        self._texts: dict[str, _Text] = {}
        self._confirmations: dict[str, bool] = {}

    def _open_text(self, name: str, attributes: Mapping[str, str]) -> None:
        self._texts[name] = _Text(attributes)
        if self._scopes[-1].translate:
            self.collect()

    def _close_text(self, name: str) -> None:
        if not self._scopes[-1].translate:
            return
        text = self._texts[name]
        preserve = text.attributes.get("xml:space", "preserve" if self._scopes[-1].preserve else "") == "preserve"
        whole, parts = self.collected()
        text.whole = whole if preserve else _one_space(whole)
        text.parts = dict(parts) if preserve else {part: _one_space(one) for part, one in parts.items()}

    def _open_confirmation(self, attributes: Mapping[str, str]) -> None:
        segment = attributes.get("id", "")
        self.room -= len(segment) + 1
        if self.room > 0:
            self._confirmations[segment] = is_confirmed(attributes)

    def _emit(self, identifier: str) -> None:
        """Make rows of the texts of a unit or a segment."""
        if not self._scopes[-1].translate:
            self._untranslatable += 1
            return
        source, target = self._texts.get("source", _NO_TEXT), self._texts.get("target", _NO_TEXT)
        facts = target.attributes, self._segment, self._unit
        finished = is_finished(*facts) and (is_approved(*facts) or not self._approved_only)
        parts = self._texts.get("seg-source", source).parts
        if parts and (target.parts or not target.whole.strip()):
            for part, text in parts.items():
                confirmed = self._confirmations.get(part, True)
                self._add(f"{identifier}/{part}", text, target.parts.get(part, ""), finished=finished and confirmed)
        else:
            confirmed = all(self._confirmations.values())
            self._add(identifier, source.whole, target.whole, finished=finished and confirmed)

    def _add(self, identifier: str, source: str, target: str, *, finished: bool) -> None:
        if target.strip() and not finished:
            self._unfinished += 1
            target = ""
        texts: dict[str, str] = {}
        for side, text in (("source", source), ("target", target)):
            if not text.strip():
                continue
            try:
                language = self._language(side)
            except LanguageError as error:
                self.faults.add(str(error), line=self.line)
                continue
            if language in texts:
                self.faults.add(f"a second text in {language}", line=self.line)
            else:
                texts[language] = text
        if texts:
            meta = {"_id": identifier, **self._document}
            state = state_of(self._texts.get("target", _NO_TEXT).attributes, self._segment)
            self.done.append(Row(texts, meta | {"_state": state} if state else meta))

    def _language(self, side: str) -> str:
        attributes = self._texts.get(side, _NO_TEXT).attributes
        written = attributes.get("xml:lang") or self._languages.get(side)
        if not written:
            raise LanguageError(f"a {side} text, but the file says no {side} language")
        return self.language(written)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scope:
    """What an element says for all in it."""

    translate: bool = True
    preserve: bool = False


@dataclass(slots=True)
class _Text:
    """A source or a target: whole, and its segments by their name."""

    attributes: Mapping[str, str]
    whole: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)


_NO_TEXT = _Text({})


def _one_space(text: str) -> str:
    return re.sub("[ \t\r\n]+", " ", text).strip(" ")

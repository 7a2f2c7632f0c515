"""XML as a stream of elements: no tree, memory that no file can make grow, nothing fetched, no entity expanded."""

import logging
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from xml.parsers import expat

from interlingua.corpus.readers.files import Faults
from interlingua.corpus.readers.inline import SegmentText
from interlingua.corpus.readers.written import LocalNames, WrittenLanguages
from interlingua.corpus.readers.xml_text import is_sound, xml_text
from interlingua.errors import CorpusError, FormatError, LanguageError
from interlingua.types import Row

__all__ = ["XmlReader"]

# What the parser would otherwise hold or repeat without bound.
_TOKEN_BYTES = 8 << 20
_TOKEN_BYTES_WITH_ENTITIES = 1 << 16  # they grow in attributes, a hundred times at most
_PROLOG_BYTES = 1 << 20
_ENTITY_CHARACTERS = 1000
_DEFAULTS = 1000
_NAMES = 10_000
_DEPTH = 256
_UNIT_CHARACTERS = 1_000_000

logger = logging.getLogger(__name__)


class XmlReader:
    """Walks through an XML file and calls what a format has for the elements that it knows.

    A format fills ``opened`` and ``closed``, by names of parent and element, and appends rows to ``done``. Elements
    whose prefix is not that of the root keep it in their name. A format may also read records of the plainest shape
    itself, in :meth:`plain`, where the parser is at ``rest``.

    Args:
        path: The file; may be compressed.
        rest: Names of the elements, from the root, in which records stand.
        record: Name of the element that is a record.
        rename: Language by language as written.
        faults: What bad records are told to.
    """

    def __init__(
        self, path: Path, *, rest: tuple[str, ...], record: str, rename: Mapping[str, str] | None, faults: Faults
    ) -> None:
        self.opened: dict[tuple[str, str], Callable[[Mapping[str, str]], None]] = {}
        self.closed: dict[tuple[str, str], Callable[[], None]] = {}
        self.done: list[Row] = []
        self.faults = faults
        self.room = 0
        self.languages = WrittenLanguages(rename, where=path)
        self._path = path
        self._rest = ["", *rest]
        self._record_end = f"</{record}>"
        self._names = LocalNames()
        self._interned: dict[str, str] = {}
        self._stack = [""]
        self._text = SegmentText(self._listen)
        self._text_depth = 0
        self._in_cdata = False
        self._defaults = 0
        self._lines_taken = 0
        self._fed = 0
        self._parser = self._new_parser()

    def rows(self) -> Iterator[Row]:
        """Yield what the format makes of the file, a little behind the reading of it.

        Raises:
            CorpusError: There is no such file.
            FormatError: It is damaged, not well-formed, or has another root.
        """
        failure = None
        for text in xml_text(self._path):
            try:
                self._feed(text)
                self._check_bounds()
            except FormatError as error:
                failure = error
            yield from self.done
            self.done.clear()
            if failure:
                raise failure
        self._parse("", final=True)
        if absent := self.languages.never_asked:
            here = ", ".join(self.languages.known) or "none"
            logger.warning("%s: no language is written %s, to be renamed; here are %s", self._path, absent, here)

    def plain(self, text: str, start: int) -> int:
        """Read records that begin at ``start`` and need no parser; return where the next one begins.

        The text has no character that XML forbids, and no ``]]>``.
        """
        return start

    def error(self, message: str) -> FormatError:
        """Return an error of the file as a whole, at this line."""
        return FormatError(message, path=self._path, line=self.line)

    @property
    def line(self) -> int:
        """The line that the parser is at."""
        return self._parser.CurrentLineNumber + self._lines_taken

    def language(self, written: str) -> str:
        """Return the canonical code of a language as the file writes it.

        Raises:
            LanguageError: Nobody knows it.
            FormatError: The file has a thousand others.
        """
        try:
            return self.languages[written]
        except LanguageError:
            raise
        except CorpusError as error:
            raise self.error(str(error)) from error

    def begin_record(self) -> None:
        """Give the next record the room that every record has."""
        self.room = _UNIT_CHARACTERS

    def collect(self) -> None:
        """Begin to collect the text of the element that was just opened."""
        self._text_depth = len(self._stack)
        self._text.begin(room=self.room)

    def collected(self) -> tuple[str, Mapping[str, str]]:
        """Return the text of the element that was just closed, and that of its marked parts; counts a bad one."""
        text = self._text.finish()
        self.room -= len(text)
        if self._text.fault:
            self.faults.add(self._text.fault, line=self.line)
            return "", {}
        return text, self._text.parts

    def _new_parser(self) -> "expat.XMLParserType":
        parser = expat.ParserCreate("utf-8", None, self._interned)
        parser.buffer_text = True
        parser.buffer_size = 1 << 16
        parser.specified_attributes = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartCdataSectionHandler = lambda: self._cdata(True)
        parser.EndCdataSectionHandler = lambda: self._cdata(False)
        parser.EntityDeclHandler = self._entity_declared
        parser.AttlistDeclHandler = self._default_declared
        parser.SkippedEntityHandler = lambda name, _: self._entity(name)
        parser.ExternalEntityRefHandler = lambda names, *_: self._entity(names)
        return parser

    def _feed(self, text: str) -> None:
        """Parse record by record where records can be told apart, so that plain ones can be taken out."""
        at = 0 if self._resting else self._parse_record(text, 0)
        plain = is_sound(text)
        while plain and at < len(text) and self._resting:
            start, at = at, self.plain(text, at)
            self._lines_taken += text.count("\n", start, at)
            if at == start:
                at = self._parse_record(text, at)
        self._parse(text[at:])

    def _parse_record(self, text: str, start: int) -> int:
        end = text.find(self._record_end, start)
        end = len(text) if end < 0 else end + len(self._record_end)
        self._parse(text[start:end])
        return end

    @property
    def _resting(self) -> bool:
        """Whether the next character is content of the element in which records stand."""
        return (
            self._stack == self._rest
            and self._parser.CurrentByteIndex == self._fed
            and not self._in_cdata
            and not self._names.prefix
        )

    def _parse(self, text: str, *, final: bool = False) -> None:
        data = text.encode()
        try:
            self._parser.Parse(data, final)
        except expat.ExpatError as error:
            message = f"not well-formed XML: {expat.ErrorString(error.code)}; mend or export it again"
            if final and self._fed:
                message = f"the file ends early, before </{self._rest[1]}>; fetch or export it again"
            raise FormatError(message, path=self._path, line=error.lineno + self._lines_taken) from error
        self._fed += len(data)

    def _check_bounds(self) -> None:
        if self._text_depth:
            self._text.check()
        longest = _TOKEN_BYTES_WITH_ENTITIES if self._parser.DefaultHandler else _TOKEN_BYTES
        if self._fed - self._parser.CurrentByteIndex > longest:
            raise self.error(f"a tag or comment of more than {longest:,} bytes; export it again")
        if not self._names and self._fed > _PROLOG_BYTES:
            raise self.error(f"no element in the first {_PROLOG_BYTES:,} bytes; is this <{self._rest[1]}>?")
        if len(self._interned) > _NAMES:
            raise self.error(f"more than {_NAMES:,} different names of elements and attributes; export it again")

    def _listen(self, taker: Callable[[str], object] | None) -> None:
        self._parser.CharacterDataHandler = taker

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = self._names[name]
        stack = self._stack
        if self._text_depth:
            self._text.start(local, attributes)
            stack.append(local)
        else:
            opened = self.opened.get((stack[-1], local))
            stack.append(local)
            if opened is not None:
                opened(attributes)
        if len(stack) == 2 and local != self._rest[1]:
            raise self.error(f"the root element is <{name}>, not <{self._rest[1]}>")
        if len(stack) > _DEPTH:
            raise self.error(f"elements nested more than {_DEPTH} deep; export it again")

    def _end(self, _: str) -> None:
        local = self._stack.pop()
        if self._text_depth:
            if len(self._stack) >= self._text_depth:
                self._text.end()
                return
            self._text_depth = 0
        closed = self.closed.get((self._stack[-1], local))
        if closed is not None:
            closed()

    def _cdata(self, inside: bool) -> None:
        self._in_cdata = inside

    def _entity(self, names: str | None) -> int:
        self._text.spoil(f"the entity &{names}; is not one of XML's own, and others are not expanded")
        return 1

    def _entity_declared(self, name: str, is_parameter: int, value: str | None, *_: object) -> None:
        if is_parameter:
            return
        if value is not None and ("&" in value or len(value) > _ENTITY_CHARACTERS):
            raise self.error(f"the entity {name} holds other entities or a long text, as only attacks do; leave it out")
        self._parser.DefaultHandler = _ignore  # with it entities stay closed, and _entity hears of them

    def _default_declared(self, *_: object) -> None:
        self._defaults += 1
        if self._defaults > _DEFAULTS:
            raise self.error(f"more than {_DEFAULTS:,} attributes declared before the root element; leave them out")


def _ignore(_: str) -> None:
    pass

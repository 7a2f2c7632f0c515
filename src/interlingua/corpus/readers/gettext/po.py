"""``.po``: catalogs as translators write them, read entry by entry."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NoReturn, TypeAlias

from interlingua.corpus.readers.files import DAMAGE, open_binary
from interlingua.corpus.readers.gettext.entries import MAX_ENTRY, MAX_LINE, Entry, charset_of
from interlingua.corpus.readers.gettext.faults import FaultCounter
from interlingua.errors import FormatError

__all__ = ["po_entries"]

_Lines: TypeAlias = list[tuple[int, bytes]]

_KIND = re.compile(rb'\s*(?:(#~)|(#)|(msgctxt|msgid_plural|msgid|msgstr|domain)\b|(")|($))')
_OBSOLETE = re.compile(rb"\s*#~\s*msgid\b")
_TOKEN = re.compile(
    r"\s*+(?:(msgctxt|msgid_plural|msgid|msgstr(?:\s*\[\s*(\d{1,3})\s*\])?)(?!\w)"
    r'|"((?:[^"\\]++|\\.)*+)")'
)
_ESCAPE = re.compile(r"\\(?:([0-7]{1,3})|x([0-9A-Fa-f]+)|(.))")
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "a": "\a", "\\": "\\", '"': '"', "'": "'"}

# How far an entry has come.
_COMMENTS, _CONTEXT, _SOURCE, _TARGET, _JUNK = range(5)
_STAGE = {b"msgctxt": _CONTEXT, b"msgid": _SOURCE, b"msgid_plural": _SOURCE, b"msgstr": _TARGET}


class _BrokenError(Exception):
    """An entry that cannot be read: what is wrong, and where."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def po_entries(path: Path, faults: FaultCounter, left_out: Counter[str]) -> Iterator[Entry]:
    """Yield the entries of a file, the header among them, in memory that does not grow with the file.

    Args:
        path: The file; may be compressed.
        faults: Told of every entry that cannot be read.
        left_out: Counts entries that are obsolete.

    Raises:
        CorpusError: The file cannot be opened.
        FormatError: It is no catalog, is damaged, or names an encoding that nobody knows.
    """
    charset: str | None = None
    read, before = 0, faults.count
    with open_binary(path) as stream:
        for lines in _grouped(_numbered(stream, path), faults, left_out):
            try:
                entry = _decoded(lines, charset)
                if entry.is_header and charset is None:
                    charset = charset_of(entry.forms.get(0, ""))
            except _BrokenError as broken:
                faults.add(str(broken), line=broken.line)
                continue
            except LookupError as error:
                raise FormatError(str(error.args[0]), path=path, line=lines[0][0]) from error
            read += 1
            yield entry
    if not read and faults.count > before:
        raise FormatError("holds no entry of a gettext catalog (msgid, msgstr); is it a .po?", path=path)


def _numbered(stream: BinaryIO, path: Path) -> Iterator[tuple[int, bytes]]:
    """Number and bytes of every line; a line that is too long is cut off after MAX_LINE + 1 bytes."""
    number = 0
    try:
        while line := stream.readline(MAX_LINE + 1):
            number += 1
            if number == 1 and line.startswith((b"\xff\xfe", b"\xfe\xff")):
                raise FormatError("is UTF-16; convert it to UTF-8 (iconv -t UTF-8)", path=path, line=1)
            rest = line
            while len(rest) > MAX_LINE and not rest.endswith(b"\n"):
                rest = stream.readline(MAX_LINE + 1)
            yield number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
    except DAMAGE as error:
        raise FormatError(
            f"the file is damaged or cut off ({error}); fetch it again", path=path, line=number + 1
        ) from error


def _grouped(lines: Iterable[tuple[int, bytes]], faults: FaultCounter, left_out: Counter[str]) -> Iterator[_Lines]:
    """The lines of every entry that count: its references and flags, then its texts."""
    held: _Lines = []
    stage = size = 0
    for number, line in lines:
        match = _KIND.match(line)
        obsolete, comment, word, quote, blank = match.groups() if match else (None,) * 5
        if blank is not None:
            continue
        if _begins(stage, comment or obsolete, word, quote):
            yield from _whole(held, size, faults)
            held, stage, size = [], _COMMENTS, 0
        if obsolete:
            left_out["obsolete"] += bool(_OBSOLETE.match(line))
            held, size = [], 0
        elif comment:
            if line.lstrip()[1:2] in (b":", b",", b"="):
                held.append((number, line))
                size += len(line)
        elif word != b"domain":
            stage = max(stage, _STAGE[word]) if word else stage if quote and stage else _JUNK
            size += len(line) if len(line) <= MAX_LINE else MAX_ENTRY
            if size <= MAX_ENTRY or not held:
                held.append((number, line))
        if size > MAX_ENTRY:
            del held[1:]
    if stage > _COMMENTS:
        yield from _whole(held, size, faults)


def _begins(stage: int, comment: bytes | None, word: bytes | None, quote: bytes | None) -> bool:
    """Whether a line begins the next entry."""
    if stage == _COMMENTS:
        return False
    if comment or word == b"domain":
        return True
    if word in (b"msgctxt", b"msgid"):
        return stage >= _STAGE[word]
    if word == b"msgid_plural":
        return stage == _TARGET
    return not (word or quote) and stage == _TARGET


def _whole(held: _Lines, size: int, faults: FaultCounter) -> Iterator[_Lines]:
    if size > MAX_ENTRY:
        faults.add(f"an entry with a line over {MAX_LINE:,} bytes, or over {MAX_ENTRY:,} in all", line=held[0][0])
    elif held:
        yield held


def _decoded(lines: _Lines, charset: str | None) -> Entry:
    """The entry; as long as no header has named an encoding, in the one that its own lines name, else UTF-8.

    Raises:
        LookupError: They name one that nobody knows.
        _BrokenError: They are no entry, or not in this encoding.
    """
    charset = charset or charset_of(b"".join(line for _, line in lines).decode("latin-1"))
    try:
        return _parsed(lines, charset)
    except UnicodeDecodeError as error:
        line = next((number for number, raw in lines if raw == error.object), lines[0][0])
        byte = error.object[error.start]
        raise _BrokenError(f"not {charset} (byte 0x{byte:02x}); correct the charset of the header", line) from error


def _parsed(lines: _Lines, charset: str) -> Entry:
    """The entry that lines hold.

    Raises:
        UnicodeDecodeError: They are not in this encoding.
        _BrokenError: They are no entry.
    """
    texts: dict[str, list[str]] = {}
    word, begin = "", 0
    references: list[str] = []
    flags: set[str] = set()
    for number, raw in lines:
        if raw.lstrip().startswith(b"#"):
            comment = raw.strip().decode("utf-8", "replace")
            if comment.startswith("#:"):
                references.append(comment[2:].strip())
            else:
                flags.update(flag.strip() for flag in comment[2:].split(","))
            continue
        begin = begin or number
        for name, content in _tokens(raw.decode(charset), number):
            if name:
                word = name
                if texts.setdefault(word, []):
                    raise _BrokenError(f"a second {word}", number)
            elif word:
                texts[word].append(_unescaped(content, charset, number))
            else:
                raise _BrokenError("a text without msgid or msgstr before it", number)
    return _entry(
        {name: "".join(parts) for name, parts in texts.items()}, begin, " ".join(references), "fuzzy" in flags
    )


def _tokens(line: str, number: int) -> Iterator[tuple[str, str]]:
    """Keywords and quoted texts of a line: one of the two is empty, or both for an empty text."""
    place, line = 0, line.rstrip()
    while place < len(line):
        match = _TOKEN.match(line, place)
        if match is None:
            _refuse(line[place:].strip(), number)
        name = match[1] or ""
        yield (f"msgstr[{int(match[2])}]" if match[2] else name), match[3] or ""
        place = match.end()


def _refuse(rest: str, number: int) -> NoReturn:
    shown = rest if len(rest) <= 40 else rest[:40] + "..."
    message = f"a quote is not closed: {shown}" if rest.startswith('"') else f"neither keyword nor quoted text: {shown}"
    raise _BrokenError(message, number)


def _entry(texts: dict[str, str], line: int, references: str, fuzzy: bool) -> Entry:
    forms = {int(name[7:-1]): text for name, text in texts.items() if name.startswith("msgstr[")}
    plural = texts.get("msgid_plural")
    if "msgid" not in texts:
        raise _BrokenError("msgid is missing", line)
    if plural is None and "msgstr" in texts and not forms:
        forms = {0: texts["msgstr"]}
    elif plural is None or "msgstr" in texts or not forms:
        wanted = "msgstr" if plural is None else "msgstr[0], msgstr[1] ... and no msgstr"
        raise _BrokenError(f"{'a' if plural is None else 'a plural'} message needs {wanted}", line)
    return Entry(texts.get("msgctxt"), texts["msgid"], plural, forms, line, references, fuzzy)


def _unescaped(text: str, charset: str, number: int) -> str:
    r"""A text with C's escapes resolved; bytes as ``\303\251`` are of the file's encoding.

    Raises:
        UnicodeDecodeError: The bytes are not in this encoding.
        _BrokenError: An escape that C does not have.
    """
    if "\\" not in text:
        return text
    lone = False

    def resolve(match: re.Match[str]) -> str:
        nonlocal lone
        octal, hexadecimal, letter = match.groups()
        if letter:
            if letter not in _SIMPLE:
                raise _BrokenError(f"\\{letter} is no escape; write \\\\ for a backslash", number)
            return _SIMPLE[letter]
        value = int(octal, 8) if octal else int(hexadecimal, 16)
        if value > 255:
            raise _BrokenError(f"{match[0]} is more than a byte", number)
        lone = lone or value > 127
        return bytes([value]).decode("ascii", "surrogateescape")

    resolved = _ESCAPE.sub(resolve, text)
    try:
        return resolved.encode(charset, "surrogateescape").decode(charset) if lone else resolved
    except UnicodeEncodeError as error:
        raise _BrokenError(f"bytes beside letters that {charset} cannot hold", number) from error

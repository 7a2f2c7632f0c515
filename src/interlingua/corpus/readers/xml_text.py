"""The text of an XML file: decoded as its first bytes say."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from interlingua.corpus.readers.files import DAMAGE, open_binary
from interlingua.errors import FormatError

__all__ = ["is_sound", "xml_text"]

_CHUNK = 1 << 17
_DECLARED = re.compile(rb"<\?xml[^>]{,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    b"<\0?\0": "utf-16-le",
    b"\0<\0?": "utf-16-be",
}
_CHARACTER_SETS = re.compile(r"iso8859|iso2022|cp\d|mac|koi8|gb|hz|big5|euc|shift_jis|johab|tis|kz|ptcp")

_FORBIDDEN = (*(chr(code) for code in range(32) if chr(code) not in "\t\n\r"), "\ufffe", "\uffff", "]]>")


def xml_text(path: Path) -> Iterator[str]:
    """Yield the text in pieces of at most 131,072 bytes.

    A byte order mark says the encoding, then the declaration, else it is UTF-8. A declaration that can be read as ASCII
    and says UTF-16 is wrong, which happens, and means UTF-8.

    Raises:
        CorpusError: There is no such file.
        FormatError: The compressed file is damaged, the encoding is unknown, or a byte is not in it; with the line.
    """
    with open_binary(path) as stream:
        data = _read(stream, path)
        encoding = _encoding(data, path)
        decoder = codecs.getincrementaldecoder(encoding)()
        line = 1
        while True:
            try:
                text = decoder.decode(data, not data)
            except UnicodeDecodeError as error:
                line += error.object[: error.start].decode(encoding, "ignore").count("\n")
                advice = "convert the file, for example with iconv -t UTF-8, or correct the encoding in its first line"
                raise FormatError(f"not {encoding} ({error.reason}); {advice}", path=path, line=line) from error
            yield text
            if not data:
                return
            line += text.count("\n")
            data = _read(stream, path)


def is_sound(text: str) -> bool:
    """Tell whether a text has nothing that XML forbids in content whatever stands around it.

    Example:
        >>> is_sound("<a>One.</a>"), is_sound("a ]]> b"), is_sound(chr(0))
        (True, False, False)
    """
    return not any(one in text for one in _FORBIDDEN)  # one by one is ten times as fast as a regular expression


def _read(stream: BinaryIO, path: Path) -> bytes:
    try:
        return stream.read(_CHUNK)
    except DAMAGE as error:
        raise FormatError(f"the file is damaged or cut off ({error}); fetch it again", path=path) from error


def _encoding(head: bytes, path: Path) -> str:
    for mark, encoding in _MARKS.items():
        if head.startswith(mark):
            return encoding
    declared = _DECLARED.match(head)
    if not declared:
        return "utf-8"
    written = declared[1].decode("ascii")
    try:
        known = codecs.lookup(written).name
    except LookupError:
        known = ""
    if known.startswith("utf") or known == "ascii":
        return "utf-8"
    if not _CHARACTER_SETS.match(known):
        advice = "convert the file, for example with iconv -t UTF-8, and correct its first line"
        raise FormatError(f"the encoding {written} is not known; {advice}", path=path, line=1)
    return known

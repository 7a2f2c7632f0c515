"""``.mo``: catalogs as programs load them, walked without being held."""

import mmap
import struct
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TypeAlias

from interlingua.corpus.readers.files import COMPRESSED, DAMAGE, open_binary
from interlingua.corpus.readers.gettext.entries import MAX_LINE, Entry, charset_of
from interlingua.corpus.readers.gettext.faults import FaultCounter
from interlingua.errors import FormatError

__all__ = ["mo_entries"]

_Bytes: TypeAlias = bytes | mmap.mmap

_MAGIC = 0x950412DE
_HEAD = 28
_SYSTEM_COUNT = 36
"""Where files of minor revision 1 say how many of their messages depend on the machine."""

_COMPRESSED_LIMIT = 1 << 26
_RELEASED = 1 << 25
"""Bytes of text after which the pages of a mapped file that have been read are given back."""

_OVERLAP = 4
"""A catalog whose texts are this many times as long as the file has texts that lie over each other: a bomb."""


class _Layout(NamedTuple):
    """Where the tables of a catalog lie, and how its numbers are written (``<`` or ``>``)."""

    order: str
    messages: int
    originals: int
    translations: int


def mo_entries(path: Path, faults: FaultCounter, left_out: Counter[str]) -> Iterator[Entry]:
    """Yield the entries of a file, the header first.

    Both byte orders and the revisions 0 and 1 are read. Messages whose text depends on the machine (of minor revision
    1, with ``<PRIu64>`` in them) are counted and left out.

    Args:
        path: The file; may be compressed, up to 64 MiB.
        faults: Told of every entry that cannot be decoded.
        left_out: Counts messages that depend on the machine.

    Raises:
        CorpusError: The file cannot be opened.
        FormatError: It is no catalog, is damaged or cut off, or names an encoding that nobody knows.
    """
    with _content(path) as data:
        layout = _layout(data, path, left_out)
        charset = _charset(data, layout, path)
        total = released = 0
        for number in range(layout.messages):
            original = _place(data, layout, layout.originals, number, path)
            translation = _place(data, layout, layout.translations, number, path)
            total += (original.stop - original.start) + (translation.stop - translation.start)
            if total > _OVERLAP * len(data):
                raise FormatError("its texts lie over each other; this is no catalog that a program made", path=path)
            if total - released > _RELEASED:
                _release(data)
                released = total
            if max(original.stop - original.start, translation.stop - translation.start) > MAX_LINE:
                faults.add(f"message {number + 1:,}: a text over {MAX_LINE:,} bytes", line=None)
                continue
            try:
                yield _entry(data[original].decode(charset), data[translation].decode(charset))
            except UnicodeDecodeError as error:
                faults.add(f"message {number + 1:,}: not {charset} (byte 0x{error.object[error.start]:02x})", line=None)


@contextmanager
def _content(path: Path) -> Iterator[_Bytes]:
    """The bytes of a file: mapped, or, where it is compressed, held."""
    with open_binary(path) as stream:
        try:
            if path.suffix.lower() in COMPRESSED or not path.is_file():  # a member of an archive is none
                data = stream.read(_COMPRESSED_LIMIT + 1)
                if len(data) > _COMPRESSED_LIMIT:
                    raise FormatError(f"is over {_COMPRESSED_LIMIT:,} bytes; decompress it first", path=path)
                yield data
            elif path.stat().st_size < _HEAD:
                yield stream.read()
            else:
                with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
                    yield mapped
        except DAMAGE as error:
            raise FormatError(f"the file is damaged or cut off ({error}); fetch it again", path=path) from error


def _release(data: _Bytes) -> None:
    if isinstance(data, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        data.madvise(mmap.MADV_DONTNEED)


def _layout(data: _Bytes, path: Path, left_out: Counter[str]) -> _Layout:
    if len(data) < _HEAD:
        raise FormatError(f"is {len(data)} bytes, too few for a .mo; compile it again (msgfmt)", path=path)
    order = next((one for one in "<>" if struct.unpack_from(f"{one}I", data)[0] == _MAGIC), None)
    if order is None:
        raise FormatError("does not begin as a .mo does; compile it again (msgfmt)", path=path)
    revision, count, originals, translations = struct.unpack_from(f"{order}4I", data, 4)
    major, minor = divmod(revision, 1 << 16)
    if major > 1:
        raise FormatError(f"is of revision {major}.{minor}; known are 0 and 1", path=path)
    if max(originals, translations) + 8 * count > len(data):
        raise FormatError(
            f"its tables of {count:,} messages reach beyond the end of the file; it is cut off or damaged: "
            "compile it again (msgfmt)",
            path=path,
        )
    if minor and len(data) >= _SYSTEM_COUNT + 4:
        left_out["system-dependent"] += struct.unpack_from(f"{order}I", data, _SYSTEM_COUNT)[0]
    return _Layout(order, count, originals, translations)


def _charset(data: _Bytes, layout: _Layout, path: Path) -> str:
    """The encoding that the header names: it is the first message, since the empty text is sorted first."""
    if not layout.messages:
        return "utf-8"
    original, translation = (_place(data, layout, table, 0, path) for table in (layout.originals, layout.translations))
    if original.stop > original.start:
        return "utf-8"
    try:
        return charset_of(data[translation][:MAX_LINE].decode("latin-1"))
    except LookupError as error:
        raise FormatError(str(error.args[0]), path=path) from error


def _place(data: _Bytes, layout: _Layout, table: int, number: int, path: Path) -> slice:
    length, offset = struct.unpack_from(f"{layout.order}II", data, table + 8 * number)
    if offset + length > len(data):
        raise FormatError(
            f"message {number + 1:,} lies beyond the end of the file; it is cut off or damaged: compile it again",
            path=path,
        )
    return slice(offset, offset + length)


def _entry(original: str, translation: str) -> Entry:
    context, separator, rest = original.partition("\4")
    singular, several, plural = (rest if separator else original).partition("\0")
    forms = translation.split("\0") if several else [translation]
    return Entry(context if separator else None, singular, plural if several else None, dict(enumerate(forms)))

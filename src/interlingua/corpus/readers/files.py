"""Bytes to lines: plain, compressed or in an archive, UTF-8, with the place of every fault."""

import logging
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from interlingua.corpus.readers.archives import open_member, split_member
from interlingua.corpus.readers.compression import COMPRESSED, DAMAGE, bare_suffix, opened_file
from interlingua.corpus.wording import counted
from interlingua.errors import FormatError

__all__ = ["COMPRESSED", "DAMAGE", "Faults", "bare_suffix", "lines_of", "open_binary"]

LONGEST_LINE = 1 << 24
"""Bytes; what is longer is no line of text."""

_SHOWN = 5

logger = logging.getLogger(__name__)


def open_binary(path: Path) -> BinaryIO:
    """Open a file, or a member of an archive (``a.zip::b.en``), decompressing ``.gz``, ``.xz`` and ``.zst``.

    Raises:
        CorpusError: There is no such file or member, or it may not be read.
        FormatError: The archive is damaged, or the member is encrypted.
    """
    member = None if path.exists() else split_member(path)
    return opened_file(path) if member is None else open_member(*member)


def lines_of(path: Path) -> Iterator[str]:
    """Yield lines without their end; only LF or CR LF ends a line, and a leading byte order mark is left out.

    Raises:
        CorpusError: The file cannot be opened.
        FormatError: A line is not UTF-8 or longer than 16 MiB, or the compressed file is damaged.
    """
    number = 0
    with open_binary(path) as stream:
        try:
            for number, line in enumerate(iter(partial(stream.readline, LONGEST_LINE), b""), start=1):
                if number == 1:
                    line = _first(line, path)
                if len(line) == LONGEST_LINE:
                    raise FormatError(
                        f"a line of {LONGEST_LINE >> 20} MiB or more; is this text, a sentence a line?",
                        path=path,
                        line=number,
                    )
                yield line.removesuffix(b"\n").removesuffix(b"\r").decode("utf-8")
        except UnicodeDecodeError as error:
            byte = error.object[error.start]
            raise FormatError(
                f"not UTF-8 (byte 0x{byte:02x} at position {error.start:,} of the line); "
                "convert the file, for example with iconv -t UTF-8",
                path=path,
                line=number,
            ) from error
        except DAMAGE as error:
            raise FormatError(
                f"the file is damaged or cut off ({error}); fetch it again", path=path, line=number + 1
            ) from error


def _first(line: bytes, path: Path) -> bytes:
    """A first line without its byte order mark, which must not be that of another encoding."""
    wide = line.startswith((b"\xff\xfe", b"\xfe\xff")) or line[:200].count(0) * 3 >= len(line[:200]) > 0
    if wide:
        raise FormatError(
            "this is UTF-16 or no text at all; convert what is text: iconv -f UTF-16 -t UTF-8", path=path, line=1
        )
    return line.removeprefix(b"\xef\xbb\xbf")


class Faults:
    """Counts the records of a file that could not be read, and tells of them once, at the end.

    Args:
        path: The file.
        strict: The first bad record is an error.

    Example:
        >>> with Faults(Path("a.tsv"), strict=True) as faults:
        ...     faults.add("2 fields instead of 3", line=7)
        Traceback (most recent call last):
        interlingua.errors.FormatError: a.tsv, line 7: 2 fields instead of 3
    """

    def __init__(self, path: Path, *, strict: bool) -> None:
        self._path = path
        self._strict = strict
        self._shown: list[str] = []
        self.count = 0

    def add(self, message: str, *, line: int | None) -> None:
        """Count one bad record.

        Raises:
            FormatError: With ``strict``.
        """
        if self._strict:
            raise FormatError(message, path=self._path, line=line)
        self.count += 1
        if len(self._shown) < _SHOWN:
            self._shown.append(message if line is None else f"line {line:,}: {message}")

    def __enter__(self) -> "Faults":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.count:
            more = "; ..." if self.count > len(self._shown) else ""
            shown = "; ".join(self._shown)
            logger.warning("%s: %s left out: %s%s", self._path, counted(self.count, "fault"), shown, more)

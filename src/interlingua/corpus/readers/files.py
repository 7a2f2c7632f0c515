"""Bytes to lines: plain or compressed, UTF-8, with the place of every fault."""

import gzip
import io
import logging
import lzma
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, cast

import pyarrow as pa

from interlingua.corpus.wording import counted
from interlingua.errors import CorpusError, FormatError

__all__ = ["COMPRESSED", "DAMAGE", "Faults", "bare_suffix", "lines_of", "open_binary"]

COMPRESSED = (".gz", ".xz", ".zst")

DAMAGE = (EOFError, OSError, lzma.LZMAError, zlib.error)
"""What reading a damaged compressed file raises."""

_SHOWN = 5

logger = logging.getLogger(__name__)


def bare_suffix(path: Path) -> str:
    """Return the extension that tells the format, without that of a compression.

    Example:
        >>> bare_suffix(Path("a.TMX.gz"))
        '.tmx'
    """
    path = path.with_suffix("") if path.suffix.lower() in COMPRESSED else path
    return path.suffix.lower()


def open_binary(path: Path) -> BinaryIO:
    """Open a file for reading, decompressing ``.gz``, ``.xz`` and ``.zst``.

    Raises:
        CorpusError: There is no such file, or it may not be read.
    """
    try:
        match path.suffix.lower():
            case ".gz":
                return cast("BinaryIO", gzip.open(path, "rb"))
            case ".xz":
                return cast("BinaryIO", lzma.open(path, "rb"))
            case ".zst":
                # Not the zstandard package: it takes a file that is cut off for one that ends.
                return cast("BinaryIO", io.BufferedReader(pa.input_stream(path, compression="zstd")))
            case _:
                return path.open("rb")
    except OSError as error:
        raise CorpusError(f"cannot read {path}: {error.strerror or error}; is the path right?") from error


def lines_of(path: Path) -> Iterator[str]:
    """Yield lines without their end; only LF or CR LF ends a line, and a leading byte order mark is left out.

    Raises:
        CorpusError: The file cannot be opened.
        FormatError: A line is not UTF-8, or the compressed file is damaged.
    """
    number = 0
    with open_binary(path) as stream:
        try:
            for number, line in enumerate(stream, start=1):
                if number == 1:
                    line = line.removeprefix(b"\xef\xbb\xbf")
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

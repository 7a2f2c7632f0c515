"""Bytes of a file, decompressed while they are read, and never more of them than is plausible."""

import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, BinaryIO, cast

import pyarrow as pa

from interlingua.corpus.readers.absent import no_such_file
from interlingua.errors import CorpusError, FormatError

__all__ = [
    "COMPRESSED",
    "DAMAGE",
    "LARGEST_RATIO",
    "Progress",
    "bare_suffix",
    "bounded",
    "decompressed",
    "most_bytes",
    "opened_file",
    "watched",
]

COMPRESSED = (".gz", ".xz", ".zst")

DAMAGE = (EOFError, OSError, lzma.LZMAError, zlib.error, zipfile.BadZipFile, tarfile.TarError)
"""What reading a damaged compressed file or archive raises."""

LARGEST_RATIO = 100
"""Bytes out for each byte in, at most: text is seldom compressed to a tenth."""

UNBOUNDED = 1 << 26
"""Bytes up to which a ratio says nothing."""

Progress = Callable[[], float | None]
"""Tells which part of a file has been read, 0 to 1; None once it is closed."""

_watchers: ContextVar[list[Progress] | None] = ContextVar("watchers", default=None)


@contextmanager
def watched() -> Iterator[list[Progress]]:
    """Collect how far every file has been read that is opened in the block."""
    opened: list[Progress] = []
    token = _watchers.set(opened)
    try:
        yield opened
    finally:
        _watchers.reset(token)


def bare_suffix(path: Path) -> str:
    """Return the extension that tells the format, without that of a compression.

    Example:
        >>> bare_suffix(Path("a.TMX.gz"))
        '.tmx'
    """
    path = path.with_suffix("") if path.suffix.lower() in COMPRESSED else path
    return path.suffix.lower()


def opened_file(path: Path, *, watch: bool = True) -> BinaryIO:
    """Open a file for reading, decompressing ``.gz``, ``.xz`` and ``.zst``.

    Args:
        path: The file.
        watch: How far it has been read tells how far the rows have.

    Raises:
        CorpusError: There is no such file, or it may not be read.
    """
    try:
        raw = path.open("rb")
        size = path.stat().st_size
    except FileNotFoundError as error:
        raise no_such_file(path) from error
    except OSError as error:
        raise CorpusError(f"cannot read {path}: {error.strerror or error}; is the path right?") from error
    if watch:
        _watch(lambda: None if raw.closed or not size else min(1.0, raw.tell() / size))
    if path.suffix.lower() not in COMPRESSED:
        return raw
    return bounded(decompressed(raw, path), packed=size, path=path, owned=(raw,))


def decompressed(stream: BinaryIO, path: Path) -> BinaryIO:
    """Return a stream of what the name says is compressed; the stream itself for other names."""
    match path.suffix.lower():
        case ".gz":
            return cast("BinaryIO", gzip.GzipFile(fileobj=stream))
        case ".xz":
            return cast("BinaryIO", lzma.LZMAFile(stream))
        case ".zst":
            # Not the zstandard package: it takes a file that is cut off for one that ends.
            return cast("BinaryIO", pa.input_stream(stream, compression="zstd"))
    return stream


def most_bytes(packed: int) -> int:
    """Return how many bytes may come out of so many."""
    return max(UNBOUNDED, LARGEST_RATIO * packed)


def bounded(
    stream: BinaryIO, *, packed: int, path: Path, size: int | None = None, owned: tuple[Any, ...] = ()
) -> BinaryIO:
    """Return a buffered stream that refuses to go on where a file swells beyond all measure.

    Args:
        stream: Decompressed bytes.
        packed: Compressed bytes that they come from.
        path: The file, for messages.
        size: How many bytes will come, where that is known.
        owned: What is closed with it.
    """
    inner = _Bounded(stream, limit=most_bytes(packed), path=path, owned=(stream, *owned))
    if size is not None:
        _watch(lambda: None if inner.closed or not size else min(1.0, inner.count / size))
    return cast("BinaryIO", io.BufferedReader(inner, 1 << 16))


def _watch(progress: Progress) -> None:
    opened = _watchers.get()
    if opened is not None:
        opened.append(progress)


class _Bounded(io.RawIOBase):
    def __init__(self, stream: BinaryIO, *, limit: int, path: Path, owned: tuple[Any, ...]) -> None:
        self._stream = stream
        self._limit = limit
        self._path = path
        self._owned = owned
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read(len(buffer))
        self.count += len(data)
        if self.count > self._limit:
            raise FormatError(
                f"more than {LARGEST_RATIO} times its size comes out of it ({self.count >> 20:,} MiB by now), as of a "
                "file made to fill disks; if it is meant so, decompress it yourself and read what comes out",
                path=self._path,
            )
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            for one in self._owned:
                one.close()
        super().close()

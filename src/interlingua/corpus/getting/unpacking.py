"""Archives: what is wanted of them, and nothing that could do harm."""

import bz2
import fnmatch
import gzip
import hashlib
import lzma
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any, NamedTuple

from interlingua.corpus.getting.fetching import checksum
from interlingua.corpus.readers.compression import most_bytes
from interlingua.corpus.readers.packing import BROKEN, is_encrypted, is_regular, tar_entries, zip_entries
from interlingua.corpus.wording import human_size
from interlingua.errors import CorpusError, FormatError, OutputError

__all__ = ["contents_checksum", "unpack"]

_OPENERS: Mapping[str, Callable[..., Any]] = {".gz": gzip.open, ".tgz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}


class _Entry(NamedTuple):
    name: str
    stream: IO[bytes] | None
    """None for what is no plain file."""


def unpack(archive: Path, folder: Path, wanted: Sequence[str]) -> list[Path]:
    """Unpack the members that fit a pattern, under their own paths.

    Args:
        archive: ``.zip``, or ``.tar`` as it is or compressed.
        folder: Where to; should be empty.
        wanted: Patterns of paths, where ``*`` stands for slashes too. Others are passed over.

    Raises:
        OutputError: The disk is full, or a place cannot be written.
        FormatError: It is damaged or encrypted; a wanted member leads out of the folder, is a link or comes twice; more
            comes out than is plausible; or nothing fits a pattern.
    """
    limit = most_bytes(archive.stat().st_size)
    written: dict[str, Path] = {}
    room = limit
    try:
        for entry in _zip_entries(archive) if archive.suffix == ".zip" else _tar_entries(archive):
            if not any(fnmatch.fnmatchcase(entry.name, pattern) for pattern in wanted):
                continue
            path = folder / _checked(entry, archive, written)
            with _writing(path):
                path.parent.mkdir(parents=True, exist_ok=True)
            written[entry.name] = path
            room -= _write(entry.stream, path, room)
            if room < 0:
                raise FormatError(f"more than {human_size(limit)} come out of it; nothing is unpacked", path=archive)
    except BROKEN as error:
        raise FormatError(f"the archive is damaged ({error}); fetch it again", path=archive) from error
    for pattern in wanted:
        if not fnmatch.filter(written, pattern):
            raise FormatError(f"holds no {pattern}; its layout is not the one that is known", path=archive)
    return list(written.values())


def contents_checksum(paths: Sequence[Path], folder: Path) -> str:
    """Return the SHA-256 of the lines that ``sha256sum`` would print of files, in the order of their names.

    Names are those below the archive's one folder, which is called after the version.
    """
    named = {"/".join(path.relative_to(folder).parts[1:]): path for path in paths}
    if len(named) < len(paths):
        raise CorpusError(f"{folder} has several files of one name below its folders, so no checksum tells them apart")
    lines = (f"{checksum(named[name])}  {name}\n" for name in sorted(named))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _checked(entry: _Entry, archive: Path, written: dict[str, Path]) -> str:
    parts = PurePosixPath(entry.name).parts
    if entry.name.startswith("/") or ".." in parts or "\\" in entry.name or ":" in entry.name:
        raise FormatError(f"its member {entry.name!r} leads out of the folder; nothing is unpacked", path=archive)
    if entry.stream is None:
        raise FormatError(
            f"its member {entry.name!r} is a link, a device, or encrypted; nothing is unpacked", path=archive
        )
    if entry.name in written:
        raise FormatError(f"its member {entry.name!r} comes twice; nothing is unpacked", path=archive)
    return entry.name


def _write(stream: IO[bytes] | None, path: Path, room: int) -> int:
    size = 0
    with _writing(path):
        out = path.open("xb")
    with out:
        while stream is not None and (block := stream.read(1 << 16)):
            size += len(block)
            if size > room:
                return size
            with _writing(path):
                out.write(block)
    return size


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """What goes wrong in here is no fault of the archive."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}; is the disk full?") from error


def _zip_entries(archive: Path) -> Iterator[_Entry]:
    with zipfile.ZipFile(archive) as file:
        for entry in zip_entries(file, archive):
            name = _normal(entry.filename)
            if name.startswith("__MACOSX/"):
                continue
            if is_encrypted(entry) or not is_regular(entry):
                yield _Entry(name, None)
                continue
            with file.open(entry) as stream:
                yield _Entry(name, stream)


def _tar_entries(archive: Path) -> Iterator[_Entry]:
    with _OPENERS.get(archive.suffix, open)(archive, "rb") as stream:
        for file, entry in tar_entries(stream, archive):
            if not entry.isdir():
                yield _Entry(_normal(entry.name), file.extractfile(entry) if entry.isreg() else None)
        while stream.read(1 << 20):  # a checksum at the very end tells whether all that came was right
            pass


def _normal(name: str) -> str:
    return name.removeprefix("./")

"""Zip and tar archives: members are read where they lie, and nothing is ever extracted."""

import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple, cast

from interlingua.corpus.readers.absent import no_such_file
from interlingua.corpus.readers.compression import bare_suffix, bounded, decompressed, opened_file
from interlingua.corpus.readers.packing import BROKEN, is_encrypted, is_regular, tar_entries, zip_entries
from interlingua.errors import CorpusError, FormatError

__all__ = ["SEPARATOR", "Member", "is_archive", "members_of", "open_member", "split_member"]

SEPARATOR = "::"
"""What stands between an archive and one of its members, as ``a.zip::b.tmx``."""

_SUFFIXES = (".zip", ".tar", ".tgz", ".txz")


class Member(NamedTuple):
    """A regular file of an archive.

    Args:
        name: Its path in the archive, normalised.
        size: Its bytes, unpacked.
    """

    name: str
    size: int


def is_archive(path: Path) -> bool:
    """Return whether the name is that of a zip or tar archive.

    Example:
        >>> is_archive(Path("en-te.txt.zip")), is_archive(Path("dev.tar.zst")), is_archive(Path("a.tmx.gz"))
        (True, True, False)
    """
    return bare_suffix(path) in _SUFFIXES


def split_member(path: str | Path) -> tuple[Path, str] | None:
    """Return archive and member of ``a.zip::b.tmx``; None for what is written otherwise.

    Example:
        >>> split_member("a.zip::b.tmx")
        (PosixPath('a.zip'), 'b.tmx')
    """
    archive, separator, member = str(path).partition(SEPARATOR)
    return (Path(archive), member) if separator and member and is_archive(Path(archive)) else None


def members_of(archive: Path) -> list[Member]:
    """Return the regular files of an archive, in its order; folders, links and devices are passed over.

    Raises:
        CorpusError: There is no such file.
        FormatError: It is no archive, is damaged, or has too many members, or two of one name.
    """
    with _faults_named(archive, archive):
        if bare_suffix(archive) == ".zip":
            with zipfile.ZipFile(archive) as file:
                entries = filter(is_regular, zip_entries(file, archive))
                found = [Member(_normal(one.filename), one.file_size) for one in entries]
        else:
            with _tar_bytes(archive) as stream:
                found = [Member(_normal(one.name), one.size) for _, one in tar_entries(stream, archive) if one.isreg()]
    names: set[str] = set()
    for name, _ in found:
        if name in names:
            raise FormatError(f"holds {name} twice; pack it anew", path=archive)
        names.add(name)
    return found


def open_member(archive: Path, name: str) -> BinaryIO:
    """Open a member for reading from the front, decompressed as its own name says too.

    Raises:
        CorpusError: There is no such archive, or no such member.
        FormatError: The archive is damaged, or the member is encrypted or is an archive itself.
    """
    place = Path(f"{archive}{SEPARATOR}{name}")
    if is_archive(Path(name)):
        raise FormatError("is an archive within an archive; unpack the outer one first", path=place)
    with _faults_named(archive, place):
        stream = _zip_member(archive, name) if bare_suffix(archive) == ".zip" else _tar_member(archive, name)
    if stream is None:
        raise CorpusError(f"{archive} has no member {name}; `interlingua corpus peek {archive}` lists them")
    return stream


def _zip_member(archive: Path, name: str) -> BinaryIO | None:
    place = Path(f"{archive}{SEPARATOR}{name}")
    with zipfile.ZipFile(archive) as file:
        entries = filter(is_regular, zip_entries(file, archive))
        info = next((one for one in entries if _normal(one.filename) == name), None)
        if info is None:
            return None
        if is_encrypted(info):
            raise FormatError("is encrypted; unpack it with its password, and read the file", path=place)
        inner = cast("BinaryIO", file.open(info))  # keeps the archive open
    stream = decompressed(inner, place)
    size = info.file_size if stream is inner else None
    return bounded(stream, packed=info.compress_size, path=place, size=size, owned=(inner,))


def _tar_member(archive: Path, name: str) -> BinaryIO | None:
    place = Path(f"{archive}{SEPARATOR}{name}")
    with ExitStack() as stack:
        whole = stack.enter_context(_tar_bytes(archive))
        for tar, entry in tar_entries(whole, archive):
            inner = tar.extractfile(entry) if entry.isreg() and _normal(entry.name) == name else None
            if inner is not None:
                stream = decompressed(cast("BinaryIO", inner), place)
                size = entry.size if stream is inner else None
                stack.pop_all()
                return bounded(stream, packed=entry.size, path=place, size=size, owned=(inner, whole))
    return None


def _tar_bytes(archive: Path) -> BinaryIO:
    short = {".tgz": ".gz", ".txz": ".xz"}.get(archive.suffix.lower())
    if short is None:
        return opened_file(archive, watch=False)
    raw = opened_file(archive, watch=False)
    packed = archive.stat().st_size
    return bounded(decompressed(raw, archive.with_suffix(short)), packed=packed, path=archive, owned=(raw,))


def _normal(name: str) -> str:
    return str(PurePosixPath(name))


@contextmanager
def _faults_named(archive: Path, place: Path) -> Iterator[None]:
    if not archive.is_file():
        raise CorpusError(f"{archive} is a folder, not an archive") if archive.is_dir() else no_such_file(archive)
    try:
        yield
    except BROKEN as error:
        raise FormatError(f"the archive is damaged or cannot be read ({error}); fetch it again", path=place) from error

"""The entries of zip and tar archives, with the limits that make any archive safe to walk."""

import stat
import struct
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from interlingua.corpus.readers.compression import DAMAGE, LARGEST_RATIO, most_bytes
from interlingua.errors import FormatError

__all__ = ["BROKEN", "is_encrypted", "is_regular", "tar_entries", "zip_entries"]

MOST_MEMBERS = 100_000

BROKEN = (*DAMAGE, struct.error, LookupError, NotImplementedError, RuntimeError, ValueError)
"""What walking a damaged archive raises, or one made of what Python does not know."""

_ENCRYPTED = 0x1


def zip_entries(file: zipfile.ZipFile, archive: Path) -> list[zipfile.ZipInfo]:
    """Return the entries of a zip archive, in its order, without the folders.

    Raises:
        FormatError: There are too many.
    """
    entries = file.infolist()
    _check_number(len(entries), archive)
    return [entry for entry in entries if entry.filename and not entry.is_dir()]


def tar_entries(stream: BinaryIO, archive: Path) -> Iterator[tuple[tarfile.TarFile, tarfile.TarInfo]]:
    """Yield the entries of a tar archive, each with the archive that its content can be had from until the next one.

    Args:
        stream: Its bytes, decompressed; walked from the front in one go, since what is compressed cannot be walked
            otherwise.
        archive: For its size, and for messages.

    Raises:
        FormatError: There are too many, or one claims to be larger than the archive can make it.
    """
    tar = tarfile.TarFile.open(fileobj=stream, mode="r|")  # closing it would end the members that are being read
    largest = most_bytes(archive.stat().st_size)
    for number, entry in enumerate(iter(tar.next, None), start=1):
        if not 0 <= entry.size <= largest:  # passing over it would take for ever
            raise FormatError(
                f"{entry.name[:80]} claims {entry.size:,} bytes, which is more than {LARGEST_RATIO} times the size of "
                "the archive: it is damaged, or made to fill disks; unpack it yourself if it is meant so",
                path=archive,
            )
        _check_number(number, archive)
        tar.members = []  # type: ignore[attr-defined]  # it would remember every one
        yield tar, entry


def is_regular(entry: zipfile.ZipInfo) -> bool:
    """Return whether an entry is a file, and no link."""
    return not stat.S_ISLNK(entry.external_attr >> 16)


def is_encrypted(entry: zipfile.ZipInfo) -> bool:
    """Return whether a password is needed."""
    return bool(entry.flag_bits & _ENCRYPTED)


def _check_number(members: int, archive: Path) -> None:
    if members > MOST_MEMBERS:
        raise FormatError(f"has more than {MOST_MEMBERS:,} members; unpack it yourself", path=archive)

"""Fetching a file: resumed, checked, and under its name only when it is whole."""

import hashlib
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interlingua.corpus.getting.partial import Partial
from interlingua.corpus.getting.record import DownloadRecord
from interlingua.corpus.getting.web import TemporaryError, Web, advice, local_path
from interlingua.corpus.wording import human_size
from interlingua.errors import CorpusError, OutputError

__all__ = ["Progress", "RemoteFile", "checksum", "fetch"]

Progress = Callable[[str, int, int | None], None]
"""Told of every piece that comes: name of the file, bytes there are, bytes of the whole where known."""

_BLOCK = 1 << 16
_RESERVE = 1 << 28
"""Bytes of the disk that are left alone."""

_HEADWAY = 1 << 20
"""Bytes that an attempt must bring for the count of failures to begin anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteFile:
    """A file elsewhere.

    Args:
        url: Its address.
        name: What it is called here.
        bytes: Its size, where known; exact where the checksum is known too.
        sha256: Its checksum; empty where unknown.
    """

    url: str
    name: str
    bytes: int | None = None
    sha256: str = ""


def fetch(
    file: RemoteFile, folder: Path, *, web: Web, record: DownloadRecord, progress: Progress | None = None
) -> Path:
    """Fetch a file into a folder, unless it is there and right.

    An interrupted fetch goes on where it stopped, provided that the server says it is still the same file. What comes
    is compared with the checksum that is known, or that was noted when it was first fetched; what differs is fetched
    once more, since it may have been damaged on the way.

    Args:
        file: What to fetch.
        folder: Where to; bytes on their way are in ``NAME.partial`` there.
        web: How addresses are opened.
        record: Checksums of earlier fetches.
        progress: Told of every piece.

    Raises:
        CorpusError: It cannot be had, or is not what it should be.
        OutputError: It cannot be written, or the disk is too small.
    """
    target = folder / file.name
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        noted = record.known(file.url)
        wanted = file.sha256 or (noted.sha256 if noted else "")
        if target.is_file() and (not wanted or checksum(target) == wanted):
            return target
        partial = Partial.resume(target.with_name(target.name + ".partial"), file.url)
        for last in (False, True):
            _transfer(file, partial, web=web, progress=progress or (lambda name, done, total: None))
            digest = checksum(partial.path) if wanted else ""
            if digest == wanted:
                break
            partial.discard()
            if last:
                raise CorpusError(_another(file, digest, wanted, noted.date if noted else "", record.path))
        partial.finish(target)
    except OSError as error:
        raise OutputError(f"cannot write {target}: {error.strerror or error}; choose another place") from error
    return target


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _another(file: RemoteFile, found: str, wanted: str, date: str, record: Path) -> str:
    where = "the catalog has" if file.sha256 else f"it had on {date}"
    accept = "" if file.sha256 else f"; to accept what is there now, take its lines out of {record}"
    return (
        f"{file.url}: its checksum is {found[:16]}..., not {wanted[:16]}... as {where}: it was damaged on the way, or "
        f"has changed at its place; nothing was kept{accept}"
    )


def _transfer(file: RemoteFile, partial: Partial, *, web: Web, progress: Progress) -> None:
    """Bring the partial file to its end, in as many attempts as the patience allows."""
    failures = 0
    while not partial.complete:
        before = partial.size
        try:
            address = web.address(file.url)
            if (path := local_path(address)) is not None:
                _copy(path, partial)
            else:
                _receive(file, partial, web=web, progress=progress)
            return
        except TemporaryError as trouble:
            failures = 1 if partial.size >= before + _HEADWAY else failures + 1
            if failures >= web.patience.attempts:
                raise CorpusError(
                    f"{address} cannot be fetched ({trouble}) in {failures} attempts; {advice(address)}; to fetch it "
                    f"by hand, put it at {partial.path.with_suffix('')}"
                ) from trouble
            time.sleep(max(trouble.wait, min(web.patience.pause * 2 ** (failures - 1), 60.0)))


def _receive(file: RemoteFile, partial: Partial, *, web: Web, progress: Progress) -> None:
    try:
        response = web.open(file.url, headers=partial.headers())
    except TemporaryError as trouble:
        if trouble.status == 416:  # more bytes are here than the file has by now
            partial.discard()
        raise
    with response:
        partial.begin(response.status, response.headers)
        if file.sha256 and file.bytes and partial.total not in (None, file.bytes):
            size = partial.total
            partial.discard()
            raise CorpusError(f"{file.url} has {size:,} bytes, not {file.bytes:,} as it should; it has changed")
        _check_room(partial)
        _save(response, file, partial, web=web, progress=progress)
    if partial.total is not None and not partial.complete:
        raise TemporaryError(f"the file ended after {partial.size:,} of {partial.total:,} bytes")
    partial.total = partial.size


def _save(response: Any, file: RemoteFile, partial: Partial, *, web: Web, progress: Progress) -> None:
    done, since = partial.size, 0
    clock, begun = time.monotonic(), done
    with partial.path.open("ab") as out:
        while True:
            with web.watched(file.url):
                block = response.read1(_BLOCK)
            if not block:
                return
            out.write(block)
            done += len(block)
            since += len(block)
            progress(file.name, done, partial.total)
            if since > _RESERVE // 4:
                since = 0
                _check_room(partial)
            passed = time.monotonic() - clock
            if passed > web.patience.window:
                if (done - begun) / passed < web.patience.slowest:
                    raise TemporaryError(f"{(done - begun) / passed:.0f} bytes a second are too slow")
                clock, begun = time.monotonic(), done


def _copy(path: Path, partial: Partial) -> None:
    if not path.is_file():
        raise CorpusError(f"there is no file {path}; is the mirror right?")
    partial.path.parent.mkdir(parents=True, exist_ok=True)
    partial.total = path.stat().st_size
    _check_room(partial)
    shutil.copyfile(path, partial.path)


def _check_room(partial: Partial) -> None:
    free = shutil.disk_usage(partial.path.parent).free
    needed = (partial.total or partial.size) - partial.size
    if needed + _RESERVE > free:
        raise OutputError(
            f"{partial.path.parent} has room for {human_size(max(free - _RESERVE, 0))}, and {human_size(needed)} are "
            "to come; make room, or choose another place with --output"
        )

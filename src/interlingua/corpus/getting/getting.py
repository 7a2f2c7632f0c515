"""Fetching sets: files, checks, and the step that puts them where sets are looked for, whole or not at all."""

import json
import logging
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from interlingua.corpus.getting.fetching import Progress, checksum, fetch
from interlingua.corpus.getting.layouts import FOLDERS, ROWS
from interlingua.corpus.getting.offers import Offer, offers
from interlingua.corpus.getting.record import DownloadRecord
from interlingua.corpus.getting.unpacking import contents_checksum, unpack
from interlingua.corpus.getting.web import Web
from interlingua.corpus.history import with_step
from interlingua.corpus.named_sets import data_folder
from interlingua.corpus.provenance import SourceRecord
from interlingua.corpus.writing import write_corpus
from interlingua.errors import CorpusError, OutputError

__all__ = ["get", "obtain"]

_ORIGIN = "origin.json"
"""The file in the folder of a set that stays files: where it is from."""

_LONGEST_EXTRA = 20_000

logger = logging.getLogger(__name__)


def get(
    *names: str, root: str | Path | None = None, web: Web | None = None, overwrite: bool = False, keep: bool = False
) -> list[Path]:
    """Fetch sets, and return where they lie; those that are there already are not fetched again.

    Licences are the caller's business: :func:`interlingua.corpus.getting.offers.offers` says them, and sizes, first.

    Args:
        names: As for :func:`interlingua.corpus.getting.offers.offers`.
        root: The data folder; ``$INTERLINGUA_DATA``, or a folder of the user's cache, unless given.
        web: Mirrors and patience; the usual unless given.
        overwrite: Fetch and replace what is there.
        keep: Keep the fetched archives.

    Raises:
        CorpusError: Nothing of this name, it cannot be had, or is not what it should be.
        OutputError: It cannot be written.
    """
    web = web or Web()
    folder = Path(root) if root is not None else data_folder()
    found = offers(names, web=web, root=None if overwrite else folder)
    return [obtain(offer, folder, web=web, overwrite=overwrite, keep=keep) for offer in found]


def obtain(
    offer: Offer,
    root: Path,
    *,
    web: Web,
    overwrite: bool = False,
    keep: bool = False,
    progress: Progress | None = None,
) -> Path:
    """Fetch a set and put it where sets are looked for.

    Archives lie in ``.downloads`` of the data folder until the set is in its place; a second call goes on with them.
    Their checksums are noted then, and not before, so that what was damaged is not taken for the truth.

    Raises:
        CorpusError: It cannot be had, or is not what it should be.
        OutputError: It cannot be written, something else lies there, or another process is fetching it.
    """
    target = root / offer.path
    if offer.lies_in(root) and not overwrite:
        logger.info("%s is there already: %s (--overwrite fetches it again)", offer.name, target)
        return target
    store = root / ".downloads" / offer.path.replace("/", "+")
    try:
        store.mkdir(parents=True, exist_ok=True)
        with FileLock(store.with_name(store.name + ".lock"), timeout=0):
            record = DownloadRecord(root)
            archives = [fetch(file, store, web=web, record=record, progress=progress) for file in offer.files]
            _arrange(offer, archives, store, target, overwrite=overwrite)
            for file, archive in zip(offer.files, archives, strict=True) if not offer.contents else ():
                record.add(file.url, sha256=checksum(archive), size=archive.stat().st_size)
            if not keep:
                shutil.rmtree(store)
    except Timeout as error:
        raise OutputError(f"another process is fetching {offer.name} into {root}; wait for it") from error
    except OSError as error:
        raise OutputError(f"cannot write below {root}: {error.strerror or error}; choose another place") from error
    return target


def _arrange(offer: Offer, archives: Sequence[Path], store: Path, target: Path, *, overwrite: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="unpacked-", dir=store.parent) as place:
        folder = Path(place)
        try:
            extras = _unpacked(offer, archives, store, folder)
        except CorpusError:
            for file, archive in zip(offer.files, archives, strict=True):
                if not file.sha256:  # it may be damaged, so the next call fetches it again
                    archive.unlink(missing_ok=True)
            raise
        if offer.arrange in ROWS:
            source = SourceRecord(
                source=offer.name, licence=offer.licence, citation=offer.citation, homepage=offer.homepage
            )
            facts = _origin(offer) | ({"notes": extras} if extras else {})
            card = with_step({"sources": [source.as_dict()]}, "fetch", facts)
            write_corpus(ROWS[offer.arrange](folder), target, card=card, overwrite=overwrite)
            return
        with _replaced(target, overwrite=overwrite) as new:
            FOLDERS[offer.arrange](folder, new)
            known: dict[str, Any] = {"source": offer.name, "licence": offer.licence, "citation": offer.citation}
            known["fetched"] = _origin(offer)
            (new / _ORIGIN).write_text(json.dumps(known, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _unpacked(offer: Offer, archives: Sequence[Path], store: Path, folder: Path) -> dict[str, str]:
    """Unpack what is wanted, check it, and return the texts that are only remembered."""
    if not offer.members:
        for archive in archives:
            copy = folder / archive.relative_to(store)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(archive, copy)
        return {}
    extras: dict[str, str] = {}
    for number, archive in enumerate(archives):
        part = folder / str(number)
        members = unpack(archive, part, wanted=offer.members)
        if offer.contents and (found := contents_checksum(members, part)) != offer.contents:
            raise CorpusError(
                f"{offer.files[number].url}: its content has the checksum {found[:16]}..., not "
                f"{offer.contents[:16]}... as the catalog has: it was damaged or has changed; nothing was kept"
            )
        for name in offer.extras:
            text = _remembered(archive, name)
            extras |= {name: text} if text else {}
    return extras


def _remembered(archive: Path, name: str) -> str:
    with tempfile.TemporaryDirectory(dir=archive.parent) as place:
        try:
            (path,) = unpack(archive, Path(place), wanted=(name,))
        except CorpusError:  # few archives have all of them
            return ""
        return path.read_text(encoding="utf-8", errors="replace")[:_LONGEST_EXTRA]


def _origin(offer: Offer) -> dict[str, object]:
    return {"urls": [file.url for file in offer.files], "date": datetime.now(UTC).date().isoformat()}


@contextmanager
def _replaced(target: Path, *, overwrite: bool) -> Iterator[Path]:
    """A folder that takes the place of the target when the block ends well, and vanishes otherwise."""
    if target.exists() and any(target.iterdir()) and not (overwrite and (target / _ORIGIN).is_file()):
        raise OutputError(f"{target} holds something that was not fetched, and is not replaced; move it away")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as place:
        new = Path(place) / "new"
        new.mkdir()
        yield new
        if target.exists():
            target.rename(Path(place) / "old")
        new.rename(target)

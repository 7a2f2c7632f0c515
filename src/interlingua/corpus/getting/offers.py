"""What fetching would bring: files, sizes, licences, before anything is fetched."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import quote

from interlingua.corpus.getting.downloads import OPUS, Download, downloads, groups
from interlingua.corpus.getting.fetching import RemoteFile
from interlingua.corpus.getting.web import Web
from interlingua.corpus.provenance import is_non_commercial
from interlingua.errors import CorpusError
from interlingua.explaining import nearest

__all__ = ["HUB", "Offer", "offers"]

HUB = "https://huggingface.co"
"""Where data sets of the hub are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A set that can be fetched.

    Args:
        name, title, licence, homepage, citation: As in the catalog.
        files: What is fetched.
        members: Patterns of what is wanted of archives.
        extras: Members of archives that are remembered in the card of the corpus, where there are any.
        arrange: What makes a set of them, in :mod:`interlingua.corpus.getting.layouts`.
        path: Where it is put, below the data folder.
        contents: Checksum of the unpacked members, where known.
    """

    name: str
    title: str
    licence: str
    homepage: str
    citation: str
    files: tuple[RemoteFile, ...]
    arrange: str
    path: str
    members: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    contents: str = ""

    @property
    def bytes(self) -> int | None:
        """Bytes to fetch; None where one file's are unknown."""
        sizes = [file.bytes for file in self.files]
        return None if None in sizes else sum(size for size in sizes if size is not None)

    @property
    def non_commercial(self) -> bool:
        """Whether the licence is known to keep commerce out."""
        return is_non_commercial(self.licence)

    def lies_in(self, root: Path) -> bool:
        """Return whether it lies in a data folder already."""
        target = root / self.path
        return target.is_dir() and any(target.iterdir())


def offers(words: Sequence[str], *, web: Web, root: Path | None = None) -> list[Offer]:
    """Return what fetching would bring, each set once.

    Args:
        words: Sets of the catalog, ``opus:CORPUS/en-te``, ``opus:CORPUS@version/en-te``, or a group, ``dap`` or
            ``dap:ka,te``.
        web: Asked for sizes, for files of the hub, and for those of OPUS.
        root: A data folder; sets of the catalog that lie there are not asked about, and have no files.

    Raises:
        CorpusError: Nothing of this name can be fetched, or a server does not answer.
    """
    from interlingua.corpus.getting.opus import group_offers, opus_offer

    found: dict[str, Offer] = {}
    for word in words:
        name, _, part = word.partition(":")
        if name == OPUS:
            some = [opus_offer(part, web=web)]
        elif name in groups():
            some = group_offers(word, web=web)
        elif word in downloads():
            some = [_named(word, web, root)]
        else:
            raise CorpusError(_unknown(word))
        found.update({offer.name: offer for offer in some})
    return list(found.values())


def _named(name: str, web: Web, root: Path | None) -> Offer:
    from interlingua.corpus.named_sets import info

    download, entry = downloads()[name], info(name)
    offer = Offer(
        name=name,
        title=entry.title,
        licence=entry.licence,
        homepage=entry.homepage,
        citation=entry.citation,
        files=(),
        members=() if download.hub else download.members,
        arrange=download.arrange,
        path=entry.path if entry.layout in ("tatoeba", "bucc", "similarity") else name,
        contents=download.contents,
    )
    if root is not None and offer.lies_in(root):
        return offer
    return replace(offer, files=_hub_files(download, web) if download.hub else _files(download, web))


def _files(download: Download, web: Web) -> tuple[RemoteFile, ...]:
    sizes: Sequence[int | None] = download.sizes or [web.size(url) for url in download.urls]
    sums = download.sha256 or ("",) * len(download.urls)
    return tuple(
        RemoteFile(url=url, name=_file_name(url), bytes=size, sha256=known)
        for url, size, known in zip(download.urls, sizes, sums, strict=True)
    )


def _file_name(url: str) -> str:
    last = url.rsplit("/", 1)[-1]
    return last if "." in last else f"{last}.tar.gz"  # of a commit


def _hub_files(download: Download, web: Web) -> tuple[RemoteFile, ...]:
    repository, _, revision = download.hub.partition("@")
    url = f"{HUB}/api/datasets/{repository}/tree/{revision}?recursive=true"
    listed = web.json(url)
    if not isinstance(listed, list) or not all(isinstance(one, dict) and "path" in one for one in listed):
        raise CorpusError(f"{web.address(url)} answers something else than a list of files; has the hub changed?")
    wanted = [
        one
        for one in listed
        if one.get("type") == "file" and any(fnmatchcase(one["path"], pattern) for pattern in download.members)
    ]
    if not wanted:
        raise CorpusError(f"{repository} at {revision} has none of {', '.join(download.members)}; has it changed?")
    for one in wanted:
        if one["path"].startswith("/") or ".." in one["path"].split("/"):
            raise CorpusError(f"{repository} names a file {one['path']!r}, which leads out of its folder")
    return tuple(
        RemoteFile(
            url=f"{HUB}/datasets/{repository}/resolve/{revision}/{quote(one['path'])}",
            name=one["path"],
            bytes=one.get("size"),
            sha256=(one.get("lfs") or {}).get("oid", ""),
        )
        for one in wanted
    )


def _unknown(word: str) -> str:
    known = [*downloads(), *groups(), f"{OPUS}:CORPUS/en-te"]
    from interlingua.corpus.named_sets import info, names

    if word in names():
        homepage = info(word).homepage
        return f"{word} is not fetched by itself" + (f"; it comes from {homepage}" if homepage else ", it is shipped")
    return f"nothing is called {word!r}; {nearest(word, known, 'there are')}"

"""Which part of an archive is meant: the only one that can be read, or the one that was named."""

from collections.abc import Collection
from fnmatch import fnmatchcase
from pathlib import Path

from interlingua.corpus.readers.archives import SEPARATOR, Member, is_archive, members_of
from interlingua.corpus.readers.compression import bare_suffix
from interlingua.corpus.readers.moses import AlignedMembers, aligned_members
from interlingua.errors import CorpusError

__all__ = ["choose", "readable_parts"]

_SHOWN = 20


def choose(archive: Path, wanted: str | None, *, formats: Collection[str]) -> AlignedMembers | str:
    """Return the members that are meant: some whose lines go together, or the name of one.

    Args:
        archive: The archive.
        wanted: Name of a member, or what those that go together have in common (``GNOME.en-te.*``, or without the
            ``.*``); None where the archive has one part only.
        formats: Extensions of what can be read from an archive.

    Raises:
        CorpusError: There is no such part, none at all, or several of which none was named; the message lists them.
        FormatError: The archive is damaged.
    """
    members = members_of(archive)
    if wanted in {name for name, _ in members}:
        return str(wanted)
    parts = readable_parts(members, formats=formats)
    chosen = parts if wanted is None else {name: part for name, part in parts.items() if _is_meant(name, wanted)}
    if len(chosen) == 1:
        return next(iter(chosen.values()))
    told = _listed(list(chosen or parts)) if chosen or parts else _listed([name for name, _ in members])
    if chosen:
        raise CorpusError(f"{archive} has several corpora: {told}; name one: {archive}{SEPARATOR}{next(iter(chosen))}")
    if wanted is not None:
        raise CorpusError(f"{archive} has no {wanted}; it has {told}")
    nested = any(is_archive(Path(name)) for name, _ in members)
    hint = "; unpack the archives within it" if nested else ""
    raise CorpusError(f"{archive} has neither aligned lines nor a file of a known format; it has {told}{hint}")


def readable_parts(members: Collection[Member], *, formats: Collection[str]) -> dict[str, AlignedMembers | str]:
    """Return, by name, members whose lines go together and single ones of a known format."""
    plain = [member for member in members if bare_suffix(Path(member.name)) not in formats]
    parts: dict[str, AlignedMembers | str] = {group.name: group for group in aligned_members(plain)}
    return parts | {name: name for name, _ in members if bare_suffix(Path(name)) in formats}


def _is_meant(name: str, wanted: str) -> bool:
    return name == wanted or fnmatchcase(name, wanted) or name.removesuffix(".*") == wanted


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more if names else "nothing"

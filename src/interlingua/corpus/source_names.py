"""Names of several sources, of which no two are alike."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any, TypeAlias

from interlingua.corpus.named_sets import is_named, source_record
from interlingua.corpus.origins import told_sources
from interlingua.corpus.provenance import SourceRecord
from interlingua.corpus.readers.archives import SEPARATOR
from interlingua.corpus.readers.dispatch import is_address

__all__ = ["named_apart"]

_Place: TypeAlias = tuple[str, ...]


def named_apart(
    sources: Sequence[str | Path],
    *,
    told: Sequence[Sequence[Mapping[str, Any]]] | None = None,
    taken: Collection[str] = (),
) -> list[SourceRecord]:
    """Return what cards say of several sources; files of one name are called by the end of the path that differs.

    A file is called so too where the card of another source has its name. What is given twice has one name.

    Args:
        sources: As :func:`interlingua.corpus.named_sets.source_record` takes them.
        told: What each says of its sources, where that has been read already.
        taken: Names that others have already.

    Example:
        >>> [record.source for record in named_apart(["x/a/news.tmx", "b/news.tmx", "memory.tmx"])]
        ['a/news.tmx', 'b/news.tmx', 'memory.tmx']
    """
    records = [source_record(str(source)) for source in sources]
    places = [_place(str(source)) for source in sources]
    inside = [{str(one["source"]) for one in some} for some in told or map(told_sources, sources)]
    by_name: dict[str, set[_Place]] = {name: {()} for name in taken}
    for record, place in zip(records, places, strict=True):
        by_name.setdefault(record.source, set()).add(place)
    named = []
    for number, (record, place) in enumerate(zip(records, places, strict=True)):
        others = by_name[record.source] - {place}
        if any(record.source in names for names in (*inside[:number], *inside[number + 1 :])) and not inside[number]:
            others = others | {()}
        named.append(_apart(record, place, others) if place and others else record)
    return named


def _place(source: str) -> _Place:
    """The parts of a path, a member of an archive with its last; none of what has a name of its own."""
    if is_named(source) or is_address(source) or "=" in source:
        return ()
    archive, separator, member = source.partition(SEPARATOR)
    path = Path(archive)
    return (*path.parent.resolve().parts, path.name + separator + member)


def _apart(record: SourceRecord, place: _Place, others: Collection[_Place]) -> SourceRecord:
    depth = 2
    while any(other[-depth:] == place[-depth:] for other in others):
        depth += 1
    return replace(record, source=str(PurePath(*place[-depth:])))

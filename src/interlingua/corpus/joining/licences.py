"""Licences of what is joined: those that are known, and those that were given by whatever a source is called."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath

from interlingua.corpus.joining.sources import JoinSource
from interlingua.corpus.origins import united
from interlingua.corpus.provenance import SourceRecord, source_records
from interlingua.errors import CorpusError

__all__ = ["licensed"]


def licensed(sources: Sequence[JoinSource], licences: Mapping[str, str]) -> list[SourceRecord]:
    """Return what the card says of all sources, each once, with the licences that were given.

    A licence goes by the name that a source has in the card, or by the word or the last name of the path that it was
    given as; then it is that of everything in it whose licence is not known.

    Raises:
        CorpusError: A licence is given for a source that is not there, for more than one, or for one that needs none;
            or two sources of one name differ in licence or model.
    """
    listed = united(record.as_dict() for source in sources for record in source.records)
    records = source_records({"sources": listed})
    given: dict[str, str] = {}
    for name, licence in licences.items():
        for one in [name] if name in records else _without_licence(name, sources, records):
            given.setdefault(one, licence)
    given |= {name: licence for name, licence in licences.items() if name in records}
    return [replace(record, licence=given.get(name, record.licence)) for name, record in records.items()]


def _without_licence(word: str, sources: Sequence[JoinSource], records: Mapping[str, SourceRecord]) -> list[str]:
    """The names of what has no licence in the source that a word of the command line means."""
    meant = [one for one in sources if one.given and PurePath(one.given) == PurePath(word)]
    meant = meant or [one for one in sources if one.given and PurePath(one.given).name == word]
    if not meant:
        raise CorpusError(f"a licence is given for {word}, but the sources are {', '.join(records)}")
    if len({one.given for one in meant}) > 1:
        places = " and ".join(dict.fromkeys(one.given for one in meant))
        raise CorpusError(f"a licence is given for {word}, which may be {places}; write the whole path")
    names = list(dict.fromkeys(record.source for one in meant for record in one.records))
    unknown = [name for name in names if not records[name].licence]
    if not unknown:
        known = ", ".join(f"{name} ({records[name].licence})" for name in names)
        raise CorpusError(f"a licence is given for {word}, which has one: {known}; give another by that name")
    return unknown

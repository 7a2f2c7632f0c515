"""The sets of ``catalog.toml``: what is known of each, and where its files lie."""

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from interlingua.cache import cache_folder
from interlingua.corpus.getting.downloads import OPUS, downloads, opus_folder, version_key
from interlingua.corpus.provenance import SourceRecord, source_records
from interlingua.corpus.readers.dispatch import is_address
from interlingua.corpus.readers.gettext import SOFTWARE, software_record
from interlingua.corpus.source import CARD
from interlingua.errors import CorpusError
from interlingua.explaining import nearest

__all__ = [
    "VARIABLE",
    "NamedSet",
    "data_folder",
    "data_folders",
    "info",
    "is_named",
    "locate",
    "locate_opus",
    "names",
    "placed",
    "source_record",
]

VARIABLE = "INTERLINGUA_DATA"
"""The environment variable that names the folder of data sets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSet:
    """What the catalog knows of a set.

    Args:
        name: How it is asked for.
        title: What it is, in one line.
        layout: How its file is read: ``rows``, ``pairs``, ``tatoeba``, ``scored``, ``shipped``, or, for sets that tasks
            read from a folder or file of their own, ``bucc``, ``similarity``, ``inference``.
        path: Where it lies under the data folder.
        splits: Those it has; empty where it has none.
        licence: SPDX identifier, or words where there is no single one.
        homepage: Where it comes from; empty for what is shipped.
        citation: What to cite.
        rename: Language or provenance by column, where the name of the column does not say it.
        languages: The languages, where the file does not say them.
        label: The column that holds the label of a row; empty where rows have none.
        queries: The set that asks for rows of this one, and its column that names the row, as ``SET:COLUMN``.
        evaluation: The splits that encoders are tested on; True where all rows are for that.
    """

    name: str
    title: str
    layout: str
    path: str
    splits: tuple[str, ...]
    licence: str
    homepage: str
    citation: str
    rename: Mapping[str, str] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    label: str = ""
    queries: str = ""
    evaluation: tuple[str, ...] | bool = ()


def names() -> tuple[str, ...]:
    """Return the names of all sets.

    Example:
        >>> "phrasebook" in names() and "ntrex" in names()
        True
    """
    return tuple(_catalog())


def is_named(word: str) -> bool:
    """Return whether a word names a set, or a part of one, rather than a file.

    Example:
        >>> [is_named(word) for word in ("tatoeba:tel", "opus:Tanzil@v1/en-te", "opus", "rows.tsv")]
        [True, True, False, False]
    """
    return word.partition(":")[0] in names() or word.startswith(f"{OPUS}:")


def info(name: str) -> NamedSet:
    """Return what is known of a set.

    Raises:
        CorpusError: There is no set of this name.

    Example:
        >>> info("ntrex").licence
        'CC-BY-SA-4.0'
    """
    try:
        return _catalog()[name]
    except KeyError:
        hint = nearest(name, names(), "there are")
        raise CorpusError(f"the catalog has no set {name!r}; {hint}") from None


def data_folder() -> Path:
    """Return where sets are put: ``$INTERLINGUA_DATA``, or ``data`` in the user's cache."""
    return data_folders()[0]


def data_folders() -> list[Path]:
    """Return where sets are looked for, in order."""
    given = os.environ.get(VARIABLE)
    return [*([Path(given)] if given else []), cache_folder() / "data"]


def locate(name: str) -> Path:
    """Return where the file or folder of a set lies.

    A set that ``interlingua corpus get`` wrote as a corpus is the folder of its name.

    Raises:
        CorpusError: It is not there; the message says how to get it.
    """
    entry = info(name)
    for root in data_folders():
        for path in (root / entry.path, root / name):
            if path.exists() and (path == root / entry.path or (path / CARD).is_file()):
                return path
    fetched = name in downloads()
    advice = f"`interlingua corpus get {name}` fetches it" if fetched else f"get it from {entry.homepage}"
    advice += ", or put it there by hand" if fetched else " and put it there"
    given = os.environ.get(VARIABLE, "")
    if not given:
        raise CorpusError(f"set {name} needs {VARIABLE}: the folder that holds {entry.path}; {advice}")
    raise CorpusError(f"set {name} is not at {Path(given) / entry.path} ({VARIABLE}={given}); {advice}")


def locate_opus(part: str) -> Path:
    """Return where the corpus of ``CORPUS@version/en-te`` lies; without a version, the latest that is there.

    Raises:
        CorpusError: It is not there, or the words mean nothing.
    """
    place = opus_folder(part)
    for root in data_folders():
        found = [path for path in root.glob(place) if (path / CARD).is_file()]
        if found:
            return max(found, key=lambda path: version_key(path.parent.name))
    raise CorpusError(
        f"{OPUS}:{part} is not below {data_folder() / OPUS}; `interlingua corpus get {OPUS}:{part}` fetches it"
    )


def placed(name_or_path: str) -> str:
    """Return the file or folder of a set that a task reads as it is; whatever else is named, unchanged.

    Raises:
        CorpusError: The set is not there.

    Example:
        >>> placed("phrasebook"), placed("my/folder")
        ('phrasebook', 'my/folder')
    """
    known = _catalog().get(name_or_path)
    if known is None or known.layout not in ("bucc", "similarity", "inference"):
        return name_or_path
    return str(locate(name_or_path))


def source_record(name_or_path: str) -> SourceRecord:
    """Return what cards say of a source: a set of the catalog under its name, a file under its own.

    Example:
        >>> source_record("phrasebook").licence, source_record("memories/client.tmx").source
        ('CC0-1.0', 'client.tmx')
    """
    name, colon, part = name_or_path.partition(":")
    if name == OPUS and colon:
        card = json.loads((locate_opus(part) / CARD).read_text(encoding="utf-8"))
        return next(iter(source_records(card).values()), SourceRecord(source=name_or_path))
    if name in names():
        entry = info(name)
        return SourceRecord(
            source=name_or_path, licence=entry.licence, citation=entry.citation, homepage=entry.homepage
        )
    if name_or_path.startswith(SOFTWARE):
        return software_record(part)
    archive, separator, member = name_or_path.partition("::")
    if is_address(name_or_path) or "=" in name_or_path:
        return SourceRecord(source=name_or_path)
    return SourceRecord(source=Path(archive).name + separator + member)


@cache
def _catalog() -> dict[str, NamedSet]:
    text = files("interlingua.corpus").joinpath("catalog.toml").read_text(encoding="utf-8")
    return {name: _named_set(name, entry) for name, entry in tomllib.loads(text).items()}


def _named_set(name: str, entry: Mapping[str, Any]) -> NamedSet:
    lists = {key: tuple(entry.get(key, ())) for key in ("splits", "languages")}
    role = entry.get("evaluation", ())
    return NamedSet(**{**entry, **lists, "name": name, "evaluation": role if role is True else tuple(role)})

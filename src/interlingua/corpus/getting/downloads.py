"""What ``downloads.toml`` knows: where sets are fetched from, and groups of corpora of OPUS."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from interlingua.errors import CorpusError

__all__ = ["OPUS", "Download", "Group", "OpusPart", "downloads", "groups", "opus_folder", "parse_opus", "version_key"]

OPUS = "opus"
"""What the names of corpora of OPUS begin with, as ``opus:Tanzil@v1/en-te``."""

_OPUS = re.compile(
    r"(?P<corpus>[A-Za-z0-9][\w.-]*)(?:@(?P<version>[\w.-]+))?/(?P<first>[A-Za-z_]{2,12})-(?P<second>[A-Za-z_]{2,12})"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """How a set of the catalog is fetched.

    Args:
        arrange: What makes a set of the files: a name of :mod:`interlingua.corpus.getting.layouts`.
        checked: How its place and layout are known.
        urls: Its files; empty for a repository of the hub.
        hub: ``owner/name@revision`` of a data set on the Hugging Face hub.
        members: Patterns of the files that are wanted, of an archive or of the repository.
        sizes: Bytes of every file, where known.
        sha256: Checksum of every file, where known.
        contents: Checksum of the unpacked members, for archives that are packed anew whenever they are asked for.
    """

    arrange: str
    checked: str
    urls: tuple[str, ...] = ()
    hub: str = ""
    members: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()
    sha256: tuple[str, ...] = ()
    contents: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpusPart:
    """A corpus of OPUS in some languages, each with English."""

    corpus: str
    version: str
    licence: str
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Corpora that belong together.

    Args:
        title: What they are for.
        checked: How their list is known.
        corpora: The corpora.
    """

    title: str
    checked: str
    corpora: tuple[OpusPart, ...]

    @property
    def languages(self) -> tuple[str, ...]:
        """Every language once, sorted."""
        return tuple(sorted({language for part in self.corpora for language in part.languages}))


def downloads() -> dict[str, Download]:
    """Return how sets are fetched, by name.

    Example:
        >>> downloads()["flores200"].urls
        ('https://dl.fbaipublicfiles.com/nllb/flores200_dataset.tar.gz',)
    """
    return _read()[0]


def groups() -> dict[str, Group]:
    """Return the groups of corpora, by name.

    Example:
        >>> len(groups()["dap"].languages)
        36
    """
    return _read()[1]


def parse_opus(part: str) -> tuple[str, str, tuple[str, str]]:
    """Return corpus, version (empty where none is given) and the two languages, in OPUS's order.

    Raises:
        CorpusError: The words are not ``CORPUS/en-te`` or ``CORPUS@version/en-te``.

    Example:
        >>> parse_opus("Tanzil@v1/te-en"), parse_opus("wikimedia/en-te")
        (('Tanzil', 'v1', ('en', 'te')), ('wikimedia', '', ('en', 'te')))
    """
    match = _OPUS.fullmatch(part)
    if match is None or match["first"] == match["second"]:
        raise CorpusError(f"{OPUS}:{part} names no corpus; write {OPUS}:CORPUS/en-te, or {OPUS}:CORPUS@version/en-te")
    first, second = sorted((match["first"], match["second"]))
    return match["corpus"], match["version"] or "", (first, second)


def opus_folder(part: str) -> str:
    """Return where a corpus lies below the data folder; ``*`` for a version that is not given.

    Example:
        >>> opus_folder("Tanzil@v1/te-en")
        'opus/Tanzil/v1/en-te'
    """
    corpus, version, (first, second) = parse_opus(part)
    return f"{OPUS}/{corpus}/{version or '*'}/{first}-{second}"


def version_key(version: str) -> list[tuple[int, str]]:
    """Return what versions are sorted by.

    Example:
        >>> sorted(["v10", "v9", "v2018", "v1.1"], key=version_key)
        ['v1.1', 'v9', 'v10', 'v2018']
    """
    return [(int(word), "") if word.isdigit() else (-1, word) for word in re.findall(r"\d+|\D+", version)]


@cache
def _read() -> tuple[dict[str, Download], dict[str, Group]]:
    text = files("interlingua.corpus.getting").joinpath("downloads.toml").read_text(encoding="utf-8")
    entries: dict[str, dict[str, Any]] = tomllib.loads(text)
    sets, found = {}, {}
    for name, entry in entries.items():
        if "corpora" in entry:
            parts = tuple(OpusPart(**{**part, "languages": tuple(part["languages"])}) for part in entry["corpora"])
            found[name] = Group(title=entry["title"], checked=entry["checked"], corpora=parts)
        else:
            fields: dict[str, Any] = {key: tuple(one) if isinstance(one, list) else one for key, one in entry.items()}
            sets[name] = Download(**fields)
    return sets, found

"""Line-aligned text in archives, as OPUS publishes it: ``GNOME.en-te.en`` beside ``GNOME.en-te.te``."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

from interlingua.corpus.naming import languages_renamed
from interlingua.corpus.provenance import finite_number
from interlingua.corpus.readers.archives import SEPARATOR, Member
from interlingua.corpus.readers.compression import COMPRESSED
from interlingua.corpus.readers.files import Faults, lines_of
from interlingua.corpus.readers.lines import read_lines
from interlingua.errors import FormatError, LanguageError
from interlingua.languages import canonical
from interlingua.types import Row

__all__ = ["AlignedMembers", "aligned_members", "pair_in_name", "read_moses"]

_PAIR = re.compile(r"([a-z]{2,3}(?:[_@][A-Za-z]{2,4})?)-([a-z]{2,3}(?:[_@][A-Za-z]{2,4})?)")

# Endings that are codes of some language too.
_NO_LANGUAGE = re.compile(
    "csv|doc|dic|exe|gif|gz|htm|ids|idx|inf|ini|jpg|log|mid|mo|mov|mp3|pdf|png|po|ppt|py|rar|rst|rtf|scores|sgm|sh|sql|"
    "sub|tab|tar|tex|tmx|tsv|txt|wav|xls|xml|xsl|zip",
    re.IGNORECASE,
)

_NO_LINES = re.compile("csv|html?|json|jsonl|md|ndjson|parquet|pdf|sgml?|tab|tsv|xml|ya?ml", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AlignedMembers:
    """Members of an archive whose lines go together.

    Args:
        name: What they have in common, with ``*`` for the language: ``GNOME.en-te.*``.
        files: Member by language as written.
        scores: The member with a number a line, if there is one.
        ids: The member that says which documents a line is from, if there is one.
    """

    name: str
    files: Mapping[str, str] = field(default_factory=dict)
    scores: str | None = None
    ids: str | None = None


def pair_in_name(name: str) -> tuple[str, str] | None:
    """Return the two languages that a part of a file name is, as written; None where there are none.

    Example:
        >>> pair_in_name("news-commentary-v16.de-en.tsv.gz"), pair_in_name("memory.tsv")
        (('de', 'en'), None)
    """
    for part in reversed(name.split(".")):
        found = _PAIR.fullmatch(part)
        if found and all(map(_is_language, found.groups())):
            return found[1], found[2]
    return None


def aligned_members(members: Sequence[Member]) -> list[AlignedMembers]:
    """Return which members go together: those whose names differ in a language alone.

    A part of a name between dots may be a language; where the name holds a pair (``en-te``), only its languages count.

    Example:
        >>> names = ["README", "GNOME.en-te.en", "GNOME.en-te.te", "GNOME.en-te.ids", "dev/eng.txt", "dev/tel.txt"]
        >>> [(found.name, list(found.files)) for found in aligned_members([Member(name, 1) for name in names])]
        [('GNOME.en-te.*', ['en', 'te']), ('dev/*.txt', ['eng', 'tel'])]
    """
    groups: dict[str, dict[str, str]] = {}
    for name, _ in members:
        for pattern, language in _readings(name):
            groups.setdefault(pattern, {}).setdefault(language, name)
    names = {member.name for member in members}
    found = []
    taken: set[str] = set()
    for pattern, files in sorted(groups.items(), key=lambda group: -len(group[1])):  # the same where all have one
        if len(files) > 1 and taken.isdisjoint(files.values()):
            taken.update(files.values())
            scores, ids = (_companion(pattern, what, names) for what in ("scores", "ids"))
            found.append(AlignedMembers(pattern, files, scores, ids))
    return sorted(found, key=lambda group: group.name)


def read_moses(
    archive: Path, members: AlignedMembers, *, rename: Mapping[str, str] | None = None, strict: bool = False
) -> Iterator[Row]:
    """Yield a row a line; ``_score`` and ``_document`` where the archive holds scores or identifiers.

    Args:
        archive: The archive.
        members: Which of its members.
        rename: Language by language as written in the names of the members.
        strict: A score that is no number is an error; otherwise it is left out and reported.

    Raises:
        FormatError: The members have unequally many lines, or one is damaged or not UTF-8.
        LanguageError: Two members are of one language.
    """
    rename = languages_renamed(rename, where=archive)
    rows = read_lines({rename.get(code, code): _place(archive, name) for code, name in members.files.items()})
    beside = {"_score": members.scores, "_document": members.ids}
    places = {name: _place(archive, member) for name, member in beside.items() if member}
    aligned: Iterator[tuple[Any, ...]] = zip_longest(rows, *map(lines_of, places.values()))
    with Faults(places.get("_score", archive), strict=strict) as faults:
        for number, (row, *lines) in enumerate(aligned, start=1):
            if row is None or None in lines:
                odd = zip(places.values(), lines, strict=True)
                raise FormatError(
                    "has more or fewer lines than the texts; were they cut or filtered apart from each other?",
                    path=next(path for path, line in odd if (line is None) != (row is None)),
                    line=number,
                )
            known = {name: line.split("\t")[0] for name, line in zip(places, lines, strict=True) if line.strip()}
            yield Row(row.texts, {**row.meta, **_with_number(known, faults, line=number)})


def _place(archive: Path, member: str) -> Path:
    return Path(f"{archive}{SEPARATOR}{member}")


def _with_number(known: dict[str, str], faults: Faults, *, line: int) -> dict[str, str | float]:
    written = known.pop("_score", None)
    if written is None:
        return {**known}
    try:
        return {"_score": finite_number(written), **known}
    except ValueError:
        faults.add(f"the score {written[:20]!r} is no number", line=line)
        return {**known}


def _readings(name: str) -> Iterator[tuple[str, str]]:
    """Every way in which a part of a member's name may be its language: what the name is without it, and it."""
    folder, slash, last = name.rpartition("/")
    ending = next((end for end in COMPRESSED if last.lower().endswith(end)), "")
    parts = last.removesuffix(ending).split(".")
    pair = pair_in_name(last)
    if _NO_LINES.fullmatch(parts[-1]):
        return
    for i, part in enumerate(parts):
        if (part in pair) if pair else (not _NO_LANGUAGE.fullmatch(part) and _is_language(part)):
            yield f"{folder}{slash}{'.'.join([*parts[:i], '*', *parts[i + 1 :]])}{ending}", part


def _is_language(written: str) -> bool:
    try:
        canonical(written)
    except LanguageError:
        return False
    return True


def _companion(pattern: str, what: str, names: set[str]) -> str | None:
    candidates = (pattern.replace("*", what) + end for end in ("", *COMPRESSED))
    return next((name for name in candidates if name in names), None)

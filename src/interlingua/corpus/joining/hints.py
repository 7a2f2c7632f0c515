"""What keeps the rows of sources apart though they could meet, and what nobody knows of them; with what to type."""

import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet

from interlingua.corpus.joining.sources import JoinSource
from interlingua.corpus.provenance import SourceRecord
from interlingua.corpus.renaming import columns_of
from interlingua.errors import LanguageError
from interlingua.languages import canonical, plain_rename, without_variant

__all__ = ["language_hints", "licence_hints"]

_REGION = re.compile(r"[A-Z]{2}|[0-9]{3}")

_SHOWN = 3


def language_hints(
    sources: Sequence[JoinSource], languages: Sequence[AbstractSet[str]], *, pivot: str
) -> Iterator[str]:
    """Say which sources have a language under a region that others have without one, and which have no pivot.

    Args:
        sources: The sources.
        languages: Those that each has, canonical.
        pivot: The language that rows are joined by.
    """
    holders: dict[str, list[str]] = {}
    for source, spoken in zip(sources, languages, strict=True):
        for code in spoken:
            holders.setdefault(code, []).append(source.name)
    regional: dict[tuple[str, str], list[str]] = {}
    astray: list[str] = []
    for source, spoken in zip(sources, languages, strict=True):
        found = [
            code
            for code in sorted(spoken)
            if source.written and _is_apart(code, spoken) and without_variant(code) in holders
        ]
        for code in found:
            words = plain_rename(code, written=_spelling(source.written, code))
            regional.setdefault((code, words), []).append(source.name)
        if spoken and pivot not in spoken and pivot not in map(without_variant, found):
            astray.append(source.name)
    for (code, words), names in regional.items():
        both = f"{code} (of {_some(names)}) and {without_variant(code)} (of {_some(holders[without_variant(code)])})"
        yield f"{both} are two languages; --rename {words} makes them one"
    if astray:
        yield f"no row of {_some(astray)} has {pivot} to join by, so none meets another source's"


def licence_hints(records: Iterable[SourceRecord]) -> Iterator[str]:
    """Say of which sources no licence is known."""
    unknown = [record.source for record in records if not record.licence]
    if unknown:
        name = unknown[0] if re.fullmatch(r"[\w./:@+-]+", unknown[0]) else f"'{unknown[0]}'"
        yield f"no licence is known of {_some(unknown)}; --licence {name}=CC-BY-4.0, for example, tells it"


def _is_apart(code: str, spoken: AbstractSet[str]) -> bool:
    """Whether this is a language under a region, and not one of two columns of its source."""
    return without_variant(code) not in spoken and _REGION.fullmatch(code.partition("-")[2]) is not None


def _spelling(source: str, code: str) -> str | None:
    """The name of the column, where it can be told."""
    return next((name for name in columns_of(source) or () if _code(name) == code), None)


def _code(name: str) -> str | None:
    try:
        return canonical(name)
    except LanguageError:
        return None


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more

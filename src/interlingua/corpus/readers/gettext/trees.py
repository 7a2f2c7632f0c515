"""Where the catalogs of a tree lie, which language each is of, and which of them translate the same messages."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePath
from typing import NamedTuple

from interlingua.corpus.readers.files import COMPRESSED, Faults, bare_suffix
from interlingua.corpus.readers.gettext.faults import FaultsOfOne
from interlingua.corpus.readers.gettext.locales import SUPERSEDED, language_of_locale
from interlingua.corpus.readers.gettext.units import catalog_header
from interlingua.errors import CorpusError, FormatError, LanguageError

__all__ = ["Domain", "catalog_files", "domains_of", "is_catalog", "language_of_catalog"]

_MESSAGES = "LC_MESSAGES"
_CATEGORY = re.compile("LC_[A-Z]+")


class Domain(NamedTuple):
    """Catalogs of the same messages, one a language.

    Args:
        name: Their path without language, as ``django/contrib/admin/locale/django``.
        catalogs: File by canonical language, sorted.
    """

    name: str
    catalogs: Mapping[str, Path]


class _Place(NamedTuple):
    """What a path says: the locale and the rest."""

    locale: str
    rest: tuple[str, ...]


def is_catalog(path: Path) -> bool:
    """Whether a file is called as catalogs are."""
    return bare_suffix(path) in (".po", ".mo")


def catalog_files(folder: Path) -> Iterator[Path]:
    """Yield the catalogs below a folder, sorted; links to folders, and ``LC_TIME`` and its like, are not followed."""
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name == _MESSAGES or not _CATEGORY.fullmatch(name))
        yield from (path for name in sorted(files) if is_catalog(path := Path(place, name)))


def domains_of(
    root: Path, files: Iterable[Path], *, rename: Mapping[str, str], faults: Faults, strict: bool
) -> list[Domain]:
    """Return the domains of a tree, sorted by name.

    The language is told by, in this order: the folder above ``LC_MESSAGES``; the name of the file (``de.po``), its
    ending (``shop.de.po``, ``shop-de_AT.po``) or its folder (``de/shop.po``); the header, which also wins over a
    three-letter code of the path, since ``app`` is a language too. Of a ``.po`` and a ``.mo`` beside each other the
    ``.po`` is read; of two catalogs of one language the larger, unless it goes by an old code (``mo`` beside ``ro``).

    Args:
        root: The folder.
        files: The catalogs in it.
        rename: Language by locale as written.
        faults: Told of files whose language nobody knows, and of second catalogs of a language in one domain.
        strict: Those are errors.

    Raises:
        FormatError: With ``strict``.
    """
    found: dict[str, dict[str, Path]] = {}
    placed: list[tuple[_Place, Path, FaultsOfOne]] = []
    for path in _written(files):
        own = FaultsOfOne(faults, path, shown=str(path.relative_to(root)), strict=strict)
        try:
            placed.append((_place(path, path.relative_to(root), rename), path, own))
        except CorpusError as error:
            own.add(str(error), line=None)
    unknown: set[str] = set()
    for place, path, own in sorted(placed, key=_preference):
        try:
            language = _language(place.locale, rename)
        except LanguageError as error:
            if place.locale not in unknown:
                unknown.add(place.locale)
                own.add(str(error), line=None)
            continue
        catalogs = found.setdefault("/".join(place.rest) or root.name, {})
        if (first := catalogs.setdefault(language, path)) is not path:
            beside = first.relative_to(root)
            own.add(f"a second catalog of {language} beside {beside}; give one another language (--rename)", line=None)
    return [Domain(name, dict(sorted(found[name].items()))) for name in sorted(found)]


def language_of_catalog(path: Path, *, rename: Mapping[str, str]) -> str:
    """Return the language of one catalog, by the rule of :func:`domains_of`.

    Raises:
        FormatError: Neither its path nor its header says it.
        LanguageError: Nobody knows what they say.
    """
    shown = Path(*path.absolute().parts[1:])
    return _language(_place(path, shown, rename).locale, rename)


def _written(files: Iterable[Path]) -> Iterator[Path]:
    """The files, without a ``.mo`` that was compiled from a ``.po`` beside it."""
    paths = sorted(set(files))
    sources = {_bare(path) for path in paths if bare_suffix(path) == ".po"}
    return (path for path in paths if bare_suffix(path) == ".po" or _bare(path) not in sources)


def _bare(path: PurePath) -> PurePath:
    return (path.with_suffix("") if path.suffix.lower() in COMPRESSED else path).with_suffix("")


def _place(path: Path, shown: PurePath, rename: Mapping[str, str]) -> _Place:
    """The locale of a catalog: from its path, but where that says a three-letter code only, the header may object.

    Raises:
        CorpusError: Neither says it, or the header is needed and cannot be read.
    """
    bare = _bare(shown)
    parts, stem = bare.parts[:-1], bare.name
    if _MESSAGES in parts[1:]:
        above = len(parts) - 1 - parts[::-1].index(_MESSAGES)
        return _Place(parts[above - 1], (*parts[: above - 1], *parts[above + 1 :], stem))
    choices = [one for one in _choices(parts, stem) if _known(one.locale, rename) is not None]
    for one in choices:
        if one.locale in rename or not one.locale[2:3].isalpha():
            return one
    written = catalog_header(path).language
    language = _known(written, rename)
    if choices and (language is None or language[:3] == (_known(choices[0].locale, rename) or "")[:3]):
        return choices[0]
    if not written:
        raise FormatError(
            "neither its path nor its header says the language; name it as LANG/LC_MESSAGES/DOMAIN.po, "
            "DOMAIN.LANG.po or LANG.po, or give the header a Language",
            path=path,
        )
    return _Place(written, bare.parts)


def _choices(parts: tuple[str, ...], stem: str) -> Iterator[_Place]:
    """What could be a locale: the name, its ending, the folder."""
    yield _Place(stem, parts)
    for mark in ".-":
        name, found, ending = stem.rpartition(mark)
        if found:
            yield _Place(ending, (*parts, name))
    if parts:
        yield _Place(parts[-1], (*parts[:-1], stem))


def _preference(placed: tuple[_Place, Path, FaultsOfOne]) -> tuple[bool, int]:
    """Which catalog of a language is read: a locale of today (``ro``, not ``mo``), then the larger file."""
    place, path, _ = placed
    return place.locale.partition("_")[0] in SUPERSEDED, -path.stat().st_size


def _language(locale: str, rename: Mapping[str, str]) -> str:
    return language_of_locale(rename.get(locale, locale))


def _known(locale: str, rename: Mapping[str, str]) -> str | None:
    try:
        return _language(locale, rename)
    except LanguageError:
        return None

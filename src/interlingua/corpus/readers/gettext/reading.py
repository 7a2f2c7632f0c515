"""Catalogs to n-way rows: one file as a stream, a tree domain by domain."""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from interlingua.corpus.naming import languages_renamed
from interlingua.corpus.readers.files import Faults
from interlingua.corpus.readers.gettext.faults import FaultCounter, FaultsOfOne
from interlingua.corpus.readers.gettext.trees import Domain, catalog_files, domains_of, language_of_catalog
from interlingua.corpus.readers.gettext.units import Key, Unit, catalog_units
from interlingua.errors import CorpusError
from interlingua.languages import canonical
from interlingua.types import Row

__all__ = ["read_catalogs", "read_gettext"]

SOURCE = "msgid"
"""How ``rename`` calls the source language, that of ``msgid``: English unless ``{"msgid": "fra"}`` says otherwise."""

_REMEMBERED = 500_000
"""Messages of one file whose keys are remembered, to tell of those that come twice; 50 MB."""

logger = logging.getLogger(__name__)


def read_gettext(path: str | Path, *, rename: Mapping[str, str] | None = None, strict: bool = False) -> Iterator[Row]:
    r"""Yield a row a message of a ``.po`` or ``.mo``, or of all catalogs below a folder, joined over languages.

    A message is joined by ``msgctxt``, ``msgid`` and ``msgid_plural`` within a domain (the catalogs whose paths differ
    in the language only). One with plurals gives two rows, see :func:`catalog_units`. Rows with less than two texts are
    left out. A file is read in constant memory; of a tree, the messages of one domain are held at a time.

    ``_id`` is a hash of what a message is joined by, after the domain and a colon in a tree; ``_context``, ``_number``
    (``one``, ``other``), ``_reference`` and, in a tree, ``_domain`` say the rest.

    Args:
        path: The file, which may be compressed, or the folder.
        rename: Language by locale as written, as ``{"en_GB": "eng-GB"}``; ``msgid`` stands for the source language,
            which is English otherwise.
        strict: A bad entry, a catalog that is damaged and a language that nobody knows are errors; otherwise they are
            left out and reported.

    Raises:
        CorpusError: There is no such file, or no catalog in the folder.
        FormatError: A single file is no catalog, or says no language; with ``strict``, anything bad.
        LanguageError: Nobody knows the language of a single file, or a language of ``rename``.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     for language, text in {"de": "Drucken", "fr": "Imprimer"}.items():
        ...         _ = Path(folder, f"{language}.po").write_text(f'msgid "Print"\nmsgstr "{text}"\n')
        ...     next(read_gettext(folder)).texts
        {'eng_Latn': 'Print', 'deu_Latn': 'Drucken', 'fra_Latn': 'Imprimer'}
    """
    path = Path(path)
    if not path.is_dir():
        return _one(path, rename or {}, strict=strict)
    files = list(catalog_files(path))
    if not files:
        raise CorpusError(f"{path} holds no .po or .mo, nor does any folder below it")
    return read_catalogs(path, files, rename=rename, strict=strict)


def read_catalogs(
    root: Path, files: Iterable[Path], *, rename: Mapping[str, str] | None = None, strict: bool = False
) -> Iterator[Row]:
    """Yield the rows of these catalogs below a folder; as :func:`read_gettext` of all that are there.

    Raises:
        FormatError: With ``strict``, a bad entry, a damaged file or an unknown language.
    """
    rename = languages_renamed(rename, where=root)
    source = canonical(rename.pop(SOURCE, "eng"))
    left_out: Counter[str] = Counter()
    with Faults(root, strict=strict) as faults:
        for domain in domains_of(root, files, rename=rename, faults=faults, strict=strict):
            yield from _joined(domain, root, source, faults, left_out, strict=strict)
    _tell(root, left_out)


def _one(path: Path, rename: Mapping[str, str], *, strict: bool) -> Iterator[Row]:
    rename = languages_renamed(rename, where=path)
    source = canonical(rename.pop(SOURCE, "eng"))
    left_out: Counter[str] = Counter()
    seen: set[int] = set()
    with Faults(path, strict=strict) as faults:
        language = language_of_catalog(path, rename=rename)
        if language == source:
            raise CorpusError(
                f"{path} is in {source}, the language it translates from; read the folder of all languages"
            )
        for unit in catalog_units(path, faults, left_out):
            key = hash(unit.key)
            if key in seen:
                faults.add(f"a message comes a second time: {_shown(unit.key)}", line=unit.line)
            elif unit.key.source.strip():
                if len(seen) < _REMEMBERED:
                    seen.add(key)
                yield _row(unit.key, {source: unit.key.source, language: unit.text}, unit.references)
    _tell(path, left_out)


def _joined(
    domain: Domain, root: Path, source: str, faults: Faults, left_out: Counter[str], *, strict: bool
) -> Iterator[Row]:
    texts: dict[Key, dict[str, str]] = {}
    references: dict[Key, str] = {}
    for language, path in domain.catalogs.items():
        own = FaultsOfOne(faults, path, shown=str(path.relative_to(root)), strict=strict)
        try:
            units = _distinct(catalog_units(path, own, left_out), own)
        except CorpusError as error:
            if strict:
                raise
            faults.add(str(error), line=None)
            continue
        for key, unit in units.items():
            texts.setdefault(key, {})[language] = unit.text
            references[key] = references.get(key) or unit.references
    keyed = _is_keyed(texts, source)
    for key, translations in texts.items():
        found = translations if keyed or source in translations else {source: key.source, **translations}
        cells = {language: text for language, text in found.items() if text.strip()}
        if len(cells) < 2:
            left_out["in one language only"] += 1
            continue
        yield _row(key, cells, references[key], domain.name)


def _distinct(units: Iterable[Unit], faults: FaultCounter) -> dict[Key, Unit]:
    """The units of a whole catalog by key, so that a damaged one leaves nothing behind."""
    found: dict[Key, Unit] = {}
    for unit in units:
        if found.setdefault(unit.key, unit) is not unit:
            faults.add(f"a message comes a second time: {_shown(unit.key)}", line=unit.line)
    return found


def _is_keyed(texts: Mapping[Key, Mapping[str, str]], source: str) -> bool:
    """Whether ``msgid`` is a name, as ``button.save``, and not a text.

    It is where the source language has a catalog, and most of what it translates are words without white space that
    become another text.
    """
    own = [(key.source, cells[source]) for key, cells in texts.items() if source in cells]
    names = sum(text != name and not any(map(str.isspace, name)) for name, text in own)
    return 2 * names > len(own)


def _row(key: Key, texts: Mapping[str, str], references: str, domain: str | None = None) -> Row:
    meta = {"_id": key.hash if domain is None else f"{domain}:{key.hash}"}
    known = {"_domain": domain, "_context": key.context, "_number": key.number, "_reference": references}
    return Row(texts, meta | {name: value for name, value in known.items() if value})


def _shown(key: Key) -> str:
    return repr(key.source if len(key.source) <= 40 else key.source[:40] + "...")


def _tell(path: Path, left_out: Counter[str]) -> None:
    if counts := +left_out:
        shown = ", ".join(f"{count:,} {why}" for why, count in counts.most_common())
        logger.info("%s: messages left out: %s", path, shown)

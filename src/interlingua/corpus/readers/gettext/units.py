"""Entries of one catalog to units: a text of the source language, or one number of it, and its translation."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import xxhash

from interlingua.corpus.readers.files import bare_suffix
from interlingua.corpus.readers.gettext.entries import Entry, Header
from interlingua.corpus.readers.gettext.faults import FaultCounter, Uncounted
from interlingua.corpus.readers.gettext.mo import mo_entries
from interlingua.corpus.readers.gettext.plurals import PluralForms, plural_forms
from interlingua.corpus.readers.gettext.po import po_entries

__all__ = ["ONE", "OTHER", "Key", "Unit", "catalog_header", "catalog_units"]

ONE, OTHER = "one", "other"


class Key(NamedTuple):
    """What a message is joined over languages by.

    Args:
        context: ``msgctxt``; None where there is none, which is not the same as an empty one.
        singular, plural: ``msgid`` and ``msgid_plural``; the latter empty where there is none.
        number: ``one`` or ``other`` of a message with plurals, else empty.
    """

    context: str | None
    singular: str
    plural: str
    number: str

    @property
    def source(self) -> str:
        """The text that is translated."""
        return self.plural if self.number == OTHER else self.singular

    @property
    def hash(self) -> str:
        """64 bits of it: the same on every machine and in every release."""
        parts = ["" if self.context is None else f"{self.context}\4", self.singular, self.plural, self.number]
        return xxhash.xxh3_64_hexdigest("\0".join(parts).encode("utf-8", "surrogatepass"))


class Unit(NamedTuple):
    """A message, or one number of it, with its translation, which is not blank.

    Args:
        key: What it is joined by.
        text: The translation.
        line: Where its entry begins; None in ``.mo``.
        references: Where programs use it.
    """

    key: Key
    text: str
    line: int | None
    references: str


def catalog_units(path: Path, faults: FaultCounter, left_out: Counter[str]) -> Iterator[Unit]:
    """Yield the units of a ``.po`` or ``.mo``, in the order of the file.

    A message without plural is a unit. One with plural is two: ``msgid`` with the form for n = 1, and ``msgid_plural``
    with the form that most n from 2 to 100 take; only the latter where both are one form. The header's ``Plural-Forms``
    says which; other forms are not read.

    Args:
        path: The file; may be compressed.
        faults: Told of entries that cannot be read.
        left_out: Counts those that are fuzzy, untranslated or obsolete.

    Raises:
        CorpusError: The file cannot be opened.
        FormatError: It is no catalog, or is damaged as a whole.
    """
    plurals: PluralForms | None = PluralForms(0, 1, 2)
    for entry in _entries(path, faults, left_out):
        if entry.is_header:
            plurals = _plurals(entry, faults)
        elif entry.fuzzy:
            left_out["fuzzy"] += 1
        elif not any(text.strip() for text in entry.forms.values()):
            left_out["untranslated"] += 1
        elif entry.plural is None:
            yield Unit(Key(entry.context, entry.singular, "", ""), entry.forms[0], entry.line, entry.references)
        elif plurals is None:
            left_out["of unknown plural"] += 1
        else:
            yield from _numbers(entry, entry.plural, plurals, faults)


def catalog_header(path: Path) -> Header:
    """Return the header of a catalog; an empty one where the first entry is none.

    Raises:
        CorpusError: The file cannot be opened.
        FormatError: It is no catalog, or is damaged at its beginning.
    """
    first = next(_entries(path, Uncounted(), Counter()), None)
    return Header(first.forms.get(0, "")) if first is not None and first.is_header else Header()


def _entries(path: Path, faults: FaultCounter, left_out: Counter[str]) -> Iterator[Entry]:
    return (mo_entries if bare_suffix(path) == ".mo" else po_entries)(path, faults, left_out)


def _plurals(header: Entry, faults: FaultCounter) -> PluralForms | None:
    try:
        return plural_forms(Header(header.forms.get(0, "")))
    except ValueError as error:
        faults.add(f"{error}; messages with plurals are left out", line=header.line)
        return None


def _numbers(entry: Entry, plural: str, plurals: PluralForms, faults: FaultCounter) -> Iterator[Unit]:
    beyond = [number for number in entry.forms if number >= plurals.total]
    if beyond:
        faults.add(f"msgstr[{beyond[0]}], but nplurals is {plurals.total}", line=entry.line)
        return
    wanted = {OTHER: plurals.many} if plurals.one == plurals.many else {ONE: plurals.one, OTHER: plurals.many}
    absent = [number for number in wanted.values() if not entry.forms.get(number, "").strip()]
    if absent:
        faults.add(f"msgstr[{absent[0]}] is missing", line=entry.line)
    for number, form in wanted.items():
        if form not in absent:
            yield Unit(
                Key(entry.context, entry.singular, plural, number), entry.forms[form], entry.line, entry.references
            )

"""Tables without a header whose name says their two languages, as WMT publishes them."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from interlingua.corpus.naming import languages_renamed
from interlingua.corpus.readers.compression import bare_suffix
from interlingua.corpus.readers.delimited import delimited_records
from interlingua.corpus.readers.files import Faults
from interlingua.corpus.readers.moses import pair_in_name
from interlingua.corpus.wording import counted
from interlingua.errors import CorpusError, LanguageError
from interlingua.languages import canonical
from interlingua.types import Row

__all__ = ["is_headerless", "read_headerless"]

logger = logging.getLogger(__name__)


def is_headerless(path: Path, *, rename: Mapping[str, str] | None = None) -> bool:
    """Return whether the name says the languages (``x.de-en.tsv``) and the first line has texts, not names.

    Raises:
        CorpusError: The file cannot be opened.
        FormatError: The first line is not UTF-8.
    """
    if bare_suffix(path) not in (".tsv", ".tab", ".txt") or pair_in_name(path.name) is None:
        return False
    fields = _first_fields(path)
    if _is_scored(fields):
        return True  # the fields behind may be languages that something has told
    return len(fields) > 1 and not any(field in (rename or {}) or _names_column(field) for field in fields)


def read_headerless(path: Path, *, rename: Mapping[str, str] | None = None, strict: bool = False) -> Iterator[Row]:
    """Yield a row a line: the two texts, in the order of the languages in the name; before them there may be a score.

    ``_id`` is the line. A blank line ends a document and is no row: ``_document`` counts those passed. Fields after
    the texts become ``_field3`` and so on, by their place.

    Args:
        path: As ``news-commentary-v16.de-en.tsv.gz`` or ``WikiMatrix.v1.de-en.langid.tsv.gz``; may be compressed.
        rename: Language by language as written in the name.
        strict: A line with too few fields or a wrong score is an error; otherwise it is left out and reported.

    Raises:
        CorpusError: The name says no languages.
        FormatError: The file is not UTF-8; with ``strict``, a bad line.
    """
    pair = pair_in_name(path.name)
    if pair is None:
        raise CorpusError(f"the name of {path} says no two languages, as x.de-en.tsv would")
    rename = languages_renamed(rename, where=path)
    languages = [canonical(rename.get(code, code)) for code in pair]
    scored = _is_scored(_first_fields(path))
    logger.info("%s has no header; its name says %s", path, " and ".join(languages))
    documents = 0
    with Faults(path, strict=strict) as faults:
        for line, fields in delimited_records(path, faults):
            if not "".join(fields).strip():
                documents += 1
                continue
            fault = _fault(fields, scored=scored)
            if fault:
                faults.add(fault, line=line)
                continue
            row = _row(fields, languages, line, scored=scored)
            yield Row(row.texts, {**row.meta, "_document": documents}) if documents else row


def _fault(fields: Sequence[str], *, scored: bool) -> str | None:
    needed = 3 if scored else 2
    if len(fields) < needed:
        return f"{counted(len(fields), 'field')} instead of {needed} or more"
    if scored and not _is_number(fields[0]):
        return f"the score {fields[0][:20]!r} is no number"
    return None


def _row(fields: Sequence[str], languages: Sequence[str], line: int, *, scored: bool) -> Row:
    meta: dict[str, object] = {"_id": str(line)}
    first = int(scored)
    if scored:
        meta["_score"] = float(fields[0])
    meta |= {f"_field{i}": field for i, field in enumerate(fields[first + 2 :], start=first + 3) if field.strip()}
    texts = zip(languages, fields[first : first + 2], strict=True)
    return Row({language: text for language, text in texts if text.strip()}, meta)


def _first_fields(path: Path) -> list[str]:
    with Faults(path, strict=True) as faults:
        records = delimited_records(path, faults)
        return next((fields for _, fields in records if "".join(fields).strip()), [])


def _is_scored(fields: Sequence[str]) -> bool:
    return len(fields) > 2 and _is_number(fields[0])


def _is_number(field: str) -> bool:
    try:
        return abs(float(field)) < float("inf")
    except ValueError:
        return False


def _names_column(field: str) -> bool:
    if field.startswith("_"):
        return True
    try:
        canonical(field)
    except LanguageError:
        return False
    return True

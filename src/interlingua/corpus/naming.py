"""What the columns of a file hold, told by their names."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from interlingua.errors import CorpusError, LanguageError
from interlingua.languages import canonical, display_name, language_named

__all__ = ["advice_on", "canonical_names", "check_text", "languages_renamed", "meaning_of"]


def canonical_names(
    names: Sequence[str], *, where: str, rename: Mapping[str, str] | None = None, hint: str = ""
) -> dict[str, str]:
    """Return given column names by canonical name: languages, and provenance that begins with ``_``.

    Args:
        names: As the file has them.
        where: The file, for messages.
        rename: Language or ``_name`` by given name, for columns whose name does not say it.
        hint: What else could be wrong, for messages.

    Raises:
        CorpusError: A name is no language and does not begin with ``_``, or there is no language at all.
        LanguageError: Two columns mean one language.
    """
    rename = rename or {}
    absent = sorted(set(rename) - set(names))
    if absent:
        raise CorpusError(f"{where} has no column {', '.join(absent)} to rename; it has {', '.join(names)}")
    columns: dict[str, str] = {}
    for given in names:
        meant = rename.get(given, given)
        code = (
            meant if meant.startswith("_") else _language(given, meant, where=where, named=given in rename, hint=hint)
        )
        if code in columns:
            kind = LanguageError if code[0] != "_" else CorpusError
            raise kind(f"{where}: columns {columns[code]!r} and {given!r} both mean {code}; drop one or rename it")
        columns[code] = given
    if all(code.startswith("_") for code in columns):
        raise CorpusError(f"{where} has no column of text; its columns are {', '.join(names)}")
    return dict(sorted(columns.items(), key=lambda column: not column[0].startswith("_")))


def meaning_of(given: str, rename: Mapping[str, str] | None = None) -> str | None:
    """Return what the name of one column means, a language or ``_name``; None where it cannot be told.

    Example:
        >>> meaning_of("de"), meaning_of("id"), meaning_of("id", {"id": "_id"})
        ('deu_Latn', None, '_id')
    """
    meant = (rename or {}).get(given, given)
    if meant.startswith("_"):
        return meant
    try:
        return _language(given, meant, where="", named=given in (rename or {}), hint="")
    except CorpusError:
        return None


def languages_renamed(rename: Mapping[str, str] | None, *, where: str | Path) -> dict[str, str]:
    """Return the renames of a source that has languages, as it writes them, and no other columns.

    Raises:
        CorpusError: A language is to become provenance.

    Example:
        >>> languages_renamed({"en-US": "eng"}, where="a.tmx")
        {'en-US': 'eng'}
    """
    for given, meant in (rename or {}).items():
        if meant.startswith("_"):
            example = f"{given}={'ind' if given.lower() == 'id' else 'eng'}"
            raise CorpusError(
                f"{where}: what can be renamed here are languages, to languages, and {given}={meant} would make a "
                f"column of the language written {given}; leave it out, or say which language it is, as {example}"
            )
    return dict(rename or {})


def advice_on(given: str) -> str:
    """Return what to say of a column whose name cannot be told.

    Example:
        >>> advice_on("note")
        'say --rename note=_note for provenance, or note=eng for a language'
        >>> advice_on("Deutsch")
        'say --rename Deutsch=deu for German, or Deutsch=_Deutsch for provenance'
    """
    language, named = _example(given)
    if named:
        return f"say --rename {given}={language}, or {given}=_{given} for provenance"
    return f"say --rename {given}=_{given} for provenance, or {given}={language}"


def _example(given: str) -> tuple[str, bool]:
    """What a column could be renamed to, and whether its name is that of a language."""
    if given.lower() == "id":
        return "ind for Indonesian", False
    code = language_named(given)
    if code is None:
        return "eng for a language", False
    plain = code.partition("_")[0]
    return f"{plain if canonical(plain) == code else code} for {display_name(code)}", True


def _language(given: str, meant: str, *, where: str, named: bool, hint: str) -> str:
    advice = f"rename it: {given}=_{given} for provenance, or {given}={_example(given)[0]}{hint}"
    if given.lower() == "id" and not named:
        raise CorpusError(f"{where}: column {given!r} may be an identifier or Indonesian; {advice}")
    try:
        return canonical(meant)
    except LanguageError as error:
        raise CorpusError(f"{where}: column {given!r} is no language ({error}); {advice}") from error


def check_text(schema: Any, columns: Mapping[str, str], *, where: str) -> None:
    """Check that every language column of a ``pyarrow.Schema`` holds text.

    Raises:
        CorpusError: One holds something else.
    """
    for code, given in columns.items():
        kind = schema.field(given).type
        values = kind.value_type if pa.types.is_dictionary(kind) else kind
        text = pa.types.is_string(values) or pa.types.is_large_string(values) or pa.types.is_null(values)
        if not (text or code.startswith("_")):
            raise CorpusError(f"{where}: column {given!r} holds {kind}, not text; rename it: {given}=_{given}")

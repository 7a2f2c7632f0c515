"""Language codes: read any usual spelling, write one.

The canonical code is ISO 639-3, an underscore and the ISO 15924 script: ``eng_Latn``. What distinguishes two columns of
one language follows a hyphen: a region (``spa_Latn-MX``) or a name (``spa_Latn-ref2``).

Two tables hold everything that is decided here rather than looked up:

- ``MACRO_MEMBERS``: data sets name the same language by its macro-code (``swa``, ``zho``) or by the individual code
  (``swh``, ``cmn``). The individual one is canonical, as in FLORES+ (which writes ``ekk`` and ``cmn`` where FLORES-200
  wrote ``est`` and ``zho``); one exception, ``tgl``, keeps the code of FLORES-200 and NLLB. A macro-code without one
  customary member (``que``, ``hmn``, ``oji``, ``syr``) stays as it is.
- ``SCRIPTS``: the script of a bare code where CLDR's likely subtags say something else than multilingual text does.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING

from interlingua.errors import LanguageError

if TYPE_CHECKING:
    from langcodes import Language

__all__ = [
    "canonical",
    "canonical_columns",
    "display_name",
    "language_named",
    "plain_rename",
    "short_code",
    "variant_hint",
    "without_variant",
]

MACRO_MEMBERS = {
    "ara": "arb",
    "aym": "ayr",
    "aze": "azj",
    "din": "dik",
    "est": "ekk",
    "fas": "pes",
    "fil": "tgl",
    "grn": "gug",
    "kau": "knc",
    "kur": "kmr",
    "lav": "lvs",
    "mlg": "plt",
    "mon": "khk",
    "msa": "zsm",
    "nep": "npi",
    "nor": "nob",
    "ori": "ory",
    "orm": "gaz",
    "pus": "pbt",
    "sqi": "als",
    "swa": "swh",
    "uzb": "uzn",
    "yid": "ydd",
    "zho": "cmn",
}

# By whose name an individual language goes in English; Bokmal and Nynorsk keep theirs.
_MACROS = {member: macro for macro, member in MACRO_MEMBERS.items() if macro != "nor"}

SCRIPTS = {
    "cmn": "Hans",
    "gaz": "Latn",
    "grc": "Grek",
    "hyw": "Armn",
    "jpn": "Jpan",
    "khk": "Cyrl",
    "kmr": "Latn",
    "knc": "Latn",
    "kor": "Hang",
    "mey": "Arab",
    "npi": "Deva",
    "oji": "Cans",
    "ory": "Orya",
    "orv": "Cyrl",
    "pbt": "Arab",
    "shi": "Latn",
    "srp": "Cyrl",
    "wal": "Latn",
    "ydd": "Hebr",
}

# Regions that only say which script is meant.
_SCRIPT_REGIONS = {("cmn", "Hans", "CN"), ("cmn", "Hant", "TW")}

# Suffixes that data sets write like regions though ISO 3166 has none such (NTREX: the canton of Zurich).
_OTHER_REGIONS = frozenset({"ZH"})

_WORD = "[a-z0-9]{1,8}"
_CODE = re.compile(rf"(?P<language>[a-z]{{2,3}})(?:-(?P<script>[a-z]{{4}}))?(?:-(?P<suffix>{_WORD}(?:-{_WORD})*))?")
_REGION = re.compile(r"[a-z]{2}|[0-9]{3}")


@lru_cache(maxsize=65536)
def canonical(code: str) -> str:
    """Return the canonical code for any usual spelling of a language.

    Args:
        code: ISO 639-1, -2 or -3, BCP-47, or a code as FLORES, NLLB, LASER, Tatoeba or NTREX write it; case and the
            choice between ``-`` and ``_`` do not matter.

    Raises:
        LanguageError: Nobody knows the code; the message offers similar ones.

    Example:
        >>> [canonical(code) for code in ("de", "pt-BR", "zho_Hans", "zh-TW", "swa", "SRP-cyrl", "spa-ref2")]
        ['deu_Latn', 'por_Latn-BR', 'cmn_Hans', 'cmn_Hant', 'swh_Latn', 'srp_Cyrl', 'spa_Latn-ref2']
    """
    match = _CODE.fullmatch(code.strip().lower().replace("_", "-"))
    found = _individual(match["language"]) if match else None
    suffix = _suffix(match["suffix"]) if match else None
    if match is None or found is None or suffix is None:
        raise LanguageError(_unknown(code))
    language, implied = found
    first = suffix.partition("-")[0]
    region = first if _REGION.fullmatch(first.lower()) else None
    script = (match["script"] or "").title() or implied or _script(language, region)
    if not _known(script=script):
        raise LanguageError(_unknown(code))
    if (language, script, region) in _SCRIPT_REGIONS:
        suffix = suffix.removeprefix(region or "").removeprefix("-")
    return f"{language}_{script}" + (f"-{suffix}" if suffix else "")


def canonical_columns(names: Iterable[str]) -> dict[str, str]:
    """Return the given names by canonical code, in the given order.

    Raises:
        LanguageError: A name is not a language, or two names mean the same one.

    Example:
        >>> canonical_columns(["en", "swa"])
        {'eng_Latn': 'en', 'swh_Latn': 'swa'}
    """
    columns: dict[str, str] = {}
    for name in names:
        code = canonical(name)
        if code in columns:
            raise LanguageError(
                f"columns {columns[code]!r} and {name!r} both mean {code} ({display_name(code)}); "
                f"rename one to a variant such as '{code}-2', or drop it"
            )
        columns[code] = name
    return columns


def display_name(code: str) -> str:
    """Return the English name; the script or variant follows where it is not the usual one.

    Example:
        >>> [display_name(code) for code in ("tel", "swa", "srp-Latn", "spa-MX")]
        ['Telugu', 'Swahili', 'Serbian (Latin)', 'Spanish (MX)']
    """
    from langcodes import Language

    language, _, rest = canonical(code).partition("_")
    script, _, suffix = rest.partition("-")
    name = _language(_MACROS.get(language, language)).language_name()
    notes = [suffix] if suffix else []
    if script != _script(language, None) or language == "cmn":
        notes.insert(0, Language.make(script=script).script_name().removesuffix(" Han"))
    return f"{name} ({', '.join(notes)})" if notes else name


def language_named(name: str) -> str | None:
    """Return the canonical code of a language by its name, in English, in itself or in another; None where none has it.

    Example:
        >>> [language_named(name) for name in ("German", "polski", "日本語", "note")]
        ['deu_Latn', 'pol_Latn', 'jpn_Jpan', None]
    """
    from langcodes import find

    with suppress(LookupError, ValueError):
        return canonical(str(find(name)))
    return None


def short_code(code: str) -> str:
    """Return the shortest usual code of the language: ISO 639-1 where it has one, else ISO 639-3; no script.

    Example:
        >>> [short_code(code) for code in ("deu_Latn", "cmn_Hans", "swh_Latn", "arb_Arab", "bam_Latn", "spa_Latn-MX")]
        ['de', 'zh', 'sw', 'ar', 'bm', 'es']
    """
    from langcodes import Language

    language = canonical(code).partition("_")[0]
    return str(Language.get(_MACROS.get(language, language)).language)


def without_variant(code: str) -> str:
    """Return a canonical code without region or other variant.

    Example:
        >>> without_variant("por_Latn-BR"), without_variant("por_Latn")
        ('por_Latn', 'por_Latn')
    """
    return code.partition("-")[0]


def variant_hint(code: str, languages: Iterable[str]) -> str:
    """Return advice, to end a message, for a canonical code that is absent while a variant of it is there; else "".

    Example:
        >>> variant_hint("eng_Latn", ["deu_Latn", "eng_Latn-US"])
        '; eng_Latn-US is another column: ask for that, or read the data with --rename en-US=eng to make it eng_Latn'
        >>> variant_hint("eng_Latn", ["deu_Latn"])
        ''
    """
    variant = next((other for other in languages if other.startswith(f"{code}-")), None)
    if variant is None:
        return ""
    advice = f"ask for that, or read the data with --rename {plain_rename(variant)} to make it {code}"
    return f"; {variant} is another column: {advice}"


def plain_rename(code: str, *, written: str | None = None) -> str:
    """Return the words that rename a variant to its language; as BCP-47 spells it, unless it is known how a file does.

    Example:
        >>> plain_rename("eng_Latn-US"), plain_rename("srp_Latn-ME"), plain_rename("eng_Latn-US", written="EN_us")
        ('en-US=eng', 'sr-ME=srp_Latn', 'EN_us=eng')
    """
    from langcodes import Language

    plain, _, variant = code.partition("-")
    language = plain.partition("_")[0]
    given = written or f"{Language.get(language).to_tag()}-{variant}"
    return f"{given}={language if canonical(language) == plain else plain}"


def _language(subtag: str) -> "Language":
    """The langcodes object; left as written where normalising would merge two codes (``prs`` into ``fas``)."""
    from langcodes import Language

    as_written = Language.get(subtag, normalize=False)
    return as_written if len(subtag) == 3 and as_written.is_valid() else Language.get(subtag)


def _individual(subtag: str) -> tuple[str, str | None] | None:
    """ISO 639-3 after ``MACRO_MEMBERS``, and the script if the code implies one (``sh``); None if no language."""
    language = _language(subtag)
    if not language.is_valid() or language.language in {None, "mis", "mul", "und", "zxx"}:
        return None
    alpha3: str = language.to_alpha3()
    return MACRO_MEMBERS.get(alpha3, alpha3), language.script


def _script(language: str, region: str | None) -> str:
    """The script a language is written in, in this region if it differs there (``sr-ME``, ``zh-TW``)."""
    from langcodes import Language

    likely = str(Language.get(language).maximize().script)
    if region is not None:
        regional = str(Language.get(f"{language}-{region}").maximize().script)
        if regional != likely:
            return regional
    return SCRIPTS.get(language, likely)


def _suffix(written: str | None) -> str | None:
    """The suffix in canonical case; None where a word is neither region, variant, single letter nor numbered.

    The rule keeps ``eng-name`` and ``id_text`` from passing for variants of English and Indonesian.
    """
    words: list[str] = []
    for word in written.split("-") if written else ():
        if not words and _REGION.fullmatch(word) and (word.upper() in _OTHER_REGIONS or _known(region=word.upper())):
            words.append(word.upper())
        elif len(word) == 1 or any(letter.isdigit() for letter in word) or words[:1] == ["x"] or _known(variant=word):
            words.append(word)
        else:
            return None
    return "-".join(words)


@lru_cache(maxsize=4096)
def _known(*, script: str | None = None, region: str | None = None, variant: str | None = None) -> bool:
    from langcodes import Language

    subtags = Language.make(script=script, territory=region, variants=[variant] if variant else None)
    return bool(subtags.is_valid())


def _unknown(code: str) -> str:
    suggestions = ", ".join(f"{near} ({display_name(near)})" for near in _similar(code.strip()))
    advice = f"; did you mean {suggestions}?" if suggestions else "; write it as ISO 639-3 and script, like eng_Latn"
    return f"{code!r} is not a language code that interlingua knows{advice}"


def _similar(code: str) -> list[str]:
    """Canonical codes near to one that is not known: by English name, by its first part, by spelling."""
    from difflib import get_close_matches

    from langcodes import Language, find
    from langcodes.language_lists import CLDR_LANGUAGES

    if code.replace(" ", "").isalpha():
        with suppress(LookupError, ValueError):
            return [canonical(find(code).to_alpha3())]
    subtag = re.split("[-_]", code.lower())[0]
    if not re.fullmatch("[a-z]{2,3}", subtag):
        return []
    if _individual(subtag):
        return [canonical(subtag)]
    codes = sorted({str(Language.get(tag).to_alpha3()) for tag in CLDR_LANGUAGES if _individual(tag.partition("-")[0])})
    return [canonical(near) for near in get_close_matches(subtag, codes, n=3)]

"""The languages that folders and files of catalogs are named after, as ``pt_BR`` or ``sr@latin``."""

from interlingua.errors import LanguageError
from interlingua.languages import canonical

__all__ = ["SUPERSEDED", "language_of_locale"]

SUPERSEDED = frozenset({"in", "iw", "ji", "mo", "no", "sh", "tl"})
"""Old codes: where a tree has the new one too (``mo`` beside ``ro``), that is the language's catalog."""

SCRIPTS = {
    "arab": "Arab",
    "arabic": "Arab",
    "cyrillic": "Cyrl",
    "cyrl": "Cyrl",
    "devanagari": "Deva",
    "iqtelif": "Latn",
    "latin": "Latn",
    "latn": "Latn",
    "shaw": "Shaw",
}
"""Script by modifier; other modifiers are variants of the language (``ca@valencia``), or nobody knows them."""

_VARIANTS = {"ije": "ijekavsk", "ijekavian": "ijekavsk"}
_NO_LANGUAGE = {"euro"}


def language_of_locale(name: str) -> str:
    """Return the canonical language of a locale's name: language, region, encoding and modifier.

    Raises:
        LanguageError: Nobody knows the language or the modifier.

    Example:
        >>> [language_of_locale(name) for name in ("pt_BR", "zh_TW.UTF-8", "sr@latin", "uz_UZ@cyrillic")]
        ['por_Latn-BR', 'cmn_Hant', 'srp_Latn', 'uzn_Cyrl-UZ']
        >>> [language_of_locale(name) for name in ("ca@valencia", "de_AT@euro", "zh_Hans")]
        ['cat_Latn-valencia', 'deu_Latn-AT', 'cmn_Hans']
    """
    base, _, modifier = name.partition("@")
    base = base.partition(".")[0].replace("_", "-")
    modifier = modifier.lower()
    if modifier in _NO_LANGUAGE or not modifier:
        return canonical(base)
    if modifier in SCRIPTS:
        language, hyphen, region = base.partition("-")
        return canonical(f"{language}-{SCRIPTS[modifier]}{hyphen}{region}")
    try:
        return canonical(f"{base}-{_VARIANTS.get(modifier, modifier)}")
    except LanguageError as error:
        canonical(base)
        raise LanguageError(
            f"{name!r}: nobody knows the modifier @{modifier}; give it a language of its own, "
            f"as --rename {name}={base}-x-{modifier[:8]}"
        ) from error

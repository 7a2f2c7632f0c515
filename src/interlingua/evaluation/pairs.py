"""Which pairs of languages a task is asked about."""

from collections.abc import Sequence
from itertools import combinations
from typing import Any, TypeAlias

from interlingua.errors import EvaluationError
from interlingua.languages import canonical, variant_hint

__all__ = ["Pair", "Pairs", "language_pairs", "parse_pairs"]

Pair: TypeAlias = tuple[str, str]
"""Two canonical language codes."""

Pairs: TypeAlias = str | list[Pair]
"""``en-xx``, ``all-pairs``, or a list of pairs of languages."""


def language_pairs(pairs: str | Sequence[Pair], languages: Sequence[str], *, data: str) -> list[Pair]:
    """Return the pairs that a shorthand or a list means, in canonical codes.

    Raises:
        EvaluationError: If a language is absent, a pair is not one, or nothing is left.

    Example:
        >>> language_pairs("en-xx", ["deu_Latn", "eng_Latn", "tel_Telu"], data="here")
        [('eng_Latn', 'deu_Latn'), ('eng_Latn', 'tel_Telu')]
        >>> len(language_pairs("all-pairs", ["deu_Latn", "eng_Latn", "tel_Telu"], data="here"))
        3
    """
    if pairs == "all-pairs":
        wanted = list(combinations(languages, 2))
    elif isinstance(pairs, str):
        pivot, _, rest = pairs.rpartition("-")
        if rest != "xx" or not pivot:
            raise EvaluationError(f"pairs is {pairs!r}; write 'en-xx', 'all-pairs', or a list of pairs")
        hub = _present(canonical(pivot), languages, data=data)
        wanted = [(hub, language) for language in languages if language != hub]
    else:
        wanted = [_two(pair, languages, data=data) for pair in pairs]
    wanted = list(dict.fromkeys(wanted))
    if not wanted:
        raise EvaluationError(f"{data}: {', '.join(languages) or 'no language'} makes no pair; give two languages")
    return wanted


def parse_pairs(pairs: Any) -> Any:
    """Return pairs that are written as words as a list; anything else as it is.

    Example:
        >>> parse_pairs("en:de, fr:te"), parse_pairs(["en:de"]), parse_pairs("en-xx")
        ([('en', 'de'), ('fr', 'te')], [('en', 'de')], 'en-xx')
    """
    words = pairs.split(",") if isinstance(pairs, str) and ":" in pairs else pairs
    if isinstance(words, list | tuple) and words and all(isinstance(one, str) and ":" in one for one in words):
        return [tuple(code.strip() for code in one.split(":")) for one in words]
    return pairs


def _two(pair: Sequence[str], languages: Sequence[str], *, data: str) -> Pair:
    if isinstance(pair, str) or len(pair) != 2:
        raise EvaluationError(f"{pair!r} is not a pair of languages; write ('eng', 'deu')")
    first, second = (_present(canonical(code), languages, data=data) for code in pair)
    return first, second


def _present(language: str, languages: Sequence[str], *, data: str) -> str:
    if language not in languages:
        hint = variant_hint(language, languages)
        raise EvaluationError(f"{data} has no {language}; it has {', '.join(languages)}{hint}")
    return language

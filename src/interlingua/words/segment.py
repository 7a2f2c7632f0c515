"""TEXT -> WORDS: where the words of a text stand, in any script."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

import numpy as np
import regex

from interlingua.errors import AlignmentError
from interlingua.languages import canonical
from interlingua.types import Spans, WordPair

__all__ = ["segment", "segmenter_name", "split_spans", "word_pair"]

_RULES = 1
"""Counts up when the rules below change."""

_FILLED = re.compile(r"\S+")
_BOUNDARY = regex.compile(r"(?w)\b")
_INVISIBLE = regex.compile(r"[\p{Cc}\p{Cf}\p{Z}]+")
_REPEATABLE = regex.compile(r"[\p{Po}\p{Pd}]")
_ELISION = regex.compile(r"\p{L}\p{M}*['’](?=\p{L})")
_UNSPLIT = ("aujourd'hui", "aujourd’hui")
_ELIDING = frozenset({"cat", "cos", "fra", "frp", "fur", "ita", "lij", "lmo", "oci", "pms", "scn", "srd", "vec", "wln"})

_SPACELESS = r"[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
_JOINED = regex.compile(rf"(?V1)[{_SPACELESS}&&[\p{{L}}\p{{M}}]][[{_SPACELESS}&&[\p{{L}}\p{{M}}]]\p{{Inherited}}]*")
_EAST_ASIAN = regex.compile(
    r"(?V1)[\p{Han}\p{Hiragana}\p{Katakana}ー々][\p{Han}\p{Hiragana}\p{Katakana}\p{Inherited}ー々]*"
)
_SYLLABLE = regex.compile(
    r"""(?x)
    [เ-ไເ-ໄ]* \X                   # vowels that are written before their consonant
    (?: (?<=[\u17D2\u1039]) \X     # a consonant stacked below
      | [ะาำๅະາຳ]                  # vowels that are written after it
      | [\u1000-\u1021] \u1037? \u103A  # a final consonant of Burmese, marked as silent
      | \p{M}
    )*"""
)


def segment(text: str, language: str | None = None, *, dictionary: bool | None = None) -> Spans:
    """Cut a text into words: boundaries of Unicode (UAX 29), refined where a script writes none.

    - Whitespace separates and is in no word; neither are control and format characters that stand alone, such as a
      zero width space. Every other character is in one word.
    - Punctuation marks and symbols are words of their own; a mark that is repeated (``...``) is one. An apostrophe or
      a point between letters, and a separator between digits, are part of the word; a hyphen is not.
    - An elision (``l'homme``) ends a word where ``language`` says that the text's language elides.
    - Han and hiragana: every character. Katakana: the whole run. Hangul: as it is spaced.
    - Thai, Lao, Khmer, Burmese: words of ICU's dictionary where the extra ``interlingua[icu]`` is installed, otherwise
      syllables as they are written: a consonant with the vowels, marks and stacked or silent consonants around it.

    Args:
        text: Any text.
        language: Its language in any usual spelling; matters for elision only.
        dictionary: False: no dictionary for any script. True: ICU's for Chinese and Japanese too.

    Returns:
        Begin and end of every word, in characters, shape ``(words, 2)``.

    Raises:
        AlignmentError: ``dictionary=True`` and the extra is not installed.
        LanguageError: Nobody knows the language.

    Reference:
        Unicode Standard Annex 29, Unicode Text Segmentation.

    Example:
        >>> text = "Don't pay $3.50 for 漢字..."
        >>> [text[begin:end] for begin, end in segment(text)]
        ["Don't", 'pay', '$', '3.50', 'for', '漢', '字', '...']
        >>> segment("l'homme", "fra_Latn").tolist()
        [[0, 2], [2, 7]]
    """
    if dictionary:
        _check_icu()
    elides = language is not None and canonical(language)[:3] in _ELIDING
    spans: list[tuple[int, int]] = []
    for filled in _FILLED.finditer(text):
        chunk, shift = filled.group(), filled.start()
        cut = _cut_and_keep if len(chunk) <= 32 else _cut
        spans += [(begin + shift, end + shift) for begin, end in cut(chunk, elides, dictionary)]
    return np.asarray(spans, dtype=np.int32).reshape(-1, 2)


def split_spans(text: str) -> Spans:
    """Return the words of a text that is tokenised already, with whitespace between words.

    Example:
        >>> split_spans("l' homme  .").tolist()
        [[0, 2], [3, 8], [10, 11]]
    """
    return np.asarray([filled.span() for filled in _FILLED.finditer(text)], dtype=np.int32).reshape(-1, 2)


def word_pair(
    source: str, target: str, *, languages: tuple[str, str] | None = None, dictionary: bool | None = None
) -> WordPair:
    """Cut two sentences that translate each other into words.

    Args:
        source: The one text.
        target: The other.
        languages: Of source and target, as for ``segment``.
        dictionary: As for ``segment``.

    Raises:
        AlignmentError, LanguageError: As ``segment``.

    Example:
        >>> pair = word_pair("Good morning.", "Bonjour !")
        >>> len(pair.source_words), len(pair.target_words)
        (3, 2)
    """
    first, second = languages or (None, None)
    return WordPair(
        source,
        target,
        segment(source, first, dictionary=dictionary),
        segment(target, second, dictionary=dictionary),
    )


def segmenter_name(dictionary: bool | None = None) -> str:
    """Return what cuts texts here: it changes when the words of a text could.

    Args:
        dictionary: As for ``segment``.

    Example:
        >>> segmenter_name(dictionary=False)
        'uax29.1+syllables'
    """
    version = None if dictionary is False else _icu_version()
    if dictionary:
        _check_icu()
    kind = "syllables" if version is None else f"icu{version}"
    return f"uax29.{_RULES}+{kind}{'+cjk' if dictionary else ''}"


def _cut(chunk: str, elides: bool, dictionary: bool | None) -> list[tuple[int, int]]:
    """The words of a text without whitespace."""
    spans: list[tuple[int, int]] = []
    for begin, end in _units(chunk, dictionary):
        if _INVISIBLE.fullmatch(chunk, begin, end):
            continue
        if spans and spans[-1][1] == begin and _repeats(chunk, spans[-1], (begin, end)):
            spans[-1] = (spans[-1][0], end)
        elif elides and chunk[begin:end].lower() not in _UNSPLIT:
            cuts = [begin, *(found.end() for found in _ELISION.finditer(chunk, begin, end)), end]
            spans += pairwise(cuts)
        else:
            spans.append((begin, end))
    return spans


_cut_and_keep = lru_cache(maxsize=1 << 16)(_cut)


def _repeats(chunk: str, before: tuple[int, int], unit: tuple[int, int]) -> bool:
    mark = chunk[unit[0] : unit[1]]
    return len(mark) == 1 and _REPEATABLE.match(mark) is not None and not chunk[slice(*before)].strip(mark)


def _units(chunk: str, dictionary: bool | None) -> Iterator[tuple[int, int]]:
    """Every unit, punctuation and invisible ones too: together they are the whole chunk."""
    if chunk.isascii():
        yield from _between_boundaries(chunk, 0, len(chunk))
        return
    breaks = _icu_units if dictionary is not False and _icu_version() is not None else _syllables
    runs = [(found.start(), found.end(), breaks) for found in _JOINED.finditer(chunk)]
    if dictionary:
        runs += [(found.start(), found.end(), _icu_units) for found in _EAST_ASIAN.finditer(chunk)]
    at = 0
    for begin, end, cut in sorted(runs, key=lambda run: run[0]):
        yield from _between_boundaries(chunk, at, begin)
        yield from ((begin + a, begin + b) for a, b in cut(chunk[begin:end]))
        at = end
    yield from _between_boundaries(chunk, at, len(chunk))


def _between_boundaries(chunk: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    part = chunk[begin:end]
    cuts = sorted({0, len(part), *(found.start() for found in _BOUNDARY.finditer(part))})
    return ((begin + a, begin + b) for a, b in pairwise(cuts))


def _syllables(run: str) -> list[tuple[int, int]]:
    return [found.span() for found in _SYLLABLE.finditer(run)]


def _icu_units(run: str) -> list[tuple[int, int]]:
    from icu4py.breakers import WordBreaker

    spans = [(begin, end) for begin, end in WordBreaker(run, "en").segments()]
    if max(run) <= "\uffff":
        return spans
    places = np.cumsum([0, *(1 + (character > "\uffff") for character in run)])  # ICU counts in UTF-16
    return [(int(a), int(b)) for a, b in np.searchsorted(places, spans)]


@lru_cache(maxsize=1)
def _icu_version() -> str | None:
    try:
        from icu4py import icu_version
    except ImportError:
        return None
    return icu_version


def _check_icu() -> None:
    if _icu_version() is None:
        raise AlignmentError(
            "a dictionary of Chinese and Japanese words needs the package icu4py, which is not installed; "
            "install interlingua[icu], or leave out `dictionary` to cut these texts into characters"
        )

"""Characters by their properties, counted in whole columns at once."""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import regex
from numpy.typing import NDArray

__all__ = ["LETTERS", "character_table", "count_characters", "digit_counts", "script_table", "words_of"]

_ALL = 0x110000

LETTERS = r"\p{L}"

_SCRIPTS = {
    "Hans": ("Han", "Bopomofo"),
    "Hant": ("Han", "Bopomofo"),
    "Hani": ("Han", "Bopomofo"),
    "Jpan": ("Han", "Hiragana", "Katakana"),
    "Hrkt": ("Hiragana", "Katakana"),
    "Hang": ("Hangul", "Han"),
    "Kore": ("Hangul", "Han"),
    "Aran": ("Arabic",),
    "Cyrs": ("Cyrillic",),
    "Latf": ("Latin",),
    "Latg": ("Latin",),
    "Geok": ("Georgian",),
    "Syrn": ("Syriac",),
    "Syre": ("Syriac",),
    "Syrj": ("Syriac",),
}
"""Unicode scripts by ISO 15924 code, where the code is none of Unicode's or stands for several scripts."""

_IDEOGRAPHS = r"\p{Han}\p{Hiragana}\p{Katakana}"
_WORD = regex.compile(rf"[{_IDEOGRAPHS}]|[^\W{_IDEOGRAPHS}]+")


def words_of(text: str) -> list[str]:
    """Return the words of a text: runs of letters, marks and digits; of Han and Kana each character.

    Thai, Lao, Khmer and Burmese, which put no spaces between words, give phrases.

    Example:
        >>> words_of("Zwei Boote, 日本!"), words_of("అది కాదు.")
        (['Zwei', 'Boote', '日', '本'], ['అది', 'కాదు'])
    """
    found: list[str] = _WORD.findall(text)
    return found


def script_table(code: str) -> NDArray[np.bool_] | None:
    """Return which letters are of the script of a language code; None where Unicode has no such script.

    Args:
        code: ISO 15924, as ``Latn``.
    """
    names = _SCRIPTS.get(code, (code,))
    try:
        return character_table("".join(rf"\p{{Script={name}}}" for name in names))
    except regex.error:
        return None


@lru_cache(maxsize=64)
def character_table(members: str) -> NDArray[np.bool_]:
    r"""Return which characters a set of a regular expression has, by code point.

    Example:
        >>> bool(character_table(r"\p{Lu}")[ord("A")]), bool(character_table(r"\p{Lu}")[ord("a")])
        (True, False)
    """
    table = np.zeros(_ALL, dtype=np.bool_)
    for run in regex.finditer(f"[{members}]+", _everything()):
        table[run.start() : run.end()] = True
    return table


def count_characters(texts: Sequence[str], tables: Sequence[NDArray[np.bool_]]) -> list[NDArray[np.int64]]:
    r"""Return how many characters of every text each table has, shape ``(len(texts),)`` each.

    Example:
        >>> [counts.tolist() for counts in count_characters(["Ab c", ""], [character_table(r"\p{Lu}")])]
        [[1, 0]]
    """
    codes, ends = _codes(texts)
    sums = (np.concatenate([[0], np.cumsum(table[codes])]) for table in tables)
    return [np.diff(total[ends], prepend=0).astype(np.int64) for total in sums]


def digit_counts(texts: Sequence[str]) -> NDArray[np.int64]:
    """Return how often every text has each digit, in any script, shape ``(len(texts), 10)``.

    Example:
        >>> digit_counts(["४२ or 42"]).tolist()
        [[0, 0, 2, 0, 2, 0, 0, 0, 0, 0]]
    """
    codes, ends = _codes(texts)
    values = _digits()[codes]
    places = np.flatnonzero(values >= 0)
    text = np.searchsorted(ends, places, side="right")
    counts = np.bincount(text * 10 + values[places], minlength=10 * len(texts))
    return counts.reshape(len(texts), 10).astype(np.int64)


def _codes(texts: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """All code points one after the other, and where each text ends among them."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return codes, np.cumsum([len(text) for text in texts])


@lru_cache(maxsize=1)
def _everything() -> str:
    return "".join(map(chr, range(_ALL)))


@lru_cache(maxsize=1)
def _digits() -> NDArray[np.int8]:
    """The value of every digit by code point; -1 for other characters."""
    values = np.full(_ALL, -1, dtype=np.int8)
    for digit in regex.findall(r"\p{Nd}", _everything()):
        values[ord(digit)] = unicodedata.decimal(digit, -1)  # -1 where regex knows a newer Unicode than Python
    return values

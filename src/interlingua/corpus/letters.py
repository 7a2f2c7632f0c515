"""What makes two texts the same: their letters, whatever the case, the spaces and the punctuation."""

import unicodedata

__all__ = ["letters_of"]


def letters_of(text: str) -> str:
    """Return the letters, marks and digits of a text after NFKC and case folding.

    A text without any keeps all but its white space.

    Example:
        >>> letters_of("Good  morning!") == letters_of("good morning"), letters_of("?!")
        (True, '?!')
    """
    folded = text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()
    return folded.translate(_LETTERS) or "".join(folded.split())


class _Letters(dict[int, int | None]):
    """What ``str.translate`` makes of a character, looked up in the Unicode table when it first comes."""

    def __missing__(self, code: int) -> int | None:
        self[code] = code if unicodedata.category(chr(code))[0] in "LMN" else None
        return self[code]


_LETTERS = _Letters()

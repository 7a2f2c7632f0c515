"""What a text is made of: script, broken characters, markup, repetition, unwanted words."""

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar

import numpy as np
import regex
from pydantic import Field

from interlingua.corpus.cleaning.characters import LETTERS, character_table, count_characters, script_table, words_of
from interlingua.corpus.cleaning.entities import find_entities
from interlingua.corpus.cleaning.rule import CellRule
from interlingua.languages import canonical

__all__ = ["Broken", "Contains", "Markup", "Repetition", "Script"]

_CONTROL = regex.compile(r"[\p{Cc}--[\t\n\r]]|\p{Cs}|\p{Noncharacter_Code_Point}|�", regex.V1)

# UTF-8 read as Windows-1252: what a lead byte and one or two bytes after it look like.
_AFTER = r"[\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
_TWO = rf"[Â-ß]{_AFTER}"
_THREE = rf"[à-ï]{_AFTER}{{2}}"
_MOJIBAKE = re.compile(rf"(?<=[a-z])[ÂÃ]{_AFTER}|â€{_AFTER}|(?:{_THREE}){{2}}|(?:{_TWO}\W?){{2}}")

# An attribute, or a name of HTML: some write quotations as <so>.
_NAMES = (
    "a|abbr|article|aside|audio|b|big|blockquote|body|br|button|center|cite|code|dd|div|dl|dt|em|embed|figure|font|footer"
    "|form|g|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|label|li|link|meta|nav|object|ol|option|p|ph|pre|q|s|script"
    "|section|seg|select|small|span|strike|strong|style|sub|sup|table|tbody|td|textarea|th|thead|title|tr|tt|u|ul|video|x"
)
_TAG = re.compile(
    rf"<(?:/?(?:{_NAMES})\s*/?|[a-z][\w:-]{{0,30}}\s[^<>]{{0,300}}=[^<>]{{0,300}}|!--[^<>]{{0,300}})>", re.IGNORECASE
)


class Script(CellRule):
    """Cells written in another script than their language code says (the column ``srp_Cyrl`` in Latin letters).

    Only letters count: digits and punctuation are of no script. A language whose script Unicode does not know is not
    judged.

    Example:
        >>> [place for place, _ in Script().faulted("tel_Telu", ["పడవ అక్కడ ఉంది.", "The boat is there."])]
        [1]
    """

    kind: ClassVar[str] = "script"

    min: float = Field(0.2, ge=0, le=1, description="least share of letters in the script of the language")
    letters: int = Field(5, ge=0, description="texts with fewer letters are let through")

    def faulted(self, language: str, texts: Sequence[str]) -> Iterator[tuple[int, str]]:
        """Yield place and reason of every text at fault."""
        code = canonical(language).partition("_")[2].partition("-")[0]
        table = script_table(code)
        if table is None:
            return
        letters, inside = count_characters(texts, [character_table(LETTERS), table & character_table(LETTERS)])
        wrong = (letters >= max(self.letters, 1)) & (inside < self.min * letters)
        for place in np.flatnonzero(wrong).tolist():
            yield place, f"{inside[place] / letters[place]:.0%} of its letters are {code}"


class Broken(CellRule):
    """Cells with control characters, the replacement character U+FFFD, or UTF-8 that was read as another encoding.

    Example:
        >>> [place for place, _ in Broken().faulted("fra_Latn", ["Le café.", "Le cafÃ©.", "Le caf�."])]
        [1, 2]
    """

    kind: ClassVar[str] = "broken"

    def faulted(self, language: str, texts: Sequence[str]) -> Iterator[tuple[int, str]]:
        """Yield place and reason of every text at fault."""
        for place, text in enumerate(texts):
            if text.isascii() and text.isprintable():
                continue
            control = _CONTROL.search(text)
            if control:
                yield place, f"character U+{ord(control[0]):04X} at {control.start() + 1:,}"
            elif mojibake := _MOJIBAKE.search(text):
                yield place, f"UTF-8 read as another encoding at {mojibake.start() + 1:,}: {mojibake[0]}"


class Markup(CellRule):
    """Cells with HTML tags or entities.

    Example:
        >>> [place for place, _ in Markup().faulted("eng_Latn", ["a < b", "a &lt; b", "<p>Tea", "Q&A; tea"])]
        [1, 2]
    """

    kind: ClassVar[str] = "markup"

    def faulted(self, language: str, texts: Sequence[str]) -> Iterator[tuple[int, str]]:
        """Yield place and reason of every text at fault."""
        for place, text in enumerate(texts):
            found = _TAG.search(text) if "<" in text else None
            found = found or next(find_entities(text), None)
            if found:
                yield place, f"{found[0]} at {found.start() + 1:,}"


class Repetition(CellRule):
    """Cells that repeat a character or a word over and over, as machines that loop do.

    Example:
        >>> [place for place, _ in Repetition().faulted("eng_Latn", ["no no no no no no", "ha" * 9, "Noooooooooooo"])]
        [0, 2]
    """

    kind: ClassVar[str] = "repetition"

    characters: int = Field(10, ge=2, description="times in a row from which on a letter or sign is at fault")
    words: int = Field(5, ge=2, description="times in a row from which on a word or phrase is at fault")
    phrase: int = Field(4, ge=1, description="words that a phrase has at most")

    def faulted(self, language: str, texts: Sequence[str]) -> Iterator[tuple[int, str]]:
        """Yield place and reason of every text at fault."""
        run = re.compile(rf"(\S)\1{{{self.characters - 1}}}")
        for place, text in enumerate(texts):
            found = run.search(text)
            if found:
                yield place, f"{found[1]} {self.characters} times in a row"
                continue
            words = [word.casefold() for word in words_of(text)] if len(text) >= 2 * self.words else []
            if len(words) - len(set(words)) >= self.words - 1 and (phrase := self._looped(words)):
                yield place, f"{phrase} {self.words} times in a row"

    def _looped(self, words: Sequence[str]) -> str | None:
        """The first phrase with letters that follows itself often enough; one character (哈哈哈) is none."""
        for size in range(1, self.phrase + 1):
            run = 0
            for end in range(size, len(words)):
                run = run + 1 if words[end] == words[end - size] else 0
                if run == size * (self.words - 1):
                    phrase = words[end - size + 1 : end + 1]
                    if len("".join(phrase)) > 1 and any(map(str.isalpha, phrase[0])):
                        return " ".join(phrase)
        return None


class Contains(CellRule):
    """Cells that contain one of some strings, letter by letter.

    Example:
        >>> [place for place, _ in Contains(any=("@", "N/A")).faulted("eng_Latn", ["a@b", "n/a", "N/A"])]
        [0, 2]
    """

    kind: ClassVar[str] = "contains"

    any: tuple[str, ...] = Field(("@", "http", "N/A"), min_length=1, description="the strings")

    def faulted(self, language: str, texts: Sequence[str]) -> Iterator[tuple[int, str]]:
        """Yield place and reason of every text at fault."""
        for place, text in enumerate(texts):
            found = next((word for word in self.any if word in text), None)
            if found is not None:
                yield place, f"contains {found}"

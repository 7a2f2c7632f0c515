"""Texts changed rather than dropped."""

import unicodedata
from collections.abc import Sequence
from typing import ClassVar

import regex
from pydantic import Field

from interlingua.corpus.cleaning.entities import unescape
from interlingua.corpus.cleaning.rule import Settings

__all__ = ["Tidy"]

_CONTROL = regex.compile(r"[\p{Cc}--[\t\n\r]]|[\ufeff\u00ad]", regex.V1)
_SPACES = regex.compile(r"\s{2,}|[\t-\r\u0085\u2028\u2029]")


class Tidy(Settings):
    r"""Changes texts: control characters out, runs of white space one space, and more if asked for.

    Example:
        >>> Tidy(quotes=False).repair("eng_Latn", ['  Say\t"tea"\u0007. '])
        ['Say tea.']
    """

    kind: ClassVar[str] = "tidy"

    controls: bool = Field(True, description="take out control characters, soft hyphens and byte order marks")
    spaces: bool = Field(
        True, description="make tabs, line breaks and runs of white space one space, and none at the ends"
    )
    nfc: bool = Field(False, description="compose characters (Unicode NFC)")
    entities: bool = Field(False, description="replace HTML entities by what they stand for")
    quotes: bool = Field(True, description="keep double quotes")

    def repair(self, language: str, texts: Sequence[str]) -> list[str]:
        """Return the texts as they should be, in order."""
        return [self._repaired(text) for text in texts] if self.concerns(language) else list(texts)

    def _repaired(self, text: str) -> str:
        if self.entities:
            text = unescape(text)
        if self.controls and not text.isprintable():
            text = _CONTROL.sub("", text)
        if not self.quotes:
            text = text.replace('"', "")
        if self.spaces:
            text = _SPACES.sub(" ", text).strip()
        return unicodedata.normalize("NFC", text) if self.nfc else text

"""Numbers and addresses that one side has and the other has not."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import islice
from typing import ClassVar

import numpy as np
from pydantic import Field

from interlingua.corpus.cleaning.characters import digit_counts
from interlingua.corpus.cleaning.rule import PairRule

__all__ = ["Addresses", "Digits"]

_ADDRESS = re.compile(  # a host follows, so that a text may speak of "https://"
    r"(?:https?://[\w\[]|www\.\w)[^\s<>\"']{0,2000}|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}",
    re.IGNORECASE,
)
_AFTER = ".,;:!?)]}»«›‹”“’‘\"'"
"""What ends a sentence or quotation, not an address."""

_MOST = 200
"""Digits that are compared: the time it takes grows with their square."""


class Digits(PairRule):
    r"""Cells that have other digits than the pivot.

    .. math:: \frac{2 M}{|p| + |t|} < m

    with the digits p and t of pivot and text in order, of any script, zeros left out, and the number M of those that
    match (blocks of Ratcliff and Obershelp, :class:`difflib.SequenceMatcher`). Zeros, separators and the order of day
    and month differ in good translations. So do measures (4 inches, 10 cm), which have few digits: those pairs are let
    through. A text without digits has its numbers in words and is let through too, unless asked for.

    Example:
        >>> pivots, texts = ["In 1942"] * 3, ["१९४२ में", "um 1942/43", "1857"]
        >>> [place for place, _ in Digits().faulted(("eng_Latn", "hin_Deva"), pivots, texts)]
        [2]
    """

    kind: ClassVar[str] = "digits"

    min: float = Field(0.5, gt=0, le=1, description="least share of digits that match")
    skip: int = Field(3, ge=0, description="pairs are let through if a side that has digits has no more than this")
    one_sided: bool = Field(False, description="digits on one side alone are at fault too")

    def faulted(
        self, languages: tuple[str, str], pivots: Sequence[str], texts: Sequence[str]
    ) -> Iterator[tuple[int, str]]:
        """Yield place and reason of every text at fault."""
        ours, theirs = (digit_counts(side)[:, 1:].sum(axis=1) for side in (texts, pivots))
        most, least = np.maximum(ours, theirs), np.minimum(ours, theirs)
        judged = (least > self.skip) | ((least == 0) & (most > self.skip) & self.one_sided)
        for place in np.flatnonzero(judged).tolist():
            one, other = _digits(pivots[place]), _digits(texts[place])
            share = 1.0 if one == other else SequenceMatcher(None, one, other, autojunk=False).ratio()
            if share < self.min:
                yield place, f"digits {other or 'none'} for {one or 'none'}"


class Addresses(PairRule):
    """Cells that have a web or e-mail address where the pivot has none, or none where it has one.

    Example:
        >>> pivots, texts = ["See www.example.org.", "Mail a@example.org."], ["Voir www.example.org.", "Écrivez-lui."]
        >>> [place for place, _ in Addresses().faulted(("eng_Latn", "fra_Latn"), pivots, texts)]
        [1]
    """

    kind: ClassVar[str] = "addresses"

    equal: bool = Field(False, description="the addresses must be the same, whatever their case")

    def faulted(
        self, languages: tuple[str, str], pivots: Sequence[str], texts: Sequence[str]
    ) -> Iterator[tuple[int, str]]:
        """Yield place and reason of every text at fault."""
        for place, (pivot, text) in enumerate(zip(pivots, texts, strict=True)):
            theirs, ours = _addresses(pivot), _addresses(text)
            if ours != theirs and (self.equal or not ours or not theirs):
                odd = min(ours ^ theirs)
                yield place, f"{odd} is on one side only"


def _addresses(text: str) -> set[str]:
    if "@" not in text and "://" not in text and "www." not in text.lower():
        return set()
    return {found.rstrip(_AFTER).casefold() for found in _ADDRESS.findall(text)}


def _digits(text: str) -> str:
    """The first digits of a text, in the digits of ASCII, without zeros."""
    found = (str(unicodedata.decimal(one)) for one in filter(str.isdecimal, text))
    return "".join(islice((digit for digit in found if digit != "0"), _MOST))

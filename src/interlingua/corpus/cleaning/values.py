"""Numbers and addresses that one side has and the other has not."""

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar

import numpy as np
from pydantic import Field

from interlingua.corpus.cleaning.characters import digit_counts
from interlingua.corpus.cleaning.rule import PairRule

__all__ = ["Addresses", "Digits"]

_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s<>\"']{1,2000}|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", re.IGNORECASE
)


class Digits(PairRule):
    r"""Cells that have other digits than the pivot.

    .. math:: \frac{\sum_d \min(p_d, t_d)}{\max(\sum_d p_d, \sum_d t_d)} < m

    with the number of times :math:`p_d` and :math:`t_d` that pivot and text have the digit d, of any script, from 1 to
    9: zeros, separators and the order of day and month differ in good translations. So do measures (4 inches, 10 cm),
    which have few digits: those pairs are let through. A text without digits has its numbers in words and is let
    through too, unless asked for.

    Example:
        >>> pivots, texts = ["In 1942"] * 3, ["१९४२ में", "24.9.1", "1857"]
        >>> [place for place, _ in Digits().faulted(("eng_Latn", "hin_Deva"), pivots, texts)]
        [2]
    """

    kind: ClassVar[str] = "digits"

    min: float = Field(0.5, gt=0, le=1, description="least share of digits in common")
    skip: int = Field(3, ge=0, description="pairs are let through if a side that has digits has no more than this")
    one_sided: bool = Field(False, description="digits on one side alone are at fault too")

    def faulted(
        self, languages: tuple[str, str], pivots: Sequence[str], texts: Sequence[str]
    ) -> Iterator[tuple[int, str]]:
        """Yield place and reason of every text at fault."""
        ours, theirs = (digit_counts(side)[:, 1:] for side in (texts, pivots))
        common = np.minimum(ours, theirs).sum(axis=1)
        ours, theirs = ours.sum(axis=1), theirs.sum(axis=1)
        most, least = np.maximum(ours, theirs), np.minimum(ours, theirs)
        judged = (least > self.skip) | ((least == 0) & (most > self.skip) & self.one_sided)
        for place in np.flatnonzero(judged & (common < self.min * most)).tolist():
            yield place, f"{common[place]:,} digits in common of {ours[place]:,} and {theirs[place]:,}"


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
    return {found.rstrip(".,;:!?)]}»\"'").casefold() for found in _ADDRESS.findall(text)}

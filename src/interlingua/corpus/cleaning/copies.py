"""Cells that are no translation, but what they should translate."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from pydantic import Field

from interlingua.corpus.cleaning.characters import words_of
from interlingua.corpus.cleaning.rule import PairRule
from interlingua.corpus.cleaning.units import Unit, units_of
from interlingua.corpus.identification import same_language
from interlingua.corpus.letters import letters_of

__all__ = ["Identical", "SharedUnits"]


class Identical(PairRule):
    """Cells that say the same as the pivot, letter by letter.

    Columns of one language, as ``eng_Latn`` and ``eng_Latn-GB``, may well be the same and are not compared.

    Example:
        >>> rule, pivots, texts = Identical(), ["Berlin 1989", "Where is it now?"], ["Berlin 1989", "where is it now"]
        >>> [place for place, _ in rule.faulted(("eng_Latn", "deu_Latn"), pivots, texts)]
        [1]
    """

    kind: ClassVar[str] = "identical"

    words: int = Field(4, ge=0, description="texts with fewer words that have letters are let through: names, numbers")
    fold: bool = Field(True, description="case, spaces and punctuation make no difference")

    def faulted(
        self, languages: tuple[str, str], pivots: Sequence[str], texts: Sequence[str]
    ) -> Iterator[tuple[int, str]]:
        """Yield place and reason of every text at fault."""
        if same_language(*languages, confusable=()):
            return
        for place, (pivot, text) in enumerate(zip(pivots, texts, strict=True)):
            same = pivot == text or (self.fold and letters_of(pivot) == letters_of(text))
            if same and (self.words == 0 or sum(map(_has_letter, words_of(text))) >= self.words):
                yield place, f"the same as its {languages[0]}"


class SharedUnits(PairRule):
    """Cells most of whose words the pivot has too, or the other way round.

    Columns of one language are not compared.

    The share of a side is that of its units, repeated ones counted as often as they are there, that the other side has.
    """

    kind: ClassVar[str] = "shared"

    max: float = Field(0.5, gt=0, le=1, description="share of either side from which on it is at fault")
    skip: int = Field(5, ge=0, description="pairs are let through if a side has no more units than this")
    unit: Unit = Field("words", description="`characters`, `words` or `tokens`")
    tokenizer: str = Field("bert-base-multilingual-cased", description="of tokens: file, folder, or name at the hub")

    def faulted(
        self, languages: tuple[str, str], pivots: Sequence[str], texts: Sequence[str]
    ) -> Iterator[tuple[int, str]]:
        """Yield place and reason of every text at fault."""
        if same_language(*languages, confusable=()):
            return
        sides = (units_of(side, self.unit, self.tokenizer) for side in (pivots, texts))
        for place, (pivot, text) in enumerate(zip(*sides, strict=True)):
            if min(len(pivot), len(text)) <= self.skip:
                continue
            share = max(_share(pivot, set(text)), _share(text, set(pivot)))
            if share >= self.max:
                yield place, f"{share:.0%} of its {self.unit} are those of its {languages[0]}"


def _share(units: Sequence[str], other: set[str]) -> float:
    return sum(unit in other for unit in units) / len(units)


def _has_letter(word: str) -> bool:
    return any(map(str.isalpha, word))

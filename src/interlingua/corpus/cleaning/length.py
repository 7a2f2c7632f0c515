"""Too short, too long, or too long for what it translates."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from interlingua.corpus.cleaning.rule import CellRule, Chunk, Faults, Judge, RuleSettings
from interlingua.corpus.cleaning.units import Unit, count_units

__all__ = ["Length", "LengthRatio"]

Known: TypeAlias = NDArray[np.float64]

_ENOUGH = 50
"""Pairs from which on a median of ratios says what is usual."""


class Length(CellRule):
    """Cells that are too short or too long.

    Example:
        >>> [place for place, _ in Length(min=2, unit="words").faulted("eng_Latn", ["Tea?", "More tea?"])]
        [0]
    """

    kind: ClassVar[str] = "length"

    min: int = Field(1, ge=0, description="fewest units")
    max: int = Field(2000, ge=1, description="most units")
    unit: Unit = Field("characters", description="`characters`, `words` (Han and Kana: characters) or `tokens`")
    tokenizer: str = Field("bert-base-multilingual-cased", description="of tokens: file, folder, or name at the hub")

    def faulted(self, language: str, texts: Sequence[str]) -> Iterator[tuple[int, str]]:
        """Yield place and reason of every text at fault."""
        lengths = count_units(texts, self.unit, self.tokenizer)
        for place in np.flatnonzero((lengths < self.min) | (lengths > self.max)).tolist():
            long = lengths[place] > self.max
            asked = f"{self.max:,} at most" if long else f"{self.min:,} at least"
            yield place, f"{lengths[place]:,} {self.unit}, {asked}"


class LengthRatio(RuleSettings):
    r"""Cells that are much longer or shorter than the pivot says.

    A pair of lengths :math:`(p, t)` is at fault where

    .. math:: \max(t, r p) > m \min(t, r p) \quad\text{and}\quad \max(t, p) > s

    with the usual ratio r of the two languages, the most m, and the length s up to which a pair is let through. r is
    the median of t/p over the first pairs of the languages, so that Chinese, which takes a third of the characters of
    English, is measured by its own standard; 1 as long as fewer than 50 pairs are known.
    """

    kind: ClassVar[str] = "ratio"

    max: float = Field(3.0, gt=1, description="most times as long as usual, either way")
    spare: int = Field(30, ge=0, description="pairs are let through if neither is longer")
    unit: Unit = Field("characters", description="`characters`, `words` or `tokens`")
    usual: Literal["estimated", "equal"] = Field(
        "estimated", description="usual ratio: `estimated` for each pair of languages from its first pairs, or `equal`"
    )
    sample: int = Field(2000, ge=_ENOUGH, description="pairs of a pair of languages that it is estimated from")
    tokenizer: str = Field("bert-base-multilingual-cased", description="of tokens: file, folder, or name at the hub")

    def begin(self) -> Judge:
        """Return a judge that knows no usual ratio yet."""
        return _RatioJudge(self)

    def judge(self, chunk: Chunk) -> Faults:
        """Return the cells at fault among rows that are all there are."""
        return self.begin().judge(chunk)


class _RatioJudge:
    def __init__(self, rule: LengthRatio) -> None:
        self._rule = rule
        self._known: dict[tuple[str, str], Known] = defaultdict(lambda: np.zeros(0))

    def judge(self, chunk: Chunk) -> Faults:
        rule, faults = self._rule, Faults()
        for languages, pair in chunk.pairs.items():
            if not rule.concerns(languages[1]):
                continue
            pivots, texts = (
                np.maximum(count_units(side, rule.unit, rule.tokenizer), 1) for side in (pair.pivots, pair.texts)
            )
            usual = self._usual(languages, texts / pivots)
            expected = usual * pivots
            wrong = (np.maximum(texts, expected) > rule.max * np.minimum(texts, expected)) & (
                np.maximum(texts, pivots) > rule.spare
            )
            for place in np.flatnonzero(wrong).tolist():
                reason = f"{texts[place]:,} {rule.unit} for {pivots[place]:,}, usual {usual:.2f} times as many"
                faults.setdefault(pair.rows[place], {})[languages[1]] = reason
        return faults

    def notes(self) -> list[str]:
        few = [" and ".join(languages) for languages, known in self._known.items() if len(known) < _ENOUGH]
        if self._rule.usual == "equal" or not few:
            return []
        more = f" and {len(few) - 5:,} more" if len(few) > 5 else ""
        return [f"too few pairs to know a usual ratio, taken as 1: {', '.join(few[:5])}{more}"]

    def _usual(self, languages: tuple[str, str], ratios: NDArray[Any]) -> float:
        if self._rule.usual == "equal":
            return 1.0
        known = self._known[languages]
        if len(known) < self._rule.sample:
            known = np.concatenate([known, ratios[: self._rule.sample - len(known)]])
            self._known[languages] = known
        return float(np.median(known)) if len(known) >= _ENOUGH else 1.0

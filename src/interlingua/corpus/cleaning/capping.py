"""No more than so many pairs of two languages."""

from collections import Counter
from typing import ClassVar

from pydantic import Field

from interlingua.corpus.cleaning.rule import Chunk, Faults, Judge, RuleSettings

__all__ = ["Cap"]


class Cap(RuleSettings):
    """The pairs of two languages beyond a number; the first stay.

    A pair is a cell together with the pivot of its row. Rows of a dev split are counted apart.

    Example:
        >>> from interlingua.corpus.cleaning import clean
        >>> from interlingua.types import Row
        >>> rows = [Row({"eng_Latn": f"Boat {number}.", "deu_Latn": f"Boot {number}."}) for number in range(5)]
        >>> len(list(clean(rows, [Cap(most=2)])))
        2
    """

    kind: ClassVar[str] = "cap"

    most: int = Field(1_000_000, ge=1, description="pairs that stay of rows of all other splits, or of none")
    dev: int = Field(10_000, ge=0, description="pairs that stay of rows whose `_split` is dev")

    def begin(self) -> Judge:
        """Return a judge that has counted nothing yet."""
        return _CapJudge(self)

    def judge(self, chunk: Chunk) -> Faults:
        """Return the cells at fault among rows that are all there are."""
        return self.begin().judge(chunk)


class _CapJudge:
    def __init__(self, rule: Cap) -> None:
        self._rule = rule
        self._counts: Counter[tuple[str, str, bool]] = Counter()

    def judge(self, chunk: Chunk) -> Faults:
        faults = Faults()
        for (pivot, language), pair in chunk.pairs.items():
            if not self._rule.concerns(language):
                continue
            for row in pair.rows:
                dev = chunk.rows[row].meta.get("_split") == "dev"
                most = self._rule.dev if dev else self._rule.most
                if self._counts[pivot, language, dev] >= most:
                    faults.setdefault(row, {})[language] = f"{most:,} pairs with {pivot} are there already"
                else:
                    self._counts[pivot, language, dev] += 1
        return faults

    def notes(self) -> list[str]:
        return []

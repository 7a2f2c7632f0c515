"""Cells and rows that were there before."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
import xxhash
from numpy.typing import NDArray
from pydantic import Field

from interlingua.corpus.cleaning.rule import Chunk, Faults, Judge, RuleSettings
from interlingua.corpus.letters import letters_of

__all__ = ["Duplicates", "Seen"]

_END = "\x1e"


class Seen:
    """A set of 64-bit hashes that only grows, in sorted arrays: 8 bytes a hash, where a Python set takes about 60.

    Example:
        >>> seen = Seen()
        >>> seen.first(np.array([5, 7, 5], np.uint64)).tolist(), seen.first(np.array([7, 8], np.uint64)).tolist()
        ([True, True, False], [False, True])
    """

    def __init__(self) -> None:
        self._levels: list[NDArray[np.uint64]] = []

    def first(self, hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Return which of the hashes come for the first time, and remember them all."""
        unique, places = np.unique(hashes, return_index=True)
        new = np.ones(len(unique), dtype=np.bool_)
        for level in self._levels:
            near = np.minimum(np.searchsorted(level, unique), len(level) - 1)
            new &= level[near] != unique
        first = np.zeros(len(hashes), dtype=np.bool_)
        first[places[new]] = True
        if new.any():
            self._add(unique[new])
        return first

    def __len__(self) -> int:
        return sum(map(len, self._levels))

    def _add(self, hashes: NDArray[np.uint64]) -> None:
        """Keep the arrays few: each is more than twice as long as the next."""
        while self._levels and len(self._levels[-1]) <= 2 * len(hashes):
            hashes = np.sort(np.concatenate([self._levels.pop(), hashes]))
        self._levels.append(hashes)


class Duplicates(RuleSettings):
    """What was there before; the first stays.

    Two texts that differ have the same hash with a probability of about n² / 2⁶⁵ among n (one in four thousand for a
    hundred million). Memory: 8 bytes a row (``row``, ``pivot``) or a cell (``pair``, ``cell``).
    """

    kind: ClassVar[str] = "duplicates"

    key: Literal["row", "pivot", "pair", "cell"] = Field(
        "pair",
        description="what must be new: `row` all cells together, `pivot` the pivot (else the row goes), `pair` a cell "
        "together with its pivot, `cell` every cell among those of its language",
    )
    fold: bool = Field(False, description="case, spaces and punctuation make no difference")

    def begin(self) -> Judge:
        """Return a judge that has seen nothing yet."""
        return _DuplicateJudge(self)

    def judge(self, chunk: Chunk) -> Faults:
        """Return the cells at fault among rows that are all there are."""
        return self.begin().judge(chunk)


class _DuplicateJudge:
    def __init__(self, rule: Duplicates) -> None:
        self._rule = rule
        self._seen = Seen()

    def judge(self, chunk: Chunk) -> Faults:
        match self._rule.key:
            case "row":
                return self._rows(
                    chunk, (self._whole(dict(row.texts)) for row in chunk.rows), "the row was there before"
                )
            case "pivot":
                keys = (
                    f"{pivot}{_END}{self._text(row.texts[pivot])}"
                    for pivot, row in zip(chunk.pivots, chunk.rows, strict=True)
                )
                return self._rows(chunk, keys, "the pivot was there before")
            case "pair":
                return self._pairs(chunk)
            case "cell":
                return self._cells(chunk)

    def notes(self) -> list[str]:
        return []

    def _rows(self, chunk: Chunk, keys: Iterable[str], reason: str) -> Faults:
        old = ~self._seen.first(_hashes(list(keys)))
        return {place: dict.fromkeys(chunk.rows[place].texts, reason) for place in np.flatnonzero(old).tolist()}

    def _pairs(self, chunk: Chunk) -> Faults:
        faults = Faults()
        for (pivot, language), pair in chunk.pairs.items():
            if self._rule.concerns(language):
                sides = zip(pair.pivots, pair.texts, strict=True)
                keys = [_END.join((pivot, language, self._text(one), self._text(other))) for one, other in sides]
                self._mark(faults, language, pair.rows, keys, f"it was there before with the same {pivot}")
        return faults

    def _cells(self, chunk: Chunk) -> Faults:
        faults = Faults()
        for language, column in chunk.columns.items():
            if self._rule.concerns(language):
                keys = [f"{language}{_END}{self._text(text)}" for text in column.texts]
                self._mark(faults, language, column.rows, keys, "it was there before")
        return faults

    def _mark(self, faults: Faults, language: str, rows: Sequence[int], keys: Sequence[str], reason: str) -> None:
        for place in np.flatnonzero(~self._seen.first(_hashes(keys))).tolist():
            faults.setdefault(rows[place], {})[language] = reason

    def _whole(self, texts: dict[str, Any]) -> str:
        return _END.join(f"{language}{_END}{self._text(texts[language])}" for language in sorted(texts))

    def _text(self, text: str) -> str:
        return letters_of(text) if self._rule.fold else text


def _hashes(keys: Sequence[str]) -> NDArray[np.uint64]:
    return np.array([xxhash.xxh3_64_intdigest(key.encode("utf-8", "surrogatepass")) for key in keys], dtype=np.uint64)

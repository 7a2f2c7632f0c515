"""Rows that nearly were there before."""

from typing import Any, ClassVar

import numpy as np
import xxhash
from numpy.typing import NDArray
from pydantic import Field, field_validator

from interlingua.corpus.cleaning.duplicates import Seen
from interlingua.corpus.cleaning.rule import Chunk, Faults, Judge, RuleSettings
from interlingua.corpus.letters import letters_of
from interlingua.errors import CorpusError, LanguageError
from interlingua.languages import canonical

__all__ = ["NearDuplicates"]


class NearDuplicates(RuleSettings):
    r"""Rows whose pivot is nearly that of an earlier row, by MinHash (extra ``minhash``); the first stays.

    Texts are sets of character n-grams, of letters and digits alone. Of b bands with r permutations each, one must
    agree, which texts of Jaccard similarity s do with probability :math:`1 - (1 - s^r)^b`; b and r are those for which
    this is nearest to a step at the threshold. Nothing is compared a second time, so that a band costs 8 bytes a row.

    Reference:
        Broder 1997, On the resemblance and containment of documents, https://doi.org/10.1109/SEQUEN.1997.666900
    """

    kind: ClassVar[str] = "near-duplicates"

    threshold: float = Field(0.8, gt=0, le=1, description="Jaccard similarity that counts as nearly the same")
    language: str = Field("", description="the language that is compared; empty for the pivot of each row")
    ngram: int = Field(5, ge=1, description="characters of an n-gram")
    letters: int = Field(20, ge=1, description="texts with fewer letters and digits are let through")
    permutations: int = Field(128, ge=2, description="of MinHash; more are more exact and slower")
    seed: int = Field(1, ge=0, description="another seed draws other permutations")

    @field_validator("language")
    @classmethod
    def _language(cls, language: str) -> str:
        try:
            return canonical(language) if language else ""
        except LanguageError as error:
            raise ValueError(str(error)) from error

    def begin(self) -> Judge:
        """Return a judge that has seen nothing yet.

        Raises:
            CorpusError: ``datasketch`` is not installed.
        """
        return _NearJudge(self)

    def judge(self, chunk: Chunk) -> Faults:
        """Return the cells at fault among rows that are all there are."""
        return self.begin().judge(chunk)


class _NearJudge:
    def __init__(self, rule: NearDuplicates) -> None:
        try:
            from datasketch import MinHash, MinHashLSH
        except ImportError as error:
            raise CorpusError(
                "near-duplicates needs datasketch; install it with `pip install 'interlingua[minhash]'`"
            ) from error
        self._rule = rule
        shape = MinHashLSH(threshold=rule.threshold, num_perm=rule.permutations)
        self._bands, self._width = int(shape.b), int(shape.r)
        self._empty: Any = MinHash(num_perm=rule.permutations, seed=rule.seed, hashfunc=int)
        self._seen: dict[str, list[Seen]] = {}

    def judge(self, chunk: Chunk) -> Faults:
        faults = Faults()
        for language, column in chunk.columns.items():
            mine = [
                (row, text)
                for row, text in zip(column.rows, column.texts, strict=True)
                if language == (self._rule.language or chunk.pivots[row])
            ]
            for place in self._old(language, [text for _, text in mine]):
                row = mine[place][0]
                faults[row] = dict.fromkeys(chunk.rows[row].texts, f"its {language} nearly was there before")
        return faults

    def notes(self) -> list[str]:
        return []

    def _old(self, language: str, texts: list[str]) -> list[int]:
        """Places of the texts of which one band is that of an earlier text."""
        folded = [letters_of(text) for text in texts]
        judged = [place for place, text in enumerate(folded) if len(text) >= self._rule.letters]
        if not judged:
            return []
        bands = np.stack([self._hashed(folded[place]) for place in judged])
        seen = self._seen.setdefault(language, [Seen() for _ in range(self._bands)])
        first = np.stack([one.first(bands[:, number]) for number, one in enumerate(seen)])
        return [judged[place] for place in np.flatnonzero(~first.all(axis=0)).tolist()]

    def _hashed(self, text: str) -> NDArray[np.uint64]:
        """A hash of every band of a text's signature."""
        size = self._rule.ngram
        grams = {text[start : start + size] for start in range(max(1, len(text) - size + 1))}
        sketch = self._empty.copy()
        sketch.update_batch([xxhash.xxh32_intdigest(gram.encode("utf-8", "surrogatepass")) for gram in grams])
        values = sketch.hashvalues[: self._bands * self._width].reshape(self._bands, self._width)
        return np.array([xxhash.xxh3_64_intdigest(band.tobytes()) for band in values], dtype=np.uint64)

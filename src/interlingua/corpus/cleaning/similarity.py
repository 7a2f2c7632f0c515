"""Cells that an encoder does not take for a translation of the pivot."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field, SkipValidation

from interlingua.corpus.cleaning.rule import Chunk, Faults, Judge, RuleSettings
from interlingua.errors import CorpusError
from interlingua.types import Scorer

__all__ = ["Similarity"]


class Similarity(RuleSettings):
    """Cells that score low with the pivot: cosine of an encoder's vectors, or a margin among their neighbours.

    Scales differ by encoder: look at the scores of pairs known to be good, and of shuffled ones, before choosing the
    threshold. An encoder that was not trained on a language gives its good pairs low scores too.
    """

    kind: ClassVar[str] = "similarity"

    min: float = Field(description="lowest score that stays")
    model: str = Field("", description="the encoder, as `interlingua encode` takes it; needed on the command line")
    margin: Literal["none", "ratio", "distance"] = Field(
        "none", description="`none` for the cosine, or the margin among the nearest of the same rows' cells"
    )
    k: int = Field(4, ge=1, description="neighbours of a margin")
    scorer: SkipValidation[Scorer | None] = Field(
        None, exclude=True, repr=False, description="in Python: what gives the scores"
    )

    def begin(self) -> Judge:
        """Return the rule itself.

        Raises:
            CorpusError: There is nothing that gives scores.
        """
        if self.scorer is None:
            raise CorpusError(
                "similarity needs an encoder: similarity:model=NAME,min=0.5 on the command line, "
                "Similarity(scorer=EncoderScorer(encoder), min=0.5) in Python"
            )
        return self

    def judge(self, chunk: Chunk) -> Faults:
        """Return the cells at fault."""
        faults = Faults()
        for (pivot, language), pair in chunk.pairs.items():
            if self.scorer is None or not self.concerns(language):
                continue
            scores = self.scorer.score(pair.pivots, pair.texts, languages=(pivot, language))
            for place in np.flatnonzero(~(scores >= self.min)).tolist():  # NaN is at fault too
                faults.setdefault(pair.rows[place], {})[language] = f"score {scores[place]:.3f} with its {pivot}"
        return faults

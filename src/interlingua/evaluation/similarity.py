"""Semantic textual similarity: do cosines rank sentence pairs as people do?"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from interlingua.errors import EvaluationError
from interlingua.evaluation.encoding import encode_texts
from interlingua.evaluation.metrics import spearman
from interlingua.evaluation.task import score_signature, to_score
from interlingua.types import Encoder, Score

if TYPE_CHECKING:
    from interlingua.corpus import ScoredPairs

__all__ = ["SemanticSimilarity"]


class SemanticSimilarity:
    """Compare the cosines of sentence pairs with the scores that people gave them, by Spearman's correlation.

    The interval is Fisher's (:func:`interlingua.evaluation.metrics.spearman`). Where one side is constant the value
    is NaN, and the note says so.

    Args:
        pairs: Sentence pairs of one language or two, with a gold score each.
        name: Name in scores; ``sts:PAIRS`` unless given.

    Raises:
        EvaluationError: If there are no pairs.

    Reference:
        Cer, Diab, Agirre, Lopez-Gazpio, Specia 2017, SemEval-2017 Task 1. https://aclanthology.org/S17-2001
    """

    def __init__(self, pairs: "ScoredPairs", *, name: str | None = None) -> None:
        self.pairs = pairs
        self._name = name or f"sts:{pairs.name}"
        if not len(pairs.scores):
            raise EvaluationError(f"{self._name} has no pairs; choose another split or other languages")

    @property
    def name(self) -> str:
        """Name used in scores and logs."""
        return self._name

    def run(self, encoder: Encoder) -> Iterator[Score]:
        """Yield one score."""
        sides = []
        for language, texts in zip(self.pairs.languages, (self.pairs.source, self.pairs.target), strict=True):
            encoded = encode_texts(encoder, texts, language=language, data=self.name)
            vectors = encoded.vectors.astype(np.float64)
            lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
            sides.append((vectors / np.where(lengths > 0, lengths, 1))[encoded.ids])
        signature = score_signature(encoder, data=self.pairs.fingerprint, split=self.pairs.split)
        yield to_score(
            spearman(self.pairs.scores, np.einsum("nd,nd->n", *sides)),
            task=self.name,
            metric="spearman",
            languages=self.pairs.languages,
            signature=signature,
        )

"""Sentence pairs to how well each translates: cosine of an encoder's vectors, or how far it stands out."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from interlingua.errors import MiningError
from interlingua.mining.margin import margin_scores
from interlingua.mining.neighbours import exact_cosines, nearest_both_ways
from interlingua.types import Encoder, Vectors

__all__ = ["EncoderScorer"]


class EncoderScorer:
    """Scores pairs by an encoder.

    Without margin the score is the cosine of the two vectors. With one it is compared with the mean cosines of both
    texts with their k nearest on the other side, among the pairs that are scored together
    (:func:`interlingua.mining.margin_scores`); equal texts count once.

    Args:
        encoder: Texts to unit vectors.
        margin: ``ratio`` or ``distance``; None for the cosine.
        k: Neighbours that the means are taken over.

    Raises:
        MiningError: No such margin, or k below 1.

    Example:
        >>> class Toy:
        ...     name, fingerprint = "toy", "0"
        ...     def encode(self, texts, *, language=None):
        ...         return np.eye(3, dtype=np.float32)[[ord(text[0]) % 3 for text in texts]]
        >>> EncoderScorer(Toy()).score(["a", "b"], ["a", "c"], languages=("eng_Latn", "deu_Latn")).tolist()
        [1.0, 0.0]
    """

    def __init__(self, encoder: Encoder, *, margin: Literal["ratio", "distance"] | None = None, k: int = 4) -> None:
        if margin not in (None, "ratio", "distance") or k < 1:
            raise MiningError(f"margin {margin!r} with k = {k}; choose ratio, distance or None, and k of 1 or more")
        self._encoder, self._margin, self._k = encoder, margin, k

    @property
    def name(self) -> str:
        """The encoder and what is made of its vectors."""
        what = "cosine" if self._margin is None else f"{self._margin} margin, k={self._k}"
        return f"{self._encoder.name} ({what})"

    def score(self, source: Sequence[str], target: Sequence[str], *, languages: tuple[str, str]) -> NDArray[np.float32]:
        """Return a number a pair, higher is better, shape ``(n,)``.

        Args:
            source: Shape ``(n,)``.
            target: Shape ``(n,)``.
            languages: Of source and target.

        Raises:
            MiningError: There are not as many targets as sources, or the ratio is not defined on these vectors.
        """
        if len(source) != len(target):
            raise MiningError(f"{len(source):,} sources and {len(target):,} targets are no pairs; give as many of each")
        if not source:
            return np.zeros(0, dtype=np.float32)
        (left, ours), (right, theirs) = (
            self._encoded(texts, language) for texts, language in zip((source, target), languages, strict=True)
        )
        cosine = np.einsum("ij,ij->i", left[ours].astype(np.float64), right[theirs].astype(np.float64))
        if self._margin is None:
            return np.asarray(cosine, dtype=np.float32)
        means = [
            exact_cosines(queries, pool, found.index).mean(axis=1)
            for queries, pool, found in zip(
                (left, right), (right, left), nearest_both_ways(left, right, k=self._k), strict=True
            )
        ]
        scores = margin_scores(cosine, means[0][ours], means[1][theirs], margin=self._margin)
        return np.asarray(scores, dtype=np.float32)

    def _encoded(self, texts: Sequence[str], language: str) -> tuple[Vectors, NDArray[np.int64]]:
        """Vectors of the distinct texts, and the place of every text among them."""
        places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
        vectors = self._encoder.encode(list(places), language=language)
        return vectors, np.array([places[text] for text in texts], dtype=np.int64)

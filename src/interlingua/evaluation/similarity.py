"""Semantic textual similarity: do cosines rank sentence pairs as people do?"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import xxhash
from numpy.typing import NDArray

from interlingua.errors import EvaluationError
from interlingua.evaluation.encoding import encode_texts
from interlingua.evaluation.metrics import Estimate, spearman, undefined
from interlingua.evaluation.task import incomplete, score_signature, to_score
from interlingua.types import Encoder, Sample, Score

if TYPE_CHECKING:
    from interlingua.corpus import ScoredPairs

__all__ = ["SemanticSimilarity"]

_DECIMALS = 12
"""Of cosines: what lies beyond is rounding, and would rank pairs whose vectors are equally near (it reaches 1e-15)."""


class SemanticSimilarity:
    """Compare the cosines of sentence pairs with the scores that people gave them, by Spearman's correlation.

    Yields ``spearman`` for every set of pairs, and after the last of several ``macro_spearman``, their mean.

    Intervals: Fisher's for a correlation (:func:`interlingua.evaluation.metrics.spearman`); the mean's ends are the
    means of the ends, as wide as if all sets erred together. Where one side is constant the value is NaN, the note
    says so, and the mean is NaN too.

    Args:
        pairs: Sentence pairs of one language or two, with a gold score each; one set, or one for each language pair.
        name: Name in scores; ``sts:PAIRS`` unless given.

    Raises:
        EvaluationError: If there are no pairs.

    Reference:
        Cer, Diab, Agirre, Lopez-Gazpio, Specia 2017, SemEval-2017 Task 1. https://aclanthology.org/S17-2001
    """

    def __init__(self, pairs: "ScoredPairs | Sequence[ScoredPairs]", *, name: str | None = None) -> None:
        self.sets: list[ScoredPairs] = list(pairs) if isinstance(pairs, Sequence) else [pairs]
        self._name = name or "sts:" + "+".join(dict.fromkeys(one.name for one in self.sets))
        if not self.sets or any(not len(one) for one in self.sets):
            raise EvaluationError(f"{self._name} has no pairs; choose another split or other languages")

    @property
    def name(self) -> str:
        """Name used in scores and logs."""
        return self._name

    def run(self, encoder: Encoder) -> Iterator[Score]:
        """Yield a score for every set of pairs, then the mean of several."""
        cosines = self._cosines(encoder)
        estimates = [spearman(one.scores, cosine) for one, cosine in zip(self.sets, cosines, strict=True)]
        split = self.sets[0].name.partition("/")[2] or None
        signature = score_signature(encoder, data=_fingerprint(self.sets), split=split, similarity="cosine")
        samples = _samples(self.sets, cosines)
        for one, estimate, sample in zip(self.sets, estimates, samples, strict=True):
            yield to_score(
                estimate,
                task=self.name,
                metric="spearman",
                languages=one.languages,
                signature=signature,
                samples=[sample] if np.isfinite(estimate.value) else (),
            )
        if len(self.sets) > 1:
            languages = tuple(dict.fromkeys(language for one in self.sets for language in one.languages))
            mean = _mean(estimates)
            yield to_score(
                mean,
                task=self.name,
                metric="macro_spearman",
                languages=languages,
                signature=signature,
                samples=samples if np.isfinite(mean.value) else (),
            )

    def _cosines(self, encoder: Encoder) -> list[NDArray[np.float64]]:
        """Return the cosine of every pair, set by set; every text of a language is encoded once."""
        texts: dict[str, list[str]] = {}
        spans: list[list[slice]] = []
        for pairs in self.sets:
            spans.append([])
            for language, side in zip(pairs.languages, (pairs.source, pairs.target), strict=True):
                column = texts.setdefault(language, [])
                spans[-1].append(slice(len(column), len(column) + len(side)))
                column.extend(side)
        encoded = {
            language: encode_texts(encoder, column, language=language, data=self.name)
            for language, column in texts.items()
        }
        cosines = []
        for pairs, places in zip(self.sets, spans, strict=True):
            sides = [
                encoded[language].vectors[encoded[language].ids[place]].astype(np.float64)
                for language, place in zip(pairs.languages, places, strict=True)
            ]
            lengths = np.linalg.norm(sides[0], axis=1) * np.linalg.norm(sides[1], axis=1)
            exact = np.einsum("nd,nd->n", *sides) / np.where(lengths > 0, lengths, 1)
            cosines.append(np.round(exact, _DECIMALS))
        return cosines


def _samples(sets: Sequence["ScoredPairs"], cosines: Sequence[NDArray[np.float64]]) -> list[Sample]:
    """Gold scores and cosines; pairs of one number in sets of one name are drawn together."""
    begins: dict[str, int] = {}
    end = 0
    for one in sets:
        if one.name not in begins:
            begins[one.name] = end
            end += 1 + max(int(other.rows.max()) for other in sets if other.name == one.name)
    return [
        Sample(
            statistic="spearman",
            items=np.stack([one.scores, cosine], axis=1),
            units=one.rows + begins[one.name],
            languages=one.languages,
        )
        for one, cosine in zip(sets, cosines, strict=True)
    ]


def _mean(estimates: Sequence[Estimate]) -> Estimate:
    n = sum(estimate.n for estimate in estimates)
    present = sum(bool(np.isfinite(estimate.value)) for estimate in estimates)
    if present < len(estimates):
        return undefined(n, incomplete(present, len(estimates)))
    value, low, high = np.mean([(estimate.value, estimate.low, estimate.high) for estimate in estimates], axis=0)
    return Estimate(value=float(value), low=float(low), high=float(high), n=n)


def _fingerprint(sets: Sequence["ScoredPairs"]) -> str:
    digest = xxhash.xxh3_128()
    for pairs in sets:
        digest.update(np.ascontiguousarray(pairs.scores, dtype="<f8").tobytes())
        for text in (*pairs.languages, *pairs.source, *pairs.target):
            digest.update(text.encode() + b"\x00")
    return digest.hexdigest()

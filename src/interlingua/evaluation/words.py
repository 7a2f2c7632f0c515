"""Word alignment: do the links of an encoder, or of any aligner, agree with those of people?"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np
import xxhash
from numpy.typing import NDArray

from interlingua.errors import EvaluationError
from interlingua.evaluation.link_scores import (
    METRICS,
    Counts,
    link_counts,
    link_estimates,
    link_metrics,
    link_samples,
    resampled,
)
from interlingua.evaluation.metrics import Estimate
from interlingua.evaluation.remembering import inner_encoder
from interlingua.evaluation.task import incomplete, score_signature, to_score
from interlingua.types import Aligner, Encoder, Sample, Score

if TYPE_CHECKING:
    from interlingua.words import Matcher
    from interlingua.words.gold import AlignedPairs

__all__ = ["WordAlignment", "aligned_sets", "fingerprint_of", "score_aligner", "sentence_units", "word_encoder"]


class WordAlignment:
    """Compare the links that an encoder's states give with gold links.

    Yields ``precision``, ``recall``, ``aer`` and ``f1`` for every language pair
    (:func:`interlingua.evaluation.link_scores`), and after the last of several their means, ``macro_precision`` and so
    on. ``aer`` is an error rate: lower is better. The mean F1 comes last, so that it stands for the task beside others.
    ``n`` counts sentence pairs.

    Intervals are percentiles of 1,000 resamples of the sentence pairs from a fixed seed. Pairs that share a sentence of
    the language that most language pairs have are drawn together.

    Args:
        gold: Sentence pairs with gold links; of one language pair or of several.
        match: How similarities become links, as for :class:`interlingua.words.WordAligner`.
        layer: Whose states are compared, as for :class:`interlingua.words.WordAligner`.
        unit: ``subword``: words are linked where any of their subwords are. ``word``: by the mean of their subwords.
        name: Name in scores; ``words:GOLD`` unless given.

    Raises:
        EvaluationError: If there are no pairs.

    Reference:
        Och and Ney 2003, A Systematic Comparison of Various Statistical Alignment Models.
        https://aclanthology.org/J03-1002
    """

    def __init__(
        self,
        gold: "AlignedPairs | Sequence[AlignedPairs]",
        *,
        match: "Matcher | str" = "argmax",
        layer: int | None = None,
        unit: Literal["word", "subword"] = "subword",
        name: str | None = None,
    ) -> None:
        self.sets = aligned_sets(gold)
        self._name = name or "words:" + "+".join(dict.fromkeys(one.name for one in self.sets))
        self.match, self.layer, self.unit = match, layer, unit

    @property
    def name(self) -> str:
        """Name used in scores and logs."""
        return self._name

    def run(self, encoder: Encoder | Aligner) -> Iterator[Score]:
        """Yield the scores of every language pair, then the means of several.

        Args:
            encoder: A :class:`interlingua.encoder.SentenceEncoder`; or an aligner, which is scored as it is.

        Raises:
            EvaluationError: If the encoder has no word states, or the aligner gives other words than the gold has.
        """
        aligner = cast("Aligner", encoder) if hasattr(encoder, "align") else self._aligner(encoder)
        yield from score_aligner(aligner, self.sets, name=self.name)

    def _aligner(self, encoder: Encoder) -> Aligner:
        from interlingua.words import WordAligner

        model, prefix = word_encoder(encoder, task=self.name)
        return WordAligner(model, match=self.match, layer=self.layer, unit=self.unit, prefix=prefix)


def score_aligner(
    aligner: Aligner, gold: "AlignedPairs | Sequence[AlignedPairs]", *, name: str | None = None
) -> Iterator[Score]:
    """Score the links of any aligner as :class:`WordAlignment` does those of an encoder.

    Args:
        aligner: Anything with ``name``, ``fingerprint`` and ``align``.
        gold: Sentence pairs with gold links; of one language pair or of several.
        name: Name in scores; ``words:GOLD`` unless given.

    Raises:
        EvaluationError: If there are no pairs, or the aligner gives fewer answers or other words than the gold has.
    """
    sets = aligned_sets(gold)
    task = name or "words:" + "+".join(dict.fromkeys(one.name for one in sets))
    signature = _signature(aligner, sets)
    counts: list[Counts] = []
    for one in sets:
        found = list(aligner.align(one.pairs))
        try:
            counts.append(link_counts(found, one.links))
        except EvaluationError as error:
            raise EvaluationError(f"{aligner.name} on {one.name}, {'-'.join(one.languages)}: {error}") from error
    values = [link_metrics(one.sum(axis=0)) for one in counts]
    units = sentence_units(sets)
    draws = [link_metrics(sums) for sums in resampled(counts, units)]
    conditions = {"task": task, "signature": signature}
    samples = [link_samples(count, unit, one.languages) for one, count, unit in zip(sets, counts, units, strict=True)]
    for one, value, draw, own in zip(sets, values, draws, samples, strict=True):
        estimates = link_estimates(value, draw, n=len(one))
        yield from _scores(estimates, [own], languages=one.languages, **conditions)
    if len(sets) > 1:
        languages = tuple(dict.fromkeys(language for one in sets for language in one.languages))
        means = _means(values, draws, n=len(np.unique(np.concatenate(units))))
        yield from _scores(means, samples, languages=languages, prefix="macro_", **conditions)


def aligned_sets(gold: "AlignedPairs | Sequence[AlignedPairs]") -> "list[AlignedPairs]":
    """Return the sets of gold links as a list.

    Raises:
        EvaluationError: If there is none, or an empty one.
    """
    sets: list[AlignedPairs] = list(gold) if isinstance(gold, Sequence) else [gold]
    if not sets or not all(len(one) for one in sets):
        raise EvaluationError("there are no sentence pairs with links; choose another split or other languages")
    return sets


def word_encoder(encoder: Encoder, *, task: str) -> tuple[Any, str | None]:
    """Return the model of an encoder that has word states, and the prefix that it is used with.

    Raises:
        EvaluationError: If it makes vectors of whole texts only.
    """
    from interlingua.encoder import SentenceEncoder

    whole = inner_encoder(encoder)
    if isinstance(whole, SentenceEncoder):
        return whole.model, whole.prefix
    raise EvaluationError(
        f"{task} looks at the words inside an encoder, but {encoder.name} ({type(encoder).__name__}) makes vectors of "
        "whole texts only; give the model itself: a SentenceTransformer folder or name, or a transformers folder"
    )


def sentence_units(sets: "Sequence[AlignedPairs]") -> list[NDArray[np.int64]]:
    """Number the sentences of the language that most sets have; pairs with an equal one share its number."""
    spoken = Counter(language for one in sets for language in one.languages)
    hub = max(spoken, key=lambda language: spoken[language])
    numbers: dict[tuple[str, str], int] = {}
    units = []
    for one in sets:
        side = "target" if one.languages[1] == hub != one.languages[0] else "source"
        language = one.languages[side == "target"]
        keys = [(language, getattr(pair, side)) for pair in one.pairs]
        units.append(np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64))
    return units


def fingerprint_of(sets: "Sequence[AlignedPairs]") -> str:
    """Return a fingerprint of all sets."""
    return xxhash.xxh3_128_hexdigest("|".join(one.fingerprint for one in sets).encode())


@dataclass(frozen=True, slots=True)
class _Marked:
    """What a signature needs of an aligner."""

    name: str
    fingerprint: str


def _signature(aligner: Aligner, sets: "Sequence[AlignedPairs]") -> str:
    marked = _Marked(aligner.name, xxhash.xxh3_128_hexdigest(aligner.fingerprint.encode()))
    return score_signature(
        cast("Encoder", marked),
        data=fingerprint_of(sets),
        split=sets[0].name.partition("/")[2] or None,
        aligner=aligner.name.replace("|", "/"),
        segmentation="gold",
        interval="bootstrap-1000",
    )


def _scores(
    estimates: dict[str, Estimate],
    samples: Sequence[dict[str, Sample]],
    *,
    task: str,
    languages: tuple[str, ...],
    signature: str,
    prefix: str = "",
) -> Iterator[Score]:
    for metric in ("precision", "recall", "aer", "f1"):
        known = np.isfinite(estimates[metric].value) and all(metric in one for one in samples)
        yield to_score(
            estimates[metric],
            task=task,
            metric=prefix + metric,
            languages=languages,
            signature=signature,
            higher_is_better=metric != "aer",
            samples=[one[metric] for one in samples] if known else (),
        )


def _means(
    values: Sequence[NDArray[np.float64]], draws: Sequence[NDArray[np.float64]], *, n: int
) -> dict[str, Estimate]:
    present = np.isfinite(values).sum(axis=0)
    means = link_estimates(np.mean(values, axis=0), np.mean(draws, axis=0), n=n)
    for metric, known in zip(METRICS, present.tolist(), strict=True):
        if known < len(values):
            means[metric] = Estimate(value=np.nan, low=np.nan, high=np.nan, n=n, note=incomplete(known, len(values)))
    return means

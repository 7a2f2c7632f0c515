"""Tatoeba: finding short translated sentences, by the protocols and groups of languages that papers report."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from interlingua.errors import EvaluationError
from interlingua.evaluation.columns import PairedColumns
from interlingua.evaluation.hits import first_nearest
from interlingua.evaluation.metrics import accuracy, f1_shares, mean_accuracy, undefined
from interlingua.evaluation.pairs import Pair, language_pairs
from interlingua.evaluation.retrieval import TranslationRetrieval
from interlingua.evaluation.task import incomplete, score_signature, to_score
from interlingua.languages import canonical
from interlingua.types import Encoder, Sample, Score

if TYPE_CHECKING:
    from interlingua.corpus import Corpus

__all__ = ["GROUPS", "Tatoeba", "direction_errors", "group_languages"]


GROUPS: Mapping[str, str] = {
    "wacse4": "kk te ka jv",
    "wacse5": "kk te ka jv tl",
    "wacse8": "kk te ka jv tl ml sw mr",
    "xtreme36": "af ar bg bn de el es et eu fa fi fr he hi hu id it ja jv ka kk ko ml mr nl pt ru sw ta te th tl tr ur "
    "vi zh",
}
"""Groups of languages whose means are published: XTREME's 36, which are WACSE's 36 too, and its low-resource ones."""


class Tatoeba:
    """Find each sentence's translation among those of the other language, English being one of the two.

    ``protocol="laser"``: both directions, the row itself must be found (``accuracy``, ``mean_accuracy``). ``"mteb"``:
    from the other language to English only (``accuracy``, and ``f1``, weighted by label, which is the main score).
    Where candidates are equally near the first in row order is taken, as both protocols do; for ties that are shared
    see :class:`interlingua.evaluation.TranslationRetrieval`.

    After the languages stand the means over groups of languages, as ``xtreme36_accuracy`` or ``wacse8_f1``; where a
    language of a group is missing its value is NaN. The note of a group gives its standard error
    (:func:`direction_errors`). Last is ``macro_accuracy`` or ``macro_f1``, the mean over all languages of the corpus.

    Args:
        corpus: Rows of English and other languages: the set ``tatoeba`` of the catalog, or any other.
        protocol: ``"laser"`` or ``"mteb"``.
        groups: Names of :data:`GROUPS`.
        split: Part of the corpus; None takes all of it.
        name: Name in scores; ``tatoeba-PROTOCOL:CORPUS/SPLIT`` unless given.

    Raises:
        EvaluationError: If there is no such protocol or group, English is absent, or no pair shares two rows.

    Reference:
        Artetxe and Schwenk 2019, Massively Multilingual Sentence Embeddings for Zero-Shot Cross-Lingual Transfer and
        Beyond, https://aclanthology.org/Q19-1038; Hu et al. 2020, XTREME, https://arxiv.org/abs/2003.11080; Muennighoff
        et al. 2023, MTEB. https://aclanthology.org/2023.eacl-main.148
    """

    def __init__(
        self,
        corpus: "Corpus",
        *,
        protocol: Literal["laser", "mteb"] = "laser",
        groups: Sequence[str] = tuple(GROUPS),
        split: str | None = None,
        name: str | None = None,
    ) -> None:
        if protocol not in ("laser", "mteb"):
            raise EvaluationError(f"protocol is {protocol!r}; it must be 'laser' or 'mteb'")
        if unknown := [group for group in groups if group not in GROUPS]:
            raise EvaluationError(f"there is no group {unknown[0]!r}; groups are {', '.join(GROUPS)}")
        self.corpus = corpus if split is None else corpus.select(split=split)
        self._name = name or f"tatoeba-{protocol}:{self.corpus.name}"
        self.protocol, self.groups, self.split = protocol, tuple(groups), split
        self.pairs: list[Pair] = [(b, a) for a, b in language_pairs("en-xx", self.corpus.languages, data=self._name)]
        self._retrieval = TranslationRetrieval(
            corpus, pairs=self.pairs, match="index", ties="first", split=split, name=self._name
        )

    @property
    def name(self) -> str:
        """Name used in scores and logs."""
        return self._name

    def run(self, encoder: Encoder) -> Iterator[Score]:
        """Yield the scores of every language, of every group, and their mean."""
        main: dict[str, Score] = {}
        kept = "mean_accuracy" if self.protocol == "laser" else "f1"
        for score in self._laser(encoder) if self.protocol == "laser" else self._mteb(encoder):
            if score.metric == kept:
                main[score.languages[0]] = score
            yield score
        metric = kept.removeprefix("mean_")
        signature = next(iter(main.values())).signature
        for group in self.groups:
            yield self._mean(main, group_languages(group), metric=f"{group}_{metric}", signature=signature)
        yield self._mean(main, tuple(main), metric=f"macro_{metric}", signature=signature)

    def _laser(self, encoder: Encoder) -> Iterator[Score]:
        for score in self._retrieval.run(encoder):
            if not score.metric.startswith("macro_"):
                yield score

    def _mteb(self, encoder: Encoder) -> Iterator[Score]:
        signature = score_signature(
            encoder, data=self.corpus.fingerprint, split=self.split, match="index", ties="first", direction="xx-en"
        )
        columns = PairedColumns(self.corpus, self.pairs, max_rows=None, data=self._name)
        for pair, (source, target) in columns.encoded(encoder):
            rows = columns.rows[pair]
            estimates, items = [undefined(len(rows), f"undefined: the pair shares {len(rows)} rows")] * 2, []
            if len(rows) >= 2:
                labels = np.arange(len(rows))
                chosen, _ = first_nearest(source.rows(rows), target.rows(rows))
                items = [(chosen == labels).astype(np.float64), f1_shares(labels, chosen)]
                estimates = [accuracy(values) for values in items]
            for i, metric in enumerate(("accuracy", "f1")):
                samples = [Sample(statistic="mean", items=items[i], units=rows, languages=pair)] if items else []
                yield to_score(
                    estimates[i], task=self.name, metric=metric, languages=pair, signature=signature, samples=samples
                )

    def _mean(self, scores: Mapping[str, Score], languages: tuple[str, ...], *, metric: str, signature: str) -> Score:
        """Return the mean over languages; undefined where one is missing."""
        members = [scores[language] for language in languages if language in scores]
        present = [score for score in members if np.isfinite(score.value)]
        samples = [sample for score in present for sample in score.samples]
        if len(present) < len(languages):
            estimate, samples = undefined(0, incomplete(len(present), len(languages))), []
        else:
            mean = mean_accuracy([(sample.units, sample.items[:, 0]) for sample in samples])
            estimate = replace(mean, note=self._errors(present))
        return to_score(
            estimate,
            task=self.name,
            metric=metric,
            languages=(*languages, "eng_Latn"),
            signature=signature,
            samples=samples,
        )

    def _errors(self, scores: Sequence[Score]) -> str:
        together, apart = direction_errors([score.value for score in scores], [score.n for score in scores])
        if self.protocol == "mteb":
            return f"standard error {100 * together:.2f} points"
        return (
            f"standard error {100 * together:.2f} points if both directions err together, {100 * apart:.2f} if each "
            "errs for itself"
        )


def group_languages(group: str) -> tuple[str, ...]:
    """Return the languages of one of :data:`GROUPS`, in canonical codes.

    Example:
        >>> group_languages("wacse4")
        ('kaz_Cyrl', 'tel_Telu', 'kat_Geor', 'jav_Latn')
    """
    return tuple(canonical(code) for code in GROUPS[group].split())


def direction_errors(values: Sequence[float], sizes: Sequence[int]) -> tuple[float, float]:
    r"""Return the standard error of a mean of accuracies that each are the mean of two directions.

    .. math:: \frac1L \sqrt{\sum_l \frac{p_l (1 - p_l)}{n_l}}, \qquad
       \frac1L \sqrt{\sum_l \frac{p_l (1 - p_l)}{2 n_l}}

    The first if a sentence is found in both directions or in none, the second if the directions have nothing to do with
    each other; the truth lies between.

    Args:
        values: :math:`p_l`, the accuracy of every language.
        sizes: :math:`n_l`, its sentences.

    Example:
        >>> together, apart = direction_errors([0.76] * 4, [575, 234, 746, 205])  # Kazakh, Telugu, Georgian, Javanese
        >>> round(100 * together, 1), round(100 * apart, 1)
        (1.2, 0.8)
    """
    shares, counts = np.asarray(values, dtype=np.float64), np.asarray(sizes, dtype=np.float64)
    together = float(np.sqrt(np.sum(shares * (1 - shares) / counts))) / len(shares)
    return together, together / float(np.sqrt(2))

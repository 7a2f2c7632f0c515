"""Classification of frozen vectors: what a linear probe finds in them, in its own language and in others."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np
import xxhash
from numpy.typing import NDArray

from interlingua.errors import EvaluationError
from interlingua.evaluation.encoding import encode_texts
from interlingua.evaluation.intervals import bootstrap_mean, percentile_interval
from interlingua.evaluation.label_scores import f1_estimate
from interlingua.evaluation.metrics import Estimate, undefined
from interlingua.evaluation.probes import LinearProbes, drawn_rows
from interlingua.evaluation.resampling import resampled_statistics
from interlingua.evaluation.task import incomplete, score_signature, to_score
from interlingua.languages import canonical
from interlingua.types import Encoder, Sample, Score, Vectors

if TYPE_CHECKING:
    from interlingua.corpus import LabelledTexts

__all__ = ["Classification"]

Ids = NDArray[np.int64]

_RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What the probes made of the test rows of one language, or why they were not asked."""

    languages: tuple[str, ...]
    f1: Estimate
    accuracy: Estimate
    sample: Sample | None = None


class Classification:
    """Train linear classifiers on a few frozen vectors a label, and count how often they are right.

    As MTEB does it: from the training rows ``samples_per_label`` of every label are drawn, logistic regression (100
    iterations at most) is fitted to their vectors and predicts the label of every test row; ``draws`` times, each draw
    from the list that the one before shuffled. The vectors are unit vectors, as encoders give them here.

    Without ``source`` every language is trained and tested by itself. With ``source`` the classifiers are trained on
    that language alone and tested on all: zero-shot transfer.

    Scores of every language: ``f1``, unweighted over labels, and ``accuracy``, both means over the draws. After
    several languages ``macro_f1`` and ``macro_accuracy``, the means over languages; with ``source`` over the *other*
    languages, and before them ``transfer_gap``, the accuracy in the source minus that mean.

    Intervals: bootstrap over test rows, which are drawn together in all languages; the draws of training rows are held
    fixed. A test row of a label that training lacks counts as wrong, a label with fewer than ``samples_per_label``
    training rows is trained on all it has; a note says so.

    Args:
        train: Rows to draw from.
        test: Rows to predict; its languages are those tested.
        source: The language to train on; None trains on each.
        samples_per_label: Rows drawn of every label.
        draws: How often.
        seed: Of the shuffle.
        name: Name in scores; ``classification:TEST``, or ``transfer:TEST``, unless given.

    Raises:
        EvaluationError: If there are no test rows, training has fewer than two labels, or a number is not positive.

    Reference:
        Muennighoff, Tazi, Magne, Reimers 2023, MTEB: Massive Text Embedding Benchmark.
        https://aclanthology.org/2023.eacl-main.148
    """

    def __init__(
        self,
        train: "LabelledTexts",
        test: "LabelledTexts",
        *,
        source: str | None = None,
        samples_per_label: int = 8,
        draws: int = 10,
        seed: int = 42,
        name: str | None = None,
    ) -> None:
        self.train, self.test = train, test
        self.source = None if source is None else canonical(source)
        self.samples_per_label, self.draws, self.seed = samples_per_label, draws, seed
        self._name = name or f"{'classification' if source is None else 'transfer'}:{test.name}"
        self._labels = {label: i for i, label in enumerate(sorted({*train.labels, *test.labels}))}
        self._check()

    @property
    def name(self) -> str:
        """Name used in scores and logs."""
        return self._name

    def run(self, encoder: Encoder) -> Iterator[Score]:
        """Yield the scores of every language, then the means of several."""
        score = partial(to_score, task=self.name, signature=self._signature(encoder))
        outcomes = []
        for one in self._outcomes(encoder):
            outcomes.append(one)
            samples = () if one.sample is None else (one.sample,)
            yield score(one.f1, metric="f1", languages=one.languages)
            yield score(one.accuracy, metric="accuracy", languages=one.languages, samples=samples)
        counted = [one for one in outcomes if self.source is None or one.languages[-1] != self.source]
        if len(outcomes) > 1:
            own = [one for one in outcomes if one not in counted]
            yield from _means(counted, own=own, score=score)

    def _outcomes(self, encoder: Encoder) -> Iterator[_Outcome]:
        shared = None if self.source is None else self._fitted(encoder, self.source)
        for language in self.test.languages:
            probes = self._fitted(encoder, language) if self.source is None else shared
            yield self._outcome(encoder, language, probes)

    def _outcome(self, encoder: Encoder, language: str, probes: LinearProbes | None) -> _Outcome:
        languages = (language,) if self.source is None else (self.source, language)
        rows = _present(self.test.texts[language])
        if probes is None or not len(rows):
            side = "test" if probes is not None else "training"
            missing = undefined(len(rows), f"undefined: no {side} row has a text in the language")
            return _Outcome(languages, missing, missing)
        gold = self._ids(self.test)[rows]
        predicted = probes.predict(self._encode(encoder, self.test, language, rows))
        right = (predicted == gold).mean(axis=0)
        sample = Sample(statistic="mean", items=right, units=rows, languages=languages)
        estimates = [f1_estimate(gold, predicted), bootstrap_mean([sample])]
        note = self._note(gold, probes)
        f1, accuracy = (Estimate(value=one.value, low=one.low, high=one.high, n=one.n, note=note) for one in estimates)
        return _Outcome(languages, f1, accuracy, sample)

    def _fitted(self, encoder: Encoder, language: str) -> LinearProbes | None:
        """Return the classifiers of a language, None where training has no text in it."""
        rows = _present(self.train.texts.get(language, []))
        if not len(rows):
            return None
        labels = self._ids(self.train)[rows]
        if len(np.unique(labels)) < 2:
            raise EvaluationError(
                f"{self.name}: the {language} training rows have one label, so there is nothing to tell apart; give "
                "rows of two labels at least"
            )
        drawn = drawn_rows(labels, per_label=self.samples_per_label, draws=self.draws, seed=self.seed)
        used = np.unique(np.concatenate(drawn))
        vectors = self._encode(encoder, self.train, language, rows[used])
        places = [np.searchsorted(used, one) for one in drawn]
        return LinearProbes(vectors, labels[used], places, fewest=int(np.bincount(labels)[np.unique(labels)].min()))

    def _encode(self, encoder: Encoder, rows: "LabelledTexts", language: str, which: Ids) -> Vectors:
        texts = [rows.texts[language][row] or "" for row in which]
        encoded = encode_texts(encoder, texts, language=language, data=self.name)
        return encoded.vectors[encoded.ids]

    def _ids(self, rows: "LabelledTexts") -> Ids:
        return np.array([self._labels[label] for label in rows.labels], dtype=np.int64)

    def _note(self, gold: Ids, probes: LinearProbes) -> str:
        unknown = int((~np.isin(gold, probes.labels)).sum())
        told = []
        if unknown:
            told.append(f"{unknown:,} of {len(gold):,} test rows have a label that training lacks")
        if probes.fewest < self.samples_per_label:
            told.append(f"a label has {probes.fewest} training rows, fewer than {self.samples_per_label}")
        return "; ".join(told)

    def _check(self) -> None:
        if not len(self.test):
            raise EvaluationError(f"{self.name} has no test rows; choose another split")
        if len(set(self.train.labels)) < 2:
            raise EvaluationError(
                f"{self.name}: the training rows of {self.train.name} have {len(set(self.train.labels))} label; give "
                "rows of two labels at least"
            )
        for setting, value in (("samples_per_label", self.samples_per_label), ("draws", self.draws)):
            if value < 1:
                raise EvaluationError(f"{self.name}: {setting} is {value}; it must be at least 1")
        if self.source is not None and self.source not in self.train.texts:
            raise EvaluationError(
                f"{self.name}: {self.train.name} has no {self.source} to train on; it has "
                f"{', '.join(self.train.languages)}"
            )

    @cached_property
    def _fingerprint(self) -> str:
        return xxhash.xxh3_128_hexdigest(f"{self.train.fingerprint}|{self.test.fingerprint}".encode())

    def _signature(self, encoder: Encoder) -> str:
        return score_signature(
            encoder,
            data=self._fingerprint,
            split=self.test.name.partition("/")[2] or None,
            train=self.train.name,
            source=self.source or "each",
            classifier="logistic",
            per_label=str(self.samples_per_label),
            draws=str(self.draws),
            seed=str(self.seed),
        )


def _present(column: Sequence[str | None]) -> Ids:
    return np.flatnonzero([text is not None for text in column])


def _means(counted: Sequence[_Outcome], *, own: Sequence[_Outcome], score: Callable[..., Score]) -> Iterator[Score]:
    """Yield the means over languages, and how far the source is above them."""
    languages = tuple(one.languages[-1] for one in counted)
    samples = [one.sample for one in counted if one.sample is not None]
    f1 = accuracy = undefined(0, incomplete(len(samples), len(counted)))
    if len(samples) == len(counted):
        f1, accuracy = _mean_f1(counted), bootstrap_mean(samples)
    else:
        samples = []
    yield score(f1, metric="macro_f1", languages=languages)
    if own:
        source = own[0].languages[0]
        gap = _gap(own[0].sample, samples, n=accuracy.n)
        yield score(gap, metric="transfer_gap", languages=(source, *languages), higher_is_better=False)
    yield score(accuracy, metric="macro_accuracy", languages=languages, samples=samples)


def _mean_f1(outcomes: Sequence[_Outcome]) -> Estimate:
    """The mean; its interval is as wide as if all languages erred together."""
    value, low, high = np.mean([(one.f1.value, one.f1.low, one.f1.high) for one in outcomes], axis=0)
    return Estimate(value=float(value), low=float(low), high=float(high), n=max(one.f1.n for one in outcomes))


def _gap(own: Sample | None, others: Sequence[Sample], *, n: int) -> Estimate:
    if own is None or not others:
        return undefined(n, "undefined: an accuracy is missing")
    means = [float(one.items.mean()) for one in (own, *others)]
    drawn = resampled_statistics([own, *others], _RESAMPLES, seed=0)
    low, high = percentile_interval(drawn[0] - drawn[1:].mean(axis=0))
    return Estimate(value=means[0] - float(np.mean(means[1:])), low=low, high=high, n=n)

"""XNLI: fine-tuned on inference in one language, what does the encoder's transformer understand of the others?"""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xxhash
from numpy.typing import NDArray

from interlingua.errors import EvaluationError, OutputError
from interlingua.evaluation.metrics import accuracy, mean_accuracy
from interlingua.evaluation.random_states import random_states_kept
from interlingua.evaluation.remembering import inner_encoder
from interlingua.evaluation.task import score_signature, to_score
from interlingua.types import Encoder, Sample, Score

if TYPE_CHECKING:
    from interlingua.corpus import InferencePairs

__all__ = ["XNLI"]


class XNLI:
    """Fine-tune a copy of the encoder's transformer to tell what follows from what, and test it in every language.

    The classifier is transformers' own kind with a head over labels, started from the encoder's weights (pooling,
    prefixes and what stands after the transformer are not part of it): AdamW without weight decay, the learning rate
    falling linearly, the last step kept. The encoder itself stays as it is.

    Yields ``accuracy`` of every test language, then ``macro_accuracy``, their mean, if there are several. Languages are
    those of training and of the test.

    Intervals: Wilson for one language; for the mean Wilson at the effective number of trials, pairs of one identifier
    being one draw in all languages. They do not cover the seed.

    Args:
        train: Pairs to train on, of one language.
        test: Pairs to test on, a set for each language.
        epochs: Passes over the training pairs.
        batch_size: Pairs a step.
        micro_batch: Pairs in memory at once.
        learning_rate: At the start.
        max_length: Longest pair in tokens.
        seed: Of the head, the order and dropout.
        keep: Folder for the classifiers; that of an encoder lies in ``KEEP/FINGERPRINT``, its first 12 characters.
        name: Name in scores; ``xnli:TEST`` unless given.

    Raises:
        EvaluationError: If there are no pairs, training has one label only, or a test has labels that it lacks.

    Reference:
        Conneau, Rinott, Lample, Williams, Bowman, Schwenk, Stoyanov 2018, XNLI: Evaluating Cross-lingual Sentence
        Representations. https://aclanthology.org/D18-1269
    """

    def __init__(
        self,
        train: "InferencePairs",
        test: "InferencePairs | Sequence[InferencePairs]",
        *,
        epochs: int = 2,
        batch_size: int = 256,
        micro_batch: int = 32,
        learning_rate: float = 5e-5,
        max_length: int = 128,
        seed: int = 42,
        keep: str | Path | None = None,
        name: str | None = None,
    ) -> None:
        self.train = train
        self.test: list[InferencePairs] = list(test) if isinstance(test, Sequence) else [test]
        self.settings: dict[str, Any] = {
            "epochs": epochs,
            "batch_size": batch_size,
            "micro_batch": micro_batch,
            "learning_rate": learning_rate,
            "max_length": max_length,
            "seed": seed,
        }
        self.keep = None if keep is None else Path(keep)
        self._name = name or "xnli:" + "+".join(dict.fromkeys(one.name for one in self.test))
        self.labels = sorted(set(train.labels))
        self._check()

    @property
    def name(self) -> str:
        """Name used in scores and logs."""
        return self._name

    def run(self, encoder: Encoder) -> Iterator[Score]:
        """Train, then yield the scores.

        Raises:
            EvaluationError: If the encoder has no transformer, or one that cannot be fine-tuned.
            OutputError: If a classifier of this encoder is kept already.
        """
        score = partial(to_score, task=self.name, signature=self._signature(encoder))
        groups: list[tuple[NDArray[np.int64], NDArray[np.float64]]] = []
        samples: list[Sample] = []
        for pairs, hits in zip(self.test, self._hits(encoder), strict=True):
            languages = (self.train.language, pairs.language)
            units = self._units(pairs)
            groups.append((units, hits))
            samples.append(Sample(statistic="mean", items=hits, units=units, languages=languages))
            yield score(accuracy(hits), metric="accuracy", languages=languages, samples=samples[-1:])
        if len(self.test) > 1:
            spoken = tuple(dict.fromkeys((self.train.language, *(one.language for one in self.test))))
            yield score(mean_accuracy(groups), metric="macro_accuracy", languages=spoken, samples=samples)

    def _hits(self, encoder: Encoder) -> list[NDArray[np.float64]]:
        """Train a classifier; return where it was right in every test."""
        model, tokenizer = _transformer(encoder, task=self.name)
        folder = None if self.keep is None else self.keep / encoder.fingerprint[:12]
        if folder is not None and folder.exists():
            raise OutputError(f"{folder} exists already; choose another place to keep the model, or remove it")
        from interlingua.evaluation.fine_tuning import FineTuning, fine_tune

        with random_states_kept():
            classifier = fine_tune(
                model,
                tokenizer,
                (self.train.premises, self.train.hypotheses),
                self._ids(self.train),
                names=self.labels,
                settings=FineTuning(**self.settings),
            )
            hits = [
                (classifier.predict((one.premises, one.hypotheses)) == self._ids(one)).astype(np.float64)
                for one in self.test
            ]
        if folder is not None:
            classifier.save(folder)
        return hits

    def _ids(self, pairs: "InferencePairs") -> list[int]:
        number = {label: i for i, label in enumerate(self.labels)}
        return [number[label] for label in pairs.labels]

    def _units(self, pairs: "InferencePairs") -> NDArray[np.int64]:
        number = {one: i for i, one in enumerate(dict.fromkeys(one for test in self.test for one in test.ids))}
        return np.array([number[one] for one in pairs.ids], dtype=np.int64)

    def _check(self) -> None:
        if not len(self.train) or not self.test or not all(len(one) for one in self.test):
            raise EvaluationError(f"{self.name} needs pairs to train on and pairs to test on; a set is empty")
        if len(self.labels) < 2:
            raise EvaluationError(
                f"{self.name}: all pairs of {self.train.name} are {self.labels[0]!r}; give two labels"
            )
        for one in self.test:
            if unknown := sorted(set(one.labels) - set(self.labels)):
                raise EvaluationError(
                    f"{self.name}: {one.language} has the label {unknown[0]!r}, which training lacks; it has "
                    f"{', '.join(self.labels)}"
                )
        if len({one.language for one in self.test}) < len(self.test):
            raise EvaluationError(f"{self.name}: two tests are in one language; put them into one set")
        for setting, value in self.settings.items():
            if setting != "seed" and not value > 0:
                raise EvaluationError(f"{self.name}: {setting} is {value}; it must be more than 0")

    def _signature(self, encoder: Encoder) -> str:
        content = "|".join(one.fingerprint for one in (self.train, *self.test))
        conditions = {key: f"{value:g}" for key, value in self.settings.items() if key != "micro_batch"}
        train = f"{self.train.name}/{len(self.train)}"
        return score_signature(
            encoder, data=xxhash.xxh3_128_hexdigest(content.encode()), split=None, train=train, **conditions
        )


def _transformer(encoder: Encoder, *, task: str) -> tuple[Any, Any]:
    """Return the transformer of an encoder and its tokenizer.

    Raises:
        EvaluationError: It has none, or one that is told the language.
    """
    from interlingua.encoder import SentenceEncoder
    from interlingua.sbert import Transformer, needs_language

    encoder = inner_encoder(encoder)
    if not isinstance(encoder, SentenceEncoder):
        raise EvaluationError(
            f"{task} trains the transformer inside an encoder, but {encoder.name} ({type(encoder).__name__}) makes "
            "vectors only; give the model itself: a SentenceTransformer folder or name, or a transformers folder"
        )
    first: Any = encoder.model[0]
    if not isinstance(first, Transformer):
        raise EvaluationError(
            f"{task} trains the transformer inside an encoder, but {encoder.name} begins with a "
            f"{type(first).__name__}; take one that has a transformer"
        )
    if needs_language(encoder.model):
        raise EvaluationError(
            f"{task}: {encoder.name} adds a vector for the language of a text, which a classifier of pairs would lose; "
            "take one without"
        )
    return first.model, first.tokenizer

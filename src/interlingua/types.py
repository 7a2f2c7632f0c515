"""The nouns that more than one folder speaks of. NumPy only: importing this loads neither torch nor a model."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal, Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from interlingua.errors import AlignmentError

__all__ = [
    "Aligner",
    "Encoder",
    "Identifier",
    "Links",
    "PoolingMode",
    "Row",
    "Sample",
    "Score",
    "Scorer",
    "Spans",
    "Task",
    "Translator",
    "Vectors",
    "WordPair",
]

Spans: TypeAlias = NDArray[np.int32]
"""Where the words of a text stand in it: begin and end (exclusive) in characters, shape ``(words, 2)``, in order."""

Vectors: TypeAlias = NDArray[np.floating[Any]]
"""Vectors, shape ``(n, dim)``, one per text; unit rows unless it says otherwise."""

PoolingMode: TypeAlias = Literal["mean", "cls", "max", "mean_sqrt_len_tokens", "weightedmean", "lasttoken"]
"""How the states of a text's tokens become one vector."""


@dataclass(frozen=True, slots=True)
class Row:
    """One meaning: its cells (canonical language code to text) and what is known about where it came from.

    Args:
        texts: Text by language; a language without a text is absent, never empty.
        meta: Provenance, by column names that begin with ``_`` (``_id``, ``_split``, ``_source`` ...).

    Example:
        >>> Row({"eng_Latn": "Good morning.", "deu_Latn": "Guten Morgen."}, {"_id": "1"}).texts["deu_Latn"]
        'Guten Morgen.'
    """

    texts: Mapping[str, str]
    meta: Mapping[str, Any] = field(default_factory=dict)


@runtime_checkable
class Encoder(Protocol):
    """Text to vectors. Whatever has these members can be evaluated, stored and mined with."""

    @property
    def name(self) -> str:
        """How reports call it."""

    @property
    def fingerprint(self) -> str:
        """Changes when a vector could: weights, tokenizer, pooling, prefix, maximum length, dtype, normalisation."""

    def encode(self, texts: Sequence[str], *, language: str | None = None) -> Vectors:
        """Return unit vectors, shape ``(len(texts), dim)``, float32, in the order of the texts."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """The items that a value was computed from, so that two encoders can be compared item by item.

    Args:
        statistic: What the items become. ``mean``: the mean of the one number of each. ``ratio``: the sum of the first
            numbers over the sum of the second. ``spearman``: the rank correlation of the first with the second.
        items: Shape ``(k, 1)`` for a mean, ``(k, 2)`` for the others.
        units: What is drawn in a bootstrap, shape ``(k,)``: items of one unit (a row, a sentence) are drawn together,
            within a sample and across those of the same task.
        languages: Of the sample, in the order of the score's: what is drawn when languages are.

    Raises:
        ValueError: If shapes do not fit.
    """

    statistic: Literal["mean", "ratio", "spearman"]
    items: NDArray[np.float64]
    units: NDArray[np.int64]
    languages: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        items = np.asarray(self.items, dtype=np.float64)
        items = items[:, None] if items.ndim == 1 else items
        units = np.asarray(self.units, dtype=np.int64)
        if items.shape != (len(units), 1 if self.statistic == "mean" else 2):
            raise ValueError(f"a sample of {len(units)} units has items of shape {items.shape} for a {self.statistic}")
        object.__setattr__(self, "items", items)
        object.__setattr__(self, "units", units)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One number, with everything needed to read it a year later.

    Args:
        task: Name of the task, as ``retrieval:ntrex/dev``.
        metric: Name of the metric, as ``accuracy`` or ``spearman``.
        languages: The languages it speaks of, in order: ``(queries, candidates)`` for retrieval.
        value: The number; NaN where the metric is not defined on this data.
        n: How many items it was measured on.
        low, high: 95 % confidence interval.
        higher_is_better: False for error rates.
        signature: Conditions, ``key:value`` joined by ``|``: data fingerprint, split, settings, version.
        note: Why a value is undefined, or what else must be known.
        samples: What the value was computed from, where the task can tell: the value is the mean of the samples'
            statistics. Not part of what is printed, compared or written as JSON.
    """

    task: str
    metric: str
    languages: tuple[str, ...]
    value: float
    n: int
    low: float
    high: float
    higher_is_better: bool = True
    signature: str = ""
    note: str = ""
    samples: tuple[Sample, ...] = field(default=(), compare=False, repr=False)

    def as_dict(self) -> dict[str, Any]:
        """Return a JSON-ready dictionary (NaN becomes None)."""
        return {one.name: _plain(getattr(self, one.name)) for one in fields(self) if one.compare}


@dataclass(frozen=True, slots=True, eq=False)
class WordPair:
    """Two sentences that translate each other, cut into words.

    Args:
        source, target: The texts.
        source_words, target_words: Their words.

    Raises:
        AlignmentError: If words are no spans of their text, in order and without overlap.
    """

    source: str
    target: str
    source_words: Spans
    target_words: Spans

    def __post_init__(self) -> None:
        for side, text in (("source", self.source), ("target", self.target)):
            spans = _spans(getattr(self, f"{side}_words"))
            object.__setattr__(self, f"{side}_words", spans)
            flat = spans.reshape(-1)
            if len(flat) and (
                flat[0] < 0 or flat[-1] > len(text) or (np.diff(flat) < 0).any() or (spans[:, 0] >= spans[:, 1]).any()
            ):
                raise AlignmentError(
                    f"the words of a {side} text of {len(text)} characters are no spans in order: {spans.tolist()}"
                )

    def swapped(self) -> "WordPair":
        """Return the pair with source and target exchanged."""
        return WordPair(self.target, self.source, self.target_words, self.source_words)


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """Which words of a pair of sentences translate each other.

    No way of cutting words is baked in: the spans say what word a number means.

    Args:
        source, target: The words, as spans of their texts; shapes ``(m, 2)`` and ``(n, 2)``.
        pairs: Linked words ``(source word, target word)``, counted from 0, each pair once, in order; shape ``(k, 2)``.
        scores: How sure the aligner is of each, shape ``(k,)``; 1 where it does not say. Scales differ by aligner.
        sure: Of a gold alignment: False for links that are possible only, shape ``(k,)``; None where all are sure.

    Raises:
        AlignmentError: If a link points beyond the words, or counts differ.

    Example:
        >>> links = Links([(0, 3), (4, 7)], [(0, 4), (5, 8)], [(1, 0), (0, 1)])
        >>> links.pairs.tolist(), len(links)
        ([[0, 1], [1, 0]], 2)
    """

    source: Spans
    target: Spans
    pairs: NDArray[np.int32]
    scores: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, dtype=np.float32))
    sure: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        source, target, pairs = _spans(self.source), _spans(self.target), _spans(self.pairs)
        scores = np.asarray(self.scores, dtype=np.float32).reshape(-1)
        scores = scores if len(scores) or not len(pairs) else np.ones(len(pairs), dtype=np.float32)
        sure = None if self.sure is None else np.asarray(self.sure, dtype=bool).reshape(-1)
        if len(scores) != len(pairs) or (sure is not None and len(sure) != len(pairs)):
            raise AlignmentError(f"there are {len(pairs)} links, {len(scores)} scores; give one score a link")
        if len(pairs):
            beyond = ((pairs < 0) | (pairs >= (len(source), len(target)))).any(axis=1)
            if beyond.any():
                i, j = pairs[beyond.argmax()].tolist()
                raise AlignmentError(
                    f"link {i}-{j} points beyond the words: there are {len(source)} in the source and {len(target)} in "
                    "the target, counted from 0"
                )
            _, first = np.unique(pairs[:, 0].astype(np.int64) * len(target) + pairs[:, 1], return_index=True)
            pairs, scores, sure = pairs[first], scores[first], None if sure is None else sure[first]
        for name, value in (
            ("source", source),
            ("target", target),
            ("pairs", pairs),
            ("scores", scores),
            ("sure", sure),
        ):
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        return len(self.pairs)

    def swapped(self) -> "Links":
        """Return the links with source and target exchanged."""
        return Links(self.target, self.source, self.pairs[:, ::-1], self.scores, self.sure)


class Aligner(Protocol):
    """Sentence pairs to links. Whatever has these members can be run, stored, scored and trained on."""

    @property
    def name(self) -> str:
        """How tables call it."""

    @property
    def fingerprint(self) -> str:
        """Changes when a link could: model, layer, matcher, threshold, version of a program."""

    def align(self, pairs: Iterable[WordPair]) -> Iterator[Links]:
        """Yield the links of every pair, in order; links have the words that the pair has.

        Raises:
            AlignmentError: If it cannot run, or gives less than one answer a pair.
        """


class Identifier(Protocol):
    """Text to language."""

    @property
    def name(self) -> str:
        """How cards call it: the model and its version."""

    @property
    def languages(self) -> frozenset[str]:
        """The languages it can tell, canonical; it has no opinion of a text in any other."""

    def identify(self, texts: Sequence[str]) -> list[tuple[str, float]]:
        """Return language and probability (0 to 1) of every text."""


class Scorer(Protocol):
    """Sentence pairs to how well each translates: what cleaning asks an encoder, without knowing one."""

    @property
    def name(self) -> str:
        """How cards call it: the encoder, and what is made of its vectors."""

    def score(self, source: Sequence[str], target: Sequence[str], *, languages: tuple[str, str]) -> NDArray[np.float32]:
        """Return a number a pair, higher is better, shape ``(n,)``."""


class Translator(Protocol):
    """Texts of one language to texts of another."""

    @property
    def name(self) -> str:
        """How cards call it: model or program, with its version."""

    @property
    def fingerprint(self) -> str:
        """Changes when a translation could: weights, beam, length, version of a program."""

    @property
    def licence(self) -> str:
        """Under what its translations may be used, as far as is known: SPDX identifier, or ``unknown``."""

    def translate(self, texts: Sequence[str], *, source: str, target: str) -> list[str]:
        """Return a translation of every text, in order; empty where it has none.

        Raises:
            CorpusError: If it does not know the pair of languages, cannot run, or gives more or fewer answers.
        """


class Task(Protocol):
    """A question asked of an encoder. Holds its data; knows nothing of training, files or reports."""

    @property
    def name(self) -> str:
        """Name used in scores and logs."""

    def run(self, encoder: Encoder) -> Iterator[Score]:
        """Ask the question; yield one score per language pair (or language) and metric."""


def _spans(values: ArrayLike) -> NDArray[np.int32]:
    return np.asarray(values, dtype=np.int32).reshape(-1, 2)


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value != value:
        return None
    return list(value) if isinstance(value, tuple) else value

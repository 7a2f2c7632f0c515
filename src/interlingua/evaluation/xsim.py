"""xSIM: how often a margin search finds another sentence than the translation."""

from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from interlingua.errors import EvaluationError, MiningError
from interlingua.evaluation.columns import Column, Ids, PairedColumns
from interlingua.evaluation.metrics import Estimate, accuracy, mean_accuracy, undefined
from interlingua.evaluation.pairs import Pair, language_pairs
from interlingua.evaluation.task import incomplete, score_signature, to_score
from interlingua.mining import MARGINS, MarginName, margin_candidates
from interlingua.types import Encoder, Sample, Score

if TYPE_CHECKING:
    from interlingua.corpus import Corpus

__all__ = ["XSim", "check_margin", "directed_pairs", "mean_error"]

Errors = NDArray[np.float64]


class XSim:
    """Search every sentence's translation with a margin, and count how often another sentence comes first.

    The k nearest targets of a source are scored by how far their cosine stands out among the neighbours of both sides;
    the best of them must be the translation. Scores, lower being better, from 0 to 1: ``error_rate`` for every ordered
    pair; where several pairs have the same target ``mean_error_rate`` of that target (a column of the n-way matrix
    without its diagonal); after the last of several pairs ``macro_error_rate``, the mean over them, which for the whole
    matrix is the mean of its columns.

    A pair with fewer than two rows, or whose vectors have no positive cosines to divide by, has the value NaN and a
    note, and so have the means it belongs to. k is that of the pool where the pool is smaller.

    Args:
        corpus: The rows.
        pairs: ``"en-xx"``: English with every other language, both ways; ``"xx-en"``: only to English;
            ``"all-pairs"``: the n-way matrix; or a list of ordered pairs ``(source, target)``.
        margin: ``"ratio"``, ``"distance"``, or ``"absolute"``: the plain nearest neighbour.
        k: Neighbours that are scored, and that the margin looks at.
        match: ``"text"``: a sentence of the same text is right too. ``"index"``: only the row itself is.
        split: Part of the corpus; None takes all of it.
        max_rows: Use the first so many rows of every pair.
        name: Name in scores; ``xsim:CORPUS/SPLIT`` unless given.

    Raises:
        EvaluationError: If a language is absent, a setting is unknown, or no pair shares two rows.

    Reference:
        Artetxe and Schwenk 2019, Margin-based Parallel Corpus Mining with Multilingual Sentence Embeddings,
        https://aclanthology.org/P19-1309; Heffernan, Çelebi and Schwenk 2022, Bitext Mining Using Distilled Sentence
        Representations for Low-Resource Languages. https://aclanthology.org/2022.findings-emnlp.154
    """

    def __init__(
        self,
        corpus: "Corpus",
        *,
        pairs: str | Sequence[Pair] = "en-xx",
        margin: MarginName = "ratio",
        k: int = 4,
        match: Literal["text", "index"] = "text",
        split: str | None = None,
        max_rows: int | None = None,
        name: str | None = None,
    ) -> None:
        if match not in ("text", "index"):
            raise EvaluationError(f"match is {match!r}; it must be 'text' or 'index'")
        check_margin(margin, k)
        self.corpus = corpus if split is None else corpus.select(split=split)
        self._name = name or f"xsim:{self.corpus.name}"
        self.pairs = directed_pairs(pairs, self.corpus.languages, data=self._name)
        self.margin: MarginName = margin
        self.k, self.match, self.split, self.max_rows = k, match, split, max_rows
        unordered = list(dict.fromkeys(min(pair, pair[::-1]) for pair in self.pairs))
        self._columns = PairedColumns(self.corpus, unordered, max_rows=max_rows, data=self._name)
        self._columns.check()

    @property
    def name(self) -> str:
        """Name used in scores and logs."""
        return self._name

    def run(self, encoder: Encoder) -> Iterator[Score]:
        """Yield the score of every ordered pair, then the means by target and over all."""
        signature = score_signature(
            encoder,
            data=self.corpus.fingerprint,
            split=self.split,
            margin=self.margin,
            k=str(self.k),
            match=self.match,
            rows=str(self.max_rows or "all"),
        )
        scores: dict[Pair, Score] = {}
        for (a, b), (left, right) in self._columns.encoded(encoder):
            rows = self._columns.rows[a, b]
            for pair, found in zip(((a, b), (b, a)), self._errors(left, right, rows), strict=True):
                if pair in self.pairs:
                    scores[pair] = _score(found, rows, task=self.name, languages=pair, signature=signature)
                    yield scores[pair]
        if len(self.pairs) > 1:
            yield from self._means(scores, signature)

    def _errors(self, left: Column, right: Column, rows: Ids) -> tuple[Errors | str, Errors | str]:
        """Return the errors of both directions, or why there are none."""
        if len(rows) < 2:
            note = f"undefined: the pair shares {len(rows)} row{'' if len(rows) == 1 else 's'}"
            return note, note
        try:
            found = margin_candidates(left.rows(rows), right.rows(rows), k=self.k, margin=self.margin)
        except MiningError as error:
            return f"undefined: {error}", f"undefined: {error}"
        chosen = [candidates.best()[0] for candidates in found]
        if self.match == "index":
            wrong = [places != np.arange(len(rows)) for places in chosen]
        else:
            ids = right.id_of_row[rows], left.id_of_row[rows]
            wrong = [texts[places] != texts for places, texts in zip(chosen, ids, strict=True)]
        there, back = (errors.astype(np.float64) for errors in wrong)
        return there, back

    def _means(self, scores: dict[Pair, Score], signature: str) -> Iterator[Score]:
        columns: dict[str, list[Score]] = {}
        for (_, target), score in scores.items():
            columns.setdefault(target, []).append(score)
        for target, column in columns.items():
            if len(column) > 1:
                yield mean_error(column, "mean_error_rate", task=self.name, languages=(target,), signature=signature)
        every = list(scores.values())
        languages = tuple(dict.fromkeys(language for pair in self.pairs for language in pair))
        yield mean_error(every, "macro_error_rate", task=self.name, languages=languages, signature=signature)


def check_margin(margin: str, k: int) -> None:
    """Refuse a margin that does not exist, or a k that finds nothing.

    Raises:
        EvaluationError: If so.
    """
    if margin not in MARGINS:
        raise EvaluationError(f"margin is {margin!r}; it must be one of {', '.join(MARGINS)}")
    if k < 1:
        raise EvaluationError(f"k is {k}; a margin needs at least 1 neighbour")


def directed_pairs(pairs: str | Sequence[Pair], languages: Sequence[str], *, data: str) -> list[Pair]:
    """Return the ordered pairs (source, target) that a shorthand or a list means.

    Raises:
        EvaluationError: If a language is absent, a pair is not one, or nothing is left.

    Example:
        >>> known = ["deu_Latn", "eng_Latn", "tel_Telu"]
        >>> directed_pairs("xx-en", known, data="here")
        [('deu_Latn', 'eng_Latn'), ('tel_Telu', 'eng_Latn')]
        >>> len(directed_pairs("en-xx", known, data="here")), len(directed_pairs("all-pairs", known, data="here"))
        (4, 6)
    """
    if pairs == "all-pairs" and len(languages) > 1:
        return list(permutations(languages, 2))
    if isinstance(pairs, str) and pairs.startswith("xx-") and len(pairs) > 3:
        return [(b, a) for a, b in language_pairs(f"{pairs[3:]}-xx", languages, data=data)]
    wanted = language_pairs(pairs, languages, data=data)
    if isinstance(pairs, str):
        return [ordered for a, b in wanted for ordered in ((a, b), (b, a))]
    for a, b in wanted:
        if a == b:
            raise EvaluationError(f"{data}: the pair {a}, {b} must be two languages")
    return wanted


def mean_error(scores: Sequence[Score], metric: str, *, task: str, languages: tuple[str, ...], signature: str) -> Score:
    """Return the mean of error rates with an interval that takes a row as one draw; NaN where one is missing."""
    samples = [sample for score in scores for sample in score.samples]
    if len(samples) < len(scores):
        estimate = undefined(0, incomplete(len(samples), len(scores)))
        samples = []
    else:
        estimate = mean_accuracy([(sample.units, sample.items[:, 0]) for sample in samples])
    return to_score(
        estimate,
        task=task,
        metric=metric,
        languages=languages,
        signature=signature,
        higher_is_better=False,
        samples=samples,
    )


def _score(found: Errors | str, rows: Ids, *, task: str, languages: Pair, signature: str) -> Score:
    estimate: Estimate
    samples: list[Sample] = []
    if isinstance(found, str):
        estimate = undefined(len(rows), found)
    else:
        estimate = accuracy(found)
        samples = [Sample(statistic="mean", items=found, units=rows, languages=languages)]
    return to_score(
        estimate,
        task=task,
        metric="error_rate",
        languages=languages,
        signature=signature,
        higher_is_better=False,
        samples=samples,
    )

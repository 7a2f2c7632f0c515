"""Translation retrieval: find every sentence's translation among all of them."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from interlingua.errors import EvaluationError
from interlingua.evaluation.both_ways import both_ways_scores, macro_accuracy_score
from interlingua.evaluation.columns import Column, Ids, PairedColumns
from interlingua.evaluation.hits import first_nearest, translation_hits
from interlingua.evaluation.metrics import Estimate, accuracy, mean_accuracy, undefined
from interlingua.evaluation.pairs import Pair, language_pairs
from interlingua.evaluation.task import score_signature
from interlingua.types import Encoder, Sample, Score

if TYPE_CHECKING:
    from interlingua.corpus import Corpus

__all__ = ["TranslationRetrieval"]

Hits = NDArray[np.float64]


class TranslationRetrieval:
    """Find each sentence's translation among all sentences of the other language, in both directions.

    For every pair of languages the rows that have both are searched by cosine, exactly. Scores, in this order:
    for each pair ``accuracy`` from the first language to the second, from the second to the first, and
    ``mean_accuracy`` of the two; after the last of several pairs ``macro_accuracy``, the mean over pairs.
    Candidates that share the highest cosine share the hit (see :mod:`interlingua.evaluation.hits`).

    Intervals: Wilson for one direction; for means Wilson at the effective number of trials, rows being the
    draws (:func:`interlingua.evaluation.metrics.mean_accuracy`).

    A pair with fewer than two different texts to choose from has the value NaN, and so has the mean over pairs.

    Args:
        corpus: The rows.
        pairs: ``"en-xx"`` pairs English with every other language, ``"deu-xx"`` German; ``"all-pairs"``, every two
            languages; or a list of pairs.
        match: ``"text"``: found is a candidate whose text equals the translation's, and every text stands in the pool
            once. ``"index"``: found is the row itself, a copy of its text in another row being a tie.
        ties: ``"shared"``: one right candidate among t equally near ones counts 1/t. ``"first"``: the first in row
            order is taken, as published protocols do.
        split: Part of the corpus; None takes all of it.
        max_rows: Use the first so many rows of every pair.
        name: Name in scores; ``retrieval:CORPUS/SPLIT`` unless given.

    Raises:
        EvaluationError: If a language is absent, or no pair shares two rows.

    Reference:
        Artetxe and Schwenk 2019, Massively Multilingual Sentence Embeddings for Zero-Shot Cross-Lingual Transfer and
        Beyond. https://aclanthology.org/Q19-1038
    """

    def __init__(
        self,
        corpus: "Corpus",
        *,
        pairs: str | Sequence[Pair] = "en-xx",
        match: Literal["text", "index"] = "text",
        ties: Literal["shared", "first"] = "shared",
        split: str | None = None,
        max_rows: int | None = None,
        name: str | None = None,
    ) -> None:
        if match not in ("text", "index"):
            raise EvaluationError(f"match is {match!r}; it must be 'text' or 'index'")
        if ties not in ("shared", "first"):
            raise EvaluationError(f"ties is {ties!r}; it must be 'shared' or 'first'")
        if max_rows is not None and max_rows < 2:
            raise EvaluationError(f"max_rows is {max_rows}; retrieval needs a pool of at least 2 rows")
        self.corpus = corpus if split is None else corpus.select(split=split)
        self._name = name or f"retrieval:{self.corpus.name}"
        self.pairs = language_pairs(pairs, self.corpus.languages, data=self._name)
        for a, b in self.pairs:
            if a == b or (b, a) in self.pairs:
                raise EvaluationError(
                    f"{self._name}: the pair {a}, {b} must be two languages, given once: both directions are scored"
                )
        self.match, self.ties, self.split, self.max_rows = match, ties, split, max_rows
        self._columns = PairedColumns(self.corpus, self.pairs, max_rows=max_rows, data=self._name)
        self._columns.check()

    @property
    def name(self) -> str:
        """Name used in scores and logs."""
        return self._name

    def run(self, encoder: Encoder) -> Iterator[Score]:
        """Yield the scores of every pair, then the mean over pairs."""
        signature = score_signature(
            encoder,
            data=self.corpus.fingerprint,
            split=self.split,
            match=self.match,
            ties=self.ties,
            rows=str(self.max_rows or "all"),
        )
        samples: list[Sample] = []
        for pair, columns in self._columns.encoded(encoder):
            rows = self._columns.rows[pair]
            hits = self._hits(*columns, rows)
            estimates = [undefined(len(rows), hits)] * 3 if isinstance(hits, str) else _estimates(rows, hits)
            both = [] if isinstance(hits, str) else _samples(pair, rows, hits)
            samples += both
            yield from both_ways_scores(pair, estimates, both, task=self.name, signature=signature)
        if len(self.pairs) > 1:
            yield macro_accuracy_score(
                samples, wanted=len(self.pairs), task=self.name, languages=self._columns.languages, signature=signature
            )

    def _hits(self, source: Column, target: Column, rows: Ids) -> tuple[Hits, Hits] | str:
        """Return the hits of both directions, or why there are none."""
        if len(rows) < 2:
            return f"undefined: the pair shares {len(rows)} row{'' if len(rows) == 1 else 's'}"
        source_ids, target_ids = source.id_of_row[rows], target.id_of_row[rows]
        source_pool, source_place = np.unique(source_ids, return_inverse=True)
        target_pool, target_place = np.unique(target_ids, return_inverse=True)
        if min(len(source_pool), len(target_pool)) < 2:
            return "undefined: all texts of one language are the same"
        if self.match == "index":
            source_pool, target_pool = source_ids, target_ids
            source_place = target_place = np.arange(len(rows))
        pools = source.vectors[source_pool], target.vectors[target_pool]
        if self.ties == "first":
            forward, backward = first_nearest(*pools)
            return (
                (forward[source_place] == target_place).astype(np.float64),
                (backward[target_place] == source_place).astype(np.float64),
            )
        return translation_hits(*pools, source_ids=source_place, target_ids=target_place)


def _estimates(rows: Ids, hits: tuple[Hits, Hits]) -> list[Estimate]:
    return [*map(accuracy, hits), mean_accuracy([(rows, direction) for direction in hits])]


def _samples(pair: Pair, rows: Ids, hits: tuple[Hits, Hits]) -> list[Sample]:
    return [
        Sample(statistic="mean", items=one[:, None], units=rows, languages=languages)
        for one, languages in zip(hits, (pair, pair[::-1]), strict=True)
    ]

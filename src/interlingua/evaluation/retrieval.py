"""Translation retrieval: find every sentence's translation among all of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from interlingua.errors import EvaluationError
from interlingua.evaluation.encoding import encode_texts
from interlingua.evaluation.metrics import Estimate, accuracy, mean_accuracy, undefined
from interlingua.evaluation.neighbours import Ids, translation_hits
from interlingua.evaluation.pairs import Pair, language_pairs
from interlingua.evaluation.task import incomplete, score_signature, to_score
from interlingua.types import Encoder, Score, Vectors

if TYPE_CHECKING:
    from interlingua.corpus import Corpus

__all__ = ["TranslationRetrieval"]

Hits = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Column:
    """A language's encoded texts, addressed by row of the corpus."""

    vectors: Vectors
    id_of_row: Ids


class TranslationRetrieval:
    """Find each sentence's translation among all sentences of the other language, in both directions.

    For every pair of languages the rows that have both are searched by cosine, exactly. Scores, in this order:
    for each pair ``accuracy`` from the first language to the second, from the second to the first, and
    ``mean_accuracy`` of the two; after the last of several pairs ``macro_accuracy``, the mean over pairs.
    Candidates that share the highest cosine share the hit (see :mod:`interlingua.evaluation.neighbours`).

    Intervals: Wilson for one direction; for means Wilson at the effective number of trials, rows being the
    draws (:func:`interlingua.evaluation.metrics.mean_accuracy`).

    A pair with fewer than two different texts to choose from has the value NaN, and so has the mean over pairs.

    Args:
        corpus: The rows.
        pairs: ``"en-xx"`` pairs English with every other language, ``"deu-xx"`` German; ``"all-pairs"``, every two
            languages; or a list of pairs.
        match: ``"text"``: found is a candidate whose text equals the translation's, and every text stands in the pool
            once. ``"index"``: found is the row itself, a copy of its text in another row being a tie.
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
        split: str | None = None,
        max_rows: int | None = None,
        name: str | None = None,
    ) -> None:
        if match not in ("text", "index"):
            raise EvaluationError(f"match is {match!r}; it must be 'text' or 'index'")
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
        self.match, self.split, self.max_rows = match, split, max_rows
        languages = dict.fromkeys(language for pair in self.pairs for language in pair)
        self._texts = {language: self.corpus.texts(language) for language in languages}
        self._rows = self._shared_rows()
        if all(len(rows) < 2 for rows in self._rows.values()):
            raise EvaluationError(
                f"{self._name}: no pair of languages shares 2 rows, so there is nothing to search in; "
                f"choose other languages, another split or more data"
            )

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
            ties="shared",
            rows=str(self.max_rows or "all"),
        )
        groups: list[tuple[Ids, Hits]] = []
        for pair, columns in self._encoded_pairs(encoder):
            source, target = pair
            rows = self._rows[pair]
            hits = self._hits(*columns, rows)
            estimates = [undefined(len(rows), hits)] * 3 if isinstance(hits, str) else _estimates(rows, hits)
            if not isinstance(hits, str):
                groups += [(rows, direction) for direction in hits]
            for metric, languages, estimate in zip(
                ("accuracy", "accuracy", "mean_accuracy"), (pair, (target, source), pair), estimates, strict=True
            ):
                yield to_score(estimate, task=self.name, metric=metric, languages=languages, signature=signature)
        if len(self.pairs) > 1:
            present, wanted = len(groups) // 2, len(self.pairs)
            macro = mean_accuracy(groups) if present == wanted else undefined(0, incomplete(present, wanted))
            yield to_score(
                macro, task=self.name, metric="macro_accuracy", languages=tuple(self._texts), signature=signature
            )

    def _shared_rows(self) -> dict[Pair, Ids]:
        present = {language: np.array([bool(text) for text in column]) for language, column in self._texts.items()}
        return {(a, b): np.flatnonzero(present[a] & present[b])[: self.max_rows] for a, b in self.pairs}

    def _encoded_pairs(self, encoder: Encoder) -> Iterator[tuple[Pair, tuple[_Column, _Column]]]:
        """Yield every pair's columns; a language is encoded before its first pair and let go after its last."""
        last = {language: i for i, pair in enumerate(self.pairs) for language in pair}
        columns: dict[str, _Column] = {}
        for i, (source, target) in enumerate(self.pairs):
            for language in (source, target):
                if language not in columns:
                    columns[language] = self._encode(encoder, language)
            yield (source, target), (columns[source], columns[target])
            for language in (source, target):
                if last[language] == i:
                    del columns[language]

    def _encode(self, encoder: Encoder, language: str) -> _Column:
        rows = np.unique(np.concatenate([rows for pair, rows in self._rows.items() if language in pair]))
        if not len(rows):
            return _Column(np.empty((0, 0), dtype=np.float32), np.empty(0, dtype=np.int64))
        column = self._texts[language]
        texts = [column[row] or "" for row in rows]
        encoded = encode_texts(encoder, texts, language=language, data=self.name)
        id_of_row = np.full(len(column), -1, dtype=np.int64)
        id_of_row[rows] = encoded.ids
        return _Column(encoded.vectors, id_of_row)

    def _hits(self, source: _Column, target: _Column, rows: Ids) -> tuple[Hits, Hits] | str:
        """Return the hits of both directions, or why there are none."""
        if len(rows) < 2:
            return f"undefined: the pair shares {len(rows)} row{'' if len(rows) == 1 else 's'}"
        source_ids, target_ids = source.id_of_row[rows], target.id_of_row[rows]
        source_pool, source_place = np.unique(source_ids, return_inverse=True)
        target_pool, target_place = np.unique(target_ids, return_inverse=True)
        if min(len(source_pool), len(target_pool)) < 2:
            return "undefined: all texts of one language are the same"
        if self.match == "index":
            return translation_hits(source.vectors[source_ids], target.vectors[target_ids])
        return translation_hits(
            source.vectors[source_pool],
            target.vectors[target_pool],
            source_ids=source_place,
            target_ids=target_place,
        )


def _estimates(rows: Ids, hits: tuple[Hits, Hits]) -> list[Estimate]:
    return [*map(accuracy, hits), mean_accuracy([(rows, direction) for direction in hits])]

"""The rows that an encoder is examined on: every language's distinct texts, their vectors, and who translates whom."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from interlingua.errors import EvaluationError
from interlingua.evaluation.encoding import encode_texts
from interlingua.evaluation.pairs import Pair, language_pairs
from interlingua.mining.neighbours import unit_rows
from interlingua.types import Encoder, Row, Vectors

if TYPE_CHECKING:
    from interlingua.corpus import Corpus

__all__ = ["PIVOT", "Cells", "Pool", "Told"]

Ids = NDArray[np.int64]

PIVOT = "eng_Latn"

_ALL_PAIRS = 12
"""Up to so many languages every two are compared; above, one language with all others."""


class Pool:
    """Some rows of a corpus, spread evenly over it.

    Args:
        corpus: All rows; those with one language only are left out.
        max_rows: How many are used.
        pairs: As for :class:`interlingua.evaluation.TranslationRetrieval`; None takes all pairs of up to 12 languages,
            and one language (English, or the first) with all others where there are more.

    Raises:
        EvaluationError: If there are fewer than two languages, or no pair shares 2 rows.
    """

    def __init__(self, corpus: "Corpus", *, max_rows: int, pairs: str | Sequence[Pair] | None) -> None:
        from interlingua.corpus import Corpus

        if max_rows < 2:
            raise EvaluationError(f"max_rows is {max_rows}; an examination needs at least 2 rows")
        self.name = corpus.name
        parallel = corpus.select(min_cells=2)
        self.corpus = Corpus.from_rows(_spread(parallel, max_rows), name=corpus.name)
        self.languages = self.corpus.languages
        self.pivot = PIVOT if PIVOT in self.languages else self.languages[0]
        if pairs is None:
            pairs = "all-pairs" if len(self.languages) <= _ALL_PAIRS else f"{self.pivot}-xx"
        asked = language_pairs(pairs, self.languages, data=self.name)
        columns = {language: self.corpus.texts(language) for language in self.languages}
        self.texts = {k: list(dict.fromkeys(text for text in column if text)) for k, column in columns.items()}
        self.ids: dict[str, Ids] = {}
        for language, column in columns.items():
            number = {text: i for i, text in enumerate(self.texts[language])}
            self.ids[language] = np.array([number[text] if text else -1 for text in column], dtype=np.int64)
        self.pairs = [pair for pair in asked if len(self.shared(*pair)) > 1]
        self.without_rows = [pair for pair in asked if pair not in self.pairs]
        if not self.pairs:
            raise EvaluationError(f"{self.name}: no pair of languages shares 2 rows, so there is nothing to examine")

    def __len__(self) -> int:
        return len(self.corpus)

    def shared(self, *languages: str) -> Ids:
        """Return the numbers of the rows that have all these languages."""
        return np.flatnonzero(np.logical_and.reduce([self.ids[language] >= 0 for language in languages]))

    def encode(self, encoder: Encoder) -> "Told":
        """Encode every text once."""
        return Told(
            self,
            encoder,
            {
                language: encode_texts(encoder, texts, language=language, data=self.name).vectors
                for language, texts in self.texts.items()
                if texts
            },
        )


class Told:
    """What an encoder made of a pool; an encoder itself, which knows these texts and asks for others.

    Args:
        pool: The texts.
        encoder: Who made the vectors.
        vectors: By language, one for every text of the pool.
    """

    def __init__(self, pool: Pool, encoder: Encoder, vectors: Mapping[str, Vectors]) -> None:
        self.pool, self.encoder, self.vectors = pool, encoder, vectors
        self.name, self.fingerprint = encoder.name, encoder.fingerprint

    def encode(self, texts: Sequence[str], *, language: str | None = None) -> Vectors:
        """Return vectors of texts of the pool."""
        places = self._places.get(language or "", {})
        if any(text not in places for text in texts):
            return self.encoder.encode(texts, language=language)
        return self.vectors[language or ""][[places[text] for text in texts]]

    def of_rows(self, language: str, rows: Ids) -> Vectors:
        """Return the vectors of a language's texts in these rows."""
        return self.vectors[language][self.pool.ids[language][rows]]

    def centred(self) -> "Told":
        """Return the same without what all texts of a language share: its mean is taken away from every vector."""
        units = {language: unit_rows(vectors) for language, vectors in self.vectors.items()}
        return Told(self.pool, self.encoder, {language: unit - unit.mean(axis=0) for language, unit in units.items()})

    def cells(self) -> "Cells":
        """Return all cells of the pool as one array."""
        rows = [self.pool.shared(language) for language in self.pool.languages]
        return Cells(
            np.concatenate([self.of_rows(k, some) for k, some in zip(self.pool.languages, rows, strict=True)]),
            np.repeat(np.arange(len(rows)), [len(some) for some in rows]),
            np.concatenate(rows),
        )

    @cached_property
    def _places(self) -> dict[str, dict[str, int]]:
        return {language: {text: i for i, text in enumerate(texts)} for language, texts in self.pool.texts.items()}


@dataclass(frozen=True, slots=True)
class Cells:
    """The texts of all languages.

    Args:
        vectors: Shape ``(cells, dim)``.
        languages: Shape ``(cells,)``: number of the language.
        rows: Shape ``(cells,)``: number of the row.
    """

    vectors: Vectors
    languages: Ids
    rows: Ids


def _spread(corpus: "Corpus", number: int) -> Iterator[Row]:
    """Yield so many rows at an even stride, the same every time."""
    total = len(corpus)
    wanted = np.unique(np.linspace(0, total - 1, min(number, total)).astype(np.int64)) if total else np.zeros(0, int)
    start = 0
    for batch in corpus.batches():
        inside = wanted[(wanted >= start) & (wanted < start + batch.num_rows)] - start
        start += batch.num_rows
        for record in batch.take(inside.tolist()).to_pylist():
            yield Row({k: record[k] for k in corpus.languages if record[k] is not None}, {"_id": record["_id"]})

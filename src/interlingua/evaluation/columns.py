"""The texts of language pairs, encoded language by language, each held only as long as a pair still needs it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from interlingua.errors import EvaluationError
from interlingua.evaluation.encoding import encode_texts
from interlingua.evaluation.pairs import Pair
from interlingua.types import Encoder, Vectors

if TYPE_CHECKING:
    from interlingua.corpus import Corpus

__all__ = ["Column", "PairedColumns"]

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Column:
    """A language's encoded texts, addressed by row of the corpus.

    Args:
        vectors: Shape ``(distinct texts, dim)``.
        id_of_row: Shape ``(rows of the corpus,)``: the vector of each row; equal ids are equal texts; -1 for none.
    """

    vectors: Vectors
    id_of_row: Ids

    def rows(self, rows: Ids) -> Vectors:
        """Return the vectors of these rows, one each."""
        return self.vectors[self.id_of_row[rows]]


class PairedColumns:
    """The rows that the languages of each pair share, and their vectors.

    Args:
        corpus: The rows.
        pairs: Two languages of the corpus each.
        max_rows: The first so many rows of every pair; None for all.
        data: What the texts are, for error messages.
    """

    def __init__(self, corpus: "Corpus", pairs: Sequence[Pair], *, max_rows: int | None, data: str) -> None:
        self.pairs = list(pairs)
        self.languages = tuple(dict.fromkeys(language for pair in pairs for language in pair))
        self._data = data
        self.texts = {language: corpus.texts(language) for language in self.languages}
        present = {language: np.array([bool(text) for text in column]) for language, column in self.texts.items()}
        self.rows: dict[Pair, Ids] = {(a, b): np.flatnonzero(present[a] & present[b])[:max_rows] for a, b in self.pairs}

    def check(self) -> None:
        """Refuse pairs of which none has anything to search in.

        Raises:
            EvaluationError: If so.
        """
        if all(len(rows) < 2 for rows in self.rows.values()):
            raise EvaluationError(
                f"{self._data}: no pair of languages shares 2 rows, so there is nothing to search in; "
                f"choose other languages, another split or more data"
            )

    def encoded(self, encoder: Encoder) -> Iterator[tuple[Pair, tuple[Column, Column]]]:
        """Yield every pair's columns; a language is encoded before its first pair and let go after its last."""
        last = {language: i for i, pair in enumerate(self.pairs) for language in pair}
        columns: dict[str, Column] = {}
        for i, (source, target) in enumerate(self.pairs):
            for language in (source, target):
                if language not in columns:
                    columns[language] = self._encode(encoder, language)
            yield (source, target), (columns[source], columns[target])
            for language in (source, target):
                if last[language] == i:
                    columns.pop(language, None)

    def _encode(self, encoder: Encoder, language: str) -> Column:
        rows = np.unique(np.concatenate([rows for pair, rows in self.rows.items() if language in pair]))
        if not len(rows):
            return Column(np.empty((0, 0), dtype=np.float32), np.empty(0, dtype=np.int64))
        column = self.texts[language]
        texts = [column[row] or "" for row in rows]
        encoded = encode_texts(encoder, texts, language=language, data=self._data)
        id_of_row = np.full(len(column), -1, dtype=np.int64)
        id_of_row[rows] = encoded.ids
        return Column(encoded.vectors, id_of_row)

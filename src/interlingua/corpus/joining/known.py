"""What a batch of rows tells of its cells beside the text: source, score, split; as numbers."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from interlingua.corpus.provenance import source_column
from interlingua.errors import CorpusError

__all__ = ["SPLIT_NUMBERS", "Known", "valid", "whole"]

SPLIT_NUMBERS = {"train": 1, "dev": 2, "test": 3}
"""The larger wins where rows of several splits become one, so that nothing of a test set is trained on."""


class Known:
    """Reads provenance, and remembers what has been seen of it.

    Example:
        >>> known = Known()
        >>> batch = pa.table({"_source": ["a.tmx", None], "_score": ["0.5", "good"], "deu_Latn": ["Ja.", "Nein."]})
        >>> known.origins_of(batch, "deu_Latn", "b.tsv").tolist(), list(known.origins)
        ([1, 0], ['b.tsv', 'a.tmx'])
        >>> known.scores_of(batch, "_score").tolist(), known.bad_scores
        ([0.5, nan], 1)
    """

    def __init__(self) -> None:
        self.origins: dict[str, int] = {}
        self.scored: set[str] = set()
        self.has_splits = False
        self.bad_scores = 0

    def origins_of(self, batch: Any, code: str | None, name: str) -> NDArray[np.uint32]:
        """Return the number of the source of every cell of a language: its own, else its row's, else ``name``.

        Without a language those of the rows.
        """
        numbers = np.full(batch.num_rows, self.origins.setdefault(name, len(self.origins)), np.uint32)
        for column in ("_source", *(() if code is None else (source_column(code),))):
            if column in batch.schema.names:
                told = whole(batch.column(column)).cast(pa.string()).dictionary_encode()
                known = [self.origins.setdefault(word, len(self.origins)) for word in told.dictionary.to_pylist()]
                numbers[valid(told)] = np.array(known, np.uint32)[told.indices.drop_null().to_numpy()]
        return numbers

    def scores_of(self, batch: Any, column: str) -> NDArray[np.float64] | None:
        """Return a column of scores, NaN where there is none; None where there is no such column."""
        if column not in batch.schema.names:
            return None
        values = whole(batch.column(column))
        if pa.types.is_floating(values.type) or pa.types.is_integer(values.type):
            return np.asarray(values.cast(pa.float64()).to_numpy(zero_copy_only=False), np.float64)
        return np.array([self._number(value) for value in values.to_pylist()], np.float64)

    def splits_of(self, batch: Any, name: str) -> NDArray[np.uint8]:
        """Return the number of the split of every row, 0 where there is none.

        Raises:
            CorpusError: A split that nobody knows.
        """
        numbers = np.zeros(batch.num_rows, np.uint8)
        if "_split" not in batch.schema.names:
            return numbers
        told = whole(batch.column("_split")).cast(pa.string()).dictionary_encode()
        words = told.dictionary.to_pylist()
        if unknown := sorted(set(words) - set(SPLIT_NUMBERS)):
            raise CorpusError(
                f"{name} has rows of the split {unknown[0]!r}, and which split wins where rows meet is known of "
                f"{', '.join(SPLIT_NUMBERS)} only; rename it in the source, or leave the column out"
            )
        filled = valid(told)
        self.has_splits = self.has_splits or bool(filled.any())
        meant = np.array([SPLIT_NUMBERS[word] for word in words], np.uint8)
        numbers[filled] = meant[told.indices.drop_null().to_numpy()]
        return numbers

    def _number(self, value: Any) -> float:
        try:
            return float("nan") if value is None else float(value)
        except (TypeError, ValueError):
            self.bad_scores += 1
            return float("nan")


def whole(column: Any) -> Any:
    """Return a column as one array, whether it is of a batch or of a table."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def valid(column: Any) -> NDArray[np.bool_]:
    """Return which values of an array are there."""
    return np.asarray(pc.is_valid(column).to_numpy(zero_copy_only=False), bool)

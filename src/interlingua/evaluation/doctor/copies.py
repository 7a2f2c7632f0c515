"""Rows that come twice: within the data, and in what an encoder was trained on."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from interlingua.corpus.evaluation_texts import letter_hashes
from interlingua.corpus.hashing import TextHash

if TYPE_CHECKING:
    from interlingua.corpus import Corpus

__all__ = ["Seen", "hashed_columns", "pair_hashes", "repeated"]


def hashed_columns(corpus: "Corpus") -> dict[str, TextHash]:
    """Return a hash of the letters of every cell by language, shape ``(rows,)`` each; 0 where a cell is missing."""
    parts: dict[str, list[TextHash]] = {language: [] for language in corpus.languages}
    for batch in corpus.batches():
        for language, column in parts.items():
            texts = batch.column(language).to_pylist()
            column.append(letter_hashes(texts))
    return {language: np.concatenate(column) for language, column in parts.items()}


def pair_hashes(first: TextHash, second: TextHash) -> TextHash:
    """Return one hash of both sides of every row; 0 where a side is missing.

    Example:
        >>> from interlingua.corpus.hashing import text_hash
        >>> one, other = text_hash(["a", "b", None]), text_hash(["c", "c", "c"])
        >>> mixed = pair_hashes(one, other)
        >>> len(set(mixed.tolist())), int(mixed[2])
        (3, 0)
    """
    with np.errstate(over="ignore"):
        mixed = (first.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) ^ (second.astype(np.uint64) >> np.uint64(1))
        mixed *= np.uint64(0xBF58476D1CE4E5B9)
    hashes = (mixed >> np.uint64(1)).astype(np.int64)
    return np.where((first == 0) | (second == 0), 0, np.maximum(hashes, 1))


def repeated(hashes: TextHash) -> NDArray[np.bool_]:
    """Return which hashes have come before; a missing cell repeats nothing.

    Example:
        >>> repeated(np.array([5, 0, 5, 0, 7])).tolist()
        [False, False, True, False, False]
    """
    again = np.ones(len(hashes), dtype=bool)
    again[np.unique(hashes, return_index=True)[1]] = False
    again &= hashes != 0
    return again


class Seen:
    """What an encoder was trained on, as hashes: eight bytes for every distinct text and pair.

    Args:
        corpora: The training data.
        pairs: The pairs of languages that are asked about; others are not kept.
    """

    def __init__(self, corpora: Iterable["Corpus"], *, pairs: Sequence[tuple[str, str]]) -> None:
        self._texts: dict[str, TextHash] = {}
        self._pairs: dict[tuple[str, str], TextHash] = {}
        for corpus in corpora:
            columns = hashed_columns(corpus)
            for language, hashes in columns.items():
                self._texts[language] = _union(self._texts.get(language), hashes)
            for a, b in pairs:
                if a in columns and b in columns:
                    self._pairs[a, b] = _union(self._pairs.get((a, b)), pair_hashes(columns[a], columns[b]))

    def texts(self, columns: dict[str, TextHash]) -> Iterator[tuple[str, NDArray[np.bool_]]]:
        """Yield for every language that was trained on which texts of the data were among them."""
        for language, hashes in columns.items():
            if language in self._texts:
                yield language, np.isin(hashes[hashes != 0], self._texts[language])

    def pairs(self, columns: dict[str, TextHash]) -> Iterator[tuple[tuple[str, str], NDArray[np.bool_]]]:
        """Yield for every pair of languages that was trained on which pairs of the data were, with both their sides."""
        for (a, b), known in self._pairs.items():
            hashes = pair_hashes(columns[a], columns[b])
            yield (a, b), np.isin(hashes[hashes != 0], known)


def _union(known: TextHash | None, hashes: TextHash) -> Any:
    new = np.unique(hashes[hashes != 0])
    return new if known is None else np.union1d(known, new)

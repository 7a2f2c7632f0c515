"""A frozen teacher's vectors of a corpus: computed once, ever, and looked up by row."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from interlingua.corpus import Corpus
from interlingua.corpus.hashing import TextHash, text_hash
from interlingua.errors import TrainingError
from interlingua.types import Encoder

if TYPE_CHECKING:
    from interlingua.encoder.store import VectorStore

__all__ = ["TeacherVectors"]

AT_ONCE = 16_384
"""Texts encoded before their vectors are written."""


@dataclass(frozen=True, eq=False)
class TeacherVectors:
    """Teacher vectors by text.

    Args:
        keys: Sorted text hashes, shape ``(K,)``.
        places: Row of each key in ``vectors``, shape ``(K,)``.
        vectors: Shape ``(K, T)``.
    """

    keys: TextHash
    places: NDArray[np.int64]
    vectors: NDArray[np.float16] | NDArray[np.float32]

    @classmethod
    def of(
        cls,
        corpus: Corpus,
        encoder: Encoder,
        store: "VectorStore",
        folder: Path,
        *,
        languages: Sequence[str] | None = None,
    ) -> "TeacherVectors":
        """Look up, and where they are missing compute, the vectors of a corpus.

        Args:
            corpus: The training rows.
            encoder: The teacher, with its own prefix, pooling and maximum length.
            store: Where its vectors are kept over runs.
            folder: Where this run's vectors are laid out in one memory-mapped file.
            languages: The languages that the teacher reads; None for all of the corpus.
        """
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "teacher.f16"
        partial = folder / f".teacher-{os.getpid()}.f16"  # other processes may be reading what they have made
        keys: list[TextHash] = []
        dimension = 0
        with partial.open("wb") as file:
            for some, texts in _distinct_texts(corpus, languages):
                vectors = store.encode(encoder, texts).astype(np.float16, copy=False)
                dimension = vectors.shape[1]
                file.write(vectors.tobytes())
                keys.append(some)
        if not keys:
            raise TrainingError(
                f"the teacher reads {', '.join(languages or ())}, and {corpus.name} has no text in any of them"
            )
        os.replace(partial, path)  # noqa: PTH105
        joined = np.concatenate(keys)
        order = np.argsort(joined, kind="stable")
        return cls(joined[order], order, np.memmap(path, np.float16, mode="r", shape=(len(joined), dimension)))

    @property
    def dimension(self) -> int:
        """Dimension of the teacher's vectors."""
        return int(self.vectors.shape[1])

    def of_cells(self, hashes: TextHash) -> tuple[Tensor, Tensor]:
        """Return the vectors of cells, ``(M, T)`` float32, and which of them are known, ``(M,)``."""
        found = np.searchsorted(self.keys, hashes).clip(max=len(self.keys) - 1)
        known = self.keys[found] == hashes
        vectors = self.vectors[self.places[found]].astype(np.float32)
        vectors[~known] = 0
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return torch.from_numpy(vectors / np.where(lengths > 0, lengths, 1)), torch.from_numpy(known)


def _distinct_texts(corpus: Corpus, languages: Sequence[str] | None) -> Iterator[tuple[TextHash, list[str]]]:
    """Yield every distinct text that the teacher reads, some thousands at a time, with their hashes."""
    read = [language for language in corpus.languages if languages is None or language in languages]
    seen: set[int] = set()
    waiting: dict[int, str] = {}
    for batch in corpus.batches():
        for language in read:
            texts = [text for text in batch.column(language).to_pylist() if text is not None]
            waiting |= {
                key: text for key, text in zip(text_hash(texts).tolist(), texts, strict=True) if key not in seen
            }
        if len(waiting) >= AT_ONCE:
            seen |= waiting.keys()
            yield np.array(list(waiting), dtype=np.int64), list(waiting.values())
            waiting = {}
    if waiting:
        yield np.array(list(waiting), dtype=np.int64), list(waiting.values())

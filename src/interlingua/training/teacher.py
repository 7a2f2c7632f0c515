"""A frozen teacher's vectors of a corpus: computed once, ever, and looked up by row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from interlingua.corpus import Corpus
from interlingua.training.cells import TextHash, text_hash
from interlingua.types import Encoder

if TYPE_CHECKING:
    from interlingua.encoder.store import VectorStore

__all__ = ["TeacherVectors"]


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
        cls, corpus: Corpus, encoder: Encoder, store: "VectorStore", *, languages: Sequence[str] | None = None
    ) -> "TeacherVectors":
        """Look up, and where they are missing compute, the vectors of a corpus.

        Args:
            corpus: The training rows.
            encoder: The teacher, with its own prefix, pooling and maximum length.
            store: Where its vectors are kept over runs.
            languages: The languages that the teacher reads; None for all of the corpus.
        """
        read = [language for language in corpus.languages if languages is None or language in languages]
        texts: dict[str, None] = {}
        for language in read:
            texts |= dict.fromkeys(text for text in corpus.texts(language) if text is not None)
        distinct = list(texts)
        vectors = store.encode(encoder, distinct)
        keys = text_hash(distinct)
        order = np.argsort(keys, kind="stable")
        return cls(keys[order], order, vectors.astype(np.float16))

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

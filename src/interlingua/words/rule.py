"""What every rule that chooses links from similarities is."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from interlingua.errors import AlignmentError
from interlingua.words.batched import Blocks, BoolMask, Similarities

__all__ = ["Matcher", "Matches", "check_range"]

Matches = tuple[NDArray[np.int32], NDArray[np.float32]]
"""Linked words ``(source word, target word)`` in order, shape ``(k, 2)``, and how sure each is, shape ``(k,)``."""


@dataclass(frozen=True, kw_only=True)
class Matcher(ABC):
    """A rule that chooses links from the similarities of all words of a source with all words of a target.

    Call it with one matrix of shape ``(m, n)``, or ``batch`` with many. A matrix without rows or columns has no links;
    of equal similarities the first counts. A subclass is a frozen dataclass with a ``kind`` and one method.
    """

    kind: ClassVar[str]
    """What the command line and recipes call it."""

    similarity: ClassVar[Literal["cosine", "dot"]] = "cosine"
    """What it is to be given."""

    @property
    def name(self) -> str:
        """The kind, with the settings that are not the usual ones."""
        settings = ((field, getattr(self, field.name)) for field in fields(self))
        changed = [f"{field.name}={value}" for field, value in settings if value != field.default]
        return f"{self.kind}({', '.join(changed)})" if changed else self.kind

    def __call__(self, similarities: Similarities) -> Matches:
        """Match one matrix.

        Args:
            similarities: Shape ``(m, n)``.

        Raises:
            AlignmentError: No matrix, or a value that is not finite.
        """
        values = np.asarray(similarities)
        if values.ndim != 2:
            raise AlignmentError(f"similarities of shape {values.shape} are no matrix; give (source, target) words")
        size = np.asarray(values.shape, dtype=np.int64)
        _, pairs, scores = self.batch(values[None], size[:1], size[1:])
        return pairs, scores

    def batch(
        self, similarities: Similarities, rows: NDArray[np.int64], columns: NDArray[np.int64]
    ) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]:
        """Match many matrices at once; every one has the links that it has alone.

        Args:
            similarities: Shape ``(B, M, N)``; what stands beyond a matrix may be anything.
            rows: How many rows each has, shape ``(B,)``.
            columns: How many columns each has, shape ``(B,)``.

        Returns:
            Which matrix a link is of, shape ``(k,)``; its words, ``(k, 2)``; its score, ``(k,)``; in order.

        Raises:
            AlignmentError: A value is not finite.
        """
        blocks = Blocks(_floating(similarities), np.asarray(rows), np.asarray(columns))
        if not blocks.values.size:
            return np.zeros(0, np.int32), np.zeros((0, 2), np.int32), np.zeros(0, np.float32)
        if not np.isfinite(blocks.padded(0)).all():
            raise AlignmentError("a similarity is not finite; are the states of the model finite?")
        links, scores = self._match(blocks)
        _, m, n = links.shape
        flat = np.flatnonzero(links)
        matrix, cell = np.divmod(flat, m * n)
        pairs = np.stack(np.divmod(cell, n), axis=1).astype(np.int32)
        return matrix.astype(np.int32), pairs, scores.reshape(-1)[flat].astype(np.float32)

    @abstractmethod
    def _match(self, blocks: Blocks) -> tuple[BoolMask, Similarities]:
        """Return links and scores, both of shape ``(B, M, N)``."""


def check_range(name: str, value: float, low: float, high: float | None) -> None:
    """Refuse a setting that is out of its range.

    Raises:
        AlignmentError: It is.
    """
    if not (value >= low and (high is None or value <= high)):
        wanted = f"at least {low}" if high is None else f"between {low} and {high}"
        raise AlignmentError(f"{name}={value} does not fit; it must be {wanted}")


def _floating(values: Similarities) -> Similarities:
    array = np.asarray(values)
    return array if array.dtype in (np.float32, np.float64) else array.astype(np.float32)

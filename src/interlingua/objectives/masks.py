"""Which candidates are taken out of the softmax: false negatives, and negatives mined for others.

A mask is a function of a `Tile` and returns True where a candidate is to be left out. It must be symmetric in the two
cells (tiles are shared by opposite directions); the true pair is never masked, whatever it returns.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, TypeAlias

import torch
from torch import Tensor

from interlingua.errors import ObjectiveError
from interlingua.objectives.pool import Pool, precise

__all__ = ["Mask", "Tile", "any_of", "needs_of", "own_negatives", "same_text", "teacher_above"]


@dataclass(frozen=True, eq=False)
class Tile:
    """Some anchors against some candidates; every property has shape ``(anchors, candidates)``.

    Args:
        pool: The cells.
        anchors: Positions in the pool, shape ``(n, 1)``.
        candidates: Positions in the pool, shape ``(1, m)``.
    """

    pool: Pool
    anchors: Tensor
    candidates: Tensor

    @cached_property
    def same_row(self) -> Tensor:
        """Whether two cells mean the same."""
        row = self.pool.cells.row
        return (row[self.anchors] == row[self.candidates]) & (row[self.anchors] >= 0)

    @cached_property
    def same_cell(self) -> Tensor:
        """Whether a cell meets itself."""
        return self.anchors == self.candidates

    def cosine(self, vectors: Tensor) -> Tensor:
        """Return dot products of one vector a cell."""
        anchors = vectors.index_select(0, self.anchors.squeeze(1))
        candidates = vectors.index_select(0, self.candidates.squeeze(0))
        return precise(anchors) @ precise(candidates).T


Mask: TypeAlias = Callable[[Tile], Tensor]


def needs_of(mask: Mask) -> frozenset[str]:
    """Return what the batch must carry for a mask: what its attribute ``needs`` says, else the hashes of the texts.

    Example:
        >>> sorted(needs_of(any_of(same_text, teacher_above(0.95))))
        ['teacher', 'text']
    """
    needs: frozenset[str] = getattr(mask, "needs", frozenset({"text"}))
    return needs


def same_text(tile: Tile) -> Tensor:
    """Mask candidates that say what the anchor's own translation says, and those whose source the anchor repeats.

    A repeated text puts a floor of ln 2 under the loss of the anchors it touches, whatever the encoder does. A batch
    that does not carry text hashes has nothing to compare, and nothing is masked.

    Example:
        >>> from interlingua.objectives import Contrast, EncodedCells, all_pairs
        >>> contrast = Contrast(all_pairs(), mask=same_text)
        >>> row, view, text = torch.tensor([0, 1, 0, 1]), torch.tensor([0, 0, 1, 1]), torch.tensor([3, 4, 8, 8])
        >>> cells = EncodedCells(vectors=torch.eye(4), row=row, view=view, views=("eng_Latn", "deu_Latn"), text=text)
        >>> float(contrast(cells)["contrast"])  # both rows say the same in German: nothing is left to tell apart
        0.0
    """
    view, text, own = tile.pool.cells.view, tile.pool.cells.text, tile.pool.row_text
    if text is None or own is None:
        return torch.zeros_like(tile.same_row)
    anchors, candidates = tile.anchors.squeeze(1), tile.candidates.squeeze(0)

    def repeats(theirs: Tensor, ours: Tensor) -> Tensor:
        """Whether the cell ``theirs`` has the text of our row's cell in its view, ``(theirs, ours)``."""
        return own.index_select(1, ours).index_select(0, view[theirs]) == text[theirs][:, None]

    return repeats(anchors, candidates) | repeats(candidates, anchors).T


def teacher_above(bound: float) -> Mask:
    """Mask candidates of other rows that a frozen teacher finds more similar to the anchor's row than ``bound``.

    Example:
        >>> sorted(needs_of(teacher_above(0.95)))
        ['teacher']
    """
    return _TeacherAbove(bound)


def own_negatives(tile: Tile) -> Tensor:
    """Mask mined negatives for all rows but the one that they were mined for."""
    row, owner = tile.pool.cells.row, tile.pool.cells.owner
    if owner is None:
        raise ObjectiveError("the batch does not say which row each negative was mined for; pass `owner`")

    def foreign(negative: Tensor, anchor: Tensor) -> Tensor:
        return (row[negative] < 0) & (owner[negative] >= 0) & (owner[negative] != row[anchor])

    return foreign(tile.candidates, tile.anchors) | foreign(tile.anchors, tile.candidates)


def any_of(*masks: Mask) -> Mask:
    """Mask whatever one of the masks takes out.

    Example:
        >>> sorted(needs_of(any_of(same_text, own_negatives)))
        ['text']
    """
    return _AnyOf(masks)


@dataclass(frozen=True)
class _TeacherAbove:
    bound: float
    needs: ClassVar[frozenset[str]] = frozenset({"teacher"})

    def __call__(self, tile: Tile) -> Tensor:
        vectors, known = tile.pool.row_teacher
        return (tile.cosine(vectors) > self.bound) & known[tile.anchors] & known[tile.candidates]


@dataclass(frozen=True)
class _AnyOf:
    masks: tuple[Mask, ...]

    @property
    def needs(self) -> frozenset[str]:
        return frozenset().union(*map(needs_of, self.masks))

    def __call__(self, tile: Tile) -> Tensor:
        return torch.stack([mask(tile) for mask in self.masks]).any(dim=0)

"""Who counts as right: hard labels, or a frozen teacher's similarities.

Soft labels are given as one *label vector* a cell. The label weight of candidate j for anchor i is the softmax, over
the candidates of an edge, of the dot products of their label vectors, so that nothing of shape N x N is ever made at
once.

Priority takes the teacher vector of the row's highest-priority cell. Average stands the teacher vectors of several
views side by side, divided by the root of their number: the dot product of two such vectors is the mean of the
similarities, which averages logits *before* the softmax, as the IMASCL paper does.
"""

from collections.abc import Sequence
from typing import Literal, Protocol

import torch
from torch import Tensor

from interlingua.errors import ObjectiveError
from interlingua.objectives.base import one_of
from interlingua.objectives.pool import Pool, precise

__all__ = ["Average", "MadeOnce", "Priority", "SoftLabels", "view_order"]


class SoftLabels(Protocol):
    """Labels made from teacher vectors.

    Attributes:
        temperature: Of the teacher's softmax; None takes the student's.
        by_edge: Whether label vectors differ from edge to edge (opposite edges have the same).
    """

    temperature: float | None
    by_edge: bool

    def vectors(self, pool: Pool, anchor: int, candidate: int) -> tuple[Tensor, Tensor]:
        """Return label vectors for every cell of the pool, ``(M, T)``, and which of them are known, ``(M,)``."""


class MadeOnce:
    """The labels of one batch: vectors that several edges share are made once, in float32 or float64.

    Args:
        labels: How they are made.
    """

    def __init__(self, labels: SoftLabels) -> None:
        self.temperature = labels.temperature
        self.by_edge = labels.by_edge
        self._labels = labels
        self._made: dict[tuple[int, int], tuple[Tensor, Tensor]] = {}

    def vectors(self, pool: Pool, anchor: int, candidate: int) -> tuple[Tensor, Tensor]:
        """Return what the labels return; an edge and its opposite have the same."""
        key = (min(anchor, candidate), max(anchor, candidate)) if self.by_edge else (0, 0)
        if key not in self._made:
            vectors, known = self._labels.vectors(pool, anchor, candidate)
            self._made[key] = precise(vectors), known
        return self._made[key]


class _TeacherLabels:
    """What labels from a teacher have in common: an order of views, a temperature, and whether edges differ."""

    def __init__(
        self,
        order: Sequence[str] | None = None,
        *,
        temperature: float | None = None,
        per: Literal["row", "edge"] = "row",
    ) -> None:
        self.order = order
        one_of("per", per, ("row", "edge"))
        self.temperature = _positive(temperature)
        self.by_edge = per == "edge"

    def _views(self, pool: Pool, anchor: int, candidate: int) -> Tensor:
        """Return the views that labels are made from, by priority."""
        return view_order(pool, self.order, (anchor, candidate) if self.by_edge else None)


class Priority(_TeacherLabels):
    r"""Labels from the teacher vector of the highest-priority language: :math:`W_{ij} = softmax_j(u_i u_j / \tau)`.

    Args:
        order: Views from highest to lowest priority; views not named follow in the order of the batch. None is the
            order of the batch.
        temperature: Of the teacher's softmax; None takes the student's.
        per: ``row``: one label vector a row, used on every edge, so that an English-only teacher supervises de-ja.
            ``edge``: the higher of the edge's two languages gives the vector, for a multilingual teacher.

    Reference:
        Park et al. 2024, Improving Multi-lingual Alignment Through Soft Contrastive Learning, section 3.
        https://arxiv.org/abs/2405.16155

    Example:
        >>> from interlingua.objectives import Contrast, all_pairs
        >>> contrast = Contrast(all_pairs(), labels=Priority(["eng_Latn", "rus_Cyrl"], temperature=0.05))
        >>> sorted(contrast.requirements())
        ['teacher']
    """

    def vectors(self, pool: Pool, anchor: int, candidate: int) -> tuple[Tensor, Tensor]:
        """Return the teacher vector that stands for every cell's row, and which cells have one."""
        chosen, known = pool.best_known(self._views(pool, anchor, candidate))
        return pool.teacher[chosen], known


class Average(_TeacherLabels):
    r"""Labels from the mean of the languages' similarities: :math:`W = softmax((A^s + A^t) / 2\tau)`.

    Needs a multilingual teacher. A cell whose row lacks one of the views uses its row's best vector in that place.

    Args:
        order: As for `Priority`; decides only what stands in for a missing vector.
        temperature: Of the teacher's softmax; None takes the student's.
        per: ``row`` averages over all views of the batch, ``edge`` over the two views of the edge.

    Reference:
        Park et al. 2024, https://arxiv.org/abs/2405.16155, section 3.

    Example:
        >>> Average(per="edge").by_edge
        True
    """

    def vectors(self, pool: Pool, anchor: int, candidate: int) -> tuple[Tensor, Tensor]:
        """Return the teacher vectors of a row's views side by side, and which cells have any."""
        ranked = self._views(pool, anchor, candidate)
        fallback, known = pool.best_known(ranked)
        views = sorted(ranked.tolist())
        own_known = pool.cells.teacher_known
        blocks = []
        for view in views:
            partner = pool.partner[:, view]
            has = partner >= 0
            if own_known is not None:
                has = has & own_known[partner.clamp(min=0)]
            blocks.append(precise(pool.teacher[torch.where(has, partner, fallback)]))
        return torch.cat(blocks, dim=1) / len(views) ** 0.5, known


def view_order(pool: Pool, order: Sequence[str] | None, only: tuple[int, int] | None = None) -> Tensor:
    """Return view numbers by priority: those named first, the others in the order of the batch; or only two of them."""
    views = pool.cells.views
    first = [views.index(name) for name in order or () if name in views]
    ranked = first + [number for number in range(len(views)) if number not in first]
    return torch.tensor([number for number in ranked if only is None or number in only])


def _positive(temperature: float | None) -> float | None:
    if temperature is not None and temperature <= 0:
        raise ObjectiveError(f"the teacher's temperature is {temperature}; it must be greater than 0")
    return temperature

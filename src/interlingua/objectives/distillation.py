"""Going where a frozen teacher goes: its vectors, or its similarities."""

import logging
from collections.abc import Sequence
from typing import ClassVar, Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from interlingua.errors import ObjectiveError
from interlingua.objectives.base import EncodedCells, Objective, one_of
from interlingua.objectives.graphs import Graph, Layout
from interlingua.objectives.labels import MadeOnce, SoftLabels, view_order
from interlingua.objectives.pool import Pool, precise, process_count, sum_over_processes

__all__ = ["SimilarityDistillation", "VectorDistillation"]

logger = logging.getLogger(__name__)


class VectorDistillation(Objective):
    r"""Every language goes where a frozen teacher puts the row's highest-priority text.

    ``mse`` with ``reduction="sum"`` is the published form, a sum over views of the mean over rows,

    .. math:: \frac1N \sum_i \lVert f(s_i) - g(s_i) \rVert^2 + \lVert f(t_i) - g(s_i) \rVert^2

    and with ``reduction="mean"`` the mean over all cells and dimensions, which is what sentence-transformers computes
    (1/2D of the published form for two views). ``cosine`` is one minus the cosine, mean over cells.

    Args:
        distance: ``mse`` or ``cosine``.
        order: Views from highest to lowest priority: the teacher's vector for the first one present is the target.
        normalised: Compare unit vectors. If False the student's vectors are compared as they are; should the teacher's
            turn out to have unit length and the student's not, no training could match them, so unit vectors are
            compared after all, with a warning.
        projection: ``(student dimension, teacher dimension)``: a learned linear map applied to the student's vectors,
            where the dimensions differ.
        reduction: See above; for ``mse`` only.

    Raises:
        ObjectiveError: If dimensions differ and there is no projection, or the batch has no teacher vectors.

    Reference:
        Reimers and Gurevych 2020, Making Monolingual Sentence Embeddings Multilingual using Knowledge Distillation.
        https://arxiv.org/abs/2004.09813

    Example:
        >>> vectors = {"eng_Latn": torch.eye(3), "deu_Latn": torch.eye(3)}
        >>> cells = EncodedCells.from_columns(vectors, teacher={"eng_Latn": torch.eye(3)})
        >>> float(VectorDistillation()(cells)["distillation"])
        0.0
    """

    needs: ClassVar[frozenset[str]] = frozenset({"teacher", "raw"})

    def __init__(
        self,
        distance: Literal["mse", "cosine"] = "mse",
        *,
        order: Sequence[str] | None = None,
        normalised: bool = True,
        projection: tuple[int, int] | None = None,
        reduction: Literal["sum", "mean"] = "sum",
    ) -> None:
        super().__init__()
        one_of("distance", distance, ("mse", "cosine"))
        one_of("reduction", reduction, ("sum", "mean"))
        self.distance = distance
        self.order = order
        self.normalised = normalised
        self.reduction = reduction
        self.projection = nn.Linear(*projection) if projection else None

    def forward(self, cells: EncodedCells) -> dict[str, Tensor]:
        """Return the loss as ``distillation``; cells of rows without a teacher vector do not count."""
        pool = Pool.alone(cells)
        chosen, known = pool.best_known(view_order(pool, self.order))
        known = known & (pool.cells.row >= 0)
        target = precise(pool.teacher[chosen])
        student = precise(self._student(pool.cells, target))
        if student.shape[1] != target.shape[1]:
            raise ObjectiveError(
                f"the student's vectors have {student.shape[1]} dimensions and the teacher's {target.shape[1]}; "
                f"set projection=({student.shape[1]}, {target.shape[1]})"
            )
        if self.distance == "cosine":
            each, view = 1 - F.cosine_similarity(student, target), torch.zeros_like(pool.cells.view)
        elif self.reduction == "mean":
            each, view = (student - target).square().mean(dim=1), torch.zeros_like(pool.cells.view)
        else:
            each, view = (student - target).square().sum(dim=1), pool.cells.view
        counts = torch.zeros(len(cells.views), device=view.device, dtype=each.dtype)
        counts = sum_over_processes(counts.index_add_(0, view, known.to(each.dtype)))
        loss = (torch.where(known, each, 0.0) / counts[view].clamp(min=1)).sum()
        return {"distillation": loss * process_count()}

    def _student(self, cells: EncodedCells, target: Tensor) -> Tensor:
        raw = cells.raw
        if self.normalised or raw is None:
            student = cells.vectors if self.projection is None else self.projection(cells.vectors)
            return F.normalize(student, dim=1) if self.projection is not None else student
        unit_teacher = bool(((target.norm(dim=1) - 1).abs() < 1e-2).all())
        unit_student = bool(((raw.norm(dim=1) - 1).abs() < 1e-2).all())
        if unit_teacher and not unit_student and self.projection is None:
            logger.warning(
                "the teacher's vectors have unit length, the student's a length of %.3g: comparing unit vectors. "
                "Append a Normalize module to the student so that what is saved gives unit vectors too.",
                float(raw.norm(dim=1).mean()),
            )
            self.normalised = True
            return cells.vectors
        return raw if self.projection is None else self.projection(raw)


class SimilarityDistillation(Objective):
    r"""The student's cross-lingual similarities follow the teacher's, cell by cell of the batch matrix.

    For every edge the mean over anchors and candidates of :math:`((\cos_{ij} - u_i u_j)/\tau)^2`, with the label
    vectors u of the given labels. It is computed from products of D x D, so no N x N matrix is made:
    :math:`\sum_{ij} (x_i y_j - u_i v_j)^2 = \langle X^TX, Y^TY\rangle - 2\langle X^TU, Y^TV\rangle +
    \langle U^TU, V^TV\rangle` (in float64, since the three terms nearly cancel).

    Args:
        graph: Which views are compared with which.
        labels: Whose similarities to follow, for instance `Priority()`.
        temperature: Divides the differences.
        reduction: ``sum`` or ``mean`` over the edges that have anchors.

    Raises:
        ObjectiveError: For a temperature of 0, a graph without edges, or a batch without teacher vectors.

    Reference:
        The "MMSE" loss of the code of Park et al. 2024, https://arxiv.org/abs/2405.16155

    Example:
        >>> from interlingua.objectives import Priority, all_pairs
        >>> vectors = {"eng_Latn": torch.eye(3), "deu_Latn": torch.eye(3)}
        >>> cells = EncodedCells.from_columns(vectors, teacher={"eng_Latn": torch.eye(3)})
        >>> float(SimilarityDistillation(all_pairs(), Priority())(cells)["similarity"])
        0.0
    """

    needs: ClassVar[frozenset[str]] = frozenset({"teacher"})

    def __init__(
        self,
        graph: Graph,
        labels: SoftLabels,
        *,
        temperature: float = 0.1,
        reduction: Literal["sum", "mean"] = "sum",
    ) -> None:
        super().__init__()
        if temperature <= 0:
            raise ObjectiveError(f"the temperature is {temperature}; it must be greater than 0 (0.1 is usual)")
        one_of("reduction", reduction, ("sum", "mean"))
        self.graph = graph
        self.labels = labels
        self.temperature = temperature
        self.reduction = reduction

    def forward(self, cells: EncodedCells) -> dict[str, Tensor]:
        """Return the loss as ``similarity``."""
        pool = Pool.of(cells)
        view, vectors = pool.cells.view, pool.cells.vectors.double()
        labels = MadeOnce(self.labels)
        means, edges = [], 0
        for anchor, candidate in Layout.of(self.graph(cells.views), cells.views, view.device).pairs():
            label, known = labels.vectors(pool, anchor, candidate)
            rows = (view == anchor) & (pool.partner[:, candidate] >= 0) & known
            columns = (view == candidate) & known
            here, count = rows & pool.local, int(rows.sum())
            total = _squared_differences(vectors[here], vectors[columns], label[here], label[columns])
            means.append(total / max(count * int(columns.sum()), 1))
            edges += count > 0
        scale = process_count() / (self.temperature**2 * (max(edges, 1) if self.reduction == "mean" else 1))
        return {"similarity": torch.stack(means).sum().to(precise(cells.vectors).dtype) * scale}


def _squared_differences(x: Tensor, y: Tensor, u: Tensor, v: Tensor) -> Tensor:
    u, v = u.double(), v.double()
    return ((x.T @ x) * (y.T @ y)).sum() - 2 * ((x.T @ u) * (y.T @ v)).sum() + ((u.T @ u) * (v.T @ v)).sum()

"""Contrast: one objective for hard and soft, bilingual and multi-way, read off a graph."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from interlingua.errors import ObjectiveError
from interlingua.objectives.base import EncodedCells, Objective
from interlingua.objectives.graphs import Edge, Graph
from interlingua.objectives.kernel import NOTHING, Kernel, Tables, precise
from interlingua.objectives.labels import SoftLabels
from interlingua.objectives.masks import Mask, Tile
from interlingua.objectives.pool import Pool, process_count

__all__ = ["Contrast"]

logger = logging.getLogger(__name__)

SMALL_MASS = 0.05
"""Below this share of label mass on the true pair, soft labels say little about translation."""


class Contrast(Objective):
    r"""Pull translations together and the rest of the batch apart, along the edges of a graph.

    An edge (a, b) has as anchors the cells of view a whose row has a cell in b, as candidates all cells of b over all
    processes, and the loss, with :math:`z_{ij} = (\cos_{ij} - margin_{ij})/\tau`,

    .. math:: -\frac1n \sum_i \sum_j W_{ij} \log \frac{e^{z_{ij}}}{\sum_k e^{z_{ik}}}

    where W is one on the true pair (hard) or the softmax of a teacher's similarities (soft). Candidates of several
    views at once hold several true pairs; ``positives`` says what becomes of them.

    Args:
        graph: Which views are anchors for which.
        labels: Soft labels; None for hard ones.
        temperature: Of the student's softmax.
        margin: Taken off the cosine of a true pair before the division by the temperature (LaBSE), or a symmetric
            function of a tile.
        mask: False negatives to leave out of the student's and the teacher's softmax alike.
        reduction: ``mean`` or ``sum`` over edges of the mean over an edge's anchors, or ``pooled``: the mean over the
            anchors of all edges together.
        positives: Where candidates span several views: ``each`` true pair against the cells of other rows only
            (reading B), the ``average`` of their log-probabilities (SupCon "out", reading C), or the log of the
            probability of ``any`` of them (reading D).
        tile: Largest number of anchors, and of candidates, whose similarities are held at once.

    Raises:
        ObjectiveError: For a setting that has no meaning (a margin on a loop, a temperature of 0 ...).

    Batches:
        No two rows may share a text within a view, or ``mask=same_text`` must be on: the copy would be pushed away as
        a wrong answer.

    Reference:
        Yang et al. 2019 (margin), https://arxiv.org/abs/1902.08564; Park et al. 2024 (soft labels),
        https://arxiv.org/abs/2405.16155; Fazili and Goswami 2026 (multi-way), https://arxiv.org/abs/2602.21543;
        Khosla et al. 2020 (SupCon), https://arxiv.org/abs/2004.11362

    Example:
        >>> from interlingua.objectives import EncodedCells, all_pairs
        >>> right = EncodedCells.from_columns({"eng_Latn": torch.eye(4), "deu_Latn": torch.eye(4)})
        >>> wrong = EncodedCells.from_columns({"eng_Latn": torch.eye(4), "deu_Latn": torch.eye(4).flip(0)})
        >>> objective = Contrast(all_pairs(), temperature=0.1)
        >>> bool(objective(right)["contrast"] < objective(wrong)["contrast"])
        True
    """

    def __init__(
        self,
        graph: Graph,
        *,
        labels: SoftLabels | None = None,
        temperature: float = 0.05,
        margin: float | Callable[[Tile], Tensor] = 0.0,
        mask: Mask | None = None,
        reduction: Literal["mean", "sum", "pooled"] = "mean",
        positives: Literal["each", "average", "any"] = "average",
        tile: int = 1024,
    ) -> None:
        super().__init__()
        if temperature <= 0:
            raise ObjectiveError(f"the temperature is {temperature}; it must be greater than 0 (0.05 is usual)")
        if labels is not None and positives != "average":
            raise ObjectiveError(
                f"soft labels weigh all candidates; positives={positives!r} speaks of hard labels only"
            )
        self.graph = graph
        self.labels = labels
        self.temperature = temperature
        self.margin = margin
        self.mask = mask
        self.reduction = reduction
        self.positives = positives
        self.tile = tile
        self._warned = False

    def requirements(self) -> frozenset[str]:
        """Return ``teacher`` for soft labels and ``text`` where a mask is set."""
        return frozenset({"teacher"} if self.labels is not None else ()) | ({"text"} if self.mask else frozenset())

    def forward(self, cells: EncodedCells) -> dict[str, Tensor]:
        """Return the loss as ``contrast``; with soft labels also fill `diagnostics`.

        Over several processes the value is this process's share times their number, so that the mean over processes,
        of losses and of gradients alike, is exactly the value of one process that holds the whole batch.
        """
        pool = Pool.of(cells)
        layout = _Layout.of(self.graph(cells.views), cells.views, pool.local.device)
        if layout.loops and (callable(self.margin) or self.margin):
            raise ObjectiveError("a margin on a loop pushes a text away from itself; leave loops without margin")
        exclude: Literal["nothing", "self", "row"] = "nothing"
        if layout.spans_views:
            exclude = "row" if self.positives == "each" else "self"
        kernel = Kernel(self.temperature, self.margin, self.mask, self.labels, exclude, self.tile)
        tables = kernel.tables(pool, layout.needed, layout.by_candidate)
        loss, valid = self._soft(pool, layout, tables) if self.labels else self._hard(pool, layout, tables)
        weight = self._weights(pool, layout, valid)
        total = (torch.where(valid[pool.local], loss, 0.0) * weight[pool.local]).sum() * process_count()
        return {"contrast": total + 0.0 * cells.vectors.sum()}

    def _hard(self, pool: Pool, layout: "_Layout", tables: Tables) -> tuple[Tensor, Tensor]:
        """Return losses of the local anchors, ``(n, L)`` or ``(n, 1)``, and which anchors of the pool count."""
        target, true = self._true_logits(pool, layout)  # (n, L), (M, L)
        true_here = true[pool.local]
        if not layout.spans_views:
            return tables.normaliser - target, true
        normaliser = _over_views(tables.normaliser, layout.needed[pool.cells.view[pool.local]])  # (n,)
        count = true_here.sum(dim=1).clamp(min=1)
        if self.positives == "any":
            loss = normaliser - _over_views(target, true_here)
        else:
            each = torch.logaddexp(normaliser[:, None], target) if self.positives == "each" else normaliser[:, None]
            loss = torch.where(true_here, each - target, 0.0).sum(dim=1) / count
        return loss[:, None], true.any(dim=1, keepdim=True)

    def _true_logits(self, pool: Pool, layout: "_Layout") -> tuple[Tensor, Tensor]:
        """Return the logit of the true pair in every view, ``(n, L)``, and where the pool has one, ``(M, L)``."""
        view, vectors = pool.cells.view, precise(pool.cells.vectors)
        partner = pool.partner
        true = (partner >= 0) & layout.needed[view]
        if layout.spans_views:
            true &= torch.arange(true.shape[1], device=view.device) != view[:, None]
        anchors, views = (true & pool.local[:, None]).nonzero(as_tuple=True)
        others = partner[anchors, views]
        cosine = torch.where(anchors == others, 1.0, (vectors[anchors] * vectors[others]).sum(dim=1))
        margin: Tensor | float = 0.0
        if callable(self.margin):
            margin = torch.stack(
                [
                    self.margin(Tile(pool, a[None, None], b[None, None]))[0, 0]
                    for a, b in zip(anchors, others, strict=True)
                ]
            )
        elif self.margin:
            margin = self.margin
        logits = vectors.new_zeros(true.shape).index_put((anchors, views), (cosine - margin) / self.temperature)
        return torch.where(true, logits, NOTHING)[pool.local], true

    def _soft(self, pool: Pool, layout: "_Layout", tables: Tables) -> tuple[Tensor, Tensor]:
        """Return losses of the local anchors, ``(n, L)``, and which anchors of the pool count."""
        assert tables.label_normaliser is not None and tables.label_logit is not None and self.labels is not None
        view = pool.cells.view
        valid = (pool.partner >= 0) & layout.needed[view]
        for anchor, candidate in layout.pairs():
            _, known = self.labels.vectors(pool, anchor, candidate)
            valid[view == anchor, candidate] &= known[view == anchor]
        loss = tables.normaliser - tables.label_logit
        by_candidate = layout.by_candidate[view[pool.local]]
        mass = torch.where(by_candidate, tables.label_normaliser, 0.0).exp()
        if not layout.spans_views:
            self._diagnose(pool, layout, tables, valid, loss)
            return mass * loss, valid
        raise ObjectiveError("soft labels over candidates of several views at once are not defined; use all_pairs()")

    def _weights(self, pool: Pool, layout: "_Layout", valid: Tensor) -> Tensor:
        """Return the weight of every anchor's loss: its share of its edge, and the edge's share of the whole."""
        view = pool.cells.view
        counts = valid.new_zeros((len(pool.cells.views), valid.shape[1]), dtype=torch.long)
        counts.index_add_(0, view, valid.long())  # anchors per edge, over all processes
        if self.reduction == "pooled":
            return (valid / counts.sum().clamp(min=1)).to(precise(pool.cells.vectors).dtype)
        edges = (counts > 0).sum().clamp(min=1) if self.reduction == "mean" else 1
        return (valid / (counts[view].clamp(min=1) * edges)).to(precise(pool.cells.vectors).dtype)

    def _diagnose(self, pool: Pool, layout: "_Layout", tables: Tables, valid: Tensor, loss: Tensor) -> None:
        """Log how much label mass lies on the true pair, the labels' entropy, and the loss above that floor."""
        assert self.labels is not None and tables.label_normaliser is not None and tables.label_energy is not None
        with torch.no_grad():
            here = valid[pool.local] & ~layout.by_candidate[pool.cells.view[pool.local]]
            if not bool(here.any()):
                return
            own = torch.full_like(loss, NOTHING)
            temperature = self.labels.temperature or self.temperature
            view = pool.cells.view[pool.local]
            for anchor, candidate in layout.pairs():
                vectors, _ = self.labels.vectors(pool, anchor, candidate)
                partner = vectors[pool.partner[pool.local, candidate].clamp(min=0)]
                logit = (precise(vectors[pool.local]) * precise(partner)).sum(dim=1) / temperature
                own[:, candidate] = torch.where(view == anchor, logit.to(own.dtype), own[:, candidate])
            entropy = (tables.label_normaliser - tables.label_energy)[here]
            mass = torch.exp(own - tables.label_normaliser)[here].mean()
            self.diagnostics = {
                "label_mass": mass,
                "label_entropy": entropy.mean(),
                "kl": (loss[here] - entropy).mean(),
            }
        if mass < SMALL_MASS and not self._warned:
            self._warned = True
            logger.warning(
                "only %.1f %% of the label mass lies on the true pair: the teacher finds the whole batch similar. "
                "Lower the teacher's temperature (now %g) or make batches smaller.",
                100 * float(mass),
                temperature,
            )


@dataclass(frozen=True)
class _Layout:
    """The edges of a graph as matrices over views."""

    needed: Tensor
    by_candidate: Tensor
    spans_views: bool
    loops: bool

    @classmethod
    def of(cls, edges: list[Edge], views: tuple[str, ...], device: torch.device) -> "_Layout":
        if not edges:
            raise ObjectiveError(f"the graph has no edge between the views {', '.join(views)}; two views are needed")
        needed = torch.zeros((len(views), len(views)), dtype=torch.bool)
        by_candidate = torch.zeros_like(needed)
        spans = {len(edge.candidates) > 1 for edge in edges}
        if len(spans) > 1:
            raise ObjectiveError("edges to one view and edges to several cannot mix in one graph; add two Contrasts")
        for edge in edges:
            anchor = views.index(edge.anchor)
            for candidate in map(views.index, edge.candidates):
                if needed[anchor, candidate]:
                    raise ObjectiveError(f"the graph has the edge {edge.anchor} to {views[candidate]} twice")
                needed[anchor, candidate] = True
                by_candidate[anchor, candidate] = edge.normalise_labels == "candidate"
        return cls(needed.to(device), by_candidate.to(device), spans.pop(), any(edge.is_loop for edge in edges))

    def pairs(self) -> list[tuple[int, int]]:
        """Anchor and candidate view of every edge."""
        return [(int(a), int(b)) for a, b in self.needed.nonzero().tolist()]


def _over_views(table: Tensor, chosen: Tensor) -> Tensor:
    return torch.where(chosen, table, NOTHING).logsumexp(dim=1)

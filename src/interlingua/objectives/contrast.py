"""Contrast: one objective for hard and soft, bilingual and multi-way, read off a graph."""

import logging
from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor

from interlingua.errors import ObjectiveError
from interlingua.objectives.base import EncodedCells, Objective, one_of
from interlingua.objectives.graphs import Graph, Layout
from interlingua.objectives.kernel import NOTHING, Kernel, Tables
from interlingua.objectives.labels import MadeOnce, SoftLabels
from interlingua.objectives.masks import Mask, Tile, needs_of
from interlingua.objectives.pool import Pool, precise, process_count

__all__ = ["Contrast"]

logger = logging.getLogger(__name__)

SMALL_MASS = 0.05
"""Below this share of label mass on the true pair, soft labels say little about translation."""

BLOCK = 64
"""True pairs that a margin function is asked about at once: it is given all of a block against all of it."""


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
        if tile < 1:
            raise ObjectiveError(f"tile is {tile}; give the number of cells on the side of a tile (1024 is usual)")
        one_of("reduction", reduction, ("mean", "sum", "pooled"))
        one_of("positives", positives, ("each", "average", "any"))
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
        """Return ``teacher`` for soft labels, and what the mask needs."""
        masked = frozenset() if self.mask is None else needs_of(self.mask)
        return masked if self.labels is None else masked | {"teacher"}

    def forward(self, cells: EncodedCells) -> dict[str, Tensor]:
        """Return the loss as ``contrast``; with soft labels also fill `diagnostics`.

        Over several processes the value is this process's share times their number, so that the mean over processes,
        of losses and of gradients alike, is exactly the value of one process that holds the whole batch.
        """
        self.diagnostics = {}
        pool = Pool.of(cells)
        layout = Layout.of(self.graph(cells.views), cells.views, pool.local.device)
        self._check(layout)
        exclude: Literal["nothing", "self", "row"] = "nothing"
        if layout.spans_views:
            exclude = "row" if self.positives == "each" else "self"
        labels = None if self.labels is None else MadeOnce(self.labels)
        kernel = Kernel(self.temperature, self.margin, self.mask, labels, exclude, self.tile)
        tables = kernel.tables(pool, layout.needed, layout.by_candidate)
        if labels is None:
            loss, valid = self._hard(pool, layout, tables)
        else:
            loss, valid = self._soft(pool, layout, tables, labels)
        weight = self._weights(pool, valid)
        total = (torch.where(valid[pool.local], loss, 0.0) * weight[pool.local]).sum() * process_count()
        return {"contrast": total + 0.0 * precise(pool.cells.vectors).sum()}  # a process without anchors has a gradient

    def _check(self, layout: Layout) -> None:
        if layout.loops and (callable(self.margin) or self.margin):
            raise ObjectiveError("a margin on a loop pushes a text away from itself; leave loops without margin")
        if layout.spans_views and self.labels is not None:
            raise ObjectiveError(
                "soft labels over candidates of several views at once are not defined; use all_pairs()"
            )

    def _hard(self, pool: Pool, layout: Layout, tables: Tables) -> tuple[Tensor, Tensor]:
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

    def _true_logits(self, pool: Pool, layout: Layout) -> tuple[Tensor, Tensor]:
        """Return the logit of the true pair in every view, ``(n, L)``, and where the pool has one, ``(M, L)``."""
        view, vectors = pool.cells.view, precise(pool.cells.vectors)
        partner = pool.partner
        true = (partner >= 0) & layout.needed[view]
        if layout.spans_views:
            true &= torch.arange(true.shape[1], device=view.device) != view[:, None]
        anchors, views = (true & pool.local[:, None]).nonzero(as_tuple=True)
        others = partner[anchors, views]
        cosine = torch.where(anchors == others, 1.0, _dots(vectors, anchors, others))
        logits = ((cosine - self._true_margins(pool, anchors, others)) / self.temperature).to(vectors.dtype)
        table = vectors.new_zeros(true.shape).index_put((anchors, views), logits)
        return torch.where(true, table, NOTHING)[pool.local], true

    def _true_margins(self, pool: Pool, anchors: Tensor, others: Tensor) -> Tensor | float:
        if not callable(self.margin):
            return self.margin
        blocks = zip(torch.split(anchors, BLOCK), torch.split(others, BLOCK), strict=True)
        with torch.autocast(anchors.device.type, enabled=False):
            return torch.cat([self.margin(Tile(pool, a[:, None], b[None])).diagonal() for a, b in blocks])

    def _soft(self, pool: Pool, layout: Layout, tables: Tables, labels: MadeOnce) -> tuple[Tensor, Tensor]:
        """Return losses of the local anchors, ``(n, L)``, and which anchors of the pool count."""
        assert tables.label_normaliser is not None
        assert tables.label_logit is not None
        view = pool.cells.view
        valid = (pool.partner >= 0) & layout.needed[view]
        for anchor, candidate in layout.pairs():
            _, known = labels.vectors(pool, anchor, candidate)
            valid[:, candidate] &= known | (view != anchor)
        loss = tables.normaliser - tables.label_logit
        by_candidate = layout.by_candidate[view[pool.local]]
        mass = torch.where(by_candidate, tables.label_normaliser, 0.0).exp()
        self._diagnose(pool, layout, tables, labels, valid, loss)
        return mass * loss, valid

    def _weights(self, pool: Pool, valid: Tensor) -> Tensor:
        """Return the weight of every anchor's loss: its share of its edge, and the edge's share of the whole."""
        view = pool.cells.view
        share = valid.to(precise(pool.cells.vectors).dtype)
        counts = valid.new_zeros((len(pool.cells.views), valid.shape[1]), dtype=torch.long)
        counts.index_add_(0, view, valid.long())  # anchors per edge, over all processes
        if self.reduction == "pooled":
            return share / counts.sum().clamp(min=1)
        edges = (counts > 0).sum().clamp(min=1) if self.reduction == "mean" else 1
        return share / (counts[view].clamp(min=1) * edges)

    def _diagnose(
        self, pool: Pool, layout: Layout, tables: Tables, labels: MadeOnce, valid: Tensor, loss: Tensor
    ) -> None:
        """Log how much label mass lies on the true pair, the labels' entropy, and the loss above that floor."""
        assert tables.label_normaliser is not None
        assert tables.label_energy is not None
        with torch.no_grad():
            here = valid[pool.local] & ~layout.by_candidate[pool.cells.view[pool.local]]
            if not bool(here.any()):
                return
            own = self._true_label_logits(pool, layout, labels)
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
                labels.temperature or self.temperature,
            )

    def _true_label_logits(self, pool: Pool, layout: Layout, labels: MadeOnce) -> Tensor:
        """Return the label logit of the true pair of every local anchor in every view, ``(n, L)``."""
        partner, view = pool.partner[pool.local].clamp(min=0), pool.cells.view[pool.local]
        own = precise(pool.cells.vectors).new_zeros(partner.shape)
        shared = {candidate: (anchor, candidate) for anchor, candidate in layout.pairs()}  # one look a candidate view
        for anchor, candidate in layout.pairs() if labels.by_edge else shared.values():
            vectors, _ = labels.vectors(pool, anchor, candidate)
            logit = (vectors[pool.local] * vectors[partner[:, candidate]]).sum(dim=1).to(own.dtype)
            meant = (view == anchor) | (not labels.by_edge)
            own[:, candidate] = torch.where(meant, logit, own[:, candidate])
        return own / (labels.temperature or self.temperature)


def _dots(vectors: Tensor, anchors: Tensor, others: Tensor) -> Tensor:
    return (vectors.index_select(0, anchors) * vectors.index_select(0, others)).sum(dim=1)


def _over_views(table: Tensor, chosen: Tensor) -> Tensor:
    return torch.where(chosen, table, NOTHING).logsumexp(dim=1)

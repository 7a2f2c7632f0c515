r"""One kernel for every contrastive method: soft cross-entropy between views, tile by tile.

For an anchor i and the candidates j of one view, with logits :math:`z_{ij} = (\cos_{ij} - margin_{ij}) / \tau` and
label weights :math:`W_{ij}`,

.. math:: loss_i = m_i \, lse_j(z_{ij}) - \sum_j W_{ij} z_{ij}, \qquad m_i = \sum_j W_{ij}

The kernel returns three numbers for every anchor and *every view*: the logsumexp of its logits over the view's cells,
the logsumexp of its label logits, and its label-weighted mean logit. Whatever a graph asks for is put together from
these tables: the logsumexp over several views is the logsumexp of their entries.

Similarities are computed in tiles of at most ``tile`` x ``tile`` cells, in float32 or float64 and outside autocast; one
tile serves both directions. Where there are many tiles they are recomputed in the backward pass instead of being kept,
so that memory grows with the number of cells, not with its square.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from interlingua.objectives.labels import SoftLabels
from interlingua.objectives.masks import Mask, Tile
from interlingua.objectives.pool import Pool, precise
from interlingua.objectives.spans import Span, plan_tiles, spans_of

__all__ = ["NOTHING", "Kernel", "Tables"]

NOTHING = -1e30
"""Logit of a masked candidate. Finite, so that zero times it is zero and no gradient is NaN."""


@dataclass(frozen=True)
class Tables:
    """What the kernel knows of n anchors and L views; every tensor has shape ``(n, L)``.

    Args:
        normaliser: logsumexp of the logits.
        label_normaliser: logsumexp of the label logits; None for hard labels.
        label_logit: Label-weighted mean of the logits.
        label_energy: Label-weighted mean of the label logits.
    """

    normaliser: Tensor
    label_normaliser: Tensor | None = None
    label_logit: Tensor | None = None
    label_energy: Tensor | None = None


@dataclass(frozen=True)
class Kernel:
    """The settings of one pass over the similarities of a pool.

    Args:
        temperature: Of the student's softmax.
        margin: Taken off the cosine of true pairs before the division by the temperature, or a function of a tile
            (symmetric, as masks are).
        mask: Candidates to leave out.
        labels: Soft labels; None for hard ones.
        exclude: Cells that are never candidates: the anchor itself, all of its row, or nothing (a loop then meets
            itself with a cosine of exactly one, and no gradient).
        tile: Largest side of a tile.
    """

    temperature: float
    margin: float | Callable[[Tile], Tensor] = 0.0
    mask: Mask | None = None
    labels: SoftLabels | None = None
    exclude: Literal["nothing", "self", "row"] = "nothing"
    tile: int = 1024

    def tables(self, pool: Pool, needed: Tensor, by_candidate: Tensor | None = None) -> Tables:
        """Compute the tables of this process's anchors.

        Args:
            pool: The cells of all processes.
            needed: Which view is wanted as candidates for which anchor view, ``(L, L)`` bool; the rest is not computed.
            by_candidate: Where label weights are normalised over the anchors of a candidate, ``(L, L)`` bool.

        Returns:
            Tables over the local cells, in pool order.
        """
        given = None if by_candidate is None else self._given_weights(pool, by_candidate)
        everything = torch.arange(len(pool), device=pool.local.device)
        local = pool.local.nonzero().squeeze(1)
        shared = len(local) == len(pool)
        merge = given is None and self._views_can_share_a_tile(pool, needed)
        columns = spans_of(pool, everything, self.tile, merge=merge)
        rows = columns if shared else spans_of(pool, local, self.tile, merge=merge)
        works = [self._work(pool, *tile, given) for tile in plan_tiles(rows, columns, needed, shared=shared)]
        shape = (1 if self.labels is None else 4, len(local), len(pool.cells.views))
        vectors = precise(pool.cells.vectors)
        if sum(len(work.row.index) * len(work.column.index) for work in works) <= 4 * self.tile**2:
            return Tables(*_kept(vectors, works, rows, shape).unbind(0))
        return Tables(*_Recomputed.apply(vectors, works, shape).unbind(0))  # type: ignore[no-untyped-call]

    def _given_weights(self, pool: Pool, by_candidate: Tensor) -> tuple[Tensor, Tensor] | None:
        """Return the normalisers by candidate and the edges that use them: those of the opposite edges by anchor."""
        if not bool(by_candidate.any()):
            return None
        with torch.no_grad():
            normaliser = self.tables(pool.as_one_process(), by_candidate.T).label_normaliser
        return None if normaliser is None else (normaliser, by_candidate)

    def _work(
        self,
        pool: Pool,
        row: Span,
        column: Span,
        forward: bool,
        backward: bool,
        given: tuple[Tensor, Tensor] | None,
    ) -> "_Work":
        here, there = row.views[0][0], column.views[0][0]
        return _Work(
            kernel=self,
            pool=pool,
            row=row,
            column=column,
            labels=None if self.labels is None else self.labels.vectors(pool, here, there),
            forward_bias=_bias(given, here, there, column.index) if forward else None,
            backward_bias=_bias(given, there, here, row.index) if backward else None,
            forward=forward,
            backward=backward,
        )

    def _views_can_share_a_tile(self, pool: Pool, needed: Tensor) -> bool:
        by_edge = self.labels is not None and self.labels.by_edge
        return len(pool) <= self.tile and not by_edge and bool(2 * needed.sum() > needed.numel())


@dataclass(frozen=True)
class _Work:
    """One tile: its logits and label logits, and what is read off them row by row and column by column."""

    kernel: Kernel
    pool: Pool
    row: Span
    column: Span
    labels: tuple[Tensor, Tensor] | None
    forward_bias: Tensor | None
    backward_bias: Tensor | None
    forward: bool
    backward: bool

    def run(self, anchors: Tensor, candidates: Tensor) -> list[tuple[Span, int, tuple[Tensor, ...]]]:
        """Return what one tile says of the cells of a span and a view, from the vectors of its two spans."""
        with torch.autocast(self.pool.cells.vectors.device.type, enabled=False):
            tile = Tile(self.pool, self.row.index[:, None], self.column.index[None])
            out = self._left_out(tile)
            logits = self._logits(anchors @ candidates.T, tile, out)
            labels = self._label_logits(tile, out)
            labels = None if labels is None else labels.to(logits.dtype)
            made = []
            if self.forward:
                read = _read(logits, labels, self.forward_bias, self.column)
                made += [(self.row, view, values) for view, values in read]
            if self.backward:
                turned = None if labels is None else labels.T
                read = _read(logits.T, turned, self.backward_bias, self.row)
                made += [(self.column, view, values) for view, values in read]
            return made

    def _logits(self, cosine: Tensor, tile: Tile, out: Tensor | None) -> Tensor:
        kernel = self.kernel
        if callable(kernel.margin):
            cosine = cosine - kernel.margin(tile)
        elif kernel.margin:
            cosine = torch.where(tile.same_row, cosine - kernel.margin, cosine)
        if kernel.exclude == "nothing" and {view for view, *_ in self.row.views} & {v for v, *_ in self.column.views}:
            cosine = torch.where(tile.same_cell, 1.0, cosine)
        logits = cosine / kernel.temperature
        return logits if out is None else logits.masked_fill(out, NOTHING)

    def _label_logits(self, tile: Tile, out: Tensor | None) -> Tensor | None:
        if self.labels is None or self.kernel.labels is None:
            return None
        vectors, known = self.labels
        logits = tile.cosine(vectors) / (self.kernel.labels.temperature or self.kernel.temperature)
        unknown = ~(known[tile.anchors] & known[tile.candidates])
        return logits.masked_fill(unknown if out is None else unknown | out, NOTHING)

    def _left_out(self, tile: Tile) -> Tensor | None:
        out = None if self.kernel.mask is None else self.kernel.mask(tile) & ~tile.same_row
        if self.kernel.exclude == "nothing":
            return out
        own = tile.same_cell if self.kernel.exclude == "self" else tile.same_row
        return own if out is None else out | own


def _read(
    logits: Tensor, labels: Tensor | None, bias: Tensor | None, candidates: Span
) -> Iterator[tuple[int, tuple[Tensor, ...]]]:
    """Read one tile along its rows: for every view among the candidates the entries of the tables."""
    if labels is not None and bias is not None:
        labels = labels - bias[None]
    for view, begin, end in candidates.views:
        own = logits[:, begin:end]
        if labels is None:
            yield view, (own.logsumexp(dim=1),)
            continue
        label = labels[:, begin:end]
        normaliser = label.logsumexp(dim=1)
        weights = torch.exp(label - normaliser[:, None])
        yield (
            view,
            (own.logsumexp(dim=1), normaliser, (weights * own).sum(dim=1), (weights * label).sum(dim=1)),
        )


def _merge(parts: list[tuple[Tensor, ...]]) -> tuple[Tensor, ...]:
    """Join what several tiles say of the same anchors and view."""
    if len(parts) == 1:
        return parts[0]
    normaliser = torch.stack([part[0] for part in parts]).logsumexp(dim=0)
    if len(parts[0]) == 1:
        return (normaliser,)
    label_normalisers = torch.stack([part[1] for part in parts])  # (tiles, n)
    label_normaliser = label_normalisers.logsumexp(dim=0)
    share = torch.exp(label_normalisers - label_normaliser)
    means = [(share * torch.stack([part[place] for part in parts])).sum(dim=0) for place in (2, 3)]
    return normaliser, label_normaliser, *means


def _kept(vectors: Tensor, works: list[_Work], rows: list[Span], shape: tuple[int, int, int]) -> Tensor:
    """Make the tables, ``shape``, of a few tiles; what the backward pass needs of them is kept."""
    spans = {id(span): span for work in works for span in (work.row, work.column)}
    blocks = {key: vectors.index_select(0, span.index) for key, span in spans.items()}
    found: dict[tuple[int, int], list[tuple[Tensor, ...]]] = defaultdict(list)
    for work in works:
        for span, view, values in work.run(blocks[id(work.row)], blocks[id(work.column)]):
            found[span.number, view].append(values)
    width, _, views = shape
    lines = [vectors.new_zeros((width, 0, views))]
    for row in rows:
        nothing = (vectors.new_full((len(row.index),), NOTHING),) * width
        joined = [_merge(found.get((row.number, view), [nothing])) for view in range(views)]
        lines.append(torch.stack([torch.stack(values) for values in joined], dim=2))
    return torch.cat(lines, dim=1)


class _Recomputed(torch.autograd.Function):
    """The same of many tiles, of which the backward pass makes each once more.

    Nothing of a tile outlives it, not even small tensors: left between the large ones they would keep the allocator
    from using the room of one tile for the next, and memory would grow with the square of the cells all the same.
    """

    @staticmethod
    def forward(ctx: Any, vectors: Tensor, works: list[_Work], shape: tuple[int, int, int]) -> Tensor:
        tables = vectors.new_full(shape, NOTHING)
        for work in works:
            for span, view, values in work.run(vectors[work.row.index], vectors[work.column.index]):
                here = tables[:, span.place, view]
                here.copy_(torch.stack(_merge([here.unbind(0), values])))
        ctx.works = works
        ctx.save_for_backward(vectors, tables)
        return tables

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        vectors, tables = ctx.saved_tensors
        total = torch.zeros_like(vectors)
        for work in ctx.works:
            ends = [vectors[span.index].requires_grad_() for span in (work.row, work.column)]
            with torch.enable_grad():
                made = work.run(*ends)
            outputs, slopes = [], []
            for span, view, values in made:
                joined, slope = tables[:, span.place, view], gradient[:, span.place, view]
                for logit, normaliser in ((0, 0), (2, 1))[: len(values)]:  # of the labels nothing has a gradient
                    outputs.append(values[logit])
                    slopes.append(slope[logit] * torch.exp(values[normaliser].detach() - joined[normaliser]))
            for span, part in zip((work.row, work.column), torch.autograd.grad(outputs, ends, slopes), strict=True):
                total.index_add_(0, span.index, part)
        return total, None, None


def _bias(given: tuple[Tensor, Tensor] | None, anchor: int, candidate: int, index: Tensor) -> Tensor | None:
    """Return what to take off the label logits of candidates that share themselves out over their anchors."""
    if given is None or not bool(given[1][anchor, candidate]):
        return None
    normaliser = given[0]
    found = normaliser[index, anchor]
    return torch.where(found > NOTHING / 2, found, 0.0)  # a candidate that no anchor gives weight to stays without

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
from typing import Literal

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from interlingua.objectives.labels import SoftLabels
from interlingua.objectives.masks import Mask, Tile
from interlingua.objectives.pool import Pool, precise

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
        candidate_normaliser = None
        if by_candidate is not None and bool(by_candidate.any()):
            with torch.no_grad():  # the weights of an edge by candidate are those of the opposite edge by anchor
                candidate_normaliser = self.tables(pool.as_one_process(), by_candidate.T).label_normaliser
        everything = torch.arange(len(pool), device=pool.local.device)
        local = pool.local.nonzero().squeeze(1)
        shared = len(local) == len(pool)
        merge = self._views_can_share_a_tile(pool, needed) and candidate_normaliser is None
        columns = _spans(pool, everything, self.tile, merge=merge)
        rows = columns if shared else _spans(pool, local, self.tile, merge=merge)
        plan = list(_plan(rows, columns, needed, shared=shared))
        keep = sum(len(row.index) * len(column.index) for row, column, _, _ in plan) <= 4 * self.tile**2
        found: dict[tuple[int, int], list[tuple[Tensor, ...]]] = defaultdict(list)
        for row, column, forward, backward in plan:
            pair = (row.views[0][0], column.views[0][0])
            work = _Work(
                kernel=self,
                pool=pool,
                row=row,
                column=column,
                labels=None if self.labels is None else self.labels.vectors(pool, *pair),
                forward_bias=_bias(candidate_normaliser, by_candidate, *pair, column.index) if forward else None,
                backward_bias=_bias(candidate_normaliser, by_candidate, *pair[::-1], row.index) if backward else None,
                forward=forward,
                backward=backward,
            )
            made = work.run() if keep else checkpoint(work.run, use_reentrant=False, preserve_rng_state=False)
            for line, view, values in made:
                found[line, view].append(values)
        return _assemble(pool, rows, found, width=1 if self.labels is None else 4)

    def _views_can_share_a_tile(self, pool: Pool, needed: Tensor) -> bool:
        by_edge = self.labels is not None and self.labels.by_edge
        return len(pool) <= self.tile and not by_edge and bool(2 * needed.sum() > needed.numel())


@dataclass(frozen=True, eq=False)
class _Span:
    """Some cells of the pool, sorted by view: pool positions, vectors, and (view, begin, end) of each view in them."""

    number: int
    index: Tensor
    vectors: Tensor
    views: list[tuple[int, int, int]]


@dataclass(frozen=True)
class _Work:
    """One tile: its logits and label logits, and what is read off them row by row and column by column."""

    kernel: Kernel
    pool: Pool
    row: _Span
    column: _Span
    labels: tuple[Tensor, Tensor] | None
    forward_bias: Tensor | None
    backward_bias: Tensor | None
    forward: bool
    backward: bool

    def run(self) -> list[tuple[int, int, tuple[Tensor, ...]]]:
        with torch.autocast(self.pool.cells.vectors.device.type, enabled=False):
            tile = Tile(self.pool, self.row.index[:, None], self.column.index[None])
            out = self._left_out(tile)
            logits = self._logits(tile, out)
            labels = self._label_logits(tile, out)
            made = []
            if self.forward:
                read = _read(logits, labels, self.forward_bias, self.column)
                made += [(self.row.number, view, values) for view, values in read]
            if self.backward:
                turned = None if labels is None else labels.T
                read = _read(logits.T, turned, self.backward_bias, self.row)
                made += [(self.column.number, view, values) for view, values in read]
            return made

    def _logits(self, tile: Tile, out: Tensor | None) -> Tensor:
        kernel = self.kernel
        cosine = self.row.vectors @ self.column.vectors.T  # (n, m)
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
    logits: Tensor, labels: Tensor | None, bias: Tensor | None, candidates: _Span
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


def _assemble(
    pool: Pool, rows: list[_Span], found: dict[tuple[int, int], list[tuple[Tensor, ...]]], width: int
) -> Tables:
    vectors = precise(pool.cells.vectors)
    count = len(pool.cells.views)
    blocks: list[list[Tensor]] = [[vectors.new_zeros((0, count))] for _ in range(width)]
    for row in rows:
        nothing = (vectors.new_full((len(row.index),), NOTHING),) * width
        columns = [_merge(found[row.number, view]) if (row.number, view) in found else nothing for view in range(count)]
        for place in range(width):
            blocks[place].append(torch.stack([column[place] for column in columns], dim=1))
    return Tables(*(torch.cat(block) for block in blocks))


def _spans(pool: Pool, index: Tensor, tile: int, *, merge: bool) -> list[_Span]:
    """Cut pool positions (sorted by view) into spans of one view and at most ``tile`` cells, or make them one span."""
    counts = torch.bincount(pool.cells.view[index], minlength=len(pool.cells.views)).tolist()
    views, begin = [], 0
    for view, count in enumerate(counts):
        if count:
            views.append((view, begin, begin + count))
        begin += count
    vectors = precise(pool.cells.vectors)[index]
    if merge:
        return [_Span(0, index, vectors, views)] if views else []
    cuts = [(view, a, min(a + tile, end)) for view, start, end in views for a in range(start, end, tile)]
    sizes = [b - a for _, a, b in cuts]
    parts = zip(
        cuts, torch.split(index, sizes), torch.split(vectors, sizes), strict=True
    )  # one split: one gradient for all spans
    return [_Span(n, here, block, [(view, 0, b - a)]) for n, ((view, a, b), here, block) in enumerate(parts)]


def _plan(
    rows: list[_Span], columns: list[_Span], needed: Tensor, *, shared: bool
) -> Iterator[tuple[_Span, _Span, bool, bool]]:
    """Choose the tiles: with shared spans every unordered pair is computed once and read in both directions."""
    wanted = needed.tolist()

    def any_wanted(anchors: _Span, candidates: _Span) -> bool:
        return any(wanted[a][b] for a, *_ in anchors.views for b, *_ in candidates.views)

    for row in rows:
        for column in columns:
            if shared and column.number < row.number:
                continue
            forward = any_wanted(row, column)
            backward = shared and column.number != row.number and any_wanted(column, row)
            if forward or backward:
                yield row, column, forward, backward


def _bias(
    normaliser: Tensor | None, by_candidate: Tensor | None, anchor: int, candidate: int, index: Tensor
) -> Tensor | None:
    if normaliser is None or by_candidate is None or not bool(by_candidate[anchor, candidate]):
        return None
    found = normaliser[index, anchor]
    return torch.where(found > NOTHING / 2, found, 0.0)  # a candidate that no anchor gives weight to stays without

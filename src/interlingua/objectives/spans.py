"""The pool cut into spans, and the tiles that two lists of spans make."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from interlingua.objectives.pool import Pool

__all__ = ["Span", "plan_tiles", "spans_of"]


@dataclass(frozen=True, eq=False)
class Span:
    """Some cells of the pool, sorted by view.

    Args:
        number: Its place in its list.
        start: How many cells are in the spans before it.
        index: Pool positions, shape ``(n,)``.
        views: Number, begin and end, within the span, of each view in it.
    """

    number: int
    start: int
    index: Tensor
    views: list[tuple[int, int, int]]

    @property
    def place(self) -> slice:
        """Where its cells are among those of all spans."""
        return slice(self.start, self.start + len(self.index))


def spans_of(pool: Pool, index: Tensor, tile: int, *, merge: bool) -> list[Span]:
    """Cut pool positions (sorted by view) into spans of one view and at most ``tile`` cells, or make them one span."""
    counts = torch.bincount(pool.cells.view[index], minlength=len(pool.cells.views)).tolist()
    views, begin = [], 0
    for view, count in enumerate(counts):
        if count:
            views.append((view, begin, begin + count))
        begin += count
    if merge:
        return [Span(0, 0, index, views)] if views else []
    cuts = [(view, a, min(a + tile, end)) for view, start, end in views for a in range(start, end, tile)]
    return [Span(number, a, index[a:b], [(view, 0, b - a)]) for number, (view, a, b) in enumerate(cuts)]


def plan_tiles(
    rows: list[Span], columns: list[Span], needed: Tensor, *, shared: bool
) -> Iterator[tuple[Span, Span, bool, bool]]:
    """Choose the tiles: with shared spans every unordered pair is computed once and read in both directions."""
    wanted = needed.tolist()

    def any_wanted(anchors: Span, candidates: Span) -> bool:
        return any(wanted[a][b] for a, *_ in anchors.views for b, *_ in candidates.views)

    for row in rows:
        for column in columns:
            if shared and column.number < row.number:
                continue
            forward = any_wanted(row, column)
            backward = shared and column.number != row.number and any_wanted(column, row)
            if forward or backward:
                yield row, column, forward, backward

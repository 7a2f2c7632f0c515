"""The cells of all processes as one pool of candidates, sorted by view, with a table of who means the same."""

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor

from interlingua.errors import ObjectiveError
from interlingua.objectives.base import EncodedCells

__all__ = ["Pool", "gather_cells", "precise", "process_count", "sum_over_processes"]


def precise(vectors: Tensor) -> Tensor:
    """Return float32 or float64: half precision is too coarse for logits at small temperatures."""
    return vectors if vectors.dtype == torch.float64 else vectors.float()


def process_count() -> int:
    """Return how many processes train together."""
    return dist.get_world_size() if dist.is_available() and dist.is_initialized() else 1


def sum_over_processes(value: Tensor) -> Tensor:
    """Return the sum of a tensor over all processes, without gradient."""
    total = value.detach().clone()
    if process_count() > 1:
        dist.all_reduce(total)
    return total


@dataclass(frozen=True, eq=False)
class Pool:
    """All cells of a batch over all processes, sorted by view.

    Args:
        cells: The cells, sorted by view.
        local: Which of them this process encoded, shape ``(M,)``: its anchors.
    """

    cells: EncodedCells
    local: Tensor

    @classmethod
    def of(cls, cells: EncodedCells) -> "Pool":
        """Gather the cells of all processes (with gradient) and sort them by view."""
        gathered, local = gather_cells(cells)
        order = torch.argsort(gathered.view, stable=True)
        return cls(_take(gathered, order), local[order])

    @classmethod
    def alone(cls, cells: EncodedCells) -> "Pool":
        """Sort the cells of this process, without those of others: for objectives that compare no two rows."""
        order = torch.argsort(cells.view, stable=True)
        return cls(_take(cells, order), torch.ones_like(order, dtype=torch.bool))

    def __len__(self) -> int:
        return len(self.cells.row)

    @cached_property
    def partner(self) -> Tensor:
        """For every cell and view the pool index of the cell of the same row, -1 where there is none; ``(M, L)``."""
        row, view = self.cells.row, self.cells.view
        count = len(self.cells.views)
        table = torch.full((len(row), count), -1, dtype=torch.long, device=row.device)
        if not len(row):
            return table
        _, dense = torch.unique(row, return_inverse=True)
        by_row = torch.full((int(dense.max()) + 1, count), -1, dtype=torch.long, device=row.device)
        real = (row >= 0).nonzero().squeeze(1)
        by_row[dense[real], view[real]] = real
        if (by_row[dense[real], view[real]] != real).any():
            raise ObjectiveError(
                "a row has two cells in one view; give each view its own name (a twin view, for instance)"
            )
        table[real] = by_row[dense[real]]
        return table

    @cached_property
    def row_text(self) -> Tensor | None:
        """In every view the hash of the text that a cell's row has there, ``(L, M)``; the least integer for none."""
        text = self.cells.text
        if text is None:
            return None
        return torch.where(self.partner >= 0, text[self.partner.clamp(min=0)], torch.iinfo(text.dtype).min).T

    def as_one_process(self) -> "Pool":
        """Return the same pool with every cell an anchor."""
        return Pool(self.cells, torch.ones_like(self.local))

    @cached_property
    def row_teacher(self) -> tuple[Tensor, Tensor]:
        """One teacher vector a cell, that of its row's first view that has one, and whether there is one."""
        chosen, known = self.best_known(torch.arange(len(self.cells.views)))
        return self.teacher[chosen], known

    @property
    def teacher(self) -> Tensor:
        """The teacher vectors, ``(M, T)``, without gradient."""
        if self.cells.teacher is None:
            raise ObjectiveError(
                "this objective compares with a teacher, and the batch has no teacher vectors; name a teacher in the "
                "recipe, or choose hard labels"
            )
        return self.cells.teacher.detach()

    def best_known(self, order: Tensor) -> tuple[Tensor, Tensor]:
        """Choose for every cell the teacher vector of the first view, in the given order, that its row has one for.

        Args:
            order: View numbers, the preferred one first.

        Returns:
            Pool index of the chosen cell, and whether there is one; both of shape ``(M,)``.
        """
        cells = self.cells
        known = torch.full((len(self),), cells.teacher is not None, device=cells.row.device)
        known = known if cells.teacher_known is None else cells.teacher_known
        chosen = torch.full((len(self),), -1, dtype=torch.long, device=cells.row.device)
        for view in order.tolist():
            candidate = self.partner[:, view]
            usable = (chosen < 0) & (candidate >= 0) & known[candidate.clamp(min=0)]
            chosen = torch.where(usable, candidate, chosen)
        own = torch.arange(len(self), device=chosen.device)
        chosen = torch.where((chosen < 0) & known & (cells.row < 0), own, chosen)  # a negative labels itself
        return chosen.clamp(min=0), chosen >= 0


def gather_cells(cells: EncodedCells) -> tuple[EncodedCells, Tensor]:
    """Gather the cells of all processes, in the order of the processes; shards may differ in size.

    Returns:
        All cells (vectors with gradient to the process that made them), and which of them are this process's own.

    Raises:
        ObjectiveError: In every process, if they differ in their views or in what their batches carry.
    """
    count = process_count()
    mine = torch.ones(len(cells.row), dtype=torch.bool, device=cells.row.device)
    if count == 1:
        return cells, mine
    carried = tuple(field.name for field in fields(cells) if getattr(cells, field.name) is not None)
    shards: list[tuple[int, tuple[str, ...], tuple[str, ...]]] = [(0, (), ())] * count
    dist.all_gather_object(shards, (len(cells.row), cells.views, carried))
    if len({(views, names) for _, views, names in shards}) > 1:
        told = "; ".join(f"{number}: views {views}, {names}" for number, (_, views, names) in enumerate(shards))
        raise ObjectiveError(f"the processes' batches differ in kind ({told}); give all the same views and fields")
    sizes = [size for size, _, _ in shards]
    gathered: dict[str, Any] = {}
    for field in fields(cells):
        value = getattr(cells, field.name)
        if isinstance(value, Tensor):
            value = _GatherRows.apply(value, sizes)  # type: ignore[no-untyped-call]
        gathered[field.name] = value
    everyone = EncodedCells(**gathered)
    local = torch.zeros(sum(sizes), dtype=torch.bool, device=cells.row.device)
    start = sum(sizes[: dist.get_rank()])
    local[start : start + sizes[dist.get_rank()]] = True
    return everyone, local


class _GatherRows(torch.autograd.Function):
    """Concatenate the rows of all processes; the gradient of a row is summed over all processes that used it."""

    @staticmethod
    def forward(ctx: Any, mine: Tensor, sizes: list[int]) -> Tensor:
        ctx.sizes = sizes
        as_sent = mine.to(torch.uint8) if mine.dtype == torch.bool else mine
        padded = as_sent.new_zeros((max(sizes), *mine.shape[1:]))
        padded[: len(mine)] = as_sent
        parts = [torch.empty_like(padded) for _ in sizes]
        dist.all_gather(parts, padded.contiguous())
        return torch.cat([part[:size] for part, size in zip(parts, sizes, strict=True)]).to(mine.dtype)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        gradient = gradients[0].contiguous().clone()
        dist.all_reduce(gradient)
        start = sum(ctx.sizes[: dist.get_rank()])
        return gradient[start : start + ctx.sizes[dist.get_rank()]], None


def _take(cells: EncodedCells, order: Tensor) -> EncodedCells:
    moved: dict[str, Any] = {
        field.name: value.index_select(0, order)
        for field in fields(cells)
        if isinstance(value := getattr(cells, field.name), Tensor)
    }
    return replace(cells, **moved)

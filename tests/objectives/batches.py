"""Batches of invented vectors, both as the library takes them and as the naive loops do."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from interlingua.objectives import EncodedCells
from objectives import naive

VIEWS = ("eng_Latn", "deu_Latn", "kor_Hang", "tel_Telu", "swh_Latn")


@dataclass(frozen=True)
class Twin:
    """One batch twice, over the same leaf."""

    raw: torch.Tensor
    cells: EncodedCells
    batch: naive.Batch

    def gradient(self, loss: torch.Tensor) -> torch.Tensor:
        (found,) = torch.autograd.grad(loss, self.raw, retain_graph=True, allow_unused=True)
        return torch.zeros_like(self.raw) if found is None else found


def angles(*degrees: float) -> torch.Tensor:
    """2-D unit vectors."""
    radians = torch.tensor(degrees, dtype=torch.float64) * math.pi / 180
    return torch.stack([radians.cos(), radians.sin()], dim=1)


def unit(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return F.normalize(torch.randn(*shape, generator=generator, dtype=torch.float64), dim=-1).to(dtype)


def random_twin(
    seed: int = 0,
    *,
    rows: int = 6,
    views: int | Sequence[str] = 3,
    missing: float = 0.25,
    teacher_views: Sequence[str] | None = None,
    teacher_width: int = 3,
    negatives: int = 0,
    negatives_known: bool = False,
    texts: int = 10_000,
    width: int = 4,
) -> Twin:
    """Make a batch with missing cells in shuffled order.

    Args:
        seed: Of everything random.
        rows, views, width: Rows, views (a number or names) and dimensions.
        missing: Share of cells that do not exist.
        teacher_views: Views that the teacher knows; all of them if None.
        teacher_width: Dimensions of the teacher.
        negatives: Cells without a row, in every view, each mined for some row.
        negatives_known: Whether the teacher knows them too.
        texts: How many different texts there are; few of them make duplicates.
    """
    draw = torch.Generator().manual_seed(seed)
    names = VIEWS[:views] if isinstance(views, int) else tuple(views)
    found = []
    for view in range(len(names)):
        found += [(row, view, -1) for row in range(rows) if torch.rand((), generator=draw) >= missing]
        owners = torch.randint(rows, (negatives,), generator=draw).tolist()
        found += [(-1, view, owner) for owner in owners]
    order = torch.randperm(len(found), generator=draw).tolist()
    found = [found[place] for place in order]
    count = len(found)
    raw = torch.randn(count, width, generator=draw, dtype=torch.float64).requires_grad_()
    vectors = F.normalize(raw, dim=1)
    teacher = F.normalize(torch.randn(count, teacher_width, generator=draw, dtype=torch.float64), dim=1)
    text = torch.randint(texts, (count,), generator=draw)
    known = torch.tensor([teacher_views is None or names[view] in teacher_views for _, view, _ in found])
    known &= torch.tensor([row >= 0 or negatives_known for row, *_ in found])
    cells = EncodedCells(
        vectors=vectors,
        row=torch.tensor([row for row, *_ in found]),
        view=torch.tensor([view for _, view, _ in found]),
        views=names,
        text=text,
        teacher=torch.where(known[:, None], teacher, 0.0),
        teacher_known=known,
        owner=torch.tensor([owner for *_, owner in found]),
        raw=raw,
    )
    loops = [
        naive.Cell(
            vector=vectors[place],
            row=row,
            view=names[view],
            text=int(text[place]),
            teacher=teacher[place] if known[place] else None,
            owner=owner,
            raw=raw[place],
        )
        for place, (row, view, owner) in enumerate(found)
    ]
    return Twin(raw, cells, naive.Batch(loops, names))

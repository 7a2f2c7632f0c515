"""One of several processes in the tests: takes its shard of a known batch, says what loss and gradient it has."""

from collections.abc import Callable
from pathlib import Path

import torch
import torch.distributed as dist
import torch.nn.functional as F

from interlingua.errors import ObjectiveError
from interlingua.objectives import (
    Average,
    Contrast,
    Edge,
    EncodedCells,
    Objective,
    Priority,
    Tile,
    VectorDistillation,
    all_pairs,
    any_of,
    loops,
    own_negatives,
    presets,
    same_text,
    teacher_above,
)

WIDTH, ROWS = 5, 7

Result = dict[str, tuple[float, torch.Tensor]]


def constant_on_true_pairs(tile: Tile) -> torch.Tensor:
    return torch.where(tile.same_row, 0.2, 0.0).double()


def everything_with_everything(views: object) -> list[Edge]:
    return all_pairs()(views) + loops()(views)  # type: ignore[arg-type]


OBJECTIVES: dict[str, Callable[[], Objective]] = {
    "hard": presets.hard,
    "hard, tiles of 3": lambda: Contrast(all_pairs(), tile=3),
    "hard, pooled": lambda: presets.hard(reduction="pooled"),
    "margin function": lambda: Contrast(all_pairs(), margin=constant_on_true_pairs),
    "masks": lambda: Contrast(all_pairs(), mask=any_of(same_text, own_negatives, teacher_above(0.6))),
    "with loops": lambda: Contrast(everything_with_everything, temperature=0.1),
    **{f"multi-way {letter}": lambda letter=letter: presets.multiway(letter) for letter in "ABCD"},  # type: ignore[misc]
    "priority": lambda: presets.imascl("priority"),
    "average by edge": lambda: Contrast(all_pairs(), labels=Average(per="edge"), tile=4),
    "imascl, paper, TMS": lambda: presets.imascl(reading="paper", monolingual=True),
    "soft multi-way": lambda: presets.soft_multiway(order=("kor_Hang",)),
    "soft with loops": lambda: Contrast(everything_with_everything, labels=Priority()),
    "similarity": presets.similarity_mse,
    "mse": presets.mse_distillation,
    "mse, mean": lambda: VectorDistillation(reduction="mean"),
    "cosine": presets.cosine_distillation,
    "a sum": lambda: presets.hard() + 0.3 * presets.imascl() + 0.1 * presets.mse_distillation(),
}
ROW_BY_ROW = {"mse", "mse, mean", "cosine", "a sum"}
"""They look no further than their own process: a row must not be spread over several."""


def whole_batch(seed: int) -> tuple[torch.Tensor, EncodedCells]:
    """Inputs of a linear map, and everything else that a batch says of its cells; the vectors are yet to be made."""
    from objectives.batches import random_twin

    twin = random_twin(seed, rows=ROWS, negatives=2, texts=8, width=WIDTH, teacher_width=WIDTH)
    return twin.raw.detach(), twin.cells


def part(cells: EncodedCells, inputs: torch.Tensor, weight: torch.Tensor, mine: torch.Tensor) -> EncodedCells:
    raw = inputs[mine] @ weight
    fields = {name: v[mine] if isinstance(v, torch.Tensor) else v for name, v in vars(cells).items()}
    return EncodedCells(**{**fields, "vectors": F.normalize(raw, dim=1), "raw": raw})


def loss_and_gradient(objective: Objective, seed: int, shard: Callable[[EncodedCells], torch.Tensor]) -> Result:
    """Loss and gradient of the linear map, averaged over the processes."""
    inputs, cells = whole_batch(seed)
    weight = torch.eye(WIDTH, dtype=torch.float64) + 0.1
    weight.requires_grad_()
    loss = sum(objective(part(cells, inputs, weight, shard(cells))).values(), torch.zeros((), dtype=torch.float64))
    loss.backward()
    assert weight.grad is not None
    told = torch.cat([loss.detach()[None], weight.grad.flatten()])
    if dist.is_initialized():
        dist.all_reduce(told)
        told /= dist.get_world_size()
    return {"": (float(told[0]), told[1:])}


def by_rows(rank: int, world: int, cells: EncodedCells) -> torch.Tensor:
    """Unequal shards of whole rows: with three processes the last has none."""
    ends = {1: [ROWS], 2: [5, ROWS], 3: [6, ROWS, ROWS]}[world]
    start = 0 if rank == 0 else ends[rank - 1]
    home = torch.where(cells.row >= 0, cells.row, cells.owner if cells.owner is not None else cells.row)
    return ((home >= start) & (home < ends[rank])).nonzero().squeeze(1)


def by_views(rank: int, world: int, cells: EncodedCells) -> torch.Tensor:
    """Rows spread over the processes: one has the first view, another the rest."""
    return (cells.view.clamp(max=world - 1) == rank).nonzero().squeeze(1)


def run(rank: int, world: int, folder: str) -> None:
    """Do everything once as process ``rank`` of ``world``; the first one writes the results."""
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{folder}/meet", rank=rank, world_size=world)
    try:
        results: Result = {}
        for seed, (name, make) in enumerate(OBJECTIVES.items()):
            results[f"{name}/rows"] = loss_and_gradient(make(), seed, lambda c: by_rows(rank, world, c))[""]
            if name not in ROW_BY_ROW:
                results[f"{name}/views"] = loss_and_gradient(make(), seed, lambda c: by_views(rank, world, c))[""]
        told = different_kinds(rank)
        if rank == 0:
            torch.save((results, told), Path(folder) / "results.pt")
    finally:
        dist.destroy_process_group()


def different_kinds(rank: int) -> str:
    """What is said when the processes do not agree on the views."""
    vectors = {"s": torch.eye(2), "t" if rank else "u": torch.eye(2)}
    try:
        Contrast(all_pairs())(EncodedCells.from_columns(vectors))
    except ObjectiveError as error:
        return str(error)
    return ""

"""Tiles of any size give one value and one gradient; half precision, small temperatures and large batches are safe."""

import subprocess
import sys

import pytest
import torch

from interlingua.objectives import (
    Average,
    Contrast,
    Edge,
    EncodedCells,
    Graph,
    Objective,
    Priority,
    SoftLabels,
    Tile,
    all_pairs,
    any_of,
    both_ways,
    loops,
    one_way,
    own_negatives,
    presets,
    same_text,
    teacher_above,
)
from interlingua.objectives.kernel import Kernel
from interlingua.objectives.pool import Pool
from objectives.batches import random_twin, unit


def paper(views: object) -> list[Edge]:
    """Both ways between two views and both loops, the later view and the loops with weights by candidate."""
    return [
        Edge("eng_Latn", ("deu_Latn",)),
        Edge("deu_Latn", ("eng_Latn",), "candidate"),
        Edge("eng_Latn", ("eng_Latn",), "candidate"),
        Edge("deu_Latn", ("deu_Latn",), "candidate"),
    ]


def constant_on_true_pairs(tile: Tile) -> torch.Tensor:
    return torch.where(tile.same_row, 0.2, 0.0).double()


CASES: dict[str, Contrast] = {
    "hard": Contrast(all_pairs()),
    "hard, one way": Contrast(one_way("eng_Latn", "kor_Hang")),
    "hard loops": Contrast(loops()),
    "all pairs and loops": Contrast(lambda views: all_pairs()(views) + loops()(views), labels=Priority()),
    "margin": Contrast(all_pairs(), margin=0.2),
    "margin function": Contrast(all_pairs(), margin=constant_on_true_pairs),
    "masks": Contrast(all_pairs(), mask=any_of(same_text, own_negatives, teacher_above(0.5))),
    "priority": Contrast(all_pairs(), labels=Priority()),
    "priority by edge": Contrast(all_pairs(), labels=Priority(per="edge", temperature=0.3)),
    "average": Contrast(all_pairs(), labels=Average()),
    "average, masked": Contrast(all_pairs(), labels=Average(), mask=same_text),
    "by candidate": Contrast(paper, labels=Priority(), reduction="sum"),
    "by candidate, masked": Contrast(paper, labels=Average(per="edge"), reduction="sum", mask=same_text),
    "reading B": presets.multiway("B"),
    "reading C": presets.multiway("C", margin=0.1),
    "reading D": presets.multiway("D"),
}


@pytest.mark.parametrize("tile", [1, 3, 7])
@pytest.mark.parametrize("case", CASES)
def test_any_tile_gives_the_same(case: str, tile: int) -> None:
    twin = random_twin(
        3, rows=6, views=3, negatives=1, negatives_known=True, texts=6, teacher_views=("eng_Latn", "kor_Hang")
    )
    objective = CASES[case]
    objective.tile = 1024
    whole = objective(twin.cells)["contrast"]
    objective.tile = tile
    tiled = objective(twin.cells)["contrast"]
    torch.testing.assert_close(tiled, whole, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(twin.gradient(tiled), twin.gradient(whole), rtol=1e-9, atol=1e-12)


# ---- memory


@pytest.mark.parametrize("labels", [None, Priority()])
def test_what_is_kept_for_the_backward_pass_is_not_n_by_n(labels: SoftLabels | None) -> None:
    n, tile = 512, 64
    given = {name: unit(n, 8, seed=seed) for seed, name in enumerate("st")}
    cells = EncodedCells.from_columns({k: v.requires_grad_() for k, v in given.items()}, teacher={"s": unit(n, 4)})
    kept: dict[int, int] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        kept[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes() // 8
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        loss = Contrast(all_pairs(), labels=labels, tile=tile)(cells)["contrast"]
    assert sum(kept.values()) < n * n / 2
    assert max(kept.values()) <= max(2 * n * 8, tile * tile)
    loss.backward()


MEASURE = """
import resource, torch
from interlingua.objectives import Contrast, EncodedCells, all_pairs
torch.set_num_threads(1)
def step(n, tile):
    vectors = {name: torch.nn.functional.normalize(torch.randn(n, 8), dim=1).requires_grad_() for name in "st"}
    Contrast(all_pairs(), tile=tile)(EncodedCells.from_columns(vectors))["contrast"].backward()
step(64, 16)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
step(4096, 512)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)
"""


@pytest.mark.slow
def test_peak_memory_is_less_than_one_similarity_matrix() -> None:
    told = subprocess.run([sys.executable, "-c", MEASURE], capture_output=True, text=True, check=True)
    assert int(told.stdout) < 4096 * 4096 * 4


# ---- precision


def steep(cells: EncodedCells, temperature: float) -> torch.Tensor:
    return Contrast(all_pairs(), temperature=temperature, labels=Priority())(cells)["contrast"]


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
@pytest.mark.parametrize("temperature", [0.01, 0.001])
def test_small_temperatures_are_finite_in_every_precision(dtype: torch.dtype, temperature: float) -> None:
    rows = unit(8, 8).to(dtype).requires_grad_()
    cells = EncodedCells.from_columns({"s": rows, "t": rows.flip(0)}, teacher={"s": unit(8, 4)})
    for loss in (steep(cells, temperature), Contrast(all_pairs(), temperature=temperature)(cells)["contrast"]):
        (gradient,) = torch.autograd.grad(loss, rows, retain_graph=True)
        assert torch.isfinite(loss)
        assert torch.isfinite(gradient).all()
        assert float(loss.detach()) > 10


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("tile", [5, 1024])
def test_half_vectors_are_compared_in_single_precision(dtype: torch.dtype, tile: int) -> None:
    given = {name: unit(12, 16, seed=seed).to(dtype) for seed, name in enumerate("st")}
    teacher = unit(12, 8, seed=5).to(dtype)
    single = EncodedCells.from_columns({k: v.float() for k, v in given.items()}, teacher={"s": teacher.float()})
    half = EncodedCells.from_columns(given, teacher={"s": teacher})
    near = teacher_above(0.3)
    for objective in (
        Contrast(all_pairs(), temperature=0.01, tile=tile),
        Contrast(all_pairs(), temperature=0.01, tile=tile, mask=near, margin=lambda t: 0.1 * near(t)),
        Contrast(all_pairs(), temperature=0.01, tile=tile, labels=Average()),
    ):
        expected = objective(single)["contrast"]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            found = objective(half)["contrast"]
        assert found.dtype == torch.float32
        torch.testing.assert_close(found, expected, rtol=1e-6, atol=0)


def test_many_half_vectors_do_not_overflow() -> None:
    rows = torch.full((3000, 64), 1 / 8).half()
    assert torch.isfinite(Contrast(one_way("s", "t"))(EncodedCells.from_columns({"s": rows, "t": rows}))["contrast"])


@pytest.mark.parametrize("student", [torch.float32, torch.float64])
@pytest.mark.parametrize("teacher", [torch.float16, torch.float32, torch.float64])
@pytest.mark.parametrize("tile", [2, 1024])
def test_student_and_teacher_may_differ_in_precision(student: torch.dtype, teacher: torch.dtype, tile: int) -> None:
    given = {name: unit(5, 4, seed=seed).to(student) for seed, name in enumerate("stu")}
    cells = EncodedCells.from_columns(given, teacher={"s": unit(5, 3, seed=8).to(teacher)})
    exact = EncodedCells.from_columns(
        {k: v.double() for k, v in given.items()}, teacher={"s": unit(5, 3, seed=8).to(teacher).double()}
    )
    graph: Graph = lambda views: [*both_ways("s", "t")(views), Edge("s", ("u",))]  # noqa: E731
    objective: Objective = Contrast(graph, labels=Priority(), tile=tile)
    torch.testing.assert_close(
        objective(cells)["contrast"].double(), objective(exact)["contrast"], rtol=1e-5, atol=1e-5
    )


def test_weights_are_as_exact_as_the_vectors() -> None:
    # a third, rounded to single precision, would show in the eighth digit
    given = {name: unit(3, 4, seed=seed) for seed, name in enumerate("st")}
    logits = (given["s"] @ given["t"].T / 0.1).log_softmax(dim=1)
    found = Contrast(one_way("s", "t"), temperature=0.1)(EncodedCells.from_columns(given))["contrast"]
    assert float(found) == pytest.approx(-float(logits.diag().mean()), rel=1e-14)
    margin = (given["s"] @ given["t"].T - 0.3 * torch.eye(3, dtype=torch.float64)) / 0.1
    found = Contrast(one_way("s", "t"), temperature=0.1, margin=0.3)(EncodedCells.from_columns(given))["contrast"]
    assert float(found) == pytest.approx(-float(margin.log_softmax(dim=1).diag().mean()), rel=1e-14)


# ---- tables


def everything(tile: Tile) -> torch.Tensor:
    return torch.ones_like(tile.same_row)


def test_where_all_others_are_masked_nothing_is_left_to_lose() -> None:
    twin = random_twin(4, missing=0.0)
    for labels in (None, Priority(), Average(per="edge")):
        loss = Contrast(all_pairs(), labels=labels, mask=everything)(twin.cells)["contrast"]
        assert float(loss.detach()) == pytest.approx(0.0, abs=1e-12)
        torch.testing.assert_close(twin.gradient(loss), torch.zeros_like(twin.raw), rtol=0, atol=1e-15)


def test_only_what_an_edge_needs_is_computed() -> None:
    twin = random_twin(1, missing=0.0, rows=4, views=3)
    pool = Pool.of(twin.cells)
    needed = torch.zeros(3, 3, dtype=torch.bool)
    needed[0, 1] = True
    asked: list[set[int]] = []

    def watch(tile: Tile) -> torch.Tensor:
        asked.append({int(v) for v in pool.cells.view[tile.anchors].flatten()})
        asked.append({int(v) for v in pool.cells.view[tile.candidates].flatten()})
        return torch.zeros_like(tile.same_row)

    tables = Kernel(0.1, mask=watch, tile=2).tables(pool, needed)
    assert {frozenset(views) for views in asked} == {frozenset({0}), frozenset({1})}
    assert len(asked) == 2 * 2 * 2  # a tile, read once: 2 x 2 tiles of 2 x 2 cells
    logits = pool.cells.vectors[:4] @ pool.cells.vectors[4:8].T / 0.1
    torch.testing.assert_close(tables.normaliser[:4, 1], logits.logsumexp(dim=1))


def test_opposite_edges_share_a_tile() -> None:
    asked = 0

    def count(tile: Tile) -> torch.Tensor:
        nonlocal asked
        asked += 1
        return torch.zeros_like(tile.same_row)

    twin = random_twin(1, missing=0.0, rows=4, views=2)
    with torch.no_grad():
        Contrast(all_pairs(), mask=count, tile=4)(twin.cells)
    assert asked == 1


def test_a_shard_without_the_first_view_meets_itself_with_one_too() -> None:
    vectors = torch.cat([unit(3, 4), unit(3, 4, seed=1) * 3])  # not of length one, so that the diagonal shows
    cells = EncodedCells(
        vectors=vectors, row=torch.arange(3).repeat(2), view=torch.tensor([0] * 3 + [1] * 3), views=("s", "t")
    )
    shard = Pool(cells, cells.view == 1)
    tables = Kernel(0.5).tables(shard, torch.ones(2, 2, dtype=torch.bool))
    cosines = vectors[3:] @ vectors.T
    cosines[:, 3:].fill_diagonal_(1.0)
    torch.testing.assert_close(tables.normaliser[:, 0], (cosines[:, :3] / 0.5).logsumexp(dim=1))
    torch.testing.assert_close(tables.normaliser[:, 1], (cosines[:, 3:] / 0.5).logsumexp(dim=1))

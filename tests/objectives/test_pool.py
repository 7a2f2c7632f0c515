"""The pool of all processes: who means the same, and gradients equal to those of one process."""

from pathlib import Path

import pytest
import torch
import torch.multiprocessing

from interlingua.errors import ObjectiveError
from interlingua.objectives import EncodedCells
from interlingua.objectives.pool import Pool, gather_cells, precise, process_count, sum_over_processes
from objectives import processes
from objectives.batches import random_twin, unit

# ---- one process


def test_cells_are_sorted_by_view_and_keep_their_order_within() -> None:
    twin = random_twin(1)
    pool = Pool.of(twin.cells)
    assert pool.cells.view.tolist() == sorted(twin.cells.view.tolist())
    for view in range(3):
        assert pool.cells.row[pool.cells.view == view].equal(twin.cells.row[twin.cells.view == view])
    assert pool.local.all()


def test_partners_equal_a_search_of_every_cell() -> None:
    twin = random_twin(1, negatives=3, missing=0.4)
    pool = Pool.of(twin.cells)
    row, view = pool.cells.row.tolist(), pool.cells.view.tolist()
    for cell in range(len(pool)):
        for other_view in range(3):
            found = [j for j in range(len(pool)) if row[cell] >= 0 and (row[j], view[j]) == (row[cell], other_view)]
            assert pool.partner[cell, other_view] == (found[0] if found else -1)


def test_two_cells_of_a_row_in_a_view() -> None:
    cells = EncodedCells(
        vectors=unit(3, 2), row=torch.tensor([4, 4, 1]), view=torch.tensor([0, 0, 1]), views=("s", "t")
    )
    with pytest.raises(ObjectiveError, match="two cells in one view; give each view its own name"):
        _ = Pool.of(cells).partner


def test_the_best_known_teacher_vector() -> None:
    twin = random_twin(3, teacher_views=("deu_Latn", "kor_Hang"), missing=0.4, negatives=2, negatives_known=True)
    pool = Pool.of(twin.cells)
    chosen, known = pool.best_known(torch.tensor([2, 0, 1]))
    order = torch.argsort(twin.cells.view, stable=True).tolist()
    for place, cell in enumerate(twin.batch.cells[number] for number in order):
        expected = twin.batch.label_vector(cell, ("kor_Hang", "eng_Latn", "deu_Latn"))
        assert bool(known[place]) == (expected is not None)
        if expected is not None:
            assert pool.teacher[chosen[place]].equal(expected)


def test_without_processes_nothing_is_gathered() -> None:
    twin = random_twin(1)
    cells, local = gather_cells(twin.cells)
    assert cells is twin.cells
    assert local.all()
    assert process_count() == 1
    value = torch.tensor(2.0, requires_grad=True)
    assert not sum_over_processes(value).requires_grad


def test_precise() -> None:
    assert [precise(torch.zeros(1, dtype=kind)).dtype for kind in (torch.float16, torch.bfloat16)] == [
        torch.float32
    ] * 2
    assert precise(torch.zeros(1, dtype=torch.float64)).dtype == torch.float64


# ---- several processes


def spread(world: int, folder: Path) -> tuple[processes.Result, str]:
    torch.multiprocessing.spawn(processes.run, args=(world, str(folder)), nprocs=world)
    results, told = torch.load(folder / "results.pt", weights_only=True)
    return results, told


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[processes.Result, str]:
    return spread(2, tmp_path_factory.mktemp("two"))


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> tuple[processes.Result, str]:
    return spread(3, tmp_path_factory.mktemp("three"))


def check(results: processes.Result, name: str) -> None:
    seed = list(processes.OBJECTIVES).index(name)
    make = processes.OBJECTIVES[name]
    value, gradient = processes.loss_and_gradient(make(), seed, lambda c: torch.arange(len(c.row)))[""]
    assert gradient.abs().max() > 1e-3
    for split in ("rows",) if name in processes.ROW_BY_ROW else ("rows", "views"):
        found, slope = results[f"{name}/{split}"]
        assert found == pytest.approx(value, rel=1e-9), split
        torch.testing.assert_close(slope, gradient, rtol=1e-9, atol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("name", processes.OBJECTIVES)
def test_two_unequal_shards_are_one_batch(name: str, two: tuple[processes.Result, str]) -> None:
    check(two[0], name)


@pytest.mark.slow
@pytest.mark.parametrize("name", processes.OBJECTIVES)
def test_three_shards_one_of_them_empty_are_one_batch(name: str, three: tuple[processes.Result, str]) -> None:
    check(three[0], name)


@pytest.mark.slow
def test_processes_with_other_views_are_told_so(two: tuple[processes.Result, str]) -> None:
    assert "the processes' batches differ in kind" in two[1]
    assert "give all the same views and fields" in two[1]

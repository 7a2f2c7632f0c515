"""Distillation against naive loops, and its guards."""

import logging

import pytest
import torch
import torch.nn.functional as F

from interlingua.errors import ObjectiveError
from interlingua.objectives import (
    Average,
    EncodedCells,
    Priority,
    SimilarityDistillation,
    VectorDistillation,
    all_pairs,
    both_ways,
    loops,
    star,
)
from objectives import naive
from objectives.batches import angles, random_twin, unit


@pytest.mark.parametrize("distance", ["mse", "cosine"])
@pytest.mark.parametrize("reduction", ["sum", "mean"])
@pytest.mark.parametrize("normalised", [True, False])
@pytest.mark.parametrize("teacher_views", [None, ("eng_Latn",), ("kor_Hang",)])
def test_equals_naive_loops(
    distance: str, reduction: str, normalised: bool, teacher_views: tuple[str, ...] | None
) -> None:
    twin = random_twin(4, teacher_width=4, teacher_views=teacher_views, negatives=2, negatives_known=True)
    teacher = twin.cells.teacher
    assert teacher is not None
    scale = 1.0 if normalised else 2.0  # a teacher of length two: lengths are compared too
    cells = EncodedCells(**{**vars(twin.cells), "teacher": teacher * scale})
    batch = naive.Batch(
        [
            naive.Cell(c.vector, c.row, c.view, teacher=None if c.teacher is None else c.teacher * scale, raw=c.raw)
            for c in twin.batch.cells
        ],
        twin.batch.views,
    )
    order = ("kor_Hang",)
    objective = VectorDistillation(distance, order=order, reduction=reduction, normalised=normalised)  # type: ignore[arg-type]
    found = objective(cells)["distillation"]
    expected = naive.distillation(batch, distance, order=order, reduction=reduction, raw=not normalised)
    torch.testing.assert_close(found, expected, rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(twin.gradient(found), twin.gradient(expected), rtol=1e-8, atol=1e-9)


def test_the_mean_over_cells_and_dimensions_is_what_a_plain_mse_gives() -> None:
    student = {"s": unit(5, 4), "t": unit(5, 4, seed=1)}
    wanted = unit(5, 4, seed=2)
    cells = EncodedCells.from_columns(student, teacher={"s": wanted})
    found = VectorDistillation(reduction="mean")(cells)["distillation"]
    plain = F.mse_loss(torch.cat([student["s"], student["t"]]), wanted.repeat(2, 1))
    torch.testing.assert_close(found, plain)
    torch.testing.assert_close(VectorDistillation()(cells)["distillation"], plain * 2 * 4)


def test_a_projection_bridges_dimensions_and_learns() -> None:
    twin = random_twin(3, teacher_width=7, width=4)
    objective = VectorDistillation(projection=(4, 7)).double()
    assert objective.projection is not None
    loss = objective(twin.cells)["distillation"]
    mapped = F.normalize(objective.projection(twin.cells.vectors), dim=1)
    cells = [
        naive.Cell(vector, cell.row, cell.view, teacher=cell.teacher)
        for vector, cell in zip(mapped, twin.batch.cells, strict=True)
    ]
    torch.testing.assert_close(loss, naive.distillation(naive.Batch(cells, twin.batch.views), "mse"))
    loss.backward()
    assert objective.projection.weight.grad is not None
    assert objective.projection.weight.grad.any()


def test_other_dimensions_without_projection() -> None:
    twin = random_twin(3, teacher_width=7)
    with pytest.raises(ObjectiveError, match=r"4 dimensions and the teacher's 7; set projection=\(4, 7\)"):
        VectorDistillation()(twin.cells)


def test_lengths_that_no_training_could_match_are_repaired_once(caplog: pytest.LogCaptureFixture) -> None:
    raw = unit(4, 3) * 5
    given = EncodedCells.from_columns({"s": unit(4, 3)}, teacher={"s": unit(4, 3, seed=1)})
    cells = EncodedCells(**{**vars(given), "raw": raw})
    objective = VectorDistillation(normalised=False)
    with caplog.at_level(logging.WARNING):
        first, second = objective(cells)["distillation"], objective(cells)["distillation"]
    assert len(caplog.records) == 1
    assert "a length of 5" in caplog.text
    assert "Append a Normalize module" in caplog.text
    torch.testing.assert_close(first, VectorDistillation()(cells)["distillation"])
    torch.testing.assert_close(first, second)


def test_vectors_of_equal_length_are_left_as_they_are(caplog: pytest.LogCaptureFixture) -> None:
    given = EncodedCells.from_columns({"s": unit(4, 3)}, teacher={"s": unit(4, 3, seed=1)})
    cells = EncodedCells(**{**vars(given), "raw": unit(4, 3)})
    objective = VectorDistillation(normalised=False)
    torch.testing.assert_close(objective(cells), VectorDistillation()(cells))
    assert not caplog.records
    assert not objective.normalised


def test_cosine_is_zero_in_the_right_direction_and_one_at_a_right_angle() -> None:
    same = EncodedCells.from_columns({"s": angles(0, 90)}, teacher={"s": angles(0, 90)})
    across = EncodedCells.from_columns({"s": angles(0, 90)}, teacher={"s": angles(90, 0)})
    assert float(VectorDistillation("cosine")(same)["distillation"]) == pytest.approx(0.0, abs=1e-12)
    assert float(VectorDistillation("cosine")(across)["distillation"]) == pytest.approx(1.0)


def test_rows_that_the_teacher_does_not_know_do_not_count() -> None:
    wanted, student = unit(4, 3, seed=1), unit(4, 3)
    full = EncodedCells.from_columns({"s": student[:2]}, teacher={"s": wanted[:2]})
    partly = EncodedCells(
        **{
            **vars(EncodedCells.from_columns({"s": student}, teacher={"s": wanted})),
            "teacher_known": torch.tensor([True, True, False, False]),
        }
    )
    torch.testing.assert_close(VectorDistillation()(partly), VectorDistillation()(full))


@pytest.mark.parametrize("labels", [Priority(), Average(), Priority(per="edge")])
@pytest.mark.parametrize("reduction", ["sum", "mean"])
@pytest.mark.parametrize("graph", [all_pairs(), star("eng_Latn"), loops()])
def test_similarities_equal_naive_loops(labels: Priority, reduction: str, graph: object) -> None:
    twin = random_twin(6, teacher_views=("eng_Latn", "deu_Latn"), teacher_width=5, views=3, missing=0.5, rows=4)
    kind = "priority" if isinstance(labels, Priority) else "average"
    of = naive.Labels(kind, 1.0, per="edge" if labels.by_edge else "row")
    edges = [
        value
        for edge in graph(twin.batch.views)  # type: ignore[operator]
        if (value := naive.similarity_edge(twin.batch, edge.anchor, edge.candidates[0], of, temperature=0.2))
        is not None
    ]
    expected = sum(edges, torch.zeros((), dtype=torch.float64)) / (len(edges) if reduction == "mean" else 1)
    objective = SimilarityDistillation(graph, labels, temperature=0.2, reduction=reduction)  # type: ignore[arg-type]
    found = objective(twin.cells)["similarity"]
    torch.testing.assert_close(found, expected, rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(twin.gradient(found), twin.gradient(expected), rtol=1e-8, atol=1e-9)


def test_equal_similarities_cost_nothing_in_single_precision() -> None:
    rows = unit(64, 16).float()
    turn = torch.linalg.qr(unit(16, 16, seed=1))[0].float()
    cells = EncodedCells.from_columns({"s": rows @ turn, "t": rows @ turn}, teacher={"s": rows})
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = SimilarityDistillation(both_ways("s", "t"), Priority())(cells)["similarity"]
    assert 0 <= float(loss) < 1e-10
    assert loss.dtype == torch.float32


def test_refusals() -> None:
    lone = EncodedCells.from_columns({"s": unit(3, 4)}, teacher={"s": unit(3, 4)})
    with pytest.raises(ObjectiveError, match="two views are needed"):
        SimilarityDistillation(all_pairs(), Priority())(lone)
    with pytest.raises(ObjectiveError, match="it must be greater than 0"):
        SimilarityDistillation(all_pairs(), Priority(), temperature=0)
    with pytest.raises(ObjectiveError, match="no teacher vectors; name a teacher"):
        VectorDistillation()(EncodedCells.from_columns({"s": unit(3, 4)}))
    with pytest.raises(ObjectiveError, match="distance is 'l1'; choose one of: mse, cosine"):
        VectorDistillation("l1")  # type: ignore[arg-type]

"""Batches say what is wrong with them; objectives add, scale, and keep their names."""

from typing import ClassVar

import pytest
import torch

from interlingua.errors import ObjectiveError
from interlingua.objectives import (
    Contrast,
    EncodedCells,
    Objective,
    Priority,
    Sum,
    VectorDistillation,
    all_pairs,
    presets,
)
from objectives.batches import unit


class Constant(Objective):
    needs: ClassVar[frozenset[str]] = frozenset({"raw"})

    def __init__(self, **terms: float) -> None:
        super().__init__()
        self.terms = terms

    def forward(self, cells: EncodedCells) -> dict[str, torch.Tensor]:
        self.diagnostics = {"seen": torch.tensor(float(len(cells.row)))}
        return {name: torch.tensor(value) for name, value in self.terms.items()}


@pytest.fixture
def cells() -> EncodedCells:
    given = {"s": unit(4, 3), "t": unit(4, 3, seed=1)}
    return EncodedCells.from_columns(given, teacher=given)


# ---- sums


def test_weights_act_inside(cells: EncodedCells) -> None:
    total = 0.5 * Constant(a=2.0) + Constant(b=3.0) * 4.0
    assert {name: float(value) for name, value in total(cells).items()} == {"a": 1.0, "b": 12.0}


def test_nested_sums_are_taken_apart(cells: EncodedCells) -> None:
    inner = 0.1 * Constant(a=1.0) + Constant(b=1.0)
    total = 2 * (inner + 3 * Constant(c=1.0))
    assert total.weights == [0.2, 2.0, 6.0]
    assert len(total.members) == 3
    assert not any(isinstance(part, Sum) for part in total.members)
    assert float(sum(total(cells).values())) == pytest.approx(8.2)


def test_equal_names_are_numbered(cells: EncodedCells) -> None:
    total = Constant(a=1.0) + Constant(a=2.0, b=3.0) + Constant(a=4.0)
    assert {name: float(value) for name, value in total(cells).items()} == {"a": 1, "a_2": 2, "b": 3, "a_3": 4}
    assert set(total.diagnostics) == {"seen", "seen_2", "seen_3"}


def test_requirements_are_joined() -> None:
    total = presets.hard() + 0.1 * Contrast(all_pairs(), labels=Priority()) + Constant(a=1.0)
    assert total.requirements() == {"text", "teacher", "raw"}
    assert Contrast(all_pairs()).requirements() == frozenset()


def test_parameters_of_parts_are_trained_and_saved() -> None:
    total = Contrast(all_pairs()) + 0.5 * VectorDistillation(projection=(3, 2))
    assert {tuple(parameter.shape) for parameter in total.parameters()} == {(2, 3), (2,)}
    assert set(total.state_dict()) == {"parts.1.projection.weight", "parts.1.projection.bias"}


def test_a_sum_of_real_objectives(cells: EncodedCells) -> None:
    hard, soft = Contrast(all_pairs()), Contrast(all_pairs(), labels=Priority())
    total = (hard + 0.25 * soft)(cells)
    assert float(total["contrast"]) == float(hard(cells)["contrast"])
    assert float(total["contrast_2"]) == pytest.approx(0.25 * float(soft(cells)["contrast"]), rel=1e-12)


def test_diagnostics_of_a_sum_are_those_of_its_parts(cells: EncodedCells) -> None:
    total = Contrast(all_pairs()) + Contrast(all_pairs(), labels=Priority())
    total(cells)
    assert set(total.diagnostics) == {"label_mass", "label_entropy", "kl"}


# ---- batches


def test_columns_become_cells() -> None:
    present = {"t": torch.tensor([True, False, True])}
    cells = EncodedCells.from_columns(
        {"s": unit(3, 2), "t": unit(3, 2, seed=1)},
        teacher={"t": unit(3, 5)},
        present=present,
        negatives={"s": unit(6, 2, seed=3)},
    )
    assert cells.row.tolist() == [0, 1, 2, *[-1] * 6, 0, 2]
    assert cells.view.tolist() == [0] * 9 + [1] * 2
    assert cells.owner is not None
    assert cells.owner.tolist() == [-1] * 3 + [0, 0, 1, 1, 2, 2] + [-1] * 2
    assert cells.teacher is not None
    assert cells.teacher_known is not None
    assert cells.teacher_known.tolist() == [False] * 9 + [True] * 2
    assert cells.teacher.shape == (11, 5)
    assert cells.teacher[9:].equal(unit(3, 5)[[0, 2]])


def test_negatives_that_are_not_some_a_row_belong_to_nobody() -> None:
    cells = EncodedCells.from_columns({"s": unit(3, 2)}, negatives={"s": unit(4, 2)})
    assert cells.owner is not None
    assert cells.owner.tolist() == [-1] * 7


def test_bad_batches_are_refused() -> None:
    four = unit(4, 3)
    with pytest.raises(ObjectiveError, match="row speaks of 3 cells, vectors of 4; give one entry a cell"):
        EncodedCells(vectors=four, row=torch.arange(3), view=torch.zeros(4, dtype=torch.long), views=("s",))
    with pytest.raises(ObjectiveError, match=r"differ in cells \(s 4, t 3\); give one a row"):
        EncodedCells.from_columns({"s": four, "t": four[:3]})
    with pytest.raises(ObjectiveError, match="give the vectors of at least one"):
        EncodedCells.from_columns({})
    with pytest.raises(ObjectiveError, match="teacher speaks of deu, but the views of the batch are s"):
        EncodedCells.from_columns({"s": four}, teacher={"deu": four})
    with pytest.raises(ObjectiveError, match="present speaks of t"):
        EncodedCells.from_columns({"s": four}, present={"t": torch.ones(4, dtype=torch.bool)})

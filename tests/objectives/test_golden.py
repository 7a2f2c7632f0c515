"""Values worked out by hand from the papers' formulas: 2-D unit vectors given by their angles."""

import pytest
import torch

from interlingua.objectives import (
    Average,
    Contrast,
    Edge,
    EncodedCells,
    Objective,
    Priority,
    SoftLabels,
    Tile,
    VectorDistillation,
    one_way,
    presets,
)
from objectives.batches import angles

EXACT = 6e-7  # the values below are printed with six digits


@pytest.fixture
def pairs() -> EncodedCells:
    """Three pairs: teacher's anchor side, teacher's other side, student's source and target."""
    return EncodedCells.from_columns(
        {"s": angles(0, 40, 110), "t": angles(10, 60, 95)},
        teacher={"s": angles(0, 30, 100), "t": angles(5, 50, 90)},
    )


@pytest.fixture
def three_languages() -> EncodedCells:
    return EncodedCells.from_columns({"a": angles(0, 90), "b": angles(10, 70), "c": angles(25, 110)})


def labels(kind: str) -> SoftLabels:
    return Priority() if kind == "priority" else Average()


def value(objective: Objective, cells: EncodedCells) -> float:
    return float(sum(objective(cells).values()))


def edge(anchor: str, candidate: str, kind: str, normalise: str = "anchor") -> Contrast:
    graph = [Edge(anchor, (candidate,), normalise)]  # type: ignore[arg-type]
    return Contrast(lambda views: graph, labels=labels(kind), temperature=0.1)


SOFT = {
    "row": ("s", "t", "anchor", 0.540866, 0.373367),
    "column, paper": ("t", "s", "candidate", 0.504950, 0.337198),
    "column, code": ("t", "s", "anchor", 0.504809, 0.336478),
    "loop s, paper": ("s", "s", "candidate", 0.391286, 0.274211),
    "loop t, paper": ("t", "t", "candidate", 0.613989, 0.382404),
    "loop s, row type": ("s", "s", "anchor", 0.391277, 0.274174),
    "loop t, row type": ("t", "t", "anchor", 0.613975, 0.382341),
}


@pytest.mark.parametrize("term", SOFT)
def test_every_soft_term(term: str, pairs: EncodedCells) -> None:
    anchor, candidate, normalise, priority, average = SOFT[term]
    assert value(edge(anchor, candidate, "priority", normalise), pairs) == pytest.approx(priority, abs=EXACT)
    assert value(edge(anchor, candidate, "average", normalise), pairs) == pytest.approx(average, abs=EXACT)


WEIGHTS = {
    "priority": [[0.792443, 0.207551, 0.000006], [0.207324, 0.791577, 0.001099]],
    "average": [[0.894173, 0.105801, 0.000026], [0.104721, 0.885043, 0.010236]],
}


@pytest.mark.parametrize("kind", WEIGHTS)
@pytest.mark.parametrize("row", [0, 1])
def test_label_weights(kind: str, row: int, pairs: EncodedCells) -> None:
    # d loss / d cos_ij = (softmax_ij - W_ij) / (tau N): the weights are read off the gradient
    s, t = (pairs.vectors[:3], pairs.vectors[3:])
    cosines = (s @ t.T).requires_grad_()
    loss = edge("s", "t", kind)(with_cosines(pairs, cosines))["contrast"]
    (gradient,) = torch.autograd.grad(loss, cosines)
    found = (cosines / 0.1).softmax(dim=1) - gradient * 0.1 * 3
    torch.testing.assert_close(found[row], torch.tensor(WEIGHTS[kind][row], dtype=torch.float64), atol=EXACT, rtol=0)


def with_cosines(cells: EncodedCells, cosines: torch.Tensor) -> EncodedCells:
    """Cells whose dot products between the first and the second view are the given ones."""
    eye = torch.eye(3, dtype=cosines.dtype)
    return EncodedCells(
        vectors=torch.cat([cosines, eye]),
        row=cells.row,
        view=cells.view,
        views=cells.views,
        teacher=cells.teacher,
        teacher_known=cells.teacher_known,
    )


@pytest.mark.parametrize(("kind", "entropy"), [("priority", 0.346701), ("average", 0.264016)])
def test_label_entropy_is_logged(kind: str, entropy: float, pairs: EncodedCells) -> None:
    objective = edge("s", "t", kind)
    loss = value(objective, pairs)
    assert float(objective.diagnostics["label_entropy"]) == pytest.approx(entropy, abs=EXACT)
    assert float(objective.diagnostics["kl"]) == pytest.approx(loss - entropy, abs=EXACT)


@pytest.mark.parametrize(("reading", "total"), [("paper", 1.109856), ("code", 3.056180)])
def test_imascl_totals(reading: str, total: float, pairs: EncodedCells) -> None:
    assert value(presets.imascl(monolingual=True, reading=reading), pairs) == pytest.approx(total, abs=EXACT)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "reading", "total"),
    [
        ("priority", "paper", 0.540866 + 0.504950),
        ("priority", "code", 0.540866 + 0.504809),
        ("average", "paper", 0.373367 + 0.337198),
        ("average", "code", 0.373367 + 0.336478),
    ],
)
def test_imascl_cross_terms(kind: str, reading: str, total: float, pairs: EncodedCells) -> None:
    found = value(presets.imascl(kind, reading=reading), pairs)  # type: ignore[arg-type]
    assert found == pytest.approx(total, abs=2 * EXACT)


@pytest.mark.parametrize(
    ("anchor", "candidate", "margin", "expected"),
    [
        ("s", "t", 0.0, 0.151662),
        ("t", "s", 0.0, 0.115816),
        ("s", "t", 0.3, 1.046900),
        ("t", "s", 0.3, 1.040637),
        ("s", "t", 0.3 * 0.1, 0.193947),  # a margin of .3 taken off after the division by the temperature
    ],
)
def test_hard_and_margin(anchor: str, candidate: str, margin: float, expected: float, pairs: EncodedCells) -> None:
    contrast = Contrast(one_way(anchor, candidate), temperature=0.1, margin=margin)
    assert value(contrast, pairs) == pytest.approx(expected, abs=EXACT)


def test_hard_presets(pairs: EncodedCells) -> None:
    both = 0.151662 + 0.115816
    assert value(presets.hard(mask=None), pairs) == pytest.approx(both, abs=2 * EXACT)
    assert value(presets.imascl("hard"), pairs) == pytest.approx(both, abs=2 * EXACT)
    assert value(presets.multiway(temperature=0.1, mask=None), pairs) == pytest.approx(both / 2, abs=2 * EXACT)
    ams = presets.labse(temperature=0.1, mask=None)
    assert value(ams, pairs) == pytest.approx(1.046900 + 1.040637, abs=2 * EXACT)


def test_margin_as_function(pairs: EncodedCells) -> None:
    def margin(tile: Tile) -> torch.Tensor:
        return 0.3 * tile.same_row

    contrast = Contrast(one_way("s", "t"), temperature=0.1, margin=margin)
    assert value(contrast, pairs) == pytest.approx(1.046900, abs=EXACT)


def test_distillation(pairs: EncodedCells) -> None:
    assert value(VectorDistillation(), pairs) == pytest.approx(0.122238, abs=EXACT)
    assert value(VectorDistillation(reduction="mean"), pairs) == pytest.approx(0.030559, abs=EXACT)


@pytest.mark.parametrize(("letter", "expected"), [("A", 0.044360), ("B", 0.070800), ("C", 0.851215), ("D", 0.025064)])
def test_multiway_readings(letter: str, expected: float, three_languages: EncodedCells) -> None:
    objective = presets.multiway(letter, temperature=0.1, mask=None)  # type: ignore[arg-type]
    assert value(objective, three_languages) == pytest.approx(expected, abs=EXACT)


def test_english_centric(three_languages: EncodedCells) -> None:
    objective = presets.en_x(center="a", temperature=0.1, mask=None)
    assert value(objective, three_languages) == pytest.approx(0.002311, abs=EXACT)

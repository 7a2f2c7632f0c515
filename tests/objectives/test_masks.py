"""Masks take false negatives out, never the true pair, and out of student and teacher alike."""

import pytest
import torch

from interlingua.errors import ObjectiveError
from interlingua.objectives import (
    Average,
    Contrast,
    EncodedCells,
    Mask,
    Priority,
    Tile,
    all_pairs,
    any_of,
    loops,
    one_way,
    own_negatives,
    same_text,
    teacher_above,
)
from interlingua.objectives.pool import Pool
from objectives import naive
from objectives.batches import Twin, random_twin, unit


def left_out(mask: Mask, cells: EncodedCells) -> torch.Tensor:
    """The whole mask, anchors and candidates in the order of the cells."""
    pool = Pool.of(cells)
    every = torch.arange(len(pool))
    found = mask(Tile(pool, every[:, None], every[None]))
    back = torch.argsort(torch.argsort(cells.view, stable=True))
    return found[back][:, back]


def by_loops(twin: Twin, masked: naive.Masked) -> torch.Tensor:
    return torch.tensor([[masked(a, b) for b in twin.batch.cells] for a in twin.batch.cells])


def batch() -> Twin:
    return random_twin(21, rows=8, texts=6, negatives=4, teacher_width=2, teacher_views=("eng_Latn", "kor_Hang"))


def above(twin: Twin, bound: float) -> naive.Masked:
    def masked(a: naive.Cell, b: naive.Cell) -> bool:
        first, second = (twin.batch.label_vector(cell, twin.batch.views) for cell in (a, b))
        return first is not None and second is not None and float(torch.dot(first, second)) > bound

    return masked


def foreign(a: naive.Cell, b: naive.Cell) -> bool:
    return any(one.row < 0 and one.owner >= 0 and one.owner != other.row for one, other in ((a, b), (b, a)))


def test_masks_equal_naive_loops() -> None:
    twin = batch()
    assert left_out(same_text, twin.cells).equal(by_loops(twin, twin.batch.same_text))
    assert left_out(teacher_above(0.8), twin.cells).equal(by_loops(twin, above(twin, 0.8)))
    assert left_out(own_negatives, twin.cells).equal(by_loops(twin, foreign))
    joined = left_out(any_of(teacher_above(0.8), own_negatives), twin.cells)
    assert joined.equal(by_loops(twin, above(twin, 0.8)) | by_loops(twin, foreign))


@pytest.mark.parametrize("mask", [same_text, teacher_above(0.5), own_negatives, any_of(same_text, own_negatives)])
def test_masks_are_symmetric(mask: Mask) -> None:
    found = left_out(mask, batch().cells)
    assert found.equal(found.T)
    assert found.any()


@pytest.mark.parametrize("tile", [2, 1024])
@pytest.mark.parametrize("labels", [None, Priority(), Average(per="edge")])
def test_masked_candidates_leave_student_and_teacher(labels: Priority | None, tile: int) -> None:
    twin = batch()
    masks = any_of(same_text, teacher_above(0.9))

    def masked(a: naive.Cell, b: naive.Cell) -> bool:
        return twin.batch.same_text(a, b) or above(twin, 0.9)(a, b)

    pairs = [(a, b) for a in twin.batch.views for b in twin.batch.views if a != b]
    if labels is None:
        edges = [naive.hard_edge(twin.batch, a, b, temperature=0.1, masked=masked) for a, b in pairs]
    else:
        kind = "priority" if isinstance(labels, Priority) else "average"
        of = naive.Labels(kind, 0.1, per="edge" if labels.by_edge else "row")
        edges = [naive.soft_edge(twin.batch, a, b, of, temperature=0.1, masked=masked) for a, b in pairs]
    expected = naive.over_edges(edges)
    found = Contrast(all_pairs(), labels=labels, mask=masks, temperature=0.1, tile=tile)(twin.cells)["contrast"]
    torch.testing.assert_close(found, expected, rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(twin.gradient(found), twin.gradient(expected), rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("graph", [all_pairs(), loops()])
def test_true_pairs_stay_whatever_a_mask_says(graph: object) -> None:
    cells = EncodedCells.from_columns({"s": unit(4, 3), "t": unit(4, 3, seed=1)})
    everything = Contrast(graph, mask=lambda tile: torch.ones_like(tile.same_row))  # type: ignore[arg-type]
    assert float(everything(cells)["contrast"]) == pytest.approx(0.0, abs=1e-12)


def test_equal_strings_within_a_row_are_legal() -> None:
    given = EncodedCells.from_columns({"s": unit(4, 3), "t": unit(4, 3, seed=1)})
    own = EncodedCells(**{**vars(given), "text": torch.arange(4).repeat(2)})
    plain, masked = Contrast(all_pairs()), Contrast(all_pairs(), mask=same_text)
    assert float(plain(own)["contrast"]) == float(masked(own)["contrast"])


def test_a_mined_negative_that_is_the_translation_is_masked() -> None:
    target = unit(3, 4, seed=1)
    given = EncodedCells.from_columns({"s": unit(3, 4), "t": target}, negatives={"t": target[:1]})
    text = torch.tensor([0, 1, 2, 10, 11, 12, 10])
    cells = EncodedCells(**{**vars(given), "text": text})
    alone = EncodedCells.from_columns({"s": unit(3, 4), "t": target})
    first = Contrast(one_way("s", "t"), mask=any_of(same_text))
    logits = unit(3, 4) @ torch.cat([target, target[:1]]).T / 0.05
    losses = logits.logsumexp(dim=1) - logits.diag()
    losses[0] = logits[0, :3].logsumexp(dim=0) - logits[0, 0]
    assert float(first(cells)["contrast"]) == pytest.approx(float(losses.mean()), rel=1e-12)
    assert float(first(cells)["contrast"]) > float(Contrast(one_way("s", "t"))(alone)["contrast"])


def test_texts_that_nobody_knows_are_not_masked() -> None:
    vectors = {"s": unit(4, 3), "t": unit(4, 3, seed=1)}
    plain = Contrast(all_pairs())(EncodedCells.from_columns(vectors))["contrast"]
    assert Contrast(all_pairs(), mask=same_text)(EncodedCells.from_columns(vectors))["contrast"] == plain
    text = {"s": torch.tensor([1, 2, 3, 4]), "t": torch.tensor([5, 5, 6, 7])}
    masked = Contrast(all_pairs(), mask=same_text)(EncodedCells.from_columns(vectors, text=text))["contrast"]
    assert masked < plain
    with pytest.raises(ObjectiveError, match="text says nothing of t"):
        EncodedCells.from_columns(vectors, text={"s": text["s"]})


def test_what_a_mask_needs_is_asked_for() -> None:
    cells = EncodedCells.from_columns({"s": unit(2, 3), "t": unit(2, 3, seed=1)})
    with pytest.raises(ObjectiveError, match="name a teacher in the recipe"):
        Contrast(all_pairs(), mask=teacher_above(0.9))(cells)
    bare = EncodedCells(**{**vars(cells), "owner": None})
    with pytest.raises(ObjectiveError, match="pass `owner`"):
        Contrast(all_pairs(), mask=own_negatives)(bare)

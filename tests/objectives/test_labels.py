"""Label vectors: whose teacher vector stands for a row, and what is done where there is none."""

import pytest
import torch

from interlingua.errors import ObjectiveError
from interlingua.objectives import Average, Contrast, EncodedCells, Priority, all_pairs, loops, one_way
from interlingua.objectives.labels import MadeOnce, view_order
from interlingua.objectives.pool import Pool
from objectives import naive
from objectives.batches import random_twin, unit

NAMES = ("s", "t", "u")


def pool(**present: torch.Tensor) -> Pool:
    teacher = {name: unit(3, 2, seed=seed) for seed, name in enumerate(NAMES)}
    return Pool.of(EncodedCells.from_columns({n: unit(3, 4) for n in NAMES}, teacher=teacher, present=present))


def test_views_by_priority() -> None:
    assert view_order(pool(), None).tolist() == [0, 1, 2]
    assert view_order(pool(), ("u", "elsewhere")).tolist() == [2, 0, 1]
    assert view_order(pool(), ("u",), (0, 2)).tolist() == [2, 0]


def test_the_first_language_of_the_row_gives_the_label() -> None:
    first = unit(3, 2, seed=2)  # of u
    vectors, known = Priority(("u",)).vectors(pool(), 0, 1)
    assert known.all()
    torch.testing.assert_close(vectors, first.repeat(3, 1))


def test_a_row_without_the_first_language_takes_the_next() -> None:
    lacking = pool(u=torch.tensor([False, True, True]))
    vectors, known = Priority(("u", "t")).vectors(lacking, 0, 1)
    expected = torch.cat([unit(3, 2, seed=1)[:1], unit(3, 2, seed=2)[1:]])
    assert known.all()
    torch.testing.assert_close(vectors[:3], expected)


def test_by_edge_only_the_two_languages_count() -> None:
    vectors, _ = Priority(("u",), per="edge").vectors(pool(), 0, 1)
    torch.testing.assert_close(vectors[:3], unit(3, 2, seed=0))


@pytest.mark.parametrize("per", ["row", "edge"])
def test_average_is_the_mean_of_similarities(per: str) -> None:
    vectors, _ = Average(per=per).vectors(pool(), 0, 1)  # type: ignore[arg-type]
    views = (0, 1, 2) if per == "row" else (0, 1)
    mean = torch.stack([unit(3, 2, seed=v) @ unit(3, 2, seed=v).T for v in views]).mean(dim=0)
    torch.testing.assert_close(vectors[:3] @ vectors[:3].T, mean)


@pytest.mark.parametrize("kind", ["priority", "average"])
@pytest.mark.parametrize("per", ["row", "edge"])
@pytest.mark.parametrize("temperature", [None, 0.03, 0.5])
@pytest.mark.parametrize("teacher_views", [None, ("eng_Latn",), ("deu_Latn", "kor_Hang")])
def test_soft_losses_equal_naive_loops(
    kind: str, per: str, temperature: float | None, teacher_views: tuple[str, ...] | None
) -> None:
    twin = random_twin(11, teacher_views=teacher_views, teacher_width=6, negatives=2, negatives_known=True)
    order = ("kor_Hang",)
    make = (Priority if kind == "priority" else Average)(order, temperature=temperature, per=per)  # type: ignore[arg-type]
    labels = naive.Labels(kind, temperature or 0.2, order, per)
    pairs = [(a, b) for a in twin.batch.views for b in twin.batch.views]
    expected = naive.over_edges([naive.soft_edge(twin.batch, a, b, labels, temperature=0.2) for a, b in pairs])
    found = Contrast(lambda v: all_pairs()(v) + loops()(v), labels=make, temperature=0.2)(twin.cells)["contrast"]
    torch.testing.assert_close(found, expected, rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(twin.gradient(found), twin.gradient(expected), rtol=1e-8, atol=1e-9)


def test_weights_of_an_anchor_sum_to_one() -> None:
    # with equal logits the loss is the sum of the weights times ln of the number of candidates
    given = dict.fromkeys(("s", "t"), torch.eye(1, 4, dtype=torch.float64).repeat(5, 1))
    cells = EncodedCells.from_columns(given, teacher={"s": unit(5, 3)})
    loss = Contrast(one_way("s", "t"), labels=Priority(), temperature=0.1)(cells)["contrast"]
    assert float(loss) == pytest.approx(torch.log(torch.tensor(5.0)).item(), rel=1e-6)


def test_a_batch_that_the_teacher_does_not_know_costs_nothing() -> None:
    twin = random_twin(2, teacher_views=())
    objective = Contrast(all_pairs(), labels=Priority())
    loss = objective(twin.cells)["contrast"]
    assert float(loss.detach()) == 0.0
    assert not twin.gradient(loss).any()
    assert not objective.diagnostics


def test_no_gradient_reaches_the_teacher() -> None:
    teacher = unit(4, 3).requires_grad_()
    vectors = unit(4, 3, seed=1).requires_grad_()
    cells = EncodedCells.from_columns({"s": vectors, "t": vectors}, teacher={"s": teacher})
    Contrast(all_pairs(), labels=Average())(cells)["contrast"].backward()
    assert teacher.grad is None
    assert vectors.grad is not None


@pytest.mark.parametrize(("per", "times"), [("row", 1), ("edge", 3)])
def test_vectors_that_edges_share_are_made_once(per: str, times: int) -> None:
    calls = []

    class Counting(Priority):
        def vectors(self, pool: Pool, anchor: int, candidate: int) -> tuple[torch.Tensor, torch.Tensor]:
            calls.append((anchor, candidate))
            return super().vectors(pool, anchor, candidate)

    labels = MadeOnce(Counting(per=per))  # type: ignore[arg-type]
    for anchor, candidate in [(0, 1), (1, 0), (0, 2), (2, 0), (1, 2), (2, 1)]:
        labels.vectors(pool(), anchor, candidate)
    assert len(calls) == times
    cells = EncodedCells.from_columns({n: unit(3, 4) for n in NAMES}, teacher={"s": unit(3, 4)})
    calls.clear()
    Contrast(all_pairs(), labels=Counting(per=per))(cells)  # type: ignore[arg-type]
    assert len(calls) == times


def test_choices_are_checked() -> None:
    with pytest.raises(ObjectiveError, match="per is 'word'; choose one of: row, edge"):
        Average(per="word")  # type: ignore[arg-type]

"""Every named objective against the naive loops: values and gradients, on batches with holes in them."""

from collections.abc import Callable

import pytest
import torch

from interlingua.errors import ObjectiveError
from interlingua.objectives import Objective, Priority, presets, teacher_above
from objectives import naive
from objectives.batches import Twin, random_twin
from objectives.naive import Batch, Labels

BATCHES: dict[str, dict[str, object]] = {
    "two views, full": {"views": 2, "missing": 0.0},
    "five views, sparse": {"views": 5, "missing": 0.5},
    "repeated texts": {"views": 3, "texts": 4, "missing": 0.1},
    "English teacher of another width": {"views": 4, "teacher_views": ("eng_Latn",), "teacher_width": 7},
    "negatives": {"views": 3, "negatives": 2},
    "negatives that the teacher knows": {"views": 2, "negatives": 3, "negatives_known": True},
    "one row": {"views": 3, "rows": 1, "missing": 0.0},
}


def pairs(batch: Batch) -> list[tuple[str, str]]:
    return [(a, b) for a in batch.views for b in batch.views if a != b]


def with_english(batch: Batch) -> list[tuple[str, str]]:
    return [(a, b) for a, b in pairs(batch) if "eng_Latn" in (a, b)]


def hard_sum(
    batch: Batch,
    edges: list[tuple[str, str]],
    reduction: str = "mean",
    *,
    temperature: float,
    margin: float = 0.0,
    masked: naive.Masked = naive.never,
) -> torch.Tensor:
    found = [naive.hard_edge(batch, a, b, temperature=temperature, margin=margin, masked=masked) for a, b in edges]
    return naive.over_edges(found, reduction)


def soft_sum(
    batch: Batch,
    edges: list[tuple[str, str]],
    labels: Labels,
    reduction: str,
    *,
    temperature: float,
    by_candidate: Callable[[str, str], bool] = lambda a, b: False,
) -> torch.Tensor:
    found = [
        naive.soft_edge(batch, a, b, labels, temperature=temperature, by_candidate=by_candidate(a, b)) for a, b in edges
    ]
    return naive.over_edges(found, reduction)


def imascl(batch: Batch, kind: str, reading: str, *, monolingual: bool, order: tuple[str, ...] = ()) -> torch.Tensor:
    labels = Labels(kind, 0.1, order)
    ranked = [*(view for view in order if view in batch.views), *(view for view in batch.views if view not in order)]
    place = ranked.index
    paper = reading == "paper"
    cross = soft_sum(
        batch, pairs(batch), labels, "sum", temperature=0.1, by_candidate=lambda a, b: paper and place(a) > place(b)
    )
    if not monolingual:
        return cross
    loops = [(view, view) for view in batch.views]
    mono = soft_sum(batch, loops, labels, "sum", temperature=0.1, by_candidate=lambda a, b: paper)
    return 0.1 * cross + mono if paper else cross + 2 * mono


CASES: dict[str, tuple[Callable[[], Objective], Callable[[Batch], torch.Tensor]]] = {
    "translation ranking": (
        lambda: presets.translation_ranking(mask=None),
        lambda b: hard_sum(b, [(x, y) for x, y in pairs(b) if y == "eng_Latn"], temperature=0.05),
    ),
    "translation ranking, masked": (
        presets.translation_ranking,
        lambda b: hard_sum(b, [(x, y) for x, y in pairs(b) if y == "eng_Latn"], temperature=0.05, masked=b.same_text),
    ),
    "hard": (
        presets.hard,
        lambda b: hard_sum(b, pairs(b), "sum", temperature=0.1, masked=b.same_text),
    ),
    "hard, pooled": (
        lambda: presets.hard(reduction="pooled", mask=None),
        lambda b: hard_sum(b, pairs(b), "pooled", temperature=0.1),
    ),
    "labse": (
        presets.labse,
        lambda b: hard_sum(b, pairs(b), "sum", temperature=0.05, margin=0.3, masked=b.same_text),
    ),
    "en-x": (
        presets.en_x,
        lambda b: hard_sum(b, with_english(b), temperature=0.05, masked=b.same_text),
    ),
    "imascl hard": (
        lambda: presets.imascl("hard"),
        lambda b: hard_sum(b, pairs(b), "sum", temperature=0.1),
    ),
    "soft multi-way, by row": (
        lambda: presets.soft_multiway(order=("deu_Latn",), teacher_temperature=0.07),
        lambda b: soft_sum(b, pairs(b), Labels("priority", 0.07, ("deu_Latn",)), "mean", temperature=0.1),
    ),
    "soft multi-way, by edge": (
        lambda: presets.soft_multiway(per="edge", temperature=0.2),
        lambda b: soft_sum(b, pairs(b), Labels("priority", 0.2, per="edge"), "mean", temperature=0.2),
    ),
    "similarity mse": (
        lambda: presets.similarity_mse(temperature=0.2),
        lambda b: sum(
            (
                value
                for x, y in pairs(b)
                if (value := naive.similarity_edge(b, x, y, Labels("priority", 0.3), temperature=0.2)) is not None
            ),
            torch.zeros((), dtype=torch.float64),
        ),
    ),
}
for letter in "ABCD":
    for masked in (False, True):
        CASES[f"multi-way {letter}{', masked' if masked else ''}"] = (
            lambda letter=letter, masked=masked: (  # type: ignore[misc]
                presets.multiway(letter) if masked else presets.multiway(letter, mask=None, temperature=0.1)
            ),
            lambda b, letter=letter, masked=masked: (  # type: ignore[misc]
                multiway(b, letter, 0.05, b.same_text) if masked else multiway(b, letter, 0.1, naive.never)
            ),
        )
for kind in ("priority", "average"):
    for reading in ("paper", "code"):
        for mono in (False, True):
            CASES[f"imascl {kind}, {reading}{', TMS' if mono else ''}"] = (
                lambda kind=kind, reading=reading, mono=mono: presets.imascl(  # type: ignore[misc]
                    kind, reading=reading, monolingual=mono, order=("deu_Latn", "eng_Latn")
                ),
                lambda b, kind=kind, reading=reading, mono=mono: imascl(  # type: ignore[misc]
                    b, kind, reading, monolingual=mono, order=("deu_Latn", "eng_Latn")
                ),
            )


def multiway(batch: Batch, letter: str, temperature: float, masked: naive.Masked) -> torch.Tensor:
    if letter == "A":
        return hard_sum(batch, pairs(batch), temperature=temperature, masked=masked)
    return naive.over_edges(
        [naive.reading(batch, view, letter, temperature=temperature, masked=masked) for view in batch.views]
    )


def agree(twin: Twin, objective: Objective, expected: torch.Tensor) -> None:
    found = sum(objective(twin.cells).values(), torch.zeros((), dtype=torch.float64))
    torch.testing.assert_close(found, expected, rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(twin.gradient(found), twin.gradient(expected), rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("case", CASES)
def test_equals_naive_loops(case: str, batch: str) -> None:
    twin = random_twin(seed=len(case) + len(batch), **{"rows": 5, **BATCHES[batch]})  # type: ignore[arg-type]
    make, expected = CASES[case]
    agree(twin, make(), expected(twin.batch))


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("own_only", [False, True])
def test_hard_negatives(both: bool, own_only: bool) -> None:
    twin = random_twin(5, views=("source", "target"), negatives=6, texts=8)

    def masked(anchor: naive.Cell, other: naive.Cell) -> bool:
        foreign = own_only and other.row < 0 and other.owner >= 0 and other.owner != anchor.row
        return foreign or twin.batch.same_text(anchor, other)

    edges = [("source", "target"), ("target", "source")] if both else [("source", "target")]
    expected = hard_sum(twin.batch, edges, temperature=0.05, masked=masked)
    agree(twin, presets.hard_negatives(own_only=own_only, both=both), expected)


def test_hard_negatives_without_other_masks() -> None:
    twin = random_twin(6, views=("source", "target"), negatives=6, texts=3)
    expected = hard_sum(twin.batch, [("source", "target")], temperature=0.05)
    agree(twin, presets.hard_negatives(mask=None), expected)


@pytest.mark.parametrize("distance", ["mse", "cosine"])
@pytest.mark.parametrize("order", [(), ("kor_Hang", "deu_Latn")])
def test_distillations(distance: str, order: tuple[str, ...]) -> None:
    twin = random_twin(3, views=4, teacher_width=4, teacher_views=("eng_Latn", "kor_Hang"), negatives=2)
    make = presets.mse_distillation if distance == "mse" else presets.cosine_distillation
    agree(twin, make(order=order), naive.distillation(twin.batch, distance, order=order))


def test_language_order_changes_nothing() -> None:
    there = random_twin(2, views=("eng_Latn", "deu_Latn", "tel_Telu"), texts=6)
    moved = torch.tensor([2, 0, 1])
    back = type(there.cells)(
        vectors=there.cells.vectors,
        row=there.cells.row,
        view=moved[there.cells.view],
        views=("deu_Latn", "tel_Telu", "eng_Latn"),
        text=there.cells.text,
        teacher=there.cells.teacher,
        teacher_known=there.cells.teacher_known,
    )
    order = ("eng_Latn", "deu_Latn", "tel_Telu")
    objectives = [presets.multiway(letter) for letter in ("A", "B", "C", "D")]
    objectives += [presets.soft_multiway(order=order), presets.soft_multiway(order=order, per="edge")]
    for objective in objectives:
        torch.testing.assert_close(objective(there.cells), objective(back))


def test_an_english_teacher_supervises_german_with_korean() -> None:
    twin = random_twin(8, views=3, teacher_views=("eng_Latn",), missing=0.0)
    labels = Labels("priority", 0.1)
    expected = naive.over_edges([naive.soft_edge(twin.batch, "deu_Latn", "kor_Hang", labels, temperature=0.1)])
    from interlingua.objectives import Contrast, one_way

    agree(twin, Contrast(one_way("deu_Latn", "kor_Hang"), labels=Priority(), temperature=0.1), expected)
    by_edge = Contrast(one_way("deu_Latn", "kor_Hang"), labels=Priority(per="edge"), temperature=0.1)
    assert float(by_edge(twin.cells)["contrast"].detach()) == 0.0


@pytest.mark.parametrize(
    "make",
    [
        lambda: presets.multiway("E"),  # type: ignore[arg-type]
        lambda: presets.imascl("median"),  # type: ignore[arg-type]
        lambda: presets.imascl(reading="both"),  # type: ignore[arg-type]
        lambda: presets.hard(reduction="average"),  # type: ignore[arg-type]
        lambda: presets.soft_multiway(per="batch"),  # type: ignore[arg-type]
    ],
)
def test_unknown_choices_are_refused(make: Callable[[], Objective]) -> None:
    with pytest.raises(ObjectiveError, match="choose one of"):
        make()


def test_requirements_are_declared() -> None:
    assert presets.hard().requirements() == {"text"}
    assert presets.imascl().requirements() == {"teacher"}
    assert presets.hard(mask=teacher_above(0.9)).requirements() == {"teacher"}
    assert presets.multiway(mask=None).requirements() == frozenset()
    assert presets.mse_distillation().requirements() == {"teacher", "raw"}
    assert (presets.hard() + 0.5 * presets.similarity_mse()).requirements() == {"teacher", "text"}

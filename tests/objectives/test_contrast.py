"""What must hold of contrast whatever the numbers: floors, identities, invariances, refusals."""

import logging
import math

import pytest
import torch

from interlingua.errors import ObjectiveError
from interlingua.objectives import (
    Average,
    Contrast,
    Edge,
    EncodedCells,
    Priority,
    Tile,
    all_pairs,
    both_ways,
    every_view,
    loops,
    one_way,
    presets,
    same_text,
    star,
)
from objectives import naive
from objectives.batches import VIEWS, random_twin, unit

Columns = dict[str, torch.Tensor]


def value(objective: Contrast, cells: EncodedCells) -> float:
    return float(objective(cells)["contrast"].detach())


def columns(seed: int = 0, rows: int = 6, names: tuple[str, ...] = ("s", "t"), width: int = 5) -> Columns:
    return {name: unit(rows, width, seed=seed * 100 + number) for number, name in enumerate(names)}


def info_nce(anchors: torch.Tensor, candidates: torch.Tensor, temperature: float) -> float:
    logits = anchors @ candidates.T / temperature
    return float(torch.nn.functional.cross_entropy(logits, torch.arange(len(anchors))))


# ---- identities


def test_hard_is_symmetric_info_nce() -> None:
    given = columns()
    both = info_nce(given["s"], given["t"], 0.1) + info_nce(given["t"], given["s"], 0.1)
    cells = EncodedCells.from_columns(given)
    summed = Contrast(both_ways("s", "t"), temperature=0.1, reduction="sum")
    assert value(summed, cells) == pytest.approx(both, rel=1e-12)
    assert value(presets.multiway(temperature=0.1, mask=None), cells) == pytest.approx(both / 2, rel=1e-12)


def test_multiway_is_the_mean_of_42_pair_losses() -> None:
    names = ("eng", "deu", "fra", "rus", "jpn", "kor", "swh")
    given = columns(names=names)
    pairs = [(a, b) for a in names for b in names if a != b]
    alone = [info_nce(given[a], given[b], 0.05) for a, b in pairs]
    assert len(alone) == 42
    assert value(presets.multiway(mask=None), EncodedCells.from_columns(given)) == pytest.approx(sum(alone) / 42)


@pytest.mark.parametrize("names", [("s", "t"), ("s", "t", "u")])
@pytest.mark.parametrize("letter", ["A", "B", "C", "D"])
def test_one_row_costs_nothing_but_the_competition_of_its_translations(letter: str, names: tuple[str, ...]) -> None:
    cells = EncodedCells.from_columns(dict.fromkeys(names, unit(1, 4)))
    floor = math.log(len(names) - 1) if letter == "C" else 0.0
    objective = presets.multiway(letter, mask=None)  # type: ignore[arg-type]
    assert value(objective, cells) == pytest.approx(floor, abs=1e-12)


def test_supcon_out_is_never_below_ln_of_the_other_languages() -> None:
    for languages in (2, 3, 5):
        same = unit(8, 8, seed=1)
        orthogonal = torch.linalg.qr(same)[0]
        cells = EncodedCells.from_columns(dict.fromkeys(VIEWS[:languages], orthogonal))
        reached = value(presets.multiway("C", temperature=0.01, mask=None), cells)
        assert reached == pytest.approx(math.log(languages - 1), abs=1e-9)
        other = EncodedCells.from_columns(columns(names=VIEWS[:languages]))
        assert value(presets.multiway("C", mask=None), other) >= math.log(languages - 1)


@pytest.mark.parametrize("kind", [Priority, Average])
def test_one_row_soft(kind: type[Priority]) -> None:
    given = columns(rows=1)
    assert value(Contrast(all_pairs(), labels=kind()), EncodedCells.from_columns(given, teacher=given)) == 0.0


def test_average_is_priority_where_the_teacher_sees_no_difference() -> None:
    teacher = unit(6, 3, seed=9)
    cells = EncodedCells.from_columns(columns(), teacher={"s": teacher, "t": teacher})
    average, priority = (Contrast(all_pairs(), labels=kind(), temperature=0.1) for kind in (Average, Priority))
    assert value(average, cells) == pytest.approx(value(priority, cells), rel=1e-12)


def test_average_is_not_the_mean_of_two_softmaxes() -> None:
    student, teacher = columns(), columns(3)
    cells = EncodedCells.from_columns(student, teacher=teacher)
    logits = (student["s"] @ student["t"].T / 0.1).log_softmax(dim=1)
    sides = [(teacher[name] @ teacher[name].T / 0.1).softmax(dim=1) for name in ("s", "t")]
    arithmetic = float(-((sides[0] + sides[1]) / 2 * logits).sum(dim=1).mean())
    found = value(Contrast(one_way("s", "t"), labels=Average(), temperature=0.1), cells)
    assert abs(found - arithmetic) > 0.01


def test_student_equal_to_teacher_leaves_the_entropy_of_the_labels() -> None:
    same = unit(7, 4, seed=2)
    cells = EncodedCells.from_columns({"s": same, "t": same}, teacher={"s": same})
    weights = (same @ same.T / 0.1).softmax(dim=1)
    entropy = float(-(weights * weights.log()).sum(dim=1).mean())
    objective = Contrast(one_way("s", "t"), labels=Priority(), temperature=0.1)
    assert value(objective, cells) == pytest.approx(entropy, rel=1e-12)
    assert float(objective.diagnostics["kl"]) == pytest.approx(0.0, abs=1e-12)
    assert float(objective.diagnostics["label_entropy"]) == pytest.approx(entropy, rel=1e-12)
    assert float(objective.diagnostics["label_mass"]) == pytest.approx(float(weights.diag().mean()), rel=1e-12)


def test_the_column_terms_of_paper_and_code_agree_only_for_symmetric_weights() -> None:
    def both(teacher: torch.Tensor) -> tuple[float, float]:
        cells = EncodedCells.from_columns(columns(), teacher={"s": teacher})
        return value(presets.imascl(reading="paper"), cells), value(presets.imascl(reading="code"), cells)  # type: ignore[arg-type]

    paper, code = both(unit(6, 3, seed=4))
    assert abs(paper - code) > 1e-3
    circulant = torch.eye(6, dtype=torch.float64) * 0.8 + 0.1  # every row of W has the same normaliser
    paper, code = both(circulant)
    assert paper == pytest.approx(code, rel=1e-12)


# ---- gradients


@pytest.mark.parametrize("labels", [None, Priority(), Average(per="edge"), Priority(temperature=0.02)])
@pytest.mark.parametrize("graph", [all_pairs(), loops(), star("eng_Latn"), both_ways("deu_Latn", "kor_Hang")])
def test_gradcheck(labels: Priority | None, graph: object) -> None:
    twin = random_twin(3, rows=4)

    def loss(raw: torch.Tensor) -> torch.Tensor:
        vectors = torch.nn.functional.normalize(raw, dim=1)
        cells = EncodedCells(**{**vars(twin.cells), "vectors": vectors})
        return Contrast(graph, labels=labels, temperature=0.2)(cells)["contrast"]  # type: ignore[arg-type]

    assert torch.autograd.gradcheck(loss, (twin.raw,))


@pytest.mark.parametrize("positives", ["each", "average", "any"])
def test_gradcheck_over_several_views(positives: str) -> None:
    twin = random_twin(4, rows=4, texts=5)

    def loss(raw: torch.Tensor) -> torch.Tensor:
        cells = EncodedCells(**{**vars(twin.cells), "vectors": torch.nn.functional.normalize(raw, dim=1)})
        objective = Contrast(every_view(), positives=positives, temperature=0.2, mask=same_text, margin=0.1)  # type: ignore[arg-type]
        return objective(cells)["contrast"]

    assert torch.autograd.gradcheck(loss, (twin.raw,))


def test_a_loop_meets_itself_with_one_and_no_gradient() -> None:
    # not unit vectors: the diagonal is one all the same, and moving a vector along itself changes only other cells
    vectors = (unit(1, 4) * 3).requires_grad_()
    cells = EncodedCells.from_columns({"s": vectors}, teacher={"s": unit(1, 4)})
    for labels in (None, Priority()):
        loss = Contrast(loops(), labels=labels)(cells)["contrast"]
        loss.backward(retain_graph=True)
        assert float(loss.detach()) == 0.0
        assert vectors.grad is not None
        assert not vectors.grad.any()


@pytest.mark.parametrize("tile", [1, 3, 1024])
def test_loops_equal_naive_loops_with_a_constant_diagonal(tile: int) -> None:
    twin = random_twin(7, rows=7)
    expected = naive.over_edges([naive.hard_edge(twin.batch, v, v, temperature=0.1) for v in twin.batch.views])
    found = Contrast(loops(), temperature=0.1, tile=tile)(twin.cells)["contrast"]
    torch.testing.assert_close(found, expected)
    torch.testing.assert_close(twin.gradient(found), twin.gradient(expected))


# ---- invariances


@pytest.mark.parametrize("labels", [None, Priority(), Average()])
def test_the_order_of_cells_is_nothing(labels: Priority | None) -> None:
    twin = random_twin(5, rows=8)
    order = torch.randperm(len(twin.cells.row), generator=torch.Generator().manual_seed(1))
    moved = EncodedCells(
        **{name: v[order] if isinstance(v, torch.Tensor) else v for name, v in vars(twin.cells).items()}
    )
    objective = Contrast(all_pairs(), labels=labels, temperature=0.1)
    here, there = objective(twin.cells)["contrast"], objective(moved)["contrast"]
    torch.testing.assert_close(here, there, rtol=1e-12, atol=0)
    torch.testing.assert_close(twin.gradient(here), twin.gradient(there), rtol=1e-9, atol=1e-12)


def test_the_numbers_of_the_rows_are_nothing() -> None:
    twin = random_twin(5)
    row = twin.cells.row * 1_000_003 + 17
    moved = EncodedCells(**{**vars(twin.cells), "row": row})
    assert value(Contrast(all_pairs()), twin.cells) == value(Contrast(all_pairs()), moved)


def test_rows_without_a_translation_do_not_shift_the_mean() -> None:
    given = columns(rows=5, names=("s", "t", "u"))
    full = EncodedCells.from_columns({name: given[name] for name in ("s", "t")})
    nobody = torch.zeros(5, dtype=torch.bool)
    lacking = EncodedCells.from_columns(given, present={"u": nobody})
    for letter in "ABCD":
        objective = presets.multiway(letter, mask=None)  # type: ignore[arg-type]
        assert value(objective, lacking) == pytest.approx(value(objective, full), rel=1e-12)


def test_an_edge_without_anchors_counts_for_nothing() -> None:
    given = columns(rows=4, names=("s", "t", "u"))
    first, second = torch.tensor([True, True, False, False]), torch.tensor([False, False, True, True])
    cells = EncodedCells.from_columns(given, present={"t": first, "u": second})  # no row has both t and u
    names = [("s", "t"), ("t", "s"), ("s", "u"), ("u", "s")]
    edges = [value(Contrast(one_way(a, b), mask=None), cells) for a, b in names]
    assert value(Contrast(all_pairs()), cells) == pytest.approx(sum(edges) / 4, rel=1e-12)
    assert value(Contrast(one_way("t", "u")), cells) == 0.0


def test_pooled_weighs_anchors_not_edges() -> None:
    present = torch.tensor([True, True, False, False, False, False])
    cells = EncodedCells.from_columns(columns(names=("s", "t", "u")), present={"u": present})
    edges = {(a, b): value(Contrast(one_way(a, b)), cells) for a in "stu" for b in "stu" if a != b}
    counts = {pair: 2 if "u" in pair else 6 for pair in edges}
    expected = sum(edges[pair] * counts[pair] for pair in edges) / sum(counts.values())
    assert value(Contrast(all_pairs(), reduction="pooled"), cells) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("soft", [False, True])
def test_a_negative_is_a_candidate_and_never_an_anchor(soft: bool) -> None:
    given, extra = columns(), unit(4, 5, seed=77)
    labels = Priority() if soft else None
    cells = EncodedCells.from_columns(given, teacher=given, negatives={"t": extra, "s": extra})
    found = value(Contrast(one_way("s", "t"), labels=labels, temperature=0.1), cells)
    logits = (given["s"] @ torch.cat([given["t"], extra]).T / 0.1).log_softmax(dim=1)
    weights = (given["s"] @ given["s"].T / 0.1).softmax(dim=1) if soft else torch.eye(6, dtype=torch.float64)
    assert found == pytest.approx(float(-(weights * logits[:, :6]).sum(dim=1).mean()), rel=1e-9)


def test_an_empty_batch_costs_nothing_and_has_a_gradient() -> None:
    vectors = torch.zeros(0, 4, requires_grad=True)
    nothing = torch.zeros(0, dtype=torch.long)
    cells = EncodedCells(vectors=vectors, row=nothing, view=nothing, views=("s", "t"), teacher=torch.zeros(0, 3))
    for labels in (None, Priority(), Average()):
        loss = Contrast(all_pairs(), labels=labels)(cells)["contrast"]
        loss.backward()
        assert float(loss.detach()) == 0.0
    for letter in "BCD":
        assert float(presets.multiway(letter, mask=None)(cells)["contrast"].detach()) == 0.0  # type: ignore[arg-type]


# ---- margins, repeated texts, temperature


def test_no_margin_is_the_baseline_and_more_margin_costs_more() -> None:
    cells = EncodedCells.from_columns(columns())
    plain = value(Contrast(all_pairs(), temperature=0.1), cells)
    losses = [value(Contrast(all_pairs(), temperature=0.1, margin=m), cells) for m in (0.0, 0.1, 0.2, 0.3)]
    assert losses[0] == plain
    assert losses == sorted(losses)
    assert losses[0] < losses[1] < losses[3]


@pytest.mark.parametrize("rows", [6, 150])  # more true pairs than are asked about at once
@pytest.mark.parametrize("graph", [all_pairs(), every_view()])
def test_a_margin_function_that_gives_the_true_pairs_a_constant(rows: int, graph: object) -> None:
    def margin(tile: Tile) -> torch.Tensor:
        return torch.where(tile.same_row, 0.3, 0.0).double()

    cells = EncodedCells.from_columns(columns(rows=rows, names=("s", "t", "u")))
    number = Contrast(graph, temperature=0.1, margin=0.3)  # type: ignore[arg-type]
    function = Contrast(graph, temperature=0.1, margin=margin)  # type: ignore[arg-type]
    assert value(function, cells) == pytest.approx(value(number, cells), rel=1e-7)


def test_a_margin_function_of_other_precision_than_the_vectors() -> None:
    single = EncodedCells.from_columns({name: block.float() for name, block in columns().items()})
    function = Contrast(all_pairs(), margin=lambda tile: torch.where(tile.same_row, 0.1, 0.0).double())
    assert value(function, single) == pytest.approx(value(Contrast(all_pairs(), margin=0.1), single), rel=1e-5)


def test_repeated_texts_put_a_floor_that_masking_takes_away() -> None:
    rows = 6
    target = torch.linalg.qr(unit(rows, rows, seed=3))[0]
    source = target.clone()
    target[1] = target[0]  # two rows with one target text
    source[1] = source[0]
    text = torch.arange(2 * rows)
    text[rows + 1] = text[rows]
    given = EncodedCells.from_columns({"s": source, "t": target})
    cells = EncodedCells(**{**vars(given), "text": text})
    for seed in range(5):
        other = EncodedCells(**{**vars(cells), "vectors": torch.cat([unit(rows, rows, seed=seed), target])})
        assert value(Contrast(one_way("s", "t"), temperature=0.05), other) >= 2 * math.log(2) / rows
    floored = value(Contrast(one_way("s", "t"), temperature=0.05), cells)
    assert floored == pytest.approx(2 * math.log(2) / rows, abs=1e-6)
    assert value(Contrast(one_way("s", "t"), temperature=0.05, mask=same_text), cells) < 1e-6
    assert value(Contrast(one_way("t", "s"), temperature=0.05, mask=same_text), cells) < 1e-6


def test_soft_labels_share_a_repeated_text_evenly() -> None:
    teacher = unit(4, 3, seed=1)
    teacher[1] = teacher[0]
    given = columns(rows=4)
    given["t"][1] = given["t"][0]
    given["s"][1] = given["s"][0]
    objective = Contrast(one_way("s", "t"), labels=Priority(), temperature=0.1)
    first = EncodedCells.from_columns(given, teacher={"s": teacher})
    swap = torch.tensor([1, 0, 2, 3])
    second = EncodedCells.from_columns({n: b[swap] for n, b in given.items()}, teacher={"s": teacher[swap]})
    assert math.isfinite(value(objective, first))
    assert value(objective, first) == pytest.approx(value(objective, second), rel=1e-12)


def test_aligned_orthonormal_rows_cost_little_at_the_usual_temperature() -> None:
    rows = torch.linalg.qr(unit(32, 32, seed=6))[0]
    cells = EncodedCells.from_columns({"s": rows, "t": rows})
    assert value(Contrast(all_pairs(), temperature=0.05), cells) < 0.05
    assert value(Contrast(all_pairs(), temperature=1.0), cells) > 2.4  # without a temperature nothing can be learned


# ---- diagnostics


def test_a_teacher_that_finds_everything_similar_is_reported_once(caplog: pytest.LogCaptureFixture) -> None:
    same = torch.ones(40, 3, dtype=torch.float64) / 3**0.5
    cells = EncodedCells.from_columns(columns(rows=40), teacher={"s": same})
    objective = Contrast(all_pairs(), labels=Priority(), temperature=0.1)
    with caplog.at_level(logging.WARNING):
        objective(cells)
        objective(cells)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "2.5 %" in caplog.text
    assert "Lower the teacher's temperature (now 0.1)" in caplog.text
    assert float(objective.diagnostics["label_mass"]) == pytest.approx(1 / 40)


@pytest.mark.parametrize("per", ["row", "edge"])
def test_label_mass_of_every_edge(per: str) -> None:
    twin = random_twin(9, rows=5)
    objective = Contrast(all_pairs(), labels=Priority(per=per, temperature=0.3))  # type: ignore[arg-type]
    objective(twin.cells)
    labels = naive.Labels("priority", 0.3, per=per)
    masses = []
    for a, b in [(a, b) for a in twin.batch.views for b in twin.batch.views if a != b]:
        for anchor in twin.batch.of_view(a):
            if (true := twin.batch.partner(anchor, b)) is not None:
                masses.append(naive.weights_row(twin.batch, a, b, anchor, labels, naive.never)[id(true)])
    assert float(objective.diagnostics["label_mass"]) == pytest.approx(float(naive.mean(masses)), rel=1e-9)


def test_diagnostics_are_of_the_last_batch() -> None:
    given = columns()
    objective = Contrast(all_pairs(), labels=Priority())
    objective(EncodedCells.from_columns(given, teacher=given))
    assert objective.diagnostics
    nobody = torch.zeros(6, dtype=torch.bool)
    objective(EncodedCells.from_columns(given, teacher=given, present={"t": nobody}))
    assert not objective.diagnostics


# ---- refusals


def test_settings_without_meaning_are_refused() -> None:
    with pytest.raises(ObjectiveError, match="temperature is 0; it must be greater than 0"):
        Contrast(all_pairs(), temperature=0)
    with pytest.raises(ObjectiveError, match="teacher's temperature is -1"):
        Priority(temperature=-1)
    with pytest.raises(ObjectiveError, match="tile is 0"):
        Contrast(all_pairs(), tile=0)
    with pytest.raises(ObjectiveError, match="hard labels only"):
        Contrast(every_view(), labels=Priority(), positives="each")


@pytest.mark.parametrize("margin", [0.2, lambda tile: 0.2 * tile.same_row])
def test_a_margin_on_a_loop_is_refused(margin: float) -> None:
    with pytest.raises(ObjectiveError, match="margin on a loop"):
        Contrast(loops(), margin=margin)(EncodedCells.from_columns(columns()))


@pytest.mark.parametrize(
    ("graph", "message"),
    [
        (one_way("s", "x"), "speaks of x, but the batch has the views s, t"),
        (star("eng_Latn"), "add the language to the corpus selection"),
        (lambda views: [Edge("s", ("x",))], "speaks of x"),
        (lambda views: [Edge("s", ("t",)), Edge("s", ("t",))], "edge s to t twice"),
        (lambda views: [Edge("s", ("t",)), Edge("s", ("s", "t"))], "add two Contrasts"),
        (lambda views: [], "two views are needed"),
    ],
)
def test_graphs_that_do_not_fit_the_batch(graph: object, message: str) -> None:
    with pytest.raises(ObjectiveError, match=message):
        Contrast(graph)(EncodedCells.from_columns(columns()))  # type: ignore[arg-type]


@pytest.mark.parametrize("graph", [all_pairs(), every_view(), star("s")])
def test_one_view_is_not_enough(graph: object) -> None:
    with pytest.raises(ObjectiveError, match="two views are needed"):
        Contrast(graph)(EncodedCells.from_columns({"s": unit(3, 4)}))  # type: ignore[arg-type]


def test_soft_labels_over_several_views_are_refused() -> None:
    given = columns()
    with pytest.raises(ObjectiveError, match="use all_pairs"):
        Contrast(every_view(), labels=Priority())(EncodedCells.from_columns(given, teacher=given))


def test_a_missing_teacher_is_named() -> None:
    with pytest.raises(ObjectiveError, match="name a teacher in the recipe, or choose hard labels"):
        Contrast(all_pairs(), labels=Priority())(EncodedCells.from_columns(columns()))


def test_two_cells_of_one_row_in_one_view_are_refused() -> None:
    row = torch.tensor([0, 1, 1, 0, 1])
    cells = EncodedCells(vectors=unit(5, 3), row=row, view=torch.tensor([0, 0, 0, 1, 1]), views=("s", "t"))
    with pytest.raises(ObjectiveError, match="give each view its own name"):
        Contrast(all_pairs())(cells)

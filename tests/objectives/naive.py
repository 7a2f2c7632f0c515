"""The objectives once more, as loops over single cells in float64, written from the formulas and not from the code.

Everything is a torch scalar, so that gradients of these loops can be compared too.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch


@dataclass(frozen=True, eq=False)
class Cell:
    vector: torch.Tensor
    row: int
    view: str
    text: int = 0
    teacher: torch.Tensor | None = None
    owner: int = -1
    raw: torch.Tensor | None = None


Masked = Callable[[Cell, Cell], bool]


def never(anchor: Cell, candidate: Cell) -> bool:
    return False


@dataclass(frozen=True)
class Batch:
    cells: list[Cell]
    views: tuple[str, ...]

    def of_view(self, view: str) -> list[Cell]:
        return [cell for cell in self.cells if cell.view == view]

    def partner(self, cell: Cell, view: str) -> Cell | None:
        if cell.row < 0:
            return None
        return next((other for other in self.of_view(view) if other.row == cell.row), None)

    def same_text(self, anchor: Cell, candidate: Cell) -> bool:
        target, source = self.partner(anchor, candidate.view), self.partner(candidate, anchor.view)
        return (target is not None and target.text == candidate.text) or (
            source is not None and source.text == anchor.text
        )

    def label_vector(self, cell: Cell, ranked: Sequence[str]) -> torch.Tensor | None:
        if cell.row < 0:
            return cell.teacher
        for view in ranked:
            partner = self.partner(cell, view)
            if partner is not None and partner.teacher is not None:
                return partner.teacher
        return None


@dataclass(frozen=True)
class Labels:
    """Priority or average, of a row or of an edge."""

    kind: str
    temperature: float
    order: tuple[str, ...] = ()
    per: str = "row"

    def ranked(self, batch: Batch, a: str, b: str) -> list[str]:
        named = [view for view in self.order if view in batch.views]
        every = named + [view for view in batch.views if view not in named]
        return [view for view in every if self.per == "row" or view in (a, b)]

    def logit(self, batch: Batch, a: str, b: str, one: Cell, other: Cell) -> torch.Tensor | None:
        ranked = self.ranked(batch, a, b)
        best = batch.label_vector(one, ranked), batch.label_vector(other, ranked)
        if best[0] is None or best[1] is None:
            return None
        if self.kind == "priority":
            return torch.dot(best[0], best[1]) / self.temperature
        total = torch.zeros((), dtype=torch.float64)
        for view in ranked:
            pair = []
            for cell, stand_in in zip((one, other), best, strict=True):
                partner = batch.partner(cell, view)
                pair.append(stand_in if partner is None or partner.teacher is None else partner.teacher)
            total = total + torch.dot(pair[0], pair[1])
        return total / len(ranked) / self.temperature


def logit(anchor: Cell, candidate: Cell, temperature: float, margin: float) -> torch.Tensor:
    if anchor is candidate:
        return torch.tensor(1.0 / temperature, dtype=torch.float64)
    same = anchor.row == candidate.row and anchor.row >= 0
    return (torch.dot(anchor.vector, candidate.vector) - (margin if same else 0.0)) / temperature


def lse(values: list[torch.Tensor]) -> torch.Tensor:
    """log of a sum of exponentials, the largest taken out first."""
    top = max(float(value.detach()) for value in values)
    return top + torch.log(sum((torch.exp(value - top) for value in values), torch.zeros((), dtype=torch.float64)))


def hard_edge(
    batch: Batch, a: str, b: str, *, temperature: float, margin: float = 0.0, masked: Masked = never
) -> list[torch.Tensor]:
    """-log softmax of the true pair, for every anchor of a that has a cell in b."""
    losses = []
    for anchor in batch.of_view(a):
        true = batch.partner(anchor, b)
        if true is None:
            continue
        kept = [other for other in batch.of_view(b) if other is true or not masked(anchor, other)]
        logits = [logit(anchor, other, temperature, margin) for other in kept]
        losses.append(lse(logits) - logit(anchor, true, temperature, margin))
    return losses


def weights_row(batch: Batch, a: str, b: str, anchor: Cell, labels: Labels, masked: Masked) -> dict[int, torch.Tensor]:
    """Softmax over the cells of b of the teacher's similarity with the anchor; by id of the candidate."""
    found = {}
    for other in batch.of_view(b):
        true = other.row == anchor.row and other.row >= 0
        value = labels.logit(batch, a, b, anchor, other)
        if value is not None and (true or not masked(anchor, other)):
            found[id(other)] = value
    if not found:
        return {}
    total = lse(list(found.values()))
    return {key: torch.exp(value - total) for key, value in found.items()}


def soft_edge(
    batch: Batch,
    a: str,
    b: str,
    labels: Labels,
    *,
    temperature: float,
    by_candidate: bool = False,
    margin: float = 0.0,
    masked: Masked = never,
) -> list[torch.Tensor]:
    """-sum_j W_ij log softmax_j, with the row's own weights or those that each candidate gives out over the anchors."""
    losses = []
    given_by = {id(o): weights_row(batch, b, a, o, labels, masked) for o in batch.of_view(b)} if by_candidate else {}
    for anchor in batch.of_view(a):
        if batch.partner(anchor, b) is None or labels.logit(batch, a, b, anchor, anchor) is None:
            continue
        kept = [o for o in batch.of_view(b) if o.row == anchor.row or not masked(anchor, o)]
        total = lse([logit(anchor, other, temperature, margin) for other in kept])
        own = {} if by_candidate else weights_row(batch, a, b, anchor, labels, masked)
        loss = torch.zeros((), dtype=torch.float64)
        for other in kept:
            weight = given_by[id(other)].get(id(anchor)) if by_candidate else own.get(id(other))
            if weight is not None:
                loss = loss - weight * (logit(anchor, other, temperature, margin) - total)
        losses.append(loss)
    return losses


def reading(
    batch: Batch, view: str, letter: str, *, temperature: float, margin: float = 0.0, masked: Masked = never
) -> list[torch.Tensor]:
    """Losses of the anchors of one view against the cells of all views: readings B, C and D."""
    losses = []
    for anchor in batch.of_view(view):
        true = [batch.partner(anchor, other) for other in batch.views if other != view]
        positives = [cell for cell in true if cell is not None]
        if not positives:
            continue
        wrong = [
            cell
            for cell in batch.cells
            if not (cell.row == anchor.row and cell.row >= 0) and cell is not anchor and not masked(anchor, cell)
        ]

        def of(cells: list[Cell], anchor: Cell = anchor) -> list[torch.Tensor]:
            return [logit(anchor, cell, temperature, margin) for cell in cells]

        if letter == "B":
            each = [lse(of([*wrong, cell])) - of([cell])[0] for cell in positives]
            losses.append(mean(each))
        elif letter == "C":
            everything = lse(of(wrong + positives))
            losses.append(mean([everything - value for value in of(positives)]))
        else:
            losses.append(lse(of(wrong + positives)) - lse(of(positives)))
    return losses


def mean(values: list[torch.Tensor]) -> torch.Tensor:
    return sum(values, torch.zeros((), dtype=torch.float64)) / len(values)


def over_edges(edges: list[list[torch.Tensor]], reduction: str = "mean") -> torch.Tensor:
    """Join the losses of the anchors of several edges; edges without anchors do not count."""
    edges = [losses for losses in edges if losses]
    if not edges:
        return torch.zeros((), dtype=torch.float64)
    if reduction == "pooled":
        return mean([loss for losses in edges for loss in losses])
    total = sum((mean(losses) for losses in edges), torch.zeros((), dtype=torch.float64))
    return total / len(edges) if reduction == "mean" else total


def similarity_edge(batch: Batch, a: str, b: str, labels: Labels, *, temperature: float) -> torch.Tensor | None:
    """Mean over anchors and candidates of ((cos - teacher's cos) / temperature)^2."""
    squares = []
    for anchor in batch.of_view(a):
        if batch.partner(anchor, b) is None:
            continue
        for other in batch.of_view(b):
            value = labels.logit(batch, a, b, anchor, other)
            if value is not None:
                wanted = value * labels.temperature
                squares.append(((torch.dot(anchor.vector, other.vector) - wanted) / temperature) ** 2)
    return mean(squares) if squares else None


def distillation(
    batch: Batch, distance: str, *, order: Sequence[str] = (), reduction: str = "sum", raw: bool = False
) -> torch.Tensor:
    """Distance of every cell to the teacher's vector of its row's first language."""
    ranked = [*order, *(view for view in batch.views if view not in order)]
    by_view: dict[str, list[torch.Tensor]] = {view: [] for view in batch.views}
    for cell in batch.cells:
        wanted = batch.label_vector(cell, ranked)
        if cell.row < 0 or wanted is None:
            continue
        vector = cell.raw if raw and cell.raw is not None else cell.vector
        if distance == "cosine":
            value = 1 - torch.dot(vector, wanted) / (vector.norm() * wanted.norm())
        else:
            value = sum((x - y) ** 2 for x, y in zip(vector, wanted, strict=True))
        by_view[cell.view].append(torch.as_tensor(value))
    filled = [losses for losses in by_view.values() if losses]
    if distance == "cosine":
        return over_edges(filled, "pooled")
    width = len(next(cell.vector for cell in batch.cells))
    return over_edges(filled, "sum") if reduction == "sum" else over_edges(filled, "pooled") / width

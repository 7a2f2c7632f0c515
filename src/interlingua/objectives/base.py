"""What an objective is given, what it returns, and how objectives add."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from interlingua.errors import ObjectiveError
from interlingua.objectives.tokens import Decoder, Head, LinkedWords, Predictions, TokenStates

__all__ = ["EncodedCells", "Objective", "Sum", "one_of"]


@dataclass(frozen=True, kw_only=True)
class EncodedCells:
    """A batch after encoding: M cells of D dimensions, in any order.

    Args:
        vectors: Unit vectors, shape ``(M, D)``.
        row: The row each cell belongs to, shape ``(M,)``; cells of one row mean the same. Numbers are unique over all
            processes. ``-1`` is a candidate without a row (a mined negative): never an anchor, never a positive.
        view: The view each cell belongs to, shape ``(M,)``, a position in ``views``. A row has at most one cell a view.
        views: Names of the views, the same in every process; by default one view a language.
        text: Hash of each cell's text, shape ``(M,)``; what `same_text` masks by.
        teacher: Unit vectors of a frozen teacher, shape ``(M, T)``.
        teacher_known: Which cells have a teacher vector, shape ``(M,)``; all of them if None.
        owner: For a mined negative the row that it was mined for, else -1; shape ``(M,)``.
        raw: The vectors before normalisation, shape ``(M, D)``, for objectives that compare lengths too.
        tokens: States of the tokens of these cells; other processes' are not gathered, as with all that follows.
        words: Words of pairs of cells, and which of them are linked.
        predictions: What is to be predicted, by `Predictor.key`.
        head: States to logits over the vocabulary.
        decoder: Source states to states at the places of a target text.
    """

    vectors: Tensor
    row: Tensor
    view: Tensor
    views: tuple[str, ...]
    text: Tensor | None = None
    teacher: Tensor | None = None
    teacher_known: Tensor | None = None
    owner: Tensor | None = None
    raw: Tensor | None = None
    tokens: TokenStates | None = None
    words: LinkedWords | None = None
    predictions: Mapping[str, Predictions] | None = None
    head: Head | None = None
    decoder: Decoder | None = None

    def __post_init__(self) -> None:
        cells = len(self.vectors)
        for name in ("row", "view", "text", "teacher", "teacher_known", "owner", "raw"):
            value = getattr(self, name)
            if value is not None and len(value) != cells:
                raise ObjectiveError(f"{name} speaks of {len(value)} cells, vectors of {cells}; give one entry a cell")

    @classmethod
    def from_columns(
        cls,
        vectors: Mapping[str, Tensor],
        *,
        teacher: Mapping[str, Tensor] | None = None,
        present: Mapping[str, Tensor] | None = None,
        negatives: Mapping[str, Tensor] | None = None,
        text: Mapping[str, Tensor] | None = None,
    ) -> "EncodedCells":
        """Make a batch from one matrix a view, row i of every matrix meaning the same.

        Args:
            vectors: Unit vectors by view, each of shape ``(N, D)``.
            teacher: Teacher vectors by view, each of shape ``(N, T)``; views may be missing.
            present: By view, which of the N cells exist, shape ``(N,)``; all of them where a view is not named.
            negatives: Extra candidates by view, shape ``(K, D)``: cells without a row; with ``K = N * m``, candidates
                ``i * m .. i * m + m - 1`` were mined for row i.
            text: Text hashes by view, each of shape ``(N,)``, for all views or none; negatives count as new texts.

        Raises:
            ObjectiveError: If views differ in length, or something is given for a view that has no vectors.

        Example:
            >>> cells = EncodedCells.from_columns({"eng_Latn": torch.eye(3), "deu_Latn": torch.eye(3)})
            >>> len(cells.vectors), cells.views
            (6, ('eng_Latn', 'deu_Latn'))
        """
        names = tuple(vectors)
        _check_columns(vectors, teacher=teacher, present=present, negatives=negatives, text=text)
        first = vectors[names[0]]
        rows = torch.arange(len(first), device=first.device)
        width = next(iter(teacher.values())).shape[1] if teacher else 0
        fields = ("vectors", "row", "view", "owner", "text", "teacher", "known")
        parts: dict[str, list[Tensor]] = {key: [] for key in fields}

        def add(block: Tensor, row: Tensor, view: int, owner: Tensor, hashes: Tensor, label: Tensor | None) -> None:
            parts["vectors"].append(block)
            parts["row"].append(row)
            parts["view"].append(torch.full_like(row, view))
            parts["owner"].append(owner)
            parts["text"].append(hashes)
            parts["teacher"].append(block.new_zeros(len(block), width) if label is None else label)
            parts["known"].append(torch.full_like(row, label is not None, dtype=torch.bool))

        for number, name in enumerate(names):
            keep = torch.ones_like(rows, dtype=torch.bool) if not present or name not in present else present[name]
            label = teacher[name][keep] if teacher and name in teacher else None
            hashes = text[name][keep] if text else rows[keep]
            add(vectors[name][keep], rows[keep], number, torch.full_like(rows[keep], -1), hashes, label)
            if negatives and name in negatives:
                extra = negatives[name]
                nowhere = torch.full((len(extra),), -1, device=first.device)
                new = -2 - torch.arange(len(extra), device=first.device)
                add(extra, nowhere, number, _owners(len(extra), len(first), rows), new, None)
        made = {key: torch.cat(blocks) for key, blocks in parts.items()}
        return cls(
            vectors=made["vectors"],
            row=made["row"],
            view=made["view"],
            views=names,
            owner=made["owner"],
            text=made["text"] if text else None,
            teacher=made["teacher"] if teacher else None,
            teacher_known=made["known"] if teacher else None,
        )


def _check_columns(vectors: Mapping[str, Tensor], **given: Mapping[str, Tensor] | None) -> None:
    if not vectors:
        raise ObjectiveError("the batch has no view; give the vectors of at least one")
    widths = {name: tuple(block.shape[1:]) for name, block in vectors.items()}
    if len(set(widths.values())) > 1 or len(next(iter(widths.values()))) != 1:
        told = ", ".join(f"{name} {tuple(block.shape)}" for name, block in vectors.items())
        raise ObjectiveError(f"every view needs one vector of the same dimension a row, not {told}")
    lengths = {name: len(block) for name, block in vectors.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise ObjectiveError(f"the views differ in cells ({told}); give one a row, and say in `present` which exist")
    for what, blocks in given.items():
        if what == "text" and blocks and (missing := sorted(set(vectors) - set(blocks))):
            raise ObjectiveError(f"text says nothing of {', '.join(missing)}; give the hashes of all views, or of none")
        if unknown := sorted(set(blocks or ()) - set(vectors)):
            raise ObjectiveError(
                f"{what} speaks of {', '.join(unknown)}, but the views of the batch are {', '.join(vectors)}"
            )
        for name, block in (blocks or {}).items():
            if what != "negatives" and len(block) != lengths[name]:
                raise ObjectiveError(f"{what} has {len(block)} entries for {name}, which has {lengths[name]} rows")
            if what == "present" and block.dtype != torch.bool:
                raise ObjectiveError(f"present for {name} is {block.dtype}; it must be true or false for every row")


def _owners(extra: int, rows: int, like: Tensor) -> Tensor:
    numbers = torch.arange(extra, device=like.device)
    return numbers // (extra // rows) if rows and extra % rows == 0 and extra >= rows else torch.full_like(numbers, -1)


def one_of(setting: str, value: str, choices: Collection[str]) -> None:
    """Refuse a setting that is none of its choices.

    Example:
        >>> one_of("reduction", "average", ("mean", "sum"))
        Traceback (most recent call last):
        interlingua.errors.ObjectiveError: reduction is 'average'; choose one of: mean, sum
    """
    if value not in choices:
        raise ObjectiveError(f"{setting} is {value!r}; choose one of: {', '.join(choices)}")


class Objective(nn.Module, ABC):
    """Something to make small, as a function of an encoded batch. Knows no model, tokenizer or data set.

    Objectives add and scale: ``Contrast(...) + 0.1 * VectorDistillation()`` is one too.

    Attributes:
        needs: What the batch must carry besides vectors: any of ``teacher``, ``raw``, ``text``, ``tokens``, ``words``,
            ``predictions``, ``head``, ``decoder``.
        uses_vectors: Whether sentence vectors are looked at; where no part of a sum does, none are made.
        diagnostics: Numbers of the last batch that are worth a log line but are not part of the loss.
    """

    needs: ClassVar[frozenset[str]] = frozenset()
    uses_vectors: bool = True

    def __init__(self) -> None:
        super().__init__()
        self.diagnostics: dict[str, Tensor] = {}

    @abstractmethod
    def forward(self, cells: EncodedCells) -> dict[str, Tensor]:
        """Return named scalars; training makes their sum small and logs each by its name."""

    def requirements(self) -> frozenset[str]:
        """Return what the batch must carry besides vectors."""
        return self.needs

    def __add__(self, other: "Objective") -> "Sum":
        return Sum([(1.0, self), (1.0, other)])

    def __radd__(self, nothing: int) -> "Objective":
        """Let ``sum([a, b])`` begin with 0."""
        return self if nothing == 0 else NotImplemented

    def __mul__(self, weight: float) -> "Sum":
        return Sum([(weight, self)])

    __rmul__ = __mul__


class Sum(Objective):
    """A weighted sum of objectives; the weights act inside, and every part keeps its own name.

    Args:
        parts: Weights and objectives. Parts that are sums themselves are taken apart. Of two parts with one name the
            second is called ``name_2``, and so on.

    Example:
        >>> from interlingua.objectives import Contrast, all_pairs
        >>> total = Contrast(all_pairs()) + 0.5 * Contrast(all_pairs(), temperature=1.0)
        >>> same = {"eng_Latn": torch.eye(4), "deu_Latn": torch.eye(4)}
        >>> sorted(total(EncodedCells.from_columns(same)))
        ['contrast', 'contrast_2']
    """

    def __init__(self, parts: list[tuple[float, Objective]]) -> None:
        super().__init__()
        flat: list[tuple[float, Objective]] = []
        for weight, part in parts:
            if isinstance(part, Sum):
                flat += [(weight * inner, sub) for inner, sub in zip(part.weights, part.members, strict=True)]
            else:
                flat.append((weight, part))
        self.weights: list[float] = [weight for weight, _ in flat]
        self.parts = nn.ModuleList(part for _, part in flat)
        self.uses_vectors = any(part.uses_vectors for part in self.members)

    @property
    def members(self) -> list[Objective]:
        """The objectives of the sum, without their weights."""
        return [part for part in self.parts if isinstance(part, Objective)]

    def requirements(self) -> frozenset[str]:
        """Return what any of the parts requires."""
        return frozenset().union(*(part.requirements() for part in self.members))

    def forward(self, cells: EncodedCells) -> dict[str, Tensor]:
        """Return the weighted terms of all parts."""
        terms: dict[str, Tensor] = {}
        self.diagnostics = {}
        for weight, part in zip(self.weights, self.members, strict=True):
            terms |= {_unused(name, terms): weight * value for name, value in part(cells).items()}
            self.diagnostics |= {_unused(name, self.diagnostics): value for name, value in part.diagnostics.items()}
        return terms


def _unused(name: str, taken: Mapping[str, Tensor]) -> str:
    if name not in taken:
        return name
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"

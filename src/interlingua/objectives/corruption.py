"""TOKENS -> WHAT IS HIDDEN: texts with tokens masked, and which tokens are to be predicted there. NumPy only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["BatchTokens", "Corrupted", "PairLinks", "Vocabulary"]

Ids: TypeAlias = NDArray[np.int32]


@dataclass(frozen=True)
class Vocabulary:
    """What an objective must know of a tokenizer.

    Args:
        size: How many tokens there are.
        mask: The token that hides others.
        special: Tokens that are never hidden and never drawn (``<s>``, ``</s>``, padding, the mask).
    """

    size: int
    mask: int
    special: frozenset[int]


@dataclass(frozen=True, eq=False)
class PairLinks:
    """The links of one pair of cells of a batch.

    Args:
        source, target: The cells.
        source_words, target_words: First and last (exclusive) token of every word; shapes ``(m, 2)`` and ``(n, 2)``.
        links: Linked words, shape ``(k, 2)``.
    """

    source: int
    target: int
    source_words: Ids
    target_words: Ids
    links: Ids


@dataclass(frozen=True, eq=False)
class BatchTokens:
    """The tokens of a batch's M cells, before anything is encoded.

    Args:
        ids: Token ids of every cell.
        row: Row number of every cell, shape ``(M,)``.
        view: View of every cell, shape ``(M,)``.
        views: Names of the views.
        pairs: Pairs of cells that may be linked; those without links too.
        vocabulary: Of the tokenizer.
        seed: Of what is drawn: the same for one row in one batch, however many processes share the batch.
    """

    ids: Sequence[Ids]
    row: NDArray[np.int64]
    view: NDArray[np.int64]
    views: tuple[str, ...]
    vocabulary: Vocabulary
    pairs: Sequence[PairLinks] = ()
    seed: tuple[int, ...] = (0,)

    def random(self, cell: int, salt: int) -> np.random.Generator:
        """Return the source of chance for one cell and one purpose."""
        return np.random.default_rng((*self.seed, int(self.row[cell]), int(self.view[cell]), salt))

    def translations(self, center: str | None) -> Iterator[tuple[int, int]]:
        """Yield pairs of cells of one row: every other cell with that of the centre's view.

        Without a centre, or where it is no view of this batch, the last view of the batch takes its place.
        """
        middle = self.views.index(center) if center in self.views else len(self.views) - 1
        home = {int(self.row[cell]): cell for cell in np.flatnonzero(self.view == middle).tolist()}
        for cell in np.flatnonzero(self.view != middle).tolist():
            if int(self.row[cell]) in home:
                yield cell, home[int(self.row[cell])]


@dataclass(eq=False)
class Corrupted:
    """Texts with tokens hidden, and P predictions to be made in them.

    Args:
        ids: Token ids of the texts.
        cell: The cell that each text, or the first half of it, is made of.
        restart: Where a text's positions begin anew, one entry a text; None where they do not.
        text, position, label, weight: Of every prediction: which text, which of its tokens, the token, its weight.
        total: What the sum of weighted losses is divided by (summed over processes first).
    """

    ids: list[Ids] = field(default_factory=list)
    cell: list[int] = field(default_factory=list)
    restart: list[int] | None = None
    text: list[NDArray[np.int64]] = field(default_factory=list)
    position: list[NDArray[np.int64]] = field(default_factory=list)
    label: list[NDArray[np.int64]] = field(default_factory=list)
    weight: list[NDArray[np.float64]] = field(default_factory=list)
    total: float = 0.0

    def add(self, ids: Ids, cell: int, *, restart: int | None = None) -> int:
        """Take in a text; return its number."""
        self.ids.append(ids)
        self.cell.append(cell)
        if restart is not None:
            self.restart = [*(self.restart or []), restart]
        return len(self.ids) - 1

    def predict(
        self,
        text: int,
        position: NDArray[np.integer[Any]],
        label: NDArray[np.integer[Any]],
        weight: float | NDArray[np.float64],
    ) -> None:
        """Ask for tokens at positions of a text."""
        places = np.asarray(position, dtype=np.int64)
        self.text.append(np.full(len(places), text, dtype=np.int64))
        self.position.append(places)
        self.label.append(np.asarray(label, dtype=np.int64))
        self.weight.append(np.broadcast_to(np.asarray(weight, dtype=np.float64), places.shape))

    def flat(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Return text, position, label and weight of all predictions, each of shape ``(P,)``."""
        empty = np.zeros(0, dtype=np.int64)
        text, position, label = (np.concatenate([empty, *parts]) for parts in (self.text, self.position, self.label))
        return text, position, label, np.concatenate([np.zeros(0), *self.weight])

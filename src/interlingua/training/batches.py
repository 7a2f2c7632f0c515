"""Which cells meet in which batch: deterministic in (seed, epoch, step), and the same on every process.

An *example* is one row in one set of languages: all it has (n-way), or one pair. A batch is a number of examples; no
two of its rows share a text within a view, since the copy would be pushed away as a wrong answer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from interlingua.corpus.hashing import TextHash
from interlingua.errors import TrainingError

__all__ = ["Batch", "BatchPlan", "language_sets"]

Integers = NDArray[np.int64]
SOURCE, TARGET = "source", "target"
TEXT, TWIN = "text", "twin"


@dataclass(frozen=True, eq=False)
class Batch:
    """The examples of one batch.

    Args:
        rows: Row numbers, shape ``(B,)``.
        cells: Language number of every example in every view, shape ``(B, V)``; -1 where it has none.
        views: Names of the views.
    """

    rows: Integers
    cells: Integers
    views: tuple[str, ...]

    def shard(self, rank: int, processes: int) -> "Batch":
        """Return this process's share; shares differ by at most one example."""
        bounds = np.linspace(0, len(self.rows), processes + 1).round().astype(int)
        part = slice(bounds[rank], bounds[rank + 1])
        return Batch(self.rows[part], self.cells[part], self.views)


def language_sets(
    sets: str | Sequence[Sequence[str]], languages: Sequence[str], *, center: str
) -> list[tuple[str, ...]]:
    """Return the sets of languages that a recipe's ``sets`` stands for, center first.

    Args:
        sets: ``en-xx`` (the centre with every other language), ``all-pairs``, or the pairs themselves; the languages of
            a pair come in the order of the corpus, which a recipe makes that of its priority. ``cells``: every text by
            itself. ``twins``: every text with itself, to be encoded twice.
        languages: The languages of the corpus.
        center: The centre of ``en-xx``.

    Raises:
        TrainingError: For another word, or a pair of languages that are not there.

    Example:
        >>> language_sets("en-xx", ["eng_Latn", "deu_Latn", "tel_Telu"], center="eng_Latn")
        [('eng_Latn', 'deu_Latn'), ('eng_Latn', 'tel_Telu')]
        >>> len(language_sets("all-pairs", ["eng_Latn", "deu_Latn", "tel_Telu"], center="eng_Latn"))
        3
    """
    if sets == "all-pairs":
        return list(combinations(languages, 2))
    if sets == "cells":
        return [(language,) for language in languages]
    if sets == "twins":
        return [(language, language) for language in languages]
    if sets == "en-xx":
        if center not in languages:
            raise TrainingError(f"sets: en-xx needs {center}; the corpus has {', '.join(languages)}")
        return [(center, other) for other in languages if other != center]
    if isinstance(sets, str):
        raise TrainingError(
            f"sets: {sets} is unknown; write n-way, en-xx, all-pairs, cells, twins or a list of language pairs"
        )
    for pair in sets:
        if len(pair) != 2 or len(set(pair)) != 2 or not set(pair) <= set(languages):
            raise TrainingError(f"sets: {list(pair)} is no pair of two of the languages {', '.join(languages)}")
    return [tuple(sorted(pair, key=list(languages).index)) for pair in sets]


class BatchPlan:
    """The batches of every epoch.

    Args:
        hashes: Text hash of every cell, shape ``(N, L)``, 0 where there is none.
        languages: Names of the L columns.
        size: Rows a batch.
        sets: Pairs of languages, or single ones; None for n-way rows. A language paired with itself gives every text
            twice, in the views ``text`` and ``twin``.
        mixed: Pairs of all sets may meet in a batch, in the views ``source`` and ``target`` (or, where all sets share
            their first language, in that language's view and ``x``). Else every batch holds one set.
        draw: Which of the sets that a row has become examples: ``all`` of them, one drawn anew every ``epoch``, or one
            ``fixed`` for the row.
        temperature: 1 takes languages as often as they occur; above 1 rows of rarer ones are repeated, by
            ``(largest / own) ** (1 - 1 / temperature)``.
        weights: How often each row is drawn, as a multiple of the lightest row; all alike if None.
        seed: Of everything random.

    Raises:
        TrainingError: If the batch is larger than the rows, or no row has two cells of a set.

    Example:
        >>> hashes = np.arange(1, 21).reshape(10, 2)
        >>> plan = BatchPlan(hashes, ("eng_Latn", "deu_Latn"), size=5)
        >>> [len(batch.rows) for batch in plan.epoch(0)]
        [5, 5]
    """

    def __init__(
        self,
        hashes: TextHash,
        languages: Sequence[str],
        *,
        size: int,
        sets: Sequence[Sequence[str]] | None = None,
        mixed: bool = False,
        draw: Literal["all", "epoch", "fixed"] = "all",
        temperature: float = 1.0,
        weights: Sequence[float] | None = None,
        seed: int = 0,
    ) -> None:
        self.hashes = np.asarray(hashes)
        self.weights = np.ones(len(self.hashes)) if weights is None else np.asarray(weights, dtype=np.float64)
        self.weights = self.weights / self.weights.min(initial=1.0 if weights is None else np.inf)
        self.languages = tuple(languages)
        self.size = size
        self.mixed = mixed
        self.draw = draw
        self.temperature = temperature
        self.seed = seed
        self.sets = None if sets is None else [tuple(self.languages.index(name) for name in pair) for pair in sets]
        self.views = self._views()
        self._has = self._present()
        usable = int(self._has.any(axis=1).sum())
        if usable < size:
            what = "two languages" if sets is None else "the languages of a set"
            raise TrainingError(
                f"a batch of {size:,} rows is larger than the {usable:,} rows that have text in {what}; "
                f"lower batches.rows to {usable:,} or less"
                if usable
                else f"no row has text in {what}, of {', '.join(self.languages)}; check sets, corpus and split"
            )
        self._repeated = _repeated(self.hashes)

    def _views(self) -> tuple[str, ...] | None:
        if self.sets is None:
            return self.languages
        if any(len(set(one)) == 1 for one in self.sets):
            return (TEXT, TWIN)[: len(self.sets[0])]
        if not self.mixed:
            return None  # each batch has the two languages of its set
        first = {pair[0] for pair in self.sets}
        return (self.languages[first.pop()], "x") if len(first) == 1 else (SOURCE, TARGET)

    def _present(self) -> NDArray[np.bool_]:
        """Return which sets a row has, shape ``(N, S)``; for n-way rows S is 1: whether it has two languages."""
        present = self.hashes != 0
        if self.sets is None:
            return np.asarray(present.sum(axis=1, keepdims=True) >= 2)
        return np.stack([present[:, list(one)].all(axis=1) for one in self.sets], axis=1)

    def epoch(self, number: int) -> list[Batch]:
        """Return the batches of an epoch: every row with two or more cells of a set is drawn at least once."""
        random = np.random.default_rng((self.seed, number))
        rows, cells, group = self._examples(random)
        order = self._repeat(cells, self.weights[rows], random)
        batches: list[Batch] = []
        for name in np.unique(group):
            members = order[group[order] == name]
            views = self.views or tuple(self.languages[place] for place in cells[members[0]])
            batches += self._cut(rows[members], cells[members], views)
        return [batches[place] for place in random.permutation(len(batches))]

    def _examples(self, random: np.random.Generator) -> tuple[Integers, Integers, Integers]:
        """Return rows, language numbers per view, and the group that may share a batch."""
        if self.sets is None:
            rows = np.flatnonzero(self._has[:, 0])
            cells = np.where(self.hashes[rows] != 0, np.arange(len(self.languages)), -1)
            return rows, cells, np.zeros(len(rows), dtype=np.int64)
        has = self._has
        if self.draw != "all":
            chooser = random if self.draw == "epoch" else np.random.default_rng(self.seed)
            weights = has.sum(axis=0).clip(1) ** (1 / self.temperature - 1)
            has = _one_of(has, weights, chooser)
        rows, sets = np.nonzero(has)
        cells = np.array(self.sets, dtype=np.int64)[sets]
        return rows, cells, np.zeros_like(sets) if self.mixed else sets

    def _repeat(self, cells: Integers, weights: NDArray[np.float64], random: np.random.Generator) -> Integers:
        """Return positions of examples in random order, those of heavy rows and rare languages repeated."""
        if self.sets is None:
            counts = (self.hashes != 0).sum(axis=0).clip(1)
            factor = np.where(cells >= 0, (counts.max() / counts)[cells], 0).max(axis=1)
        else:
            _, place, counts = np.unique(cells, axis=0, return_inverse=True, return_counts=True)
            factor = (counts.max() / counts)[place.reshape(-1)]
        times = weights * factor ** (1 - 1 / self.temperature)
        whole = np.floor(times).astype(np.int64)
        whole += random.random(len(times)) < times - whole
        return random.permutation(np.repeat(np.arange(len(cells)), whole.clip(1)))

    def _cut(self, rows: Integers, cells: Integers, views: tuple[str, ...]) -> Iterator[Batch]:
        """Cut examples into batches of nearly equal size, putting off whatever would repeat a text in its view."""
        waiting = np.arange(len(rows))
        while len(waiting):
            put_off: list[int] = []
            for part in np.array_split(waiting, -(-len(waiting) // self.size)):
                carried, put_off = put_off[: self.size], put_off[self.size :]
                part = np.concatenate([np.array(carried, dtype=np.int64), part])
                put_off += part[self.size :].tolist()
                kept = self._without_repeats(rows, cells, part[: self.size], put_off)
                yield Batch(rows[kept], cells[kept], views)
            waiting = np.array(put_off, dtype=np.int64)

    def _without_repeats(self, rows: Integers, cells: Integers, part: Integers, put_off: list[int]) -> Integers:
        suspicious = self._repeated[rows[part]] | _occurs_twice(rows[part])
        if not suspicious.any():
            return part
        seen_rows: set[int] = set()
        seen_texts: set[tuple[int, int]] = set()
        keep = np.ones(len(part), dtype=bool)
        for place in np.flatnonzero(suspicious):
            example = part[place]
            row = int(rows[example])
            texts = {(view, int(self.hashes[row, cell])) for view, cell in enumerate(cells[example]) if cell >= 0}
            if row in seen_rows or texts & seen_texts:
                keep[place] = False
                put_off.append(int(example))
            seen_rows.add(row)
            seen_texts |= texts
        return part[keep]


def _one_of(has: NDArray[np.bool_], weights: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.bool_]:
    """Keep one of the true entries of every row, drawn by weight (exponential races)."""
    race = np.where(has, random.exponential(size=has.shape) / weights, np.inf)
    chosen: NDArray[np.bool_] = np.arange(has.shape[1]) == race.argmin(axis=1)[:, None]
    return has & chosen


def _occurs_twice(values: Integers) -> NDArray[np.bool_]:
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    twice: NDArray[np.bool_] = counts[place] > 1
    return twice


def _repeated(hashes: TextHash) -> NDArray[np.bool_]:
    """Return which rows have a text that another row has too, in whatever language: only these can clash."""
    flat = hashes[hashes != 0]
    values, counts = np.unique(flat, return_counts=True)
    repeated: NDArray[np.bool_] = np.asarray(np.isin(hashes, values[counts > 1]).any(axis=1))
    return repeated

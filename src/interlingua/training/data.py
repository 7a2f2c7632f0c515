"""Batches of cells for the trainer: planned, tokenised, sorted by length, cut into sub-batches."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from interlingua.sbert import SentenceTransformer, StaticEmbedding, features, text_features
from interlingua.training.batches import Batch, BatchPlan
from interlingua.training.cells import CellTable
from interlingua.training.loss import CellBatch
from interlingua.training.teacher import TeacherVectors

__all__ = ["CellBatches"]


class CellBatches(Dataset[dict[str, CellBatch]]):
    """All batches of a run, epoch after epoch; item k is batch k, as this process sees it.

    Args:
        plan: Which cells meet.
        cells: Their tokens.
        model: Whose features are made.
        count: How many batches, over all epochs.
        teacher: Vectors for soft labels and distillation.
        sub_batch: Texts encoded together; they are sorted by length first, so that little is padded. A static
            encoder has no padding and takes all texts at once.
        rank, processes: This process, and how many there are.
    """

    def __init__(
        self,
        plan: BatchPlan,
        cells: CellTable,
        model: SentenceTransformer,
        *,
        count: int,
        teacher: TeacherVectors | None = None,
        sub_batch: int = 32,
        rank: int = 0,
        processes: int = 1,
    ) -> None:
        self.plan = plan
        self.cells = cells
        self.model = model
        self.count = count
        self.teacher = teacher
        self.sub_batch = sub_batch
        self.rank = rank
        self.processes = processes
        self._ends: list[int] = []  # of each epoch, in batches
        self._epoch = lru_cache(maxsize=2)(plan.epoch)

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, number: int) -> dict[str, CellBatch]:
        if not 0 <= number < self.count:
            raise IndexError(number)
        epoch, step = self.place(number)
        return {"cells": self.make(self._epoch(epoch)[step])}

    def place(self, number: int) -> tuple[int, int]:
        """Return epoch and step of batch ``number``."""
        while not self._ends or self._ends[-1] <= number:
            begin = self._ends[-1] if self._ends else 0
            self._ends.append(begin + len(self._epoch(len(self._ends))))
        epoch = bisect_right(self._ends, number)
        return epoch, number - (self._ends[epoch - 1] if epoch else 0)

    def passes(self, done: int) -> float:
        """Return how often all rows were passed over after ``done`` batches."""
        if not done:
            return 0.0
        epoch, step = self.place(done - 1)
        return epoch + (step + 1) / (self._ends[epoch] - (self._ends[epoch - 1] if epoch else 0))

    def loader(self) -> "DataLoader[dict[str, CellBatch]]":
        """Return a loader of the batches, in order."""
        return DataLoader(self, batch_size=1, shuffle=False, collate_fn=_only)

    def make(self, whole: Batch) -> CellBatch:
        """Turn this process's share of a batch into what the loss takes."""
        batch = whole.shard(self.rank, self.processes)
        phantom = not len(batch.rows)
        if phantom:  # encode a text of others for nothing, so that all processes take the same collective steps
            batch = whole.shard(0, len(whole.rows))
        views, examples = (batch.cells.T >= 0).nonzero()
        rows, languages = batch.rows[examples], batch.cells[examples, views]
        order = np.argsort(self.cells.spans[rows, languages, 1], kind="stable")
        hashes = self.cells.hashes[rows, languages]
        teacher, known = (None, None) if self.teacher is None else self.teacher.of_cells(hashes)
        used = slice(0, 0) if phantom else slice(None)
        return CellBatch(
            features=list(self._features(rows[order], languages[order])),
            order=torch.from_numpy(order),
            row=torch.from_numpy(rows)[used],
            view=torch.from_numpy(views)[used],
            text=torch.from_numpy(hashes)[used],
            views=batch.views,
            teacher=None if teacher is None else teacher[used],
            teacher_known=None if known is None else known[used],
            phantom=phantom,
        )

    def _features(self, rows: np.ndarray, languages: np.ndarray) -> Iterator[Mapping[str, object]]:
        size = len(rows) if isinstance(self.model[0], StaticEmbedding) else self.sub_batch
        for start in range(0, len(rows), size):
            some = list(zip(rows[start : start + size], languages[start : start + size], strict=True))
            if self.cells.tokenised:
                yield features(self.model, [self.cells.units(row, language) for row, language in some], "cpu")
            else:
                yield text_features(self.model, [self.cells.text(row, language) for row, language in some], "cpu")


def _only(items: Sequence[dict[str, CellBatch]]) -> dict[str, CellBatch]:
    return items[0]

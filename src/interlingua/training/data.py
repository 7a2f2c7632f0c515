"""Batches of cells for the trainer: planned, tokenised, sorted by length, cut into sub-batches."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import DataLoader, Dataset

from interlingua.encoder.embedded import padding_position
from interlingua.errors import TrainingError
from interlingua.objectives.base import Objective
from interlingua.objectives.corruption import BatchTokens, Corrupted, PairLinks
from interlingua.objectives.masked import Predictor, TranslationLanguageModelling, predictors
from interlingua.objectives.tokens import LinkedWords
from interlingua.sbert import SentenceTransformer, StaticEmbedding, features, needs_language, text_features
from interlingua.training.batches import Batch, BatchPlan
from interlingua.training.cells import CellTable
from interlingua.training.loss import CellBatch
from interlingua.training.passes import Pass
from interlingua.training.teacher import TeacherVectors
from interlingua.training.token_links import TokenLinks
from interlingua.training.vocabulary import vocabulary

__all__ = ["CellBatches"]

Integers = NDArray[np.int64]


class CellBatches(Dataset[dict[str, CellBatch]]):
    """All batches of a run, epoch after epoch; item k is batch k, as this process sees it.

    Args:
        plan: Which cells meet.
        cells: Their tokens.
        model: Whose features are made.
        count: How many batches, over all epochs.
        teacher: Vectors for soft labels and distillation.
        links: Links of the rows, for objectives on words.
        objective: What the batches are for; its predictors say which tokens are hidden.
        sub_batch: Texts encoded together; they are sorted by length first, so that little is padded. A static
            encoder has no padding and takes all texts at once.
        rank, processes: This process, and how many there are.

    Raises:
        TrainingError: If tokens are to be hidden, and the model's tokenizer does not tell which or has no mask.
    """

    def __init__(
        self,
        plan: BatchPlan,
        cells: CellTable,
        model: SentenceTransformer,
        *,
        count: int,
        teacher: TeacherVectors | None = None,
        links: TokenLinks | None = None,
        objective: Objective | None = None,
        sub_batch: int = 32,
        rank: int = 0,
        processes: int = 1,
    ) -> None:
        self.plan = plan
        self.cells = cells
        self.model = model
        self.count = count
        self.teacher = teacher
        self.links = links
        self.predictors: Mapping[str, Predictor] = {} if objective is None else predictors(objective)
        self.vocabulary = vocabulary(model) if self.predictors else None
        if (self.predictors or links is not None) and not cells.tokenised:
            raise TrainingError(
                "objectives on words and tokens need a model whose texts can be tokenised ahead: a static embedding or "
                "a transformer with a fast tokenizer"
            )
        if needs_language(model) and any(
            isinstance(one, TranslationLanguageModelling) for one in self.predictors.values()
        ):
            raise TrainingError(
                "translation language modelling reads two languages as one text, and this student has one language "
                "vector a text; leave out one of the two"
            )
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
        return {"cells": self.make(self._epoch(epoch)[step], seed=(self.plan.seed, epoch, step))}

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

    def make(self, whole: Batch, *, seed: tuple[int, ...] = (0,)) -> CellBatch:
        """Turn this process's share of a batch into what the loss takes; ``seed`` is that of hidden tokens."""
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
        pairs = [] if self.links is None or phantom else list(self._pairs(self.links, rows, languages))
        passes = self._passes(batch.views, rows, languages, views, pairs, seed, phantom) if self.predictors else None
        return CellBatch(
            features=list(self._features(rows[order], languages[order])),
            order=torch.from_numpy(order),
            row=torch.from_numpy(rows)[used],
            view=torch.from_numpy(views)[used],
            text=torch.from_numpy(hashes)[used],
            views=batch.views,
            teacher=None if teacher is None else teacher[used],
            teacher_known=None if known is None else known[used],
            words=None if self.links is None else _linked_words(pairs),
            passes=passes,
            phantom=phantom,
        )

    def _pairs(self, links: TokenLinks, rows: Integers, languages: Integers) -> Iterator[PairLinks]:
        """Yield the links of every two cells of a row whose languages have any."""
        members: dict[int, list[int]] = {}
        for cell, row in enumerate(rows.tolist()):
            members.setdefault(row, []).append(cell)
        for row, cells in members.items():
            for one, other in combinations(cells, 2):
                found = links.pair(row, (one, other), (int(languages[one]), int(languages[other])))
                if found is not None:
                    yield found

    def _passes(
        self,
        names: tuple[str, ...],
        rows: Integers,
        languages: Integers,
        views: Integers,
        pairs: Sequence[PairLinks],
        seed: tuple[int, ...],
        phantom: bool,
    ) -> dict[str, Pass]:
        """Have every predictor hide tokens, and return the passes that read what is left."""
        assert self.vocabulary is not None
        ids = [self.cells.units(row, language) for row, language in zip(rows, languages, strict=True)]
        tokens = BatchTokens(ids, rows, views, names, self.vocabulary, pairs, seed)
        made: dict[str, Pass] = {}
        for key, one in self.predictors.items():
            corrupted = Corrupted() if phantom else one.corrupt(tokens)
            if not corrupted.ids:  # read something all the same, so that all processes do
                corrupted.add(ids[0], 0, restart=None if corrupted.restart is None else 0)
            made[key] = self._pass(corrupted, [self.cells.languages[language] for language in languages])
        return made

    def _pass(self, corrupted: Corrupted, languages: Sequence[str]) -> Pass:
        """Sort texts by length and cut them into sub-batches; their predictions go with them."""
        text, position, label, weight = corrupted.flat()
        lengths = np.array([len(ids) for ids in corrupted.ids])
        order = np.argsort(lengths, kind="stable")
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        by_text = np.argsort(rank[text], kind="stable")
        text, position = rank[text][by_text], position[by_text]
        begin = lengths[order].cumsum() - lengths[order]
        made, places = [], []
        for start in range(0, len(order), self.sub_batch):
            some = order[start : start + self.sub_batch]
            spoken = [languages[corrupted.cell[one]] for one in some]
            made.append(features(self.model, [corrupted.ids[one] for one in some], "cpu", languages=spoken))
            if corrupted.restart is not None:
                made[-1]["position_ids"] = self._positions(made[-1], [corrupted.restart[one] for one in some])
            here = (text >= start) & (text < start + len(some))
            places.append(torch.from_numpy(begin[text[here]] - begin[start] + position[here]))
        labels, weights = torch.from_numpy(label[by_text]), torch.from_numpy(weight[by_text]).float()
        return Pass(made, places, labels, weights, corrupted.total)

    def _positions(self, made: Mapping[str, torch.Tensor], restarts: Sequence[int]) -> torch.Tensor:
        """Return positions that begin anew where the second text of a sequence does."""
        padding = padding_position(self.model)
        start, pad = (0, 0) if padding is None else (padding + 1, padding)
        mask = made["attention_mask"].bool()
        number = mask.cumsum(dim=1) - 1
        restart = torch.tensor(restarts)[:, None]
        return torch.where(mask, start + torch.where(number < restart, number, number - restart), pad)

    def _features(self, rows: np.ndarray, languages: np.ndarray) -> Iterator[Mapping[str, object]]:
        size = len(rows) if isinstance(self.model[0], StaticEmbedding) else self.sub_batch
        for start in range(0, len(rows), size):
            some = list(zip(rows[start : start + size], languages[start : start + size], strict=True))
            spoken = [self.cells.languages[language] for _, language in some]
            if self.cells.tokenised:
                units = [self.cells.units(row, language) for row, language in some]
                yield features(self.model, units, "cpu", languages=spoken)
            else:
                texts = [self.cells.text(row, language) for row, language in some]
                yield text_features(self.model, texts, "cpu", languages=spoken)


def _linked_words(pairs: Sequence[PairLinks]) -> LinkedWords:
    """Lay the words of all pairs one after the other: of every pair the source words, then the target words."""
    sides = [words for pair in pairs for words in (pair.source_words, pair.target_words)]
    counts = np.array([len(words) for words in sides], dtype=np.int64)
    begin = counts.cumsum() - counts
    words = np.concatenate([np.zeros((0, 2), dtype=np.int64), *sides])
    links = [pair.links + begin[2 * number : 2 * number + 2] for number, pair in enumerate(pairs)]
    return LinkedWords(
        source=torch.tensor([pair.source for pair in pairs], dtype=torch.long),
        target=torch.tensor([pair.target for pair in pairs], dtype=torch.long),
        side=torch.from_numpy(np.repeat(np.arange(len(sides)), counts)),
        first=torch.from_numpy(words[:, 0].copy()),
        last=torch.from_numpy(words[:, 1].copy()),
        links=torch.from_numpy(np.concatenate([np.zeros((0, 2), dtype=np.int64), *links])),
    )


def _only(items: Sequence[dict[str, CellBatch]]) -> dict[str, CellBatch]:
    return items[0]

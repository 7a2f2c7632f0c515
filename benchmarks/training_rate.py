"""Pairs a second of training, beside the stock trainer of sentence-transformers in the same run.

All contestants start from copies of one student and see the same pairs in the same batches, with the same
mathematics: InfoNCE in both directions, temperature 0.05, averaged (``MultipleNegativesRankingLoss`` with the
directions ``query_to_doc`` and ``doc_to_query``, each with a softmax of its own), Adam, linear decay, dropout. They
take turns of a few steps. A step is everything from the end of one to the end of the next: loading, tokenising where
that happens in every step, forward, backward, optimizer. Set-up is timed apart.

A static student is trained twice: with Adam on its whole table, as the stock trainer has it (the losses are equal to
the last digit shown), and with Adam on the rows that a batch touches, as our trainer does it. The latter moves a rare
token once where the former lets it run on, and wants twice the learning rate.

``python benchmarks/training_rate.py --threads 1 --cases transformer-32 transformer-128 static``
"""

import argparse
import copy
import logging
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import datasets
import torch
from harness import Turns, conditions, has_bf16, markdown, ratio, read_rows
from sentence_transformers import (
    SentenceTransformer,
    SentenceTransformerTrainer,
    SentenceTransformerTrainingArguments,
)
from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
from transformers import PrinterCallback, TrainerCallback

from interlingua.corpus import Corpus
from interlingua.encoder import SentenceEncoder, static_student, transformer_student
from interlingua.evaluation import TranslationRetrieval, evaluate
from interlingua.objectives import presets
from interlingua.sbert import StaticEmbedding
from interlingua.training import BatchPlan, CellBatches, CellTable, EncoderLoss, MultiwayTrainer, language_sets
from interlingua.training.batches import Batch

VOCABULARY = 32_000
PAIRS = 64
TEMPERATURE = 0.05


@dataclass(frozen=True)
class Case:
    """A student and texts for it.

    Args:
        kind: Kind of student.
        max_length: Of a transformer, in tokens.
        steps: Steps a turn.
        learning_rate: Of all contestants but the one with Adam on touched rows.
        mixed: Whether texts differ much in length.
    """

    kind: str
    max_length: int
    steps: int
    learning_rate: float
    mixed: bool = False


CASES = {
    "transformer-32": Case("transformer", 32, 2, 5e-4),
    "transformer-128": Case("transformer", 128, 1, 5e-4, mixed=True),
    "static": Case("static", 0, 30, 2e-2),
}


class DenseTrainer(MultiwayTrainer):
    """Our trainer with Adam on the whole table of a static student."""

    def __init__(self, *given: Any, **settings: Any) -> None:
        super().__init__(*given, **settings)
        self.sparse = False


class EndOfStep(TrainerCallback):
    """Tells the turns that a step is done."""

    def __init__(self, turns: Turns, name: str) -> None:
        self.turns = turns
        self.name = name

    def on_step_end(self, *_: object, **__: object) -> None:
        self.turns.step(self.name)


def make_student(case: Case, corpus: Corpus) -> SentenceTransformer:
    """Return a student whose table has as many rows as it would have on a large corpus."""
    if case.kind == "static":
        student = static_student(corpus, vocabulary=VOCABULARY, initialise="random")
        made = student[0].embedding.weight.detach()
        table = torch.randn(VOCABULARY, made.shape[1])
        table[: len(made)] = made
        return SentenceTransformer(modules=[StaticEmbedding(student[0].tokenizer, embedding_weights=table)])
    student = transformer_student(corpus, vocabulary=VOCABULARY, max_length=case.max_length)
    student[0].model.resize_token_embeddings(VOCABULARY)
    return student


def arguments(steps: int, folder: Path, learning_rate: float, *, bf16: bool) -> SentenceTransformerTrainingArguments:
    return SentenceTransformerTrainingArguments(
        output_dir=str(folder / "checkpoints"),
        learning_rate=learning_rate,
        per_device_train_batch_size=PAIRS,
        max_steps=steps,
        bf16=bf16,
        use_cpu=True,
        save_strategy="no",
        logging_steps=max(1, steps // 4),
        report_to="none",
        disable_tqdm=True,
        remove_unused_columns=False,
    )


def make_batches(student: SentenceTransformer, corpus: Corpus, folder: Path, *, count: int) -> CellBatches:
    """Return batches in which pairs of English with every other language may meet."""
    cells = CellTable.build(corpus, student, folder / "cells")
    sets = language_sets("en-xx", cells.languages, center="eng_Latn")
    plan = BatchPlan(cells.hashes, cells.languages, size=PAIRS, sets=sets, mixed=True)
    return CellBatches(plan, cells, student, count=count)


def ours(
    args: SentenceTransformerTrainingArguments,
    student: SentenceTransformer,
    batches: CellBatches,
    kind: type[MultiwayTrainer] = MultiwayTrainer,
) -> MultiwayTrainer:
    return kind(student, args, batches, EncoderLoss(student, presets.multiway("A", temperature=TEMPERATURE)))


def stock(
    args: SentenceTransformerTrainingArguments, student: SentenceTransformer, batches: CellBatches, corpus: Corpus
) -> SentenceTransformerTrainer:
    """Return the stock trainer on the pairs of our batches, in their order."""
    texts = [corpus.texts(language) for language in corpus.languages]
    pairs: list[dict[str, str]] = []
    groups: list[list[int]] = []
    for batch in planned(batches):
        groups.append(list(range(len(pairs), len(pairs) + len(batch.rows))))
        for row, (first, second) in zip(batch.rows, batch.cells, strict=True):
            pairs.append({"source": texts[first][row], "target": texts[second][row]})
    args.batch_sampler = lambda *_, **__: InGivenOrder(groups)
    loss = MultipleNegativesRankingLoss(
        student,
        scale=1 / TEMPERATURE,
        directions=("query_to_doc", "doc_to_query"),
        partition_mode="per_direction",
    )
    return SentenceTransformerTrainer(student, args, datasets.Dataset.from_list(pairs), loss=loss)


class InGivenOrder:
    """A batch sampler."""

    def __init__(self, groups: list[list[int]]) -> None:
        self.groups = groups

    def __iter__(self) -> Iterator[list[int]]:
        return iter(self.groups)

    def __len__(self) -> int:
        return len(self.groups)

    def set_epoch(self, epoch: int) -> None:
        """There is one epoch."""


def planned(batches: CellBatches) -> Iterator[Batch]:
    epochs: dict[int, list[Batch]] = {}
    for number in range(len(batches)):
        epoch, step = batches.place(number)
        yield epochs.setdefault(epoch, batches.plan.epoch(epoch))[step]


def padding(batches: CellBatches) -> float:
    """Return tokens with padding over real tokens, where a column of a batch is padded to its longest text."""
    padded = real = 0
    for batch in planned(batches):
        lengths = batches.cells.spans[batch.rows[:, None], batch.cells, 1]
        padded += int(lengths.max(axis=0).sum()) * len(lengths)
        real += int(lengths.sum())
    return padded / real


def compare(name: str, turns: int, *, threads: int, bf16: bool) -> Iterator[list[str]]:
    """Train all contestants of a case, and yield a line of the table for each."""
    case = CASES[name]
    texts, corpus = read_rows("train", limit=6000, mixed=case.mixed)
    student = make_student(case, corpus)
    steps = turns * case.steps
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        batches = make_batches(student, corpus, Path(folder), count=steps)
        setup = time.perf_counter() - started
        args = partial(arguments, steps, Path(folder), bf16=bf16)
        trainers = {"stock": stock(args(case.learning_rate), copy.deepcopy(student), batches, corpus)}
        if case.kind == "static":
            trainers["ours, whole table"] = ours(
                args(case.learning_rate), copy.deepcopy(student), batches, DenseTrainer
            )
            trainers["ours"] = ours(args(2 * case.learning_rate), copy.deepcopy(student), batches)
        else:
            trainers["ours"] = ours(args(case.learning_rate), copy.deepcopy(student), batches)
        taking = Turns(list(trainers), steps=case.steps, threads=threads)
        for who, trainer in trainers.items():
            trainer.remove_callback(PrinterCallback)
            trainer.add_callback(EndOfStep(taking, who))
        taking.run({who: trainer.train for who, trainer in trainers.items()})
        theirs = taking.of_turns("stock", warm_up=1)
        for who, trainer in trainers.items():
            taken = taking.of_turns(who, warm_up=1)
            loss = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry][-1]
            yield [
                f"{name}{', bf16' * bf16}",
                texts,
                f"{padding(batches):.1f}",
                who,
                f"{PAIRS / statistics.median(taken):,.0f}",
                f"{ratio(theirs, taken):.2f}",
                f"{statistics.median(a / b for a, b in zip(theirs, taken, strict=True)):.2f}",
                f"{len(taken)} x {case.steps}",
                f"{loss:.4f}",
                f"{100 * accuracy(trainer.model):.1f}",
                "0.0" if who == "stock" else f"{setup:.1f}",
            ]


def accuracy(model: SentenceTransformer) -> float:
    """Return mean retrieval accuracy between English and the other languages, both directions, on development rows."""
    _, rows = read_rows("dev", limit=400)
    scores = evaluate(SentenceEncoder(model), [TranslationRetrieval(rows, pairs="en-xx")])
    return statistics.fmean(score.value for score in scores)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("--turns", type=int, default=8, help="of each contestant; the first is not counted")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    datasets.disable_progress_bars()
    torch.set_num_threads(options.threads)
    rows = []
    for name in options.cases:
        for bf16 in (False, True) if has_bf16() and CASES[name].kind == "transformer" else (False,):
            rows += compare(name, options.turns, threads=options.threads, bf16=bf16)
    print(conditions(options.threads), "\n")
    header = ["student", "texts", "padded / real", "trainer", "pairs/s", "ratio of medians", "median of ratios"]
    header += ["turns x steps", "loss, last quarter", "dev accuracy, %", "set-up, s"]
    print(markdown(header, rows))


if __name__ == "__main__":
    main()

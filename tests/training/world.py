"""A small world to train in: the toy rows as a corpus, and all that lies between a corpus and a trainer."""

from collections.abc import Callable
from pathlib import Path

import torch
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from interlingua.corpus import Corpus
from interlingua.objectives import Objective, presets
from interlingua.sbert import SentenceTransformer, SentenceTransformerTrainingArguments
from interlingua.training import BatchPlan, CellBatches, CellTable, EncoderLoss, MultiwayTrainer, TeacherVectors
from interlingua.types import Row
from toy import toy_corpus_table, toy_static, toy_transformer


def toy_corpus(rows: int = 50, *, seed: int = 0, missing: float = 0.0) -> Corpus:
    table = toy_corpus_table(rows, seed=seed, missing=missing)
    return Corpus.from_rows(
        Row({name: text for name, text in row.items() if name != "_id" and text}, {"_id": row["_id"]})
        for row in table.to_pylist()
    )


def toy_student(kind: str, *, dropout: bool = True) -> SentenceTransformer:
    model = toy_static() if kind == "static" else toy_transformer()
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout) and not dropout:
            module.p = 0.0
    return model


def make_batches(
    model: SentenceTransformer,
    folder: Path,
    *,
    corpus: Corpus | None = None,
    size: int = 11,
    count: int = 10,
    rank: int = 0,
    processes: int = 1,
    sub_batch: int = 8,
    teacher: TeacherVectors | None = None,
) -> CellBatches:
    cells = CellTable.build(corpus or toy_corpus(missing=0.2), model, folder / "cells")
    plan = BatchPlan(cells.hashes, cells.languages, size=size)
    return CellBatches(
        plan, cells, model, count=count, rank=rank, processes=processes, sub_batch=sub_batch, teacher=teacher
    )


def make_trainer(
    model: SentenceTransformer,
    batches: CellBatches,
    folder: Path,
    *,
    objective: Objective | None = None,
    gradient_cache: bool = False,
    evaluator: object = None,
    callbacks: list[TrainerCallback] | None = None,
    **settings: object,
) -> MultiwayTrainer:
    given = {
        "learning_rate": 1e-3,
        "use_cpu": True,
        "save_strategy": "no",
        "logging_steps": 1,
        "disable_tqdm": True,
        "report_to": "none",
        "ddp_broadcast_buffers": False,
        "max_grad_norm": 0.5,
    } | settings
    args = SentenceTransformerTrainingArguments(output_dir=str(folder / "checkpoints"), **given)
    loss = EncoderLoss(model, objective or presets.multiway("A"), gradient_cache=gradient_cache)
    return MultiwayTrainer(model, args, batches, loss, evaluator=evaluator, callbacks=callbacks)


def weights(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.detach().clone() for name, value in model.state_dict().items()}


def same_weights(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(value, other[name]) for name, value in one.items())


class AtStep(TrainerCallback):
    """Do something at the end of a step; by default stop, as a kill between two steps would."""

    def __init__(self, step: int, action: Callable[[], object] | None = None) -> None:
        self.step = step
        self.action = action

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: object
    ) -> None:
        if state.global_step == self.step:
            if self.action is None:
                control.should_training_stop = True
            else:
                self.action()

"""A recipe becomes a run folder: the one place where everything meets."""

import json
import logging
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from accelerate import PartialState
from transformers import EarlyStoppingCallback
from transformers.trainer_callback import PrinterCallback

from interlingua import __version__
from interlingua.corpus import Corpus
from interlingua.encoder import SentenceEncoder
from interlingua.encoder.store import VectorStore
from interlingua.errors import TrainingError
from interlingua.evaluation import evaluate, load_scores, scores_to_json
from interlingua.objectives import Objective, VectorDistillation
from interlingua.sbert import (
    SentenceTransformer,
    SentenceTransformerTrainingArguments,
    StaticEmbedding,
    append_normalize,
    embedding_dimension,
    load,
)
from interlingua.training import parts
from interlingua.training.card import model_card
from interlingua.training.cells import CellTable
from interlingua.training.data import CellBatches
from interlingua.training.evaluator import TaskEvaluator
from interlingua.training.folder import RunFolder
from interlingua.training.lora import merge_lora
from interlingua.training.loss import EncoderLoss
from interlingua.training.progress import JsonLog, ProgressBar
from interlingua.training.recipe import Recipe, load_recipe
from interlingua.training.teacher import TeacherVectors
from interlingua.training.trainer import MultiwayTrainer
from interlingua.types import Encoder, Score, Task

__all__ = ["Prepared", "RunResult", "prepare", "train"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RunResult:
    """What a run gave.

    Args:
        folder: The run folder.
        before, after: Scores on the recipe's test tasks.
        seconds: Of training alone.
    """

    folder: Path
    before: list[Score]
    after: list[Score]
    seconds: float

    @cached_property
    def model(self) -> SentenceTransformer:
        """The trained encoder."""
        return load(RunFolder(self.folder).model)


@dataclass(frozen=True)
class Prepared:
    """A recipe whose data, student and batches are made, and that has not begun to train.

    Args:
        recipe: The recipe.
        corpus: Training rows.
        model: The student.
        objective: What is made small.
        teacher: Teacher vectors, if any.
        batches: All batches of the run.
    """

    recipe: Recipe
    corpus: Corpus
    model: SentenceTransformer
    objective: Objective
    teacher: TeacherVectors | None
    batches: CellBatches

    def encoder(self, model: SentenceTransformer) -> Encoder:
        """Return the student as evaluation sees it: with evaluation's prefix, in evaluation mode."""
        return SentenceEncoder(model, prefix=self.recipe.evaluation.prefix, name=self.recipe.name)


def train(
    recipe: str | Path | Mapping[str, Any] | Recipe,
    *,
    output: str | Path | None = None,
    overrides: Sequence[str] = (),
    seed: int | None = None,
    resume: bool = False,
    overwrite: bool = False,
    store: VectorStore | None = None,
    progress: bool = True,
) -> RunResult:
    """Train an encoder as a recipe says, and measure it before and after.

    Args:
        recipe: Name of a shipped recipe, path of a YAML file, content, or a checked recipe.
        output: The run folder; ``runs/NAME`` unless given.
        overrides: ``key.key=value`` changes to the recipe.
        seed: Replaces the recipe's seed.
        resume: Go on from the last checkpoint of an interrupted run; a finished run is returned as it is.
        overwrite: Replace a run that is there.
        store: Where teacher vectors are kept; the user's cache folder unless given.
        progress: Show a bar on stderr.

    Returns:
        Scores before and after, and where the model is.

    Raises:
        RecipeError: The recipe cannot be run as written.
        OutputError: The folder holds something else, or cannot be written.
        CorpusError, EncoderError: Data or a model is missing.
        TrainingError: The run went wrong; checkpoints stay for ``resume``.
    """
    checked = recipe if isinstance(recipe, Recipe) else load_recipe(recipe, overrides)
    if seed is not None:
        checked = checked.model_copy(update={"training": checked.training.model_copy(update={"seed": seed})})
    parts.check_objective(checked)
    folder = RunFolder(Path(output) if output is not None else Path("runs") / checked.name)
    first = _processes().is_main_process
    if first:
        folder.prepare(resume=resume, overwrite=overwrite)
        if resume:
            _same_recipe(folder, checked)
        folder.write(folder.recipe, checked.as_yaml())
    _processes().wait_for_everyone()
    if resume and folder.finished:
        return _finished(folder)
    tasks = parts.make_tasks(checked.evaluation.test, checked)
    ready = prepare(checked, folder, store=store)
    if first and not folder.scores.is_file():
        folder.write(folder.scores, scores_to_json(**_before(ready, tasks)))
    _processes().wait_for_everyone()
    seconds = _fit(ready, folder, resume=resume, progress=progress)
    if not first:
        return RunResult(folder.path, [], [], seconds)
    merge_lora(ready.model)
    after = evaluate(ready.encoder(ready.model), tasks) if tasks else []
    scores = {**load_scores(folder.scores), "after": after}
    _export(ready, folder, scores, seconds)
    return RunResult(folder.path, scores["before"], after, seconds)


def prepare(recipe: Recipe, folder: RunFolder, *, store: VectorStore | None = None) -> Prepared:
    """Make everything that a recipe names, short of training."""
    if recipe.training.threads is not None:
        torch.set_num_threads(recipe.training.threads)
    with _processes().main_process_first():
        corpus = parts.make_corpus(recipe, folder.work / "corpus")
        model = _student(recipe, corpus, folder)
        teacher = parts.make_teacher(
            recipe, corpus, store or VectorStore(), folder.work / f"teacher-{_processes().process_index}"
        )
        cells = CellTable.build(corpus, model, folder.work / "cells", prefix=recipe.student.prefix)
    dimensions = None if teacher is None else (embedding_dimension(model), teacher.dimension)
    objective = parts.make_objective(recipe, dimensions)
    if any(isinstance(one, VectorDistillation) for one in objective.modules()):
        append_normalize(model)
    plan = parts.make_plan(recipe, corpus, cells, seed=recipe.training.seed)
    state = _processes()
    batches = CellBatches(
        plan,
        cells,
        model,
        count=0,
        teacher=teacher,
        sub_batch=recipe.batches.sub_batch,
        rank=state.process_index,
        processes=state.num_processes,
    )
    batches.count = _count(recipe, batches)
    return Prepared(recipe, corpus, model, objective, teacher, batches)


def _processes() -> PartialState:
    """Return what is known of the processes that train together, on GPUs or not."""
    return PartialState(cpu=not torch.cuda.is_available())


def _student(recipe: Recipe, corpus: Corpus, folder: RunFolder) -> SentenceTransformer:
    """Return the student; one that is made here is kept until the end, so that a resumed run has the very same."""
    if recipe.student.kind is not None and folder.student.is_dir():
        return load(folder.student)
    model = parts.make_student(recipe.student, corpus, seed=recipe.training.seed)
    if recipe.student.kind is not None:
        _save(model, folder.student)
    return model


def _count(recipe: Recipe, batches: CellBatches) -> int:
    """Return how many batches the run takes."""
    training = recipe.training
    if training.steps is not None:
        return training.steps * training.accumulation
    assert training.epochs is not None
    whole = int(training.epochs)
    lengths = [len(batches.plan.epoch(number)) for number in range(whole + 1)]
    return max(1, sum(lengths[:whole]) + round((training.epochs - whole) * lengths[whole]))


def _fit(ready: Prepared, folder: RunFolder, *, resume: bool, progress: bool) -> float:
    """Train; return the seconds it took."""
    recipe = ready.recipe
    evaluator = None
    if recipe.training.evaluate_every is not None:
        tasks = parts.make_tasks(recipe.evaluation.dev, recipe)
        evaluator = TaskEvaluator(tasks, ready.encoder)
    callbacks: list[Any] = [JsonLog(folder.log), *([ProgressBar()] if progress else [])]
    if recipe.training.patience is not None:
        callbacks.append(EarlyStoppingCallback(recipe.training.patience))
    loss = EncoderLoss(ready.model, ready.objective, gradient_cache=recipe.batches.gradient_cache)
    trainer = MultiwayTrainer(
        ready.model,
        _arguments(recipe, folder, ready.model, choose_best=evaluator is not None),
        ready.batches,
        loss,
        evaluator=evaluator,
        callbacks=callbacks,
    )
    trainer.remove_callback(PrinterCallback)
    checkpoint = folder.last_checkpoint() if resume else None
    started = time.monotonic()
    trainer.train(resume_from_checkpoint=None if checkpoint is None else str(checkpoint))
    return time.monotonic() - started


def _arguments(
    recipe: Recipe, folder: RunFolder, model: SentenceTransformer, *, choose_best: bool
) -> SentenceTransformerTrainingArguments:
    training = recipe.training
    on_gpu = torch.cuda.is_available()
    save_every = training.evaluate_every or training.save_every
    if training.gradient_checkpointing:
        model.gradient_checkpointing_enable()
    return SentenceTransformerTrainingArguments(
        output_dir=str(folder.checkpoints),
        seed=training.seed,
        learning_rate=training.learning_rate,
        lr_scheduler_type=training.schedule,
        warmup_steps=training.warmup,
        weight_decay=training.weight_decay,
        max_grad_norm=training.clip,
        gradient_accumulation_steps=training.accumulation,
        bf16=_bf16(training.precision, model),
        optim="adamw_torch_fused",
        use_cpu=not on_gpu,
        logging_steps=training.log_every,
        eval_strategy="steps" if choose_best else "no",
        eval_steps=training.evaluate_every,
        save_strategy="steps" if save_every else "no",
        save_steps=save_every or 500,
        save_total_limit=training.keep,
        load_best_model_at_end=choose_best,
        metric_for_best_model="eval_dev_mean" if choose_best else None,
        greater_is_better=True if choose_best else None,
        report_to=training.report_to or "none",
        disable_tqdm=True,
        ddp_broadcast_buffers=False,
        remove_unused_columns=False,
    )


def _bf16(precision: str, model: SentenceTransformer) -> bool:
    """Return whether to compute in bf16: asked for, or worth it on this processor."""
    if precision != "auto":
        return precision == "bf16"
    if isinstance(model[0], StaticEmbedding):
        return False
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported())
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def _export(ready: Prepared, folder: RunFolder, scores: Mapping[str, Sequence[Score]], seconds: float) -> None:
    """Write scores, facts, card and model; then remove what only a resumed run would need."""
    facts = {
        "version": __version__,
        "seed": ready.recipe.training.seed,
        "rows": len(ready.batches.cells),
        "cells": int((ready.batches.cells.hashes != 0).sum()),
        "languages": list(ready.corpus.languages),
        "batches": len(ready.batches),
        "seconds": round(seconds, 1),
        "processes": ready.batches.processes,
        "torch": torch.__version__,
        "device": "cuda" if torch.cuda.is_available() else "cpu",
    }
    folder.write(folder.scores, scores_to_json(**scores))
    folder.write(folder.facts, json.dumps(facts, indent=1))
    card = model_card(ready.recipe, ready.corpus.languages, facts, scores)
    _save(ready.model, folder.model, card=card)
    folder.tidy()


def _save(model: SentenceTransformer, folder: Path, *, card: str = "") -> None:
    """Write a model whole or not at all."""
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    model.save_pretrained(str(partial), create_model_card=False)
    if card:
        (partial / "README.md").write_text(card, encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)


def _same_recipe(folder: RunFolder, recipe: Recipe) -> None:
    if folder.recipe.is_file() and folder.recipe.read_text(encoding="utf-8") != recipe.as_yaml():
        raise TrainingError(
            f"{folder.path} was begun with another recipe; resume it with the same recipe and --set values (see "
            f"{folder.recipe}), or begin anew with --overwrite"
        )


def _before(ready: Prepared, tasks: Sequence[Task]) -> dict[str, list[Score]]:
    """Score the student before it has seen a row, and, where its start is itself made from the rows, that start too."""
    if not tasks:
        return {"before": []}
    scores = {"before": evaluate(ready.encoder(ready.model), tasks)}
    student = ready.recipe.student
    if student.kind == "static" and student.initialise == "lsi":
        untrained = parts.without_training(ready.model, seed=ready.recipe.training.seed)
        scores = {"before": evaluate(ready.encoder(untrained), tasks), "start": scores["before"]}
    return scores


def _finished(folder: RunFolder) -> RunResult:
    scores = load_scores(folder.scores)
    seconds = json.loads(folder.facts.read_text(encoding="utf-8"))["seconds"]
    logger.info("%s is finished already; nothing to resume", folder.path)
    return RunResult(folder.path, scores["before"], scores["after"], seconds)
